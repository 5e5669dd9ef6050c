"""What a guide is written from: the results of check, the code facts, the variables, the matrix and the repairs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from trueup.configuration import Configuration
from trueup.model.evidence import Evidence
from trueup.model.matrix import Matrix
from trueup.model.plan import BuildPlan, PlanContext
from trueup.model.project import Project
from trueup.model.repair import RepairPlan
from trueup.model.report import Report, Result
from trueup.package_data import data_rows
from trueup.predictions import Prediction, code_of
from trueup.sourcecode import CodeFacts
from trueup.variables import ServiceVariables, service_variables


@dataclass(frozen=True)
class Subject:
    """One result and the code that it is about."""

    result: Result
    code: CodeFacts

    @property
    def plan(self) -> BuildPlan:
        """Its plan."""
        return self.result.plan

    @property
    def is_python(self) -> bool:
        """Whether the builder takes it for Python, or says nothing else."""
        return self.plan.service.runtime in (None, "python") and self.plan.detected.value in (None, "python")

    @property
    def name(self) -> str:
        """`web on railway · railpack`."""
        return f"{self.plan.service.name} on {self.plan.platform} · {self.plan.builder}"


@dataclass(frozen=True)
class Material:
    """Everything that a guide says comes from here. `matrix` and `repairs` are None where they could not be made."""

    report: Report
    context: PlanContext
    configuration: Configuration
    matrix: Matrix | None = None
    repairs: RepairPlan | None = None
    no_index_reason: str = ""
    outlooks: tuple[str, ...] = ()
    """What a moved default would do to each service, in sentences."""

    @property
    def project(self) -> Project:
        """The project."""
        return self.report.project

    @cached_property
    def predictions(self) -> tuple[Prediction, ...]:
        """The plans and requirement sets of the results."""
        return tuple(Prediction(item.plan, item.requirements, item.is_today) for item in self.report.results)

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        """Every result with its code."""
        codes = code_of(self.project, self.predictions, self.context)
        return tuple(Subject(result, code) for result, code in zip(self.report.results, codes, strict=True))

    @cached_property
    def today(self) -> tuple[Subject, ...]:
        """What would be built today, or was asked for instead: see `Report.judged`."""
        judged = {id(result) for result in self.report.judged}
        return tuple(subject for subject in self.subjects if id(subject.result) in judged)

    @cached_property
    def python_today(self) -> tuple[Subject, ...]:
        """What would be built today as Python."""
        return tuple(subject for subject in self.today if subject.is_python)

    @cached_property
    def variables(self) -> tuple[ServiceVariables, ...]:
        """The environment variables."""
        return service_variables(self.predictions, [subject.code for subject in self.subjects])

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platforms, in the order of the results."""
        return tuple(dict.fromkeys(subject.plan.platform for subject in self.subjects))

    @property
    def has_index(self) -> bool:
        """Whether any package could be looked up."""
        return any(result.forecast is not None for result in self.report.results)


@cache
def rows(name: str) -> dict[str, Any]:
    """Read `data/<name>.toml`."""
    return data_rows("trueup.guide", f"data/{name}.toml")


def sourced(row: dict[str, Any]) -> tuple[Evidence, ...]:
    """The evidence of a row."""
    return (Evidence.default(row.get("text", row.get("line", "")), row["source"], row["checked"]),)
