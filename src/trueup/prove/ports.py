"""Free ports that two proofs on one machine never both take."""

from __future__ import annotations

import errno
import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

from trueup.errors import RunnerUnavailable

FIRST, LAST = 20_000, 32_000
"""Below Linux's range for outgoing connections (32768 to 60999, ip(7) ip_local_port_range), so none takes one."""


class Ports:
    """Ports held for one proof. A port is held by a locked file, so that the lock ends with the process."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(tempfile.gettempdir()) / f"trueup-ports-{os.getuid()}"
        self._held: dict[int, int] = {}

    def take(self) -> int:
        """A port that nobody listens on, on any address, and that no other proof holds.

        Raises:
            RunnerUnavailable: there is none.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for port in random.sample(range(FIRST, LAST), 400):
            descriptor = self._lock(port)
            if descriptor is None:
                continue
            if is_free(port):
                self._held[port] = descriptor
                return port
            os.close(descriptor)
        raise RunnerUnavailable(f"no port between {FIRST} and {LAST} is free", hint="End what listens there.")

    def _lock(self, port: int) -> int | None:
        descriptor = os.open(self._folder / str(port), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                return None
            raise
        return descriptor

    def close(self) -> None:
        """Give all ports back."""
        for descriptor in self._held.values():
            os.close(descriptor)
        self._held.clear()


def is_free(port: int) -> bool:
    """Whether a server could listen on a port of every address now."""
    for family, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):  # noqa: S104 - as servers do
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind((address, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
    return True
