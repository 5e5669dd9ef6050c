"""Forecasts for several targets: remembered from an earlier run where nothing that they rest on has changed.

A forecast rests on the requirement set, the targets, every page of the index that was read for it, and on trueup's own
code. All of them are in the key or checked by the index (`recall`); a change of any makes a new forecast. Metadata and
sdists do not change: an index never gives two files of one name. What the network was to blame for is never remembered.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from trueup.index.interface import Index, OpenIndex
from trueup.model.distribution import (
    BuildNeeds,
    Conflict,
    ConflictSide,
    InstallForecast,
    Outcome,
    PackageForecast,
    Unresolved,
)
from trueup.model.evidence import Evidence, EvidenceKind
from trueup.model.requirement import RequirementSet
from trueup.model.target import Target
from trueup.predictions import Prediction, installs

_KINDS: tuple[type[Any], ...] = (
    *(Target, Outcome, EvidenceKind, Evidence, BuildNeeds),
    *(PackageForecast, ConflictSide, Conflict, Unresolved, InstallForecast),
)
"""What a forecast is made of; nothing else is ever built from what was kept."""
_FIELDS = {
    kind: (number, tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ())
    for number, kind in enumerate(_KINDS)
}
"""For each of them its number and its fields; a member of an enumeration has a value instead."""
_MAKERS = ("resolve", "index", "model", "package_data.py", "forecasts.py")
"""The parts of trueup whose code a forecast depends on."""


@runtime_checkable
class Memory(Protocol):
    """An index that keeps answers for as long as its pages stay as they were."""

    def recall(self, key: str) -> bytes | None:
        """What was kept under a key, if every page that was read for it still says the same."""

    def keep(self, key: str, content: bytes) -> None:
        """Keep an answer that rests on all pages read so far."""


def forecast_predictions(predictions: Iterable[Prediction], open_index: OpenIndex) -> list[InstallForecast | None]:
    """Forecast every prediction; the same set and target only once, all targets of a set together."""
    predictions = list(predictions)
    targets: dict[int, list[Target]] = {}
    sets: dict[int, RequirementSet] = {}
    for prediction in predictions:
        target = prediction.plan.target
        if target is not None and installs(prediction):
            sets[id(prediction.requirements)] = prediction.requirements
            targets.setdefault(id(prediction.requirements), []).append(target)
    known: dict[tuple[int, Target], InstallForecast] = {}
    for key, requirements in sets.items():
        index = open_index(requirements.options)
        made = forecasts(requirements, tuple(dict.fromkeys(targets[key])), index)
        known.update({(key, target): forecast for target, forecast in made.items()})
    return [
        known.get((id(prediction.requirements), prediction.plan.target)) if prediction.plan.target else None
        for prediction in predictions
    ]


def forecasts(requirements: RequirementSet, targets: Sequence[Target], index: Index) -> dict[Target, InstallForecast]:
    """What becomes of every distribution of a requirement set, on each target, in their order.

    Args:
        requirements: what the install step reads.
        targets: where it is installed.
        index: where releases and metadata come from; one that is a `Memory` is asked first for an earlier answer.
    """
    memory = index if isinstance(index, Memory) else None
    key = _key(requirements, targets) if memory else ""
    if memory and (kept := memory.recall(key)) is not None and (found := unpacked(kept)) is not None:
        return {forecast.target: forecast for forecast in found}
    from trueup.resolve.forecast import forecast_many  # not needed where everything is remembered
    from trueup.resolve.resolver import resolve_many

    made = forecast_many(resolve_many(requirements, targets, index), index)
    if memory and not any(_is_transient(forecast) for forecast in made.values()):
        memory.keep(key, packed(list(made.values())))
    return made


def _is_transient(forecast: InstallForecast) -> bool:
    return any(one.transient for one in forecast.unresolved) or any(one.transient for one in forecast.packages)


def _key(requirements: RequirementSet, targets: Sequence[Target]) -> str:
    text = json.dumps([_code(), _canonical(requirements), _canonical(tuple(targets))], separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _code() -> str:
    """What tells one state of the deciding code from another: names, sizes and times of its files."""
    root = Path(__file__).parent
    specs = [find_spec(name) for name in ("packaging", "resolvelib")]
    libraries = [Path(spec.origin).parent for spec in specs if spec is not None and spec.origin]
    places = [*(root / name for name in _MAKERS), *libraries]
    seen = sorted(entry for place in places for entry in _states(place))
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


def _states(place: Path) -> Iterator[tuple[str, int, int]]:
    if place.is_file():
        state = place.stat()
        yield place.name, state.st_size, state.st_mtime_ns
        return
    with os.scandir(place) as entries:
        for entry in entries:
            if entry.name.endswith((".py", ".toml")):
                state = entry.stat()
                yield f"{place.name}/{entry.name}", state.st_size, state.st_mtime_ns


def _canonical(value: object) -> Any:
    """A value as JSON has it, equal for equal values: sets in order, everything unknown by its text."""
    if value is None or isinstance(value, (str, int)):
        return value
    if is_dataclass(value):
        return [type(value).__name__, *(_canonical(getattr(value, field.name)) for field in fields(value))]
    if isinstance(value, Mapping):
        return sorted(([_canonical(key), _canonical(item)] for key, item in value.items()), key=str)
    if isinstance(value, (tuple, list)):
        return [_canonical(item) for item in value]
    if isinstance(value, (frozenset, set)):
        return sorted((_canonical(item) for item in value), key=str)
    return str(value)


def packed(forecasts: Sequence[InstallForecast]) -> bytes:
    """Forecasts as JSON: a row for every different object, which names others by their row."""
    rows: dict[str, int] = {}
    known: dict[int, dict[str, int]] = {}

    def row_of(value: Any) -> Any:
        if value is None or isinstance(value, (bool, int)) or value.__class__ is str:
            return value
        if value.__class__ is tuple:
            return [row_of(item) for item in value]
        found = known.get(id(value))
        if found is None:
            kind, names = _FIELDS[value.__class__]
            parts = [row_of(getattr(value, name)) for name in names] if names else [value.value]
            row = json.dumps([kind, *parts], separators=(",", ":"))
            found = known[id(value)] = {"": rows.setdefault(row, len(rows))}
        return found

    roots = [row_of(forecast)[""] for forecast in forecasts]
    return f'{{"roots":{json.dumps(roots)},"rows":[{",".join(rows)}]}}'.encode()


def unpacked(content: bytes) -> list[InstallForecast] | None:
    """The forecasts that `packed` was given; None for what it has not written."""
    made: list[Any] = []

    def value_of(item: Any) -> Any:
        if item.__class__ is list:
            return tuple([value_of(each) for each in item])
        return made[item[""]] if item.__class__ is dict else item

    try:
        kept = json.loads(content)
        for kind, *values in kept["rows"]:
            made.append(_KINDS[kind](*map(value_of, values)))
        found = [made[row] for row in kept["roots"]]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None
    return found if all(isinstance(each, InstallForecast) for each in found) else None
