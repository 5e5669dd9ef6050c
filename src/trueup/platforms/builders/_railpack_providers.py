"""Which language Railpack builds: the first provider of its list that recognises the folder.

Source: railwayapp/railpack at b5e80580, core/providers/provider.go:33 (the order; its history is in the data) and the
Detect function of every provider (read 2026-11-20).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from trueup.manifests._document import load_yaml
from trueup.model.evidence import Evidence, Fact
from trueup.platforms.builders._railpack_app import App
from trueup.platforms.builders._railpack_releases import rule

_FILES: dict[str, tuple[str, ...]] = {
    "php": ("index.php", "composer.json"),
    "golang": ("go.mod", "go.work", "main.go"),
    "rust": ("Cargo.toml",),
    "ruby": ("Gemfile",),
    "elixir": ("mix.exs",),
    "deno": ("deno.json", "deno.jsonc"),
    "node": ("package.json", "package.json5"),
    "gleam": ("gleam.toml",),
    "cpp": ("CMakeLists.txt", "meson.build"),
}
_PATTERNS: dict[str, re.Pattern[str]] = {
    "java": re.compile(r"pom\.(xml|atom|clj|groovy|rb|scala|yaml|yml)|gradlew"),
    "dotnet": re.compile(r"[^/]*\.csproj"),
}


def _python(app: App) -> str | None:
    files = (*app.release.names("detecting_files"), "requirements.txt", "pyproject.toml", "Pipfile")
    return next((path for path in files if app.has(path)), None)


def static_root(app: App) -> tuple[str, str] | None:
    """The folder that the static provider would serve, and the file or variable that says so (staticfile.go:119)."""
    if app.variable("STATIC_FILE_ROOT"):
        return app.variable("STATIC_FILE_ROOT"), "RAILPACK_STATIC_FILE_ROOT"
    file = app.tree.get("Staticfile")
    root = load_yaml(file).get("root") if file else None
    if isinstance(root, str) and root.strip():
        return root.strip(), "Staticfile"
    if app.has("public"):
        return "public", "public"
    return (".", "index.html") if app.has("index.html") else None


def _static(app: App) -> str | None:
    found = static_root(app)
    return found[1] if found else None


def shell_script(app: App) -> str | None:
    """The script that the shell provider would start (shell.go:95)."""
    script = app.variable("SHELL_SCRIPT") or "start.sh"
    return script if app.has(script) else None


def _by_pattern(pattern: re.Pattern[str]) -> Callable[[App], str | None]:
    return lambda app: next(iter(app.matching(pattern)), None)


def _by_files(files: tuple[str, ...]) -> Callable[[App], str | None]:
    return lambda app: next((path for path in files if app.has(path)), None)


_DETECTORS: dict[str, Callable[[App], str | None]] = {
    **{name: _by_files(files) for name, files in _FILES.items()},
    **{name: _by_pattern(pattern) for name, pattern in _PATTERNS.items()},
    "python": _python,
    "staticfile": _static,
    "shell": shell_script,
}


def provider_named(name: str, app: App) -> str | None:
    """The provider of a name, in any case; None where this release has none (provider.go:54)."""
    return next((provider for provider in app.release.names("providers") if provider.lower() == name.lower()), None)


def detect(app: App) -> Fact[str | None]:
    """The provider that Railpack would take by itself, with the file that decides; None where none recognises it."""
    for name in app.release.names("providers"):
        sign = _DETECTORS[name](app)
        if sign is not None:
            seen = app.found(sign) if app.has(sign) else Evidence.given(f"{sign} is set")
            order = app.release.evidence(
                "providers", f"Railpack asks its providers in order; {name} is the first to say yes"
            )
            return Fact(name, (seen, order))
    looked = "none of the files by which Railpack recognises a language is in the root directory"
    return Fact(
        None, (Evidence.absent(looked), rule("the first provider that recognises it wins", "core/core.go#L327"))
    )


def needed_file(name: str | None, app: App) -> str | None:
    """The file without which a provider that is forced plans nothing at all, where it is not there; else None.

    Observed with a binary of that commit: the plan is then that of no provider.
    """
    if name == "node":
        return None if any(app.has(path) for path in _FILES["node"]) else "package.json"
    if name == "shell":
        return None if shell_script(app) else app.variable("SHELL_SCRIPT") or "start.sh"
    if name == "staticfile" and not app.release.flag("static_root_when_planned"):
        return None if static_root(app) else "index.html"
    return None


def planning_error(name: str | None, app: App) -> tuple[str, str, Evidence] | None:
    """The error with which a provider that is forced ends Railpack where its files are not there; None without one.

    Returns:
        Railpack's words, the files that are missing, and the place in its source; run with a binary of that commit.
    """
    if name == "staticfile" and static_root(app) is None and not needed_file(name, app):
        place = rule("without a folder to serve its plan is an error", "core/providers/staticfile/staticfile.go#L123")
        return "no static file root dir found", "public/ and no index.html, nor a Staticfile with a root", place
    if name == "cpp" and _DETECTORS["cpp"](app) is None:
        place = rule("it asks for a build system that it did not find", "core/providers/cpp/cpp.go#L42")
        return (
            "panic: runtime error: invalid memory address or nil pointer dereference",
            " and no ".join(_FILES["cpp"]),
            place,
        )
    return None


def capitalised(name: str) -> str:
    """A name with its first letter in upper case, as Railpack prints it (utils.go:71)."""
    return name[:1].upper() + name[1:]


def supported_languages(app: App) -> tuple[str, ...]:
    """The names of the providers, as Railpack's error lists them."""
    return tuple(capitalised(name) for name in app.release.names("providers"))
