"""Distributions that install together and then fail

What it does:
    Looks up the resolved set, direct and transitive, in a list of combinations that pip accepts and that then fail
    when they are imported or used: two distributions, a distribution without another one that it imports, or a
    distribution on a Python. A project can add its own in trueup.toml under `[[pairs]]`.

Why it fails a deployment:
    The build succeeds, because no metadata forbids the combination; the service dies at its start, or at the first
    request that uses the part, often weeks after the pin of one of the two was moved.

Example:
    `openai==1.55.0` with `httpx==0.28.1`: every client fails with `unexpected keyword argument 'proxies'`.

Use instead:
    The nearest version of one of the two that works with the other, as the hint says.

Sources:
    checks/data/pairs.toml; each row was installed and run, or cites the report of the maintainers.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache

from packaging.utils import canonicalize_name

from trueup.checks._installed import Installed, InstalledSet, installed
from trueup.checks._interface import Check, CheckContext
from trueup.checks._rows import rows
from trueup.checks._text import listed
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity, Skipped
from trueup.model.pair import Pair

_IMPORT = re.compile(r"`import ([\w.]+)`")
_MANIFEST = re.compile(
    r"requirements|constraints|\.lock$|^pyproject\.toml$|^Pipfile$|^setup\.cfg$|^environment\.ya?ml$"
)
_MAY_NAME = re.compile(r"^[^.]+$|\.(?:toml|cfg|ini|conf|sh|ya?ml|json)$")
_TAKEN_WHERE_PRESENT = frozenset(
    {"numexpr", "bottleneck", "pyarrow", "tables", "h5py", "netCDF4", "onnxruntime", "six"}
)
"""Modules that other distributions import by themselves where they are there (pandas, transformers and others)."""


@cache
def known_pairs() -> tuple[Pair, ...]:
    """The rows of data/pairs.toml."""
    return tuple(Pair.from_row(row) for row in rows("pairs")["pairs"])


def run(context: CheckContext) -> Iterator[Finding | Skipped]:
    """One finding for each combination of the set."""
    requirements = context.requirements
    if not (requirements.requirements or requirements.locked):
        return
    found = installed(context)
    for pair in (*known_pairs(), *context.configuration.pairs):
        package = found.matching(pair.package, pair.versions)
        if package is not None and _holds(context, pair, found):
            yield _finding(context, pair, package, found)
    if not found.complete:
        yield Skipped("incompatible-at-start", _why_incomplete(context))


def _why_incomplete(context: CheckContext) -> str:
    if context.forecast is None:
        return f"only what is pinned was looked at: {context.forecast_reason}"
    return "the set has conflicts or parts that could not be looked at"


def _holds(context: CheckContext, pair: Pair, found: InstalledSet) -> bool:
    target = context.plan.target
    if pair.python is not None and (target is None or not pair.python.contains(target.version)):
        return False
    if pair.companion is not None and not found.matching(pair.companion, pair.companion_versions):
        return False
    if pair.program is not None and not _may_run(context, pair.program):
        return False
    if pair.absent is None:
        return True
    # What could not be looked at may bring it, where the rest was resolved: that makes the finding less sure, not mute.
    return (found.complete or context.forecast is not None) and pair.absent not in found.distributions


def _may_run(context: CheckContext, program: str) -> bool:
    """Whether the service runs a program, or what may run it: a script that was not read, an unknown tool."""
    started = context.code.starts
    if not started or any(start.parsed.unclear or not start.parsed.programs for start in started):
        return True
    return any(
        program in start.parsed.text or one.server == "other" or program in one.text
        for start in started
        for one in start.parsed.programs
    )


def _finding(context: CheckContext, pair: Pair, package: Installed, found: InstalledSet) -> Finding:
    evidence = [*package.evidence]
    beside = ""
    if pair.companion is not None:
        companion = found.distributions[canonicalize_name(pair.companion)]
        evidence += companion.evidence
        beside = f" beside {_told(companion)}"
    elif pair.absent is not None:
        seen = "" if found.complete else " that could be seen"
        beside = f" without {'any ' if seen else ''}{pair.absent}{seen}"
    if pair.python is not None:
        beside += f" on Python {context.plan.python.minor}"
    source = Evidence.default(pair.effect, pair.source, pair.checked)
    is_sure = package.direct and (pair.absent is None or found.complete)
    confidence = pair.confidence if is_sure else min(pair.confidence, Confidence.MEDIUM, key=lambda c: c.rank)
    unused = _unused_module(context, pair, package) if found.complete else ""
    if unused:
        confidence = Confidence.LOW
    aside = f" No file of the service names {unused}: it may be that nothing imports it." if unused else ""
    return Finding(
        rule="incompatible-at-start",
        severity=Severity.LOW if unused else pair.severity,
        confidence=confidence,
        message=f"{_told(package)} is installed{beside}. pip accepts that, and no build stops for it. "
        f"{pair.effect}{aside}",
        hint=pair.hint,
        evidence=(*dict.fromkeys(evidence), source),
        subject=f"{pair.package} {pair.companion or pair.absent or 'python'}",
    )


def _unused_module(context: CheckContext, pair: Pair, package: Installed) -> str:
    """The module whose import would fail, where nothing asks for it: no distribution, and no text of the service."""
    found = _IMPORT.match(pair.effect)
    if found is None or context.forecast is None or not package.direct or package.required_by:
        return ""
    name = found[1].partition(".")[0]
    if name in _TAKEN_WHERE_PRESENT:
        return ""
    word = re.compile(rb"(?<![\w-])" + re.escape(name.encode()) + rb"(?![\w-])")
    for path in context.tree.listing:
        base = path.rpartition("/")[2]
        is_code = base.endswith(".py")
        if not is_code and (_MANIFEST.search(base) or not _MAY_NAME.search(base)):
            continue
        file = context.tree.get(path)
        if is_code if file is None else word.search(file.data):
            return ""
    return name if _imports_others(context) else ""


def _imports_others(context: CheckContext) -> bool:
    """Whether the code is there to look at: it imports something that is neither Python's own nor the project's."""
    code, search = context.code.code, context.code.reach.search
    names = {item.module.partition(".")[0] for module in context.code.modules for item in module.imports}
    return any(name and name not in sys.stdlib_module_names and not code.find(name, search) for name in names)


def _told(package: Installed) -> str:
    place = next((item.place for item in package.evidence if item.path), "")
    if package.direct:
        where = f" ({place})" if place else ""
    else:
        where = f" (needed by {listed(package.required_by) or 'others'})"
    return f"{package.name} {package.version}{where}"


CHECK = Check("incompatible-at-start", "Distributions that install together and then fail", run)
