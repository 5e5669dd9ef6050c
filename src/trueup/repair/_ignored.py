"""What git would leave out of a commit after a repair, and how .gitignore has to change for a file to be seen.

A platform builds what is pushed: a version file that .gitignore covers changes nothing, however right it is. Older
templates of .gitignore hold `.python-version` (github/gitignore, Python.gitignore at 019c828f, read 2026-11-20). The
rules are those of `trueup._gitignore`; a file that git tracks all the same stays seen.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from trueup._gitignore import IgnoreRules
from trueup.model.project import Project
from trueup.repair.texts import split_lines, with_appended

FILE = ".gitignore"


def with_ignored(before: Project, after: Project) -> Project:
    """A repaired copy that knows which of its files git leaves out: new ones, and those of changed .gitignore files.

    Args:
        before: the project as it was read.
        after: the same project with other contents (`Project.with_contents`).
    """
    old, new = before.whole, after.whole
    asked = (new.listing - old.listing) | (old.ignored & new.listing)
    ignored = frozenset(path for path in asked if is_ignored(new, path))
    if ignored == new.ignored:
        return after
    changed = Project(new.files, new.listing, new.path, "", ignored, new.notes)
    return changed.subtree(after.root_dir)


def is_ignored(project: Project, path: str) -> bool:
    """Whether the .gitignore files of a project leave a path (from its root) out."""
    rules = IgnoreRules()
    for folder in _folders(path):
        if folder and rules.ignores(folder.rstrip("/"), is_folder=True):
            return True
        file = project.whole.get(f"{folder}{FILE}")
        if file is not None:
            rules = rules.with_file(folder, file.text)
    return rules.ignores(path, is_folder=False)


def seen_texts(project: Project, path: str) -> dict[str, str]:
    """The new texts of .gitignore files with which git sees a file; empty where it does already, or nothing helps.

    A line that names just this file goes. Where a wider pattern covers it, one line that includes it again is added.
    """
    whole = project.whole
    if (path in whole.listing and path not in whole.ignored) or not is_ignored(project, path):
        return {}
    texts: dict[str, str] = {}
    for folder in _folders(path):
        file = whole.get(f"{folder}{FILE}")
        if file is None or not file.is_text or file.problem:
            continue
        relative = path[len(folder) :]
        names = {relative, f"/{relative}", posixpath.basename(path), f"**/{posixpath.basename(path)}"}
        text = "".join(line for line in split_lines(file.text) if line.strip() not in names)
        if text != file.text:
            texts[file.path] = text
    if texts and not is_ignored(_with(project, texts), path):
        return texts
    top = whole.get(FILE)
    if top is not None and top.is_text and not top.problem:
        texts = {FILE: with_appended(top.text, f"!/{path}")}
        if not is_ignored(_with(project, texts), path):
            return texts
    return {}


def _with(project: Project, texts: dict[str, str]) -> Project:
    return project.whole.with_contents({path: text.encode() for path, text in texts.items()})


def _folders(path: str) -> Iterator[str]:
    """The folders above a path, from the root ("") down, each but the root with a slash at its end."""
    yield ""
    parts = path.split("/")[:-1]
    for number in range(1, len(parts) + 1):
        yield "/".join(parts[:number]) + "/"
