"""setup.cfg: the declarative metadata of setuptools.

Rules: https://setuptools.pypa.io/en/latest/userguide/declarative_config.html, read 2026-11-20.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from packaging.requirements import InvalidRequirement
from packaging.utils import canonicalize_name

from trueup.manifests._document import unreadable
from trueup.manifests._interface import Manifest, PythonStatement
from trueup.manifests._requirement import evidence_at, invalid_requirement, parse_pep508
from trueup.model.evidence import Evidence
from trueup.model.finding import Problem
from trueup.model.project import SourceFile
from trueup.model.requirement import DeclaredRequirement

_LARGEST = 1024 * 1024


@dataclass(frozen=True)
class SetupConfig:
    """What one setup.cfg says. `requirement_files` are those named by `install_requires = file: …`."""

    file: SourceFile
    name: str | None = None
    dependencies: tuple[DeclaredRequirement, ...] = ()
    optional_dependencies: dict[str, tuple[DeclaredRequirement, ...]] = field(default_factory=dict)
    requirement_files: tuple[str, ...] = ()
    requires_python: str | None = None
    requires_python_evidence: Evidence | None = None
    problems: tuple[Problem, ...] = ()


def _lines_of(file: SourceFile) -> dict[tuple[str, str], int]:
    """The line of every key, by section and key."""
    found: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(file.lines, 1):
        header = re.match(r"\[([^\]]+)\]", line)
        key = re.match(r"([^\s=:#;][^=:]*?)\s*[=:]", line)
        if header:
            section = header.group(1).strip()
        elif key:
            found.setdefault((section, key.group(1).lower()), number)
    return found


def _requirements(
    file: SourceFile, line: int | None, value: str, group: str, problems: list[Problem]
) -> tuple[DeclaredRequirement, ...]:
    """A list of requirements: one on a line (comments allowed), the first maybe on the key's own line."""
    found = []
    for offset, text in enumerate(value.split("\n")):
        asked = text.partition(" #")[0].strip()
        if not asked or asked.startswith("#"):
            continue
        number = None if line is None else line + offset
        try:
            parsed = parse_pep508(asked)
        except InvalidRequirement as error:
            problems.append(invalid_requirement(file, number, asked, error, reader="setuptools"))
            continue
        found.append(parsed.declared(evidence_at(file, number), group=group))
    return tuple(found)


def parse(file: SourceFile) -> SetupConfig:
    """Read a setup.cfg; what cannot be read is in `problems`."""
    if file.problem or not file.is_text or len(file.data) > _LARGEST:
        return SetupConfig(file, problems=(unreadable(file, "cannot be read as text"),))
    import configparser  # its import takes longer than most manifests take to read

    parser = configparser.ConfigParser(interpolation=None, strict=False, empty_lines_in_values=False)
    try:
        parser.read_string("\n".join(file.lines))
    except configparser.Error as error:
        line = getattr(error, "lineno", None) or next((at[0] for at in getattr(error, "errors", [])), None)
        reason = (
            str(error).splitlines()[0].partition(" [")[0] if line is None else "a key, a section or a value is broken"
        )
        return SetupConfig(file, problems=(unreadable(file, f"is not a valid setup.cfg: {reason}", line),))
    lines = _lines_of(file)
    problems: list[Problem] = []
    wanted = parser.get("options", "install_requires", fallback="") or ""
    files: tuple[str, ...] = ()
    if wanted.strip().startswith("file:"):
        files = tuple(part.strip() for part in wanted.strip()[5:].replace("\n", ",").split(",") if part.strip())
        wanted = ""
    extras = parser.items("options.extras_require") if parser.has_section("options.extras_require") else []
    python = (parser.get("options", "python_requires", fallback="") or "").strip()
    return SetupConfig(
        file,
        (parser.get("metadata", "name", fallback="") or "").strip() or None,
        _requirements(file, lines.get(("options", "install_requires")), wanted, "", problems),
        {
            canonicalize_name(extra): _requirements(
                file, lines.get(("options.extras_require", extra)), value or "", canonicalize_name(extra), problems
            )
            for extra, value in extras
        },
        files,
        python or None,
        evidence_at(file, lines.get(("options", "python_requires"))) if python else None,
        tuple(problems),
    )


def python_statements(file: SourceFile) -> tuple[PythonStatement, ...]:
    """`python_requires` of [options]."""
    config = parse(file)
    if not config.requires_python or config.requires_python_evidence is None:
        return ()
    return (PythonStatement("setup.cfg python_requires", config.requires_python, config.requires_python_evidence),)


MANIFEST = Manifest(id="setup-cfg", title="setup.cfg", filenames=("setup.cfg",), python_statements=python_statements)
