"""A requirements file in an encoding that only pip reads

What it does:
    Finds requirements files in UTF-16 or UTF-32 with a byte-order mark, as PowerShell's `pip freeze > requirements.txt`
    writes them.

Why it fails a deployment:
    pip itself reads the mark and copes. Railpack and Nixpacks do not: they look for names such as `fastapi` or
    `psycopg2` in the file's bytes to choose the start command and the system libraries, and see none. Heroku's and
    Render's builders only hand the file to pip, and are not reported.

Example:
    requirements.txt beginning with the bytes FF FE.

Use instead:
    UTF-8: `pip freeze | Out-File -Encoding utf8NoBOM requirements.txt`, or save it anew in an editor.

Sources:
    pip 23.2.1, _internal/utils/encoding.py, auto_decode; railwayapp/railpack core/providers/python/python.go
    (usesDep); railwayapp/nixpacks src/providers/python.rs (uses_dep); heroku/heroku-buildpack-python bin/utils
    (is_module_available); heroku/buildpacks-python src/django.rs (is_django_installed): read 2026-11-20.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._interface import Check, CheckContext
from trueup.model.finding import Confidence, Finding, Severity

RULE = "requirements-encoding"

SEARCHED_BY = frozenset({"railpack", "nixpacks"})
"""Builders that look for names in the file's text; Heroku's ask what is installed, Render's leave the file to pip."""


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each file that the install steps read, unless its encoding is already a problem."""
    told = {
        item.path for problem in (*context.plan.problems, *context.requirements.problems) for item in problem.evidence
    }
    for path in context.requirements.files if context.plan.builder in SEARCHED_BY else ():
        file = context.project.whole.get(path)
        if file is None or path in told or not path.endswith((".txt", ".in", ".lock")):
            continue
        if file.encoding in ("utf-16", "utf-32"):
            yield Finding(
                rule=RULE,
                severity=Severity.MEDIUM,
                confidence=Confidence.HIGH,
                message=f"{path} is in {file.encoding.upper()}, with a byte-order mark. pip reads it; "
                f"{context.plan.builder} looks for names in it as UTF-8 and finds none, so that what it infers from "
                "them (start command, system libraries) is missing.",
                hint="Save the file as UTF-8.",
                evidence=(file.evidence(1),),
                subject=path,
            )


CHECK = Check(RULE, "A requirements file in an encoding that only pip reads", run)
