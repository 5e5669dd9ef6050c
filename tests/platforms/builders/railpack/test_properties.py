"""What holds for every input: no traceback, one deciding place, versions that keep their order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trueup.model.evidence import Evidence, Fact
from trueup.model.plan import InputUse, PlanContext
from trueup.model.project import Project
from trueup.model.service import Service
from trueup.platforms.builders import railpack
from trueup.platforms.builders._mise import mise_list
from trueup.platforms.builders._mise_versions import is_range, listing_order, refusal
from trueup.platforms.builders._railpack_versions import fuzzy, queries, taken

GIVEN = Evidence.given("a test")
SERVICE = Service("web", "web", Fact("", (GIVEN,)), (GIVEN,))
NAMES = st.sampled_from(
    [
        *(
            "requirements.txt",
            "pyproject.toml",
            "Pipfile",
            "runtime.txt",
            "Procfile",
            "railpack.json",
            ".python-version",
        ),
        *(".tool-versions", "mise.toml", "main.py", "manage.py", "uv.lock", "package.json", "Staticfile", "a/b.py"),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            *(
                "flask\ngunicorn\n",
                "-r x.txt\n",
                "3.11\n",
                "python 3.12 3.11\n",
                '[tools]\npython = "3.11"\n',
                "web: x\n",
            ),
            *(
                '[tools]\npython = ["3.12", {version = "3.9"}]\n',
                '{"packages": {"python": "3.11"}}',
                "WSGI_APPLICATION = 'a.application'",
            ),
            *(
                '{"steps": {"install": {"commands": ["...", {"cmd": "x"}]}}}',
                "[]",
                "null",
                '[requires]\npython_version = "3"\n',
            ),
        ]
    ),
)
DAYS = st.dates().map(str)


@given(st.dictionaries(NAMES, st.one_of(TEXTS, st.binary(max_size=20)), max_size=6), DAYS)
def test_a_plan_is_always_made(files: dict[str, str | bytes], day: str) -> None:
    made = railpack.plan(Project.from_texts(files), SERVICE, PlanContext(on=day))
    deciding = [item for item in made.python.inputs if item.use is InputUse.DECIDES]
    assert len(deciding) <= 1
    assert all(item.reason for item in made.python.inputs)
    assert all(problem.hint and problem.message for problem in made.problems)
    assert made.python.version is None or made.target is None or made.target.python == made.python.effective


@given(st.text(max_size=20))
def test_a_version_file_never_breaks_mise(text: str) -> None:
    listed = mise_list(Project.from_texts({".python-version": text}))
    assert listed.exit_code == bool(listed.error)
    assert all(refusal(tool.version) is None for tool in listed.tools)


@given(st.lists(st.tuples(*[st.integers(0, 40)] * 3), min_size=2, max_size=5, unique=True))
def test_full_versions_are_listed_by_number(versions: list[tuple[int, int, int]]) -> None:
    texts = [".".join(map(str, version)) for version in versions]
    assert sorted(texts, key=listing_order) == [".".join(map(str, version)) for version in sorted(versions)]


@given(st.lists(st.text("0123456789.abrctx*>=<~^ -", max_size=8), min_size=1, max_size=5))
def test_the_order_is_total(texts: list[str]) -> None:
    once = sorted(texts, key=listing_order)
    assert sorted(once, key=listing_order) == once


@given(st.integers(8, 13), st.integers(0, 30))
def test_a_full_version_is_taken_as_it_is(minor: int, patch: int) -> None:
    version = f"3.{minor}.{patch}"
    assert not is_range(version)
    assert taken(queries(fuzzy(version)), "2026-11-20") == version


@given(st.text(max_size=20))
def test_fuzzy_is_never_empty_for_a_plain_text(text: str) -> None:
    asked = queries(fuzzy(text))
    assert 1 <= len(asked) <= 2
