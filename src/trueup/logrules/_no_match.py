"""Reading pip's "Could not find a version that satisfies the requirement", which has five causes.

pip prints the same words whether the version never existed, needs another Python, has files for another operating
system only, or the name is wrong. What tells them apart: the versions that pip lists, those that it says it ignored,
and which of these is the package in question (the ignored ones often belong to *another* package).

Sources: pip's src/pip/_internal/resolution/resolvelib/factory.py and index/package_finder.py (wording since 9.0);
own recordings with pip 20 to 26; read 2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from trueup.logrules._log import Log
from trueup.logrules._pythons import python_at
from trueup.logrules._rule import Accept, Scene
from trueup.model.finding import Confidence

NO_VERSION = (
    r"Could not find a version that satisfies the requirement"
    r" (?P<requirement>[^\s;(]+(?:\s?[<>=!~]=?=?\s?[^\s;()]+)?)"
    r"(?P<rest>.*)"
)
"""A regular expression for the line of pip (span 2, because terminals wrap the list of versions)."""

_IGNORED = re.compile(r"Ignored the following (?:\d+ )?versions that require a different python version: (?P<list>.+)")
_IGNORED_ENTRY = re.compile(r"(?P<version>\S+) Requires-Python (?P<specifier>[^;]+)")
_VERSIONS = re.compile(r"\(from versions: (?P<list>[^)]*)\)?")
_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s?(?:===?\s?(?P<version>[\w.!+-]+))?(?P<more>.*)$")

OTHER_SYSTEMS = re.compile(
    r"^(?:pywin32|pypiwin32|pywinpty|win32-setctime|windows-curses|pywin32-ctypes|winrt(?:-.*)?|wmi|winshell|"
    r"winreg|comtypes"
    r"|appnope|pyobjc(?:-.*)?|rumps|mlx|tensorflow-(?:intel|macos|metal)|tensorflow-cpu-aws|pyaudiowpatch|"
    r"python-magic-bin"
    r"|pycaw|pywinauto|twisted-iocpsupport|pythonnet-win|pyreadline|dxcam|xlwings-win|intel-openmp-win|"
    r"macholib|nvidia-.*-win)$"
)
"""Projects whose files are for Windows or macOS only (wheels there, no sdist), as far as is known here; the index says
it for all others."""

WHEELS_ONLY = re.compile(
    r"^(?:torch(?:vision|audio|text|data)?|tensorflow(?:-cpu|-gpu|-text|-io.*|-decision-forests)?|tf-nightly|"
    r"jaxlib|tflite-runtime|onnxruntime(?:-gpu)?|open3d|mediapipe"
    r"|faiss-(?:cpu|gpu)|ray|pyside[26].*|pyqt5-qt5|pyqt6-.*|decord|bitsandbytes|triton|paddlepaddle.*|"
    r"xformers|dm-tree|nvidia-.*"
    r"|playwright|polars-.*|duckdb-.*|deepspeed-kernels|tensorstore|kaleido|libclang|cupy-cuda.*|intel-.*|"
    r"mkl.*|ruff-bin"
    r"|tensorflow-.*|keras-nightly|ai-edge-.*|bpy|vtk|usd-core|pyarrow-nightly|mujoco|coremltools|psycopg-binary)$"
)
"""Projects that publish wheels and no sdist: a version without a wheel for a Python is not listed at all."""

PLACEHOLDERS: Mapping[str, str] = {
    "sklearn": "scikit-learn",
    "opencv": "opencv-python",
    "cv2": "opencv-python",
    "pil": "Pillow",
    "bs4-python": "beautifulsoup4",
    "dotenv": "python-dotenv",
    "jwt-python": "PyJWT",
    "skimage": "scikit-image",
    "yaml": "PyYAML",
    "crypto": "pycryptodome",
    "sqlite3": "nothing: it is part of Python",
    "os": "nothing: it is part of Python",
    "json": "nothing: it is part of Python",
    "re": "nothing: it is part of Python",
    "tkinter": "nothing: it is part of Python (and needs a system package)",
    "smtplib": "nothing: it is part of Python",
    "asyncio-std": "nothing: it is part of Python",
    "mysqldb": "mysqlclient",
    "psycopg2-bin": "psycopg2-binary",
    "google-generative-ai": "google-generativeai",
    "telegram-bot": "python-telegram-bot",
    "discord-py": "discord.py",
    "pathlib2-std": "nothing: it is part of Python",
    "pickle": "nothing: it is part of Python",
    "socket": "nothing: it is part of Python",
    "time": "nothing: it is part of Python",
    "random": "nothing: it is part of Python",
    "logging-std": "nothing: it is part of Python",
    "base64": "nothing: it is part of Python",
    "collections": "nothing: it is part of Python",
    "threading": "nothing: it is part of Python",
    "subprocess": "nothing: it is part of Python",
}
"""Names that are no project, or a placeholder, and what is meant."""


@dataclass(frozen=True, slots=True)
class NoMatch:
    """What pip said about a requirement for which it found no version."""

    name: str
    version: str | None
    listed: tuple[str, ...]
    ignored: Mapping[str, str]
    """Version → its Requires-Python, of whatever package pip spoke of."""
    python: str | None
    none: bool
    """Whether pip said `from versions: none`."""
    old_pip: bool = False
    """Whether the words are those of a pip before 20.3, which does not tell what it ignored."""


def no_match(log: Log, index: int, requirement: str, rest: str) -> NoMatch | None:
    """Read pip's words at a line; None where the requirement is not one."""
    pinned = _PINNED.match(requirement.strip("'\",:"))
    if not pinned:
        return None
    found = _VERSIONS.search(rest)
    listed = tuple(part.strip() for part in (found["list"] if found else "").split(",") if part.strip())
    none = listed == ("none",)
    ignored: dict[str, str] = {}
    for position in range(max(0, index - 12), min(len(log), index + 4)):
        if match := _IGNORED.search(log.text(position)):
            ignored |= {m["version"]: m["specifier"].strip() for m in _IGNORED_ENTRY.finditer(match["list"])}
    python = python_at(log, index)
    version = pinned["version"]
    name = str(canonicalize_name(pinned["name"]))
    old = rest.lstrip().startswith("(from -r")
    return NoMatch(name, version, () if none else listed, ignored, python.version if python else None, none, old)


