"""The package managers that a plan uses beside pip: taken from the machine, else installed into the cache."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from trueup.model.plan import BuildPlan
from trueup.prove.interpreters import Interpreter, find_uv

_TOOLS = re.compile(r"(?<![\w./-])(uv|poetry|pipenv|pdm)(?=\s)")


def provide_tools(
    plan: BuildPlan, programs: Path, interpreter: Interpreter, cache: Path, index: Mapping[str, str]
) -> str:
    """Put the tools that the plan's commands name on PATH.

    Returns:
        What is missing and how to get it; empty where nothing is.
    """
    commands = [step.command for step in (*plan.install, *plan.build)]
    names = sorted({name for command in commands for name in _TOOLS.findall(command)})
    for name in names:
        if (programs / name).exists():
            continue
        version = plan.details.get(f"{name}_version")
        program, reason = _tool(name, version if isinstance(version, str) else None, interpreter, cache, index)
        if program is None:
            return f"{name} is not on this machine and could not be installed ({reason}): install it and try again"
        (programs / name).symlink_to(program)
    return ""


def _tool(
    name: str, version: str | None, interpreter: Interpreter, cache: Path, index: Mapping[str, str]
) -> tuple[Path | None, str]:
    """A tool of the platform's version from the index; else the machine's own."""
    own = find_uv() if name == "uv" else shutil.which(name)
    if version is None and own:
        return Path(own), ""
    folder = cache / "tools" / f"{name}-{version or 'newest'}-{interpreter.version}"
    program = folder / "bin" / name
    if program.exists():
        return program, ""
    wanted = f"{name}=={version}" if version else name
    environment = os.environ | dict(index)
    steps = (
        [str(interpreter.executable), "-m", "venv", str(folder)],
        [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", wanted],
    )
    for words in steps:
        try:
            subprocess.run(words, env=environment, capture_output=True, timeout=600, check=True)
        except (OSError, subprocess.SubprocessError):
            shutil.rmtree(folder, ignore_errors=True)
            return (Path(own), "") if own else (None, f"`{' '.join(words[-3:])}` failed")
    return program, ""
