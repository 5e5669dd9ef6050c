"""The MCP server: what its tools do, what they refuse, and what the official SDK's client sees of them.

The SDK is an optional extra: `./dev test-mcp` runs this file in an environment that has it; elsewhere the tests that
need it are skipped.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from trueup.cli._run import build_parser
from trueup.cli.main import main
from trueup.cli.mcp import CommandRunner, index_options
from trueup.errors import UsageError
from trueup.mcp_server import Tools, make_server

HAS_SDK = find_spec("mcp") is not None
needs_sdk = pytest.mark.skipif(not HAS_SDK, reason="the optional extra mcp is not installed: ./dev test-mcp has it")
LOG = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n"


@pytest.fixture
def projects(root: Path, tmp_path: Path) -> Path:
    """A folder with a copy of an example and a log, and a neighbour that the server may not read."""
    shutil.copytree(root / "examples/lighthouse", tmp_path / "root/lighthouse")
    (tmp_path / "root/build.log").write_text(LOG)
    (tmp_path / "neighbour").mkdir()
    return tmp_path / "root"


def tools(projects: Path, *, may_apply: bool = False) -> Tools:
    return Tools(CommandRunner(["--no-index"]), projects, may_apply)


def test_check_says_what_the_command_says(projects: Path, tmp_path: Path) -> None:
    answer = tools(projects).check("lighthouse", on="2026-11-20", all_packages=True)
    output = tmp_path / "report.json"
    line = ["check", str(projects / "lighthouse"), "--on", "2026-11-20", "--no-index", "--format", "json"]
    assert main([*line, "-o", str(output), "--exit-zero"]) == 0
    assert answer == json.loads(output.read_text("utf-8"))
    assert any(finding["rule"] == "version-file-not-read" for finding in answer["results"][0]["findings"])


def test_only_packages_that_do_not_simply_install_are_listed_by_default() -> None:
    report = {"results": [{"packages": [{"name": "a", "outcome": "wheel"}, {"name": "b", "outcome": "compiles"}]}]}
    brief = Tools(lambda *_: report, Path()).check()
    assert [package["name"] for package in brief["results"][0]["packages"]] == ["b"]
    assert len(Tools(lambda *_: report, Path()).check(all_packages=True)["results"][0]["packages"]) == 2


@pytest.mark.parametrize("given", [{"log": LOG}, {"log_file": "build.log"}])
def test_diagnose_reads_text_and_files(projects: Path, given: dict[str, str]) -> None:
    answer = tools(projects).diagnose(**given, project="lighthouse")
    assert [cause["rule"] for cause in answer["causes"]] == ["no-space"]


def test_diagnose_wants_one_log(projects: Path) -> None:
    with pytest.raises(UsageError, match="either log or log_file"):
        tools(projects).diagnose()
    with pytest.raises(UsageError, match="either log or log_file"):
        tools(projects).diagnose(log=LOG, log_file="build.log")


def test_fix_plans_and_writes_nothing(projects: Path) -> None:
    before = contents(projects)
    answer = tools(projects).fix("lighthouse", platforms=["render"], python="3.11.9")
    assert answer["repairs"], "the plan has no repair"
    assert answer["applied"] == []
    assert contents(projects) == before


def test_fix_applies_only_where_the_server_allows_it(projects: Path) -> None:
    before = contents(projects)
    with pytest.raises(UsageError, match="does not apply"):
        tools(projects).fix("lighthouse", apply=True)
    assert contents(projects) == before
    answer = tools(projects, may_apply=True).fix("lighthouse", platforms=["render"], python="3.11.9", apply=True)
    assert answer["applied"], "nothing was applied"
    assert contents(projects) != before
    assert main(["undo", str(projects / "lighthouse")]) == 0
    assert contents(projects) == before


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of the projects, without trueup's own journal."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".trueup" not in path.parts
    }


@pytest.mark.parametrize("path", ["..", "../neighbour", "/", "lighthouse/../../neighbour", "a\0b"])
def test_nothing_outside_of_the_root_is_read(projects: Path, path: str) -> None:
    for call in (tools(projects).check, tools(projects).fix):
        with pytest.raises(UsageError, match=r"outside|is no path"):
            call(path)
    with pytest.raises(UsageError, match=r"outside|is no path"):
        tools(projects).diagnose(log_file=path)


def test_a_link_out_of_the_root_is_not_followed(projects: Path) -> None:
    (projects / "link").symlink_to(projects.parent / "neighbour")
    with pytest.raises(UsageError, match="outside"):
        tools(projects).check("link")


def test_values_cannot_become_options(projects: Path) -> None:
    with pytest.raises(UsageError):
        tools(projects).check("lighthouse", python="--exit-zero")
    (projects / "--help").mkdir()
    assert tools(projects).check("--help")["results"], "a folder may be named like an option"


def test_rule_explains_and_lists(projects: Path) -> None:
    (found,) = tools(projects).rule("no-wheel")["rules"]
    assert found["sections"]["Why it fails a deployment"]
    assert {rule["command"] for rule in tools(projects).rule()["rules"]} == {"check", "diagnose"}
    with pytest.raises(UsageError, match="no rule"):
        tools(projects).rule("no-wheels")


def test_the_servers_index_options_reach_the_commands() -> None:
    line = ["mcp", "--index-url", "https://index.example/simple", "--find-links", "wheels", "--offline", "--no-index"]
    options = index_options(build_parser("mcp").parse_args(line))
    parsed = build_parser("check").parse_args(["check", *options])
    assert parsed.index_url == "https://index.example/simple"
    assert parsed.find_links == ["wheels"]
    assert parsed.offline
    assert parsed.no_index


@pytest.mark.skipif(HAS_SDK, reason="the optional extra mcp is installed here")
def test_without_the_sdk_it_says_what_to_install(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mcp"]) == 2
    assert "trueup[mcp]" in capsys.readouterr().err


def ask(server: Any, *calls: tuple[str, dict[str, Any]]) -> tuple[Any, list[Any]]:
    """What the SDK's client gets: the list of tools, and the result of each call."""
    from mcp import Client

    async def talk() -> tuple[Any, list[Any]]:
        async with Client(server) as client:
            listed = await client.list_tools()
            return listed.tools, [await client.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(talk())


@needs_sdk
def test_a_client_sees_four_tools_and_what_they_may_do(projects: Path) -> None:
    listed, _ = ask(make_server(tools(projects)))
    assert {tool.name for tool in listed} == {"check", "diagnose", "fix", "rule"}
    assert all(tool.description and tool.annotations.read_only_hint for tool in listed)
    listed, _ = ask(make_server(tools(projects, may_apply=True)))
    assert {tool.name: tool.annotations.read_only_hint for tool in listed} == {
        "check": True,
        "diagnose": True,
        "fix": False,
        "rule": True,
    }


@needs_sdk
def test_a_client_gets_structured_results(projects: Path) -> None:
    calls = (
        ("check", {"path": "lighthouse", "platforms": ["render"]}),
        ("diagnose", {"log": LOG}),
        ("fix", {"path": "lighthouse", "python": "3.11.9"}),
        ("rule", {"id": "no-wheel"}),
    )
    results = ask(make_server(tools(projects)), *calls)[1]
    assert [result.is_error for result in results] == [False] * 4
    schemas = [result.structured_content["schema"] for result in results]
    assert schemas == ["trueup/check/1", "trueup/diagnosis/1", "trueup/repairs/1", "trueup/rules/1"]


@needs_sdk
def test_a_client_is_told_what_is_wrong_and_what_to_do(projects: Path) -> None:
    calls: tuple[tuple[str, dict[str, Any]], ...] = (
        ("check", {"path": "../neighbour"}),
        ("check", {"path": "missing"}),
        ("check", {"path": "lighthouse", "on": "yesterday"}),
        ("fix", {"path": "lighthouse", "apply": True}),
        ("rule", {"id": "no-wheels"}),
    )
    results = ask(make_server(tools(projects)), *calls)[1]
    assert [result.is_error for result in results] == [True] * 5
    words = [result.content[0].text for result in results]
    assert "outside of the folder" in words[0]
    assert "missing" in words[1]
    assert "wants a date" in words[2]
    assert "--allow-apply" in words[3]
    assert "Did you mean no-wheel?" in words[4]


@needs_sdk
def test_it_speaks_over_stdin_and_stdout(projects: Path) -> None:
    from mcp import StdioServerParameters

    source = str(Path(__file__).resolve().parent.parent / "src")
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "trueup", "mcp", "--root", str(projects), "--no-index"],
        env={**os.environ, "PYTHONPATH": source},
    )
    listed, (result,) = ask(command, ("check", {"path": "lighthouse"}))
    assert len(listed) == 4
    assert result.structured_content["project"]["services"]


@needs_sdk
def test_it_ends_when_stdin_ends(projects: Path) -> None:
    line = [sys.executable, "-m", "trueup", "mcp", "--root", str(projects)]
    source = str(Path(__file__).resolve().parent.parent / "src")
    ended = subprocess.run(
        line, input=b"", capture_output=True, timeout=60, env={**os.environ, "PYTHONPATH": source}, check=False
    )
    assert ended.returncode == 0, ended.stderr.decode()
    assert ended.stdout == b""
