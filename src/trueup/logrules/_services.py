"""Whether a failed connection is one of a build step, of the running service, or of an installer."""

from __future__ import annotations

import re
from collections.abc import Mapping

from trueup.logrules._environment import while_building
from trueup.logrules._rule import Scene

_INSTALLER = re.compile(
    r"/simple/|pip\._vendor|Retrying \(Retry|\bcargo\b|crates|Caused by: (?:tcp|error sending|client error)|Failed to"
    r" fetch: `|registry|\.whl"
    r"|npm |urllib3\.connection.*Failed to establish.*/simple|Looking in indexes|Could not fetch"
    r" URL|apt-get|deb\.|curl: \("
)
_STEP = re.compile(
    r"RUN (?P<command>.{3,80}?)(?:$|:$)|(?P<manage>manage\.py \w+)|build command"
    r" '(?P<build>[^']+)'|(?P<alembic>alembic upgrade \w+)"
)
_PROBE = re.compile(r"[Hh]ealth ?check|probe|Attempt #\d+")
_SERVICES = (
    (r"5432|postgres|psycopg|asyncpg|libpq|pg_", "PostgreSQL"),
    (r"6379|redis|6999|valkey", "Redis"),
    (r"3306|mysql|mariadb|pymysql", "MySQL"),
    (r"27017|mongo", "MongoDB"),
    (r"5672|amqp|rabbit|kombu|pika", "the message broker"),
    (r"9092|kafka", "Kafka"),
    (r"9200|elastic|opensearch", "Elasticsearch"),
    (r"11211|memcache", "Memcached"),
    (r"11434|ollama", "Ollama"),
    (r"(?:smtp|:25\b|:587\b|:465\b)", "the mail server"),
)


def is_installer(scene: Scene) -> bool:
    """Whether an installer (pip, uv, cargo, npm, apt) made the connection."""
    return scene.near(_INSTALLER, 6, 4) is not None


def in_build_step(scene: Scene) -> Mapping[str, str] | None:
    """Accepts a failed connection of a step of the build that is not the installer's; tells the step."""
    if is_installer(scene) or _PROBE.search(scene.log.text(scene.index)) or not while_building(scene):
        return None
    index = scene.near(_STEP, 400, 0)
    if index is None:
        return {}
    groups = _STEP.search(scene.log.text(index))
    command = next((value for value in (groups.groupdict().values() if groups else ()) if value), None)
    return {"command": command.strip()} if command else {}


def of_running_service(scene: Scene) -> Mapping[str, str] | None:
    """Accepts a failed connection of the running service; tells which service it wanted."""
    text = scene.log.text(scene.index)
    if is_installer(scene) or _PROBE.search(text) or while_building(scene):
        return None
    around = " ".join(
        [
            text,
            *scene.traceback()[-30:],
            *(scene.log.text(i) for i in range(max(0, scene.index - 3), scene.index + 4)),
        ]
    )
    for words, service in _SERVICES:
        if re.search(words, around, re.IGNORECASE):
            return {"service": service}
    return {}
