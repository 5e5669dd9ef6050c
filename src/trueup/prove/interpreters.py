"""Finding a CPython: given ones, PATH, pyenv, uv and the system's; else fetched by uv where that is possible."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from packaging.version import Version

ASK = (
    "import json, platform, sys, sysconfig; print(json.dumps([platform.python_implementation(), "
    "'%d.%d.%d' % sys.version_info[:3], bool(sysconfig.get_config_var('Py_GIL_DISABLED')), sys.prefix == "
    "sys.base_prefix, bool(__import__('importlib.util').util.find_spec('ensurepip')), sys.version_info[3]]))"
)
FETCHED = "pythons"
"""The folder of trueup's cache for fetched ones."""
SYSTEM_FOLDERS = ("/usr/local/bin", "/usr/bin", "/opt/homebrew/bin")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A CPython on this machine: its executable, its full version, and how it was found."""

    executable: Path
    version: str
    how: str
    is_final: bool = True

    @property
    def minor(self) -> str:
        """`3.12` of "3.12.1"."""
        return ".".join(self.version.split(".")[:2])


def find_interpreter(wanted: str, given: Sequence[str] = (), cache: Path | None = None) -> Interpreter | None:
    """The interpreter for a version.

    Args:
        wanted: `3.12` or `3.12.1`. The exact version is preferred, then the newest of the same minor.
        given: executables from `--interpreter`; one of the wanted minor wins over all others.
        cache: trueup's cache, where earlier proofs may have fetched one.
    """
    minor = ".".join(wanted.split(".")[:2])
    chosen = [each for each in map(_ask_given, given) if each and each.minor == minor]
    if chosen:
        return chosen[0]
    found = [each for each in (_ask(path, how) for path, how in _places(minor, cache)) if each and each.minor == minor]
    return max(found, key=lambda each: (each.version == wanted, each.is_final, Version(each.version)), default=None)


def all_interpreters(
    minors: Sequence[str], given: Sequence[str] = (), cache: Path | None = None
) -> dict[str, Interpreter]:
    """The best interpreter of each minor that this machine has."""
    found = {minor: find_interpreter(minor, given, cache) for minor in minors}
    return {minor: each for minor, each in found.items() if each is not None}


def fetch_interpreter(wanted: str, cache: Path, seconds: int = 300) -> tuple[Interpreter | None, str]:
    """Let uv fetch a CPython into the cache; None and the reason where that is not possible.

    Where uv does not have the exact version (its builds begin with some patch of each minor), the newest of its minor
    stands in.
    """
    uv = find_uv()
    if uv is None:
        return None, "uv is not on this machine"
    reason = ""
    for version in dict.fromkeys((wanted, ".".join(wanted.split(".")[:2]))):
        reason = _fetch(uv, version, cache / FETCHED, seconds)
        _ask.cache_clear()  # what was not there may be there now
        found = find_interpreter(wanted, (), cache)
        if found is not None:
            return found, ""
    return None, reason


def _fetch(uv: str, wanted: str, folder: Path, seconds: int) -> str:
    """Why uv did not fetch a version, in words."""
    environment = os.environ | {"UV_PYTHON_INSTALL_DIR": str(folder), "NO_COLOR": "1"}
    words = [uv, "python", "install", "--no-bin", "--no-progress", wanted]
    try:
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return f"uv did not fetch it within {seconds} s"
    except OSError as error:
        return f"uv could not be started ({error.strerror or error})"
    return f"uv could not fetch it ({_last_line(done.stderr)})"


def _last_line(text: str) -> str:
    """The last line that says something: the innermost cause, without addresses."""
    lines = [re.sub(r"\S+://\S+", "…", line.strip()) for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("cause: ").removeprefix("error: ")[:160] if lines else "it says nothing"


def about(executable: str) -> str:
    """What a given executable is, in words."""
    found = _ask_given(executable)
    return f"CPython {found.version}" if found else "no CPython with ensurepip that runs here"


def find_uv() -> str | None:
    """uv: on PATH, or beside the Python that runs trueup."""
    beside = Path(sys.executable).with_name("uv")
    return shutil.which("uv") or (str(beside) if beside.exists() else None)


def _ask_given(executable: str) -> Interpreter | None:
    path = shutil.which(executable) or executable
    return _ask(Path(path), "--interpreter")


@lru_cache(maxsize=256)
def _ask(path: Path, how: str) -> Interpreter | None:
    """Ask an executable what it is; None for what does not run, is no CPython, is free-threaded, or lacks ensurepip."""
    try:
        done = subprocess.run([str(path), "-I", "-c", ASK], capture_output=True, text=True, timeout=30, check=True)
        name, version, is_free_threaded, is_base, has_ensurepip, level = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    if name != "CPython" or is_free_threaded or not is_base or not has_ensurepip:
        return None
    return Interpreter(path, version, how, level == "final")


def _places(minor: str, cache: Path | None) -> Iterator[tuple[Path, str]]:
    """Executables that may be a CPython of a minor, each once by what it really is."""
    seen: set[str] = set()
    for path, how in _candidates(minor, cache):
        real = os.path.realpath(path)
        if real not in seen and os.path.isfile(real) and os.access(real, os.X_OK):  # noqa: PTH113 - never raises
            seen.add(real)
            yield path, how


def _folders(root: Path, pattern: str) -> list[Path]:
    """The folders that match, the newest name first; none where the root may not be entered."""
    try:
        return sorted(root.glob(pattern), reverse=True)
    except OSError:
        return []


def _candidates(minor: str, cache: Path | None) -> Iterator[tuple[Path, str]]:
    home = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for folder in _folders(home / "versions", f"{minor}*"):
        yield folder / "bin" / f"python{minor}", "pyenv"
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    for root in (os.environ.get("UV_PYTHON_INSTALL_DIR"), data / "uv" / "python"):
        if root:
            for folder in _folders(Path(root), f"cpython-{minor}*"):
                yield folder / "bin" / f"python{minor}", "uv"
    for folder in _folders(cache / FETCHED, f"cpython-{minor}*") if cache else ():
        yield folder / "bin" / f"python{minor}", "fetched by uv"
    for name in os.environ.get("PATH", "").split(os.pathsep):
        if name and "shims" not in name:
            yield Path(name) / f"python{minor}", "PATH"
    for name in SYSTEM_FOLDERS:
        yield Path(name) / f"python{minor}", "system"
    for base in (Path("/Library/Frameworks/Python.framework/Versions"),):
        yield base / minor / "bin" / f"python{minor}", "system"
    if f"{sys.version_info[0]}.{sys.version_info[1]}" == minor and sys.prefix == sys.base_prefix:
        yield Path(sys.executable), "trueup's own"
    elif f"{sys.version_info[0]}.{sys.version_info[1]}" == minor:
        yield Path(sys.base_prefix) / "bin" / f"python{minor}", "trueup's own"
