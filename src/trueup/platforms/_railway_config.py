"""railway.json and railway.toml: which file counts, whether Railway still reads it, and what it says for a service.

Sources: railwayapp/docs@c2a634f1 (2026-08-21), content/docs/config-as-code.md, config-as-code/reference.md,
builds/build-configuration.md; railwayapp/cli@df3838bf (2026-08-21), src/util/cac_deprecation.rs:53-75; all read
2026-11-20.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from trueup.manifests._document import Document, Path
from trueup.manifests._railway_code import DeclaredService, declared_services
from trueup.manifests.railway_json import load_railway
from trueup.model.evidence import Evidence, Fact, Unknown
from trueup.model.finding import Confidence, Problem, Severity
from trueup.model.plan import PlanContext
from trueup.model.project import Project, SourceFile
from trueup.platforms import _data
from trueup.platforms._railway_schema import key_problems, refusal

FILES = ("railway.toml", "railway.json")
"""In one folder railway.toml wins."""
INFRASTRUCTURE = (".railway/railway.ts", ".railway/railway.py", ".railway/railway.go")
_COMMANDS: tuple[Path, ...] = (
    ("build", "builder"),
    ("build", "buildCommand"),
    ("build", "nixpacksPlan"),
    ("build", "nixpacksConfigPath"),
    ("build", "dockerfilePath"),
    ("deploy", "startCommand"),
    ("deploy", "preDeployCommand"),
    ("deploy", "cronSchedule"),
    ("deploy", "healthcheckPath"),
)


@dataclass(frozen=True)
class RailwayConfig:
    """What the configuration file says for one service.

    `document` is None where there is no file or Railway does not read it on that day; `path` names the file that is
    there, read or not. `layers` are the paths of the tables that apply, the strongest first. `declared` is the service
    in .railway/railway.*, whose fields are its settings once `railway config apply` was run; the file here outranks it.
    """

    path: str | None = None
    document: Document | None = None
    layers: tuple[Path, ...] = ((),)
    problems: tuple[Problem, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    declared: DeclaredService | None = None
    code: SourceFile | None = None

    @property
    def is_read(self) -> bool:
        """Whether Railway takes anything from the file."""
        return self.document is not None

    def value(self, section: str, key: str) -> Fact[Any] | None:
        """The value of a key, by the strongest layer that has one; null counts as not set."""
        for layer in self.layers if self.document is not None else ():
            path = (*layer, section, key)
            found = self.document.get(*path) if self.document is not None else None
            if found is not None and self.document is not None:
                return Fact(found, (self.document.evidence(*path),))
        stated = self.declared.values.get((section, key)) if self.declared is not None else None
        if stated is None or self.code is None:
            return None
        return Fact(stated[0], (self.code.evidence(stated[1]),))

    def text(self, section: str, key: str) -> Fact[str] | None:
        """The value of a key where it is a text that is not empty."""
        found = self.value(section, key)
        if found is None or not isinstance(found.value, str) or not found.value:
            return None
        return Fact(found.value, found.evidence)


def find_file(project: Project, root_dir: str) -> str | None:
    """The configuration file for a root directory: in that folder, or in the nearest folder above that has one."""
    folder = root_dir.strip("/")
    while True:
        prefix = f"{folder}/" if folder else ""
        found = next((prefix + name for name in FILES if project.has(prefix + name)), None)
        if found is not None or not folder:
            return found
        folder = folder.rpartition("/")[0]


def declared_here(project: Project) -> tuple[tuple[SourceFile, DeclaredService], ...]:
    """The services that the project's code for Railway declares, each with its file; those of ready images are not."""
    for path in INFRASTRUCTURE:
        file = project.get(path)
        if file is not None:
            return tuple((file, item) for item in _declared(file.path, file.data) if not item.image)
    return ()


@lru_cache(maxsize=4)
def _declared(path: str, data: bytes) -> tuple[DeclaredService, ...]:
    """What a file declares, read once for all services and builders."""
    return declared_services(SourceFile(path, data))


def is_switched_off(context: PlanContext) -> str | None:
    """Why Railway does not read the file on that day: `cutoff`, `new` (a new service cannot opt in), or None."""
    row = _data.load("railway")["config_as_code"]
    if context.on >= row["cutoff"]:
        return "cutoff"
    if context.created is not None and context.created >= row["announced"]:
        return "new"
    return None


