"""From a log to a diagnosis. Nothing here knows a single cause: the rules do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from trueup.logrules._context import Context, context_of
from trueup.logrules._explain import UNNAMED, chain, evidence, fill, values_of
from trueup.logrules._judge import Verdict, judge
from trueup.logrules._log import Log
from trueup.logrules._pythons import PythonStatement, python_at, statements_of
from trueup.logrules._reader import read_log
from trueup.logrules._rule import Clue, Rule, clues_of
from trueup.logrules._success import success_of
from trueup.model.diagnosis import Cause, Diagnosis, LogLine
from trueup.model.finding import Confidence
from trueup.registry import discover

MOST_CAUSES = 4
LONGEST_WRAPPED = 5000
"""Lines of a log that may have been wrapped when it was pasted; nobody pastes more."""
MOST_JOINED = 30
"""Lines that are joined to one at most."""


def rules() -> Mapping[str, Rule]:
    """Every log rule by its id."""
    return discover("trueup.logrules", "RULE")


def diagnose_stream(stream: BinaryIO | Iterable[bytes]) -> Diagnosis:
    """Diagnose a log that is read from a binary file or from chunks of bytes."""
    return diagnose_log(read_log(stream))


def diagnose_log(log: Log) -> Diagnosis:
    """Name the root cause that a log shows, or what it proves.

    Args:
        log: the log, as `read_log` gives it.

    Returns:
        The diagnosis; `causes` is empty where nothing was recognised or the log shows a success.
    """
    diagnosis = _diagnosis(log)
    if not diagnosis.causes and not diagnosis.succeeded and (joined := unwrapped(log)) is not None:
        again = _diagnosis(joined)
        if again.causes:
            return again
    return diagnosis


def _diagnosis(log: Log) -> Diagnosis:
    context = context_of(log)
    clues = [clue for rule in rules().values() for clue in clues_of(rule, log)]
    verdicts = judge(clues, log, context)
    causes = tuple(_cause(verdict, log) for verdict in verdicts[:MOST_CAUSES])
    root = verdicts[0] if verdicts else None
    python = _python(root, log)
    success = success_of(log, context)
    return Diagnosis(
        platform=context.platform,
        builder=context.builder,
        phase=root.phase if root else _last_phase(log, context),
        python=python.minor if python else None,
        causes=causes,
        succeeded=success.succeeded and not causes,
        proofs=success.proofs if not causes else (),
        doubts=success.doubts if not causes else (),
        look_for=() if causes or success.succeeded else _look_for(context),
        lines=log.total,
        pythons=tuple(dict.fromkeys(statement.version for statement in statements_of(log))),
    )


def _cause(verdict: Verdict, log: Log) -> Cause:
    python = _python(verdict, log)
    values = values_of(verdict, python)
    rule = verdict.best.rule
    steps = chain(verdict, log, python, values)
    return Cause(
        rule=rule.id,
        title=rule.title,
        confidence=_confidence(verdict.best),
        explanation=" ".join(steps),
        remedies=tuple(fill(rule.remedies, UNNAMED | values)),
        evidence=evidence(verdict, log, python),
        package=verdict.built.package if verdict.built else None,
        version=verdict.built.version if verdict.built else None,
        chain=tuple(steps),
    )


def _confidence(clue: Clue) -> Confidence:
    given = clue.groups.get("confidence")
    return Confidence(given) if given else clue.confidence


def _python(verdict: Verdict | None, log: Log) -> PythonStatement | None:
    index = verdict.best.index if verdict else None
    found = python_at(log, index)
    named = verdict.best.groups.get("python") if verdict else None
    if named and (found is None or not named.startswith(found.minor)):
        return PythonStatement(index or 0, named, "the failing line")
    return found


def _last_phase(log: Log, context: Context) -> str | None:
    return context.phase_at(len(log) - 1) if len(log) else None


def _look_for(context: Context) -> tuple[str, ...]:
    """What else of the log would tell more, where nothing is recognised."""
    hints = ["The first line that says `error`, `fatal` or `Traceback`, with the twenty lines before it."]
    if context.platform == "render":
        hints.append(
            "The lines between `==> Running build command` (or `==> Running '…'`) and `==> Build failed` or `==>"
            " Exited with status`."
        )
    elif context.platform == "railway":
        hints.append(
            "Both logs: the build log from `Railpack` or `Nixpacks` on, and the deploy log from `Starting"
            " Container` on."
        )
    elif context.platform == "heroku":
        hints.append(
            "The build output from `-----> Python app detected` on, or `heroku logs` around `State changed from"
            " starting to crashed`."
        )
    elif context.platform == "docker":
        hints.append("The build with `--progress=plain`, which keeps what each RUN printed.")
    elif context.platform == "github-actions":
        hints.append("The log of the step that failed, not only the summary (`gh run view --log-failed`).")
    hints.append("The installer's own output (run it with `-v`), or the start command's output from its first line.")
    return tuple(hints)


_BREAK = re.compile(r"^(?:==>|----->|#\d|Traceback|ERROR|error:|\s*File \"|Collecting |×|╰|│|\[|\d{4}-)")


def unwrapped(log: Log) -> Log | None:
    """The log with lines joined that a terminal or a form broke at a fixed width; None where it looks unbroken."""
    lengths = sorted(len(line.text) for line in log.lines)
    if not 3 <= len(lengths) <= LONGEST_WRAPPED or not 40 <= lengths[-1] <= 220:
        return None
    width = lengths[-1]
    if sum(1 for length in lengths if length >= width - 14) < max(2, len(lengths) // 12):
        return None
    joined: list[LogLine] = []
    goes_on = full = False
    parts = 0
    for line in log.lines:
        if goes_on and parts < MOST_JOINED and line.text and not _BREAK.match(line.text):
            last = joined.pop()
            glue = "" if full else " "
            joined.append(LogLine(last.number, f"{last.text}{glue}{line.text}"))
            parts += 1
        else:
            joined.append(line)
            parts = 1
        goes_on, full = len(line.text) >= width - 14, len(line.text) >= width - 1
    return Log(joined, total=log.total, bytes_read=log.bytes_read, prefix_platform=log.prefix_platform)
