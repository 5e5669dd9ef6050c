"""Imported by Python itself when a lock tool starts: the tool, and what it starts, may start no other program.

To learn what a package needs, lock tools build it where no wheel tells: they start a Python that runs the package's
build backend. An audit hook (PEP 578: it cannot be taken off, and sees every way to start a process) refuses that, and
lets a tool only ask an interpreter about itself and run its own resolver. Each start of a guarded Python and each
refusal is written to the file that TRUEUP_LOCK_GUARD names, so that it can be told whether the guard was there.
"""

import os
import sys
from typing import Any

_STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn", "os.startfile"}
_OWN_SCRIPTS = ("pipenv/resolver/main.py", "pipenv/resolver.py")
_PDM_FOLDER, _PDM_BUILDS = "pdm/models/in_process/", "parse_setup.py"
_UNTOLD = {"file", "gcc", "ld", "ldconfig", "lsb_release", "rustc", "uname"}
"""Asked by standard libraries for names of the system; they live without an answer."""
_BUILDING = ("setup", "exec(", "_in_process", "backend")


def _words(arguments: tuple[Any, ...]) -> list[str]:
    given = arguments[1] if len(arguments) > 1 and arguments[1] else arguments[0]
    listed = [given] if isinstance(given, (str, bytes)) else list(given)
    return [os.fsdecode(part) for part in listed]


def _stem(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")


def _asks_python(words: list[str]) -> bool:
    """Whether a Python is asked by a few words about itself, or runs a script of the lock tool."""
    if len(words) < 2 or not _stem(words[0]).startswith(("python", "pypy")):
        return False
    rest = iter(words[1:])
    for word in rest:
        if word in ("-W", "-X"):
            next(rest, None)
        elif word.startswith("-") and not word.startswith("--") and word.endswith("c"):
            code = next(rest, "")
            return not any(part in code for part in _BUILDING)
        elif word.startswith("-"):
            if "m" in word or word == "-":
                return False
        else:
            script = word.replace("\\", "/")
            return script.endswith(_OWN_SCRIPTS) or (_PDM_FOLDER in script and not script.endswith(_PDM_BUILDS))
    return False


def _note(line: str) -> None:
    path = os.environ.get("TRUEUP_LOCK_GUARD")
    if path:
        with open(path, "a", encoding="utf-8") as stream:  # noqa: PTH123 - every import here delays the tool
            stream.write(line + "\n")


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _STARTS:
        return
    # From Python 3.15 on, subprocess tells of itself and then of the posix_spawn by which it starts.
    is_listed = event in ("subprocess.Popen", "os.posix_spawn")
    words = _words(arguments) if is_listed else [str(arguments[0])]
    if is_listed and _asks_python(words):
        return
    if _stem(words[0]) not in _UNTOLD:
        _note("refused " + " ".join(words).replace("\n", " ")[:300])
    raise PermissionError("trueup lets a lock tool start no other program")


_note("on " + (_stem(sys.orig_argv[1]) if len(sys.orig_argv) > 1 else ""))
sys.addaudithook(_refuse)
