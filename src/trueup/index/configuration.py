"""What pip's and uv's own configuration says about indexes: environment variables, files, the project's [tool.uv].

Rules: pip 26.3 (`_internal/configuration.py`, `_internal/utils/misc.py` and the page "Configuration" of its
documentation) and uv 0.13 (the pages "Configuration files", "Environment variables" and "Indexes" of its
documentation); all read 2026-11-20.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trueup.model.project import Project


@dataclass(frozen=True, slots=True)
class Configured:
    """What one source of configuration says; None or empty where it is silent."""

    index_url: str | None = None
    extra: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    trusted_hosts: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def over(self, lower: Configured) -> Configured:
        """This source before a lower one: single values replace, as in pip; so do lists that are given."""
        return Configured(
            self.index_url or lower.index_url,
            self.extra or lower.extra,
            self.find_links or lower.find_links,
            self.no_index or lower.no_index,
            self.trusted_hosts or lower.trusted_hosts,
            {**lower.values, **self.values},
            {**lower.credentials, **self.credentials},
        )


def from_pip(env: Mapping[str, str]) -> Configured:
    """Pip's environment variables over its configuration files."""
    values = {name[4:].lower().replace("_", "-"): value for name, value in env.items() if name.startswith("PIP_")}
    found = _pip_values((_pip_key(key), value) for key, value in values.items())
    for path in _pip_files(env):
        found = found.over(_pip_file(path))
    return found


def _pip_key(key: str) -> str:
    return "timeout" if key == "default-timeout" else key


def _pip_values(pairs: Iterable[tuple[str, str]]) -> Configured:
    values = dict(pairs)
    return Configured(
        values.get("index-url") or values.get("pypi-url") or None,
        tuple(values.get("extra-index-url", "").split()),
        tuple(values.get("find-links", "").split()),
        values.get("no-index", "").lower() in ("1", "true", "yes", "on", "y", "t"),
        tuple(values.get("trusted-host", "").split()),
        {key: value for key in ("timeout", "retries", "cert", "proxy") if (value := values.get(key))},
    )


def _pip_files(env: Mapping[str, str]) -> Iterator[Path]:
    """Pip's configuration files, the strongest first."""
    given = env.get("PIP_CONFIG_FILE")
    if given == os.devnull:
        return
    if given:
        yield Path(given)
    name = "pip.ini" if sys.platform == "win32" else "pip.conf"
    yield Path(sys.prefix, name)
    home = Path(env.get("HOME") or Path.home())
    if sys.platform == "win32":
        yield Path(env.get("APPDATA", str(home)), "pip", name)
    elif sys.platform == "darwin":
        yield home / "Library" / "Application Support" / "pip" / name
    yield Path(env.get("XDG_CONFIG_HOME") or home / ".config", "pip", name)
    yield home / ("pip" if sys.platform == "win32" else ".pip") / name
    if sys.platform != "win32":
        yield Path("/etc/pip.conf")
        for folder in (env.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"):
            yield Path(folder, "pip", name)


def _pip_file(path: Path) -> Configured:
    """The [install] and [global] sections of one of pip's configuration files; a broken one says nothing."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return Configured()
    import configparser  # only where there is such a file: it costs start-up time

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error:
        return Configured()
    pairs: dict[str, str] = {}
    for section in ("global", "install"):
        if parser.has_section(section):
            pairs.update({key.replace("_", "-"): value for key, value in parser.items(section)})
    return _pip_values(pairs.items())


def from_uv(env: Mapping[str, str]) -> Configured:
    """Uv's environment variables over its user and system configuration."""
    found = Configured(
        _unnamed(env.get("UV_DEFAULT_INDEX")) or env.get("UV_INDEX_URL") or None,
        tuple(_unnamed(part) for part in (env.get("UV_INDEX") or env.get("UV_EXTRA_INDEX_URL") or "").split()),
        tuple(part for part in env.get("UV_FIND_LINKS", "").split(",") if part),
        env.get("UV_NO_INDEX", "").lower() in ("1", "true"),
        tuple(env.get("UV_INSECURE_HOST", "").split()),
        {"timeout": value} if (value := env.get("UV_HTTP_TIMEOUT") or env.get("UV_REQUEST_TIMEOUT")) else {},
    )
    home = Path(env.get("HOME") or Path.home())
    paths = [Path(given)] if (given := env.get("UV_CONFIG_FILE")) else [
        Path(env.get("XDG_CONFIG_HOME") or home / ".config", "uv", "uv.toml"), Path("/etc/uv/uv.toml"),
    ]  # fmt: skip
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, ValueError):
            continue
        found = found.over(_uv_table(_toml(text), env))
    return found


def from_uv_project(project: Project | None) -> Configured:
    """uv.toml at the project's root, else [tool.uv] of its pyproject.toml: uv reads only the first."""
    if project is None:
        return Configured()
    own = project.whole.get("uv.toml")
    if own is not None:
        return _uv_table(_toml(own.text), os.environ)
    pyproject = project.whole.get("pyproject.toml")
    tool = _toml(pyproject.text).get("tool") if pyproject is not None and "tool.uv" in pyproject.text else None
    table = tool.get("uv") if isinstance(tool, dict) else None
    return _uv_table(table, os.environ) if isinstance(table, dict) else Configured()


def _toml(text: str) -> dict[str, Any]:
    import tomllib  # only where there is such a file: it costs start-up time

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _uv_table(table: Mapping[str, Any], env: Mapping[str, str]) -> Configured:
    """Uv's own table: [[index]], index-url, extra-index-url, find-links, also under [pip]."""
    rows = [row for row in table.get("index", ()) if isinstance(row, dict) and isinstance(row.get("url"), str)]
    rows = [row for row in rows if not row.get("explicit")]
    default = next((row["url"] for row in rows if row.get("default")), None)
    credentials = {}
    for row in rows:
        prefix = "UV_INDEX_" + "".join(c if c.isalnum() else "_" for c in str(row.get("name", ""))).upper()
        if user := env.get(f"{prefix}_USERNAME"):
            credentials[row["url"]] = (user, env.get(f"{prefix}_PASSWORD", ""))
    legacy = table.get("pip")
    merged = {**legacy, **table} if isinstance(legacy, dict) else dict(table)
    return Configured(
        default or _text(merged.get("index-url")),
        (*(row["url"] for row in rows if not row.get("default")), *_texts(merged.get("extra-index-url"))),
        _texts(merged.get("find-links")),
        merged.get("no-index") is True,
        _texts(merged.get("allow-insecure-host")),
        credentials=credentials,
    )


def _unnamed(text: str | None) -> str:
    """An index of uv without its name (`name=https://…`)."""
    name, equals, address = (text or "").partition("=")
    return address if equals and "/" not in name and ":" not in name else (text or "")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
