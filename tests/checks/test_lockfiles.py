"""Lockfiles against their manifests: what is compared, and what the platform's command does with a difference."""

from __future__ import annotations

import hashlib
import json
import tomllib

import pytest

from tests.checks._contexts import context_of, findings
from trueup.checks._lock_hashes import pipfile_hash, poetry_hashes
from trueup.checks.lockfile_out_of_step import CHECK
from trueup.model.finding import Severity

PIN: dict[str, str | bytes] = {".python-version": "3.13\n", "app.py": "", "Procfile": "web: python app.py\n"}


def said(texts: dict[str, str | bytes], builder: str = "railpack") -> list[tuple[str, Severity, str]]:
    found = findings(CHECK, context_of({**PIN, **texts}, builder=builder))
    return [(item.subject, item.severity, item.message) for item in found]


def uv(*dependencies: str, remembered: str = '{ name = "flask", specifier = "==3.1.3" }') -> dict[str, str | bytes]:
    listed = ", ".join(f'"{item}"' for item in dependencies)
    return {
        "pyproject.toml": f'[project]\nname = "app"\nversion = "1"\ndependencies = [{listed}]\n',
        "uv.lock": (
            'version = 1\nrequires-python = ">=3.13"\n\n'
            '[[package]]\nname = "app"\nversion = "1"\nsource = { virtual = "." }\n'
            'dependencies = [{ name = "flask" }]\n\n'
            f"[package.metadata]\nrequires-dist = [{remembered}]\n\n"
            '[[package]]\nname = "flask"\nversion = "3.1.3"\nsource = { registry = "https://index.example/simple" }\n'
        ),
    }


def test_uv_in_step() -> None:
    """The same names with the same specifiers, in any order and spelling."""
    assert said(uv("Flask==3.1.3")) == []
    two = '{ name = "flask", specifier = "<4,>=3.1" }'
    assert said(uv("flask>=3.1,<4", remembered=two)) == []


def test_uv_lacks_a_name() -> None:
    """`--locked` refuses it; `--frozen` installs without it."""
    ((subject, severity, message),) = said(uv("flask==3.1.3", "httpx"))
    assert (subject, severity) == ("uv.lock", Severity.HIGH)
    assert "uv.lock lacks httpx" in message
    assert "--locked" in message
    ((_, severity, message),) = said(uv("flask==3.1.3", "httpx"), "nixpacks")
    assert severity is Severity.MEDIUM
    assert "--frozen" in message


def test_a_lockfile_that_a_dockerfile_may_read_is_not_called_harmless() -> None:
    blueprint = "services:\n  - {type: web, name: api, runtime: docker}\n"
    texts: dict[str, str | bytes] = {"render.yaml": blueprint, "Dockerfile": "FROM python:3.13\nRUN uv sync --locked\n"}
    ((_, severity, message),) = said({**uv("flask==3.1.3", "httpx"), **texts}, "render-native")
    assert severity is Severity.LOW
    assert "it may stop there" in message


def test_uv_has_another_specifier_or_a_name_too_many() -> None:
    """What counts is what the lockfile remembers, not only whether the locked version would do."""
    ((_, _, message),) = said(uv("flask>=3"))
    assert "locked for ==3.1.3" in message
    both = '{ name = "flask", specifier = "==3.1.3" }, { name = "redis" }'
    ((_, _, message),) = said(uv("flask==3.1.3", remembered=both))
    assert "still has redis" in message


def test_uv_passes_over_extras_and_sources() -> None:
    """Requirements of extras are not the project's own, and a path has no specifier."""
    extra = '{ name = "flask", specifier = "==3.1.3" }, { name = "redis", marker = "extra == \'cache\'" }'
    assert said(uv("flask==3.1.3", remembered=extra)) == []


PYPROJECT = '[tool.poetry]\nname = "app"\n\n[tool.poetry.dependencies]\npython = "^3.13"\nflask = "3.1.3"\n'


