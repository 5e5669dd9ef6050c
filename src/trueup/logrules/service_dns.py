"""The name of a service does not resolve.

What it means:
    The host name in a URL is unknown where the service runs.

Why:
    An internal name used from outside of the private network (or before it is ready), a docker-compose name in the
    cloud, a placeholder, a typing error.

Example:
    could not translate host name "db" to address: Name or service not known

What to do:
    Use the name that the platform gives.

Sources:
    getaddrinfo(3); libpq, redis-py and pymongo messages; own recordings; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.logrules._services import of_running_service
from trueup.model.finding import Confidence

RULE = Rule(
    id="service-dns",
    title="The name of a service does not resolve",
    group=Group.START,
    phase="start",
    patterns=(
        pattern(
            "could not translate host name",
            r"could not translate host name \"(?P<host>[^\"]+)\"",
            accept=of_running_service,
            lead=1,
        ),
        pattern(
            "Name or service not known",
            r"connecting to (?P<host>[\w.-]{1,200}):\d+\. .{0,40}Name or service not known|Name or service not known",
            accept=of_running_service,
        ),
        pattern(
            "Temporary failure in name resolution",
            r"connecting to (?P<host>[\w.-]{1,200}):\d+\. .{0,40}Temporary failure in name resolution|Temporary"
            r" failure in name resolution",
            accept=of_running_service,
        ),
        pattern("nodename nor servname provided", accept=of_running_service),
        pattern(
            "getaddrinfo",
            r"(?:getaddrinfo (?:failed|ENOTFOUND)(?: (?<![\w.-])(?P<host>[\w.-]{1,80}))?|socket\.gaierror)",
            accept=of_running_service,
            lead=-1,
        ),
        pattern("No address associated with hostname", accept=of_running_service),
        pattern(
            "The DNS query name does not exist",
            r"The DNS query name does not exist: (?P<host>\S+)",
            accept=of_running_service,
        ),
        pattern(
            "failed to resolve host",
            r"failed to resolve host '(?P<host>[^']+)'",
            accept=of_running_service,
            confidence=Confidence.HIGH,
        ),
    ),
    explanation=(
        (
            "The service looks up {host}, and no such name is known where it runs. | The service looks up a host name"
            " that is not known where it runs."
        ),
    ),
    remedies=(
        (
            "Take the host from the platform's variable of that service; names of docker-compose services exist only"
            " there."
        ),
        (
            "Private names (such as *.internal) resolve at run time only, within one project and environment, and on"
            " some platforms over IPv6 only."
        ),
    ),
    examples=(
        (
            'psycopg2.OperationalError: could not translate host name "db.railway.example" to address: Name or'
            " service not known"
        ),
        "redis.exceptions.ConnectionError: Error -2 connecting to cache:6379. Name or service not known.",
    ),
    counter_examples=("redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.",),
    effect_of=frozenset({"migrate-at-build", "index-unreachable", "cargo-network"}),
    about_a_package=False,
)
