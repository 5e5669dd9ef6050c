"""Looking at a booted process as the platform does: an open port, a health path, a status."""

from __future__ import annotations

import http.client
import os
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from trueup.model.proof import ProbeResult
from trueup.prove.sandbox import connect

LIVES_ON = 5.0
"""Seconds for which a port must be open where nothing answers in HTTP."""
INTERVAL, LONGEST_INTERVAL = 0.1, 1.0
"""Seconds between two attempts: at first, and when it takes long, so that the log is not all about being asked.
Platforms ask every few seconds; that a proof asks sooner changes nothing it says.
"""


@dataclass(frozen=True, kw_only=True)
class Health:
    """What is asked and what is accepted. Seconds; `path` None looks for an open port only."""

    port: int
    path: str | None
    accepted: tuple[int, int]
    host_header: str | None
    request_seconds: float
    total_seconds: float


def probe(health: Health, has_ended: Callable[[], bool]) -> ProbeResult:
    """Ask until an accepted answer, the time is over, or the process has ended.

    Where the platform only looks for an open port, any HTTP answer to `/` is waited for as well: a master process may
    open the port before the application is even imported. A server that does not speak HTTP counts as started when it
    has lived for LIVES_ON seconds with its port open.
    """
    began = time.monotonic()
    url = f"http://127.0.0.1:{health.port}{health.path or ''}"
    opened = 0.0
    attempts, last = 0, ProbeResult(url, None, 0.0, 0, ok=False, problem="nothing listens on $PORT")
    while True:
        ended = has_ended()
        attempts += 1
        status, problem = _ask(health) if health.path else _connect(health)
        if not health.path and not problem:
            opened = opened or time.monotonic()
            status, problem = _any_answer(health, time.monotonic() - opened)
        seconds = round(time.monotonic() - began, 3)
        ok = not problem
        last = ProbeResult(url, status, seconds, attempts, ok, problem)
        if ok and not ended:
            return last
        if ended:
            return ProbeResult(url, status, seconds, attempts, ok=False, problem="the process has ended")
        if seconds > health.total_seconds:
            return last
        time.sleep(min(LONGEST_INTERVAL, max(INTERVAL, seconds / 20)))


def _connect(health: Health) -> tuple[None, str]:
    try:
        connect("127.0.0.1", health.port, health.request_seconds).close()
    except OSError as error:
        return None, f"nothing listens on $PORT ({error.strerror or error})"
    return None, ""


def _any_answer(health: Health, open_for: float) -> tuple[int | None, str]:
    """The status of any HTTP answer; none is demanded of a port that has been open for some time."""
    status, problem = _ask(replace(health, path="/", accepted=(100, 599)))
    if problem and open_for > LIVES_ON:
        return None, ""
    return status, f"the port is open, and {problem}" if problem else ""


def _ask(health: Health) -> tuple[int | None, str]:
    """One request; the status, and what is wrong with it."""
    connection = http.client.HTTPConnection("127.0.0.1", health.port, timeout=health.request_seconds)
    headers = {"User-Agent": "trueup", "Connection": "close", "Accept": "*/*"}
    if health.host_header:
        headers["Host"] = health.host_header
    try:
        connection.sock = connect("127.0.0.1", health.port, health.request_seconds)
        connection.request("GET", health.path or "/", headers=headers)
        status = connection.getresponse().status
    except TimeoutError:
        return None, f"no answer within {health.request_seconds:g} s"
    except ConnectionRefusedError:
        return None, "nothing listens on $PORT"
    except (OSError, http.client.HTTPException) as error:
        return None, f"no HTTP answer ({type(error).__name__})"
    finally:
        connection.close()
    first, last = health.accepted
    if first <= status <= last:
        return status, ""
    accepted = str(first) if first == last else f"{first} to {last}"
    return status, f"it answers {status}, and the platform accepts {accepted}"


@dataclass(frozen=True, slots=True)
class Listener:
    """A listening TCP socket of a process: its address as text and its port."""

    address: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return self.address.startswith("127.") or self.address == "::1"


def listeners(processes: Iterable[int]) -> tuple[Listener, ...]:
    """What some processes listen on, from /proc; empty where there is no /proc (macOS)."""
    processes = tuple(processes)
    inodes = {inode for process in processes for inode in _socket_inodes(process)}
    own = processes[0] if processes else "self"
    found: set[Listener] = set()
    for name, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        try:
            lines = Path(f"/proc/{own}/net/{name}").read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                address, _, port = fields[1].rpartition(":")
                found.add(Listener(_address(address, family), int(port, 16)))
    return tuple(sorted(found, key=lambda each: (each.port, each.address)))


def _socket_inodes(process: int) -> set[str]:
    found = set()
    try:
        for entry in Path(f"/proc/{process}/fd").iterdir():
            try:
                target = str(entry.readlink())
            except OSError:
                continue
            if target.startswith("socket:["):
                found.add(target[8:-1])
    except OSError:
        return found
    return found


def _address(text: str, family: int) -> str:
    raw = bytes.fromhex(text)
    words = b"".join(raw[index : index + 4][::-1] for index in range(0, len(raw), 4))
    return socket.inet_ntop(family, words)


def family_of(process: int) -> tuple[int, ...]:
    """A process and everything below it; only the process where there is no /proc."""
    from trueup.prove.supervisor import descendants

    return (process, *descendants(process)) if os.path.isdir("/proc/self") else (process,)  # noqa: PTH112
