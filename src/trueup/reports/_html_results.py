"""The HTML of results: an overview of all, and a section for each."""

from __future__ import annotations

from collections.abc import Iterable

from trueup.model.distribution import PackageForecast
from trueup.model.evidence import Evidence
from trueup.model.finding import Finding, Verdict
from trueup.model.report import Result
from trueup.reports._html_table import Row, html_table
from trueup.reports._page import Child, Markup, code, element, joined, said
from trueup.reports._words import SIGNS, VERDICTS, Group, place


def overview(groups: list[Group]) -> Markup:
    """Every service in a line, linked to its section."""
    heads = ("Verdict", "Service", "Built by", "Python", "Because of")
    rows = []
    for number, group in enumerate(groups):
        result = group.first
        plan = result.plan
        rows.append(
            Row(
                (
                    badge(result.verdict),
                    element("a", group.names, href=f"#s{number}"),
                    joined(f"{plan.platform} · {plan.builder}", None if result.is_today else _not_today()),
                    plan.python.effective or "unknown",
                    _reason(plan.python.evidence),
                ),
                None if result.is_today else "aside",
            )
        )
    shown = html_table(heads, rows, "Services", header=1)
    return element("section", element("h2", "At a glance"), shown, aria_label="At a glance")


def _not_today() -> Markup:
    return joined(Markup(" "), element("small", "(not used today)"))


def badge(verdict: Verdict) -> Markup:
    """A verdict as a coloured word."""
    sign = element("span", SIGNS[verdict], aria_hidden="true")
    return element("span", sign, f" {VERDICTS[verdict]}", class_=f"badge {verdict.value.replace('_', '-')}")


def result_section(group: Group, number: int) -> Markup:
    """One result: what is built, what is wrong, what is unknown. Builders that are not used today are folded."""
    result = group.first
    plan = result.plan
    title = joined(
        badge(result.verdict), Markup(" "), group.names, " ", element("small", f"{plan.platform} · {plan.builder}")
    )
    blockers = [finding for finding in result.findings if finding.rule == "no-wheel"]
    others = [finding for finding in result.findings if finding.rule != "no-wheel"]
    body = joined(
        _facts(result),
        _blockers(result, {finding.subject for finding in blockers}, number) if blockers else None,
        *(_finding(finding) for finding in others),
        element("p", "Nothing was found.", class_="fine") if not result.findings else None,
        _inputs(result, number),
        _unknowns(result),
    )
    if result.is_today:
        return element("article", element("h3", title), body, id=f"s{number}", tabindex="-1", class_="result")
    folded = element("details", element("summary", title, Markup(" "), _not_today()), body)
    return element("article", folded, id=f"s{number}", tabindex="-1", class_="result aside")


def _facts(result: Result) -> Markup:
    plan = result.plan
    rows: list[tuple[str, Markup, tuple[Evidence, ...]]] = [
        ("Python", element("strong", plan.python.effective or "unknown"), plan.python.evidence)
    ]
    rows += [("install", code(step.command), step.evidence) for step in plan.install]
    rows += [("build", code(step.command), step.evidence) for step in plan.build]
    if plan.release is not None:
        rows.append(("release", code(plan.release.command), plan.release.evidence))
    rows.append(("start", code(plan.start.value or "nothing"), plan.start.evidence))
    if plan.service.kind in ("web", "private"):
        health = plan.health.path.value or ("an open port" if plan.health.probes_port else "none")
        rows.append(("health", code(health), plan.health.path.evidence))
    if result.forecast is not None:
        packages = result.forecast.packages
        wheels = sum(package.outcome == "wheel" for package in packages)
        text = f"{len(packages)} distributions, {wheels} from wheels, on {result.forecast.target}"
        rows.append(("packages", element("span", text), ()))
    parts: list[Child] = []
    for name, value, evidence in rows:
        why = element("span", _reason(evidence), class_="why") if evidence else None
        parts += [element("dt", name), element("dd", value, Markup(" "), why)]
    return element("dl", *parts, class_="facts")


def _reason(evidence: Iterable[Evidence]) -> Markup:
    """The first evidence: its place, or its words and the document that they come from."""
    for item in evidence:
        return code(item.place) if item.path else _sourced(item)
    return Markup("")


def _sourced(item: Evidence) -> Markup:
    if item.url and item.url.startswith("https://"):
        seen = f" (read {item.checked})" if item.checked else ""
        return joined(item.text, Markup(" "), element("a", f"source{seen}", href=item.url, rel="noreferrer"))
    return element("span", item.text)


def _blockers(result: Result, names: set[str], number: int) -> Markup:
    assert result.forecast is not None
    target = result.forecast.target
    packages = [package for package in result.forecast.blockers if package.name in names]
    noun = "distribution has" if len(packages) == 1 else "distributions have"
    title = f"{len(packages)} {noun} no wheel for Python {target.minor} here"
    heads = ("Distribution", "Stated", "Why", "First with a wheel")
    shown = html_table(heads, map(_blocker, packages), f"{title}, result {number + 1}")
    heading = element("h4", element("span", "high", class_="pill high"), f" {title} ", code("no-wheel"))
    return element("div", heading, shown, class_="finding high")


def _blocker(package: PackageForecast) -> Row:
    through = f" (needed by {', '.join(package.required_by)})" if not package.direct and package.required_by else ""
    return Row(
        (
            f"{package.name} {package.version}",
            joined(code(place(package.evidence)) if place(package.evidence) else None, through),
            f"{package.reason}.",
            element("span", package.fixed_in or "none", class_="fix" if package.fixed_in else "nofix"),
        )
    )


def _finding(finding: Finding) -> Markup:
    where = place(finding.evidence)
    heading = element(
        "h4",
        element("span", finding.severity.value, class_=f"pill {finding.severity.value}"),
        Markup(" "),
        code(finding.rule),
        Markup(" ") if where else None,
        element("span", where, class_="why") if where else None,
    )
    return element(
        "div",
        heading,
        element("p", said(finding.message)),
        element("p", element("strong", "What to do: "), said(finding.hint), class_="hint"),
        _evidence(finding.evidence),
        class_=f"finding {finding.severity.value}",
    )


def _evidence(evidence: tuple[Evidence, ...]) -> Markup:
    items = [
        element("li", code(item.place) if item.path else None, Markup(" ") if item.path else None, _sourced(item))
        for item in evidence
    ]
    return element("details", element("summary", "Evidence"), element("ul", *items), class_="evidence")


def _inputs(result: Result, number: int) -> Markup | None:
    inputs = result.plan.python.inputs
    if not inputs:
        return None
    rows = [
        Row(
            (
                code(item.evidence.place or item.source),
                code(item.value),
                element("span", item.use.value, class_=f"use {item.use.value}"),
                said(item.reason),
            )
        )
        for item in inputs
    ]
    label = "Where a Python version is written"
    shown = html_table(("Place", "Says", "This builder", "Why"), rows, f"{label}, result {number + 1}")
    return element("details", element("summary", f"{label} ({len(inputs)})"), shown)


def _unknowns(result: Result) -> Markup | None:
    items = [element("li", f"{item.subject}: {item.reason}") for item in result.unknowns]
    items += [element("li", code(item.rule), f" was skipped: {item.reason}") for item in result.skipped]
    if not items:
        return None
    title = f"What could not be told ({len(items)})"
    return element("details", element("summary", title), element("ul", *items), open=bool(result.skipped))
