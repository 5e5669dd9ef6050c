"""What Railpack's Python provider generates: tools, system packages, install and build commands, variables.

Source: railwayapp/railpack at b5e80580, core/providers/python/python.go (read 2026-11-20); what older releases did
otherwise is in the data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from trueup.manifests._document import load_toml
from trueup.model.evidence import Evidence, Fact
from trueup.platforms.builders._railpack_app import App
from trueup.platforms.builders._railpack_commands import AddPath, Command, Copy, Execute
from trueup.platforms.builders._railpack_releases import rule

VENV = "/app/.venv"
_LOCAL_BIN = "~/.local/bin"
_COMMON = {
    "PYTHONFAULTHANDLER": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONHASHSEED": "random",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_DEFAULT_TIMEOUT": "100",
}
_OWN_VARIABLES = {
    "pip": {"PIP_CACHE_DIR": "/opt/pip-cache", "VIRTUAL_ENV": VENV},
    "uv": {
        "UV_COMPILE_BYTECODE": "1",
        "UV_LINK_MODE": "copy",
        "UV_CACHE_DIR": "/opt/uv-cache",
        "UV_PYTHON_DOWNLOADS": "never",
        "VIRTUAL_ENV": VENV,
    },
    "poetry": {"VIRTUAL_ENV": VENV, "POETRY_VIRTUALENVS_PATH": VENV, "POETRY_VIRTUALENVS_IN_PROJECT": "true"},
    "pdm": {"PDM_CHECK_UPDATE": "false"},
    "pipenv": {"PIPENV_CHECK_UPDATE": "false", "PIPENV_VENV_IN_PROJECT": "1", "PIPENV_IGNORE_VIRTUALENVS": "1"},
}
_INSTALL = {
    "pip": "pip install -r requirements.txt",
    "uv": "uv sync --locked --no-dev --no-install-project",
    "poetry": "poetry install --no-interaction --no-ansi --only main --no-root",
    "pdm": "pdm install --check --prod --no-editable",
}
_COPIED = ("requirements.txt", "pyproject.toml", "Pipfile", "poetry.lock", "uv.lock", "pdm.lock")
_BUILD_PACKAGES: dict[str, tuple[str, ...]] = {"pycairo": ("libcairo2-dev",)}
_RUNTIME_PACKAGES: dict[str, tuple[str, ...]] = {
    "pycairo": ("libcairo2",),
    "pdf2image": ("poppler-utils",),
    "pydub": ("ffmpeg",),
    "pymovie": (
        "ffmpeg",
        "qt5-qmake",
        "qtbase5-dev",
        "qtbase5-dev-tools",
        "qttools5-dev-tools",
        "libqt5core5a",
        "python3-pyqt5",
    ),
}
_PLAYWRIGHT_PACKAGES = (
    *("libasound2", "libatk-bridge2.0-0", "libatk1.0-0", "libatspi2.0-0", "libcairo2", "libcups2", "libdbus-1-3"),
    *("libdrm2", "libgbm1", "libglib2.0-0", "libnspr4", "libnss3", "libpango-1.0-0", "libx11-6", "libxcb1"),
    *("libxcomposite1", "libxdamage1", "libxext6", "libxfixes3", "libxkbcommon0", "libxrandr2"),
)
_MISE_FILES = (
    *("mise.toml", ".mise.toml", "mise/config.toml", ".mise/config.toml", ".config/mise.toml"),
    *(".config/mise/config.toml", ".tool-versions"),
    *(".python-version", ".python-versions", ".node-version", ".nvmrc", ".ruby-version", "Gemfile", ".go-version"),
    *(".java-version", ".sdkmanrc", ".exenv-version", ".deno-version", "rust-toolchain.toml", ".bun-version"),
    *(".yvmrc", "global.json"),
)
_MISE_PATTERNS = [
    re.compile(pattern)
    for pattern in (r"mise\.[^/]*\.toml", r"\.mise\.[^/]*\.toml", r"\.config/mise/conf\.d/[^/]*\.toml")
]


@dataclass
class Generated:
    """The plan that the provider makes, before the configuration changes it."""

    package_manager: Fact[str | None]
    tools: list[str]
    install: tuple[Command, ...] = ()
    build: tuple[Command, ...] = ()
    install_sees_everything: bool = False
    install_variables: dict[str, str] = field(default_factory=dict)
    runtime_variables: dict[str, str] = field(default_factory=dict)
    build_apt: list[str] = field(default_factory=list)
    deploy_apt: list[str] = field(default_factory=list)
    manifests: tuple[str, ...] = ()


def package_manager(app: App) -> Fact[str | None]:
    """The manager that installs, by the files in the root (python.go:82)."""
    why = rule(
        "requirements.txt, else uv.lock, poetry.lock, pdm.lock beside pyproject.toml, else Pipfile",
        "core/providers/python/python.go#L82",
    )
    if app.has("requirements.txt"):
        return Fact("pip", (app.found("requirements.txt"), why))
    if app.has("pyproject.toml"):
        for lock, manager in (("uv.lock", "uv"), ("poetry.lock", "poetry"), ("pdm.lock", "pdm")):
            if app.has(lock):
                return Fact(manager, (app.found(lock), app.found("pyproject.toml"), why))
    if app.has("Pipfile"):
        return Fact("pipenv", (app.found("Pipfile"), why))
    nothing = "neither requirements.txt nor a Pipfile, and no lockfile beside a pyproject.toml: nothing is installed"
    return Fact(None, (Evidence.absent(nothing), why))


def install_needs_everything(app: App) -> bool:
    """Whether the whole root directory is there when the install step runs (python.go:459)."""
    requirements = app.read("requirements.txt")
    if requirements is not None:
        return "file://" in requirements
    text = app.read("pyproject.toml")
    if text is None:
        return False
    if "file://" in text or "path = " in text:
        return True
    uv = load_toml(app.file("pyproject.toml")).get("tool", "uv")
    return isinstance(uv, dict) and "workspace" in uv


def tools(app: App) -> list[str]:
    """The tools that the provider asks mise for (python.go:378)."""
    release, found = app.release, ["python"]
    has = {lock: app.has(lock) for lock in ("poetry.lock", "pdm.lock", "uv.lock", "Pipfile")}
    pipx = has["pdm.lock"] or has["Pipfile"]
    pipx = pipx or (has["poetry.lock"] and release.flag("pipx_beside_poetry"))
    if pipx or (has["uv.lock"] and release.flag("pipx_beside_uv")):
        found.append("pipx")
    if pipx and release.flag("uv_beside_pipx"):
        found.append("uv")
    found += [release.text("poetry_tool")] if has["poetry.lock"] else []
    found += ["pipx:pdm"] if has["pdm.lock"] else []
    found += [release.text("uv_tool")] if has["uv.lock"] else []
    found += ["pipx:pipenv"] if has["Pipfile"] else []
    return list(dict.fromkeys(found))


def uses_binary_psycopg(app: App) -> bool:
    """Whether a manifest names a psycopg that brings libpq with it (python.go:493)."""
    return app.mentions("psycopg2-binary") or app.mentions("psycopg[binary]")


def _django_engine(app: App, engine: str) -> bool:
    pattern = re.compile(rf"django.db.backends.{engine}")
    return any(pattern.search(text) for _, text in app.python_sources())


def uses_postgres(app: App) -> bool:
    """Whether libpq is installed (python.go:497)."""
    if app.release.flag("binary_psycopg_needs_nothing") and uses_binary_psycopg(app):
        return False
    driver = app.mentions("psycopg2") or (app.release.flag("psycopg3") and app.mentions("psycopg"))
    return driver or _django_engine(app, "postgresql")


def uses_mysql(app: App) -> bool:
    """Whether the MySQL client is installed (python.go:507)."""
    return app.mentions("mysqlclient") or _django_engine(app, "mysql")


def installs_playwright(app: App) -> bool:
    """Whether Playwright's browser is installed (python.go:99)."""
    return app.release.flag("playwright_opt_in") and app.variable_is_set("PYTHON_PLAYWRIGHT_INSTALL")


