"""Nixpacks: Railway's builder until 2025-09-16, and since then of services that existed before or ask for it.

It merges a plan from its provider, the Procfile, nixpacks.toml, NIXPACKS_* variables and the platform's settings,
installs Nix packages, copies the whole application and runs the phases.

Source: railwayapp/nixpacks@f51d7fd5 (1.39.0, 2025-08-04), read 2026-11-20; the sibling modules cite their files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trueup.manifests._document import Document, load_json, load_toml
from trueup.model.evidence import Evidence, EvidenceKind, Fact, Unknown
from trueup.model.plan import (
    BuildPlan,
    Image,
    PlanContext,
    Process,
    PythonChoice,
    Step,
    Toolchain,
)
from trueup.model.project import Project
from trueup.model.service import Service
from trueup.platforms import _data
from trueup.platforms._other_languages import not_predicted
from trueup.platforms.builders._installed_files import installed_files
from trueup.platforms.builders._nixpacks_app import App, Environment
from trueup.platforms.builders._nixpacks_config import plan_from_document, wrong_types
from trueup.platforms.builders._nixpacks_generate import Generated, final_python, generate, nix_packages
from trueup.platforms.builders._nixpacks_pip import pip_problems
from trueup.platforms.builders._nixpacks_plan import NixPlan, Phase
from trueup.platforms.builders._nixpacks_poetry import poetry_problems
from trueup.platforms.builders._nixpacks_problems import plan_problems
from trueup.platforms.builders._nixpacks_python import rule
from trueup.platforms.builders._railway_health import railway_health
from trueup.platforms.builders._railway_settings import RailwaySettings

NIXPACKS_PLAN = "build.nixpacksPlan"
"""The service's setting that holds a plan of Nixpacks' own (railway.json)."""


def plan(tree: Project, service: Service, context: PlanContext, settings: RailwaySettings) -> BuildPlan:
    """What Nixpacks does with a service.

    Args:
        tree: the view of the service's root directory.
        service: the service.
        context: the day of the build, the variables and the architecture.
        settings: what Railway tells Nixpacks on its command line.

    Returns:
        The plan. Errors of Nixpacks are its problems; nothing is raised.
    """
    own = {variable.name: variable.value for variable in service.variables if variable.value}
    environment = Environment.given({**own, **settings.variables, **context.env})
    command_line = _command_line(tree, service, settings)
    generated = generate(App(tree), environment, command_line, context.on)
    python = final_python(generated)
    install, build = _steps(generated)
    start = _start(generated)
    release = settings.pre_deploy
    root = generated.app.tree.root_dir.removeprefix(tree.root_dir).strip("/")
    return BuildPlan(
        platform="railway",
        builder="nixpacks",
        service=service,
        detected=generated.detected,
        python=python,
        package_manager=_manager(generated, install),
        manifests=tuple(f"{root}/{name}" if root else name for name in _manifests(generated, install + build)),
        visible_at_install=_visible(generated, root),
        install=install,
        build=build,
        release=None if release is None else Step(release.value, release.evidence),
        start=start,
        processes=() if start.value is None else (Process(service.kind, Fact(start.value, start.evidence)),),
        health=railway_health(service, settings, environment.values),
        image=_image(generated, context),
        toolchain=_toolchain(generated),
        variables=tuple(sorted(generated.plan.variables)),
        problems=(
            *generated.problems,
            *plan_problems(generated),
            *pip_problems(generated),
            *poetry_problems(generated),
        ),
        unknowns=_unknowns(generated, python),
        details=_details(generated, root),
    )


def _command_line(tree: Project, service: Service, settings: RailwaySettings) -> NixPlan:
    """What Railway gives on the command line: its own plan for Nixpacks, below the build and start commands."""
    phases: dict[str, Phase] = {}
    if settings.build_command is not None:
        phases["build"] = Phase(
            depends_on=("install",),
            cmds=(settings.build_command.value,),
            places={"cmds": settings.build_command.evidence[0]},
        )
    start = settings.start_command
    commands = NixPlan(
        phases=phases,
        start=None if start is None else start.value,
        start_place=None if start is None else start.evidence[0],
    )
    given = service.setting(NIXPACKS_PLAN)
    document = None if given is None else _plan_document(tree, given)
    if document is None or next(wrong_types(document[0], document[1]), None) is not None:
        return commands
    return commands.over(plan_from_document(*document))


def _plan_document(tree: Project, given: Fact[object]) -> tuple[Document, tuple[str, ...]] | None:
    """The file that holds a `build.nixpacksPlan`, parsed again for its lines, and the path of the plan in it."""
    path = given.evidence[0].path
    file = tree.whole.get(path) if path else None
    if file is None:
        return None
    document = load_json(file) if file.path.endswith(".json") else load_toml(file)
    at = ("build", "nixpacksPlan")
    return (document, at) if document.get(*at) == given.value else None


def _steps(generated: Generated) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The commands up to the phase install of any provider, and those after it."""
    install: list[Step] = []
    build: list[Step] = []
    shown = _builder_variables(generated)
    for name, phase in generated.plan.sorted_phases():
        place = phase.places.get("cmds") or rule(f"the commands of the phase {name}")
        kind = name.rpartition(":")[2]
        steps = install if kind in ("setup", "install") else build
        steps += [Step(command, (place,), shown) for command in phase.cmds or ()]
    return tuple(install), tuple(build)


