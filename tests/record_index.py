"""Record what the index says, for `trueup.index.recorded`: file names, requires-python, yanked, metadata; no addresses.

    .venv/bin/python tests/record_index.py --pins LOCK… [--packages NAME…] [--all NAME…] [--into FOLDER]

`--pins` are files of `name==version` lines (comments and markers are ignored): every pinned version is recorded, the
versions near it (all later ones, where it lacks a wheel for some Python), the newest ones and the last patch of each
later minor; then, with their newest versions, the projects that the recorded metadata names. `--all` records every
final version of a project. The index is the configured one.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

from trueup.index.client import NetworkIndex
from trueup.index.interface import Missing, Releases, Unavailable
from trueup.index.names import normalise, parsed_version
from trueup.index.select import has_wheel
from trueup.index.settings import index_settings
from trueup.model.distribution import CoreMetadata, IndexFile
from trueup.model.target import SUPPORTED_MINORS, Target

ABOVE, BELOW, NEWEST = 14, 2, 6
"""Versions recorded above and below each pin, and the newest ones."""
CODE = (
    ".c",
    ".cc",
    ".cpp",
    ".cxx",
    ".h",
    ".hpp",
    ".pyx",
    ".pxd",
    ".rs",
    ".f",
    ".f90",
    ".toml",
    ".cfg",
    ".build",
    ".in",
)
PATTERNS = (
    "pyproject.toml", "setup.py", "setup.cfg", "setup*.py", "_setup*.py", "build.py", "build_*.py", "hatch_build.py",
    "Cargo.toml", "Cargo.lock", "rust/Cargo.toml", "src/rust/Cargo.toml", "src/rust/Cargo.lock", "meson.build",
    "CMakeLists.txt", "PKG-INFO", "*.egg-info/requires.txt",
)  # fmt: skip
BUILD_KEYWORDS = {"ext_modules", "rust_extensions", "cffi_modules", "cython_modules", "ext_package", "setup_requires"}
RARE = re.compile(
    r"(win32|win_arm64|i686|ppc64le|s390x|armv7l|armv6l|riscv64|loongarch64|ppc64|_universal2|graalpy\w*|pp3\w*|pp2\w*)"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pins", nargs="*", default=[], type=Path)
    parser.add_argument("--packages", nargs="*", default=[])
    parser.add_argument("--all", nargs="*", default=[])
    parser.add_argument("--into", type=Path)
    arguments = parser.parse_args()
    today = datetime.now(UTC).date().isoformat()
    folder = arguments.into or Path(__file__).parent / "index" / "recordings" / today
    folder.mkdir(parents=True, exist_ok=True)
    pins = read_pins(arguments.pins)
    for name in (*arguments.packages, *arguments.all):
        pins.setdefault(normalise(name), set())
    everything = {normalise(name) for name in arguments.all}
    with NetworkIndex(index_settings()) as index:
        for _ in range(3):
            named = record(index, pins, everything, folder, today)
            new = named - set(pins)
            if not new:
                break
            pins.update({name: set() for name in new})
    total = sum(path.stat().st_size for path in folder.glob("*.json"))
    print(f"{len(pins)} projects, {total / 1e6:.1f} MB", file=sys.stderr)
    return 0


def read_pins(paths: Iterable[Path]) -> dict[str, set[str]]:
    """Pinned versions by normalised name."""
    pins: dict[str, set[str]] = {}
    for path in paths:
        for match in re.finditer(r"^([\w.-]+)(?:\[[^\]]*\])?==([^\s;#]+)", path.read_text(), re.MULTILINE):
            pins.setdefault(normalise(match[1]), set()).add(match[2])
    return pins


def record(index: NetworkIndex, pins: dict[str, set[str]], everything: set[str], folder: Path, today: str) -> set[str]:
    """Write the file of each project that has none yet; the names that their metadata asks for."""
    todo = [name for name in pins if not (folder / f"{name}.json").exists()]
    named: set[str] = set()
    chosen: dict[str, tuple[Releases, list[str]]] = {}
    for name, releases in index.releases(todo).items():
        if isinstance(releases, (Missing, Unavailable)):
            print(f"{name}: {releases}", file=sys.stderr)
            continue
        chosen[name] = releases, choose(releases, pins[name], name in everything)
    picked = {
        (name, version): first
        for name, (releases, versions) in chosen.items()
        for version in versions
        if (first := wheel_or_sdist(releases.files(version))) is not None
    }
    found = index.metadata(picked.values())
    for name, (releases, versions) in chosen.items():
        metadata = {
            version: core
            for version in versions
            if (file := picked.get((name, version))) and isinstance(core := found[file.filename], CoreMetadata)
        }
        for core in metadata.values():
            named |= needed(core)
        rows = [{"name": name, "recorded": today}, *version_rows(releases, versions, metadata, pins[name])]
        rows += sdist_rows(index, releases, pins[name])
        text = "\n".join(json.dumps(row, separators=(",", ":"), ensure_ascii=False) for row in rows)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return named


def choose(releases: Releases, pinned: set[str], everything: bool) -> list[str]:
    """The versions to record, newest first."""
    newest_first = list(releases.versions())
    final = [text for text in newest_first if (v := parsed_version(text)) and not v.is_prerelease]
    if everything:
        return final
    wanted = {parsed_version(text) for text in pinned}
    keep = set(final[:NEWEST]) | {text for text in newest_first if parsed_version(text) in wanted}
    for place, text in enumerate(final):
        if parsed_version(text) in wanted:
            keep.update(final[max(place - ABOVE, 0) : place + BELOW + 1])
        if parsed_version(text) in wanted and lacks_a_wheel(releases.files(text)):
            keep.update(final[: place + 1])
    floor = min((v for v in wanted if v), default=None)
    minors: set[tuple[int, ...]] = set()
    for text in final:
        version = parsed_version(text)
        if floor and version and version >= floor and version.release[:2] not in minors:
            minors.add(version.release[:2])
            keep.add(text)
    return [text for text in newest_first if text in keep]


def lacks_a_wheel(files: Sequence[IndexFile]) -> bool:
    """Whether a version blocks on some supported Python: then every later version is worth recording."""
    return not all(has_wheel(files, Target(minor)) for minor in SUPPORTED_MINORS[1:])


def wheel_or_sdist(files: Sequence[IndexFile]) -> IndexFile | None:
    """The file whose metadata speaks for the version."""
    wheels = [file for file in files if file.is_wheel]
    linux = [file for file in wheels if "linux" in file.filename or file.filename.endswith("-any.whl")]
    return next(iter(linux or wheels or list(files)), None)


def version_rows(
    releases: Releases, versions: list[str], metadata: dict[str, CoreMetadata], pinned: set[str]
) -> list[dict[str, Any]]:
    """One row per version; metadata equal to an earlier row's is a reference to its line."""
    rows: list[dict[str, Any]] = []
    lines: dict[str, int] = {}
    for version in versions:
        files = [f for f in releases.files(version) if version in pinned or not RARE.search(tags_of(f.filename))]
        stem = re.sub(
            r"(-[^-]+){3}\.whl$|\.(tar\.gz|zip|tar\.bz2|tgz)$", "", (files or releases.files(version))[0].filename
        )
        pythons = {file.requires_python for file in files}
        shared = next(iter(pythons)) if len(pythons) == 1 else None
        row: dict[str, Any] = {"version": version, "stem": stem}
        if shared:
            row["python"] = shared
        if files and files[0].uploaded:
            row["uploaded"] = files[0].uploaded[:10]
        row["files"] = [file_fields(file, stem, shared) for file in files]
        core = metadata.get(version)
        if core is not None:
            fields = {
                "requires_dist": core.requires_dist,
                "requires_python": core.requires_python,
                "provides_extra": core.provides_extra,
            }
            fields = {key: value for key, value in fields.items() if value}
            key = json.dumps(fields)
            row["metadata"] = lines.get(key, fields)
            lines.setdefault(key, len(rows) + 2)
            row["metadata_source"] = core.source.replace(stem, "*", 1)
        rows.append(row)
    return rows


