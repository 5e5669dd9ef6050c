"""requirements.txt: the full grammar that pip reads, each requirement with its line and its span.

`-r` and `-c` are told, not followed: that is for `trueup.requirements`, which knows the project.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from packaging.requirements import InvalidRequirement
from packaging.utils import canonicalize_name

from trueup.manifests._document import unreadable
from trueup.manifests._interface import Manifest
from trueup.manifests._requirement import (
    evidence_at,
    invalid_requirement,
    parse_argument,
    parse_editable,
    shortened,
    without_credentials,
)
from trueup.manifests._requirement_lines import LineNumbers, LogicalLine, logical_lines, missing_variables
from trueup.manifests._requirement_options import REMOVED, Option, OptionError, parse_options, split_options
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Problem, Severity
from trueup.model.project import SourceFile
from trueup.model.requirement import DeclaredRequirement, IndexOptions

MOST_REQUIREMENTS = 20_000
"""Lines above which the rest of a file is not read; no person's file comes near."""
MOST_PROBLEMS = 20
"""Broken lines above which the rest are only counted."""

_MERGE_MARKER = re.compile(r"^(?:<{7} |>{7} )", re.MULTILINE)
_CODING = re.compile(r"#.*coding[:=]\s*[-\w.]+")
_FLAGS: dict[str, dict[str, Any]] = {
    "no-index": {"no_index": True},
    "prefer-binary": {"prefer_binary": True},
    "pre": {"pre": True},
    "require-hashes": {"require_hashes": True},
}
LONGEST_LINE = 100_000
"""Characters of one line, continued ones joined: a thousand hashes of one requirement are fewer."""
_LFS_POINTER = "version https://git-lfs.github.com/spec/"


@dataclass(frozen=True, slots=True)
class Include:
    """A `-r` or `-c` line. `target` is as it is written: relative to the file's folder, absolute, or a URL."""

    target: str
    is_constraint: bool
    evidence: Evidence
    line: int


@dataclass(frozen=True, slots=True)
class RequirementsFile:
    """What one requirements file says. `options` are the lines' own options in order, for `apply_options`."""

    file: SourceFile
    requirements: tuple[DeclaredRequirement, ...] = ()
    includes: tuple[Include, ...] = ()
    options: tuple[Option, ...] = ()
    problems: tuple[Problem, ...] = ()


def apply_options(options: IndexOptions, given: tuple[Option, ...]) -> IndexOptions:
    """Add the options of one file to those before it, as pip does: the last index wins, other lists grow."""
    for option in given:
        name, value = option.name, option.value
        if name == "index-url":
            options = replace(options, index_url=value)
        elif name == "extra-index-url":
            options = replace(options, extra_index_urls=(*options.extra_index_urls, value))
        elif name == "find-links":
            options = replace(options, find_links=(*options.find_links, value))
        elif name in ("no-binary", "only-binary"):
            options = _with_format(options, name, value)
        elif name in _FLAGS:
            options = replace(options, **_FLAGS[name])
    return options


def _with_format(options: IndexOptions, name: str, value: str) -> IndexOptions:
    """Formats by name: `:all:` and `:none:` start anew, and a name is in one of the two lists only."""
    lists = {"no-binary": set(options.no_binary), "only-binary": set(options.only_binary)}
    mine, other = lists[name], lists["only-binary" if name == "no-binary" else "no-binary"]
    for part in (part.strip() for part in value.split(",")):
        if part == ":all:":
            mine.clear()
            other.clear()
            mine.add(":all:")
        elif part == ":none:":
            mine.clear()
        elif part:
            mine.add(canonicalize_name(part))
            other.discard(canonicalize_name(part))
    return replace(options, no_binary=frozenset(lists["no-binary"]), only_binary=frozenset(lists["only-binary"]))


