"""Every place where a project states a Python version, so that each can be said to be read or ignored by a builder."""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from trueup.manifests._interface import Manifest, PythonStatement
from trueup.model.evidence import Evidence
from trueup.model.plan import BuildPlan, InputUse, VersionInput
from trueup.model.project import Project, SourceFile
from trueup.platforms import _data
from trueup.registry import discover


def manifest_matches(manifest: Manifest, path: str) -> bool:
    """Whether a file at this path (from the project's root) is of this format."""
    name = path.rsplit("/", 1)[-1]
    for pattern in manifest.filenames:
        if "/" in pattern:
            if fnmatch.fnmatchcase(path, pattern) or fnmatch.fnmatchcase(path, f"*/{pattern}"):
                return True
        elif fnmatch.fnmatchcase(name, pattern):
            return True
    return False


@lru_cache(maxsize=8)
def _statements(files: tuple[SourceFile, ...]) -> tuple[PythonStatement, ...]:
    manifests: list[Manifest] = list(discover("trueup.manifests", "MANIFEST").values())
    return tuple(
        statement
        for file in files
        for manifest in manifests
        if manifest_matches(manifest, file.path)
        for statement in manifest.python_statements(file)
    )


def python_statements(project: Project) -> tuple[PythonStatement, ...]:
    """Every Python version that any file of the whole project states, in the order of the paths."""
    whole = project.whole
    return _statements(tuple(whole.files[path] for path in sorted(whole.files) if not path.endswith(".py")))


def complete_inputs(plan: BuildPlan, project: Project) -> BuildPlan:
    """Add to a plan every stated version that its builder does not read, each with the reason."""
    known = {(item.evidence.path, item.evidence.line) for item in plan.python.inputs}
    known_sources = {(item.evidence.path, item.source) for item in plan.python.inputs}
    added = [
        VersionInput(item.source, item.value, _use(plan, item), _reason(plan, item), item.evidence)
        for item in python_statements(project)
        if (item.evidence.path, item.evidence.line) not in known
        and (item.evidence.path, item.source) not in known_sources
    ]
    return replace(plan, python=replace(plan.python, inputs=(*plan.python.inputs, *added)))


def _is_lock_of_mise(plan: BuildPlan, statement: PythonStatement) -> bool:
    """Whether a statement stands in the lockfile beside the file of mise that decides."""
    path = statement.evidence.path or ""
    deciders = [item.evidence.path or "" for item in plan.python.inputs if item.use is InputUse.DECIDES]
    is_lock = posixpath.basename(path) in ("mise.lock", "mise.local.lock")
    return is_lock and any(posixpath.dirname(other) == posixpath.dirname(path) for other in deciders)


def _use(plan: BuildPlan, statement: PythonStatement) -> InputUse:
    return InputUse.SHADOWED if _is_lock_of_mise(plan, statement) else InputUse.IGNORED


def _reason(plan: BuildPlan, statement: PythonStatement) -> str:
    root = plan.service.root_dir.value
    path = statement.evidence.path or ""
    if _is_lock_of_mise(plan, statement):
        return (
            "mise takes the exact version of what is asked for beside it from here, where its setting lockfile is on."
        )
    for row in _ignored_rows(plan.builder, statement.source):
        return str(row["text"])
    if root and not path.startswith(f"{root}/"):
        return f"It lies outside the service's root directory {root}/, so {plan.builder} does not see it."
    if plan.python.version is None and any(problem.rule == "builder-error" for problem in plan.problems):
        return f"The build stops before {plan.builder} looks for a Python version."
    if plan.detected.value not in (None, "python") and plan.python.version is None:
        return f"{plan.builder} builds this service as {plan.detected.value}, and looks for no Python version."
    return f"{plan.builder} does not read a Python version from this place."


def ignored_evidence(plan: BuildPlan, statement: VersionInput) -> Evidence | None:
    """The platform's own rule that says that a place is not read, where a row of the data gives it."""
    for row in _ignored_rows(plan.builder, statement.source):
        return _data.evidence(row, str(row["text"]))
    return None


def _ignored_rows(builder: str, source: str) -> Iterator[dict[str, str]]:
    """The row for this kind of place, else for the file that it names (`pythonVersion in railway.json`)."""
    try:
        table = _data.load(builder.replace("-", "_")).get("ignored", {})
    except FileNotFoundError:
        return
    for key in (source, *source.split()):
        if key in table:
            yield table[key]
            return
