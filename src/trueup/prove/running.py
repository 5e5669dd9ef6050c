"""Running commands: each below a supervisor, its output into a log file with every secret value struck out."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, unquote, urlsplit

SUPERVISOR = Path(__file__).with_name("supervisor.py")
LARGEST_LOG = 64 * 1024 * 1024
"""Bytes of one log that are kept."""
LONGEST_LINE = 65536
"""Bytes after which a line is cut."""
SHORTEST_SECRET = 4
"""Shorter values are not struck out: they would stand in every second line."""
_PLAIN = frozenset({"true", "false", "none", "null", "production", "development", "testing", "localhost", "127.0.0.1"})
_CREDENTIALS = re.compile(rb"(://[^/@\s:]*:)[^/@\s]+@")


class Redactor:
    """Strikes values out of text, in their plain, quoted and JSON spellings, and passwords out of URLs."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._spellings: dict[bytes, bytes] = {}
        self._pattern: re.Pattern[bytes] | None = None
        self.longest = 0
        """Bytes of the longest spelling."""
        for name, value in (values or {}).items():
            self.add(name, value)

    def add(self, name: str, value: str) -> None:
        """Strike out a value; it is written as its variable's name in brackets."""
        parts = {value, *value.splitlines()}
        if "://" in value:
            parts |= {spelling for part in (_password(value),) if part for spelling in (part, unquote(part))}
        for part in parts:
            if len(part) < SHORTEST_SECRET or part.lower() in _PLAIN:
                continue
            for spelling in {part, quote(part, safe=""), quote(part), json.dumps(part)[1:-1], repr(part)[1:-1]}:
                self._spellings[spelling.encode()] = f"[{name}]".encode()
        longest_first = sorted(self._spellings, key=len, reverse=True)
        self.longest = len(longest_first[0]) if longest_first else 0
        self._pattern = re.compile(b"|".join(map(re.escape, longest_first))) if longest_first else None

    def clean(self, line: bytes) -> bytes:
        """The line without values."""
        if self._pattern is not None:
            line = self._pattern.sub(lambda match: self._spellings[match[0]], line)
        return _CREDENTIALS.sub(rb"\1[password]@", line) if b"://" in line else line

    def clean_text(self, text: str) -> str:
        """The text without values."""
        return self.clean(text.encode("utf-8", "replace")).decode("utf-8", "replace")


