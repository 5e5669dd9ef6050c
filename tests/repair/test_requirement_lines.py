"""Lines that pip refuses, names of other distributions, variables that cure nothing: what is certain, what is not."""

from __future__ import annotations

from typing import Any

import pytest
from packaging.requirements import Requirement

from tests.repair.test_families import FASTAPI, PINNED, REQUIREMENTS, one, planned, repaired
from trueup.model.finding import Applicability
from trueup.repair._mended_lines import mended

CERTAIN = [
    ("flask=3.0.0", "flask==3.0.0"),
    ("flask = 3.0.0  # why", "flask == 3.0.0  # why"),
    ("uvicorn[standard]=0.32.0 ; python_version > '3.8'", "uvicorn[standard]==0.32.0 ; python_version > '3.8'"),
    ("flask == 3.0.0,", "flask == 3.0.0,"),  # pip reads it as it is
    ("flask = 3.0.0,", "flask == 3.0.0"),
    ("flask==3.0.0;", "flask==3.0.0"),
    ('"flask==3.0.0",', "flask==3.0.0"),
    ("'flask==3.0.0'", "flask==3.0.0"),
    ('flask==3.0.0"', "flask==3.0.0"),
    ("'flask==3.0.0", "flask==3.0.0"),
    ("'flask=3.0.0',", "flask==3.0.0"),
    ("flask>=1.0 <2", "flask>=1.0,<2"),
    ("flask >= 1.0  < 2 != 1.5 ; os_name == 'nt'", "flask >= 1.0,< 2,!= 1.5 ; os_name == 'nt'"),
    ("flask=>3.0", "flask>=3.0"),
    ("flask=<3.0,>2", "flask<=3.0,>2"),
    ("\ufeffflask==3.0.0", "flask==3.0.0"),
    ("flask\u200b==3.0.0", "flask==3.0.0"),
    ("flask\u00a0== 3.0.0", "flask == 3.0.0"),
    ("flask==3.0.0; python_version < “3.13”", 'flask==3.0.0; python_version < "3.13"'),
    ('flask = "==3.0.0"', "flask==3.0.0"),
    ('flask = ">=3.0, <4",', "flask>=3.0, <4"),
    ("flask^3.0.1", "flask>=3.0.1,<4"),
    ("flask==^0.3", "flask>=0.3,<0.4"),
    ("flask>=1.2.*", "flask>=1.2"),
    ("pip install flask==3.0.0", "flask==3.0.0"),
    ("$ pip3 install flask gunicorn==23.0.0  # both", "flask  # both\ngunicorn==23.0.0"),
    ("flask=3.0.0 --hash=sha256:00", "flask==3.0.0 --hash=sha256:00"),
]


@pytest.mark.parametrize(("line", "expected"), CERTAIN)
def test_what_is_certain_is_written(line: str, expected: str) -> None:
    """And every line that comes out is one that pip reads."""
    made = mended(line)
    assert made == expected
    for part in expected.splitlines():
        Requirement(part.partition("  #")[0].partition(" --")[0])


@pytest.mark.parametrize(
    "line",
    [
        "flask 3.0.0",
        'flask = "3.0.0"',
        "flask~1.2",
        "flask=1.0=py311_0",
        "PORT=8000",
        "flask<1.2.*",
        "- flask==3.0.0",
        "pip install -r base.txt",
        "pip install flask --upgrade",
        "flask==3.0.0 \\",
        "flask latest",
        "flask==",
        "==3.0.0",
        "```",
        "# only a comment",
        "",
        "flask==3.0.0 gunicorn==23.0.0",
        "C:\\wheels\\flask.whl",
        "flask==$VERSION",
        "\"flask'==3.0.0\"'",
    ],
)
def test_what_may_mean_several_things_is_left(line: str) -> None:
    """No guess."""
    assert mended(line) is None


SERVICE: dict[str, str | bytes] = {
    "main.py": FASTAPI,
    "Procfile": "web: uvicorn main:app --host 0.0.0.0 --port $PORT\n",
    **PINNED,
}


def test_all_lines_of_a_file_at_once() -> None:
    """Comments, order and line ends stay; each line that is not certain is held back with its reason."""
    text = "# web\r\nfastapi=0.115.0  # api\r\n\r\nuvicorn==0.32.0;\r\n"
    project, plan = planned({**SERVICE, "requirements.txt": text}, "heroku")
    repair = one(plan, "line-")
    assert repair.applicability is Applicability.SAFE
    assert repair.recommended
    assert "lines 2, 4" in repair.title
    expected = text.replace("fastapi=", "fastapi==").replace("0.32.0;", "0.32.0")
    assert repaired(project, repair) == {"requirements.txt": expected}


def test_what_is_not_certain_is_held_back_and_the_rest_mended() -> None:
    """One line of two."""
    project, plan = planned({**SERVICE, "requirements.txt": "fastapi=0.115.0\nclick 8\nuvicorn==0.32.0\n"}, "heroku")
    expected = "fastapi==0.115.0\nclick 8\nuvicorn==0.32.0\n"
    assert repaired(project, one(plan, "line-")) == {"requirements.txt": expected}
    assert any("requirements.txt:2 means is not certain" in item.reason for item in plan.held_back)


