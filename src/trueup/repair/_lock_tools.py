"""Poetry, PDM and Pipenv: what each is given, how it is told to keep what is locked, and what it must not be given.

Poetry: `poetry lock` keeps locked versions since 2.0; before, `--no-update` does (Poetry, Commands, "lock";
console/commands/lock.py of 1.8.5 and 2.5.1). PDM: `--update-reuse`, "Reuse pinned versions already present in lock
file if possible", and `--skip=:all` leaves out the project's own pre_lock and post_lock scripts (`pdm lock --help` of
2.29.3). Pipenv: see `_pipenv_pins`. No option of the three forbids to build a package while it locks: Poetry's
`installer.only-binary` is read when it installs (installation/chooser.py), and PDM's PDM_ONLY_BINARY leaves the sdists'
hashes out. The guard forbids it (`_guarded`). All read 2026-11-20 in the released distributions.

Poetry before 2.0 builds every sdist that lists no requirements; from 2.0 on it believes one whose metadata has version
2.2 or later and does not call them dynamic (python-poetry/poetry src/poetry/inspection/info.py at 1.8.5 and 2.0.0,
`_requirements_from_distribution`; 1.8.5 and 2.5.1 run on 2026-11-20). Nothing is taken from a run in which a build was
refused: versions that were tried and dropped leave no trace in the lockfile, so that it cannot be checked afterwards.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from packaging.version import Version

from trueup.manifests._document import load_json, load_toml
from trueup.manifests._tables import string, table
from trueup.model.project import SourceFile
from trueup.repair._guarded import LockToolFailedError, LockToolMissingError, LockToolRefusedError, Tool, guarded
from trueup.repair._pipenv_pins import PinningError, categories, is_own_form, merged_lock, resolver_pipfile

_POETRY_KEEPS = Version("2.0")


@dataclass(frozen=True, slots=True)
class Manager:
    """A tool with a lockfile of its own.

    `command` is what a person runs who wants the same; `settings` are files beside the manifest that may name another
    index and are not given to the tool.
    """

    name: str
    manifest: str
    lock: str
    command: str
    run: Callable[[Tool, SourceFile, SourceFile], str]
    settings: tuple[str, ...] = ()


def _poetry(tool: Tool, manifest: SourceFile, lock: SourceFile) -> str:
    keeping = () if tool.version >= _POETRY_KEEPS else ("--no-update",)
    given = {"POETRY_VIRTUALENVS_CREATE": "false", "POETRY_NO_INTERACTION": "1"}
    files = {"pyproject.toml": manifest.data, "poetry.lock": lock.data}
    try:
        return tool.lock(files, ["lock", *keeping, "--no-interaction"], given, "poetry.lock")
    except LockToolRefusedError as error:
        if tool.version >= _POETRY_KEEPS:
            raise
        words = "Poetry 2.0 and later read that from an sdist which states it, and build nothing then"
        raise LockToolRefusedError(f"{error.message}; {words}") from None


def _pdm(tool: Tool, manifest: SourceFile, lock: SourceFile) -> str:
    given = {
        "PDM_USE_VENV": "false",
        "PDM_IGNORE_SAVED_PYTHON": "1",
        "PDM_IGNORE_ACTIVE_VENV": "1",
        "PDM_CHECK_UPDATE": "false",
    }
    files = {"pyproject.toml": manifest.data, "pdm.lock": lock.data}
    return tool.lock(files, ["lock", "--update-reuse", "--skip=:all"], given, "pdm.lock")


def _pipenv(tool: Tool, manifest: SourceFile, lock: SourceFile) -> str:
    pipfile, locked = load_toml(manifest).value, load_json(lock).value
    if not is_own_form(lock.text):
        words = "Pipfile.lock is not written as Pipenv writes it, so that more than its entries would change"
        raise PinningError(words)
    asked = resolver_pipfile(pipfile, locked).encode()
    environment = _virtual_environment(tool, pipfile)
    given = {
        "VIRTUAL_ENV": environment,
        "WORKON_HOME": str(tool.scratch / "environments"),
        "PIPENV_NOSPIN": "1",
        "PIPENV_DONT_LOAD_ENV": "1",
        "PIPENV_VERBOSITY": "-1",
        "PIPENV_MAX_DEPTH": "1",
    }
    answer = tool.lock(
        {"Pipfile": asked}, ["lock", "--clear", "--categories", categories(pipfile)], given, "Pipfile.lock"
    )
    return merged_lock(pipfile, lock.text, answer)


def _virtual_environment(tool: Tool, pipfile: dict[str, Any]) -> str:
    """An empty virtual environment of the Python that the Pipfile asks for: Pipenv locks for the one that it finds.

    Raises:
        LockToolMissingError: that Python is not on this machine.
    """
    requires = table(pipfile.get("requires"))
    asked = string(requires.get("python_full_version")) or string(requires.get("python_version")) or ""
    minor = ".".join(asked.split(".")[:2])
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    program = sys.executable if minor in ("", here) else shutil.which(f"python{minor}")
    if program is None:
        raise LockToolMissingError(f"Pipenv locks for the Python that it runs on, and {minor} is not on this machine")
    place = tool.scratch / "environment"
    command = [program, "-I", "-m", "venv", "--without-pip", str(place)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60, check=False, env={**os.environ})
    except (OSError, subprocess.TimeoutExpired):
        done = None
    if done is None or done.returncode != 0:
        raise LockToolFailedError("no virtual environment could be made for Pipenv")
    return str(place)


MANAGERS = {
    manager.lock: manager
    for manager in (
        Manager("poetry", "pyproject.toml", "poetry.lock", "poetry lock", _poetry),
        Manager("pdm", "pyproject.toml", "pdm.lock", "pdm lock --update-reuse", _pdm, ("pdm.toml",)),
        Manager("pipenv", "Pipfile", "Pipfile.lock", "pipenv lock", _pipenv),
    )
}


def written(manager: Manager, manifest: SourceFile, lock: SourceFile) -> tuple[str, str]:
    """The new lockfile's text, and the tool with its version.

    Raises:
        LockToolMissingError: the tool is not there, or cannot be guarded.
        LockToolFailedError: it makes no lockfile that can be used (LockToolRefusedError: it wanted to build).
        PinningError: Pipenv's locked versions cannot be kept.
    """
    with guarded(manager.name) as tool:
        return manager.run(tool, manifest, lock), f"{tool.name} {tool.version}"


def local_dependency(manifest: SourceFile) -> str:
    """A dependency of a folder or file of this machine, as it is written; empty where there is none."""
    value = load_toml(manifest).value
    tool = table(value.get("tool"))
    poetry, pdm, project = table(tool.get("poetry")), table(tool.get("pdm")), table(value.get("project"))
    places: list[object] = [project.get("dependencies"), project.get("optional-dependencies")]
    places += [value.get("dependency-groups"), pdm.get("dev-dependencies")]
    places += [poetry.get(key) for key in ("dependencies", "dev-dependencies", "group")]
    if not manifest.path.endswith("pyproject.toml"):
        places = [entries for name, entries in value.items() if name not in ("source", "scripts", "pipenv", "requires")]
    return next((found for place in places for found in _local(place)), "")


def _local(value: object, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key in ("path", "file", "editable"):
            if key in value and isinstance(value[key], str | bool):
                yield name or str(value[key])
                return
        for key, below in value.items():
            yield from _local(below, str(key))
    elif isinstance(value, list):
        for below in value:
            yield from _local(below, name)
    elif isinstance(value, str) and (value.startswith(("-e ", "./", "../")) or "file:" in value):
        yield value[:80]


def plugin(manifest: SourceFile) -> str:
    """A plug-in that Poetry would install and run for this project (`requires-plugins`); empty where there is none."""
    poetry = table(table(load_toml(manifest).value.get("tool")).get("poetry"))
    return next(iter(table(poetry.get("requires-plugins"))), "")
