"""Collect the fragments of this folder into CHANGELOG.md: `./dev changelog VERSION`.

Own code rather than a tool: it is shorter than the configuration and the dependencies of one.
"""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KINDS = {
    "added": "Added",
    "changed": "Changed",
    "fixed": "Fixed",
    "removed": "Removed",
    "data": "Platforms and packages",
}
_NAME = re.compile(r"[a-z0-9-]+\.(?P<kind>[a-z]+)\.md")
_VERSION = re.compile(r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?")
MARK = "<!-- releases -->\n"
"""The line of CHANGELOG.md after which the newest release stands."""


def fragments(folder: Path) -> dict[Path, str]:
    """The kind of each fragment, in the order of their names.

    Raises:
        ValueError: a file is no fragment, its kind does not exist, or it is empty.
    """
    found = {}
    for path in sorted(folder.glob("*.md")):
        if path.name == "README.md":
            continue
        match = _NAME.fullmatch(path.name)
        if match is None or match["kind"] not in KINDS:
            raise ValueError(f"{path.name}: a fragment is named SLUG.KIND.md, and KIND is one of {', '.join(KINDS)}")
        if not path.read_text("utf-8").strip():
            raise ValueError(f"{path.name} says nothing")
        found[path] = match["kind"]
    return found


def release(version: str, day: str, found: Mapping[Path, str]) -> str:
    """The section of a release: its fragments by kind, as a list."""
    parts = [f"## {version} ({day})"]
    for kind, heading in KINDS.items():
        items = [path.read_text("utf-8").strip() for path, its_kind in found.items() if its_kind == kind]
        if items:
            parts += [f"### {heading}", "\n".join("- " + item.replace("\n", "\n  ") for item in items)]
    return "\n\n".join(parts) + "\n"


def collect(version: str, day: str, folder: Path, changelog: Path) -> str:
    """Put the release into the changelog, delete the fragments, and return the release's section.

    Raises:
        ValueError: the version is none or is there already, or there is nothing to collect.
    """
    text = changelog.read_text("utf-8")
    found = fragments(folder)
    if not _VERSION.fullmatch(version):
        raise ValueError(f"{version!r} is no version such as 0.2.0")
    if f"\n## {version} (" in text:
        raise ValueError(f"{changelog.name} has {version} already")
    if not found:
        raise ValueError(f"{folder.name}/ holds no fragment")
    before, mark, after = text.partition(MARK)
    if not mark:
        raise ValueError(f"{changelog.name} lacks the line {MARK.strip()}")
    section = release(version, day, found)
    changelog.write_text(f"{before}{mark}\n{section}{after}", "utf-8")
    for path in found:
        path.unlink()
    return section


def main(arguments: list[str]) -> int:
    """Take the version; return the exit code."""
    if len(arguments) != 1:
        print("usage: ./dev changelog VERSION", file=sys.stderr)
        return 2
    try:
        day = datetime.date.today().isoformat()
        print(collect(arguments[0], day, ROOT / "changes", ROOT / "CHANGELOG.md"), end="")
    except ValueError as error:
        print(f"changelog: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
