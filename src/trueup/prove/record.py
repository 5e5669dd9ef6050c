"""The proof's folder: where logs and the record stay when everything else is removed."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
from pathlib import Path
from typing import Any

from trueup.errors import UsageError
from trueup.model.project import Project
from trueup.prove.tree import tree_hash

KEPT_PROOFS = 20
RUNNING_SECONDS = 6 * 3600
"""A proof that began longer ago has ended, however it ended."""
KEPT_NAMES = frozenset({"logs", "backing"})


def new_folder(cache: Path, project: Project) -> Path:
    """A folder for one proof; the oldest ones beyond KEPT_PROOFS are removed."""
    root = cache / "proofs"
    root.mkdir(parents=True, exist_ok=True)
    old = sorted((path for path in root.iterdir() if path.is_dir()), key=lambda path: path.name)
    for path in old[: max(0, len(old) - KEPT_PROOFS + 1)]:
        if _age(path) > RUNNING_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
    for path in old:
        if path.exists() and not (path / "proof.json").exists() and _age(path) > RUNNING_SECONDS:
            shutil.rmtree(path, ignore_errors=True)  # its proof was killed
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(project.whole.path).resolve().name) or "project"
    folder = root / f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{name}-{secrets.token_hex(3)}"
    folder.mkdir()
    return folder


def _age(path: Path) -> float:
    return time.time() - path.stat().st_mtime


def clear(folder: Path) -> None:
    """Remove copies of the project and scratch files; logs and records stay."""
    for service in folder.iterdir():
        if service.is_dir() and service.name not in KEPT_NAMES:
            for inner in service.iterdir():
                if inner.name not in KEPT_NAMES:
                    _remove(inner)
            if not any(service.iterdir()):
                service.rmdir()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        path.chmod(0o700)
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def verify(path: Path, project: Project) -> tuple[bool, dict[str, Any]]:
    """Whether a record belongs to a project's files, and the record.

    Raises:
        UsageError: the file cannot be read or is no record.
    """
    try:
        record: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if record["schema"] != "trueup/proof/1":
            raise KeyError("schema")
        return record["tree"] == tree_hash(project), record
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is no record of a proof: {error}", hint="trueup prove writes one.") from None
