"""Which Python a log speaks of."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from trueup.logrules._log import Log

_VERSION = r"(?P<version>[23]\.\d{1,2}(?:\.\d{1,2})?(?:(?:a|b|rc)\d+)?)"


@dataclass(frozen=True, slots=True)
class PythonStatement:
    """A line that says which Python is used. `default`: the platform chose it by itself."""

    index: int
    version: str
    origin: str = ""
    default: bool = False

    @property
    def minor(self) -> str:
        """The version as major.minor."""
        return ".".join(self.version.split(".")[:2])


_STATEMENTS: tuple[tuple[str, re.Pattern[str], str], ...] = tuple(
    (literal, re.compile(regex), origin)
    for literal, regex, origin in (
        (
            "==> Using Python version ",
            (
                rf"^==> Using Python version {_VERSION}(?: \((?P<default>default)\)| via environment variable"
                r" (?P<variable>\w+)"
                r"| via (?P<file>/opt/render/project/src/\S+))$"
            ),
            "Render",
        ),
        ("==> Installing Python version ", rf"^==> Installing Python version {_VERSION}\.\.\.$", "Render"),
        ("│", rf"^python\s+│\s+{_VERSION}\s+│\s+(?P<label>.+?)\s*│?$", "Railpack"),
        ("mise python@", rf"^mise python@{_VERSION}", "mise"),
        ("setup ", r"^║ setup\s+│.*\bpython(?P<compact>3\d{1,2})\b", "Nixpacks"),
        ("-----> ", rf"-----> (?:Using|Installing) (?:Python |python-){_VERSION}", "Heroku"),
        ("Using Python ", rf"- Using Python (?:version )?{_VERSION}", "the buildpack"),
        ("Installing Python ", rf"^(?:- )?Installing Python {_VERSION}", "the buildpack"),
        ("Successfully set up CPython", rf"Successfully set up CPython \({_VERSION}\)", "setup-python"),
        ("hostedtoolcache/Python/", rf"hostedtoolcache/Python/{_VERSION}/", "setup-python"),
        ("Using CPython ", rf"Using CPython {_VERSION}", "uv"),
        ("Using Python ", rf"^Using Python {_VERSION} (?:environment|interpreter)", "uv"),
        ("Creating virtual environment with", rf"with CPython {_VERSION}", "uv"),
        ("Using python", rf"^Using python[\d.]* \({_VERSION}\)", "poetry"),
        ("Using Python", rf"^Using Python {_VERSION} from ", "Vercel"),
        (
            "installed version: ",
            rf"Using (?:the )?(?:latest|default)(?: installed)?(?: Python)? version: {_VERSION}",
            "Vercel",
        ),
        (
            "python:",
            rf"(?:^|\s)(?:FROM|from|docker\.io/library/|library/)\s?(?:docker\.io/library/)?python:{_VERSION}",
            "the base image",
        ),
        (
            "python:",
            rf"(?:metadata for|\[(?:\w+ )?\d+/\d+\] FROM) (?:docker\.io/)?(?:library/)?python:{_VERSION}",
            "the base image",
        ),
        ("Python interpreter version", rf"configured Python interpreter version \({_VERSION}\)", "PyO3"),
        ("Found CPython ", rf"Found CPython {_VERSION} at", "maturin"),
        ("requires a different Python", rf"requires a different Python: {_VERSION}", "pip"),
        ("on Python version", rf"Cannot install on Python version {_VERSION}", "the package"),
        ("Python version (", rf"current Python version \({_VERSION}\)", "uv"),
        ("running Python", rf"running Python (?:version )?is {_VERSION}", "pip"),
        ("(python ", rf"^pip [\d.]+ from .* \(python {_VERSION}\)$", "pip"),
        ("Python ", rf"^(?:\$ )?Python {_VERSION}$", "python --version"),
        ("Python-", rf"/Python-{_VERSION}/", "the interpreter's folder"),
        ("python_version", rf"^\s*PYTHON_VERSION\s*[=:]\s*{_VERSION}", "the environment"),
        ("cpython-", rf"\.pyenv/versions/{_VERSION}/", "pyenv"),
        ("Python Version: ", rf"^Python Version:\s+{_VERSION}", "the error page"),
        ("Initializing", rf"^Python {_VERSION} \(", "the interpreter"),
        ("python executable:", rf"Python {_VERSION}", "the tool"),
        ("found version", rf"Found Python3?: .*found (?:suitable )?version \"{_VERSION}\"", "CMake"),
    )
)
_TRACES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("cpython-", re.compile(r"cpython-(?P<compact>[23]\d{1,2})(?![\d])")),
    ("-cp", re.compile(r"-cp(?P<compact>[23]\d{1,2})-cp(?P=compact)")),
    ("cp3", re.compile(r"\b(?:temp|lib|bdist)\.\S{3,40}-cpython-(?P<compact>3\d{1,2})")),
    ("-3.", re.compile(r"(?:temp|lib)\.(?:linux|macosx|win)\S{0,30}-(?P<version>3\.\d{1,2})(?!\d)")),
    (
        "ython3.",
        re.compile(
            r"(?:include|lib|lib64|bin|doc|envs?|Frameworks|site-packages)/(?:\w+/)?[Pp]ython(?P<version>3\.\d{1,2})(?!\d)"
        ),
    ),
    ("python/3.", re.compile(r"/python/(?P<version>3\.\d{1,2})(?:\.\d+)?/")),
    ("ython3", re.compile(r"[Pp]ython(?P<compact>3\d{1,2})[\\/]")),
    ("py3.", re.compile(r"[-_/]py(?P<version>3\.\d{1,2})[/\\]")),
    ("python-3.", re.compile(r"/c?python-(?P<version>3\.\d{1,2})[./-]")),
)


@lru_cache(maxsize=2)
def statements_of(log: Log) -> tuple[PythonStatement, ...]:
    """Every line that says outright which Python is used, in order."""
    found: list[PythonStatement] = []
    for literal, regex, origin in _STATEMENTS:
        for index, match in log.matches(literal, regex):
            groups = match.groupdict()
            version = groups.get("version") or _dotted(groups.get("compact") or "")
            label = groups.get("label") or ""
            default = bool(groups.get("default")) or "default" in label
            where = groups.get("file") or groups.get("variable") or label
            found.append(PythonStatement(index, version, f"{origin}: {where}" if where else origin, default))
    return tuple(sorted(found, key=lambda statement: statement.index))


def python_at(log: Log, index: int | None) -> PythonStatement | None:
    """The Python in use at a line (or, without one, in the log as a whole).

    What the log states outright before the line counts first; then what paths, tags and build folders around the line
    show; then statements and traces anywhere.
    """
    statements = statements_of(log)
    if index is not None:
        stated = [s for s in statements if s.index <= index + 60 and s.minor.startswith("3.")]
        if stated:
            return max(stated, key=lambda s: (abs(s.index - index) <= 3, s.index))
        if nearby := _trace(log, max(0, index - 60), min(len(log), index + 60)):
            return nearby
    if statements:
        return statements[-1]
    return _trace(log, 0, len(log))


def _trace(log: Log, first: int, last: int) -> PythonStatement | None:
    votes: Counter[str] = Counter()
    seen: dict[str, int] = {}
    traces = _traces(log)
    begin = bisect_left(traces, (first, ""))
    for index, version in traces[begin : bisect_left(traces, (last, ""))]:
        votes[version] += 1
        seen.setdefault(version, index)
    if not votes:
        return None
    version, _ = votes.most_common(1)[0]
    return PythonStatement(seen[version], version, "paths and tags in the log")


@lru_cache(maxsize=2)
def _traces(log: Log) -> tuple[tuple[int, str], ...]:
    """Every path, tag and build folder that names a Python: the line's index and the version, in order."""
    found = []
    for literal, regex in _TRACES:
        for index, match in log.matches(literal, regex):
            groups = match.groupdict()
            version = groups.get("version") or _dotted(groups.get("compact") or "")
            if version not in ("3.0", "3.1", "3.2", ""):
                found.append((index, version))
    return tuple(sorted(found))


def _dotted(compact: str) -> str:
    return f"{compact[0]}.{compact[1:]}" if len(compact) > 1 else compact
