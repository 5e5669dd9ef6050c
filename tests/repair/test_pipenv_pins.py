"""What Pipenv is given so that it moves only what it must, and what becomes of its answer."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest

from trueup.repair._pipenv_pins import PinningError, is_own_form, merged_lock, resolver_pipfile

PIPFILE: dict[str, Any] = {
    "source": [{"name": "m", "url": "https://index.example/simple", "verify_ssl": True}],
    "packages": {"alpha": "==2.0", "Uvicorn": {"extras": ["standard"], "version": "*"}},
    "dev-packages": {"tester": "*"},
    "pipenv": {"use_default_constraints": False, "allow_prereleases": True},
}
LOCK: dict[str, Any] = {
    "_meta": {"hash": {"sha256": "old"}},
    "default": {
        "alpha": {"version": "==1.0", "hashes": ["a"]},
        "gamma": {"version": "==1.0", "hashes": ["g"], "markers": "python_version >= '3.8'"},
        "uvicorn": {"version": "==1.5", "hashes": ["u"], "index": "m", "extras": ["standard"]},
    },
    "develop": {"tester": {"version": "==1.0", "hashes": ["t"]}},
}


def test_what_pipenv_is_given() -> None:
    """Every locked version that still fits is pinned, with extras; what is asked for stands apart, unchanged."""
    made = tomllib.loads(resolver_pipfile(PIPFILE, LOCK))
    assert made["packages"] == {
        "gamma": {"version": "==1.0", "markers": "python_version >= '3.8'"},
        "uvicorn": {"version": "==1.5", "extras": ["standard"]},
        "tester": {"version": "==1.0"},
    }
    assert made["wanted-default"] == PIPFILE["packages"]
    assert made["wanted-develop"] == PIPFILE["dev-packages"]
    assert made["pipenv"] == {"allow_prereleases": True}
    assert made["source"] == PIPFILE["source"]


def answer(**entries: str) -> str:
    resolved = {name: {"version": version, "hashes": ["new"]} for name, version in entries.items()}
    return json.dumps({"_meta": {}, "wanted-default": resolved, "wanted-develop": {"tester": {"version": "==1.0"}}})


def form(value: Any) -> str:
    return json.dumps(value, indent=4, sort_keys=True) + "\n"


def test_what_pipenv_answers_becomes_the_lockfile() -> None:
    """Entries whose version stays are the old ones to the letter; what is no longer needed goes."""
    uvicorn = {"version": "==1.5", "extras": ["standard"], "hashes": ["new"]}
    given = json.loads(answer(alpha="==2.0"))
    given["wanted-default"]["uvicorn"] = uvicorn
    made = json.loads(merged_lock(PIPFILE, form(LOCK), json.dumps(given)))
    assert made["default"] == {"alpha": {"version": "==2.0", "hashes": ["new"]}, "uvicorn": LOCK["default"]["uvicorn"]}
    assert made["develop"] == LOCK["develop"]
    assert made["_meta"]["hash"]["sha256"] != "old"


@pytest.mark.parametrize(
    ("change", "given", "words"),
    [
        ({"default": {"x": {"git": "https://code.example/x"}}}, "{}", "somewhere else than an index"),
        ({"default": {"x": {"version": "==1"}}, "develop": {"x": {"version": "==2"}}}, "{}", "several versions"),
    ],
)
def test_locks_that_cannot_be_pinned(change: dict[str, Any], given: str, words: str) -> None:
    """Entries of a repository, and one name in two versions."""
    with pytest.raises(PinningError, match=words):
        resolver_pipfile({"packages": {}}, change)


def test_the_form_of_pipenv() -> None:
    """Indented by four, sorted, with whatever end the file has; anything else would be rewritten whole."""
    assert is_own_form(form(LOCK))
    assert is_own_form(form(LOCK).rstrip())
    assert is_own_form(form(LOCK).replace("\n", "\r\n"))
    assert not is_own_form(json.dumps(LOCK))
    assert not is_own_form(json.dumps(LOCK, indent=2, sort_keys=True))


@pytest.mark.parametrize(
    ("before", "given", "words"),
    [
        (form(LOCK), answer(alpha="==2.0"), "answered nothing for Uvicorn"),
        (form(LOCK), answer(alpha="==2.0", uvicorn="==1.5", tester="==3.0"), "tester in several versions"),
        (
            form({**LOCK, "default": {"winonly": {"version": "==1", "markers": "sys_platform == 'win32'"}}}),
            answer(alpha="==2.0", uvicorn="==1.5"),
            "for another platform",
        ),
    ],
)
def test_answers_that_make_no_lockfile(before: str, given: str, words: str) -> None:
    """Each is refused, with the reason."""
    with pytest.raises(PinningError, match=words):
        merged_lock(PIPFILE, before, given)
