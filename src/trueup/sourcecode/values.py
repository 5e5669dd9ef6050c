"""What an expression is worth, as far as the text tells: literals, paths below the service's root, variables.

Only what is certain is known; a name that is assigned twice, a parameter or any other call is `UNKNOWN`.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable
from dataclasses import dataclass

from trueup.sourcecode._reads import read_of
from trueup.sourcecode.codebase import CodeBase
from trueup.sourcecode.module import FunctionNode, Site, SourceModule

ROOT = "/\N{SYMBOL FOR NULL}root"
"""Stands for the service's root in paths, wherever the platform puts it."""
DEEPEST = 24
MOST_STEPS = 2_000
"""Expressions that one question may look at: names that stand for each other could otherwise double at each step."""
LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Known:
    """A value that stands in the text: text, number, boolean, None, or a list of such values."""

    value: object


@dataclass(frozen=True)
class FromEnvironment:
    """A value made from a variable; `default` is what it is without the variable (None where nothing says)."""

    name: str
    default: Known | FromEnvironment | Unclear | None = None


@dataclass(frozen=True)
class Unclear:
    """A value that the text does not tell."""


@dataclass(frozen=True)
class Several:
    """A list or tuple whose items are known one by one."""

    items: tuple[Value, ...]


Value = Known | FromEnvironment | Unclear | Several
UNKNOWN = Unclear()
NOTHING = Site()

Settings = Callable[[SourceModule, ast.Attribute], Value]


class Evaluator:
    """Evaluates expressions of one code base.

    `search` are the folders of the module path; `settings` answers for attributes of settings objects.
    """

    def __init__(self, code: CodeBase, search: tuple[str, ...], settings: Settings | None = None) -> None:
        self.code = code
        self.search = search
        self.settings = settings
        self._steps = 0

    def evaluate(self, module: SourceModule, node: ast.expr | None, site: Site = NOTHING, depth: int = 0) -> Value:
        """The value of an expression that stands in a module."""
        self._steps = self._steps + 1 if depth else 0
        if node is None or depth > DEEPEST or self._steps > MOST_STEPS:
            return UNKNOWN
        step = depth + 1
        if isinstance(node, ast.Constant):
            return Known(node.value)
        read = read_of(module, node, site)
        if read is not None:
            default = self.evaluate(module, read.default, site, step) if read.default is not None else None
            plain = Known(None) if default is None and not read.raises else default
            return FromEnvironment(read.name, plain if not isinstance(plain, Several) else UNKNOWN)
        handler = _HANDLERS.get(type(node))
        return handler(self, module, node, site, step) if handler else UNKNOWN

    def text(self, module: SourceModule, node: ast.expr | None, site: Site = NOTHING) -> str | None:
        """The text of an expression, also where it is only a variable's default."""
        value = without_environment(self.evaluate(module, node, site))
        return value.value if isinstance(value, Known) and isinstance(value.value, str) else None

    def name(self, module: SourceModule, node: ast.Name, site: Site, depth: int) -> Value:
        """A plain name: assigned here, or imported from another module of the tree."""
        if node.id == "__file__":
            return Known(f"{ROOT}/{module.path}")
        if site.function is not None and node.id in _parameters(site.function):
            return UNKNOWN
        values = module.assigned.get(node.id, [])
        own = [(value, where) for value, where in values if where.function is site.function]
        usable = own or [(value, where) for value, where in values if where.function is None]
        if len(usable) == 1:
            return self.evaluate(module, usable[0][0], usable[0][1], depth)
        if usable:
            found = {repr(value): value for value in (self.evaluate(module, v, s, depth) for v, s in usable)}
            return next(iter(found.values())) if len(found) == 1 else UNKNOWN
        return self.imported(module, module.aliases.get(node.id, ""), depth)

    def imported(self, module: SourceModule, target: str, depth: int) -> Value:
        """The value of a dotted name `package.module.NAME` of the tree."""
        owner, _, name = target.rpartition(".")
        path = self.code.find(owner, (*self.search, posixpath.dirname(module.path))) if owner else None
        other = self.code.module(path) if path and not path.endswith("/") else None
        if other is None or other is module or not name.isidentifier():
            return UNKNOWN
        return self.name(other, ast.Name(name, ast.Load()), NOTHING, depth)


def without_environment(value: Value | None) -> Value:
    """What a value is where no variable is set."""
    while isinstance(value, FromEnvironment):
        value = value.default
    return UNKNOWN if value is None else value


def _parameters(function: FunctionNode) -> set[str]:
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {argument.arg for argument in named if argument is not None}


