"""The tables of mise's TOML files beside [tools]: what mise refuses in them, and what it only warns of.

Source: jdx/mise at tag v2026.8.6, settings.toml (names and kinds), src/config/config_file/mise_toml.rs and
src/config/settings.rs; each rule observed with the binary of that tag (read and run 2026-11-20).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from trueup.platforms import _data
from trueup.platforms.builders._mise_bootstrap import refused_bootstrap, unknown_bootstrap_fields

_TABLES = (
    "settings", "env", "tasks", "alias", "tool_alias", "plugins", "vars", "deps", "hooks", "task_config", "shell_alias",
    "oci", "dotfiles", "bootstrap", "monorepo", "tool_config", "task_templates",
)  # fmt: skip
_FLAGS = ("monorepo_root", "experimental_monorepo_root")
_LISTS = ("watch_files", "redactions")
_DEPS = {
    "auto": "bool", "run": "text", "sources": "list", "outputs": "list", "env": "any", "dir": "text",
    "description": "text", "depends": "list", "timeout": "text",
}  # fmt: skip
"""The keys of one table of [deps] (src/deps/rule.rs)."""
_TASK_CONFIG = {
    "cascade", "includes", "dir", "shell", "cache", "rust_cache", "global_env", "global_pass_through_env",
    "global_inputs", "input_groups",
}  # fmt: skip
"""The keys of [task_config] (src/config/config_file/mod.rs:979)."""
_MONOREPO = {"config_roots", "lockfile", "projects"}
"""The keys of [monorepo] (src/config/config_file/mise_toml.rs:474)."""
_DEPRECATED = (("env_file", "file"), ("dotenv", "file"), ("env_path", "path"))


def refused_table(document: dict[str, Any]) -> str | None:
    """The key of a mise.toml whose value mise cannot read, dotted; None where it reads all of them."""
    for name in _TABLES:
        value = document.get(name)
        if value is not None and not isinstance(value, dict) and not (name == "env" and isinstance(value, list)):
            return name
    if not isinstance(document.get("min_version", ""), str | dict):
        return "min_version"
    for name in (*_FLAGS, *_LISTS):
        if not isinstance(document.get(name, False if name in _FLAGS else []), bool if name in _FLAGS else list):
            return name
    return (
        _refused_alias(document)
        or _refused_deps(document)
        or refused_bootstrap(document.get("bootstrap") or {})
        or _refused_setting(document.get("settings") or {})
    )


def _refused_deps(document: dict[str, Any]) -> str | None:
    for name, value in (document.get("deps") or {}).items():
        if name == "disable":
            if not _fits(value, "list"):
                return "deps.disable"
        elif not isinstance(value, dict):
            return f"deps.{name}"
        else:
            wrong = (key for key, item in value.items() if key not in _DEPS or not _fits(item, _DEPS[key]))
            key = next(wrong, None)
            if key is not None:
                return f"deps.{name}.{key}"
            variables = value.get("env", {})
            if not isinstance(variables, dict) or not all(isinstance(item, str) for item in variables.values()):
                return f"deps.{name}.env"
    return None


def _refused_alias(document: dict[str, Any]) -> str | None:
    for table in ("alias", "tool_alias"):
        for tool, alias in (document.get(table) or {}).items():
            versions = alias.get("versions", {}) if isinstance(alias, dict) else {}
            if not isinstance(versions, dict) or not all(isinstance(value, str) for value in versions.values()):
                return f"{table}.{tool}.versions"
    return None


def _kinds() -> dict[str, str]:
    data = _data.load("mise_settings")
    return {name: kind for kind in ("bool", "integer", "text", "list", "any") for name in data[kind]}


def _fits(value: Any, kind: str) -> bool:
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "text":
        return isinstance(value, str)
    return kind == "any" or (isinstance(value, list) and all(isinstance(item, str) for item in value))


def _refused_setting(settings: dict[str, Any], prefix: str = "") -> str | None:
    kinds = _kinds()
    for name, value in settings.items():
        path = prefix + name
        is_group = any(known.startswith(f"{path}.") for known in kinds)
        if is_group and isinstance(value, dict):
            refused = _refused_setting(value, f"{path}.")
        elif path in kinds:
            refused = None if _fits(value, kinds[path]) else path
        else:
            refused = path if is_group or prefix else None
        if refused:
            return refused
    return None


def unknown_fields(document: dict[str, Any], known_keys: Collection[str]) -> Iterator[str]:
    """The keys of a mise.toml that mise passes over with a warning, dotted, in the order in which they stand there.

    Args:
        document: the whole file.
        known_keys: the keys that it knows at the top.
    """
    settings = {name.partition(".")[0] for name in _kinds()}
    nested = {"settings": ("", settings), "task_config": ("", _TASK_CONFIG), "monorepo": ("?.", _MONOREPO)}
    for key, value in document.items():
        if key not in known_keys:
            yield key
        elif key == "bootstrap" and isinstance(value, dict):
            yield from unknown_bootstrap_fields(value)
        elif key in nested and isinstance(value, dict):
            prefix, known = nested[key]
            yield from (f"{key}.{prefix}{name}" for name in value if name not in known)


def deprecated_variables(document: dict[str, Any], path: str) -> list[str]:
    """Warnings of mise about its old ways to set variables, in its order."""
    return [
        f"mise WARN  deprecated [config.{key}]: `{key}` in <app>/{path} is deprecated. Use `env._.{new}` instead. "
        "This will be removed in mise 2027.4.0."
        for key, new in _DEPRECATED
        if key in document
    ]
