"""What a service needs to start: its variables, and which of them point to which kind of backing service. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from trueup.model.service import Service, Variable
from trueup.prove.backing._interface import Backing
from trueup.prove.values import BOT_FRAMEWORKS, is_bot_token, plausible
from trueup.sourcecode.environment import EnvironmentVariable
from trueup.sourcecode.facts import CodeFacts

_LOOPBACK = re.compile(r"//(?:[^/@]*@)?(?:localhost|127\.0\.0\.1|\[::1\])")
_BACKING_KINDS = ("database", "redis", "broker")


@dataclass(frozen=True)
class Needs:
    """The variables of one service.

    `backing` are kinds with the variables that want their URL; `values` made values; `bot_tokens` names of made values
    that only a bot's platform can issue; `given_kinds` kinds whose URL was given.
    """

    backing: dict[str, tuple[str, ...]]
    values: dict[str, str]
    bot_tokens: tuple[str, ...] = ()
    given_kinds: dict[str, tuple[str, ...]] | None = None


def needs_of(
    service: Service,
    facts: CodeFacts,
    distributions: Iterable[str],
    given: Mapping[str, str],
    kinds: Mapping[str, Backing],
    wanted: frozenset[str] = frozenset(),
    unwanted: frozenset[str] = frozenset(),
) -> Needs:
    """Work out what a service needs.

    Args:
        service: its platform's files may name variables as references to databases.
        facts: the variables that the code reads.
        distributions: names of what is installed: drivers tell which database a URL is for.
        given: variables whose values are given.
        kinds: the kinds of backing services.
        wanted: kinds to have for optional variables too.
        unwanted: kinds not to have.
    """
    installed = frozenset(distributions)
    backing: dict[str, list[str]] = {}
    given_kinds: dict[str, list[str]] = {}
    values: dict[str, str] = {}
    tokens: list[str] = []
    frameworks = {application.framework for application in facts.applications}
    declared = {variable.name: variable for variable in service.variables}
    for variable in facts.variables:
        if variable.from_platform:
            continue
        name = next((each for each in (variable.name, *variable.aliases) if each in given), variable.name)
        kind = backing_kind(variable, kinds, installed)
        if name in given:
            scheme_kind = kind_of_url(given[name], kinds)
            if scheme_kind:
                given_kinds.setdefault(scheme_kind, []).append(name)
            continue
        declaration = declared.get(variable.name)
        if declaration is not None and declaration.value is not None:
            continue
        is_declared = declaration is not None
        if kind and kind not in unwanted and (is_declared or _is_needed(variable) or kind in wanted):
            backing.setdefault(kind, []).append(variable.name)
        elif (variable.required or is_declared) and not kind:
            values[variable.name] = plausible(variable.name, variable.kind, variable.hints)
        elif is_bot_token(variable) and not variable.default and frameworks & BOT_FRAMEWORKS:
            values[variable.name] = plausible(f"TELEGRAM_{variable.name}", variable.kind, variable.hints)
        if variable.name in values and is_bot_token(variable) and frameworks & BOT_FRAMEWORKS:
            tokens.append(variable.name)
    _add_declared(declared, facts, given, kinds, backing, values)
    return Needs(
        {kind: tuple(names) for kind, names in backing.items()},
        values,
        tuple(tokens),
        {kind: tuple(names) for kind, names in given_kinds.items()},
    )


def _add_declared(
    declared: Mapping[str, Variable],
    facts: CodeFacts,
    given: Mapping[str, str],
    kinds: Mapping[str, Backing],
    backing: dict[str, list[str]],
    values: dict[str, str],
) -> None:
    """Add what the platform's file declares and no code was seen to read: libraries may read it."""
    known = {name for variable in facts.variables for name in (variable.name, *variable.aliases)}
    for name, declaration in declared.items():
        if name not in known and declaration.value is None and name not in given:
            kind = _kind_by_name(name, kinds)
            if kind and declaration.source == "reference":
                backing.setdefault(kind, []).append(name)
            else:
                values[name] = plausible(name, "secret" if declaration.source == "generated" else "text", ())


def _is_needed(variable: EnvironmentVariable) -> bool:
    """Whether the service cannot do without: it is required, or its default points to this machine."""
    return variable.required or bool(variable.default and _LOOPBACK.search(variable.default))


def backing_kind(variable: EnvironmentVariable, kinds: Mapping[str, Backing], installed: frozenset[str]) -> str | None:
    """The kind of backing service that a variable's value points to; None where it points to none."""
    if variable.kind not in _BACKING_KINDS:
        return None
    if variable.default and (by_default := kind_of_url(variable.default, kinds)):
        return by_default
    if by_name := _kind_by_name(variable.name, kinds):
        return by_name
    if variable.kind == "redis":
        return "redis"
    if variable.kind == "broker":
        return "rabbitmq" if installed & {"pika", "aio-pika"} or "redis" not in installed else "redis"
    candidates = [kind for kind in ("postgresql", "mysql", "mongodb") if kinds[kind].drivers & installed]
    return candidates[0] if candidates else "postgresql" if variable.required else None


def _kind_by_name(name: str, kinds: Mapping[str, Backing]) -> str | None:
    upper = name.upper()
    found = next((kind for kind, backing in kinds.items() if backing.names.search(upper)), None)
    return found or ("postgresql" if upper in ("DATABASE_URL", "DATABASE_URI") else None)


def kind_of_url(url: str, kinds: Mapping[str, Backing]) -> str | None:
    """The kind of backing service by a URL's scheme (`postgresql+asyncpg` is postgresql)."""
    try:
        scheme = urlsplit(url).scheme.split("+")[0] if "://" in url else ""
    except ValueError:
        return None
    return next((kind for kind, backing in kinds.items() if scheme in backing.schemes), None)


def url_for(variable: str, url: str, facts: CodeFacts) -> str:
    """The URL as the variable wants it: with the driver of its default, where the code does not put it in itself."""
    for each in facts.variables:
        if each.name == variable and each.default and "+" in each.default.partition("://")[0]:
            return each.default.partition("://")[0] + "://" + url.partition("://")[2]
    return url
