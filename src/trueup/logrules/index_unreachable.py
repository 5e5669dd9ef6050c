"""The package index cannot be reached.

What it means:
    The name of the index does not resolve, the connection is refused or times out, or TLS fails.

Why:
    The build has no network, a proxy or private index is down, or an index URL is wrong.

Example:
    WARNING: Retrying (Retry(total=1, …)) after connection broken by 'NewConnectionError(…)': /simple/flask/

What to do:
    Try again; check the index URL and the build's network.

Sources:
    pip's network/session.py and urllib3's messages; uv's wording; poetry's; own recordings; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

_CONTEXT = r"/simple|\bpip\b|index|wheel|\.whl|uv |poetry|Collecting|PyPI"

RULE = Rule(
    id="index-unreachable",
    title="The package index cannot be reached",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        pattern(
            "after connection broken by",
            r"Retrying \(.*after connection broken by '(?P<problem>\w+)",
            confidence=Confidence.MEDIUM,
            needs=r"No matching distribution|ERROR:|Could not fetch|OSError|MaxRetry|None\b",
            reach=40,
        ),
        pattern(
            "Max retries exceeded with url",
            r"(?:HTTPS?ConnectionPool\(host='(?P<host>[^']+)').*Max retries exceeded with url:"
            r" \S*(?:simple|\.whl|\.tar\.gz|packages)",
        ),
        pattern("Could not fetch URL", r"Could not fetch URL (?P<host>\S+): (?:There was a problem|connection error)"),
        pattern("error sending request for url", r"error sending request for url \((?P<host>[^)]+)\)", needs=_CONTEXT),
        pattern("Request failed after", r"Request failed after \d+ retries", needs=_CONTEXT),
        pattern("Failed to fetch: `", r"Failed to fetch: `(?P<host>[^`]+)`"),
        pattern("Could not connect, are you offline?"),
        pattern("ReadTimeoutError", r"ReadTimeoutError: HTTPS?ConnectionPool\(host='(?P<host>[^']+)'"),
        pattern(
            "Read timed out",
            r"HTTPS?ConnectionPool\(host='(?P<host>[^']+)', port=\d+\): Read timed out",
            needs=_CONTEXT,
        ),
        pattern("All attempts to connect to", r"All attempts to connect to (?P<host>\S+) failed"),
        pattern(
            "403 Client Error",
            r"(?:403|407|502|503|504) (?:Client|Server) Error: .* for url: (?P<host>\S+)",
            needs=_CONTEXT,
        ),
        pattern(
            "HTTP status",
            r"HTTP status (?:client|server) error \((?:403|407|5\d\d)[^)]*\) for url \((?P<host>[^)]+)\)",
            needs=_CONTEXT,
        ),
        pattern(
            "Temporary failure in name resolution",
            needs=r"/simple|Collecting|pip install|Looking in indexes",
            reach=25,
            confidence=Confidence.MEDIUM,
        ),
    ),
    explanation=(
        (
            "The installer cannot reach the package index ({host}): {problem}. | The installer cannot reach the"
            " package index."
        ),
    ),
    remedies=(
        "Build again: such faults often pass. Nothing in the project needs to change for it.",
        (
            "If it stays: check the index URL (pip.conf, PIP_INDEX_URL, `[[tool.uv.index]]`), its credentials, and"
            " whether the build may use the network."
        ),
    ),
    examples=(
        (
            "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection"
            " broken by 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f>: Failed"
            " to establish a new connection: [Errno 111] Connection refused')': /simple/flask/\nERROR: No matching"
            " distribution found for flask==3.0.0"
        ),
        (
            "error: Request failed after 3 retries\n  Caused by: Failed to fetch:"
            " `http://127.0.0.1:9/simple/flask/`\n  Caused by: error sending request for url"
            " (http://127.0.0.1:9/simple/flask/)"
        ),
    ),
    counter_examples=("ERROR: No matching distribution found for flask==99.0",),
    about_a_package=False,
)
