"""Where something else than Heroku's Python buildpack builds the app: Docker, another buildpack, another language.

app.json is read when an app is made from it (a button, a review app); it says what its authors deploy with. Sources:
https://devcenter.heroku.com/articles/app-json-schema#stack, #buildpacks and
https://devcenter.heroku.com/articles/build-docker-images-heroku-yml (read 2026-11-20), and the rows of
platforms/data/heroku.toml.
"""

from __future__ import annotations

from dataclasses import replace

from trueup.manifests.app_json import AppJson
from trueup.model.evidence import Evidence, Fact, Unknown
from trueup.model.plan import BuildPlan, PythonChoice
from trueup.model.project import Project
from trueup.platforms import _data
from trueup.platforms._other_languages import not_predicted
from trueup.platforms.builders import _heroku_image as images
from trueup.platforms.builders import _heroku_plan as shared
from trueup.platforms.builders._heroku_classic_checks import PYTHON_BUILDPACK

CONDITION = "This holds only where Heroku builds the app with its Python buildpack, which app.json does not ask for."
_OF_PYTHON = frozenset({"builder-error", "builder-warning", "no-start-command", "python-version-unavailable"})


def as_it_holds(plan: BuildPlan, project: Project) -> BuildPlan:
    """A plan of the classic buildpack, with an unknown and less confidence where something else builds the app."""
    app = shared.app_of(project)
    language = _other_language(plan, project, app)
    if language is not None:
        return replace(
            plan,
            detected=Fact(language.value, language.evidence),
            python=PythonChoice(None, None, "", language.evidence),
            problems=tuple(item for item in plan.problems if item.rule not in _OF_PYTHON),
            unknowns=(not_predicted("Heroku", language), *plan.unknowns),
        )
    otherwise = _docker(app) or _other_buildpacks(app)
    if otherwise is None:
        return plan
    return replace(
        plan,
        problems=tuple(item if _is_about_app(item.rule) else item.only_if(CONDITION) for item in plan.problems),
        unknowns=(otherwise, *(item for item in plan.unknowns if item.subject != "heroku.yml")),
    )


def _is_about_app(rule: str) -> bool:
    """Whether a problem is one of app.json itself, which holds whatever builds."""
    return rule == "unknown-configuration-key"


def _other_language(plan: BuildPlan, project: Project, app: AppJson | None) -> Fact[str | None] | None:
    """The language that Heroku finds instead, where nothing is Python and no buildpack is set."""
    if plan.detected.value is not None or (app is not None and app.buildpacks):
        return None
    tree = project.subtree(plan.service.root_dir.value)
    row = _data.load("heroku")["detection_order"]
    languages: dict[str, str] = {**row["before_python"], **row["after_python"]}
    for name, language in languages.items():
        if tree.has(name):
            path = tree.in_project(name)
            return Fact(language, (Evidence.found(path, None, name), images.fact("detection_order")))
    return None


def _docker(app: AppJson | None) -> Unknown | None:
    if app is None or app.stack != "container":
        return None
    evidence = app.document.evidence("stack")
    reason = (
        f"{evidence.place} sets the stack `container`: Heroku builds the Docker images of heroku.yml and no buildpack "
        "runs, which is not predicted; this is the plan without it"
    )
    return Unknown("Dockerfile", reason, (evidence, images.fact("app_json")), essential=True)


def _other_buildpacks(app: AppJson | None) -> Unknown | None:
    """Buildpacks among which is not Heroku's own for Python."""
    if app is None or not app.buildpacks or any(PYTHON_BUILDPACK.search(url) for url, _ in app.buildpacks):
        return None
    names = ", ".join(url for url, _ in app.buildpacks)
    evidence = app.buildpacks[0][1]
    reason = (
        f"{evidence.place} sets the buildpacks {names}, and Heroku's Python buildpack is not among them: what they do "
        "is not predicted; this is the plan with Heroku's own"
    )
    return Unknown("builder", reason, (evidence, images.fact("app_json")), essential=True)
