"""PORT holds something else than a port.

What it means:
    The variable PORT is set and is not a number, or is a port that is taken.

Why:
    Kubernetes-style service links (`tcp://10.0.0.1:8000`), a variable set by hand, or two processes on one port.

Example:
    ValueError: invalid literal for int() with base 10: 'tcp://10.0.171.239:8000'

What to do:
    Remove the variable and let the platform set it.

Sources:
    Kubernetes' service environment variables; CPython's int(); own recording; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="port-env-collision",
    title="PORT is not a free port number",
    group=Group.START,
    phase="start",
    patterns=(
        pattern(
            "tcp://",
            r"(?:invalid literal for int\(\) with base 10: |not a valid (?:port number|integer)|Invalid value for"
            r" '--port': |argument --port: ).{0,4}['\"]?(?P<value>tcp://[^'\"\s]+)",
        ),
        pattern("tcp://", r"'(?P<value>tcp://[^']+)' is not a valid (?:port number|integer)"),
        pattern(
            "invalid literal for int() with base 10",
            r"invalid literal for int\(\) with base 10: '(?P<value>(?!\$)[^']*)'",
            needs=r"PORT|port",
            reach=4,
        ),
        pattern("not a valid port number", r"'(?P<value>(?!\$|tcp)[^']*)' is not a valid port number"),
        pattern(
            "Address already in use", needs=r"PORT|port|bind|listen|Errno 98", confidence=Confidence.MEDIUM, reach=8
        ),
        pattern("address already in use", confidence=Confidence.MEDIUM),
        pattern(
            "Connection in use: (",
            r"Connection in use: \('(?P<host>[^']+)', (?P<value>\d+)\)",
            confidence=Confidence.MEDIUM,
        ),
        pattern("PORT", r"PORT variable must be (?:an )?integer between 0 and 65535"),
    ),
    explanation=(
        (
            "PORT is `{value}`, on which the server cannot listen. | The server cannot listen on the port that it is"
            " given: it is taken."
        ),
    ),
    remedies=(
        (
            "Remove a PORT that was set by hand (or by a service link, or a service named `port`) and let the"
            " platform set it."
        ),
        "If two processes of one container listen: give each its own port, or start one of them only.",
    ),
    examples=(
        (
            "    app.run(port=int(os.environ['PORT']))\nValueError: invalid literal for int() with base 10:"
            " 'tcp://10.0.171.239:8000'"
        ),
        "[ERROR] Connection in use: ('0.0.0.0', 8000)",
    ),
    counter_examples=("Error: '$PORT' is not a valid port number.",),
    about_a_package=False,
)
