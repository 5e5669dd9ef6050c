"""Print a completion script for a shell.

    bash   trueup completion bash > ~/.local/share/bash-completion/completions/trueup
    zsh    trueup completion zsh > DIR/_trueup, where DIR is in $fpath
    fish   trueup completion fish > ~/.config/fish/completions/trueup.fish

The script holds the commands, options, platforms and rules of this version: write it anew after an upgrade.
"""

from __future__ import annotations

import argparse

from trueup.cli import _options
from trueup.errors import ExitCode

HELP = "print a completion script for bash, zsh or fish"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell")
    parser.add_argument("-o", "--output", metavar="FILE", help="write there instead of to the terminal")


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    from trueup.cli._describe import commands
    from trueup.cli._shells import SCRIPTS

    _options.emit(SCRIPTS[arguments.shell](commands()), arguments.output)
    return ExitCode.NOTHING_FOUND
