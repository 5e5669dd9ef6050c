"""A start command for a service that has none: the one that the code asks for, in the file that its builder reads.

Railpack, Nixpacks and both of Heroku's buildpacks take it from the Procfile in the service's root directory, Render
from `startCommand` of the blueprint (cited in platforms/builders, platforms/render.py). The server that it runs has to
be among the requirements; where it is not, its line is a part of the repair. Several applications are not chosen from.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from trueup.errors import TrueupError
from trueup.manifests._document import load_yaml
from trueup.model.finding import Applicability, Finding
from trueup.model.repair import Cost, HeldBack, Repair, RepairKind, Unrepairable
from trueup.model.report import Result
from trueup.repair._candidates import identified, text_candidate
from trueup.repair._interface import Candidate, Family, Proposal, RepairContext
from trueup.repair._new_requirements import NewRequirement, new_requirement
from trueup.repair.keys import add_yaml_key
from trueup.repair.texts import NotEditableError, with_appended, with_line
from trueup.sourcecode import CodeFacts, code_facts
from trueup.sourcecode.starts import Start, bot_starts, celery_starts, web_starts

RULES = ("no-start-command",)
_WITHOUT_COLON = re.compile(r"(web|worker|release)[ \t]+(?::[ \t]*)?(?=\S)")
"""A process type without its colon, or with one behind a blank: Heroku takes neither."""
_MANIFESTS = ("requirements.txt", "pyproject.toml", "Pipfile")
_PREFIXES = {"uv": "uv run --no-dev ", "pipenv": "pipenv run ", "pdm": "pdm run "}
"""What Render's commands need before a program of the environment (https://render.com/docs/uv-version and the tools'
own references, read 2026-11-20); the other builders put the environment on the path."""


@dataclass
class _Place:
    """Where a command is written, and the results that lack it."""

    path: str
    root_dir: str
    service: str
    """The service's name in a blueprint; empty for a Procfile."""
    results: list[Result] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    dockerfile: str = ""
    """The Dockerfile by which a platform builds the service, so that nothing else starts it there."""

    @property
    def words(self) -> str:
        """The place as words."""
        return f"startCommand of {self.service} in {self.path}" if self.service else self.path


def propose(context: RepairContext) -> Iterator[Proposal]:
    """One repair for each file that can hold the command, or why there is none."""
    for place in _places(context):
        title = f"Write a start command into {place.words}"
        if not place.results:
            reason = f"{place.dockerfile} builds the service, and its own command is what starts it"
            yield HeldBack(title, reason, RULES)
            continue
        tree = context.project.whole.subtree(place.root_dir)
        named_otherwise = [path for path in sorted(tree.listing) if path.lower() == "procfile" and path != "Procfile"]
        file = context.project.whole.get(place.path)
        try:
            if named_otherwise and not place.service and not tree.has("Procfile"):
                yield _renamed(place, posixpath.join(place.root_dir, named_otherwise[0]))
            elif file is not None and not place.service and (made := _with_colon(context, place)):
                yield made
            else:
                yield from _for_the_code(context, place, code_facts(tree))
        except TrueupError as error:
            yield HeldBack(title, error.message, RULES)


def _places(context: RepairContext) -> Iterable[_Place]:
    found: dict[tuple[str, str], _Place] = {}
    for result, finding in context.findings(*RULES):
        service = result.plan.service
        root = service.root_dir.value
        is_blueprint = result.plan.platform == "render"
        path = (service.evidence[0].path or "") if is_blueprint else posixpath.join(root, "Procfile")
        name = service.name if is_blueprint else ""
        place = found.setdefault((path, name), _Place(path, root, name))
        docker = [item.evidence[0].place for item in result.plan.unknowns if item.subject == "Dockerfile"]
        if docker:
            place.dockerfile = docker[0]
        else:
            place.results.append(result)
            place.findings.append(finding)
    return found.values()


