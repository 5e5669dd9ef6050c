"""In words: which files a version has, why none of them fits a target, and which version would."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from trueup.index.names import SDIST_SUFFIXES, WheelName, parse_wheel_name, parsed_version
from trueup.model.distribution import IndexFile, Selection
from trueup.model.target import SUPPORTED_MINORS, Target
from trueup.resolve.terms import python_allowed
from trueup.resolve.universe import Project

_SYSTEMS = (("macosx", "macOS"), ("win", "Windows"), ("musllinux", "Linux with musl"), ("linux", "Linux"))


def place(target: Target) -> str:
    """A target as sentences name it: `Python 3.13 on Linux x86_64`; the C library where it is not the usual one."""
    threads = ", free-threaded," if target.free_threaded else ""
    libc = " with musl" if target.libc == "musl" else ""
    return f"Python {target.minor}{threads} on Linux {target.arch}{libc}"


def no_wheel(files: Sequence[IndexFile], target: Target, selection: Selection | None, wheels_allowed: bool) -> str:
    """Why no wheel of a version is taken on a target: "no wheel for Python 3.13 on Linux x86_64 (wheels exist for …)".

    Args:
        files: all files of the version.
        target: where it is to be installed.
        selection: the choice, whose rejections are looked at where a wheel comes near.
        wheels_allowed: False under `--no-binary`.
    """
    wheels = [file for file in files if file.is_wheel]
    if not wheels:
        return "it has no wheels"
    if not wheels_allowed:
        return "its wheels are switched off by --no-binary"
    here = f"no wheel for {place(target)}"
    names = [wheel for wheel in map(_parsed, (file.filename for file in wheels)) if wheel is not None]
    on_platform = [wheel for wheel in names if _fits_platform(wheel, target)]
    pythons = minors(on_platform)
    if target.minor in pythons:
        near = _nearest_reason(wheels, target, selection)
        return f"{here} that fits" + (f" ({near})" if near else "")
    if pythons:
        return f"{here} (wheels exist for {span(pythons)})"
    systems = _systems(names)
    return f"{here} (wheels exist only for {systems})" if systems else here


def has_wheels_elsewhere(files: Sequence[IndexFile], target: Target) -> bool:
    """Whether a version has wheels for the target's system, for other Pythons."""
    names = [wheel for file in files if file.is_wheel and (wheel := _parsed(file.filename)) is not None]
    return bool(set(minors(wheel for wheel in names if _fits_platform(wheel, target))) - {target.minor})


def compiles_elsewhere(files: Sequence[IndexFile], target: Target) -> bool:
    """Whether a version has a wheel for the target's Python on another system: its sources compile on that Python."""
    names = [wheel for file in files if file.is_wheel and (wheel := _parsed(file.filename)) is not None]
    return target.minor in minors(wheel for wheel in names if not _fits_platform(wheel, target))


def _nearest_reason(wheels: Iterable[IndexFile], target: Target, selection: Selection | None) -> str:
    """Why the wheels for this very Python are refused, in the words of the selection."""
    rejected = {one.filename: one.reason for one in (selection.rejected if selection else ())}
    for file in wheels:
        wheel = _parsed(file.filename)
        if wheel is not None and _fits_platform(wheel, target) and target.minor in minors([wheel]):
            reason = rejected.get(file.filename)
            if reason:
                return reason
    return ""


@lru_cache(maxsize=1 << 14)
def _parsed(filename: str) -> WheelName | None:
    return parse_wheel_name(filename)


def _fits_platform(wheel: WheelName, target: Target) -> bool:
    """Whether a wheel is for the target's system, architecture and C library, whatever its version."""
    family = "musllinux" if target.libc == "musl" else "manylinux"
    return any(
        platform == "any" or ((platform.startswith((family, "linux_"))) and platform.endswith(target.arch))
        for platform in wheel.platforms
    )


def minors(wheels: Iterable[WheelName]) -> list[str]:
    """The CPython minors that some wheels say they are for, in order; abi3 counts for every later one."""
    found: set[str] = set()
    for wheel in wheels:
        for python in wheel.pythons:
            if not python.startswith("cp3") or not python[3:].isdigit():
                continue
            own = f"3.{int(python[3:])}"
            found.add(own)
            if "abi3" in wheel.abis:
                found.update(minor for minor in SUPPORTED_MINORS if _order(minor) >= _order(own))
    return sorted(found, key=_order)


