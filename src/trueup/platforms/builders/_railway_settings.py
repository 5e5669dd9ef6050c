"""What Railway tells its builders about a service, on top of the project's own files."""

from __future__ import annotations

from dataclasses import dataclass, field

from trueup.model.evidence import Fact


@dataclass(frozen=True, slots=True)
class RailwaySettings:
    """The settings of one Railway service that change what a builder plans.

    They come from railway.json, railway.toml or flags. None means "not set", so that the builder's own rule applies.
    `health_path` holds None as its value where a file says that there is no health check; `health_timeout` is in
    seconds; `variables` are environment variables that the builder sees (never printed).
    """

    start_command: Fact[str] | None = None
    build_command: Fact[str] | None = None
    pre_deploy: Fact[str] | None = None
    health_path: Fact[str | None] | None = None
    health_timeout: int | None = None
    variables: dict[str, str] = field(default_factory=dict)
