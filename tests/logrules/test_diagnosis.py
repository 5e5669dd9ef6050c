"""What the engine makes of whole logs: contexts, decoys, success, secrets, broken and giant input."""

from __future__ import annotations

import random
import time

import pytest

from trueup.diagnose import confirmed_by_index, diagnose, pointed_at_project, proves_python
from trueup.logrules._clean import clean
from trueup.logrules._engine import rules
from trueup.logrules._reader import HEAD_LINES, TAIL_LINES, read_log
from trueup.logrules._redact import redact
from trueup.model.diagnosis import Diagnosis
from trueup.model.project import Project

LIGHTHOUSE = """\
==> Cloning from https://github.com/me/lighthouse
==> Checking out commit 7fd4bbbce2cbbe219167e24e909c78f834476ca6 in branch main
==> Using Python version 3.14.3 (default)
==> Docs on specifying a Python version: https://render.com/docs/python-version
==> Running build command 'pip install -r requirements.txt'...
Collecting pydantic==2.9.2 (from -r requirements.txt (line 3))
  Downloading pydantic-2.9.2-py3-none-any.whl.metadata (149 kB)
Collecting pydantic-core==2.23.4 (from pydantic==2.9.2->-r requirements.txt (line 3))
  Downloading pydantic_core-2.23.4.tar.gz (402 kB)
  Preparing metadata (pyproject.toml): finished with status 'error'
  error: subprocess-exited-with-error
      warning: failed to write cache, path: /usr/local/cargo/registry/index/x/ah/as/ahash, error: Read-only file system (os error 30)
      error: failed to create directory `/usr/local/cargo/registry/cache/x-1949cf8c6b5b557f`
      Caused by:
        Read-only file system (os error 30)
      💥 maturin failed
error: metadata-generation-failed
==> Build failed 😞
"""  # noqa: E501

GUNICORN_KILLED = """\
[2026-01-05 10:00:01 +0000] [7] [INFO] Booting worker with pid: 9
[2026-01-05 10:00:31 +0000] [7] [CRITICAL] WORKER TIMEOUT (pid:9)
[2026-01-05 10:00:32 +0000] [7] [ERROR] Worker (pid:9) was sent SIGKILL! Perhaps out of memory?
"""


def diagnosis_of(text: str) -> Diagnosis:
    return diagnose([text.encode()])


def root(text: str) -> str | None:
    causes = diagnosis_of(text).causes
    return causes[0].rule if causes else None


def test_lighthouse_is_told_as_a_chain_in_order() -> None:
    diagnosis = diagnosis_of(LIGHTHOUSE)
    assert (diagnosis.platform, diagnosis.builder) == ("render", "render-native")
    assert (diagnosis.phase, diagnosis.python) == ("install", "3.14")
    cause = diagnosis.causes[0]
    assert (cause.rule, cause.package, cause.version) == ("cargo-read-only", "pydantic-core", "2.23.4")
    told = cause.explanation
    order = ["Python 3.14.3 by default", "no wheel of pydantic-core 2.23.4", "Rust", "read-only", "failed"]
    assert [told.index(words) for words in order] == sorted(told.index(words) for words in order)
    assert {3, 9, 13} <= {line.number for line in cause.evidence}
    assert len(diagnosis.causes) == 1


@pytest.mark.parametrize(
    "prefix",
    [
        "2026-06-29T08:54:22.083607264Z ",
        "Apr 18 05:56:26 PM  ",
        "[12:34:56.789] ",
        "2026-06-29 08:54:22,123 ",
        "#12 3.456 ",
        "\x1b[36m",
        "build\tRun pip\t2026-06-29T08:54:22.0836072Z ",
        "2026-06-29T08:54:22.083607+00:00 app[web.1]: ",
        "web-1  | ",
        "remote:        ",
        "> ",
        "[91m",
    ],
)
def test_prefixes_do_not_hide_a_cause(prefix: str) -> None:
    lines = ["Collecting asyncpg==0.29.0", "error: command 'gcc' failed: No such file or directory"]
    diagnosis = diagnosis_of("\n".join(f"{prefix}{line}\x1b[0m\r" for line in lines))
    assert [(c.rule, c.package, c.version) for c in diagnosis.causes] == [("missing-compiler", "asyncpg", "0.29.0")]
    assert diagnosis.causes[0].evidence[0].text == lines[1]


