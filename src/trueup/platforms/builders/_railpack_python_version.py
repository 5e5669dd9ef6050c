"""Which Python Railpack plans, which one runs, and what it does with every place that states a version.

Source: railwayapp/railpack at b5e80580, core/providers/python/python.go:364-422, core/generate/context.go:197,
core/generate/mise_step_builder.go:134-225 (read 2026-11-20); earlier orders of precedence are in the data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from trueup.model.evidence import Evidence, Fact, Unknown
from trueup.model.plan import InputUse, PythonChoice, VersionInput
from trueup.platforms.builders._mise import MiseList, MiseTool, mise_list
from trueup.platforms.builders._mise_files import ToolFile, ToolRequest
from trueup.platforms.builders._mise_versions import placed_request
from trueup.platforms.builders._railpack_app import App
from trueup.platforms.builders._railpack_config import Config
from trueup.platforms.builders._railpack_releases import newest_minor, rule
from trueup.platforms.builders._railpack_versions import first_version, fuzzy, queries, taken

DEFAULT_LABEL = "railpack default"
PREVIOUS_LABEL = "previous installed version"
_PIPFILE = [
    (name, re.compile(rf"{name}\s*=\s*['\"]([0-9.]*)\"?")) for name in ("python_full_version", "python_version")
]
_PIPFILE_ANY = re.compile(r"^\s*(python_(?:full_)?version)\s*=\s*(\S.*?)\s*$", re.MULTILINE)
_PLAIN = re.compile(r"\d+(\.\d+){0,2}|latest")


@dataclass(frozen=True, slots=True)
class Place:
    """One place that states a version and that Railpack reads: the kind of place, the text, and Railpack's label."""

    source: str
    text: str
    label: str
    evidence: Evidence


@dataclass(frozen=True)
class PythonDecision:
    """The choice, and the steps on the way: the text that decides, after the fuzzy rule, the questions to mise."""

    choice: PythonChoice
    requested: str
    fuzzy: str
    queries: tuple[str, ...]
    mise: MiseList
    unknown: Unknown | None = None
    """Why the version is not known, where a template of mise decides it."""


def _custom(config: Config) -> Place | None:
    fact = config.packages.get("python")
    if fact is None:
        return None
    source = "railpack.json" if fact.evidence[0].path else "RAILPACK_PACKAGES"
    return Place(source, fact.value, "custom config", fact.evidence[0])


def _variable(app: App) -> Place | None:
    name = "RAILPACK_PYTHON_VERSION"
    value = app.variable("PYTHON_VERSION")
    return Place(name, value, name, Evidence.given(f"{name}={value}")) if value else None


def _mise_place(app: App, tool: MiseTool) -> Place:
    name = tool.path if tool.path.startswith(".python-version") or tool.path == ".tool-versions" else "mise.toml"
    return Place(name, tool.version, tool.source_type, app.file(tool.path).evidence(tool.line))


def _runtime_txt(app: App) -> Place | None:
    text = app.read("runtime.txt")
    if text is None:
        return None
    version = first_version(text)
    line = text[: text.find(version)].count("\n") + 1
    return Place("runtime.txt", version, "runtime.txt", app.file("runtime.txt").evidence(line))


def _version_file(app: App) -> Place | None:
    text = app.read(".python-version")
    if text is None:
        return None
    version = first_version(text)
    line = text[: text.find(version)].count("\n") + 1
    return Place(".python-version", version, ".python-version", app.file(".python-version").evidence(line))


def _pipfile(app: App) -> Place | None:
    text = app.read("Pipfile") or ""
    for name, pattern in _PIPFILE:
        found = pattern.search(text)
        if found:
            line = text.count("\n", 0, found.start()) + 1
            place = Place("Pipfile", found.group(1), f"Pipfile > {name}", app.file("Pipfile").evidence(line))
            return place if found.group(1) else None
    return None


def places(app: App, config: Config, listed: MiseList) -> list[Place]:
    """Every place that the release's planner reads and that states a version, the one that wins first."""
    tools = listed.versions("python") if app.release.flag("mise_plans_tools") else ()
    found = {
        "custom config": _custom(config),
        "RAILPACK_PYTHON_VERSION": _variable(app),
        "mise": _mise_place(app, tools[0]) if tools else None,
        "runtime.txt": _runtime_txt(app),
        "Pipfile": _pipfile(app),
        ".python-version": _version_file(app),
    }
    return [place for name in app.release.names("python_order") if (place := found[name]) is not None]


