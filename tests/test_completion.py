"""Shell completion, asked of the shells themselves; zsh and fish only where they are installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from trueup.cli._describe import commands
from trueup.cli._run import command_names
from trueup.cli._shells import SCRIPTS
from trueup.cli.main import main

BASH_ASKS = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_trueup
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The three scripts, as the command writes them."""
    folder = tmp_path_factory.mktemp("completion")
    for shell in SCRIPTS:
        assert main(["completion", shell, "-o", str(folder / shell)]) == 0
    return {shell: folder / shell for shell in SCRIPTS}


def bash_offers(script: Path, *words: str) -> list[str]:
    """What bash offers for the last of the words."""
    line = ["bash", "--noprofile", "--norc", "-c", BASH_ASKS, "bash", str(script), *words]
    ended = subprocess.run(line, capture_output=True, text=True, check=True)
    assert not ended.stderr
    return ended.stdout.split()


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["che"], ["check"]),
        (["check", "--plat"], ["--platform"]),
        (["--plat"], ["--platform"]),
        (["check", "--platform", ""], ["heroku", "railway", "render"]),
        (["check", ".", "--platform", "re"], ["render"]),
        (["--platform", "re"], ["render"]),
        (["check", "--platform", "="], ["heroku", "railway", "render"]),
        (["check", "--platform", "=", "he"], ["heroku"]),
        (["check", "-o", "re"], []),
        (["rule", "no-whe"], ["no-wheel"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["undo", "--plat"], []),
    ],
)
def test_bash_offers(scripts: dict[str, Path], words: list[str], offered: list[str]) -> None:
    assert bash_offers(scripts["bash"], "trueup", *words) == offered


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_bash_offers_every_option_of_every_command(scripts: dict[str, Path]) -> None:
    for command in commands():
        flags = {flag for parameter in command.parameters for flag in parameter.flags if flag.startswith("--")}
        assert set(bash_offers(scripts["bash"], "trueup", command.name, "--")) == flags


@pytest.mark.skipif(not shutil.which("zsh"), reason="zsh is not installed")
def test_zsh_understands_the_script(scripts: dict[str, Path]) -> None:
    subprocess.run(["zsh", "-n", str(scripts["zsh"])], check=True)


@pytest.mark.skipif(not shutil.which("fish"), reason="fish is not installed")
def test_fish_offers(scripts: dict[str, Path]) -> None:
    asked = f"source {scripts['fish']}; complete -C 'trueup --platform re'"
    ended = subprocess.run(["fish", "--no-config", "-c", asked], capture_output=True, text=True, check=True)
    assert ended.stdout.split("\t")[0].strip() == "render"


@pytest.mark.parametrize("shell", SCRIPTS)
def test_every_command_and_long_option_is_in_every_script(scripts: dict[str, Path], shell: str) -> None:
    text = scripts[shell].read_text("utf-8")
    for command in commands():
        assert command.name in text
        for flag in (flag for parameter in command.parameters for flag in parameter.flags if flag.startswith("--")):
            assert (f"-l {flag[2:]}" if shell == "fish" else flag) in text, f"{command.name} {flag}"


def test_commands_are_those_that_can_be_run() -> None:
    assert [command.name for command in commands()] == command_names()
    assert all(command.brief and command.text for command in commands())
