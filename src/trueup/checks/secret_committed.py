"""A file of the repository holds what looks like a real secret

What it does:
    Looks through the files that are committed (what .gitignore keeps out does not count) for keys and tokens of known
    shapes, and through environment files and blueprints for random values under names such as SECRET_KEY. It never
    shows a value: only kind and line.

Why it fails a deployment:
    It does not fail one: whoever can read the repository can use the secret, and it stays in the history.

Example:
    A committed .env with a live Stripe key.

Use instead:
    The platform's own variables; revoke what was committed.

Sources:
    The issuers' pages, cited in sourcecode/secrets.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trueup.checks._interface import Check, CheckContext
from trueup.checks._text import listed
from trueup.manifests import dotenv
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity
from trueup.model.project import SourceFile
from trueup.sourcecode.environment import looks_secret
from trueup.sourcecode.secrets import CommittedSecret, committed_secrets, looks_random

MOST_NAMED = 6
_NOT_SERVED = frozenset({"test", "tests", "fixtures", "docs", "examples", "node_modules", "testdata"})
_ADDRESS = re.compile(r"https?://(?:([^/@]*)@)?[^/@]+(?:/(.*))?", re.DOTALL)
_LOCKFILES = (".lock", "package-lock.json", "pylock.toml")


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each file that holds secrets, and one for what a blueprint gives this service."""
    whole = context.project.whole
    told: set[tuple[str, int]] = set()
    for path in sorted(whole.files):
        if path in whole.ignored or path.endswith(_LOCKFILES) or _NOT_SERVED & set(path.split("/")[:-1]):
            continue
        file = whole.files[path]
        said = {found.line: found for found in committed_secrets(file)}
        if _is_environment_file(path):
            said = {found.line: found for found in _by_name(file)} | said
        told |= {(path, line) for line in said}
        if said:
            yield _finding(file, [said[line] for line in sorted(said)], path)
    for variable in context.plan.service.variables:
        if variable.value and looks_secret(variable.name) and looks_random(variable.value):
            line = variable.evidence.line or 1
            owner = whole.files.get(variable.evidence.path or "")
            if owner is not None and (owner.path, line) not in told:
                kind = f"a value for {variable.name}"
                yield _finding(owner, [CommittedSecret(kind, line)], f"{owner.path}:{line} {kind}")


def _is_environment_file(path: str) -> bool:
    name = path.rpartition("/")[2]
    is_example = any(word in name for word in ("example", "sample", "template", "tmpl", "dist", "test"))
    return (name == ".env" or name.startswith(".env.") or name.endswith(".env")) and not is_example


def _by_name(file: SourceFile) -> Iterator[CommittedSecret]:
    for entry in dotenv.parse(file).entries:
        if entry.value and looks_secret(entry.name) and entry.looks_real and _looks_random(entry.value):
            yield CommittedSecret(f"a value for {entry.name}", entry.line)


def _looks_random(value: str) -> bool:
    """Whether a value looks made by a generator; of an address (`…_TOKEN_URI`), a part before or behind its host."""
    address = _ADDRESS.fullmatch(value)
    parts = re.split(r"[/?&=:]", f"{address[1] or ''}/{address[2]}") if address else [value]
    return any(looks_random(part) for part in parts)


def _finding(file: SourceFile, found: Sequence[CommittedSecret], subject: str) -> Finding:
    first = found[0]
    others = [f"{one.kind} in line {one.line}" for one in found[1:MOST_NAMED]]
    more = len(found) - 1 - len(others)
    others += [f"{more} more"] if more else []
    also = f" It also holds {listed(others)}." if others else ""
    return Finding(
        rule="secret-committed",
        severity=Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
        message=f"{file.path}:{first.line} holds what looks like {first.kind}.{also} Whoever can read the repository, "
        "or its history, can use what is there.",
        hint="Revoke it, give the new one to the service as a variable of the platform, and keep the file out of "
        "commits (.gitignore).",
        evidence=tuple(Evidence.found(file.path, one.line, f"{one.kind}; the line is not shown") for one in found),
        subject=subject,
        brief=f"holds what looks like {first.kind}{f' and {len(found) - 1} more' if also else ''}: revoke it",
    )


CHECK = Check(
    "secret-committed", "A file of the repository holds what looks like a real secret", run, is_about_repository=True
)
