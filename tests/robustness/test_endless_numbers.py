"""A number of thousands of digits at every place where a number may stand: Python itself refuses to read it."""

from __future__ import annotations

import time

import pytest

from tests.robustness.mutate import LONGEST
from tests.robustness.running import DAY
from trueup.configuration import read_configuration
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.pipeline import Choice, check
from trueup.reports.json import report_object

NINES = "9" * 5001
BASE = {"requirements.txt": "rich\n", "main.py": "print()\n", "Procfile": "web: python main.py\n"}
PLACES = {
    "runtime.txt": ("{0}", "python{0}!", "python-{0}", "python-3.{0}", "3.12.{0}"),
    ".python-version": ("{0}", "{0}!", "3.{0}", "3.12.{0}"),
    ".tool-versions": ("python {0}", "python {0}!", "python 3.{0}", "python 3.12.{0}"),
    "mise.toml": ('[tools]\npython = "{0}"', '[tools]\npython = "3.{0}"', "[tools]\npython = {0}"),
    "Pipfile": ('[requires]\npython_version = "3.{0}"', '[requires]\npython_full_version = "3.12.{0}"'),
    "render.yaml": (
        (
            "services:\n  - type: web\n    name: a\n    runtime: python\n    envVars:\n      - key: PYTHON_VERSION\n"
            "        value: 3.{0}\n"
        ),
        "services:\n  - type: web\n    name: a\n    runtime: python\n    numInstances: {0}\n",
    ),
    "pyproject.toml": (
        '[project]\nname = "a"\nrequires-python = ">=3.{0}"',
        '[tool.poetry.dependencies]\npython = "^3.{0}"\nrich = "^{0}"',
    ),
    "requirements.txt": ("rich=={0}", "rich~=1.{0}", "rich; python_version < '3.{0}'"),
    "nixpacks.toml": ('[variables]\nNIXPACKS_PYTHON_VERSION = "3.{0}"', '[phases.setup]\nnixPkgs = ["python{0}"]'),
    "railpack.json": ('{{"packages": {{"python": "3.{0}"}}}}', '{{"packages": {{"python": {0}}}}}'),
    "railway.json": (
        '{{"deploy": {{"healthcheckTimeout": {0}, "numReplicas": 1e999}}}}',
        '{{"deploy": {{"healthcheckTimeout": 1e999, "startCommand": "gunicorn -w {0} -b 0.0.0.0:{0} main:app"}}}}',
    ),
    "Procfile": ("web: uvicorn main:app --port {0} --workers {0}", "web: gunicorn --timeout {0} main:app"),
    "main.py": ("PORT = {0}", "import os\nPORT = int(os.environ.get('PORT', '{0}'))\nTIMES = 10 ** {0}"),
    "app.json": ('{{"formation": {{"web": {{"quantity": {0}}}}}}}',),
}
VARIABLES = dict.fromkeys(
    ("RAILPACK_PYTHON_VERSION", "NIXPACKS_PYTHON_VERSION", "PYTHON_VERSION", "PORT"), f"3.{NINES}"
)


@pytest.mark.parametrize("platform", ["railway", "render", "heroku"])
@pytest.mark.parametrize("path", PLACES)
def test_no_number_is_too_long(path: str, platform: str) -> None:
    for text in PLACES[path]:
        project = Project.from_texts({**BASE, path: text.format(NINES)})
        for given in ({}, VARIABLES, {"PORT": NINES, "PYTHON_VERSION": NINES, "NIXPACKS_PYTHON_VERSION": NINES}):
            context = PlanContext(on=DAY, env=given)
            started = time.process_time()
            report = check(
                project, context, Choice((platform,)), read_configuration(project), None, "no index is asked"
            )
            assert report_object(report)["results"]
            assert time.process_time() - started < LONGEST, text[:40]


def test_bytes_that_builders_decode_themselves() -> None:
    for path in ("runtime.txt", ".python-version", "Procfile"):
        project = Project.from_texts({**BASE, path: b"\xff\xfe\xfe" + NINES.encode()})
        for platform in ("railway", "render", "heroku"):
            context = PlanContext(on=DAY)
            check(project, context, Choice((platform,)), read_configuration(project), None, "no index is asked")
