"""What is generated in the repository: the reference in docs/ and the picture of the README (`./dev generate`).

Everything is made from what the program says of itself (docstrings, parsers, data rows, schemas) and from the recorded
index, so that `tests/test_docs.py` can compare it on any machine and without a network.
"""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from tests.generate_reference import NOTICE, cli_page, exit_codes_page, platforms_page, prose, schemas_page, table
from tests.test_projects import recording
from trueup.cli.rule import sections
from trueup.configuration import read_configuration
from trueup.logrules._rule import Rule
from trueup.model.plan import PlanContext
from trueup.pipeline import Choice, check
from trueup.reading import read_project
from trueup.registry import discover
from trueup.reports._interface import Look
from trueup.reports.text import render

ROOT = Path(__file__).resolve().parent.parent
RULES = "docs/reference/rules"
PICTURE = "docs/images/check-lighthouse.svg"
PICTURED = ("examples/lighthouse", "2026-11-20")
FAMILIES = {
    "check": ("trueup.checks", "CHECK", "Rules of `trueup check`"),
    "diagnose": ("trueup.logrules", "RULE", "Rules of `trueup diagnose`"),
}


def generated() -> dict[str, str]:
    """Every generated file's text by its path in the repository."""
    return {
        **dict(rule_pages()),
        "docs/reference/cli.md": cli_page(),
        "docs/reference/exit-codes.md": exit_codes_page(),
        "docs/reference/platforms.md": platforms_page(),
        "docs/reference/schemas.md": schemas_page(ROOT / "schema"),
        PICTURE: picture(),
    }


def rule_pages() -> Iterator[tuple[str, str]]:
    """A page a rule, and the list of all."""
    ids = {family: discover(package, constant) for family, (package, constant, _) in FAMILIES.items()}
    parts = ["# Rules", NOTICE, "`trueup rule ID` prints the same in the terminal."]
    for family, (package, _, heading) in FAMILIES.items():
        other = next(name for name in FAMILIES if name != family)
        rows = []
        for rule, plugin in ids[family].items():
            rows.append([f"[{rule}]({family}/{rule}.md)", prose(plugin.title)])
            yield (
                f"{RULES}/{family}/{rule}.md",
                rule_page(family, package, rule, plugin, other if rule in ids[other] else ""),
            )
        parts += [f"## {heading}", f"{len(rows)} rules.", table(["rule", "title"], rows)]
    yield f"{RULES}/index.md", "\n\n".join(parts) + "\n"


def rule_page(family: str, package: str, rule: str, plugin: Any, twin: str) -> str:
    """The page of one rule, from its module's docstring; `twin` is the other family that has the same id."""
    documentation = importlib.import_module(f"{package}.{rule.replace('-', '_')}").__doc__ or ""
    parts = [f"# {rule}", NOTICE, f"**{prose(plugin.title)}**"]
    parts.append(f"A rule of [`trueup {family}`](../../cli.md#trueup-{family}).{_belongs(plugin)}")
    if twin:
        parts.append(f"The same id is also [a rule of `trueup {twin}`](../{twin}/{rule}.md).")
    for heading, body in sections(documentation).items():
        is_log = heading == "Example" and isinstance(plugin, Rule)
        parts += [f"## {heading}", f"```text\n{body}\n```" if is_log else prose(body)]
    return "\n\n".join(parts) + "\n"


def _belongs(plugin: Any) -> str:
    if not isinstance(plugin, Rule):
        return ""
    return f" It belongs to “{plugin.group.value}” and shows itself in the phase `{plugin.phase}`."


_SVG = """\
<svg viewBox="0 0 {width} {height}" width="{width}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>trueup check examples/lighthouse, as of 2026-11-20</title>
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; \
font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: system-ui, sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>\
</clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""Rich's own frame asks for a font from another host; this one asks for nothing."""


def picture() -> str:
    """A real run of `trueup check` on an example, as SVG."""
    path, day = PICTURED
    project = replace(read_project(ROOT / path), path=path)  # as a reader would name it, whatever this machine calls it
    report = check(project, PlanContext(on=day), Choice(), read_configuration(project), lambda _: recording())
    width = 100
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, legacy_windows=False)
    console.print(Text(f"$ trueup check {path}", style="bold"))
    console.print(Text.from_ansi(render(report, Look(width=width, color=True)).rstrip()))
    text = console.export_svg(title="trueup", code_format=_SVG, unique_id="trueup")
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def main() -> int:
    """Write what changed, and remove pages of rules that are gone; say what was done."""
    wanted = generated()
    gone = [path for path in (ROOT / RULES).rglob("*.md") if path.relative_to(ROOT).as_posix() not in wanted]
    for path in gone:
        path.unlink()
        print(f"removed {path.relative_to(ROOT)}")
    for name, text in wanted.items():
        path = ROOT / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
