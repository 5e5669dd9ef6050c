"""The environment of a running process: what the image, the platform and the service give it."""

from __future__ import annotations

from pathlib import Path

import pytest

from trueup.model.report import Result
from trueup.prove.booting import runtime_environment
from trueup.prove.building import place, prepare
from trueup.prove.layout import layout_of
from trueup.prove.running import Redactor
from trueup.prove.settings import ProofSettings
from trueup.reading import read_project

from .conftest import predictions

RAILWAY = '{"build": {"builder": "NIXPACKS"}, "deploy": {"startCommand": "python app.py"}}'
VARIABLES = '[variables]\nMODE = "from-the-file"\nPORT = "81"\nPLACE = "/app/data"\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    files = {"railway.json": RAILWAY, "requirements.txt": "flask\n", "app.py": "", "nixpacks.toml": VARIABLES}
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def environment(folder: Path, given: dict[str, str], builder: str = "nixpacks") -> dict[str, str]:
    result: Result = predictions(folder, {"builders": (builder,)})[0]
    target = folder.parent / "proof"
    target.mkdir()
    settings = ProofSettings(cache=folder.parent / "cache", folder=target, fetch=False)
    build = prepare(result, read_project(folder), layout_of(builder), None, settings, Redactor())
    place(build, None)
    build.variables |= given
    return runtime_environment(build, 4000)


def test_the_variables_of_nixpacks_toml_are_there_when_the_process_runs(project: Path) -> None:
    seen = environment(project, {})
    assert (seen["MODE"], seen["PYTHONUNBUFFERED"], seen["PORT"]) == ("from-the-file", "1", "4000")


def test_what_the_service_sets_wins_over_the_image(project: Path) -> None:
    assert environment(project, {"MODE": "given"})["MODE"] == "given"


def test_railpack_gives_the_process_no_variables_of_its_steps(project: Path) -> None:
    (project / "railway.json").write_text("{}")
    (project / "railpack.json").write_text(
        '{"steps": {"build": {"commands": ["make"], "variables": {"ONLY_BUILD": "1"}}},'
        ' "deploy": {"startCommand": "python app.py", "variables": {"MODE": "deploy"}}}'
    )
    seen = environment(project, {}, "railpack")
    assert (seen["MODE"], "ONLY_BUILD" in seen) == ("deploy", False)
