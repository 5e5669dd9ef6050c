"""poetry.lock, pdm.lock and Pipfile.lock are brought in step by their own tools; no version moves that need not.

The tool of the machine is run in a folder of its own with the manifest and the lock, and kept from starting anything
that could run a package's code. What it wrote is compared with what was there: only what the manifest asks for may have
moved, and no address of an index may have come or gone. Where the tool is not there, its command is told.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from trueup.checks._lock_hashes import pdm_hash, pipfile_hash, poetry_hashes
from trueup.errors import TrueupError
from trueup.manifests._document import load_json, load_toml
from trueup.model.finding import Applicability, Finding
from trueup.model.project import SourceFile
from trueup.model.repair import HeldBack, Repair, RepairKind
from trueup.model.requirement import DeclaredRequirement
from trueup.repair._candidates import identified
from trueup.repair._guarded import LockToolMissingError
from trueup.repair._interface import Candidate, Family, Proposal, RepairContext
from trueup.repair._lock_candidate import lock_candidate
from trueup.repair._lock_changes import LockChanges, foreign_addresses, lock_changes, needless, requirements_of
from trueup.repair._lock_tools import MANAGERS, Manager, local_dependency, plugin, written

RULES = ("lockfile-out-of-step",)


def propose(context: RepairContext) -> Iterator[Proposal]:
    """One repair for each lockfile of these tools that is out of step."""
    done: set[str] = set()
    for _, finding in context.findings(*RULES):
        lock = context.project.whole.get(finding.subject)
        manager = MANAGERS.get(posixpath.basename(finding.subject))
        if lock is None or manager is None or lock.path in done:
            continue
        done.add(lock.path)
        manifest = context.project.whole.get(posixpath.join(posixpath.dirname(lock.path), manager.manifest))
        if manifest is not None:
            yield _proposal(context, manager, manifest, lock, finding)


def _proposal(
    context: RepairContext, manager: Manager, manifest: SourceFile, lock: SourceFile, finding: Finding
) -> Proposal:
    trouble = _refusal(context, manager, manifest)
    if trouble:
        return Candidate(by_hand(manager, lock, finding, trouble))
    if not context.wishes.runs_tools:
        reason = f"{manager.name} would have to ask the index itself, which is not wanted here"
        return Candidate(by_hand(manager, lock, finding, reason))
    try:
        text, tool = written(manager, manifest, lock)
    except LockToolMissingError as error:
        return Candidate(by_hand(manager, lock, finding, error.message))
    except TrueupError as error:
        return Candidate(by_hand(manager, lock, finding, f"tried in a copy: {error.message}"))
    return judged(context, manager, manifest, lock, finding, text, tool)


def _refusal(context: RepairContext, manager: Manager, manifest: SourceFile) -> str:
    """Why the tool is not run at all; empty where it may be."""
    local = local_dependency(manifest)
    if local:
        return f"{manifest.path} asks for {local} of this machine, whose code {manager.name} may run to learn its needs"
    if plugin(manifest):
        return f"{manifest.path} asks for the plug-in {plugin(manifest)}, which {manager.name} would install and run"
    folder = posixpath.dirname(manifest.path)
    for name in manager.settings:
        if context.project.whole.has(posixpath.join(folder, name)):
            return f"{posixpath.join(folder, name)} may name another index, and is not given to the tool"
    return ""


def by_hand(manager: Manager, lock: SourceFile, finding: Finding, reason: str) -> Repair:
    """The command for a person, and why trueup does not run it."""
    folder = posixpath.dirname(lock.path)
    return Repair(
        id=identified(f"lock-{lock.path}"),
        title=f"Bring {lock.path} in step",
        kind=RepairKind.LOCKFILE,
        applicability=Applicability.DISPLAY_ONLY,
        resolves=RULES,
        reason=reason,
        commands=(f"cd {folder} && {manager.command}" if folder else manager.command,),
        evidence=finding.evidence,
    )


def judged(
    context: RepairContext,
    manager: Manager,
    manifest: SourceFile,
    lock: SourceFile,
    finding: Finding,
    text: str,
    tool: str,
) -> Proposal:
    """What a tool wrote as a repair, or why it is not offered. Pure: `text` is compared with what is there."""
    title = f"Bring {lock.path} in step"
    wanted = requirements_of(manifest)
    changes = lock_changes(lock.path, lock.text, text)
    trouble = _trouble(manifest, lock, text, changes, wanted)
    if trouble:
        return HeldBack(title, f"{tool} wrote it in a copy, and {trouble}. By hand: `{manager.command}`", RULES)
    reason = f"written by {tool}, which {changes.told()}; everything else stays, and no package was built"
    direct = {item.name for item in wanted}
    return lock_candidate(context.project, lock, finding, text, changes, direct, reason)


def _trouble(
    manifest: SourceFile,
    lock: SourceFile,
    text: str,
    changes: LockChanges,
    wanted: tuple[DeclaredRequirement, ...],
) -> str:
    """Why what the tool wrote is not good enough, as a clause; empty where it is."""
    old, new = _format(lock), _format(SourceFile(lock.path, text.encode()))
    if old and old != new:
        return f"would change its format from {old} to {new}: take the version of the tool that wrote it"
    idle = needless(lock.path, text, changes, wanted)
    if idle:
        return f"it moves {', '.join(idle)}, though nothing rules the locked version out"
    foreign = foreign_addresses(lock.text, text, {manifest.path: manifest.text})
    if foreign:
        return foreign
    return "" if _is_of(manifest, SourceFile(lock.path, text.encode())) else "its hash is not that of the manifest"


def _is_of(manifest: SourceFile, lock: SourceFile) -> bool:
    """Whether the hash in a lockfile is that of its manifest; one that cannot be computed again is believed."""
    value = load_toml(manifest).value
    if lock.path.endswith("poetry.lock"):
        return load_toml(lock).get("metadata", "content-hash") in set(poetry_hashes(value))
    if lock.path.endswith("pdm.lock"):
        return load_toml(lock).get("metadata", "content_hash") in (None, f"sha256:{pdm_hash(value)}")
    return pipfile_hash(value) in (None, load_json(lock).get("_meta", "hash", "sha256"))


def _format(file: SourceFile) -> str:
    """The version of a lockfile's format."""
    if file.path.endswith("Pipfile.lock"):
        return str(load_json(file).get("_meta", "pipfile-spec", default=""))
    document = load_toml(file)
    return str(document.get("metadata", "lock-version", default=document.get("metadata", "lock_version", default="")))


FAMILY = Family("lockfile-managers", "bring the lockfile of Poetry, PDM or Pipenv in step", RULES, propose)
