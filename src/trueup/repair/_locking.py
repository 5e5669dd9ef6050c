"""Lockfiles written by uv, in a copy of the manifests in a folder of its own, without building anything.

uv keeps every locked version that still fits ("uv lock … prefers the locked versions", uv, Locking and syncing, read
2026-11-20). `--no-build` keeps it from running a build backend, so that no code of the project or of a package runs;
where metadata can only be had by building, the lock is refused and said.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from trueup.errors import TrueupError
from trueup.manifests._requirement import without_credentials
from trueup.model.project import Project
from trueup.repair._tool_runs import run_tool

SECONDS = 60
"""After which uv is given up on."""
_LEFT_OUT = (".py", ".pyi", ".sh")


class LockToolError(TrueupError):
    """The tool is not there, or did not write a lockfile."""


def uv_program() -> str | None:
    """Where uv is: on the path, or in the environment that trueup runs in."""
    found = shutil.which("uv")
    if found:
        return found
    try:
        from uv import find_uv_bin
    except ImportError:
        return None
    try:
        return str(find_uv_bin())
    except FileNotFoundError:
        return None


def lock_project(project: Project, folder: str, upgrades: Iterable[str] = ()) -> bytes:
    """The uv.lock of a project's folder, brought in step.

    Args:
        project: the whole project, with the manifests as they are to be.
        folder: where pyproject.toml and uv.lock lie, from the project's root.
        upgrades: packages that may leave their locked version, as `name==version`.

    Raises:
        LockToolError: uv is not there, cannot resolve, or would have to build something.
    """
    flags = [part for name in upgrades for part in ("--upgrade-package", name)]
    return _run(project, folder, ["lock", "--no-build", *flags], "uv.lock")


def compile_requirements(project: Project, folder: str, source: str, output: str, flags: Sequence[str] = ()) -> bytes:
    """A compiled requirements file, brought in step with its source; locked versions that still fit stay.

    Raises:
        LockToolError: uv is not there, cannot resolve, or would have to build something.
    """
    command = ["pip", "compile", "--no-build", "--quiet", *flags, source, "--output-file", output]
    return _run(project, folder, command, output)


def _run(project: Project, folder: str, arguments: Sequence[str], output: str) -> bytes:
    program = uv_program()
    if program is None:
        raise LockToolError("uv is not on this machine", hint="Install uv, or run the lock command yourself.")
    with tempfile.TemporaryDirectory(prefix="trueup-lock-") as scratch:
        root = Path(scratch)
        _write(project, root)
        place = root / folder
        environment = _environment(os.environ)
        done = run_tool("uv", [program, *arguments], place, environment, SECONDS, LockToolError)
        if done.returncode != 0:
            raise LockToolError(f"uv cannot bring {output} in step: {_reason(done.stderr, scratch)}")
        return (place / output).read_bytes()


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    """The user's own settings of uv, without what would change what is locked or ask for a download of Python."""
    kept = {name: value for name, value in given.items() if name not in ("VIRTUAL_ENV", "UV_FROZEN", "UV_LOCKED")}
    return {**kept, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "NO_COLOR": "1"}


def _write(project: Project, root: Path) -> None:
    """The manifests, under the same paths; sources are not needed where nothing is built."""
    for path, file in project.whole.files.items():
        parts = path.split("/")
        if file.problem or path.endswith(_LEFT_OUT) or ".." in parts or path.startswith("/"):
            continue
        place = root.joinpath(*parts)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.data)


def _reason(text: str, scratch: str) -> str:
    """The last telling lines of what uv said, without the name of the scratch folder and without passwords."""
    lines = [line.strip(" ×╰─▶│├") for line in text.replace(f"{scratch}/", "").splitlines()]
    told = [line for line in lines if line and not line.startswith(("Using CPython", "Resolved", "warning:"))]
    return without_credentials(" ".join(told))[:400] or "it gives no reason"
