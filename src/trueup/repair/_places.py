"""Where a Python version is written, for which builder, in which spelling; and how to write another one there.

The deciding place is changed where there is one; else a new one is made that every builder of the root directory
reads: `.python-version` (Railpack, Nixpacks, Render and both Heroku buildpacks), or `PYTHON_VERSION` in the blueprint
where a single service of Render's is concerned and its blueprint is there anyway. Sources: the builders' version rules,
cited in platforms/builders and platforms/data (read 2026-11-20).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from trueup.manifests._document import load_yaml
from trueup.model.plan import BuildPlan, InputUse, VersionInput
from trueup.model.project import Project
from trueup.model.repair import Edit, digest
from trueup.platforms._render_releases import release_row
from trueup.repair._ignored import seen_texts
from trueup.repair.keys import add_yaml_item, add_yaml_key
from trueup.repair.texts import NotEditableError, edits_between, with_line

VARIABLE = "PYTHON_VERSION"
VERSION_FILE = ".python-version"
_PLAIN = re.compile(
    r"(?P<lead>(?:python-?|cpython-|==|~=|=|\^|v)?)(?P<version>\d+(?:\.\d+){0,2})(?P<tail>(?:\.x|\.\*)?)"
)
_OFFICIAL_IMAGE = re.compile(
    r"(?i)(?:^|[\s=])(?:docker\.io/)?(?:[\w.-]+(?::\d+)?/)*?(?:library/)?python:[\d.]+(?:-slim)?(?:-(?:bookworm|trixie|alpine))?"
    r"(?:\s|$)"
)
"""Images that there are for every Python: the official ones, without the name of a system that newer Pythons left."""
_NIX_PACKAGE = re.compile(r"python(3)(\d{1,2})(?:Full)?")


@dataclass
class Pin:
    """A Python written where builders read it: the new text of every file, by path from the project's root."""

    project: Project
    texts: dict[str, str] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    """Files that are to go."""
    left: list[str] = field(default_factory=list)
    """Places of images that stay as they are, since nobody says that there is one for another Python."""

    def text(self, path: str) -> str:
        """A file's text so far."""
        file = self.project.whole.get(path)
        return self.texts.get(path, file.text if file else "")

    def edits(self) -> tuple[Edit, ...]:
        """The edits of all files.

        Raises:
            NotEditableError: a file is not text.
        """
        found: list[Edit] = []
        for path in sorted(self.removed):
            gone = self.project.whole.files[path]
            found.append(Edit(path, 0, gone.size, None, digest(gone.data)))
        for path, text in self.texts.items():
            file = self.project.whole.get(path)
            if file is None:
                if self.project.whole.has(path):
                    raise NotEditableError(f"{path} is there and was not read.")
                found.append(Edit.new_file(path, text.encode()))
            else:
                found += edits_between(file, text)
        return tuple(found)

    @property
    def places(self) -> str:
        """The files, as words."""
        before = {path: file.text for path, file in self.project.whole.files.items() if path in self.texts}
        listed = " and ".join(path for path, text in self.texts.items() if before.get(path) != text)
        return f"{listed} in the place of {' and '.join(sorted(self.removed))}" if self.removed else listed


def pin_python(project: Project, plans: Sequence[BuildPlan], minor: str, full: str | None, *, blueprint: bool) -> Pin:
    """Write a Python where all of the plans take it from.

    Args:
        project: the whole project.
        plans: the plans of one root directory.
        minor: the wanted minor, such as `3.12`.
        full: the wanted X.Y.Z, where one is wanted.
        blueprint: whether a new place may be PYTHON_VERSION in render.yaml.

    Raises:
        NotEditableError: the place that decides cannot be changed by itself.
    """
    pin = Pin(project.whole)
    written = False
    for plan in plans:
        deciding = _deciding(plan)
        if deciding is None or deciding.evidence.path is None:
            continue
        if _rewrite(pin, deciding, minor, full):
            written = True
    lacking = [plan for plan in plans if not _has_own_place(plan) and plan.python.minor != minor]
    if written and not lacking:
        return pin
    if lacking and blueprint and _write_variable(pin, lacking, full or _newest_full(minor)):
        return pin
    if lacking or not written:
        write_version_file(pin, plans[0].service.root_dir.value, full or minor)
    return pin


def move_from_runtime(pin: Pin, root: str, version: str) -> None:
    """State a Python in `.python-version` in the place of runtime.txt, which Heroku's newer buildpack refuses.

    Every builder that reads runtime.txt reads `.python-version` too (the module's docstring).

    Raises:
        NotEditableError: there is no runtime.txt that holds a version and nothing else.
    """
    path = posixpath.join(root, "runtime.txt")
    file = pin.project.whole.get(path)
    if file is None or file.problem is not None or not _PLAIN.fullmatch(file.text.strip()):
        raise NotEditableError(f"{path} holds more than a version, so that it is not removed")
    pin.texts.pop(path, None)
    pin.removed.add(path)
    write_version_file(pin, root, version)


