"""What a kind of backing service is. A public file of this package holds one constant, `BACKING`."""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from trueup.prove.ports import Ports
from trueup.prove.running import Command, Redactor, Running, run, start, tail
from trueup.prove.sandbox import connect

READY_SECONDS = 60
PULL_SECONDS = 300
"""A container's image may have to be fetched first."""
USER = "proof"


class NotAvailableError(Exception):
    """A way to have a server is not there; the text says why."""


@dataclass
class Server:
    """A backing service that is there: its address, how it was had, and what must be ended afterwards."""

    kind: str
    how: str
    url: str
    version: str | None = None
    running: Running | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.url)
        return parts.hostname or "127.0.0.1", parts.port or 0


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where servers of a proof live: an empty scratch folder each, ports, the log, what must not be shown."""

    folder: Path
    log: Path
    ports: Ports
    redactor: Redactor
    cache: Path
    index: Mapping[str, str]
    pythons: Callable[[], tuple[Path, ...]] = tuple
    network: int | None = None
    password: str = field(default_factory=lambda: secrets.token_hex(16))

    def environment(self) -> dict[str, str]:
        """The environment of servers: only what they need."""
        path = os.environ.get("PATH", "/usr/bin:/bin")
        return {"PATH": f"{path}:/usr/sbin:/sbin", "HOME": str(self.folder), "LANG": "C.UTF-8", "TMPDIR": "/tmp"}  # noqa: S108

    def account(self) -> tuple[int, int] | None:
        """An unprivileged user and group where trueup runs as root: database servers refuse root."""
        if os.getuid() != 0:
            return None
        for name in ("nobody", "daemon"):
            try:
                found = pwd.getpwnam(name)
            except KeyError:
                continue
            return found.pw_uid, found.pw_gid
        return 65534, 65534

    def own(self, folder: Path) -> None:
        """Give a folder, with what is in it, to the servers' account."""
        account = self.account()
        if account is None:
            return
        for path in (folder, *folder.rglob("*")):
            os.chown(path, *account, follow_symlinks=False)

    def command(self, words: tuple[str, ...], environment: Mapping[str, str] | None = None) -> Command:
        """A command of a server, as the servers' account."""
        user, group = self.account() or (None, None)
        values = self.environment() | dict(environment or {})
        return Command(
            words=words,
            folder=self.folder,
            environment=values,
            user=user,
            group=group,
            network=self.network,
            scratch=(self.folder,),
        )

    def prepare(self, *words: str, environment: Mapping[str, str] | None = None) -> None:
        """Run a command that must succeed before the server can start.

        Raises:
            NotAvailableError: it fails.
        """
        ended = run(self.command(words, environment), self.log, self.redactor)
        if not ended.ok:
            last = (*tail(self.log, 1), "it says nothing")[0]
            raise NotAvailableError(f"{Path(words[0]).name} failed: {last}")

    def launch(self, *words: str, environment: Mapping[str, str] | None = None) -> Running:
        """Start a server."""
        return start(self.command(words, environment), self.log, self.redactor)


Find = Callable[[], dict[str, Path] | None]
Launch = Callable[[Place, dict[str, Path]], Server]


@dataclass(frozen=True)
class Backing:
    """A kind of backing service.

    `schemes` are of its URLs, the first the usual one; `drivers` the distributions that speak to it; `names` matches
    variables that name it; `image`, `port` and `container` (environment with `{password}`) describe its container;
    `container_url` the URL with `{host}`, `{port}` and `{password}`. `find` gives its programs on this machine;
    `find_in` gives them in the folder of an installed wheel of `wheels`. `launch` starts them. `answers` tells whether
    a server at an address speaks the protocol, and its version where it says it.
    """

    id: str
    title: str
    schemes: tuple[str, ...]
    drivers: frozenset[str]
    names: re.Pattern[str]
    image: str
    port: int
    container_url: str
    find: Find
    launch: Launch
    answers: Callable[[str, int], str | None]
    container: Mapping[str, str] = field(default_factory=dict)
    wheels: tuple[str, ...] = ()
    find_in: Callable[[Path], dict[str, Path] | None] = lambda _folder: None
    install: str = ""
    """How a person gets its server."""


def programs(*names: str, folders: tuple[str, ...] = ()) -> dict[str, Path] | None:
    """Programs by name, from PATH and from folders (shell patterns, the last match first); None if one is missing."""
    found: dict[str, Path] = {}
    for name in names:
        places = [
            str(path) for pattern in folders for path in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
        ]
        program = shutil.which(name) or shutil.which(name, path=os.pathsep.join([*places, "/usr/sbin", "/sbin"]))
        if program is None:
            return None
        found[name] = Path(program)
    return found


def exchange(host: str, port: int, message: bytes, seconds: float = 2.0) -> bytes:
    """Send some bytes and read the first answer; empty where none comes."""
    try:
        with connect(host, port, seconds) as connection:
            if message:
                connection.sendall(message)
            return connection.recv(4096)
    except OSError:
        return b""


def wait_until_ready(backing: Backing, server: Server, log: Path) -> Server:
    """Wait until the server answers in its protocol.

    Raises:
        NotAvailableError: it ended, or does not answer in time.
    """
    seconds = PULL_SECONDS if server.how.startswith("container") else READY_SECONDS
    deadline = time.monotonic() + seconds
    host, port = server.address
    while time.monotonic() < deadline:
        version = backing.answers(host, port)
        if version is not None:
            server.version = server.version or version or None
            return server
        if server.running is not None and server.running.poll() is not None:
            last = (*tail(log, 1), "it says nothing")[0]
            raise NotAvailableError(f"the server ended: {last}")
        time.sleep(0.05)
    if server.running is not None:
        server.running.close()
    raise NotAvailableError(f"it did not answer within {seconds} s")
