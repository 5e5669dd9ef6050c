"""The options of a server's command line, read by the rows of data/servers.toml."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace

from trueup.sourcecode.servers import Server, servers
from trueup.sourcecode.start_command import StartCommand

_FACTORY = re.compile(r"^([\w.]+)\((.*)\)$", re.DOTALL)


@dataclass(frozen=True)
class Options:
    """A command line's options, in their order, and the words that belong to none."""

    pairs: tuple[tuple[str, str | None], ...]
    positional: tuple[str, ...]

    @classmethod
    def read(cls, words: list[str], row: Server) -> Options:
        """Every option takes a value unless the row lists it as a flag."""
        pairs: list[tuple[str, str | None]] = []
        positional: list[str] = []
        known = {name for names in _values(row) for name in names}
        queue = list(words)
        while queue:
            word = queue.pop(0)
            name, equals, value = word.partition("=")
            if word == "--":
                positional += queue
                break
            if not word.startswith("-") or word == "-":
                positional.append(word)
            elif equals and word.startswith("--"):
                pairs.append((name, value))
            elif word in row.flags:
                pairs.append((word, None))
            elif not word.startswith("--") and len(word) > 2 and word[:2] in known:
                pairs.append((word[:2], word[2:].removeprefix("=")))
            elif queue and (word in known or not queue[0].startswith("-")):
                pairs.append((word, queue.pop(0)))
            else:
                pairs.append((word, None))
        return cls(tuple(pairs), tuple(positional))

    def value(self, names: tuple[str, ...]) -> str | None:
        """The last value given for one of the names."""
        return next((value for name, value in reversed(self.pairs) if name in names and value is not None), None)

    def values(self, names: tuple[str, ...]) -> list[str]:
        """All values given for one of the names."""
        return [value for name, value in self.pairs if name in names and value is not None]

    @property
    def names(self) -> frozenset[str]:
        """The options that stand there."""
        return frozenset(name for name, _ in self.pairs)


def _values(row: Server) -> tuple[tuple[str, ...], ...]:
    return (
        row.host_options,
        row.port_options,
        row.bind_options,
        row.workers_options,
        row.threads_options,
        row.worker_class_options,
        row.timeout_options,
        row.folder_options,
        row.path_options,
        row.configuration_options,
        row.socket_options,
    )


def target_of(base: StartCommand, row: Server, words: list[str]) -> StartCommand | None:
    """What a server's command line starts.

    Args:
        base: the command with its folder and environment.
        row: the server.
        words: the words after the program's name.
    """
    if row.name == "celery":
        return _celery(base, words)
    if row.name in ("flask", "fastapi", "streamlit", "litestar", "rq", "dramatiq"):
        return _with_subcommand(base, row, words)
    options = Options.read(words, row)
    made = with_options(replace(base, server=row.name), row, options)
    return with_target(made, next(iter(options.positional), None))


def with_options(command: StartCommand, row: Server, options: Options) -> StartCommand:
    """Address, workers, folders and the names of all options."""
    folder = options.value(row.folder_options)
    moved = command.folder
    if folder and "$" not in folder:
        moved = posixpath.normpath(posixpath.join(command.folder, folder))
        moved = "" if moved == "." else moved
    paths = [path for value in options.values(row.path_options) for path in value.split(",")]
    search = (moved, *command.search, *(posixpath.normpath(posixpath.join(moved, path)) for path in paths))
    host, port = options.value(row.host_options), options.value(row.port_options)
    bind = options.value(row.bind_options)
    if bind:
        host, port = split_bind(bind)
    return replace(
        command,
        folder=moved if row.name == "gunicorn" else command.folder,
        search=tuple(dict.fromkeys(search)),
        host=host,
        port=port,
        worker_class=options.value(row.worker_class_options),
        workers=options.value(row.workers_options),
        threads=options.value(row.threads_options),
        timeout=options.value(row.timeout_options),
        configuration=options.value(row.configuration_options),
        is_factory="--factory" in options.names,
        options=options.names,
    )


def split_bind(bind: str) -> tuple[str | None, str | None]:
    """`0.0.0.0:8000` → host and port; a socket of another kind gives its text as the host."""
    if bind.startswith(("unix:", "fd://", "fd:")):
        return bind, None
    found = re.fullmatch(r"(\[[^\]]*\]|[^:$]*|\$\{?\w+\}?):(\$\{.*\}|[^:]*)", bind)
    if found is None:
        return bind, None
    return (found[1].strip("[]") or "0.0.0.0", found[2] or None)  # noqa: S104 - an empty host means every interface


def with_target(command: StartCommand, target: str | None) -> StartCommand:
    """`package.module:attribute`, `package.module:create()` or a module alone."""
    if not target or "$" in target:
        return command
    module, colon, attribute = target.partition(":")
    if module.endswith(".py"):
        module = module.removesuffix(".py").replace("/", ".").lstrip(".")
    called = _FACTORY.match(attribute)
    if called:
        return replace(command, module=module, attribute=called[1], is_factory=True)
    return replace(command, module=module, attribute=attribute if colon and attribute else None)


def _with_subcommand(base: StartCommand, row: Server, words: list[str]) -> StartCommand | None:
    options = Options.read(words, row)
    positional = list(options.positional)
    verb = positional[0] if positional else ""
    made = with_options(replace(base, server=row.name), row, options)
    if row.name == "streamlit":
        if verb != "run" or len(positional) < 2:
            return None
        path = posixpath.normpath(posixpath.join(base.folder, positional[1]))
        return replace(made, script=path, search=(posixpath.dirname(path), *made.search))
    if row.name == "rq":
        return (
            replace(made, role="worker") if verb in ("worker", "worker-pool") or "rqworker" in base.words[0] else None
        )
    if row.name == "dramatiq":
        return with_target(replace(made, role="worker"), verb)
    if verb not in ("run", "dev"):
        return None
    if row.name == "fastapi" and verb == "dev":
        made = replace(made, host=made.host or "127.0.0.1", options=made.options | {"dev"})
    if row.name == "fastapi":
        if len(positional) < 2:
            return made
        path = posixpath.normpath(posixpath.join(base.folder, positional[1]))
        return replace(made, script=path, search=(posixpath.dirname(path), *made.search))
    target = options.value(("--app", "-A")) or dict(base.environment).get("FLASK_APP")
    return with_target(made, target)


_CELERY_VALUES: tuple[str, ...] = (
    "-A",
    "--app",
    "-b",
    "--broker",
    "-l",
    "--loglevel",
    "-n",
    "--hostname",
    "-O",
    "--optimization",
)
_CELERY_VALUES += ("-Q", "--queues", "-X", "--exclude-queues", "-I", "--include", "-S", "--statedb", "-s", "--schedule")
"""Options of celery that take a value, so that `-lINFO` and `-Ofair` are read as one option with its value."""


def _celery(base: StartCommand, words: list[str]) -> StartCommand | None:
    row = servers()["celery"]
    options = Options.read(words, replace(row, bind_options=_CELERY_VALUES))
    role = next((word for word in options.positional if word in ("worker", "beat", "flower", "multi")), None)
    if role is None:
        return None
    if role == "worker" and options.names & {"-B", "--beat"}:
        role = "worker+beat"
    target = options.value(("-A", "--app"))
    folder = options.value(row.folder_options)
    made = replace(base, server="celery", role=role, options=options.names)
    if folder:
        made = replace(made, search=(posixpath.normpath(posixpath.join(base.folder, folder)), *made.search))
    pool, workers = options.value(row.worker_class_options), options.value(row.workers_options)
    made = replace(made, worker_class=pool, workers=workers)
    return with_target(made, target)
