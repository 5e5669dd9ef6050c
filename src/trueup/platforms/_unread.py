"""Files that a builder may read and trueup did not: too large, no plain file, or a link that leaves the project."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase

from trueup.model.evidence import Evidence, Unknown
from trueup.model.finding import Confidence, Problem, Severity
from trueup.model.plan import BuildPlan
from trueup.model.project import Project, SourceFile
from trueup.reading import manifest_patterns

RULE = "unreadable-file"


def tell_unread(plan: BuildPlan, project: Project) -> BuildPlan:
    """The plan with a problem and an unknown for each manifest at the roots that was not read.

    Those that the install steps read are left to the reading of requirements, which says the same of them.
    """
    tree = project.subtree(plan.service.root_dir.value)
    told = {item.path for problem in plan.problems if problem.rule == RULE for item in problem.evidence}
    told |= {tree.in_project(path) for path in plan.manifests}
    files = {file.path: file for view in (project.whole, tree) for path, file in view.files.items() if "/" not in path}
    unread = [file for path, file in sorted(files.items()) if file.problem and path not in told and _is_manifest(path)]
    if not unread:
        return plan
    return replace(
        plan,
        problems=(*plan.problems, *(_problem(plan, file) for file in unread)),
        unknowns=(*plan.unknowns, *(_unknown(file) for file in unread)),
    )


def _is_manifest(path: str) -> bool:
    name = path.rpartition("/")[2]
    return not name.startswith(".env") and any(fnmatchcase(name, pattern) for pattern in manifest_patterns())


def _problem(plan: BuildPlan, file: SourceFile) -> Problem:
    return Problem(
        rule=RULE,
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        subject=file.path,
        message=f"{file.path} was not read: {file.problem}. {plan.builder} may read it. This prediction was made "
        "without it, and may be wrong for that.",
        hint=f"Make {file.path} a plain file of the project, as small as such a file is, or remove it.",
        evidence=(Evidence.found(file.path, None, ""),),
    )


def _unknown(file: SourceFile) -> Unknown:
    return Unknown(
        file.path, f"it was not read: {file.problem}", (Evidence.found(file.path, None, ""),), essential=True
    )
