"""What a lockfile-driven command installs: which groups and extras, and so which of the locked packages.

Rules, read 2026-11-20: uv, https://docs.astral.sh/uv/concepts/projects/dependencies/ (the group `dev` and
`tool.uv.default-groups` are installed unless `--no-dev` or `--no-default-groups`); Poetry,
https://python-poetry.org/docs/cli/#install (every group that is not optional, unless `--only`, `--without` or, before
2.0, `--no-dev`); PDM, https://pdm-project.org/latest/reference/cli/#install (all groups of the lock that are
development groups, unless `--prod`); Pipenv, https://pipenv.pypa.io/en/latest/commands.html (`default`, and `develop`
with `--dev`).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import replace

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from trueup.manifests import pdm_lock, pipfile, pipfile_lock, poetry_lock, pylock, pyproject, uv_lock
from trueup.manifests._lock import Dependency, Lockfile, Member
from trueup.manifests.pyproject import Pyproject
from trueup.model.evidence import Evidence
from trueup.model.project import SourceFile
from trueup.model.requirement import DeclaredRequirement, LockedPackage
from trueup.requirements.collector import Collector
from trueup.requirements.commands import InstallCommand

Wanted = dict[str, set[str]]
"""Names that the command asks for, each with its extras ("" is always among them)."""


def reachable(packages: Iterable[LockedPackage], wanted: Mapping[str, set[str]]) -> set[str]:
    """Names that the wanted ones lead to over dependencies, whatever the markers say."""
    by_name: dict[str, list[LockedPackage]] = {}
    for package in packages:
        by_name.setdefault(package.name, []).append(package)
    done: set[tuple[str, str]] = set()
    pending = [(name, extra) for name, extras in wanted.items() for extra in extras | {""}]
    while pending:
        name, extra = pending.pop()
        if (name, extra) in done:
            continue
        done.add((name, extra))
        for package in by_name.get(name, ()):
            needs = package.optional_dependencies.get(extra, ()) if extra else package.dependencies
            pending.extend((needed, asked) for needed, _, extras in needs for asked in extras | {""})
    return {name for name, _ in done}


def _wanted(requirements: Iterable[DeclaredRequirement]) -> Wanted:
    found: Wanted = {}
    for requirement in requirements:
        found.setdefault(requirement.name, set()).update(requirement.extras)
    return found


def _keep(collector: Collector, packages: Iterable[LockedPackage], wanted: Wanted, *, follow: bool = True) -> None:
    """Keep what the command installs, and mark what the project itself asks for."""
    packages = tuple(packages)
    names = reachable(packages, wanted) if follow else {package.name for package in packages}
    collector.locked = [
        replace(package, direct=package.name in wanted) for package in packages if package.name in names
    ]


def project_of(collector: Collector, folder: str) -> Pyproject | None:
    """The pyproject.toml of a folder, noted as read; None where there is none."""
    file = collector.tree.get(posixpath.join(folder, "pyproject.toml"))
    if file is None:
        return None
    collector.files[file.path] = None
    found = pyproject.parse(file)
    collector.problems.extend(found.problems)
    return found


def _load(collector: Collector, lock: Lockfile) -> bool:
    collector.files[lock.file.path] = None
    collector.problems.extend(lock.problems)
    return not lock.problems


# uv


def uv_groups(command: InstallCommand | None, default_groups: tuple[str, ...] | None, known: Iterable[str]) -> set[str]:
    """The dependency groups that a `uv sync` installs beside the project's own dependencies."""
    groups = set(default_groups if default_groups is not None else ("dev",))
    if command is None:
        return groups
    if command.has("--all-groups"):
        groups = set(known)
    if command.has("--no-default-groups"):
        groups = set()
    groups |= command.values("--group", "--only-group")
    groups -= command.values("--no-group")
    if command.has("--no-dev"):
        groups.discard("dev")
    return groups | ({"dev"} if command.has("--only-dev") else set())


def from_uv(collector: Collector, file: SourceFile, folder: str, command: InstallCommand | None) -> None:
    """Take in what `uv sync` installs from a uv.lock."""
    lock = uv_lock.parse(file)
    project = project_of(collector, folder)
    if project:
        uv_project(collector, project, command)
        collector.needs_python(project.requires_python, project.requires_python_evidence)
    if not _load(collector, lock):
        return
    collector.needs_python(lock.requires_python, lock.requires_python_evidence)
    member = _root_member(lock, project.name if project else None)
    if member is None:
        _keep(collector, lock.packages, _wanted(collector.requirements), follow=project is not None)
        return
    groups = uv_groups(command, project.uv.default_groups if project else None, member.groups)
    extras = _extras(command, member.optional_dependencies)
    chosen: list[Dependency] = [] if command and command.has("--only-dev", "--only-group") else [*member.dependencies]
    for extra in sorted(extras):
        chosen.extend(member.optional_dependencies.get(extra, ()))
    for group in sorted(groups):
        chosen.extend(member.groups.get(group, ()))
    wanted: Wanted = {}
    for name, _, asked in chosen:
        wanted.setdefault(name, set()).update(asked)
    packages = [package for package in lock.packages if package.name != member.name]
    if not collector.requirements:
        _declare(collector, chosen, packages)
    _keep(collector, packages, wanted)


