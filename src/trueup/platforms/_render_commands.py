"""A build command, parsed into what it installs and from which files, and what else it runs. Nothing is executed.

The commands are those of a POSIX shell: `&&`, `||`, `;` and line ends part them; `cd` moves; a script of the project
that is called is read too. What each installer reads is by its own reference: pip (`-r`, `-c`, a path), uv, Poetry,
Pipenv and PDM read their lockfile where it lies, else the manifest. Sources: https://pip.pypa.io/en/stable/cli/pip_install,
https://docs.astral.sh/uv/reference/cli, https://python-poetry.org/docs/cli, https://pipenv.pypa.io (read 2026-11-20).
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from trueup.model.project import Project

LONGEST_COMMAND = 20_000
"""Characters above which a command is not parsed; no real one comes near."""
DEEPEST_SCRIPT = 3

_SEPARATORS = frozenset({"&&", "||", ";", "&", "|", "\n", "(", ")", "{", "}"})
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=.*", re.DOTALL)
_PYTHON = re.compile(r"(?:.*/)?python[0-9.]*")
_PIP = re.compile(r"(?:.*/)?pip[0-9.]*")
_SHELLS = frozenset({"bash", "sh", "source", "."})
_QUIET = frozenset({"set", "export", "source", ".", "true", "echo", ":", "exit", "if", "then", "fi", "else"})
_NOTED_FLAGS = (
    "--only-binary",
    "--no-binary",
    "--prefer-binary",
    "--no-deps",
    "--pre",
    "--require-hashes",
    "--no-cache-dir",
)
_NOTED_POETRY = ("--only", "--with", "--without", "--no-dev", "--no-root", "--extras", "-E", "--all-extras", "--sync")
_NOTED_UV = ("--no-dev", "--frozen", "--locked", "--group", "--no-group", "--extra", "--all-extras", "--only-group")
_PIP_VALUES = re.compile(
    r"-[iftCpb]|--((extra-)?index-url|pypi-url|find-links|(no|only)-binary|platform|python-version|implementation|abi"
    r"|target|prefix|root|src|upgrade-strategy|config-settings?|global-option|progress-bar|root-user-action|report"
    r"|group|cache-dir|log|proxy|retries|timeout|exists-action|trusted-host|cert|client-cert|use-feature"
    r"|use-deprecated|python|(default-)?index|index-strategy|keyring-provider|resolution|prerelease|link-mode"
    r"|build-constraints|overrides?|exclude-newer|torch-backend)"
)


@dataclass(frozen=True, slots=True)
class InstallCommand:
    """One command that installs distributions.

    `tool` is pip, uv, poetry, pipenv or pdm; `files` are the files that it reads, relative to the folder in which the
    whole command starts; `names` the requirements that stand on the command line itself; `flags` those options that
    change which file of a release is taken, or which groups; `local` whether it installs the project itself;
    `constraints` the files of pip's `-c`. A `cd` before the command is part of `text`.
    """

    text: str
    tool: str
    files: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    local: bool = False
    constraints: tuple[str, ...] = ()


@dataclass(frozen=True)
class ParsedBuild:
    """A build command: its install commands, every other command (`build`), and scripts that could not be read."""

    install: tuple[InstallCommand, ...] = ()
    build: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    problem: str = ""


@dataclass
class _State:
    tree: Project
    folder: str = ""
    install: list[InstallCommand] = field(default_factory=list)
    build: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    made: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Files that an export writes, with the lockfiles that it reads."""

    def path(self, name: str) -> str:
        return posixpath.normpath(posixpath.join(self.folder, name))

    def text(self, words: list[str]) -> str:
        """A command as it can be run from the folder in which the whole command starts."""
        moved = f"cd {shlex.quote(self.folder)} && " if self.folder not in ("", ".") else ""
        return moved + shlex.join(words)

    def present(self, *names: str) -> tuple[str, ...]:
        return tuple(self.path(name) for name in names if self.tree.has(self.path(name)))


