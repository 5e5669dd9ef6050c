"""Which tags of wheels fit a target, in pip's order of preference; and in words why the others do not.

The order is that of `packaging.tags` 26.3 (`cpython_tags`, `compatible_tags`, `_linux_platforms`; read 2026-11-20),
which pip uses. `packaging` expands it into thousands of tags, and looks at the running machine for its C library; here
a tag's rank is computed from its three parts for any target, and a test holds both orders equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from trueup.index.names import WheelName
from trueup.model.target import Target

_LEGACY_MANYLINUX = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
"""Old names by glibc minor (PEP 600)."""
_OLDEST_GLIBC = {"x86_64": 5, "aarch64": 17}
"""The oldest glibc minor that a manylinux tag may name, by architecture (packaging 26.3, `_manylinux.py`)."""
_LINUX = re.compile(
    r"(?:(manylinux1|manylinux2010|manylinux2014)|(manylinux|musllinux)_(\d+)_(\d+)|linux)_(?P<arch>[a-z0-9_]+)\Z"
)
_SYSTEMS = (
    ("macosx", "macOS"), ("win", "Windows"), ("ios", "iOS"), ("android", "Android"),
    ("pyodide", "WebAssembly"), ("emscripten", "WebAssembly"), ("pyemscripten", "WebAssembly"), ("wasi", "WebAssembly"),
)  # fmt: skip
_INTERPRETERS = {"pp": "PyPy", "ip": "IronPython", "jy": "Jython", "graalpy": "GraalPy"}


class TargetTags:
    """The tags that fit one target. Make it with `tags_for`, which keeps it."""

    def __init__(self, minor: str, arch: str, libc: str, libc_version: str, free_threaded: bool) -> None:
        self.arch, self.libc, self.libc_version, self.free_threaded = arch, libc, libc_version, free_threaded
        self.major_number, self.minor_number = (int(part) for part in minor.split("."))
        self.interpreter = f"cp{self.major_number}{self.minor_number}"
        self.platforms = tuple(_platforms(arch, libc, libc_version))
        self._platform_rank = {platform: rank for rank, platform in enumerate(self.platforms)}
        own = self._interpreter_pairs()
        generic = [(python, "none") for python in self._generic_pythons()]
        self._pair_rank = {pair: rank * len(self.platforms) for rank, pair in enumerate(own + generic)}
        first_any = len(self._pair_rank) * len(self.platforms)
        anywhere = [(self.interpreter, "none"), *generic]
        self._any_rank = {pair: first_any + rank for rank, pair in enumerate(anywhere)}
        self._by_tail: dict[str, int | None] = {}
        self._reasons: dict[str, str] = {}

    def _interpreter_pairs(self) -> list[tuple[str, str]]:
        threads = "t" if self.free_threaded else ""
        stable = f"abi3{threads}"
        older = [(f"cp{self.major_number}{minor}", stable) for minor in range(self.minor_number - 1, 1, -1)]
        own = (f"{self.interpreter}{threads}", stable, "none")
        return [*((self.interpreter, abi) for abi in own), *older]

    def _generic_pythons(self) -> list[str]:
        older = [f"py{self.major_number}{minor}" for minor in range(self.minor_number - 1, -1, -1)]
        return [f"py{self.major_number}{self.minor_number}", f"py{self.major_number}", *older]

    def tags(self) -> Iterable[tuple[str, str, str]]:
        """Every tag that fits, most preferred first, as (interpreter, ABI, platform)."""
        for python, abi in self._pair_rank:
            for platform in self.platforms:
                yield python, abi, platform
        for python, abi in self._any_rank:
            yield python, abi, "any"

    def rank(self, wheel: WheelName) -> int | None:
        """The place of a wheel's best tag in the order of preference, 0 the best; None where none fits."""
        return self._rank(wheel.pythons, wheel.abis, wheel.platforms)

    def tail_rank(self, tail: str) -> int | None:
        """The same for a tag set as a name writes it (`names.wheel_tail`); kept, as few sets occur over and over."""
        try:
            return self._by_tail[tail]
        except KeyError:
            parts = _tail_parts(tail)
            rank = self._by_tail[tail] = self._rank(*parts) if len(parts) == 3 else None
            return rank

    def _rank(self, pythons: Sequence[str], abis: Sequence[str], platforms: Sequence[str]) -> int | None:
        best: int | None = None
        for python in pythons:
            for abi in abis:
                base = self._pair_rank.get((python, abi))
                anywhere = self._any_rank.get((python, abi))
                if base is None and anywhere is None:
                    continue
                for platform in platforms:
                    at = self._platform_rank.get(platform)
                    rank = anywhere if platform == "any" else None if at is None or base is None else base + at
                    if rank is not None and (best is None or rank < best):
                        best = rank
        return best

    def any_fits(self, tails: Iterable[str]) -> bool:
        """Whether one of several tag sets fits."""
        known = self._by_tail
        return any((known[tail] if tail in known else self.tail_rank(tail)) is not None for tail in tails)

    def reason(self, wheel: WheelName) -> str:
        """Why a wheel that `rank` refuses does not fit, in words."""
        words = self._reasons.get(wheel.tail)
        if words is None:
            words = self._reasons[wheel.tail] = self._reason(wheel)
        return words

    def _reason(self, wheel: WheelName) -> str:
        platforms = [words for platform in wheel.platforms if (words := self._platform_reason(platform))]
        nearest = max(platforms, key=lambda pair: pair[0]) if len(platforms) == len(wheel.platforms) else None
        if nearest is not None and nearest[0] < _LIBC_TOO_OLD:
            return nearest[1]
        pythons = self._python_reason(wheel)
        if nearest is not None:
            return f"{nearest[1]}; {pythons}" if pythons else nearest[1]
        return (
            pythons or f"tag {'.'.join(wheel.pythons)}-{'.'.join(wheel.abis)}-{'.'.join(wheel.platforms)} does not fit"
        )

    def _platform_reason(self, platform: str) -> tuple[int, str] | None:
        """None where a platform fits; else how near it comes (higher is nearer) and why not."""
        if platform == "any" or platform in self._platform_rank:
            return None
        for prefix, system in _SYSTEMS:
            if platform.startswith(prefix):
                return 0, f"for {system}"
        match = _LINUX.match(platform)
        if match is None:
            return 0, f"for another platform: tag {platform}"
        arch = match["arch"]
        if arch != self.arch:
            return 1, f"for Linux on {arch}, the target is {self.arch}"
        legacy, family, major, minor = match.group(1, 2, 3, 4)
        needed = "musl" if family == "musllinux" else "glibc"
        if needed != self.libc:
            return 2, f"for {needed}, the image has {self.libc} {self.libc_version}"
        if legacy:
            major, minor = "2", str(next(old for old, name in _LEGACY_MANYLINUX.items() if name == legacy))
        return _LIBC_TOO_OLD, f"needs {needed} {major}.{minor}, the image has {self.libc_version}"

    def _python_reason(self, wheel: WheelName) -> str:
        """Why none of a wheel's interpreters and ABIs fits; empty where one does."""
        reasons: list[str] = []
        for python in wheel.pythons:
            for abi in wheel.abis:
                if (python, abi) in self._pair_rank or (python, abi) in self._any_rank:
                    return ""
                words = self._pair_reason(python, abi)
                if words not in reasons:
                    reasons.append(words)
        return ", or ".join(reasons)

    def _pair_reason(self, python: str, abi: str) -> str:
        match = re.fullmatch(r"([a-z_]+)(\d)_?(\d*)(?:_.*)?", python)
        if match is None:
            return f"for another interpreter: tag {python}"
        kind, major, minor = match.groups()
        version = f"{major}.{minor}" if minor else major
        if kind not in ("cp", "py"):
            return f"for {_INTERPRETERS.get(kind, kind)} {version}: tag {python}"
        if kind == "py":
            later = " or newer" if minor else ""
            return f"needs Python {version}{later}: tag {python}"
        if abi in ("abi3", "abi3t"):
            if (abi == "abi3t") != self.free_threaded:
                return self._threads_reason(abi)
            return f"needs Python {version} or newer: tag {python}-{abi}"
        if python == self.interpreter and abi.startswith("cp"):
            return self._threads_reason(abi)
        return f"needs Python {version}: tag {python}"

    def _threads_reason(self, abi: str) -> str:
        if self.free_threaded:
            return f"does not fit the free-threaded build: tag {abi}"
        return f"needs the free-threaded build: tag {abi}"