def _apt(app: App, by_name: dict[str, tuple[str, ...]], postgres: str, mysql: str) -> list[str]:
    found = [package for name, packages in by_name.items() if app.mentions(name) for package in packages]
    found += [postgres] if uses_postgres(app) else []
    found += [mysql] if uses_mysql(app) else []
    return found


def _copies(app: App, manager: str) -> tuple[Copy, ...]:
    if manager == "pipenv":
        names = ["Pipfile", *(["Pipfile.lock"] if app.has("Pipfile.lock") else [])]
        return tuple(Copy(name) for name in names)
    if install_needs_everything(app):
        return ()
    return tuple(Copy(name) for name in _COPIED if app.tree.has(name))


def _install(app: App, manager: Fact[str | None]) -> tuple[Command, ...]:
    name, why = manager.value, manager.evidence
    if name is None:
        return ()
    command = _INSTALL.get(name, "pipenv install --skip-lock")
    if name == "pipenv" and app.has("Pipfile.lock"):
        command = "pipenv install --deploy --ignore-pipfile"
    if name == "pip":
        venv = Execute(f"python -m venv {VENV}", why)
        return (venv, AddPath(f"{VENV}/bin"), *_copies(app, name), Execute(command, why))
    return (*_copies(app, name), AddPath(_LOCAL_BIN), AddPath(f"{VENV}/bin"), Execute(command, why))


