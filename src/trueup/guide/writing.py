"""The guide as a whole: its sections in the order in which a person asks."""

from __future__ import annotations

from trueup import __version__
from trueup.guide.build_sections import build_section
from trueup.guide.closing_sections import cost_section, next_section, note_section, trouble_section, watch_section
from trueup.guide.dependency_sections import category_section, critical_section, requirement_section
from trueup.guide.deploying_sections import rollback_section, success_section, verification_section
from trueup.guide.document import Document
from trueup.guide.layout_section import layout_section
from trueup.guide.material import Material
from trueup.guide.python_sections import python_section, readiness, summary_section
from trueup.guide.running_sections import policy_section, security_section, storage_section, variable_section
from trueup.guide.start_sections import process_section, start_section
from trueup.guide.step_sections import step_section

SECTIONS = (
    summary_section,
    layout_section,
    python_section,
    start_section,
    requirement_section,
    category_section,
    critical_section,
    build_section,
    variable_section,
    policy_section,
    storage_section,
    security_section,
    step_section,
    success_section,
    verification_section,
    trouble_section,
    process_section,
    rollback_section,
    watch_section,
    cost_section,
    next_section,
    note_section,
)


def write_guide(material: Material) -> Document:
    """The alignment report and deployment guide of a project.

    Args:
        material: what was found; nothing else is said.
    """
    report = material.report
    parts = [part for part in report.project.path.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return Document(
        title=f"{parts[-1] if parts else 'This project'}: alignment report and deployment guide",
        lead=readiness(material),
        sections=tuple(section(material) for section in SECTIONS),
        foot=f"Written by trueup {__version__} as of {report.on}, without running the project's code.",
    )
