"""What the checks that rest on the code share."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._interface import CheckContext
from trueup.checks._rows import rows
from trueup.model.evidence import Evidence
from trueup.sourcecode.facts import ProcessStart
from trueup.sourcecode.module import SourceModule
from trueup.sourcecode.start_command import StartCommand


def is_python(context: CheckContext) -> bool:
    """Whether the platform builds this service as a Python program, and not by a Dockerfile with its own folders."""
    plan = context.plan
    by_dockerfile = any(unknown.subject == "Dockerfile" for unknown in plan.unknowns)
    return plan.service.runtime in (None, "python") and plan.detected.value in (None, "python") and not by_dockerfile


def programs(context: CheckContext) -> Iterator[tuple[ProcessStart, StartCommand]]:
    """Every program of every process, where the service is a Python one."""
    if is_python(context):
        yield from context.code.programs


def web_programs(context: CheckContext) -> Iterator[tuple[ProcessStart, StartCommand]]:
    """The program that must answer: of the web process alone, and of it the one in the foreground."""
    if context.plan.service.kind != "web" or not is_python(context):
        return
    for start in context.code.starts:
        main = start.parsed.main
        if main is not None and start.name in ("web", context.plan.service.name) and not _is_proxied(start):
            yield start, main


def _is_proxied(start: ProcessStart) -> bool:
    """Whether another server stands before the program, so that its own address says nothing."""
    return any(word in start.command.value for word in ("nginx", "caddy", "haproxy", "supervisord", "pgbouncer "))


def platform_row(context: CheckContext, name: str) -> dict[str, str] | None:
    """The row of a data file for the platform of this plan."""
    found: dict[str, str] | None = rows(name).get(context.plan.platform)
    return found


def rule(row: dict[str, str], key: str) -> Evidence:
    """Evidence for a sentence of a row."""
    return Evidence.default(row[key], row["source"], row["checked"])


def title(context: CheckContext) -> str:
    """The platform's name."""
    return context.plan.platform.capitalize()


def distributions(context: CheckContext) -> frozenset[str]:
    """The names of everything that will be installed, direct and transitive."""
    found = {requirement.name for requirement in context.requirements.requirements}
    found |= {package.name for package in context.requirements.locked or ()}
    if context.forecast is not None:
        found |= {package.name for package in context.forecast.packages}
        found |= {item.name for item in context.forecast.unresolved}
    return frozenset(found)


def installs_are_known(context: CheckContext) -> bool:
    """Whether everything that is installed is known: the index answered, and nothing comes from a URL or a path."""
    if context.forecast is None or not context.forecast.packages:
        return False
    foreign = [item for item in context.requirements.requirements if item.url or item.local_path]
    return not foreign and not context.forecast.unresolved and not context.forecast.conflicts


def is_overridden(context: CheckContext, module: SourceModule, name: str) -> bool:
    """Whether a reached module takes everything from this one (`from .base import *`) and gives the name a new value.

    Settings are split that way: what the base says of the name then holds for nobody who runs the service.
    """
    pending, seen = [module.path], {module.path}
    while pending:
        source = pending.pop()
        for other in context.code.modules:
            if other.path in seen or not _takes_all(context, other, source):
                continue
            if any(site.at_import for _, site in other.assigned.get(name, ())):
                return True
            seen.add(other.path)
            pending.append(other.path)
    return False


def _takes_all(context: CheckContext, module: SourceModule, source: str) -> bool:
    """Whether a module star-imports the one of a path, at its top level."""
    search = context.code.reach.search
    return any(
        item.is_star and item.site.at_import and context.code.code.find(item.module, search) == source
        for item in module.imports
    )
