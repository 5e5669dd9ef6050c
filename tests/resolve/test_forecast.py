"""What becomes of each distribution, and the words for it."""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.resolve.fake_index import CP, FakeIndex, requirement_set
from trueup.model.distribution import BuildNeeds, InstallForecast, Outcome, PackageForecast
from trueup.model.evidence import Evidence, Fact
from trueup.model.plan import Toolchain
from trueup.model.target import Target
from trueup.resolve import compiling
from trueup.resolve.forecast import forecast, forecast_many
from trueup.resolve.prospect import compile_prospect
from trueup.resolve.resolver import resolve, resolve_many

PY312 = Target("3.12")
PY313 = Target("3.13")
OLD_WHEELS = tuple(CP.format(minor) for minor in ("38", "39", "310", "311", "312"))
SETUP_EXTENSION = "from setuptools import Extension, setup\nsetup(ext_modules=[Extension('fast', ['fast.c'])])\n"
HATCH_CYTHON = '[build-system]\nbuild-backend = "hatchling.build"\n[tool.hatch.build.hooks.cython]\na = 1\n'
POETRY_SCRIPT = '[build-system]\nbuild-backend = "poetry.core.masonry.api"\n[tool.poetry.build]\nscript = "build.py"\n'
SETUP_PURE = "from setuptools import setup\nsetup(name='lib')\n"


def told(index: FakeIndex, *lines: str, target: Target = PY313) -> InstallForecast:
    return forecast(resolve(requirement_set(*lines), target, index), index)


def only(index: FakeIndex, line: str, target: Target = PY313) -> PackageForecast:
    packages = told(index, line, target=target).packages
    assert len(packages) == 1
    return packages[0]


def sdist(members: dict[str, str], **more: object) -> FakeIndex:
    return FakeIndex().add("lib", "1", wheels=(), sdist_members=members, **more)  # type: ignore[arg-type]


def test_wheel() -> None:
    one = only(FakeIndex().add("lib", "1"), "lib==1")
    assert (one.outcome, one.file, one.direct) == (Outcome.WHEEL, "lib-1-py3-none-any.whl", True)
    assert [piece.place or piece.text for piece in one.evidence] == [
        "requirements.txt:1",
        "the index has lib-1-py3-none-any.whl",
    ]


def test_compile_says_what_was_found_and_what_fixes_it() -> None:
    index = FakeIndex().add("lib", "1", wheels=OLD_WHEELS, sdist_members={"setup.py": SETUP_EXTENSION, "fast.c": ""})
    index.add("lib", "1.1", wheels=OLD_WHEELS).add("lib", "1.2rc1", wheels=(CP.format("313"),))
    index.add("lib", "1.2", wheels=(CP.format("313"),), yanked="oops").add("lib", "1.3", wheels=(CP.format("313"),))
    index.add("lib", "2", wheels=(CP.format("313"),))
    one = only(index, "lib==1")
    assert one.outcome is Outcome.COMPILES
    assert one.reason.startswith(
        "no wheel for Python 3.13 on Linux x86_64 (wheels exist for 3.8 to 3.12); pip would compile C: "
    )
    assert "setup.py line 2" in one.reason
    assert one.fixed_in == "1.3"
    assert not one.fails_because, "that its wheels are for older Pythons alone says nothing"
    assert one.needs is not None
    assert one.needs.languages == ("c",)
    assert only(index, "lib==1", PY312).outcome is Outcome.WHEEL


ROWS = {
    "measured": {"source": "https://example.com/measured", "checked": "2026-11-20"},
    "pyo3": {
        "source": "https://example.com/pyo3",
        "checked": "2026-11-20",
        "newest": [{"since": "0.20.3", "python": "3.12"}, {"since": "0.22.0", "python": "3.13"}],
    },
    "built": [
        {"name": "lib", "version": "1.5", "python": "3.13", "error": "error: too few arguments"},
        {"name": "lib", "version": "2.0", "python": "3.13"},
    ],
}


