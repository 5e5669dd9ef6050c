"""This machine made to look like the platform's image: programs on PATH, toolchains present or absent, settings."""

from __future__ import annotations

import fnmatch
import functools
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from trueup.model.plan import BuildPlan
from trueup.prove.interpreters import Interpreter
from trueup.prove.layout import Layout

SYSTEM_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
PYTHONS = ("python", "python[23]*", "pip", "pip[23]*", "uv", "uvx", "poetry", "pipenv", "pdm", "pyenv", "virtualenv")
C_COMPILERS = ("cc", "gcc", "gcc-*", "g++", "g++-*", "c++", "clang", "clang-*", "clang++*", "x86_64-*-g[c+]*", "make")
RUST_COMPILERS = ("cargo", "rustc", "rustup")
FORTRAN_COMPILERS = ("gfortran", "gfortran-*", "f77", "f95")
PASSED_THROUGH = re.compile(
    r"^(PIP_|UV_|POETRY_|PDM_|npm_config_|NPM_CONFIG_|(https?|no|all)_proxy$|(HTTPS?|NO|ALL)_PROXY$|SSL_CERT_|"
    r"REQUESTS_CA_BUNDLE$|CURL_CA_BUNDLE$|NODE_EXTRA_CA_CERTS$|CARGO_(HTTP|NET|REGISTRIES|SOURCE)_)"
)
"""How this machine reaches the package index: needed to install, and no part of the service."""
NOT_PASSED = frozenset({"PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_REQUIRE_VIRTUALENV", "PIP_ONLY_BINARY"})


@dataclass
class Machine:
    """What stands in for the image: the folder of wrappers, PATH, what is imitated and what could not be."""

    programs: Path
    path: tuple[str, ...]
    read_only: tuple[Path, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)
    imitated: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    lacks: frozenset[str] = frozenset()
    """What the platform has and this machine has not: c, rust."""


def prepare_machine(
    plan: BuildPlan, layout: Layout | None, interpreter: Interpreter | None, folder: Path, cache: Path
) -> Machine:
    """Make the folder of programs and the PATH for one service.

    Args:
        plan: what the platform has.
        layout: where its builder puts things; None for a static build.
        interpreter: the Python to be found as `python`; None for a static build.
        folder: an existing scratch folder of the service.
        cache: trueup's cache; the folders of links are kept there.
    """
    programs = folder / "bin"
    programs.mkdir()
    hidden = list(PYTHONS)
    toolchain = plan.toolchain
    if toolchain.c.value is False:
        hidden += C_COMPILERS
    if toolchain.fortran.value is False:
        hidden += FORTRAN_COMPILERS
    hidden += RUST_COMPILERS
    if interpreter is not None and layout is not None:
        _wrap_python(programs, interpreter, layout.pip_on_path)
    machine = Machine(programs, (str(programs), *system_path(cache / "path", hidden)))
    _imitate_compilers(machine, plan)
    _imitate_rust(machine, plan, folder)
    for name in ("node", "npm", "npx", "corepack", "yarn", "pnpm", "git", "uv"):
        _link(programs, name, hidden)
    return machine


def _wrap_python(programs: Path, interpreter: Interpreter, pip_on_path: bool) -> None:
    """`python`, `python3`, `python3.X` and `pip`; scripts and not links, so that environments point to the original."""
    minor = interpreter.minor
    for name in ("python", "python3", f"python{minor}"):
        _script(programs / name, f'exec "{interpreter.executable}" "$@"')
    for name in ("pip", "pip3", f"pip{minor}") if pip_on_path else ():
        _script(programs / name, f'exec "{interpreter.executable}" -m pip "$@"')


def _script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", "utf-8")
    path.chmod(0o755)


def _link(programs: Path, name: str, hidden: Iterable[str]) -> None:
    """A program that lies outside the system's folders (nvm, volta …), under its own name."""
    found = shutil.which(name)
    if found and str(Path(found).parent) not in SYSTEM_PATH and not (programs / name).exists() and name not in hidden:
        (programs / name).symlink_to(Path(found).resolve())


