"""A repair of several files, small enough to be made in a process that is killed."""

from __future__ import annotations

from trueup.model.repair import Edit, digest

BEFORE = {"requirements.txt": b"asyncpg==0.29.0\r\n", "backend/run.sh": b"#!/bin/sh\necho \xff\n", "old.txt": b"old\n"}
AFTER = {
    "requirements.txt": b"asyncpg==0.30.0\r\n",
    "backend/run.sh": b"#!/bin/sh\nexec echo \xff\n",
    "backend/.python-version": b"3.12\n",
}


def edits() -> list[Edit]:
    """One file changed at one place, one with an insertion, one made, one removed."""
    return [
        Edit("requirements.txt", 9, 15, b"0.30.0", digest(BEFORE["requirements.txt"])),
        Edit("backend/run.sh", 10, 10, b"exec ", digest(BEFORE["backend/run.sh"])),
        Edit.new_file("backend/.python-version", b"3.12\n"),
        Edit("old.txt", 0, 0, None, digest(BEFORE["old.txt"])),
    ]
