"""The service lies in a folder, and nothing tells the platform which

What it does:
    Notes that the repository's root holds no Python application and a folder does, and that no file which the platform
    reads says so; the prediction is then made for that folder.

Why it fails a deployment:
    A platform builds the repository's root unless it is told otherwise. There it finds no manifest, and stops, or takes
    the project for another language.

Example:
    `backend/requirements.txt` and `frontend/package.json`, and no root directory set in Railway's settings.

Use instead:
    The folder as root directory in the service's settings (on Render: `rootDir` in render.yaml); in trueup's own
    configuration: `root-dir = "backend"`.

Sources:
    Railway, "Deploying a Monorepo" and "Dockerfiles" (one in the root directory is taken); Render, "Monorepo Support",
    rootDir; read 2026-11-20.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from trueup.checks._interface import Check, CheckContext
from trueup.model.evidence import Evidence, EvidenceKind
from trueup.model.finding import Confidence, Finding, Severity
from trueup.platforms._service_roots import MAIN_FILES, MANIFESTS

RULE = "root-directory-not-set"
SETTING = {"railway": "Settings → Source → Root Directory", "render": "`rootDir` in render.yaml"}


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding where the root directory is inferred from a folder."""
    root = context.plan.service.root_dir
    first = root.evidence[0]
    is_inferred = first.kind is EvidenceKind.FOUND and posixpath.basename(first.path or "") in (*MANIFESTS, *MAIN_FILES)
    if not root.value or not is_inferred or context.context.root_dir is not None:
        return
    where = SETTING.get(context.plan.platform, "the service's settings")
    takes_dockerfile = context.plan.platform == "railway" and context.project.has("Dockerfile")
    then = (
        "with the Dockerfile that lies there, and what is said of this folder does not hold."
        if takes_dockerfile
        else "finds no manifest there, and the build fails."
    )
    yield Finding(
        rule=RULE,
        severity=Severity.LOW if takes_dockerfile else Severity.MEDIUM,
        confidence=Confidence.LOW,
        message=f"{first.path} makes {root.value}/ a Python service, and the repository's root is none. No file says "
        f"which folder {context.plan.platform} is to build; unless its settings say {root.value}, it builds the "
        f"repository's root{'' if takes_dockerfile else ','} {then}",
        hint=f"Set {root.value} as root directory ({where}), and note it here as `root-dir` in trueup.toml.",
        evidence=(first, *root.evidence[1:], Evidence.absent("no file of the platform names a root directory")),
        subject=root.value,
        brief=f"the service lies in {root.value}/, and no file says so: set it ({where})",
    )


CHECK = Check(RULE, "The service lies in a folder, and nothing tells the platform which", run)
