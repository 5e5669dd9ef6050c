"""A requirement that points to a path of one machine

What it does:
    Finds requirements whose file lies outside the project: `file:///…`, an absolute path, a drive letter, or the
    `@ file:///…/conda-bld/…` that `pip freeze` writes in a conda environment.

Why it fails a deployment:
    The build has the project's own files and nothing else; pip stops at the line and installs nothing.

Example:
    `certifi @ file:///croot/certifi_1671487769961/certifi`

Use instead:
    `certifi==2022.12.7`: write the file with `pip list --format=freeze`, which knows no paths.

Sources:
    pip's requirements file format; the conda issue on `pip freeze`, https://github.com/conda/conda/issues/10885.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trueup.checks._installed import direct_requirements
from trueup.checks._interface import Check, CheckContext, reported_problems
from trueup.model.finding import Confidence, Finding, Severity

RULE = "local-path-requirement"
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def run(context: CheckContext) -> Iterator[Finding]:
    """What the reader of requirements met, and addresses that are drive letters."""
    yield from reported_problems(RULE)(context)
    for item in direct_requirements(context):
        if item.url and _DRIVE.match(item.url):
            yield Finding(
                rule=RULE,
                severity=Severity.HIGH,
                confidence=Confidence.HIGH,
                message=f"{item.evidence.place} takes {item.name} from `{item.url}`, a path of one machine. The build "
                "has only the project's own files; pip takes the drive letter for a kind of address that it does not "
                "know, and the install step fails.",
                hint=f"Write `{item.name}==version`, as `pip list --format=freeze` does.",
                evidence=(item.evidence,),
                subject=item.name,
            )


CHECK = Check(RULE, "A requirement that points to a path of one machine", run)
