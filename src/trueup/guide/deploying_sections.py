"""How to deploy on each platform: steps, lines that mean success, verification, rollback."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from trueup.guide.document import (
    Block,
    Cell,
    Commands,
    Part,
    Point,
    Points,
    Section,
    State,
    Table,
    Words,
    code,
    quoted,
    quoted_list,
)
from trueup.guide.material import Material, Subject, rows, sourced
from trueup.sourcecode.environment import looks_secret

_DATA_KINDS = ("database", "redis", "broker")


def step_section(material: Material) -> Section:
    """What a person does on each platform, in order."""
    parts = tuple(
        Part(_title(platform), (Points(tuple(_steps(material, platform)), is_ordered=True),))
        for platform in material.platforms
    )
    return Section("deploy", "Steps to deploy", (), parts)


def _title(platform: str) -> str:
    row = rows("platforms").get(platform)
    return str(row["title"]) if row else platform.capitalize()


def _of(material: Material, platform: str) -> tuple[Subject, ...]:
    return tuple(subject for subject in material.today if subject.plan.platform == platform)


def _steps(material: Material, platform: str) -> Iterator[Point]:
    row: dict[str, Any] = rows("platforms").get(platform, {"steps": (), "variables": "the platform's settings"})
    subjects = _of(material, platform)
    failing = [subject.name for subject in subjects if subject.result.verdict.value in ("will_fail", "may_fail")]
    if failing:
        yield Point(f"Repair first what is listed under Next steps: {quoted_list(failing)}.", State.OPEN)
    last = [step for step in row["steps"] if step["when"] in ("push", "workers")]
    for step in row["steps"]:
        if step not in last:
            yield from _filled(step, material, subjects)
    names = {name for subject in subjects for name in (subject.plan.service.name,)}
    needed = dict.fromkeys(
        use.name
        for group in material.variables
        for use in group.required
        if names & set(use.services) and not use.given
    )
    if needed:
        yield Point(f"Set the required variables in {row['variables']}: {quoted_list(needed)}.", State.OPEN)
    for text in _demands(material, names):
        yield Point(text, State.OPEN)
    prompted = dict.fromkeys(
        item.name for subject in subjects for item in subject.plan.service.variables if item.source == "prompted"
    )
    if prompted:
        yield Point(f"Have the values at hand that are asked for: {quoted_list(prompted)}.", State.OPEN)
    for step in last:
        yield from _filled(step, material, subjects)
    yield Point("Look for the lines that mean success, then run the verification commands below.", State.OPEN)


def _demands(material: Material, names: set[str]) -> Iterator[str]:
    """What the code demands of the values of variables: encodings and lengths."""
    found = {
        use.name: ", ".join(use.variable.hints)
        for group in material.variables
        for use in (*group.required, *group.optional)
        if use.variable.hints and names & set(use.services)
    }
    for name, hints in found.items():
        yield f"See that the value of {quoted(name)} is as the code wants it: {hints}."


def _filled(step: dict[str, Any], material: Material, subjects: tuple[Subject, ...]) -> Iterator[Point]:
    """A step where it applies; for each root directory where it speaks of one."""
    when = step["when"]
    blueprint = next((path for path in ("render.yaml", "render.yml") if material.project.has(path)), None)
    if when == "root":
        roots = dict.fromkeys(subject.plan.service.root_dir.value for subject in subjects)
        for root in roots:
            if root:
                yield Point(step["text"].replace("{root}", root.replace("`", "'")), State.OPEN, sourced(step))
        return
    names = {subject.plan.service.name for subject in subjects}
    data = dict.fromkeys(
        use.name
        for group in material.variables
        for use in (*group.required, *group.optional)
        if use.variable.kind in _DATA_KINDS and names & set(use.services) and not use.given
    )
    workers = [
        process.name
        for subject in subjects
        for process in subject.plan.processes
        if process.name not in ("web", "release")
    ]
    applies = {
        "database": bool(data),
        "blueprint": blueprint is not None,
        "no-blueprint": blueprint is None,
        "workers": bool(workers),
        "push": True,
    }[when]
    if applies:
        text = step["text"].replace("{database}", quoted_list(data)).replace("{blueprint}", quoted(blueprint or ""))
        scaled = " ".join(f"{shlex.quote(name)}=1" for name in dict.fromkeys(workers)).replace("`", "'")
        yield Point(text.replace("{workers}", scaled), State.OPEN, sourced(step))


def success_section(material: Material) -> Section:
    """The lines of the log that show what was predicted, in their order, and for which services."""
    parts = []
    for platform in material.platforms:
        builders = dict.fromkeys(subject.plan.builder for subject in _of(material, platform))
        for builder in builders:
            subjects = [subject for subject in _of(material, platform) if subject.plan.builder == builder]
            found: dict[tuple[Cell, ...], list[str]] = {}
            for subject in subjects:
                for row in _success(subject):
                    found.setdefault(row, []).append(subject.plan.service.name)
            rows_ = tuple((*row, _names(names, len(subjects))) for row, names in found.items())
            if rows_:
                heads = ("Phase", "Line", "What it shows", "Services")
                title = f"{platform} · {builder}"
                parts.append(Part(title, (Table(f"Lines that mean success, {title}", heads, rows_),)))
    first = (
        "A log that lacks the first of these, or names another Python, is not the build that was predicted: "
        "`trueup diagnose LOG` tells why."
    )
    notes = [first]
    if any(subject.result.verdict.value == "will_fail" for subject in material.today):
        notes.append(
            "They are those of the project as it is, and it will fail before the last of them: write this report again "
            "once it is repaired."
        )
    return Section("success", "Log lines that mean success", tuple(map(Words, notes)), tuple(parts))


def _names(names: list[str], number: int) -> Cell:
    return Cell("all" if len(names) == number and number > 1 else ", ".join(dict.fromkeys(names)))


def _success(subject: Subject) -> Iterator[tuple[Cell, ...]]:
    plan = subject.plan
    lines = plan.details.get("log_lines")
    stated = [str(line) for line in lines] if isinstance(lines, (list, tuple)) else []
    for line in stated:
        yield Cell("build and start"), code(line), Cell("as the platform prints it for this service")
    for row in rows("platforms").get(plan.platform, {}).get("success", ()):
        wanted = row.get("when")
        applies = wanted is None or (wanted == "web" and plan.service.kind == "web")
        applies = applies or (wanted == "health" and plan.health.path.value is not None and plan.service.kind == "web")
        if not applies or row.get("builder", plan.builder) != plan.builder or row["line"] in stated:
            continue
        if "{" in row["line"] and (not subject.is_python or plan.python.minor is None):
            continue
        yield Cell(row["phase"]), code(_line(row["line"], subject)), Cell(row["text"])
    programs = [program for _, program in subject.code.programs if program.role in (None, "worker")]
    for server in dict.fromkeys(program.server for program in programs):
        row = rows("platforms")["servers"].get(server)
        if row and subject.is_python:
            yield Cell("start"), code(row["line"]), Cell(f"{server} is ready")


def _line(template: str, subject: Subject) -> str:
    minor = subject.plan.python.minor or ""
    python = subject.plan.python.effective or ""
    return template.replace("{python}", python).replace("{minor}", minor).replace("{compact}", minor.replace(".", ""))


def verification_section(material: Material) -> Section:
    """Commands before and after the deploy, and what to try by hand for each kind of service."""
    root = shlex.quote(material.project.path)
    before = [f"trueup check {root}", f"trueup env {root}", f"trueup prove {root}"]
    commands: list[Point] = []
    blocks: list[Block] = [
        Words("Before: predict again, check the local `.env`, and build and boot it here."),
        Commands(tuple(before)),
        Words("After: the address is that of the deployed service."),
        Commands(tuple(_requests(material)) or ("# no web service: look at the log of each worker",)),
    ]
    for platform in material.platforms:
        offered = rows("platforms").get(platform, {}).get("commands", ())
        commands += [Point(f"{quoted(row['command'])} {row['text']}.", State.PLAIN, sourced(row)) for row in offered]
    blocks.append(Points((*commands, *_to_try(material))))
    return Section("verify", "Verification", tuple(blocks))


def _requests(material: Material) -> Iterator[str]:
    found: dict[str, None] = {}
    for subject in material.python_today:
        if subject.plan.service.kind != "web":
            continue
        path = subject.plan.health.path.value
        routes = [route for route in subject.code.routes.routes if not route.is_prefix]
        seen = [route.path for route in routes if "health" in route.path.lower()]
        for each in (path, *seen[:1]):
            if each and "{" not in each and "<" not in each:
                found[each] = None
    for path in found:
        joined = path if path.startswith("/") else f"/{path}"
        yield f'curl --fail --silent --show-error --include "https://$HOST"{shlex.quote(joined)}'


def _to_try(material: Material) -> Iterator[Point]:
    for subject in material.python_today:
        service = quoted(subject.plan.service.name)
        servers = {program.server for _, program in subject.code.programs}
        roles = {program.role for _, program in subject.code.programs if program.server == "celery"}
        if subject.plan.service.kind == "web":
            routes = [route.path for route in subject.code.routes.routes if not route.is_prefix]
            paths = f", such as {quoted_list(routes, 6)}" if routes else ""
            yield Point(f"{service}: ask it for what users ask{paths}.", State.OPEN)
        if "worker" in roles:
            yield Point(f"{service}: send a task, and see in the log that it is received and succeeds.", State.OPEN)
        if "beat" in roles:
            entries = [name for item in subject.code.applications for name in item.schedule]
            names = f": {quoted_list(entries)}" if entries else ""
            yield Point(f"{service}: see in the log that the schedule sends its tasks{names}.", State.OPEN)
        if any(item.interface == "bot" for item in subject.code.applications) and servers <= {"python"}:
            yield Point(f"{service}: write to the bot, and see that it answers.", State.OPEN)


def rollback_section(material: Material) -> Section:
    """How to go back on each platform, and in the repository."""
    parts = []
    for platform in material.platforms:
        items = tuple(
            Point(row["text"], State.PLAIN, sourced(row))
            for row in rows("platforms").get(platform, {}).get("rollback", ())
        )
        parts.append(Part(_title(platform), (Points(items, is_ordered=True),)))
    blocks: tuple[Block, ...] = (
        Words(
            "Files that trueup changed come back byte for byte with `trueup undo`; a pushed commit with `git revert`."
        ),
        *_what_stays(material),
    )
    return Section("rollback", "Rollback", blocks, tuple(parts))


def _what_stays(material: Material) -> Iterator[Points]:
    """What no rollback takes back, where the project has it."""
    items = []
    releases = dict.fromkeys(subject.plan.release.command for subject in material.today if subject.plan.release)
    before = dict.fromkeys(
        text for subject in material.python_today for start in subject.code.starts for text in start.parsed.before
    )
    migrations = [
        text for text in (*releases, *before) if any(word in text for word in ("migrat", "alembic", "upgrade"))
    ]
    if migrations:
        items.append(
            Point(
                f"{quoted_list(migrations)} has changed the database by then: no rollback takes that back.", State.OPEN
            )
        )
    secrets = [use.name for group in material.variables for use in group.variables if looks_secret(use.name)]
    if secrets:
        items.append(
            Point("A secret that was changed meanwhile has to be changed back, or forward, by hand.", State.OPEN)
        )
    if items:
        yield Points(tuple(items))
