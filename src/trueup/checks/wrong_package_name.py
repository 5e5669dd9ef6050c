"""A name that is not the distribution that is meant

What it does:
    Compares the names that the project requires with a list of names of modules, placeholders and look-alikes.

Why it fails a deployment:
    The index has no such name, or a placeholder that stops the build on purpose, or another distribution whose module
    has the same name: then the install succeeds and the import fails, or does something else.

Example:
    `sklearn` instead of `scikit-learn`; `jwt` instead of `PyJWT`.

Use instead:
    The distribution that the hint names.

Sources:
    checks/data/names.toml; each row was tried.
"""

from __future__ import annotations

from collections.abc import Iterator

from packaging.specifiers import SpecifierSet

from trueup.checks._code import distributions
from trueup.checks._installed import direct_requirements
from trueup.checks._interface import Check, CheckContext
from trueup.checks._rows import rows
from trueup.model.distribution import Outcome
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity
from trueup.model.requirement import DeclaredRequirement

RULE = "wrong-package-name"
CONSEQUENCES = {
    "high": "the install step fails.",
    "medium": "the install step succeeds, and the service fails where it imports or uses the module.",
    "low": "it installs something that nothing uses.",
}


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each line."""
    known = {row["name"]: row for row in rows("names")["name"]}
    options = context.requirements.options
    if options.index_url or options.extra_index_urls or options.find_links:
        return  # another index may have its own distribution of that name
    for item in direct_requirements(context):
        row = known.get(item.name)
        if row is None or item.url or item.local_path or not _is_about(item, row):
            continue
        if row["severity"] == "high" and _has_wheel(context, item.name):
            continue  # what is said of the sdist holds for other versions: this one installs from a wheel
        yield _finding(context, item, row)


def _has_wheel(context: CheckContext, name: str) -> bool:
    packages = context.forecast.packages if context.forecast is not None else ()
    return any(package.name == name and package.outcome is Outcome.WHEEL for package in packages)


def _is_about(item: DeclaredRequirement, row: dict[str, str]) -> bool:
    """Whether a row is about the version that a line pins; a line that pins none gets the newest."""
    pinned = {one.version for one in SpecifierSet(str(item.specifier)) if one.operator == "=="}
    versions = SpecifierSet(row.get("versions", ""))
    return not pinned or any("*" in one or versions.contains(one, prereleases=True) for one in pinned)


def _finding(context: CheckContext, item: DeclaredRequirement, row: dict[str, str]) -> Finding:
    instead = row.get("instead")
    effect, severity = row["effect"], row["severity"]
    if instead in distributions(context) and instead != item.name:
        effect, severity = (row["beside"], "low") if "beside" in row else (effect, severity)
        hint = f"Remove the line: {instead}, which is meant, is required too."
    else:
        hint = f"Write {instead}." if instead else f"Remove the line: nothing needs {item.name}."
    return Finding(
        rule=RULE,
        severity=Severity(severity),
        confidence=Confidence.MEDIUM if severity == "medium" else Confidence.HIGH,
        message=f"{item.evidence.place or 'The install command'} requires {item.name}. {effect} "
        f"{context.plan.builder} takes the line as it stands: {CONSEQUENCES[severity]}",
        hint=hint,
        evidence=(item.evidence, Evidence.default(effect, row["source"], row["checked"])),
        subject=item.name,
    )


CHECK = Check(RULE, "A name that is not the distribution that is meant", run)
