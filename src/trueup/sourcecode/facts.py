"""All that the code of one service says, each part read when it is first asked for."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from trueup.model.evidence import Evidence, Fact
from trueup.model.plan import BuildPlan
from trueup.model.project import Project
from trueup.sourcecode._settings import SettingsIndex
from trueup.sourcecode.applications import Application, find_applications
from trueup.sourcecode.codebase import CodeBase, code_base
from trueup.sourcecode.commands import ParsedStart, StartCommand, parse_start
from trueup.sourcecode.disk import DiskWrite, disk_writes
from trueup.sourcecode.environment import EnvironmentVariable, read_variables
from trueup.sourcecode.module import SourceModule
from trueup.sourcecode.reach import DJANGO_SETTINGS, Reach, UsedImport, reach_of, used_imports
from trueup.sourcecode.routes import RouteTable, read_routes
from trueup.sourcecode.values import UNKNOWN, Evaluator, FromEnvironment, Known, Several, Value


@dataclass(frozen=True)
class ProcessStart:
    """One process of the service and what its command starts."""

    name: str
    command: Fact[str]
    parsed: ParsedStart

    @property
    def evidence(self) -> Evidence:
        """The line that gives the command."""
        return self.command.evidence[0]


@dataclass(eq=False)
class CodeFacts:
    """What the code below a service's root says, seen from its start commands. Nothing of it is run."""

    tree: Project
    starts: tuple[ProcessStart, ...]
    variables_given: dict[str, str | None] = field(default_factory=dict)
    """The variables that the platform's files or flags give; None where only the name is known."""
    variables_of_platform: frozenset[str] = frozenset()
    """The names that the platform itself sets for every service (DYNO, RENDER …)."""

    @cached_property
    def code(self) -> CodeBase:
        """The modules, shared by all services with this root."""
        return code_base(self.tree)

    @property
    def programs(self) -> tuple[tuple[ProcessStart, StartCommand], ...]:
        """Every program of every process."""
        return tuple((start, program) for start in self.starts for program in start.parsed.programs)

    def entries(self, program: StartCommand) -> tuple[str, ...]:
        """The files that a program imports or runs first."""
        if program.script:
            return (program.script,) if self.tree.has(program.script) else ()
        names = [program.module] if program.module else []
        if program.module and program.server == "celery" and not program.attribute:
            names += [program.module.rpartition(".")[0], f"{program.module}.celery"]
        if program.module and program.server == "python":
            names.append(f"{program.module}.__main__")
        if program.server == "flask" and not program.module:
            names += ["wsgi", "app"]
        if program.server == "fastapi" and not program.script:
            names += ["main", "app", "api", "app.main", "app.app", "app.api"]
        found = [self.code.find(name, self.search_of(program)) for name in names if name]
        return tuple(path for path in found if path and not path.endswith("/"))

    def search_of(self, program: StartCommand) -> tuple[str, ...]:
        """The folders in which a program's modules are looked for, from the service's root."""
        given = self.variables_given.get("PYTHONPATH") or ""
        further = [posixpath.normpath(part) for part in given.split(":") if part and not part.startswith(("/", "$"))]
        return tuple(dict.fromkeys([program.folder, *program.search, *further, "src", ""]))

    @cached_property
    def reach(self) -> Reach:
        """The modules that the start commands import."""
        entries: list[str] = []
        search: list[str] = []
        for _, program in self.programs:
            entries += self.entries(program)
            search += self.search_of(program)
        settings = self.variables_given.get(DJANGO_SETTINGS)
        return reach_of(self.code, entries, tuple(dict.fromkeys(search)) or ("src", ""), settings)

    @cached_property
    def modules(self) -> tuple[SourceModule, ...]:
        """The modules to look at: those that are reached, else every one that a service may run."""
        paths: Iterable[str] = self.reach.all if self.reach.known else self.code.served_paths()
        found = (self.code.module(path) for path in paths)
        return tuple(module for module in found if module is not None and module.tree is not None)

    @cached_property
    def unread(self) -> tuple[SourceModule, ...]:
        """Reached files that could not be parsed, each with its `problem`."""
        found = (self.code.module(path) for path in self.reach.all)
        return tuple(module for module in found if module is not None and module.tree is None)

    @cached_property
    def settings(self) -> SettingsIndex:
        """The settings classes."""
        return SettingsIndex(self.code, self.modules, self.reach.search)

    @cached_property
    def evaluator(self) -> Evaluator:
        """Tells what expressions are worth."""
        return Evaluator(self.code, self.reach.search, self._setting)

    def _setting(self, module: SourceModule, node: object) -> Value:
        found = self.settings.field_of(module, node)  # type: ignore[arg-type]
        if found is None or found.is_nested:
            return UNKNOWN
        default: Value | None = None
        if found.default is not None:
            default = Evaluator(self.code, self.reach.search).evaluate(found.module, found.default)
        usable = default if isinstance(default, (Known, FromEnvironment)) else None if default is None else UNKNOWN
        if isinstance(default, Several):
            usable = UNKNOWN
        return FromEnvironment(found.names[0], usable)

    @cached_property
    def applications(self) -> tuple[Application, ...]:
        """The applications that the modules make; those reached at start first."""
        found = find_applications(self.modules)
        first = set(self.reach.entries)
        return tuple(sorted(found, key=lambda item: (item.path not in first, item.path)))

    @cached_property
    def variables(self) -> tuple[EnvironmentVariable, ...]:
        """The environment variables that the modules read, by name."""
        at_start = frozenset(self.reach.all)
        return read_variables(self.modules, self.settings, self.evaluator, at_start)

    @cached_property
    def routes(self) -> RouteTable:
        """The paths that the service's web application answers."""
        return read_routes(self.modules, self.code, self.evaluator)

    @cached_property
    def writes(self) -> tuple[DiskWrite, ...]:
        """The places where the modules keep data on the local disk."""
        return disk_writes(self.modules, self.evaluator, self.variables_of_platform | self.variables_given.keys())

    @cached_property
    def imports(self) -> tuple[UsedImport, ...]:
        """What the reached modules import from the standard library and from distributions."""
        return used_imports(self.reach)


def code_facts(
    tree: Project, plan: BuildPlan | None = None, given: dict[str, str] | None = None, *, start: str | None = None
) -> CodeFacts:
    """The facts about one service. Cheap: everything is read when it is asked for.

    Args:
        tree: the view of the service's root.
        plan: what the platform does with it; its start command and processes say where the code begins.
        given: variables that flags or the configuration give.
        start: a start command, where there is no plan.
    """
    starts: list[ProcessStart] = []
    commands: dict[str, tuple[str, Fact[str]]] = {}
    if plan is not None:
        for process in plan.processes:
            commands[process.command.value] = (process.name, process.command)
        if plan.start.value and plan.start.value not in commands:
            commands[plan.start.value] = (plan.service.name, Fact(plan.start.value, plan.start.evidence))
    if start is not None:
        commands[start] = ("web", Fact(start, (Evidence.given(start),)))
    for text, (name, fact) in commands.items():
        starts.append(ProcessStart(name, fact, parse_start(text, tree)))
    known: dict[str, str | None] = {item.name: item.value for item in plan.service.variables} if plan else {}
    of_platform = frozenset(plan.variables) if plan is not None else frozenset()
    return CodeFacts(tree, tuple(starts), known | dict(given or {}), of_platform)
