"""The start command names a module, attribute or file that is not there

What it does:
    Looks for the file, the module and the attribute of the start command where the program would look: in the folder
    that it starts in, on the module path, in what modules bind, import and re-export.

Why it fails a deployment:
    The image builds, and the program stops at once: `ModuleNotFoundError`, `Attribute "app" not found in module`,
    `can't open file`. The platform restarts it until it gives up.

Example:
    `uvicorn main:app` where the application lies in app/main.py.

Use instead:
    The target that is there: `uvicorn app.main:app`.

Sources:
    https://www.uvicorn.org/settings/, https://docs.gunicorn.org/en/stable/run.html,
    https://docs.celeryq.dev/en/stable/reference/cli.html (read 2026-11-20).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from trueup.checks._code import distributions, is_python, programs
from trueup.checks._foreign_environment import foreign_environment
from trueup.checks._interface import Check, CheckContext
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity
from trueup.sourcecode.applications import Application, find_applications
from trueup.sourcecode.codebase import Presence
from trueup.sourcecode.facts import ProcessStart
from trueup.sourcecode.listening import with_gunicorn_file
from trueup.sourcecode.start_command import StartCommand

_OBJECT_SERVERS = frozenset({"uvicorn", "gunicorn", "hypercorn", "daphne", "granian", "waitress"})
_COMMON_NAMES = frozenset(
    {"main", "app", "wsgi", "asgi", "server", "api", "src", "backend", "manage", "run", "application"}
)

_CONTAINER_FOLDERS = frozenset({"app", "workspace", "src", "project"})
"""Names of the folder that a service's root becomes in the image: `../app/main.py` is main.py."""


def run(context: CheckContext) -> Iterator[Finding]:
    """At most one finding for each program of each process."""
    if not is_python(context) or not any(name.endswith(".py") for name in context.tree.listing):
        return
    for start in context.code.starts:
        yield from _shell_script(context, start)
        yield from foreign_environment(context, start)
    yield from _release(context)
    for start, program in programs(context):
        if "$" in program.folder:
            continue
        if program.folder.startswith("/") or _leaves(program.folder) or _leaves(program.script or ""):
            yield from _outside(context, start, program)
            continue
        known = with_gunicorn_file(context.code, program) if program.server == "gunicorn" else program
        if known is None:
            continue
        if known.script:
            yield from _script(context, start, known)
        elif known.module and known.server in (*_OBJECT_SERVERS, "celery", "python"):
            yield from _module(context, start, known)


def _shell_script(context: CheckContext, start: ProcessStart) -> Iterator[Finding]:
    """A shell script that is not there, and that no build command names: it may make it."""
    path = start.parsed.missing
    name = posixpath.basename(path)
    steps = (*context.plan.install, *context.plan.build)
    if not path or any(name in step.command for step in steps) or _in_container(path):
        return
    outside = f", outside of {_root(context)}" if _leaves(path) else ""
    elsewhere = "" if outside else _elsewhere(context, posixpath.basename(path))
    there = f"; {elsewhere} lies elsewhere" if elsewhere else ""
    yield Finding(
        rule="start-target-missing",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        message=f"{start.evidence.place or 'the start command'} runs the script {path}{outside}, and there is no such "
        f"file{there}. The platform builds the image and starts it; the shell then stops with “No such file or "
        "directory”, and the deploy fails.",
        hint=f"Run {elsewhere}, seen from the folder in which the command runs."
        if elsewhere
        else "Commit the script in the service's root directory, or start the server itself.",
        evidence=(start.evidence, Evidence.absent("no such script", context.tree.in_project(path))),
        subject=start.name,
    )


_RELEASE_SCRIPT = re.compile(
    r"(?:\w+=\S*\s+)*(?:\S*/)?python[0-9.]*\s+(?:-[uOBIsE]+\s+)*(?P<path>\w[\w./-]*\.py)(?:\s|$)"
)


def _release(context: CheckContext) -> Iterator[Finding]:
    """A Python file that the release command runs first and that is not there."""
    release = context.plan.release
    found = _RELEASE_SCRIPT.match(release.command.strip()) if release is not None else None
    if release is None or found is None:
        return
    path = posixpath.normpath(found["path"])
    named = re.compile(rf"(?<![\w./-]){re.escape(path)}(?!\w)")
    is_made = any(named.search(step.command) for step in (*context.plan.install, *context.plan.build))
    if context.tree.has(path) or is_made or _leaves(path):
        return
    elsewhere = _elsewhere(context, path)
    there = f"; {elsewhere} lies elsewhere" if elsewhere else ""
    evidence = release.evidence[0]
    yield Finding(
        rule="start-target-missing",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        message=f"{evidence.place or 'the release command'} runs {path} before a new version goes live, and there is "
        f"no such file{there}. The build succeeds; the command then fails, and the new version is not deployed.",
        hint=f"Run `python {elsewhere} …`."
        if elsewhere
        else "Name a file that is there, seen from the service's root.",
        evidence=(evidence, Evidence.absent("no such file", context.tree.in_project(path))),
        subject="release",
    )


