"""Which requirement files and lockfiles the commands of a build read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_PIP_FILE = re.compile(r"\bpip3?(?:\.\d+)?\b[^&|;\n]*?\binstall\b([^&|;\n]*)")
_REQUIREMENT_OPTION = re.compile(r"(?:^|\s)(?:-r\s*|--requirement[=\s]\s*)([^\s\"']+|\"[^\"]+\"|'[^']+')")
_DIRECTORY = re.compile(r"\bcd\s+([\w./-]+)\s*(?:&&|;)")
_LOCKS = {"poetry": "poetry.lock", "pdm": "pdm.lock", "uv sync": "uv.lock"}
_LOCAL = re.compile(r"(?:^|\s)(?:-e\s+|--editable[=\s])?\.(?:\[[\w,-]+\])?(?=\s|$)")


def installed_files(commands: Iterable[str], exists: Callable[[str], bool]) -> tuple[str, ...]:
    """The files that install commands read, as paths relative to the root directory, without repetition.

    Args:
        commands: shell commands.
        exists: whether a path is a file of the root directory.

    Returns:
        requirement files named with `-r` (there or not), pyproject.toml for `pip install .`, and for poetry, pdm, uv
        and pipenv their lockfile where it exists, else the file it is made from.
    """
    found: list[str] = []
    for command in commands:
        folder = _DIRECTORY.search(command)
        prefix = f"{folder[1].strip('/')}/".removeprefix("./") if folder else ""
        for pip in _PIP_FILE.finditer(command):
            found += [_joined(prefix, name) for name in _REQUIREMENT_OPTION.findall(pip[1])]
            if _LOCAL.search(pip[1]):
                found.append(f"{prefix}pyproject.toml")
        for tool, lock in _LOCKS.items():
            if re.search(rf"\b{tool.split()[0]}\s+(?:sync|install)\b", command):
                found += [f"{prefix}{lock}"] if exists(f"{prefix}{lock}") else []
                found.append(f"{prefix}pyproject.toml")
        if re.search(r"\bpipenv\s+(?:install|sync)\b", command):
            uses_lock = "--skip-lock" not in command and exists(f"{prefix}Pipfile.lock")
            found.append(f"{prefix}Pipfile.lock" if uses_lock else f"{prefix}Pipfile")
    return tuple(dict.fromkeys(found))


def _joined(prefix: str, name: str) -> str:
    name = name.strip("\"'").removeprefix("./").removeprefix("/app/")
    return f"{prefix}{name}"