def _builder_variables(generated: Generated) -> dict[str, str]:
    """The plan's variables that Nixpacks and its configuration set, and not the service itself.

    The image keeps them: the build and the running service have them alike (dockerfile_generation.rs:147).
    """
    places = generated.environment.places
    own = {name for name, place in places.items() if place.kind is EvidenceKind.GIVEN}
    variables = generated.plan.variables.items()
    return {name: value for name, value in variables if name not in own or name.startswith("NIXPACKS_")}


def _start(generated: Generated) -> Fact[str | None]:
    start = generated.plan.start
    if start is None:
        return Fact(None, (Evidence.absent("nothing names a start command"), rule("what Nixpacks looks for", 385)))
    return Fact(start, (generated.plan.start_place or rule("the provider's start command", 385),))


def _manager(generated: Generated, install: Iterable[Step]) -> Fact[str | None]:
    """The provider's package manager, or the one that a command of the configuration runs instead."""
    commands = tuple(install)
    provider = generated.python
    own = set() if provider is None else set(provider.plan.phases["install"].cmds or ())
    if provider is not None and (own & {step.command for step in commands} or not commands):
        return provider.manager
    for step in commands:
        for tool in ("poetry", "pdm", "uv", "pipenv", "pip"):
            if f"{tool} install" in step.command or f"{tool} sync" in step.command:
                return Fact(tool, step.evidence)
    if provider is not None:
        return provider.manager
    return Fact(None, (Evidence.absent("no phase installs Python packages"),))


def _manifests(generated: Generated, steps: Iterable[Step]) -> tuple[str, ...]:
    return installed_files((step.command for step in steps), generated.app.includes)


def _visible(generated: Generated, root: str) -> tuple[str, ...] | None:
    """The files of the phase install where it names them; the whole application otherwise."""
    phase = generated.plan.phases.get("install")
    if phase is None or phase.only_include_files is None or "." in phase.only_include_files:
        return None
    return tuple(f"{root}/{name}" if root else name for name in phase.only_include_files)


def _archive(generated: Generated) -> str | None:
    setup = generated.plan.phases.get("setup")
    if setup is not None and setup.archive is not None:
        return setup.archive
    return next((package.archive for package in nix_packages(generated.plan)), None)


def _image(generated: Generated, context: PlanContext) -> Image:
    row = _data.load("nixpacks")["image"]
    name = row["debian"] if generated.environment.is_truthy("DEBIAN") else row["name"]
    image = Fact(name, (_data.evidence(row, "the image on which Nixpacks builds and runs"),))
    if generated.plan.build_image is not None:
        document = generated.configuration.document
        place = document.evidence("buildImage") if document else Evidence.given("buildImage of Railway's settings")
        image = Fact(generated.plan.build_image, (place,))
    archive = _archive(generated)
    known = _data.load("nixpacks")["archives"].get(archive or "")
    if known is None:
        text = f"the glibc of the nixpkgs archive {archive} is not known" if archive else "no Nix package is installed"
        libc: Fact[str | None] = Fact(None, (Evidence.absent(text),))
    else:
        libc = Fact(known.get("libc_version"), (_data.evidence(known, known["libc_text"]),))
    return Image(image, "glibc", libc, context.arch or "x86_64")


