"""The oracle of Railpack: snapshots, tables and own inputs of v0.37.0 (2026-08-18)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.conformance._cases import Case, cases, run
from trueup.model.evidence import Evidence, Fact
from trueup.model.plan import BuildPlan, PlanContext
from trueup.model.service import Service
from trueup.platforms.builders import railpack
from trueup.platforms.builders._mise import mise_list
from trueup.platforms.builders._railpack_app import App, parse_bool
from trueup.platforms.builders._railpack_commands import Execute
from trueup.platforms.builders._railpack_config import packages_of, read_config
from trueup.platforms.builders._railpack_dependencies import names_distribution, uses_production_dependency
from trueup.platforms.builders._railpack_problems import no_start
from trueup.platforms.builders._railpack_providers import capitalised, provider_named
from trueup.platforms.builders._railpack_python import uses_binary_psycopg, uses_mysql, uses_postgres
from trueup.platforms.builders._railpack_python_version import with_previous
from trueup.platforms.builders._railpack_releases import release_on
from trueup.platforms.builders._railpack_start import django_application
from trueup.platforms.builders._railpack_versions import first_version, fuzzy, queries
from trueup.platforms.builders._railway_settings import RailwaySettings

WRONG_CASES = {
    "railpack/detect/staticfile-config": "the case empties Staticfile, whose `root:` is the only sign of the static "
    "provider there: core/providers/staticfile/staticfile.go:127-134 at b5e80580",
}
STOPS = ("builder-error", "no-start-command", "python-version-unavailable")
DAY = "2026-08-20"
GIVEN = Evidence.given("a case")
SERVICE = Service("web", "web", Fact("", (GIVEN,)), (GIVEN,))


def _app(case: Case) -> App:
    return App(case.project, case.env, release_on(DAY))


def _settings(case: Case) -> RailwaySettings:
    options = case.context.get("cli_options") or {}
    return RailwaySettings(
        start_command=Fact(options["--start-cmd"], (GIVEN,)) if "--start-cmd" in options else None,
        build_command=Fact(options["--build-cmd"], (GIVEN,)) if "--build-cmd" in options else None,
    )


def _plan(case: Case) -> BuildPlan:
    options = case.context.get("cli_options") or {}
    # A variable outranks the flag of the same meaning (core/core.go:245).
    env = {"RAILPACK_CONFIG_FILE": options["--config-file"]} if "--config-file" in options else {}
    context = PlanContext(on=DAY, env={**env, **case.env}, previous_python=case.context.get("previous"))
    return railpack.plan(case.project, SERVICE, context, _settings(case))


def _generic(case: Case, key: str) -> Any:
    """The configuration applied to what a made-up provider generates."""
    config = read_config(_app(case), RailwaySettings())
    packages = list(case.context.get("generated_packages") or [])
    if key in ("apt_build", "apt_runtime"):
        return (railpack.build_packages if key == "apt_build" else railpack.deploy_packages)(config, packages)
    generated = {"install": "npm install", "build": "npm run build"}[key]
    merged = railpack.merged_commands(config, key, (Execute(generated, (GIVEN,)),))
    return [command.command for command in merged if isinstance(command, Execute)]


def _error(plan: BuildPlan) -> str | None:
    return next((problem.subject for problem in plan.problems if problem.rule in STOPS), None)


def _resolver(case: Case) -> tuple[str, str]:
    state = ("", "")
    previous = None
    for name, *arguments in case.context["calls"]:
        if name == "SetPreviousVersion":
            previous = arguments[1]
        elif name == "Default":
            place = with_previous(arguments[1], previous)
            state = (place[0], place[1])
        else:
            state = (arguments[1], arguments[2])
    return state


UNITS: dict[str, Callable[[Case], Any]] = {
    "resolveToFuzzyVersion": lambda case: fuzzy(case.context["input"]),
    "versionQueryCandidates": lambda case: queries(case.context["input"]),
    "ExtractSemverVersion": lambda case: first_version(case.context["input"]),
    "ParseBool": lambda case: bool(parse_bool(case.context["input"])),
    "GetProvider": lambda case: provider_named(case.context["input"], _app(case)),
    "Detect": lambda case: _plan(case).detected.value == "python",
    "usesBinaryPsycopg": lambda case: uses_binary_psycopg(_app(case)),
    "usesPostgres": lambda case: uses_postgres(_app(case)),
    "usesMysql": lambda case: uses_mysql(_app(case)),
    "usesProductionDep": lambda case: uses_production_dependency(_app(case), case.context["argument"]),
    "dependencySpecMatches": lambda case: names_distribution(case.context["input"], case.context["argument"]),
    "GetConfigVariable": lambda case: _app(case).variable(case.context["argument"]),
    "GetConfigVariableList": lambda case: _app(case).variable_list(case.context["argument"]),
    "ParsePackageWithVersion": lambda case: packages_of(case.context["input"]),
    "CapitalizeFirst": lambda case: capitalised(case.context["input"]),
    "GetMisePackageVersions": lambda case: {
        tool.name: tool.version for tool in reversed(mise_list(case.project).tools)
    },
}


def _unit_value(case: Case) -> Any:
    function = case.context.get("function", "")
    if function.startswith("getDjango"):
        application = django_application(_app(case))
        return application.value if application else ""
    if "calls" in case.context:
        return _resolver(case)[0]
    return UNITS[function](case)


def _unit(case: Case, key: str) -> Any:
    if key == "value":
        return _unit_value(case)
    if key == "ok":
        return parse_bool(case.context["input"]) is not None
    if key == "value_source":
        return _resolver(case)[1]
    if case.context.get("function") == "GetMisePackageVersions":
        first = mise_list(case.project).versions("python")[0]
        return first.version if key == "python" else first.source_type
    if "generated_packages" in case.context or "provider" in case.context:
        return _generic(case, key) if key.startswith("apt_") or key in ("install", "build") else _planned(case, key)
    return _planned(case, key)


def _start(case: Case, plan: BuildPlan) -> str | None:
    """The start command of Railpack's own plan: a flag is its lowest source; a setting of Railway outranks them all."""
    config = read_config(_app(case), _settings(case))
    own = config.start if "--start-cmd" in (case.context.get("cli_options") or {}) else None
    return own.value if own else plan.start.value


