"""The start command: Procfile over what the Python provider infers.

Source: railwayapp/railpack at b5e80580, core/providers/python/python.go:144-182, django.go and
core/providers/procfile/procfile.go (read 2026-11-20).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from trueup.manifests._document import Document, load_toml, load_yaml
from trueup.model.evidence import Evidence, Fact
from trueup.platforms.builders._railpack_app import App, text_of
from trueup.platforms.builders._railpack_releases import rule

_WSGI = re.compile(r"WSGI_APPLICATION = [\"'](.*).application[\"']")
_NEXT_DOCUMENT = re.compile(rb"(?<=\S\n)---(?=\s|$)")
_TAG = re.compile(r"^!\S*\s+")
OTHER_START_FILES = {
    "ruby": ("config/application.rb", "config/environment.rb", "config.ru", "Rakefile"),
    "rust": ("src/main.rs", "src/bin"),
    "node": ("package.json",),
    "shell": ("start.sh",),
    "deno": ("main.ts", "main.js", "main.mjs", "main.mts", "any other file with such an ending"),
    "dotnet": ("a .csproj file",),
}
"""What other providers start, by provider."""
_STARTED = {"deno": re.compile(r"(?:.*/)?[^/]*\.(?:ts|js|mjs|mts)"), "dotnet": re.compile(r"[^/]*\.csproj")}
"""What the files are called of which these providers start the first (deno.go:107, dotnet.go:80)."""
_UVICORN = "uvicorn main:app --host 0.0.0.0 --port ${PORT:-8000}"
_GUNICORN = "gunicorn --bind 0.0.0.0:${PORT:-8000} main:app"


def main_file(app: App) -> str | None:
    """The file that Railpack takes for the program: the first of its list that exists (python.go:173)."""
    return next((path for path in app.release.names("main_files") if app.has(path)), None)


def django_application(app: App) -> Fact[str] | None:
    """The module of WSGI_APPLICATION, from RAILPACK_DJANGO_APP_NAME or the first Python file that sets it."""
    if app.variable("DJANGO_APP_NAME"):
        return Fact(app.variable("DJANGO_APP_NAME"), (Evidence.given("RAILPACK_DJANGO_APP_NAME is set"),))
    for path, text in app.python_sources():
        found = _WSGI.search(text)
        if found:
            return Fact(found.group(1), (app.file(path).evidence(text.count("\n", 0, found.start()) + 1),))
    return None


def _django(app: App) -> Fact[str] | None:
    if not app.has("manage.py") or not app.mentions("django"):
        return None
    application = django_application(app)
    if application is None:
        return None
    bind = "--bind 0.0.0.0:${PORT:-8000} " if app.release.flag("django_bind") else ""
    command = f"python manage.py migrate && gunicorn {bind}{application.value}:application"
    why = rule(
        "manage.py and the word django: Railpack migrates and starts gunicorn", "core/providers/python/django.go"
    )
    return Fact(command, (*application.evidence, app.mention("django"), why))


def _framework(app: App) -> Fact[str] | None:
    """The last of Railpack's three tests that holds; each replaces the one before."""
    tests = [("python-fasthtml", "uvicorn", _UVICORN)] if app.release.flag("flask_start") else []
    tests += [("fastapi", "uvicorn", _UVICORN)] if app.release.flag("fastapi_start") else []
    tests += [("flask", "gunicorn", _GUNICORN)] if app.release.flag("flask_start") else []
    found = None
    for framework, server, command in tests:
        if app.mentions(framework) and app.mentions(server):
            why = rule(
                f"the words {framework} and {server}: Railpack starts the module main, whatever the file is called",
                "core/providers/python/python.go#L153",
            )
            found = Fact(command, (app.mention(framework), app.mention(server), why))
    return found


def provider_start(app: App) -> Fact[str] | None:
    """What the Python provider would start (python.go:144)."""
    program = main_file(app)
    framework = _framework(app) if program else None
    start = framework or _django(app)
    if start is None and program:
        why = rule("the first of Railpack's main files that exists", "core/providers/python/python.go#L173")
        start = Fact(f"python {program}", (app.found(program), why))
    return start