def read_config(
    project: Project,
    root_dir: str,
    context: PlanContext,
    *,
    config_path: str | None = None,
    environment: str = "production",
    is_ephemeral: bool = False,
) -> RailwayConfig:
    """What the configuration file says for a service on a day.

    Args:
        project: the whole project.
        root_dir: the service's root directory.
        context: the day, and the day of the service's creation.
        config_path: the path that the service's settings name, from the repository's root.
        environment: the name of Railway's environment.
        is_ephemeral: whether that environment belongs to a pull request.
    """
    path = config_path.strip("/") if config_path else find_file(project, root_dir)
    file = None if path is None else project.get(path)
    if path is None or file is None:
        return RailwayConfig()
    document = load_railway(file)
    reason = is_switched_off(context)
    announced = _data.load("railway")["config_as_code"]["announced"]
    if reason is not None:
        return RailwayConfig(path, None, problems=(_not_read(document, reason, context),))
    deprecated = (_deprecated(document),) if context.on >= announced else ()
    if document.problem is not None:
        return RailwayConfig(path, None, problems=(document.problem, *deprecated))
    if not isinstance(document.value, dict):
        document_problem = refusal(document)
        return RailwayConfig(path, None, problems=(*((document_problem,) if document_problem else ()), *deprecated))
    refused = refusal(document)
    problems = (*((refused,) if refused else ()), *key_problems(document), *deprecated)
    unknowns = () if config_path else _lookup_unknowns(project, path, root_dir, document)
    layers = _layers(environment, is_ephemeral=is_ephemeral)
    return RailwayConfig(path, document, layers, problems, unknowns)


def _layers(environment: str, *, is_ephemeral: bool) -> tuple[Path, ...]:
    named: tuple[Path, ...] = (("environments", environment),)
    if is_ephemeral and environment != "pr":
        named = (*named, ("environments", "pr"))
    return (*named, ())


def _lookup_unknowns(project: Project, path: str, root_dir: str, document: Document) -> tuple[Unknown, ...]:
    folder = path.rpartition("/")[0]
    if not root_dir and not folder:
        return ()
    row = _data.load("railway")["config_as_code"]
    source = Evidence.default(row["lookup_text"], row["lookup_source"], row["checked"])
    outer = find_file(project, folder.rpartition("/")[0]) if folder else None
    other = f"; {outer} is there too" if outer else ""
    reason = f"whether Railway takes {path} for the root directory {root_dir or '/'} by itself is not certain{other}"
    return (Unknown("railway configuration file", reason, (document.file.evidence(1), source)),)


def _deprecated(document: Document) -> Problem:
    row = _data.load("railway")["config_as_code"]
    path = document.file.path
    message = (
        f"{path} is Railway's configuration as code, which Railway declared deprecated on {row['announced']}. It reads "
        f"the file for services that used it before that day, and for no service created since; on {row['cutoff']} it "
        "stops reading it for all: then its settings do not apply."
    )
    return Problem(
        rule="railway-config-deprecated",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        message=message,
        hint=f"Move the settings to .railway/railway.ts before {row['cutoff']}: `railway config pull` writes it with "
        "what the account knows; add what this file says, look at `railway config plan`, then `railway config apply`.",
        evidence=(document.file.evidence(1), _data.evidence(row, "the documentation announces the hard cut-off")),
        subject=path,
        brief=f"Railway stops reading it on {row['cutoff']}: its settings belong into .railway/railway.ts",
    )


def _not_read(document: Document, reason: str, context: PlanContext) -> Problem:
    row = _data.load("railway")["config_as_code"]
    path = document.file.path
    lost = [".".join(map(str, key)) for key in _COMMANDS if document.get(*key) is not None]
    if reason == "cutoff":
        why = f"Since {row['cutoff']} Railway reads no configuration as code"
    else:
        why = f"A service created on {context.created} cannot use configuration as code (deprecated {row['announced']})"
    is_severe = any(name.endswith(("Command", "nixpacksPlan")) for name in lost)
    verb = "does" if len(lost) == 1 else "do"
    effect = f"{', '.join(lost)} {verb} not apply" if lost else "none of its settings applies"
    return Problem(
        rule="railway-config-deprecated",
        severity=Severity.HIGH if is_severe else Severity.MEDIUM,
        confidence=Confidence.MEDIUM if is_severe else Confidence.HIGH,
        message=f"{path} is there. {why}, so {effect}: the service gets its dashboard settings and the defaults.",
        hint="Set the values in the service's settings, or in .railway/railway.ts (`railway config pull`, then `plan` "
        "and `apply`), and delete the file.",
        evidence=(document.file.evidence(1), _data.evidence(row, "existing files stop being read on the cut-off day")),
        subject=path,
    )
