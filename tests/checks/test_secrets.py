"""Committed secrets: one finding for a file, and one place that tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checks._contexts import context_of, findings
from trueup.checks.secret_committed import CHECK
from trueup.configuration import Configuration
from trueup.fixing import Checker
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.model.report import Report
from trueup.pipeline import Choice, check
from trueup.reading import read_project

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


RANDOM = "Zq7Lw2Xk9Vb4Nm8Rt6Hc3Jd"


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ("https://oauth2.googleapis.com/token", 0),
        ("https://accounts.google.com/o/oauth2/v2/auth", 0),
        (f"https://hooks.slack.com/services/{RANDOM}", 1),
        (f"https://user:{RANDOM}@packages.corp.org/simple", 1),
        (f"https://api.service.org/v1?key={RANDOM}", 1),
        (RANDOM, 1),
    ],
)
def test_an_address_is_a_secret_only_where_a_part_of_it_is(value: str, count: int) -> None:
    texts: dict[str, str | bytes] = {"main.py": "", "requirements.txt": "", ".env": f"SERVICE_TOKEN_URI={value}\n"}
    assert len(findings(CHECK, context_of(texts))) == count


def test_a_private_key_in_a_file_of_its_own(tmp_path: Path) -> None:
    begin, end = (f"-----{word} RSA PRIVATE KEY-----" for word in ("BEGIN", "END"))
    (tmp_path / "main.py").write_text("")
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / "server.pem").write_text(f"{begin}\n{RANDOM}{RANDOM[::-1]}+/{RANDOM}\n{end}\n")
    (tmp_path / "bundle.pem").write_text(f"-----BEGIN CERTIFICATE-----\n{RANDOM}{RANDOM}\n-----END CERTIFICATE-----\n")
    choice = Choice(("heroku",), ("heroku-classic",))
    report = check(read_project(tmp_path), PlanContext(on="2026-11-20"), choice, Configuration(), None)
    told = [finding.evidence[0].place for finding in report.results[0].findings if finding.rule == CHECK.id]
    assert told == ["server.pem:1"]
