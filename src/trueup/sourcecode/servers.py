"""The servers that trueup knows, from data/servers.toml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from trueup.model.evidence import Evidence
from trueup.package_data import data_rows


@dataclass(frozen=True)
class Server:
    """One server: where it listens by default, and how its options are named. `port` is None for workers."""

    name: str
    distribution: str
    source: str
    checked: str
    host: str | None = None
    port: int | None = None
    host_options: tuple[str, ...] = ()
    port_options: tuple[str, ...] = ()
    bind_options: tuple[str, ...] = ()
    host_variable: str = ""
    port_variable: str = ""
    socket_options: tuple[str, ...] = ()
    workers_options: tuple[str, ...] = ()
    threads_options: tuple[str, ...] = ()
    worker_class_options: tuple[str, ...] = ()
    timeout_options: tuple[str, ...] = ()
    folder_options: tuple[str, ...] = ()
    path_options: tuple[str, ...] = ()
    configuration_options: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()

    def evidence(self, text: str) -> Evidence:
        """The server's own reference."""
        return Evidence.default(text, self.source, self.checked)


@cache
def servers() -> dict[str, Server]:
    """Every server by its name."""
    return {name: _server(name, row) for name, row in data_rows("trueup.sourcecode", "data/servers.toml").items()}


def _server(name: str, row: dict[str, object]) -> Server:
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    values["flags"] = frozenset(row.get("flags", ()))  # type: ignore[call-overload]
    return Server(name=name, **values)  # type: ignore[arg-type]
