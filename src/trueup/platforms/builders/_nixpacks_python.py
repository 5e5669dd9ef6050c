"""What Nixpacks' Python provider plans: packages, install commands, variables and the start command.

Source: railwayapp/nixpacks@f51d7fd5 (2025-08-04), src/providers/python.rs:60-455 and src/providers/procfile.rs, read
2026-11-20. What came with later releases is gated by the rows `features` of the data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trueup.manifests._document import load_toml, load_yaml
from trueup.model.evidence import Evidence, Fact
from trueup.platforms import _data
from trueup.platforms.builders._nixpacks_app import App, Environment, NixpacksError
from trueup.platforms.builders._nixpacks_plan import NixPlan, Phase
from trueup.platforms.builders._nixpacks_version import NixPython, choose_python, parse_tool_versions

SOURCE = "https://github.com/railwayapp/nixpacks/blob/f51d7fd5/src/providers/python.rs"
CHECKED = "2026-11-20"

_VENV = "python -m venv --copies /opt/venv && . /opt/venv/bin/activate"
_CACHE = "/root/.cache"
_MANIFESTS = ("requirements.txt", "pyproject.toml", "Pipfile")
_MANAGERS = {
    "auto": "auto",
    "requirements": "pip",
    "setuptools": "setuptools",
    "poetry": "poetry",
    "pdm": "pdm",
    "uv": "uv",
    "pipenv": "pipenv",
    "skip": "skip",
}
_POSTGRESQL_ENGINE = r"django.db.backends.postgresql"
_MYSQL_ENGINE = r"django\.db\.backends\.mysql|django_psdb_engine"
_WSGI = r"""WSGI_APPLICATION = ["|'](.*).application["|']"""


@dataclass(frozen=True, slots=True)
class PythonPlan:
    """The provider's plan with what it was decided from."""

    plan: NixPlan
    python: NixPython
    manager: Fact[str | None]
    metadata: tuple[str, ...]


def rule(text: str, line: int | None = None) -> Evidence:
    """Evidence in the provider's source."""
    return Evidence.default(text, SOURCE if line is None else f"{SOURCE}#L{line}", CHECKED)


def has_feature(name: str, day: str) -> bool:
    """Whether the release of that day already has a feature."""
    return bool(_data.load("nixpacks")["features"][name]["from"] <= day)


def python_plan(app: App, environment: Environment, day: str) -> PythonPlan:
    """The plan of the Python provider.

    Raises:
        NixpacksError: what the provider itself stops with (an unreadable file, Django without WSGI_APPLICATION …).
    """
    python = choose_python(app, environment, day)
    manager = choose_manager(app, environment, day)
    phases = {"setup": _setup(app, python, day), "install": _install(app, manager)}
    start = _start(app)
    variables = {**_data.load("nixpacks")["variables"], **_tool_variables(app, day)}
    plan = NixPlan(
        variables=variables,
        phases=phases,
        start=None if start is None else start.value,
        start_place=None if start is None else start.evidence[0],
    )
    return PythonPlan(plan, python, manager, _metadata(app, day))


def _metadata(app: App, day: str) -> tuple[str, ...]:
    labels = {
        "django": is_django(app),
        "postgres": is_using_postgres(app, day),
        "poetry": app.includes("poetry.lock"),
        "pdm": app.includes("pdm.lock"),
    }
    return ("python", *(label for label, holds in labels.items() if holds))


def uses(app: App, text: str) -> bool:
    """Whether a text stands anywhere in the root's requirements.txt, pyproject.toml or Pipfile, comments included."""
    return any(app.includes(name) and text in _read_or_empty(app, name).lower() for name in _MANIFESTS)


def _read_or_empty(app: App, name: str) -> str:
    try:
        return app.read(name)
    except NixpacksError:
        return ""


def is_django(app: App) -> bool:
    """Whether the root has manage.py and a manifest that mentions django."""
    return app.includes("manage.py") and uses(app, "django")


def is_using_postgres(app: App, day: str) -> bool:
    """Whether PostgreSQL's client tools are added: by the Django engine or by the driver's name."""
    names = ("psycopg2", "psycopg") if has_feature("psycopg3", day) else ("psycopg2",)
    return app.search(_POSTGRESQL_ENGINE, "*.py") is not None or any(uses(app, name) for name in names)


def is_using_mysql(app: App) -> bool:
    """Whether a Python file names Django's MySQL engine or PlanetScale's."""
    return app.search(_MYSQL_ENGINE, "*.py") is not None


def _setup(app: App, python: NixPython, day: str) -> Phase:
    packages = [python.package]
    libraries = []
    if is_using_postgres(app, day):
        row = _data.row_on(_data.load("nixpacks")["postgresql_package"], day)
        packages += [row["package"]] if row else []
    if is_django(app) and is_using_mysql(app):
        packages.append("libmysqlclient.dev")
    if app.includes("Pipfile"):
        packages.append("pipenv")
    if uses(app, "cairo") and has_feature("cairo", day):
        libraries.append("cairo")
    if has_feature("media_tools", day):
        packages += ["ffmpeg-headless"] if uses(app, "pydub") else []
        packages += ["poppler_utils"] if uses(app, "pdf2image") else []
    text = "the Python provider adds gcc, zlib and stdenv.cc.cc.lib to every project"
    return Phase(
        nix_pkgs=(*packages, "gcc"),
        nix_libs=(*libraries, "zlib", "stdenv.cc.cc.lib"),
        nix_overlays=(),
        archive=python.archive,
        places={"nix_pkgs": rule(text, 232)},
    )


def choose_manager(app: App, environment: Environment, day: str) -> Fact[str | None]:
    """The package manager: pip, setuptools, poetry, pdm, uv or pipenv; None where nothing is installed."""
    named = environment.config("PYTHON_PACKAGE_MANAGER")
    if named is not None and has_feature("package_manager_variable", day):
        manager = _MANAGERS.get(named.lower())
        if manager == "skip":
            return Fact(None, (environment.place("PYTHON_PACKAGE_MANAGER"),))
        if manager not in (None, "auto"):
            return Fact(manager, (environment.place("PYTHON_PACKAGE_MANAGER"), rule("it forces the manager", 58)))
    if app.includes("requirements.txt"):
        return Fact("pip", (app.evidence("requirements.txt"), rule("requirements.txt comes first", 80)))
    if app.includes("pyproject.toml"):
        locks = ["poetry"] + [name for name in ("pdm", "uv") if has_feature(name, day)]
        for name in locks:
            if app.includes(f"{name}.lock"):
                return Fact(name, (app.evidence(f"{name}.lock"), rule("the lockfile beside pyproject.toml", 82)))
        return Fact("setuptools", (app.evidence("pyproject.toml"), rule("pyproject.toml without a lockfile", 90)))
    if app.includes("Pipfile"):
        return Fact("pipenv", (app.evidence("Pipfile"), rule("Pipfile comes last", 92)))
    looked_for = "no requirements.txt, pyproject.toml or Pipfile: Nixpacks installs nothing"
    return Fact(None, (Evidence.absent(looked_for), rule("no manifest, no installation", 95)))


def _install(app: App, manager: Fact[str | None]) -> Phase:
    name = manager.value
    if name is None:
        return Phase(depends_on=("setup",))
    lock = "--deploy" if app.includes("Pipfile.lock") else "--skip-lock"
    command = {
        "pip": "pip install -r requirements.txt",
        "setuptools": "pip install --upgrade build setuptools && pip install .",
        "poetry": "pip install poetry==$NIXPACKS_POETRY_VERSION && poetry install --no-dev --no-interaction --no-ansi",
        "pdm": "pip install pdm==$NIXPACKS_PDM_VERSION && pdm install --prod",
        "uv": "pip install uv==$NIXPACKS_UV_VERSION && uv sync --no-dev --frozen",
        "pipenv": f"PIPENV_VENV_IN_PROJECT=1 pipenv install {lock}",
    }[name]
    caches = {"pdm": (f"{_CACHE}/pdm", f"{_CACHE}/pip"), "uv": (f"{_CACHE}/uv",)}.get(name, (f"{_CACHE}/pip",))
    return Phase(
        depends_on=("setup",),
        cmds=(f"{_VENV} && {command}",),
        only_include_files=("pyproject.toml",) if name == "setuptools" else None,
        cache_directories=caches,
        paths=("/opt/venv/bin",),
        places={"cmds": manager.evidence[0]},
    )


def _tool_variables(app: App, day: str) -> dict[str, str]:
    """The versions of package managers that lockfiles bring in, whichever manager is used."""
    rows: list[dict[str, Any]] = _data.load("nixpacks")["tools"]
    row = _data.row_on(rows, day) or rows[0]
    pinned: Mapping[str, str] = {}
    if app.includes(".tool-versions") and has_feature("tool_versions", day):
        pinned = parse_tool_versions(app.read(".tool-versions"))
    variables = {}
    if app.includes("poetry.lock"):
        variables["NIXPACKS_POETRY_VERSION"] = pinned.get("poetry", row["poetry"])
    if app.includes("pdm.lock") and has_feature("pdm", day):
        variables["NIXPACKS_PDM_VERSION"] = row["pdm"]
    if app.includes("uv.lock") and has_feature("uv", day):
        variables["NIXPACKS_UV_VERSION"] = pinned.get("uv", row["uv"])
        variables["UV_PROJECT_ENVIRONMENT"] = "/opt/venv"
    return variables


def _start(app: App) -> Fact[str] | None:
    """The provider's own start command: Django, main.py, or the module that pyproject.toml names."""
    if is_django(app):
        found = app.search(_WSGI, "*.py")
        if found is None:
            text = "Failed to find your WSGI_APPLICATION django setting. Add this to continue."
            hint = (
                'Write WSGI_APPLICATION = "<package>.wsgi.application" into the settings, with one space around the '
                "equals sign; Nixpacks asks for it even where a start command is given."
            )
            raise NixpacksError(text, hint, app.evidence("manage.py", 1))
        path, match = found
        line = match.string.count("\n", 0, match.start()) + 1
        command = f"python manage.py migrate && gunicorn {match[1]}"
        return Fact(command, (app.evidence(path, line), rule("Django's command comes first", 386)))
    if app.includes("main.py"):
        return Fact("python main.py", (app.evidence("main.py"), rule("main.py is run as it is", 397)))
    module = _module(app)
    if module is None:
        return None
    return Fact(f"python -m {module.value}", (*module.evidence, rule("the module of pyproject.toml is run", 403)))


def _module(app: App) -> Fact[str] | None:
    file = app.tree.get("pyproject.toml")
    if file is None:
        return None
    document = load_toml(file)
    project = document.get("project")
    if document.problem is not None or not isinstance(project, dict) or not _is_project(project):
        return None
    for key in ("packages", "py_modules"):
        if project.get(key):
            return Fact(project[key][0], (document.evidence("project", key),))
    name = project.get("name")
    return None if name is None else Fact(name, (document.evidence("project", "name"),))


def _is_project(project: Mapping[str, Any]) -> bool:
    """Whether [project] has the types that the provider reads; otherwise it reads nothing from it."""
    for key in ("packages", "py_modules"):
        value = project.get(key)
        if value is not None and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            return False
    entry_points = project.get("entry_points")
    if entry_points is not None and not _is_string_map(entry_points):
        return False
    return isinstance(project.get("name"), str | None)


def _is_string_map(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def procfile_plan(app: App) -> NixPlan:
    """The plan that a Procfile makes: `web`, else `worker`, else the first name; `release` is run in the build.

    Raises:
        NixpacksError: the Procfile is not a YAML map of strings.
    """
    file = app.tree.get("Procfile")
    if file is None:
        return NixPlan()
    app.read("Procfile")
    document = load_yaml(file)
    # A file without any value is an empty map, while the word null is none.
    processes = {} if document.value is None and not (document.raw() or "").strip() else document.value
    if document.problem is not None or not isinstance(processes, dict):
        evidence = document.problem.evidence[0] if document.problem else file.evidence(1)
        hint = "Write one line for each process, such as `web: gunicorn app:app`; Nixpacks reads the file as YAML."
        raise NixpacksError("Reading Procfile", hint, evidence)
    commands = {}
    for name, command in processes.items():
        if isinstance(command, (dict, list)):
            hint = "Write one command as a text; Nixpacks reads the file as YAML."
            raise NixpacksError("Reading Procfile", hint, document.evidence(name))
        written = (document.raw(name) or "").strip()
        commands[str(name)] = command if isinstance(command, str) else re.sub(r"^!\S*\s+", "", written)
    phases = {}
    if "release" in commands:
        phases["release"] = Phase(
            depends_on=("setup", "install", "build"),
            cmds=("...", commands["release"]),
            places={"cmds": document.evidence("release")},
        )
    names = sorted((name for name in commands if name != "release"), key=str.encode)
    chosen = next((name for name in ("web", "worker") if name in names), names[0] if names else None)
    if chosen is None:
        return NixPlan(phases=phases)
    return NixPlan(phases=phases, start=commands[chosen], start_place=document.evidence(chosen))
