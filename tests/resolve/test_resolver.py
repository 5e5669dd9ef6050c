"""The set that pip would install, on small indexes made for each rule."""

from __future__ import annotations

import pytest

from tests.resolve.fake_index import CP, FakeIndex, requirement_set
from tests.resolve.generated import case
from trueup.model.distribution import Conflict, Resolution
from trueup.model.requirement import IndexOptions
from trueup.model.target import Target
from trueup.resolve.resolver import resolve, resolve_many

PY312 = Target("3.12")
PY313 = Target("3.13")


def chosen(resolution: Resolution) -> dict[str, str]:
    return {one.name: one.version for one in resolution.distributions}


def only_conflict(resolution: Resolution) -> Conflict:
    assert len(resolution.conflicts) == 1
    return resolution.conflicts[0]


def test_newest_version_and_what_it_needs() -> None:
    index = FakeIndex().add("app", "1.0", "lib>=1").add("app", "2.0", "lib<3").add("lib", "2.5").add("lib", "3.0")
    found = resolve(requirement_set("app"), PY312, index)
    assert chosen(found) == {"app": "2.0", "lib": "2.5"}
    lib = next(one for one in found.distributions if one.name == "lib")
    assert lib.required_by == ("app",)
    assert lib.requested == ("lib<3 (from app 2.0)",)
    assert not lib.direct
    assert lib.selection is not None
    assert lib.selection.file is not None


def test_search_goes_back_to_an_older_version() -> None:
    index = FakeIndex().add("app", "1.0", "lib==1").add("app", "2.0", "lib==2").add("lib", "1").add("lib", "2")
    index.add("other", "1.0", "lib<2")
    found = resolve(requirement_set("app", "other"), PY312, index)
    assert chosen(found) == {"app": "1.0", "lib": "1", "other": "1.0"}
    assert found.conflicts == ()


def test_markers_are_those_of_the_target() -> None:
    index = FakeIndex().add("app", "1", 'old; python_version < "3.13"', 'win; sys_platform == "win32"').add("old", "1")
    lines = requirement_set("app", 'only ; python_version >= "3.13"')
    index.add("only", "1")
    both = resolve_many(lines, (PY312, PY313), index)
    assert chosen(both[PY312]) == {"app": "1", "old": "1"}
    assert chosen(both[PY313]) == {"app": "1", "only": "1"}


def test_extras_bring_their_dependencies_and_one_version() -> None:
    index = FakeIndex().add("app", "1", "base", 'fast; extra == "speed"').add("app", "2", 'fast; extra == "speed"')
    index.add("base", "1").add("fast", "1")
    found = resolve(requirement_set("app[speed]<2"), PY312, index)
    assert chosen(found) == {"app": "1", "base": "1", "fast": "1"}
    app = next(one for one in found.distributions if one.name == "app")
    assert app.extras == {"speed"}
    assert app.direct


@pytest.mark.parametrize(
    ("line", "version"),
    [("lib", "1.0"), ("lib>=2.0a1", "2.0b1"), ("lib==2.0b1", "2.0b1"), ("lib>1.0", "2.0b1")],
)
def test_pre_releases_by_pips_rule(line: str, version: str) -> None:
    index = FakeIndex().add("lib", "1.0").add("lib", "2.0b1")
    assert chosen(resolve(requirement_set(line), PY312, index)) == {"lib": version}


def test_option_pre_takes_pre_releases() -> None:
    index = FakeIndex().add("lib", "1.0").add("lib", "2.0b1")
    found = resolve(requirement_set("lib", options=IndexOptions(pre=True)), PY312, index)
    assert chosen(found) == {"lib": "2.0b1"}


def test_yanked_only_when_pinned() -> None:
    index = FakeIndex().add("lib", "1.0").add("lib", "2.0", yanked="broken")
    assert chosen(resolve(requirement_set("lib"), PY312, index)) == {"lib": "1.0"}
    found = resolve(requirement_set("lib==2.0"), PY312, index)
    assert chosen(found) == {"lib": "2.0"}
    selection = found.distributions[0].selection
    assert selection is not None
    assert selection.yanked == "broken"


def test_requires_python_of_files_and_of_metadata_leave_versions_out() -> None:
    index = FakeIndex().add("lib", "1").add("lib", "2", python=">=3.13").add("lib", "3", metadata_python=">=3.14")
    assert chosen(resolve(requirement_set("lib"), PY312, index)) == {"lib": "1"}
    assert chosen(resolve(requirement_set("lib"), PY313, index)) == {"lib": "2"}


