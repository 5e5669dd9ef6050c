"""trueup's own configuration: `trueup.toml`, or `[tool.trueup]` of pyproject.toml, at the project's root.

Keys: `platforms`, `builders`, `root-dir`, `created`, `previous-python` (of the service's last build), `python`, `arch`,
`environment` (a table of variables that are set in the platform's dashboard), `ignore` (a list of tables with `rule`,
`reason` and, if wanted, `path`, `subject` and `expires`), `severity` (a table of rule → low, medium, high), `pairs` (a
list of tables, see `trueup.model.pair`: what this project knows not to work together) and `policy` (a table, for
repairs).
"""

from __future__ import annotations

import datetime
import fnmatch
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from trueup.errors import UsageError
from trueup.manifests._document import Document, load_toml
from trueup.model.finding import Finding, Severity
from trueup.model.pair import Pair
from trueup.model.project import Project

_KEYS = {
    "platforms": list,
    "builders": list,
    "root-dir": str,
    "created": (str, datetime.date),
    "previous-python": str,
    "python": str,
    "arch": str,
    "environment": dict,
    "ignore": list,
    "severity": dict,
    "pairs": list,
    "policy": dict,
}
_POLICY_KEYS = {
    "protected": list,
    "exact-pins": bool,
    "version-bumps": bool,
    "new-dependencies": bool,
    "keep-python": bool,
    "only": list,
}
_IGNORE_KEYS = {"rule": str, "reason": str, "path": str, "subject": str, "expires": (str, datetime.date)}


@dataclass(frozen=True, slots=True)
class Ignored:
    """A rule that the project wants not to hear of, and why. `expires` is an ISO date, the last day it holds."""

    rule: str
    reason: str
    path: str | None = None
    subject: str | None = None
    expires: str | None = None
    place: str = ""
    """Where the configuration says so, as `path:line`."""

    def is_expired(self, on: str) -> bool:
        """Whether it no longer holds on a day."""
        return self.expires is not None and on > self.expires

    def covers(self, finding: Finding, on: str) -> bool:
        """Whether it holds for a finding on a day."""
        return not self.is_expired(on) and self.is_about(finding)

    def is_about(self, finding: Finding) -> bool:
        """Whether it speaks of a finding, expired or not."""
        if self.rule != finding.rule:
            return False
        if self.subject is not None and self.subject != finding.subject:
            return False
        paths = [evidence.path or "" for evidence in finding.evidence]
        return self.path is None or any(fnmatch.fnmatch(path, self.path) for path in paths)


