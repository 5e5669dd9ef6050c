"""Small random indexes: the same releases as an index in memory and as a folder of real, tiny wheels."""

from __future__ import annotations

import html
import random
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tests.resolve.fake_index import FakeIndex

VERSIONS = ("0.9", "1.0", "1.1", "1.5", "2.0rc1", "2.0", "2.1", "3.0.dev1", "3.0")
VERSIONS_FINAL = ("0.9", "1.0", "1.1", "1.5", "2.0", "2.1", "3.0")
SPECIFIERS = (
    "",
    "",
    "",
    ">=1",
    ">1.0",
    "<2",
    "<=1.5",
    "~=1.0",
    "==1.*",
    "!=1.1",
    "==1.0",
    "==2.0",
    ">=2.0rc1",
    "<3,>=1",
)
MARKERS = (
    "",
    "",
    "",
    "",
    '; python_version < "3"',
    '; sys_platform == "linux"',
    '; extra == "more"',
    '; extra == "more"',
)


@dataclass(frozen=True)
class Release:
    """One version with one wheel."""

    name: str
    version: str
    needs: tuple[str, ...]
    tags: str = "py3-none-any"
    file_python: str | None = None
    metadata_python: str | None = None
    yanked: bool = False

    @property
    def filename(self) -> str:
        return f"{self.name}-{self.version}-{self.tags}.whl"


@dataclass(frozen=True)
class Case:
    """An index and what is asked of it."""

    releases: tuple[Release, ...]
    lines: tuple[str, ...]
    constraints: tuple[str, ...] = ()
    pre: bool = False

    def index(self) -> FakeIndex:
        """The index in memory."""
        index = FakeIndex()
        for one in self.releases:
            index.add(
                one.name,
                one.version,
                *one.needs,
                wheels=(one.tags,),
                python=one.file_python,
                metadata_python=one.metadata_python or one.file_python,
                yanked="" if one.yanked else None,
            )
        return index

    def write(self, folder: Path) -> None:
        """The same index as a simple repository in a folder: `simple/<name>/index.html` and the wheels beside it."""
        by_name: dict[str, list[Release]] = {}
        for one in self.releases:
            by_name.setdefault(one.name, []).append(one)
        for name, releases in by_name.items():
            place = folder / "simple" / name
            place.mkdir(parents=True)
            links = []
            for one in releases:
                _write_wheel(place / one.filename, one)
                attributes = f' data-requires-python="{html.escape(one.file_python)}"' if one.file_python else ""
                attributes += ' data-yanked=""' if one.yanked else ""
                links.append(f'<a href="{one.filename}"{attributes}>{one.filename}</a>')
            page = f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>"
            (place / "index.html").write_text(page, encoding="utf-8")
        (folder / "requirements.txt").write_text("\n".join(self.lines) + "\n", encoding="utf-8")
        (folder / "constraints.txt").write_text("\n".join(self.constraints) + "\n", encoding="utf-8")


def _write_wheel(path: Path, one: Release) -> None:
    python = one.metadata_python or one.file_python
    lines = ["Metadata-Version: 2.1", f"Name: {one.name}", f"Version: {one.version}", "Provides-Extra: more"]
    lines += [f"Requires-Python: {python}"] if python else []
    lines += [f"Requires-Dist: {need}" for need in one.needs]
    info = f"{one.name}-{one.version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{info}/METADATA", "\n".join(lines) + "\n\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {one.tags}\n")
        archive.writestr(f"{info}/RECORD", "")


def case(seed: int) -> Case:
    """The random case of a seed; the same one always. See `is_plain` and `has_pre_releases`."""
    draw = random.Random(seed)
    versions = VERSIONS if has_pre_releases(seed) else VERSIONS_FINAL
    names = [f"p{number}" for number in range(draw.randint(3, 8))]
    releases = []
    for place, name in enumerate(names):
        for version in sorted(draw.sample(versions, draw.randint(1, 5))):
            others = names[place + 1 :] if draw.random() < 0.9 else [other for other in names if other != name]
            needs = [
                _line(draw, other, markers=True) for other in draw.sample(others, min(len(others), draw.randint(0, 3)))
            ]
            roll = draw.random() * (0.12 if is_plain(seed) else 1)
            releases.append(
                Release(
                    name,
                    version,
                    tuple(needs),
                    tags="cp38-cp38-win32" if 0.0 <= roll < 0.06 else "py3-none-any",
                    file_python=">=3.99" if 0.06 <= roll < 0.12 and not is_plain(seed) else None,
                    metadata_python=">=3.99" if 0.12 <= roll < 0.16 else None,
                    yanked=0.16 <= roll < 0.24,
                )
            )
    lines = [_line(draw, name) for name in draw.sample(names, draw.randint(1, min(4, len(names))))]
    constraints = [f"{name}{draw.choice(SPECIFIERS[3:])}" for name in draw.sample(names, draw.choice((0, 0, 0, 1)))]
    return Case(tuple(releases), tuple(lines), tuple(constraints), pre=has_pre_releases(seed) and draw.random() < 0.2)


def has_pre_releases(seed: int) -> bool:
    """Whether a case may hold pre-releases."""
    return seed % 3 == 2


def is_plain(seed: int) -> bool:
    """Whether a case has neither pre-releases nor what only an index page tells (yanking, requires-python)."""
    return seed % 3 == 0


def _line(draw: random.Random, name: str, *, markers: bool = False) -> str:
    extra = "[more]" if draw.random() < 0.2 else ""
    return f"{name}{extra}{draw.choice(SPECIFIERS)}{draw.choice(MARKERS) if markers else ''}"
