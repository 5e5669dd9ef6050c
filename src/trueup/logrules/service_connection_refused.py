"""A database, cache or broker does not answer.

What it means:
    The running service connects to another service, and the connection is refused or times out.

Why:
    The URL points to localhost (the container itself), the other service is down or not created, or its address is of
    another network.

Example:
    connection to server at "127.0.0.1", port 5432 failed: Connection refused

What to do:
    Take the address from the platform's variables.

Sources:
    libpq, redis-py, pymongo, kombu and asyncpg messages; own recordings; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.logrules._services import of_running_service
from trueup.model.finding import Confidence

RULE = Rule(
    id="service-connection-refused",
    title="A service that is needed does not answer",
    group=Group.START,
    phase="start",
    patterns=(
        pattern(
            "onnection refused",
            r"(?:connection to server at \"(?P<host>[^\"]+)\"|connecting to (?P<address>[\w.:-]+)|connect to"
            r" (?P<target>[\w.:-]+)|[Cc]onnect).{0,160}[Cc]onnection refused|[Cc]onnection refused",
            accept=of_running_service,
        ),
        pattern(
            "connection to the message broker",
            r"(?:Cannot|[Rr]etrying to) establish a connection to the message broker",
            accept=of_running_service,
        ),
        pattern("ConnectionRefusedError", accept=of_running_service),
        pattern(
            "Connect call failed",
            r"Connect call failed \('(?P<host>[^']+)', (?P<port>\d+)",
            accept=of_running_service,
        ),
        pattern(
            "ServerSelectionTimeoutError",
            accept=of_running_service,
            confidence=Confidence.MEDIUM,
            unless=r"[Nn]ame or service not known|name resolution|nodename",
        ),
        pattern(
            "Can't connect to",
            r"Can't connect to (?:local )?(?:MySQL|MariaDB) server",
            accept=of_running_service,
            unless=r"[Nn]ame or service not known|name resolution",
        ),
        pattern(
            "imeout",
            r"(?:psycopg2?|asyncpg|redis|pymongo|aiomysql|kombu).{0,80}(?:TimeoutError|[Cc]onnection timed"
            r" out|timeout expired)",
            accept=of_running_service,
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "timeout expired",
            r"connection to server at \"(?P<host>[^\"]+)\".*(?:timeout expired|timed out)",
            accept=of_running_service,
        ),
        pattern(
            "Cannot connect to",
            r"Cannot connect to (?:amqp|redis|rediss)://",
            accept=of_running_service,
            unless=r"[Nn]ame or service not known|name resolution",
        ),
        pattern("connection to server on socket", accept=of_running_service),
        pattern(
            "server closed the connection unexpectedly",
            accept=of_running_service,
            confidence=Confidence.MEDIUM,
            lead=-1,
        ),
        pattern(
            "Network is unreachable",
            r"connection to server at \"(?P<host>[^\"]+)\".*Network is unreachable",
            accept=of_running_service,
        ),
        pattern(
            "password authentication failed for user",
            r"password authentication failed for user",
            confidence=Confidence.MEDIUM,
            lead=-1,
        ),
    ),
    explanation=(
        (
            "The service connects to {service} at {host}, and nothing answers there. | The service connects to"
            " {service}, and nothing answers at the address that it uses. | The service connects to another service,"
            " and nothing answers at the address that it uses."
        ),
    ),
    remedies=(
        (
            "Take the address from the platform's variable of that service (a reference, not a copy); `localhost` is"
            " the container itself."
        ),
        (
            "See whether that service is created, running and in the same region or private network; let the"
            " application try again for a while when it starts."
        ),
    ),
    examples=(
        (
            'psycopg2.OperationalError: connection to server at "127.0.0.1", port 5432 failed: Connection'
            " refused\n\tIs the server running on that host and accepting TCP/IP connections?"
        ),
        "redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.",
    ),
    counter_examples=(
        (
            '#11 [6/6] RUN python manage.py migrate\nconnection to server at "localhost" (127.0.0.1), port 5432'
            " failed: Connection refused"
        ),
        "Attempt #1 failed with service unavailable. Continuing to retry for 29s",
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError: Failed to establish a"
            " new connection: [Errno 111] Connection refused': /simple/flask/"
        ),
    ),
    effect_of=frozenset(
        {
            "migrate-at-build",
            "service-dns",
            "bad-database-url",
            "index-unreachable",
            "missing-env-settings",
            "cargo-network",
        }
    ),
    about_a_package=False,
)