def tags_of(filename: str) -> str:
    """The part of a wheel's name that says where it runs: the project's own name may hold such a word (pywin32)."""
    return filename.rpartition("-")[2]


def file_fields(file: IndexFile, stem: str, shared: str | None) -> list[str | None]:
    fields: list[str | None] = [
        file.filename.replace(stem, "*", 1),
        file.hashes[0][1][:8] if file.hashes else "",
        None if file.requires_python == shared else file.requires_python,
        file.yanked,
    ]
    while fields[-1] is None:
        fields.pop()
    return fields


def sdist_rows(index: NetworkIndex, releases: Releases, pinned: set[str]) -> list[dict[str, Any]]:
    """What tells how an sdist is built, of pinned versions that lack a wheel for some Python."""
    rows: list[dict[str, Any]] = []
    for version in sorted(pinned):
        files = releases.files(version)
        sdist = next((file for file in files if not file.is_wheel), None)
        if sdist is None or not lacks_a_wheel(files):
            continue
        contents = index.sdist_files(sdist, PATTERNS)
        if isinstance(contents, Unavailable):
            print(contents, file=sys.stderr)
            continue
        members = [m for m in contents[""].decode().splitlines() if m.endswith(CODE) or m in PATTERNS]
        members.sort(key=lambda member: (member.count("/"), member))
        texts = {path: reduce(path, data) for path, data in contents.items() if path}
        rows.append({"sdist": sdist.filename, "members": members[:120], "files": texts})
    return rows


