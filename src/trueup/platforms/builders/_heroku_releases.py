"""What a release of a Heroku Python buildpack knew on a given day: defaults, newest patches, supported minors, rules.

The rows are in platforms/data/heroku_classic.toml and heroku_cnb.toml, one per line of the buildpacks' changelogs.
Whatever happened after the day on which those were read is not known here; `Releases.is_known` tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from trueup.model.evidence import Evidence
from trueup.platforms import _data


class Refusal(Enum):
    """Why a requested version is not taken."""

    END_OF_LIFE = "end-of-life"
    NOT_RECOGNISED = "not recognised"
    UNAVAILABLE = "not available"


@dataclass(frozen=True, slots=True)
class Resolved:
    """A request turned into a version, or refused.

    `version` is X.Y.Z where the patch is known for that day, else X.Y; None where the request is refused. `sure` is
    False where the answer may have changed after the data was read.
    """

    version: str | None
    refusal: Refusal | None = None
    sure: bool = True
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Releases:
    """The history of one buildpack, as its data file tells it."""

    name: str

    @property
    def rows(self) -> dict[str, Any]:
        """The data file."""
        return _data.load(self.name)

    def is_known(self, day: str) -> bool:
        """Whether the data was read on or after this ISO day, so that nothing newer can be in force on it."""
        return day <= str(self.rows["data"]["read"])

    def default(self, day: str) -> dict[str, Any] | None:
        """The row of the default Python on a day; None before the first row."""
        return _data.row_on(self.rows["default"], day)

    def newest_patch(self, minor: str, day: str) -> dict[str, Any] | None:
        """The row that says which X.Y.Z a minor meant on a day; None where that is not known.

        Before the buildpacks had aliases for minors (2024-12), only the default's patch is on record.
        """
        alias = _data.row_on([row for row in self.rows["alias"] if row["minor"] == minor], day)
        if alias is not None:
            return alias
        default = self.default(day)
        return default if default is not None and default["version"].startswith(f"{minor}.") else None

    def supported(self, day: str) -> list[dict[str, Any]]:
        """The minors that were accepted on a day, oldest first."""
        found = [row for row in self.rows["minor"] if row["from"] <= day and day < row.get("until", "9999")]
        return sorted(found, key=lambda row: _numbers(row["version"]))

    def in_force(self, rule: str, day: str) -> bool:
        """Whether a rule of the data file held on a day."""
        return bool(self.rows["rule"][rule]["from"] <= day)

    def rule_evidence(self, rule: str, text: str) -> Evidence:
        """The source of a rule."""
        return _data.evidence(self.rows["rule"][rule], text)

    def source(self, path: str, text: str) -> Evidence:
        """A file (with lines, such as `lib/pip.sh#L93`) of the buildpack at the commit that was read."""
        data = self.rows["data"]
        return Evidence.default(text, f"{data['source']}/{path}", data["checked"])

    def resolve(self, requested: str, day: str) -> Resolved:
        """Turn a request of the form X.Y or X.Y.Z into the version that is installed on a day.

        Rule: heroku-buildpack-python lib/python_version.sh:421-534 and buildpacks-python src/python_version.rs:158-180
        (commits in the data files, read 2026-11-20). Too old is end-of-life, too new is not recognised, X.Y is the
        newest patch; an exact patch is tried as it is and is missing on the server if it was never released.
        """
        numbers = _numbers(requested)
        window = self.supported(day)
        if not window:
            return Resolved(None if len(numbers) < 3 else requested, sure=False)
        oldest, newest = window[0], window[-1]
        if numbers[:2] < _numbers(oldest["version"]):
            text = f"The oldest Python that the buildpack accepts is {oldest['version']}"
            return Resolved(None, Refusal.END_OF_LIFE, not self._announced(numbers), (_data.evidence(oldest, text),))
        if numbers[:2] > _numbers(newest["version"]):
            text = f"The newest Python that the buildpack knows is {newest['version']}"
            next_minor = (3, _numbers(newest["version"])[1] + 1)
            sure = self.is_known(day) or numbers[:2] != next_minor
            return Resolved(None, Refusal.NOT_RECOGNISED, sure, (_data.evidence(newest, text),))
        return self._patch(requested, numbers, day)

    def deprecation(self, minor: str, day: str) -> dict[str, Any] | None:
        """The row of a minor for which the buildpack prints a warning on a day."""
        for row in self.supported(day):
            if row["version"] == minor and row.get("deprecated", "9999") <= day:
                return dict(row)
        return None

    def _patch(self, requested: str, numbers: tuple[int, ...], day: str) -> Resolved:
        minor = f"{numbers[0]}.{numbers[1]}"
        row = self.newest_patch(minor, day)
        if row is None:
            return Resolved(requested if len(numbers) == 3 else minor, sure=False)
        evidence = (_data.evidence(row, f"Python {minor} was {row['version']} from {row['from']} ({row['release']})"),)
        if len(numbers) == 2:
            return Resolved(row["version"], sure=self.is_known(day), evidence=evidence)
        exact = ".".join(str(number) for number in numbers)
        if numbers > _numbers(row["version"]):
            sure = self.is_known(day) or numbers[2] > _numbers(row["version"])[2] + 12
            return Resolved(None, Refusal.UNAVAILABLE, sure, evidence)
        return Resolved(exact, evidence=evidence)

    def _announced(self, numbers: tuple[int, ...]) -> bool:
        """Whether the end of a minor is only announced (the row's `until` lies after the day of the data)."""
        return any(row.get("announced") and _numbers(row["version"]) == numbers[:2] for row in self.rows["minor"])


@cache
def _numbers(version: str) -> tuple[int, ...]:
    # A thousand digits say enough of a number; Python refuses to read several thousand.
    return tuple(int(part[:1000]) for part in version.split("."))


CLASSIC = Releases("heroku_classic")
CNB = Releases("heroku_cnb")
