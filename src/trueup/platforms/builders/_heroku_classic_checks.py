"""What the classic buildpack checks before it looks at the Python version: stack, leftovers, package manager.

Sources: heroku-buildpack-python lib/checks.sh and lib/package_manager.sh at b4e7e721, read on 2026-11-20. From which
day each check holds is in platforms/data/heroku_classic.toml.
"""

from __future__ import annotations

import re

from trueup.manifests.app_json import AppJson
from trueup.model.evidence import Evidence, Fact
from trueup.model.project import Project
from trueup.platforms import _data
from trueup.platforms.builders import _heroku_image as images
from trueup.platforms.builders._heroku_problems import Log
from trueup.platforms.builders._heroku_releases import CLASSIC
from trueup.platforms.builders._heroku_source import exists, where_else

FILES = {"pipenv": "Pipfile.lock", "pip": "requirements.txt", "poetry": "poetry.lock", "uv": "uv.lock"}
"""The file by which each package manager is known, in the order in which the buildpack looks."""

PYTHON_BUILDPACK = re.compile(r"(?:^|[/:])heroku/(?:heroku-buildpack-)?python(?:\.git|\.tgz)?(?:#.*)?$")
_ADD_ONE = "Commit exactly one of requirements.txt, Pipfile.lock, poetry.lock and uv.lock at the root of the app."


def check_stack(log: Log, stack: images.Stack, day: str) -> None:
    """Refuse a stack that is no longer, or not yet, supported (lib/checks.sh:3-42)."""
    if stack.is_known:
        return
    name = stack.name.value
    names = ", ".join(_data.load("heroku")["stack"])
    hint = f"Set a supported stack: {names} (`heroku stack:set`, or `stack` in app.json)."
    row = images.ended(name, day)
    if row is not None:
        line = f"Error: The '{name}' stack is no longer supported."
        evidence = (*stack.name.evidence, _data.evidence(row, f"support for {row['pattern']} ended"))
        log.error(line, f"The app's stack is {name}.", hint, evidence, subject="stack")
    else:
        line = f"Error: The '{name}' stack isn't recognised."
        source = CLASSIC.source("lib/checks.sh#L3-L41", "the stacks that the buildpack knows")
        evidence = (*stack.name.evidence, source)
        log.error(line, f"The app's stack is {name}.", hint, evidence, sure=CLASSIC.is_known(day), subject="stack")


def check_buildpacks(log: Log, app: AppJson | None, day: str) -> None:
    """Refuse a second run of the Python buildpack in one build (lib/checks.sh:44-73)."""
    if app is None or not CLASSIC.in_force("duplicate-buildpack", day):
        return
    found = [(url, evidence) for url, evidence in app.buildpacks if PYTHON_BUILDPACK.search(url)]
    if len(found) > 1:
        log.error(
            "Error: The Python buildpack has already been run this build.",
            f"app.json lists the Python buildpack {len(found)} times, and Heroku runs every entry.",
            "Keep one entry of the Python buildpack in app.json, and one in `heroku buildpacks`.",
            (*(evidence for _, evidence in found), CLASSIC.rule_evidence("duplicate-buildpack", "checked since")),
        )


def check_python_directory(log: Log, source: Project, day: str) -> None:
    """Refuse a source that already holds .heroku/python, file or folder (lib/checks.sh:75-104)."""
    if not exists(source, ".heroku/python") or not CLASSIC.in_force("existing-python-directory", day):
        return
    path = source.in_project(".heroku/python")
    log.error(
        "Error: Existing '.heroku/python/' directory found.",
        f"The repository holds {path}, where the buildpack installs Python.",
        f"Remove it from the repository: `git rm -r {path}`.",
        (
            Evidence.found(path, None, ".heroku/python is there"),
            CLASSIC.rule_evidence("existing-python-directory", "an existing .heroku/python is refused"),
        ),
    )


