"""A lockfile no longer fits its manifest

What it does:
    Compares each lockfile with the manifest that it locks: uv.lock, poetry.lock (by its content-hash, computed again),
    pdm.lock, Pipfile.lock (by its hash), a requirements.txt that pip-compile or uv wrote from a .in file, and a
    requirements.lock that mirrors a requirements.txt: names, extras, versions.

Why it fails a deployment:
    It depends on the command that the platform runs. `uv sync --locked`, `poetry install` since 1.8 and `pipenv
    install --deploy` stop. `uv sync --frozen`, `pipenv sync` and `pip install -r` install the lockfile as it is: what
    it lacks is not there when the service starts. Other commands lock anew in the build, to versions that nobody
    tested.

Example:
    `httpx` is added to pyproject.toml, and `uv lock` is forgotten.

Use instead:
    Lock again and commit the lockfile with the manifest: `uv lock`, `poetry lock`, `pdm lock`, `pipenv lock`,
    `pip-compile`.

Sources:
    astral-sh/uv, "Locking and syncing"; Poetry 1.4 to 2.5, installer.py; pipenv, routines/install.py; PDM,
    cli/actions.py: all read 2026-11-20 in the released distributions. See checks/_lock_hashes.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._interface import Check, CheckContext
from trueup.checks._lock_managers import managed_lockfiles
from trueup.checks._lock_mirrors import mirrored_lockfiles
from trueup.model.finding import Finding


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each lockfile in the service's root directory."""
    yield from managed_lockfiles(context)
    yield from mirrored_lockfiles(context)


CHECK = Check("lockfile-out-of-step", "A lockfile no longer fits its manifest", run)
