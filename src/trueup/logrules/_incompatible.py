"""Pairs of versions that are known not to work together, and how to see that a failure lies inside of packages.

Sources: openai-python's release notes (1.55.3: httpx 0.28); SQLAlchemy's changelog (2.0.31: Python 3.13); bcrypt's
4.1 and 5.0 changelogs and passlib 1.7.4; Werkzeug's changes 2.1 to 3.0; Jinja2 3.1 and MarkupSafe 2.1; pydantic's
migration guide;
protobuf's 4.21 notes; own recordings; read 2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from packaging.utils import canonicalize_name

from trueup.logrules._building import REMOVED_MODULES, REMOVED_NAME, in_build
from trueup.logrules._rule import Scene

_SITE = re.compile(r'File "[^"]*(?:site|dist)-packages/(?P<package>\w+)')
_FILE = re.compile(r'File "(?P<path>[^"]+)"')
_PROJECTS = {
    "sklearn": "scikit-learn",
    "cv2": "opencv-python",
    "PIL": "pillow",
    "jwt": "pyjwt",
    "jose": "python-jose",
    "yaml": "pyyaml",
    "telegram": "python-telegram-bot",
    "google": "protobuf",
    "OpenSSL": "pyopenssl",
    "flask_login": "flask-login",
    "pydantic_core": "pydantic-core",
    "dateutil": "python-dateutil",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "rest_framework": "djangorestframework",
    "markdown": "markdown",
}

_PAIRS: tuple[tuple[str, str, str, str], ...] = (
    # what the line says, the package to change, the story, the cure
    (
        r"unexpected keyword argument 'prox(?:ies|y)'",
        "",
        "{user} passes `proxies` to httpx, and httpx 0.28 no longer takes it.",
        "Raise {user} (openai: 1.55.3 or later; anthropic: 0.42 or later), or add `httpx<0.28`.",
    ),
    (
        r"directly inherits TypingOnly",
        "sqlalchemy",
        "SQLAlchemy before 2.0.31 does not work on Python 3.13: importing it fails.",
        "Raise SQLAlchemy to 2.0.31 or later, or pin Python 3.12.",
    ),
    (
        r"password cannot be longer than 72 bytes",
        "passlib",
        (
            "passlib 1.7.4 probes bcrypt with a long password, and bcrypt 5 refuses that (the traceback about"
            " `__about__` before it is a warning)."
        ),
        (
            "Add `bcrypt<5` (better `bcrypt==4.0.1`) to the requirements, or replace passlib, which is no longer"
            " maintained."
        ),
    ),
    (
        r"`BaseSettings` has been moved",
        "pydantic",
        "The code imports BaseSettings from pydantic 1, and pydantic 2 is installed.",
        "Import it from pydantic-settings and add that to the requirements, or pin `pydantic<2`.",
    ),
    (
        r"PydanticImportError",
        "pydantic",
        "The code uses what pydantic 2 no longer has.",
        "Move the code to pydantic 2, or pin `pydantic<2`.",
    ),
    (
        r"Descriptors cannot (?:not )?be created directly",
        "protobuf",
        "Generated code is older than the installed protobuf (4 and later refuse it).",
        "Raise the package that brings the generated code, or pin `protobuf<=3.20.3`.",
    ),
    (
        r"unable to infer type for attribute",
        "pydantic",
        "pydantic 1 does not work on this Python: it cannot read the annotations of models.",
        "Raise pydantic to 2 (or to 1.10.24 or later at least), or pin an older Python.",
    ),
    (
        (
            r"Queue\.__init__\(\) got an unexpected keyword argument 'loop'|__init__\(\) got an unexpected keyword"
            r" argument 'loop'"
        ),
        "",
        "{user} passes `loop`, which asyncio no longer takes since Python 3.10.",
        "Raise {user}, or pin Python 3.9 (on Vercel: use the current Python runtime).",
    ),
    (
        r"duplicate base class TimeoutError",
        "aioredis",
        "aioredis 2 does not work on Python 3.11 and later.",
        "Replace aioredis by redis (its `redis.asyncio`), or pin Python 3.10.",
    ),
    (
        r"[Pp]ydantic v?1",
        "pydantic",
        "pydantic 1 does not work on this Python.",
        "Raise pydantic to 2, or pin an older Python.",
    ),
)
_OWNERS = {
    "url_quote": "werkzeug",
    "url_decode": "werkzeug",
    "url_encode": "werkzeug",
    "escape": "jinja2",
    "Markup": "jinja2",
    "soft_unicode": "markupsafe",
    "BaseSettings": "pydantic",
    "_request_ctx_stack": "flask",
    "_app_ctx_stack": "flask",
    "JSONEncoder": "flask",
    "safe_str_cmp": "werkzeug",
    "ContextFilter": "jinja2",
    "json": "itsdangerous",
}


def known_pair(scene: Scene) -> Mapping[str, str] | None:
    """Tells the story of a pair of versions that is known not to work together."""
    text = scene.log.text(scene.index)
    if in_build(scene):
        return None
    user = user_of(scene) or "a package"
    for words, package, story, cure in _PAIRS:
        if re.search(words, text):
            if not package and user in ("a package", "httpx"):
                user = _caller(scene, besides="httpx") or "openai"
            chosen = package or user
            return {"package": chosen, "user": user, "story": story.format(user=user), "cure": cure.format(user=user)}
    return None


def pydantic_v1_user(scene: Scene) -> Mapping[str, str] | None:
    """Accepts pydantic 2's errors about definitions in the style of pydantic 1."""
    text = scene.log.paragraph(scene.index, 3)
    if not re.search(
        r"non-annotated attribute|`regex` is removed|removed|`@root_validator`|pre=False|[Vv]1|no longer"
        r" supported|`const` is removed",
        text,
    ):
        return None
    return {
        "package": "pydantic",
        "story": "The models are written for pydantic 1, and pydantic 2 is installed.",
        "cure": "Move the models to pydantic 2, or pin `pydantic<2` (and a FastAPI that allows it).",
    }


