"""What Railpack would stop with or warn of, in its own words, and what its install step cannot find.

Source: railwayapp/railpack at b5e80580, core/validate.go, core/core.go:327-378, core/mise/mise.go:116-135 (read
2026-11-20).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from trueup.manifests._document import load_toml
from trueup.manifests.railpack_json import load_railpack_json
from trueup.manifests.requirements_txt import parse
from trueup.model.evidence import Evidence, Fact
from trueup.model.finding import Confidence, Problem, Severity
from trueup.platforms import _data
from trueup.platforms.builders._railpack_app import App, parse_bool
from trueup.platforms.builders._railpack_config import config_file_name
from trueup.platforms.builders._railpack_providers import (
    capitalised,
    needed_file,
    planning_error,
    provider_named,
    supported_languages,
)
from trueup.platforms.builders._railpack_python_version import PythonDecision
from trueup.platforms.builders._railpack_releases import DATA, rule
from trueup.platforms.builders._railpack_start import OTHER_START_FILES
from trueup.platforms.builders._railpack_versions import is_precompiled
from trueup.platforms.builders._unknown_keys import KeyRules, unknown_key

_START_HELP = {
    "python": "\n\nTo start your Python application, Railpack will automatically:\n\n"
    "1. Start FastHTML projects with uvicorn\n"
    "2. Start FastAPI projects with uvicorn\n"
    "3. Start Flask projects with gunicorn\n"
    "4. Start Django projects with the gunicorn production server\n\n"
    "Otherwise, it will run the main.py or app.py file in your project root",
    "ruby": "\n\nTo start your Ruby application, Railpack will automatically:\n\n"
    "1. Start the Rails server if a Rails application is detected\n"
    "2. Start the Ruby server if a config/environment.rb and script/server file is found\n"
    "3. Start the Rack server if a config.ru file is found\n"
    "4. Run the Rakefile if a Rakefile is found\n\n"
    "Otherwise, it will not start any server by default.",
    "rust": "\n\nTo start your Rust application, Railpack will look for:\n\n"
    "1. A Cargo.toml file in your project root\n\n"
    "Your application will be compiled to a binary and started using `./bin/<binary>`",
    "deno": "\n\nTo start your Deno application, Railpack will look for:\n\n"
    "1. A main.ts, main.js, main.mjs, or main.mts file in your project root\n\n"
    "2. If no main file is found, it will use the first .ts, .js, .mjs, or .mts file found in your project\n\n"
    "The selected file will be run with `deno run --allow-all`",
    "dotnet": "\n\nTo start your Dotnet application, Railpack will look for:\n\n"
    "1. A .csproj file in your project root\n\n"
    "The project will be run with `./out`",
}


def error(text: str, cause: str, hint: str, *evidence: Evidence, rule_id: str = "builder-error") -> Problem:
    """The problem of an error that ends Railpack: `text` are its words, `cause` what it found, with the place."""
    first_line = text.split("\n", 1)[0]
    return Problem(
        rule=rule_id,
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        message=f"{cause} Railpack stops with “{first_line}”: nothing is built or deployed.",
        hint=hint,
        evidence=evidence,
        subject=first_line,
    )


def no_provider_text(app: App) -> str:
    """The whole text of Railpack's error about an unknown language (validate.go:110)."""
    names = {path.split("/", 1)[0] for path in app.tree.listing}
    files = sorted(name for name in names if app.tree.has(name))
    entries = [f"{name}/" for name in sorted(names) if not app.tree.has(name)] + files
    tree = [f"├── {entry}" for entry in entries[:-1]] + [f"└── {entry}" for entry in entries[-1:]]
    languages = "\n".join(f"- {name}" for name in supported_languages(app))
    return (
        "Railpack could not determine how to build the app.\n\n"
        f"The following languages are supported:\n{languages}\n\n"
        "The app contents that Railpack analyzed contains:\n\n"
        + "\n".join(["./", *tree])
        + "\n\nCheck out the docs for more information: https://railpack.com"
    )


