"""The architecture, held by a test: who may import whom, and where the outside world may be touched."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src" / "trueup"

LAYERS = (
    "errors",
    "model",
    "registry",
    "package_data",
    "manifests",
    "configuration",
    "_gitignore",
    "reading",
    "platforms/builders",
    "platforms",
    "requirements",
    "index",
    "resolve",
    "sourcecode",
    "predictions",
    "forecasts",
    "checks",
    "logrules",
    "diagnose",
    "repair",
    "prove",
    "pipeline",
    "matrix",
    "fixing",
    "baseline",
    "variables",
    "guide",
    "initialize",
    "reports",
    "mcp_server",
    "cli",
)
"""From the bottom up: a module imports only from its own layer and from those above it in this list."""

MAY_TOUCH_THE_WORLD = ("reading.py", "index/", "repair/", "prove/", "cli/")
WORLD = {"subprocess", "socket", "urllib3", "http", "shutil", "tempfile", "urllib.request"}

EXCEPTIONS: dict[str, str] = {}
"""`module imports module` → why it is allowed."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text("utf-8"))


def layer_of(path: str) -> int | None:
    """The index of the layer that a path such as `manifests/pyproject` belongs to; the longest match wins.

    The private modules of platforms/ are what builders and platforms share: they lie with the builders.
    """
    if path.startswith("platforms/_"):
        path = "platforms/builders"
    found = [(len(name), index) for index, name in enumerate(LAYERS) if path == name or path.startswith(f"{name}/")]
    return max(found)[1] if found else None


def is_module(name: str) -> bool:
    """Whether a dotted name is a module or package of trueup."""
    path = SOURCE.parent.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or path.is_dir()


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if is_module(inner) else node.module


def test_a_module_imports_only_downwards() -> None:
    """Nothing knows what is built on top of it."""
    wrong = []
    for name, tree in modules():
        own = layer_of(name.removesuffix(".py").removesuffix("/__init__"))
        if own is None:
            assert name in ("__init__.py", "__main__.py"), f"{name} belongs to no layer"
            continue
        for imported in imports(tree):
            if imported.startswith("trueup."):
                other = layer_of(imported.removeprefix("trueup.").replace(".", "/"))
                if other is not None and other > own and f"{name} imports {imported}" not in EXCEPTIONS:
                    wrong.append(f"{name} imports {imported}")
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_only_six_places_touch_the_world() -> None:
    """Prediction is pure: files are read in one place, the network in another, processes run in a third."""
    wrong = []
    for name, tree in modules():
        if name.startswith(MAY_TOUCH_THE_WORLD):
            continue
        wrong += [f"{name} imports {imported}" for imported in imports(tree) if imported in WORLD]
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("open", "exec", "eval")
            ):
                wrong.append(f"{name}:{node.lineno} calls {node.func.id}")
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_no_import_cycles() -> None:
    """A module can be read after those it imports; imports for type checking or inside functions count as well."""
    graph: dict[str, set[str]] = {}
    for name, tree in modules():
        own = "trueup." + name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        graph[own] = {imported for imported in imports(tree) if imported.startswith("trueup.") and imported != own}
    seen: dict[str, int] = {}

    def visit(node: str, path: tuple[str, ...]) -> None:
        assert seen.get(node) != 1, f"a cycle: {' → '.join((*path[path.index(node) :], node))}"
        if node in seen:
            return
        seen[node] = 1
        for other in sorted(graph.get(node, ())):
            visit(other, (*path, node))
        seen[node] = 2

    for node in sorted(graph):
        visit(node, ())
