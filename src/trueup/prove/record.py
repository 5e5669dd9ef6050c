"""The proof's folder: where logs and the record stay when everything else is removed."""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trueup.errors import UsageError
from trueup.model.project import Project
from trueup.model.proof import ProofVerdict
from trueup.prove.tree import identity, tree_hash

KEPT_PROOFS = 20
MARK = "running"
RUNNING_SECONDS = 6 * 3600
"""A proof that began longer ago has ended, however it ended."""
KEPT_NAMES = frozenset({"logs", "backing"})
_HINT = "`trueup prove --format json -o FILE` writes one."


def new_folder(cache: Path, project: Project) -> Path:
    """A folder for one proof; the oldest ones beyond KEPT_PROOFS are removed, and what killed ones have left."""
    root = cache / "proofs"
    root.mkdir(parents=True, exist_ok=True)
    old = sorted((path for path in root.iterdir() if path.is_dir()), key=lambda path: path.name)
    for path in old[: max(0, len(old) - KEPT_PROOFS + 1)]:
        if _age(path) > RUNNING_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
    for path in old:
        if path.exists() and not (path / "proof.json").exists():
            if _age(path) > RUNNING_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
            elif _was_killed(path):
                clear(path)
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(project.whole.path).resolve().name) or "project"
    folder = root / f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{name}-{secrets.token_hex(3)}"
    folder.mkdir()
    return folder


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Show others that the proof of a folder runs: by a locked file, so that it shows it however the proof ends."""
    mark = folder / MARK
    with mark.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
    mark.unlink(missing_ok=True)


def _was_killed(folder: Path) -> bool:
    try:
        with (folder / MARK).open("r+") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


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


def digest_of(record: Mapping[str, Any]) -> str:
    """A hash of a record's content, whatever its layout; the key `digest` itself does not count.

    It shows that a record was edited. It proves nothing about who wrote it: whoever edits can hash again.
    """
    content = {key: value for key, value in record.items() if key != "digest"}
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Verified:
    """What a record says of itself, and what is wrong with it in words; empty where it can be relied on."""

    verdict: ProofVerdict
    started: str
    problem: str


def verify(path: Path, project: Project) -> Verified:
    """Hold a record against itself and against a project's files.

    Args:
        path: the record, as `trueup prove` wrote it.
        project: the project that it is to be of.

    Raises:
        UsageError: the file cannot be read or is no record.
    """
    try:
        record = json.loads(path.read_text("utf-8"))
        if record["schema"] != "trueup/proof/1":
            raise ValueError(f"its schema is {record['schema']!r:.60}")
        verdict, started = ProofVerdict(record["verdict"]), str(record["started"])
        if record["digest"] != digest_of(record):
            return Verified(verdict, started, "it was changed after it was written")
        is_of_this_tree = record["tree"] == tree_hash(project, frozenset({identity(path)}))
    except KeyError as error:
        raise UsageError(f"{path} is no record of a proof: it has no {error}", hint=_HINT) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}", hint=_HINT) from None
    except (ValueError, TypeError, RecursionError) as error:
        raise UsageError(f"{path} is no record of a proof: {error}", hint=_HINT) from None
    return Verified(verdict, started, "" if is_of_this_tree else "it is of other files than those that are here")