def _renamed(place: _Place, path: str) -> Candidate:
    """Told and not done: on a disk that ignores case both names are one file."""
    repair = Repair(
        id=identified(f"by-hand-rename-{path}"),
        title=f"Rename {path} to Procfile",
        kind=RepairKind.START,
        applicability=Applicability.DISPLAY_ONLY,
        resolves=RULES,
        reason="builders read a file of exactly that name; trueup never stages or commits",
        commands=(f"git mv {path} {place.path}",),
        evidence=tuple(finding.evidence[0] for finding in place.findings[:1]),
    )
    return Candidate(repair)


def _with_colon(context: RepairContext, place: _Place) -> Candidate | None:
    """A line `web gunicorn …` or `web : gunicorn …` of a Procfile without any process type gets its colon in place."""
    file = context.project.whole.files[place.path]
    lines = [number for number, line in enumerate(file.lines, start=1) if _WITHOUT_COLON.match(line)]
    if len(lines) != 1 or any(re.match(r"[A-Za-z0-9_-]+:", line) for line in file.lines):
        return None
    line = file.line(lines[0])
    text = with_line(file.text, lines[0], _WITHOUT_COLON.sub(r"\1: ", line, count=1))
    is_apart = line[len(line.split()[0]) :].lstrip().startswith(":")
    title = f"Write the colon that {place.path}:{lines[0]} lacks"
    reason = "the line names a process type and its command, and is passed over without a colon"
    if is_apart:
        title = f"Join the colon of {place.path}:{lines[0]} to the process type"
        reason = "the line names a process type and its command, and is passed over with a blank before the colon"
    return replace(_candidate(context, place, title, {place.path: text}, reason), is_own_command=True)


def _for_the_code(context: RepairContext, place: _Place, facts: CodeFacts) -> Iterator[Proposal]:
    """The command that the code asks for; more of its processes where one alone brings a finding."""
    starts = _starts(place, facts)
    title = f"Write a start command into {place.words}"
    if not starts:
        reason = "no application was found in its code from which a start command follows: name it by hand"
        yield Unrepairable(RULES[0], reason, place.findings[0].evidence)
        return
    if len(starts) > 1:
        listed = "; ".join(f"{start.words} ({start.command})" for start in starts)
        yield HeldBack(title, f"the code has several applications, and one is to be chosen by hand: {listed}", RULES)
        return
    first = _written(context, place, starts)
    others = celery_starts(facts) if place.path.endswith("Procfile") else ()
    further = [start for start in others if start.command != starts[0].command]
    if further:
        first = replace(first, alternatives=(_written(context, place, [*starts, *further]),))
    yield first


def _starts(place: _Place, facts: CodeFacts) -> Sequence[Start]:
    """The processes that may be meant, each able to be the one that is missing."""
    installed = _installed(place.results)
    bots, web = bot_starts(facts), web_starts(facts, installed)
    if place.service and place.results[0].plan.service.kind != "web":
        return bots or celery_starts(facts)[:1]
    starting = [start for start in web if not any(_is_part_of(facts, start, bot) for bot in bots)]
    if web and len(starting) < len(web):
        return (*web, *bots)
    return web or bots or celery_starts(facts)[:1]


def _is_part_of(facts: CodeFacts, web: Start, bot: Start) -> bool:
    """Whether a bot's own program makes or imports the web application, so that either may be meant."""
    if web.application.path == bot.application.path:
        return True
    seen = code_facts(facts.tree, start=bot.command).reach
    return web.application.path in seen.all


def _installed(results: Sequence[Result]) -> frozenset[str]:
    """The names that every one of the builds installs."""
    found: list[set[str]] = []
    for result in results:
        names = {item.name for item in result.requirements.requirements}
        names |= {item.name for item in result.requirements.locked or ()}
        names |= {package.name for package in result.forecast.packages} if result.forecast is not None else set()
        found.append(names)
    return frozenset(set.intersection(*found)) if found else frozenset()


