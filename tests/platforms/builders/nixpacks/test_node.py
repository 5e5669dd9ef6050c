"""Which archive of nixpkgs a Python package comes from where another provider's phase holds it."""

from __future__ import annotations

import json

import pytest

from trueup.model.project import Project
from trueup.platforms.builders._nixpacks_app import App
from trueup.platforms.builders._nixpacks_node import node_archive

from ._planning import planned

NEW, OLD, BUN = "ffeebf0acf", "bf744fe904", "5a0711127c"
OWN = {"requirements.txt": "flask\n", "nixpacks.toml": '[phases.setup]\nnixPkgs = ["...", "python3"]\n'}


def archive(**files: str) -> str:
    """The start of the archive's name; the files' names with "_" for "."."""
    return node_archive(App(Project.from_texts({name.replace("_", "."): text for name, text in files.items()})))[:10]


@pytest.mark.parametrize("wanted", ["14", "16.x", "^14.2", "~16.3", "v16.1.0", "=16", ">=14 <17", "<=16", "14 || 16"])
def test_a_range_that_ends_with_16_takes_the_old_archive(wanted: str) -> None:
    assert archive(package_json=json.dumps({"engines": {"node": wanted}})) == OLD


@pytest.mark.parametrize("wanted", ["18", ">=16", "*", "x", "", "16 || 18", "16 - 18", ">16", "21", "12", "nonsense"])
def test_any_other_range_takes_the_new_archive(wanted: str) -> None:
    assert archive(package_json=json.dumps({"engines": {"node": wanted}})) == NEW


def test_package_json_outranks_the_version_files() -> None:
    assert archive(package_json='{"engines": {"node": "18"}}', _nvmrc="16\n") == NEW
    assert archive(package_json="{}", _nvmrc="lts/gallium\n") == OLD
    assert archive(package_json="[", **{"_node-version": "v16.2\n"}) == OLD


def test_bun_has_an_archive_of_its_own() -> None:
    assert archive(package_json='{"packageManager": "bun@1.1"}') == BUN
    assert archive(package_json="{}", bun_lock="") == BUN
    assert archive(package_json="{}", bun_lock="", yarn_lock="") == NEW
    assert archive(package_json='{"engines": {"node": "16"}}', bun_lock="") == OLD


@pytest.mark.parametrize("sign", ["package.json", "go.mod", "composer.json"])
def test_python3_in_another_providers_phase_is_not_the_default_archives(sign: str) -> None:
    plan = planned({**OWN, sign: "{}"})
    assert (plan.python.requested, plan.python.version) == ("python3", None)
    assert [unknown.subject for unknown in plan.unknowns if unknown.essential] == ["Python version"]


def test_a_python_with_its_version_in_the_name_is_known_all_the_same() -> None:
    text = OWN["nixpacks.toml"].replace("python3", "python311")
    plan = planned({**OWN, "package.json": "{}", "nixpacks.toml": text})
    assert (plan.python.version, plan.image.libc_version.value) == ("3.11", "2.40")


def test_node_without_package_json_gives_its_archive_too() -> None:
    plan = planned({**OWN, "nixpacks.toml": f'providers = ["node"]\n{OWN["nixpacks.toml"]}'})
    assert plan.python.version is None
    assert str(plan.details["nixpkgs_archive"]).startswith(NEW)


def test_libraries_alone_come_from_the_default_archive() -> None:
    plan = planned({"app/main.py": ""}, env={"NIXPACKS_LIBS": "zlib"})
    assert str(plan.details["nixpkgs_archive"]).startswith("5148520bfa")


def test_debian_has_an_older_default_archive() -> None:
    plan = planned({"poetry.lock": ""}, env={"NIXPACKS_DEBIAN": "1", "NIXPACKS_PKGS": "python3"})
    assert str(plan.details["nixpkgs_archive"]).startswith("a0b7e70db7")
    assert plan.python.version is None
