"""The five systems' requirement sets, on an index recorded on 2026-11-20 and, when asked for, on the real one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.resolve.fake_index import requirement_set
from trueup.index.interface import Index
from trueup.index.recorded import load_recording
from trueup.model.distribution import InstallForecast, Outcome
from trueup.model.target import Target
from trueup.resolve.forecast import forecast_many
from trueup.resolve.resolver import resolve_many

RECORDINGS = Path(__file__).parent.parent / "index" / "recordings"
PYTHONS = ("3.11", "3.12", "3.13", "3.14", "3.15")

MAYA = """
asyncpg==0.29.0 uvloop==0.20.0 SQLAlchemy==2.0.36 pydantic==2.9.2 fastapi==0.115.0 uvicorn==0.32.0
python-jose[cryptography]==3.3.0 python-multipart==0.0.9 tenacity==8.2.3 email-validator==2.1.0
"""
LIGHTHOUSE = """
fastapi==0.115.0 uvicorn[standard]==0.32.0 motor==3.6.0 pydantic==2.9.2 pydantic-settings==2.6.0
python-jose[cryptography]==3.3.0 passlib[argon2]==1.7.4
"""
POLYDEBATE = "Flask==3.0.0 gunicorn==21.2.0 gevent==23.9.1 SQLAlchemy==2.0.23 aiohttp==3.9.1 elevenlabs"
NEXUS_BEFORE = """
pydantic==2.5.3 pydantic-settings==2.1.0 aiogram==3.4.1 fastapi==0.109.2 uvicorn[standard]==0.27.1
sqlalchemy[asyncio]==2.0.27 asyncpg==0.31.0 redis==5.0.1 celery==5.3.6 openai==1.12.0 httpx==0.26.0 aiohttp==3.9.3
orjson==3.9.14 python-dateutil==2.8.2 pytz==2024.1 structlog==24.1.0 pytest==8.0.0 pytest-asyncio==0.23.5
pytest-cov==4.1.0 factory-boy==3.3.0 faker==23.2.1 black==24.2.0 mypy==1.8.0 ruff==0.2.1 cryptography==42.0.5
"""
NEXUS_AFTER = """
pydantic==2.9.2 pydantic-settings==2.6.1 aiogram==3.13.1 fastapi==0.115.0 uvicorn[standard]==0.32.0
sqlalchemy[asyncio]==2.0.36 asyncpg==0.30.0 redis==5.2.1 celery==5.4.0 openai==1.55.0 httpx==0.28.1 aiohttp==3.11.10
orjson==3.10.12 python-dateutil==2.9.0 pytz==2024.2 structlog==24.4.0 pytest==8.3.4 pytest-asyncio==0.24.0
pytest-cov==6.0.0 factory-boy==3.3.1 faker==33.1.0 black==24.10.0 mypy==1.13.0 ruff==0.8.4 cryptography==44.0.0
"""


@pytest.fixture(scope="module", params=["recorded", pytest.param("real", marks=pytest.mark.network)])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    if request.param == "recorded":
        yield load_recording(RECORDINGS)
        return
    from trueup.index.cache import Cache
    from trueup.index.client import NetworkIndex
    from trueup.index.settings import index_settings

    with NetworkIndex(index_settings(), Cache(tmp_path_factory.mktemp("index"))) as network:
        yield network


def forecasts(index: Index, lines: str, pythons: tuple[str, ...] = PYTHONS) -> dict[str, InstallForecast]:
    resolutions = resolve_many(requirement_set(*lines.split()), [Target(python) for python in pythons], index)
    found = forecast_many(resolutions, index)
    assert all(not one.unresolved for one in found.values())
    return {target.python: one for target, one in found.items()}


def blockers(found: dict[str, InstallForecast]) -> dict[str, list[str]]:
    return {python: [f"{one.name} {one.version}" for one in told.blockers] for python, told in found.items()}


def test_maya(index: Index) -> None:
    found = blockers(forecasts(index, MAYA))
    assert found["3.11"] == found["3.12"] == []
    assert found["3.13"] == ["asyncpg 0.29.0", "uvloop 0.20.0"]
    assert found["3.14"] == found["3.15"] == ["asyncpg 0.29.0", "pydantic-core 2.23.4", "uvloop 0.20.0"]


def test_lighthouse(index: Index) -> None:
    found = blockers(forecasts(index, LIGHTHOUSE))
    assert found["3.11"] == found["3.12"] == found["3.13"] == []
    assert found["3.14"] == ["pydantic-core 2.23.4", "pymongo 4.9.2"]
    assert found["3.15"] == ["pydantic-core 2.23.4", "pymongo 4.9.2", "pyyaml 6.0.3"]


def test_polydebate(index: Index) -> None:
    found = blockers(forecasts(index, POLYDEBATE))
    assert found["3.11"] == found["3.12"] == []
    for python in ("3.13", "3.14", "3.15"):
        assert found[python] == ["aiohttp 3.9.1", "gevent 23.9.1"]


def test_nexus_before(index: Index) -> None:
    told = forecasts(index, NEXUS_BEFORE)
    assert len(told["3.12"].packages) == 73
    assert {one.outcome for one in told["3.12"].packages} == {Outcome.WHEEL}
    three = ["aiohttp 3.9.3", "orjson 3.9.14", "pydantic-core 2.14.6"]
    found = blockers(told)
    assert found["3.13"] == found["3.14"] == three
    assert found["3.15"] == ["aiohttp 3.9.3", "asyncpg 0.31.0", *three[1:], "pyyaml 6.0.3"]
    assert all(one.outcome is Outcome.COMPILES for one in told["3.13"].blockers)
    core = next(one for one in told["3.13"].blockers if one.name == "pydantic-core")
    assert core.evidence[0].text == "pydantic==2.5.3"
    assert core.needs is not None
    assert core.needs.languages == ("rust",)
    assert core.fixed_in == "2.20.0"


def test_nexus_after(index: Index) -> None:
    for python, told in forecasts(index, NEXUS_AFTER).items():
        assert [conflict.name for conflict in told.conflicts] == ["aiohttp"], python
        own, other = told.conflicts[0].sides
        assert (own.requirement, own.parent) == ("aiohttp==3.11.10", None)
        assert (other.requirement, other.parent) == ("aiohttp<3.11,>=3.9.0", "aiogram 3.13.1")
        assert own.evidence[0].line == 12
        assert other.evidence[0].text == "aiogram==3.13.1"
        assert len(told.packages) >= 73
