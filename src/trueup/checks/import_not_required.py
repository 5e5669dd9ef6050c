"""The program imports a module that nothing brings

What it does:
    Follows the imports from the start command. For every module that is surely imported at start it asks whether the
    module path, the standard library or an installed distribution has it: it names modules of the project that lie
    outside of the module path, and modules of well-known distributions that the build does not install.

Why it fails a deployment:
    The image builds; the start ends in `ModuleNotFoundError: No module named 'flask_migrate'`. At home the module was
    installed by hand, or the program was started from another folder.

Example:
    `from flask_migrate import Migrate` without Flask-Migrate in requirements.txt.

Use instead:
    The distribution in the file that the build installs from; the import as seen from the folder of the start.

Sources:
    checks/data/imports.toml; https://docs.python.org/3/library/sys_path_init.html (read 2026-11-20).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from trueup.checks._code import distributions, installs_are_known, is_python
from trueup.checks._interface import Check, CheckContext
from trueup.checks._rows import rows
from trueup.checks._text import listed
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity, Skipped
from trueup.sourcecode.reach import UsedImport

RULE = "import-not-required"
_OTHERS = frozenset({"tests", "test", "node_modules", "site-packages", "venv", ".venv", "env"})


def run(context: CheckContext) -> Iterator[Finding | Skipped]:
    """One finding for each module that is surely imported at start and that nothing brings."""
    if not is_python(context) or not context.code.reach.known or context.plan.target is None:
        return
    wanted: dict[str, UsedImport] = {}
    for used in context.code.imports:
        if used.at_start and not used.guarded and not used.is_stdlib:
            wanted.setdefault(used.name, used)
    found = [finding for used in wanted.values() if (finding := _finding(context, used)) is not None]
    requirements = context.requirements
    if not found or _sets_module_path(context) or not (requirements.requirements or requirements.locked):
        return
    if not installs_are_known(context):
        names = listed(finding.subject for finding in found)
        yield Skipped(RULE, f"{names}: {context.forecast_reason or 'not everything that is installed is known'}")
        return
    yield from found


def _finding(context: CheckContext, used: UsedImport) -> Finding | None:
    if _may_be_brought(context, used.name):
        return None
    elsewhere = _elsewhere(context, used.name)
    if elsewhere:
        return _outside(context, used, elsewhere)
    known = rows("imports")["imports"]
    brought_by: list[str] = known["modules"].get(used.name, [])
    installed = distributions(context)
    if not brought_by or installed & set(brought_by):
        return None
    files = ", ".join(context.requirements.files) or "what the build installs"
    source = Evidence.default(f"{used.name} comes with {listed(brought_by)}", known["source"], known["checked"])
    return Finding(
        rule=RULE,
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        message=f"{used.evidence.place} imports {used.module}, and {files} does not bring {brought_by[0]}, nor does "
        f"anything else that is installed. The image builds; the start ends in ModuleNotFoundError: No module named "
        f"'{used.name}'.",
        hint=f"Add {brought_by[0]} to {next(iter(context.requirements.files), 'the requirements')}.",
        evidence=(used.evidence, Evidence.absent(f"{brought_by[0]} is not among what is installed"), source),
        subject=used.name,
    )


def _outside(context: CheckContext, used: UsedImport, path: str) -> Finding:
    there = (folder for folder in context.code.reach.search if not folder or context.tree.has_directory(folder))
    folders = listed(folder or "the root directory" for folder in there) or "the root directory"
    return Finding(
        rule=RULE,
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,  # a PYTHONPATH may be set where no file says so
        message=f"{used.evidence.place} imports {used.module}, which lies in {context.tree.in_project(path)}; the "
        f"start looks for modules in {folders}. The image builds; the start ends in ModuleNotFoundError: No module "
        f"named '{used.name}'.",
        hint=f"Import it as seen from there, or start the program with {posixpath.dirname(path) or 'the root'} on the "
        "module path (gunicorn's --chdir, uvicorn's --app-dir, PYTHONPATH).",
        evidence=(used.evidence, Evidence.found(context.tree.in_project(path), None, used.name)),
        subject=used.name,
    )


def _elsewhere(context: CheckContext, name: str) -> str | None:
    """A module of that name beside the file that imports it, or nowhere else than in one place of the project."""
    found = []
    for path in context.tree.files:
        parts = path.split("/")
        is_module = parts[-1] == f"{name}.py" or path.endswith(f"/{name}/__init__.py")
        if is_module and not _OTHERS & set(parts[:-1]):
            found.append(path)
    return found[0] if len(found) == 1 else None


def _may_be_brought(context: CheckContext, name: str) -> bool:
    """Whether a distribution has the name in its own, or a command or a local folder may bring it."""
    plain = name.replace("_", "").lower()
    if any(plain in each.replace("-", "") for each in distributions(context)):
        return True
    spelled = (name.lower(), name.replace("_", "-").lower())
    steps = (*context.plan.install, *context.plan.build)
    texts = [step.command.lower() for step in steps] + [start.command.value.lower() for start in context.code.starts]
    return any(each in text for each in spelled for text in texts)


def _sets_module_path(context: CheckContext) -> bool:
    """Whether a variable or a command changes where modules are looked for."""
    given = {*context.code.variables_given, *context.context.env}
    texts = [start.command.value for start in context.code.starts]
    return "PYTHONPATH" in given or any("PYTHONPATH" in text for text in texts)


CHECK = Check(RULE, "The program imports a module that nothing brings", run)
