"""A program of its own that runs one command and lets nothing of it survive. Standard library only.

`python -I -S supervisor.py` reads one JSON line from its standard input: `command` (list), `folder`, `environment`,
`seconds` and `mebibytes` (limits or null), `cleanup` (a command to run at the end, or null), `user` and `group` (ids
to run as, or null), `network` (a process whose network is entered, or null), `scratch` (folders that are removed if
trueup is gone). It writes one JSON line when the command has started and one when everything has ended. Further input
lines are `term` and `kill`; the end of the input means that trueup is gone, however it went, and ends everything.

On Linux it becomes the reaper of its descendants (prctl PR_SET_CHILD_SUBREAPER, Linux 3.4), so that daemons cannot
escape by forking twice, and each child dies with it (PR_SET_PDEATHSIG). Source: prctl(2), read 2026-11-20.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
TICK = 0.25
"""Seconds between two looks at the memory and the clock."""
GONE = "trueup is gone"
GRACE = 3.0
"""Seconds between SIGTERM and SIGKILL when everything must end."""


def set_process_option(option: int, value: int) -> None:
    """Set an option of this process, where the system has such options: prctl(2)."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def parents() -> dict[int, int]:
    """Every process's parent, from /proc; empty where there is no /proc."""
    found = {}
    try:
        names = os.listdir("/proc")  # noqa: PTH208 - the fastest way, ten times a second
    except OSError:
        return {}
    for name in names:
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as stream:  # noqa: PTH123
                    found[int(name)] = int(stream.read().rpartition(b")")[2].split()[1])
            except (OSError, IndexError, ValueError):
                continue
    return found


def descendants(of: int) -> list[int]:
    """Every living process below one."""
    children: dict[int, list[int]] = {}
    for process, parent in parents().items():
        children.setdefault(parent, []).append(process)
    found, pending = [], list(children.get(of, ()))
    while pending:
        process = pending.pop()
        found.append(process)
        pending.extend(children.get(process, ()))
    return found


def memory_of(processes: list[int]) -> int:
    """The memory that some processes hold together, in bytes; shared pages count once a process."""
    page = os.sysconf("SC_PAGE_SIZE")
    total = 0
    for process in processes:
        try:
            with open(f"/proc/{process}/statm", "rb") as stream:  # noqa: PTH123
                fields = stream.read().split()
            total += (int(fields[1]) - int(fields[2])) * page
        except (OSError, IndexError, ValueError):
            continue
    return total


def send(processes: list[int], number: int) -> None:
    """Send a signal to processes that may be gone."""
    for process in processes:
        try:
            os.kill(process, number)
        except (ProcessLookupError, PermissionError):
            continue


def end_all(group: int) -> None:
    """SIGTERM to everything below this process, SIGKILL to what is left, until nothing is."""
    deadline = time.monotonic() + GRACE
    number = signal.SIGTERM
    while True:
        left = descendants(os.getpid())
        try:
            os.killpg(group, number)
        except (ProcessLookupError, PermissionError):
            if not left:
                return
        send(left, number)
        reap()
        if not left and time.monotonic() > deadline:
            return
        if time.monotonic() > deadline:
            number = signal.SIGKILL
        time.sleep(0.02)


def reap() -> dict[int, int]:
    """Collect every child that has ended: process → wait status."""
    found: dict[int, int] = {}
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if process == 0:
            return found
        found[process] = status