@dataclass
class _Reader:
    """Reads the logical lines of one file."""

    file: SourceFile
    variables: Mapping[str, str]
    is_constraint: bool
    numbers: LineNumbers
    requirements: list[DeclaredRequirement] = field(default_factory=list)
    includes: list[Include] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    broken: int = 0

    def read(self, line: LogicalLine) -> None:
        if len(line.text) > LONGEST_LINE:
            self.refuse(line, InvalidRequirement(f"it is longer than {LONGEST_LINE:,} characters"))
            return
        line = line.expanded(self.variables)
        argument, options_text = split_options(line.text)
        try:
            options, words = parse_options(options_text) if options_text else ((), ())
        except OptionError as error:
            self.refuse(
                line, error, "Remove the option, or write it as pip's documentation of requirements files has it."
            )
            return
        self.removed(line, options)
        if argument.strip():
            self.requirement(line, argument.rstrip(), options)
            return
        editables = [option.value for option in options if option.name == "editable"]
        if editables:
            self.editable(line, editables[0])
            return
        if words and not options:
            self.left_out(line)
            return
        self.option_line(line, options)

    def requirement(self, line: LogicalLine, argument: str, options: tuple[Option, ...]) -> None:
        hashes = tuple(option.value for option in options if option.name == "hash")
        try:
            asked = parse_argument(argument)
        except InvalidRequirement as error:
            self.refuse(line, error)
            return
        span = line.span(0, asked.length)
        evidence = self.evidence(line)
        self.requirements.append(asked.declared(evidence, is_constraint=self.is_constraint, hashes=hashes, span=span))

    def editable(self, line: LogicalLine, value: str) -> None:
        try:
            asked = parse_editable(value)
        except InvalidRequirement as error:
            self.refuse(line, error, "Name a folder of the project (`-e ./package`) or a VCS address.")
            return
        at = line.text.find(value)
        span = line.span(at, at + len(value)) if at >= 0 else None
        declared = asked.declared(self.evidence(line), is_constraint=self.is_constraint, editable=True, span=span)
        self.requirements.append(declared)

    def option_line(self, line: LogicalLine, options: tuple[Option, ...]) -> None:
        targets = {name: [o.value for o in options if o.name == name] for name in ("requirement", "constraint")}
        for name, is_constraint in (("requirement", False), ("constraint", True)):
            if targets[name]:
                # pip follows one include of a line, a requirements file before a constraints file.
                self.includes.append(
                    Include(targets[name][0], is_constraint, self.evidence(line), self.numbers.at(line.file_start))
                )
                return
        self.options.extend(option for option in options if option.name != "hash")

    def evidence(self, line: LogicalLine) -> Evidence:
        return evidence_at(self.file, self.numbers.at(line.file_start))

    def refuse(self, line: LogicalLine, error: Exception, hint: str = "") -> None:
        self.broken += 1
        if self.broken > MOST_PROBLEMS:
            return
        number = self.numbers.at(line.file_start)
        missing = missing_variables(line.text)
        if missing:
            hint = f"Set {', '.join(missing)} for the build on the platform, or write the value itself."
        self.problems.append(invalid_requirement(self.file, number, line.text, error, hint=hint))

    def removed(self, line: LogicalLine, options: tuple[Option, ...]) -> None:
        for name in dict.fromkeys(option.name for option in options if option.name in REMOVED):
            self.tell(
                line,
                (Severity.HIGH, Confidence.MEDIUM),
                f"`--{name}`, which pip {REMOVED[name]} and later lack. Where the platform's pip is one of them, it "
                "refuses the file, and the install step fails.",
                "Write `--config-settings KEY=VALUE` in its place, or remove it.",
            )

    def left_out(self, line: LogicalLine) -> None:
        self.tell(
            line,
            (Severity.MEDIUM, Confidence.HIGH),
            f"`{shortened(without_credentials(line.text))}`: the line begins with a hyphen, and pip takes it for "
            "options and leaves it out without a word. What it names is not installed.",
            "Remove the hyphen and the blank at the beginning of the line.",
        )

    def tell(self, line: LogicalLine, weight: tuple[Severity, Confidence], what: str, hint: str) -> None:
        number = self.numbers.at(line.file_start)
        place = f"{self.file.path}:{number}"
        evidence = (evidence_at(self.file, number),)
        self.problems.append(Problem("invalid-requirement", *weight, f"{place} holds {what}", hint, evidence, place))

    def result(self) -> RequirementsFile:
        if self.broken > MOST_PROBLEMS:
            self.problems.append(
                unreadable(
                    self.file,
                    f"holds {self.broken - MOST_PROBLEMS:,} more lines that are no requirements; pip refuses the file",
                    hint="Keep one requirement on a line, and nothing else but comments.",
                )
            )
        return RequirementsFile(
            self.file, tuple(self.requirements), tuple(self.includes), tuple(self.options), tuple(self.problems)
        )


