"""pydantic's settings classes: which variables their fields read, and which object is made from which class.

Rules: https://docs.pydantic.dev/latest/concepts/pydantic_settings/ and, for pydantic 1,
https://docs.pydantic.dev/1.10/usage/settings/ (read 2026-11-20): the variable is the prefix and the field's name, case
does not matter unless `case_sensitive`; aliases replace both; a field without a default is required, in pydantic 1 not
where its type is Optional.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from trueup.sourcecode.codebase import CodeBase
from trueup.sourcecode.module import Site, SourceModule

_BASES = {
    "pydantic_settings.BaseSettings": 2,
    "pydantic_settings.main.BaseSettings": 2,
    "pydantic.BaseSettings": 1,
    "pydantic.v1.BaseSettings": 1,
    "pydantic.env_settings.BaseSettings": 1,
}
_FIELDS = frozenset({"pydantic.Field", "pydantic.v1.Field", "pydantic.fields.Field"})
_CHOICES = frozenset({"pydantic.AliasChoices", "pydantic.aliases.AliasChoices"})


@dataclass(frozen=True)
class SettingsField:
    """One field: the variables that it reads, first the one that counts most."""

    attribute: str
    names: tuple[str, ...]
    required: bool
    default: ast.expr | None
    annotation: str
    module: SourceModule = field(repr=False)
    node: ast.AnnAssign = field(repr=False)
    is_nested: bool = False


@dataclass
class SettingsClass:
    """One class below BaseSettings with its own and inherited fields."""

    module: SourceModule = field(repr=False)
    node: ast.ClassDef = field(repr=False)
    generation: int
    fields: dict[str, SettingsField] = field(default_factory=dict)
    env_files: tuple[str, ...] = ()
    has_other_sources: bool = False
    made_at: list[tuple[SourceModule, ast.Call, Site]] = field(default_factory=list, repr=False)
    """Where an object of it is made."""


class SettingsIndex:
    """The settings classes of some modules, and what stands for an object of them."""

    def __init__(self, code: CodeBase, modules: Iterable[SourceModule], search: tuple[str, ...]) -> None:
        self.code = code
        self.search = search
        self.modules = tuple(modules)
        self.classes: dict[tuple[str, str], SettingsClass] = {}
        self._producers: dict[tuple[str, str], SettingsClass] = {}
        nodes = [(module, node) for module in self.modules for node, _ in module.each(ast.ClassDef) if node.bases]
        for _ in range(6):
            before = len(self.classes)
            for module, node in nodes:
                self._add(module, node)
            if len(self.classes) == before:
                break
        if self.classes:
            self._find_objects()

    def _add(self, module: SourceModule, node: ast.ClassDef) -> None:
        key = (module.path, node.name)
        if key in self.classes:
            return
        inherited: list[SettingsClass] = []
        generation = 0
        for base in node.bases:
            name = module.qualified(base)
            generation = max(generation, _BASES.get(name, 0))
            parent = self.classes.get(self.key_of(module, name) or ("", ""))
            if parent is not None:
                inherited.append(parent)
                generation = max(generation, parent.generation)
        if generation:
            made = SettingsClass(module, node, generation)
            for parent in inherited:
                made.fields |= parent.fields
                made.env_files = made.env_files or parent.env_files
                made.has_other_sources |= parent.has_other_sources
            _read_class(made)
            self.classes[key] = made

    def key_of(self, module: SourceModule, dotted: str) -> tuple[str, str] | None:
        """The file and name that a dotted name means in a module."""
        owner, _, name = dotted.rpartition(".")
        if not name:
            return None
        if not owner:
            return (module.path, name)
        path = self.code.find(owner, (*self.search, posixpath.dirname(module.path)))
        if path is None or path.endswith("/"):
            return None
        other = self.code.module(path)
        if other is not None and name in other.aliases and other.aliases[name] != dotted:
            return self.key_of(other, other.aliases[name]) if other is not module else None
        return (path, name)

    def _find_objects(self) -> None:
        names = {name for _, name in self.classes}
        for module in self.modules:
            for call, site in module.each(ast.Call):
                dotted = module.qualified(call.func)
                if dotted.rpartition(".")[2] in names:
                    found = self.classes.get(self.key_of(module, dotted) or ("", ""))
                    if found is not None:
                        found.made_at.append((module, call, site))
        for module in self.modules:
            for function, _ in module.functions:
                made = self._produced(module, function)
                if made is not None:
                    self._producers[(module.path, function.name)] = made

    def _produced(self, module: SourceModule, function: ast.FunctionDef | ast.AsyncFunctionDef) -> SettingsClass | None:
        annotated = module.qualified(function.returns) if function.returns is not None else ""
        found = self.classes.get(self.key_of(module, annotated) or ("", "")) if annotated else None
        if found is not None:
            return found
        for statement in function.body:
            if isinstance(statement, ast.Return) and isinstance(statement.value, ast.Call):
                return self.classes.get(self.key_of(module, module.qualified(statement.value.func)) or ("", ""))
        return None

    def class_of(self, module: SourceModule, node: ast.expr, depth: int = 0) -> SettingsClass | None:
        """The settings class that an expression is an object of."""
        if not self.classes or depth > 6:
            return None
        if isinstance(node, ast.Call):
            key = self.key_of(module, module.qualified(node.func))
            return (self.classes.get(key) or self._producers.get(key)) if key else None
        dotted = module.qualified(node)
        if not dotted:
            return None
        key = self.key_of(module, dotted)
        owner = self.code.module(key[0]) if key else None
        for value, _ in owner.assigned.get(key[1], ()) if owner is not None and key is not None else ():
            if isinstance(value, ast.Call):
                return self.class_of(owner, value, depth + 1) if owner is not None else None
        return None

    def field_of(self, module: SourceModule, node: ast.Attribute) -> SettingsField | None:
        """The field that `settings.name` reads."""
        made = self.class_of(module, node.value)
        return made.fields.get(node.attr) if made is not None else None


def _read_class(made: SettingsClass) -> None:
    prefix = ""
    for name, value in _configuration(made):
        if name == "env_prefix" and isinstance(value, ast.Constant) and isinstance(value.value, str):
            prefix = value.value
        elif name == "env_prefix":
            made.has_other_sources = True
        elif name == "env_file":
            made.env_files = tuple(_texts(value))
        elif name in ("secrets_dir", "yaml_file", "toml_file", "json_file", "customise_sources"):
            made.has_other_sources = True
    for statement in made.node.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            made.has_other_sources |= statement.name in ("settings_customise_sources", "customise_sources", "__init__")
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            found = _field(made, statement, statement.target.id, prefix)
            if found is not None:
                made.fields[found.attribute] = found
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            # A default without an annotation gives an inherited field a value.
            inherited = made.fields.get(statement.targets[0].id)
            if inherited is not None:
                made.fields[inherited.attribute] = SettingsField(
                    inherited.attribute,
                    inherited.names,
                    False,
                    statement.value,
                    inherited.annotation,
                    inherited.module,
                    inherited.node,
                )


def _configuration(made: SettingsClass) -> Iterator[tuple[str, ast.expr]]:
    for statement in made.node.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        value = getattr(statement, "value", None)
        if isinstance(target, ast.Name) and target.id == "model_config" and value is not None:
            if isinstance(value, ast.Call):
                yield from ((keyword.arg, keyword.value) for keyword in value.keywords if keyword.arg)
            elif isinstance(value, ast.Dict):
                for key, item in zip(value.keys, value.values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        yield key.value, item
        elif isinstance(statement, ast.ClassDef) and statement.name == "Config":
            for inner in statement.body:
                if isinstance(inner, ast.Assign) and isinstance(inner.targets[0], ast.Name):
                    yield inner.targets[0].id, inner.value
                elif isinstance(inner, ast.FunctionDef):
                    yield inner.name, ast.Constant(None)
    yield from ((keyword.arg, keyword.value) for keyword in made.node.keywords if keyword.arg)


def _field(made: SettingsClass, node: ast.AnnAssign, name: str, prefix: str) -> SettingsField | None:
    annotation = _annotation(node.annotation)
    if name.startswith("_") or name == "model_config" or "ClassVar" in annotation:
        return None
    value = node.value
    aliases: tuple[str, ...] = ()
    required = value is None
    for call in _field_calls(made.module, node):
        names = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        has_default = bool({"default", "default_factory"} & names.keys()) or (
            bool(call.args) and not (isinstance(call.args[0], ast.Constant) and call.args[0].value is ...)
        )
        required = not has_default if call is value else required and not has_default
        if call is value:
            value = names.get("default", call.args[0] if call.args and has_default else None)
        aliases = next(
            (found for key in ("validation_alias", "env", "alias") if (found := _aliases(made.module, names.get(key)))),
            aliases,
        )
    if made.generation == 1 and node.value is None and ("Optional" in annotation or "None" in annotation):
        required = False
    names_of = aliases or (f"{prefix}{name}".upper(),)
    nested = _is_model(made.module, node.annotation)
    return SettingsField(name, names_of, required, value, annotation, made.module, node, nested)


def _field_calls(module: SourceModule, node: ast.AnnAssign) -> Iterator[ast.Call]:
    candidates: list[ast.expr | None] = [node.value]
    annotation = node.annotation
    if isinstance(annotation, ast.Subscript) and _annotation(annotation).startswith(("Annotated", "typing.Annotated")):
        candidates += annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else []
    for each in candidates:
        if isinstance(each, ast.Call) and module.qualified(each.func) in _FIELDS:
            yield each


def _aliases(module: SourceModule, node: ast.expr | None) -> tuple[str, ...]:
    if isinstance(node, ast.Call) and module.qualified(node.func) in _CHOICES:
        return tuple(text for each in node.args for text in _texts(each))
    return tuple(_texts(node)) if node is not None else ()


def _texts(node: ast.expr) -> Iterator[str]:
    for each in node.elts if isinstance(node, (ast.List, ast.Tuple, ast.Set)) else [node]:
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def _annotation(node: ast.expr) -> str:
    try:
        return ast.unparse(node)
    except (RecursionError, ValueError):
        return ""


def _is_model(module: SourceModule, node: ast.expr) -> bool:
    """Whether the type is another model of the project: its values then come from its own, nested variables."""
    if not isinstance(node, (ast.Name, ast.Attribute)):
        return False
    local = {each.name: each for each, _ in module.each(ast.ClassDef)}
    if isinstance(node, ast.Name) and node.id in local:
        bases = {module.qualified(base).rpartition(".")[2] for base in local[node.id].bases}
        return not bases & {"str", "int", "Enum", "StrEnum", "IntEnum"}
    target = module.qualified(node)
    return target.rpartition(".")[2].endswith(("Settings", "Config", "Model"))
