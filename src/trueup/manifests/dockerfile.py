"""Dockerfile: base image, commands, variables and ports, each with its line.

Rules: Dockerfile reference, https://docs.docker.com/reference/dockerfile/, read 2026-11-20: parser directives, line
continuation by the escape character (comment and empty lines inside are left out), heredocs, ARG before FROM, and
variable substitution `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME:+other}`. Only an ARG before the first FROM has
a value in a FROM; the build refuses an image's name without its tag
(UndefinedArgInFrom in https://github.com/moby/buildkit/tree/37fc95a4/frontend/dockerfile/docs/rules, read 2026-11-20).
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace

from trueup.manifests._document import unreadable
from trueup.manifests._interface import Manifest, PythonStatement
from trueup.model.evidence import Evidence
from trueup.model.finding import Problem
from trueup.model.project import SourceFile

_LARGEST = 1024 * 1024
_DIRECTIVE = re.compile(r"#\s*([A-Za-z]+)\s*=\s*(\S+)\s*$")
_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)(?:\s+|$)")
_HEREDOC = re.compile(r"<<(-?)(['\"]?)([A-Za-z_][A-Za-z0-9_.]*)\2")
_VARIABLE = re.compile(r"\\?\$(?:\{([A-Za-z_][A-Za-z0-9_]*)(?::([-+])([^{}]*))?\}|([A-Za-z_][A-Za-z0-9_]*))")
_KNOWN = frozenset(
    {
        *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER"),
        *("ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
    }
)
_TAG_VERSION = re.compile(r"(?:python|py)?-?(\d+(?:\.\d+){0,2}(?:a\d+|b\d+|rc\d+)?)(?![\d.]*\d)")
_SECOND_VERSION = re.compile(r"[0-9.]+-(3\.\d{1,2}(?:\.\d+)?)(?![\d.]*\d)")
"""`1-3.12-bookworm`: images whose own version stands before Python's."""
_NO_IMAGE = re.compile(r":(?:[-.]|$)|^:|^$|/$")
_GIVEN_BY_BUILDER = frozenset(
    f"{which}{what}" for which in ("BUILD", "TARGET") for what in ("PLATFORM", "OS", "ARCH", "VARIANT")
)
_PYTHON_IN_TAG = re.compile(r"(?:^|-)python-?(\d+\.\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction. `value` is its text with continuation lines joined by a blank; `body` that of its heredocs."""

    name: str
    value: str
    line: int
    evidence: Evidence
    body: str = ""

    @property
    def words(self) -> tuple[str, ...] | None:
        """The list of the exec form (`["python", "app.py"]`), or None for the shell form."""
        if not self.value.startswith("["):
            return None
        try:
            found = json.loads(self.value)
        except (ValueError, RecursionError):
            return None
        is_words = isinstance(found, list) and all(isinstance(word, str) for word in found)
        return tuple(found) if is_words else None


@dataclass(frozen=True, slots=True)
class Stage:
    """One FROM and what follows it. `image` has the values of ARG defaults put in.

    `unset` are the variables of the image's name that have no value there; `written` is the name as it stands.
    """

    image: str
    name: str | None
    instructions: tuple[Instruction, ...]
    evidence: Evidence
    unset: tuple[str, ...] = ()
    written: str = ""

    def all(self, name: str) -> tuple[Instruction, ...]:
        """The instructions of one name, in order."""
        return tuple(item for item in self.instructions if item.name == name)

    def last(self, name: str) -> Instruction | None:
        """The instruction of a name that counts, such as CMD."""
        found = self.all(name)
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """What one Dockerfile says. The last stage is the image that runs."""

    file: SourceFile
    stages: tuple[Stage, ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()
    """ARG defaults before the first FROM."""
    problems: tuple[Problem, ...] = ()

    @property
    def final(self) -> Stage | None:
        """The stage that becomes the image."""
        return self.stages[-1] if self.stages else None

    def base_image(self, stage: Stage) -> str:
        """The image at the bottom of a stage that may build on other stages of the file."""
        by_name = {item.name: item for item in self.stages if item.name}
        seen: set[str] = set()
        while stage.image.lower() in by_name and stage.image.lower() not in seen:
            seen.add(stage.image.lower())
            stage = by_name[stage.image.lower()]
        return stage.image


def substitute(text: str, variables: Mapping[str, str]) -> str:
    """Put variables in; one that is not set and has no default becomes empty."""

    def value(found: re.Match[str]) -> str:
        if found.group().startswith("\\"):
            return found.group()[1:]
        name = found.group(1) or found.group(4)
        known = variables.get(name, "")
        if found.group(2) == "-":
            return known or found.group(3)
        if found.group(2) == "+":
            return found.group(3) if known else ""
        return known

    return _VARIABLE.sub(value, text)


class _Lines:
    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.lines = file.lines
        self.escape = "\\"
        for line in self.lines:
            directive = _DIRECTIVE.match(line)
            if not directive:
                break
            if directive.group(1).lower() == "escape" and directive.group(2) in ("`", "\\"):
                self.escape = directive.group(2)

    def instruction(self, at: int) -> tuple[Instruction | None, int]:
        """The instruction that begins on a line (an index from 0), and the index of the line after it."""
        first = at
        parts: list[str] = []
        while at < len(self.lines):
            line = self.lines[at]
            stripped = line.strip()
            at += 1
            if parts and (not stripped or stripped.startswith("#")):
                continue
            continued = stripped.endswith(self.escape)
            parts.append(stripped[:-1].rstrip() if continued else stripped)
            if not continued:
                break
        text = " ".join(part for part in parts if part)
        named = _INSTRUCTION.match(text)
        if not named:
            return None, at
        body, at = self.heredocs(text, at) if named.group(1).upper() in ("RUN", "COPY", "ADD") else ("", at)
        evidence = self.file.evidence(first + 1)
        name = named.group(1).upper()
        return Instruction(name, text[named.end() :].strip(), first + 1, evidence, body), at

    def heredocs(self, text: str, at: int) -> tuple[str, int]:
        body: list[str] = []
        for found in list(_HEREDOC.finditer(text))[:20]:
            while at < len(self.lines):
                line = self.lines[at]
                at += 1
                if (line.lstrip("\t") if found.group(1) else line) == found.group(3):
                    break
                body.append(line)
        return "\n".join(body), at


def _instructions(file: SourceFile) -> list[Instruction]:
    reader = _Lines(file)
    found: list[Instruction] = []
    at = 0
    while at < len(reader.lines):
        stripped = reader.lines[at].strip()
        if not stripped or stripped.startswith("#"):
            at += 1
            continue
        instruction, at = reader.instruction(at)
        if instruction:
            found.append(instruction)
    return found


def _arguments(value: str, variables: dict[str, str], declared: set[str]) -> None:
    """Take the names and defaults of one ARG, which may hold several."""
    try:
        words = shlex.split(value, posix=True)
    except ValueError:
        words = value.split()
    for word in words:
        name, equals, default = word.partition("=")
        declared.add(name)
        if equals:
            variables[name] = substitute(default, variables)


def parse(file: SourceFile) -> Dockerfile:
    """Read a Dockerfile; a line that is no instruction is a problem, and so is a file without FROM."""
    if file.problem or not file.is_text or len(file.data) > _LARGEST:
        return Dockerfile(file, problems=(unreadable(file, "cannot be read as text"),))
    problems: list[Problem] = []
    arguments: dict[str, str] = {}
    declared = set(_GIVEN_BY_BUILDER)
    stages: list[Stage] = []
    current: list[Instruction] = []
    for instruction in _instructions(file):
        if instruction.name not in _KNOWN:
            if len(problems) < 5:
                what = f"holds `{instruction.name}`, which is no instruction of a Dockerfile; the build stops there"
                problems.append(unreadable(file, what, instruction.line))
        elif instruction.name == "FROM":
            current = []
            stages.append(_stage(instruction, arguments))
            problems += _undeclared(file, stages[-1], declared)
        elif stages:
            current.append(instruction)
            stages[-1] = replace(stages[-1], instructions=tuple(current))
        elif instruction.name == "ARG":
            _arguments(instruction.value, arguments, declared)
    if not stages and not problems:
        problems.append(unreadable(file, "has no FROM; the build stops"))
    return Dockerfile(file, tuple(stages), tuple(arguments.items()), tuple(problems))


def _stage(instruction: Instruction, arguments: Mapping[str, str]) -> Stage:
    words = [word for word in instruction.value.split() if not word.startswith("--")]
    image = substitute(words[0], arguments).strip("\"'") if words else ""
    named = words[2].lower() if len(words) > 2 and words[1].lower() == "as" else None
    written = words[0].strip("\"'") if words else ""
    unset = [name for name in _needed(written) if not arguments.get(name)]
    return Stage(image, named, (), instruction.evidence, tuple(dict.fromkeys(unset)), written)


def _needed(text: str) -> Iterator[str]:
    """The variables of a text that must have a value: those without a default of their own."""
    for found in _VARIABLE.finditer(text):
        if not found.group().startswith("\\") and not found.group(2):
            yield found.group(1) or found.group(4)


def _undeclared(file: SourceFile, stage: Stage, declared: Set[str]) -> list[Problem]:
    """Variables of a FROM that no ARG above the first one declares, where what is left names no image."""
    names = [name for name in stage.unset if name not in declared]
    if not names or not _NO_IMAGE.search(stage.image):
        return []
    what = (
        f"takes {', '.join(names)} in FROM {stage.written}, and no ARG before the first FROM declares it: it is empty"
    )
    hint = f"Declare it above the first FROM: ARG {names[0]}=…"
    return [unreadable(file, f"{what}, and the build stops there", stage.evidence.line, hint=hint)]


def image_python(image: str) -> str | None:
    """The Python version that an image's name states; "latest" for the image `python` without a version.

    None for images that do not say: `debian:12`, an image of one's own.
    """
    reference = image.partition("@")[0]
    path, colon, tag = reference.rpartition(":")
    if not colon or "/" in tag:
        path, tag = reference, ""
    if path.rpartition("/")[2].lower() in ("python", "python3"):
        version = _SECOND_VERSION.match(tag) or _TAG_VERSION.match(tag)
        return version.group(1) if version else tag or "latest"
    named = _PYTHON_IN_TAG.search(tag)
    return named.group(1) if named else None


def python_statements(file: SourceFile) -> tuple[PythonStatement, ...]:
    """The Python of the image that runs: of the last stage, followed through stages of the same file.

    Where the version is a variable without a value, the text is that of the tag as it is written: `${PYTHON_VERSION}`.
    """
    found = parse(file)
    if found.final is None:
        return ()
    image = found.base_image(found.final)
    stage = next((item for item in found.stages if item.image == image), found.final)
    version = image_python(image)
    if version is None:
        return ()
    if stage.unset and not re.search(r"\d", version):
        version = stage.written.rpartition(":")[2]
    return (PythonStatement("Dockerfile FROM", version, stage.evidence),)


MANIFEST = Manifest(
    id="dockerfile",
    title="Dockerfile",
    filenames=("Dockerfile", "Dockerfile.*", "*.Dockerfile", "*.dockerfile", "Containerfile"),
    python_statements=python_statements,
)
