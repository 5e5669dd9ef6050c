"""Which settings a Django service runs with: those that the platform is told, or may be told, before the code's own."""

from __future__ import annotations

import pytest

from tests.checks._contexts import context_of

WSGI = (
    "import os\nfrom django.core.wsgi import get_wsgi_application\n"
    "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site.settings{}')\napplication = get_wsgi_application()\n"
)
BLUEPRINT = """\
services:
  - type: web
    name: api
    runtime: python
    startCommand: gunicorn site.wsgi
    envVars:
      - key: DJANGO_SETTINGS_MODULE
        {}
"""
BASE = "import os\nINSTALLED_APPS = []\nROOT_URLCONF = 'site.urls'\nSECRET_KEY = os.environ['SECRET_KEY']\n"


def settings_of(default: str, told: str, package: str = "") -> set[str]:
    """The settings modules that are looked at."""
    texts: dict[str, str | bytes] = {
        "site/__init__.py": "",
        "site/wsgi.py": WSGI.format(default),
        "site/settings/__init__.py": package,
        "site/settings/base.py": BASE,
        "site/settings/dev.py": "from .base import *\nDEBUG = True\n",
        "site/settings/prod.py": "from .base import *\n",
        "requirements.txt": "django\ngunicorn\n",
        "render.yaml": BLUEPRINT.format(told),
    }
    found = context_of(texts, builder="render-native").code.reach.all
    return {path.rpartition("/")[2].removesuffix(".py") for path in found if path.startswith("site/settings/")}


@pytest.mark.parametrize(
    ("default", "told", "expected"),
    [
        (".dev", "value: site.settings.prod", {"base", "prod"}),
        (".dev", "sync: false", {"base", "dev"}),
        ("", "value: site.settings.dev", {"base", "dev"}),
        ("", "value: site.settings.of_another_place", {"__init__", "base", "prod"}),
        ("", "sync: false", {"__init__", "base", "prod"}),
    ],
)
def test_what_the_platform_is_told_outranks_the_default(default: str, told: str, expected: set[str]) -> None:
    assert settings_of(default, told) - {"__init__"} == expected - {"__init__"}


def test_a_package_that_chooses_itself_is_left_alone() -> None:
    assert settings_of("", "sync: false", "from .dev import *\n") == {"__init__", "base", "dev"}
