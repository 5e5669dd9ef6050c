"""The terminal that reports are drawn on: of a given width, with or without colours, into a string."""

from __future__ import annotations

import io

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from trueup.reports._interface import Look


def labelled(label: str, text: str, style: str) -> RenderableType:
    """A remark behind its label, its second line under its first."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(Text(label, style=style), Text(text, style=style))
    return table


class Terminal:
    """Collects what is printed; `text` gives it without blanks at the ends of lines."""

    def __init__(self, look: Look) -> None:
        self._out = io.StringIO()
        self.console = Console(
            file=self._out,
            width=look.width,
            force_terminal=look.color,
            color_system="standard" if look.color else None,
            no_color=not look.color,
            highlight=False,
            emoji=False,
            markup=False,
            legacy_windows=False,
        )

    def print(self, *parts: RenderableType) -> None:
        """Draw parts, one after another."""
        self.console.print(*parts)

    def text(self) -> str:
        """All that was drawn."""
        return "\n".join(line.rstrip() for line in self._out.getvalue().split("\n"))
