"""The changelog's fragments: those that are there are in order, and collecting them does what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from changes.collect import collect, fragments


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two fragments, a README, and a changelog with a release."""
    (tmp_path / "changes").mkdir()
    (tmp_path / "changes/README.md").write_text("How to.\n")
    (tmp_path / "changes/b-thing.fixed.md").write_text("B works\nagain.\n")
    (tmp_path / "changes/a-thing.added.md").write_text("A is new.\n")
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n<!-- releases -->\n\n## 0.1.0 (2026-01-01)\n\nFirst.\n")
    return tmp_path


def test_fragments_that_are_there_are_in_order(root: Path) -> None:
    fragments(root / "changes")
    assert "<!-- releases -->\n" in (root / "CHANGELOG.md").read_text("utf-8")


def test_collecting_writes_a_release_and_takes_the_fragments_away(folder: Path) -> None:
    collect("0.2.0", "2026-11-20", folder / "changes", folder / "CHANGELOG.md")
    assert (folder / "CHANGELOG.md").read_text() == (
        "# Changelog\n\n<!-- releases -->\n\n## 0.2.0 (2026-11-20)\n\n### Added\n\n- A is new.\n\n### Fixed\n\n"
        "- B works\n  again.\n\n## 0.1.0 (2026-01-01)\n\nFirst.\n"
    )
    assert [path.name for path in (folder / "changes").iterdir()] == ["README.md"]


@pytest.mark.parametrize(
    ("name", "text", "version", "complaint"),
    [
        ("x.new.md", "X.", "0.2.0", "KIND is one of"),
        ("X y.md", "X.", "0.2.0", "SLUG.KIND.md"),
        ("x.added.md", " \n", "0.2.0", "says nothing"),
        ("x.added.md", "X.", "0.1.0", "has 0.1.0 already"),
        ("x.added.md", "X.", "next", "no version"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_changed(
    folder: Path, name: str, text: str, version: str, complaint: str
) -> None:
    (folder / "changes" / name).write_text(text)
    before = (folder / "CHANGELOG.md").read_text()
    with pytest.raises(ValueError, match=complaint):
        collect(version, "2026-11-20", folder / "changes", folder / "CHANGELOG.md")
    assert (folder / "CHANGELOG.md").read_text() == before
    assert (folder / "changes" / name).exists()
