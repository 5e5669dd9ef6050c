"""Railpack's configuration: railpack.json over RAILPACK_ variables over what the platform passes on.

Source: railwayapp/railpack at b5e80580, core/core.go:196-325, core/config/config.go, internal/utils/merge.go (read
2026-11-20): of the three sources the later one wins, lists are replaced and tables are merged.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import Any

from trueup.manifests._document import Document
from trueup.manifests.railpack_json import load_railpack_json
from trueup.model.evidence import Evidence, Fact
from trueup.platforms.builders._railpack_app import App
from trueup.platforms.builders._railpack_commands import Command, own_command, read_command
from trueup.platforms.builders._railpack_types import syntax_words, wrong_values
from trueup.platforms.builders._railway_settings import RailwaySettings

DEFAULT_NAME = "railpack.json"
_PANIC = "panic: runtime error: invalid memory address or nil pointer dereference"


@dataclass
class StepConfig:
    """What the configuration says about one step; None: nothing."""

    commands: tuple[Command, ...] | None = None
    variables: dict[str, str] = field(default_factory=dict)
    inputs: list[Any] | None = None
    outputs: list[Any] | None = None
    place: Evidence | None = None


@dataclass
class Config:
    """The merged configuration. `errors` are those that end Railpack before it plans anything."""

    provider: Fact[str] | None = None
    packages: dict[str, Fact[str]] = field(default_factory=dict)
    build_apt: list[str] | None = None
    deploy_apt: list[str] | None = None
    steps: dict[str, StepConfig] = field(default_factory=dict)
    start: Fact[str] | None = None
    variables: dict[str, str] = field(default_factory=dict)
    base_image: Fact[str] | None = None
    base: Any = None
    base_place: Evidence | None = None
    deploy_inputs: list[Any] | None = None
    errors: list[tuple[str, Evidence]] = field(default_factory=list)
    shadowed: list[tuple[str, Fact[str]]] = field(default_factory=list)
    """Values that a later source replaced: the setting and what it said."""

    def step(self, name: str) -> StepConfig:
        """The configuration of a step, made where there is none."""
        return self.steps.setdefault(name, StepConfig())


class _Reader:
    """Reads railpack.json as Go does: keys in any case, wrong types refused, unknown keys passed over."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def get(self, *path: str | int) -> tuple[Any, tuple[str | int, ...]]:
        """The value at a path, and the path in the file's own spelling."""
        value: Any = self.document.value
        found: tuple[str | int, ...] = ()
        for key in path:
            spelled = self._spelled(value, key)
            if spelled is None:
                return None, (*found, key)
            value, found = value[spelled], (*found, spelled)
        return value, found

    @staticmethod
    def _spelled(value: Any, key: str | int) -> Any:
        if isinstance(key, int):
            return key if isinstance(value, list) and key < len(value) else None
        if not isinstance(value, dict):
            return None
        # An exact key wins over one in another case; of several the last one does.
        return key if key in value else next((k for k in reversed(value) if k.lower() == key.lower()), None)

    def text(self, *path: str) -> Fact[str] | None:
        """A text with its line; None where it is absent, null or empty."""
        value, spelled = self.get(*path)
        if value is None or value == "":
            return None
        return Fact(value, (self.document.evidence(*spelled),))

    def names(self, *path: str) -> list[str] | None:
        """A list of texts; None where it is absent or null."""
        value = self.get(*path)[0]
        return None if value is None else [item or "" for item in value]

    def texts(self, *path: str) -> dict[str, Fact[str]]:
        """A table of texts, each with its line."""
        value, spelled = self.get(*path)
        if value is None:
            return {}
        return {key: Fact(item or "", (self.document.evidence(*spelled, key),)) for key, item in value.items()}

    def table(self, *path: str) -> dict[str, Any]:
        """A table of anything."""
        return self.get(*path)[0] or {}

    def step(self, name: str) -> StepConfig:
        """The configuration of one step."""
        commands, spelled = self.get("steps", name, "commands")
        inputs = self.get("steps", name, "inputs")[0]
        outputs = self.get("steps", name, "deployOutputs")[0]
        place = self.document.evidence(*self.get("steps", name)[1])
        variables = {key: fact.value for key, fact in self.texts("steps", name, "variables").items()}
        if commands is None:
            return StepConfig(None, variables, inputs, outputs, place)
        read = [
            read_command(item, self.document.raw(*spelled, index) or "", self.document.evidence(*spelled, index))
            for index, item in enumerate(commands)
        ]
        return StepConfig(tuple(command for command in read if command), variables, inputs, outputs, place)


