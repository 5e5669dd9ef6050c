"""A Python version is written where this builder does not read it

What it does:
    Finds every place of the project that states a Python version (version files, manifests, configuration) and says
    which of them this builder reads; each other one is named with the reason.

Why it fails a deployment:
    The file looks like a pin and is none: the platform takes its default, and when the default moves, pins without a
    wheel for it break without a commit.

Example:
    `runtime.txt` on Render; `.python-version` at the repository's root when the service's root directory is
    `backend/`.

Use instead:
    The pin in the file that this builder reads, inside the service's root directory.

Sources:
    The builders' version rules, cited in platforms/builders and platforms/data.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from trueup.checks._interface import Check, CheckContext
from trueup.model.finding import Confidence, Finding, Severity
from trueup.model.plan import InputUse, VersionInput
from trueup.platforms._statements import ignored_evidence

CONSTRAINTS = (
    "requires-python",
    "requires_python",
    "python_requires",
    "python-versions",
    "tool.poetry.dependencies.python",
    "FROM",
    "Dockerfile",
)
"""Places that say which Pythons would do, not which one to take: not reading them misleads nobody about a pin."""


_MEANS_PYTHON = re.compile(r"(?i)[^a-z0-9]*(?:[cp]?y?python|pypy|graalpy)?(?:[-_ ]?(?:version|runtime))?[^a-z0-9]*v?\d")
"""How a line of runtime.txt begins that means a version; the file is also found with requirements or prose in it."""


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each place that is not read; a lesser one where the version that is taken agrees with it.

    A service that the builder takes for another language needs no Python: there a version misleads nobody.
    """
    if context.plan.detected.value not in (None, "python") and context.plan.python.version is None:
        return
    told = {
        (evidence.path, evidence.line)
        for problem in context.plan.problems
        if problem.rule == "unknown-configuration-key"
        for evidence in problem.evidence
    }
    is_stopped = context.plan.package_manager.value is None and any(
        problem.rule == "builder-error" for problem in context.plan.problems
    )
    for item in context.plan.python.inputs:
        if item.use is not InputUse.IGNORED or any(word in item.source for word in CONSTRAINTS):
            continue
        if is_stopped and posixpath.dirname(item.evidence.path or "") != context.tree.root_dir:
            continue  # the build stops for want of the very folder in which it lies
        if is_stopped and ignored_evidence(context.plan, item) is None:
            continue  # the build stops before the builder looks for it
        if item.source == "runtime.txt" and not _MEANS_PYTHON.match(item.value):
            continue
        if not _is_copy(context, item) and not _is_key_told(item, told):
            yield _finding(context, item)


def _is_copy(context: CheckContext, item: VersionInput) -> bool:
    """Whether Pipfile and Pipfile.lock say the same, or what is taken: Pipenv copies the one's version to the other."""
    if item.source.startswith("Pipfile.lock") and _agrees(context, item):
        return True
    if not item.source.startswith("Pipfile") or context.plan.package_manager.value != "pipenv":
        return False
    decider = next((other for other in context.plan.python.inputs if other.use is InputUse.DECIDES), None)
    is_of_lock = decider is not None and decider.source.startswith("Pipfile.lock") and decider.value == item.value
    return is_of_lock or (decider is not None and _agrees(context, item))


def _is_key_told(item: VersionInput, told: set[tuple[str | None, int | None]]) -> bool:
    """Whether the key that states the version is already reported as one that nobody knows (a table by its header)."""
    path, line = item.evidence.path, item.evidence.line or 0
    return any(path == other and other_line in (line, line - 1) for other, other_line in told)


def _agrees(context: CheckContext, item: VersionInput) -> bool:
    """Whether a place names the minor that is taken."""
    wanted = ".".join(part for part in item.value.replace("python-", "").strip().split(".")[:2])
    return context.plan.python.minor is not None and context.plan.python.minor == wanted


def _finding(context: CheckContext, item: VersionInput) -> Finding:
    plan = context.plan
    taken = f"takes Python {plan.python.effective} ({plan.python.source})"
    decider = next((other for other in plan.python.inputs if other.use is InputUse.DECIDES), None)
    if plan.python.effective is None:
        taken = "has no Python of which the version is known"
        taken = f"goes by {decider.evidence.place or decider.source}" if decider else taken
    evidence = [item.evidence]
    rule = ignored_evidence(plan, item)
    evidence += [rule] if rule else []
    source = "" if item.source == posixpath.basename(item.evidence.path or "") else f" ({item.source})"
    return Finding(
        rule="version-file-not-read",
        severity=Severity.LOW if _agrees(context, item) or decider else Severity.MEDIUM,
        confidence=Confidence.HIGH,
        message=f"{item.evidence.place} states Python {item.value}{source}. {item.reason} {plan.builder} {taken}.",
        hint=_hint(context, item, decider),
        evidence=tuple(evidence),
        subject=item.evidence.place or item.source,
        brief=f"states Python {item.value}; {plan.builder} does not read it here",
    )


def _hint(context: CheckContext, item: VersionInput, decider: VersionInput | None) -> str:
    plan = context.plan
    has_decider = decider is not None and not decider.source.startswith("--")
    place = (decider.evidence.place or decider.source) if decider is not None else ""
    if plan.package_manager.value == "pipenv" and item.source.startswith("Pipfile"):
        # The lockfile holds a hash of the Pipfile, its [requires] included, and `pipenv install --deploy` compares it.
        first = "Write" if has_decider else f"Pin Python where {plan.builder} reads it, write"
        which = f"the Python of {place}" if has_decider else "the same"
        return f"{first} {which} into the Pipfile, and run `pipenv lock`."
    if has_decider:
        return f"Remove this line, or keep it in step with {place}, which decides."
    return f"Pin Python where {plan.builder} reads it, or remove this line."


CHECK = Check("version-file-not-read", "A Python version is written where this builder does not read it", run)
