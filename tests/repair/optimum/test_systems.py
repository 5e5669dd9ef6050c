"""The minimal changes of the example systems, on the index as recorded on a day; each certificate is checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repair.optimum.check_certificate import check
from tests.resolve.fake_index import requirement_set
from trueup.configuration import Policy
from trueup.index.recorded import FrozenIndex, load_recording
from trueup.model.requirement import RequirementSet
from trueup.model.target import Target
from trueup.repair.optimum import BumpPlan, minimal_bumps

RECORDINGS = Path(__file__).parent.parent.parent / "index" / "recordings"
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
LIGHTHOUSE = """
fastapi==0.115.0 uvicorn[standard]==0.32.0 motor==3.6.0 pydantic==2.9.2 pydantic-settings==2.6.0
python-jose[cryptography]==3.3.0 passlib[argon2]==1.7.4
"""
MAYA = """
asyncpg==0.29.0 uvloop==0.20.0 SQLAlchemy==2.0.36 pydantic==2.9.2 fastapi==0.115.0 uvicorn==0.32.0
python-jose[cryptography]==3.3.0 python-multipart==0.0.9 tenacity==8.2.3
"""
POLYDEBATE = "flask==3.0.0 gunicorn==21.2.0 gevent==23.9.1 sqlalchemy==2.0.23 aiohttp==3.9.1"
PY312, PY313, PY314 = Target("3.12"), Target("3.13"), Target("3.14")


@pytest.fixture(scope="module")
def index() -> FrozenIndex:
    return load_recording(RECORDINGS)


def lines(text: str) -> RequirementSet:
    return requirement_set(*text.split())


def solved(text: str, index: FrozenIndex, *targets: Target) -> BumpPlan:
    requirements = lines(text)
    plan = minimal_bumps(requirements, targets, index, Policy(), timeout=20)
    assert plan.proven, plan.reason
    assert check(plan, requirements, targets, index) == []
    assert not plan.unsatisfied
    return plan


def moved(plan: BumpPlan, *, direct: bool = True) -> set[str]:
    return {change.name for change in plan.changes if change.direct is direct}


def test_nexus_before_needs_four_changes_on_3_13(index: FrozenIndex) -> None:
    """Three distributions block; aiogram has a wheel and must move for aiohttp."""
    plan = solved(NEXUS_BEFORE, index, PY313)
    assert moved(plan) == {"aiohttp", "orjson", "pydantic", "aiogram"}
    assert "pydantic-core" in moved(plan, direct=False)
    assert plan.cost.direct == 4
    assert plan.cost.downgrades == plan.cost.major_downgrades == plan.cost.major == 0
    aiogram = next(change for change in plan.changes if change.name == "aiogram")
    assert aiogram.evidence[0].place == "requirements.txt:3"
    assert "aiogram 3.4.1 requires aiohttp" in aiogram.evidence[-1].text


def test_nexus_before_needs_nothing_on_3_12(index: FrozenIndex) -> None:
    plan = solved(NEXUS_BEFORE, index, PY312)
    assert plan.changes == ()


def test_one_pin_serves_several_targets(index: FrozenIndex) -> None:
    targets = (PY312, PY313, PY314, Target("3.13", libc="musl", libc_version="1.2"), Target("3.13", arch="aarch64"))
    plan = solved(NEXUS_BEFORE, index, *targets)
    assert moved(plan) == {"aiohttp", "orjson", "pydantic", "aiogram"}


def test_nexus_after_needs_one_change(index: FrozenIndex) -> None:
    """Aiogram moves forward; moving aiohttp back would do as well, and is no better."""
    for target in (PY312, PY313):
        plan = solved(NEXUS_AFTER, index, target)
        assert [(one.name, one.from_version) for one in plan.changes] == [("aiogram", "3.13.1")]
        assert plan.cost.downgrades == 0


def test_lighthouse_moves_what_brings_the_blockers(index: FrozenIndex) -> None:
    """pydantic-core and pymongo block, and no line names them."""
    plan = solved(LIGHTHOUSE, index, PY314)
    assert moved(plan) == {"pydantic", "motor"}
    assert {"pydantic-core", "pymongo"} <= moved(plan, direct=False)


def test_maya_moves_the_two_that_block(index: FrozenIndex) -> None:
    plan = solved(MAYA, index, PY313)
    changes = {(one.name, one.from_version, one.to_version) for one in plan.changes}
    assert changes == {("asyncpg", "0.29.0", "0.30.0"), ("uvloop", "0.20.0", "0.21.0")}
    assert (plan.cost.minor, plan.cost.patch, plan.cost.files) == (2, 0, 1)


def test_polydebate_and_a_version_that_fails_when_imported(index: FrozenIndex) -> None:
    plan = solved(POLYDEBATE, index, PY313)
    assert moved(plan) == {"aiohttp", "gevent"}

    def forbidden(name: str, version: str, target: Target) -> bool:
        return name == "sqlalchemy" and version == "2.0.23" and target.minor == "3.13"

    plan = minimal_bumps(lines(POLYDEBATE), (PY313,), index, Policy(), timeout=20, forbidden=forbidden)
    assert plan.proven
    assert check(plan, lines(POLYDEBATE), (PY313,), index, fails=forbidden) == []
    assert moved(plan) == {"aiohttp", "gevent", "sqlalchemy"}


def test_an_ancient_pure_wheel_is_no_repair(index: FrozenIndex) -> None:
    """Moving back over a major version comes after everything that does without."""
    plan = solved("aiohttp==3.9.3", index, PY313)
    assert plan.cost.major_downgrades == 0
    assert plan.changes[0].to_version.startswith("3.10.")