def start(given: dict[str, Any]) -> int:
    """Fork and run the command in a session of its own; return its process id. Its output is this process's stderr."""
    executed, executing = os.pipe()  # closed by exec: only then are signals no longer ignored
    process = os.fork()
    if process:
        os.close(executing)
        os.read(executed, 1)
        os.close(executed)
        return process
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        limit_resources()
        if given.get("network") is not None:
            enter_network(given["network"])
        if given.get("group") is not None:
            os.setgroups([])
            os.setgid(given["group"])
        if given.get("user") is not None:
            os.setuid(given["user"])
        set_process_option(PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.chdir(given["folder"])
        os.execvpe(given["command"][0], given["command"], given["environment"])  # noqa: S606 - no shell is wanted
    except BaseException as error:
        os.write(2, f"{given['command'][0]}: {error}\n".encode())
    os._exit(127)


def enter_network(process: int) -> None:
    """Enter the network of another process; as an ordinary user its user namespace first, which owns the network."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    kinds = [("net", 0x40000000)] if os.getuid() == 0 else [("user", 0x10000000), ("net", 0x40000000)]
    for name, kind in kinds:
        descriptor = os.open(f"/proc/{process}/ns/{name}", os.O_RDONLY | os.O_CLOEXEC)
        if libc.setns(descriptor, kind) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter the {name} namespace of the sandbox")


def inner_processes(main: int) -> list[int]:
    """Whom SIGTERM is for: the command, or what bubblewrap has started where the command is one."""
    if not is_bubblewrap(main):
        return [main]
    below = parents()
    wrappers = {main, *(process for process in descendants(main) if is_bubblewrap(process))}
    return [process for process, parent in below.items() if parent in wrappers and process not in wrappers]


def is_bubblewrap(process: int) -> bool:
    """Whether a process is bubblewrap."""
    try:
        with open(f"/proc/{process}/comm", "rb") as stream:  # noqa: PTH123
            return stream.read().strip() == b"bwrap"
    except OSError:
        return False


def limit_resources() -> None:
    """No core files, and not more open files than a container usually has."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def watch(given: dict[str, Any], main: int, orders: Callable[[float], str]) -> dict[str, Any]:
    """Wait for the command's end, a limit, or an order; return what happened."""
    began = time.monotonic()
    peak, ended_by = 0, ""
    while True:
        found = reap()
        if main in found:
            return outcome(found[main], began, peak, ended_by)
        order = orders(TICK)
        if order == "gone":
            return {"exited": None, "ended_by": GONE}
        if order == "term":
            send(inner_processes(main), signal.SIGTERM)
        elif order == "kill":
            ended_by = ended_by or "killed"
            send([*descendants(os.getpid())], signal.SIGKILL)
        used = memory_of(descendants(os.getpid()))
        peak = max(peak, used)
        over_memory = given["mebibytes"] is not None and used > given["mebibytes"] * 1024 * 1024
        over_time = given["seconds"] is not None and time.monotonic() - began > given["seconds"]
        if (over_memory or over_time) and not ended_by:
            ended_by = "memory" if over_memory else "time"
            send([*descendants(os.getpid())], signal.SIGKILL)


def outcome(status: int, began: float, peak: int, ended_by: str) -> dict[str, Any]:
    """The last line of the protocol."""
    return {
        "exited": os.waitstatus_to_exitcode(status),
        "seconds": round(time.monotonic() - began, 3),
        "peak": peak,
        "ended_by": ended_by,
    }


def read_orders() -> Callable[[float], str]:
    """A function that waits for an order for some seconds, or until a child ends: `term`, `kill`, `gone` or ""."""
    rest = b""
    children, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC) if hasattr(os, "pipe2") else os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)

    def next_order(seconds: float) -> str:
        nonlocal rest
        if b"\n" not in rest:
            ready, _, _ = select.select([0, children], [], [], seconds)
            if children in ready:
                os.read(children, 512)
            if 0 not in ready:
                return ""
            chunk = os.read(0, 4096)
            if not chunk:
                return "gone"
            rest += chunk
        line, _, rest = rest.partition(b"\n")
        return line.decode()

    return next_order


def read_line() -> bytes:
    """The first line of the input, unbuffered, so that no order is swallowed."""
    line = bytearray()
    while not line.endswith(b"\n"):
        chunk = os.read(0, 1)
        if not chunk:
            sys.exit(1)
        line += chunk
    return bytes(line)


def main() -> None:
    """Run one command by the protocol above."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    given = json.loads(read_line())
    set_process_option(PR_SET_CHILD_SUBREAPER, 1)
    orders = read_orders()
    process = start(given)
    result: dict[str, Any] = {}
    try:
        tell({"started": process})
        result = watch(given, process, orders)
    finally:
        end_all(process)
        if given.get("cleanup"):
            subprocess.run(given["cleanup"], check=False, stdin=subprocess.DEVNULL, stdout=2, env=given["environment"])
    if result.get("ended_by") == GONE:
        for folder in given["scratch"]:
            shutil.rmtree(folder, ignore_errors=True)
    tell(result)


def tell(what: dict[str, Any]) -> None:
    """Write one line of the protocol; that nobody reads it is no failure."""
    try:
        os.write(1, json.dumps(what).encode() + b"\n")
    except OSError:
        return


if __name__ == "__main__":
    main()
