"""Whether sources compile on a Python that came out after them: what was built, and what PyO3 refuses.

Nothing follows from age alone: of 71 releases that were built for a Python newer than they are, 52 compiled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from trueup.index.names import parsed_version
from trueup.model.evidence import Evidence
from trueup.model.target import Target
from trueup.package_data import data_rows


@cache
def compile_rows() -> Mapping[str, Any]:
    """The rows of compiling.toml."""
    return data_rows("trueup.resolve", "compiling.toml")


def known_failure(name: str, version: str, target: Target, pyo3: str) -> tuple[str, Evidence] | None:
    """Why it is known that a compile fails on a target, as the end of a sentence, with its evidence.

    A release that did not compile on a Python speaks for those before it, and for every later Python.

    Args:
        name: the normalised name.
        version: the version whose sdist is compiled.
        target: where.
        pyo3: the version of Rust's bindings in its Cargo.lock, empty where it has none.
    """
    wanted = parsed_version(version)
    for row in _built(name, compiles=False):
        known = parsed_version(row["version"])
        if (
            wanted is not None
            and known is not None
            and wanted <= known
            and _order(target.minor) >= _order(row["python"])
        ):
            said = f"{name} {row['version']} does not compile on Python {row['python']} ({row['error']})"
            return said, _measured(said)
    newest = newest_python_of(pyo3)
    if newest and _order(target.minor) > _order(newest):
        said = f"its Cargo.lock takes PyO3 {pyo3}, which refuses to build for a Python newer than {newest}"
        return said, Evidence.default(said, compile_rows()["pyo3"]["source"], compile_rows()["pyo3"]["checked"])
    return None


def newest_python_of(pyo3: str) -> str:
    """The newest minor for which a version of PyO3 lets itself be built; empty where it does not say."""
    wanted = parsed_version(pyo3) if pyo3 else None
    found = ""
    for row in compile_rows()["pyo3"]["newest"]:
        since = parsed_version(row["since"])
        if wanted is not None and since is not None and wanted >= since:
            found = row["python"]
    return found


def known_success(name: str, version: str, target: Target) -> str:
    """What says that a compile works on a target, as the beginning of a sentence; empty where nothing does.

    A release that compiled on a Python speaks for those after it, on that Python.
    """
    wanted = parsed_version(version)
    for row in _built(name, compiles=True):
        known = parsed_version(row["version"])
        if wanted is not None and known is not None and wanted >= known and row["python"] == target.minor:
            return f"{name} {row['version']} has been built on Python {row['python']}"
    return ""


def _built(name: str, *, compiles: bool) -> Iterator[Mapping[str, Any]]:
    return (row for row in compile_rows()["built"] if row["name"] == name and ("error" in row) is not compiles)


def _measured(said: str) -> Evidence:
    rows = compile_rows()["measured"]
    return Evidence.default(said, rows["source"], rows["checked"])


def _order(minor: str) -> int:
    return int(minor.split(".")[1])
