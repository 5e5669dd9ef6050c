"""What Heroku runs a build and a dyno on: the stack, its C library and compilers, and how it sees that a dyno is up.

The rows are in platforms/data/heroku.toml, each with its source.
"""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass
from typing import Any

from trueup.manifests import app_json, project_toml
from trueup.model.evidence import Evidence, Fact, Unknown
from trueup.model.plan import HealthRule, Image, PlanContext, Toolchain
from trueup.model.project import Project
from trueup.platforms import _data

_BUILDER_IMAGE = re.compile(r"(?:docker\.io/)?heroku/builder:(\d+)")


@dataclass(frozen=True)
class Stack:
    """The stack of an app (`heroku-24`), why it is that one, and what about it could not be told."""

    name: Fact[str]
    unknowns: tuple[Unknown, ...] = ()

    @property
    def row(self) -> dict[str, Any]:
        """What is known about it; for a stack that is not known, what is known about the newest documented default."""
        stacks = _data.load("heroku")["stack"]
        return dict(stacks.get(self.name.value, stacks[_data.load("heroku")["default_stack"][-1]["stack"]]))

    @property
    def is_known(self) -> bool:
        """Whether it is one of the supported stacks."""
        return self.name.value in _data.load("heroku")["stack"]


def fact(name: str, text: str | None = None) -> Evidence:
    """One of the platform's facts (`boot`, `filesystem`, `procfile` …) as evidence."""
    row = _data.load("heroku")[name]
    return _data.evidence(row, text or row["text"])


def classic_stack(project: Project, context: PlanContext) -> Stack:
    """The stack of a Cedar app: what is given, else app.json's, else the default of the day the app was created."""
    if "STACK" in context.env:
        return Stack(Fact(context.env["STACK"], (Evidence.given(f"STACK={context.env['STACK']}"),)))
    file = project.get("app.json")
    app = app_json.parse(file) if file is not None else None
    if app is not None and app.belongs_to_heroku and app.stack not in (None, "container", "cnb"):
        return Stack(Fact(str(app.stack), (app.document.evidence("stack"), fact("app_json"))))
    return _default_stack(context.created or context.on)


def _default_stack(day: str) -> Stack:
    data = _data.load("heroku")
    row = _data.row_on(data["default_stack"], day) or data["default_stack"][0]
    text = f"{row['stack']} is the default stack of apps created from {row['from']} on"
    unknowns: tuple[Unknown, ...] = ()
    if day >= data["default_stack_open"]["from"]:
        newer = data["default_stack_open"]
        reason = (
            f"{newer['text']}. {row['stack']}, the last default on record, is assumed; its C library is the older one"
        )
        unknowns = (Unknown("the stack", reason, (_data.evidence(newer, newer["text"]),)),)
    return Stack(Fact(row["stack"], (_data.evidence(row, text),)), unknowns)


def cnb_stack(project: Project, context: PlanContext) -> Stack:
    """The base image of a Fir app: that of the builder which project.toml names, else the default."""
    file = project.get("project.toml")
    builder = project_toml.parse(file).builder if file is not None else None
    named = _BUILDER_IMAGE.match(builder.value) if builder is not None else None
    if builder is not None and named:
        return Stack(Fact(f"heroku-{named.group(1)}", builder.evidence))
    stack = _default_stack(context.on)
    if builder is None:
        return stack
    reason = f"project.toml names the builder {builder.value}, which is not one of Heroku's"
    return Stack(stack.name, (*stack.unknowns, Unknown("the base image", reason, builder.evidence)))


def ended(stack: str, day: str) -> dict[str, Any] | None:
    """The row of a stack that builds no longer accept on a day."""
    for row in _data.load("heroku")["ended_stack"]:
        if fnmatch.fnmatchcase(stack, row["pattern"]) and row["from"] <= day:
            return dict(row)
    return None


def image(stack: Stack, arch: str) -> Image:
    """The image of a stack."""
    row = stack.row
    library = Evidence.default(
        f"Ubuntu {row['ubuntu']} has glibc {row['libc_version']}", row["libc_source"], row["checked"]
    )
    return Image(stack.name, "glibc", Fact(row["libc_version"], (library,)), arch)


def toolchain(stack: Stack) -> Toolchain:
    """What can compile during a build on a stack. At run time there is no compiler on heroku-24 and heroku-26."""
    row = stack.row
    packages = _data.evidence(row, f"the packages of the build image of {stack.name.value}")
    return Toolchain(
        Fact(row["c"], (packages,)),
        Fact(row["rust"], (packages,)),
        Fact(row["fortran"], (packages,)),
        tuple(row["system_libraries"]),
        "Heroku's build image has no Rust; without a wheel, a Rust package needs a Rust buildpack before Python's",
    )


def health() -> HealthRule:
    """A web dyno is up once its process listens on $PORT; nothing is requested from it."""
    return HealthRule(Fact(None, (fact("boot"),)), timeout=int(_data.load("heroku")["boot"]["timeout"]))


def slug_limit(day: str) -> Fact[int] | None:
    """The largest compressed slug in bytes on a day."""
    row = _data.row_on(_data.load("heroku")["slug_limit"], day)
    if row is None:
        return None
    return Fact(int(row["bytes"]), (_data.evidence(row, f"a compressed slug may have {row['bytes'] >> 20} MiB"),))
