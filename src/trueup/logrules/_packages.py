"""Which distribution a line of a build log is about: the one being built, whoever asked for it.

Sources: the messages of pip 9 to 26, uv 0.1 to 0.13, poetry 1 and 2, pipenv, pdm and cargo.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from trueup.logrules._log import Log

NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,80}[A-Za-z0-9])?"
VERSION = r"\d+(?:!\d+)?(?:\.(?:\d+|\*))*(?:[._-]?(?:a|b|c|rc|alpha|beta|post|dev)[._-]?\d+)*(?:\+[\w.]+)?"
_P = rf"(?P<package>{NAME})"
_PV = rf"(?P<package>{NAME})(?:\[[\w, .-]+\])?\s?(?:==|@)\s?v?(?P<version>{VERSION})"
_SDIST = rf"(?P<package>[A-Za-z0-9][\w.]*(?:-[A-Za-z][\w.]*)*)-(?P<version>{VERSION})\.(?:tar\.(?:gz|bz2)|zip|tgz)"

_CLOSERS = tuple(
    (literal, re.compile(regex))
    for literal, regex in (
        ("Failed building wheel for ", rf"Failed building wheel for {_P}"),
        ("Failed to build ", rf"Failed to build `{_PV}"),
        ("Failed to build '", rf"Failed to build '{_P}'"),
        ("Failed to build: ", rf"Failed to build: `?{_PV}"),
        ("Failed to build ", rf"^Failed to build {_P}$"),
        ("Failed to build ", rf"^(?:ERROR: )?Failed to build {_P}(?: [\w. -]+)?$"),
        (
            "(pyproject.toml)",
            rf"ERROR: Failed to build (?:installable wheels for some pyproject\.toml based projects )?\({_P}",
        ),
        ("ould not build wheels for ", rf"ould not build wheels for {_P}"),
        ("to install pyproject.toml based projects (", rf"projects \({_P}"),
        ("╰─> ", rf"^╰─> {_P}$"),
        ("supporting PEP 517", rf"with {_P} \((?P<version>{VERSION})\) not supporting PEP 517"),
        ("but with ", rf"problem with poetry but with {_P} \((?P<version>{VERSION})\)"),
        ("Cannot install ", rf"^Cannot install {_P}\.$"),
        ("Unable to install ", rf"Unable to install {_P} \((?P<version>{VERSION})\)"),
        ("while installing ", rf"An error occurred while installing {_PV}"),
        ("while installing package ", rf"while installing package {_P}"),
        ("Failed to install ", rf"Failed to install {_PV}"),
        ("was unable to install", rf"unable to install {_PV}"),
    )
)
_OPENERS = tuple(
    (literal, re.compile(regex))
    for literal, regex in (
        ("Building wheel for ", rf"(?:^|× |error: )Building wheel for {_P} \("),
        ("Building wheel for ", rf"Building wheel for {_P}(?:[: ]|$)"),
        ("Building editable for ", rf"Building editable for {_P} \("),
        ("Running setup.py ", rf"Running setup\.py (?:install|bdist_wheel|clean|develop|egg_info)\b.* for {_P}"),
        (
            "Running setup.py",
            (
                r"Running setup\.py"
                rf" \(path:\S*?/(?:pip-(?:install|build)-\w+/)(?P<package>{NAME}?)(?:_[0-9a-f]{{32}})?/setup\.py\)"
            ),
        ),
        ("Failed to ", rf"× Failed to (?:download and )?build (?:the )?`?{_PV}"),
        ("Failed to ", rf"(?:error|Caused by): Failed to (?:download and )?build:? `?{_PV}"),
        ("Failed to build ", rf"× Failed to build `{_P} @"),
        ("Building ", rf"^Building {_PV}"),
        ("- Installing ", rf"[-•] Installing {_P} \((?P<version>{VERSION})\)"),
        ("Collecting ", rf"^Collecting {_PV}"),
        ("Collecting ", rf"^Collecting {_P}(?:[\[<>=!~ ;]|$)"),
        (".tar.gz", rf"(?:Downloading|Using cached|Obtaining|Saved|Processing) (?:\S*/)?{_SDIST}"),
        (".zip", rf"(?:Downloading|Using cached|Processing) (?:\S*/)?{_SDIST}"),
        ("Compiling ", rf"Compiling {_P} v(?P<version>{VERSION}) \(/"),
        ("pip-install-", r"pip-install-\w+/(?P<package>[A-Za-z0-9][\w.-]*?)(?:_[0-9a-f]{32})?/"),
        ("pip-build-", r"/pip-build-\w+/(?P<package>[A-Za-z0-9][\w.-]*?)/"),
        ("/pipenv-", r"/pipenv-\w+-build/(?P<package>[A-Za-z0-9][\w.-]*?)(?:_[0-9a-f]{32})?/"),
        ("sdists-v", rf"sdists-v\d+/\w+/(?P<package>{NAME})/(?P<version>{VERSION})/"),
        ("Installing ", rf"^Installing {_P} \((?P<version>{VERSION})\)"),
        ("Install ", rf"[✖x] Install {_P} (?P<version>{VERSION}) failed"),
        ("Preparing ", rf"^[✖x]? ?Preparing {_P} (?P<version>{VERSION})"),
    )
)
_NOT_A_PACKAGE = frozenset(
    {
        "some",
        "the",
        "installable",
        "from",
        "wheel",
        "wheels",
        "pyproject-toml",
        "see",
        "one",
        "pip",
        "setup",
        "python",
        "package",
        "packages",
        "this",
        "a",
        "to",
        "build",
        "req",
        "error",
        "exit",
        "it",
        "build-dependencies",
        "none",
        "undefined",
        "source",
        "distribution",
        "collected",
        "all",
        "dependencies",
        "wheel-for",
        "cached",
    }
)


@dataclass(frozen=True, slots=True)
class Built:
    """The distribution being built, where a line says so."""

    package: str
    version: str | None
    index: int


def package_at(log: Log, index: int) -> Built | None:
    """The distribution that was being built at a line: what the tool says right after the failure, or said last."""
    before = _before(log, index)
    after = _after(log, index)
    chosen = after or before
    # a build within a build: an opener right above names the inner one, which is what failed
    if before and after and before.package != after.package and _nested(log, before.index):
        chosen = before
    if chosen is None:
        return None
    version = chosen.version
    if version is None and before and before.package == chosen.package:
        version = before.version
    return Built(chosen.package, version or version_of(log, chosen.package, index), chosen.index)


def _before(log: Log, index: int, reach: int = 1500) -> Built | None:
    vague: Built | None = None
    for position in range(index, max(-1, index - reach), -1):
        if found := _match(_OPENERS, log.text(position), position):
            if vague and found.package == vague.package:
                return Built(found.package, found.version or vague.version, vague.index)
            if found.version or (vague and found.package != vague.package):
                return vague or found
            vague = vague or found
    return vague


def _after(log: Log, index: int, reach: int = 900) -> Built | None:
    for position in range(index, min(len(log), index + reach)):
        if found := _match(_CLOSERS, log.text(position), position):
            return found
    return None


def _match(table: tuple[tuple[str, re.Pattern[str]], ...], text: str, index: int) -> Built | None:
    for literal, regex in table:
        if literal in text and (match := regex.search(text)):
            groups = match.groupdict()
            name = canonicalize_name(groups["package"])
            if name in _NOT_A_PACKAGE or name.startswith(("pip-req-build", "tmp")):
                continue
            return Built(str(name), groups.get("version"), index)
    return None


def _nested(log: Log, opener: int) -> bool:
    """Whether the build that an opener names began inside the installation of build requirements of another."""
    for position in range(opener, max(-1, opener - 200), -1):
        text = log.text(position)
        if "pip subprocess to install" in text or "Installing build dependencies: finished with status 'error'" in text:
            return True
        if "[end of output]" in text:
            return False
    return False


def version_of(log: Log, package: str, index: int | None = None) -> str | None:
    """The version of a package that the log names nearest to a line: pinned, downloaded, or in the tool's words."""
    flexible = re.sub(r"[-_.]+", "[-_.]+", re.escape(package).replace(r"\-", "-"))
    regex = re.compile(
        rf"(?<![\w.-]){flexible}(?:\[[\w, .-]*\])?(?:\s?===?\s?|-| \(=?=?|["
        rf" @]v?)(?P<version>{VERSION})(?=[\s,;:)`'\"\]|]|\.tar|\.zip|-py|-cp|-pp|$|\.$|/)",
        re.IGNORECASE,
    )
    literal = max(re.split(r"[-_.]+", package), key=len)
    nearest: tuple[int, str] | None = None
    for position in _with_name(log, literal):
        if match := regex.search(log.text(position)):
            distance = abs(position - index) if index is not None else position
            if nearest is None or distance < nearest[0]:
                nearest = (distance, match["version"])
    return nearest[1] if nearest and "*" not in nearest[1] else None


def _with_name(log: Log, literal: str) -> list[int]:
    return [index for index, text in enumerate(log.lowered) if literal in text]
