"""A service: one thing that a platform builds and runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from trueup.model.evidence import Evidence, Fact


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable that a file or a flag gives to a service.

    `value` is what the file says, for the builders' rules only; it is never printed. None: the name is declared and
    the value is given elsewhere (`sync: false`, a reference to a database).
    """

    name: str
    value: str | None
    evidence: Evidence
    source: str = "literal"
    """literal, generated, reference (database or service), group, prompted (`sync: false`)."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service of a project on one platform.

    `name` is unique on that platform; `kind` is web, worker, cron, static, private or release; `root_dir` is relative
    to the project's root ("" for the root) and is a fact, because it may be inferred; `runtime` is the language the
    platform's file gives (`python`, `static`, `docker`, `node` …) where it gives one. `settings` are further keys of
    the platform's own file (`startCommand`, `healthCheckPath` …), each a fact with the line it stands on.
    """

    name: str
    kind: str
    root_dir: Fact[str]
    evidence: tuple[Evidence, ...]
    runtime: str | None = None
    variables: tuple[Variable, ...] = ()
    settings: dict[str, Fact[object]] = field(default_factory=dict)

    def setting(self, key: str) -> Fact[object] | None:
        """The platform file's value for a key, if it has one."""
        return self.settings.get(key)
