"""Whether a message is about an environment variable that is not there, and whether that is while building."""

from __future__ import annotations

import re
from collections.abc import Mapping

from trueup.logrules._rule import Accept, Scene

_BUILD_STEP = re.compile(
    r"manage\.py (?:collectstatic|compress|compilemessages|migrate|check|tailwind)|(?:^|\s)RUN\b|\[(?:\w+[\w-]*"
    r" )?\d+/\d+\]|Step \d+/\d+"
    r"|==> Running build command|collectstatic|^Successfully installed |^Installing collected packages|Error: Unable"
    r" to generate Django static files|while building your code|=> ERROR \["
)
_START_STEP = re.compile(
    r"Booting worker|Starting gunicorn|Started server process|==> Running '|Starting Container|Attaching"
    r" to|^celery@|celery (?:-A|worker)|Starting process with command"
    r"|heroku\[web|==> Deploying|/gunicorn/|/uvicorn/|Waiting for application startup|State changed"
)
_READ = re.compile(
    r"environ|getenv|env\(|env\[|config\(|config\[|\bos\.py|decouple|environ\.py|settings|starlette/config|secrets",
    re.IGNORECASE,
)
_FIELD = re.compile(r"^(?:[A-Za-z_]\w*)(?:\.\w+)*$")
_MISSING = re.compile(r"Field required|field required|Input should|none is not an allowed|missing")


def absent_variable(*, building: bool) -> Accept:
    """An acceptance for messages about a missing variable: while building, or while starting."""

    def accept(scene: Scene) -> Mapping[str, str] | None:
        groups = scene.match.groupdict()
        if groups.get("variable") and scene.match.group(0).startswith("KeyError") and not _is_environment(scene):
            return None
        if groups.get("settings") and not scene.near(_MISSING, 0, 12):
            return None
        if while_building(scene) != building:
            return None
        return {"variables": fields} if (fields := _fields(scene)) else {}

    return accept


def while_building(scene: Scene) -> bool:
    """Whether the step that printed the line belongs to the build: the nearest step named above it, else below it."""
    for index in range(scene.index, max(-1, scene.index - 400), -1):
        text = scene.log.text(index)
        if _START_STEP.search(text):
            return False
        if _BUILD_STEP.search(text):
            return True
    after = " ".join(scene.log.text(i) for i in range(scene.index, scene.index + 15))
    return bool(re.search(r"failed to solve|returned a non-zero code|Build failed|collectstatic|Push rejected", after))


def _is_environment(scene: Scene) -> bool:
    frames = scene.traceback() or [scene.log.text(i) for i in range(max(0, scene.index - 8), scene.index)]
    return any(_READ.search(frame) for frame in frames)


def _fields(scene: Scene) -> str:
    """The names that a settings validation lists, without their values."""
    if "settings" not in scene.match.groupdict():
        return ""
    names = []
    for index in range(scene.index + 1, min(len(scene.log), scene.index + 40)):
        text = scene.log.text(index)
        if _FIELD.match(text) and _MISSING.search(scene.log.text(index + 1)):
            names.append(text)
    return ", ".join(dict.fromkeys(names))