def with_previous(default: str, previous: str | None) -> tuple[str, str]:
    """A default and Railpack's label for it; the version of the last build replaces the default (resolver.go:133)."""
    return (previous, PREVIOUS_LABEL) if previous and previous != default else (default, DEFAULT_LABEL)


def _default(app: App, previous: str | None) -> Place:
    default = app.release.text("python_default")
    version, label = with_previous(default, previous)
    if label == PREVIOUS_LABEL:
        return Place(
            "previous build",
            version,
            label,
            Evidence.given(f"the last build took Python {previous} (--previous-python)"),
        )
    text = f"Railpack {app.release.version} takes Python {version} where nothing states one"
    return Place("default", version, DEFAULT_LABEL, app.release.evidence("python_default", text))


def _running(app: App, planned: str | None, day: str) -> tuple[MiseTool, str] | None:
    """The version that the service's own files give it in the image, where that is not the planned one."""
    version_files = app.release.flag("mise_runs_idiomatic")
    tool = mise_list(app.tree, version_files=version_files, newest=newest_minor(day)[0]).first_written("python")
    if tool is None or not _PLAIN.fullmatch(tool.version):
        return None
    version = taken([tool.version], day)
    return None if version is None or version == planned else (tool, version)


def _shadow_reason(winner: Place) -> str:
    return f"Railpack reads it, but {winner.label} outranks it here"


def _asks_for(file: ToolFile, request: ToolRequest, tool: MiseTool | None) -> bool:
    """Whether a version that mise lists comes from this request."""
    wanted = (file.path, request.line, placed_request(request.text))
    return tool is not None and (tool.path, tool.line, tool.requested) == wanted


def _mise_inputs(
    app: App, listed: MiseList, deciding: Place, planned: MiseTool | None, running: MiseTool | None
) -> list[VersionInput]:
    """An input for every version in mise's files, read or not."""
    found = []
    planned_paths = {file.path for file in listed.files} if app.release.flag("mise_plans_tools") else set()
    for file in mise_list(app.tree).files:
        for request in file.requests:
            if request.tool != "python":
                continue
            tool = MiseTool("python", request.version, request.text, file.source, file.path, request.line)
            place = _mise_place(app, tool)
            use, reason = InputUse.SHADOWED, _shadow_reason(deciding)
            is_planned = _asks_for(file, request, planned)
            if _asks_for(file, request, running) or (running is None and is_planned):
                use = InputUse.DECIDES
                reason = (
                    "Railpack asks mise, and mise takes it from here"
                    if is_planned
                    else "mise in the image reads it before the planned version"
                )
            elif is_planned:
                reason = f"Railpack plans with it, but mise in the image takes {running.path if running else ''} first"
            elif file.path not in planned_paths:
                reason = f"Railpack {app.release.version} does not read it when it plans"
            found.append(VersionInput(place.source, request.text, use, reason, place.evidence))
    return found


def _refused_inputs(app: App, listed: MiseList) -> list[VersionInput]:
    """Inputs for what Railpack reads and does not understand."""
    found = []
    if listed.error_path is not None:
        file = app.file(listed.error_path)
        name = listed.error_path.rpartition("/")[2]
        text = next((line for line in file.lines if line.strip()), "")
        reason = f"mise stops at this file ({listed.error}); Railpack warns and goes on without mise"
        found.append(VersionInput(name, text.strip(), InputUse.INVALID, reason, file.evidence(1)))
    text = app.read("Pipfile") or ""
    stated = _PIPFILE_ANY.search(text)
    if stated and _pipfile(app) is None:
        line = text.count("\n", 0, stated.start(1)) + 1
        reason = "Railpack takes only digits and dots in quotes here, so it passes over this value"
        found.append(
            VersionInput(
                "Pipfile", stated.group(2).strip("'\""), InputUse.INVALID, reason, app.file("Pipfile").evidence(line)
            )
        )
    return found


