"""Heroku: one app per repository, built from its root by one of two builders, started by its Procfile.

Sources are cited by the rows of data/heroku.toml and by builders/heroku_classic.py and heroku_cnb.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from trueup.manifests import project_toml
from trueup.manifests.app_json import AppJson, AppVariable
from trueup.model.evidence import Evidence, Fact
from trueup.model.plan import BuildPlan, PlanContext
from trueup.model.project import Project
from trueup.model.service import Service, Variable
from trueup.platforms.builders import _heroku_image as images
from trueup.platforms.builders import _heroku_otherwise as otherwise
from trueup.platforms.builders import _heroku_plan as shared
from trueup.platforms.builders import heroku_classic, heroku_cnb
from trueup.platforms.builders._heroku_procfile import Procfile, parse_classic

OTHER_PLATFORMS = (
    "railway.json",
    "railway.toml",
    "railpack.json",
    "nixpacks.toml",
    "nixpacks.json",
    "render.yaml",
    "render.yml",
    "fly.toml",
    "vercel.json",
    "app.yaml",
    "manifest.yml",
    "captain-definition",
)
"""Files by which a project says that it is meant for another host, several of which read a Procfile too."""

_HEROKU_BUILDER = re.compile(r"(?:docker\.io/)?heroku/builder(?::|$)")
_HEROKU_RUNTIME = re.compile(r"python-\d+\.\d+(?:\.\d+)?\s*")


@dataclass(frozen=True)
class Heroku:
    """The platform."""

    id: str = "heroku"
    title: str = "Heroku"

    def signs(self, project: Project) -> tuple[Evidence, ...]:
        """Files that speak for Heroku.

        An app.json of Heroku's form, heroku.yml, .slugignore and a project.toml with a Heroku builder do so on their
        own. A Procfile and a runtime.txt of Heroku's form are read by other hosts as well, so they count only where no
        file of another host is there, in any folder; .python-version says nothing about the host.
        """
        found = []
        app = shared.app_of(project)
        if app is not None and app.belongs_to_heroku:
            found.append(Evidence.found("app.json", None, "app.json has keys of Heroku's format"))
        builder = _cnb_builder(project)
        if builder is not None:
            found.append(builder.evidence[0])
        found += [
            Evidence.found(path, None, f"{path} is there")
            for path in ("heroku.yml", ".slugignore")
            if project.has(path)
        ]
        if not any(path.rsplit("/", 1)[-1] in OTHER_PLATFORMS for path in project.listing):
            if project.has("Procfile"):
                found.append(Evidence.found("Procfile", None, "Procfile is there"))
            runtime = project.get("runtime.txt")
            if runtime is not None and _HEROKU_RUNTIME.fullmatch(runtime.text):
                found.append(runtime.evidence(1))
        return tuple(found)

    def services(self, project: Project, context: PlanContext) -> tuple[Service, ...]:
        """The one app of the project; its process types are those of the Procfile and share one build."""
        root = _root_directory(context)
        tree = project.subtree(root.value)
        file = tree.get("Procfile")
        procfile = parse_classic(file) if file is not None else Procfile()
        app = shared.app_of(project)
        names = [entry.name for entry in procfile.entries if entry.name != "release"]
        name = "web" if "web" in names or not names else names[0]
        where = tree.in_project("Procfile")
        if file is not None:
            evidence = Evidence.found(where, None, f"the Procfile names {', '.join(names) or 'no process that runs'}")
        else:
            evidence = Evidence.absent("no Procfile: an app has no process type without it", where)
        service = Service(
            name=name,
            kind="web" if name == "web" else "worker",
            root_dir=root,
            evidence=(evidence, images.fact("procfile")),
            runtime="python",
            variables=tuple(_variable(item) for item in app.variables) if app is not None else (),
            settings=_settings(app),
        )
        return (service,)

    def builders(
        self,
        project: Project,
        service: Service,  # noqa: ARG002 - one app, one order
        context: PlanContext,  # noqa: ARG002 - Cedar was the first on every day on record
    ) -> tuple[str, ...]:
        """Classic buildpacks first: apps live on Cedar unless they are in a Fir Private Space.

        The project says that its app is a Fir app where app.json sets the stack `cnb` or project.toml names one of
        Heroku's builder images, which only Fir reads. Source: data/heroku.toml, table `generation`.
        """
        app = shared.app_of(project)
        is_fir = (app is not None and app.stack == "cnb") or _cnb_builder(project) is not None
        order = (heroku_classic.ID, heroku_cnb.ID)
        return order[::-1] if is_fir else order

    def plan(self, project: Project, service: Service, builder: str, context: PlanContext) -> BuildPlan:
        """What one of the two builders does with the app."""
        if builder == heroku_cnb.ID:
            return heroku_cnb.plan(project, service, context)
        return otherwise.as_it_holds(heroku_classic.plan(project, service, context), project)


def _root_directory(context: PlanContext) -> Fact[str]:
    rule = images.fact("root_directory")
    if context.root_dir and context.root_dir.strip("/.") != "":
        given = Evidence.given(f"{context.root_dir_evidence} {context.root_dir}")
        return Fact(context.root_dir.removeprefix("./").strip("/"), (given, rule))
    return Fact("", (rule,))


def _cnb_builder(project: Project) -> Fact[str] | None:
    file = project.whole.get("project.toml")
    builder = project_toml.parse(file).builder if file is not None else None
    return builder if builder is not None and _HEROKU_BUILDER.match(builder.value) else None


def _variable(item: AppVariable) -> Variable:
    if item.generated:
        return Variable(item.name, None, item.evidence, "generated")
    if item.value is None:
        return Variable(item.name, None, item.evidence, "prompted")
    return Variable(item.name, item.value, item.evidence, "literal")


def _settings(app: AppJson | None) -> dict[str, Fact[object]]:
    """Further keys of app.json: the stack, the buildpacks, the formation, scripts and the wanted add-ons."""
    if app is None:
        return {}
    found: dict[str, Fact[object]] = {}
    for key in ("stack", "buildpacks", "formation", "addons", "scripts"):
        value = app.document.get(key)
        if value is not None:
            place = Evidence.found(app.document.file.path, app.document.line(key), key)
            found[key] = Fact(value, (place, images.fact("app_json")))
    return found


PLATFORM = Heroku()
