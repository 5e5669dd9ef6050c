"""Reading success: the lines that prove it, and what looks like success and is none."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trueup.logrules._context import Context
from trueup.logrules._explain import quote
from trueup.logrules._log import Log
from trueup.logrules._pythons import statements_of
from trueup.model.diagnosis import LogLine

_WHEEL = re.compile(
    r"(?:Downloading|Using cached) \S+\.whl\b|^Installed \d+ packages? in|^\+ [\w.-]+==[\w.]+$|• Installing \S+|-"
    r" Installing \S+ \("
)
_INSTALLED = re.compile(
    r"^Successfully installed (?!(?:(?:pip|setuptools|wheel|poetry|uv|pipenv)-\S+ ?)+$)\S|^Installed [1-9]\d*"
    r" packages? in|^Requirement already satisfied: (?!pip\b)"
    r"|^Audited \d+ packages?|Package operations: [1-9]|No dependencies to install or update|Restored .* from"
    r" cache|CACHED\b.*RUN|static files? copied"
)
_LIVE = re.compile(
    r"==> Your service is live 🎉|^\[\d+/\d+\] Healthcheck succeeded!|State changed from starting to up|Application"
    r" startup complete"
    r"|Uvicorn running on|Listening at: http|Running on http|celery@\S+ ready|Starting development server at|Build"
    r" Completed in /vercel/output"
)
_AGAIN = re.compile(
    r"==> New primary port detected: .*Restarting deploy|==> No open (?:HTTP )?ports detected|==> Port scan"
    r" timeout|==> Exited with status|==> Application exited early|State changed from up to crashed"
    r"|Process exited with status [1-9]|==> Out of memory"
)
_NOTHING_INSTALLED = re.compile(
    r"WARNING: Requirements? file .* is empty|no requirements? (?:found|to install)|ERROR: You must give at least one"
    r" requirement|No dependencies? (?:found|detected)"
)
_BUILT = re.compile(
    r"Build successful 🎉|=== Successfully Built! ===|-----> Launching\.\.\.|Successfully tagged |naming to"
    r" \S+.*done|Build Completed in /vercel/output"
)


@dataclass(frozen=True, slots=True)
class Success:
    """Whether a log shows a success, the lines that prove it, and why it is none where it looks like one."""

    succeeded: bool
    proofs: tuple[LogLine, ...]
    doubts: tuple[str, ...]


def success_of(log: Log, context: Context) -> Success:
    """Read what a log without a cause says: installed, built, live, and not taken back afterwards."""
    last = {
        name: _last(log, regex)
        for name, regex in (("live", _LIVE), ("again", _AGAIN), ("built", _BUILT), ("installed", _INSTALLED))
    }
    end = max((index for name, index in last.items() if index is not None and name != "again"), default=None)
    doubts = []
    if last["again"] is not None and (last["live"] is None or last["again"] > last["live"]):
        doubts.append(
            f"after it, line {log.lines[last['again']].number} shows that the platform goes on or starts again"
        )
    if last["installed"] is None and last["built"] is not None:
        doubts.append("the log says that the build succeeded, and no line shows that anything was installed")
    if (empty := _last(log, _NOTHING_INSTALLED)) is not None and last["installed"] is None:
        doubts.append(f"line {log.lines[empty].number} says that nothing was there to install")
    failed = end is None or any(m.failed and m.index > end for m in context.milestones)
    succeeded = end is not None and not failed and not doubts
    return Success(succeeded, _proofs(log, last), tuple(doubts) if end is not None else ())


def _proofs(log: Log, last: dict[str, int | None]) -> tuple[LogLine, ...]:
    indexes = [statement.index for statement in statements_of(log)[-1:]]
    wheel = next((i for i in range(len(log)) if _WHEEL.search(log.text(i))), None)
    indexes += [index for index in (wheel, last["installed"], last["built"], last["live"]) if index is not None]
    return tuple(quote(log, index) for index in sorted(set(indexes)))


def _last(log: Log, regex: re.Pattern[str]) -> int | None:
    for index in range(len(log) - 1, -1, -1):
        if regex.search(log.text(index)):
            return index
    return None