def _password(url: str) -> str | None:
    try:
        return urlsplit(url).password
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended. `exit_code` is negative for a signal; `ended_by` is empty, time, memory or killed."""

    exit_code: int
    seconds: float
    peak: int = 0
    ended_by: str = ""

    @property
    def ok(self) -> bool:
        """Whether it ended by itself and well."""
        return self.exit_code == 0 and not self.ended_by


@dataclass(frozen=True, kw_only=True)
class Command:
    """What to run: words, a folder, the whole environment, limits (seconds, MiB; None for none)."""

    words: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    seconds: float | None = None
    mebibytes: int | None = None
    cleanup: tuple[str, ...] | None = None
    user: int | None = None
    group: int | None = None
    network: int | None = None
    scratch: tuple[Path, ...] = ()
    """Folders to be removed if trueup is gone before it could remove them."""


@dataclass
class Running:
    """A command that runs below its supervisor. Close it; until then nothing of it is forgotten."""

    process: int
    log: Path
    _supervisor: subprocess.Popen[bytes]
    _copier: threading.Thread
    _began: float = field(default_factory=time.monotonic)
    _ended: Ended | None = None

    @property
    def supervisor(self) -> int:
        """The process id of the supervisor."""
        return self._supervisor.pid

    def poll(self) -> Ended | None:
        """How it ended, or None while it runs."""
        if self._ended is None and self._supervisor.poll() is not None:
            self.wait()
        return self._ended

    def wait(self) -> Ended:
        """Wait for its end and for the end of everything it started."""
        if self._ended is None:
            assert self._supervisor.stdout is not None
            line = self._supervisor.stdout.readline()
            said: dict[str, Any] = json.loads(line) if line else {}
            self._supervisor.wait()
            self._copier.join()
            self._close_pipes()
            code = said.get("exited")
            self._ended = Ended(
                exit_code=-9 if code is None else code,
                seconds=said.get("seconds", time.monotonic() - self._began),
                peak=said.get("peak", 0),
                ended_by=said.get("ended_by", "the supervisor ended"),
            )
        return self._ended

    def order(self, word: str) -> None:
        """`term` sends SIGTERM to the command itself, `kill` SIGKILL to everything below it."""
        try:
            assert self._supervisor.stdin is not None
            self._supervisor.stdin.write(word.encode() + b"\n")
            self._supervisor.stdin.flush()
        except (BrokenPipeError, ValueError):
            return

    def stop(self, seconds: float, *, is_told: bool = False) -> Ended:
        """SIGTERM, and SIGKILL after some seconds; `ended_by` is then `killed`.

        `is_told`: SIGTERM was ordered already; a second one would mean something else to some programs (Celery).
        """
        if not is_told:
            self.order("term")
        deadline = time.monotonic() + seconds
        while self._supervisor.poll() is None and time.monotonic() < deadline:
            if self._main_is_gone():
                break
            time.sleep(0.02)
        if self._supervisor.poll() is None and not self._main_is_gone():
            self.order("kill")
        return self.wait()

    def _main_is_gone(self) -> bool:
        return not Path(f"/proc/{self.process}").exists() and Path("/proc/self").exists()

    def close(self) -> None:
        """End it at once, if it still runs."""
        if self._ended is None:
            self.order("kill")
            self.wait()

    def _close_pipes(self) -> None:
        for stream in (self._supervisor.stdin, self._supervisor.stdout, self._supervisor.stderr):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue


def start(command: Command, log: Path, redactor: Redactor) -> Running:
    """Start a command.

    Args:
        command: what to run.
        log: the file that gets its output, line by line, without secret values; it is appended to.
        redactor: knows the values.

    Raises:
        OSError: the supervisor cannot be started or the log cannot be written.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    sink = log.open("ab")
    supervisor = subprocess.Popen(
        [sys.executable, "-I", "-S", str(SUPERVISOR)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        start_new_session=True,
    )
    assert supervisor.stdin is not None
    assert supervisor.stdout is not None
    assert supervisor.stderr is not None
    given = {
        "command": list(command.words),
        "folder": str(command.folder),
        "environment": dict(command.environment),
        "seconds": command.seconds,
        "mebibytes": command.mebibytes,
        "cleanup": list(command.cleanup) if command.cleanup else None,
        "user": command.user,
        "group": command.group,
        "network": command.network,
        "scratch": [str(folder) for folder in command.scratch],
    }
    _write_all(supervisor.stdin, json.dumps(given).encode() + b"\n")
    copier = threading.Thread(target=_copy, args=(supervisor.stderr, sink, redactor), daemon=True)
    copier.start()
    line = _first_line(supervisor.stdout)
    process = json.loads(line)["started"] if line else 0
    return Running(process, log, supervisor, copier)


def _write_all(stream: Any, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[stream.write(view) :]


def _first_line(stream: Any) -> bytes:
    line: bytes = stream.readline()
    return line


def _copy(source: Any, sink: BinaryIO, redactor: Redactor) -> None:
    """Copy output to the log in whole lines; what exceeds LARGEST_LOG is read and dropped."""
    left, rest = LARGEST_LOG, b""
    with sink:
        while chunk := source.read(65536):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > LONGEST_LINE:
                rest = redactor.clean(rest)
                cut = max(0, len(rest) - redactor.longest)  # a value may have come in half: it waits for its end
                lines, rest = [*lines, rest[:cut]], rest[cut:]
            for line in lines:
                cleaned = redactor.clean(line) + b"\n"
                if left > 0:
                    sink.write(cleaned)
                    left -= len(cleaned)
                    if left <= 0:
                        sink.write(f"[trueup: of this log {LARGEST_LOG} bytes are kept]\n".encode())
            sink.flush()
        if rest and left > 0:
            sink.write(redactor.clean(rest) + b"\n")


def run(command: Command, log: Path, redactor: Redactor) -> Ended:
    """Run a command to its end; an exception (Ctrl-C) ends it and everything it started."""
    running = start(command, log, redactor)
    try:
        return running.wait()
    finally:
        running.close()


def tail(log: Path, lines: int = 25) -> tuple[str, ...]:
    """The last lines of a log that hold anything."""
    try:
        with log.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - 64 * 1024))
            text = stream.read().decode("utf-8", "replace")
    except OSError:
        return ()
    return tuple([line.rstrip() for line in text.splitlines() if line.strip()][-lines:])


_VARIES = re.compile(r"\d+")


def folded(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines with runs of more than two that differ in numbers alone made into one and a count."""
    found: list[str] = []
    for _, run_of in itertools.groupby(lines, key=lambda line: _VARIES.sub("0", line)):
        same = list(run_of)
        found += same if len(same) < 3 else [same[0], f"… {len(same) - 1} more lines like it"]
    return tuple(found)


def close_all(running: Iterable[Running]) -> None:
    """End several commands at once: all are told first, then waited for."""
    listed = [each for each in running if each.poll() is None]
    for each in listed:
        each.order("kill")
    for each in listed:
        each.wait()
