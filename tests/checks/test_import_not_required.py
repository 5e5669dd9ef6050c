"""Modules that are imported at start and that nothing brings."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from tests.checks._contexts import context_of, findings
from trueup.checks._rows import rows
from trueup.checks.import_not_required import CHECK
from trueup.model.distribution import Outcome, PackageForecast
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Skipped

APP = "from flask import Flask\napp = Flask(__name__)\n"


def packages(*names: str) -> Iterable[PackageForecast]:
    evidence = (Evidence.found("requirements.txt", 1, "flask"),)
    return [PackageForecast(name, "1.0", True, Outcome.WHEEL, "", evidence) for name in names]


def said(
    files: dict[str, str], *installed: str, start: str = "gunicorn app:app"
) -> list[tuple[str, str | None, Confidence]]:
    texts: dict[str, str | bytes] = {
        "requirements.txt": "".join(f"{name}==1.0\n" for name in installed),
        ".python-version": "3.13\n",
        "Procfile": f"web: {start}\n",
        **files,
    }
    found = findings(CHECK, context_of(texts, packages=packages(*installed)))
    return [(item.subject, item.evidence[0].place, item.confidence) for item in found]


def test_a_distribution_that_is_not_installed() -> None:
    files = {"app.py": f"from flask_migrate import Migrate\n{APP}"}
    assert said(files, "flask", "gunicorn") == [("flask_migrate", "app.py:1", Confidence.HIGH)]
    assert said(files, "flask", "gunicorn", "flask-migrate") == []


@pytest.mark.parametrize(
    "line",
    [
        "import json",
        "import unknown_to_the_table",
        "try:\n    import redis\nexcept ImportError:\n    redis = None",
        "def late():\n    import redis",
        "import os\nif os.getenv('CACHE'):\n    import redis",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import redis",
        "import helpers",
    ],
)
def test_what_is_there_or_may_be_absent_is_not_told(line: str) -> None:
    assert said({"app.py": f"{line}\n{APP}", "helpers.py": ""}, "flask", "gunicorn") == []


def test_a_distribution_of_another_name_may_bring_it() -> None:
    assert said({"app.py": f"import cv2\n{APP}"}, "flask", "gunicorn", "opencv-contrib-python") == []
    assert said({"app.py": f"import redis\n{APP}"}, "flask", "gunicorn", "our-redis-fork") == []


def test_a_module_of_the_project_outside_of_the_module_path() -> None:
    files = {"src/backend/app.py": f"import models\n{APP}", "src/backend/models.py": "", "src/backend/__init__.py": ""}
    start = "gunicorn backend.app:app --chdir src"
    assert said(files, "flask", "gunicorn", start=start) == [("models", "src/backend/app.py:1", Confidence.MEDIUM)]
    assert said(files, "flask", "gunicorn", start="gunicorn app:app --chdir src/backend") == []
    assert said(files, "flask", "gunicorn", start=f"PYTHONPATH=src/backend {start}") == []


def test_a_command_that_installs_it_is_believed() -> None:
    files = {"app.py": f"import redis\n{APP}"}
    assert said(files, "flask", "gunicorn", start="pip install redis && gunicorn app:app") == []


def test_without_knowing_what_is_installed_nothing_is_said_for_sure() -> None:
    texts: dict[str, str | bytes] = {
        "requirements.txt": "flask\n",
        ".python-version": "3.13\n",
        "Procfile": "web: gunicorn app:app\n",
        "app.py": f"import redis\n{APP}",
    }
    (skipped,) = CHECK.run(context_of(texts))
    assert isinstance(skipped, Skipped)
    assert "redis" in skipped.reason


def test_the_rows_are_names() -> None:
    modules = rows("imports")["imports"]["modules"]
    assert all(name.isidentifier() for name in modules)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", each) for names in modules.values() for each in names)
