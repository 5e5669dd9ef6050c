"""The commands that start what the code is: a server for each web application, a program for each bot, Celery's two.

Start commands by each server's own reference, cited in data/servers.toml; Django's by
https://docs.djangoproject.com/en/stable/howto/deployment/wsgi/gunicorn/, Streamlit's by
https://docs.streamlit.io/develop/api-reference/cli/run, Dash's by https://dash.plotly.com/deployment, Celery's by
https://docs.celeryq.dev/en/stable/reference/cli.html (all read 2026-11-20). Every one listens on all interfaces and on
the platform's port.
"""

from __future__ import annotations

import ast
import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from trueup.model.evidence import Evidence
from trueup.sourcecode._import_roots import import_root
from trueup.sourcecode.applications import Application
from trueup.sourcecode.codebase import Presence
from trueup.sourcecode.facts import CodeFacts
from trueup.sourcecode.module import SourceModule
from trueup.sourcecode.reach import reach_of

_ASGI = (
    ("uvicorn", "uvicorn {target} --host 0.0.0.0 --port $PORT"),
    ("hypercorn", "hypercorn {target} --bind 0.0.0.0:$PORT"),
    ("granian", "granian --interface asgi {target} --host 0.0.0.0 --port $PORT"),
    ("daphne", "daphne -b 0.0.0.0 -p $PORT {target}"),
)
_WSGI = (
    ("gunicorn", "gunicorn {target} --bind 0.0.0.0:$PORT"),
    ("waitress", "waitress-serve --host 0.0.0.0 --port $PORT {target}"),
)
_STREAMLIT = "streamlit run {path} --server.port $PORT --server.address 0.0.0.0"
_FOLDER_OPTIONS = {"uvicorn": "--app-dir", "gunicorn": "--chdir"}
_FACTORY_SERVERS = ("uvicorn", "gunicorn", "waitress")
_ENTRIES = ("app", "main", "wsgi", "asgi", "server", "application", "run")
_WEBHOOKS = frozenset({"run_webhook", "start_webhook"})


@dataclass(frozen=True, slots=True)
class Start:
    """A process that the code asks for.

    `kind` is web or worker; `needs` are distributions that the command runs and nothing installs; `application` is what
    it starts.
    """

    name: str
    kind: str
    command: str
    application: Application
    needs: tuple[str, ...] = ()

    @property
    def evidence(self) -> Evidence:
        """The line that makes the application."""
        return self.application.evidence

    @property
    def words(self) -> str:
        """The application in words: its framework and its line."""
        return f"{self.application.framework} in {self.evidence.place}"


def web_starts(facts: CodeFacts, installed: frozenset[str]) -> tuple[Start, ...]:
    """One web process for each application that answers requests by itself, the likeliest first.

    An application that another one's module imports is a part of it and has none.

    Args:
        facts: the code, without a start command.
        installed: the names of what is installed; a server among them is preferred.
    """
    made = [
        start for application in _web_applications(facts, installed) if (start := _web(facts, application, installed))
    ]
    return tuple({start.command: start for start in made}.values())


def bot_starts(facts: CodeFacts) -> tuple[Start, ...]:
    """One process for each bot: a worker where it asks for messages itself, web where they are sent to it."""
    found: dict[str, Start] = {}
    for application in _outermost(facts, [item for item in facts.applications if item.interface == "bot"]):
        for module in _programs_of(facts, application.path):
            is_web = any(_method(call) in _WEBHOOKS for call, _ in module.each(ast.Call))
            command = _python(facts, module)
            kind = "web" if is_web else "worker"
            found.setdefault(command, Start("web" if is_web else "bot", kind, command, application))
    return tuple(found.values())


def celery_starts(facts: CodeFacts) -> tuple[Start, ...]:
    """Celery's worker, and its beat where there is a schedule, of the first application."""
    for application in facts.applications:
        if application.framework != "Celery" or not _is_importable(application.module):
            continue
        is_plain = application.attribute in (None, "app", "celery")
        target = application.module if is_plain else f"{application.module}:{application.attribute}"
        starts = [Start("worker", "worker", f"celery -A {target} worker --loglevel=info", application)]
        if application.schedule:
            starts.append(Start("beat", "worker", f"celery -A {target} beat --loglevel=info", application))
        return tuple(starts)
    return ()


