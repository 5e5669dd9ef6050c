"""Nothing to start was given or found.

What it means:
    The builder knows how to build but not what to run.

Why:
    No Procfile, no start command in the settings, and no file with a name that the builder looks for.

Example:
    ✖ No start command detected. Specify a start command

What to do:
    Give a start command.

Sources:
    railpack b5e8058 core/validate.go:54-73; nixpacks f51d7fd src/lib.rs:140; Heroku's "no process types"; read
    2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="no-start-command",
    title="There is no start command",
    group=Group.PLATFORM,
    phase="setup",
    patterns=(
        pattern("No start command", r"No start command (?:detected|was found|could be found)"),
        pattern("code=H14", r"code=H14 desc=\"No web processes running\""),
        pattern("No web processes running", lead=-1),
        pattern("when there is no default process", lead=0),
        pattern(
            "determine start command",
            r"(?:[Cc]ould not|[Uu]nable to|failed to|when trying to) determine (?:the |a )?(?:start"
            r" command|entrypoint|default process)",
        ),
        pattern(
            "start command",
            r"(?:[Ss]tart command|START_COMMAND) (?:is )?(?:missing|not set|required|must be"
            r" (?:set|provided|specified))",
        ),
        pattern("for Python, provide a main.py or app.py file or set an entrypoint"),
        pattern("No entrypoint found", r"No (?:python |Python )?(?:flask |fastapi )?entrypoint found"),
        pattern("Couldn't find that process type"),
    ),
    explanation=("The builder found no command to start the application with.",),
    remedies=(
        "Give the start command in the platform's settings or its configuration file, or in a Procfile (`web: …`).",
        "The command must listen on 0.0.0.0 and on the port in $PORT.",
    ),
    examples=(
        "✖ No start command detected. Specify a start command: https://railpack.example/config/file#deploy",
        "Error: No start command could be found",
        'at=error code=H14 desc="No web processes running" method=GET path="/"',
    ),
    counter_examples=("start      │ gunicorn app:app",),
    own_phase=True,
    about_a_package=False,
)
