"""What starts: each stated command taken apart, the health check, and how many processes fit."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.guide.document import Block, Cell, Part, Point, Points, Section, State, Table, Words, code, quoted
from trueup.guide.material import Material, Subject, rows, sourced
from trueup.manifests.nixpacks_toml import load_nixpacks
from trueup.manifests.procfile import process_types
from trueup.manifests.railpack_json import load_railpack_json
from trueup.manifests.railway_json import load_railway
from trueup.model.evidence import Evidence, Fact
from trueup.sourcecode.codebase import Presence
from trueup.sourcecode.commands import parse_start
from trueup.sourcecode.facts import CodeFacts, ProcessStart
from trueup.sourcecode.listening import listening
from trueup.sourcecode.start_command import StartCommand

_PLACES = (
    ("railway.json", load_railway, ("deploy", "startCommand")),
    ("railway.toml", load_railway, ("deploy", "startCommand")),
    ("nixpacks.toml", load_nixpacks, ("start", "cmd")),
    ("railpack.json", load_railpack_json, ("deploy", "startCommand")),
)


def start_section(material: Material) -> Section:
    """Every start command that a file states or a builder makes up, by root directory."""
    roots: dict[str, list[Subject]] = {}
    for subject in material.subjects:
        if subject.is_python:
            roots.setdefault(subject.plan.service.root_dir.value, []).append(subject)
    parts = tuple(
        Part(f"{root}/" if root else "The repository's root", (_table(subjects), _health(subjects)))
        for root, subjects in roots.items()
    )
    return Section("start", "Start commands", (), parts)


def _table(subjects: list[Subject]) -> Table:
    heads = ("Stated at", "Command", "Taken by", "Module is there", "Listens on", "Port", "Server is required")
    found = []
    for start, taken_by in _stated(subjects).values():
        code_of_root = subjects[0].code
        main = start.parsed.main
        found.append(
            (
                code(start.evidence.place) if start.evidence.path else Cell("the platform's own default"),
                code(start.command.value),
                Cell(", ".join(taken_by) or "no builder", state=State.PLAIN if taken_by else State.BAD),
                _target(code_of_root, main),
                *_address(code_of_root, start, main),
                _server(subjects, main),
            )
        )
    return Table("Start commands", heads, tuple(found))


def _stated(subjects: list[Subject]) -> dict[tuple[str, str], tuple[ProcessStart, list[str]]]:
    """Every command by place and text, with the builders and services that take it."""
    found: dict[tuple[str, str], tuple[ProcessStart, list[str]]] = {}
    for subject in subjects:
        for start in subject.code.starts:
            taken = found.setdefault((start.evidence.place, start.command.value), (start, []))[1]
            name = f"{subject.plan.builder} ({start.name})"
            taken += [name] if name not in taken else []
    places = {place for place, _ in found}
    for start in _other_files(subjects[0].code):
        if start.evidence.place not in places:
            found[(start.evidence.place, start.command.value)] = (start, [])
    return found


def _other_files(facts: CodeFacts) -> Iterator[ProcessStart]:
    """The commands of files that a builder may not have taken."""
    stated: list[tuple[str, str, Evidence]] = []
    procfile = facts.tree.get("Procfile")
    processes = process_types(procfile) if procfile else ()
    stated += [(process.name, process.command, process.evidence) for process in processes]
    for name, load, keys in _PLACES:
        file = facts.tree.get(name)
        document = load(file) if file is not None and not file.problem else None
        command = document.get(*keys) if document is not None and not document.problem else None
        if document is not None and isinstance(command, str) and command.strip():
            stated.append(("web", command, document.evidence(*keys)))
    for name, command, evidence in stated:
        if name != "release":
            yield ProcessStart(name, Fact(command, (evidence,)), parse_start(command, facts.tree))


def _target(facts: CodeFacts, program: StartCommand | None) -> Cell:
    if program is None:
        return Cell("not understood", state=State.UNKNOWN)
    if program.script:
        there = facts.tree.has(program.script)
        return Cell(program.script if there else f"{program.script} is not there", state=_state(there))
    if program.module is None:
        return Cell("not understood", state=State.UNKNOWN)
    search = facts.search_of(program)
    presence = facts.code.module_presence(program.module, search)
    path = facts.code.find(program.module, search)
    if presence is Presence.PRESENT and path is not None and program.attribute:
        presence = facts.code.attribute(path, program.attribute.split(".")[0].split("(")[0], search)
    if presence is Presence.UNKNOWN and path is None:
        return Cell(f"{program.target}: not of this tree", state=State.UNKNOWN)
    words = {Presence.PRESENT: "", Presence.ABSENT: " is not there", Presence.UNKNOWN: " cannot be told"}[presence]
    states = {Presence.PRESENT: State.GOOD, Presence.ABSENT: State.BAD, Presence.UNKNOWN: State.UNKNOWN}
    return Cell(f"{program.target}{words}", state=states[presence])


def _address(facts: CodeFacts, start: ProcessStart, program: StartCommand | None) -> tuple[Cell, Cell]:
    """Where the program listens: the interfaces and the port."""
    if program is not None and program.row is not None and program.row.port is None:
        return Cell("nowhere: it is a worker"), Cell("none")
    found = listening(facts, start, program) if program is not None else None
    if found is None:
        return Cell("cannot be told", state=State.UNKNOWN), Cell("cannot be told", state=State.UNKNOWN)
    if found.host is None:
        host = Cell("cannot be told", state=State.UNKNOWN)
    else:
        everywhere = " (all interfaces)" if found.host in ("0.0.0.0", "::", "[::]", "") else ""  # noqa: S104
        host = Cell(f"{found.host}{everywhere}", state=_state(not found.is_loopback))
    if found.port is None:
        return host, Cell("cannot be told", state=State.UNKNOWN)
    return host, Cell(found.port, state=_state(found.fixed_port is None))


def _server(subjects: list[Subject], program: StartCommand | None) -> Cell:
    if program is None or program.row is None:
        return Cell("no server by name")
    wanted = program.row.distribution
    installed: set[str] = set()
    for subject in subjects:
        requirements = subject.result.requirements
        installed |= {item.name for item in requirements.requirements}
        installed |= {item.name for item in requirements.locked or ()}
        installed |= {item.name for item in subject.result.forecast.packages} if subject.result.forecast else set()
    there = wanted in installed
    return Cell(wanted if there else f"{wanted} is not among the requirements", state=_state(there))


def _state(is_right: bool) -> State:
    return State.GOOD if is_right else State.BAD


def _health(subjects: list[Subject]) -> Points:
    """The health check of each web service, and whether the code answers it."""
    items = []
    for subject in subjects:
        health = subject.plan.health
        if subject.plan.service.kind != "web":
            continue
        path = health.path.value
        if path is None:
            items.append(Point(f"{subject.name}: no health path is set.", State.OPEN, health.path.evidence))
            continue
        first, last = health.accepted_statuses
        statuses = f"{first}" if first == last else f"{first} to {last}"
        route = next((item for item in subject.code.routes.routes if item.matches(path)), None)
        text = f"{subject.name}: GET {quoted(path)} must answer {statuses}"
        text += f" within {health.timeout} s" if health.timeout else ""
        if route is None:
            items.append(Point(f"{text}; no route for it was seen in the code.", State.UNKNOWN, health.path.evidence))
        else:
            items.append(Point(f"{text}.", State.GOOD, (route.evidence, *health.path.evidence)))
    return Points(tuple(dict.fromkeys(items)))


def process_section(material: Material) -> Section:
    """How many workers and threads start, and what bounds them."""
    items: dict[str, Point] = {}
    for subject in material.python_today:
        for start, program in subject.code.programs:
            has_workers = program.row is not None and bool(program.row.workers_options)
            if has_workers and program.role in (None, "worker"):
                text = f"{quoted(start.command.value)} of {start.name}: {_counts(program)}."
                items.setdefault(text, Point(text, State.PLAIN, (start.evidence,)))
    if not items:
        return Section("processes", "Processes and memory", (Words("No server with workers is started."),))
    advice = _advice() if any("gunicorn" in text for text in items) else ()
    return Section("processes", "Processes and memory", (Points(tuple(items.values())), *advice))


def _counts(program: StartCommand) -> str:
    parts = [f"{program.workers} workers" if program.workers else "workers as the server or WEB_CONCURRENCY says"]
    parts += [f"{program.threads} threads each"] if program.threads else []
    parts += [f"class {program.worker_class}"] if program.worker_class else []
    parts += [f"timeout {program.timeout} s"] if program.timeout else []
    return ", ".join(parts)


def _advice() -> tuple[Block, ...]:
    """What fits by cores and memory: the smaller of the two bounds."""
    heads = ("Memory", "1 core", "2 cores", "4 cores")
    megabytes = (512, 1024, 2048, 4096)
    found = []
    for memory in megabytes:
        bound = max(1, (memory - 100) // 150)
        found.append((Cell(f"{memory} MB"), *(Cell(str(min(2 * cores + 1, bound))) for cores in (1, 2, 4))))
    note = Words(
        "Workers that fit, reckoned with 150 MB for each and 100 MB for the rest: measure one worker of this service "
        "under load and replace the 150. With a database, workers × connections of each pool must stay below its limit."
    )
    row = rows("platforms")["workers"]
    source = Points((Point(f"{row['text']}.", State.PLAIN, sourced(row)),))
    return Table("Workers by memory and cores", heads, tuple(found)), note, source
