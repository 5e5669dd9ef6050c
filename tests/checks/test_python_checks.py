"""Checks about the Python that is taken: contradictions, the end of its life, and whether anything pins it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.checks._contexts import context_of, findings
from trueup.checks import (
    conflict,
    floating_python,
    no_wheel,
    python_end_of_life,
    version_file_not_read,
    versions_contradict,
)
from trueup.checks._defaults import default_since
from trueup.checks._interface import CheckContext
from trueup.model.distribution import Conflict, ConflictSide, InstallForecast, Outcome, PackageForecast
from trueup.model.evidence import Evidence
from trueup.model.finding import Severity
from trueup.model.plan import InputUse
from trueup.model.target import Target

APP: dict[str, str | bytes] = {"requirements.txt": "flask==3.1.3\n", "app.py": "", "Procfile": "web: python app.py\n"}


def contradictions(texts: dict[str, str | bytes], builder: str = "railpack") -> list[tuple[str, Severity]]:
    return [
        (item.subject, item.severity)
        for item in findings(versions_contradict.CHECK, context_of({**APP, **texts}, builder=builder))
    ]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({".python-version": "3.13\n"}, []),
        ({".python-version": "3.13.2\n", "runtime.txt": "python-3.13.2\n"}, []),
        ({".python-version": "3.13\n", "runtime.txt": "python-3.13.2\n"}, []),
        ({".python-version": "3.13.1\n", "runtime.txt": "python-3.13.2\n"}, [("pins", Severity.LOW)]),
        ({".python-version": "3.13\n", "runtime.txt": "python-3.11.9\n"}, [("pins", Severity.LOW)]),
        ({".python-version": "3.13\n", "other/.python-version": "3.9\n"}, []),
    ],
)
def test_pins(texts: dict[str, str | bytes], expected: list[tuple[str, Severity]]) -> None:
    """Two places contradict each other only as far as both go; another folder's place is another service's."""
    assert contradictions(texts) == expected


def test_pins_of_which_none_decides() -> None:
    """Where the builder reads neither of them, nothing keeps the service on either."""
    texts: dict[str, str | bytes] = {"runtime.txt": "python-3.11.9\n", "nixpacks.toml": 'providers = ["python"]\n'}
    texts["mise.toml"] = '[tools]\npython = "3.12"\n'
    assert contradictions(texts, "render-native") == [("pins", Severity.MEDIUM)]


def test_a_range_that_the_installer_does_not_read() -> None:
    """`pip install -r` never looks at requires-python: nothing stops, and that is told as low."""
    project = '[project]\nname = "app"\nversion = "1"\nrequires-python = "<3.13"\n'
    texts: dict[str, str | bytes] = {"pyproject.toml": project, ".python-version": "3.13\n"}
    assert contradictions(texts) == [("requires-python", Severity.LOW)]
    assert contradictions({**texts, ".python-version": "3.12\n"}) == []


def test_a_range_that_the_installer_reads() -> None:
    """The installer refuses such a Python; without an index this check is the one that says so."""
    project = '[project]\nname = "app"\nversion = "1"\nrequires-python = "<3.13"\ndependencies = ["flask"]\n'
    lock = 'version = 1\nrequires-python = "<3.13"\n\n[[package]]\nname = "app"\nsource = { virtual = "." }\n'
    files: dict[str, str | bytes] = {
        "pyproject.toml": project,
        "uv.lock": lock,
        ".python-version": "3.13\n",
        "app.py": "",
    }
    found = findings(versions_contradict.CHECK, context_of({**files, "Procfile": "web: python app.py\n"}))
    assert [item.severity for item in found if item.subject == "requires-python"] == [Severity.HIGH]


@pytest.mark.parametrize(
    ("version", "on", "severity"),
    [
        ("3.10", "2026-10-31", Severity.LOW),
        ("3.10", "2026-11-01", Severity.MEDIUM),
        ("3.10", "2026-06-01", None),
        ("3.13", "2026-11-20", None),
        ("3.12", "2028-11-20", Severity.MEDIUM),
    ],
)
def test_end_of_life(version: str, on: str, severity: Severity | None) -> None:
    """Low while it comes near, medium from the day after it."""
    made = context_of({**APP, ".python-version": f"{version}\n"}, on=on)
    assert [item.severity for item in findings(python_end_of_life.CHECK, made)] == ([severity] if severity else [])


def test_end_of_life_is_told_once() -> None:
    """Where the builder itself refuses the version, its own words are enough."""
    made = context_of({**APP, ".python-version": "3.9\n"}, builder="heroku-classic")
    assert findings(python_end_of_life.CHECK, made) == []


@pytest.mark.parametrize(
    ("builder", "words", "severity"),
    [
        ("railpack", "its default since 2025-09-16 (before: 3.11)", Severity.MEDIUM),
        ("nixpacks", "its default since 2024-12-05 (before: 3.11)", Severity.LOW),
        ("render-native", "its default since 2026-02-11 (before: 3.13)", Severity.LOW),
        ("heroku-classic", "its default since", Severity.LOW),
    ],
)
def test_floating(builder: str, words: str, severity: Severity) -> None:
    """The default, its day and its rule, with the platform's document."""
    (found,) = findings(floating_python.CHECK, context_of(APP, builder=builder))
    assert words in found.message
    assert found.severity is severity
    assert any(item.url for item in found.evidence)
    assert findings(floating_python.CHECK, context_of({**APP, ".python-version": "3.13\n"}, builder=builder)) == []


