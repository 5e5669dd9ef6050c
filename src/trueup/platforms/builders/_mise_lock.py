"""mise's lockfiles: the exact version that `mise.lock` gives to a request such as "3.11" or "latest".

Source: jdx/mise at tag v2026.8.6, src/lockfile.rs:1393-1500 (which lockfile belongs to which file) and 3176-3295 (which
entry answers), each rule observed with the binary of that tag (read and run 2026-11-20).
"""

from __future__ import annotations

import posixpath
import tomllib

from trueup.model.project import Project
from trueup.platforms.builders._mise_versions import listing_order

LATEST = "latest"


def lockfile_of(path: str) -> str:
    """The lockfile of one of mise's TOML files: beside it, and for conf.d beside that folder."""
    folder, _, name = path.rpartition("/")
    folder = posixpath.dirname(folder) if folder.rpartition("/")[2] == "conf.d" else folder
    return posixpath.join(folder, "mise.local.lock" if ".local." in name else "mise.lock")


def lockfiles_for(path: str, configurations: list[str]) -> list[str]:
    """The lockfiles that answer for a file's requests, the one that is asked first.

    Args:
        path: the file with the request.
        configurations: the TOML files of mise that exist, the one that wins first.

    A version file and `.tool-versions` have none of their own: those beside any TOML file answer, so that a `mise.lock`
    without a mise.toml is not read at all.
    """
    if path.endswith(".toml"):
        return [lockfile_of(path)]
    folders = dict.fromkeys(posixpath.dirname(lockfile_of(name)) for name in reversed(configurations))
    return [posixpath.join(folder, name) for folder in folders for name in ("mise.local.lock", "mise.lock")]


def locked_versions(tree: Project, path: str) -> dict[str, list[str]] | None:
    """Every version of every tool in a lockfile; {} where it does not exist, None where mise cannot read it."""
    file = tree.get(path)
    if file is None:
        return {}
    try:
        tools = tomllib.loads(file.data.decode("utf-8")).get("tools", {})
        return {tool: [str(entry["version"]) for entry in entries] for tool, entries in tools.items()}
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None


def _plain(version: str) -> str:
    return version[1:] if version[:1] in ("v", "V") and version[1:2].isdigit() else version


def _answers(request: str, version: str) -> bool:
    kind, colon, rest = request.partition(":")
    if colon and kind == "prefix":
        prefix, version = _plain(rest), _plain(version)
        after = version.removeprefix(prefix)
        return bool(prefix) and version.startswith(prefix) and (not after or prefix[-1] == "-" or after[0] in ".-+")
    return request == LATEST or _plain(version).startswith(_plain(request))


def locked(request: str, versions: list[str]) -> str | None:
    """The locked version that answers a request: the first that begins with its text, of "latest" the newest."""
    if request.startswith("sub-"):
        return None
    matching = [version for version in versions if _answers(request, version)]
    if request == LATEST:
        matching.sort(key=listing_order, reverse=True)
    return matching[0] if matching else None
