"""What a log rule is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from trueup.logrules._log import Log
from trueup.model.finding import Confidence


class Group(StrEnum):
    """Which part of a deployment a cause belongs to."""

    SOURCE_BUILD = "building from source because no usable wheel exists"
    REQUIREMENTS = "requirements and resolution"
    PLATFORM = "builder, image, platform"
    START = "start"


@dataclass(frozen=True, slots=True)
class Scene:
    """A line that a pattern matches, in its log."""

    log: Log
    index: int
    match: re.Match[str]

    def near(self, pattern: re.Pattern[str], before: int = 12, after: int = 12) -> int | None:
        """The index of the nearest line around that matches, or None."""
        return self.log.near(pattern, self.index, before, after)

    def traceback(self) -> list[str]:
        """The lines of the traceback that this line ends; empty if it ends none."""
        return self.log.traceback_ending_at(self.index)


Accept = Callable[[Scene], Mapping[str, str] | None]
"""Looks at a scene again: None refuses it; a mapping adds to or replaces the groups that the pattern found."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way in which a cause shows itself.

    `literal` stands in every line that can match; it is looked for first, so that `regex` (applied with `search` to
    the stripped line, or to `span` lines joined) runs on few lines. Groups named `package`, `version` and `python` are
    taken over; every group can be used in the rule's texts. `needs` must, `unless` must not match a line within
    `reach` lines. `lead` makes a pattern beat (positive) or yield to others of the same strength.
    """

    literal: str
    regex: re.Pattern[str]
    span: int = 1
    confidence: Confidence = Confidence.HIGH
    needs: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    reach: int = 12
    accept: Accept | None = None
    lead: int = 0


def pattern(
    literal: str,
    regex: str | None = None,
    *,
    span: int = 1,
    confidence: Confidence = Confidence.HIGH,
    needs: str | None = None,
    unless: str | None = None,
    reach: int = 12,
    accept: Accept | None = None,
    lead: int = 0,
) -> Pattern:
    """A pattern from texts; without `regex` the literal itself is what must be found."""
    return Pattern(
        literal,
        re.compile(re.escape(literal) if regex is None else regex),
        span,
        confidence,
        re.compile(needs) if needs else None,
        re.compile(unless) if unless else None,
        reach,
        accept,
        lead,
    )


@dataclass(frozen=True, slots=True)
class Rule:
    """A cause that logs show, how it is recognised, and what to do.

    `explanation` says, sentence by sentence, what was found and why it ends the build or the start; `remedies` what
    to do, the surest first. Both may name groups of the patterns and `{package}`, `{what}` (name and version),
    `{version}` and `{python}` in braces; one that names what the log does not tell is left out, and of several
    separated by ` | ` the first that can be filled is taken. `effect_of` are ids whose presence makes this cause
    their effect. `strength` 3: names the cause itself; 2: names it in general words; 1: a last resort, only used
    when nothing else is there. `examples` are logs in which this rule and no other recognises something,
    `counter_examples` logs that look like it and are not.
    """

    id: str
    title: str
    group: Group
    phase: str
    patterns: tuple[Pattern, ...]
    explanation: tuple[str, ...]
    remedies: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...] = ()
    effect_of: frozenset[str] = frozenset()
    strength: int = 3
    documentation: str = field(default="", repr=False)
    own_phase: bool = False
    """Whether `phase` holds whatever phase the log seems to be in."""
    log_phase: bool = False
    """Whether the log's own phase is believed whatever it is."""
    about_a_package: bool = True
    """Whether the package being built is what the cause is about (else only a package that a pattern names)."""
    survives_success: bool = False
    """Whether a success after it does not take it back."""


@dataclass(frozen=True, slots=True)
class Clue:
    """One line at which one rule recognised its cause."""

    rule: Rule
    index: int
    groups: Mapping[str, str]
    confidence: Confidence
    lead: int = 0


def clues_of(rule: Rule, log: Log, most: int = 16) -> list[Clue]:
    """Where a rule recognises its cause in a log, in the order of the lines; at most the first and last `most`."""
    found: dict[int, Clue] = {}
    for way in rule.patterns:
        hits = list(log.with_literal(way.literal))
        if len(hits) > 4 * most:
            hits = hits[: 2 * most] + hits[-2 * most :]
        for index in hits:
            if index not in found and (clue := _clue(rule, way, log, index)):
                found[index] = clue
    ordered = [found[index] for index in sorted(found)]
    return ordered if len(ordered) <= 2 * most else ordered[:most] + ordered[-most:]


def _clue(rule: Rule, way: Pattern, log: Log, index: int) -> Clue | None:
    match = way.regex.search(log.paragraph(index, way.span))
    if match is None:
        return None
    if way.needs and log.near(way.needs, index, way.reach, way.reach) is None:
        return None
    if way.unless and log.near(way.unless, index, way.reach, way.reach) is not None:
        return None
    groups = {name: value.strip() for name, value in match.groupdict().items() if value}
    if way.accept:
        more = way.accept(Scene(log, index, match))
        if more is None:
            return None
        groups |= more
    return Clue(rule, index, groups, way.confidence, way.lead)
