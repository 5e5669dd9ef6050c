"""`--sandbox`: processes without the home directory, without a network but the loopback one, and with few writable
folders. By bubblewrap (https://github.com/containers/bubblewrap, read 2026-11-20).

A network is a bubblewrap of its own in which the doorman stays; commands enter it before they run (setns(2)), and
trueup lets the doorman open its connections there. Builds keep the machine's network: they need the package index.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from trueup.errors import RunnerUnavailable
from trueup.prove.machine import bubblewrap
from trueup.prove.running import Command, Redactor, start
from trueup.prove.supervisor import descendants

DOORMAN = Path(__file__).with_name("doorman.py")
HIDDEN = ("/home", "/root", "/tmp", "/var/tmp", "/run", "/media", "/mnt", "/srv")  # noqa: S108 - hidden, not used
_DOOR: ContextVar[Path | None] = ContextVar("door", default=None)


@dataclass(frozen=True)
class Network:
    """A network of its own: the process that holds it and the doorman's socket."""

    process: int
    door: Path


def connect(host: str, port: int, seconds: float) -> socket.socket:
    """A TCP connection: in the sandbox's network while one is entered, else in the machine's.

    Raises:
        OSError: there is none.
    """
    door = _DOOR.get()
    if door is None:
        return socket.create_connection((host, port), timeout=seconds)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
        asked.settimeout(seconds + 1)
        asked.connect(str(door))
        asked.sendall(json.dumps([host, port, seconds]).encode() + b"\n")
        answer, descriptors, _, _ = socket.recv_fds(asked, 4096, 1)
    if not descriptors:
        number, text = json.loads(answer[1:] or b'[null, "the doorman is gone"]')
        error = OSError(number, text) if number else OSError(text)
        raise error
    made = socket.socket(fileno=descriptors[0])
    made.settimeout(seconds)
    return made


@contextmanager
def inside(network: Network | None) -> Iterator[None]:
    """Let `connect` go through a network's doorman."""
    token = _DOOR.set(network.door if network else None)
    try:
        yield
    finally:
        _DOOR.reset(token)


def open_network(stack: ExitStack) -> Network:
    """Make a network that lasts until the stack is closed.

    Raises:
        RunnerUnavailable: bubblewrap is not there or does not work.
    """
    program = bubblewrap()
    if program is None:
        hint = "Install it (Debian: bubblewrap), or leave --sandbox out."
        raise RunnerUnavailable("--sandbox needs bubblewrap, which is not there or does not work", hint=hint)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trueup-network-")))
    door = folder / "door"
    words = (program, "--dev-bind", "/", "/", "--unshare-net", "--die-with-parent", "--")
    command = Command(
        words=(*words, sys.executable, "-I", "-S", str(DOORMAN), str(door)),
        folder=folder,
        environment={},
        scratch=(folder,),
    )
    running = start(command, folder / "log", Redactor())
    stack.callback(running.close)
    deadline = time.monotonic() + 10
    while not door.exists():
        if running.poll() is not None or time.monotonic() > deadline:
            raise RunnerUnavailable("--sandbox: bubblewrap cannot make a network of its own here")
        time.sleep(0.01)
    inner = [process for process in descendants(running.process) if _is_doorman(process)]
    return Network(inner[0] if inner else running.process, door)


def _is_doorman(process: int) -> bool:
    try:
        return DOORMAN.name.encode() in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def confined(words: Sequence[str], readable: Sequence[Path], writable: Sequence[Path]) -> tuple[str, ...]:
    """The words that run a command in the sandbox.

    Args:
        words: the command.
        readable: folders below hidden ones that must be seen (the interpreter, the environment).
        writable: folders that may be written.
    """
    program = bubblewrap()
    assert program is not None
    found = [program, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    for name in HIDDEN:
        if Path(name).is_dir() and not Path(name).is_symlink():
            found += ["--tmpfs", name]
    for path in readable:
        found += ["--ro-bind", str(path), str(path)]
    for path in writable:
        found += ["--bind", str(path), str(path)]
    apart = ("--unshare-pid", "--unshare-ipc", "--unshare-uts")  # it sees and signals its own processes only
    return (*found, *apart, "--die-with-parent", "--new-session", "--", *words)


def readable_folders(*paths: Path) -> list[Path]:
    """Folders to be seen, outermost first, without those inside others."""
    real = sorted({Path(os.path.realpath(path)) for path in paths} | set(paths), key=lambda path: len(path.parts))
    found: list[Path] = []
    for path in real:
        if path.exists() and not any(path.is_relative_to(outer) for outer in found):
            found.append(path)
    return found