def check_virtual_environment(log: Log, source: Project, day: str) -> None:
    """Refuse a committed virtual environment in .venv or venv (lib/checks.sh:106-150)."""
    if not CLASSIC.in_force("existing-virtual-environment", day):
        return
    for name in (".venv", "venv"):
        if source.has(f"{name}/pyvenv.cfg"):
            path = source.in_project(name)
            log.error(
                f"Error: Existing '{name}/' directory found.",
                f"The repository holds the virtual environment {path}/, which works on one machine only.",
                f"Take it out of the repository (`git rm --cached -r {path}`) and add {name}/ to .gitignore.",
                (
                    Evidence.found(f"{path}/pyvenv.cfg", None, "the mark of a virtual environment"),
                    CLASSIC.rule_evidence("existing-virtual-environment", "a committed environment is refused"),
                ),
            )
            return


def package_manager(log: Log, source: Project, day: str) -> Fact[str | None]:
    """The package manager, by the one file that is there (lib/package_manager.sh:7-163).

    Before 2025-12-10 several files were allowed and the first in the order of `FILES` won, and a lone setup.py meant
    pip; before 2025-07-23 a Pipfile without its lockfile meant Pipenv.
    """
    names = [name for name, path in FILES.items() if source.has(path) and (name != "uv" or CLASSIC.in_force("uv", day))]
    evidence = tuple(_found(source, FILES[name]) for name in names)
    if source.has("Pipfile") and "pipenv" not in names:
        if CLASSIC.in_force("pipfile-without-lock", day):
            _no_lock(log, source)
            return Fact(None, (_found(source, "Pipfile"),))
        return Fact("pipenv", (_found(source, "Pipfile"),))
    if len(names) > 1 and CLASSIC.in_force("multiple-package-managers", day):
        _multiple(log, names, evidence)
        return Fact(None, evidence)
    if names:
        return Fact(names[0], evidence)
    if source.has("setup.py"):
        if not CLASSIC.in_force("setup-py-only", day):
            return Fact("pip", (_found(source, "setup.py"),))
        _setup_py_only(log, source)
    else:
        _none(log, source)
    return Fact(None, (Evidence.absent(f"none of {', '.join(FILES.values())} is at the root of the app"),))


def _found(source: Project, path: str) -> Evidence:
    return Evidence.found(source.in_project(path), None, f"{path} is there")


def _no_lock(log: Log, source: Project) -> None:
    log.error(
        "Error: No 'Pipfile.lock' found!",
        "There is a Pipfile and no Pipfile.lock, so no versions are pinned.",
        "Run `pipenv lock` and commit Pipfile.lock (see that .gitignore and .slugignore leave it in); or use one of "
        "requirements.txt, poetry.lock and uv.lock instead of the Pipfile.",
        (_found(source, "Pipfile"), CLASSIC.rule_evidence("pipfile-without-lock", "Pipenv needs its lockfile")),
        reason="package-manager::pipenv-missing-lockfile",
    )


def _multiple(log: Log, names: list[str], evidence: tuple[Evidence, ...]) -> None:
    files = ", ".join(f"{FILES[name]} ({name})" for name in names)
    log.error(
        "Error: Multiple Python package manager files were found.",
        f"The root of the app holds the files of {len(names)} package managers: {files}.",
        "Keep the file of the package manager that you use, and leave the others out (delete them, or name them in "
        ".slugignore).",
        (*evidence, CLASSIC.rule_evidence("multiple-package-managers", "exactly one such file may be there")),
        reason="package-manager::multiple-found",
        package_managers=tuple(names),
    )


def _setup_py_only(log: Log, source: Project) -> None:
    log.error(
        "Error: Implicit setup.py file support has been sunset.",
        "setup.py is there and no file of a package manager.",
        "Add a requirements.txt with the line `--editable .`, or a poetry.lock or uv.lock.",
        (_found(source, "setup.py"), CLASSIC.rule_evidence("setup-py-only", "setup.py alone is not installed")),
        reason="package-manager::setup-py-only",
    )


def _none(log: Log, source: Project) -> None:
    elsewhere, hint = where_else(source, tuple(FILES.values()))
    rule = CLASSIC.source("lib/package_manager.sh#L95-L126", "one package manager file must be at the root")
    log.error(
        "Error: Couldn't find any supported Python package manager files.",
        "The root of the app holds none of requirements.txt, Pipfile.lock, poetry.lock and uv.lock.",
        hint or _ADD_ONE,
        (*elsewhere, Evidence.absent("no package manager file at the root of the app"), rule),
        reason="package-manager::none-found",
    )
