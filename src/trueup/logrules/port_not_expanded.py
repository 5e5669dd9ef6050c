"""`$PORT` stays literal.

What it means:
    The server gets the text `$PORT` instead of a number, because no shell expanded it.

Why:
    An exec-form CMD in a Dockerfile, or a start command that the platform runs without a shell.

Example:
    Error: Invalid value for '--port': '$PORT' is not a valid integer.

What to do:
    Let a shell run the command.

Sources:
    click's and gunicorn's messages; Railway's documentation on start commands with Dockerfiles; own recordings; read
    2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="port-not-expanded",
    title="$PORT is not expanded",
    group=Group.START,
    phase="start",
    patterns=(
        pattern("PORT", r"Invalid value for ['\"]?(?:--port|-p)\b.*['\"]?\$\{?PORT"),
        pattern("PORT", r"'\$\{?PORT[^']*\}?' is not a valid (?:port number|integer)"),
        pattern("PORT", r"(?:invalid literal for int\(\) with base 10: |Invalid port(?: number)?:? )['\"]?\$\{?PORT"),
        pattern("$PORT", r"argument (?:--port|-p\S*): invalid \w+ value: '\$\{?PORT"),
        pattern("$", r"(?:[Ii]nvalid|not a valid|could not parse|cannot parse).{0,40}\$\{?PORT\b"),
        pattern("getaddrinfo", r"'?\$PORT'?.*(?:getaddrinfo|Servname)"),
    ),
    explanation=("The server is given the text `$PORT` and not a number: no shell expanded the variable.",),
    remedies=(
        (
            "Run the command in a shell: `sh -c 'uvicorn main:app --host 0.0.0.0 --port $PORT'` (in a Dockerfile use"
            " the shell form of CMD)."
        ),
        'Or read PORT in Python (`int(os.environ["PORT"])`).',
    ),
    examples=(
        "Error: Invalid value for '--port': '$PORT' is not a valid integer.",
        "Error: '$PORT' is not a valid port number.",
    ),
    counter_examples=(
        "Uvicorn running on http://0.0.0.0:8000",
        "start      │ uvicorn app:app --host 0.0.0.0 --port $PORT",
    ),
    effect_of=frozenset(),
    about_a_package=False,
)
