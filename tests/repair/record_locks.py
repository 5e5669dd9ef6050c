"""Record what Poetry, PDM and Pipenv really write, for the tests that run without them.

Usage: python -m tests.repair.record_locks NAME LOCK, with the tool on the path; such as `poetry-2 poetry.lock`.

The packages are served as `index.example` through a proxy on 127.0.0.1, so that no address of a machine is recorded.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.index.server import LocalIndex, local_index
from tests.repair.test_lockfile_managers import add, first_lock, manifest
from trueup.repair._lock_tools import MANAGERS, written

FOLDER = Path(__file__).parent / "locks"
HOST = "http://index.example"


def reachable(index: LocalIndex) -> None:
    """Answer for the whole addresses too: that is how a proxy is asked."""
    index.replies.update({f"{HOST}{path}": reply for path, reply in index.replies.items() if path.startswith("/")})


def record(name: str, lock: str) -> None:
    """Write the manifests and lockfiles before and after a change to `locks/NAME`."""
    place = FOLDER / name
    place.mkdir(parents=True, exist_ok=True)
    with local_index() as index, tempfile.TemporaryDirectory() as scratch:
        os.environ.update(dict.fromkeys(("http_proxy", "HTTP_PROXY", "ALL_PROXY"), index.url))
        os.environ.update({"NO_PROXY": "", "no_proxy": "", "PIP_TRUSTED_HOST": "index.example"})
        os.environ.pop("PIP_FIND_LINKS", None)
        for cache in ("POETRY_CACHE_DIR", "PDM_CACHE_DIR", "PIPENV_CACHE_DIR", "PIP_CACHE_DIR"):
            os.environ[cache] = f"{scratch}/{cache}"
        named = replace(index, url=HOST)
        add(index, "alpha", "1.0")
        add(index, "epsilon", "1.0")
        add(index, "omega", "1.0", requires="epsilon")
        reachable(index)
        before = first_lock(lock, named, Path(scratch), "alpha==1.0", "omega")
        add(index, "epsilon", "2.0")
        add(index, "omega", "2.0")
        add(index, "delta", "1.0")
        add(index, "alpha", "2.0", requires="delta")
        reachable(index)
        asked = manifest(lock, named, "alpha==2.0", "omega")
        text, tool = written(MANAGERS[lock], asked, before)
        (place / "before.txt").write_bytes(before.data)
        (place / "after.txt").write_text(text, "utf-8", newline="")
        (place / "manifest.txt").write_bytes(asked.data)
        (place / "tool.txt").write_text(f"{tool}\n", "utf-8")


if __name__ == "__main__":
    record(*sys.argv[1:])
