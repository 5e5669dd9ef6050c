"""One requirement, as pip reads an argument or as PEP 508 writes it, and the words for one that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Problem, Severity
from trueup.model.project import SourceFile
from trueup.model.requirement import DeclaredRequirement

LONGEST_REQUIREMENT = 4_000
"""Characters above which one requirement is not looked at."""

_URL = re.compile(r"(?:https?|ftp|file|(?:git|hg|svn|bzr)\+[a-z]+):", re.IGNORECASE)
_BARE_VCS = re.compile(r"(?:git|hg|svn|bzr):", re.IGNORECASE)
_ARCHIVES = (".zip", ".whl", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tlz", ".tar.lzma")
_NAMED_URL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[^\]]*\])?\s*@")
_CREDENTIALS = re.compile(r"(?<=://)(?!git@|\$\{)[^/\s@]{1,1000}(?=@)")
_DRIVE = re.compile(r"(?:[^@]*@ *)?[A-Za-z]:[\\/]")
_EGG = re.compile(r"[#&]egg=([^&]*)")


@dataclass(frozen=True, slots=True)
class Requested:
    """What one requirement asks for. `name` is normalised; empty where a URL or path does not tell it.

    `length` counts the characters from the beginning of the argument to the end of its specifier, URL or path.
    """

    name: str
    length: int
    specifier: SpecifierSet = SpecifierSet()  # noqa: RUF009 - immutable
    extras: frozenset[str] = frozenset()
    marker: Marker | None = None
    url: str | None = None
    local_path: str | None = None

    def declared(
        self,
        evidence: Evidence,
        *,
        group: str = "",
        is_constraint: bool = False,
        editable: bool = False,
        hashes: tuple[str, ...] = (),
        span: tuple[int, int] | None = None,
    ) -> DeclaredRequirement:
        """The requirement with the place where it was found."""
        return DeclaredRequirement(
            name=self.name,
            specifier=self.specifier,
            evidence=evidence,
            extras=self.extras,
            marker=self.marker,
            url=self.url,
            local_path=self.local_path,
            editable=editable,
            hashes=hashes,
            is_constraint=is_constraint,
            group=group,
            start=span[0] if span else None,
            end=span[1] if span else None,
        )


def parse_pep508(text: str) -> Requested:
    """Parse `name[extras]specifier; marker` or `name[extras] @ url; marker`.

    Raises:
        InvalidRequirement: it is not one; the message says why.
    """
    if len(text) > LONGEST_REQUIREMENT:
        raise InvalidRequirement(f"it has {len(text):,} characters")
    try:
        requirement = Requirement(text)
    except RecursionError:
        raise InvalidRequirement("its marker is nested too deep") from None
    length = len(text.partition(";")[0].rstrip())
    local = _path_of_file_url(requirement.url) if requirement.url else None
    extras = frozenset(canonicalize_name(extra) for extra in requirement.extras)
    return Requested(
        canonicalize_name(requirement.name),
        length,
        requirement.specifier,
        extras,
        requirement.marker,
        None if local else requirement.url,
        local,
    )


def parse_argument(text: str) -> Requested:
    """Parse what `pip install` takes as one argument: a requirement, a URL, a VCS address or a local path.

    The rules are those of pip 23.2.1 (`_internal/req/constructors.py`, `parse_req_from_line`, read 2026-11-20): markers
    follow "; " after a URL and ";" elsewhere; what holds a slash or begins with a dot is a path; so is the name of an
    archive. Whether a path exists is not looked at here.

    Raises:
        InvalidRequirement: pip would refuse the line; the message says why.
    """
    if len(text) > LONGEST_REQUIREMENT:
        raise InvalidRequirement(f"it has {len(text):,} characters")
    is_url = _URL.match(text) is not None
    target, _, marker_text = text.partition("; " if is_url else ";")
    target = target.rstrip()
    if not is_url and (_NAMED_URL.match(target) or not _is_path(target)):
        return parse_pep508(text)
    marker = _marker(marker_text.strip())
    if is_url:
        return _from_url(target, marker)
    path, extras = split_extras(target)
    name, specifier = _of_wheel(path)
    return Requested(name, len(target), specifier, extras, marker, None, path)


def parse_editable(text: str) -> Requested:
    """Parse the value of `-e`: a local folder with extras, or a VCS address, maybe with a name.

    Raises:
        InvalidRequirement: pip would refuse it.
    """
    text = text.strip()
    if not text or len(text) > LONGEST_REQUIREMENT:
        raise InvalidRequirement("an editable requirement needs a folder or a VCS address")
    named = _NAMED_URL.match(text)
    if named and not _URL.match(text):
        return parse_pep508(text)
    if _URL.match(text) or _BARE_VCS.match(text):
        return _from_url(text, None)
    path, extras = split_extras(text)
    return Requested("", len(text), SpecifierSet(), extras, None, None, path)


def split_extras(text: str) -> tuple[str, frozenset[str]]:
    """Split `path[a,b]` into the path and its normalised extras."""
    opening = text.rfind("[") if text.endswith("]") else -1
    if opening <= 0:
        return text, frozenset()
    names = (name.strip() for name in text[opening + 1 : -1].split(","))
    return text[:opening].rstrip(), frozenset(canonicalize_name(name) for name in names if name)


def _is_path(target: str) -> bool:
    path = split_extras(target)[0]
    return "/" in path or path.startswith(".") or path.lower().endswith(_ARCHIVES)


def _marker(text: str) -> Marker | None:
    try:
        return Marker(text) if text else None
    except (InvalidMarker, RecursionError) as error:
        raise InvalidRequirement(f"invalid marker {text!r}: {str(error).splitlines()[0]}") from None


def _from_url(target: str, marker: Marker | None) -> Requested:
    address, extras = split_extras(target)
    address = address if extras and "#" not in address else target
    local = _path_of_file_url(address.partition("#")[0])
    egg = _EGG.search(target)
    name, specifier = _of_wheel(address.partition("#")[0].partition("?")[0])
    if not name and egg:
        asked = parse_pep508(unquote(egg.group(1)) or "?")
        name, specifier, extras = asked.name, asked.specifier, asked.extras | extras
    return Requested(name, len(target), specifier, extras, marker, None if local else target, local)


def _of_wheel(path: str) -> tuple[str, SpecifierSet]:
    filename = unquote(path.rpartition("/")[2])
    if not filename.endswith(".whl"):
        return "", SpecifierSet()
    try:
        name, version, _, _ = parse_wheel_filename(filename)
    except (InvalidWheelFilename, ValueError) as error:
        raise InvalidRequirement(f"{filename} is not a valid wheel file name: {error}") from None
    return name, SpecifierSet(f"=={version}")


def _path_of_file_url(url: str) -> str | None:
    """The path of `file:./x`, `file:///x` and `file://./x`; None for other URLs."""
    if not url.lower().startswith("file:"):
        return None
    path = unquote(url[5:].partition("#")[0])
    return path.removeprefix("//") or "."


def column(error: InvalidRequirement) -> int | None:
    """The column (from 1) that the parser's marker points at, where it has one."""
    for text in str(error).splitlines()[2:]:
        if text.strip() and not text.strip("~^ "):
            return max(len(text.rstrip()) - 4, 1)
    return None


