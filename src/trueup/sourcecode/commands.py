"""Start commands: which program a shell text starts, with which target, address and workers. Nothing is run.

`&&`, `||`, `;`, `&` and line ends part commands; `cd` moves; `sh -c`, `exec`, `env` and the runners of package managers
are looked through; a script of the project is read. The options of each server are rows of data/servers.toml.
Source of the grammar: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html (read 2026-11-20).
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from trueup.model.project import Project
from trueup.sourcecode._options import Options, target_of
from trueup.sourcecode.servers import servers
from trueup.sourcecode.start_command import ParsedStart, StartCommand

__all__ = ["ParsedStart", "StartCommand", "parse_start"]

LONGEST_COMMAND = 20_000
DEEPEST = 4
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_SUBSTITUTION = re.compile(r"\$\([^()]*\)|`[^`]*`")
_SEPARATORS = frozenset({"&&", "||", ";", "&", "|", "(", ")", "{", "}", "then", "do", "else", "fi", "done", "!"})
_PYTHON = re.compile(r"(?:.*/)?(?:python[0-9.]*|pypy[0-9.]*)")
_OF_ENVIRONMENT = re.compile(r"(?:^|/)(?:\.heroku/python|\.?v?env)/bin/[^/]+$")
"""A program that the build installs, in Heroku's Python or a virtual environment: no file of the project."""
_WRAPPERS = frozenset(
    {
        *("exec", "command", "sudo", "nohup", "time", "nice", "dumb-init", "tini", "xvfb-run", "ddtrace-run"),
        *("opentelemetry-instrument", "elastic-apm-run", "stdbuf", "catchsegv", "unbuffer", "doppler", "infisical"),
        *("newrelic-admin", "dotenv", "jemalloc.sh"),
    }
)
_RUNNERS = frozenset({"poetry", "uv", "pipenv", "pdm", "hatch", "rye", "pixi"})
_RUNNER_VALUES = frozenset(
    {"--with", "--extra", "--group", "--python", "-p", "--project", "--directory", "-C", "--env-file", "--only-group"}
)
_QUIET = frozenset(
    {
        *("set", "source", ".", "true", "echo", ":", "exit", "if", "then", "fi", "else", "mkdir", "sleep", "ls", "cat"),
        *(
            "alembic",
            "pip",
            "pip3",
            "prisma",
            "aerich",
            "cp",
            "mv",
            "rm",
            "chmod",
            "touch",
            "npm",
            "curl",
            "wait",
            "pwd",
        ),
        *(
            "flask-migrate",
            "printenv",
            "trap",
            "test",
            "[",
            "[[",
            "while",
            "until",
            "for",
            "playwright",
            "umask",
            "ulimit",
        ),
    }
)
_PROGRAMS = {
    "waitress-serve": "waitress",
    "rqworker": "rq",
    "dramatiq-gevent": "dramatiq",
    "hypercorn": "hypercorn",
    "django-admin": "django",
}


@dataclass
class _Shell:
    tree: Project | None
    folder: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    programs: list[StartCommand] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    unclear: str = ""
    missing: str = ""
    scripts: list[str] = field(default_factory=list)


def parse_start(text: str, tree: Project | None = None) -> ParsedStart:
    """Parse a start command. Never raises, whatever the text.

    Args:
        text: the command as a shell gets it.
        tree: the service's root, for scripts that the command runs.
    """
    if len(text) > LONGEST_COMMAND:
        return ParsedStart(text[:200], unclear="it is too long to be read")
    shell = _Shell(tree)
    _run(text, shell, 0)
    return ParsedStart(
        text, tuple(shell.programs), tuple(shell.before), shell.unclear, shell.missing, tuple(shell.scripts)
    )


