"""What both Heroku builders share when a plan is put together: app.json, processes, start, what is left unknown."""

from __future__ import annotations

import difflib
from dataclasses import replace

from trueup.manifests import app_json
from trueup.manifests.app_json import AppJson
from trueup.model.evidence import Evidence, Fact, Unknown
from trueup.model.finding import Confidence, Problem, Severity
from trueup.model.plan import PlanContext, Process, PythonChoice, Step
from trueup.model.project import Project
from trueup.model.service import Service
from trueup.platforms import _data
from trueup.platforms.builders import _heroku_image as images
from trueup.platforms.builders import _heroku_source as sources
from trueup.platforms.builders._heroku_problems import ERROR, NO_START, WARNING, Log
from trueup.platforms.builders._heroku_procfile import Procfile
from trueup.platforms.builders._heroku_releases import Releases

RUNTIME_VARIABLES = ("PORT", "DYNO", "STACK")
"""What Heroku itself sets for every dyno (PORT for web dynos)."""


def app_of(project: Project) -> AppJson | None:
    """The project's app.json, if it is Heroku's (or too broken to tell)."""
    file = project.whole.get("app.json")
    app = app_json.parse(file) if file is not None else None
    return app if app is not None and (app.belongs_to_heroku or app.problem is not None) else None


def environment(service: Service, context: PlanContext) -> dict[str, str]:
    """The variables of a build: those of the service whose values are known, and those that are given."""
    known = {variable.name: variable.value for variable in service.variables if variable.value is not None}
    return {**known, **context.env}


def app_problems(app: AppJson | None) -> list[Problem]:
    """What is wrong with app.json: not JSON, or keys that Heroku does not know."""
    if app is None:
        return []
    if app.problem is not None:
        return [replace(app.problem, severity=Severity.MEDIUM)]
    data = _data.load("heroku")["app_json"]
    known = {name: frozenset(keys) for name, keys in data["nested"].items()}
    known[""] = frozenset((*data["keys"], *data["extra_keys"]))
    return [_unknown_key(app, path, key, level) for path, key, level in app_json.unknown_keys(app, known)]


def _unknown_key(app: AppJson, path: tuple[str | int, ...], key: str, level: frozenset[str]) -> Problem:
    dotted = ".".join(str(part) for part in path)
    place = Evidence.found(app.document.file.path, app.document.line(*path), dotted)
    near = difflib.get_close_matches(key, sorted(level), 1, 0.7)
    return Problem(
        "unknown-configuration-key",
        Severity.MEDIUM if near else Severity.LOW,
        Confidence.HIGH,
        f"{place.place} has the key `{dotted}`, which Heroku's app.json does not know; it has no effect.",
        f"Write `{near[0]}`." if near else f"Remove it; the keys here are {', '.join(sorted(level))}.",
        (place, images.fact("app_json", "the keys of app.json")),
        dotted,
    )


def processes(source: Project, procfile: Procfile) -> tuple[Process, ...]:
    """The process types that run: all but `release`."""
    return tuple(
        Process(
            entry.name, Fact(entry.command, (_entry_evidence(source, entry.line, f"{entry.name}: {entry.command}"),))
        )
        for entry in procfile.entries
        if entry.name != "release"
    )


def release(source: Project, procfile: Procfile) -> Step | None:
    """The command of the release phase."""
    entry = procfile.get("release")
    if entry is None:
        return None
    evidence = _entry_evidence(source, entry.line, f"release: {entry.command}")
    return Step(entry.command, (evidence, images.fact("release_phase")))


def _entry_evidence(source: Project, line: int, text: str) -> Evidence:
    return Evidence.found(source.in_project("Procfile"), line, text)


def start(service: Service, source: Project, running: tuple[Process, ...], rule: str) -> Fact[str | None]:
    """The command of the service's own process type."""
    wanted = "web" if service.kind == "web" else service.name
    own = next((process for process in running if process.name == wanted), None)
    if own is not None:
        return Fact(own.command.value, (*own.command.evidence, images.fact(rule)))
    if running and service.kind != "web":
        return Fact(running[0].command.value, running[0].command.evidence)
    absent = Evidence.absent("no process type `web` in a Procfile", source.in_project("Procfile"))
    return Fact(None, (absent, images.fact(rule)))


