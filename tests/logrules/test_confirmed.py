"""What an index says to a diagnosis: which version has the wheel, and which reading of "from versions: none" holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pytest

from trueup.diagnose import confirmed_by_index, diagnose
from trueup.index.interface import Missing, Releases, Unavailable
from trueup.model.diagnosis import Cause
from trueup.model.distribution import CoreMetadata, IndexFile


@dataclass(frozen=True)
class Pages:
    """The releases of one project."""

    name: str
    names: tuple[str, ...]
    requires: str | None = None

    def versions(self) -> Sequence[str]:
        found = dict.fromkeys(self._version(name) for name in self.names)
        return sorted(found, key=lambda text: [int(part) for part in text.split(".")], reverse=True)

    def files(self, version: str) -> Sequence[IndexFile]:
        return [
            IndexFile(name, name, version, requires_python=self.requires)
            for name in self.names
            if self._version(name) == version
        ]

    @staticmethod
    def _version(name: str) -> str:
        return name.removesuffix(".tar.gz").split("-")[1]


class Shelf:
    """An index of a few projects."""

    def __init__(self, **projects: Releases | Missing | Unavailable) -> None:
        self._projects = {name.replace("_", "-"): pages for name, pages in projects.items()}

    def releases(self, names: Iterable[str]) -> Mapping[str, Releases | Missing | Unavailable]:
        return {name: self._projects.get(name, Missing(name)) for name in names}

    def metadata(self, files: Iterable[IndexFile]) -> Mapping[str, CoreMetadata | Unavailable]:
        return {file.filename: Unavailable(file.filename, "not asked for") for file in files}

    def sdist_files(self, file: IndexFile, names: Sequence[str]) -> Mapping[str, bytes] | Unavailable:
        return Unavailable(file.filename, f"not asked for {len(names)} names")


def wheels(name: str, version: str, *minors: int) -> tuple[str, ...]:
    tags = (f"cp3{minor}-cp3{minor}-manylinux_2_17_x86_64.manylinux2014_x86_64" for minor in minors)
    return (f"{name}-{version}.tar.gz", *(f"{name}-{version}-{tag}.whl" for tag in tags))


def cause_of(text: str, index: Shelf) -> Cause:
    return confirmed_by_index(diagnose([text.encode()]), index).causes[0]


NOTHING = "ERROR: Could not find a version that satisfies the requirement kettle==1.0 (from versions: none)\n"
ON_3_13 = "/usr/local/lib/python3.13/site-packages\n"


def test_the_missing_wheel_is_confirmed_and_the_nearest_named() -> None:
    log = "Collecting kettle==1.0\n  Downloading kettle-1.0.tar.gz\nbuild/temp.linux-x86_64-cpython-313\n"
    log += "error: command 'gcc' failed: No such file or directory\n"
    index = Shelf(kettle=Pages("kettle", wheels("kettle", "1.0", 11, 12) + wheels("kettle", "1.1", 13)))
    cause = cause_of(log, index)
    assert cause.rule == "missing-compiler"
    assert cause.confirmed is not None
    assert "no wheel for Python 3.13" in cause.confirmed
    assert "1.1" in cause.confirmed
    assert "3.11, 3.12" in cause.confirmed


def test_a_wheel_that_the_build_did_not_take_is_told() -> None:
    log = "Collecting kettle==1.0\nbuild/temp.linux-x86_64-cpython-312\n"
    log += "error: command 'gcc' failed: No such file or directory\n"
    cause = cause_of(log, Shelf(kettle=Pages("kettle", wheels("kettle", "1.0", 12))))
    assert cause.confirmed is not None
    assert "The index has a wheel" in cause.confirmed


@pytest.mark.parametrize(
    ("pages", "rule"),
    [
        (Pages("kettle", ("kettle-1.0-cp313-cp313-win_amd64.whl",)), "platform-only-package"),
        (Pages("kettle", ("kettle-1.0-py3-none-any.whl",), ">=3.14"), "python-too-old-for-pin"),
        (Pages("kettle", wheels("kettle", "1.0", 10, 11)[1:], ">=3.8"), "python-too-new-for-pin"),
        (Pages("kettle", ("kettle-0.9.tar.gz",)), "version-not-on-index"),
        (Missing("kettle"), "wrong-package-name"),
    ],
)
def test_the_index_decides_what_from_versions_none_means(pages: Releases | Missing, rule: str) -> None:
    log = ON_3_13 + NOTHING if rule != "version-not-on-index" else NOTHING.replace("none", "0.8, 0.9")
    cause = cause_of(log, Shelf(kettle=pages))
    assert cause.rule == rule
    assert cause.confidence.value == "high"
    assert cause.confirmed
    assert cause.explanation
    assert cause.remedies


def test_an_index_that_does_not_answer_changes_nothing() -> None:
    diagnosis = diagnose([(ON_3_13 + NOTHING).encode()])
    silent = Shelf(kettle=Unavailable("kettle", "no network"))
    assert confirmed_by_index(diagnosis, silent) == diagnosis