def _declare(collector: Collector, chosen: Iterable[Dependency], packages: Iterable[LockedPackage]) -> None:
    """Without a readable pyproject.toml the lockfile's own list says what the project asks for."""
    by_name = {package.name: package for package in packages}
    for name, marker, extras in chosen:
        if name in by_name:
            collector.requirements.append(
                DeclaredRequirement(name, SpecifierSet(), by_name[name].evidence, extras=extras, marker=marker)
            )


def _root_member(lock: Lockfile, name: str | None) -> Member | None:
    normal = canonicalize_name(name) if name else None
    for member in lock.members:
        if member.path in (".", "") and (normal is None or member.name == normal):
            return member
    by_name = [member for member in lock.members if member.name == normal]
    if by_name:
        return by_name[0]
    return lock.members[0] if len(lock.members) == 1 and normal is None else None


def _extras(command: InstallCommand | None, known: Iterable[str]) -> set[str]:
    if command is None:
        return set()
    if command.has("--all-extras"):
        return set(known) - command.values("--no-extra")
    return set(command.values("--extra", "--extras", "-E"))


def uv_project(collector: Collector, project: Pyproject, command: InstallCommand | None) -> None:
    """Take in what a pyproject.toml asks for when uv installs it: dependencies, groups, extras, constraints."""
    groups = uv_groups(command, project.uv.default_groups, project.groups)
    if project.uv.all_groups_default and not (command and command.has("--no-default-groups", "--no-dev")):
        groups |= set(project.groups)
    only = command is not None and command.has("--only-dev", "--only-group")
    wanted = [] if only else [*project.dependencies]
    for extra in sorted(_extras(command, project.optional_dependencies)):
        wanted.extend(project.optional_dependencies.get(extra, ()))
    for group in sorted(groups):
        wanted.extend(project.groups.get(group, ()))
    sources = {source.name: source for source in project.uv.sources}
    for requirement in wanted:
        source = sources.get(requirement.name)
        if source and (source.url or source.local_path):
            requirement = replace(requirement, url=source.url, local_path=source.local_path, editable=source.editable)
        collector.requirements.append(requirement)
    collector.constraints.extend(replace(item, is_constraint=True) for item in project.uv.constraints)
    options = collector.options
    collector.options = replace(
        options,
        index_url=project.uv.index_url or options.index_url,
        extra_index_urls=(*options.extra_index_urls, *project.uv.extra_index_urls),
        no_binary=options.no_binary | frozenset(map(canonicalize_name, project.uv.no_binary)),
        only_binary=options.only_binary | (frozenset({":all:"}) if project.uv.no_build else frozenset()),
    )


# Poetry


def poetry_groups(command: InstallCommand | None, project: Pyproject) -> set[str]:
    """The groups that `poetry install` installs; `main` is the project's own dependencies."""
    tables = project.poetry
    optional = {name for name, group in (tables.groups if tables else ()) if group.optional}
    known = {name for name, _ in (tables.groups if tables else ())} | set(project.groups)
    groups = {"main", *known} - optional
    if command is None:
        return groups
    only = command.values("--only")
    if only:
        return set(only)
    if command.has("--no-dev", "--only-main"):
        return {"main"}
    return (groups | command.values("--with")) - command.values("--without")


def poetry_project(collector: Collector, project: Pyproject, command: InstallCommand | None) -> set[str]:
    """Take in what a pyproject.toml asks for when Poetry installs it; return the groups."""
    groups = poetry_groups(command, project)
    tables = project.poetry
    named = dict(tables.extras) if tables else {}
    extras = _extras(command, {*named, *project.optional_dependencies})
    if "main" in groups:
        if project.has_project and project.dependencies:
            wanted = [*project.dependencies]
            for extra in sorted(extras):
                wanted.extend(project.optional_dependencies.get(extra, ()))
        else:
            needed = {name for extra in extras for name in named.get(extra, ())}
            optional = (tables.optional if tables else frozenset()) - needed
            wanted = [item for item in (tables.requirements if tables else ()) if item.name not in optional]
        collector.requirements.extend(wanted)
    for name, group in tables.groups if tables else ():
        if name in groups:
            collector.requirements.extend(group.requirements)
    for name in sorted(groups - {"main"}):
        collector.requirements.extend(project.groups.get(name, ()))
    return groups


