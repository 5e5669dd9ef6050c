"""The code needs a newer Python than the platform takes

What it does:
    Follows the imports from the start command and finds, for every module that is imported at start, the syntax, the
    evaluated annotations, the standard-library modules and the names that came with a later Python.

Why it fails a deployment:
    The image builds; the start ends in a SyntaxError, a TypeError or an ImportError.

Example:
    `from datetime import UTC` on Python 3.10; a `match` statement on Python 3.9.

Use instead:
    A Python that has what the code uses, or the older way of writing it.

Sources:
    https://docs.python.org/3/whatsnew/ of each version; checks/data/stdlib.toml.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._code import is_python
from trueup.checks._interface import Check, CheckContext
from trueup.checks._rows import rows
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity, Skipped
from trueup.sourcecode.module import SourceModule
from trueup.sourcecode.syntax import Needs, is_older, needed_python, newer_syntax


def run(context: CheckContext) -> Iterator[Finding | Skipped]:
    """One finding for each module that is imported at start and needs a newer Python."""
    minor = context.plan.python.minor
    if not is_python(context) or minor is None or not context.code.reach.known:
        return
    for path in context.code.reach.at_start:
        module = context.code.code.module(path)
        if module is None:
            continue
        newer = newer_syntax(module)
        if newer is not None and is_older(minor, newer.minor):
            yield _finding(context, module, newer, minor)
            continue
        if module.tree is None:
            yield Skipped("syntax-too-new", f"{module.file.path}: {module.problem}")
            continue
        needs = [found for found in (needed_python(module), _newest_name(module)) if found]
        worst = max(needs, key=lambda item: tuple(map(int, item.minor.split("."))), default=None)
        if worst is not None and is_older(minor, worst.minor):
            yield _finding(context, module, worst, minor)


def _newest_name(module: SourceModule) -> Needs | None:
    """The module or name of the standard library that came last, of those imported unguarded at start."""
    data = rows("stdlib")["added"]
    found: list[Needs] = []
    for item in module.imports:
        site = item.site
        if not site.at_import or site.is_conditional or site.handled or site.in_handler:
            continue
        head = item.module.partition(".")[0]
        since = data["modules"].get(item.module) or data["modules"].get(head) or data["names"].get(item.target)
        if since:
            found.append(Needs(since, f"{item.target} of the standard library", item.line))
    return max(found, key=lambda item: tuple(map(int, item.minor.split("."))), default=None)


def _finding(context: CheckContext, module: SourceModule, needs: Needs, minor: str) -> Finding:
    evidence = module.evidence(needs.line)
    data = rows("stdlib")["added"]
    return Finding(
        rule="syntax-too-new",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        message=f"{evidence.place} uses {needs.what}, which came with Python {needs.minor}; the service runs on Python "
        f"{minor}. The image builds, and the start fails while this module is imported.",
        hint=f"Pin Python {needs.minor} or later, or write it in the older way.",
        evidence=(
            evidence,
            *context.plan.python.evidence[:1],
            Evidence.default(f"{needs.what} is new in Python {needs.minor}", data["source"], data["checked"]),
        ),
        subject=module.file.path,
    )


CHECK = Check("syntax-too-new", "The code needs a newer Python than the platform takes", run)
