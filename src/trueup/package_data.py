"""Files that come with trueup: rows of facts, and the parts of pages.

`pkgutil` finds them wherever the package lies, also in an archive; `importlib.resources` does too, and takes as long to
import as reading all rows.
"""

from __future__ import annotations

import pkgutil
import tomllib
from typing import Any


def data_text(package: str, name: str) -> str:
    """The text of a file of a package, such as `assets/report.css` of `trueup.reports`; UTF-8, line ends as `\\n`.

    Raises:
        FileNotFoundError: the package has no such file.
    """
    found = pkgutil.get_data(package, name)
    if found is None:
        raise FileNotFoundError(f"{package} has no {name}")
    return found.decode("utf-8").replace("\r\n", "\n")


def data_rows(package: str, name: str) -> dict[str, Any]:
    """The rows of a TOML file of a package; read anew at every call."""
    return tomllib.loads(data_text(package, name))