def check_start(
    log: Log, service: Service, source: Project, procfile: Procfile | None, command: Fact[str | None]
) -> None:
    """Note that nothing starts a web service, and why."""
    if service.kind != "web" or command.value is not None or (procfile is not None and procfile.error):
        return
    wrong = [path for path in sorted(source.listing) if path.lower() in ("procfile", "procfile.txt")]
    wrong = [path for path in wrong if path != "Procfile"]
    excluded, hint = sources.where_else(source, ("Procfile",))
    evidence = command.evidence
    if wrong:
        found = f"There is no Procfile: the file is named {wrong[0]}, which Heroku does not read."
        hint, evidence = (
            f"Rename {wrong[0]} to `Procfile`.",
            (Evidence.found(source.in_project(wrong[0]), None, wrong[0]),),
        )
    elif procfile is None:
        found = "There is no Procfile at the root of the app."
        evidence = (*excluded, *evidence)
    else:
        found = "The Procfile names no process type `web`."
    log.remark(
        Problem(
            NO_START,
            Severity.HIGH,
            Confidence.HIGH,
            f"{found} Heroku infers no start command for Python, so no web dyno runs and every request fails (H14).",
            hint or "Add a Procfile with a line `web: <command>` whose server listens on 0.0.0.0 and $PORT.",
            evidence,
            "web",
        )
    )


def check_lines_passed_over(log: Log, source: Project, procfile: Procfile) -> None:
    """Note lines of the Procfile that are neither comments nor process types."""
    file = source.get("Procfile")
    for number in procfile.passed_over if file is not None else ():
        evidence = file.evidence(number) if file is not None else Evidence.absent("Procfile")
        log.remark(
            Problem(
                WARNING,
                Severity.LOW,
                Confidence.MEDIUM,
                f"{evidence.place} is not of the form `type: command`; Heroku takes no process type from it.",
                "Write `type: command` on one line, or begin the line with `#`.",
                (evidence, images.fact("procfile")),
                f"Procfile:{number}",
            )
        )


def check_other_language(log: Log, source: Project, app: AppJson | None) -> None:
    """Note a file that makes another language's buildpack answer first, where no buildpack is set."""
    row = _data.load("heroku")["detection_order"]
    if app is not None and app.buildpacks:
        return
    for name, language in row["before_python"].items():
        if source.has(name):
            log.remark(
                Problem(
                    WARNING,
                    Severity.MEDIUM,
                    Confidence.MEDIUM,
                    f"{source.in_project(name)} is there. Where no buildpack is set, Heroku asks {language}'s "
                    f"buildpack before Python's, and {name} makes it answer: a new app is then built without Python.",
                    "Set the buildpack: `heroku buildpacks:set heroku/python`, or `buildpacks` in app.json.",
                    (Evidence.found(source.in_project(name), None, name), images.fact("detection_order")),
                    name,
                    brief=f"makes {language}'s buildpack answer before Python's in a new app: set the buildpack",
                )
            )
            return


def check_uv_python(log: Log, source: Project, python: PythonChoice, line: str, rule: Evidence) -> None:
    """Refuse a Python that the uv project itself does not accept: uv stops, for it may not fetch another."""
    required = sources.required_python(source)
    if required is None or python.version is None or sources.accepts(required.value, python.version):
        return
    place = python.evidence[0].place or "The builder"
    log.error(
        line,
        f"{place} chooses Python {python.version}, and {required.evidence[0].place} requires {required.value}, "
        "so uv refuses to install.",
        "Make the two agree: change .python-version, or requires-python and then run `uv lock`.",
        (*python.evidence[:1], *required.evidence, rule),
        ERROR,
        subject="requires-python",
    )


def unknowns(releases: Releases, project: Project, python: PythonChoice, day: str) -> tuple[Unknown, ...]:
    """What the published rules, or the day on which they were read, leave open."""
    found = []
    read = str(releases.rows["data"]["read"])
    if not releases.is_known(day):
        what = f"the buildpack after {read}"
        reason = f"its releases were read up to {read}; the newest patch of a minor may have moved since"
        decembers = day >= f"{read[:4]}-12-01" > read or day[:4] > read[:4]
        essential = python.source == "default" and decembers
        if essential:
            reason += ", and so may the default, which has moved every December"
        found.append(Unknown(what, reason, (releases.source("CHANGELOG.md", "the releases"),), essential))
    if project.whole.has("heroku.yml"):
        reason = (
            "if the app's stack is `container`, Heroku builds the Docker images of heroku.yml and no buildpack runs"
        )
        found.append(Unknown("heroku.yml", reason, (Evidence.found("heroku.yml", None, "heroku.yml"),)))
    return tuple(found)


def platform_details(day: str, generation: str) -> dict[str, object]:
    """Facts of the platform that checks and reports use.

    Args:
        day: the day of the build.
        generation: `cedar` or `fir`.

    Returns:
        Facts by name: `generation`, `filesystem`, and on Cedar `slug_limit` in bytes.
    """
    row = _data.load("heroku")["generation"][generation]
    details: dict[str, object] = {
        "generation": Fact(generation, (_data.evidence(row, row["text"]),)),
        "filesystem": Fact("ephemeral", (images.fact("filesystem"),)),
    }
    limit = images.slug_limit(day) if generation == "cedar" else None
    if limit is not None:
        details["slug_limit"] = limit
    return details
