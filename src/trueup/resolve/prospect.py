"""Whether a platform's build image can compile what an sdist needs."""

from __future__ import annotations

from trueup.model.distribution import BuildNeeds
from trueup.model.plan import Toolchain
from trueup.resolve.build_needs import same_library

_LANGUAGES = {"c": "C", "c++": "C++", "rust": "Rust", "fortran": "Fortran", "cython": "Cython"}


def language_words(needs: BuildNeeds) -> str:
    """The languages that are compiled, as people write them: `C and Rust`; "native code" where none is known."""
    words = [_LANGUAGES.get(one, one) for one in needs.languages]
    if not words:
        return "native code"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def compile_prospect(needs: BuildNeeds, toolchain: Toolchain) -> tuple[bool | None, str]:
    """Whether a compile can succeed on a platform, from what it needs and what the image has.

    Args:
        needs: what the sdist's own files ask for.
        toolchain: what the platform's build image has.

    Returns:
        False with the first thing that is missing, None with what is not known, or True: the tools are there, which
        does not yet mean that the sources compile on a newer Python.
    """
    unknown: list[str] = []
    tools = (
        ("a C compiler", toolchain.c, {"c", "c++", "cython"}, ""),
        ("a Rust toolchain", toolchain.rust, {"rust"}, toolchain.rust_note),
        ("a Fortran compiler", toolchain.fortran, {"fortran"}, ""),
    )
    for tool, fact, languages, note in tools:
        if not languages & set(needs.languages):
            continue
        if fact.value is False:
            return False, f"{tool} is needed, and the build image has none that works{f': {note}' if note else ''}"
        if fact.value is None:
            unknown.append(tool)
    missing = [name for name in needs.system_libraries if not _has_library(name, toolchain)]
    if unknown:
        return None, f"{' and '.join(unknown)} is needed, and the platform does not say whether its build image has it"
    if missing:
        return None, f"the headers of {', '.join(missing)} are needed, and are not known to be on the build image"
    return True, "the build image has the tools; whether these sources compile on this Python is not known before"


def _has_library(name: str, toolchain: Toolchain) -> bool:
    wanted = same_library(name)
    return any(one.lower().removeprefix("lib") in wanted for one in toolchain.system_libraries)
