"""Every builder says of every place that states a Python version what it does with it, in words of its own."""

from __future__ import annotations

import pytest

from tests.checks._contexts import context_of, findings
from trueup.checks import version_file_not_read, versions_contradict
from trueup.model.plan import InputUse

PLACES: dict[str, str | bytes] = {
    ".python-version": "3.12\n",
    ".python-versions": "3.12\n",
    ".tool-versions": "python 3.12\n",
    "mise.toml": '[tools]\npython = "3.12"\n',
    "runtime.txt": "python-3.12.4\n",
    "Pipfile": '[requires]\npython_version = "3.12"\n',
    "Pipfile.lock": '{"_meta": {"requires": {"python_version": "3.12"}}, "default": {}}\n',
    "pyproject.toml": '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.12"\n'
    '[tool.poetry.dependencies]\npython = "^3.12"\n',
    "poetry.lock": '[metadata]\nlock-version = "2.1"\npython-versions = ">=3.12"\n',
    "uv.lock": 'version = 1\nrequires-python = ">=3.12"\n',
    "pdm.lock": '[metadata]\nlock_version = "4.5.0"\n[[metadata.targets]]\nrequires_python = ">=3.12"\n',
    "pylock.toml": 'lock-version = "1.0"\nrequires-python = ">=3.12"\npackages = []\n',
    "setup.cfg": "[options]\npython_requires = >=3.12\n",
    "nixpacks.toml": 'providers = ["python"]\n[python]\nversion = "3.12"\n',
    "railpack.json": '{"packages": {"python": "3.12"}}\n',
    "railway.json": '{"build": {"pythonVersion": "3.12", "python_version": "3.12"}}\n',
    "render.yaml": "services:\n  - type: web\n    name: other\n    runtime: python\n    pythonVersion: 3.12\n"
    "    envVars:\n      - key: PYTHON_VERSION\n        value: 3.12.4\n",
    "Dockerfile": "FROM python:3.12-slim\n",
}
APP: dict[str, str | bytes] = {"requirements.txt": "flask==3.1.3\n", "app.py": "", "Procfile": "web: python app.py\n"}


@pytest.mark.parametrize("builder", ["railpack", "nixpacks", "render-native", "heroku-classic", "heroku-cnb"])
@pytest.mark.parametrize("path", PLACES)
def test_no_place_is_passed_over_without_a_reason_of_its_own(path: str, builder: str) -> None:
    """A place is either read, or the builder's data has a row that says why it is not."""
    inputs = context_of({**APP, path: PLACES[path]}, builder=builder).plan.python.inputs
    stated = [item for item in inputs if item.evidence.path == path]
    assert stated
    for item in stated:
        assert item.reason
        assert "does not read a Python version from this place" not in item.reason, (builder, item.source)
        assert (
            item.use is not InputUse.IGNORED or builder.partition("-")[0] in item.reason.lower() or path in item.reason
        )


def test_a_file_beside_the_service_is_told_as_outside() -> None:
    """Where the builder would read such a file, but not there."""
    files: dict[str, str | bytes] = {f"backend/{path}": text for path, text in APP.items()}
    plan = context_of({**files, ".python-version": "3.11.9\n"}).plan
    (item,) = (item for item in plan.python.inputs if item.evidence.path == ".python-version")
    assert item.use is InputUse.IGNORED
    assert "outside the service's root directory backend/" in item.reason


def test_a_build_that_stops_before_it_reads_a_version_ignores_none() -> None:
    """Nixpacks reads .python-version; it does not come to it where it cannot read the Procfile."""
    files = {
        **APP,
        "Procfile": "web:gunicorn app:app\n\tworker : x\n",
        ".python-version": "3.12\n",
        "runtime.txt": "3.11\n",
    }
    context = context_of(files, builder="nixpacks")
    assert any(problem.rule == "builder-error" for problem in context.plan.problems)
    assert {item.reason for item in context.plan.python.inputs} == {
        "The build stops before nixpacks looks for a Python version."
    }
    assert findings(version_file_not_read.CHECK, context) == []
    assert findings(versions_contradict.CHECK, context) == []