@pytest.mark.parametrize(
    ("text", "platform", "builder"),
    [
        ("==> Using Python version 3.13.4 (default)", "render", "render-native"),
        ("using build driver railpack-v0.24.0\n│ Railpack 0.24.0 │", "railway", "railpack"),
        ("╔══════════════ Nixpacks v1.41.0 ══════════════╗", "railway", "nixpacks"),
        ("-----> Building on the Heroku-24 stack\n-----> Python app detected", "heroku", "heroku-classic"),
        ("===> DETECTING\nheroku/python 2.1.0\n[Determining Python version]", "heroku", "heroku-cnb"),
        ("#1 [internal] load build definition from Dockerfile", "docker", "dockerfile"),
        ("Running build in Washington, D.C., USA (East) – iad1\nVercel CLI 33.0.1", "vercel", "vercel"),
        ("Current runner version: '2.311.0'\n##[group]Run actions/checkout@v4", "github-actions", None),
        ('scheduling build on Metal builder "x"\nload build definition from Dockerfile', "railway", "dockerfile"),
        ("Collecting flask", None, None),
    ],
)
def test_platform_and_builder_are_recognised(text: str, platform: str | None, builder: str | None) -> None:
    diagnosis = diagnosis_of(text)
    assert (diagnosis.platform, diagnosis.builder) == (platform, builder)


@pytest.mark.parametrize(
    "line",
    [
        "==> Build succeeded 🎉",
        "==> Starting service…",
        "==> Using Python version 3.11 (from runtime.txt)",
        "Using Python version 3.11 (from runtime.txt)",
        "==> Using Python version 3.11.9 via .python-version",
        "==> Requesting Python version 3.11",
        "==> Health check passed",
        "==> Installing dependencies...",
        "==> Build failed",
        "==> Deploy failed",
    ],
)
def test_lines_that_no_platform_prints_prove_nothing(line: str) -> None:
    diagnosis = diagnosis_of(f"{line}\n{line}\n")
    assert (diagnosis.platform, diagnosis.python, diagnosis.succeeded) == (None, None, False)
    assert diagnosis.causes == ()
    assert not proves_python(diagnosis, "3.11")


def test_a_worker_timeout_is_no_lack_of_memory() -> None:
    assert root(GUNICORN_KILLED) == "worker-timeout"
    without_timeout = "\n".join(line for line in GUNICORN_KILLED.splitlines() if "TIMEOUT" not in line)
    assert root(without_timeout) == "out-of-memory"


def test_passlibs_trapped_warning_is_not_the_cause() -> None:
    trapped = (
        "(trapped) error reading bcrypt version\nTraceback (most recent call last):\n  File"
        ' "/app/.venv/lib/python3.12/site-packages/passlib/handlers/bcrypt.py", line 620, in'
        " _load_backend_mixin\nAttributeError: module 'bcrypt' has no attribute '__about__'\n"
    )
    assert root(trapped + "INFO:     Application startup complete.\n") is None
    fatal = trapped + "ValueError: password cannot be longer than 72 bytes, truncate manually if necessary\n"
    cause = diagnosis_of(fatal).causes[0]
    assert (cause.rule, cause.package) == ("dependency-incompatible-at-start", "passlib")
    assert "72" in cause.evidence[0].text


def test_what_pip_ignored_often_belongs_to_another_package() -> None:
    ignored = (
        "ERROR: Ignored the following versions that require a different python version: 1.7.0 Requires-Python"
        " >=3.7,<3.10\n"
    )
    wanted = "ERROR: Could not find a version that satisfies the requirement pywin32==305 (from versions: none)\n"
    assert root(ignored + wanted) == "platform-only-package"


def test_poetrys_closing_note_is_not_the_cause() -> None:
    text = (
        "  - Installing greenlet (2.0.2): Failed\n  ChefBuildError\n"
        "  error: command 'gcc' failed: No such file or directory\n"
        "Note: This error originates from the build backend, and is likely not a problem with poetry but with"
        " greenlet (2.0.2) not supporting PEP 517 builds.\n"
    )
    cause = diagnosis_of(text).causes[0]
    assert (cause.rule, cause.package, cause.version) == ("missing-compiler", "greenlet", "2.0.2")


def test_the_phase_decides_what_a_refused_connection_means() -> None:
    refused = 'psycopg2.OperationalError: connection to server at "localhost", port 5432 failed: Connection refused\n'
    assert root(f"#9 [5/5] RUN python manage.py migrate\n#9 1.2 {refused}") == "migrate-at-build"
    assert root(f"==> Running 'gunicorn shop.wsgi'\n{refused}") == "service-connection-refused"


