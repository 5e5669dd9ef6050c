"""Broken manifests of every format: facts or problems with a place, in bounded time, and never an exception."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.manifests._files import SAMPLES, source
from tests.manifests.mutate import COUNT, mutated
from trueup.manifests import (
    dockerfile,
    dotenv,
    pdm_lock,
    pipfile,
    pipfile_lock,
    poetry_lock,
    pylock,
    pyproject,
    requirements_txt,
    setup_cfg,
    uv_lock,
)
from trueup.manifests._document import load_json, load_toml, load_yaml
from trueup.manifests._interface import PythonStatement
from trueup.model.finding import Problem
from trueup.model.project import SourceFile

PARSERS: dict[str, Callable[[SourceFile], object]] = {
    "requirements.txt": requirements_txt.parse,
    "pyproject.toml": pyproject.parse,
    "poetry/pyproject.toml": pyproject.parse,
    "uv.lock": uv_lock.parse,
    "poetry.lock": poetry_lock.parse,
    "pdm.lock": pdm_lock.parse,
    "pylock.toml": pylock.parse,
    "Pipfile": pipfile.parse,
    "Pipfile.lock": pipfile_lock.parse,
    "setup.cfg": setup_cfg.parse,
    "Dockerfile": dockerfile.parse,
    ".env": dotenv.parse,
}
STATEMENTS: dict[str, Callable[[SourceFile], tuple[PythonStatement, ...]]] = {
    "pyproject.toml": pyproject.python_statements,
    "poetry/pyproject.toml": pyproject.python_statements,
    "uv.lock": uv_lock.python_statements,
    "poetry.lock": poetry_lock.python_statements,
    "pdm.lock": pdm_lock.python_statements,
    "pylock.toml": pylock.python_statements,
    "Pipfile": pipfile.python_statements,
    "Pipfile.lock": pipfile_lock.python_statements,
    "setup.cfg": setup_cfg.python_statements,
    "Dockerfile": dockerfile.python_statements,
}
BYTES = {path: source(path, text).data for path, text in SAMPLES.items()}


def check(path: str, data: bytes) -> None:
    file = SourceFile(path, data, len(data))
    found = PARSERS[path](file)
    problems: tuple[Problem, ...] = getattr(found, "problems", ())
    for problem in problems:
        assert problem.rule in ("unreadable-file", "invalid-requirement")
        assert problem.evidence[0].path == path
        assert problem.hint
        assert "hunter2" not in problem.message
    if path in STATEMENTS:
        for statement in STATEMENTS[path](file):
            assert statement.value
            assert statement.evidence.path == path


def test_every_sample_is_read_without_a_problem_of_its_own() -> None:
    for path, data in BYTES.items():
        check(path, data)


def test_mutations() -> None:
    """`TRUEUP_MUTATIONS=20000` asks for more of them."""
    slowest = (0.0, "", b"")
    for path, data in mutated(BYTES, COUNT):
        started = time.perf_counter()
        try:
            check(path, data)
        except Exception as error:
            error.add_note(f"{path}: {data!r}")
            raise
        slowest = max(slowest, (time.perf_counter() - started, path, data))
    assert slowest[0] < 3, f"{slowest[1]}: {slowest[2][:200]!r}"


@pytest.mark.parametrize("load", [load_toml, load_json, load_yaml])
def test_mutated_documents(load: Callable[[SourceFile], object]) -> None:
    """The three readers on texts that were meant for each of them."""
    yaml = (
        b"services:\n  - type: web\n    name: api\n    envVars: &vars\n      - {key: A, value: 'x'}\n    <<: {a: 1}\n"
    )
    texts = {"a.toml": BYTES["pyproject.toml"], "b.json": BYTES["Pipfile.lock"], "c.yaml": yaml}
    for path, data in mutated(texts, COUNT // 4):
        document = load(SourceFile(path, data, len(data)))
        positions = document.positions  # type: ignore[attr-defined]
        length = len(document.file.text)  # type: ignore[attr-defined]
        assert all(position.line >= 1 and 0 <= position.start <= length for position in positions.values())
