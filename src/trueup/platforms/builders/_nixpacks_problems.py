"""What Nixpacks, or the first tool that it runs, would stop with, in their own words.

Source of the words: railwayapp/nixpacks@f51d7fd5 (2025-08-04), src/lib.rs:137-160 and the files named in the data; of
Nix's own errors: public build logs of 2025 and 2026, read 2026-11-20.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Problem, Severity
from trueup.platforms import _data
from trueup.platforms.builders._nixpacks_generate import Generated, nix_packages
from trueup.platforms.builders._nixpacks_python import rule

NO_PLAN = "Nixpacks was unable to generate a build plan for this app."
NO_START = "No start command could be found"


def stop_problem(
    text: str,
    hint: str,
    *evidence: Evidence,
    rule_id: str = "builder-error",
    confidence: Confidence = Confidence.HIGH,
    found: str = "",
) -> Problem:
    """The problem of an error that ends the build; `text` are the builder's words, `found` what causes them."""
    place = evidence[0].place
    where = f"{place}: " if place else ""
    cause = f"{found} " if found else ""
    return Problem(
        rule=rule_id,
        severity=Severity.HIGH,
        confidence=confidence,
        message=f"{where}{cause}Nixpacks stops with “{text}”: nothing is deployed.",
        hint=hint,
        evidence=evidence,
        subject=text,
    )


def plan_problems(generated: Generated) -> Iterator[Problem]:
    """Every error that a finished plan leads to, in the order in which the build would meet them."""
    if generated.stop is not None:
        stop = generated.stop
        yield stop_problem(stop.text, stop.hint, stop.evidence)
        return
    if not generated.plan.phases:
        yield _no_plan(generated)
        return
    is_predicted = generated.python is not None or not generated.providers
    if generated.plan.start is None and is_predicted:  # how other languages' providers find a start is not read here
        yield _no_start(generated)
    yield from _undefined_packages(generated)
    yield from _two_pythons(generated)
    yield from _install_problems(generated)


def _no_plan(generated: Generated) -> Problem:
    root = generated.app.tree.root_dir or "the repository's root"
    hint = (
        "Put a requirements.txt, pyproject.toml, Pipfile or main.py into the service's root directory, or set the root "
        "directory to the folder that has one."
    )
    found = f"Nixpacks recognises no language in {root}."
    return stop_problem(NO_PLAN, hint, *generated.detected.evidence, found=found)


def _no_start(generated: Generated) -> Problem:
    looked_for = "no Procfile, [start] cmd, NIXPACKS_START_CMD, manage.py with Django, main.py or [project] name"
    hint = (
        "Add a Procfile with a line such as `web: uvicorn app:app --host 0.0.0.0 --port $PORT`, or set the start "
        "command of the service. Nixpacks knows no FastAPI or Flask, and no app.py."
    )
    evidence = Evidence.absent(looked_for, generated.app.tree.root_dir or None)
    return stop_problem(NO_START, hint, evidence, rule(NO_START, None), rule_id="no-start-command")


def _undefined_packages(generated: Generated) -> Iterator[Problem]:
    data = _data.load("nixpacks")
    rows = data["undefined_packages"]
    for package in nix_packages(generated.plan):
        hint = rows["names"].get(package.name)
        source = _data.evidence(rows, f"nixpkgs has no package {package.name}")
        confidence = Confidence.HIGH
        if hint is None and package.name in data["legacy"]["missing"]:
            hint = "Ask for Python 3.10 or later."
            source = _data.evidence(data["legacy"], data["legacy"]["missing_text"])
            confidence = Confidence.MEDIUM
        if hint is not None:
            text = f"error: undefined variable '{package.name}'"
            evidence = (package.place, source) if package.place else (source,)
            yield stop_problem(text, hint, *evidence, confidence=confidence)


def _two_pythons(generated: Generated) -> Iterator[Problem]:
    """Two interpreters in one environment: `buildEnv` refuses files of the same name from both."""
    by_archive: dict[str, dict[str, Evidence | None]] = {}
    for package in nix_packages(generated.plan):
        if package.python is not None:
            by_archive.setdefault(package.archive, {})[package.python] = package.place
    known = _data.load("nixpacks")["archives"]
    for archive, interpreters in by_archive.items():
        versions = known.get(archive, {}).get("pythons", {})
        if len({versions.get(name, name) for name in interpreters}) < 2:
            continue
        names = " and ".join(sorted(interpreters))
        place = next((place for place in interpreters.values() if place), None)
        text = f"error: collision between the files of {names}"
        hint = (
            "Ask for one Python only: leave the Python out of nixPkgs and write the version into .python-version, or "
            'leave "..." out of nixPkgs and name everything you need (gcc too).'
        )
        source = Evidence.default(
            "buildEnv puts all packages into one folder", _data.load("nixpacks")["keys"]["source"]
        )
        evidence = (place, source) if place else (source,)
        yield stop_problem(text, hint, *evidence, confidence=Confidence.MEDIUM)


def _install_problems(generated: Generated) -> Iterator[Problem]:
    commands = [command for _, phase in generated.plan.sorted_phases() for command in phase.cmds or ()]
    packages = nix_packages(generated.plan)
    uses_python = any(command.startswith("python -m venv") for command in commands)
    place = next((package.place for package in packages if package.place), None) or rule("the packages of the plan")
    interpreters = {package.python for package in packages if package.python}
    if uses_python and packages and not interpreters:
        hint = 'Add "..." to nixPkgs, so that the packages of the Python provider stay, or name a Python.'
        yield stop_problem("python: command not found", hint, place, found="No package of nixPkgs is a Python.")
    if uses_python and interpreters == {"python27"}:
        hint = "Ask for Python 3.10 or later; Python 2.7 has no venv module, which the install command needs."
        yield stop_problem("No module named venv", hint, place, confidence=Confidence.MEDIUM)
    for tool in ("poetry", "pdm", "uv"):
        variable = f"NIXPACKS_{tool.upper()}_VERSION"
        needs = any(f"{tool}==${variable}" in command for command in commands)
        if needs and variable not in generated.plan.variables and variable not in generated.environment.values:
            hint = f"Commit {tool}.lock, or set {variable}; without the lockfile Nixpacks gives it no value."
            text = f"Invalid requirement: '{tool}=='"
            yield stop_problem(text, hint, rule(f"{variable} is set only with {tool}.lock", 150))
