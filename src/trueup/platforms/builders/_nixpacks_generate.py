"""The whole plan of Nixpacks: every source merged, the Python that its packages really give, and the retry below.

Source: railwayapp/nixpacks@f51d7fd5 (2025-08-04), src/nixpacks/plan/generator.rs:51-189 and src/lib.rs:100-165, read
2026-11-20.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from trueup.model.evidence import Evidence, Fact
from trueup.model.finding import Problem
from trueup.model.plan import InputUse, PythonChoice, VersionInput
from trueup.platforms import _data
from trueup.platforms.builders._nixpacks_app import App, Environment, NixpacksError, detect
from trueup.platforms.builders._nixpacks_config import Configuration, read_configuration
from trueup.platforms.builders._nixpacks_node import node_archive
from trueup.platforms.builders._nixpacks_plan import (
    NixPlan,
    Phase,
    fill_auto,
    plan_from_environment,
    remove_autos,
)
from trueup.platforms.builders._nixpacks_python import PythonPlan, procfile_plan, python_plan
from trueup.platforms.builders._nixpacks_version import package_version

_PYTHON_PACKAGE = re.compile(r"^\(*(python\d*)(?:Full|Minimal)?(?:\.withPackages\b.*)?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Generated:
    """The finished plan of an application, and what it was made from.

    `app` is the root that was taken in the end; `python` the provider's part where the Python provider ran;
    `stop` the error with which Nixpacks ends.
    """

    app: App
    detected: Fact[str | None]
    providers: tuple[str, ...] = ()
    plan: NixPlan = field(default_factory=NixPlan)
    environment: Environment = field(default_factory=lambda: Environment({}))
    python: PythonPlan | None = None
    problems: tuple[Problem, ...] = ()
    stop: NixpacksError | None = None
    configured: frozenset[str] = frozenset()
    """The Nix packages that a configuration or a variable names itself."""
    configuration: Configuration = field(default_factory=Configuration)


def generate(app: App, environment: Environment, command_line: NixPlan, day: str) -> Generated:
    """Plan an application as Nixpacks does.

    Args:
        app: the service's root directory.
        environment: the service's variables.
        command_line: what the platform gives on the command line; it outranks everything.
        day: the day of the build, in ISO form.

    Returns:
        The plan; that of the only folder below where the root itself gives none (generator.rs:84-94).
    """
    problems: tuple[Problem, ...] = ()
    while True:
        generated = _generate(app, environment, command_line, day)
        problems += generated.problems
        below = app.only_directory()
        if generated.stop is not None or generated.plan.phases or below is None:
            return replace(generated, problems=problems)
        app = app.below(below)


def _generate(app: App, environment: Environment, command_line: NixPlan, day: str) -> Generated:
    """The plan of one folder, without the retry in the only folder below it."""
    detected = detect(app)
    problems: tuple[Problem, ...] = ()
    try:
        configuration = read_configuration(app, environment)
        problems = configuration.problems
        before = command_line.over(plan_from_environment(environment).over(configuration.plan))
        seen = environment.extended(before.variables, configuration.variable_places)
        wanted = ("...",) if before.providers is None else before.providers
        names = remove_autos(fill_auto(_detected(detected), wanted) or ())
        _refuse_unknown(names, configuration)
        provided, python = _run_providers(app, names, seen, day)
        archive = _data.load("nixpacks")["legacy"]["openssl_archive" if seen.is_truthy("DEBIAN") else "archive"]
        merged = before.over(procfile_plan(app).over(provided)).pinned(archive)
        merged = replace(merged, variables={**merged.variables, **seen.values})
    except NixpacksError as stop:
        return Generated(app, detected, environment=environment, problems=problems, stop=stop)
    configured = frozenset(package for phase in before.phases.values() for package in phase.nix_pkgs or ())
    return Generated(app, detected, names, merged, seen, python, problems, None, configured, configuration)


def _detected(detected: Fact[str | None]) -> tuple[str, ...]:
    return () if detected.value is None else (detected.value,)


def _refuse_unknown(names: tuple[str, ...], configuration: Configuration) -> None:
    known = {provider["name"] for provider in _data.load("nixpacks")["providers"]}
    for name in names:
        if name not in known:
            hint = f'Write one of {", ".join(sorted(known))}, or "..." for the detected one.'
            document = configuration.document
            place = document.evidence("providers") if document else Evidence.given(f"providers names {name}")
            raise NixpacksError(f"Provider {name} not found", hint, place)


def _run_providers(
    app: App, names: tuple[str, ...], environment: Environment, day: str
) -> tuple[NixPlan, PythonPlan | None]:
    """The merged plans of the providers; all but the first have their phases prefixed, and lose against it."""
    merged = NixPlan()
    python: PythonPlan | None = None
    metadata: list[str] = []
    for count, name in enumerate(names):
        labels: tuple[str, ...] = (name,)
        plan = _node_plan(app) if name == "node" and not app.includes("package.json") else NixPlan()
        if name == "python":
            python = python or python_plan(app, environment, day)
            plan, labels = python.plan, python.metadata
        elif not plan.phases:
            plan = NixPlan(phases={"setup": Phase(archive=_own_archive(app, name))})
        metadata += labels
        merged = merged.over(plan if count == 0 else plan.prefixed(name))
    if names:
        variables = {**merged.variables, "NIXPACKS_METADATA": ",".join(metadata)}
        merged = replace(merged, variables=variables)
    return merged, python


def _own_archive(app: App, name: str) -> str | None:
    """The archive that a provider other than Python's takes everything in its phase from; None: the default."""
    if name == "node":
        return node_archive(app)
    archives = {provider["name"]: provider.get("archive") for provider in _data.load("nixpacks")["providers"]}
    return archives.get(name)


