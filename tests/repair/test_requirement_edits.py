"""Other versions are written into the lines that name them, in every format; nothing else of a file changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.manifests import pyproject, requirements_txt
from trueup.model.finding import Applicability
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.model.repair import Change, Repair, RepairKind
from trueup.model.requirement import RequirementSet
from trueup.pipeline import Choice, predict
from trueup.repair._requirement_edits import Hashes, version_edits
from trueup.repair.texts import NotEditableError


def no_hashes(name: str, version: str) -> tuple[str, ...]:
    return ()


def two_hashes(name: str, version: str) -> tuple[str, ...]:
    return (f"sha256:{'a' * 63}1", f"sha256:{'b' * 63}2")


def moved(
    texts: dict[str, str], changes: dict[str, tuple[str | None, str]], hashes: Hashes = no_hashes
) -> dict[str, str]:
    """The files of a Render service after changes of versions."""
    project = Project.from_texts(texts)
    context = PlanContext(on="2026-11-20")
    prediction = predict(project, context, Choice(platforms=("render",)))[0]
    made = [Change(name, old, new, True) for name, (old, new) in changes.items()]
    edits = version_edits(project, prediction.requirements, made, hashes)
    repair = Repair("x", "x", RepairKind.BUMP, Applicability.SAFE, edits)
    after = repair.preview(project)
    return {path: after.files[path].data.decode() for path in texts if after.files[path].data.decode() != texts[path]}


def test_a_pin_keeps_everything_around_it() -> None:
    """Case, extras, blanks, markers, comments and line ends stay."""
    text = "# web\r\nFastAPI [all] == 0.100.0 ; python_version >= '3.8'  # keep\r\nuvicorn==0.20.0\r\n"
    found = moved({"requirements.txt": text}, {"fastapi": ("0.100.0", "0.115.0")})
    assert found == {"requirements.txt": text.replace("0.100.0", "0.115.0")}


def test_includes_and_constraints_are_edited_where_the_line_stands() -> None:
    """The line that names the package is edited, in whichever file it is."""
    texts = {
        "requirements.txt": "-r base.txt\n-c constraints.txt\nhttpx\n",
        "base.txt": "fastapi==0.100.0\n",
        "constraints.txt": "httpx==0.25.0\n",
    }
    found = moved(texts, {"fastapi": ("0.100.0", "0.115.0"), "httpx": ("0.25.0", "0.27.2")})
    assert found == {
        "requirements.txt": "-r base.txt\n-c constraints.txt\nhttpx==0.27.2\n",
        "base.txt": "fastapi==0.115.0\n",
        "constraints.txt": "httpx==0.27.2\n",
    }


def test_hashes_are_renewed() -> None:
    """All old hashes go, all of the new version come, in the same form."""
    old = f"sha256:{'0' * 64}"
    text = f"fastapi==0.100.0 \\\n    --hash={old} \\\n    --hash={old}\nuvicorn==0.20.0 --hash={old}\n"
    found = moved({"requirements.txt": text}, {"fastapi": ("0.100.0", "0.115.0")}, two_hashes)
    first, second = two_hashes("fastapi", "0.115.0")
    expected = f"fastapi==0.115.0 \\\n    --hash={first} \\\n    --hash={second}\nuvicorn==0.20.0 --hash={old}\n"
    assert found == {"requirements.txt": expected}
    with pytest.raises(NotEditableError, match="hashes"):
        moved({"requirements.txt": text}, {"fastapi": ("0.100.0", "0.115.0")})


def test_a_range_becomes_an_exact_pin() -> None:
    """A range that excludes the version is replaced; its name, extras and marker stay."""
    text = "uvicorn[standard]>=0.20,<0.21 ; python_version > '3.8'\nfastapi\n"
    found = moved({"requirements.txt": text}, {"uvicorn": (None, "0.32.0"), "fastapi": (None, "0.115.0")})
    assert found == {"requirements.txt": "uvicorn[standard]==0.32.0 ; python_version > '3.8'\nfastapi==0.115.0\n"}


def test_a_mirror_is_kept_in_step() -> None:
    """A lockfile that has the same pin gets the same new version; one that has another stays."""
    texts = {
        "requirements.txt": "fastapi==0.100.0\n",
        "requirements.lock": "# mirror\nfastapi==0.100.0\nuvicorn==0.20.0\n",
        "requirements-dev.txt": "fastapi==0.99.0\n",
    }
    found = moved(texts, {"fastapi": ("0.100.0", "0.115.0")})
    assert found == {
        "requirements.txt": "fastapi==0.115.0\n",
        "requirements.lock": "# mirror\nfastapi==0.115.0\nuvicorn==0.20.0\n",
    }


def test_a_distribution_that_only_others_brought_gets_a_line() -> None:
    """It is added at the end of the file that names the most."""
    found = moved({"requirements.txt": "fastapi==0.100.0"}, {"starlette": (None, "0.30.0")})
    assert found == {"requirements.txt": "fastapi==0.100.0\nstarlette==0.30.0\n"}


PYPROJECT = """[project]
name = "service"
version = "1"
requires-python = ">=3.11"
dependencies = [
    # web
    "fastapi==0.100.0",  # keep
    'uvicorn[standard] >=0.20,<0.21 ; python_version > "3.8"',
]
"""


def test_pyproject_is_edited_on_the_line() -> None:
    """The quoted requirement is changed within its quotes."""
    project = Project.from_texts({"pyproject.toml": PYPROJECT})
    parsed = pyproject.parse(project.files["pyproject.toml"])
    changes = [Change("fastapi", "0.100.0", "0.115.0", True), Change("uvicorn", None, "0.32.0", True)]
    edits = version_edits(project, RequirementSet(parsed.dependencies), changes, no_hashes)
    repair = Repair("x", "x", RepairKind.BUMP, Applicability.SAFE, edits)
    text = repair.preview(project).files["pyproject.toml"].text
    assert text == PYPROJECT.replace("fastapi==0.100.0", "fastapi==0.115.0").replace(" >=0.20,<0.21", " ==0.32.0")


TAILS = ("", "  # why", ' ; os_name == "posix"')
NAMES = st.from_regex(r"[a-z]{1,6}", fullmatch=True)


@given(
    st.lists(
        st.tuples(NAMES, st.sampled_from(["", "[x]", " [x, y]"]), st.sampled_from(["==", " == ", "==="])),
        min_size=1,
        max_size=8,
        unique_by=lambda row: row[0],
    ),
    st.sampled_from(["\n", "\r\n"]),
    st.data(),
)
def test_any_file_of_pins(rows: list[tuple[str, str, str]], end: str, data: st.DataObject) -> None:
    """Whichever pins move: parsed again, the file has the new versions and every other line is as it was."""
    tails = st.sampled_from(TAILS)
    lines = [f"{name}{extras}{operator}1.0{data.draw(tails)}" for name, extras, operator in rows]
    text = end.join(lines) + data.draw(st.sampled_from(["", end]))
    project = Project.from_texts({"requirements.txt": text})
    parsed = requirements_txt.parse(project.files["requirements.txt"])
    chosen = data.draw(st.sets(st.sampled_from([name for name, _, _ in rows]), min_size=1))
    changes = [Change(name, "1.0", "2.0.1", True) for name in sorted(chosen)]
    edits = version_edits(project, RequirementSet(parsed.requirements), changes, no_hashes)
    after = Repair("x", "x", RepairKind.BUMP, Applicability.SAFE, edits).preview(project).files["requirements.txt"].text
    expected = [
        line.replace("1.0", "2.0.1", 1) if row[0] in chosen else line for line, row in zip(lines, rows, strict=True)
    ]
    assert after == text.replace(end.join(lines), end.join(expected))
