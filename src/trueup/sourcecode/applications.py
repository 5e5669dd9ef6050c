"""The applications of a service: which framework, which object of which module, made where.

Constructors by each framework's own reference: FastAPI, Starlette, Flask, Quart, Django, aiohttp, Sanic, Litestar,
Falcon, Tornado, Dash, Gradio, Streamlit, Celery, aiogram, python-telegram-bot, discord.py (read 2026-11-20).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from trueup.model.evidence import Evidence
from trueup.sourcecode.module import FunctionNode, Site, SourceModule

_CONSTRUCTORS = {
    "fastapi.FastAPI": ("FastAPI", "asgi"),
    "fastapi.applications.FastAPI": ("FastAPI", "asgi"),
    "starlette.applications.Starlette": ("Starlette", "asgi"),
    "flask.Flask": ("Flask", "wsgi"),
    "quart.Quart": ("Quart", "asgi"),
    "connexion.FlaskApp": ("Connexion", "wsgi"),
    "connexion.AsyncApp": ("Connexion", "asgi"),
    "flask_openapi3.OpenAPI": ("Flask", "wsgi"),
    "apiflask.APIFlask": ("Flask", "wsgi"),
    "sanic.Sanic": ("Sanic", "asgi"),
    "litestar.Litestar": ("Litestar", "asgi"),
    "falcon.App": ("Falcon", "wsgi"),
    "falcon.asgi.App": ("Falcon", "asgi"),
    "bottle.Bottle": ("Bottle", "wsgi"),
    "aiohttp.web.Application": ("aiohttp", "server"),
    "tornado.web.Application": ("Tornado", "server"),
    "dash.Dash": ("Dash", "dash"),
    "gradio.Blocks": ("Gradio", "gradio"),
    "gradio.Interface": ("Gradio", "gradio"),
    "gradio.ChatInterface": ("Gradio", "gradio"),
    "celery.Celery": ("Celery", "worker"),
    "rq.Worker": ("RQ", "worker"),
    "huey.RedisHuey": ("Huey", "worker"),
    "aiogram.Dispatcher": ("aiogram", "bot"),
    "telegram.ext.ApplicationBuilder": ("python-telegram-bot", "bot"),
    "telegram.ext.Application.builder": ("python-telegram-bot", "bot"),
    "telegram.ext.Updater": ("python-telegram-bot", "bot"),
    "telebot.TeleBot": ("pyTelegramBotAPI", "bot"),
    "telebot.async_telebot.AsyncTeleBot": ("pyTelegramBotAPI", "bot"),
    "discord.Client": ("discord.py", "bot"),
    "discord.Bot": ("discord.py", "bot"),
    "discord.ext.commands.Bot": ("discord.py", "bot"),
    "discord.ext.commands.AutoShardedBot": ("discord.py", "bot"),
    "django.core.wsgi.get_wsgi_application": ("Django", "wsgi"),
    "django.core.asgi.get_asgi_application": ("Django", "asgi"),
}


@dataclass(frozen=True)
class Application:
    """One application.

    `interface` is asgi, wsgi, server (it listens itself), dash, gradio, streamlit, worker or bot. `module` is the
    dotted name from the service's root, `attribute` the name that holds it, or the factory that returns it.
    `schedule` names the entries of a Celery beat schedule.
    """

    framework: str
    interface: str
    path: str
    module: str
    attribute: str | None
    is_factory: bool
    evidence: Evidence
    call: ast.Call | None = field(default=None, repr=False, compare=False)
    schedule: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """`module:attribute`, as a server wants it."""
        return f"{self.module}:{self.attribute}" if self.attribute else self.module


def find_applications(modules: Iterable[SourceModule]) -> tuple[Application, ...]:
    """Every application that some modules make, in the order of their paths."""
    return tuple(application for module in modules for application in _of_module(module))


def constructor(module: SourceModule, node: ast.AST) -> tuple[str, str] | None:
    """Framework and interface where an expression makes an application."""
    if not isinstance(node, ast.Call):
        return None
    name = module.qualified(node.func)
    return _CONSTRUCTORS.get(name)


def dotted_of(path: str) -> str:
    """The dotted name of a file, from the service's root."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _of_module(module: SourceModule) -> Iterator[Application]:
    targets = _assigned_to(module)
    for call, site in module.each(ast.Call):
        found = constructor(module, call)
        if found is None:
            continue
        framework, interface = found
        attribute: str | None = targets.get(id(call))
        factory = _factory(site)
        if site.function is not None:
            attribute = factory if _returns(site.function, attribute, call) else None
        yield Application(
            framework,
            interface,
            module.path,
            dotted_of(module.path),
            attribute,
            site.function is not None and attribute is not None,
            module.evidence(call),
            call,
            _schedule(module) if framework == "Celery" else (),
        )
    yield from _streamlit(module)


def _assigned_to(module: SourceModule) -> dict[int, str]:
    """Ids of calls by the plain name that they are assigned to."""
    return {
        id(value): name
        for name, values in module.assigned.items()
        for value, _ in values
        if isinstance(value, ast.Call)
    } | {
        id(item.context_expr): item.optional_vars.id
        for node, _ in module.each(ast.With)
        for item in node.items
        if isinstance(item.optional_vars, ast.Name)
    }


def _factory(site: Site) -> str | None:
    return getattr(site.function, "name", None)


def _returns(function: FunctionNode, name: str | None, call: ast.Call) -> bool:
    """Whether a function gives the application to its caller."""
    if isinstance(function, ast.Lambda):
        return function.body is call
    for node in ast.walk(function):
        value = node.value if isinstance(node, ast.Return) else None
        if value is not None and (value is call or (isinstance(value, ast.Name) and value.id == name)):
            return True
    return False


def _schedule(module: SourceModule) -> tuple[str, ...]:
    """The names in `app.conf.beat_schedule = {…}`, `CELERY_BEAT_SCHEDULE = {…}` or `conf.update(beat_schedule=…)`."""
    found: list[str] = []
    for node, _ in module.each(ast.Assign):
        for target in node.targets:
            name = (
                target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""
            )
            if name.lower() in ("beat_schedule", "celery_beat_schedule", "celerybeat_schedule"):
                found += _keys(node.value)
    for call, _ in module.each(ast.Call):
        found += [key for keyword in call.keywords if keyword.arg == "beat_schedule" for key in _keys(keyword.value)]
    return tuple(found)


def _keys(node: ast.expr) -> list[str]:
    keys = node.keys if isinstance(node, ast.Dict) else []
    return [key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]


def _streamlit(module: SourceModule) -> Iterator[Application]:
    """A Streamlit program has no object: it is the module that draws when it runs, or its function that does."""
    is_program = any(site.is_main and site.function is None for _, site in module.each(ast.Call))
    for call, site in module.each(ast.Call):
        name = module.qualified(call.func)
        if name.startswith("streamlit.") and (site.function is None or is_program):
            evidence = module.evidence(call)
            yield Application("Streamlit", "streamlit", module.path, dotted_of(module.path), None, False, evidence)
            return