def _inputs(
    app: App, stated: list[Place], listed: MiseList, deciding: Place, running: MiseTool | None
) -> tuple[VersionInput, ...]:
    found = []
    tools = listed.versions("python")
    planned = tools[0] if tools and _mise_place(app, tools[0]) == deciding else None
    for place in stated:
        if place.label in ("mise.toml", ".tool-versions", "idiomatic-version-file"):
            continue
        decides = place == deciding and running is None
        reason = "no place with a higher rank states a version" if decides else _shadow_reason(deciding)
        if place == deciding and running is not None:
            reason = f"Railpack plans with it and prints it, but mise in the image reads {running.path} first"
        use = InputUse.DECIDES if decides else InputUse.SHADOWED
        found.append(VersionInput(place.source, place.text, use, reason, place.evidence))
    own_text = {place.evidence.path for place in stated if place.label == ".python-version"}
    mise_found = [i for i in _mise_inputs(app, listed, deciding, planned, running) if i.evidence.path not in own_text]
    return (*found, *mise_found, *_refused_inputs(app, listed))


def _runs(app: App, running: tuple[MiseTool, str]) -> Fact[str]:
    tool, version = running
    why = rule(
        "the planned version goes to /etc/mise/config.toml, the lowest rank; the project's own files are copied beside "
        "the service, and mise in the image reads them first",
        "core/generate/mise_step_builder.go#L285",
    )
    return Fact(version, (app.file(tool.path).evidence(tool.line), why))


def _untold(app: App, listed: MiseList, stated: list[Place], day: str) -> MiseTool | None:
    """A version of mise's files that decides what is planned, or what runs, and that a template makes."""
    planned = listed.unknown("python") if app.release.flag("mise_plans_tools") else None
    if planned is not None and stated and stated[0].label == planned.source_type:
        return planned
    version_files = app.release.flag("mise_runs_idiomatic")
    first = mise_list(app.tree, version_files=version_files, newest=newest_minor(day)[0]).first_written("python")
    return first if first is not None and not first.is_known else None


def _not_known(app: App, tool: MiseTool, listed: MiseList, stated: list[Place]) -> PythonDecision:
    """The decision where a template of mise makes the version, and what comes of it is not known here."""
    evidence = app.file(tool.path).evidence(tool.line)
    reason = (
        f"{evidence.place} makes it with a template ({tool.requested}); what mise makes of that depends on the "
        "machine, or on more of the template language than trueup reads"
    )
    own = VersionInput("mise.toml", tool.requested, InputUse.DECIDES, "mise fills in its template", evidence)
    outranked = f"mise in the image reads {tool.path} first"
    others = [
        VersionInput(place.source, place.text, InputUse.SHADOWED, outranked, place.evidence)
        for place in stated
        if place.evidence != evidence
    ]
    choice = PythonChoice(tool.requested, None, tool.source_type, (evidence,), (own, *others))
    unknown = Unknown("Python version", reason, (evidence,), essential=True)
    return PythonDecision(choice, tool.requested, "", (), listed, unknown)


def decide(
    app: App, config: Config, day: str, *, previous: str | None = None, is_python: bool = True
) -> PythonDecision:
    """The Python of a service.

    Args:
        app: the service's folder.
        config: the merged configuration.
        day: ISO day; decides what "latest" and "3" are.
        previous: the version of the last successful build, where the platform passes it on.
        is_python: whether the Python provider plans; else only packages.python counts.
    """
    version_files = app.release.flag("mise_plans_idiomatic")
    listed = mise_list(app.tree, version_files=version_files, newest=newest_minor(day)[0])
    stated = places(app, config, listed) if is_python else [place for place in [_custom(config)] if place]
    if not stated and not is_python:
        nothing = rule("only the Python provider asks for a Python by itself", "core/providers/python/python.go#L364")
        return PythonDecision(PythonChoice(None, None, "", (nothing,)), "", "", (), listed)
    untold = _untold(app, listed, stated, day) if is_python else None
    if untold is not None:
        return _not_known(app, untold, listed, stated)
    deciding = stated[0] if stated else _default(app, previous)
    text = deciding.text.strip()
    asked = queries(fuzzy(text))
    version = taken(asked, day)
    running = _running(app, version, day) if is_python else None
    evidence = [deciding.evidence]
    if version and version not in (text, *asked):
        evidence.append(newest_minor(day)[1])
    if deciding.evidence.kind != "default":
        order = "; ".join(app.release.names("python_order"))
        evidence.append(
            app.release.evidence("python_order", f"Railpack {app.release.version} reads in this order: {order}")
        )
    choice = PythonChoice(
        requested=None if deciding.label == DEFAULT_LABEL else text,
        version=version,
        source=deciding.label,
        evidence=tuple(evidence),
        inputs=_inputs(app, stated, listed, deciding, running[0] if running else None),
        runs=_runs(app, running) if running else None,
    )
    return PythonDecision(choice, text, fuzzy(text), tuple(asked), listed)