def _run(text: str, shell: _Shell, depth: int) -> None:
    try:
        commands = list(_simple_commands(text))
    except ValueError as error:
        shell.unclear = f"the shell would not understand it: {str(error).lower().rstrip('.')}"
        return
    for words, ended_by in commands:
        count = len(shell.programs)
        _command(words, shell, depth, {})
        if ended_by == "&":
            shell.programs[count:] = [replace(each, is_background=True) for each in shell.programs[count:]]


def _simple_commands(text: str) -> Iterator[tuple[list[str], str]]:
    joined = _SUBSTITUTION.sub("$SUBSTITUTED", re.sub(r"\\\r?\n", " ", text))
    for line in joined.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="();&|")
        lexer.whitespace_split = True
        lexer.commenters = "#" if re.match(r"\s*#", line) else ""
        words: list[str] = []
        for word in [*lexer, ";"]:
            if word not in _SEPARATORS:
                words.append(word)
                continue
            if words:
                yield words, word
            words = []


def _command(words: list[str], shell: _Shell, depth: int, own: dict[str, str]) -> None:
    own = dict(own)
    while words and (match := _ASSIGNMENT.fullmatch(words[0])):
        own[match[1]] = match[2]
        words = words[1:]
    if not words:
        shell.environment |= own
        return
    name = words[0].rsplit("/", 1)[-1]
    if words[0] in ("cd", "pushd"):
        if len(words) > 1:
            shell.folder = posixpath.normpath(posixpath.join(shell.folder, _in_tree(words[1])))
            shell.folder = "" if shell.folder == "." else shell.folder
    elif words[0] == "export":
        shell.environment |= {m[1]: m[2] for word in words[1:] if (m := _ASSIGNMENT.fullmatch(word))}
    elif depth > DEEPEST:
        shell.unclear = "commands are nested too deeply"
    elif name in ("sh", "bash", "zsh", "ash") or name.endswith(".sh"):
        _script(words, shell, depth, own)
    elif inner := _unwrapped(name, words):
        _command(inner, shell, depth + 1, own)
    else:
        _program(name, words, shell, own)


def _in_tree(path: str) -> str:
    """A path of the container as a path from the service's root: /app and Render's source folder are that root."""
    for root in ("/opt/render/project/src", "/app", "/workspace"):
        if path == root or path.startswith(f"{root}/"):
            return path.removeprefix(root).lstrip("/") or "."
    return path


def _unwrapped(name: str, words: list[str]) -> list[str] | None:
    """The command behind a wrapper; None where the first word is the program itself."""
    rest = words[1:]
    if name == "env":
        while rest and rest[0].startswith("-"):
            rest = rest[1:]
        return rest or None
    if name in _WRAPPERS or (words[0].startswith("bin/start-") and rest):
        if "--" in rest:
            return rest[rest.index("--") + 1 :] or None
        while rest and (rest[0].startswith("-") or rest[0] in ("run", "run-program")):
            rest = rest[1:]
        return rest or None
    if name == "timeout" and len(rest) > 1:
        return rest[1:]
    if name == "wait-for-it.sh" and "--" in rest:
        return rest[rest.index("--") + 1 :]
    if name in _RUNNERS and rest[:1] == ["run"]:
        return _after_runner(rest[1:])
    return None


def _after_runner(rest: list[str]) -> list[str] | None:
    while rest and rest[0].startswith("-"):
        skip = 2 if rest[0] in _RUNNER_VALUES else 1
        if rest[0] in ("-m", "--module"):
            return ["python", *rest]
        rest = rest[skip:]
    return rest or None


