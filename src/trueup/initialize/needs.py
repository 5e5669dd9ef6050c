"""What a set of processes needs from its platform: variables, data services, a health path, an install command."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from trueup.initialize.processes import NewProcess
from trueup.model.project import Project
from trueup.sourcecode import code_facts
from trueup.sourcecode.environment import EnvironmentVariable, looks_secret

_HEALTH = re.compile(r"/(health|healthz|health-?check|healthy|ping|ready|readyz|livez|alive)/?$")
_SIGNING = re.compile(
    r"(?i)^(\w+_)?(secret_?key|jwt_secret(_key)?|jwt_key|signing_key|session_secret|app_secret|auth_secret)$"
)
POSTGRESQL = frozenset({"psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "asyncpg", "pg8000"})
REDIS = frozenset({"redis", "valkey", "hiredis", "aioredis", "redis-om", "django-redis"})


@dataclass(frozen=True, slots=True)
class WantedVariable:
    """A variable of a process and where its value comes from.

    `source` is postgresql, redis, generated (a random text made by the platform), literal (`value`) or prompted.
    """

    name: str
    source: str
    place: str
    value: str = ""


@dataclass(frozen=True)
class NewService:
    """The processes of one root directory, and what they need."""

    root_dir: str
    processes: tuple[NewProcess, ...]
    variables: dict[str, tuple[WantedVariable, ...]]
    """By the name of the process."""
    health: str | None
    manager: str
    """pip, uv, poetry, pipenv, pdm or project: how dependencies are installed."""
    collects_static: bool = False
    """Whether Django's static files have to be collected, which not every platform does by itself."""
    migrations: str = ""
    """The command that brings the database up to date, where the project has migrations."""

    @property
    def all_variables(self) -> tuple[WantedVariable, ...]:
        """Every variable once."""
        return tuple({item.name: item for items in self.variables.values() for item in items}.values())


def needs_of(
    tree: Project, processes: tuple[NewProcess, ...], installed: frozenset[str], given: dict[str, str]
) -> NewService:
    """What the processes of one root directory need.

    Args:
        tree: the view of the root directory.
        processes: its processes.
        installed: the names of what is installed.
        given: variables that flags or the configuration give.
    """
    variables = {}
    health = None
    for process in processes:
        facts = code_facts(tree, given=given, start=process.command)
        read = [item for item in facts.variables if item.reachable]
        variables[process.name] = tuple(_wanted(read, installed))
        if process.kind == "web" and health is None:
            routes = [route for route in facts.routes.routes if _HEALTH.search(route.path)]
            plain = [
                route.path for route in routes if route.methods in ((), ("GET",)) and not re.search("[{<]", route.path)
            ]
            health = plain[0] if plain else None
    static = tree.has("manage.py") and any("STATIC_ROOT" in file.text for _, file in tree.matching("settings.py"))
    return NewService(tree.root_dir, processes, variables, health, _manager(tree), static, _migrations(tree))


def _migrations(tree: Project) -> str:
    if tree.has("alembic.ini"):
        return "alembic upgrade head"
    return "python manage.py migrate" if tree.has("manage.py") else ""


def _wanted(read: Iterable[EnvironmentVariable], installed: frozenset[str]) -> Iterable[WantedVariable]:
    for variable in read:
        place = variable.evidence[0].place
        if variable.from_platform or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", variable.name):
            continue
        source = _source(variable, installed)
        if source in ("postgresql", "redis") or variable.required:
            yield WantedVariable(variable.name, source, place)
        elif variable.kind == "boolean" and "DEBUG" in variable.name.upper() and _is_on(variable.default):
            yield WantedVariable(variable.name, "literal", place, "false")
        elif _SIGNING.match(variable.name) and variable.default:
            yield WantedVariable(variable.name, "generated", place)


def _is_on(default: str | None) -> bool:
    return (default or "").lower() in ("true", "1", "yes", "on")


def _source(variable: EnvironmentVariable, installed: frozenset[str]) -> str:
    name = variable.name.upper()
    if variable.kind == "database" and installed & POSTGRESQL and "MONGO" not in name and "MYSQL" not in name:
        return "postgresql"
    if (variable.kind == "redis" or (variable.kind == "broker" and "redis" in installed)) and installed & REDIS:
        return "redis"
    if _SIGNING.match(variable.name) and not variable.hints and looks_secret(variable.name):
        return "generated"
    return "prompted"


def _manager(tree: Project) -> str:
    for path, manager in (
        ("requirements.txt", "pip"),
        ("uv.lock", "uv"),
        ("poetry.lock", "poetry"),
        ("pdm.lock", "pdm"),
        ("Pipfile", "pipenv"),
        ("pyproject.toml", "project"),
    ):
        if tree.has(path):
            return manager
    return "pip"
