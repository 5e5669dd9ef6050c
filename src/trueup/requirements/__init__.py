"""Exactly what the install steps of a plan read: requirements, constraints, locked packages, index options.

plan.manifests + the words of plan.install ─▶ Collector ─▶ RequirementSet
"""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import replace

from packaging.requirements import InvalidRequirement

from trueup.errors import UsageError
from trueup.manifests import pipfile, requirements_txt
from trueup.manifests._requirement import advice, parse_argument, without_credentials
from trueup.manifests._requirement_options import Option
from trueup.manifests.requirements_txt import apply_options
from trueup.model.evidence import Evidence
from trueup.model.plan import BuildPlan
from trueup.model.project import Project, SourceFile
from trueup.model.requirement import DeclaredRequirement, RequirementSet
from trueup.requirements import locked
from trueup.requirements.collector import Collector
from trueup.requirements.commands import TOOLS, InstallCommand, install_commands

__all__ = ["parse_requirement_arguments", "parse_requirement_lines", "read_requirements"]

_LOCKS = {"uv.lock": "uv", "poetry.lock": "poetry", "pdm.lock": "pdm", "Pipfile.lock": "pipenv"}
_PROJECT_FILES = frozenset({"pyproject.toml", "setup.cfg", "setup.py"})
_PYLOCKS = ("pylock.toml", "pylock.*.toml")
_PIP_VARIABLES = {
    "PIP_INDEX_URL": "index-url",
    "PIP_EXTRA_INDEX_URL": "extra-index-url",
    "PIP_FIND_LINKS": "find-links",
    "PIP_NO_BINARY": "no-binary",
    "PIP_ONLY_BINARY": "only-binary",
    "PIP_NO_INDEX": "no-index",
    "PIP_PREFER_BINARY": "prefer-binary",
    "PIP_PRE": "pre",
    "PIP_REQUIRE_HASHES": "require-hashes",
}
_UV_VARIABLES = {
    "UV_INDEX_URL": "index-url",
    "UV_DEFAULT_INDEX": "index-url",
    "UV_EXTRA_INDEX_URL": "extra-index-url",
    "UV_INDEX": "extra-index-url",
    "UV_FIND_LINKS": "find-links",
}
_FALSE = frozenset({"", "0", "false", "no", "off", "n", "f"})
_FLAG_OPTIONS = frozenset({"no-index", "prefer-binary", "pre", "require-hashes"})


def read_requirements(project: Project, plan: BuildPlan) -> RequirementSet:
    """Read what the install steps of a plan install, from exactly the files that they read.

    `-r` and `-c` are followed (from the including file's folder), local projects are replaced by what they need, and a
    lockfile is cut to the groups and extras that the step's command installs.

    Args:
        project: the whole project.
        plan: the plan of one builder for one service; its `manifests` and install commands say what is read.

    Returns:
        The requirements. Broken lines, includes that are missing, circular, outside the project or not yet copied when
        the step runs are problems; nothing is raised for anything that the project holds.
    """
    tree = project.subtree(plan.service.root_dir.value)
    variables = _variables(plan)
    commands = install_commands((*plan.install, *plan.build))
    collector = Collector(tree, plan, variables)
    collector.apply(_options_of_variables(variables), "")
    lock = _lock_of(plan, commands)
    if lock:
        _read_lock(collector, lock, commands)
    else:
        for manifest in plan.manifests:
            _read_manifest(collector, posixpath.normpath(manifest), commands)
    for command in commands:
        if command.tool == "pip":
            _read_pip_command(collector, command)
    return collector.result()


def _variables(plan: BuildPlan) -> dict[str, str]:
    """The variables that an installer sees: those of the service, then those that the steps set."""
    found = {item.name: item.value for item in plan.service.variables if item.value is not None}
    for step in plan.install:
        found.update(step.variables)
    return found


def _options_of_variables(variables: Mapping[str, str]) -> list[Option]:
    options: list[Option] = []
    for name, option in (_PIP_VARIABLES | _UV_VARIABLES).items():
        value = variables.get(name, "").strip()
        if option in _FLAG_OPTIONS:
            options += [Option(option, "")] if value.lower() not in _FALSE else []
        else:
            parts = value.split() if option in ("extra-index-url", "find-links") else [value]
            options += [Option(option, part) for part in parts if part]
    return options


def _command_for(commands: Iterable[InstallCommand], tool: str) -> InstallCommand | None:
    return next((command for command in commands if command.tool == tool), None)


def _lock_of(plan: BuildPlan, commands: Iterable[InstallCommand]) -> str | None:
    """The lockfile that the install steps read, if they read one."""
    manager = plan.package_manager.value
    tools = {command.tool for command in commands} | {manager}
    for manifest in plan.manifests:
        name = posixpath.basename(manifest)
        if _is_pylock(name):
            return manifest
        if name in _LOCKS and (_LOCKS[name] in tools or not tools - {None}):
            return manifest
    return None


def _is_pylock(name: str) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in _PYLOCKS)


def _read_lock(collector: Collector, path: str, commands: tuple[InstallCommand, ...]) -> None:
    path = posixpath.normpath(path)
    folder, _, name = path.rpartition("/")
    file = collector.tree.get(path)
    if file is None:
        collector.missing_file(path, locked.default_evidence(collector))
        return
    tool = _LOCKS.get(name)
    command = _command_for(commands, tool or "")
    if tool == "uv":
        locked.from_uv(collector, file, folder, command)
    elif tool == "poetry":
        locked.from_poetry(collector, file, folder, command)
    elif tool == "pdm":
        locked.from_pdm(collector, file, folder, command)
    elif tool == "pipenv":
        locked.from_pipenv(collector, file, folder, command)
    else:
        locked.from_pylock(collector, file, folder)


