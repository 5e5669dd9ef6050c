"""The root directories of Railway's services: a root whose own commands go down into the folders is itself the service.

Source: railwayapp/docs@c2a634f1 (2026-08-21), content/docs/deployments/monorepo.md: the root directory is that of the
repository unless the service's settings name another, and commands run in it; read 2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trueup.model.evidence import Evidence, Fact
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.platforms._service_roots import service_roots

_COMMAND_FILES = ("nixpacks.toml", "nixpacks.json", "railpack.json", "railway.toml", "railway.json")
_COMMENT = ("#", "//")


def railway_roots(project: Project, context: PlanContext) -> tuple[Fact[str], ...]:
    """The root directories as `service_roots` has them, unless Railway's own files at the root say that it is the one.

    They do where a command in them goes into a folder that would be a root directory (`cd backend && …`, `pip install
    -r backend/requirements.txt`): from within that folder it would find nothing. A root that has a Dockerfile is built
    with it, which is not predicted: the folders stay.
    """
    roots = service_roots(project, context)
    folders = [root.value for root in roots if root.value]
    if context.root_dir is not None or not folders or project.has("Dockerfile"):
        return roots
    place = next(_commands_into(project, folders), None)
    return roots if place is None else (Fact("", (place,)),)


def _commands_into(project: Project, folders: list[str]) -> Iterator[Evidence]:
    """The lines of Railway's files at the root that hold a command into one of the folders."""
    names = f"(?:{'|'.join(re.escape(folder) for folder in folders)})"
    ways = (
        rf"\bcd\s+(?:\./)?{names}(?![\w/.-])",
        rf"\s-r\s+(?:\./)?{names}/",
        rf"--(?:chdir|app-dir)[ =](?:\./)?{names}\b",
    )
    down = re.compile("|".join(ways))
    for path in _COMMAND_FILES:
        file = project.get(path)
        for number, line in enumerate(file.lines if file is not None else (), start=1):
            if file is not None and down.search(line) and not line.lstrip().startswith(_COMMENT):
                yield file.evidence(number)
