"""One self-contained HTML page: what was found, service by service, and every Python × distribution as a heat map."""

from __future__ import annotations

from trueup import __version__
from trueup.model.finding import Verdict
from trueup.model.report import Report
from trueup.reports._html_matrix import matrix_section
from trueup.reports._html_results import overview, result_section
from trueup.reports._interface import Format, Look
from trueup.reports._page import Markup, element, joined, page
from trueup.reports._words import VERDICTS, grouped, summary


def render(report: Report, _: Look) -> str:
    """The report as a page; with a heat map where it has a matrix."""
    name = _name(report)
    groups = grouped(report)
    sections = [result_section(group, number) for number, group in enumerate(groups)]
    main = joined(
        _header(report, name),
        overview(groups),
        matrix_section(report.matrix) if report.matrix else None,
        element("section", element("h2", "Service by service"), *sections, aria_label="Service by service"),
        _notes(report),
    )
    foot = f"Predicted by trueup {__version__} as of {report.on}, without running the project's code."
    return page(f"{name}: {_worst(report)}", main, foot=foot)


def _name(report: Report) -> str:
    """The project's folder, in a word."""
    parts = [part for part in report.project.path.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return parts[-1] if parts else "This project"


def _worst(report: Report) -> str:
    verdicts = {result.verdict for result in report.judged}
    return next((words for verdict, words in VERDICTS.items() if verdict in verdicts), "nothing to build")


def _header(report: Report, name: str) -> Markup:
    verdicts = [result.verdict for result in report.judged]
    tiles = [
        element(
            "li",
            element("strong", str(verdicts.count(verdict))),
            element("span", VERDICTS[verdict]),
            class_=f"tile {verdict_class(verdict)}",
        )
        for verdict in VERDICTS
        if verdict in verdicts
    ]
    return element(
        "header",
        element("p", "Deployment report", class_="kicker"),
        element("h1", name),
        element("p", summary(report), class_="lead"),
        element("ul", *tiles, class_="tiles", aria_label="Services by verdict"),
    )


def verdict_class(verdict: Verdict) -> str:
    """The style's class of a verdict."""
    return verdict.value.replace("_", "-")


def _notes(report: Report) -> Markup | None:
    notes = [*report.notes, *report.index_trouble, *(report.matrix.notes if report.matrix else ())]
    if not notes:
        return None
    items = [element("li", note) for note in dict.fromkeys(notes)]
    return element("section", element("h2", "Notes"), element("ul", *items), aria_label="Notes")


FORMAT = Format("html", "one self-contained HTML page with a heat map", render, shows_matrix=True)
