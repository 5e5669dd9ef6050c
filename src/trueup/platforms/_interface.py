"""What a platform plug-in offers. A file of this package holds one constant, `PLATFORM`."""

from __future__ import annotations

from typing import Protocol

from trueup.model.evidence import Evidence
from trueup.model.plan import BuildPlan, PlanContext
from trueup.model.project import Project
from trueup.model.service import Service


class Platform(Protocol):
    """A host that builds and runs a project."""

    @property
    def id(self) -> str:
        """The id, which is the file's name."""

    @property
    def title(self) -> str:
        """The name people use."""

    def signs(self, project: Project) -> tuple[Evidence, ...]:
        """The files that show that the project is meant for this platform; empty where there is none."""

    def services(self, project: Project, context: PlanContext) -> tuple[Service, ...]:
        """The services that this platform builds from the project, from its files, the context and the code.

        `project` is the whole project. `context.root_dir` (when given) is the root directory of every service.
        """

    def builders(self, project: Project, service: Service, context: PlanContext) -> tuple[str, ...]:
        """The builders that may build a service, the one used on the day `context.on` first; never empty."""

    def plan(self, project: Project, service: Service, builder: str, context: PlanContext) -> BuildPlan:
        """What that builder does with that service. Never raises for anything that the project holds."""