def starts_nothing(app: App, provider: str | None) -> bool:
    """Whether a provider is known to find nothing to start; False where that is not known."""
    if provider == "ruby":
        return not _ruby_starts(app)
    if provider == "rust":
        return not _rust_may_start(app)
    if provider in _STARTED:
        return not app.matching(_STARTED[provider])
    return provider in ("python", None)


def _rust_may_start(app: App) -> bool:
    """Whether the Rust provider may find a program, in a workspace for instance (rust.go:77, 250, 382)."""
    file = app.tree.get("Cargo.toml")
    is_workspace = bool(app.variable("CARGO_WORKSPACE")) or (
        file is not None and bool(load_toml(file).get("workspace"))
    )
    return is_workspace or any(app.has(path) for path in OTHER_START_FILES["rust"])


def _ruby_starts(app: App) -> bool:
    """Whether the Ruby provider finds something to start (ruby.go:118, 310)."""
    rails = "Rails::Application" in (app.read("config/application.rb") or "")
    script = app.has("config/environment.rb") and app.has("script")
    return rails or script or app.has("config.ru") or app.has("Rakefile")


def _process(processes: dict[str, str]) -> str | None:
    """web, else worker, else any other that is not empty (procfile.go:20)."""
    named = [name for name in ("web", "worker") if processes.get(name)]
    return next(iter([*named, *sorted(name for name, command in processes.items() if command)]), None)


def procfile_start(app: App) -> tuple[Fact[str] | None, tuple[str, Evidence] | None]:
    """The Procfile's command, or Railpack's error with its place where the file is not a YAML map of strings."""
    file = app.tree.get("Procfile")
    if file is None or file.problem:
        return None, None
    # Only the first document counts: a line of three dashes after some text begins the next one.
    document = load_yaml(replace(file, data=_NEXT_DOCUMENT.split(file.data, maxsplit=1)[0]))
    if document.problem:
        evidence = document.problem.evidence[0]
        return None, (f"error reading Procfile as YAML: {_yaml_words(document.problem.message, evidence)}", evidence)
    entries = {} if document.value is None else document.value
    if not isinstance(entries, dict) or any(isinstance(value, dict | list) for value in entries.values()):
        words = "yaml: unmarshal errors:\n  line 1: cannot unmarshal into map[string]string"
        return None, (f"error reading Procfile as YAML: {words}", file.evidence(1))
    processes = {str(key): _scalar(document, key, value) for key, value in entries.items()}
    name = _process(processes)
    if name is None:
        return None, None
    line = next((n for n, text in enumerate(text_of(file).split("\n"), 1) if text.startswith(f"{name}:")), None)
    why = rule(
        f"Railpack starts {name} of the Procfile: web, else worker, else any other entry",
        "core/providers/procfile/procfile.go#L25",
    )
    return Fact(processes[name], (file.evidence(line), why)), None


def _scalar(document: Document, key: Any, value: object) -> str:
    """A YAML scalar as the text that Go makes of it: numbers and booleans as they are written."""
    if value is None:
        return ""
    written = (document.raw(key) or str(value)).strip()
    return value if isinstance(value, str) else _TAG.sub("", written)


_YAML_WORDS = (
    ("cannot start any token", "found character that cannot start any token"),
    ("mapping values are not allowed", "mapping values are not allowed in this context"),
    ("sequence entries are not allowed", "block sequence entries are not allowed in this context"),
    ("end of stream", "found unexpected end of stream"),
)


def _yaml_words(message: str, evidence: Evidence) -> str:
    """The words of Go's YAML reader for a fault that ours names; it tells no line for a fault on the first."""
    words = next((words for sign, words in _YAML_WORDS if sign in message), "it cannot be read")
    return f"yaml: line {evidence.line}: {words}" if evidence.line and evidence.line > 1 else f"yaml: {words}"
