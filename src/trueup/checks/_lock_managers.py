"""The lockfiles of uv, Poetry, PDM and Pipenv against their manifests, and what the platform's command does then."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from trueup.checks._code import is_python
from trueup.checks._interface import CheckContext
from trueup.checks._lock_difference import Difference, difference
from trueup.checks._lock_hashes import pipfile_hash, poetry_hashes
from trueup.manifests import pdm_lock, pipfile, pipfile_lock, poetry_lock, pyproject, uv_lock
from trueup.manifests._document import load_json
from trueup.manifests._lock import Lockfile, LockText
from trueup.manifests._tables import string, table
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity
from trueup.model.project import Project, SourceFile
from trueup.requirements.commands import InstallCommand, install_commands

_POETRY_STOPS = Version("1.8")
"""The first Poetry that refuses a poetry.lock whose hash is not that of pyproject.toml; older ones warn."""


@dataclass(frozen=True, slots=True)
class Step:
    """A lockfile that is out of step: where, and what says so besides the difference of names."""

    lock: SourceFile
    manifest: SourceFile
    found: Difference
    evidence: tuple[Evidence, ...]
    by_hash: bool = False


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the platform's command does with it."""

    severity: Severity
    words: str


def managed_lockfiles(context: CheckContext) -> Iterator[Finding]:
    """One finding for each of these lockfiles in the service's root directory that is out of step."""
    commands = {command.tool: command for command in install_commands((*context.plan.install, *context.plan.build))}
    for tool, compare in _COMPARISONS.items():
        step = compare(context.tree)
        if step is not None:
            yield _finding(context, tool, step, _CONSEQUENCES[tool](context, step, commands.get(tool)))


def _finding(context: CheckContext, tool: str, step: Step, then: Consequence) -> Finding:
    if step.lock.path not in context.requirements.files and not is_python(context):
        words = (
            f"What builds this service is not predicted: where it runs {tool} on {step.lock.path}, it may stop there."
        )
        then = Consequence(Severity.LOW, words)
    elif step.lock.path not in context.requirements.files:
        words = f"{context.plan.builder} does not read {step.lock.path} here: nothing fails today."
        then = Consequence(Severity.LOW, words)
    told = (
        step.found.told(step.lock.path)
        if step.found
        else f"{step.lock.path} was locked from another content: its hash is not that of {step.manifest.path}"
    )
    return Finding(
        rule="lockfile-out-of-step",
        severity=then.severity,
        confidence=Confidence.HIGH,
        message=f"{told}; {step.manifest.path} was changed since. {then.words}",
        hint=f"Run `{tool} lock` and commit {step.lock.path} together with {step.manifest.path}.",
        evidence=(*step.evidence, *step.found.evidence, step.lock.evidence(1)),
        subject=step.lock.path,
    )


def _versions(lock: Lockfile) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for package in lock.packages:
        found[package.name] += [package.version] if package.version else []
    return found


# uv


def _uv(tree: Project) -> Step | None:
    """Compare as uv does: the requirements that uv.lock remembers of the project, with their specifiers."""
    file, manifest = tree.get("uv.lock"), tree.get("pyproject.toml")
    if file is None or manifest is None:
        return None
    lock, project = uv_lock.parse(file), pyproject.parse(manifest)
    if lock.problems or project.document.problem or not lock.members or "dependencies" in project.dynamic:
        return None
    remembered = _uv_remembered(file, project.name)
    if remembered is None:
        return None
    sources = {source.name for source in project.uv.sources if source.index is None}
    wanted = [item for item in project.dependencies if item.name not in sources]
    found = difference(wanted, dict.fromkeys(remembered, ()))
    changed = tuple(
        (item, f"locked for {remembered[item.name][0]}")
        for item in wanted
        if item.name in remembered and item.specifier not in remembered[item.name]
    )
    asked = {item.name for item in project.dependencies}
    surplus = tuple(sorted(name for name in remembered if name not in asked))
    found = replace(found, moved=changed, surplus=surplus)
    return Step(file, manifest, found, ()) if found else None


def _uv_remembered(file: SourceFile, name: str | None) -> dict[str, list[SpecifierSet]] | None:
    """What the lockfile remembers of [project.dependencies], without extras; None where it has no such project."""
    entries = LockText(file).document.get("package", default=[])
    for entry in map(table, entries if isinstance(entries, list) else []):
        if name is None or canonicalize_name(string(entry.get("name")) or "") != canonicalize_name(name):
            continue
        found: dict[str, list[SpecifierSet]] = defaultdict(list)
        rows = table(entry.get("metadata")).get("requires-dist")
        for row in map(table, rows if isinstance(rows, list) else []):
            wanted = string(row.get("name"))
            if wanted and "extra ==" not in (string(row.get("marker")) or ""):
                found[canonicalize_name(wanted)].append(_specifier(row.get("specifier")))
        return found
    return None


def _specifier(value: Any) -> SpecifierSet:
    try:
        return SpecifierSet(string(value) or "")
    except InvalidSpecifier:
        return SpecifierSet()