def _planned(case: Case, key: str) -> Any:
    plan = _plan(case)
    steps = [step.command for step in plan.install]
    values: dict[str, Any] = {
        "detected_provider": plan.detected.value,
        "python": plan.python.effective if case.context.get("kind") == "runtime-output" else plan.python.version,
        "python_source": plan.python.source,
        "package_manager": plan.package_manager.value,
        "install": steps,
        "build": [step.command for step in plan.build],
        "start": _start(case, plan),
        "error": _error(plan),
        "plan_ok": _error(plan) is None,
        **plan.details,
    }
    return values[key]


def _agrees(case: Case, key: str, expected: Any) -> str | None:
    """The mismatch of one key, in the way that this key is compared."""
    if key in ("output_contains", "http_check", "uv_version"):
        return None  # what the program of the example prints is not a matter of the plan
    if key == "build_succeeds":
        found: Any = _error(_plan(case)) is None
    elif key == "not_provider":
        found = _plan(case).detected.value
        return f"it must not be {expected}" if found == expected else None
    elif key.endswith("_contains"):
        plan = _plan(case)
        texts = {
            "install_contains": [step.command for step in plan.install],
            "system_packages_contains": plan.details["system_packages"],
            "error_contains": no_start(_app(case), None).subject,
        }[key]
        missing = [text for text in expected if text not in texts]  # type: ignore[operator]
        return f"{key}: {missing} not in {texts!r}" if missing else None
    else:
        found = _unit(case, key) if case.context.get("kind") == "unit" else _planned(case, key)
    if key == "runtime_variables":
        found = {**found, "RAILPACK_VERSION": "dev"}
    if key == "python" and expected is not None and ("prefix" in case.note or case.context.get("kind") == "version"):
        return None if str(found).startswith(expected) else f"python: expected {expected}…, found {found}"
    if key == "value" and case.context.get("function") == "GetMisePackageVersions":
        agrees = set(found) == set(expected) and all(found[name].startswith(expected[name]) for name in expected)
        return None if agrees else f"{key}: expected {expected!r}, found {found!r}"
    return None if found == expected else f"{key}: expected {expected!r}, found {found!r}"


def _judge(case: Case) -> list[str]:
    mismatches = [_agrees(case, key, expected) for key, expected in case.asserted.items()]
    return [mismatch for mismatch in mismatches if mismatch]


def test_railpack_agrees_with_its_oracle() -> None:
    present = {case.id for case in cases("railpack")}
    run("railpack", _judge, {id_: why for id_, why in WRONG_CASES.items() if id_ in present})
