"""The service runs in debug mode, or with a server for development

What it does:
    Finds debug switches that are on (Django's DEBUG, `FastAPI(debug=True)`, `app.run(debug=True)` where the start
    command runs it, FLASK_DEBUG) or on by default, `--reload`, and servers that their own authors call unfit for
    production.

Why it fails a deployment:
    It does not fail one: visitors see tracebacks and settings, Werkzeug's debugger runs code for whoever guesses its
    PIN, and a reloader doubles memory.

Example:
    `DEBUG = os.getenv("DEBUG", "True") == "True"`

Use instead:
    Off unless a variable says otherwise; gunicorn or uvicorn.

Sources:
    https://docs.djangoproject.com/en/stable/ref/settings/#debug, https://flask.palletsprojects.com/en/stable/deploying/,
    https://fastapi.tiangolo.com/reference/fastapi/ (read 2026-11-20).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trueup.checks._code import is_overridden, is_python, web_programs
from trueup.checks._interface import Check, CheckContext
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity
from trueup.sourcecode.listening import listening
from trueup.sourcecode.module import SourceModule
from trueup.sourcecode.values import FromEnvironment, Known, without_environment

_SWITCHES = frozenset({"DEBUG", "FLASK_DEBUG"})


FOR_DEVELOPMENT = "it is not made for load, and its maintainers advise against it in production"


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each switch that is on, and one for a server for development."""
    if not is_python(context) or context.plan.service.kind != "web" or not context.code.reach.known:
        return
    said: set[str] = set()
    for module in context.code.modules:
        for node, what in _switches(context, module):
            for finding in _judged(context, module, node, what):
                if finding.subject not in said:
                    said.add(finding.subject)
                    yield finding
    yield from _servers(context)


def _switches(context: CheckContext, module: SourceModule) -> Iterator[tuple[ast.expr, str]]:
    """The expressions that turn debugging on or off, and what they are called."""
    for name in _SWITCHES:
        for value, site in module.assigned.get(name, ()):
            is_last = len(module.assigned[name]) == 1 and not is_overridden(context, module, name)
            if site.function is None and is_last:
                yield value, name
    for application in context.code.applications:
        if application.path == module.path and application.call is not None:
            for keyword in application.call.keywords:
                if keyword.arg == "debug" and application.interface == "asgi":
                    yield keyword.value, f"{application.framework}(debug=…)"
    runs_file = {
        path for _, program in context.code.programs if program.script for path in context.code.entries(program)
    }
    for call, _ in module.each(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "run" and module.path in runs_file:
            for keyword in call.keywords:
                if keyword.arg == "debug":
                    yield keyword.value, "run(debug=…)"


def _judged(context: CheckContext, module: SourceModule, node: ast.expr, what: str) -> Iterator[Finding]:
    value = context.code.evaluator.evaluate(module, node)
    settled = without_environment(value)
    if not (isinstance(settled, Known) and settled.value is True):
        return
    is_django = "INSTALLED_APPS" in module.assigned
    if isinstance(value, FromEnvironment):
        if value.name in context.code.variables_given:
            return
        text = f"turns {what} on unless the variable {value.name} says otherwise"
        severity = Severity.MEDIUM if is_django else Severity.LOW
        yield _finding(
            module.evidence(node),
            text,
            f"Let it be off by default, or set {value.name} on the platform.",
            severity,
            Confidence.MEDIUM,
            value.name,
        )
    elif is_django or what not in _SWITCHES:
        yield _finding(
            module.evidence(node),
            f"turns {what} on",
            "Take it from a variable, off by default.",
            Severity.MEDIUM,
            Confidence.HIGH,
            what,
        )


def _servers(context: CheckContext) -> Iterator[Finding]:
    for start, program in web_programs(context):
        given = context.code.variables_given.get("FLASK_DEBUG") or ""
        if "--debug" in program.options or (program.server == "flask" and given.lower() in ("1", "true")):
            yield _finding(
                start.evidence,
                "starts the server in debug mode",
                "Remove the debug flag.",
                Severity.MEDIUM,
                Confidence.HIGH,
                "start --debug",
            )
        elif program.server in ("uvicorn", "gunicorn", "hypercorn") and "--reload" in program.options:
            yield _finding(
                start.evidence,
                "starts the server with --reload, which watches files for changes",
                "Remove --reload.",
                Severity.LOW,
                Confidence.HIGH,
                "start --reload",
                FOR_DEVELOPMENT,
            )
        elif "dev" in program.options or program.server in ("django", "flask") or _runs_flask(context):
            name = "Django's runserver" if program.server == "django" else "a server for development"
            yield _finding(
                start.evidence,
                f"starts {name}",
                "Start gunicorn (WSGI) or uvicorn (ASGI) instead.",
                Severity.LOW,
                Confidence.HIGH,
                "start",
                FOR_DEVELOPMENT,
            )


def _runs_flask(context: CheckContext) -> bool:
    for start, program in web_programs(context):
        found = listening(context.code, start, program) if program.server == "python" else None
        if found is not None and found.server in ("flask", "quart"):
            return True
    return False


def _finding(
    evidence: Evidence,
    text: str,
    hint: str,
    severity: Severity,
    confidence: Confidence,
    subject: str,
    effect: str = "visitors may see tracebacks and settings",
) -> Finding:
    return Finding(
        rule="debug-mode",
        severity=severity,
        confidence=confidence,
        message=f"{evidence.place or 'the start command'} {text}. Platforms do not switch that off: {effect}.",
        hint=hint,
        evidence=(evidence,),
        subject=subject,
        brief=f"{text}: {effect}",
    )


CHECK = Check("debug-mode", "The service runs in debug mode, or with a server for development", run)
