"""A build plan: what a platform will do with a service, before anything runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from trueup.model.evidence import Evidence, Fact, Unknown
from trueup.model.finding import Problem
from trueup.model.service import Service
from trueup.model.target import Target


class InputUse(StrEnum):
    """What a builder does with a place where a Python version can be written."""

    DECIDES = "decides"
    SHADOWED = "shadowed"
    """Read by this builder, but another input outranks it here."""
    IGNORED = "ignored"
    """Never read by this builder, from that place or at all."""
    INVALID = "invalid"
    """Read, and refused or not understood."""


@dataclass(frozen=True, slots=True)
class VersionInput:
    """One place in the project (or a flag) that states a Python version, and what this builder does with it.

    `source` is the kind of place (`runtime.txt`, `.python-version`, `PYTHON_VERSION`, `requires-python` …); `value`
    the text it holds; `reason` a sentence that explains `use`.
    """

    source: str
    value: str
    use: InputUse
    reason: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class PythonChoice:
    """The Python that a builder takes, and why.

    `requested` is the text that decided (None: the default did); `version` the full version where it can be known, else
    the minor, else None (unknown or an error); `source` the builder's own label of the deciding place; `inputs` every
    place that states a version, with its use; `runs` the version in the running container where it differs from the
    planned one.
    """

    requested: str | None
    version: str | None
    source: str
    evidence: tuple[Evidence, ...]
    inputs: tuple[VersionInput, ...] = ()
    runs: Fact[str] | None = None

    @property
    def minor(self) -> str | None:
        """`3.13` of "3.13.2"; of the version that runs, where it differs from the planned one."""
        version = self.runs.value if self.runs else self.version
        parts = version.split(".") if version else []
        return ".".join(parts[:2]) if len(parts) > 1 else None

    @property
    def effective(self) -> str | None:
        """The version that runs: the planned one unless the container takes another."""
        return self.runs.value if self.runs else self.version


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a phase, as the builder runs it, with the variables that the builder sets for it."""

    command: str
    evidence: tuple[Evidence, ...]
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Process:
    """One process type and the command that starts it (`web`, `worker`, `beat` …)."""

    name: str
    command: Fact[str]


@dataclass(frozen=True, slots=True)
class HealthRule:
    """How the platform decides that a new instance is up.

    `path` is None where the platform only looks for an open port. Times are seconds.
    """

    path: Fact[str | None]
    accepted_statuses: tuple[int, int] = (200, 399)
    """First and last accepted status."""
    timeout: int | None = None
    host_header: str | None = None
    probes_port: bool = True
    """Whether the platform looks for an open port at all (not for workers)."""


@dataclass(frozen=True, slots=True)
class Image:
    """The base image that the build and the service run on. `libc_version` is None where the platform does not say."""

    name: Fact[str]
    libc: str
    libc_version: Fact[str | None]
    arch: str = "x86_64"


@dataclass(frozen=True, slots=True)
class Toolchain:
    """What can compile at build time: True, False, or None where the platform does not say.

    `rust` False with `rust_note` tells why an installed toolchain does not work (Render's read-only cargo home).
    `system_libraries` are pkg-config or header names known to be present.
    """

    c: Fact[bool | None]
    rust: Fact[bool | None]
    fortran: Fact[bool | None]
    system_libraries: tuple[str, ...] = ()
    rust_note: str = ""


@dataclass(frozen=True, kw_only=True)
class BuildPlan:
    """What one builder of one platform does with one service.

    `detected` is the language provider that the builder takes (None: it recognises nothing). `manifests` are the
    requirement files or lockfiles that the install steps read, as paths relative to the service's root.
    `visible_at_install` are the paths (relative to the root, files or folders) that the builder has copied when the
    install step runs; None means the whole tree. `problems` are the errors and warnings that the builder itself would
    print, and `unknowns` what its published rules leave open. `details` are further outputs by builder
    (such as Railpack's apt packages), keyed by the builder's own names.
    """

    platform: str
    builder: str
    service: Service
    detected: Fact[str | None]
    python: PythonChoice
    package_manager: Fact[str | None]
    manifests: tuple[str, ...] = ()
    visible_at_install: tuple[str, ...] | None = None
    install: tuple[Step, ...] = ()
    build: tuple[Step, ...] = ()
    release: Step | None = None
    start: Fact[str | None]
    processes: tuple[Process, ...] = ()
    health: HealthRule
    image: Image
    toolchain: Toolchain
    variables: tuple[str, ...] = ()
    """Names of environment variables that the platform sets at run time (PORT …)."""
    problems: tuple[Problem, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    details: dict[str, object] = field(default_factory=dict)

    @property
    def is_built_otherwise(self) -> bool:
        """Whether something that is not predicted builds the service: its Dockerfile, or another builder."""
        return any(unknown.essential and unknown.subject in ("Dockerfile", "builder") for unknown in self.unknowns)

    @property
    def target(self) -> Target | None:
        """Where distributions are installed; None while the Python is unknown."""
        python = self.python.effective
        if python is None or self.python.minor is None:
            return None
        return Target(
            python=python,
            arch=self.image.arch,
            libc=self.image.libc,
            libc_version=self.image.libc_version.value or "2.17",
        )


@dataclass(frozen=True, kw_only=True)
class PlanContext:
    """What is given from outside the project when a plan is made.

    `on` is the day for which to predict and `created` the day on which the service was created (ISO dates); both
    decide defaults that move. `env` are the variables given with `--env` or set in the configuration, `python` a
    version forced with `--python`, `arch` the architecture and `libc` the C library forced in the same way.
    """

    on: str
    created: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    python: str | None = None
    root_dir: str | None = None
    arch: str | None = None
    libc: str | None = None
    root_dir_evidence: str = "--root-dir"
    previous_python: str | None = None
    """The Python of the service's last build, where it is known: Heroku's classic buildpack keeps to its minor."""