_LIBC_TOO_OLD = 3


def tags_for(target: Target) -> TargetTags:
    """The tags that fit a target; the same object for equal targets."""
    return _tags_for(target.minor, target.arch, target.libc, target.libc_version, target.free_threaded)


@lru_cache(maxsize=512)
def _tags_for(minor: str, arch: str, libc: str, libc_version: str, free_threaded: bool) -> TargetTags:
    return TargetTags(minor, arch, libc, libc_version, free_threaded)


@lru_cache(maxsize=1 << 14)
def _tail_parts(tail: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(part.split(".")) for part in tail.lower().split("-"))


def _platforms(arch: str, libc: str, libc_version: str) -> Iterable[str]:
    """The platform tags of a Linux with this C library, most preferred first (PEP 600, PEP 656)."""
    yield f"linux_{arch}"
    major, newest = (int(part) for part in [*libc_version.split("."), "0"][:2])
    if libc == "musl":
        for minor in range(newest, -1, -1):
            yield f"musllinux_{major}_{minor}_{arch}"
        return
    for minor in range(newest, _OLDEST_GLIBC.get(arch, 17) - 1, -1):
        yield f"manylinux_{major}_{minor}_{arch}"
        if minor in _LEGACY_MANYLINUX:
            yield f"{_LEGACY_MANYLINUX[minor]}_{arch}"