def no_provider(app: App, configured: Fact[str] | None) -> Problem:
    """Railpack recognises nothing, or is told a provider that it does not have, and nothing gives it a command.

    An unknown name in `provider` is only a warning, after which no provider is used at all (core.go:360).
    """
    refused = rule("a plan without any command is refused", "core/validate.go#L38")
    if configured is not None:
        place = configured.evidence[0].place
        names = ", ".join(app.release.names("providers"))
        needed = needed_file(provider_named(configured.value, app), app)
        why = (
            f"which plans nothing without {needed}" if needed else "which Railpack does not have, so that it uses none"
        )
        cause = f"{place} names the provider {configured.value!r}, {why}."
        hint = f"Remove provider, or write one of: {names}."
        return error(no_provider_text(app), cause, hint, *configured.evidence, refused)
    where = app.tree.root_dir or "The root directory"
    return error(
        no_provider_text(app),
        f"{where} holds none of the files by which Railpack recognises a language, and no command is configured.",
        "Put requirements.txt, pyproject.toml or Pipfile into the service's root directory, or set the root directory "
        "to the folder that holds them.",
        Evidence.absent(
            "no requirements.txt, pyproject.toml or Pipfile, and no main file of Railpack's", app.tree.root_dir or None
        ),
        refused,
    )


def not_planned(app: App, provider: Fact[str | None]) -> tuple[str, Problem] | None:
    """A provider that `provider` forces ends Railpack without its files: the whole text of the error, and it."""
    found = planning_error(provider.value, app)
    if found is None:
        return None
    text, missing, place = found
    where = provider.evidence[0].place or "The configuration"
    cause = f"{where} forces the provider {provider.value}, and there is no {missing}."
    hint = "Remove provider, so that Railpack recognises the language, or add what it needs."
    return text, error(text, cause, hint, *provider.evidence[:1], place)


def no_start(app: App, provider: str | None) -> Problem:
    """Nothing says how to start; on Railway that is an error (core.go:34)."""
    files = OTHER_START_FILES.get(provider or "")
    signs = ", ".join(files or app.release.names("main_files"))
    inferred = f"Railpack infers none from {signs} or Django"
    if provider is not None and files:
        inferred = f"Railpack takes this for {capitalised(provider)} and infers none from {signs}"
    return error(
        no_start_text(app, provider),
        f"No configuration and no Procfile gives a start command; {inferred}.",
        "Set startCommand in Railway, deploy.startCommand in railpack.json, or a web line in Procfile.",
        Evidence.absent(f"no start command, no Procfile, and none of {signs}"),
        app.release.evidence("no_start", "Railway runs Railpack so that a missing start command is an error"),
        rule_id="no-start-command",
    )


def no_start_text(app: App, provider: str | None) -> str:
    """The whole text of the error, with the provider's help."""
    return app.release.text("no_start") + _START_HELP.get(provider or "", "")


def version_problems(app: App, decision: PythonDecision) -> Iterator[Problem]:
    """A version that mise cannot find or has no ready-made build of, and a version file that mise cannot read."""
    choice, evidence = decision.choice, decision.choice.evidence
    where = evidence[0].place or choice.source
    if decision.unknown is not None:
        return
    if choice.version is None:
        yield error(
            f"failed to resolve version {decision.fuzzy} of python",
            f"{where} asks for Python {choice.requested!r}; no Python answers to {' or '.join(decision.queries)}.",
            "Write a version such as 3.13 or 3.13.2.",
            *evidence,
            rule("an empty answer of mise is an error", "core/mise/mise.go#L129"),
            rule_id="python-version-unavailable",
        )
    elif app.release.flag("precompiled_only") and not is_precompiled(choice.version) and not _compiles_python(app):
        yield error(
            f"no precompiled python found for core:python@{choice.version} on x86_64-unknown-linux-gnu",
            f"{where} asks for Python {choice.version}, of which no ready-made build exists.",
            "Move to a newer Python, or set MISE_PYTHON_COMPILE=1 so that the build compiles it.",
            *evidence,
            app.release.evidence("precompiled_only", "Railpack sets python.compile to false for mise"),
            rule_id="python-version-unavailable",
        )
    yield from _mise_problems(app, decision)


