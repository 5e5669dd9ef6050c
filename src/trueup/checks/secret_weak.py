"""A signing key stands in the code, or falls back to a fixed text

What it does:
    Finds keys that sign sessions and tokens (SECRET_KEY, JWT_SECRET and the like) which are literals in the code, or
    for which the code has a fallback. A fallback counts only while no file of the platform gives the variable.

Why it fails a deployment:
    It does not fail one: the service starts without the variable, with a key that anyone who reads the code can use
    to forge sessions and tokens.

Example:
    `SECRET_KEY = os.getenv("SECRET_KEY", "dev")`

Use instead:
    `os.environ["SECRET_KEY"]`, and a generated value on the platform.

Sources:
    https://docs.djangoproject.com/en/stable/ref/settings/#secret-key,
    https://flask.palletsprojects.com/en/stable/config/#SECRET_KEY (read 2026-11-20).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from trueup.checks._code import is_overridden, is_python
from trueup.checks._interface import Check, CheckContext
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity
from trueup.sourcecode.module import SourceModule
from trueup.sourcecode.values import FromEnvironment, Known

_OWN = (
    "(django|flask|fastapi|quart|starlette|sanic|app|application|api|web|server|project|site|jwt|token|auth|login|csrf"
    "|wtf|session|cookie|access|refresh|admin|default|my|the|dev|development|prod|production|test|local)"
)
_SIGNING = re.compile(
    r"(?i)^((\w+_)?(jwt_secret(_key)?|jwt_key|signing_key|session_secret|auth_secret)"
    rf"|({_OWN}_)*(app_secret|secret_?key))$"
)
"""Names of keys that sign what the application hands out; STRIPE_SECRET_KEY and TWITTER_APP_SECRET are credentials of
another service."""


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each such key."""
    if not is_python(context) or not context.code.reach.known:
        return
    said: set[str] = set()
    for module in context.code.modules:
        for name, node in _keys(module):
            if is_overridden(context, module, name):
                continue
            value = context.code.evaluator.evaluate(module, node)
            only = len(module.assigned.get(name, ())) < 2
            finding = _judged(context, module, name, node, value, only)
            if finding is not None and finding.subject not in said:
                said.add(finding.subject)
                yield finding
    for variable in context.code.variables:
        is_given = variable.name in context.code.variables_given or variable.name in said
        if _SIGNING.match(variable.name) and variable.default and variable.reachable and not is_given:
            yield _finding(
                variable.evidence[0],
                variable.name,
                f"falls back to a fixed text when {variable.name} is not set",
                Confidence.MEDIUM,
            )


def _keys(module: SourceModule) -> Iterator[tuple[str, ast.expr]]:
    """Every value that is given to a name, key or attribute that means a signing key."""
    for name, values in module.assigned.items():
        if _SIGNING.match(name):
            yield from ((name, value) for value, _ in values)
    for node, _ in module.each(ast.Assign):
        target = node.targets[0]
        name = target.attr if isinstance(target, ast.Attribute) else ""
        if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
            name = str(target.slice.value)
        if _SIGNING.match(name):
            yield name, node.value


def _judged(
    context: CheckContext, module: SourceModule, name: str, node: ast.expr, value: object, only: bool
) -> Finding | None:
    if isinstance(value, Known) and isinstance(value.value, str) and len(value.value) > 0:
        hidden = module.evidence(node, f"{name} = …")
        if not only and name in context.code.variables_given:
            return None
        if not only:
            what = f"gives {name} a fixed text where no other line of the file gives it another"
            return _finding(hidden, name, what, Confidence.MEDIUM)
        return _finding(hidden, name, f"gives {name} a fixed text", Confidence.HIGH)
    if not isinstance(value, FromEnvironment) or value.name in context.code.variables_given:
        return None
    if isinstance(value.default, Known) and value.default.value:
        what = f"falls back to a fixed text when {value.name} is not set"
        return _finding(module.evidence(node, f"{value.name} with a fallback"), value.name, what, Confidence.MEDIUM)
    return None


def _finding(evidence: Evidence, name: str, what: str, confidence: Confidence) -> Finding:
    return Finding(
        rule="secret-weak",
        severity=Severity.MEDIUM if confidence is Confidence.HIGH else Severity.LOW,
        confidence=confidence,
        message=f"{evidence.place} {what}. The service runs with it, and whoever reads the code can forge what "
        "it signs.",
        hint=f'Read it without a fallback (`os.environ["{name.upper()}"]`), and generate a value on the platform.',
        evidence=(Evidence.found(evidence.path or "", evidence.line, f"{name}: the value is not shown"),),
        subject=name,
        brief=f"{what}: whoever reads the code can forge what it signs",
    )


CHECK = Check("secret-weak", "A signing key stands in the code, or falls back to a fixed text", run)
