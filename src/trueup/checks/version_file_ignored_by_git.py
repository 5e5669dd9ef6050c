"""A file that decides the build is kept out of the repository

What it does:
    Compares the files that decide about Python, requirements and the build with the patterns of .gitignore; files that
    git tracks all the same do not count. So too the folders from which `--find-links` has pip take packages.

Why it fails a deployment:
    The platform builds what is pushed. The file works on one machine and does not exist in the build: the builder takes
    its default, or finds no manifest. Of a folder of `--find-links` that is not there pip only warns, and then has no
    package to take where the index does not have it too.

Example:
    `.python-version` in .gitignore, as older templates have it; `*.lock` among the patterns; `--find-links wheels` with
    `wheels/` among them.

Use instead:
    The file in the repository: remove the pattern, or `git add --force` it.

Sources:
    gitignore(5); an older template with .python-version among its patterns: github/gitignore Python.gitignore at
    019c828f, read 2026-11-20 (it has `wheels/` too). A place that is not there: pip's _internal/index/sources.py,
    build_source, and _internal/index/collector.py, read 2026-11-20.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from trueup.checks._find_links import distributions_in, line_of, taken_from, told
from trueup.checks._interface import Check, CheckContext
from trueup.checks._text import listed
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity
from trueup.model.plan import InputUse

RULE = "version-file-ignored-by-git"


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each file that the plan reads and git leaves out."""
    ignored = context.project.whole.ignored
    for path, what in _deciding(context).items():
        if path in ignored:
            yield _finding(context, path, what)
    for place in dict.fromkeys(context.requirements.options.find_links):
        yield from _links(context, place)


def _deciding(context: CheckContext) -> dict[str, str]:
    """The paths that this plan rests on, each with what it decides."""
    found: dict[str, str] = {}
    for manifest in context.plan.manifests:
        found[context.tree.in_project(posixpath.normpath(manifest))] = "what is installed"
    found.update(dict.fromkeys(context.requirements.files, "what is installed"))
    for item in context.plan.python.inputs:
        if item.use is InputUse.DECIDES and item.evidence.path:
            found[item.evidence.path] = f"Python {item.value}"
    for evidence in context.plan.start.evidence[:1]:
        if evidence.path and context.plan.start.value:
            found.setdefault(evidence.path, "the start command")
    return found


def _finding(context: CheckContext, path: str, what: str) -> Finding:
    rules = _rules(context, path)
    return Finding(
        rule=RULE,
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        message=f"{path} decides {what}, and {rules} keeps it out of the repository. {context.plan.builder} builds "
        "what is pushed, does not see the file, and decides without it: this prediction holds where the file is there.",
        hint=f"Remove its pattern from {rules}, or commit it with `git add --force {path}`.",
        evidence=(
            Evidence.found(path, None, f"{path} is there"),
            Evidence.found(rules, None, f"{rules} covers {path}"),
        ),
        subject=path,
    )


def _links(context: CheckContext, place: str) -> Iterator[Finding]:
    """What a folder of `--find-links` holds and git leaves out, as one finding."""
    kept_out = distributions_in(place, context.project.whole.ignored)
    if not kept_out:
        return
    first = next(iter(kept_out.values()))
    rules, line = _rules(context, first), line_of(context, place)
    taken = taken_from(context, kept_out)
    yield Finding(
        rule=RULE,
        severity=Severity.HIGH if taken else Severity.LOW,
        confidence=Confidence.MEDIUM,
        message=f"{line.place if line else 'The install step'} has packages taken from {place} (--find-links), and "
        f"{rules} keeps {listed(kept_out.values())} out of the repository. {context.plan.builder} builds what is "
        f"pushed: {told(taken)} This prediction holds where the files are there.",
        hint=f"Commit what is needed with `git add --force {first}`, or publish it on an index that the build reaches.",
        evidence=(
            *((line,) if line else ()),
            Evidence.found(first, None, f"{first} is there"),
            Evidence.found(rules, None, f"{rules} covers {first}"),
        ),
        subject=first if place == "." else place,
    )


def _rules(context: CheckContext, path: str) -> str:
    return next((name for name in _gitignores(path) if context.project.whole.has(name)), ".gitignore")


def _gitignores(path: str) -> Iterator[str]:
    folder = posixpath.dirname(path)
    while folder:
        yield f"{folder}/.gitignore"
        folder = posixpath.dirname(folder)
    yield ".gitignore"


CHECK = Check(RULE, "A file that decides the build is kept out of the repository", run)