def _written(context: RepairContext, place: _Place, starts: Sequence[Start]) -> Candidate:
    """The repair that writes some processes.

    Raises:
        NotEditableError: the place cannot be edited, or a server is not among the requirements and cannot be added.
    """
    first = starts[0]
    _refuse_another_root(context, place, first)
    needed = [
        new_requirement(context, place.results, name, (first.evidence,))
        for name in dict.fromkeys(name for start in starts for name in start.needs)
    ]
    texts = {place.path: _text(context, place, starts), **{item.path: item.text for item in needed}}
    added = "".join(f", and add {item.line} to {item.path}" for item in needed)
    title = f"Start {_target(first)}, in {place.words}{added}"
    words = "" if first.kind == "web" else ", which takes no requests"
    reason = f"{first.evidence.place} makes the {first.application.framework} application{words}, and nothing starts it"
    return _candidate(context, place, title, texts, reason, needed)


def _refuse_another_root(context: RepairContext, place: _Place, start: Start) -> None:
    """Hold back what belongs into a folder of its own: its requirements lie there, and this build reads none.

    Raises:
        NotEditableError: so it is.
    """
    if any(result.requirements.files for result in place.results):
        return
    folder = posixpath.dirname(posixpath.join(place.root_dir, start.application.path))
    while folder and folder != place.root_dir:
        known = [name for name in _MANIFESTS if context.project.whole.has(f"{folder}/{name}")]
        if known:
            raise NotEditableError(
                f"the {start.words} has its requirements in {folder}/{known[0]}, which the build of "
                f"{place.root_dir or 'the root'} does not install: make {folder} the root directory of the service"
            )
        folder = posixpath.dirname(folder)


def _target(start: Start) -> str:
    words = start.command.split()
    return f"{start.application.framework} with `{start.command}`" if len(words) < 14 else start.application.framework


def _text(context: RepairContext, place: _Place, starts: Sequence[Start]) -> str:
    file = context.project.whole.get(place.path)
    if place.service:
        if file is None:
            raise NotEditableError(f"{place.path} was not read.")
        document = load_yaml(file)
        services = document.get("services", default=[])
        at = [
            index
            for index, item in enumerate(services if isinstance(services, list) else [])
            if isinstance(item, dict) and item.get("name") == place.service
        ]
        if len(at) != 1:
            raise NotEditableError(f"{place.path} names {place.service} more than once, or not at its top")
        manager = place.results[0].plan.package_manager.value or ""
        return add_yaml_key(
            document, ("services", at[0]), "startCommand", (_PREFIXES.get(manager, "") + starts[0].command,)
        )
    lines = [f"{_type(start, starts)}: {start.command}" for start in starts]
    return with_appended(file.text if file is not None else "", *lines)


def _type(start: Start, starts: Sequence[Start]) -> str:
    """The process type: a bot alone is `worker`, which every builder starts where there is no `web`."""
    return "worker" if start.kind == "worker" and len(starts) == 1 else start.name


def _candidate(
    context: RepairContext,
    place: _Place,
    title: str,
    texts: dict[str, str],
    reason: str,
    needed: Sequence[NewRequirement] = (),
) -> Candidate:
    mine = {(finding.rule, finding.subject) for finding in place.findings}
    elsewhere = {
        (finding.rule, finding.subject)
        for result, finding in context.findings(*RULES)
        if not any(result is other for other in place.results)
    }
    candidate = text_candidate(
        context.project,
        f"start-{place.path}-{place.service}",
        title,
        RepairKind.START,
        texts,
        place.findings,
        reason=reason,
    )
    changes = tuple(item.change for item in needed)
    repair = replace(candidate.repair, changes=changes, cost=Cost(direct=len(changes), files=len(texts)))
    return replace(candidate, repair=repair, must_remove=frozenset(mine - elsewhere))


FAMILY = Family("missing-start", "a start command where there is none", RULES, propose)