@pytest.mark.parametrize(
    ("version", "fails", "works"),
    [
        ("1.0", "lib 1.5 does not compile on Python 3.13 (error: too few arguments)", ""),
        ("1.5", "lib 1.5 does not compile on Python 3.13 (error: too few arguments)", ""),
        ("1.6", "", ""),
        ("2.0", "", "lib 2.0 has been built on Python 3.13"),
        ("2.1", "", "lib 2.0 has been built on Python 3.13"),
    ],
)
def test_what_was_built_speaks_for_older_or_newer_releases(
    version: str, fails: str, works: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling, "compile_rows", lambda: ROWS)
    index = FakeIndex().add(
        "lib", version, wheels=OLD_WHEELS, sdist_members={"setup.py": SETUP_EXTENSION, "fast.c": ""}
    )
    one = only(index, f"lib=={version}")
    assert one.outcome is Outcome.COMPILES
    assert (one.fails_because, one.compiled_before) == (fails, works)
    assert not fails or one.reason.endswith(f"; and {fails}")
    assert not fails or one.evidence[-1].url == "https://example.com/measured"


@pytest.mark.parametrize(
    ("pyo3", "fails"),
    [
        ("0.20.2", ""),
        ("0.21.1", "its Cargo.lock takes PyO3 0.21.1, which refuses to build for a Python newer than 3.12"),
        ("0.22.0", ""),
        ("", ""),
        ("newest", ""),
    ],
)
def test_pyo3_refuses_pythons_that_it_does_not_know(pyo3: str, fails: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "compile_rows", lambda: {**ROWS, "built": []})
    lock = f'[[package]]\nname = "pyo3-ffi"\nversion = "{pyo3}"\n' if pyo3 else ""
    members = {
        "pyproject.toml": '[build-system]\nrequires = ["maturin"]\nbuild-backend = "maturin"\n',
        "Cargo.toml": '[package]\nname = "lib"\n',
        "Cargo.lock": f'version = 3\n\n[[package]]\nname = "pyo3"\nversion = "9"\n\n{lock}',
        "src/lib.rs": "",
    }
    one = only(FakeIndex().add("lib", "1", wheels=OLD_WHEELS, sdist_members=members), "lib==1")
    assert one.outcome is Outcome.COMPILES
    assert one.fails_because == fails


def test_rows_of_what_was_built_are_well_formed_and_do_not_contradict() -> None:
    rows = compiling.compile_rows()
    keys = [(row["name"], row["python"], "error" in row) for row in rows["built"]]
    assert len(keys) == len(set(keys)), "one row says it for all releases on its side"
    assert keys == sorted(keys, key=lambda key: (key[0], int(key[1].split(".")[1])))
    for row in rows["built"]:
        assert row["name"] == canonicalize_name(row["name"])
        assert row.get("error", "x").strip()
        for other in rows["built"]:
            if (row["name"], "error" in row) == (other["name"], True) or "error" in row or "error" not in other:
                continue
            if row["name"] == other["name"] and int(other["python"][2:]) <= int(row["python"][2:]):
                assert Version(row["version"]) > Version(other["version"])


def test_fixed_in_goes_down_where_nothing_newer_has_a_wheel() -> None:
    index = FakeIndex().add("lib", "1", wheels=(CP.format("313"),)).add("lib", "2", wheels=(CP.format("312"),))
    assert only(index, "lib==2").fixed_in == "1"
    assert only(FakeIndex().add("lib", "2", wheels=(CP.format("312"),)), "lib==2").fixed_in is None


def test_transitive_blocker_points_at_the_line_that_pulls_it_in() -> None:
    index = FakeIndex().add("app", "1", "mid").add("mid", "1", "core==1").add("core", "1", wheels=OLD_WHEELS)
    core = next(one for one in told(index, "app==1").packages if one.name == "core")
    assert not core.direct
    assert core.required_by == ("mid",)
    assert core.evidence[0].place == "requirements.txt:1"
    assert core.evidence[1].kind == "observed"


