"""A lock tool of the user's, run in a folder of its own that holds the manifest and the lock, under the guard.

The guard (`_guard/sitecustomize.py`, found by PYTHONPATH) lets the tool start no program but an interpreter that it
asks about itself, so that no package is built and nothing of the project runs. It is looked for before the tool does
anything: `--version` has to tell that it is there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from trueup.errors import TrueupError
from trueup.manifests._requirement import without_credentials
from trueup.repair._tool_runs import run_tool

SECONDS = 120
"""After which a tool is given up on."""
_VERSION = re.compile(r"\b\d+(?:\.\d+)+(?:[a-z]+\d+)?\b")
_DROPPED = ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PIPENV_PIPFILE")
_LAYOUT = re.compile(r"[\s│╭╮╰╯─×╷⠀-⣿]+")


class LockToolMissingError(TrueupError):
    """The tool is not on this machine, or cannot be guarded: a person has to run it."""


class LockToolFailedError(TrueupError):
    """The tool was run and made no lockfile that can be used."""


class LockToolRefusedError(LockToolFailedError):
    """The tool wanted to build a package, or to start another program, and was kept from it."""


@dataclass(frozen=True)
class Tool:
    """A tool that is there: its name, where it is, its version, and the scratch folder that it runs in."""

    name: str
    program: str
    version: Version
    scratch: Path

    @property
    def place(self) -> Path:
        """The folder for manifest and lock."""
        return self.scratch / "project"

    def lock(self, files: Mapping[str, bytes], arguments: Sequence[str], given: Mapping[str, str], output: str) -> str:
        """The text of the lockfile that the tool writes.

        Args:
            files: what the folder is to hold, by name.
            arguments: those of the tool.
            given: environment variables beside the user's own.
            output: the name of the lockfile.

        Raises:
            LockToolFailedError: it failed, or took too long.
            LockToolRefusedError: it wanted to start a program that it may not.
        """
        for name, data in files.items():
            (self.place / name).write_bytes(data)
        done = self._run(arguments, given)
        refused = [line.removeprefix("refused ") for line in self._notes() if line.startswith("refused ")]
        if refused:
            raise LockToolRefusedError(
                f"{self.name} {self.version} wanted to start another program, which trueup does not let it: it builds "
                f"a package to learn what that needs, and so runs its code ({self._told(refused[0])[:120]})"
            )
        if done.returncode != 0:
            said = self._told(f"{done.stdout}\n{done.stderr}")
            raise LockToolFailedError(f"{self.name} {self.version} cannot bring {output} in step: {said}")
        try:
            return (self.place / output).read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            raise LockToolFailedError(f"{self.name} {self.version} left no {output} that can be read") from None

    def _run(self, arguments: Sequence[str], given: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        command, environment = [self.program, *arguments], self._environment(given)
        return run_tool(self.name, command, self.place, environment, SECONDS, LockToolFailedError)

    def _environment(self, given: Mapping[str, str]) -> dict[str, str]:
        """The user's own settings of the tool, without what would choose another folder, or build."""
        kept = {name: value for name, value in os.environ.items() if name not in _DROPPED}
        guard = {"PYTHONPATH": str(self.scratch / "guard"), "TRUEUP_LOCK_GUARD": str(self.scratch / "notes")}
        return {**kept, "NO_COLOR": "1", "CI": "1", "PYTHONDONTWRITEBYTECODE": "1", **given, **guard}

    def _notes(self) -> list[str]:
        notes = self.scratch / "notes"
        return notes.read_text("utf-8", "replace").splitlines() if notes.exists() else []

    def _told(self, text: str) -> str:
        """The last of what the tool said, without the names of scratch folders and without passwords of addresses."""
        lines = [_LAYOUT.sub(" ", line).strip() for line in text.replace(f"{self.scratch}/", "").splitlines()]
        return without_credentials(" ".join(line for line in lines if line))[-400:] or "it gives no reason"


@contextmanager
def guarded(name: str) -> Iterator[Tool]:
    """A tool from the path, in a scratch folder that is gone afterwards.

    Raises:
        LockToolMissingError: it is not on the path, says no version, or the guard does not reach it.
    """
    program = shutil.which(name)
    if program is None:
        raise LockToolMissingError(f"{name} is not on this machine")
    with tempfile.TemporaryDirectory(prefix="trueup-lock-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder).resolve()
        (scratch / "project").mkdir()
        (scratch / "guard").mkdir()
        source = Path(__file__).parent / "_guard" / "sitecustomize.py"
        (scratch / "guard" / "sitecustomize.py").write_bytes(source.read_bytes())
        tool = Tool(name, program, Version("0"), scratch)
        said = tool._run(["--version"], {}).stdout
        if not any(line.startswith("on ") for line in tool._notes()):
            raise LockToolMissingError(f"{name} cannot be kept from building packages here, which runs their code")
        found = _VERSION.search(said)
        try:
            version = Version(found.group() if found else "")
        except InvalidVersion:
            raise LockToolMissingError(f"{name} does not tell its version") from None
        yield Tool(name, program, version, scratch)
