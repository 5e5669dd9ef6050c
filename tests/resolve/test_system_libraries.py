"""Which system libraries an sdist is said to need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from packaging.utils import canonicalize_name

from trueup.model.distribution import BuildNeeds, IndexFile
from trueup.model.evidence import Evidence, EvidenceKind, Fact
from trueup.model.plan import Toolchain
from trueup.resolve.build_needs import inspect_sdist, library_rules
from trueup.resolve.prospect import compile_prospect

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


class Named(FakeIndex):
    """An index that gives a setup script, or the members of a sdist with a build backend of its own."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__()
        self.files_of_sdist = files

    def sdist_files(self, file: IndexFile, names: Sequence[str]) -> Mapping[str, bytes]:
        """The files, whatever is asked for."""
        assert file.filename.endswith(".tar.gz")
        assert "setup.py" in names
        return {**self.files_of_sdist, "": "\n".join([*self.files_of_sdist, "a.c"]).encode()}


PLAIN = {"setup.py": b"from setuptools import Extension, setup\nsetup(ext_modules=[Extension('a', ['a.c'])])\n"}


@pytest.mark.parametrize(
    ("sdist", "libraries"),
    [
        ("python-ldap-3.4.0.tar.gz", ("ldap", "sasl2")),
        ("python_ldap-3.4.8.tar.gz", ("ldap", "sasl2")),
        ("Pillow-9.5.0.tar.gz", ("libjpeg", "zlib")),
        ("h5py-3.16.0.tar.gz", ("hdf5",)),
        ("python-snappy-0.6.1.tar.gz", ("snappy",)),
        ("python_snappy-0.7.3.tar.gz", ()),
        ("psutil-7.2.2.tar.gz", ()),
        ("other-1.0.tar.gz", ()),
    ],
)
def test_what_the_documentation_of_a_distribution_tells(sdist: str, libraries: tuple[str, ...]) -> None:
    found = inspect_sdist(Named(PLAIN), IndexFile(sdist, "", "1"))
    assert found.needs.system_libraries == libraries
    sources = [item.url for item in found.needs.evidence if item.kind is EvidenceKind.DEFAULT]
    assert len(sources) == bool(libraries)


def test_a_backend_of_its_own_is_known_by_its_row() -> None:
    files = {"pyproject.toml": b'[build-system]\nbuild-backend = "cython_backend"\nrequires = []\n'}
    found = inspect_sdist(Named(files), IndexFile("psycopg_c-3.3.8.tar.gz", "", "1"))
    assert found.compiles
    assert (found.needs.languages, found.needs.system_libraries) == (("c",), ("libpq",))
    assert inspect_sdist(Named(files), IndexFile("other-1.0.tar.gz", "", "1")).compiles is None


def test_only_what_a_meson_build_must_have_is_needed() -> None:
    build = b"""project('a', 'c')
dependency('geos')
dependency('numpy')
dependency('cairo', required: false)
dependency('python3')
"""
    backend = b'[build-system]\nbuild-backend = "mesonpy"\nrequires = []\n'
    found = inspect_sdist(
        Named({"meson.build": build, "pyproject.toml": backend}), IndexFile("other-1.0.tar.gz", "", "1")
    )
    assert found.needs.system_libraries == ("geos",)


@pytest.mark.parametrize(("need", "there"), [("libxml2", "libxml-2.0"), ("sasl2", "libsasl2"), ("openssl", "libssl")])
def test_a_library_is_known_by_each_of_its_names(need: str, there: str) -> None:
    yes: Fact[bool | None] = Fact(True, (Evidence.observed("the image has it"),))
    has = Toolchain(c=yes, rust=yes, fortran=yes, system_libraries=(there,))
    lacks = Toolchain(c=yes, rust=yes, fortran=yes, system_libraries=("other",))
    needs = BuildNeeds(languages=("c",), system_libraries=(need,))
    assert compile_prospect(needs, has)[0] is True
    assert compile_prospect(needs, lacks)[0] is None


def test_every_row_says_where_it_was_read() -> None:
    rows = library_rules()["distribution"]
    assert len(rows) > 30
    assert all(row["source"] and row["checked"] and isinstance(row["needs"], list) for row in rows)
    assert len({(row["name"], row.get("versions")) for row in rows}) == len(rows)
    assert all(row["name"] == canonicalize_name(row["name"]) for row in rows)
