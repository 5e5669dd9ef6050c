"""A request that failed; apart from what makes requests, because that takes long to import."""

from __future__ import annotations


class TransportError(Exception):
    """A request that failed for good. `transient`: it is worth another try; `status`: the server's answer, if any."""

    def __init__(self, reason: str, *, transient: bool = True, status: int | None = None, reached: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.transient = transient
        self.status = status
        self.reached = reached
        """Whether a server answered at all."""
