"""The root directories that a project offers to a platform, where no configuration file names them."""

from __future__ import annotations

from trueup.model.evidence import Evidence, Fact
from trueup.model.plan import PlanContext
from trueup.model.project import Project

MANIFESTS = ("requirements.txt", "pyproject.toml", "uv.lock", "poetry.lock", "Pipfile", "Pipfile.lock", "setup.py")
DEEPEST = 2
"""Folders below the root in which a service is looked for."""
_NOT_SERVICES = frozenset({"tests", "test", "docs", "examples", "node_modules", "venv", ".venv"})


def service_roots(project: Project, context: PlanContext) -> tuple[Fact[str], ...]:
    """The given root directory; else the project's root where it holds a manifest; else each folder that does.

    Never empty: without any manifest the project's root is all there is to look at.
    """
    if context.root_dir is not None:
        root = context.root_dir.strip("/")
        return (Fact("" if root == "." else root, (Evidence.given(context.root_dir_evidence),)),)
    whole = project.whole
    found = {name.rpartition("/")[0]: name for name in sorted(whole.listing, reverse=True) if _is_manifest(name)}
    if "" in found or not found:
        evidence = (
            Evidence.found(found[""], None, found[""]) if "" in found else Evidence.absent("no manifest anywhere")
        )
        return (Fact("", (evidence,)),)
    return tuple(Fact(folder, (Evidence.found(found[folder], None, found[folder]),)) for folder in sorted(found))


def _is_manifest(path: str) -> bool:
    *folders, name = path.split("/")
    return name in MANIFESTS and len(folders) <= DEEPEST and not _NOT_SERVICES.intersection(folders)
