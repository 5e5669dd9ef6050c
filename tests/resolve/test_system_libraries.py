"""Which system libraries an sdist is said to need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trueup.model.distribution import IndexFile
from trueup.resolve.build_needs import inspect_sdist

from .fake_index import FakeIndex

SCRIPT = b"""
import sys
from setuptools import Extension, setup

names = {"win32": ["PowrProf", "netapi32"], "sunos5": ["kstat", "nsl"]}
if sys.platform == "win32":
    ext = Extension("a", ["a.c"], libraries=["PowrProf", "netapi32"])
else:
    ext = Extension("a", ["a.c"], libraries=["z", "m"])
setup(name="a", ext_modules=[ext])
"""


class OneSdist(FakeIndex):
    """An index that gives the members of one sdist."""

    def sdist_files(self, file: IndexFile, names: Sequence[str]) -> Mapping[str, bytes]:
        """The setup script and the list of members."""
        assert (file.filename, "setup.py" in names) == ("a-1.tar.gz", True)
        return {"setup.py": SCRIPT, "": b"setup.py\na.c"}


def test_libraries_of_other_systems_are_no_needs() -> None:
    """Only what Linux lacks is named: neither Windows' libraries nor those of the C library."""
    found = inspect_sdist(OneSdist(), IndexFile("a-1.tar.gz", "", "1"))
    assert found.compiles
    assert found.needs.system_libraries == ("z",)