def _web_applications(facts: CodeFacts, installed: frozenset[str]) -> list[Application]:
    """The applications to look at: those with a server's interface first, then those that bring their own."""
    order = ("asgi", "wsgi", "streamlit", "dash", "gradio", "server")
    every = [item for item in facts.applications if item.interface in order and not _is_passed_over(item, installed)]
    every = _outermost(facts, list(_one_per_django(every)))
    return sorted(every, key=lambda item: (order.index(item.interface), *_rank(item)))


def _one_per_django(applications: Iterable[Application]) -> Iterator[Application]:
    """Django's project makes one application for each interface: asgi.py and wsgi.py beside each other are one."""
    seen: set[str] = set()
    for application in sorted(applications, key=lambda item: item.interface):
        folder = posixpath.dirname(application.path)
        if application.framework == "Django" and folder in seen:
            continue
        if application.framework == "Django":
            seen.add(folder)
        yield application


def _is_passed_over(application: Application, installed: frozenset[str]) -> bool:
    """Whether a project with both interfaces (Django) has only a server for the other."""
    has_asgi = any(name in installed for name, _ in _ASGI)
    return application.framework == "Django" and application.interface == "asgi" and not has_asgi


def _rank(application: Application) -> tuple[bool, int, str]:
    """Applications that are objects before factories, those near the root first."""
    return application.is_factory, application.path.count("/"), application.path


def _outermost(facts: CodeFacts, applications: list[Application]) -> list[Application]:
    """The applications whose module no other application's module imports, and that no other one mounts."""
    reached = {path: _reached(facts, path) for path in {item.path for item in applications}}
    found = []
    for item in applications:
        around = [path for path in reached if item.path in reached[path] and path not in reached[item.path]]
        if not around and not _is_mounted(facts, item):
            found.append(item)
    return found


def _reached(facts: CodeFacts, path: str) -> frozenset[str]:
    folder = posixpath.dirname(path)
    return frozenset(reach_of(facts.code, [path], tuple(dict.fromkeys((folder, "src", "")))).all)


def _is_mounted(facts: CodeFacts, application: Application) -> bool:
    """Whether its own module hands it to another application's `mount`."""
    module = facts.code.module(application.path)
    for call, _ in module.each(ast.Call) if module else ():
        if _method(call) == "mount":
            names = [item.id for item in call.args if isinstance(item, ast.Name)]
            if application.attribute in names:
                return True
    return False


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _web(facts: CodeFacts, application: Application, installed: frozenset[str]) -> Start | None:
    """The web process of one application; None where no command starts it."""
    module = facts.code.module(application.path)
    if application.interface in ("asgi", "wsgi") and application.attribute:
        started = _instance(facts, application)
        return None if _asks_for_arguments(module, started) else _served(facts, started, installed)
    if application.interface == "streamlit":
        command = _STREAMLIT.format(path=shlex.quote(application.path))
        lacking = () if "streamlit" in installed else ("streamlit",)
        is_page = "pages" in application.path.split("/")[:-1]
        is_plain = re.fullmatch(r"[A-Za-z0-9_./-]+", application.path) is not None
        return Start("web", "web", command, application, lacking) if is_plain and not is_page else None
    if application.interface == "dash" and module is not None and "server" in module.assigned:
        return _served(facts, replace(application, interface="wsgi", attribute="server"), installed)
    if application.interface in ("gradio", "server", "dash") and module is not None and _runs_itself(module):
        return Start("web", "web", _python(facts, module), application)
    return None


def _served(facts: CodeFacts, application: Application, installed: frozenset[str]) -> Start | None:
    """The command of the first server that is installed, else of the usual one."""
    servers = [
        item
        for item in (_ASGI if application.interface == "asgi" else _WSGI)
        if not application.is_factory or item[0] in _FACTORY_SERVERS
    ]
    name, form = next((item for item in servers if item[0] in installed), servers[0])
    attribute = _django_attribute(facts, application)
    placed = _placed(facts, application, attribute)
    if placed is None:
        return None
    folder, module = placed
    target = f"{module}:{attribute}"
    if application.is_factory:
        target = {"gunicorn": shlex.quote(f"{target}()"), "waitress": f"--call {target}"}.get(name, target)
    command = form.format(target=target)
    if application.is_factory and name == "uvicorn":
        command = f"{command} --factory"
    if folder:
        option = _FOLDER_OPTIONS.get(name)
        quoted = shlex.quote(folder)
        command = f"{command} {option} {quoted}" if option else f"cd {quoted} && {command}"
    return Start("web", "web", command, application, () if name in installed else (name,))