@pytest.mark.parametrize(
    ("members", "outcome", "languages", "libraries"),
    [
        ({"setup.py": SETUP_PURE, "lib.py": ""}, Outcome.PURE_SDIST, (), ()),
        ({"setup.py": SETUP_PURE, "tests/data.c": ""}, Outcome.PURE_SDIST, (), ()),
        ({"setup.py": SETUP_EXTENSION, "fast.c": ""}, Outcome.COMPILES, ("c",), ()),
        (
            {"setup.py": "setup(ext_modules=[Extension('a', ['a.cpp'], libraries=['pq', 'm'], language='c++')])"},
            Outcome.COMPILES,
            ("c++",),
            ("pq",),
        ),
        ({"setup.py": "kw = {}\nkw['ext_modules'] = make()\nsetup(**kw)", "a.c": ""}, Outcome.COMPILES, ("c",), ()),
        ({"setup.py": "setup(ext_modules=cythonize('a.pyx'))", "a.pyx": ""}, Outcome.COMPILES, ("cython", "c"), ()),
        ({"setup.py": "setup(ext_modules=[])", "a.c": ""}, Outcome.PURE_SDIST, (), ()),
        ({"setup.py": "print 'two'", "lib.py": ""}, Outcome.PURE_SDIST, (), ()),
        ({"setup.py": "print 'two'", "lib.c": ""}, Outcome.UNKNOWN, None, None),
        (
            {"pyproject.toml": '[build-system]\nbuild-backend = "maturin"', "Cargo.toml": ""},
            Outcome.COMPILES,
            ("rust",),
            (),
        ),
        (
            {
                "pyproject.toml": '[build-system]\nbuild-backend = "maturin"',
                "Cargo.lock": 'name = "openssl-sys"',
            },
            Outcome.COMPILES,
            ("rust",),
            ("openssl",),
        ),
        (
            {"pyproject.toml": '[build-system]\nbuild-backend = "flit_core.buildapi"', "x.c": ""},
            Outcome.PURE_SDIST,
            (),
            (),
        ),
        ({"pyproject.toml": '[build-system]\nbuild-backend = "hatchling.build"'}, Outcome.PURE_SDIST, (), ()),
        (
            {
                "pyproject.toml": HATCH_CYTHON,
                "a.pyx": "",
            },
            Outcome.COMPILES,
            ("cython", "c"),
            (),
        ),
        (
            {
                "pyproject.toml": POETRY_SCRIPT,
                "build.py": "ext = Extension('a', ['a.c'])",
                "a.c": "",
            },
            Outcome.COMPILES,
            ("c",),
            (),
        ),
        (
            {
                "pyproject.toml": '[build-system]\nbuild-backend = "mesonpy"',
                "meson.build": "project('x', 'c', 'cython', version: '1')\ndep = dependency('openblas')",
            },
            Outcome.COMPILES,
            ("cython", "c"),
            ("openblas",),
        ),
        (
            {
                "pyproject.toml": '[build-system]\nbuild-backend = "scikit_build_core.build"',
                "CMakeLists.txt": "project(x LANGUAGES CXX)\nfind_package(Eigen3 REQUIRED)\nfind_package(Git REQUIRED)",
            },
            Outcome.COMPILES,
            ("c++",),
            ("Eigen3",),
        ),
        ({"pyproject.toml": '[build-system]\nbuild-backend = "strange.api"', "a.c": ""}, Outcome.UNKNOWN, None, None),
        ({"pyproject.toml": "[tool.setuptools-rust]\nx = 1", "setup.py": SETUP_PURE}, Outcome.COMPILES, None, ()),
        (
            {"setup.py": "from numpy.distutils.core import setup\nsetup(configuration=c)", "a.f90": ""},
            Outcome.COMPILES,
            ("fortran",),
            (),
        ),
    ],
)
def test_sdists_are_read_and_not_run(
    members: dict[str, str], outcome: Outcome, languages: tuple[str, ...] | None, libraries: tuple[str, ...] | None
) -> None:
    one = only(sdist(members), "lib==1")
    assert one.outcome is outcome, one.reason
    if outcome is Outcome.COMPILES:
        assert one.needs is not None
        assert languages is None or one.needs.languages == languages
        assert libraries is None or one.needs.system_libraries == libraries
    else:
        assert one.needs is None


def test_contents_that_cannot_be_read_give_unknown() -> None:
    one = only(FakeIndex().add("lib", "1", wheels=(), sdist=True), "lib==1")
    assert one.outcome is Outcome.UNKNOWN
    assert "could not be read" in one.reason


@pytest.mark.parametrize(("target", "outcome"), [(Target("3.11"), Outcome.PURE_SDIST), (PY312, Outcome.UNAVAILABLE)])
def test_setup_script_that_imports_what_python_removed(target: Target, outcome: Outcome) -> None:
    one = only(sdist({"setup.py": "import imp\n" + SETUP_PURE}), "lib==1", target)
    assert one.outcome is outcome
    guarded = "try:\n    import imp\nexcept ImportError:\n    imp = None\n"
    assert only(sdist({"setup.py": guarded + SETUP_PURE}), "lib==1", target).outcome is Outcome.PURE_SDIST
    assert only(sdist({"setup.py": "import distutils\n" + SETUP_PURE}), "lib==1", target).outcome is Outcome.PURE_SDIST


