"""What the optimizer answers: the changes, what they cost, and the certificate that nothing costs less."""

from __future__ import annotations

from dataclasses import dataclass, field

from trueup.model.evidence import Evidence
from trueup.model.repair import Cost

ABSENT = "-"
"""The value of a variable for a distribution that nothing asks for."""
WAIVED = "!"
"""The value of a variable for a requirement that is left unsatisfied."""
FLOATING = "*"
"""The value of a variable for a line without an exact version that stays as it is: pip chooses."""

FIELDS = (
    "unsatisfied",
    "compilations",
    "major_downgrades",
    "direct",
    "downgrades",
    "transitive",
    "major",
    "minor",
    "patch",
    "files",
)
"""The fields of a cost in their order: the first difference decides."""


@dataclass(frozen=True, slots=True)
class PinChange:
    """One version that changes.

    `from_version` is None where the line had no exact version, or there was no line. `direct` tells a distribution that
    the project's own lines require from one that only other distributions, a constraint or the lockfile bring.
    """

    name: str
    from_version: str | None
    to_version: str
    direct: bool
    evidence: tuple[Evidence, ...] = ()
    """The line that changes, or the nearest one that brings the distribution; then why it must move."""


@dataclass(frozen=True, slots=True)
class CertificateVariable:
    """A choice: which version a line gets, or which version a distribution has on one target.

    `kind` is `pin` (a line of the project; `target` is None), `set` (a distribution on the target of this place) or
    `rest` (whether any line changes that no fact speaks of). `costs` holds one row for each value, in the order of
    `FIELDS`. A name is in trouble (the first two fields) once, with the highest of its rows; of `set` variables of one
    name the rest counts once as well, the highest.
    """

    key: str
    kind: str
    name: str
    target: int | None
    values: tuple[str, ...]
    costs: tuple[tuple[int, ...], ...]
    file: str = ""
    """The file that a change of a pin touches."""
    keep: int = 0
    """The place of the value that leaves the line as it is."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement that every set which can be installed satisfies: if each of `when` has one of the values given, then
    `then` has one of its values; with `then` None they cannot all hold together.

    `kind`: `needs` (the metadata of the last condition's distribution say so), `line` (a line of the project says so),
    `clash` (two versions fail together) or `seen` (resolution showed that this very choice does not install). `why`
    says it in words.
    """

    kind: str
    when: tuple[tuple[str, frozenset[str]], ...]
    then: tuple[str, frozenset[str]] | None
    why: str
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """Why nothing cheaper works: whatever satisfies all facts costs at least `bound`.

    A checker needs no solver: it compares the facts with the index, and then looks for any choice of values below the
    bound that contradicts no fact. `assumptions` names what the proof takes for granted.
    """

    variables: tuple[CertificateVariable, ...] = ()
    facts: tuple[Fact, ...] = ()
    bound: Cost = field(default_factory=Cost)
    assumptions: tuple[str, ...] = ()

    def __str__(self) -> str:
        pins = sum(variable.kind == "pin" for variable in self.variables)
        return f"{len(self.facts)} facts about {pins} lines rule out everything that costs less"


@dataclass(frozen=True, slots=True)
class Unsatisfied:
    """A distribution that the plan leaves uninstallable, or to be compiled."""

    name: str
    version: str
    reason: str
    target: str


@dataclass(frozen=True, slots=True)
class BumpPlan:
    """The cheapest changes of versions after which everything installs, as far as that is possible.

    `proven` tells whether the certificate shows that nothing is cheaper: its bound is the cost. Where it is not,
    `reason` tells why, and the certificate (if it has facts) how much every plan costs at least.
    `held_back` are changes that would help and that the policy forbids, with its words. `drift` are versions that pip
    chooses anew although the old ones would still do: they are nobody's change, and no cost.
    """

    changes: tuple[PinChange, ...]
    cost: Cost
    proven: bool
    certificate: Certificate
    held_back: tuple[tuple[str, str], ...] = ()
    unsatisfied: tuple[Unsatisfied, ...] = ()
    drift: tuple[PinChange, ...] = ()
    reason: str = ""