def parse_build(command: str, tree: Project) -> ParsedBuild:
    """Parse a build command.

    Args:
        command: the text, as the platform's setting holds it.
        tree: the folder in which it starts.
    """
    if len(command) > LONGEST_COMMAND:
        return ParsedBuild(build=(command[:200],), problem="it is too long to be read")
    state = _State(tree)
    try:
        _run(command, state, 0)
    except ValueError as error:
        return ParsedBuild(build=(command,), problem=f"the shell would not understand it: {error}")
    return ParsedBuild(tuple(state.install), tuple(state.build), tuple(state.unread))


def _run(text: str, state: _State, depth: int) -> None:
    start = state.folder
    for words in simple_commands(text):
        _command(words, state, depth)
    if depth:
        state.folder = start


def simple_commands(text: str) -> Iterator[list[str]]:
    """The words of every simple command of a shell text; assignments before a command are left out.

    Raises:
        ValueError: a quotation is not closed.
    """
    joined = re.sub(r"\\\r?\n", " ", text)
    for line in joined.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="();&|")
        lexer.whitespace_split = True
        lexer.commenters = "#" if re.match(r"\s*#", line) else ""
        words: list[str] = []
        for word in [*lexer, ";"]:
            if word not in _SEPARATORS:
                if word == "#":
                    break
                words.append(word)
                continue
            while words and _ASSIGNMENT.fullmatch(words[0]):
                words.pop(0)
            if words:
                yield words
            words = []


def _command(words: list[str], state: _State, depth: int) -> None:
    if words[0] == "cd":
        state.folder = state.path(words[1]) if len(words) > 1 else state.folder
        return
    if words[0] in ("sudo", "env", "exec", "time", "command") and len(words) > 1:
        _command([word for word in words[1:] if not _ASSIGNMENT.fullmatch(word)] or ["true"], state, depth)
        return
    if _is_script(words, state, depth):
        return
    tool, arguments = _tool(words)
    install = _INSTALLERS.get(tool)
    made = install(arguments, state, state.text(words)) if install else None
    if made:
        state.install.append(made)
    elif not _exports(tool, arguments, state) and words[0] not in _QUIET:
        state.build.append(state.text(words))


def _is_script(words: list[str], state: _State, depth: int) -> bool:
    """Follow a script of the project; one that cannot be read is noted."""
    name = words[0]
    if name in _SHELLS:
        if len(words) > 2 and words[1] in ("-c", "-lc", "-ec"):
            _run(words[2], state, depth + 1)
            return True
        rest = [word for word in words[1:] if not word.startswith("-")]
        if not rest or rest[0].endswith("activate"):
            return True
        name = rest[0]
    elif not name.endswith(".sh"):
        return False
    file = state.tree.get(state.path(name))
    if file is None or depth >= DEEPEST_SCRIPT or file.problem is not None:
        state.unread.append(state.path(name))
    else:
        _run(file.text, state, depth + 1)
    return True


def _tool(words: list[str]) -> tuple[str, list[str]]:
    """The installer and its arguments: `python -m pip install x` is pip with `install x`."""
    if _PYTHON.fullmatch(words[0]) and len(words) > 2 and words[1] == "-m":
        return _tool(words[2:])
    if _PIP.fullmatch(words[0]):
        return "pip", words[1:]
    name = words[0].rsplit("/", 1)[-1]
    if name == "uv" and words[1:2] == ["pip"]:
        return "uv pip", words[2:]
    if name in ("poetry", "uv", "pipenv") and words[1:2] == ["run"] and len(words) > 2:
        inner, arguments = _tool(words[2:])
        return (inner, arguments) if inner == "pip" else (name, words[1:])
    return name, words[1:]


def _noted(arguments: list[str], names: tuple[str, ...]) -> tuple[str, ...]:
    found = []
    for index, word in enumerate(arguments):
        name, equals, _ = word.partition("=")
        if name not in names:
            continue
        following = arguments[index + 1] if index + 1 < len(arguments) else ""
        takes = not equals and name in ("--only-binary", "--no-binary", "--only", "--with", "--without", "--group")
        takes = takes or (not equals and name in ("--extras", "-E", "--extra", "--no-group", "--only-group"))
        found.append(f"{name}={following}" if takes and following else word)
    return tuple(found)