def poetry(manifest: str, locked_for: str) -> dict[str, str | bytes]:
    content = tomllib.loads(locked_for)["tool"]["poetry"]
    keys = ("dependencies", "source", "extras", "dev-dependencies")
    text = json.dumps({key: content.get(key) for key in keys}, sort_keys=True)
    return {
        "pyproject.toml": manifest,
        "poetry.lock": (
            '[[package]]\nname = "flask"\nversion = "3.1.3"\noptional = false\npython-versions = "*"\n'
            'groups = ["main"]\nfiles = []\n\n[metadata]\nlock-version = "2.1"\npython-versions = "^3.13"\n'
            f'content-hash = "{hashlib.sha256(text.encode()).hexdigest()}"\n'
        ),
    }


def test_poetry_compares_its_hash() -> None:
    """A current Poetry stops; the old one that Nixpacks installs only warns."""
    assert said(poetry(PYPROJECT, PYPROJECT), "heroku-classic") == []
    changed = f'{PYPROJECT}redis = "*"\n'
    ((_, severity, message),) = said(poetry(changed, PYPROJECT), "heroku-classic")
    assert severity is Severity.HIGH
    assert "poetry.lock lacks redis" in message
    ((_, severity, message),) = said(poetry(changed, PYPROJECT), "nixpacks")
    assert severity is Severity.MEDIUM
    assert "of Poetry 1." in message


def test_poetry_hashes_of_the_released_versions() -> None:
    """Hashes that Poetry 1.8.5 and 2.5.1 themselves gave for these two files, on 2026-11-20."""
    legacy = tomllib.loads(PYPROJECT)
    assert "2c92dfce89998e01bfe87f93be56c7b35f86df9b621efa31ce1f2b280cfa712c" in set(poetry_hashes(legacy))
    project = tomllib.loads(
        '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.13"\ndependencies = ["flask==3.1.3"]\n'
        '[dependency-groups]\ndev = ["pytest"]\n[tool.poetry]\npackage-mode = false\n'
    )
    assert "5767fb66b62c1dfa332b740333175379f6cf94512b4e0409fbc613cea7b48e71" in set(poetry_hashes(project))


def test_pipfile_hash_needs_a_source() -> None:
    """Without a source the tool's own default counts, which is not written here: names are compared instead."""
    assert pipfile_hash({"packages": {"flask": "*"}}) is None
    assert (
        pipfile_hash({"packages": {}, "source": []})
        == "c4a01a8ec837f6ee29903083cb1f52ac64cfa12b125dc3bb4f17e08ac4acb150"
    )


def test_requirements_lock_mirrors_requirements_txt() -> None:
    """Names, extras and versions; comments and markers do not matter."""
    source = "flask==3.1.3\npython-jose[cryptography]==3.3.0\nredis>=5\n"
    good = "# pins\nredis==5.2.1\nFlask==3.1.3\npython-jose[cryptography]==3.3.0\n"
    assert said({"requirements.txt": source, "requirements.lock": good}) == []
    bad = "redis==4.6.0\nflask==3.1.3\npython-jose==3.3.0\n"
    ((subject, severity, message),) = said({"requirements.txt": source, "requirements.lock": bad})
    assert (subject, severity) == ("requirements.lock", Severity.LOW)
    assert "lacks python-jose[cryptography]==3.3.0 and has redis 4.6.0 for redis>=5" in message


def test_a_full_lock_need_not_name_extras() -> None:
    """A lock that holds what the extras add is complete without their names."""
    source = "python-jose[cryptography]==3.3.0\n"
    lock = "python-jose==3.3.0\ncryptography==44.0.0\n"
    assert said({"requirements.txt": source, "requirements.lock": lock}) == []


@pytest.mark.parametrize("tool", ["pip-compile with Python 3.13", "uv via the following command:"])
def test_compiled_requirements(tool: str) -> None:
    """The compiled file is what is installed, so that a missing name is missing at run time."""
    texts: dict[str, str | bytes] = {
        "requirements.in": "flask\n-r more.in\n",
        "more.in": "redis\n",
        "requirements.txt": f"# This file was autogenerated by {tool}\nflask==3.1.3\n",
    }
    ((_, severity, message),) = said(texts)
    assert severity is Severity.MEDIUM
    assert "requirements.txt lacks redis" in message


def test_a_hand_written_requirements_txt_is_no_lockfile() -> None:
    """Without the compiler's header nobody promised that the two agree."""
    assert said({"requirements.in": "flask\nredis\n", "requirements.txt": "flask==3.1.3\n"}) == []
