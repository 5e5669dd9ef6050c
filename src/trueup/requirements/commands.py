"""What the commands of an install step say about requirements: files, further arguments, options, groups, extras.

Options are those of pip 23.2.1 and 26, uv 0.10, Poetry 2.4, PDM 2.26 and Pipenv 2026 (their command references, read
2026-11-20). Nothing is run.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name

from trueup.manifests._requirement_options import Option
from trueup.model.evidence import Evidence
from trueup.model.plan import Step

LONGEST_COMMAND = 20_000

TOOLS = frozenset(
    {"pip", "setuptools", "wheel", "build", "poetry", "pdm", "uv", "pipenv", "pipx", "virtualenv", "hatch", "flit"}
)
"""Names that a platform or a person installs to install the rest; they are no requirements of the service."""

_SEPARATORS = frozenset({"&&", "||", ";", "&", "|", "(", ")"})
_PIP = re.compile(r"(?:.*/)?pip[0-9.]*$")
_PYTHON = re.compile(r"(?:.*/)?python[0-9.]*$")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_OPTION_NAMES = {"-r": "requirement", "-c": "constraint", "-e": "editable", "-i": "index-url", "-f": "find-links"}
_PIP_OPTIONS = frozenset(
    {"requirement", "constraint", "editable", "index-url", "extra-index-url", "find-links", "no-binary", "only-binary"}
)
_PIP_FLAGS = frozenset({"no-index", "prefer-binary", "pre", "require-hashes"})
_ALIASES = {"requirements": "requirement", "constraints": "constraint", "default-index": "index-url"}
_OTHER_VALUES = frozenset(
    {
        *(
            "-t",
            "--target",
            "--prefix",
            "--root",
            "--src",
            "--platform",
            "--python-version",
            "--implementation",
            "--abi",
        ),
        *("--upgrade-strategy", "-C", "--config-settings", "--config-setting", "--global-option", "--progress-bar"),
        *("--root-user-action", "--report", "--cache-dir", "--log", "--proxy", "--retries", "--timeout", "-b"),
        *("--exists-action", "--trusted-host", "--cert", "--client-cert", "--use-feature", "--use-deprecated"),
        *("-p", "--python", "--index", "--index-strategy", "--link-mode", "--build-constraint", "-d", "--override"),
        *("--resolution", "--prerelease", "--exclude-newer", "--group", "--extra", "--torch-backend", "--project"),
    }
)


@dataclass(frozen=True, slots=True)
class InstallCommand:
    """One command that installs.

    `tool` is pip, uv, poetry, pdm or pipenv; `folder` the folder in which it runs, from the service's root; `words`
    everything after the subcommand. For pip (and `uv pip`), `options` and `arguments` are those words told apart.
    """

    tool: str
    folder: str
    words: tuple[str, ...]
    evidence: Evidence
    options: tuple[Option, ...] = ()
    arguments: tuple[str, ...] = ()

    def has(self, *flags: str) -> bool:
        """Whether one of some flags is given."""
        return any(flag in self.words for flag in flags)

    def values(self, *names: str) -> frozenset[str]:
        """The values of an option that may be repeated or hold a list, normalised."""
        found: list[str] = []
        for index, word in enumerate(self.words):
            name, equals, value = word.partition("=")
            if name in names and equals:
                found.append(value)
            elif word in names and index + 1 < len(self.words):
                found.append(self.words[index + 1])
        parts = (part for value in found for part in re.split(r"[\s,]+", value))
        return frozenset(canonicalize_name(part) for part in parts if part)


@dataclass
class _PipWords:
    options: list[Option] = field(default_factory=list)
    arguments: list[str] = field(default_factory=list)

    def read(self, words: Iterable[str]) -> None:
        pending = iter(words)
        for word in pending:
            if not word.startswith("-"):
                self.arguments.append(word)
                continue
            name, equals, value = word.partition("=")
            if not word.startswith("--") and len(word) > 2 and word[:2] in _OPTION_NAMES:
                name, equals, value = word[:2], "=", word[2:].removeprefix("=")
            long = _OPTION_NAMES.get(name, name.removeprefix("--"))
            long = _ALIASES.get(long, long)
            if long in _PIP_FLAGS:
                self.options.append(Option(long, ""))
            elif long in _PIP_OPTIONS:
                self.options.append(Option(long, value if equals else next(pending, "")))
            elif name in _OTHER_VALUES and not equals:
                next(pending, None)


def _words(command: str) -> list[str]:
    if len(command) > LONGEST_COMMAND:
        return []
    lexer = shlex.shlex(command.replace("\\\n", " ").replace("\n", " ; "), posix=True, punctuation_chars="();&|")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:
        return command.split()


def _simple_commands(command: str) -> Iterator[list[str]]:
    current: list[str] = []
    for word in [*_words(command), ";"]:
        if word in _SEPARATORS:
            if current:
                yield current
            current = []
        else:
            current.append(word)


def _subcommand(words: list[str]) -> tuple[str, list[str]] | None:
    """The tool that installs, and the words after its subcommand; None where nothing is installed."""
    while words and (_ASSIGNMENT.match(words[0]) or words[0] in ("env", "sudo", "exec", "time")):
        words = words[1:]
    if len(words) > 2 and _PYTHON.match(words[0]) and words[1] == "-m":
        words = words[2:]
    if not words:
        return None
    tool = posixpath.basename(words[0])
    bare = [word for word in words[1:] if not word.startswith("-")]
    if tool == "uv" and bare[:2] in (["pip", "install"], ["pip", "sync"]):
        return "pip", words[words.index(bare[1], 1) + 1 :]
    if _PIP.match(tool):
        tool = "pip"
    wanted = {"pip": ("install",), "uv": ("sync",), "poetry": ("install", "sync"), "pdm": ("install", "sync")}
    wanted["pipenv"] = ("install", "sync")
    if tool in wanted and bare and bare[0] in wanted[tool]:
        return tool, words[words.index(bare[0], 1) + 1 :]
    return None


def install_commands(steps: Iterable[Step]) -> tuple[InstallCommand, ...]:
    """The commands of some steps that install distributions, in order; `cd` is followed within a step."""
    found: list[InstallCommand] = []
    for step in steps:
        folder = ""
        for words in _simple_commands(step.command):
            if words[0] == "cd" and len(words) > 1:
                folder = posixpath.normpath(posixpath.join(folder, words[1]))
                folder = "" if folder == "." else folder
                continue
            read = _subcommand(words)
            if read is None:
                continue
            tool, rest = read
            pip_words = _PipWords()
            if tool == "pip":
                pip_words.read(rest)
            found.append(
                InstallCommand(
                    tool,
                    folder,
                    tuple(rest),
                    step.evidence[0] if step.evidence else Evidence.given(step.command),
                    tuple(pip_words.options),
                    tuple(pip_words.arguments),
                )
            )
    return tuple(found)
