"""The application refuses the host name that the platform asks with

What it does:
    Reads Django's ALLOWED_HOSTS (and Starlette's TrustedHostMiddleware) where it is a plain list, and compares it with
    the host of the platform's health check and with the platform's own domain.

Why it fails a deployment:
    The application answers 400 to the health check, and the deploy is taken for broken; or every visitor gets 400.

Example:
    `ALLOWED_HOSTS = ["localhost"]` with `DEBUG = False`.

Use instead:
    The service's own names from a variable, and the host of the health check.

Sources:
    https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts (read 2026-11-20); checks/data/hosts.toml.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trueup.checks._code import is_python, platform_row, rule, title
from trueup.checks._interface import Check, CheckContext
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity
from trueup.sourcecode.module import SourceModule
from trueup.sourcecode.values import Known, Several, without_environment

_CHANGES = frozenset({"append", "extend", "insert"})


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for a list that surely lacks what the platform asks with."""
    row = platform_row(context, "hosts")
    if row is None or not is_python(context) or context.plan.service.kind != "web" or not context.code.reach.known:
        return
    for module in context.code.modules:
        for node, name in _lists(module):
            hosts = _hosts(context, module, node)
            if hosts is None or "*" in hosts:
                continue
            if name == "ALLOWED_HOSTS" and not hosts and not _debug_is_off(context, module):
                continue
            yield from _judged(context, row, module.evidence(node), name, hosts)


def _lists(module: SourceModule) -> Iterator[tuple[ast.expr, str]]:
    values = module.assigned.get("ALLOWED_HOSTS", [])
    changed = any(
        isinstance(call.func, ast.Attribute)
        and call.func.attr in _CHANGES
        and module.qualified(call.func.value) == "ALLOWED_HOSTS"
        for call, _ in module.each(ast.Call)
    ) or any(isinstance(n.target, ast.Name) and n.target.id == "ALLOWED_HOSTS" for n, _ in module.each(ast.AugAssign))
    if len(values) == 1 and not changed and "INSTALLED_APPS" in module.assigned:
        yield values[0][0], "ALLOWED_HOSTS"
    for call, _ in module.each(ast.Call):
        first = module.qualified(call.args[0]) if call.args else ""
        if module.qualified(call.func).endswith(".add_middleware") and first.endswith("TrustedHostMiddleware"):
            yield from ((k.value, "allowed_hosts") for k in call.keywords if k.arg == "allowed_hosts")


def _hosts(context: CheckContext, module: SourceModule, node: ast.expr) -> list[str] | None:
    """The names, where every one is a literal."""
    value = context.code.evaluator.evaluate(module, node)
    if not isinstance(value, Several):
        return None
    found = [item.value for item in value.items if isinstance(item, Known) and isinstance(item.value, str)]
    return [str(host).lower() for host in found] if len(found) == len(value.items) else None


def _debug_is_off(context: CheckContext, module: SourceModule) -> bool:
    """With DEBUG on and an empty list Django takes localhost only, which is told as well; unknown is silent."""
    values = module.assigned.get("DEBUG", [])
    settled = without_environment(context.code.evaluator.evaluate(module, values[0][0])) if len(values) == 1 else None
    return isinstance(settled, Known) and settled.value is False


def _covers(hosts: list[str], name: str) -> bool:
    return any(host == name or (host.startswith((".", "*.")) and name.endswith(host.lstrip("*"))) for host in hosts)


def _judged(
    context: CheckContext, row: dict[str, str], evidence: Evidence, name: str, hosts: list[str]
) -> Iterator[Finding]:
    probe = context.plan.health.host_header or row["probe"]
    asks = bool(probe) and context.plan.health.path.value is not None
    local = all(host in ("localhost", "127.0.0.1", "[::1]", "0.0.0.0", "testserver") for host in hosts)  # noqa: S104
    if asks and not _covers(hosts, probe):
        text = f"{name} does not have {probe}. {row['text']}; the application answers 400, and the deploy fails"
        confidence = Confidence.HIGH
    elif local:
        text = (
            f"{name} has {', '.join(hosts) or 'no name'} alone. {row['text']}; every request to it is answered with 400"
        )
        confidence = Confidence.MEDIUM
    else:
        return
    yield Finding(
        rule="allowed-hosts",
        severity=Severity.HIGH,
        confidence=confidence,
        message=f"{evidence.place}: {text}.",
        hint=f"Add {probe or row['domain']!r} and the service's own names to {name}, best from a variable that "
        f"{title(context)} gives.",
        evidence=(evidence, rule(row, "text")),
        subject=name,
    )


CHECK = Check("allowed-hosts", "The application refuses the host name that the platform asks with", run)
