"""How Pipenv is brought to move only what it must: a Pipfile for its resolver, and a lockfile from its answer.

`pipenv lock` takes the newest of everything, and `pipenv upgrade` that of a package and of all that it needs (Pipenv
2026.10.3, routines/lock.py and routines/update.py, read 2026-11-20). But every category is resolved under the pins of
`[packages]` (`use_default_constraints`, the same version, utils/resolver.py). So the resolver is given the locked
versions that still fit as `[packages]`, and what the project asks for as categories of their own. What it answers for
those is what the project needs; entries whose version stays are taken over from the old lockfile as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import tomlkit
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from trueup.checks._lock_hashes import pipfile_hash
from trueup.errors import TrueupError
from trueup.manifests._tables import string, strings, table

SECTIONS = {"packages": "default", "dev-packages": "develop"}
"""The two categories that have another name in the lockfile."""
_OTHER = frozenset({"source", "requires", "scripts", "pipfile", "pipenv"})
_PLATFORM = ("sys_platform", "platform_", "os_name", "implementation_name")
_PREFIX = "wanted-"


class PinningError(TrueupError):
    """The locked versions cannot be kept that way."""


def _sections(pipfile: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What the project asks for, by the name of the lockfile's section."""
    found = {SECTIONS.get(name, name): table(value) for name, value in pipfile.items() if name not in _OTHER}
    return {name: entries for name, entries in found.items() if entries}


def resolver_pipfile(pipfile: Mapping[str, Any], lock: Mapping[str, Any]) -> str:
    """The Pipfile that Pipenv is to lock.

    Args:
        pipfile: the project's own, parsed.
        lock: the old lockfile, parsed.

    Raises:
        PinningError: an entry is of no index, or two sections lock a name differently.
    """
    wanted = _sections(pipfile)
    pins: dict[str, Any] = {}
    for section, entries in lock.items():
        for name, entry in table(entries).items() if section != "_meta" else ():
            pin = _pin(name, table(entry), wanted.values())
            if pin is None:
                continue
            if pins.setdefault(name, pin)["version"] != pin["version"]:
                raise PinningError(f"Pipfile.lock locks {name} in several versions")
    made: dict[str, Any] = {key: pipfile[key] for key in ("source", "requires") if key in pipfile}
    settings = {key: value for key, value in table(pipfile.get("pipenv")).items() if key != "use_default_constraints"}
    made |= {"pipenv": settings} if settings else {}
    made["packages"] = pins
    made |= {f"{_PREFIX}{section}": entries for section, entries in wanted.items()}
    return tomlkit.dumps(made)


def _pin(name: str, entry: dict[str, Any], wanted: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """A locked version as a requirement, with the extras that are asked for; None where one asks for another version.

    Pipenv writes the entry of `[packages]` over those of other categories, so that extras have to be in it.
    """
    version = string(entry.get("version"))
    if version is None or not version.startswith("=="):
        raise PinningError(f"Pipfile.lock locks {name} from somewhere else than an index")
    asked = [item for entries in wanted for other, item in entries.items() if _is_same_name(other, name)]
    texts = [item if isinstance(item, str) else string(table(item).get("version")) or "*" for item in asked]
    if not all(_allows(text, version.removeprefix("==")) for text in texts):
        return None
    markers = string(entry.get("markers"))
    extras = sorted({extra for item in asked for extra in strings(table(item).get("extras"))})
    return {
        "version": version,
        **({"markers": markers} if markers else {}),
        **({"extras": extras} if extras else {}),
    }


def _is_same_name(one: str, other: str) -> bool:
    return canonicalize_name(one) == canonicalize_name(other)


def _allows(specifier: str, version: str) -> bool:
    try:
        return SpecifierSet("" if specifier.strip() == "*" else specifier).contains(version, prereleases=True)
    except InvalidSpecifier:
        return False


def is_own_form(text: str) -> bool:
    """Whether a lockfile is written as Pipenv writes it, so that only its entries change."""
    return _written(json.loads(text), text) == text


def categories(pipfile: Mapping[str, Any]) -> str:
    """The categories to lock, as Pipenv's option takes them."""
    return " ".join(["packages", *(f"{_PREFIX}{section}" for section in _sections(pipfile))])


def merged_lock(pipfile: Mapping[str, Any], before: str, answer: str) -> str:
    """The new lockfile's text.

    Args:
        pipfile: the project's own, parsed.
        before: the old lockfile's text, in Pipenv's own form.
        answer: what Pipenv wrote for `resolver_pipfile`.

    Raises:
        PinningError: the answer lacks something, or its sections contradict each other.
    """
    old, new, wanted = json.loads(before), table(json.loads(answer)), _sections(pipfile)
    made: dict[str, Any] = {"_meta": {**table(new.get("_meta")), "hash": {"sha256": pipfile_hash(dict(pipfile))}}}
    for section in dict.fromkeys((*old, *wanted, "default", "develop")):
        if section != "_meta":
            resolved = table(new.get(f"{_PREFIX}{section}"))
            made[section] = _entries(table(old.get(section)), resolved)
            lacking = [name for name in wanted.get(section, {}) if canonicalize_name(name) not in _names(resolved)]
            if lacking:
                raise PinningError(f"Pipenv answered nothing for {', '.join(lacking)}")
    _hold_together(made)
    return _written(made, before)


def _names(entries: Mapping[str, Any]) -> set[str]:
    return {canonicalize_name(name) for name in entries}


def _entries(old: dict[str, Any], resolved: dict[str, Any]) -> dict[str, Any]:
    """A section: the old entry where its version stays, else the resolver's."""
    kept: dict[str, tuple[str, Any]] = {canonicalize_name(name): (name, entry) for name, entry in old.items()}
    for name in sorted(kept.keys() - _names(resolved)):
        if any(word in (string(table(kept[name][1]).get("markers")) or "") for word in _PLATFORM):
            raise PinningError(f"{name} is locked for another platform, which Pipenv does not resolve on this one")
    found: dict[str, Any] = {}
    for name, entry in resolved.items():
        before = kept.get(canonicalize_name(name))
        same = before is not None and _same(table(before[1]), table(entry))
        found.update([before if same and before is not None else (name, entry)])
    return found


def _same(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return old.get("version") == new.get("version") and (old.get("extras") or []) == (new.get("extras") or [])


def _hold_together(made: Mapping[str, Any]) -> None:
    """Refuse a lockfile whose sections lock a name in different versions."""
    known: dict[str, str] = {}
    for section, entries in made.items():
        for name, entry in table(entries).items() if section != "_meta" else ():
            version = string(table(entry).get("version")) or ""
            if known.setdefault(name, version) != version:
                raise PinningError(f"the sections of Pipfile.lock would lock {name} in several versions")


def _written(value: Any, like: str) -> str:
    """JSON as Pipenv writes it, with the end of a file that is there."""
    text = json.dumps(value, indent=4, separators=(",", ": "), sort_keys=True)
    tail = like[len(like.rstrip()) :]
    return text.replace("\n", "\r\n" if "\r\n" in like else "\n") + tail