def _mapped(value: Value, change: Callable[[object], Value]) -> Value:
    """Apply a change to what is known, and to the default of what comes from the environment."""
    if isinstance(value, Known):
        return change(value.value)
    if isinstance(value, FromEnvironment):
        default = _mapped(value.default, change) if value.default is not None else None
        return FromEnvironment(value.name, UNKNOWN if isinstance(default, Several) else default)
    return UNKNOWN


def _attribute(self: Evaluator, module: SourceModule, node: ast.expr, site: Site, depth: int) -> Value:
    assert isinstance(node, ast.Attribute)
    if node.attr in ("parent", "parents", "name"):
        return _mapped(self.evaluate(module, node.value, site, depth), lambda value: _parent(value, node.attr))
    if self.settings is not None:
        found = self.settings(module, node)
        if found != UNKNOWN:
            return found
    dotted = module.qualified(node)
    return self.imported(module, dotted, depth) if dotted else UNKNOWN


def _parent(value: object, attribute: str) -> Value:
    if not isinstance(value, str):
        return UNKNOWN
    if attribute == "name":
        return Known(posixpath.basename(value))
    return Known(posixpath.dirname(value) or ".") if attribute == "parent" else UNKNOWN


def _binary(self: Evaluator, module: SourceModule, node: ast.expr, site: Site, depth: int) -> Value:
    assert isinstance(node, ast.BinOp)
    left = self.evaluate(module, node.left, site, depth)
    right = self.evaluate(module, node.right, site, depth)
    if isinstance(node.op, ast.Add) and isinstance(left, Several) and isinstance(right, Several):
        return Several(left.items + right.items)

    def joined(first: object) -> Value:
        second = right.value if isinstance(right, Known) else None
        if not isinstance(first, str) or not isinstance(second, str):
            return UNKNOWN
        if isinstance(node.op, ast.Div):
            return Known(posixpath.join(first, second))
        fits = isinstance(node.op, ast.Add) and len(first) + len(second) <= LONGEST_TEXT
        return Known(first + second) if fits else UNKNOWN

    if isinstance(right, FromEnvironment) and isinstance(left, Known):
        return FromEnvironment(right.name, UNKNOWN)
    return _mapped(left, joined)


def _boolean(self: Evaluator, module: SourceModule, node: ast.expr, site: Site, depth: int) -> Value:
    assert isinstance(node, ast.BoolOp)
    values = [self.evaluate(module, each, site, depth) for each in node.values]
    first = values[0]
    if isinstance(node.op, ast.Or) and isinstance(first, FromEnvironment) and len(values) == 2:
        default = first.default
        if isinstance(default, Known) and default.value:
            return first
        second = values[1]
        return FromEnvironment(first.name, UNKNOWN if isinstance(second, Several) else second)
    return UNKNOWN


def _compare(self: Evaluator, module: SourceModule, node: ast.expr, site: Site, depth: int) -> Value:
    """`== "true"` and `in ("1", "true")`, which turn texts into booleans."""
    assert isinstance(node, ast.Compare)
    if len(node.ops) != 1:
        return UNKNOWN
    right = self.evaluate(module, node.comparators[0], site, depth)

    def compared(first: object) -> Value:
        if isinstance(node.ops[0], (ast.Eq, ast.NotEq)) and isinstance(right, Known):
            return Known((first == right.value) == isinstance(node.ops[0], ast.Eq))
        if isinstance(node.ops[0], (ast.In, ast.NotIn)) and isinstance(right, Several):
            known = [item.value for item in right.items if isinstance(item, Known)]
            return Known((first in known) == isinstance(node.ops[0], ast.In))
        return UNKNOWN

    return _mapped(self.evaluate(module, node.left, site, depth), compared)


def _joined_text(self: Evaluator, module: SourceModule, node: ast.expr, site: Site, depth: int) -> Value:
    assert isinstance(node, ast.JoinedStr)
    text = ""
    for part in node.values:
        value = self.evaluate(module, part.value if isinstance(part, ast.FormattedValue) else part, site, depth)
        if not isinstance(value, Known):
            return value if isinstance(value, FromEnvironment) and len(node.values) == 1 else UNKNOWN
        text += str(value.value)
        if len(text) > LONGEST_TEXT:
            return UNKNOWN
    return Known(text)


def _sequence(self: Evaluator, module: SourceModule, node: ast.expr, site: Site, depth: int) -> Value:
    assert isinstance(node, (ast.List, ast.Tuple, ast.Set))
    if len(node.elts) > 200:
        return UNKNOWN
    return Several(tuple(self.evaluate(module, each, site, depth) for each in node.elts))


