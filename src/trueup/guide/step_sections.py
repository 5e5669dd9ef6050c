"""What a person does to deploy on each platform, in order; each step only where it applies to this project."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trueup.guide.document import Part, Point, Points, Section, State, quoted, quoted_list
from trueup.guide.material import Material, Subject, rows, sourced
from trueup.variables import UsedVariable

_DATA_KINDS = ("database", "redis", "broker")
_LAST = ("push", "push-root", "workers")


def step_section(material: Material) -> Section:
    """The steps on every platform of the results."""
    parts = tuple(
        Part(platform_title(platform), (Points(tuple(_steps(material, platform)), is_ordered=True),))
        for platform in material.platforms
    )
    return Section("deploy", "Steps to deploy", (), parts)


def platform_title(platform: str) -> str:
    """The name that people use."""
    row = rows("platforms").get(platform)
    return str(row["title"]) if row else platform.capitalize()


def built_on(material: Material, platform: str) -> tuple[Subject, ...]:
    """What one platform would build today."""
    return tuple(subject for subject in material.today if subject.plan.platform == platform)


@dataclass(frozen=True)
class _Facts:
    """What decides which steps apply on one platform."""

    roots: tuple[str, ...]
    blueprint: str
    offered: tuple[str, ...]
    """Variables for the address of a data service that these platforms offer themselves."""
    elsewhere: tuple[str, ...]
    """Variables for the address of another data service."""
    workers: tuple[str, ...]
    required: tuple[str, ...]
    prompted: tuple[str, ...]
    demanded: dict[str, str]
    has_configuration: bool


def _facts(material: Material, subjects: tuple[Subject, ...]) -> _Facts:
    names = {subject.plan.service.name for subject in subjects}
    uses = [use for group in material.variables for use in group.variables if names & set(use.services)]
    uses = [use for use in uses if not use.variable.from_platform]
    data = [use for use in uses if use.variable.kind in _DATA_KINDS and not use.given]
    processes = [process.name for subject in subjects for process in subject.plan.processes]
    roots = tuple(dict.fromkeys(root for subject in subjects if (root := subject.plan.service.root_dir.value)))
    configurations = [posixpath.join(root, f"railway.{end}") for root in roots for end in ("json", "toml")]
    return _Facts(
        roots=roots,
        blueprint=next((path for path in ("render.yaml", "render.yml") if material.project.has(path)), ""),
        offered=tuple(use.name for use in data if not _is_foreign(use)),
        elsewhere=tuple(use.name for use in data if _is_foreign(use)),
        workers=tuple(dict.fromkeys(name for name in processes if name not in ("web", "release"))),
        required=tuple(use.name for use in uses if use.variable.required and not use.given and use not in data),
        prompted=tuple(
            dict.fromkeys(
                item.name
                for subject in subjects
                for item in subject.plan.service.variables
                if item.source == "prompted"
            )
        ),
        demanded={use.name: ", ".join(use.variable.hints) for use in uses if use.variable.hints},
        has_configuration=any(material.project.has(path) for path in configurations),
    )


def _is_foreign(use: UsedVariable) -> bool:
    """Whether the address is that of a kind of database which only some platforms offer."""
    return any(word in use.name.upper() for word in ("MONGO", "MYSQL", "AMQP", "RABBIT", "ELASTIC", "NEO4J"))


def _steps(material: Material, platform: str) -> Iterator[Point]:
    row: dict[str, Any] = rows("platforms").get(platform, {"steps": (), "variables": "the platform's settings"})
    subjects = built_on(material, platform)
    facts = _facts(material, subjects)
    failing = [subject.name for subject in subjects if subject.result.verdict.value in ("will_fail", "may_fail")]
    if failing:
        yield Point(f"Repair first what is listed under Next steps: {quoted_list(failing)}.", State.OPEN)
    for step in row["steps"]:
        if step["when"] not in _LAST:
            yield from _filled(step, facts)
    if facts.elsewhere:
        yield Point(
            f"Have a database of its kind ready, and put its address into {quoted_list(facts.elsewhere)}.", State.OPEN
        )
    if facts.required:
        yield Point(f"Set the required variables in {row['variables']}: {quoted_list(facts.required)}.", State.OPEN)
    for name, hints in facts.demanded.items():
        yield Point(f"See that the value of {quoted(name)} is as the code wants it: {hints}.", State.OPEN)
    if facts.prompted:
        yield Point(f"Have the values at hand that are asked for: {quoted_list(facts.prompted)}.", State.OPEN)
    for step in row["steps"]:
        if step["when"] in _LAST:
            yield from _filled(step, facts)
    yield Point("Look for the lines that mean success, then run the verification commands below.", State.OPEN)


def _filled(step: dict[str, Any], facts: _Facts) -> Iterator[Point]:
    """A step where it applies; once for each root directory where it speaks of one."""
    when = step["when"]
    applies = {
        "root": bool(facts.roots),
        "root-config": bool(facts.roots) and facts.has_configuration,
        "database": bool(facts.offered),
        "blueprint": bool(facts.blueprint),
        "no-blueprint": not facts.blueprint,
        "workers": bool(facts.workers),
        "push": True,
        "push-root": not facts.roots,
    }[when]
    if not applies:
        return
    scaled = " ".join(f"{shlex.quote(name)}=1" for name in facts.workers).replace("`", "'")
    text = step["text"].replace("{workers}", scaled).replace("{database}", quoted_list(facts.offered))
    text = text.replace("{blueprint}", quoted(facts.blueprint))
    for root in facts.roots if "{root}" in text else ("",):
        yield Point(text.replace("{root}", root.replace("`", "'")), State.OPEN, sourced(step))