def _node_plan(app: App) -> NixPlan:
    """What Node adds where it is asked for and there is no package.json."""
    row = _data.load("nixpacks")["node"]
    return NixPlan(
        variables=row["variables"],
        phases={
            "setup": Phase(nix_pkgs=tuple(row["packages"]), archive=node_archive(app)),
            "install": Phase(
                depends_on=("setup",),
                paths=tuple(row["install_paths"]),
                cache_directories=tuple(row["install_cache"]),
            ),
            "build": Phase(depends_on=("install",), cache_directories=tuple(row["build_cache"])),
        },
    )


@dataclass(frozen=True, slots=True)
class NixPackage:
    """A Nix package of the finished plan: its name, the archive it comes from, and where it was asked for."""

    name: str
    archive: str
    place: Evidence | None

    @property
    def python(self) -> str | None:
        """`python311` where the package is an interpreter (also of `(python311.withPackages …)`), else None."""
        found = _PYTHON_PACKAGE.match(self.name)
        return found[1] if found else None


def nix_packages(plan: NixPlan) -> tuple[NixPackage, ...]:
    """All Nix packages of a plan: those of the phase setup first, then phase by phase."""
    default = _data.load("nixpacks")["legacy"]["archive"]
    phases = sorted(plan.phases.items(), key=lambda item: (item[0] != "setup", item[0]))
    return tuple(
        NixPackage(name, phase.archive or default, phase.places.get("nix_pkgs"))
        for _, phase in phases
        for name in phase.nix_pkgs or ()
    )


def final_python(generated: Generated) -> PythonChoice:
    """The Python that the packages of the finished plan give, whoever asked for them."""
    provider = generated.python
    interpreters = [package for package in nix_packages(generated.plan) if package.python]
    named = [package for package in interpreters if package.name in generated.configured]
    if provider is not None and not named and (interpreters or not generated.plan.phases):
        return provider.python.choice
    choice = provider.python.choice if provider else None
    if not interpreters:
        return _no_python(generated, choice)
    package = (named or interpreters)[0]
    version = package_version(str(package.python), package.archive)
    place = _element(generated, package)
    source = f"nixPkgs in {place.path.rpartition('/')[2]}" if place.path else "NIXPACKS_PKGS"
    reason = "The packages of the finished plan decide, whatever the Python provider finds elsewhere."
    own = VersionInput(source, package.name, InputUse.DECIDES, reason, place)
    outranked = tuple(_outranked(item, source) for item in choice.inputs) if choice else ()
    return PythonChoice(package.name, version, source, (place,), (own, *outranked))


def _element(generated: Generated, package: NixPackage) -> Evidence:
    """The line of the package itself, where its array has several."""
    place = package.place or Evidence.given(f"nixPkgs names {package.name}")
    file = generated.app.tree.whole.get(place.path) if place.path else None
    if file is None or place.line is None or package.name in file.line(place.line):
        return place
    quoted = re.compile(rf"""["']{re.escape(package.name)}["']""")
    lines = range(place.line, len(file.lines) + 1)
    return next((file.evidence(number) for number in lines if quoted.search(file.line(number))), place)


def _outranked(item: VersionInput, winner: str) -> VersionInput:
    if item.use is not InputUse.DECIDES:
        return item
    reason = f"Nixpacks reads it, but {winner} says which packages are installed, and that decides."
    return replace(item, use=InputUse.SHADOWED, reason=reason)


def _no_python(generated: Generated, choice: PythonChoice | None) -> PythonChoice:
    places = tuple(package.place for package in nix_packages(generated.plan) if package.place)
    if choice is not None and places:
        evidence = (places[0],)
    else:
        evidence = (Evidence.absent("no package of the plan is a Python"),)
    inputs = tuple(_outranked(item, "nixPkgs") for item in choice.inputs) if choice else ()
    return PythonChoice(None, None, "none", evidence, inputs)