def _packages(generated: Generated) -> dict[str, Evidence]:
    """Every Nix and apt package of the plan, with the place that asks for it."""
    found: dict[str, Evidence] = {}
    for phase in generated.plan.phases.values():
        for names, key in ((phase.nix_pkgs, "nix_pkgs"), (phase.apt_pkgs, "apt_pkgs")):
            for name in names or ():
                found.setdefault(name, phase.places.get(key) or rule("the packages of the provider", 232))
    return found


def _toolchain(generated: Generated) -> Toolchain:
    packages = _packages(generated)
    libraries = _data.load("nixpacks").get("system_libraries", {})
    present = [
        library
        for prefix, names in libraries.items()
        if any(package.startswith(prefix) for package in packages)
        for library in names
    ]
    return Toolchain(
        c=_tool(packages, ("gcc", "clang", "build-essential", "g++"), "C compiler"),
        rust=_tool(packages, ("cargo", "rustc", "rustup"), "Rust"),
        fortran=_tool(packages, ("gfortran",), "Fortran compiler"),
        system_libraries=tuple(dict.fromkeys(present)),
    )


def _tool(packages: Mapping[str, Evidence], prefixes: tuple[str, ...], title: str) -> Fact[bool | None]:
    for name, place in packages.items():
        if name.startswith(prefixes):
            return Fact(True, (place,))
    replaced = next((place for place in packages.values() if place.path), None)
    absent = Evidence.absent(f"no package of the plan is a {title}, and the base image has none")
    return Fact(False, (replaced, absent) if replaced else (absent,))


def _unknowns(generated: Generated, python: PythonChoice) -> tuple[Unknown, ...]:
    unknowns = []
    asked_for = generated.python is not None or python.requested is not None
    is_stopped = generated.stop is not None  # its problem says so, and nothing is left to predict
    if not asked_for and generated.detected.value is not None and python.version is None and not is_stopped:
        unknowns.append(not_predicted("Nixpacks", generated.detected))
    others = [name for name in generated.providers if name not in ("python", "node")]
    if others and generated.python is not None:
        reason = f"the commands and packages that the provider {others[0]} adds are not predicted"
        unknowns.append(Unknown("other providers", reason, generated.detected.evidence))
    if python.version is None and generated.plan.phases and asked_for:
        reason = "no package of the plan is a Python whose version is known"
        unknowns.append(Unknown("Python version", reason, python.evidence, essential=True))
    return tuple(unknowns)


def _is_public(name: str, data: Mapping[str, Any]) -> bool:
    """Whether a variable is one of Nixpacks' own, whose value is no secret."""
    own = {*data["variables"], *data["node"]["variables"], "UV_PROJECT_ENVIRONMENT", "NIXPACKS_METADATA"}
    return name in own or (name.startswith("NIXPACKS_") and name.endswith("_VERSION"))


def _details(generated: Generated, root: str) -> dict[str, Any]:
    data = _data.load("nixpacks")
    plan_ = generated.plan
    packages = nix_packages(plan_)
    provider = generated.python
    return {
        "providers": list(generated.providers),
        "subdirectory": root or None,
        "nix_python": provider.python.package if provider else None,
        "nixpkgs_archive": _archive(generated),
        "nix_packages": [package.name for package in packages],
        "nix_libraries": [name for phase in plan_.phases.values() for name in phase.nix_libs or ()],
        "apt_packages": [name for phase in plan_.phases.values() for name in phase.apt_pkgs or ()],
        "metadata": list(provider.metadata) if provider else [],
        "variables": {name: plan_.variables[name] for name in sorted(plan_.variables) if _is_public(name, data)},
        "variable_names": sorted(plan_.variables),
        "image_keeps_variables": True,
        "phases": {
            name: {
                "commands": list(phase.cmds or ()),
                "paths": list(phase.paths or ()),
                "cache_directories": list(phase.cache_directories or ()),
                "only_include_files": list(phase.only_include_files or ()),
            }
            for name, phase in plan_.sorted_phases()
        },
    }
