"""GitHub annotations: one workflow command per finding, which GitHub shows at the line of the file.

Escaping as the runner's toolkit does it: in the message `%`, CR and LF; in properties also `:` and `,`. Source:
docs.github.com, "Workflow commands for GitHub Actions", and the toolkit's packages/core/src/command.ts, read on
2026-11-20. GitHub shows ten errors, ten warnings and ten notices of one step; the worst come first here.
"""

from __future__ import annotations

from trueup.model.finding import Severity
from trueup.model.report import Report
from trueup.reports._findings import Told, told
from trueup.reports._interface import Format, Look
from trueup.reports._words import printable, summary

COMMANDS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "notice"}


def render(report: Report, look: Look) -> str:
    """The annotations, and the closing line."""
    lines = [_annotation(one) for one in told(report, look.folder)]
    lines += [f"::warning title=trueup::{escape_data(printable(text))}" for text in report.index_trouble]
    skipped = {
        (item.rule, item.reason): f"{result.plan.service.name}: {item.rule} was skipped: {item.reason}"
        for result in report.judged
        for item in result.skipped
    }
    lines += [f"::notice title=trueup::{escape_data(printable(text))}" for text in skipped.values()]
    return "\n".join([*lines, f"trueup: {summary(report)}"]) + "\n"


def _annotation(one: Told) -> str:
    finding = one.finding
    properties = {
        "file": one.path,
        "line": str(one.line),
        "title": printable(f"trueup {finding.rule} ({one.where})"),
    }
    listed = ",".join(f"{key}={escape_property(value)}" for key, value in properties.items())
    message = f"{finding.message}\nWhat to do: {finding.hint}"
    text = "\n".join(printable(line) for line in message.splitlines())
    return f"::{COMMANDS[finding.severity]} {listed}::{escape_data(text)}"


def escape_data(text: str) -> str:
    """A workflow command's message on one line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """A value between a workflow command's name and its message."""
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


FORMAT = Format("github", "GitHub annotations (and the step summary, in a workflow)", render)
