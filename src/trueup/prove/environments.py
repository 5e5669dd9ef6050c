"""Installed environments, kept by the hash of everything that decides their content, and verified before use."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEPT_SECONDS = 14 * 24 * 3600
"""Environments that nobody used for two weeks are removed."""
MARK = "complete.json"


def key_of(*inputs: object) -> str:
    """The key of an environment: a hash of its inputs."""
    text = json.dumps(inputs, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass
class Slot:
    """The place of one environment: `folder` is where it is (to be) installed."""

    root: Path
    key: str
    _lock: int

    @property
    def folder(self) -> Path:
        """The virtual environment itself; its path is part of it, so that it never moves."""
        return self.root / self.key / "environment"

    @property
    def _mark(self) -> Path:
        return self.root / self.key / MARK

    def usable(self) -> dict[str, Any] | None:
        """What was noted when it was completed, if nothing in it has changed since; None if it must be installed."""
        try:
            noted: dict[str, Any] = json.loads(self._mark.read_text("utf-8"))
        except (OSError, ValueError):
            return None
        if noted.get("fingerprint") != fingerprint(self.folder):
            return None
        os.utime(self._mark)
        return noted

    def clear(self) -> None:
        """Remove what is there."""
        shutil.rmtree(self.root / self.key, ignore_errors=True)
        self.folder.parent.mkdir(parents=True)

    def complete(self, notes: dict[str, Any]) -> None:
        """Note that the environment is whole; written last, and at once or not at all."""
        temporary = self._mark.with_suffix(".new")
        temporary.write_text(json.dumps(notes | {"fingerprint": fingerprint(self.folder)}), "utf-8")
        temporary.replace(self._mark)

    def share(self) -> None:
        """Let others use it as well; nobody installs into it while someone does."""
        fcntl.flock(self._lock, fcntl.LOCK_SH)

    def own(self, tell: Callable[[], None] = lambda: None) -> None:
        """Wait until nobody else uses it; `tell` is called when that takes time."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell()
            fcntl.flock(self._lock, fcntl.LOCK_EX)

    def release(self) -> None:
        """Let others try: nothing usable is there."""
        fcntl.flock(self._lock, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go."""
        os.close(self._lock)


@contextlib.contextmanager
def slot(root: Path, key: str) -> Iterator[Slot]:
    """The place for an environment, shared; `own` it before installing."""
    root.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(root / f"{key}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    place = Slot(root, key, descriptor)
    try:
        place.share()
        yield place
    finally:
        place.close()


def fingerprint(folder: Path) -> str:
    """A hash of every file's path, size and time of change (links: their target), without compiled bytecode."""
    digest = hashlib.sha256()
    for path, directories, names in os.walk(folder):
        directories.sort()
        if "__pycache__" in directories:
            directories.remove("__pycache__")
        for name in sorted(names):
            location = f"{path}/{name}"
            try:
                status = os.lstat(location)
            except OSError:
                continue
            digest.update(f"{location}\0{status.st_size}\0{status.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def tidy(root: Path) -> None:
    """Remove environments that were long not used, and halves that an interrupted proof has left."""
    if not root.exists():
        return
    for folder in root.iterdir():
        if folder.suffix == ".lock" or not folder.is_dir():
            continue
        mark = folder / MARK
        age = time.time() - (mark if mark.exists() else folder).stat().st_mtime
        if age < (KEPT_SECONDS if mark.exists() else 24 * 3600):
            continue
        descriptor = os.open(root / f"{folder.name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue
        finally:
            os.close(descriptor)


_DISTRIBUTION = re.compile(r"^(.+)-([^-]+)\.dist-info$")


def installed(folder: Path) -> dict[str, str]:
    """The distributions of an environment: normalised name → version, by their metadata folders."""
    found = {}
    for path in folder.glob("lib/python*/site-packages/*.dist-info"):
        match = _DISTRIBUTION.match(path.name)
        if match:
            found[re.sub(r"[-_.]+", "-", match[1]).lower()] = match[2]
    return dict(sorted(found.items()))
