"""Two files give this service different start commands

What it does:
    Compares the start commands for the web process in Procfile, railway.json or railway.toml, nixpacks.toml,
    railpack.json and render.yaml by what they start: program, target, address, workers. Differences of writing alone
    do not count.

Why it fails a deployment:
    Each platform and builder takes another file: what was tested with one command runs with another, with fewer
    workers, another module or another port.

Example:
    `web: gunicorn app:app` in the Procfile and `startCommand: python app.py` in render.yaml.

Use instead:
    The same command everywhere, or one file alone.

Sources:
    The builders' rules, cited in platforms/builders.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._code import is_python
from trueup.checks._interface import Check, CheckContext
from trueup.manifests.nixpacks_toml import load_nixpacks
from trueup.manifests.procfile import process_types
from trueup.manifests.railpack_json import load_railpack_json
from trueup.manifests.railway_json import load_railway
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity
from trueup.sourcecode.commands import parse_start

_PLACES = (
    ("railway.json", ("deploy", "startCommand")),
    ("railway.toml", ("deploy", "startCommand")),
    ("nixpacks.toml", ("start", "cmd")),
    ("railpack.json", ("deploy", "startCommand")),
)
_LOADERS = {"nixpacks.toml": load_nixpacks, "railpack.json": load_railpack_json}


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each file whose command differs from the one that is taken."""
    plan = context.plan
    if plan.service.kind != "web" or plan.start.value is None or not is_python(context):
        return
    taken = plan.start.evidence[0]
    if taken.path is None:
        return
    own = _essence(plan.start.value)
    unread = {item.path for problem in plan.problems if problem.rule == "builder-error" for item in problem.evidence}
    for text, evidence in _stated(context):
        if evidence.path in unread:  # the builder stops at the file: what it says of the start is the lesser matter
            continue
        if own and evidence.path != taken.path and _essence(text) not in ((), own):
            yield Finding(
                rule="start-commands-differ",
                severity=Severity.LOW,
                confidence=Confidence.HIGH,
                message=f"{evidence.place} and {taken.place} start the service differently. {plan.builder} takes the "
                f"one of {taken.path}; the other has no effect here, and counts elsewhere: what runs depends on the "
                "builder.",
                hint=f"Write the same command in both, or remove it from {evidence.path}.",
                evidence=(taken, evidence),
                subject=evidence.path or "",
            )


def _stated(context: CheckContext) -> Iterator[tuple[str, Evidence]]:
    """Every start command of the web process that a file of the service's root gives."""
    tree = context.tree
    procfile = tree.get("Procfile")
    for process in process_types(procfile) if procfile else ():
        if process.name == "web":
            yield process.command, process.evidence
    for name, keys in _PLACES:
        file = tree.get(name)
        if file is None or file.problem:
            continue
        document = _LOADERS.get(name, load_railway)(file)
        command = None if document.problem else document.get(*keys)
        if isinstance(command, str) and command.strip():
            yield command, document.evidence(*keys)


def _essence(command: str) -> tuple[object, ...]:
    """What a command starts, without how it is written; empty where it is not understood."""
    parsed = parse_start(command)
    main = parsed.main
    if main is None or parsed.unclear or main.server == "other":
        return ()
    port = (main.port or "").replace("{", "").replace("}", "").partition(":-")[0]
    return (
        *(main.server, main.module, main.attribute, main.script, main.folder, main.host, port),
        *(main.worker_class, main.workers, main.threads, main.timeout, main.is_factory),
    )


CHECK = Check("start-commands-differ", "Two files give this service different start commands", run)