@pytest.mark.parametrize(
    ("requires", "outcome"), [("setuptools", Outcome.UNAVAILABLE), ("setuptools<82", Outcome.PURE_SDIST)]
)
def test_setup_script_that_needs_an_older_setuptools(requires: str, outcome: Outcome) -> None:
    members = {
        "setup.py": "import pkg_resources\n" + SETUP_PURE,
        "pyproject.toml": f'[build-system]\nrequires = ["{requires}"]',
    }
    index = sdist(members).add("setuptools", "81.0.0").add("setuptools", "82.0.1")
    one = only(index, "lib==1")
    assert one.outcome is outcome
    if outcome is Outcome.UNAVAILABLE:
        assert "setuptools 82.0.1" in one.reason


@pytest.mark.parametrize(
    ("index", "line", "words"),
    [
        (FakeIndex(), "lib==1", "the index has no project of this name"),
        (
            FakeIndex().add("lib", "1.4").add("lib", "2.0"),
            "lib==1.3",
            "no version 1.3 of this project; the nearest that it has is 1.4",
        ),
        (FakeIndex().add("lib", "1.4"), "lib>=3", "no version that satisfies lib>=3"),
        (
            FakeIndex().add("lib", "1", python=">=3.14"),
            "lib==1",
            "Python 3.13 is too old for it: its files require Python >=3.14",
        ),
        (
            FakeIndex().add("lib", "1", python="<3.13"),
            "lib==1",
            "Python 3.13 is too new for it: its files require Python <3.13",
        ),
        (
            FakeIndex().add("lib", "1", wheels=OLD_WHEELS),
            "lib==1",
            "(wheels exist for 3.8 to 3.12), and it has no sdist",
        ),
        (
            FakeIndex().add("lib", "1", wheels=("cp313-cp313-win_amd64", "cp313-cp313-macosx_11_0_arm64")),
            "lib==1",
            "(wheels exist only for Windows, macOS), and it has no sdist",
        ),
        (
            FakeIndex().add("lib", "1", wheels=("cp313-cp313-manylinux_2_39_x86_64",)),
            "lib==1",
            "needs glibc 2.39, the image has 2.36",
        ),
    ],
)
def test_unavailable_says_which_kind(index: FakeIndex, line: str, words: str) -> None:
    one = only(index, line)
    assert one.outcome is Outcome.UNAVAILABLE
    assert words in one.reason
    assert one.evidence[0].place == "requirements.txt:1"


def test_missing_gap_in_the_span_of_wheels_is_not_hidden() -> None:
    index = FakeIndex().add("lib", "1", wheels=(CP.format("310"), CP.format("312")))
    assert "(wheels exist for 3.10 and 3.12)" in only(index, "lib==1").reason


def test_many_targets_keep_their_own_outcome_and_conflicts_are_handed_on() -> None:
    index = FakeIndex().add("app", "1", "lib<1").add("lib", "1", wheels=(CP.format("312"),)).add("lib", "0.9")
    resolutions = resolve_many(requirement_set("app==1", "lib==1"), (PY312, PY313), index)
    found = forecast_many(resolutions, index)
    assert [one.name for one in found[PY313].blockers] == ["lib"]
    assert found[PY312].blockers == ()
    assert [one.name for one in found[PY313].conflicts] == ["lib"]


def fact(value: bool | None) -> Fact[bool | None]:
    return Fact(value, (Evidence.given("a test"),))


@pytest.mark.parametrize(
    ("needs", "toolchain", "possible", "words"),
    [
        (BuildNeeds(("c",)), Toolchain(fact(True), fact(True), fact(False)), True, "has the tools"),
        (BuildNeeds(("c",)), Toolchain(fact(False), fact(True), fact(False)), False, "a C compiler is needed"),
        (BuildNeeds(("rust",)), Toolchain(fact(True), fact(False), fact(False), (), "read-only"), False, "read-only"),
        (BuildNeeds(("fortran",)), Toolchain(fact(True), fact(True), fact(None)), None, "does not say"),
        (BuildNeeds(("c",), ("libpq",)), Toolchain(fact(True), fact(True), fact(None)), None, "headers of libpq"),
        (BuildNeeds(("c",), ("libpq",)), Toolchain(fact(True), fact(True), fact(None), ("pq",)), True, "has the tools"),
    ],
)
def test_compile_prospect(needs: BuildNeeds, toolchain: Toolchain, possible: bool | None, words: str) -> None:
    answer, sentence = compile_prospect(needs, toolchain)
    assert answer is possible
    assert words in sentence
