"""The database URL has a scheme or driver that does not fit.

What it means:
    SQLAlchemy (or another client) does not know the scheme `postgres://`, cannot parse the URL, or an async engine
    was given a sync driver.

Why:
    Platforms hand out `postgres://…`; SQLAlchemy 1.4 and later accept `postgresql://` only, and async engines need
    `postgresql+asyncpg://`.

Example:
    sqlalchemy.exc.NoSuchModuleError: Can't load plugin: sqlalchemy.dialects:postgres

What to do:
    Change the scheme when reading the variable.

Sources:
    SQLAlchemy's 1.4 changelog and exceptions; Heroku's documentation on DATABASE_URL; own recordings; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="bad-database-url",
    title="The database URL does not fit its client",
    group=Group.START,
    phase="start",
    patterns=(
        pattern(
            "Can't load plugin: sqlalchemy.dialects:",
            r"Can't load plugin: (?P<package>sqlalchemy)\.dialects:(?P<scheme>[\w.+]+)",
        ),
        pattern(
            "asyncio extension requires an async driver",
            r"The asyncio extension requires an async driver to be used\. The loaded '(?P<scheme>\w+)' is not async",
        ),
        pattern("Could not parse", r"Could not parse (?P<package>SQLAlchemy|rfc1738) URL"),
        pattern("Could not parse rfc1738 URL", lead=-1),
        pattern("nvalid dsn", r"(?:[Ii]nvalid dsn|invalid connection option|missing \"=\" after \").{0,80}"),
        pattern(
            "invalid DSN: scheme is expected to be",
            r"invalid DSN: scheme is expected to be .* got '(?P<scheme>[^']*)'",
        ),
        pattern("Redis URL must specify one of the following schemes", lead=0),
        pattern("Invalid URI scheme", r"InvalidURI: Invalid URI scheme"),
        pattern(
            "No support for ''",
            r"(?:No support for|unsupported scheme|Unknown database scheme|is not a valid database).{0,80}",
            needs=r"dj_database_url|DATABASE_URL|databases|tortoise",
            reach=25,
        ),
        pattern("greenlet_spawn has not been called", confidence=Confidence.MEDIUM, lead=-1),
        pattern(
            "Expected string or URL object, got",
            r"Expected string or URL object, got (?!None)",
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "Port could not be cast to integer value", needs=r"[Dd]atabase|dsn|url|redis|mongo|sqlalchemy", reach=20
        ),
        pattern(
            "invalid port number",
            r"invalid (?:port number|integer value) .{0,60}(?:for connection option)?",
            needs=r"psycopg|libpq|connection option",
            reach=6,
        ),
        pattern("The SSL connection", r"unexpected keyword argument 'sslmode'"),
        pattern("got an unexpected keyword argument 'sslmode'", lead=1),
        pattern("must be escaped according to RFC 3986", lead=0),
        pattern("No module named 'MySQLdb'", lead=-1, needs=r"sqlalchemy", reach=40, confidence=Confidence.MEDIUM),
    ),
    explanation=(
        (
            "The database URL's scheme or driver `{scheme}` does not fit the client that reads it. | The database URL"
            " does not fit the client that reads it."
        ),
    ),
    remedies=(
        (
            "When reading the variable replace `postgres://` by `postgresql://` (sync) or `postgresql+asyncpg://`"
            " (async engine), and install that driver."
        ),
        (
            "Percent-encode special characters of the password; drop parameters that the driver does not know"
            " (asyncpg takes `ssl`, not `sslmode`)."
        ),
    ),
    examples=(
        "sqlalchemy.exc.NoSuchModuleError: Can't load plugin: sqlalchemy.dialects:postgres",
        (
            "sqlalchemy.exc.InvalidRequestError: The asyncio extension requires an async driver to be used. The"
            " loaded 'psycopg2' is not async."
        ),
    ),
    counter_examples=(
        (
            'sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) connection to server at "10.0.0.4", port'
            " 5432 failed"
        ),
    ),
    effect_of=frozenset({"migrate-at-build"}),
    about_a_package=False,
)
