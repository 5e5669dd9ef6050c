"""Requirements and lockfiles, dependencies by category with true counts, and the pins that hold a Python back."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from trueup.checks._lock_mirrors import COMPILED
from trueup.guide.document import Block, Cell, Part, Point, Points, Section, State, Table, Words, code, counted, quoted
from trueup.guide.material import Material, Subject, rows
from trueup.manifests import requirements_txt
from trueup.model.finding import Finding
from trueup.model.matrix import MatrixRow, MatrixTable, falls_back
from trueup.model.requirement import RequirementSet

_LOCKS = ("requirements.lock", "uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "pylock.toml")


def requirement_section(material: Material) -> Section:
    """What each builder installs from, and whether lockfiles say the same."""
    heads = ("Service", "Built by", "Installed from", "Stated", "Locked")
    found = [
        (
            code(subject.plan.service.name),
            Cell(subject.plan.builder),
            code(", ".join(subject.result.requirements.files))
            if subject.result.requirements.files
            else Cell("nothing"),
            Cell(str(len(direct_names(subject.result.requirements)))),
            Cell("no lockfile" if (locked := subject.result.requirements.locked) is None else str(len(locked))),
        )
        for subject in material.python_today
    ]
    locks = tuple(_locks(material))
    note = Points(locks) if locks else Words("There is no lockfile beside the requirements.")
    return Section(
        "requirements", "Requirements and lockfiles", (Table("What is installed", heads, tuple(found)), note)
    )


def direct_names(requirements: RequirementSet) -> tuple[str, ...]:
    """Every distribution that the project itself asks for, once each."""
    stated = [item.name for item in requirements.requirements if not item.is_constraint]
    locked = [item.name for item in requirements.locked or () if item.direct]
    return tuple(dict.fromkeys(stated or locked))


def _locks(material: Material) -> Iterator[Point]:
    findings: dict[str, Finding] = {}
    for subject in (*material.today, *material.subjects):
        for finding in subject.result.findings:
            if finding.rule == "lockfile-out-of-step":
                findings.setdefault(finding.subject, finding)
    skipped = [
        item.reason
        for result in material.report.results
        for item in result.skipped
        if item.rule == "lockfile-out-of-step"
    ]
    for path in sorted(material.project.files):
        file = material.project.files[path]
        if posixpath.basename(path) not in _LOCKS and not (path.endswith(".txt") and COMPILED.search(file.text[:2000])):
            continue
        size = ""
        if path.endswith((".txt", "requirements.lock")):
            names = {item.name for item in requirements_txt.parse(file).requirements}
            size = f" ({counted(len(names), 'distribution')})"
        if path in findings:
            yield Point(f"{quoted(path)}{size}: {findings[path].message}", State.BAD, findings[path].evidence[:3])
        elif skipped:
            yield Point(f"{quoted(path)}{size}: not compared, since {skipped[0]}.", State.UNKNOWN)
        else:
            yield Point(
                f"{quoted(path)}{size}: no difference from its source was found.", State.GOOD, (file.evidence(1),)
            )


def category_section(material: Material) -> Section:
    """Direct dependencies by what they are for; the counts add up to the number that is stated."""
    parts = tuple(Part(title, _categories(names)) for title, names in _sets(material).items())
    return Section(
        "categories",
        "Dependencies by category",
        () if parts else (Words("No build of today comes to install a requirement."),),
        parts,
    )


def _sets(material: Material) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for subject in material.python_today:
        names = direct_names(subject.result.requirements)
        if names:
            found.setdefault(", ".join(subject.result.requirements.files), names)
    return found


def _categories(names: tuple[str, ...]) -> tuple[Block, ...]:
    left = dict.fromkeys(names)
    found = []
    for category in rows("categories")["category"]:
        members = [name for name in left if name in category["names"]]
        for name in members:
            del left[name]
        if members:
            found.append(_category(category["title"], category["purpose"], members))
    if left:
        found.append(_category("Other", "not grouped", list(left)))
    total = (Cell("All"), Cell(str(len(names))), Cell(""), Cell(""))
    return (Table("Dependencies by category", ("Category", "Count", "Packages", "What for"), (*found, total)),)


def _category(title: str, purpose: str, members: list[str]) -> tuple[Cell, ...]:
    return Cell(title), Cell(str(len(members))), code(", ".join(members)), Cell(purpose)


def critical_section(material: Material) -> Section:
    """Pins without a wheel on some maintained Python: which they hold back, and the version that would not."""
    title = "Critical pins and what they hold back"
    if material.matrix is None:
        reason = material.no_index_reason or "the index was not asked"
        return Section("critical", title, (Points((Point(f"Not known: {reason}.", State.UNKNOWN),)),))
    parts = []
    for table in material.matrix.tables:
        blocked = [row for row in table.rows if row.blocked]
        names = ", ".join(dict.fromkeys(f"{lane.builder} ({', '.join(lane.services)})" for lane in table.lanes))
        blocks: tuple[Block, ...] = (Words("Nothing here holds back any Python that the table covers."),)
        if blocked:
            heads = ("Distribution", "Stated at", "No usable wheel on Python", "Nearest version with one")
            blocks = (Table(f"Critical pins, {names}", heads, tuple(_critical(table, row) for row in blocked)),)
        covered = Words(f"Looked at Python {', '.join(table.minors)} on {table.images}.")
        parts.append(Part(f"{', '.join(table.files) or 'the requirements'}: {names}", (covered, *blocks)))
    return Section("critical", title, (*_pairs(material.python_today),), tuple(parts))


def _critical(table: MatrixTable, row: MatrixRow) -> tuple[Cell, ...]:
    cells = [(minor, cell) for minor, cell in zip(table.minors, row.cells, strict=True) if cell and cell.outcome.blocks]
    first = cells[0][1]
    place = next((item.place for item in first.evidence if item.path and row.direct), "")
    stated = code(place) if place else Cell(f"needed by {', '.join(first.required_by)}" if first.required_by else "")
    fixes: dict[str, list[str]] = {}
    for minor, cell in cells:
        older = ", an older one" if falls_back(cell) else ""
        fixes.setdefault(f"{cell.fixed_in or 'none known'}{older}", []).append(minor)
    words = "; ".join(f"{version} (for {', '.join(minors)})" for version, minors in fixes.items())
    return code(f"{row.name} {first.version}"), stated, Cell(", ".join(minor for minor, _ in cells)), Cell(words)


def _pairs(subjects: tuple[Subject, ...]) -> Iterator[Points]:
    """Distributions that install and then fail: no wheel tells of those."""
    found = {
        finding.subject: Point(finding.message, State.BAD, finding.evidence[:2])
        for subject in subjects
        for finding in subject.result.findings
        if finding.rule in ("incompatible-at-start", "conflict")
    }
    if found:
        yield Points(tuple(found.values()))
