"""What installs and then fails at start, in the form in which the search for bumps asks for it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping

from trueup.checks.incompatible_at_start import known_pairs
from trueup.model.finding import Severity
from trueup.model.pair import Pair
from trueup.model.requirement import RequirementSet
from trueup.model.target import Target


def start_rules(
    requirements: RequirementSet, own: Iterable[Pair], found: Container[str] = (), cured: Pair | None = None
) -> tuple[Callable[[str, str, Target], bool], Callable[[Mapping[str, str], Target], Iterator[tuple[str, str]]]]:
    """Two functions: whether a version fails at start on a target, and which pairs of a set fail together.

    Versions that the project pins today are not said to fail where they do so today: that has a finding (its subject is
    among `found`) and a repair of its own (`start-pairs`), so that a bump need not cure what it does not touch. `cured`
    is a pair that counts whatever its severity.
    """
    today = {item.name: item.pinned for item in requirements.requirements if item.pinned}
    grave = [pair for pair in (*known_pairs(), *own) if pair.severity is Severity.HIGH and pair.absent is None]
    pairs = [*grave, *([cured] if cured is not None and cured not in grave else [])]

    def forbidden(name: str, version: str, target: Target) -> bool:
        return any(
            pair.companion is None
            and pair.package == name
            and (today.get(name) != version or _subject(pair) not in found)
            and holds(pair, version, target)
            for pair in pairs
        )

    def clashes(versions: Mapping[str, str], target: Target) -> Iterator[tuple[str, str]]:
        for pair in pairs:
            one, other = versions.get(pair.package), versions.get(pair.companion or "")
            if pair.companion is None or one is None or other is None:
                continue
            moved = today.get(pair.package, one) != one or today.get(pair.companion, other) != other
            if (
                (moved or _subject(pair) not in found)
                and holds(pair, one, target)
                and pair.companion_versions.contains(other, prereleases=True)
            ):
                yield pair.package, pair.companion

    return forbidden, clashes


def _subject(pair: Pair) -> str:
    """The subject of the finding that the check makes of a pair."""
    return f"{pair.package} {pair.companion or pair.absent or 'python'}"


def holds(pair: Pair, version: str, target: Target) -> bool:
    """Whether a pair speaks of this version on this target."""
    on_python = pair.python is None or pair.python.contains(target.version)
    return on_python and pair.versions.contains(version, prereleases=True)
