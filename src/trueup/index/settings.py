"""Where the index is and how to reach it: from flags, requirement files, pip's and uv's own configuration.

Rules: pip's options, environment variables and configuration files (pip 26.3, `_internal/configuration.py`,
`_internal/utils/misc.py` and the page "Configuration" of its documentation) and uv's (uv 0.13, the pages "Configuration
files", "Environment variables" and "Indexes" of its documentation); all read 2026-11-20.
"""

from __future__ import annotations

import ast
import os
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from trueup.errors import IndexUnavailable
from trueup.model.project import Project
from trueup.model.requirement import IndexOptions


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """How to reach the index. Addresses may hold credentials: never print them.

    `urls` are the indexes, the main one first; `strategy` is "merge" (all files of all indexes, as pip) or
    "first-match" (the first index that has the project, as uv). `timeout` and `fresh_for` are seconds; `retries` is
    how often a failed request is repeated.
    """

    urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    strategy: str = "merge"
    offline: bool = False
    timeout: float = 15.0
    retries: int = 4
    fresh_for: float = 600.0
    workers: int = 16
    ca_bundle: str | None = None
    trusted_hosts: frozenset[str] = frozenset()
    proxy: str | None = None
    credentials: Mapping[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    """User and password by index address, beyond those in the addresses and in netrc."""


@dataclass(frozen=True, slots=True)
class _Configured:
    """What one source of configuration says; None or empty where it is silent."""

    index_url: str | None = None
    extra: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    trusted_hosts: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def over(self, lower: _Configured) -> _Configured:
        """This source before a lower one: single values replace, as in pip; so do lists that are given."""
        return _Configured(
            self.index_url or lower.index_url,
            self.extra or lower.extra,
            self.find_links or lower.find_links,
            self.no_index or lower.no_index,
            self.trusted_hosts or lower.trusted_hosts,
            {**lower.values, **self.values},
            {**lower.credentials, **self.credentials},
        )


def index_settings(
    *,
    index_url: str | None = None,
    extra_index_urls: Iterable[str] = (),
    find_links: Iterable[str] = (),
    no_index: bool = False,
    offline: bool = False,
    options: IndexOptions | None = None,
    project: Project | None = None,
    environment: Mapping[str, str] | None = None,
) -> IndexSettings:
    """The settings for one run.

    Args:
        index_url: the flag; it wins over everything else.
        extra_index_urls: further indexes, added to the configured ones.
        find_links: further folders or pages with links to files.
        no_index: ask no index, only `find_links`.
        offline: never touch the network; the cache answers whatever its age.
        options: what the project's requirement files say (`--index-url` and so on); they win over configuration.
        project: the project, for `[tool.uv]` and `uv.toml` in it.
        environment: the environment variables; the process's own by default.

    Raises:
        IndexUnavailable: nothing says where the index is.
    """
    env = os.environ if environment is None else environment
    configured = _from_uv_project(project).over(_from_pip(env).over(_from_uv(env)))
    stated = options or IndexOptions()
    no_index = no_index or stated.no_index or configured.no_index
    main = index_url or stated.index_url or configured.index_url
    extra = (*stated.extra_index_urls, *extra_index_urls) or configured.extra
    urls: tuple[str, ...] = ()
    if not no_index:
        urls = tuple(dict.fromkeys([main or library_index_url(), *extra]))
    values = configured.values
    return IndexSettings(
        urls=tuple(url.rstrip("/") for url in urls),
        find_links=tuple(dict.fromkeys([*stated.find_links, *find_links, *configured.find_links])),
        offline=offline,
        timeout=_seconds(values.get("timeout"), 15.0),
        retries=int(_seconds(values.get("retries"), 4.0)),
        ca_bundle=values.get("cert") or _ca_bundle(env),
        trusted_hosts=frozenset(configured.trusted_hosts),
        proxy=values.get("proxy"),
        credentials=configured.credentials,
    )


def default_index_url(project: Project | None = None, environment: Mapping[str, str] | None = None) -> str:
    """The index that this machine is configured for; may hold credentials.

    Order: PIP_INDEX_URL, pip's configuration files, UV_DEFAULT_INDEX, UV_INDEX_URL, uv's configuration, `[tool.uv]` of
    the project before all of these, then the constant of an installed pip.

    Raises:
        IndexUnavailable: none of them says.
    """
    return index_settings(project=project, environment=environment).urls[0]


def library_index_url() -> str:
    """The public index's address, as an installed pip (or the one bundled with Python) states it.

    Raises:
        IndexUnavailable: there is no pip to be read.
    """
    for text in _pip_constants():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "PackageIndex" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    return f"{first.value.rstrip('/')}/simple"
    raise IndexUnavailable(
        "no package index is configured, and there is no pip on this machine that names the public one",
        hint="say where the index is: --index-url URL, or set PIP_INDEX_URL",
    )


_CONSTANT = "_internal/models/index.py"


def _pip_constants() -> Iterator[str]:
    """The module of pip that names the public index: of this interpreter, of the base one, of bundled wheels."""
    spec = find_spec("pip")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    base = Path(sys.base_prefix)
    patterns = ("lib/python3*/site-packages/pip", "lib/python3*/dist-packages/pip", "Lib/site-packages/pip")
    candidates = [Path(folder) for folder in folders] + [path for glob in patterns for path in base.glob(glob)]
    for folder in candidates:
        try:
            yield (folder / _CONSTANT).read_text(encoding="utf-8")
        except OSError:
            continue
    bundled = find_spec("ensurepip")
    wheels = [Path(bundled.origin).parent.glob("_bundled/pip-*.whl")] if bundled and bundled.origin else []
    wheels.append(base.glob("share/python-wheels/pip-*.whl"))
    for wheel in (path for paths in wheels for path in paths):
        try:
            with zipfile.ZipFile(wheel) as archive:
                yield archive.read(f"pip/{_CONSTANT}").decode("utf-8")
        except (OSError, KeyError, zipfile.BadZipFile):
            continue


def _seconds(text: str | None, otherwise: float) -> float:
    try:
        return max(float(text), 0.0) if text else otherwise
    except ValueError:
        return otherwise


def _ca_bundle(env: Mapping[str, str]) -> str | None:
    names = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_DIR")
    return next((value for name in names if (value := env.get(name))), None)


def _from_pip(env: Mapping[str, str]) -> _Configured:
    """pip's environment variables over its configuration files."""
    values = {name[4:].lower().replace("_", "-"): value for name, value in env.items() if name.startswith("PIP_")}
    found = _pip_values((_pip_key(key), value) for key, value in values.items())
    for path in _pip_files(env):
        found = found.over(_pip_file(path))
    return found


def _pip_key(key: str) -> str:
    return "timeout" if key == "default-timeout" else key


def _pip_values(pairs: Iterable[tuple[str, str]]) -> _Configured:
    values = dict(pairs)
    return _Configured(
        values.get("index-url") or values.get("pypi-url") or None,
        tuple(values.get("extra-index-url", "").split()),
        tuple(values.get("find-links", "").split()),
        values.get("no-index", "").lower() in ("1", "true", "yes", "on", "y", "t"),
        tuple(values.get("trusted-host", "").split()),
        {key: value for key in ("timeout", "retries", "cert", "proxy") if (value := values.get(key))},
    )


def _pip_files(env: Mapping[str, str]) -> Iterator[Path]:
    """pip's configuration files, the strongest first."""
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


def _pip_file(path: Path) -> _Configured:
    """The [install] and [global] sections of one of pip's configuration files; a broken one says nothing."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return _Configured()
    import configparser  # only where there is such a file: it costs start-up time

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error:
        return _Configured()
    pairs: dict[str, str] = {}
    for section in ("global", "install"):
        if parser.has_section(section):
            pairs.update({key.replace("_", "-"): value for key, value in parser.items(section)})
    return _pip_values(pairs.items())


def _from_uv(env: Mapping[str, str]) -> _Configured:
    """uv's environment variables over its user and system configuration."""
    found = _Configured(
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


def _from_uv_project(project: Project | None) -> _Configured:
    """uv.toml at the project's root, else [tool.uv] of its pyproject.toml: uv reads only the first."""
    if project is None:
        return _Configured()
    own = project.whole.get("uv.toml")
    if own is not None:
        return _uv_table(_toml(own.text), os.environ)
    pyproject = project.whole.get("pyproject.toml")
    tool = _toml(pyproject.text).get("tool") if pyproject is not None and "tool.uv" in pyproject.text else None
    table = tool.get("uv") if isinstance(tool, dict) else None
    return _uv_table(table, os.environ) if isinstance(table, dict) else _Configured()


def _toml(text: str) -> dict[str, Any]:
    import tomllib  # only where there is such a file: it costs start-up time

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _uv_table(table: Mapping[str, Any], env: Mapping[str, str]) -> _Configured:
    """uv's own table: [[index]], index-url, extra-index-url, find-links, also under [pip]."""
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
    return _Configured(
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


def with_urls(settings: IndexSettings, *urls: str) -> IndexSettings:
    """The same settings for other indexes."""
    return replace(settings, urls=tuple(url.rstrip("/") for url in urls))
