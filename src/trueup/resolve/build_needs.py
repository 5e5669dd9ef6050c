"""What building an sdist takes: told from its own files, none of which is run.

The build backend decides what its files mean. A backend that only packs files makes a pure sdist; one that exists to
compile makes one that compiles; setuptools compiles what setup.py, setup.cfg or pyproject.toml declare as extensions.
Where a script computes what it builds, native sources beside it decide; where nothing decides, the answer is unknown.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import InvalidSdistFilename, canonicalize_name, parse_sdist_filename
from packaging.version import InvalidVersion

from trueup.index.interface import Index, Unavailable
from trueup.model.distribution import BuildNeeds, IndexFile
from trueup.model.evidence import Evidence
from trueup.package_data import data_rows
from trueup.resolve.setup_script import SetupScript, read_setup_script

BUILD_FILES = (
    "pyproject.toml", "setup.py", "setup.cfg", "setup*.py", "_setup*.py", "build.py", "build_*.py", "hatch_build.py",
    "Cargo.toml", "Cargo.lock", "rust/Cargo.toml", "src/rust/Cargo.toml", "src/rust/Cargo.lock", "meson.build",
    "CMakeLists.txt",
)  # fmt: skip
_NATIVE = {
    ".c": "c", ".cc": "c++", ".cpp": "c++", ".cxx": "c++", ".pyx": "cython", ".rs": "rust",
    ".f": "fortran", ".f90": "fortran", ".f77": "fortran", ".cu": "c++",
}  # fmt: skip
_NOT_BUILT = re.compile(
    r"(^|/)(tests?|testing|docs?|examples?|benchmarks?|samples?|bench|fixtures|\.github)/", re.IGNORECASE
)
_MESON_PROJECT = re.compile(r"project\s*\((.*?)(?:version|license|meson_version|default_options|\))", re.DOTALL)
_CMAKE_LANGUAGES = re.compile(r"\b(?:project\s*\([^)]*?LANGUAGES|enable_language\s*\()\s*([^)]*)\)", re.IGNORECASE)
_CMAKE_PACKAGE = re.compile(r"^\s*find_package\s*\(\s*([A-Za-z0-9_+-]+)([^)]*)\)", re.MULTILINE)
_MESON_ADDED = re.compile(r"add_languages\(([^)]*)\)")
_MESON_DEPENDENCY = re.compile(r"\bdependency\(\s*'([^']+)'([^)]*)")
_CMAKE_OWN = frozenset(
    {"python", "python3", "pybind11", "nanobind", "threads", "openmp", "git", "skbuild", "cython", "numpy", "vcvars"}
)
"""Packages that CMake and meson find in Python's own build environment or in any toolchain."""
_SETUP_CFG_OPTIONS = re.compile(r"^\[(?:options|metadata)[^\]]*\].*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL)
"""The sections of setup.cfg that speak of Python requirements, whose names are not those of libraries."""
_PYO3 = re.compile(r'^name = "pyo3-ffi"\s+version = "([^"]+)"', re.MULTILINE)
_LANGUAGE_ORDER = ("cython", "c", "c++", "fortran", "rust")


@cache
def build_rules() -> Mapping[str, Any]:
    """The rows of build_rules.toml."""
    return data_rows("trueup.resolve", "build_rules.toml")


@cache
def library_rules() -> Mapping[str, Any]:
    """The rows of build_libraries.toml."""
    return data_rows("trueup.resolve", "build_libraries.toml")


def same_library(name: str) -> frozenset[str]:
    """The names that a system library goes by, in lower case and without a leading `lib`."""
    plain = name.lower().removeprefix("lib")
    for first, others in library_rules()["names"].items():
        names = {first, *others} if isinstance(others, list) else {first}
        known = {one.lower().removeprefix("lib") for one in names}
        if plain in known:
            return frozenset(known)
    return frozenset({plain})


@dataclass(frozen=True)
class Inspection:
    """What an sdist's files say.

    `compiles` is None where they do not say; `reason` is a sentence without a subject's version ("its setup.py builds
    extensions …"). `scripts` are the setup scripts read; `build_requires` the text of what the build asks for; `pyo3`
    the version of Rust's bindings to Python in its Cargo.lock.
    """

    compiles: bool | None
    reason: str
    needs: BuildNeeds = field(default_factory=BuildNeeds)
    scripts: tuple[SetupScript, ...] = ()
    build_requires: tuple[str, ...] = ()
    transient: bool = False
    pyo3: str = ""


def inspect_sdist(index: Index, file: IndexFile) -> Inspection:
    """Read the build files of an sdist and say what building it takes.

    Args:
        index: where the sdist is read from; nothing of it is unpacked to disk or run.
        file: the sdist.
    """
    found = index.sdist_files(file, BUILD_FILES)
    if isinstance(found, Unavailable):
        return Inspection(None, f"its contents could not be read: {found.reason}", transient=found.transient)
    members = tuple(found.get("", b"").decode("utf-8", "replace").split("\n"))
    return _Inspector(file.filename, members, found).inspection()


class _Inspector:
    """One sdist while it is looked at."""

    def __init__(self, filename: str, members: Sequence[str], files: Mapping[str, bytes]) -> None:
        self.filename = filename
        self.files = {path: data.decode("utf-8", "replace") for path, data in files.items() if path}
        self.native = _native_sources(members)
        self.scripts = tuple(
            read_setup_script(path, files[path]) for path in sorted(files) if path.endswith(".py") and "/" not in path
        )
        self.pyproject = _toml(self.files.get("pyproject.toml", ""))
        system = self.pyproject.get("build-system", {})
        system = system if isinstance(system, dict) else {}
        self.backend = str(system.get("build-backend", ""))
        requires = system.get("requires", [])
        self.requires = tuple(one for one in requires if isinstance(one, str)) if isinstance(requires, list) else ()
        self.required_names = frozenset(_name(one) for one in self.requires)
        self.documented = _documented(filename)

    def inspection(self) -> Inspection:
        """The answer."""
        compiles, why = self._verdict()
        languages = self._languages() if compiles else ()
        needs = BuildNeeds(
            languages=languages,
            system_libraries=self._libraries() if compiles else (),
            backend=self.backend or "setuptools",
            evidence=(Evidence.observed(f"{self.filename}: {why}"), *(self._documentation() if compiles else ())),
            goes_on_line=next((script.goes_on_line for script in self.scripts if script.path == "setup.py"), None),
        )
        locks = (text for path, text in self.files.items() if path.endswith("Cargo.lock"))
        pyo3 = next((match[1] for text in locks if (match := _PYO3.search(text))), "")
        return Inspection(compiles, why, needs, self.scripts, self.requires, pyo3=pyo3)

    def _documentation(self) -> tuple[Evidence, ...]:
        row = self.documented
        if not row or not row["needs"]:
            return ()
        text = f"building {row['name']} needs the headers of {', '.join(row['needs'])}"
        return (Evidence.default(text, row["source"], row["checked"]),)

    def _verdict(self) -> tuple[bool | None, str]:
        backends = build_rules()["backends"]
        backend = self.backend
        if backend in backends["pure"]:
            return False, f"its build backend {backend} only packs files"
        for kind, words in (("rust", "Rust"), ("cmake", "C or C++ with CMake"), ("cpp", "C++")):
            if backend in backends[kind]:
                return True, f"its build backend {backend} compiles {words}"
        if backend in backends["meson"]:
            return self._meson_verdict()
        if backend in backends["setuptools"] or self.files.get("setup.py") is not None:
            return self._setuptools_verdict()
        if backend == "hatchling.build":
            return self._hatch_verdict()
        if backend.startswith(("poetry.", "poetry_dynamic_versioning", "pdm.")):
            return self._script_verdict()
        if self.documented.get("languages") and self.native:
            return True, f"its build backend {backend} is its own, and it holds {self.native_words()}"
        return self._by_sources(f"its build backend {backend} is not known")

    def _setuptools_verdict(self) -> tuple[bool | None, str]:
        own = next((script for script in self.scripts if script.path == "setup.py"), None)
        for script in sorted(self.scripts, key=lambda one: one.path != "setup.py"):
            if script.extension_line is not None:
                place = f"{script.path} line {script.extension_line}: {script.extension_text}"
                return True, f"its setup script builds extensions ({place})"
        tables = self.pyproject.get("tool", {})
        table = tables.get("setuptools", {}) if isinstance(tables, dict) else {}
        if isinstance(table, dict) and table.get("ext-modules"):
            return True, "its pyproject.toml declares extensions (tool.setuptools.ext-modules)"
        if isinstance(tables, dict) and tables.get("setuptools-rust"):
            return True, "its pyproject.toml declares Rust extensions (tool.setuptools-rust)"
        if re.search(r"^\[(build_ext|extension\s*[:=])", self.files.get("setup.cfg", ""), re.MULTILINE) and self.native:
            return True, "its setup.cfg configures the building of extensions"
        if own is not None and own.problem:
            return self._by_sources(f"its setup.py could not be read: {own.problem}")
        if "numpy.distutils" in self.files.get("setup.py", "") and self.native:
            return True, "its setup.py builds with numpy.distutils"
        tools = sorted(self.required_names & build_rules()["build_requirements"].keys())
        if tools and self.native:
            return True, f"its build asks for {tools[0]}, and it holds {self.native_words()}"
        commands = next((script for script in self.scripts if script.builds_by_command is not None), None)
        if commands is not None and self.native:
            return True, f"its setup script starts another build ({commands.path} line {commands.builds_by_command})"
        if own is not None and own.own_command is not None and self.native:
            return True, f"its setup script has a build_ext of its own (setup.py line {own.own_command})"
        if own is not None and "setup" not in self.files["setup.py"]:
            return self._by_sources("its setup.py does not call setup")
        return False, "its setup script declares no extensions"

    def _hatch_verdict(self) -> tuple[bool | None, str]:
        tool = self.pyproject.get("tool", {})
        build = tool.get("hatch", {}).get("build", {}) if isinstance(tool, dict) else {}
        targets = [build, *(build.get("targets", {}) or {}).values()] if isinstance(build, dict) else []
        hooks = [one.get("hooks", {}) for one in targets if isinstance(one, dict)]
        for name, options in (
            (name, options) for one in hooks if isinstance(one, dict) for name, options in one.items()
        ):
            if name in ("vcs", "version", "fancy-pypi-readme", "requirements_txt", "build-scripts", "jupyter-builder"):
                continue
            if isinstance(options, dict) and options.get("enable-by-default") is False:
                continue
            if name in ("cython", "mypyc"):
                return True, f"its pyproject.toml has the build hook {name}"
            if self.native:
                return True, f"its pyproject.toml has the build hook {name}, and it holds {self.native_words()}"
        return False, "its build backend hatchling.build only packs files"

    def _script_verdict(self) -> tuple[bool | None, str]:
        """Poetry and PDM: a build script, where one is configured, may compile."""
        tool = self.pyproject.get("tool", {})
        tables = [tool.get("poetry", {}), tool.get("pdm", {})] if isinstance(tool, dict) else []
        configured = any(isinstance(one, dict) and one.get("build") for one in tables)
        if not configured or not self.native:
            return False, f"its build backend {self.backend} only packs files"
        script = next((one for one in self.scripts if one.extension_line is not None), None)
        if script is not None:
            return True, f"its build script builds extensions ({script.path} line {script.extension_line})"
        return True, f"its pyproject.toml has a build script, and it holds {self.native_words()}"

    def _meson_verdict(self) -> tuple[bool | None, str]:
        if self._meson_languages():
            return True, f"its meson.build compiles {', '.join(self._meson_languages())}"
        return self._by_sources("its meson.build names no language")

    def _by_sources(self, why: str) -> tuple[bool | None, str]:
        if not self.native:
            return False, f"{why}, and it holds no sources of a compiled language"
        return None, f"{why}; it holds {self.native_words()}"

    def native_words(self) -> str:
        """The first native source, and how many there are."""
        first = next(iter(self.native))
        return first if len(self.native) == 1 else f"{first} and {len(self.native) - 1} more sources to compile"

    def _meson_languages(self) -> list[str]:
        match = _MESON_PROJECT.search(self.files.get("meson.build", ""))
        words = re.findall(r"'([^']+)'", match.group(1))[1:] if match else []
        for added in _MESON_ADDED.finditer(self.files.get("meson.build", "")):
            words.extend(re.findall(r"'([^']+)'", added.group(1)))
        return [{"cpp": "c++"}.get(word, word) for word in words if word in ("c", "cpp", "cython", "fortran", "rust")]

    def _languages(self) -> tuple[str, ...]:
        found: set[str] = set(self._meson_languages()) | set(self.documented.get("languages", ()))
        for script in self.scripts:
            found |= script.languages
        for match in _CMAKE_LANGUAGES.finditer(self.files.get("CMakeLists.txt", "")):
            words = {word.upper() for word in match.group(1).split()}
            found |= {name for word, name in (("C", "c"), ("CXX", "c++"), ("FORTRAN", "fortran")) if word in words}
        rules = build_rules()["build_requirements"]
        found |= {rules[name] for name in self.required_names if name in rules}
        if self.backend in build_rules()["backends"]["rust"] or "Cargo.toml" in self.files:
            found.add("rust")
        generated = {path[:-4] for path in self.native if path.endswith(".pyx")}
        if found <= {"cython"}:
            found |= set(self.native.values())
        if generated and any(f"{stem}.c" in self.native or f"{stem}.cpp" in self.native for stem in generated):
            found.discard("cython")
            found.add("c++" if any(f"{stem}.cpp" in self.native for stem in generated) else "c")
        if "cython" in found and not found & {"c", "c++"}:
            found.add("c")
        return tuple(name for name in _LANGUAGE_ORDER if name in found)

    def _libraries(self) -> tuple[str, ...]:
        if self.documented:
            return tuple(sorted(self.documented["needs"]))
        rules = build_rules()
        own = {*rules["toolchain_libraries"]["names"], *rules["other_systems_libraries"]["names"]}
        named = {name for script in self.scripts for name in script.libraries if name.strip()}
        found = {name for name in named if name.lower() not in own}
        texts = [text for path, text in self.files.items() if path not in ("pyproject.toml", "setup.cfg")]
        texts.append(_SETUP_CFG_OPTIONS.sub("", self.files.get("setup.cfg", "")))
        for row in rules["libraries"]:
            if any(re.search(row["pattern"], text) for text in texts):
                found.add(row["name"])
        meson = self.files.get("meson.build", "")
        found |= {name for name, more in _MESON_DEPENDENCY.findall(meson) if _is_needed(name, more)}
        for match in _CMAKE_PACKAGE.finditer(self.files.get("CMakeLists.txt", "")):
            if match.group(1).lower() not in _CMAKE_OWN and "REQUIRED" in match.group(2):
                found.add(match.group(1))
        return tuple(sorted(found))


def _native_sources(members: Iterable[str]) -> dict[str, str]:
    """The members that are sources of a compiled language, outside tests, documentation and examples."""
    found = {}
    for path in members:
        dot = path.rfind(".")
        language = _NATIVE.get(path[dot:].lower()) if dot > 0 else None
        if language is not None and not _NOT_BUILT.search(path):
            found[path] = language
    return found


def _is_needed(name: str, more: str) -> bool:
    """Whether a dependency of a meson.build is a library that must be there."""
    return name.lower() not in _CMAKE_OWN and not name.startswith("python") and "required" not in more


def _documented(filename: str) -> Mapping[str, Any]:
    """The row of build_libraries.toml for an sdist; empty where there is none."""
    try:
        name, version = parse_sdist_filename(filename)
    except (InvalidSdistFilename, InvalidVersion):
        return {}
    for row in library_rules()["distribution"]:
        if row["name"] == name and SpecifierSet(row.get("versions", "")).contains(version, prereleases=True):
            return row  # type: ignore[no-any-return]
    return {}


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _name(requirement: str) -> str:
    try:
        return canonicalize_name(Requirement(requirement).name)
    except InvalidRequirement:
        return ""
