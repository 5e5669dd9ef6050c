"""What each builder does, phase by phase, on which image."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.guide.document import Cell, Part, Point, Section, State, Table, Words, code
from trueup.guide.document import Points as PointList
from trueup.guide.material import Material, Subject
from trueup.model.evidence import Evidence
from trueup.model.plan import Step


def build_section(material: Material) -> Section:
    """The phases of every service that is built today; services that are built alike share a table."""
    alike: dict[tuple[object, ...], list[Subject]] = {}
    for subject in material.today:
        plan = subject.plan
        steps = tuple(step.command for step in (*plan.install, *plan.build))
        release = plan.release.command if plan.release else None
        key = (plan.platform, plan.builder, steps, release, plan.python.effective, plan.image.name.value)
        alike.setdefault(key, []).append(subject)
    parts = tuple(_part(subjects) for subjects in alike.values())
    return Section("build", "Build, phase by phase", (), parts)


def _part(subjects: list[Subject]) -> Part:
    plan = subjects[0].plan
    names = ", ".join(subject.plan.service.name for subject in subjects)
    table = Table(f"Phases of {names}", ("Phase", "What happens", "Because of"), tuple(_rows(subjects)))
    seen = plan.visible_at_install
    note = (
        "All files are there when the install step runs."
        if seen is None
        else "When the install step runs, only some files have been copied; they are in the table."
    )
    return Part(f"{names}: {plan.platform} · {plan.builder}", (table, Words(note), *_unknowns(subjects[0])))


def _rows(subjects: list[Subject]) -> Iterator[tuple[Cell, ...]]:
    plan = subjects[0].plan
    image = plan.image
    libc = f"{image.libc} {image.libc_version.value or 'of unknown version'}"
    yield Cell("image"), Cell(f"{image.name.value}, {image.arch}, {libc}"), _because(image.name.evidence)
    if subjects[0].is_python:
        yield Cell("setup"), Cell(f"Python {plan.python.effective or 'unknown'}"), _because(plan.python.evidence)
    for key in ("apt_build", "apt_runtime", "nix_packages", "apt_packages"):
        packages = plan.details.get(key)
        if isinstance(packages, (list, tuple)) and packages:
            yield Cell("setup"), code(f"{key.replace('_', ' ')}: {', '.join(map(str, packages))}"), Cell(plan.builder)
    if plan.visible_at_install is not None:
        yield Cell("copied before"), code(", ".join(plan.visible_at_install) or "nothing"), Cell(plan.builder)
    yield from (_step("install", step) for step in plan.install)
    yield from (_step("build", step) for step in plan.build)
    if plan.release is not None:
        yield _step("release", plan.release)
    for subject in subjects:
        start = subject.plan.start
        if start.value is not None:
            yield Cell(f"start {subject.plan.service.name}"), code(start.value), _because(start.evidence)


def _step(phase: str, step: Step) -> tuple[Cell, ...]:
    return Cell(phase), code(step.command), _because(step.evidence)


def _because(evidence: tuple[Evidence, ...]) -> Cell:
    first = evidence[0] if evidence else None
    if first is None:
        return Cell("")
    return code(first.place) if first.path else Cell(first.text)


def _unknowns(subject: Subject) -> Iterator[PointList]:
    if subject.plan.unknowns:
        yield PointList(
            tuple(
                Point(f"{unknown.subject}: {unknown.reason}", State.UNKNOWN, unknown.evidence)
                for unknown in subject.plan.unknowns
            )
        )
