"""The files that reach a Heroku build, and what the buildpacks ask of them before they install anything.

Sources, read on 2026-11-20: heroku-buildpack-python bin/detect:16-53, bin/steps/collectstatic:51-61 at b4e7e721;
buildpacks-python src/detect.rs:9-41, src/django.rs:23-60 at f81d0dc1. What .slugignore and project.toml leave out:
https://devcenter.heroku.com/articles/slug-compiler and https://buildpacks.io/docs/reference/config/project-descriptor/.
"""

from __future__ import annotations

import contextlib
import re
import warnings
from dataclasses import replace

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from pathspec import GitIgnoreSpec

from trueup.manifests._document import Document, load_json, load_toml
from trueup.model.evidence import Evidence, Fact
from trueup.model.project import Project

KNOWN_FILES = (
    ".python-version",
    "__init__.py",
    "app.py",
    "main.py",
    "manage.py",
    "pdm.lock",
    "Pipfile",
    "Pipfile.lock",
    "poetry.lock",
    "pyproject.toml",
    "requirements.txt",
    "runtime.txt",
    "server.py",
    "setup.cfg",
    "setup.py",
    "uv.lock",
    "requeriments.txt",
    "requirement.txt",
    "requirements",
    "requirements.text",
    "Requirements.txt",
    "requirements.txt.txt",
    "requirments.txt",
)
KNOWN_FOLDERS = ("__pycache__", ".venv", "venv")
"""Names by which both buildpacks know a Python project: files (or folders of that name), and folders."""

