"""What a start command starts: the nouns of commands.py."""

from __future__ import annotations

from dataclasses import dataclass

from trueup.sourcecode.servers import Server, servers


@dataclass(frozen=True, slots=True)
class StartCommand:
    """One command that stays running.

    `server` is a name of data/servers.toml, `python` (a file or module), or `other`. `folder` is where it runs, from
    the service's root; `search` are further folders of its module path; `host` and `port` are None where the command
    leaves them to the server; `port` keeps variables as they are written. `role` is worker, beat or flower for Celery.
    """

    text: str
    words: tuple[str, ...]
    server: str
    module: str | None = None
    attribute: str | None = None
    is_factory: bool = False
    script: str | None = None
    folder: str = ""
    search: tuple[str, ...] = ()
    host: str | None = None
    port: str | None = None
    worker_class: str | None = None
    workers: str | None = None
    threads: str | None = None
    timeout: str | None = None
    configuration: str | None = None
    role: str | None = None
    options: frozenset[str] = frozenset()
    environment: tuple[tuple[str, str], ...] = ()
    is_background: bool = False

    @property
    def row(self) -> Server | None:
        """The server's data, if it is a known one."""
        return servers().get(self.server)

    @property
    def target(self) -> str | None:
        """`module:attribute` as far as it is known."""
        if self.module is None:
            return None
        return f"{self.module}:{self.attribute}" if self.attribute else self.module


@dataclass(frozen=True)
class ParsedStart:
    """A start command: what stays running (`programs`), what runs before, and why a part could not be read.

    `missing` is the path, from the service's root, of a shell script that it runs and that is not there; `scripts` are
    those that were read.
    """

    text: str
    programs: tuple[StartCommand, ...] = ()
    before: tuple[str, ...] = ()
    unclear: str = ""
    missing: str = ""
    scripts: tuple[str, ...] = ()

    @property
    def main(self) -> StartCommand | None:
        """The program that the container stands and falls with: the last one in the foreground, else the last."""
        front = [program for program in self.programs if not program.is_background]
        return front[-1] if front else self.programs[-1] if self.programs else None