@dataclass(frozen=True, slots=True)
class Policy:
    """What repairs may do. Paths are shell patterns from the project's root."""

    protected: tuple[str, ...] = ()
    exact_pins: bool = False
    version_bumps: bool = True
    new_dependencies: bool = True
    keep_python: bool = False
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the project says about how trueup is to look at it."""

    platforms: tuple[str, ...] = ()
    builders: tuple[str, ...] = ()
    root_dir: str | None = None
    created: str | None = None
    previous_python: str | None = None
    python: str | None = None
    arch: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    ignore: tuple[Ignored, ...] = ()
    severity: dict[str, Severity] = field(default_factory=dict)
    pairs: tuple[Pair, ...] = ()
    policy: Policy = field(default_factory=Policy)

    def expired(self, on: str) -> tuple[str, ...]:
        """What the project ignored until a day that is over, one sentence each."""
        return tuple(
            f"{item.place} ignored {item.rule} until {item.expires} ({item.reason}): it is reported again."
            for item in self.ignore
            if item.is_expired(on)
        )

    def apply(self, findings: Iterable[Finding], on: str) -> tuple[Finding, ...]:
        """Drop what is ignored on a day, and override severities."""
        kept = [finding for finding in findings if not any(ignored.covers(finding, on) for ignored in self.ignore)]
        return tuple(
            replace(finding, severity=self.severity[finding.rule]) if finding.rule in self.severity else finding
            for finding in kept
        )


def read_configuration(project: Project) -> Configuration:
    """Read the configuration of a project; the empty one where it has none.

    Raises:
        UsageError: a key is unknown, or a value is of the wrong kind; the message names the place.
    """
    for path, prefix in (("trueup.toml", ()), ("pyproject.toml", ("tool", "trueup"))):
        file = project.get(path)
        if file is None:
            continue
        document = load_toml(file)
        if document.problem is not None and path == "trueup.toml":
            raise UsageError(document.problem.message, hint=document.problem.hint)
        table = document.get(*prefix) if prefix else document.value
        if isinstance(table, dict):
            return _configuration(document, prefix, table)
    return Configuration()


def _check(document: Document, prefix: tuple[str | int, ...], table: dict[str, Any], known: dict[str, Any]) -> None:
    for key, value in table.items():
        place = document.evidence(*prefix, key).place
        if key not in known:
            from difflib import get_close_matches  # seldom needed, and not cheap to import

            near = get_close_matches(key, known, n=1)
            hint = f"Did you mean `{near[0]}`?" if near else f"The keys are: {', '.join(sorted(known))}."
            raise UsageError(f"{place}: `{key}` is not a key of trueup's configuration", hint=hint)
        if not isinstance(value, known[key]):
            raise UsageError(f"{place}: `{key}` has a value of the wrong kind ({type(value).__name__})")


def _configuration(document: Document, prefix: tuple[str, ...], table: dict[str, Any]) -> Configuration:
    _check(document, prefix, table, _KEYS)
    policy = table.get("policy", {})
    _check(document, (*prefix, "policy"), policy, _POLICY_KEYS)
    severities = {}
    for rule, value in table.get("severity", {}).items():
        if value not in tuple(Severity):
            place = document.evidence(*prefix, "severity", rule).place
            raise UsageError(f"{place}: a severity is low, medium or high, not {value!r}")
        severities[rule] = Severity(value)
    return Configuration(
        platforms=tuple(table.get("platforms", ())),
        builders=tuple(table.get("builders", ())),
        root_dir=table.get("root-dir"),
        created=str(table["created"]) if "created" in table else None,
        previous_python=table.get("previous-python"),
        python=table.get("python"),
        arch=table.get("arch"),
        environment={key: str(value) for key, value in table.get("environment", {}).items()},
        ignore=_ignored(document, prefix, table.get("ignore", [])),
        severity=severities,
        pairs=_pairs(document, prefix, table.get("pairs", [])),
        policy=Policy(
            protected=tuple(policy.get("protected", ())),
            exact_pins=policy.get("exact-pins", False),
            version_bumps=policy.get("version-bumps", True),
            new_dependencies=policy.get("new-dependencies", True),
            keep_python=policy.get("keep-python", False),
            only=tuple(policy.get("only", ())),
        ),
    )


def _ignored(document: Document, prefix: tuple[str, ...], rows: list[Any]) -> tuple[Ignored, ...]:
    found = []
    for index, row in enumerate(rows):
        place = document.evidence(*prefix, "ignore", index).place
        if not isinstance(row, dict):
            raise UsageError(f"{place}: each item of `ignore` is a table with `rule` and `reason`")
        _check(document, (*prefix, "ignore", index), row, _IGNORE_KEYS)
        if not row.get("rule") or not row.get("reason"):
            raise UsageError(
                f"{place}: an ignored rule needs `rule` and `reason`", hint="Say why, for the next person."
            )
        expires = row.get("expires")
        found.append(
            Ignored(
                row["rule"],
                row["reason"],
                row.get("path"),
                row.get("subject"),
                str(expires) if expires else None,
                place,
            )
        )
    return tuple(found)


def _pairs(document: Document, prefix: tuple[str, ...], rows: list[Any]) -> tuple[Pair, ...]:
    found = []
    for index, row in enumerate(rows):
        place = document.evidence(*prefix, "pairs", index).place
        try:
            found.append(Pair.from_row(row if isinstance(row, dict) else {}))
        except ValueError as error:
            raise UsageError(f"{place}: {error}", hint="See docs/reference/severity.md for the keys.") from None
    return tuple(found)