def _in_container(path: str) -> bool:
    """Whether a path that goes up comes back into the folder that the service's root becomes in the image."""
    return _leaves(path) and path.removeprefix("../").partition("/")[0] in _CONTAINER_FOLDERS


def _leaves(path: str) -> bool:
    """Whether a path, seen from the service's root, goes out of it."""
    return path == ".." or path.startswith("../")


def _outside(context: CheckContext, start: ProcessStart, program: StartCommand) -> Iterator[Finding]:
    """A program of a folder or file above the service's root: only what lies in that root is in the image."""
    path = program.folder if _leaves(program.folder) else program.script or ""
    if not _leaves(path) or _in_container(path):
        return
    text = f"{start.evidence.place or 'the start command'} goes to {path}, outside of {_root(context)}"
    yield _finding(
        context, start, program, path, text, _elsewhere(context, posixpath.basename(path)), Confidence.MEDIUM
    )


def _script(context: CheckContext, start: ProcessStart, program: StartCommand) -> Iterator[Finding]:
    path = program.script or ""
    tree = context.tree
    folder_with_main = tree.has(f"{path}/__main__.py")
    if "$" in path or path.startswith(("/", "..")) or tree.has(path) or folder_with_main:
        return
    elsewhere = _elsewhere(context, path)
    text = f"{start.evidence.place or 'the start command'} runs {path}, and there is no such file"
    yield _finding(context, start, program, path, text, elsewhere, Confidence.HIGH)


def _module(context: CheckContext, start: ProcessStart, program: StartCommand) -> Iterator[Finding]:
    module = program.module or ""
    search = context.code.search_of(program)
    code = context.code.code
    place = start.evidence.place or "the start command"
    presence = code.module_presence(module, search)
    if presence is Presence.ABSENT and program.server == "celery" and program.attribute is None:
        parent, _, name = module.rpartition(".")
        path = code.find(parent, search)
        presence = code.attribute(path, name, search) if path else Presence.ABSENT
    head = module.partition(".")[0]
    if presence is Presence.ABSENT:
        text = f"{place} starts {program.target}, and the module {module} is not there"
        path = module.replace(".", "/") + ".py"
        yield _finding(context, start, program, path, text, _elsewhere(context, module), Confidence.HIGH)
    elif presence is Presence.UNKNOWN and code.find(head, search) is None and head.isidentifier():
        if program.server == "python" or _may_be_installed(context, head):
            return
        elsewhere = _elsewhere(context, module)
        sure = head in _COMMON_NAMES and not _may_be_a_path(context, elsewhere)
        text = f"{place} starts {program.target}, and no module {head} lies in {_root(context)}"
        confidence = Confidence.HIGH if sure else Confidence.MEDIUM
        yield _finding(context, start, program, module.replace(".", "/") + ".py", text, elsewhere, confidence)
    elif presence is Presence.PRESENT:
        yield from _attribute(context, start, program, search)


def _attribute(
    context: CheckContext, start: ProcessStart, program: StartCommand, search: tuple[str, ...]
) -> Iterator[Finding]:
    code = context.code.code
    path = code.find(program.module or "", search)
    name = program.attribute
    if path is None or program.server not in (*_OBJECT_SERVERS, "celery"):
        return
    if name is None and program.server == "gunicorn":
        name = "application"
    elif name is None and program.server == "uvicorn":
        text = (
            f"{start.evidence.place or 'the start command'} starts {program.module} without naming an attribute of it"
        )
        yield _finding(context, start, program, path, text, "", Confidence.HIGH)
    if name is None or not name.partition(".")[0].isidentifier():
        return
    if code.attribute(path, name.partition(".")[0], search) is not Presence.ABSENT:
        return
    shown = context.tree.in_project(path)
    default = " (gunicorn's default, as the command names none)" if program.attribute is None else ""
    place = start.evidence.place or "the start command"
    text = f"{place} starts {program.module}:{name}{default}, and {shown} binds no {name}"
    yield _finding(context, start, program, path, text, "", Confidence.HIGH)


def _may_be_a_path(context: CheckContext, elsewhere: str) -> bool:
    """Whether a PYTHONPATH that no one sees could lead to the file: a package is no folder for that."""
    folder = posixpath.dirname(elsewhere.removesuffix("/__init__.py"))
    is_package = context.tree.whole.has(f"{folder}/__init__.py")
    return "PYTHONPATH" in context.code.variables_given or (bool(elsewhere) and not is_package)


def _root(context: CheckContext) -> str:
    return f"{context.tree.root_dir}/" if context.tree.root_dir else "the repository's root"