def test_version_without_usable_file_is_left_out_but_an_sdist_counts() -> None:
    index = FakeIndex().add("lib", "1", wheels=(CP.format("313"),)).add("lib", "2", wheels=(CP.format("312"),))
    assert chosen(resolve(requirement_set("lib"), PY313, index)) == {"lib": "1"}
    index = FakeIndex().add("lib", "1").add("lib", "3", wheels=(CP.format("312"),), sdist=True)
    found = resolve(requirement_set("lib"), PY313, index)
    assert chosen(found) == {"lib": "3"}
    assert found.distributions[0].selection is not None
    assert found.distributions[0].selection.file is not None
    assert found.distributions[0].selection.file.filename == "lib-3.tar.gz"


@pytest.mark.parametrize(
    ("options", "version"),
    [
        (IndexOptions(only_binary=frozenset({":all:"})), "1"),
        (IndexOptions(only_binary=frozenset({"lib"})), "1"),
        (IndexOptions(prefer_binary=True), "1"),
        (IndexOptions(no_binary=frozenset({":all:"})), "2"),
        (IndexOptions(no_binary=frozenset({":all:"}), only_binary=frozenset({"lib"})), "1"),
    ],
)
def test_format_options(options: IndexOptions, version: str) -> None:
    index = FakeIndex().add("lib", "1").add("lib", "2", wheels=(), sdist=True)
    assert chosen(resolve(requirement_set("lib", options=options), PY312, index)) == {"lib": version}


def test_constraints_limit_transitive_names() -> None:
    index = FakeIndex().add("app", "1", "lib").add("lib", "1").add("lib", "2")
    assert chosen(resolve(requirement_set("app", constraints=["lib<2"]), PY312, index)) == {"app": "1", "lib": "1"}


def test_hashes_limit_the_files() -> None:
    index = FakeIndex().add("lib", "1", sha256="aa").add("lib", "2", sha256="bb")
    found = resolve(requirement_set("lib --hash=sha256:aa"), PY312, index)
    assert chosen(found) == {"lib": "1"}
    refused = resolve(requirement_set("lib==2 --hash=sha256:cc"), PY312, index).distributions[0].selection
    assert refused is not None
    assert refused.file is None
    assert "hash" in refused.rejected[-1].reason


def test_hash_checking_refuses_what_has_none() -> None:
    index = FakeIndex().add("app", "1", "lib", sha256="aa").add("lib", "2", sha256="bb")
    found = resolve(requirement_set("app==1 --hash=sha256:aa"), PY312, index)
    lib = next(one for one in found.distributions if one.name == "lib")
    assert lib.selection is not None
    assert lib.selection.file is None


def test_url_and_path_are_unresolved_and_not_blamed() -> None:
    index = FakeIndex().add("app", "1", "private>=2")
    found = resolve(requirement_set("app", "private @ https://host.example/private-1.zip"), PY312, index)
    assert chosen(found) == {"app": "1"}
    assert [one.name for one in found.unresolved] == ["private"]
    assert not found.unresolved[0].transient
    assert found.unresolved[0].evidence[0].line == 2


def test_index_trouble_is_transient_and_the_rest_is_told() -> None:
    index = FakeIndex().add("app", "1", "lib", "other").add("other", "1")
    index.down["lib"] = "the server did not answer"
    found = resolve(requirement_set("app"), PY312, index)
    assert chosen(found) == {"app": "1", "other": "1"}
    assert [(one.name, one.transient) for one in found.unresolved] == [("lib", True)]
    assert found.unresolved[0].evidence[0].line == 1
    index.down.clear()
    index.add("lib", "1")
    assert resolve(requirement_set("app"), PY312, index).unresolved == ()


def test_sdist_without_static_metadata_is_there_and_what_is_behind_it_is_not() -> None:
    index = FakeIndex().add("old", "1", wheels=(), sdist=True)
    index.core.clear()
    found = resolve(requirement_set("old==1"), PY312, index)
    assert chosen(found) == {"old": "1"}
    assert "setup.py" in found.unresolved[0].reason
    assert not found.unresolved[0].transient


def test_pin_that_transitive_requirement_excludes_names_both_sides() -> None:
    index = FakeIndex().add("bot", "3.13.1", "http<3.11,>=3.9").add("http", "3.10").add("http", "3.11.10", "yarl")
    index.add("yarl", "1")
    found = resolve(requirement_set("bot==3.13.1", "http==3.11.10"), PY312, index)
    assert chosen(found) == {"bot": "3.13.1", "http": "3.11.10", "yarl": "1"}
    conflict = only_conflict(found)
    assert conflict.name == "http"
    assert [(side.requirement, side.parent) for side in conflict.sides] == [
        ("http==3.11.10", None),
        ("http<3.11,>=3.9", "bot 3.13.1"),
    ]
    assert conflict.sides[0].evidence[0].place == "requirements.txt:2"
    assert conflict.sides[1].evidence[0].place == "requirements.txt:1"
    assert "bot 3.13.1 requires http<3.11,>=3.9" in conflict.sides[1].evidence[1].text
    assert "no version of http satisfies both" in conflict.reason