def user_of(scene: Scene) -> str | None:
    """The project in whose folder the failing line of the traceback lies; None if it is not in an installed package."""
    frames = [frame for frame in scene.traceback() if _FILE.search(frame)]
    if not frames:
        return None
    found = _SITE.search(frames[-1])
    return project_of(found["package"]) if found else None


def _caller(scene: Scene, besides: str) -> str | None:
    for frame in reversed(scene.traceback()):
        if (found := _SITE.search(frame)) and found["package"] != besides:
            return project_of(found["package"])
    return None


def project_of(module: str) -> str:
    """The distribution of a top-level module, normalised."""
    return str(canonicalize_name(_PROJECTS.get(module, module)))


def library_import(scene: Scene) -> Mapping[str, str] | None:
    """Accepts a name that one installed package wants of another (or of itself) and does not get."""
    text = scene.log.text(scene.index)
    groups = scene.match.groupdict()
    name, source = groups.get("name") or "", groups.get("from") or groups.get("module") or ""
    top = source.split(".")[0]
    if (
        in_build(scene)
        or re.search(REMOVED_NAME, text)
        or top in REMOVED_MODULES
        or top in ("numpy", "distutils", "lib", "pkg_resources")
    ):
        return None
    if name == "__about__" or "circular import" in text:
        return None
    installed = re.search(r"\((?P<path>[^)]*(?:site|dist)-packages/[^)]*)\)", text)
    user = user_of(scene)
    if user is None and not installed:
        return None
    if user is None and groups.get("module"):
        return None
    owner = project_of(top) if top else _OWNERS.get(name, "")
    if user is None and installed and _is_users_own(scene):
        user = _OWNERS.get(name, owner)
    user = user or owner
    result = {"user": user, "package": user or owner}
    if owner:
        result |= {"owner": owner, "from": source}
    if name:
        result["name"] = name
    else:
        result |= {"name": source}
    return result


def _is_users_own(scene: Scene) -> bool:
    frames = [frame for frame in scene.traceback() if _FILE.search(frame)]
    return bool(frames) and not _SITE.search(frames[-1])


def library_type_error(scene: Scene) -> Mapping[str, str] | None:
    """Accepts an error raised inside of an installed package while it is imported or set up."""
    if in_build(scene):
        return None
    user = user_of(scene)
    frames = scene.traceback()
    importing = any("<module>" in frame for frame in frames[-14:]) or any("__init__" in frame for frame in frames[-4:])
    if user is None or not importing:
        return None
    if re.search(r"prox(?:ies|y)'", scene.log.text(scene.index)) or "sslmode" in scene.log.text(scene.index):
        return None
    groups = scene.match.groupdict()
    return {
        "user": user,
        "package": user,
        "name": groups.get("name") or groups.get("callable") or scene.match.group(0),
    }


def library_mismatch(scene: Scene) -> Mapping[str, str] | None:
    """Accepts an installed package's own complaint about the version of another."""
    user = user_of(scene)
    if user is None or in_build(scene):
        return None
    return {"user": user, "package": user, "story": f"{user} says: {scene.match['name']}."}
