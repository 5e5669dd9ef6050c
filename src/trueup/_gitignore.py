"""Which files git would leave out of a commit: nested .gitignore files, and the index for files tracked all the same.

Rules: gitignore(5), git 2.47 documentation, read 2026-11-20: a deeper file outranks a shallower one, the last matching
pattern of a file decides, nothing below an excluded folder can be included again, and tracked files are not affected.
"""

from __future__ import annotations

from dataclasses import dataclass

from pathspec import GitIgnoreSpec


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """The patterns that apply in one folder: pairs of the folder that holds them ("" or "a/b/") and the patterns."""

    levels: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    @classmethod
    def at_root(cls, text: str) -> IgnoreRules:
        """The rules of the repository itself (`.git/info/exclude`)."""
        return cls().with_file("", text) if text else cls()

    def with_file(self, prefix: str, text: str) -> IgnoreRules:
        """Add the .gitignore of a folder; lines that are not patterns are left out, as git does."""
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
        try:
            spec = GitIgnoreSpec.from_lines(lines)
        except ValueError:
            spec = GitIgnoreSpec.from_lines([line for line in lines if _is_pattern(line)])
        return IgnoreRules((*self.levels, (prefix, spec))) if lines else self

    def ignores(self, path: str, *, is_folder: bool) -> bool:
        """Whether a path (from the root, POSIX) is left out, given that its folder is not."""
        for prefix, spec in reversed(self.levels):
            include = spec.check_file(path[len(prefix) :] + ("/" if is_folder else "")).include
            if include is not None:
                return include
        return False


def _is_pattern(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def tracked_paths(index: bytes) -> frozenset[str]:
    """The paths that git tracks, from the bytes of its index file (versions 2 and 3); empty where it is another one.

    Format: index-format(5), git 2.47 documentation, read 2026-11-20.
    """
    version = int.from_bytes(index[4:8], "big")
    if not index.startswith(b"DIRC") or version not in (2, 3):
        return frozenset()
    found: set[str] = set()
    at = 12
    for _ in range(int.from_bytes(index[8:12], "big")):
        extended = version == 3 and len(index) > at + 60 and index[at + 60] & 0x40
        start = at + (64 if extended else 62)
        end = index.find(b"\0", start)
        if end < 0:
            break
        found.add(index[start:end].decode("utf-8", "replace"))
        at += ((end - at) // 8 + 1) * 8
    return frozenset(found)
