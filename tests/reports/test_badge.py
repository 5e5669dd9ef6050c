"""The badge says the worst verdict of what is built today."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

from tests.reports import samples
from trueup.reports._badge import render_badge_json, render_badge_svg


def test_the_picture_says_the_verdict_to_eyes_and_screen_readers() -> None:
    svg = ElementTree.fromstring(render_badge_svg(samples.maya()))
    assert svg.attrib["role"] == "img"
    assert svg.attrib["aria-label"] == "trueup: will fail"
    assert "".join(svg.itertext()).count("will fail") == 2
    assert int(svg.attrib["width"]) > 80


def test_the_endpoint_has_the_keys_of_a_badge_service() -> None:
    assert json.loads(render_badge_json(samples.healthy())) == {
        "schemaVersion": 1,
        "label": "trueup",
        "message": "no failure found",
        "color": "brightgreen",
    }


def test_other_builders_do_not_count_and_nothing_is_no_success() -> None:
    report = samples.maya()
    later = tuple(replace(result, is_today=not result.is_today) for result in report.results)
    assert json.loads(render_badge_json(replace(report, results=later)))["message"] == "no failure found"
    assert json.loads(render_badge_json(replace(report, results=())))["message"] == "unknown"
