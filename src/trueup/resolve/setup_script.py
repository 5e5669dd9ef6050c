"""What a setup.py says about building extensions, read from its syntax tree and never run."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, field

_EXTENSION_KEYWORDS = frozenset({"ext_modules", "rust_extensions", "cffi_modules", "cython_modules", "ext_package"})
_EXTENSION_CALLS = {
    "Extension": "",
    "cythonize": "cython",
    "mypycify": "c",
    "RustExtension": "rust",
    "Pybind11Extension": "c++",
    "CMakeExtension": "c++",
    "CppExtension": "c++",
    "CUDAExtension": "c++",
    "PyO3Extension": "rust",
}
_SUFFIXES = {
    "c": "c", "cc": "c++", "cpp": "c++", "cxx": "c++", "pyx": "cython", "rs": "rust",
    "f": "fortran", "f90": "fortran", "f77": "fortran", "f95": "fortran",
}  # fmt: skip
LARGEST_SCRIPT = 1 << 20
"""Bytes above which a setup script is not read."""


@dataclass
class SetupScript:
    """What one build script says.

    `extension_line` is the first line that speaks of extensions (None: none does), `extension_text` that line's words;
    `imports` are the modules imported where nothing catches a failure, with their lines; `problem` says why the script
    could not be read.
    """

    path: str
    extension_line: int | None = None
    extension_text: str = ""
    languages: set[str] = field(default_factory=set)
    libraries: set[str] = field(default_factory=set)
    imports: dict[str, int] = field(default_factory=dict)
    keywords: dict[str, int] = field(default_factory=dict)
    builds_by_command: int | None = None
    """The line of a build command of its own that starts another program (cmake, make, cargo)."""
    own_command: int | None = None
    """The line of a class that is made of `build_ext` and runs in its own way, with or without extensions declared."""
    goes_on_line: int | None = None
    """The line from which on a failed compile is only a warning, so that the distribution installs without extensions;
    None where a failure ends the build."""
    problem: str = ""


def read_setup_script(path: str, source: bytes) -> SetupScript:
    """Read a setup.py or a module beside it.

    Args:
        path: its path in the sdist, for evidence.
        source: its bytes.

    Returns:
        What it says; never raises. A script in Python 2's syntax has only a `problem`.
    """
    script = SetupScript(path)
    if len(source) > LARGEST_SCRIPT:
        script.problem = "it is too large to be a setup script"
        return script
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        script.problem = f"it is no valid Python 3: {getattr(error, 'msg', error)}"
        return script
    _imports(tree.body, script)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            _call(node, script)
        elif isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Subscript)):
            _names(node, script)
        elif isinstance(node, ast.ClassDef) and any(_called(base).endswith("build_ext") for base in node.bases):
            runs = any(isinstance(one, ast.FunctionDef) and one.name == "run" for one in node.body)
            script.own_command = script.own_command or (node.lineno if runs else None)
    script.goes_on_line = _goes_on(tree)
    return script


def _goes_on(tree: ast.Module) -> int | None:
    """Where a failed compile is passed over: by the command that builds extensions, or as all of them are optional.

    Source: https://setuptools.pypa.io/en/latest/userguide/ext_modules.html (`optional`); the command is what pymongo,
    tornado, MarkupSafe and zope.interface have in their setup.py (read 2026-11-20).
    """
    extensions = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node.func) in _EXTENSION_CALLS
    ]
    optional = [keyword for node in extensions for keyword in node.keywords if keyword.arg == "optional"]
    needed = any(isinstance(one.value, ast.Constant) and not one.value.value for one in optional)
    if extensions and len(optional) == len(extensions) and not needed:
        return optional[0].value.lineno
    caught = {
        name.id
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Name) and not _ends_in_error(node, set())
        for name in [node.type]
    }
    for method in ast.walk(tree):
        if isinstance(method, ast.FunctionDef) and method.name == "build_extension":
            for node in (one for one in ast.walk(method) if isinstance(one, ast.Try)):
                calls = [call for one in node.body for call in ast.walk(one) if isinstance(call, ast.Call)]
                builds = any(_called(call.func) == "build_extension" for call in calls)
                if builds and node.handlers and not any(_ends_in_error(one, caught) for one in node.handlers[:1]):
                    return node.handlers[0].lineno
    return None


def _ends_in_error(handler: ast.ExceptHandler, caught: set[str]) -> bool:
    """Whether a handler always raises, and not what another place catches. A `raise` below an `if` is a wish."""
    for statement in handler.body:
        if isinstance(statement, ast.Raise):
            raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
            return not (isinstance(raised, ast.Name) and raised.id in caught)
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and _called(call.func) in ("exit", "_exit"):
            return True
    return False


def _imports(body: list[ast.stmt], script: SetupScript) -> None:
    """The imports that run whenever the script does and that nothing catches."""
    for statement in body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                script.imports.setdefault(alias.name.split(".")[0], statement.lineno)
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            script.imports.setdefault(statement.module.split(".")[0], statement.lineno)
        elif isinstance(statement, ast.With):
            _imports(statement.body, script)


def _call(node: ast.Call, script: SetupScript) -> None:
    name = _called(node.func)
    if name in _EXTENSION_CALLS:
        _note(script, node.lineno, f"{name}(…)")
        if _EXTENSION_CALLS[name]:
            script.languages.add(_EXTENSION_CALLS[name])
        _extension(node, script)
    elif name in ("setup", "setup_package"):
        for keyword in node.keywords:
            _setup_keyword(keyword, script)
    elif name in ("check_call", "check_output", "run", "call", "Popen", "spawn", "system") and node.args:
        words = " ".join(_strings(node.args[0]))
        if any(program in words.split() for program in ("cmake", "make", "cargo", "ninja", "meson", "./configure")):
            script.builds_by_command = script.builds_by_command or node.lineno


def _setup_keyword(keyword: ast.keyword, script: SetupScript) -> None:
    if keyword.arg is None:
        return
    empty = isinstance(keyword.value, (ast.List, ast.Tuple)) and not keyword.value.elts
    nothing = isinstance(keyword.value, ast.Constant) and not keyword.value.value
    if not empty and not nothing:
        script.keywords.setdefault(keyword.arg, keyword.value.lineno)
        if keyword.arg in _EXTENSION_KEYWORDS and keyword.arg != "ext_package":
            _note(script, keyword.value.lineno, f"{keyword.arg}=…")
            if keyword.arg == "rust_extensions":
                script.languages.add("rust")


def _names(node: ast.AST, script: SetupScript) -> None:
    """`kwargs["ext_modules"] = …` and the like."""
    targets = node.targets if isinstance(node, ast.Assign) else [node]
    for target in targets:
        if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
            key = target.slice.value
            if key in _EXTENSION_KEYWORDS:
                _note(script, target.lineno, f'["{key}"] = …')


def _extension(node: ast.Call, script: SetupScript) -> None:
    for keyword in node.keywords:
        if keyword.arg == "libraries":
            script.libraries.update(_strings(keyword.value))
        elif keyword.arg == "language" and {text.lower() for text in _strings(keyword.value)} & {"c++", "cpp"}:
            script.languages.add("c++")
    for text in _strings(node):
        suffix = text.rpartition(".")[2].lower() if "." in text and "\n" not in text else ""
        if suffix in _SUFFIXES:
            script.languages.add(_SUFFIXES[suffix])


def _note(script: SetupScript, line: int, text: str) -> None:
    if script.extension_line is None or line < script.extension_line:
        script.extension_line, script.extension_text = line, text


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def _strings(node: ast.AST) -> list[str]:
    return [one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