def test_all_conflicts_are_told_and_no_bystander_is_blamed() -> None:
    index = FakeIndex().add("a", "1", "x<2", "y<2").add("b", "1", "x<3").add("x", "3").add("x", "1").add("y", "5")
    index.add("y", "1").add("z", "1", "x")
    found = resolve(requirement_set("a==1", "b==1", "x==3", "y==5", "z==1"), PY312, index)
    assert {conflict.name for conflict in found.conflicts} == {"x", "y"}
    x = next(conflict for conflict in found.conflicts if conflict.name == "x")
    assert [side.parent for side in x.sides] == [None, "a 1", "b 1"]
    assert chosen(found) == {"a": "1", "b": "1", "x": "3", "y": "5", "z": "1"}


def test_conflict_that_only_a_search_finds() -> None:
    index = FakeIndex().add("x", "1").add("x", "2").add("free", "1")
    for version in ("1", "2", "3"):
        index.add("p", version, "x<2")
    found = resolve(requirement_set("free", "p>=1", "x==2"), PY312, index)
    conflict = only_conflict(found)
    assert [(side.requirement, side.parent is None) for side in conflict.sides] == [("x==2", True), ("x<2", False)]
    assert chosen(found) == {"free": "1", "p": "3", "x": "2"}


def test_version_that_would_do_but_has_no_file_there_is_no_conflict() -> None:
    index = FakeIndex().add("a", "1", "c<3").add("b", "1", "c>1").add("c", "2", wheels=(CP.format("312"),))
    index.add("c", "3").add("c", "1")
    found = resolve(requirement_set("a", "b"), PY313, index)
    assert found.conflicts == ()
    assert chosen(found) == {"a": "1", "b": "1", "c": "2"}
    c = next(one for one in found.distributions if one.name == "c")
    assert c.selection is not None
    assert c.selection.file is None


def test_circle_that_going_back_has_left_behind_does_no_harm() -> None:
    one = case(1053)  # resolvelib's own result recurses without end there
    found = resolve(requirement_set(*one.lines, constraints=one.constraints), Target("3.11"), one.index())
    assert found.distributions


def test_conflict_between_two_lines_and_with_a_constraint() -> None:
    index = FakeIndex().add("x", "1").add("x", "2")
    two = only_conflict(resolve(requirement_set("x==1", "x==2"), PY312, index))
    assert [side.evidence[0].line for side in two.sides] == [1, 2]
    found = resolve(requirement_set("x==1", constraints=["x==2"]), PY312, index)
    assert only_conflict(found).sides[1].evidence[0].path == "constraints.txt"
    assert chosen(found) == {"x": "1"}


def test_missing_project_missing_version_and_wrong_python_keep_their_place() -> None:
    index = (
        FakeIndex().add("here", "1").add("new", "1", wheels=(CP.format("312"),), python=">=3.9").add("app", "1", "new")
    )
    found = resolve(requirement_set("nowhere==1", "here==9", "app"), PY313, index)
    assert chosen(found) == {"app": "1", "here": "9", "new": "1", "nowhere": "1"}
    without_file = {one.name for one in found.distributions if one.selection is None or one.selection.file is None}
    assert without_file == {"here", "new", "nowhere"}
    assert found.conflicts == ()


def test_requires_python_of_the_project() -> None:
    found = resolve(requirement_set("x", requires_python=">=3.13"), PY312, FakeIndex().add("x", "1"))
    assert found.conflicts[0].name == "python"
    assert chosen(found) == {"x": "1"}


def test_order_of_lines_does_not_matter_and_targets_do_not_disturb_each_other() -> None:
    index = FakeIndex().add("a", "1", "c<3").add("b", "1", "c>1").add("c", "2", wheels=(CP.format("312"),))
    index.add("c", "3").add("c", "1")
    one = resolve_many(requirement_set("a", "b"), (PY312, PY313), index)
    other = resolve_many(requirement_set("b", "a"), (PY313, PY312), index)
    alone = {target: resolve(requirement_set("a", "b"), target, index) for target in (PY312, PY313)}
    for target in (PY312, PY313):
        assert chosen(one[target]) == chosen(other[target]) == chosen(alone[target])
        assert one[target] == alone[target]


def test_levels_are_read_in_few_calls() -> None:
    index = FakeIndex().add("top", "1", *(f"n{i}" for i in range(20)))
    for i in range(20):
        index.add(f"n{i}", "1", "deep")
    index.add("deep", "1")
    resolve_many(requirement_set("top"), (PY312, PY313), index)
    assert index.calls["releases"] <= 3
    assert index.calls["metadata"] <= 3
