"""What a person has to run or decide: the commands are shown, and trueup never runs them.

Each is display-only: it runs a platform's own tool, needs an account, or writes git's index, which trueup never does.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.model.finding import Applicability, Finding
from trueup.model.repair import Repair, RepairKind
from trueup.repair._candidates import identified
from trueup.repair._interface import Candidate, Family, Proposal, RepairContext

RULES = ("railway-config-deprecated", "version-file-ignored-by-git")
COMMANDS = {
    "railway-config-deprecated": (
        "Move Railway's settings to its new file",
        RepairKind.CONFIG,
        ("railway config migrate --apply",),
        "Railway's own tool writes .railway/railway.ts; no file says what the dashboard holds besides",
    ),
    "version-file-ignored-by-git": (
        "Commit {path}, which .gitignore leaves out",
        RepairKind.IGNORE,
        ("git add --force {path}",),
        "the platform builds what is pushed; trueup never stages or commits",
    ),
}


def propose(context: RepairContext) -> Iterator[Proposal]:
    """One note for each finding."""
    done: set[tuple[str, str]] = set()
    for _, finding in context.findings(*RULES):
        if (finding.rule, finding.subject) not in done:
            done.add((finding.rule, finding.subject))
            yield Candidate(_note(finding))


def _note(finding: Finding) -> Repair:
    title, kind, commands, reason = COMMANDS[finding.rule]
    return Repair(
        id=identified(f"by-hand-{finding.rule}-{finding.subject}"),
        title=title.replace("{path}", finding.subject),
        kind=kind,
        applicability=Applicability.DISPLAY_ONLY,
        resolves=(finding.rule,),
        reason=reason,
        commands=tuple(command.replace("{path}", finding.subject) for command in commands),
        evidence=finding.evidence,
    )


FAMILY = Family("by-hand", "what trueup does not do itself", RULES, propose)
