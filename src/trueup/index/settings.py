"""Where the index is and how to reach it: from flags, requirement files, pip's and uv's own configuration.

The order: a flag, the project's requirement files, uv's configuration in the project, pip's configuration, uv's own,
then the public index as an installed pip names it.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path

from trueup.errors import IndexUnavailable
from trueup.index.configuration import from_pip, from_uv, from_uv_project
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
    own = from_uv_project(project)
    own = replace(own, find_links=_placed(own.find_links, project))
    configured = own.over(from_pip(env).over(from_uv(env)))
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
        find_links=tuple(dict.fromkeys([*_placed(stated.find_links, project), *find_links, *configured.find_links])),
        offline=offline,
        timeout=_seconds(values.get("timeout"), 15.0),
        retries=int(_seconds(values.get("retries"), 4.0)),
        ca_bundle=values.get("cert") or _ca_bundle(env),
        trusted_hosts=frozenset(configured.trusted_hosts),
        proxy=values.get("proxy"),
        credentials=configured.credentials,
    )


def _placed(places: Iterable[str], project: Project | None) -> tuple[str, ...]:
    """Places that the project states: a relative path is from the project's root, wherever trueup is run."""
    root = Path(project.whole.path) if project is not None else Path()
    return tuple(place if ":" in place or place.startswith("~") else str(root / place) for place in places)


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
    import zipfile  # only where no pip is installed: it costs start-up time

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
