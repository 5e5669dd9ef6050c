"""A route and a table of routes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trueup.model.evidence import Evidence

_PARAMETER = re.compile(r"\{([^{}]*)\}|<([^<>]*)>")


def joined(prefix: str, path: str) -> str:
    """A prefix and a path as a router joins them: texts set one after the other, without doubled slashes."""
    return re.sub(r"//+", "/", f"{prefix}{path if not prefix or path.startswith('/') or not path else '/' + path}")


@dataclass(frozen=True, slots=True)
class Route:
    """One path. `methods` is empty where every method may be answered; `is_prefix` covers all that lies below."""

    path: str
    methods: tuple[str, ...]
    evidence: Evidence
    is_prefix: bool = False

    def matches(self, path: str, *, slash: bool = False) -> bool:
        """Whether a request path leads here; with `slash` a slash more or less at its end does not matter."""
        own = self.path if self.path.startswith("/") else f"/{self.path}"
        asked = path if path.startswith("/") else f"/{path}"
        if slash:
            own, asked = own.rstrip("/") or "/", asked.rstrip("/") or "/"
        pattern = "".join(_parameter(part) if index % 2 else re.escape(part) for index, part in enumerate(_parts(own)))
        end = r"(/.*)?" if self.is_prefix else ""
        return re.fullmatch(pattern.rstrip("/") + end if self.is_prefix else pattern, asked) is not None


def _parts(path: str) -> list[str]:
    """Literal texts and parameters in turn."""
    found, at = [], 0
    for parameter in _PARAMETER.finditer(path[:2000]):
        found += [path[at : parameter.start()], parameter.group(1) or parameter.group(2) or ""]
        at = parameter.end()
    return [*found, path[at:]]


def _parameter(text: str) -> str:
    return ".+" if "path" in re.split(r"[:()\s]", text) else "[^/]+"


@dataclass(frozen=True)
class RouteTable:
    """The routes of an application.

    `loose` are routes of routers that were not found to be included anywhere; `reasons` say why the table may lack
    routes. Reasons that begin with `soft: ` matter only for paths that the code names somewhere.
    """

    routes: tuple[Route, ...]
    loose: tuple[Route, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether every route is known, leaving aside what answers before the routes."""
        return bool(self.routes) and all(reason.startswith("soft: ") for reason in self.reasons)

    def match(self, path: str, *, slash: bool = False) -> Route | None:
        """The first route for a request path."""
        asked = path.partition("?")[0].partition("#")[0] or "/"
        return next((route for route in self.routes if route.matches(asked, slash=slash)), None)

    def may_match(self, path: str) -> bool:
        """Whether a route that is not surely included could answer."""
        asked = path.partition("?")[0].rstrip("/")
        return any(route.path and asked.endswith(route.path.rstrip("/")) for route in self.loose)
