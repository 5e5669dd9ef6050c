"""A migration or another call to a service runs while building.

What it means:
    A build step connects to a database or another service, which is not reachable from the build.

Why:
    Builds run before the service's private network and its variables are there; inside a Docker RUN `localhost` is the
    build container.

Example:
    RUN python manage.py migrate … connection to server at "localhost" port 5432 failed: Connection refused

What to do:
    Move the call to the release (pre-deploy) or start command.

Sources:
    Docker's build isolation; Railway's and Render's phases; own recording; read 2026-11-20.
"""

from __future__ import annotations

from trueup.logrules._rule import Group, Rule, pattern
from trueup.logrules._services import in_build_step

RULE = Rule(
    id="migrate-at-build",
    title="A service is called while building",
    group=Group.PLATFORM,
    phase="build",
    patterns=(
        pattern("onnection refused", r"[Cc]onnection refused", accept=in_build_step),
        pattern("could not translate host name", accept=in_build_step),
        pattern("ame or service not known", accept=in_build_step),
        pattern("emporary failure in name resolution", accept=in_build_step),
        pattern("Can't connect to", r"Can't connect to (?:local )?(?:MySQL|MariaDB) server", accept=in_build_step),
        pattern("ServerSelectionTimeoutError", accept=in_build_step),
        pattern("ould not connect to server", r"[Cc]ould not connect to server", accept=in_build_step),
        pattern(
            "connection to server at",
            r"connection to server at \"(?P<host>[^\"]+)\".* failed",
            accept=in_build_step,
            lead=1,
        ),
        pattern("connection to server on socket", accept=in_build_step, lead=1),
        pattern("network is unreachable", accept=in_build_step),
        pattern("etwork is unreachable", accept=in_build_step),
    ),
    explanation=(
        (
            "A build step (`{command}`) connects to a database or another service, and none can be reached while"
            " building. | A build step connects to a database or another service, and none can be reached while"
            " building."
        ),
    ),
    remedies=(
        (
            "Move the call (migrations, seeds, cache warming) to the release or pre-deploy command, or in front of"
            " the start command."
        ),
        "Do not import code that connects at import time in a build step.",
    ),
    examples=(
        (
            "#11 [6/6] RUN python manage.py migrate\n#11 2.301 django.db.utils.OperationalError: connection to server"
            ' at "localhost" (127.0.0.1), port 5432 failed: Connection refused'
        ),
    ),
    counter_examples=(
        (
            "==> Running 'gunicorn shop.wsgi'\ndjango.db.utils.OperationalError: connection to server at"
            ' "10.0.0.4", port 5432 failed: Connection refused'
        ),
    ),
    own_phase=True,
    about_a_package=False,
)
