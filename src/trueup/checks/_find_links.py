"""What the folders of `--find-links` hold, which line names them, and what would come from there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection

from packaging.utils import canonicalize_name

from trueup.checks._code import distributions
from trueup.checks._interface import CheckContext
from trueup.checks._text import listed
from trueup.model.evidence import Evidence

_DISTRIBUTIONS = (".whl", ".tar.gz", ".tgz", ".zip", ".tar.bz2")
_FIND_LINKS = re.compile(r"""\s*(?:-f\s*|--find-links[\s=]\s*)["']?([^\s"'#]+)""")


def distributions_in(place: str, paths: Collection[str]) -> dict[str, str]:
    """The paths of distributions that lie right in a folder (from the project's root), by their file names."""
    inside = "" if place == "." else f"{place}/"
    return {
        posixpath.basename(path): path
        for path in sorted(paths)
        if path.startswith(inside) and "/" not in path[len(inside) :] and path.endswith(_DISTRIBUTIONS)
    }


def taken_from(context: CheckContext, files: Collection[str]) -> list[str]:
    """The distributions that come from these files: by the forecast, and by name where that does not tell."""
    there = {canonicalize_name(file.split("-", 1)[0]) for file in files}
    if context.forecast is None:
        return sorted(there & distributions(context))
    taken = [f"{item.name} {item.version}" for item in context.forecast.packages if item.file in files]
    return taken + sorted(there & {item.name for item in context.forecast.unresolved})


def told(taken: list[str]) -> str:
    """What becomes of the distributions, as the end of a sentence."""
    where = f"{listed(taken)} is to come from there" if taken else "nothing that is asked for comes from there today"
    return f"pip does not find them there, warns at most, and has its index alone; {where}."


def line_of(context: CheckContext, place: str) -> Evidence | None:
    """The line of a requirements file that names a place of `--find-links`."""
    for path in context.requirements.files:
        file = context.project.whole.get(path)
        for number, text in enumerate(file.lines if file is not None else (), 1):
            found = _FIND_LINKS.match(text)
            if file is None or found is None:
                continue
            folders = (posixpath.dirname(path), context.tree.root_dir)
            if place in {posixpath.normpath(posixpath.join(folder, found[1])) for folder in folders}:
                return file.evidence(number)
    return None