def _after_uv(_: CheckContext, step: Step, command: InstallCommand | None) -> Consequence:
    if command and command.has("--locked"):
        return Consequence(Severity.HIGH, "`uv sync --locked` refuses such a lockfile, and the install step fails.")
    if command and command.has("--frozen"):
        return _as_it_is("`uv sync --frozen`", step)
    return Consequence(
        Severity.LOW,
        "`uv sync` locks anew in the build: what is missing is taken in its newest version, which nobody tested.",
    )


# Poetry


def _poetry(tree: Project) -> Step | None:
    file, manifest = tree.get("poetry.lock"), tree.get("pyproject.toml")
    if file is None or manifest is None:
        return None
    lock, project = poetry_lock.parse(file), pyproject.parse(manifest)
    document = LockText(file).document
    stated = string(document.get("metadata", "content-hash"))
    if lock.problems or project.document.problem or stated is None:
        return None
    if stated in set(poetry_hashes(project.document.value)):
        return None
    wanted = [*project.dependencies]
    if project.poetry:
        wanted += project.poetry.requirements
        wanted += [item for _, group in project.poetry.groups for item in group.requirements]
    found = difference(wanted, _versions(lock))
    at = file.evidence(document.line("metadata", "content-hash"))
    return Step(file, manifest, found, (at,), by_hash=True)


def _poetry_version(context: CheckContext) -> Version | None:
    """The Poetry that the plan installs, where it names one."""
    for step in (*context.plan.install, *context.plan.build):
        named = re.search(r"\bpoetry==([0-9][0-9.]*)", step.command)
        text = named.group(1) if named else step.variables.get("NIXPACKS_POETRY_VERSION", "")
        try:
            return Version(text)
        except InvalidVersion:
            continue
    return None


def _after_poetry(context: CheckContext, step: Step, _: InstallCommand | None) -> Consequence:
    version = _poetry_version(context)
    if version is not None and version < _POETRY_STOPS:
        return _as_it_is(f"`poetry install` of Poetry {version}", step)
    return Consequence(
        Severity.HIGH,
        "`poetry install` stops with “pyproject.toml changed significantly since poetry.lock was last generated”, and "
        "the install step fails.",
    )


# PDM


def _pdm(tree: Project) -> Step | None:
    file, manifest = tree.get("pdm.lock"), tree.get("pyproject.toml")
    if file is None or manifest is None:
        return None
    lock, project = pdm_lock.parse(file), pyproject.parse(manifest)
    if lock.problems or project.document.problem or "dependencies" in project.dynamic:
        return None
    found = difference(project.dependencies, _versions(lock))
    return Step(file, manifest, found, ()) if found else None


def _after_pdm(_: CheckContext, step: Step, command: InstallCommand | None) -> Consequence:
    if command and command.has("--check"):
        return Consequence(Severity.HIGH, "`pdm install --check` refuses such a lockfile, and the install step fails.")
    if command and command.has("--frozen-lockfile", "--no-lock"):
        return _as_it_is("`pdm install --frozen-lockfile`", step)
    return Consequence(
        Severity.LOW,
        "`pdm install` warns and locks anew in the build: what is missing is taken in a version that nobody tested.",
    )


# Pipenv


def _pipenv(tree: Project) -> Step | None:
    file, manifest = tree.get("Pipfile.lock"), tree.get("Pipfile")
    if file is None or manifest is None:
        return None
    lock, asked = pipfile_lock.parse(file), pipfile.parse(manifest)
    document = load_json(file)
    stated = string(document.get("_meta", "hash", "sha256"))
    if lock.problems or asked.document.problem or stated is None:
        return None
    expected = pipfile_hash(asked.document.value)
    found = difference((*asked.categories.get("packages", ()),), _versions(lock))
    if expected == stated or (expected is None and not found):
        return None
    at = file.evidence(document.line("_meta", "hash", "sha256"), "the hash of the Pipfile that was locked")
    return Step(file, manifest, found, (at,), by_hash=True)


def _after_pipenv(context: CheckContext, step: Step, command: InstallCommand | None) -> Consequence:
    steps = (*context.plan.install, *context.plan.build)
    if any("pipenv sync" in step.command for step in steps):
        return _as_it_is("`pipenv sync`", step)
    if command and command.has("--ignore-pipfile"):
        return _as_it_is("`pipenv install --ignore-pipfile`", step)
    if command and command.has("--deploy"):
        words = "`pipenv install --deploy` stops with “Your Pipfile.lock is out of date”: nothing is installed."
        return Consequence(Severity.HIGH, words)
    return Consequence(Severity.LOW, "`pipenv install` locks anew in the build, to versions that nobody tested.")


def _as_it_is(command: str, step: Step) -> Consequence:
    if step.found.missing:
        words = "what it lacks is not there when the service starts, and the first import of it fails."
    else:
        words = "the service runs with other versions than its manifest asks for."
    return Consequence(Severity.MEDIUM, f"{command} installs the lockfile as it is: {words}")


_COMPARISONS: dict[str, Callable[[Project], Step | None]] = {
    "uv": _uv,
    "poetry": _poetry,
    "pdm": _pdm,
    "pipenv": _pipenv,
}
_CONSEQUENCES: dict[str, Callable[[CheckContext, Step, InstallCommand | None], Consequence]] = {
    "uv": _after_uv,
    "poetry": _after_poetry,
    "pdm": _after_pdm,
    "pipenv": _after_pipenv,
}