def _django_attribute(facts: CodeFacts, application: Application) -> str:
    """Django's own name for it, which may wrap what the call returns (Channels)."""
    is_django = application.framework == "Django"
    if is_django and facts.code.attribute(application.path, "application") is Presence.PRESENT:
        return "application"
    return application.attribute or ""


def _placed(facts: CodeFacts, application: Application, attribute: str) -> tuple[str, str] | None:
    """The folder to start it in, and its module from there: one at the root that binds the same name comes first.

    Such a module may prepare the module path. None where no folder makes its name an importable one.
    """
    if "/" in application.path and not application.is_factory:
        for name in _ENTRIES:
            path = f"{name}.py"
            if facts.tree.has(path) and facts.code.attribute(path, attribute) is Presence.PRESENT:
                return "", name
    module = facts.code.module(application.path)
    return import_root(facts.code, module) if module is not None else None


def _instance(facts: CodeFacts, application: Application) -> Application:
    """Of a factory the module-level name that holds what it returns (`app = create_app()`), where there is one."""
    if not application.is_factory:
        return application
    found = []
    for module in facts.modules:
        for name, values in module.assigned.items():
            for value, site in values:
                is_call = isinstance(value, ast.Call) and _names(module, value.func, application)
                if is_call and site.at_import:
                    found.append((module, name, value))
    if not found:
        return application
    module, name, value = min(found, key=lambda item: _entry_rank(item[0].path))
    dotted = module.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    evidence = module.evidence(value)
    return replace(application, path=module.path, module=dotted, attribute=name, is_factory=False, evidence=evidence)


def _asks_for_arguments(module: SourceModule | None, application: Application) -> bool:
    """Whether it is a factory that no server can call, as it has arguments without defaults."""
    if module is None or not application.is_factory:
        return False
    for function, _ in module.functions:
        if function.name == application.attribute:
            given = function.args
            asked = len(given.posonlyargs) + len(given.args) - len(given.defaults)
            return asked > 0 or any(default is None for default in given.kw_defaults)
    return False


def _names(module: SourceModule, function: ast.AST, application: Application) -> bool:
    """Whether an expression in a module names the application's factory."""
    name = module.qualified(function)
    if module.path == application.path:
        return name == application.attribute
    return name == application.target.replace(":", ".") or name.endswith(f".{application.target.replace(':', '.')}")


def _entry_rank(path: str) -> tuple[int, int, str]:
    name = posixpath.basename(path).removesuffix(".py")
    order = ("wsgi", "asgi", "app", "main", "application", "server", "run")
    return path.count("/"), order.index(name) if name in order else len(order), path


def _is_importable(module: str) -> bool:
    """Whether a module can be named in a command: folders with other characters are no packages."""
    return all(part.isidentifier() for part in module.split("."))


def _runs_itself(module: SourceModule) -> bool:
    """Whether running the file starts something: a call under the test of `__main__`, or a launch at its end."""
    return any(
        site.function is None and (site.is_main or _method(call) in ("launch", "run", "run_app", "run_polling"))
        for call, site in module.each(ast.Call)
    )


def _programs_of(facts: CodeFacts, path: str) -> list[SourceModule]:
    """The files to run for a bot: its own one, else every one that runs something and imports it."""
    own = facts.code.module(path)
    if own is not None and (_runs_itself(own) or _polls(own)):
        return [own]
    around = [
        module
        for module in facts.modules
        if module.path != path and (_runs_itself(module) or _polls(module)) and path in _reached(facts, module.path)
    ]
    return around or ([own] if own is not None else [])


def _polls(module: SourceModule) -> bool:
    names = {"run_polling", "start_polling", "infinity_polling", "polling"}
    return any(site.function is None and _method(call) in names for call, site in module.each(ast.Call))


def _python(facts: CodeFacts, module: SourceModule) -> str:
    """The command that runs a file so that its imports are found."""
    folder, name = import_root(facts.code, module) or (posixpath.dirname(module.path), "")
    if folder == posixpath.dirname(module.path):
        return f"python {shlex.quote(module.path)}"
    return f"python -m {name}" if not folder else f"cd {shlex.quote(folder)} && python -m {name}"