def _merge_file(config: Config, reader: _Reader) -> None:
    # An empty name is a name that Railpack does not have: it then uses no provider (core.go:357).
    provider, spelled = reader.get("provider")
    config.provider = None if provider is None else Fact(provider, (reader.document.evidence(*spelled),))
    config.packages |= reader.texts("packages")
    build_apt, deploy_apt = reader.names("buildAptPackages"), reader.names("deploy", "aptPackages")
    config.build_apt = config.build_apt if build_apt is None else build_apt
    config.deploy_apt = config.deploy_apt if deploy_apt is None else deploy_apt
    for name in reader.table("steps"):
        read, step = reader.step(name), config.step(name)
        step.commands = step.commands if read.commands is None else read.commands
        step.inputs = step.inputs if read.inputs is None else read.inputs
        step.outputs = step.outputs if read.outputs is None else read.outputs
        step.place = read.place
        step.variables |= read.variables
    _replace_start(config, reader.text("deploy", "startCommand"))
    config.variables |= {key: fact.value for key, fact in reader.texts("deploy", "variables").items()}
    config.base_image = reader.text("deploy", "base", "image")
    config.base, spelled = reader.get("deploy", "base")
    config.base_place = None if config.base is None else reader.document.evidence(*spelled)
    config.deploy_inputs = reader.get("deploy", "inputs")[0]


def _replace_start(config: Config, start: Fact[str] | None) -> None:
    if start is None:
        return
    if config.start is not None:
        config.shadowed.append(("start command", config.start))
    config.start = start


def packages_of(words: list[str]) -> dict[str, str]:
    """`{"python": "3.12", "jq": "latest"}` of ["python@3.12", "jq"] (utils.go:99)."""
    split = [word.split("@") for word in words if word]
    return {parts[0]: parts[1] if len(parts) > 1 else "latest" for parts in split}


def _merge_environment(config: Config, app: App) -> None:
    for name, step in (("INSTALL_CMD", "install"), ("BUILD_CMD", "build")):
        if app.variable(name):
            given = Evidence.given(f"RAILPACK_{name} is set")
            config.step(step).commands = own_command(app.variable(name), given)
    if app.variable("START_CMD"):
        _replace_start(config, Fact(app.variable("START_CMD"), (Evidence.given("RAILPACK_START_CMD is set"),)))
    for name, version in packages_of(app.variable_list("PACKAGES") or []).items():
        config.packages[name] = Fact(version, (Evidence.given(f"RAILPACK_PACKAGES asks for {name}@{version}"),))
    config.build_apt = app.variable_list("BUILD_APT_PACKAGES") or config.build_apt
    config.deploy_apt = app.variable_list("DEPLOY_APT_PACKAGES") or config.deploy_apt


def _merge_settings(config: Config, settings: RailwaySettings) -> None:
    if settings.build_command and settings.build_command.value:
        command = settings.build_command
        config.step("build").commands = own_command(command.value, command.evidence[0])
    if settings.start_command and settings.start_command.value:
        config.start = settings.start_command


def config_file_name(app: App) -> str:
    """The path of the file that is read, relative to the root directory, cleaned as Go's filepath.Join cleans it."""
    root = "/app"
    name = app.variable("CONFIG_FILE") or DEFAULT_NAME
    return posixpath.relpath(posixpath.normpath(f"{root}/{name}"), root)


def _no_file(app: App, name: str) -> tuple[str, Evidence]:
    """Railpack's words where the named file is not there or is a folder (core.go:239, 49)."""
    if name == ".":
        return "read <app>: is a directory", Evidence.given("RAILPACK_CONFIG_FILE names the root directory")
    where = Evidence.absent(f"RAILPACK_CONFIG_FILE names {name}", app.tree.in_project(name))
    is_folder = name in app.tree.directories
    return f"read <app>/{name}: is a directory" if is_folder else f'config file "<app>/{name}" not found', where


def read_config(app: App, settings: RailwaySettings) -> Config:
    """Merge all sources. A file that is named but missing, or that Go cannot read, is an error of the configuration.

    The error texts are those of core/core.go:236-262 with the folder written as `<app>`.
    """
    config = Config()
    _merge_settings(config, settings)
    _merge_environment(config, app)
    name = config_file_name(app)
    file = app.tree.get(name)
    if file is None:
        # Whether the default file is missing is asked of the name as it was written (core.go:241).
        if app.variable("CONFIG_FILE") not in ("", DEFAULT_NAME) or name in app.tree.directories:
            config.errors.append(_no_file(app, name))
        return config
    document = load_railpack_json(file)
    if document.problem or file.data.startswith(b"\xef\xbb\xbf"):
        words = syntax_words(file.data.decode("utf-8", errors="replace"))
        evidence = document.problem.evidence[0] if document.problem else file.evidence(1)
        config.errors.append((words or f"error reading <app>/{name} as JSON", evidence))
        return config
    for path, words in wrong_values(document.value):
        config.errors.append((f"error reading <app>/{name} as JSON: {words}", document.evidence(*path)))
        return config
    reader = _Reader(document)
    for name, step in reader.table("steps").items():
        if step is None:
            # Nothing guards the step that is then no step (core/generate/context.go:243).
            config.errors.append((_PANIC, document.evidence(*reader.get("steps", name)[1])))
            return config
    _merge_file(config, reader)
    return config