_REQUIREMENT_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[|[<>=!~;@(#]|\s|$)")
_INCLUDE = re.compile(r"\s*(?:-r|--requirement)[ =]?\s*(\S+)")
_BESIDE_THE_APP = frozenset({"docs", "doc", "tests", "test", "examples", "node_modules"})
_NEEDS_DJANGO = ("django-", "djangorestframework", "wagtail")


def deployed(project: Project, excluded: tuple[str, ...] = (), included: tuple[str, ...] = ()) -> Project:
    """A view without the files that git ignores, that the patterns exclude, or that they do not include.

    Patterns are those of .gitignore, relative to the root of the project.
    """
    gone = set(project.ignored)
    if excluded:
        rules = _rules(excluded)
        gone |= {path for path in project.listing if rules.match_file(project.in_project(path))}
    if included:
        rules = _rules(included)
        gone |= {path for path in project.listing if not rules.match_file(project.in_project(path))}
    if not gone & project.listing:
        return project
    files = {path: file for path, file in project.files.items() if path not in gone}
    return replace(project, files=files, listing=project.listing - gone, _parent=project.whole)


def _rules(lines: tuple[str, ...]) -> GitIgnoreSpec:
    """The patterns among the lines; a line that is none matches nothing, as git has it."""
    patterns: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of `re`, about brackets in a pattern that somebody wrote
        for line in lines:
            with contextlib.suppress(ValueError):
                GitIgnoreSpec.from_lines([line])
                patterns.append(line)
        return GitIgnoreSpec.from_lines(patterns)


def slugignore_patterns(project: Project) -> tuple[str, ...]:
    """The patterns of .slugignore; lines that begin with `!` mean nothing to Heroku."""
    file = project.whole.get(".slugignore")
    lines = file.lines if file is not None and file.is_text else ()
    return tuple(line for line in lines if line.strip() and not line.startswith(("#", "!")))


def exists(project: Project, path: str) -> bool:
    """Whether a file or a folder of this path is there, as `test -e` says."""
    return project.has(path) or project.has_directory(path)


def detection(project: Project) -> Fact[bool]:
    """Whether the buildpacks take it for a Python project, and by which file."""
    for name in KNOWN_FILES:
        if exists(project, name):
            return Fact(True, (Evidence.found(project.in_project(name), None, f"{name} is there"),))
    for name in KNOWN_FOLDERS:
        if project.has_directory(name):
            return Fact(True, (Evidence.found(project.in_project(name), None, f"the folder {name}/ is there"),))
    return Fact(False, (Evidence.absent("none of the files by which the buildpack knows a Python project"),))


def direct_names(project: Project, package_manager: str | None) -> dict[str, Evidence]:
    """Names that the package manager's file holds, normalised, each with its line.

    A requirements file names what it asks for directly (includes are followed); a lockfile names everything.
    """
    if package_manager == "pip":
        found: dict[str, Evidence] = {}
        _requirement_names(project, "requirements.txt", found, set())
        return found
    if package_manager == "pipenv":
        return _pipfile_lock_names(project)
    if package_manager in ("poetry", "uv"):
        return _locked_names(project, f"{package_manager}.lock")
    return {}


def _requirement_names(project: Project, path: str, found: dict[str, Evidence], seen: set[str]) -> None:
    file = project.get(path)
    if file is None or path in seen:
        return
    seen.add(path)
    folder = path.rpartition("/")[0]
    for number, line in enumerate(file.lines, start=1):
        include = _INCLUDE.match(line)
        if include:
            inner = f"{folder}/{include.group(1)}" if folder else include.group(1)
            _requirement_names(project, inner.removeprefix("./"), found, seen)
            continue
        name = _REQUIREMENT_NAME.match(line)
        if name and not line.lstrip().startswith(("#", "-")):
            found.setdefault(canonicalize_name(name.group(1)), file.evidence(number))


def _pipfile_lock_names(project: Project) -> dict[str, Evidence]:
    file = project.get("Pipfile.lock")
    document = load_json(file) if file is not None else None
    table = document.get("default") if document is not None else None
    if document is None or not isinstance(table, dict):
        return {}
    return {canonicalize_name(name): document.evidence("default", name) for name in table}


def _locked_names(project: Project, path: str) -> dict[str, Evidence]:
    document = _toml(project, path)
    rows = document.get("package") if document is not None else None
    if document is None or not isinstance(rows, list):
        return {}
    found: dict[str, Evidence] = {}
    for index, row in enumerate(rows):
        if isinstance(row, dict) and isinstance(row.get("name"), str):
            found[canonicalize_name(row["name"])] = document.evidence("package", index, "name")
    return found


def _toml(project: Project, path: str) -> Document | None:
    file = project.get(path)
    return load_toml(file) if file is not None else None


def django(names: dict[str, Evidence]) -> Evidence | None:
    """The line by which Django gets installed: its own, or that of a package that is built on it."""
    if "django" in names:
        return names["django"]
    return next((evidence for name, evidence in sorted(names.items()) if name.startswith(_NEEDS_DJANGO)), None)


def nearest_manage_py(project: Project, deepest: int) -> str | None:
    """The manage.py with the fewest folders above it, no deeper than `deepest` levels; by name where two are equal."""
    found = [path for path in project.listing if path == "manage.py" or path.endswith("/manage.py")]
    ranked = sorted((path.count("/"), path) for path in found if path.count("/") < deepest)
    return ranked[0][1] if ranked else None


def required_python(project: Project) -> Fact[SpecifierSet] | None:
    """The Pythons that a uv project accepts, from pyproject.toml, else from uv.lock; None where nothing is stated."""
    for path, keys in (("pyproject.toml", ("project", "requires-python")), ("uv.lock", ("requires-python",))):
        document = _toml(project, path)
        value = document.get(*keys) if document is not None else None
        if document is not None and isinstance(value, str):
            try:
                return Fact(SpecifierSet(value), (document.evidence(*keys),))
            except InvalidSpecifier:
                return None
    return None


def accepts(specifier: SpecifierSet, version: str) -> bool:
    """Whether a Python (X.Y.Z, or X.Y for its newest patch) is among those accepted."""
    full = version if version.count(".") > 1 else f"{version}.99"
    return specifier.contains(Version(full), prereleases=True)


def where_else(source: Project, names: tuple[str, ...]) -> tuple[tuple[Evidence, ...], str]:
    """Files of these names that the build does not see, or that lie in a folder, and what to do about them."""
    whole = source.whole
    for name in names:
        path = source.in_project(name)
        if whole.has(path) and not source.has(name):
            reason = ".gitignore" if path in whole.ignored else ".slugignore or project.toml"
            return (
                Evidence.found(path, None, f"left out by {reason}"),
            ), f"Let {reason} leave {path} in, and commit it."
    nested = sorted(
        (path.count("/"), path)
        for path in source.listing
        if "/" in path and path.rsplit("/", 1)[1] in names and path.partition("/")[0] not in _BESIDE_THE_APP
    )
    if nested:
        path = source.in_project(nested[0][1])
        folder = nested[0][1].rpartition("/")[0]
        include = f", add a requirements.txt there with `-r {nested[0][1]}`," if path.endswith(".txt") else ""
        hint = f"Move it to the root of the app{include} or deploy {folder}/ alone."
        return (Evidence.found(path, None, "it lies in a folder, not at the root"),), hint
    return (), ""
