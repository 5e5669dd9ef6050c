"""Source files that are not Python, and why: pointers of git-lfs, merge markers, zero bytes, broken syntax.

What the running Python cannot parse, an older one cannot either; a newer one perhaps can, so there nothing is said.
Sources: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md (the first line of a pointer),
https://docs.python.org/3/reference/lexical_analysis.html (encodings and null bytes), read 2026-11-20.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from dataclasses import dataclass

from trueup.model.project import SourceFile
from trueup.sourcecode.module import SourceModule
from trueup.sourcecode.syntax import newer_syntax

_POINTER = b"version https://git-lfs.github.com/spec/"
_MARKER = re.compile(r"^(?:<{7} |>{7} )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a source file is none: `what` ends the sentence "main.py:3 …"; `line` counts from 1, or is None."""

    what: str
    line: int | None
    hint: str


def is_pointer(file: SourceFile) -> bool:
    """Whether a file is what git-lfs leaves in the place of another."""
    return file.data.startswith(_POINTER)


def why_unreadable(module: SourceModule, minor: str | None) -> Unreadable | None:
    """Why the Python of the platform cannot read a module; None where it can, or where no one knows.

    Args:
        module: the module.
        minor: the Python that will read it (`3.12`); None where it is not known.
    """
    file = module.file
    if file.problem is not None:
        return _not_there(file.problem)
    if is_pointer(file):
        return Unreadable(
            "is a git-lfs pointer, not the file itself",
            1,
            "Take the file out of git-lfs: a platform that clones without lfs gets only this pointer.",
        )
    if module.tree is not None:
        return None
    marker = _MARKER.search(file.text)
    if marker is not None:
        line = file.text.count("\n", 0, marker.start()) + 1
        return Unreadable("still holds merge conflict markers", line, "Resolve the merge and remove the markers.")
    if b"\0" in file.data:
        words = f" (it is encoded as {file.encoding.upper()})" if file.encoding.startswith("utf-16") else ""
        return Unreadable(f"holds null bytes{words}, which Python refuses", 1, "Save the file as UTF-8.")
    return _broken_syntax(module, minor)


def _not_there(problem: str) -> Unreadable | None:
    if "a link" in problem:
        return Unreadable(f"was not read: {problem}", None, "Commit the file itself in the place of the link.")
    if "cannot be read" in problem:
        return Unreadable(f"was not read: {problem}", None, "Let its owner read it (`chmod u+r`), and commit that.")
    return None


def _broken_syntax(module: SourceModule, minor: str | None) -> Unreadable | None:
    """The syntax error of a file, where the platform's Python is not newer than the running one."""
    own = sys.version_info[:2]
    if newer_syntax(module) is not None:
        return None  # syntax-too-new tells of it
    file = module.file
    if minor is None or not re.fullmatch(r"3\.\d{1,2}", minor) or int(minor[2:]) > own[1]:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(file.data)
    except SyntaxError as error:
        hint = "Correct it: `python -m py_compile` names the place."
        return Unreadable(f"is not valid Python ({error.msg})", error.lineno, hint)
    except (ValueError, RecursionError, MemoryError, OverflowError):
        return None
    return None
