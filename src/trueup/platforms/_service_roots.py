"""Which folders of a repository are the root directories of Python services, where no file of a platform says so."""

from __future__ import annotations

import posixpath

from trueup.model.evidence import Evidence, Fact
from trueup.model.plan import PlanContext
from trueup.model.project import Project

MANIFESTS = ("requirements.txt", "pyproject.toml", "Pipfile", "setup.py", "uv.lock", "poetry.lock", "Pipfile.lock")
"""Files of which any builder takes one as the sign of a Python application."""
MAIN_FILES = ("main.py", "app.py", "manage.py", "server.py", "start.py", "bot.py", "hello.py", "wsgi.py", "asgi.py")
DEEPEST = 3
"""Levels of folders below the root in which a service is looked for (`services/billing/api`)."""
_NOT_DEPLOYED = frozenset(
    {
        "benchmarks",
        "build",
        "dist",
        "docs",
        "doc",
        "env",
        "examples",
        "example",
        "fixtures",
        "node_modules",
        "scripts",
        "site-packages",
        "templates",
        "test",
        "tests",
        "tools",
        "venv",
        "vendor",
    }
)


def service_roots(project: Project, context: PlanContext) -> tuple[Fact[str], ...]:
    """The root directories of the services of a repository, each with why it is one.

    The one that is given counts. Else it is the repository's root where that holds a Python application. Else every
    folder that holds one is a service of its own, and the evidence says that the platform must be told so. Else it is
    the root, with what was looked for.

    Args:
        project: the whole project.
        context: `root_dir` is the given root directory, in any of the forms `backend`, `./backend/`, `/backend`.

    Returns:
        At least one root directory, relative to the project, "" for its root.
    """
    if context.root_dir is not None:
        root = posixpath.normpath(f"/{context.root_dir}").strip("/")
        return (Fact(root, (Evidence.given(f"{context.root_dir_evidence} {context.root_dir}"),)),)
    sign = application_sign(project, "")
    if sign is not None:
        return (Fact("", (_at(project, sign, f"{sign} makes the repository's root a Python application"),)),)
    absent = Evidence.absent(f"the repository's root has none of {', '.join((*MANIFESTS[:3], *MAIN_FILES[:2]))}")
    folders = _application_folders(project)
    if not folders:
        return (Fact("", (absent,)),)
    return tuple(Fact(folder, (_inferred(project, folder, sign), absent)) for folder, sign in folders)


def application_sign(project: Project, folder: str) -> str | None:
    """The file that makes a folder a Python application, relative to the project: a manifest, else a main file."""
    prefix = f"{folder}/" if folder else ""
    return next((prefix + name for name in (*MANIFESTS, *MAIN_FILES) if project.has(prefix + name)), None)


def _application_folders(project: Project) -> list[tuple[str, str]]:
    """Folders with a manifest; where none has one, those with a main file. Folders inside of those do not count."""
    folders = [folder for folder in sorted(project.directories) if _may_be_deployed(folder)]
    for names in (MANIFESTS, MAIN_FILES):
        found: list[tuple[str, str]] = []
        for folder in folders:
            sign = next((f"{folder}/{name}" for name in names if project.has(f"{folder}/{name}")), None)
            inside = any(folder.startswith(f"{outer}/") for outer, _ in found)
            if sign is not None and not inside and sign not in project.ignored:
                found.append((folder, sign))
        if found:
            return found
    return []


def _may_be_deployed(folder: str) -> bool:
    parts = folder.split("/")
    return len(parts) <= DEEPEST and not any(part.startswith(".") or part.lower() in _NOT_DEPLOYED for part in parts)


def _inferred(project: Project, folder: str, sign: str) -> Evidence:
    text = f"{sign} makes {folder}/ a service; the platform must be told that its root directory is {folder}"
    return _at(project, sign, text)


def _at(project: Project, path: str, text: str) -> Evidence:
    return Evidence.found(project.in_project(path), 1, text)
