"""What places that state a Python version say, so that they can be compared."""

from __future__ import annotations

import re

from packaging.specifiers import SpecifierSet

from trueup.checks._interface import CheckContext
from trueup.manifests._poetry_constraints import poetry_specifier
from trueup.model.plan import BuildPlan, InputUse, VersionInput

_PIN = re.compile(r"(?:c?python[-@])?v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}|x|\*))?$")
_RANGES = ("requires-python", "requires_python", "python-versions", "tool.poetry.dependencies.python")


def pin_of(item: VersionInput) -> tuple[int, ...] | None:
    """The version that a place names, as (3, 12) or (3, 12, 4); None where it names a range or nothing readable."""
    if is_range(item):
        return None
    found = _PIN.match(item.value.strip().strip("\"'").removeprefix("=="))
    if found is None:
        return None
    major, minor, patch = found.groups()
    return (int(major), int(minor), int(patch)) if patch and patch.isdecimal() else (int(major), int(minor))


def is_range(item: VersionInput) -> bool:
    """Whether a place says which Pythons would do, not which one to take."""
    return any(word in item.source for word in _RANGES)


def range_of(item: VersionInput) -> SpecifierSet | None:
    """The Pythons that a place allows, where it is a range."""
    if not is_range(item):
        return None
    try:
        return poetry_specifier(item.value) if "poetry" in item.source else SpecifierSet(item.value)
    except ValueError:
        return None


def agree(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two pins are the same as far as both go: 3.12 agrees with 3.12.4."""
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def concerns_service(context: CheckContext, item: VersionInput) -> bool:
    """Whether a place lies in the service's root directory itself, above it, or outside every file (a flag)."""
    path = item.evidence.path
    if path is None:
        return True
    folder = path.rpartition("/")[0]
    root = context.plan.service.root_dir.value
    return folder == root or folder == "" or f"{root}/".startswith(f"{folder}/")


def floats(plan: BuildPlan) -> bool:
    """Whether a plan installs a Python that no place decides; what an earlier build took decides nothing."""
    if plan.python.version is None or plan.package_manager.value is None:
        return False
    return not any(item.use is InputUse.DECIDES and item.source != "previous build" for item in plan.python.inputs)