def _order(minor: str) -> int:
    return int(minor.split(".")[1])


def span(pythons: Sequence[str]) -> str:
    """Minors as a span: `3.8 to 3.12`, or a list where there are gaps."""
    orders = [_order(minor) for minor in pythons]
    if len(pythons) > 1 and orders == list(range(orders[0], orders[-1] + 1)):
        return f"{pythons[0]} to {pythons[-1]}"
    return pythons[0] if len(pythons) == 1 else f"{', '.join(pythons[:-1])} and {pythons[-1]}"


def _systems(wheels: Iterable[WheelName]) -> str:
    found = dict.fromkeys(
        next((words for prefix, words in _SYSTEMS if prefix in platform), "another platform")
        + (f" {arch}" if (arch := _architecture(platform)) else "")
        for wheel in wheels
        for platform in wheel.platforms
        if platform != "any"
    )
    return ", ".join(sorted(found))


def _architecture(platform: str) -> str:
    return next((arch for arch in ("x86_64", "aarch64", "i686", "ppc64le", "s390x", "armv7l") if arch in platform), "")


# -- versions that cannot be had ---------------------------------------------------------------------------------------


def unavailable(project: Project, version: str, target: Target, selection: Selection | None, asked: str) -> str:
    """Why a version cannot be installed at all on a target, as a sentence that says which kind of why it is.

    Args:
        project: what the index has of the project.
        version: the version, empty where no version at all could be told.
        target: where it is to be installed.
        selection: the choice, with its rejections.
        asked: the requirement, in words.
    """
    if not project.versions:
        return "the index has no project of this name" if project.trouble else "the index has no file of this project"
    files = project.files(version) if version else ()
    if not files:
        return _no_such_version(project, version, asked)
    usable = [file for file in files if file.is_wheel or file.filename.endswith(SDIST_SUFFIXES)]
    refusing = [file for file in usable if not python_allowed(file.requires_python or "", target.version)]
    if usable and len(refusing) == len(usable):
        return _wrong_python(refusing[0].requires_python or "", target)
    sdists = [file for file in usable if not file.is_wheel]
    told = selection.rejected if selection else ()
    if sdists:
        reason = next((one.reason for one in reversed(told) if one.filename == sdists[0].filename), "")
        return f"{no_wheel(files, target, selection, True)}, and its sdist is not taken: {reason}"
    if told and not any(file.is_wheel and _left_out(file, selection) for file in files):
        return told[-1].reason
    return f"{no_wheel(files, target, selection, True)}, and it has no sdist"


def _left_out(file: IndexFile, selection: Selection | None) -> bool:
    """Whether a wheel is refused for its tags, and not for what was found out after it was chosen."""
    late = ("its metadata", "pip checks hashes", "its hash", "yanked")
    reasons = [one.reason for one in (selection.rejected if selection else ()) if one.filename == file.filename]
    return not any(reason.startswith(late) for reason in reasons)


def _wrong_python(requires: str, target: Target) -> str:
    known = [minor for minor in SUPPORTED_MINORS if python_allowed(requires, Target(minor).version)]
    new = [minor for minor in known if _order(minor) > _order(target.minor)]
    which = f"Python {target.python} is too old for it" if new else f"Python {target.python} is too new for it"
    return f"{which}: its files require Python {requires}"


def _no_such_version(project: Project, version: str, asked: str) -> str:
    near = nearest_version(project, version)
    told = f"; the nearest that it has is {near}" if near else ""
    subject = f"version {version}" if version else f"a version that satisfies {asked}"
    return f"the index has no {subject.removeprefix('a ')} of this project{told}"


def nearest_version(project: Project, version: str) -> str | None:
    """The version on the index that is nearest to one that is not there: upwards first; no pre-releases."""
    wanted = parsed_version(version) if version else None
    finals = project.finals
    if not finals:
        return project.versions[0] if project.versions else None
    if wanted is None:
        return finals[0][1]
    upwards = [text for parsed, text in finals if parsed > wanted]
    return upwards[-1] if upwards else finals[0][1]
