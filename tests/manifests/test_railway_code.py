"""The literal parts of .railway/railway.ts and .py: values with their lines, and what is decided when it is run."""

from __future__ import annotations

import time

import pytest

from trueup.manifests._railway_code import DeclaredService, declared_services
from trueup.manifests._typescript_literals import Unread, calls
from trueup.model.project import SourceFile


def of(text: str, path: str = ".railway/railway.ts") -> tuple[DeclaredService, ...]:
    return declared_services(SourceFile(path, text.encode()))


WEB = """\
import { defineRailway, github, project, service } from "railway/iac";
const START = "pnpm start"; // service("no", {})
export default defineRailway((ctx) => {
  const prod = ctx.environment === "production"
  const web = service("web", {
    source: github("acme/shop", { branch: "main", rootDirectory: "/apps/web" }),
    build: { builder: "DOCKERFILE", "watchPatterns": ["a/**", 'b'] },
    start: START,
    healthcheckTimeout: 1_0,
    replicas: prod ? 3 : 1,
    deploy: { startCommand: "outranked", restartPolicyType: "NEVER", cronSchedule: null },
    env: { KEY: preserve() },
  });
  const worker = service('worker', { start: `celery \\u002dA x`, ...rest })
  return project("shop", { resources: [web, worker] });
});
"""


def test_what_a_typescript_file_says() -> None:
    web, worker = of(WEB)
    assert (web.name, web.line, web.root_dir, web.image) == ("web", 5, "apps/web", False)
    assert web.values == {
        ("deploy", "startCommand"): ("pnpm start", 8),
        ("deploy", "healthcheckTimeout"): (10, 9),
        ("deploy", "restartPolicyType"): ("NEVER", 11),
        ("build", "builder"): ("DOCKERFILE", 7),
        ("build", "watchPatterns"): (["a/**", "b"], 7),
    }
    assert web.unread == (("replicas", 10),)
    assert worker.values == {("deploy", "startCommand"): ("celery -A x", 14)}
    assert worker.unread == (("what is spread into it", 14),)


def test_what_a_python_file_says() -> None:
    text = (
        "from railway_sdk import define_railway, github, service\n\n\n@define_railway\ndef main(ctx=None):\n"
        "    return service('web', source=github('a/b', rootDirectory='api'), start='gunicorn app:app',\n"
        "                   build='make', deploy={'numReplicas': count()})\n"
    )
    (web,) = of(text, ".railway/railway.py")
    assert (web.name, web.root_dir) == ("web", "api")
    assert web.values == {("deploy", "startCommand"): ("gunicorn app:app", 6), ("build", "buildCommand"): ("make", 7)}
    assert web.unread == (("deploy.numReplicas", 7),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('service("a", { start: on ? "x" : "y" })', [("start", 1)]),
        ('service("a", { start: "x" + y })', [("start", 1)]),
        ('service("a", { start: `x ${y}` })', [("start", 1)]),
        ('service("a", { start: x.y })', [("start", 1)]),
        ('service("a", { start: f("x") })', [("start", 1)]),
        ('const s = "x"; const s = "y"; service("a", { start: s })', [("start", 1)]),
        ('service("a", settings)', [("every field", 1)]),
        ('service("a", { deploy })', [("deploy", 1)]),
    ],
)
def test_what_is_decided_when_the_file_is_run_is_not_guessed(text: str, expected: list[tuple[str, int]]) -> None:
    (found,) = of(text)
    assert found.values == {}
    assert list(found.unread) == expected


def test_a_name_that_is_no_literal_gives_no_service_and_an_image_is_told() -> None:
    assert of("service(name, { start: 'x' })") == ()
    assert of('x.service("a", {})') == ()
    (found,) = of('service("a", { source: image("redis:8") })')
    assert found.image


@pytest.mark.parametrize(
    "text",
    [
        "service(",
        'service("a", {',
        "service(" * 5000,
        "{" * 5000,
        '"',
        "`${",
        "/*",
        'service("a", { "\\u{ffffff}": 1 })',
        "\0",
    ],
)
def test_broken_files_end(text: str) -> None:
    """Whatever the file holds, something is answered, and soon."""
    assert isinstance(of(text), tuple)
    assert of(text, ".railway/railway.py") is not None
    assert of(text, ".railway/railway.go") == ()


@pytest.mark.parametrize("part", ["service(", 'service("a",{', "const a = [", "/*", "a:"])
def test_hostile_files_are_read_in_bounded_time(part: str) -> None:
    start = time.process_time()
    of((part * 400_000)[:399_999])
    assert time.process_time() - start < 10


def test_nested_calls_are_found_each_once() -> None:
    found = list(calls('group("x", [service("a"), service("b", { n: -1 })])', frozenset({"service"})))
    assert [call.arguments[0] for call in found] == ["a", "b"]
    assert isinstance(found[1].arguments[1].values["n"], Unread)