def _pip(arguments: list[str], state: _State, text: str) -> InstallCommand | None:
    if "install" not in arguments[:3] and arguments[:1] != ["sync"]:
        return None
    words = arguments[arguments.index("install") + 1 :] if "install" in arguments else arguments[1:]
    files: list[str] = []
    constraints: list[str] = []
    names: list[str] = []
    local = False
    sync = arguments[:1] == ["sync"]
    queue = iter(words)
    for word in queue:
        option, equals, value = word.partition("=")
        if option in ("-r", "--requirement", "--requirements"):
            files.append(value if equals else next(queue, ""))
        elif option in ("-c", "--constraint", "--constraints"):
            constraints.append(state.path(value if equals else next(queue, "")))
        elif re.match(r"-[rc].", word):
            (files if word[1] == "r" else constraints).append(word[2:])
        elif option in ("-e", "--editable"):
            local = True
            files += _local_files(value if equals else next(queue, "."), state)
        elif _PIP_VALUES.fullmatch(option):
            if not equals:
                next(queue, None)
        elif word.startswith("-"):
            continue
        elif sync:
            files.append(word)
        elif re.match(r"\.{0,2}/|\.{1,2}(\[|$)", word):
            local = True
            files += _local_files(word, state)
        else:
            names.append(word)
    read = [item for name in files if name for item in _read(name, state)]
    flags = _noted(words, _NOTED_FLAGS)
    tool = "uv" if re.search(r"(^|&& )uv ", text) else "pip"
    return InstallCommand(text, tool, _once(read), tuple(names), flags, local, tuple(constraints))


def _local_files(name: str, state: _State) -> list[str]:
    folder = name.split("[", 1)[0] or "."
    return [posixpath.join(folder, part) for part in _BUILD_FILES if state.tree.has(state.path(f"{folder}/{part}"))]


_BUILD_FILES = ("pyproject.toml", "setup.py", "setup.cfg")


def _read(name: str, state: _State) -> tuple[str, ...]:
    return state.made.get(state.path(name), (state.path(name),))


def _once(paths: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(paths))


def _locked(tool: str, verbs: tuple[str, ...], files: tuple[str, ...], noted: tuple[str, ...]) -> _Installer:
    """An installer that reads its own lockfile and manifest."""

    def install(arguments: list[str], state: _State, text: str) -> InstallCommand | None:
        words = [word for word in arguments if not word.startswith("-")]
        if not words or words[0] not in verbs:
            return None
        names = tuple(words[1:]) if tool == "pipenv" and words[0] == "install" else ()
        return InstallCommand(
            text, tool, state.present(*files), names, _noted(arguments, noted), local=tool != "pipenv"
        )

    return install


_Installer = Callable[[list[str], _State, str], InstallCommand | None]
_INSTALLERS: dict[str, _Installer] = {
    "pip": _pip,
    "uv pip": _pip,
    "uv": _locked("uv", ("sync",), ("uv.lock", "pyproject.toml"), _NOTED_UV),
    "poetry": _locked("poetry", ("install", "sync"), ("poetry.lock", "pyproject.toml"), _NOTED_POETRY),
    "pipenv": _locked("pipenv", ("install", "sync"), ("Pipfile.lock", "Pipfile"), ("--deploy", "--dev", "--skip-lock")),
    "pdm": _locked(
        "pdm", ("install", "sync"), ("pdm.lock", "pyproject.toml"), ("--prod", "--no-dev", "--frozen-lockfile")
    ),
}


def _exports(tool: str, arguments: list[str], state: _State) -> bool:
    """Note what `poetry export -o X`, `uv export > X` and the like write: installing from X reads the lockfile."""
    locks = {
        "poetry": ("poetry.lock", "pyproject.toml"),
        "uv": ("uv.lock", "pyproject.toml"),
        "pipenv": ("Pipfile.lock",),
    }
    if tool not in locks or not arguments or arguments[0] not in ("export", "requirements"):
        return False
    for index, word in enumerate(arguments):
        target = ""
        if word in ("-o", "--output", "--output-file", ">") and index + 1 < len(arguments):
            target = arguments[index + 1]
        elif word.startswith((">", "--output-file=", "--output=")):
            target = re.split(r"[>=]", word, maxsplit=1)[1]
        if target:
            state.made[state.path(target)] = state.present(*locks[tool])
    return True
