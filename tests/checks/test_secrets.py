"""Committed secrets: one finding for a file, and one place that tells it."""

from __future__ import annotations

import pytest

from tests.checks._contexts import context_of, findings
from trueup.checks.secret_committed import CHECK
from trueup.configuration import Configuration
from trueup.fixing import Checker
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.model.report import Report
from trueup.pipeline import Choice, check

STRIPE = "sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dcQ9"
AWS = "AK" + "IA" + "J7QZ5PLM2XWV9RTB"
ENVIRONMENT = f"STRIPE_KEY={STRIPE}\nDEBUG=1\nAWS_ACCESS_KEY_ID={AWS}\n"
BLUEPRINT = "services:\n" + "".join(
    f"  - type: {kind}\n    name: {name}\n    runtime: python\n    startCommand: python main.py\n"
    for kind, name in (("web", "api"), ("worker", "jobs"), ("worker", "mail"))
)
FILES: dict[str, str | bytes] = {
    "main.py": "print()\n",
    "requirements.txt": "flask\n",
    ".env": ENVIRONMENT,
    "render.yaml": BLUEPRINT,
}


def test_one_finding_names_every_line_of_a_file() -> None:
    (finding,) = findings(CHECK, context_of(FILES, builder="render-native"))
    assert [item.place for item in finding.evidence] == [".env:1", ".env:3"]
    assert (
        ".env:1 holds what looks like a Stripe live key. It also holds an AWS access key in line 3." in finding.message
    )
    assert STRIPE not in repr(finding)
    assert AWS not in repr(finding)


@pytest.mark.parametrize("platforms", [("render",), ("render", "heroku", "railway")])
def test_a_file_is_told_once_for_all_services_and_builders(platforms: tuple[str, ...]) -> None:
    project, context, choice = Project.from_texts(FILES), PlanContext(on="2026-11-20"), Choice(platforms)
    reports: list[Report] = [
        check(project, context, choice, Configuration(), None),
        Checker(context, choice, Configuration(), None).check(project),
    ]
    for report in reports:
        told = [finding for result in report.results for finding in result.findings if finding.rule == CHECK.id]
        assert len(report.results) > 2
        assert [finding.subject for finding in told] == [".env"]
        assert any(finding.rule == CHECK.id for finding in report.results[0].findings)
