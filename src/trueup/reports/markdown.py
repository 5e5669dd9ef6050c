"""Markdown for a code host: a pull request's comment, a step summary, a file in the repository."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from trueup.model.distribution import PackageForecast
from trueup.model.evidence import Evidence
from trueup.model.finding import Finding, Severity
from trueup.model.report import Report, Result
from trueup.reports._interface import Format, Look
from trueup.reports._words import SIGNS, VERDICTS, Group, found_words, grouped, place, printable, prose, summary

_SPECIAL = re.compile(r"[\\`*\[\]<~$]|(?<![^\W_])_|_(?![^\W_])|^[#+>=-]")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_CALLS = re.compile(r"(?<![\w`])@(?=\w)")
BAR = r"\|"
_LINKS = re.compile(r"(?i)\b(https?|ftp)://|\bwww\.")


def render(report: Report, _: Look) -> str:
    """The report as GitHub-flavoured Markdown."""
    groups = grouped(report)
    lines = ["## trueup", "", f"**{text(summary(report))}** {found_words(report)}", ""]
    lines += _overview(groups)
    for group in groups:
        if group.first.findings or group.first.skipped:
            lines += ["", *_section(group)]
    notes = (*report.notes, *report.index_trouble)
    if notes:
        lines += ["", "### Notes", "", *(f"- {text(note)}" for note in notes)]
    return "\n".join(lines) + "\n"


def _overview(groups: Iterable[Group]) -> list[str]:
    rows = []
    for group in groups:
        plan = group.first.plan
        today = "" if group.first.is_today else " (not used today)"
        rows.append(
            (
                f"{SIGNS[group.first.verdict]} {VERDICTS[group.first.verdict]}",
                text(group.names),
                f"{plan.platform} · {plan.builder}{today}",
                text(plan.python.effective or "unknown"),
                _reason(plan.python.evidence),
            )
        )
    return table(("Verdict", "Service", "Built by", "Python", "Because of"), rows)


def _reason(evidence: tuple[Evidence, ...]) -> str:
    for item in evidence:
        return code(item.place) if item.path else text(item.text)
    return ""


def _section(group: Group) -> Iterator[str]:
    result = group.first
    plan = result.plan
    yield f"### {SIGNS[result.verdict]} {text(group.names)} on {plan.platform} · {plan.builder}"
    yield ""
    findings = result.findings
    blockers = {finding.subject for finding in findings if finding.rule == "no-wheel"}
    if blockers:
        yield from _blockers(result, blockers)
    rest = [finding for finding in findings if finding.rule != "no-wheel"]
    yield from (_finding(finding) for finding in rest if finding.severity is not Severity.LOW)
    low = [finding for finding in rest if finding.severity is Severity.LOW]
    if low:
        yield from ("", f"<details><summary>{len(low)} of low severity</summary>", "")
        yield from map(_finding, low)
        yield from ("", "</details>")
    for skipped in result.skipped:
        yield f"- **skipped** {code(skipped.rule)}: {text(skipped.reason)}"


def _blockers(result: Result, names: set[str]) -> Iterator[str]:
    assert result.forecast is not None
    target = result.forecast.target
    yield f"**high** {code('no-wheel')}: no wheel for Python {target.minor}, {target.arch}, {target.libc}"
    yield ""
    rows = [_blocker(package) for package in result.forecast.blockers if package.name in names]
    yield from table(("Distribution", "Stated", "Why", "First with a wheel"), rows)
    yield ""


def _blocker(package: PackageForecast) -> tuple[str, ...]:
    where = place(package.evidence)
    through = f" by {text(', '.join(package.required_by))}" if not package.direct and package.required_by else ""
    return (
        code(f"{package.name} {package.version}"),
        f"{code(where) if where else ''}{through}",
        text(package.reason),
        text(package.fixed_in or "none"),
    )


def _finding(finding: Finding) -> str:
    where = place(finding.evidence)
    head = f"- **{finding.severity.value}** {code(finding.rule)}{f' at {code(where)}' if where else ''}  "
    return f"{head}\n  {text(finding.message)}  \n  **What to do:** {text(finding.hint)}"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A table of cells that are Markdown already."""
    heads = list(heads)
    return [_line(heads), _line("---" for _ in heads), *(_line(row) for row in rows)]


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |"


def text(plain: str) -> str:
    """Plain text in Markdown: no mark-up, no HTML, no link, no mention of anybody, on one line.

    What stands between backticks becomes code.
    """
    line = " ".join(plain.split())
    return "".join(code(part) if is_code else _escaped(part) for part, is_code in prose(line))


def _escaped(plain: str) -> str:
    found = _NUMBERED.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", printable(plain).replace("&", "&amp;")))
    found = _CALLS.sub("@<!-- -->", found)
    return _LINKS.sub(lambda link: link[0].replace(":", ":<!-- -->").replace("www.", "www<!-- -->."), found)


def code(plain: str) -> str:
    """Plain text as code, on one line, with a fence longer than any inside."""
    inner = printable(" ".join(plain.split()))
    longest = max((len(run) for run in re.findall("`+", inner)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest else ""
    return f"{fence}{space}{inner}{space}{fence}"


FORMAT = Format("markdown", "Markdown for a code host", render)
