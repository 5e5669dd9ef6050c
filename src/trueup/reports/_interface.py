"""What a report format is. A public file of this package holds one constant, `FORMAT`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trueup.model.report import Report


@dataclass(frozen=True, slots=True)
class Look:
    """How a report for people looks: the width in columns, whether colours may be used, and how much is told
    (0 the verdict and what is wrong, 1 also what was looked at, 2 everything). `folder` is the project's folder as seen
    from where trueup was started ("" for the same), which formats that a code host reads put before every path.
    `is_brief` leaves all but the closing lines of the text out. `flags` are those that another command needs to look at
    the same.
    """

    width: int = 100
    color: bool = False
    detail: int = 0
    folder: str = ""
    is_brief: bool = False
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """A form of the report of `check`: `render` gives the whole text, ending with a line end. `shows_matrix` asks for
    `Report.matrix`, which costs a forecast for every Python, and `shows_repairs` for `Report.repairs`, which cost a
    search.
    """

    id: str
    title: str
    render: Callable[[Report, Look], str]
    shows_matrix: bool = False
    shows_repairs: bool = False
