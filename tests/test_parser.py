"""A command line that is wrong: what is wrong with it, and what to do, in two lines."""

from __future__ import annotations

import pytest

from trueup.cli._run import build_parser, command_names, load
from trueup.cli.main import main

WRONG = {
    ("chekc",): ("'chekc' is neither a command nor a folder", "Did you mean `trueup check`? The commands are: check, "),
    ("qqqq",): ("'qqqq' is neither a command nor a folder", "The commands are: check, "),
    ("--zzzz",): ("`trueup check` has no option --zzzz", "`trueup check --help` tells what it takes."),
    ("check", "--fromat=json"): (
        "`trueup check` has no option --fromat",
        "Did you mean --format? `trueup check --help` tells what it takes.",
    ),
    ("fix", "src", "more"): ("`trueup fix` does not take 'more' here", "`trueup fix --help` tells what it takes."),
    ("--color", "never", "check", "."): (
        "`trueup check` does not take '.' here",
        "Options stand after the command: trueup COMMAND --color …",
    ),
    ("check", "--format", "yaml"): ("--format: invalid choice: 'yaml'", "`trueup check --help` tells what it takes."),
    ("init",): ("the following arguments are required: PLATFORM", "`trueup init --help` tells what it takes."),
}


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_what_is_wrong_is_said_in_two_lines(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    message, hint = WRONG[words]
    first, second = said.err.splitlines()
    assert first.startswith(f"trueup: {message}")
    assert second.startswith(f"hint: {hint}")
    assert said.out == ""


def test_fix_takes_apply_for_yes() -> None:
    assert build_parser("fix").parse_args(["fix", "--apply"]).yes


@pytest.mark.parametrize(
    ("words", "destination", "expected"),
    [
        (("init", "render", "--dry-run", "folder"), "path", "folder"),
        (("init", "--dry-run", "render", "folder"), "path", "folder"),
        (
            ("wheels", "asyncpg", "--python", "3.13", "uvloop", "orjson"),
            "requirements",
            ["asyncpg", "uvloop", "orjson"],
        ),
        (("check", "--offline", "folder"), "path", "folder"),
    ],
    ids=["init", "init, options first", "wheels", "check"],
)
def test_arguments_may_stand_after_options(words: tuple[str, ...], destination: str, expected: object) -> None:
    parser = build_parser(words[0])
    parsed, rest = parser.parse_known_args(words)
    assert parser.take_late(parsed, rest) == []
    assert getattr(parsed, destination) == expected


def test_two_folders_are_one_too_many() -> None:
    parser = build_parser("init")
    parsed, rest = parser.parse_known_args(["init", "render", "one", "--dry-run", "two"])
    assert parser.take_late(parsed, rest) == ["two"]


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("fix", "--rule", "no-weel", "."), "there is no rule 'no-weel'", "Did you mean no-wheel"),
        (("fix", "--rule", "zzzz", "."), "there is no rule 'zzzz'", "`trueup rule` lists all rules."),
        (("check", "--index-url", "mirror/simple", "."), "--index-url: 'mirror/simple' is no address", "`trueup check"),
    ],
    ids=["near", "far", "address"],
)
def test_what_does_not_exist_is_not_looked_for(
    words: tuple[str, ...], message: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"trueup: {message}")
    assert second.startswith(f"hint: {hint}")


@pytest.mark.parametrize("command", command_names())
def test_help_fits_a_terminal_and_keeps_its_paragraphs(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main([command, "--help"]) == 0
    text = capsys.readouterr().out
    assert max(len(line) for line in text.splitlines() if "~/" not in line) <= 80
    paragraphs = (load(command).__doc__ or "").strip().split("\n\n")
    for paragraph in paragraphs:
        assert f"\n\n{' '.join(paragraph.split())[:20]}" in text or paragraph.startswith(" ")
