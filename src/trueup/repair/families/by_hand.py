"""What a person has to run or decide: the commands are shown, and trueup never runs them.

Each is display-only: it runs a platform's own tool, needs an account, or writes git's index, which trueup never does.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.manifests.railway_json import load_railway
from trueup.model.finding import Applicability, Finding
from trueup.model.repair import Repair, RepairKind
from trueup.platforms._railway_code import Translation, service_fields, typescript
from trueup.repair._candidates import identified
from trueup.repair._interface import Candidate, Family, Proposal, RepairContext

RULES = ("railway-config-deprecated", "version-file-ignored-by-git")
COMMANDS = {
    "railway-config-deprecated": (
        "Move the settings of {path} to .railway/railway.ts",
        RepairKind.CONFIG,
        ("railway config pull", "railway config plan", "railway config apply", "git rm {path}"),
        "",
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
            yield Candidate(_note(context, finding))


def _note(context: RepairContext, finding: Finding) -> Repair:
    title, kind, commands, reason = COMMANDS[finding.rule]
    if finding.rule == "railway-config-deprecated":
        reason = _moved(context, finding.subject)
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


def _moved(context: RepairContext, path: str) -> str:
    """What the service of the new file has to say, and why trueup does not write that file.

    Railway plans away whatever a declared service does not say, its variables and its source among it, and only the
    account knows those; `railway config migrate` leaves out builder, Dockerfile, cron and restart policy besides
    (railwayapp/cli@df3838bf, src/commands/config/migrate.rs:261-330; github.com/railwayapp/cli/issues/1199; read
    2026-11-20).
    """
    file = context.project.whole.get(path)
    translation = service_fields(load_railway(file)) if file is not None else Translation({}, ())
    said = typescript(translation.fields)[2:-2] if translation.fields else "nothing: the file sets nothing"
    left_out = f"; not carried over: {', '.join(translation.left_out)}" if translation.left_out else ""
    return (
        "`pull` writes what the account knows, variables kept; then write into its service, before `plan`: "
        f"{said}{left_out}. What the new file does not say is removed from the service, so that trueup, which does not "
        f"know its variables, cannot write it. If `plan` stops as {path} manages the service, clear its Config File "
        f"setting. Remove {path} once that is applied"
    )


FAMILY = Family("by-hand", "what trueup does not do itself", RULES, propose)