def _manifests(app: App, manager: str | None) -> tuple[str, ...]:
    wanted = {
        "pip": ("requirements.txt",),
        "uv": ("pyproject.toml", "uv.lock"),
        "poetry": ("pyproject.toml", "poetry.lock"),
        "pdm": ("pyproject.toml", "pdm.lock"),
        "pipenv": ("Pipfile", "Pipfile.lock"),
    }
    return tuple(path for path in wanted.get(manager or "", ()) if app.has(path))


def generate(app: App) -> Generated:
    """The provider's plan for a folder."""
    manager = package_manager(app)
    name = manager.value
    build: tuple[Command, ...] = ()
    if name == "uv":
        build = (Execute("uv sync --locked --no-dev --no-editable", manager.evidence),)
    install = _install(app, manager)
    deploy_apt = _apt(app, _RUNTIME_PACKAGES, "libpq5", "default-mysql-client")
    if installs_playwright(app):
        opted = (Evidence.given("RAILPACK_PYTHON_PLAYWRIGHT_INSTALL is set"),)
        install = (*install, Execute("playwright install --only-shell", opted))
        deploy_apt += _PLAYWRIGHT_PACKAGES
    build_apt = ["python3-dev"] if app.release.flag("python3_dev") else []
    return Generated(
        package_manager=manager,
        tools=tools(app),
        install=install,
        build=build,
        install_sees_everything=name not in (None, "pipenv") and install_needs_everything(app),
        install_variables=_COMMON | _OWN_VARIABLES[name] if name else {},
        runtime_variables=dict(_COMMON),
        build_apt=build_apt + _apt(app, _BUILD_PACKAGES, "libpq-dev", "default-libmysqlclient-dev"),
        deploy_apt=deploy_apt,
        manifests=_manifests(app, name),
    )


def version_files(app: App) -> list[str]:
    """The files of mise that are copied before anything is installed (mise_step_builder.go:340-440)."""
    found = [name for name in _MISE_FILES if app.has(name)]
    for pattern in _MISE_PATTERNS:
        found += [path for path in app.matching(pattern) if path not in found]
    for path in [path for path in found if path.endswith(".toml")]:
        lock = f"{path.rpartition('/')[0]}/mise.lock".lstrip("/")
        if app.has(lock) and lock not in found:
            found.append(lock)
    return found