def _read_manifest(collector: Collector, path: str, commands: tuple[InstallCommand, ...]) -> None:
    """Read one manifest that is not a lockfile, as the plan's package manager reads it."""
    folder, _, name = path.rpartition("/")
    evidence = locked.default_evidence(collector)
    manager = collector.plan.package_manager.value
    file = collector.tree.get(path)
    if name == "pyproject.toml":
        _read_project(collector, folder, manager, commands)
    elif name in ("setup.cfg", "setup.py"):
        collector.project(folder or ".")
    elif name == "Pipfile" and file is not None:
        collector.files[file.path] = None
        found = pipfile.parse(file)
        collector.problems.extend(found.problems)
        locked.pipenv_project(collector, found, _command_for(commands, "pipenv"))
    elif name not in _LOCKS:
        collector.requirements_file(path, evidence)


def _read_project(collector: Collector, folder: str, manager: str | None, commands: tuple[InstallCommand, ...]) -> None:
    """Read a pyproject.toml without a lockfile."""
    if manager not in ("uv", "poetry", "pdm"):
        collector.project(folder or ".")
        return
    project = locked.project_of(collector, folder)
    if project is None:
        return
    collector.needs_python(project.requires_python, project.requires_python_evidence)
    command = _command_for(commands, manager)
    if manager == "uv":
        locked.uv_project(collector, project, command)
    elif manager == "poetry":
        locked.poetry_project(collector, project, command)
    else:
        locked.pdm_project(collector, project, locked.pdm_groups(command, project))


def _read_pip_command(collector: Collector, command: InstallCommand) -> None:
    """Read what stands on a `pip install` line beside the files that the plan names."""
    collector.apply(command.options, command.folder)
    for option in command.options:
        path = posixpath.normpath(posixpath.join(command.folder, option.value))
        if "$" in option.value or not option.value:
            continue
        name = posixpath.basename(path)
        if name in _PROJECT_FILES:
            collector.project(posixpath.dirname(path) or ".", command.values("--extra"))
        elif name in _LOCKS or _is_pylock(name):
            continue
        elif option.name in ("requirement", "constraint"):
            if not collector.outside(path, command.evidence, f"-{option.name[0]} {option.value}"):
                is_constraint = option.name == "constraint"
                collector.requirements_file(path, command.evidence, is_constraint=is_constraint)
        elif option.name == "editable":
            _read_argument(collector, command, option.value, editable=True)
    for argument in command.arguments:
        _read_argument(collector, command, argument, editable=False)


def _read_argument(collector: Collector, command: InstallCommand, text: str, *, editable: bool) -> None:
    if "$" in text:
        return
    try:
        asked = parse_argument(text if not editable or "/" in text or text.startswith(".") else f"./{text}")
    except InvalidRequirement:
        return
    if asked.name in TOOLS:
        return
    if asked.local_path is not None:
        path = posixpath.normpath(posixpath.join(command.folder, asked.local_path))
        asked = replace(asked, local_path=path if path.startswith(("/", "..")) or path == "." else f"./{path}")
    collector.add(asked.declared(command.evidence, editable=editable))


def parse_requirement_arguments(texts: Iterable[str]) -> tuple[DeclaredRequirement, ...]:
    """Read requirements given as arguments, such as `asyncpg==0.29.0` or `uvicorn[standard]>=0.30`.

    Raises:
        UsageError: one of them is not a requirement.
    """
    found = []
    for text in texts:
        try:
            asked = parse_argument(text.strip())
        except InvalidRequirement as error:
            told = without_credentials(text)
            reason = str(error).splitlines()[0]
            raise UsageError(f"`{told}` is not a requirement: {reason}.", hint=advice(text)) from None
        found.append(asked.declared(Evidence.given(without_credentials(text))))
    return tuple(found)


def parse_requirement_lines(
    name: str, data: bytes, includes: Mapping[str, bytes] | None = None, *, variables: Mapping[str, str] | None = None
) -> RequirementSet:
    """Read a requirements file that belongs to no project, as `trueup wheels -r FILE` does.

    Args:
        name: the file's path, for evidence; includes are relative to its folder.
        data: its bytes.
        includes: further files by path that it may include; an include that is not among them is a problem.
        variables: environment variables for ${NAME}.

    Returns:
        Its requirements, constraints, options and problems.
    """
    contents = {**(includes or {}), name: data}
    files = {path: SourceFile(path, content, len(content)) for path, content in contents.items()}
    set_ = RequirementSet()
    pending: list[tuple[str, bool]] = [(name, False)]
    seen: set[tuple[str, bool]] = set()
    while pending:
        path, is_constraint = pending.pop(0)
        if (path, is_constraint) in seen:
            continue
        seen.add((path, is_constraint))
        found = requirements_txt.parse(files[path], variables=variables, is_constraint=is_constraint)
        own = tuple(item for item in found.requirements if not item.is_constraint)
        set_ = replace(
            set_,
            requirements=(*set_.requirements, *own),
            constraints=(*set_.constraints, *(item for item in found.requirements if item.is_constraint)),
            options=apply_options(set_.options, found.options),
            files=(*set_.files, path),
            problems=(*set_.problems, *found.problems),
        )
        for include in found.includes:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), include.target))
            if target in files:
                pending.append((target, include.is_constraint))
            else:
                problem = requirements_txt.missing_include(files[path], include)
                set_ = replace(set_, problems=(*set_.problems, problem))
    return set_
