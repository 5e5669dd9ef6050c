"""Why building an sdist fails on a Python although nothing is compiled: what its setup script needs is gone."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from trueup.index.names import parsed_version
from trueup.index.select import has_wheel
from trueup.model.target import Target
from trueup.resolve.build_needs import Inspection, build_rules
from trueup.resolve.setup_script import SetupScript
from trueup.resolve.universe import Universe


def broken_build(inspection: Inspection, target: Target, universe: Universe) -> str:
    """Why the build itself fails on a target, whatever it compiles.

    Only what runs in any case counts: imports at the top of setup.py that nothing catches, and keywords of setup().

    Args:
        inspection: what the sdist's files say.
        target: where it is built.
        universe: which setuptools an isolated build would take is asked of the index.

    Returns:
        The end of a sentence with its reason, empty where nothing says that it fails. Sources: build_rules.toml.
    """
    script = next((one for one in inspection.scripts if one.path == "setup.py"), None)
    if script is None:
        return ""
    return _removed_module(script, target) or _removed_feature(script, inspection, target, universe)


def _removed_module(script: SetupScript, target: Target) -> str:
    removed = build_rules()["removed_modules"]
    for python in (key for key in removed if key[0].isdigit()):
        if target.version < Target(f"{python}.0").version:
            continue
        for module in removed[python]:
            if module in script.imports:
                line = script.imports[module]
                return f"its setup.py imports {module} (line {line}), which Python {python} removed"
    return ""


def _removed_feature(script: SetupScript, inspection: Inspection, target: Target, universe: Universe) -> str:
    for feature, row in build_rules()["setuptools"].items():
        line = script.imports.get(feature) or script.keywords.get(feature)
        if line is None:
            continue
        newest = newest_setuptools(inspection.build_requires, target, universe)
        found, limit = parsed_version(newest or ""), parsed_version(row["version"])
        if found is not None and limit is not None and found >= limit:
            return (
                f"its setup.py uses {feature} (line {line}), which setuptools {row['version']} removed, "
                f"and the build takes setuptools {newest}"
            )
    return ""


def newest_setuptools(build_requires: Iterable[str], target: Target, universe: Universe) -> str | None:
    """The setuptools that an isolated build takes on a target; None where the index does not say."""
    limits = SpecifierSet()
    for text in build_requires:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        applies = requirement.marker is None or requirement.marker.evaluate({**target.marker_environment})
        if canonicalize_name(requirement.name) == "setuptools" and applies:
            limits &= requirement.specifier
    project = universe.project("setuptools")
    fitting = (version for version in project.versions if limits.contains(version, prereleases=False))
    return next((version for version in fitting if has_wheel(project.files(version), target)), None)
