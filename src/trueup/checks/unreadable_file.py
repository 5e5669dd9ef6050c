"""A file that the platform reads cannot be read

What it does:
    Reports configuration and manifests that do not parse, are in an encoding that builders do not read, are
    git-lfs pointers, hold merge conflict markers, or lie behind a link that leaves the project; and source files of
    which the same is true, or which are no valid Python, where the start command imports them.

Why it fails a deployment:
    The builder stops at the file, or silently does without it and picks its defaults. A source file stops the start.

Example:
    A `runtime.txt` saved as UTF-16 by a Windows shell; a `main.py` with `<<<<<<< HEAD` in it.

Use instead:
    The file in UTF-8, resolved and valid, at the place where the builder looks.

Sources:
    The builders' parsers, cited in manifests/; Python's, in sourcecode/unreadable.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._code import is_python
from trueup.checks._interface import Check, CheckContext, reported_problems
from trueup.model.finding import Confidence, Finding, Severity
from trueup.model.project import SourceFile
from trueup.sourcecode.unreadable import is_pointer, why_unreadable

RULE = "unreadable-file"
_SCRIPTS = (".sh", ".bash")


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each file that cannot be read; pointers of git-lfs that nothing surely imports count as one."""
    reported = list(reported_problems(RULE)(context))
    yield from reported
    if not is_python(context):
        return
    reach = context.code.reach
    told = {item.path for finding in reported for item in finding.evidence}
    for path in reach.at_start:
        module = context.code.code.module(path)
        if module is None or module.file.path in told:
            continue
        found = why_unreadable(module, context.plan.python.minor)
        if found is not None:
            told.add(module.file.path)
            yield _at_start(module.file, found.what, found.line, found.hint)
    yield from _pointers(context, told)
    yield from _scripts(context, told)


def _scripts(context: CheckContext, told: set[str | None]) -> Iterator[Finding]:
    """Shell scripts of the start command with line ends of Windows: a shell takes the carriage return as a letter."""
    for path in dict.fromkeys(path for start in context.code.starts for path in start.parsed.scripts):
        file = context.tree.get(path)
        if file is None or file.path in told or b"\r\n" not in file.data:
            continue
        line = file.data.count(b"\n", 0, file.data.index(b"\r\n")) + 1
        yield Finding(
            rule=RULE,
            severity=Severity.HIGH,
            confidence=Confidence.MEDIUM,
            message=f"{file.path}:{line} ends its lines as Windows does (CR LF). The start command runs the script; a "
            "shell on Linux takes the carriage return as part of the last word of each line, and the commands fail.",
            hint="Save the script with LF alone, and keep it so: `*.sh text eol=lf` in .gitattributes.",
            evidence=(file.evidence(line),),
            subject=file.path,
        )


def _at_start(file: SourceFile, what: str, line: int | None, hint: str) -> Finding:
    place = f"{file.path}:{line}" if line else file.path
    is_sure = "cannot be read" not in what
    return Finding(
        rule=RULE,
        severity=Severity.HIGH,
        confidence=Confidence.HIGH if is_sure and "git-lfs" not in what else Confidence.MEDIUM,
        message=f"{place} {what}. The start command imports it: the image builds, and the start fails there.",
        hint=hint,
        evidence=(file.evidence(line),),
        subject=file.path,
    )


def _pointers(context: CheckContext, told: set[str | None]) -> Iterator[Finding]:
    """Sources and scripts that are pointers of git-lfs, where nothing says that the start imports them."""
    tree = context.tree
    paths = [*context.code.code.served_paths(), *(path for path in sorted(tree.files) if path.endswith(_SCRIPTS))]
    files = [tree.files[path] for path in paths]
    found = [file for file in files if file.path not in told and is_pointer(file)]
    if not found:
        return
    others = f" and {len(found) - 1} more files are git-lfs pointers" if len(found) > 1 else " is a git-lfs pointer"
    yield Finding(
        rule=RULE,
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        message=f"{found[0].path}:1{others}, not the code itself. A platform that clones without lfs puts only the "
        "pointer into the image: what runs or imports it fails.",
        hint="Take the sources out of git-lfs (`git lfs migrate export`).",
        evidence=tuple(file.evidence(1) for file in found[:5]),
        subject=found[0].path,
    )


CHECK = Check(RULE, "A file that the platform reads cannot be read", run)
