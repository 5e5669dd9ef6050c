"""What a proof says: what was built, booted and probed, with which result, and how it compares with the prediction."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from trueup.model.diagnosis import Cause


class ProofVerdict(StrEnum):
    """The result of really doing it."""

    PROVED = "proved"
    """Built, booted and answered as the platform demands."""
    REFUTED = "refuted"
    """A step failed for a reason that lies in the project."""
    INCONCLUSIVE = "inconclusive"
    """Something that the proof needs is not on this machine, or was not allowed."""


class StepName(StrEnum):
    """The steps of a proof, in their order."""

    INSTALL = "install"
    BUILD = "build"
    RELEASE = "release"
    START = "start"
    PROBE = "probe"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class ProofStep:
    """One command or probe.

    `command` is the plan's own text, variables unexpanded; `exit_code` is None for what is still running or is no
    process, and negative for a signal; `log` is the log file's path relative to the proof's folder; `note` says what a
    reader must know (`from the cache`, `killed: it used more than 512 MiB`).
    """

    name: StepName
    command: str
    exit_code: int | None
    seconds: float
    log: str | None = None
    ok: bool = True
    note: str = ""
    process: str = ""
    """The process type, for start and stop."""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """The last answer of the health check. `status` is None where only an open port was looked for, or none came."""

    url: str
    status: int | None
    seconds: float
    attempts: int
    ok: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class BackingUse:
    """A backing service of a proof: its kind, how it was had (`given URL`, `container`, `local server`, `wheel`,
    `not available`), its version, and why it is not ready where it is not.
    """

    kind: str
    how: str
    version: str | None = None
    ready: bool = True
    reason: str = ""
    variables: tuple[str, ...] = ()


@dataclass(frozen=True)
class ServiceProof:
    """The proof of one service as one builder builds it.

    `python` is the version of the interpreter that was used and `predicted_python` the one that the plan says;
    `observations` are what was seen beyond the probe (a task that ran, a schedule that ticked); `missing` why the
    proof is inconclusive; `imitated` which limits of the platform were imitated, `differs` in what this machine is not
    the platform; `installed` the versions found in the environment; `made_up` the variables whose values were invented.
    """

    service: str
    platform: str
    builder: str
    verdict: ProofVerdict
    python: str | None
    predicted_python: str | None
    prediction: str
    """The verdict of `check`."""
    steps: tuple[ProofStep, ...] = ()
    probe: ProbeResult | None = None
    backing: tuple[BackingUse, ...] = ()
    causes: tuple[Cause, ...] = ()
    reason: str = ""
    """Why it is refuted, in a sentence of our own, with or without a cause that the log rules know."""
    missing: tuple[str, ...] = ()
    observations: tuple[str, ...] = ()
    not_proven: tuple[str, ...] = ()
    imitated: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    disagreement: str = ""
    """How prediction and proof contradict each other; empty where they do not."""
    installed: dict[str, str] = field(default_factory=dict)
    made_up: tuple[str, ...] = ()
    failing_log: tuple[str, ...] = ()
    """The tail of the log of the step that failed."""


@dataclass(frozen=True)
class Proof:
    """The whole record. `tree` is the hash of the files that a platform sees; `folder` where the logs lie."""

    verdict: ProofVerdict
    services: tuple[ServiceProof, ...]
    tree: str
    started: str
    seconds: float
    folder: str
    index_snapshot: str = ""
    fast: bool = False
    sandbox: bool = False