def reading(found: NoMatch) -> tuple[str, Confidence]:
    """The id of the cause that the words mean, as far as they tell, and how sure that is."""
    if OTHER_SYSTEMS.match(found.name):
        return "platform-only-package", Confidence.HIGH
    if found.name in PLACEHOLDERS:
        return "wrong-package-name", Confidence.HIGH
    if specifier := _specifier_of(found):
        return _by_specifier(specifier, found.python), Confidence.HIGH
    if found.none:
        return _when_none(found)
    return _by_listed(found)


def _specifier_of(found: NoMatch) -> str | None:
    if found.version and found.version in found.ignored:
        return found.ignored[found.version]
    if found.version and not found.none and _newest(found.listed) and not _above(found.version, found.listed):
        return None
    same_series = [spec for version, spec in found.ignored.items() if found.version and _same(version, found.version)]
    return same_series[0] if same_series else None


def _by_specifier(specifier: str, python: str | None) -> str:
    upper = re.search(r"<=?\s?(\d+(?:\.\d+)*)", specifier)
    lower = re.search(r">=?\s?(\d+(?:\.\d+)*)", specifier)
    if python and upper and lower:
        try:
            return "python-too-new-for-pin" if Version(python) >= Version(upper[1]) else "python-too-old-for-pin"
        except InvalidVersion:
            return "python-too-old-for-pin"
    return "python-too-new-for-pin" if upper and not lower else "python-too-old-for-pin"


def _when_none(found: NoMatch) -> tuple[str, Confidence]:
    if found.ignored:
        specifiers = {_by_specifier(specifier, found.python) for specifier in found.ignored.values()}
        chosen = specifiers.pop() if len(specifiers) == 1 else "python-too-old-for-pin"
        return chosen, Confidence.MEDIUM
    if WHEELS_ONLY.match(found.name):
        too_old = found.python is not None and _minor(found.python) < (3, 9)
        return ("python-too-old-for-pin" if too_old else "python-too-new-for-pin"), Confidence.MEDIUM
    if found.version is None:
        return "wrong-package-name", Confidence.MEDIUM
    if found.python is None or _minor(found.python) < (3, 10):
        return "python-too-old-for-pin", Confidence.LOW if found.python is None else Confidence.MEDIUM
    return "wrong-package-name", Confidence.LOW