def test_unhealthy_is_an_effect() -> None:
    crash = (
        'Starting Container\n  File "/app/main.py", line 1, in <module>\nModuleNotFoundError: No module named'
        " 'dotenv'\n"
    )
    probe = (
        "Attempt #1 failed with service unavailable. Continuing to retry for 29s\n1/1 replicas never became healthy!\n"
    )
    assert root(crash + probe) == "missing-dependency"
    assert root(probe) == "health-check-failed"


def test_live_is_not_the_end() -> None:
    live = (
        "==> Using Python version 3.11.9 via /opt/render/project/src/.python-version\n"
        "Successfully installed flask-3.0.0\n==> Build successful 🎉\n==> Running 'python app.py'\n"
        "==> Your service is live 🎉\n"
    )
    assert diagnosis_of(live).succeeded
    again = live + "==> New primary port detected: 10000. Restarting deploy to update network configuration...\n"
    assert not diagnosis_of(again).succeeded
    assert diagnosis_of(again).doubts
    warned = live + "==> No open HTTP ports detected on 0.0.0.0, continuing to scan...\n"
    assert not diagnosis_of(warned).succeeded


def test_a_build_that_installs_nothing_is_no_success() -> None:
    diagnosis = diagnosis_of("==> Running build command 'echo ok'...\n==> Build successful 🎉\n")
    assert not diagnosis.succeeded
    assert diagnosis.causes == ()
    assert "anything was installed" in diagnosis.doubts[0]


def test_a_failure_that_a_later_success_takes_back_is_no_cause() -> None:
    text = (
        "  error: command 'gcc' failed: No such file or directory\n  ERROR: Failed building wheel for markupsafe\n "
        " Running setup.py install for markupsafe: finished with status 'done'\nSuccessfully installed"
        " markupsafe-1.1.1\n"
    )
    assert diagnosis_of(text).causes == ()
    assert root(text + "      error: command 'gcc' failed: No such file or directory\n") == "missing-compiler"


def test_an_opaque_log_gives_no_confident_cause() -> None:
    opaque = diagnosis_of("something happened\nProcess completed with exit code 1.\n")
    assert opaque.causes == ()
    assert not opaque.succeeded
    assert opaque.look_for
    vague = diagnosis_of("[ERROR] Reason: Worker failed to boot.\n")
    assert [cause.confidence.value for cause in vague.causes] == ["low"]


def test_wrapped_text_is_joined_again() -> None:
    text = (
        "ERROR: Could not find a version that satisfies the require\nment pywin32==306 (from versions: none) and so"
        " it ends he\nre\nERROR: No matching distribution found for pywin32==306 yes\n"
    )
    cause = diagnosis_of(text).causes[0]
    assert (cause.rule, cause.package, cause.version) == ("platform-only-package", "pywin32", "306")


def test_what_proves_a_python() -> None:
    diagnosis = diagnosis_of("==> Using Python version 3.11.9 via /opt/render/project/src/.python-version\n")
    assert proves_python(diagnosis, "3.11")
    assert proves_python(diagnosis, "3.11.9")
    assert not proves_python(diagnosis, "3.11.8")
    assert not proves_python(diagnosis, "3.1")
    assert proves_python(diagnosis_of("Downloading x-1.0-cp312-cp312-manylinux_2_17_x86_64.whl\n"), "3.12")
    assert not proves_python(diagnosis_of("Collecting flask\n"), "3.12")
    changed = "python  │  3.11.9  │  runtime.txt (3.11.9)\nmise python@3.13.1 ✓ installed\n"
    assert not proves_python(diagnosis_of(changed), "3.11")


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("DATABASE_URL=postgres://shop:hunter2@db.example/shop", "hunter2"),
        ("Cloning https://ghp_abcdefghijklmnopqrstuvwxyz0123@github.com/me/x.git", "ghp_abc"),
        ("OPENAI_API_KEY=sk-abcdefghijklmnopqrstuvwx", "sk-abc"),
        ("secret_key: 's3cr3t-value-here'", "s3cr3t"),
        ('{"password": "hunter2hunter2"}', "hunter2"),
        ("Authorization: Bearer abcdef0123456789abcdef", "abcdef0123"),
        ("Field required [type=missing, input_value={'jwt_secret': 'abc123xyz'}, input_type=dict]", "abc123xyz"),
        ("AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AKIAIOSF"),
        ("--token=abcdefghijk", "abcdefghijk"),
        ("STRIPE_WEBHOOK_SECRET=whsec_1234567890", "whsec_1234567890"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "eyJzdWIi"),
    ],
)
def test_secrets_are_not_repeated(text: str, secret: str) -> None:
    assert secret not in redact(text)
    log = f"{text}\n  KeyError: {text}\n==> Exited with status 1\nKeyError: 'SECRET_KEY' {text}\n"
    diagnosis = diagnosis_of(
        f"    x = os.environ['A_B']\n{log}ValueError: invalid literal for int() with base 10: '{text}' PORT\n"
    )
    assert secret not in repr(diagnosis)


