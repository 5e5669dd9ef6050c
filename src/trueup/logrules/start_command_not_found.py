"""The program of the start command is not there.

What it means:
    The shell finds no gunicorn, uvicorn, uv … and ends with status 127.

Why:
    The server is not among the requirements, the environment's bin folder is not on the PATH, or the command was
    pasted wrongly.

Example:
    bash: line 1: gunicorn: command not found

What to do:
    Add the server to the requirements, or call it as `python -m …`.

Sources:
    Shells' and container runtimes' messages; Render's and Railway's logs; own recordings; read 2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from trueup.logrules._rule import Group, Rule, Scene, pattern

_NOT_HERE = re.compile(
    r"^(?:(?:\S*-)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|gfortran|nvcc|ld|ar)(?:-\d+)?|pip[\d.]*|python[\d.]*|git|cargo|rustc|pg_config|pkg-config|mysql_config|cd)$"
)
_TOOLS = re.compile(
    r"^(?:gunicorn|uvicorn|hypercorn|daphne|waitress-serve|celery|flask|fastapi|streamlit|uv|poetry|pipenv|pdm|alembic|django-admin|granian|rq|huey\w*|chainlit|prefect|npm|node|yarn|pnpm|bun|make|bash|sh|docker|dumb-init|tini|supervisord|nginx|honcho|circusd|uwsgi|python-?m|newrelic-admin|ddtrace-run|opentelemetry-instrument|doppler|mkdocs|jupyter|panel|solara|reflex|gradio|ray|dramatiq|arq|taskiq|scrapy|web:|worker:)$"
)


def _program(scene: Scene) -> Mapping[str, str] | None:
    program = scene.match["program"].rsplit("/", 1)[-1]
    if _NOT_HERE.match(program):
        return None
    groups = {"program": program}
    if _TOOLS.match(program) and program not in ("bash", "sh", "npm", "node", "yarn", "make", "web:", "worker:"):
        groups["server"] = program
    return groups


RULE = Rule(
    id="start-command-not-found",
    title="The start command's program is not there",
    group=Group.START,
    phase="start",
    patterns=(
        pattern(
            "command not found",
            r"(?:^|: )(?:line \d+: )?(?P<program>[\w./:@+-]+): command not found",
            accept=_program,
        ),
        pattern(
            "not found",
            r"^(?:/bin/)?(?:ba|da)?sh: (?:\d+: |line \d+: )?(?P<program>[\w./@+-]+): not found",
            accept=_program,
        ),
        pattern(
            "executable file not found",
            r"exec: \"(?P<program>[^\"]+)\": executable file not found in \$PATH",
            accept=_program,
        ),
        pattern("executable `", r"The executable `(?P<program>[^`]+)` could not be found", accept=_program),
        pattern(
            "No such file or directory",
            r"(?:exec|starting container process caused|stat|entrypoint\.sh: line \d+:|^bash: (?:line \d+:"
            r" )?)\s?\"?(?P<program>/?[\w./-]*bin/[\w.-]+|\./[\w./-]+)\"?: No such file or directory",
            accept=_program,
        ),
        pattern(
            "No such file or directory",
            r"(?:No such file or directory: |no such file or directory:"
            r" )'(?P<program>gunicorn|uvicorn|uv|poetry|celery|flask|hypercorn)'",
            accept=_program,
        ),
        pattern("Failed to spawn: `", r"Failed to spawn: `(?P<program>[^`]+)`", accept=_program),
        pattern("ommand not found: ", r"[Cc]ommand not found: (?P<program>[\w./-]+)", accept=_program),
        pattern(
            "No module named",
            r"python[\d.]*: No module named (?P<program>gunicorn|uvicorn|hypercorn|flask|streamlit|celery)\b(?!\.)",
            accept=_program,
        ),
        pattern("can't open file", r"python[\d.]*: can't open file '(?P<program>[^']+)': \[Errno 2\]", accept=_program),
        pattern(
            "could not be found in the PATH",
            r"(?<![\w.-])(?P<program>[\w.-]{1,80}) could not be found in the PATH",
            accept=_program,
        ),
    ),
    explanation=("The command calls {program}, and there is no such program in the environment that runs it.",),
    remedies=(
        "Add {server} to the requirements, so that it is installed into the environment that runs the service.",
        (
            "Or start it through the interpreter (`python -m {server} …`), if it is installed and only its folder is"
            " not on the PATH."
        ),
        "Correct the command or the path: {program} is not there.",
    ),
    examples=(
        "==> Running 'gunicorn app:app'\nbash: line 1: gunicorn: command not found\n==> Exited with status 127",
        "The executable `uvicorn` could not be found.",
        "error: Failed to spawn: `uvicorn`\n  Caused by: No such file or directory (os error 2)",
    ),
    counter_examples=("bash: line 1: pip: command not found", "/bin/sh: 1: pkg-config: not found"),
    log_phase=True,
    about_a_package=False,
)
