"""Completion scripts, written from what the commands take. Plain `trueup` completes as `trueup check`.

Sources, read 2026-11-20: the Bash manual, "Programmable Completion" (bash 3.2 has no `compopt` and no `mapfile`, so
neither is used); the zsh manual, "_arguments"; the fish manual, "complete".
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence

from trueup.cli._describe import Command, Parameter
from trueup.cli.main import DEFAULT_COMMAND

_BASH = """\
# bash completion for trueup; written by `trueup completion bash`
_trueup() {{
    local command=check word words= before="${{COMP_WORDS[COMP_CWORD-1]}}" current="${{COMP_WORDS[COMP_CWORD]}}"
    # bash splits --option=value into three words
    if [ "$current" = "=" ]; then
        current=
    elif [ "$before" = "=" ]; then
        before="${{COMP_WORDS[COMP_CWORD-2]}}"
    fi
    case "${{COMP_WORDS[1]}}" in
        {names}) [ "$COMP_CWORD" -gt 1 ] && command="${{COMP_WORDS[1]}}" ;;
    esac
    COMPREPLY=()
    case "$command $before" in
{values}
    esac
    case "$current" in
        -*) case "$command" in
{options}
            esac ;;
        *) case "$command" in
{positionals}
            esac
            [ "$COMP_CWORD" -eq 1 ] && words="{all_names} $words" ;;
    esac
    # nothing to offer: bash completes file names (complete -o default)
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _trueup trueup
"""

_ZSH = """\
#compdef trueup
# zsh completion for trueup; written by `trueup completion zsh`

{functions}

_trueup() {{
    local -a commands=(
{commands}
    )
    if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
        _describe -t commands command commands
        _files -/
        return
    fi
    if (( $+functions[_trueup_$words[2]] )); then
        local command=$words[2]
        shift words
        (( CURRENT-- ))
        _trueup_$command
    else
        _trueup_{default}
    fi
}}

if [[ $funcstack[1] == _trueup ]]; then
    _trueup "$@"
else
    compdef _trueup trueup
fi
"""


def bash(commands: Sequence[Command]) -> str:
    """The script for bash 3.2 and newer."""
    values, options, positionals = [], [], []
    for command in commands:
        flags = " ".join(flag for parameter in command.parameters for flag in parameter.flags)
        options.append(f'            {command.name}) words="{flags}" ;;')
        for parameter in command.parameters:
            if parameter.flags and parameter.value:
                cases = "|".join(f'"{command.name} {flag}"' for flag in parameter.flags)
                offer = f'COMPREPLY=($(compgen -W "{" ".join(parameter.words)}" -- "$current"))'
                values.append(f"        {cases}) {offer if parameter.words else ':'}; return ;;")
            elif not parameter.flags and parameter.words:
                positionals.append(f'            {command.name}) words="{" ".join(parameter.words)}" ;;')
    names = [command.name for command in commands]
    return _BASH.format(
        names="|".join(names),
        all_names=" ".join(names),
        values="\n".join(values),
        options="\n".join(options),
        positionals="\n".join(positionals),
    )


def zsh(commands: Sequence[Command]) -> str:
    """The script for zsh."""
    functions = []
    for command in commands:
        options = [parameter for parameter in command.parameters if parameter.flags]
        specifications = [text for parameter in options for text in _zsh_option(parameter)]
        places = [parameter for parameter in command.parameters if not parameter.flags]
        for number, parameter in enumerate(places, 1):
            place = "*" if parameter.repeats else f"{number}{':' if parameter.optional else ''}"
            action = _zsh_action(parameter)
            specifications.append(shlex.quote(f"{place}:{_zsh_words(parameter.value or '')}:{action}"))
        lines = " \\\n        ".join(specifications)
        functions.append(f"_trueup_{command.name}() {{\n    _arguments -s -S \\\n        {lines}\n}}")
    described = (shlex.quote(f"{command.name}:{command.brief}") for command in commands)
    return _ZSH.format(
        functions="\n\n".join(functions),
        commands="\n".join(f"        {line}" for line in described),
        default=DEFAULT_COMMAND,
    )


def _zsh_option(parameter: Parameter) -> Iterable[str]:
    others = "" if parameter.repeats or len(parameter.flags) == 1 else f"({' '.join(parameter.flags)})"
    for flag in parameter.flags:
        tail = f":{_zsh_words(parameter.value)}:{_zsh_action(parameter)}" if parameter.value else ""
        joint = ("=" if flag.startswith("--") else "+") if parameter.value else ""
        star = "*" if parameter.repeats else ""
        yield shlex.quote(f"{others}{star}{flag}{joint}[{_zsh_words(parameter.help)}]{tail}")


def _zsh_action(parameter: Parameter) -> str:
    if parameter.words:
        return f"({' '.join(parameter.words)})"
    return {"file": "_files", "folder": "_files -/"}.get(parameter.files, " ")


def _zsh_words(text: str) -> str:
    for special in "\\[]:":
        text = text.replace(special, f"\\{special}")
    return text


def fish(commands: Sequence[Command]) -> str:
    """The script for fish."""
    names = [command.name for command in commands]
    others = " ".join(name for name in names if name != DEFAULT_COMMAND)
    lines = ["# fish completion for trueup; written by `trueup completion fish`"]
    for command in commands:
        said = shlex.quote(command.brief)
        lines.append(f"complete -c trueup -n __fish_use_subcommand -a {command.name} -d {said}")
    for command in commands:
        default = command.name == DEFAULT_COMMAND
        condition = (
            f"not __fish_seen_subcommand_from {others}" if default else f"__fish_seen_subcommand_from {command.name}"
        )
        lines += [f"complete -c trueup -n {shlex.quote(condition)} {_fish(item)}" for item in command.parameters]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _fish(parameter: Parameter) -> str:
    parts = [f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in parameter.flags]
    if parameter.words:
        parts.append(f"{'-x ' if parameter.flags else '-f '}-a {shlex.quote(' '.join(parameter.words))}")
    elif parameter.files == "folder":
        parts.append(f"{'-x ' if parameter.flags else '-f '}-a '(__fish_complete_directories)'")
    elif parameter.value and parameter.flags:
        parts.append("-r" if parameter.files else "-x")
    return " ".join([*parts, f"-d {shlex.quote(parameter.help)}" if parameter.help else ""])


SCRIPTS: Mapping[str, Callable[[Sequence[Command]], str]] = {"bash": bash, "zsh": zsh, "fish": fish}
