"""pyproject.toml: dependencies as PEP 621, PEP 735, Poetry, PDM, uv and setuptools state them, and requires-python.

`target-version` of linters and formatters and classifiers are not statements about the Python that runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from packaging.utils import canonicalize_name

from trueup.manifests._document import Document, Path, load_toml
from trueup.manifests._interface import Manifest, PythonStatement
from trueup.manifests._poetry import PoetryTables, enriched, read_poetry
from trueup.manifests._requirement import invalid_requirement
from trueup.manifests._tables import line_evidence, pep508_item, pep508_list, string, strings, table
from trueup.model.evidence import Evidence
from trueup.model.finding import Problem
from trueup.model.project import SourceFile
from trueup.model.requirement import DeclaredRequirement

Requirements = tuple[DeclaredRequirement, ...]


@dataclass(frozen=True, slots=True)
class UvSource:
    """Where uv takes one dependency from: an index by its name, or a URL, VCS address, path or workspace member."""

    name: str
    evidence: Evidence
    index: str | None = None
    url: str | None = None
    local_path: str | None = None
    editable: bool = False
    workspace: bool = False


@dataclass(frozen=True, slots=True)
class UvTables:
    """What [tool.uv] says. `default_groups` is None where it says nothing (then uv takes `dev`)."""

    default_groups: tuple[str, ...] | None = None
    all_groups_default: bool = False
    constraints: Requirements = ()
    overrides: Requirements = ()
    environments: tuple[str, ...] = ()
    sources: tuple[UvSource, ...] = ()
    index_url: str | None = None
    extra_index_urls: tuple[str, ...] = ()
    no_binary: tuple[str, ...] = ()
    no_build: bool = False
    is_workspace: bool = False


@dataclass(frozen=True)
class Pyproject:
    """What one pyproject.toml says.

    `groups` are the dependency groups with their includes resolved, those of PDM's and uv's older tables among them;
    Poetry's are in `poetry`. `dynamic_files` are the files from which setuptools reads dependencies ("" for the main
    ones, else by extra), as they are written.
    """

    document: Document
    name: str | None = None
    dynamic: frozenset[str] = frozenset()
    requires_python: str | None = None
    requires_python_evidence: Evidence | None = None
    dependencies: Requirements = ()
    optional_dependencies: dict[str, Requirements] = field(default_factory=dict)
    groups: dict[str, Requirements] = field(default_factory=dict)
    dynamic_files: dict[str, tuple[str, ...]] = field(default_factory=dict)
    poetry: PoetryTables | None = None
    uv: UvTables = field(default_factory=UvTables)
    build_requires: Requirements = ()
    build_backend: str | None = None
    problems: tuple[Problem, ...] = ()

    @cached_property
    def has_project(self) -> bool:
        """Whether there is a [project] table."""
        return isinstance(self.document.get("project"), dict)


def _groups(document: Document, problems: list[Problem]) -> dict[str, Requirements]:
    """PEP 735 groups with `include-group` followed, and [tool.pdm.dev-dependencies]; names are normalised."""
    found: dict[str, Requirements] = {}
    for name, value in table(document.get("tool", "pdm", "dev-dependencies")).items():
        path = ("tool", "pdm", "dev-dependencies", name)
        group = str(canonicalize_name(name))
        found[group] = tuple(pep508_list(document, path, value, problems, group=group, reader="PDM"))
    uv_dev = ("tool", "uv", "dev-dependencies")
    listed = pep508_list(document, uv_dev, document.get(*uv_dev), problems, group="dev", reader="uv")
    found["dev"] = (*found.get("dev", ()), *listed)
    reader = _GroupReader(document, problems)
    for group in reader.names:
        found[group] = (*found.get(group, ()), *reader.items(group, group, (group,), {group}))
    return {group: items for group, items in found.items() if items or group in reader.names}


class _GroupReader:
    """Follows `include-group` (PEP 735); every group is included once at most."""

    def __init__(self, document: Document, problems: list[Problem]) -> None:
        self.document = document
        self.problems = problems
        self.names = {str(canonicalize_name(name)): name for name in table(document.get("dependency-groups"))}

    def items(self, owner: str, group: str, above: tuple[str, ...], seen: set[str]) -> Iterator[DeclaredRequirement]:
        path = ("dependency-groups", self.names[group])
        value = self.document.get(*path)
        for index, item in enumerate(value if isinstance(value, list) else ()):
            included = string(table(item).get("include-group"))
            inner = canonicalize_name(included) if included else ""
            if not inner:
                place = (*path, index)
                yield from pep508_item(self.document, place, item, self.problems, group=owner, reader="Every installer")
            elif inner in above or len(above) > 50:
                self.refuse((*path, index), inner, "the group includes itself")
            elif inner not in self.names:
                self.refuse((*path, index), inner, "there is no such dependency group")
            elif inner not in seen:
                seen.add(inner)
                yield from self.items(owner, inner, (*above, inner), seen)

    def refuse(self, path: Path, included: str, reason: str) -> None:
        text = f'{{include-group = "{included}"}}'
        hint = "Name a group of [dependency-groups] that does not lead back to this one."
        line = self.document.line(*path)
        problem = invalid_requirement(self.document.file, line, text, reason, reader="Every installer", hint=hint)
        if problem not in self.problems:
            self.problems.append(problem)


def _uv_source(document: Document, name: str, index: int | None, entry: object) -> UvSource:
    described = table(entry)
    path = ("tool", "uv", "sources", name) if index is None else ("tool", "uv", "sources", name, index)
    git = string(described.get("git"))
    at = next((described[key] for key in ("rev", "tag", "branch") if string(described.get(key))), None)
    return UvSource(
        name=canonicalize_name(name),
        evidence=line_evidence(document, *path),
        index=string(described.get("index")),
        url=f"git+{git}{f'@{at}' if at else ''}" if git else string(described.get("url")),
        local_path=string(described.get("path")),
        editable=described.get("editable") is True,
        workspace=described.get("workspace") is True,
    )


def _uv_sources(document: Document) -> Iterator[UvSource]:
    for name, value in table(document.get("tool", "uv", "sources")).items():
        if isinstance(value, list):
            for index, entry in enumerate(value):
                yield _uv_source(document, name, index, entry)
        else:
            yield _uv_source(document, name, None, value)


def _uv_indexes(document: Document) -> tuple[str | None, tuple[str, ...]]:
    """The default index and the others; an index that is explicit serves only the sources that name it."""
    default = string(document.get("tool", "uv", "index-url"))
    others = list(strings(document.get("tool", "uv", "extra-index-url")))
    indexes = document.get("tool", "uv", "index")
    for entry in indexes if isinstance(indexes, list) else ():
        described = table(entry)
        url = string(described.get("url"))
        if url and described.get("default") is True:
            default = url
        elif url and described.get("explicit") is not True:
            others.append(url)
    return default, tuple(others)


def _uv(document: Document, problems: list[Problem]) -> UvTables:
    def listed(key: str) -> Requirements:
        path = ("tool", "uv", key)
        return tuple(pep508_list(document, path, document.get(*path), problems, reader="uv"))

    default_groups = document.get("tool", "uv", "default-groups")
    index_url, extra_index_urls = _uv_indexes(document)
    return UvTables(
        default_groups=tuple(map(canonicalize_name, strings(default_groups))) if default_groups is not None else None,
        all_groups_default=default_groups == "all",
        constraints=listed("constraint-dependencies"),
        overrides=listed("override-dependencies"),
        environments=strings(document.get("tool", "uv", "environments")),
        sources=tuple(_uv_sources(document)),
        index_url=index_url,
        extra_index_urls=extra_index_urls,
        no_binary=strings(document.get("tool", "uv", "no-binary-package")),
        no_build=document.get("tool", "uv", "no-build") is True,
        is_workspace=isinstance(document.get("tool", "uv", "workspace"), dict),
    )


def _optional(document: Document, problems: list[Problem]) -> dict[str, Requirements]:
    found: dict[str, Requirements] = {}
    for name, value in table(document.get("project", "optional-dependencies")).items():
        path = ("project", "optional-dependencies", name)
        extra = canonicalize_name(name)
        found[extra] = tuple(pep508_list(document, path, value, problems, group=extra, reader="Every installer"))
    return found


def _dynamic_files(document: Document) -> dict[str, tuple[str, ...]]:
    dynamic = table(document.get("tool", "setuptools", "dynamic"))
    found = {"": strings(table(dynamic.get("dependencies")).get("file"))}
    for extra, value in table(dynamic.get("optional-dependencies")).items():
        found[canonicalize_name(extra)] = strings(table(value).get("file"))
    return {extra: files for extra, files in found.items() if files}


def _requires_python(document: Document) -> tuple[str, str, Evidence] | None:
    """Where the project says which Python it needs: the kind of place, the text, the line."""
    for source, path in (
        ("requires-python", ("project", "requires-python")),
        ("tool.poetry.dependencies.python", ("tool", "poetry", "dependencies", "python")),
        ("tool.flit.metadata requires-python", ("tool", "flit", "metadata", "requires-python")),
    ):
        value = string(document.get(*path)) or string(document.get(*path, "version"))
        if value:
            return source, value, line_evidence(document, *path)
    return None


def parse(file: SourceFile) -> Pyproject:
    """Read a pyproject.toml; what cannot be read is in `problems`, and the rest is still there."""
    document = load_toml(file)
    if document.problem:
        return Pyproject(document, problems=(document.problem,))
    problems: list[Problem] = []
    needs = _requires_python(document)
    poetry = read_poetry(document, problems) if isinstance(document.get("tool", "poetry"), dict) else None
    path = ("project", "dependencies")
    main = tuple(pep508_list(document, path, document.get(*path), problems, reader="Every installer"))
    requires = ("build-system", "requires")
    return Pyproject(
        document=document,
        name=string(document.get("project", "name")) or string(document.get("tool", "poetry", "name")),
        dynamic=frozenset(strings(document.get("project", "dynamic"))),
        requires_python=needs[1] if needs else None,
        requires_python_evidence=needs[2] if needs else None,
        dependencies=enriched(main, poetry) if poetry else main,
        optional_dependencies=_optional(document, problems),
        groups=_groups(document, problems),
        dynamic_files=_dynamic_files(document),
        poetry=poetry,
        uv=_uv(document, problems),
        build_requires=tuple(pep508_list(document, requires, document.get(*requires), problems, reader="pip")),
        build_backend=string(document.get("build-system", "build-backend")),
        problems=tuple(problems),
    )


def python_statements(file: SourceFile) -> tuple[PythonStatement, ...]:
    """`requires-python` of [project] and Poetry's `python`, each with its line; both where both are there."""
    document = load_toml(file)
    found = []
    for source, path in (
        ("requires-python", ("project", "requires-python")),
        ("tool.poetry.dependencies.python", ("tool", "poetry", "dependencies", "python")),
    ):
        value = string(document.get(*path)) or string(document.get(*path, "version"))
        if value:
            found.append(PythonStatement(source, value, line_evidence(document, *path)))
    return tuple(found)


MANIFEST = Manifest(
    id="pyproject", title="pyproject.toml", filenames=("pyproject.toml",), python_statements=python_statements
)