def test_floating_on_render_counts_from_the_creation_day() -> None:
    """Render keeps the default of the day on which the service was created."""
    (found,) = findings(floating_python.CHECK, context_of(APP, builder="render-native", created="2025-07-01"))
    assert "its default since 2025-06-12 (before: 3.11)" in found.message


def forecast(python: str, **outcomes: Outcome) -> InstallForecast:
    """A forecast with one distribution for each name."""
    packages = [
        PackageForecast(name, "1.0", True, outcome, "", (Evidence.found("requirements.txt", 1, name),))
        for name, outcome in outcomes.items()
    ]
    return InstallForecast(Target(python), tuple(packages))


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (
            forecast("3.14", a=Outcome.COMPILES, b=Outcome.UNAVAILABLE),
            "On Python 3.14 there is no usable wheel for a 1.0:",
        ),
        (
            forecast("3.14", a=Outcome.WHEEL, b=Outcome.UNAVAILABLE),
            "On Python 3.14 nothing fails but what fails today.",
        ),
        (forecast("3.14", a=Outcome.UNKNOWN), ""),
    ],
)
def test_what_the_next_move_breaks(ahead: InstallForecast, words: str) -> None:
    """Only what works today is named; what is not known is not called fine."""
    today = forecast("3.13", a=Outcome.WHEEL, b=Outcome.UNAVAILABLE)
    (found,) = findings(floating_python.CHECK, replace(context_of(APP), forecast=today, ahead=ahead))
    assert words in found.message
    assert ("On Python 3.14" in found.message) is bool(words)


def test_what_the_next_move_leaves_whole() -> None:
    today, ahead = forecast("3.13", a=Outcome.WHEEL), forecast("3.14", a=Outcome.WHEEL)
    (found,) = findings(floating_python.CHECK, replace(context_of(APP), forecast=today, ahead=ahead))
    assert "On Python 3.14 everything that is installed would still have a usable file today." in found.message


def test_a_service_below_the_root_is_pinned_where_render_surely_reads_it() -> None:
    """Whether Render reads .python-version inside a root directory is open; PYTHON_VERSION is not."""
    blueprint = "services:\n  - {type: web, name: a, runtime: python, rootDir: app, startCommand: python app.py}\n"
    files: dict[str, str | bytes] = {
        "render.yaml": blueprint,
        "app/app.py": "",
        "app/requirements.txt": "flask==3.1.3\n",
    }
    (found,) = findings(floating_python.CHECK, context_of(files, builder="render-native"))
    assert found.hint.startswith("Write 3.14.3 into PYTHON_VERSION under envVars")


def test_never_pin_what_does_not_install() -> None:
    """Where pins have no wheel for today's Python, writing that Python down would only keep the failure."""
    texts: dict[str, str | bytes] = {**APP, "nixpacks.toml": '[python]\nversion = "3.11"\n'}
    (fine,) = findings(floating_python.CHECK, replace(context_of(texts), forecast=forecast("3.13", a=Outcome.WHEEL)))
    assert fine.hint == "Write 3.13 into .python-version."
    blocked = replace(context_of(texts), forecast=forecast("3.13", a=Outcome.COMPILES))
    (found,) = findings(floating_python.CHECK, blocked)
    assert not found.hint.startswith("Write 3.13")
    assert "3.13 is none" in found.hint
    assert "nixpacks.toml:2 asks for 3.11" in found.hint


def test_defaults_by_date() -> None:
    """The first day of a minor is told, not that of its newest patch; an unknown builder tells nothing."""
    assert default_since("railpack", "3.11", "2025-09-01") == ("2025-03-07", "3.13")
    assert default_since("render-native", "3.11", "2025-01-01") == ("2023-12-04", None)
    assert default_since("another", "3.11", "2025-01-01") is None


