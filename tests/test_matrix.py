"""The matrix: blockers first, alike platforms together, and what the next Python breaks on which day."""

from __future__ import annotations

import json

import jsonschema
import pytest

from tests.reports.samples import ROOT, recording
from tests.resolve.fake_index import CP, FakeIndex
from trueup.index.interface import Index
from trueup.matrix import default_minors, make_matrix
from trueup.model.distribution import Outcome
from trueup.model.matrix import Matrix
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.pipeline import Choice
from trueup.reading import read_project
from trueup.reports._interface import Look
from trueup.reports._matrix_json import matrix_object, render_matrix_json
from trueup.reports._matrix_text import render_matrix_text
from trueup.reports._outlook import outlooks

MINORS = ("3.11", "3.12", "3.13", "3.14")


def fake_index() -> FakeIndex:
    """Wheels of `fast` end at 3.12 (3.13 from 2.0), `gone` never has any, `plain` is pure."""
    index = FakeIndex()
    setup = {"setup.py": "from setuptools import Extension, setup\nsetup(ext_modules=[Extension('a', ['a.c'])])\n"}
    index.add("fast", "1.0", wheels=[CP.format("311"), CP.format("312")], sdist_members={**setup, "a.c": ""})
    index.add("fast", "2.0", wheels=[CP.format(minor) for minor in ("311", "312", "313")])
    index.add("plain", "1.0")
    index.add("gone", "1.0", wheels=[CP.format("311")])
    return index


def matrix_of(
    files: dict[str, str],
    *,
    on: str = "2026-11-20",
    index: Index | None = None,
    minors: tuple[str, ...] = MINORS,
    python: str | None = None,
    platforms: tuple[str, ...] = ("railway",),
    builders: tuple[str, ...] = ("railpack",),
) -> Matrix:
    made = index or fake_index()
    context = PlanContext(on=on, python=python)
    return make_matrix(Project.from_texts(files), context, Choice(platforms, builders), lambda _: made, minors)


RENDER = """
services:
  - type: web
    name: web
    runtime: python
    buildCommand: pip install -r requirements.txt
    startCommand: python main.py
"""
WEB = {"main.py": "print()\n", "requirements.txt": "plain==1.0\nfast==1.0\n"}


def test_rows_are_blockers_first_and_cells_tell_the_first_version_with_a_wheel() -> None:
    (table,) = matrix_of({**WEB, "requirements.txt": "plain==1.0\ngone==1.0\nfast==1.0\n"}).tables
    assert [row.name for row in table.rows] == ["gone", "fast", "plain"]
    gone, fast, plain = table.rows
    assert [cell and cell.outcome for cell in gone.cells] == [Outcome.WHEEL, *[Outcome.UNAVAILABLE] * 3]
    assert [cell and cell.fixed_in for cell in fast.cells] == [None, None, "2.0", None]
    assert fast.blocked == 2
    assert plain.blocked == 0
    assert [len(table.blockers(minor)) for minor in table.minors] == [0, 1, 2, 2]
    assert table.blockers("3.9") == ()


def test_a_range_takes_the_version_that_each_python_gets() -> None:
    (table,) = matrix_of({**WEB, "requirements.txt": "fast\n"}).tables
    assert [cell and cell.version for cell in table.rows[0].cells] == ["2.0", "2.0", "2.0", "1.0"]


def test_a_requirement_for_some_pythons_has_empty_cells_elsewhere() -> None:
    (table,) = matrix_of({**WEB, "requirements.txt": "fast==1.0; python_version < '3.13'\nplain\n"}).tables
    fast = next(row for row in table.rows if row.name == "fast")
    assert [cell is None for cell in fast.cells] == [False, False, True, True]
    assert fast.blocked == 0


