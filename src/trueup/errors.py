"""Every failure of the tool itself, its words, and every exit code.

A failure of the *user's project* is a finding, never one of these. The tree:

    TrueupError
    ├── UsageError            2   the command line or the configuration of trueup is wrong
    ├── NotRecognised         3   the log shows no cause that trueup knows
    ├── ProjectUnreadable     4   the project cannot be read
    ├── IndexUnavailable      5   the package index could not be asked, and the answer depends on it
    ├── RunnerUnavailable     6   a proof needs an interpreter or a backing service that is not there
    └── ApplyConflict         7   a file changed since the repair was planned

Findings exit with 11, 12 or 13 (highest severity low, medium or high); 70 is a bug of ours.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process returns; documented, unique, stable."""

    NOTHING_FOUND = 0
    USAGE = 2
    NOT_RECOGNISED = 3
    PROJECT_UNREADABLE = 4
    INDEX_UNAVAILABLE = 5
    RUNNER_UNAVAILABLE = 6
    APPLY_CONFLICT = 7
    FINDINGS_LOW = 11
    FINDINGS_MEDIUM = 12
    FINDINGS_HIGH = 13
    BUG = 70
    INTERRUPTED = 130


class TrueupError(Exception):
    """A failure of the tool: what happened, and (as `hint`) what to do about it."""

    exit_code: ExitCode = ExitCode.BUG

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(TrueupError):
    """The command line or trueup's own configuration is wrong."""

    exit_code = ExitCode.USAGE


class NotRecognised(TrueupError):
    """The log shows no cause that trueup knows."""

    exit_code = ExitCode.NOT_RECOGNISED


class ProjectUnreadable(TrueupError):
    """The project cannot be read."""

    exit_code = ExitCode.PROJECT_UNREADABLE


class IndexUnavailable(TrueupError):
    """The package index could not be asked."""

    exit_code = ExitCode.INDEX_UNAVAILABLE


class RunnerUnavailable(TrueupError):
    """What a proof needs to run is not on this machine."""

    exit_code = ExitCode.RUNNER_UNAVAILABLE


class ApplyConflict(TrueupError):
    """A file is no longer what the repair was planned for."""

    exit_code = ExitCode.APPLY_CONFLICT