@pytest.mark.parametrize("line", ["fastapi \\\n=0.115.0", "fastapi=0.115.0\x0cclick==8.1.7", "fastapi=0.115.0 #\x0bx"])
def test_a_line_that_pip_sees_otherwise_is_left(line: str) -> None:
    """One that goes on below, or holds a line end that editors do not show."""
    _, plan = planned({**SERVICE, "requirements.txt": f"uvicorn==0.32.0\n{line}\n"}, "heroku")
    assert not any(repair.id.startswith("line-") for repair in plan.repairs)
    assert plan.held_back


NAMES: list[tuple[str, dict[str, Any]]] = [
    ("dateutil==2.8.2", {"python-dateutil==2.8.2": Applicability.SAFE}),
    ("DateUtil", {"python-dateutil": Applicability.SAFE}),
    ("jwt", {"pyjwt": Applicability.UNSAFE}),
]


@pytest.mark.parametrize(("line", "expected"), NAMES)
def test_the_distribution_that_is_meant(line: str, expected: dict[str, Applicability]) -> None:
    """With its demand and comment; where the wrong name installs something, a person has to say so."""
    texts = {**SERVICE, "requirements.txt": f"{REQUIREMENTS}{line}  # why\n"}
    project, plan = planned(texts, "heroku")
    repair = one(plan, "name-")
    ((wanted, applicability),) = expected.items()
    assert repaired(project, repair) == {"requirements.txt": f"{REQUIREMENTS}{wanted}  # why\n"}
    assert repair.applicability is applicability
    assert repair.changes[0].package == wanted.partition("=")[0]
    _, plan = planned(texts, "heroku", policy={"new_dependencies": False})
    assert not any(found.id.startswith("name-") for found in plan.repairs)
    assert any("no new dependencies" in item.reason for item in plan.held_back)


def test_a_version_that_the_right_distribution_lacks() -> None:
    """The version was the wrong one's: which is meant is not certain."""
    _, plan = planned({**SERVICE, "requirements.txt": f"{REQUIREMENTS}dateutil==0.0.1\n"}, "heroku")
    assert not any(repair.id.startswith("name-") for repair in plan.repairs)
    assert any("no version ==0.0.1 of python-dateutil" in item.reason for item in plan.held_back)


def test_what_is_no_distribution_goes() -> None:
    """A module of the standard library, and a name whose right one is there already."""
    project, plan = planned({**SERVICE, "requirements.txt": f"json\n{REQUIREMENTS}"}, "heroku")
    assert repaired(project, one(plan, "name-json")) == {"requirements.txt": REQUIREMENTS}
    both = f"{REQUIREMENTS}python-dateutil==2.8.2\ndateutil\n"
    project, plan = planned({**SERVICE, "requirements.txt": both}, "heroku")
    assert repaired(project, one(plan, "name-dateutil")) == {"requirements.txt": both.replace("\ndateutil\n", "\n")}


BLUEPRINT = (
    "services:\n  - type: web\n    name: api\n    runtime: python\n    plan: starter\n"
    "    buildCommand: pip install -r requirements.txt\n"
    "    startCommand: uvicorn main:app --host 0.0.0.0 --port $PORT\n    healthCheckPath: /health\n"
)


SEVERAL = """\
    envVars:
      - key: A
        value: x
      # cure
      - key: CARGO_HOME
        value: c
      - value: r
        key: RUSTUP_HOME
      - key: B
        value: y
"""


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (SEVERAL, "    envVars:\n      - key: A\n        value: x\n      # cure\n      - key: B\n        value: y\n"),
        ("    envVars:\n      - key: CARGO_HOME\n        value: /tmp/c\n", ""),
        (
            "    envVars:\n    - {key: CARGO_HOME, value: c}\n    - {key: B, value: y}\n",
            "    envVars:\n    - {key: B, value: y}\n",
        ),
    ],
)
def test_variables_that_cure_nothing_go(variables: str, expected: str) -> None:
    """Where everything has a wheel; entries around them stay."""
    texts = {**SERVICE, "requirements.txt": REQUIREMENTS, "render.yaml": BLUEPRINT + variables}
    project, plan = planned(texts, "render")
    assert repaired(project, one(plan, "cargo-")) == {"render.yaml": BLUEPRINT + expected}


def test_they_stay_where_something_is_compiled() -> None:
    """Pydantic-core 2.23.4 has no wheel for 3.14: that is repaired first."""
    requirements = f"{REQUIREMENTS}pydantic==2.9.2\n"
    blueprint = f"{BLUEPRINT}    envVars:\n      - key: CARGO_HOME\n        value: /tmp/c\n"
    files = {"requirements.txt": requirements, "render.yaml": blueprint, ".python-version": "3.14\n"}
    _, plan = planned({**SERVICE, **files}, "render")
    assert not any(repair.id.startswith("cargo-") for repair in plan.repairs)
    assert any("pydantic-core 2.23.4 of api has no wheel" in item.reason for item in plan.held_back)