def test_platforms_that_say_the_same_share_a_table_and_others_do_not() -> None:
    files = {**WEB, "Procfile": "web: python main.py\n"}
    same = matrix_of(files, platforms=("railway", "heroku"), builders=("railpack", "heroku-classic"))
    assert [[lane.platform for lane in table.lanes] for table in same.tables] == [["railway", "heroku"]]
    assert same.tables[0].images == "linux x86_64, glibc 2.41 / 2.39"
    index = fake_index()
    index.add("fast", "1.0.1", wheels=["cp311-cp311-manylinux_2_40_x86_64"])
    files["requirements.txt"] = "fast==1.0.1\n"
    apart = matrix_of(files, index=index, platforms=("railway", "render"), builders=("railpack", "render-native"))
    assert [[lane.platform for lane in table.lanes] for table in apart.tables] == [["railway"], ["render"]]


def test_the_next_python_of_a_default_names_what_breaks() -> None:
    index = fake_index().add("newer", "1.0", wheels=[CP.format("313")], sdist=False)
    matrix = matrix_of({**WEB, "requirements.txt": "newer==1.0\nfast==1.0\n"}, index=index)
    ((_, told),) = outlooks(matrix)
    assert told.lane.is_default
    assert (told.lane.minor, told.after, told.on) == ("3.13", "3.14", None)
    assert [package.name for package in told.breaks] == ["newer"]
    assert [package.name for package in told.blocked] == ["fast"]
    assert (
        "On the day that the default moves to Python 3.14, 1 more distribution has no wheel: newer 1.0."
        in told.sentence
    )


def test_a_pinned_service_does_not_move_with_the_default() -> None:
    ((_, told),) = outlooks(matrix_of({**WEB, ".python-version": "3.12\n"}))
    assert not told.lane.is_default
    assert told.sentence == (
        "Python 3.12 by .python-version:1. A moved default changes nothing; raised to Python 3.13, 1 distribution has "
        "no wheel: fast 1.0."
    )


def test_a_published_move_is_found_to_the_day() -> None:
    """Railpack's default was 3.11 until 2025-09-15: asked before, the forecast names the day."""
    files = {**WEB, "railway.json": '{"build": {"builder": "RAILPACK"}}'}
    ((_, told),) = outlooks(matrix_of(files, on="2025-08-01"))
    assert told.lane.minor == "3.11"
    assert (told.after, told.on) == ("3.13", "2025-09-16")
    assert "On 2025-09-16 railpack gives it Python 3.13, 1 distribution has no wheel: fast 1.0." in told.sentence
    assert outlooks(matrix_of(files, on="2025-09-16"))[0][1].on is None
    assert outlooks(matrix_of(files, on="2025-08-01", python="3.11"))[0][1].on is None


def test_a_service_keeps_the_builder_of_its_creation() -> None:
    """Nixpacks stayed the builder of services created before 2025-09-16: no move is promised."""
    lanes = [lane for table in matrix_of(WEB, on="2025-09-01", builders=()).tables for lane in table.lanes]
    assert [(lane.builder, lane.move) for lane in lanes if lane.is_today] == [("nixpacks", None)]


def test_a_builder_that_is_not_used_today_has_its_outlook_too() -> None:
    """Each lane of the text ends in its own sentence, with the day on which its own builder moves."""
    matrix = matrix_of(WEB, on="2025-09-01", builders=())
    text = " ".join(render_matrix_text(matrix, Look(width=160)).split())
    assert "On the day that the default moves to Python 3.13, 1 distribution has no wheel: fast 1.0." in text
    assert "On 2025-09-16 railpack gives it Python 3.13, 1 distribution has no wheel: fast 1.0." in text
    asked = matrix_of(WEB, builders=("nixpacks",))
    assert [lane.is_today for table in asked.tables for lane in table.lanes] == [False]
    assert "→ Python 3.12" in render_matrix_text(asked, Look(width=160))


