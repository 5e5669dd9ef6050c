"""`trueup env`: what is listed, what is written, what is wrong with a .env; and that no value is ever shown."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import jsonschema
import pytest

from trueup.cli.main import main
from trueup.manifests import dotenv
from trueup.model.finding import Finding, Severity
from trueup.model.plan import PlanContext
from trueup.model.project import Project, SourceFile
from trueup.pipeline import Choice, code_of, predict
from trueup.variables import ServiceVariables, service_variables
from trueup.variables.example import example_edits, new_example
from trueup.variables.judging import judge_file

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = """
import base64
from pydantic import field_validator
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str
    secret_key: str
    encryption_key: str
    session_token: str = "a-fixed-fallback-nobody-may-see"
    debug: bool = False
    workers_limit: int = 2
    frontend_url: str = "http://localhost:3000"
    motto: str = "true north # up"
    port: int = 8000

    @field_validator("encryption_key")
    def right_size(cls, value):
        if len(base64.b64decode(value)) != 32:
            raise ValueError("32 bytes")
        return value


settings = Settings()
"""
FILES = {
    "Procfile": "web: uvicorn main:app --host 0.0.0.0 --port $PORT\n",
    "requirements.txt": "fastapi\nuvicorn\npydantic-settings\n",
    "main.py": "from fastapi import FastAPI\nfrom settings import settings\napp = FastAPI()\n",
    "settings.py": SETTINGS,
    ".gitignore": ".env\n",
}
KEY = base64.b64encode(bytes(range(32))).decode()
GOOD = f"DATABASE_URL=postgresql://me:pa55word@db/app\nSECRET_KEY=kjh34kjhsd98f7\nENCRYPTION_KEY={KEY}\n"


def group_of(files: dict[str, str]) -> tuple[Project, ServiceVariables]:
    project = Project.from_texts(files)
    context = PlanContext(on="2026-11-20")
    predictions = predict(project, context, Choice(platforms=("railway",), builders=("railpack",)))
    (group,) = service_variables(predictions, code_of(project, predictions, context))
    return project, group


def judged(text: str, files: dict[str, str] | None = None) -> tuple[Finding, ...]:
    project, group = group_of(FILES | (files or {}))
    data = text.encode()
    return judge_file(project, group, SourceFile("elsewhere.env", data, len(data)))


def test_variables_are_required_optional_or_given() -> None:
    _, group = group_of(FILES)
    assert [use.name for use in group.required] == ["DATABASE_URL", "ENCRYPTION_KEY", "SECRET_KEY"]
    assert [use.name for use in group.from_platform] == ["PORT"]
    optional = {use.name: use.default for use in group.optional}
    assert optional["FRONTEND_URL"] == "http://localhost:3000"
    assert optional["SESSION_TOKEN"] is None


def test_services_that_share_a_root_are_one_list() -> None:
    worker = "worker: python worker.py\n"
    files = FILES | {
        "Procfile": FILES["Procfile"] + worker,
        "worker.py": "import os\nos.environ['MOTTO']\nos.environ['QUEUE']\n",
    }
    project = Project.from_texts(files)
    context = PlanContext(on="2026-11-20")
    predictions = predict(project, context, Choice(platforms=("heroku",)))
    groups = service_variables(predictions, code_of(project, predictions, context))
    (group,) = groups
    uses = {use.name: use for use in group.variables}
    assert uses["MOTTO"].variable.required, "one service cannot do without it"
    assert {item.path for item in uses["MOTTO"].variable.evidence} == {"worker.py", "settings.py"}
    assert uses["QUEUE"].variable.required


def test_an_example_names_everything_and_no_secret() -> None:
    _, group = group_of(FILES)
    text = new_example(group)
    entries = dotenv.parse(SourceFile(".env.example", text.encode()))
    assert not entries.problems
    assert entries.names == {"DATABASE_URL", "ENCRYPTION_KEY", "SECRET_KEY"}
    assert not any(entry.has_value for entry in entries.entries)
    assert "# FRONTEND_URL=http://localhost:3000" in text
    assert "# MOTTO='true north # up'" in text
    assert "# SESSION_TOKEN=\n" in text
    assert "fallback" not in text
    assert "settings.py:10 · secret · 32 bytes, base64" in text


def test_an_example_is_completed_and_never_rewritten() -> None:
    before = "# ours\r\nDATABASE_URL=\r\n#DEBUG=1\r\nSECRET_KEY=keep this\r\n"
    project, group = group_of(FILES | {".env.example": before})
    path, edits = example_edits(project, group)
    data = edits[0].content or b""
    assert path == ".env.example"
    assert len(edits) == 1
    assert edits[0].start == edits[0].end == len(before)
    assert b"ENCRYPTION_KEY=\r\n" in data
    assert b"DEBUG" not in data
    assert b"SECRET_KEY" not in data
    again, group = group_of(FILES | {".env.example": before + data.decode()})
    assert example_edits(again, group)[1] == ()


def test_a_name_that_is_no_name_is_never_written() -> None:
    _, group = group_of(FILES | {"main.py": "import os\napp = 1\nos.environ['A\\nEVIL=1']\nos.environ['GOOD']\n"})
    assert "EVIL" not in new_example(group)
    assert "GOOD=" in new_example(group)


def test_a_fit_environment_has_nothing_wrong() -> None:
    assert judged(GOOD) == ()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("ENCRYPTION_KEY=", "leaves ENCRYPTION_KEY empty"),
        ("ENCRYPTION_KEY=changeme", "still holds a placeholder"),
        ("ENCRYPTION_KEY=no base64 at all!", "is not base64"),
        ("ENCRYPTION_KEY=c2hvcnQ=", "decodes to 5 bytes, and the code wants 32 bytes"),
        ("DATABASE_URL=db.internal/app", "does not begin with a scheme"),
        ("DEBUG=maybe", "neither true nor false"),
        ("WORKERS_LIMIT=many", "is no number"),
        ("FRONTEND_URL=app.internal", "does not begin with a scheme"),
    ],
)
def test_what_is_wrong_is_said_without_the_value(line: str, says: str) -> None:
    name, _, value = line.partition("=")
    kept = [each for each in GOOD.splitlines() if not each.startswith(f"{name}=")]
    (finding,) = judged("\n".join([*kept, line]) + "\n")
    assert says in finding.message
    assert finding.subject == name
    assert finding.severity is (Severity.HIGH if name in GOOD else Severity.MEDIUM)
    assert not value or value not in f"{finding}"


def test_a_missing_variable_is_found_under_a_wrong_name() -> None:
    (finding,) = judged(GOOD.replace("SECRET_KEY=", "SECRETKEY="))
    assert "has no SECRET_KEY" in finding.message
    assert "Is SECRETKEY meant for it?" in finding.hint
    assert finding.evidence[0].line == 2


def test_references_and_lower_case_are_understood() -> None:
    assert judged(GOOD.replace("postgresql://me:pa55word@db/app", "${OTHER_URL}")) == ()
    assert judged(GOOD.replace("SECRET_KEY", "secret_key")) == ()


def test_a_committed_file_with_values_is_said() -> None:
    files = FILES | {".env": GOOD, ".gitignore": "*.pyc\n"}
    project, group = group_of(files)
    (file,) = group.environment_files(project)
    (finding,) = judge_file(project, group, file)
    assert "no .gitignore names it" in finding.message


def test_junk_and_hostile_bytes_are_problems_and_no_traceback() -> None:
    project, group = group_of(FILES)
    for data in (b"\xff\xfe\x00", b"=\n===\n\x00", b"A" * 5000, "ENCRYPTION_KEY=٣".encode(), b"PORT=" + b"9" * 9000):
        found = judge_file(project, group, SourceFile(".env", data, len(data)))
        assert all(finding.evidence for finding in found)


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        folder.joinpath(name).write_text(text)
    return folder


def test_the_command_lists_checks_and_ends_by_the_worst(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = "do-not-show-me-anywhere"
    written(tmp_path, FILES | {".env": GOOD.replace(KEY, secret)})
    assert main(["env", str(tmp_path), "--platform", "railway"]) == 13
    shown = capsys.readouterr()
    assert "ENCRYPTION_KEY is not base64" in shown.out
    assert main(["env", str(tmp_path), "--format", "json"]) == 13
    checked = json.loads(capsys.readouterr().out)
    jsonschema.validate(checked, json.loads((ROOT / "schema" / "env-1.json").read_text("utf-8")))
    assert [item["variable"] for item in checked["files"][0]["findings"]] == ["ENCRYPTION_KEY"]
    assert main(["env", str(tmp_path), "--format", "json", "--no-check"]) == 0
    as_json = capsys.readouterr()
    found = json.loads(as_json.out)
    jsonschema.validate(found, json.loads((ROOT / "schema" / "env-1.json").read_text("utf-8")))
    assert {item["name"] for item in found["services"][0]["variables"]} >= {"DATABASE_URL", "PORT"}
    for text in (shown.out, shown.err, as_json.out, as_json.err):
        assert secret not in text
        assert "pa55word" not in text
        assert "nobody-may-see" not in text


def test_the_command_writes_and_undo_takes_it_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, FILES)
    example = tmp_path / ".env.example"
    assert main(["env", str(tmp_path), "--write", "--dry-run"]) == 0
    assert not example.exists()
    assert main(["env", str(tmp_path), "--write"]) == 0
    assert "DATABASE_URL=" in example.read_text()
    assert main(["env", str(tmp_path), "--write"]) == 0
    assert "nothing to add" in capsys.readouterr().err
    assert main(["undo", str(tmp_path)]) == 0
    assert not example.exists()


def test_a_file_elsewhere_can_be_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, FILES | {"other": "SECRET_KEY=sdkjfh8747\n"})
    assert main(["env", str(tmp_path), "--env-file", str(tmp_path / "other")]) == 13
    assert "has no DATABASE_URL" in capsys.readouterr().out
    assert main(["env", str(tmp_path), "--env-file", str(tmp_path / "missing")]) == 2


def test_what_a_file_gives_is_told_before_the_default(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The default no longer counts where the platform is given a value."""
    files = {
        **FILES,
        "render.yaml": (
            "services:\n  - type: web\n    name: api\n    runtime: python\n"
            "    startCommand: uvicorn main:app --host 0.0.0.0 --port $PORT\n"
            "    envVars:\n      - {key: MOTTO, value: south}\n"
        ),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    main(["env", str(tmp_path), "--platform", "render", "--on", "2026-11-20", "--color", "never"])
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert "given at render.yaml:7" in lines["MOTTO"]
    assert "= http://localhost:3000" in lines["FRONTEND_URL"]