def write_version_file(pin: Pin, root: str, version: str) -> None:
    """State a Python in a folder's `.python-version`, and let git see the file."""
    path = posixpath.join(root, VERSION_FILE)
    pin.texts[path] = _version_file(pin, root, version)
    pin.texts |= seen_texts(pin.project, path)


def align_others(pin: Pin, plans: Sequence[BuildPlan], minor: str, full: str | None) -> None:
    """Write the same Python into every other place of the project that states a different one.

    Places that the builders do not read mislead whoever reads them; those that hold a range stay as they are.
    """
    done: set[tuple[str | None, int | None]] = set()
    for plan in plans:
        for item in plan.python.inputs:
            place = (item.evidence.path, item.evidence.line)
            stated = _PLAIN.fullmatch(item.value.strip().strip("\"'"))
            differs = stated and ".".join(stated["version"].split(".")[:2]) != minor
            if item.use in (InputUse.IGNORED, InputUse.SHADOWED) and differs and place not in done:
                done.add(place)
                _rewrite(pin, item, minor, full)


def _version_file(pin: Pin, root: str, version: str) -> str:
    old = pin.text(posixpath.join(root, VERSION_FILE))
    match = re.search(r"^[ \t]*(?!#)(\S+)", old, re.MULTILINE)
    return f"{old[: match.start(1)]}{version}{old[match.end(1) :]}" if match else f"{old}{version}\n"


def _newest_full(minor: str) -> str | None:
    """The newest X.Y.Z of a minor that is known to be out."""
    row = release_row(minor)
    return f"{minor}.{row['newest']}" if row else None


def _deciding(plan: BuildPlan) -> VersionInput | None:
    """The place that decides, or the one that would if its text were right."""
    for use in (InputUse.DECIDES, InputUse.INVALID):
        for item in plan.python.inputs:
            if item.use is use and item.evidence.path is not None:
                return item
    return None


def _has_own_place(plan: BuildPlan) -> bool:
    item = _deciding(plan)
    return item is not None and _is_plain(item)


def _is_plain(item: VersionInput) -> bool:
    value = item.value.strip().strip("\"'")
    return bool(_PLAIN.fullmatch(value) or _NIX_PACKAGE.fullmatch(value))


def _rewrite(pin: Pin, item: VersionInput, minor: str, full: str | None) -> bool:
    """Replace the version in the line that states it, in its own form; False where the line holds no plain version."""
    path, number = item.evidence.path, item.evidence.line
    value = item.value.strip().strip("\"'")
    if path is None or number is None or not _is_plain(item) or pin.project.whole.get(path) is None:
        return False
    line = pin.text(path).replace("\r\n", "\n").replace("\r", "\n").split("\n")[number - 1]
    at = line.rfind(value)
    if at < 0:
        return False
    if item.source.startswith("Dockerfile") and not _OFFICIAL_IMAGE.search(line):
        pin.left.append(item.evidence.place)
        return False
    new = _in_form(value, minor, full, needs_full=VARIABLE in item.source)
    pin.texts[path] = with_line(pin.text(path), number, f"{line[:at]}{new}{line[at + len(value) :]}")
    return True


def _in_form(value: str, minor: str, full: str | None, *, needs_full: bool) -> str:
    package = _NIX_PACKAGE.fullmatch(value)
    if package:
        return value.replace(f"3{package[2]}", minor.replace(".", ""), 1)
    found = _PLAIN.fullmatch(value)
    assert found is not None
    parts = found["version"].count(".") + 1
    if found["lead"] == "~=" and parts == 2:  # ~=3.11 means any 3.x from 3.11 on
        return f"~={full or minor}"
    full = full or (_newest_full(minor) if needs_full else None)
    version = full if full and (needs_full or parts == 3) else minor
    return f"{found['lead']}{version}{found['tail'] if version == minor else ''}"


def _write_variable(pin: Pin, plans: Sequence[BuildPlan], full: str | None) -> bool:
    """PYTHON_VERSION in the blueprint, for the one service of Render's that all plans are of."""
    names = {(plan.platform, plan.service.name) for plan in plans}
    file = pin.project.whole.get("render.yaml")
    if len(names) != 1 or plans[0].platform != "render" or file is None or full is None or "render.yaml" in pin.texts:
        return False
    document = load_yaml(file)
    services = document.get("services", default=[])
    at = [
        index
        for index, item in enumerate(services if isinstance(services, list) else [])
        if isinstance(item, dict) and item.get("name") == plans[0].service.name
    ]
    if len(at) != 1:
        return False
    lines = (f"key: {VARIABLE}", f"value: {full}")
    path = ("services", at[0])
    try:
        if isinstance(document.get(*path, "envVars"), list):
            pin.texts["render.yaml"] = add_yaml_item(document, (*path, "envVars"), lines)
        else:
            below = (f"  - {lines[0]}", f"    {lines[1]}")
            pin.texts["render.yaml"] = add_yaml_key(document, path, "envVars", below)
    except NotEditableError:
        return False
    return True