def _compiles_python(app: App) -> bool:
    if parse_bool(app.environment.get("MISE_PYTHON_COMPILE", "")):
        return True
    files = [app.tree.get(path) for path in (".mise.toml", "mise.toml")]
    return any(file is not None and load_toml(file).get("settings", "python", "compile") is True for file in files)


def _mise_problems(app: App, decision: PythonDecision) -> Iterator[Problem]:
    path, text = decision.mise.error_path, decision.mise.error
    if path is None or text is None or not app.release.flag("mise_plans_tools"):
        return
    file = app.file(path)
    yield Problem(
        rule="python-version-invalid",
        severity=Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
        message=(
            f"{file.path} is not understood by mise ({text}). Railpack warns, takes no version from any of mise's "
            f"files and plans Python {decision.choice.version or '?'} ({decision.choice.source}). The file is also "
            "copied into the image, where mise may stop the build at it."
        ),
        hint="Correct the file: one version such as 3.13 on a line in .python-version, without quotes.",
        evidence=(
            file.evidence(1),
            rule("mise's failure is only a warning", "core/generate/mise_step_builder.go#L200"),
        ),
        subject=file.path,
    )


def unknown_keys(app: App) -> Iterator[Problem]:
    """Keys of railpack.json that Railpack passes over."""
    file = app.tree.get(config_file_name(app))
    document = load_railpack_json(file) if file else None
    if document is None or document.problem or not isinstance(document.value, dict):
        return
    data = _data.load(DATA)
    keys = data["keys"]
    evidence = _data.evidence(keys, "Go's JSON reader passes over keys that it does not know")
    elsewhere = {
        **dict.fromkeys(keys["step"], "under a step of steps"),
        **dict.fromkeys(keys["deploy"], "under deploy"),
    }
    elsewhere |= dict.fromkeys(keys["root"], "at the top of the file")
    rules = KeyRules("Railpack", "passes over it without a word", evidence, data["mistakes"], elsewhere)
    steps = document.get("steps", default={})
    tables = [((), "root"), (("deploy",), "deploy")]
    tables += [(("steps", name), "step") for name in (steps if isinstance(steps, dict) else ())]
    for path, kind in tables:
        table = document.get(*path, default={})
        known = {key.lower() for key in keys[kind]}
        for key in table if isinstance(table, dict) else ():
            if key.lower() not in known:
                yield unknown_key(document, (*path, key), dict.fromkeys(keys[kind]), rules)


def include_problems(app: App, visible: tuple[str, ...]) -> Iterator[Problem]:
    """What requirements.txt refers to and the install step does not have, because only some files are copied first."""
    file = app.tree.get("requirements.txt")
    if file is None:
        return
    read = parse(file)
    for include in read.includes:
        target = posixpath.normpath(include.target)
        if "://" in include.target or target in visible:
            continue
        exists = "" if app.tree.has(target) else " (and it does not exist in the root directory either)"
        yield _not_copied(f"{include.target}{exists}", visible, include.evidence, target)
    for requirement in read.requirements:
        path = posixpath.normpath(requirement.local_path) if requirement.local_path else None
        if path is not None and path not in visible:
            what = "the source of the project" if path == "." else f"the project in {path}"
            yield _not_copied(what, visible, requirement.evidence, path)


def _not_copied(what: str, visible: tuple[str, ...], evidence: Evidence, subject: str) -> Problem:
    copied = ", ".join(visible)
    return Problem(
        rule="include-not-copied",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        message=(
            f"{evidence.place} says “{evidence.text}”. Before “pip install -r requirements.txt” Railpack copies only "
            f"{copied}; {what} is not there yet, so the install fails."
        ),
        hint=(
            "Write the requirements into requirements.txt itself; or set the service's root directory to the folder "
            "that holds the other file; or let everything be copied first, by RAILPACK_INSTALL_CMD with "
            "python -m venv /app/.venv and pip install."
        ),
        evidence=(
            evidence,
            rule(
                "only these files are copied, unless requirements.txt holds file://",
                "core/providers/python/python.go#L435",
            ),
        ),
        subject=subject,
    )