def reduce(path: str, data: bytes) -> str:
    """Only the facts of a file that tell how it is built; no code is kept."""
    text = data.decode("utf-8", "replace")
    if path.endswith(".py"):
        return skeleton(text)
    if path.endswith("Cargo.lock"):
        names = sorted(set(re.findall(r'^name = "([^"]+-sys)"', text, re.MULTILINE)))
        return "".join(f'[[package]]\nname = "{name}"\n' for name in names)
    if path.endswith(".toml"):
        return build_tables(text)
    if path.endswith("PKG-INFO"):
        fields = ("Metadata-Version", "Name", "Version", "Requires", "Provides-Extra", "Dynamic")
        return "".join(f"{line}\n" for line in text.split("\n\n")[0].splitlines() if line.startswith(fields))
    if path.endswith("requires.txt"):
        return text
    telling = re.compile(
        r"^\[|project\s*\(|add_languages|find_package|dependency\(|ext_modules|libraries", re.MULTILINE
    )
    return "\n".join([line.strip()[:100] for line in text.splitlines() if telling.search(line)][:25])


def skeleton(text: str) -> str:
    """The imports of a setup script and its calls that declare extensions, written anew."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return ""
    lines = [ast.unparse(node) for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func).rpartition(".")[2]
            kept = [keyword.arg for keyword in node.keywords if keyword.arg in BUILD_KEYWORDS]
            if called == "setup" and kept:
                lines.append(f"setup({', '.join(f'{name}=...' for name in kept)})")
            elif called.endswith("Extension") or called in ("cythonize", "mypycify"):
                literal = [keyword for keyword in node.keywords if isinstance(keyword.value, (ast.Constant, ast.List))]
                lines.append(f"{called}({', '.join(ast.unparse(keyword)[:120] for keyword in literal)})")
    return "\n".join(lines) + "\n"


def build_tables(text: str) -> str:
    """[build-system] of a pyproject.toml; that there is a [package] or [lib] in a Cargo.toml."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return ""
    build = document.get("build-system")
    if isinstance(build, dict):
        pairs = [f"{key} = {json.dumps(value)}\n" for key, value in build.items() if isinstance(value, (str, list))]
        return f"[build-system]\n{''.join(pairs)}"
    return "[package]\n" if "package" in document else ""


def needed(core: CoreMetadata) -> set[str]:
    """Names that metadata asks for without an extra, on Linux with CPython."""
    names: set[str] = set()
    for text in core.requires_dist:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        environment = {**Target("3.12").marker_environment, "extra": ""}
        if requirement.marker is None or any(
            requirement.marker.evaluate({**environment, **Target(minor).marker_environment})
            for minor in ("3.9", "3.13")
        ):
            names.add(normalise(requirement.name))
    return names


if __name__ == "__main__":
    raise SystemExit(main())