def _script(words: list[str], shell: _Shell, depth: int, own: dict[str, str]) -> None:
    name = words[0].rsplit("/", 1)[-1]
    rest = words if name.endswith(".sh") else words[1:]
    for index, word in enumerate(rest):
        if re.fullmatch(r"-[a-z]*c", word) and index + 1 < len(rest):
            shell.environment |= own
            _run(rest[index + 1], shell, depth + 1)
            return
    files = [word for word in rest if not word.startswith("-")]
    if not files:
        return
    path = posixpath.normpath(posixpath.join(shell.folder, _in_tree(files[0])))
    file = shell.tree.get(path) if shell.tree else None
    if "--" in files and name.endswith("wait-for-it.sh"):
        _command(files[files.index("--") + 1 :], shell, depth + 1, own)
    elif file is None or file.problem or depth >= DEEPEST or len(file.data) > LONGEST_COMMAND:
        shell.unclear = f"it runs {path}, which was not read"
        if shell.tree is not None and not shell.tree.has(path) and re.fullmatch(r"[\w.-][\w./-]*", path):
            shell.missing = path
    else:
        shell.environment |= own
        shell.scripts.append(path)
        _run(file.text, shell, depth + 1)


def _program(name: str, words: list[str], shell: _Shell, own: dict[str, str]) -> None:
    environment = shell.environment | own
    base = StartCommand(
        text=shlex.join(words),
        words=tuple(words),
        server="other",
        folder=shell.folder,
        search=_python_path(environment, shell.folder),
        environment=tuple(environment.items()),
    )
    found = _python(base, words) if _PYTHON.fullmatch(words[0]) else _named(base, name, words)
    if found is None or words[0] in _QUIET:
        shell.before.append(shlex.join(words))
    else:
        shell.programs.append(found)


def _python_path(environment: dict[str, str], folder: str) -> tuple[str, ...]:
    paths = [_in_tree(part) for part in environment.get("PYTHONPATH", "").split(":") if part and "$" not in part]
    return tuple(dict.fromkeys([folder, *(posixpath.normpath(posixpath.join(folder, path)) for path in paths)]))


def _python(base: StartCommand, words: list[str]) -> StartCommand | None:
    """`python …`: a file, or a module that may itself be a server."""
    rest = words[1:]
    while rest and rest[0].startswith("-") and rest[0] not in ("-m", "-c", "-"):
        rest = rest[2:] if rest[0] in ("-W", "-X") else rest[1:]
    if not rest or rest[0] in ("-c", "-"):
        return replace(base, server="other") if rest else None
    if rest[0] == "-m":
        if len(rest) < 2:
            return None
        name = rest[1].split(".")[0]
        if name in servers() or name in _PROGRAMS:
            return _named(base, name, rest[1:])
        return None if name in _QUIET else replace(base, server="python", module=rest[1])
    path = posixpath.normpath(posixpath.join(base.folder, _in_tree(rest[0])))
    if _OF_ENVIRONMENT.search(path):
        return _named(base, posixpath.basename(path), rest)
    if posixpath.basename(path) == "manage.py":
        return _manage(replace(base, script=path), rest)
    search = (posixpath.dirname(path), *base.search)
    return replace(base, server="python", script=path, search=tuple(dict.fromkeys(search)))


_ONE_OFF = frozenset(
    {"migrate", "collectstatic", "createsuperuser", "loaddata", "makemigrations", "check", "compilemessages", "shell"}
)


def _manage(base: StartCommand, rest: list[str]) -> StartCommand | None:
    """`manage.py …`: only runserver and commands that stay running are programs."""
    if len(rest) < 2 or rest[1] in _ONE_OFF or rest[1].startswith(("create", "init", "seed", "load", "setup", "wait")):
        return None
    if rest[1] != "runserver":
        return replace(base, server="python")
    row = servers()["django"]
    options = Options.read(rest[2:], row)
    place = next(iter(options.positional), "")
    text, _, port = place.rpartition(":")
    host = "0.0.0.0" if text == "0" else text or None  # noqa: S104 - Django's own short form
    return replace(base, server="django", host=host, port=port or None, options=options.names)


def _named(base: StartCommand, name: str, words: list[str]) -> StartCommand | None:
    server = _PROGRAMS.get(name, name)
    row = servers().get(server)
    if row is None:
        return None if name in _QUIET or not name else base
    return target_of(base, row, words[1:])