def _not(self: Evaluator, module: SourceModule, node: ast.expr, site: Site, depth: int) -> Value:
    assert isinstance(node, ast.UnaryOp)
    if not isinstance(node.op, ast.Not):
        return UNKNOWN
    return _mapped(self.evaluate(module, node.operand, site, depth), lambda value: Known(not value))


def _subscript(self: Evaluator, module: SourceModule, node: ast.expr, site: Site, depth: int) -> Value:
    """`Path(…).parents[1]`."""
    assert isinstance(node, ast.Subscript)
    index = node.slice.value if isinstance(node.slice, ast.Constant) else None
    if isinstance(node.value, ast.Attribute) and node.value.attr == "parents" and isinstance(index, int) and index < 20:

        def parents(value: object) -> Value:
            for _ in range(index + 1):
                value = posixpath.dirname(value) if isinstance(value, str) else None
            return Known(value) if isinstance(value, str) else UNKNOWN

        return _mapped(self.evaluate(module, node.value.value, site, depth), parents)
    return UNKNOWN


_SAME = frozenset({"resolve", "absolute", "as_posix", "expanduser", "__str__", "strip", "rstrip", "lstrip"})
_PASSING = frozenset(
    {"str", "pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "os.path.abspath", "pathlib2.Path"}
)
_PASSING |= {"os.path.realpath", "os.path.normpath", "os.fspath", "os.path.expanduser"}
_WORKING = frozenset({"os.getcwd", "pathlib.Path.cwd"})


def _call(self: Evaluator, module: SourceModule, node: ast.expr, site: Site, depth: int) -> Value:
    assert isinstance(node, ast.Call)
    function = module.qualified(node.func)
    if function in _WORKING:
        return Known(ROOT)
    arguments = [self.evaluate(module, each, site, depth) for each in node.args[:8]]
    if function == "os.path.join" or (function in _PASSING and arguments):
        return _path_join(arguments)
    if function == "os.path.dirname" and arguments:
        return _mapped(arguments[0], lambda value: _parent(value, "parent"))
    if function in ("int", "bool", "float", "distutils.util.strtobool") and arguments:
        return _mapped(arguments[0], lambda value: _cast(function, value))
    if isinstance(node.func, ast.Attribute):
        return _method(self.evaluate(module, node.func.value, site, depth), node.func.attr, arguments)
    return UNKNOWN


def _path_join(parts: list[Value]) -> Value:
    if not parts:
        return UNKNOWN

    def joined(first: object) -> Value:
        rest = [part.value for part in parts[1:] if isinstance(part, Known)]
        if len(rest) + 1 != len(parts) or not isinstance(first, str) or not all(isinstance(r, str) for r in rest):
            return UNKNOWN
        return Known(posixpath.normpath(posixpath.join(first, *map(str, rest))) if rest else first)

    return _mapped(parts[0], joined)


def _cast(function: str, value: object) -> Value:
    try:
        if function == "bool":
            return Known(bool(value))
        if function.endswith("strtobool"):
            return Known(str(value).lower() in ("y", "yes", "t", "true", "on", "1"))
        return Known(int(value) if function == "int" else float(value)) if isinstance(value, (str, int)) else UNKNOWN
    except ValueError:
        return UNKNOWN


def _method(owner: Value, name: str, arguments: list[Value]) -> Value:
    if name in _SAME:
        return owner
    if name in ("lower", "upper", "casefold"):
        return _mapped(
            owner, lambda v: Known(v.lower() if name != "upper" else v.upper()) if isinstance(v, str) else UNKNOWN
        )
    if name == "joinpath":
        return _path_join([owner, *arguments])
    if name == "replace" and len(arguments) > 1:
        texts = [item.value for item in arguments[:2] if isinstance(item, Known)]
        if len(texts) == 2 and all(isinstance(text, str) for text in texts):
            return _mapped(
                owner, lambda v: Known(v.replace(str(texts[0]), str(texts[1]))) if isinstance(v, str) else UNKNOWN
            )
    if name == "split":
        separator = arguments[0].value if arguments and isinstance(arguments[0], Known) else None
        return _mapped(owner, lambda v: _split(v, separator))
    return UNKNOWN


def _split(value: object, separator: object) -> Value:
    if not isinstance(value, str) or not (separator is None or (isinstance(separator, str) and separator)):
        return UNKNOWN
    return Known(value.split(separator))


Handler = Callable[[Evaluator, SourceModule, ast.expr, Site, int], Value]
_HANDLERS: dict[type, Handler] = {
    ast.Name: lambda self, module, node, site, depth: self.name(module, node, site, depth),  # type: ignore[arg-type]
    ast.Attribute: _attribute,
    ast.BinOp: _binary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.JoinedStr: _joined_text,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.UnaryOp: _not,
    ast.Subscript: _subscript,
    ast.Call: _call,
}