def _may_be_installed(context: CheckContext, head: str) -> bool:
    """Whether a module of this name may come from a distribution, or be part of what the project installs of itself."""
    plain = head.lower().replace("_", "")
    for name in distributions(context):
        if plain in name.replace("-", "") or name.replace("-", "") in plain:
            return True
    local = any(item.local_path or item.editable for item in context.requirements.requirements)
    has_package = context.tree.has("pyproject.toml") or context.tree.has("setup.py") or context.tree.has("setup.cfg")
    return (local or has_package) and head not in _COMMON_NAMES


def _elsewhere(context: CheckContext, target: str) -> str:
    """Where in the project the wanted file lies instead, relative to the project; "" where nowhere."""
    relative = target if target.endswith((".py", ".sh")) else target.replace(".", "/")
    names = (relative,) if relative.endswith((".py", ".sh")) else (f"{relative}.py", f"{relative}/__init__.py")
    whole = context.tree.whole
    found = sorted(path for path in whole.listing if any(path.endswith(f"/{name}") for name in names))
    usable = [path for path in found if not {"tests", "test", "node_modules", "docs"} & set(path.split("/"))]
    return usable[0] if usable else ""


def _finding(
    context: CheckContext,
    start: ProcessStart,
    program: StartCommand,
    path: str,
    text: str,
    elsewhere: str,
    confidence: Confidence,
) -> Finding:
    applications = _fitting(context, program) if "\\" not in start.command.value else []
    there = f"; {elsewhere} lies elsewhere" if elsewhere else ""
    absent = Evidence.absent(f"no such module, file or name{there}", context.tree.in_project(posixpath.normpath(path)))
    if applications:
        first = applications[0]
        others = {_as_argument(program, item) for item in applications} - {_as_argument(program, first)}
        also = f" Others are there too: {', '.join(sorted(others))}." if others else ""
        folder = _own_folder(context, program, first)
        start_it = (
            f"start it in {folder}/, where it looks for its modules (`cd {folder} && …`), or set {folder} as the root "
            "directory"
            if folder
            else f"start {_as_argument(program, first)}"
        )
        hint = f"{first.evidence.place} makes a {first.framework} application: {start_it}.{also}"
    elif elsewhere:
        hint = (
            f"{elsewhere} is there: set the service's root directory, or name the module from the folder it starts in."
        )
    elif "\\" in start.command.value:
        hint = "Write the path with /: a shell takes every backslash away."
    else:
        hint = "Name a module and an attribute that are there, seen from the folder in which the command runs."
    return Finding(
        rule="start-target-missing",
        severity=Severity.HIGH,
        confidence=confidence,
        message=f"{text}{there}. The platform builds the image and starts it; the program then stops at once with an "
        "import error, and the deploy fails.",
        hint=hint,
        evidence=(start.evidence, absent),
        subject=start.name,
    )


def _as_argument(program: StartCommand, application: Application) -> str:
    """The target as the server wants it: it calls a factory only where it is told to."""
    if application.is_factory and program.server in ("uvicorn", "granian"):
        return f"{application.target} with --factory"
    if application.is_factory and program.server == "gunicorn":
        return f"'{application.target}()'"
    if application.is_factory and program.server == "waitress":
        return f"--call {application.target}"
    return application.target


def _own_folder(context: CheckContext, program: StartCommand, application: Application) -> str:
    """The folder from which the command's own module is the application; "" where it is a package, or there is none.

    From above, the application could be named, and would then not find its neighbours (Django's settings, for one).
    """
    wanted = (program.module or "").replace(".", "/")
    ends = (f"/{wanted}.py", f"/{wanted}/__init__.py")
    found = next((end for end in ends if wanted and application.path.endswith(end)), None)
    folder = application.path.removesuffix(found) if found else ""
    return "" if context.tree.has(f"{folder}/__init__.py") else folder


def _fitting(context: CheckContext, program: StartCommand) -> list[Application]:
    """The applications that the server can start; all of them where none is of its interface."""
    applications = [a for a in context.code.applications or () if a.interface in ("asgi", "wsgi")]
    if not applications:
        applications = _all_applications(context)
    interface = _interface_of(program)
    fitting = [item for item in applications if interface in (None, item.interface)]
    return fitting or applications


def _interface_of(program: StartCommand) -> str | None:
    """What a server starts: asgi or wsgi; None where it starts both, or another kind of thing."""
    if program.server in ("uvicorn", "daphne"):
        return "asgi"
    if program.server == "gunicorn":
        return "asgi" if "uvicorn" in (program.worker_class or "").lower() else "wsgi"
    return "wsgi" if program.server == "waitress" else None


def _all_applications(context: CheckContext) -> list[Application]:
    """The web applications anywhere below the root, where the start command leads to none."""
    code = context.code.code
    modules = (code.module(path) for path in code.served_paths())
    found = find_applications(module for module in modules if module is not None and module.tree is not None)
    usable = [a for a in found if a.interface in ("asgi", "wsgi") and a.attribute]
    return sorted(usable, key=lambda item: (item.path.count("/"), item.path))


CHECK = Check("start-target-missing", "The start command names a module, attribute or file that is not there", run)
