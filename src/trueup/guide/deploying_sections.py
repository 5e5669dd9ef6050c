"""How to see that a deploy went well on each platform, and how to go back."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

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
from trueup.guide.step_sections import built_on, platform_title
from trueup.sourcecode.environment import looks_secret


def success_section(material: Material) -> Section:
    """The lines of the log that show what was predicted, in their order, and for which services."""
    parts = []
    for platform in material.platforms:
        builders = dict.fromkeys(subject.plan.builder for subject in built_on(material, platform))
        for builder in builders:
            subjects = [
                subject
                for subject in built_on(material, platform)
                if subject.plan.builder == builder and subject.is_python
            ]
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
    python += "." if python == minor else ""
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
        Commands(tuple(_requests(material)) or (_no_request(material),)),
    ]
    for platform in material.platforms:
        builders = {subject.plan.builder for subject in material.today if subject.plan.platform == platform}
        written = rows("platforms").get(platform, {}).get("commands", ())
        offered = [row for row in written if row.get("builder") in (None, *builders)]
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
        open_routes = [route.path for route in routes if route.path == "/"]
        for each in (path, *(seen[:1] or ([] if path else open_routes))):
            if each and "{" not in each and "<" not in each:
                found[each] = None
    for path in found:
        joined = path if path.startswith("/") else f"/{path}"
        yield f'curl --fail --silent --show-error --include "https://$HOST"{shlex.quote(joined)}'


def _no_request(material: Material) -> str:
    if any(subject.plan.service.kind == "web" for subject in material.today):
        return "# no health path is set, and no route was seen that could be asked: open the address"
    return "# no web service: look at the log of each worker"


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
        parts.append(Part(platform_title(platform), (Points(items, is_ordered=True),)))
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