def from_poetry(collector: Collector, file: SourceFile, folder: str, command: InstallCommand | None) -> None:
    """Take in what `poetry install` installs from a poetry.lock."""
    lock = poetry_lock.parse(file)
    project = project_of(collector, folder)
    groups = {"main"}
    if project:
        groups = poetry_project(collector, project, command)
        collector.needs_python(project.requires_python, project.requires_python_evidence)
    if not _load(collector, lock):
        return
    collector.needs_python(lock.requires_python, lock.requires_python_evidence)
    packages = [package for package in lock.packages if not package.groups or package.groups & groups]
    _keep(collector, packages, _wanted(collector.requirements), follow=project is not None)


# PDM


def pdm_groups(command: InstallCommand | None, project: Pyproject | None) -> set[str]:
    """The groups that `pdm install` installs; `default` is the project's own dependencies."""
    development = set(project.groups) if project else set()
    if command is None:
        return {"default", *development}
    groups = {"default"}
    if not command.has("--prod", "--production", "--no-dev"):
        groups |= development
    asked = command.values("-G", "--group", "--with")
    if ":all" in asked or "all" in asked:
        groups |= development | set(project.optional_dependencies if project else ())
    groups |= asked
    return groups - ({"default"} if command.has("--no-default") else set())


def from_pdm(collector: Collector, file: SourceFile, folder: str, command: InstallCommand | None) -> None:
    """Take in what `pdm install` installs from a pdm.lock."""
    lock = pdm_lock.parse(file)
    project = project_of(collector, folder)
    groups = pdm_groups(command, project)
    if project:
        pdm_project(collector, project, groups)
        collector.needs_python(project.requires_python, project.requires_python_evidence)
    if not _load(collector, lock):
        return
    collector.needs_python(lock.requires_python, lock.requires_python_evidence)
    packages = [package for package in lock.packages if not package.groups or package.groups & groups]
    _keep(collector, packages, _wanted(collector.requirements), follow=project is not None and not lock.is_flat)


def pdm_project(collector: Collector, project: Pyproject, groups: set[str]) -> None:
    """Take in what a pyproject.toml asks for when PDM installs it."""
    if "default" in groups:
        collector.requirements.extend(project.dependencies)
    for name in sorted(groups - {"default"}):
        collector.requirements.extend((*project.groups.get(name, ()), *project.optional_dependencies.get(name, ())))


# Pipenv


def pipenv_project(collector: Collector, found: pipfile.Pipfile, command: InstallCommand | None) -> None:
    """Take in what a Pipfile asks for."""
    categories = ["packages", *(["dev-packages"] if command and command.has("--dev", "-d") else [])]
    for category in categories:
        collector.requirements.extend(found.categories.get(category, ()))
    if found.sources:
        index_url, *others = found.sources
        collector.options = replace(collector.options, index_url=index_url, extra_index_urls=tuple(others))
    if command is not None and not command.has("--deploy"):
        return  # Pipenv then only warns: https://github.com/pypa/pipenv/blob/3f1b272ab/pipenv/utils/project.py#L141-L178
    full = found.python_full_version or found.python_version
    collector.needs_python(
        f"=={full}.*" if full and full.count(".") < 2 else full and f"=={full}", found.python_evidence
    )


def from_pipenv(collector: Collector, file: SourceFile, folder: str, command: InstallCommand | None) -> None:
    """Take in what `pipenv install` installs from a Pipfile.lock."""
    source = collector.tree.get(posixpath.join(folder, "Pipfile"))
    if source is not None:
        collector.files[source.path] = None
        found = pipfile.parse(source)
        collector.problems.extend(found.problems)
        pipenv_project(collector, found, command)
    if command and command.has("--skip-lock"):
        return
    lock = pipfile_lock.parse(file)
    if not _load(collector, lock):
        return
    groups = {"default", *({"develop"} if command and command.has("--dev", "-d") else ())}
    packages = [package for package in lock.packages if package.groups & groups]
    if command and command.has("--dev", "-d"):
        main = {package.name for package in packages if "default" in package.groups}
        packages = [item for item in packages if "default" in item.groups or item.name not in main]
    _keep(collector, packages, _wanted(collector.requirements), follow=False)


# pylock.toml


def from_pylock(collector: Collector, file: SourceFile, folder: str) -> None:
    """Take in what an installer installs from a pylock.toml without extras and with its default groups."""
    lock = pylock.parse(file)
    if not _load(collector, lock):
        return
    collector.needs_python(lock.requires_python, lock.requires_python_evidence)
    project = project_of(collector, folder)
    wanted = _wanted(project.dependencies) if project else {}
    needed = {name for package in lock.packages for name, _, _ in package.dependencies}
    if not wanted:
        wanted = {package.name: set() for package in lock.packages if package.name not in needed}
    packages = [replace(package, dependencies=()) for package in lock.packages]
    _keep(collector, packages, wanted, follow=False)


def default_evidence(collector: Collector) -> Evidence:
    """The reason for the package manager, for what has no line of its own."""
    return collector.plan.package_manager.evidence[0]