def test_a_place_that_is_not_read_names_the_one_that_decides() -> None:
    texts = {**APP, ".python-version": "3.12\n", "runtime.txt": "python-3.11.9\n"}
    found = findings(version_file_not_read.CHECK, context_of(texts, builder="render-native"))[0]
    assert found.message.startswith("runtime.txt:1 states Python 3.11.9. ")
    assert found.hint == "Remove this line, or keep it in step with .python-version:1, which decides."


LOCKED: dict[str, str | bytes] = {
    "app.py": "",
    "Procfile": "web: python app.py\n",
    "pyproject.toml": '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.14"\ndependencies = ["flask"]\n',
    "uv.lock": (
        'version = 1\nrequires-python = ">=3.14"\n\n'
        '[[package]]\nname = "app"\nversion = "1"\nsource = { virtual = "." }\n'
        'dependencies = [{ name = "flask" }]\n\n'
        '[package.metadata]\nrequires-dist = [{ name = "flask" }]\n\n'
        '[[package]]\nname = "flask"\nversion = "3.1.3"\nsource = { registry = "https://index.example/simple" }\n'
    ),
}


def locked_for_others(builder: str) -> CheckContext:
    """A project locked for a Python that the builder does not take, with the forecast that is made of it."""
    context = context_of(LOCKED, builder=builder)
    target, wanted = context.plan.target, context.requirements.requires_python_evidence
    assert target is not None
    assert wanted is not None
    sides = (ConflictSide("Python >=3.14", None, (wanted,)), ConflictSide(f"Python {target.python}", "the target", ()))
    lacking = PackageForecast("flask", "3.1.3", True, Outcome.COMPILES, "no wheel", (wanted,))
    forecast = InstallForecast(target, (lacking,), (Conflict("python", sides),))
    return replace(context, forecast=forecast)


@pytest.mark.parametrize(
    ("builder", "severity", "words"),
    [
        ("railpack", Severity.HIGH, "uv refuses this Python: the install stops there"),
        ("nixpacks", Severity.MEDIUM, "uv then looks for another Python, downloads one"),
    ],
)
def test_a_lockfile_for_other_pythons_is_one_conflict(builder: str, severity: Severity, words: str) -> None:
    """Its range is the conflict; that it lists no files for the Python taken is no want of wheels."""
    context = locked_for_others(builder)
    (found,) = findings(conflict.CHECK, context)
    assert found.severity is severity
    assert words in found.message
    assert found.message.startswith("pyproject.toml:4 allows Python >=3.14, and ")
    assert findings(versions_contradict.CHECK, context) == []
    assert findings(no_wheel.CHECK, context) == []
    (floats,) = findings(floating_python.CHECK, context)
    assert "is none, as conflict tells" in floats.hint


def test_the_range_of_a_lockfile_that_is_installed_from_is_read_without_an_index_too() -> None:
    """One refusal is told once, and never that nothing stops."""
    (found,) = findings(versions_contradict.CHECK, context_of(LOCKED))
    assert found.severity is Severity.HIGH


def test_a_service_of_another_language_needs_no_python() -> None:
    """Nixpacks builds it with Node: what .python-version says misleads nobody, and no pin is held back for it."""
    texts: dict[str, str | bytes] = {**APP, "package.json": "{}", ".python-version": "3.12\n"}
    context = context_of(texts, builder="nixpacks")
    (place,) = [item for item in context.plan.python.inputs if item.source == ".python-version"]
    assert place.reason == "nixpacks builds this service as node, and looks for no Python version."
    assert findings(version_file_not_read.CHECK, context) == []
    assert context_of(texts).plan.python.minor == "3.12"


def test_the_lockfile_of_mise_is_read_with_the_file_that_asks() -> None:
    """It gives the exact version of what mise.toml asks for: to remove its line would unlock it."""
    texts: dict[str, str | bytes] = {
        **APP,
        "mise.toml": '[settings]\nlockfile = true\n\n[tools]\npython = "3.13"\n',
        "mise.lock": '[[tools.python]]\nversion = "3.13.5"\nbackend = "core:python"\n',
    }
    context = context_of(texts)
    assert context.plan.python.version == "3.13.5"
    (lock,) = [item for item in context.plan.python.inputs if item.evidence.path == "mise.lock"]
    assert lock.use is InputUse.SHADOWED
    assert findings(version_file_not_read.CHECK, context) == []
    assert [item.subject for item in findings(version_file_not_read.CHECK, context_of(texts, builder="nixpacks"))] == [
        "mise.lock:1",
        "mise.toml:5",
    ]