def test_what_could_not_be_looked_at_is_no_good_news() -> None:
    """`nothing more breaks` speaks of what was looked at; the rest is counted beside it."""
    files = {**WEB, "requirements.txt": "plain==1.0\nfast==2.0\nnot-there\n", ".python-version": "3.12\n"}
    index = fake_index()
    index.down["not-there"] = "the index did not answer"
    ((_, told),) = outlooks(matrix_of(files, index=index))
    assert told.sentence.endswith("nothing more breaks. What becomes of 1 distribution there is unknown.")
    files["requirements.txt"] = "plain==1.0\nplain==2.0\n"
    ((_, told),) = outlooks(matrix_of(files))
    assert told.sentence.endswith("nothing more breaks. There is a conflict about plain there.")


def test_render_keeps_the_default_of_the_creation_day() -> None:
    files = {"requirements.txt": "fast==1.0\n", "render.yaml": RENDER}
    ((_, told),) = outlooks(matrix_of(files, platforms=("render",), builders=(), minors=("3.14", "3.15")))
    assert told.lane.is_kept
    assert "It keeps the default of its creation; created on a day when that is Python 3.15, " in told.sentence


def test_a_forecast_beyond_the_columns_says_so() -> None:
    ((_, told),) = outlooks(matrix_of(WEB, minors=("3.12", "3.13")))
    assert "no column for Python 3.14" in told.sentence
    assert told.breaks == ()


def test_default_columns_are_the_maintained_pythons_and_those_in_use() -> None:
    assert default_minors("2026-11-20", ()) == ("3.11", "3.12", "3.13", "3.14", "3.15")
    (table,) = matrix_of({**WEB, ".python-version": "3.9\n"}, minors=()).tables
    assert table.minors[0] == "3.9"


def test_services_without_requirements_are_noted() -> None:
    matrix = matrix_of({"main.py": "print()\n"})
    assert matrix.tables == ()
    assert "name no distribution" in matrix.notes[0]


def test_an_index_that_is_down_is_unknown_and_never_green() -> None:
    index = fake_index()
    index.down["fast"] = "no answer"
    (table,) = matrix_of(WEB, index=index).tables
    assert all(any(item.transient for item in column.unresolved) for column in table.columns)
    assert "unknown fast" in render_matrix_text(matrix_of(WEB, index=index), Look())


def real() -> Matrix:
    project = read_project(ROOT / "examples" / "maya")
    return make_matrix(project, PlanContext(on="2026-11-20"), Choice(), lambda _: recording())


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("detail", [0, 1])
def test_the_table_fits_the_terminal(width: int, detail: int) -> None:
    text = render_matrix_text(real(), Look(width=width, detail=detail))
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    assert "\x1b" not in text
    head = next(line for line in lines if "3.13◂" in line)
    row = next(line for line in lines if line.strip().startswith("asyncpg"))
    assert row.split()[2:7] == ["wheel", "wheel", "build", "build", "build"]
    assert all(row[head.index(minor)] in "wb" for minor in ("3.11", "3.12", "3.13", "3.14", "3.15"))
    assert ("fastapi" in text) is bool(detail)


def test_colours_only_where_they_may_be() -> None:
    assert "\x1b[31mbuild" in render_matrix_text(real(), Look(color=True))


def test_the_json_is_valid_and_tells_all() -> None:
    schema = json.loads((ROOT / "schema" / "matrix-1.json").read_text("utf-8"))
    document = json.loads(render_matrix_json(real()))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)
    (table,) = document["tables"]
    asyncpg = next(row for row in table["packages"] if row["name"] == "asyncpg")
    assert asyncpg["pythons"]["3.13"]["fixed_in"] == "0.30.0"
    assert [lane["forecast"]["breaks"] for lane in table["lanes"] if lane["current"]] == [
        ["orjson 3.10.11", "pydantic-core 2.23.4"]
    ]


def test_the_schema_refuses_what_is_not_of_it() -> None:
    schema = json.loads((ROOT / "schema" / "matrix-1.json").read_text("utf-8"))
    document = matrix_object(matrix_of(WEB))
    document["tables"][0]["packages"][0]["pythons"]["3.13"]["outcome"] = "maybe"
    assert not jsonschema.Draft202012Validator(schema).is_valid(document)