def _by_listed(found: NoMatch) -> tuple[str, Confidence]:
    version = found.version
    if version is None:
        return "python-too-old-for-pin" if found.ignored else "version-not-on-index", Confidence.LOW
    if "+" in version:
        return "version-not-on-index", Confidence.HIGH
    if WHEELS_ONLY.match(found.name):
        below = _below(version, found.listed)
        return ("python-too-new-for-pin" if below else "python-too-old-for-pin"), (
            Confidence.HIGH if below else Confidence.MEDIUM
        )
    if _above(version, found.listed):
        silent = found.old_pip or (found.python is not None and _minor(found.python) < (3, 9))
        if silent and not found.ignored and _series_step(version, found.listed):
            return "python-too-old-for-pin", Confidence.MEDIUM
        return "version-not-on-index", Confidence.HIGH
    return "version-not-on-index", Confidence.HIGH


def _series_step(version: str, listed: tuple[str, ...]) -> bool:
    """Whether the wanted version is a plausible next release after those that an old Python can see."""
    newest = _newest(listed)
    if newest is None:
        return False
    wanted = Version(version)
    return (wanted.major <= newest.major + 1 and wanted.minor <= newest.minor + 8) or wanted.major == newest.major


def _newest(listed: tuple[str, ...]) -> Version | None:
    versions = [version for text in listed if (version := _parsed(text))]
    return max(versions, default=None)


def _above(version: str, listed: tuple[str, ...]) -> bool:
    newest, wanted = _newest(listed), _parsed(version)
    return bool(newest and wanted and wanted > newest)


def _below(version: str, listed: tuple[str, ...]) -> bool:
    versions = [parsed for text in listed if (parsed := _parsed(text))]
    wanted = _parsed(version)
    return bool(versions and wanted and wanted < min(versions))


def _same(one: str, other: str) -> bool:
    first, second = _parsed(one), _parsed(other)
    return bool(first and second and first == second)


def _parsed(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _minor(python: str) -> tuple[int, int]:
    parts = python.split(".")
    return int(parts[0]), int(re.sub(r"\D.*", "", parts[1]) or 0)


def satisfied(specifier: str, python: str) -> bool | None:
    """Whether a Requires-Python allows a Python; None where the specifier is invalid."""
    try:
        return SpecifierSet(specifier).contains(python, prereleases=True)
    except InvalidSpecifier:
        return None


def reading_is(rule: str) -> Accept:
    """An acceptance for patterns on NO_VERSION: the words mean this rule's cause."""

    def accept(scene: Scene) -> Mapping[str, str] | None:
        found = no_match(scene.log, scene.index, scene.match["requirement"], scene.match["rest"])
        if found is None:
            return None
        chosen, confidence = reading(found)
        if chosen != rule:
            return None
        groups = {"package": found.name, "confidence": confidence.value}
        if found.version:
            groups["version"] = found.version
        if found.version and found.version in found.ignored:
            groups["requires"] = found.ignored[found.version]
        elif _newest(found.listed):
            groups["listed"] = ", ".join(found.listed[-4:])
        if found.name in PLACEHOLDERS:
            groups["meant"] = PLACEHOLDERS[found.name]
        if found.none:
            groups["none"] = "none"
        return groups

    return accept


def bound_by(wanted: str, excluded: str) -> str | None:
    """Which side of a Requires-Python leaves out a range of Pythons, as poetry words it: `too-old` or `too-new`."""
    upper = re.search(r"<=?\s?(\d+(?:\.\d+)*)", wanted)
    lower = re.search(r">=?\s?(\d+(?:\.\d+)*)", excluded)
    try:
        return "too-new" if upper and lower and Version(lower[1]) >= Version(upper[1]) else "too-old"
    except InvalidVersion:
        return None