def _undecodable(file: SourceFile) -> Problem | None:
    """Why pip cannot decode a file, if it cannot: by byte-order mark, a coding comment, else UTF-8.

    Source: pip 23.2.1, `_internal/utils/encoding.py`, `auto_decode`, read 2026-11-20; build images have a UTF-8 locale.
    """
    if file.problem is not None:
        return unreadable(file, "was not read")
    if file.encoding in ("utf-16-le", "utf-16-be"):
        return unreadable(file, "it has no byte-order mark, so pip reads it as UTF-8 and refuses its first line", 1)
    try:
        file.data.decode(file.encoding)
    except UnicodeDecodeError as error:
        if file.encoding == "utf-8" and any(_CODING.match(line) for line in file.lines[:2]):
            return None
        line = file.data.count(b"\n", 0, error.start) + 1
        what = f"holds bytes that are not {file.encoding.upper().removesuffix('-SIG')}: pip stops there"
        return unreadable(file, what, line, hint="Save the file as UTF-8.")
    if b"\0" in file.data and file.encoding.startswith("utf-8"):
        line = file.data.count(b"\n", 0, file.data.index(b"\0")) + 1
        return unreadable(file, "holds a zero byte: it is not a text file, and pip refuses the line", line)
    return None


def _foreign(file: SourceFile) -> Problem | None:
    """Merge markers and git-lfs pointers: one problem instead of one for every line."""
    if file.text.startswith(_LFS_POINTER):
        return unreadable(file, "is a git-lfs pointer", 1)
    if _MERGE_MARKER.search(file.text):
        return unreadable(file, "pip refuses the first of them, and the install step fails")
    return None


def parse(
    file: SourceFile, *, variables: Mapping[str, str] | None = None, is_constraint: bool = False
) -> RequirementsFile:
    """Read a requirements or constraints file.

    Args:
        file: the file.
        variables: the environment variables that pip will see, for ${NAME}; their values are never in a problem.
        is_constraint: whether the file was named by `-c`.

    Returns:
        Its requirements, includes and options in order; broken lines are problems, and the others are still there.
    """
    problem = _undecodable(file)
    if problem:
        return RequirementsFile(file, problems=(problem,))
    foreign = _foreign(file)
    reader = _Reader(file, variables or {}, is_constraint, LineNumbers(file.text))
    for count, line in enumerate(logical_lines(file.text)):
        if count >= MOST_REQUIREMENTS:
            number = reader.numbers.at(line.file_start)
            what = f"holds more than {MOST_REQUIREMENTS:,} requirements; the rest was not read"
            reader.problems.append(unreadable(file, what, number, hint="Remove what is no requirement."))
            break
        reader.read(line)
    found = reader.result()
    return replace(found, problems=(foreign,)) if foreign else found


def missing_include(file: SourceFile, include: Include) -> Problem:
    """The problem of an include that is not there."""
    return Problem(
        rule="invalid-requirement",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        message=f"{file.path}:{include.line} names {without_credentials(include.target)}, which is not there to read.",
        hint="Correct the path (it counts from the file that includes it), or add the file.",
        evidence=(include.evidence,),
        subject=f"{file.path}:{include.line}",
    )


MANIFEST = Manifest(
    id="requirements-txt",
    title="requirements.txt",
    filenames=(
        "*requirements*.txt",
        "*requirements*.in",
        "requirements/*.txt",
        "requirements/*.in",
        "*requirements*.lock",
        "*constraints*.txt",
    ),
)
