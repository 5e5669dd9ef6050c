"""Environment variables, in the words of every library."""

from __future__ import annotations

import pytest

from trueup.model.project import Project
from trueup.sourcecode import code_facts
from trueup.sourcecode.environment import EnvironmentVariable


def variables(text: str, **files: str) -> dict[str, EnvironmentVariable]:
    texts = {"main.py": text} | {f"{name}.py": content for name, content in files.items()}
    return {v.name: v for v in code_facts(Project.from_texts(texts), start="python main.py").variables}


@pytest.mark.parametrize(
    ("text", "required", "default"),
    [
        ('import os\nA = os.environ["NAME"]', True, None),
        ('from os import environ as e\nA = e["NAME"]', True, None),
        ('import os\nA = os.getenv("NAME")', False, None),
        ('import os\nA = os.environ.get("NAME", "x")', False, "x"),
        ('import os\nA = os.getenv("NAME") or "x"', False, None),
        ('import os\nA = os.getenv("NAME")\nif not A:\n    raise RuntimeError', True, None),
        ('import os\nimport sys\nA = os.getenv("NAME")\nif A is None:\n    sys.exit(1)', True, None),
        ('import os\ntry:\n    A = os.environ["NAME"]\nexcept KeyError:\n    A = ""', False, None),
        ('import os\nA = int(os.getenv("NAME"))', True, None),
        ('import os\nA = float(os.environ.get("NAME", None))', True, None),
        ('import os\nA = os.getenv("NAME").split(",")', True, None),
        ('import os\nA = int(os.getenv("NAME", "3"))', False, "3"),
        ('import os\nA = int(os.getenv("NAME") or 0)', False, None),
        ('import os\nA = int(os.getenv("NAME")) if os.getenv("NAME") else 0', False, None),
        ('import os\nA = os.getenv("NAME") and int(os.getenv("NAME"))', False, None),
        ('import os\ntry:\n    A = int(os.getenv("NAME"))\nexcept TypeError:\n    A = 0', False, None),
        ('import os\ntry:\n    A = int(os.getenv("NAME"))\nexcept ValueError:\n    A = 0', True, None),
        ('import os\nA = str(os.getenv("NAME"))', False, None),
        ('import os\nif "NAME" in os.environ:\n    A = os.environ["NAME"]', False, None),
        ('from decouple import config\nA = config("NAME")', True, None),
        ('from decouple import config\nA = config("NAME", default="x")', False, "x"),
        ('from environs import Env\nenv = Env()\nA = env.str("NAME")', True, None),
        ('from environs import env\nA = env.int("NAME", 3)', False, "3"),
        ('import environ\nenv = environ.Env(NAME=(bool, False))\nA = env("NAME")', False, "False"),
        ('import environ\nenv = environ.Env()\nA = env("NAME")', True, None),
        ('from starlette.config import Config\nconfig = Config(".env")\nA = config("NAME", cast=bool)', True, None),
        ('from starlette.config import Config\nconfig = Config()\nA = config("NAME", default="x")', False, "x"),
        (
            (
                "from dynaconf import Dynaconf, Validator\n"
                'Dynaconf(envvar_prefix=False, validators=[Validator("name", must_exist=True)])'
            ),
            True,
            None,
        ),
    ],
)
def test_required_and_default(text: str, required: bool, default: str | None) -> None:
    found = variables(text)["NAME"]
    assert (found.required, found.default) == (required, default)


def test_settings_of_pydantic() -> None:
    found = variables(
        "from typing import ClassVar, Optional\n"
        "from pydantic import AliasChoices, Field\n"
        "from pydantic_settings import BaseSettings, SettingsConfigDict\n"
        "class Base(BaseSettings):\n"
        "    model_config = SettingsConfigDict(env_prefix='APP_', env_file='.env')\n"
        "    url: str\n"
        "class Settings(Base):\n"
        "    model_config = SettingsConfigDict(env_prefix='APP_')\n"
        "    maybe: Optional[str]\n"
        "    token: str = Field(validation_alias=AliasChoices('TOKEN', 'OLD_TOKEN'))\n"
        "    size: int = Field(default=5, ge=1)\n"
        "    made: list[str] = Field(default_factory=list)\n"
        "    needed: str = Field(..., min_length=8)\n"
        "    kind: ClassVar[str] = 'x'\n"
        "    _private: str\n"
        "settings = Settings()\n"
    )
    required = {name for name, variable in found.items() if variable.required}
    assert required == {"APP_URL", "APP_MAYBE", "TOKEN", "APP_NEEDED"}
    assert found["TOKEN"].aliases == ("OLD_TOKEN",)
    assert found["APP_SIZE"].default == "5"
    assert found["APP_NEEDED"].hints == ("at least 8 characters",)
    assert not {"APP_KIND", "APP__PRIVATE"} & found.keys()


def test_pydantic_1_makes_optional_fields_optional() -> None:
    text = (
        "from typing import Optional\nfrom pydantic import BaseSettings\n"
        "class S(BaseSettings):\n    a: Optional[str]\n    b: str\n    class Config:\n        env_prefix = 'x_'\nS()\n"
    )
    assert {name: v.required for name, v in variables(text).items()} == {"X_A": False, "X_B": True}


def test_a_class_that_nothing_makes_asks_for_nothing() -> None:
    assert not variables("from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    a: str\n")


def test_settings_made_in_a_function_of_another_module() -> None:
    config = (
        "import base64\nfrom functools import lru_cache\nfrom pydantic_settings import BaseSettings\n"
        "class S(BaseSettings):\n    key: str\n    port: int = 80\n@lru_cache\ndef get() -> S:\n    return S()\n"
    )
    found = variables("import base64\nfrom config import get\nraw = base64.b64decode(get().key)\n", config=config)
    assert found["KEY"].required
    assert found["KEY"].at_start
    assert found["KEY"].hints == ("base64",)
    assert found["PORT"].from_platform


def test_secrets_are_masked() -> None:
    found = variables(
        'import os\nA = os.getenv("API_TOKEN", "abc123secret")\nB = os.getenv("URL", "postgres://u:pw@h/d")'
    )
    assert found["API_TOKEN"].default == "***"
    assert found["URL"].default == "***"
    assert not any("abc123secret" in e.text or "pw@" in e.text for v in found.values() for e in v.evidence)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("DATABASE_URL", "database"),
        ("REDIS_URL", "redis"),
        ("CELERY_BROKER_URL", "broker"),
        ("PORT", "port"),
        ("SECRET_KEY", "secret"),
        ("FRONTEND_URL", "url"),
        ("DEBUG", "boolean"),
        ("GREETING", "text"),
        ("DEFAULT_FROM_EMAIL", "email"),
        ("MAIL_FROM", "email"),
        ("EMAIL_BACKEND", "text"),
        ("EMAIL_HOST_USER", "text"),
        ("EMAIL_USE_TLS", "boolean"),
        ("TWILIO_FROM", "text"),
    ],
)
def test_kinds(name: str, kind: str) -> None:
    assert variables(f'import os\nA = os.environ["{name}"]')[name].kind == kind


def test_what_no_start_reaches_is_left_out() -> None:
    assert not variables("x = 1", other='import os\nA = os.environ["NAME"]')