def system_path(folder: Path, hidden: Iterable[str]) -> tuple[str, ...]:
    """A folder of links to the system's programs without the hidden ones; made anew when a program comes or goes."""
    pattern = re.compile("|".join(fnmatch.translate(each) for each in hidden))
    changed = [os.stat(name).st_mtime_ns for name in SYSTEM_PATH if os.path.isdir(name)]  # noqa: PTH112, PTH116
    digest = hashlib.sha256(repr((sorted(hidden), changed)).encode()).hexdigest()[:16]
    whole = folder / digest
    if whole.exists():
        return (str(whole),)
    folder.mkdir(parents=True, exist_ok=True)
    target = Path(tempfile.mkdtemp(dir=folder, prefix="new-"))
    for name in SYSTEM_PATH:
        try:
            entries = sorted(os.scandir(name), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if not pattern.fullmatch(entry.name) and not (target / entry.name).is_symlink():
                (target / entry.name).symlink_to(entry.path)
    target.chmod(0o755)
    try:
        target.rename(whole)
    except OSError:  # another proof was first
        shutil.rmtree(target)
    return (str(whole),)


def _imitate_compilers(machine: Machine, plan: BuildPlan) -> None:
    if plan.toolchain.c.value is False:
        machine.imitated += ("no C compiler on PATH",)
    elif shutil.which("cc") is None and shutil.which("gcc") is None:
        machine.lacks |= {"c"}
        machine.differs += ("this machine has no C compiler, and the platform has",)


def _imitate_rust(machine: Machine, plan: BuildPlan, folder: Path) -> None:
    """Rust as the platform has it: absent, present, or present with a home that cannot be written."""
    toolchain = plan.toolchain
    cargo = _cargo()
    if toolchain.rust.value is False and not toolchain.rust_note:
        machine.imitated += ("no Rust on PATH",)
        return
    if cargo is None:
        if toolchain.rust.value or toolchain.rust_note:
            machine.lacks |= set() if toolchain.rust_note else {"rust"}
            machine.differs += ("this machine has no Rust, and the platform has",)
        return
    for name in RUST_COMPILERS:
        if (cargo.parent / name).exists():
            (machine.programs / name).symlink_to(cargo.parent / name)
    home = folder / "cargo"
    machine.variables["CARGO_HOME"] = str(home)
    if toolchain.rust_note:
        machine.imitated += ("cargo's home is read-only",)
        if bubblewrap() is not None:
            home.mkdir()
            machine.read_only += (home,)
        elif os.getuid() == 0:
            home.write_bytes(b"")  # no mode stops root; a file in the folder's place does
        else:
            home.mkdir(mode=0o555)


def _existing(path: Path) -> str | None:
    """The path as text, if it is there and may be looked at."""
    return str(path) if os.path.exists(path) else None  # noqa: PTH110 - Path.exists raises where it may not look


def _cargo() -> Path | None:
    """Cargo itself: behind rustup's stand-in the one of a toolchain, as the stand-in writes into the home directory."""
    home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    found = shutil.which("cargo") or _existing(home / "bin" / "cargo")
    if found is None or not Path(found).with_name("rustup").exists():
        return Path(found) if found else None
    rustup = Path(os.environ.get("RUSTUP_HOME") or Path.home() / ".rustup")
    return max(rustup.glob("toolchains/*/bin/cargo"), default=None, key=lambda path: path.parts[-3])


@functools.cache
def bubblewrap() -> str | None:
    """bubblewrap, where it is there and the kernel lets it work."""
    program = shutil.which("bwrap")
    if program is None:
        return None
    words = [program, "--dev-bind", "/", "/", "true"]
    try:
        done = subprocess.run(words, capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return program if done.returncode == 0 else None


def index_settings(environment: Mapping[str, str], cache: Path, builder: str) -> dict[str, str]:
    """The variables through which pip, uv and npm reach their indexes on this machine, and their caches."""
    found = {
        name: value for name, value in environment.items() if PASSED_THROUGH.match(name) and name not in NOT_PASSED
    }
    home = Path.home()
    for path in (home / ".config" / "pip" / "pip.conf", home / ".pip" / "pip.conf"):
        if "PIP_CONFIG_FILE" not in found and _existing(path):
            found["PIP_CONFIG_FILE"] = str(path)
    if _existing(home / ".npmrc"):
        found.setdefault("npm_config_userconfig", str(home / ".npmrc"))
    found["PIP_CACHE_DIR"] = str(cache / "pip" / builder)
    found["UV_CACHE_DIR"] = environment.get("UV_CACHE_DIR") or str(cache / "uv")
    found["npm_config_cache"] = str(cache / "npm")
    found.setdefault("npm_config_update_notifier", "false")
    return found


def secrets_of(settings: Mapping[str, str]) -> dict[str, str]:
    """The passwords in index addresses, by the variable that holds them."""
    found = {}
    for name, value in settings.items():
        for word in value.split():
            try:
                password = urlsplit(word).password if "://" in word else None
            except ValueError:
                continue
            if password:
                found[name] = password
    return found
