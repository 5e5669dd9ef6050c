"""The environment variables that the code reads: which it needs, what it takes without them, and what they look like.

A variable is required where the program fails without it: `os.environ["X"]`, a settings field without a default,
`config("X")`, `int(os.getenv("X"))`; or where the code itself raises when it is missing. Values are never kept, and a
default that looks like a secret is masked.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from trueup.model.evidence import Evidence
from trueup.sourcecode._absences import breaks_without, names_asked_for
from trueup.sourcecode._reads import Read, read_of
from trueup.sourcecode._settings import SettingsClass, SettingsField, SettingsIndex
from trueup.sourcecode._shapes import hints_of, kind_of
from trueup.sourcecode.module import Site, SourceModule
from trueup.sourcecode.values import ROOT, Evaluator, Known, without_environment

_SECRET_NAME = re.compile(r"(?i)(secret|passw(or)?d|token|api_?key|private|credential|(^|_)key$|dsn)")
_CREDENTIALS = re.compile(r"://[^/@\s]+:[^/@\s]+@")
_LOOKUP_ERRORS = frozenset({"KeyError", "LookupError", "Exception", "BaseException"})
_PLATFORM = re.compile(
    r"^(RAILWAY_|RENDER|DYNO$|HEROKU_|PORT$|PATH$|HOME$|USER$|HOSTNAME$|PWD$|TZ$|LANG$|CI$|VIRTUAL_ENV)"
)


@dataclass(frozen=True, slots=True)
class EnvironmentVariable:
    """One variable.

    `default` is the text of what the code takes without it (None where nothing says), `***` where it looks secret.
    `aliases` are other names that serve as well. `at_start` tells whether it is read when the service starts, and not
    only in a function that may never run. `kind` is database, redis, broker, port, host, secret, boolean, number, url,
    path, list, email or text; `hints` are sentences such as "32 bytes, base64". `from_platform` marks names that the
    platforms themselves give.
    """

    name: str
    required: bool
    default: str | None
    kind: str
    evidence: tuple[Evidence, ...]
    at_start: bool
    reachable: bool
    library: str
    hints: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    from_platform: bool = False
    env_files: tuple[str, ...] = ()
    certain: bool = True


def looks_secret(name: str) -> bool:
    """Whether a variable of this name usually holds a secret."""
    return bool(_SECRET_NAME.search(name))


def read_variables(
    modules: Iterable[SourceModule], settings: SettingsIndex, evaluator: Evaluator, reachable: frozenset[str]
) -> tuple[EnvironmentVariable, ...]:
    """Every variable that some modules read, by name.

    Args:
        modules: the modules of the service.
        settings: their settings classes.
        evaluator: tells the text of defaults.
        reachable: paths of the modules that the start command imports; empty where that is not known.
    """
    found: dict[str, EnvironmentVariable] = {}
    modules = tuple(modules)
    for module in modules:
        for read, required in _reads(module):
            _add(found, _variable(read, required, module, evaluator, reachable))
    for made in settings.classes.values():
        if made.made_at:
            for each in made.fields.values():
                _add(found, _from_field(made, each, modules, evaluator, reachable))
    for prefixed in _dynaconf(modules, reachable):
        _add(found, prefixed)
    return tuple(found[name] for name in sorted(found))


def _add(found: dict[str, EnvironmentVariable], new: EnvironmentVariable | None) -> None:
    if new is None:
        return
    old = found.get(new.name)
    if old is None:
        found[new.name] = new
        return
    first, second = (new, old) if new.reachable and new.required and not old.required else (old, new)
    found[new.name] = replace(
        first,
        default=first.default if first.default is not None else second.default,
        evidence=tuple(dict.fromkeys((*first.evidence, *second.evidence)))[:8],
        at_start=old.at_start or new.at_start,
        reachable=old.reachable or new.reachable,
        hints=tuple(dict.fromkeys((*old.hints, *new.hints))),
        kind=first.kind if first.kind != "text" else second.kind,
    )


def _reads(module: SourceModule) -> Iterator[tuple[Read, bool]]:
    """Every read of a module, and whether the program fails without the variable."""
    tested = _tested_names(module)
    demanded = _demanded(module)
    broken = breaks_without(module)
    asked = names_asked_for(module) if broken else frozenset()
    for kind in (ast.Subscript, ast.Call):
        for node, site in module.each(kind):
            read = read_of(module, node, site)
            if read is None:
                continue
            required = read.raises and not site.handled & _LOOKUP_ERRORS and read.name not in tested
            required = required or (id(node) in broken and read.name not in tested | asked)
            yield read, required or (read.default is None and id(node) in demanded and not site.in_handler)


def _tested_names(module: SourceModule) -> set[str]:
    """Names of which the code asks whether they are in the environment, before it reads them."""
    found = set()
    for node, _ in module.each(ast.Compare):
        is_membership = len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn))
        if is_membership and isinstance(node.left, ast.Constant):
            found |= {str(node.left.value)} if module.qualified(node.comparators[0]) == "os.environ" else set()
    for call, _ in module.each(ast.Call):
        if module.qualified(call.func) == "os.environ.setdefault" and call.args:
            first = call.args[0]
            if isinstance(first, ast.Constant):
                found.add(str(first.value))
    return found


def _demanded(module: SourceModule) -> set[int]:
    """Ids of expressions whose value is tested at once and whose absence raises."""
    names: dict[tuple[int, str], ast.expr] = {}
    for node, site in module.each(ast.Assign):
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            names[(id(site.function), node.targets[0].id)] = node.value
    found = set()
    for test, site in module.each(ast.If):
        subject = _missing_test(test.test)
        raises = any(isinstance(each, ast.Raise) or _exits(module, each) for each in test.body)
        if subject is not None and raises:
            value = names.get((id(site.function), subject))
            if value is not None:
                found.add(id(value))
    for assertion, site in module.each(ast.Assert):
        if isinstance(assertion.test, ast.Name):
            value = names.get((id(site.function), assertion.test.id))
            if value is not None:
                found.add(id(value))
    return found


def _exits(module: SourceModule, node: ast.stmt) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and module.qualified(call.func) in ("sys.exit", "exit", "quit", "os._exit")


def _missing_test(test: ast.expr) -> str | None:
    """The name in `if not NAME` or `if NAME is None`."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and isinstance(test.operand, ast.Name):
        return test.operand.id
    if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and isinstance(test.ops[0], ast.Is):
        return test.left.id
    return None


