"""An included requirements file is not there yet when the builder installs

What it does:
    Compares the files that a requirements file includes (`-r`, `-c`, `-e`, paths) with the files that the
    builder has copied before the install step; so too the folders from which `--find-links` has pip take packages.

Why it fails a deployment:
    Railpack copies only the manifests of the root directory before it runs `pip install -r requirements.txt`;
    an include of any other path ends the build with `Could not open requirements file`, and of a folder of
    `--find-links` that is not there pip only warns, and then has no package to take.

Example:
    A root `requirements.txt` that says `-r backend/requirements.txt`.

Use instead:
    The requirements themselves in the root file, or `backend` as the service's root directory.

Sources:
    railwayapp/railpack core/providers/python/python.go:435-457 at b5e80580 (2026-08-18).
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._find_links import distributions_in, line_of, taken_from, told
from trueup.checks._interface import Check, CheckContext, reported_problems
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity

RULE = "include-not-copied"


def run(context: CheckContext) -> Iterator[Finding]:
    """What the reader of requirements met, and folders of packages that are not copied."""
    yield from reported_problems(RULE)(context)
    for place in dict.fromkeys(context.requirements.options.find_links):
        if not _is_copied(context, place):
            yield from _links(context, place)


def _is_copied(context: CheckContext, place: str) -> bool:
    """Whether the builder has copied a folder (from the project's root) when it installs."""
    root, visible = context.tree.root_dir, context.plan.visible_at_install
    if root and place != root and not place.startswith(f"{root}/"):
        return False
    if visible is None:
        return True
    inside = place[len(root) + 1 :] if root else place
    folders = [name.strip("/").removeprefix("./") for name in visible]
    return any(name in ("", ".") or inside == name or inside.startswith(f"{name}/") for name in folders)


def _links(context: CheckContext, place: str) -> Iterator[Finding]:
    """What lies in such a folder and would be pushed, as one finding."""
    whole = context.project.whole
    files = distributions_in(place, whole.listing - whole.ignored)
    if not files:
        return
    line, taken = line_of(context, place), taken_from(context, files)
    first = next(iter(files.values()))
    copied = context.plan.visible_at_install
    why = (
        f"it lies outside of the service's root directory {context.tree.root_dir}/, which is all that the build has"
        if copied is None
        else f"{context.plan.builder} copies only {', '.join(copied) or 'nothing'} before it runs the install step"
    )
    yield Finding(
        rule=RULE,
        severity=Severity.HIGH if taken else Severity.LOW,
        confidence=Confidence.MEDIUM,
        message=f"{line.place if line else 'The install step'} has packages taken from {place} (--find-links), and "
        f"{why}: {told(taken)}",
        hint="Publish the packages on an index that the build reaches, or have the builder copy the folder first.",
        evidence=(*((line,) if line else ()), Evidence.found(first, None, f"{first} is there")),
        subject=place,
    )


CHECK = Check(RULE, "An included requirements file is not there yet when the builder installs", run)
