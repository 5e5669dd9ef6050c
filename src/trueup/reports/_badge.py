"""A badge of the verdict: a small SVG picture, or the JSON that a badge service reads as an endpoint.

The endpoint's keys: shields.io, "Endpoint Badge", read on 2026-11-20.
"""

from __future__ import annotations

import json

from trueup.model.finding import Verdict
from trueup.model.report import Report
from trueup.reports._page import element
from trueup.reports._words import VERDICTS

COLORS = {
    Verdict.WILL_FAIL: ("#b3121d", "red"),
    Verdict.MAY_FAIL: ("#8a5300", "orange"),
    Verdict.UNKNOWN: ("#57606a", "lightgrey"),
    Verdict.NO_FAILURE_FOUND: ("#17703f", "brightgreen"),
}
LABEL = "trueup"
_NARROW = "fijlt.I1 "


def badge_verdict(report: Report) -> Verdict:
    """The worst verdict of what is judged; unknown where nothing is."""
    found = {result.verdict for result in report.judged}
    return next((verdict for verdict in VERDICTS if verdict in found), Verdict.UNKNOWN)


def render_badge_json(report: Report) -> str:
    """The badge as an endpoint's JSON."""
    verdict = badge_verdict(report)
    badge = {"schemaVersion": 1, "label": LABEL, "message": VERDICTS[verdict], "color": COLORS[verdict][1]}
    return json.dumps(badge, indent=2) + "\n"


def render_badge_svg(report: Report) -> str:
    """The badge as SVG, without any request or script; its title says it to screen readers."""
    verdict = badge_verdict(report)
    words = VERDICTS[verdict]
    left, right = _width(LABEL), _width(words)
    title = f"{LABEL}: {words}"
    svg = element(
        "svg",
        element("title", title),
        element("rect", width=left + right, height=20, rx=3, fill=COLORS[verdict][0]),
        element("path", d=f"M3 0h{left - 3}v20h-{left - 3}a3 3 0 0 1-3-3v-14a3 3 0 0 1 3-3z", fill="#3d444d"),
        _text(LABEL, left / 2),
        _text(words, left + right / 2),
        xmlns="http://www.w3.org/2000/svg",
        width=left + right,
        height=20,
        role="img",
        aria_label=title,
    )
    return f"{svg}\n"


def _text(words: str, middle: float) -> str:
    return element(
        "text",
        words,
        x=f"{middle:g}",
        y=14,
        fill="#fff",
        text_anchor="middle",
        font_family="Verdana,DejaVu Sans,Geneva,sans-serif",
        font_size=11,
    )


def _width(words: str) -> int:
    """The width in pixels of words in 11 px Verdana, with room at both sides."""
    return 12 + round(sum(4.2 if letter in _NARROW else 7.1 for letter in words))
