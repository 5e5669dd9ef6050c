"""Every website may call the service from a visitor's browser

What it does:
    Finds cross-origin settings that allow every origin, or do so unless a variable says otherwise.

Why it fails a deployment:
    It does not fail one: any website can read answers of the service in its visitors' browsers; with credentials
    allowed also what only the visitor may see.

Example:
    `CORS(app, origins=os.getenv("FRONTEND_URL", "*"))`

Use instead:
    The origins of your own frontends, from a variable without the fallback `*`.

Sources:
    https://fastapi.tiangolo.com/tutorial/cors/, https://flask-cors.readthedocs.io/en/latest/api.html,
    https://github.com/adamchainz/django-cors-headers (read 2026-11-20).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trueup.checks._code import is_python
from trueup.checks._interface import Check, CheckContext
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity
from trueup.sourcecode.module import Site, SourceModule
from trueup.sourcecode.values import FromEnvironment, Known, Several, Value, without_environment

_FLASK = frozenset({"flask_cors.CORS", "quart_cors.cors", "flask_cors.cross_origin"})


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each place that lets every origin in."""
    if not is_python(context) or context.plan.service.kind != "web" or not context.code.reach.known:
        return
    for module in context.code.modules:
        for call, site in module.each(ast.Call):
            yield from _call(context, module, call, site)
        for name in ("CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"):
            for value, site in module.assigned.get(name, ()):
                found = context.code.evaluator.evaluate(module, value, site)
                if _is_true(found):
                    yield from _finding(context, module.evidence(value), found, credentials=False)


def _call(context: CheckContext, module: SourceModule, call: ast.Call, site: Site) -> Iterator[Finding]:
    function = module.qualified(call.func)
    first = module.qualified(call.args[0]) if call.args else ""
    arguments = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    if function.endswith(".add_middleware") and first.endswith("CORSMiddleware"):
        node = arguments.get("allow_origins")
    elif function in _FLASK:
        node = arguments.get("origins")
        if node is None and "resources" not in arguments and len(call.keywords) == len(arguments):
            credentials = _is_true(context.code.evaluator.evaluate(module, arguments.get("supports_credentials"), site))
            yield from _finding(context, module.evidence(call), Known("*"), credentials=credentials)
            return
    else:
        return
    value = context.code.evaluator.evaluate(module, node, site)
    if _is_open(value):
        names = ("allow_credentials", "supports_credentials")
        credentials = any(_is_true(context.code.evaluator.evaluate(module, arguments.get(n), site)) for n in names)
        yield from _finding(context, module.evidence(call), value, credentials=credentials)


def _is_true(value: Value) -> bool:
    settled = without_environment(value)
    return isinstance(settled, Known) and settled.value is True


def _is_open(value: Value) -> bool:
    settled = without_environment(value)
    if isinstance(settled, Several):
        return any(_is_open(item) for item in settled.items)
    if isinstance(settled, Known):
        return settled.value == "*" or (isinstance(settled.value, list) and "*" in settled.value)
    return False


def _variable(value: Value) -> str | None:
    if isinstance(value, Several):
        return next((found for item in value.items if (found := _variable(item))), None)
    return value.name if isinstance(value, FromEnvironment) else None


def _finding(context: CheckContext, evidence: Evidence, value: Value, *, credentials: bool) -> Iterator[Finding]:
    name = _variable(value)
    if name is not None and name in context.code.variables_given:
        return
    unless = f" unless the variable {name} names others" if name else ""
    also = ", with the visitor's credentials" if credentials else ""
    yield Finding(
        rule="open-cors",
        severity=Severity.MEDIUM if credentials else Severity.LOW,
        confidence=Confidence.MEDIUM if name else Confidence.HIGH,
        message=f"{evidence.place} lets every origin in{unless}{also}. Any website can then read the service's answers "
        "in its visitors' browsers.",
        hint=f"Set {name} to the frontend's address, and leave out the fallback."
        if name
        else "Name the origins of your own frontends. A public service without sessions may ignore this.",
        evidence=(evidence,),
        subject=evidence.path or "",
        brief=f"lets every origin in{unless}{also}",
    )


CHECK = Check("open-cors", "Every website may call the service from a visitor's browser", run)