_ADVICE: Mapping[re.Pattern[str], str] = {
    _DRIVE: "This is a path of one machine: write `name==version`, as `pip list --format=freeze` does.",
    re.compile(r"\$?\s*(?:python3? -m )?(?:pip3?|uv pip|uv|poetry|conda) (?:install|add)\b"): (
        "A requirements file holds requirements, not commands: keep only what follows `install`."
    ),
    re.compile(r"```|#+ |\*\*|[-*•] "): "Remove the Markdown around the requirements.",
    re.compile(r"[A-Za-z0-9._-]+\s*=\s*[\"'{\[]"): (
        "This is TOML, as in pyproject.toml or a Pipfile. Write it as `name==version` here."
    ),
    re.compile(r"[\"'{}\[]"): "Write the requirement without quotes, commas and brackets around it: `name==version`.",
    re.compile(r"[A-Za-z0-9._\[\]-]+\s*=\s*[0-9]"): "`=` is not an operator: write `==` for an exact version.",
    re.compile(r"[A-Za-z0-9._\[\]-]+\s*[~<>=!]*\^"): (
        "`^` is Poetry's and npm's: write the range, such as `>=1.2,<2`."
    ),
    re.compile(r"[A-Za-z0-9._\[\]-]+\s+v?[0-9]"): "Put an operator between name and version: `name==version`.",
    re.compile(
        r"[A-Za-z0-9._-]+\s*[~<>=!]=[^;]*\.\*"
    ): "Only `==` and `!=` take a wildcard: write `>=1.2` for `>=1.2.*`.",
    re.compile(r".*,\s*$"): "Remove the comma at the end of the line.",
    re.compile(r"[^;]*\$\{?[A-Za-z_]"): (
        "pip puts in only variables written as ${NAME} in capitals that are set when it runs: write the version itself."
    ),
}


LONGEST_SHOWN = 2_000
"""Characters of a line that are looked at for what is shown of it."""


def advice(text: str) -> str:
    """What to do about a requirement that cannot be read, by the mistake that it looks like."""
    begin = text[:LONGEST_SHOWN]
    for pattern, words in _ADVICE.items():
        if pattern.match(begin):
            return words
    return "Write one requirement as `name==version`, or begin the line with # to make it a comment."


def without_credentials(text: str) -> str:
    """A text in which user names, passwords and tokens of addresses are replaced by ***; `git@` stays."""
    return _CREDENTIALS.sub("***", text)


def shortened(text: str, most: int = 80) -> str:
    """A text cut to fit into a sentence."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _told(text: str) -> str:
    return shortened(without_credentials(text[: 2 * LONGEST_SHOWN]))


def evidence_at(file: SourceFile, line: int | None) -> Evidence:
    """Evidence at a line, without the credentials that its addresses may hold."""
    text = without_credentials(file.line(line)[: 2 * LONGEST_SHOWN])
    return file.evidence(line, shortened(text, LONGEST_SHOWN))


def invalid_requirement(
    file: SourceFile, line: int | None, text: str, error: Exception | str, *, reader: str = "pip", hint: str = ""
) -> Problem:
    """The problem of a requirement that its reader refuses; the message names the column where it is known."""
    reason = without_credentials(str(error).splitlines()[0].rstrip(".") if str(error) else "it is not a requirement")
    at = column(error) if isinstance(error, InvalidRequirement) else None
    place = f"{file.path}:{line}" if line else file.path
    where = f"{place}:{at}" if line and at else place
    return Problem(
        rule="local-path-requirement" if _DRIVE.match(text) else "invalid-requirement",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        message=f"{where} holds `{_told(text)}`: {reason}. {reader} refuses it, and the install step fails.",
        hint=hint or advice(text),
        evidence=(evidence_at(file, line),),
        subject=f"{file.path}:{line}",
    )
