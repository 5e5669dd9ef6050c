"""The lists of `fix` and `wheels`: what stands in them, and what does not."""

from __future__ import annotations

from tests.reports.samples import healthy
from trueup.index.wheels import WheelCell, WheelRow, WheelTable
from trueup.model.distribution import Outcome
from trueup.model.finding import Applicability
from trueup.model.repair import Repair, RepairKind, RepairPlan
from trueup.model.target import Target
from trueup.reports._interface import Look
from trueup.reports._repairs import render_text
from trueup.reports._wheels import LEGEND, render_wheels

BY_HAND = Repair(
    "by-hand",
    "Move the settings of railway.json to .railway/railway.ts",
    RepairKind.CONFIG,
    Applicability.DISPLAY_ONLY,
    commands=("railway config pull", "railway config apply"),
    reason="`pull` writes what the account knows, and this sentence goes on until it needs a second line of the screen",
)
TARGET = Target("3.13", "x86_64", "glibc", "2.36")


def test_what_is_to_be_done_by_hand_is_a_list_of_commands_with_a_margin() -> None:
    text = render_text(RepairPlan((BY_HAND,)), healthy(), Look(width=80), closing="The end.")
    assert text.splitlines() == [
        "Also possible:",
        "  Move the settings of railway.json to .railway/railway.ts",
        "    [by-hand] · for you to do: trueup only shows it",
        "    run: railway config pull",
        "    run: railway config apply",
        "    `pull` writes what the account knows, and this sentence goes on until it",
        "    needs a second line of the screen",
        "",
        "The end.",
    ]


def test_a_table_that_is_empty_has_no_legend() -> None:
    missing = WheelRow("nope", None, reason="the index has no such project")
    found = WheelRow("demo", "1.0", (WheelCell(TARGET, Outcome.WHEEL, "demo-1.0-py3-none-any.whl", ""),))
    look = Look(width=200)
    assert render_wheels(WheelTable((missing,), (TARGET,)), look) == "nope\n  the index has no such project\n"
    assert LEGEND in render_wheels(WheelTable((missing, found), (TARGET,)), look)
