"""What a lockfile installs on a target."""

from __future__ import annotations

from packaging.markers import Marker

from tests.resolve.fake_index import CP, FakeIndex, requirement, requirement_set
from trueup.model.distribution import Resolution
from trueup.model.evidence import Evidence
from trueup.model.requirement import LockedPackage, RequirementSet
from trueup.model.target import Target
from trueup.resolve.forecast import forecast
from trueup.resolve.resolver import resolve

PY312 = Target("3.12")
PY313 = Target("3.13")
NONE: frozenset[str] = frozenset()


def package(name: str, version: str, *needs: str, line: int = 1, **more: object) -> LockedPackage:
    """A locked package that needs some names; `name ; marker` gives the edge a marker."""
    edges = []
    for need in needs:
        other, _, marker = need.partition(";")
        edges.append((other.strip(), Marker(marker) if marker else None, NONE))
    evidence = Evidence.found("uv.lock", line, f'name = "{name}"')
    return LockedPackage(name, version, evidence, dependencies=tuple(edges), **more)  # type: ignore[arg-type]


def locked(*packages: LockedPackage, roots: tuple[str, ...] = ()) -> RequirementSet:
    lines = tuple(requirement(line, number, "pyproject.toml") for number, line in enumerate(roots, 1))
    return RequirementSet(lines, locked=packages)


def chosen(resolution: Resolution) -> dict[str, str]:
    return {one.name: one.version for one in resolution.distributions}


def test_only_the_closure_of_the_roots_is_installed_and_versions_are_not_searched() -> None:
    index = FakeIndex().add("app", "1").add("app", "2").add("lib", "1").add("dev", "1")
    found = resolve(
        locked(package("app", "1", "lib"), package("lib", "1"), package("dev", "1"), roots=("app",)), PY312, index
    )
    assert chosen(found) == {"app": "1", "lib": "1"}
    assert found.distributions[1].required_by == ("app",)
    assert found.distributions[0].direct
    assert found.distributions[0].evidence[0].path == "uv.lock"


def test_markers_of_edges_and_packages() -> None:
    index = FakeIndex().add("app", "1").add("old", "1").add("fork", "1").add("fork", "2")
    packages = (
        package("app", "1", 'old; python_version < "3.13"', "fork"),
        package("old", "1"),
        package("fork", "1", marker=Marker('python_version < "3.13"')),
        package("fork", "2", marker=Marker('python_version >= "3.13"')),
    )
    assert chosen(resolve(locked(*packages, roots=("app",)), PY312, index)) == {"app": "1", "fork": "1", "old": "1"}
    assert chosen(resolve(locked(*packages, roots=("app",)), PY313, index)) == {"app": "1", "fork": "2"}


def test_extras_of_roots_and_edges() -> None:
    index = FakeIndex().add("app", "1").add("fast", "1")
    app = package("app", "1", optional_dependencies={"speed": (("fast", None, NONE),)})
    assert chosen(resolve(locked(app, package("fast", "1"), roots=("app[speed]",)), PY312, index)) == {
        "app": "1",
        "fast": "1",
    }
    assert chosen(resolve(locked(app, package("fast", "1"), roots=("app",)), PY312, index)) == {"app": "1"}


def test_lock_without_edges_installs_everything_that_applies() -> None:
    index = FakeIndex().add("a", "1").add("b", "1").add("win", "1")
    packages = (package("a", "1"), package("b", "1"), package("win", "1", marker=Marker('sys_platform == "win32"')))
    assert chosen(resolve(locked(*packages), PY312, index)) == {"a": "1", "b": "1"}


def test_only_listed_files_are_taken() -> None:
    index = FakeIndex().add("lib", "1", wheels=(CP.format("312"), CP.format("313")))
    listed = package("lib", "1", files=(f"lib-1-{CP.format('312')}.whl",))
    assert forecast(resolve(locked(listed), PY312, index), index).blockers == ()
    blocked = forecast(resolve(locked(listed), PY313, index), index)
    assert [one.name for one in blocked.blockers] == ["lib"]


def test_other_sources_and_an_unreachable_index() -> None:
    index = FakeIndex()
    index.down["far"] = "the server did not answer"
    found = resolve(
        locked(package("git", "1", source="vcs"), package("far", "1"), package("me", "0", source="workspace")),
        PY312,
        index,
    )
    assert {(one.name, one.transient) for one in found.unresolved} == {("git", False), ("far", True)}
    assert found.distributions == ()


def test_a_locked_version_that_the_index_has_not() -> None:
    found = resolve(locked(package("lib", "9")), PY312, FakeIndex().add("lib", "1"))
    told = forecast(found, FakeIndex().add("lib", "1")).packages[0]
    assert told.outcome.blocks
    assert "no version 9" in told.reason


def test_a_set_without_a_lock_is_not_a_lock() -> None:
    assert requirement_set("a").locked is None