def _shown(name: str, value: object) -> str | None:
    """The text of a default; masked where it may be a secret."""
    if value is None:
        return None
    text = str(value)
    if text and (looks_secret(name) or _CREDENTIALS.search(text)):
        return "***"
    return text.replace(ROOT, ".")[:200]


def _evidence(module: SourceModule, node: ast.expr | ast.stmt, name: str) -> Evidence:
    """The line, without its text where that may hold a secret default."""
    line = module.file.line(getattr(node, "lineno", 1))
    hidden = looks_secret(name) and re.search(
        r"['\"][^'\"]{6,}['\"]", line.replace(f'"{name}"', "").replace(f"'{name}'", "")
    )
    return module.evidence(node, f"{name} is read here" if hidden or _CREDENTIALS.search(line) else None)


def _variable(
    read: Read, required: bool, module: SourceModule, evaluator: Evaluator, reachable: frozenset[str]
) -> EnvironmentVariable:
    value = (
        without_environment(evaluator.evaluate(module, read.default, read.site)) if read.default is not None else None
    )
    default = _shown(read.name, value.value) if isinstance(value, Known) else None
    return EnvironmentVariable(
        name=read.name,
        required=required,
        default=default,
        kind=kind_of(read.name, read.cast, value.value if isinstance(value, Known) else None),
        evidence=(_evidence(module, read.node, read.name),),
        at_start=read.site.at_import and not read.site.is_conditional,
        reachable=not reachable or module.path in reachable,
        library=read.library,
        from_platform=bool(_PLATFORM.match(read.name)),
    )


def _from_field(
    made: SettingsClass,
    each: SettingsField,
    modules: tuple[SourceModule, ...],
    evaluator: Evaluator,
    reachable: frozenset[str],
) -> EnvironmentVariable | None:
    if each.is_nested:
        return None
    value = without_environment(evaluator.evaluate(each.module, each.default)) if each.default is not None else None
    given = {keyword.arg for _, call, _ in made.made_at for keyword in call.keywords}
    places = [(module, site) for module, _, site in made.made_at]
    known = value.value if isinstance(value, Known) else None
    return EnvironmentVariable(
        name=each.names[0],
        required=each.required and each.attribute not in given and None not in given,
        default=_shown(each.names[0], known),
        kind=kind_of(each.names[0], each.annotation, known),
        evidence=(_evidence(each.module, each.node, each.names[0]),),
        at_start=_is_made_at_start(modules, places),
        reachable=not reachable or any(module.path in reachable for module, _ in places),
        library="pydantic-settings" if made.generation > 1 else "pydantic",
        hints=hints_of(made, each, modules),
        aliases=each.names[1:],
        from_platform=bool(_PLATFORM.match(each.names[0])),
        env_files=made.env_files,
        certain=not made.has_other_sources,
    )


def _is_made_at_start(modules: tuple[SourceModule, ...], places: list[tuple[SourceModule, Site]]) -> bool:
    """Made at import, or by a function (`get_settings`) that some module calls at import."""
    if any(site.at_import for _, site in places):
        return True
    makers = {getattr(site.function, "name", "") for _, site in places} - {""}
    return any(
        module.qualified(call.func).rpartition(".")[2] in makers
        for module in modules
        for call, site in module.each(ast.Call)
        if site.at_import
    )


def _dynaconf(modules: tuple[SourceModule, ...], reachable: frozenset[str]) -> Iterator[EnvironmentVariable]:
    """Dynaconf's validators name what must exist; everything else may stand in its settings files."""
    prefix = "DYNACONF"
    for module in modules:
        for call, _ in module.each(ast.Call):
            if module.qualified(call.func) in ("dynaconf.Dynaconf", "dynaconf.LazySettings"):
                for keyword in call.keywords:
                    if keyword.arg == "envvar_prefix" and isinstance(keyword.value, ast.Constant):
                        prefix = str(keyword.value.value) if keyword.value.value else ""
    for module in modules:
        for call, site in module.each(ast.Call):
            if module.qualified(call.func) != "dynaconf.Validator":
                continue
            must = any(
                keyword.arg == "must_exist" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
                for keyword in call.keywords
            )
            for argument in call.args:
                if must and isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    tail = argument.value.replace(".", "__").upper()
                    name = f"{prefix}_{tail}" if prefix else tail
                    yield EnvironmentVariable(
                        name=name,
                        required=True,
                        default=None,
                        kind=kind_of(name, "", None),
                        evidence=(module.evidence(call),),
                        at_start=site.at_import,
                        reachable=not reachable or module.path in reachable,
                        library="dynaconf",
                        certain=False,
                    )