@pytest.mark.parametrize(
    "text", ["KeyError: 'SECRET_KEY'", "Token is invalid", "password cannot be longer than 72 bytes"]
)
def test_words_about_secrets_stay(text: str) -> None:
    assert redact(text) == text


def test_binary_junk_and_invalid_utf_8_are_survived() -> None:
    junk = random.Random(7).randbytes(400_000)
    diagnosis = diagnose([junk, b"\nerror: command 'gcc' failed: No such file or directory\n", b"\xff\xfe\x00", junk])
    assert "missing-compiler" in [cause.rule for cause in diagnosis.causes]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_other_encodings_are_read(encoding: str) -> None:
    data = "Collecting x\nerror: externally-managed-environment\n".encode(encoding)
    assert [cause.rule for cause in diagnose([data]).causes] == ["externally-managed"]


def test_empty_logs() -> None:
    for data in ([], [b""], [b"\n\n"], [b"\0" * 100]):
        diagnosis = diagnose(data)
        assert diagnosis.causes == ()
        assert not diagnosis.succeeded


def test_a_cause_in_the_middle_of_a_giant_log_is_found() -> None:
    noise = [b"copying lib/module_%d.py -> build/lib" % number for number in range(60_000)]
    noise[30_000] = b"      error: command 'gcc' failed: No such file or directory"
    log = read_log([b"\n".join(noise)])
    assert log.total == 60_000
    assert len(log) < HEAD_LINES + 2 * TAIL_LINES + 2000
    diagnosis = diagnose([b"\n".join(noise)])
    assert [(cause.rule, cause.evidence[0].number) for cause in diagnosis.causes] == [("missing-compiler", 30_001)]


def test_an_endless_line_is_cut() -> None:
    log = read_log(b"x" * (1 << 20) for _ in range(20))
    assert len(log) == 1
    assert len(log.text(0)) < 20_000


@pytest.mark.parametrize("rule", rules().values(), ids=list(rules()))
def test_no_pattern_backtracks_catastrophically(rule: object) -> None:
    """Lines that are built to make expressions retry: many starts, no end."""
    seeds = ["a", "'", '"', "x.", "/a", "1.", "A_", " ", "(", "error: ", "-", 'File "', "==", "│ ", "\\x00"]
    begin = time.perf_counter()
    for way in rule.patterns:  # type: ignore[attr-defined]
        for seed in seeds:
            text = (way.literal + seed * (3500 // len(seed)))[:4000]
            way.regex.search(text)
            way.regex.search(text[::-1])
    assert time.perf_counter() - begin < 0.05 * max(20, len(rule.patterns) * len(seeds))  # type: ignore[attr-defined]


def test_cleaning_does_not_backtrack() -> None:
    begin = time.perf_counter()
    for seed in ("[", "\x1b[", "2026-", "a ", "a-", "0.", "a\t", "\x1b]", "=", "key=", "://", "a" * 100):
        redact(clean(seed * (4000 // len(seed))))
    assert time.perf_counter() - begin < 2


def test_the_project_is_pointed_at() -> None:
    project = Project.from_texts(
        {"backend/requirements.txt": "fastapi==0.115.0\npydantic_core==2.23.4\n", "backend/.python-version": "3.14\n"}
    )
    cause = pointed_at_project(diagnosis_of(LIGHTHOUSE), project).causes[0]
    assert [pointer.place for pointer in cause.pointers] == [
        "backend/requirements.txt:2",
        "backend/.python-version:1",
    ]
    assert cause.repair
    assert "trueup fix" in cause.repair


def test_nothing_is_confirmed_without_an_answer() -> None:
    class Silent:
        def releases(self, _names: object) -> dict[str, object]:
            return {}

    diagnosis = diagnosis_of(LIGHTHOUSE)
    assert confirmed_by_index(diagnosis, Silent()) == diagnosis  # type: ignore[arg-type]
