"""Where the code keeps data on the local disk: SQLite databases, uploads and files, below the service's root or not.

Sources: https://docs.sqlalchemy.org/en/20/dialects/sqlite.html, https://docs.python.org/3/library/sqlite3.html,
https://docs.djangoproject.com/en/stable/ref/settings/#databases (read 2026-11-20).
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from trueup.model.evidence import Evidence
from trueup.sourcecode._defaults_of_parameters import default_of
from trueup.sourcecode._reads import read_of
from trueup.sourcecode.conditions import may_run
from trueup.sourcecode.module import Site, SourceModule
from trueup.sourcecode.values import ROOT, Evaluator, FromEnvironment, Known, Value

_SQLITE = re.compile(r"^sqlite(?:\+\w+)?:///?(.*)$", re.DOTALL)
_ENGINES = re.compile(
    r"(^|\.)(create_engine|create_async_engine|AsyncEngine|Database|connect|databases\.Database|SqliteDatabase"
    r"|SqliteExtDatabase|register_tortoise|init)$"
)
_CONNECTS = frozenset({"sqlite3.connect", "aiosqlite.connect", "sqlite_utils.Database", "peewee.SqliteDatabase"})
_WRITERS = frozenset({"write_text", "write_bytes"})
_TEMPORARY = ("/tmp", "/var/tmp", "/dev/shm", "/proc")  # noqa: S108 - recognised, not used


@dataclass(frozen=True, slots=True)
class DiskWrite:
    """One place where data goes to the disk.

    `kind` is sqlite, upload or file; `place` a path from the service's root, or an absolute one; `variable` the
    environment variable that moves it elsewhere, where there is one; `is_one_of_several` where another statement of
    the module may decide instead.
    """

    kind: str
    place: str
    evidence: Evidence
    variable: str | None = None
    is_one_of_several: bool = False

    @property
    def in_tree(self) -> bool:
        """Whether it lies below the service's root."""
        return not self.place.startswith("/")

    @property
    def is_temporary(self) -> bool:
        """Whether it lies where nothing is meant to stay."""
        return self.place.startswith(_TEMPORARY) or self.place == ":memory:"


def disk_writes(
    modules: Iterable[SourceModule], evaluator: Evaluator, given: frozenset[str] = frozenset()
) -> tuple[DiskWrite, ...]:
    """Every place of some modules that surely writes to a known path, in the order of the text.

    Args:
        modules: the modules to look at.
        evaluator: tells what expressions are worth.
        given: the variables that are set: Django's settings ask for them to tell one platform from another.
    """
    found: list[DiskWrite] = []
    modules = tuple(modules)
    for module in modules:
        found += _databases(module, evaluator, modules)
        found += _django(module, evaluator, given)
        found += _files(module, evaluator)
    return tuple(dict.fromkeys(found))


def _place(text: str) -> str | None:
    """A path from the root, absolute, or None where it leads out of the tree."""
    if text.startswith(ROOT):
        text = text.removeprefix(ROOT).lstrip("/") or "."
    path = posixpath.normpath(text)
    return None if path.startswith("..") or len(path) > 300 else path


def _location(value: Value) -> tuple[str, str | None] | None:
    """The text of a path, and the variable that overrides it."""
    variable = value.name if isinstance(value, FromEnvironment) else None
    while isinstance(value, FromEnvironment):
        value = value.default if value.default is not None else Known(None)
    return (value.value, variable) if isinstance(value, Known) and isinstance(value.value, str) else None


def _sqlite_path(url: str) -> str | None:
    found = _SQLITE.match(url)
    if found is None:
        return None
    path = found.group(1).partition("?")[0]
    path = path.removeprefix("/") if path.startswith("//") else path
    return None if path in ("", ":memory:", "/:memory:") or path.startswith("file:") else path


def _databases(module: SourceModule, evaluator: Evaluator, modules: tuple[SourceModule, ...]) -> Iterator[DiskWrite]:
    """SQLite URLs, where a name is given one or an engine is made of one."""
    for name, values in module.assigned.items():
        for value, site in values:
            if name.isupper() or "url" in name.lower() or "uri" in name.lower():
                others = (other for other, _ in values if other is not value)
                variable = _first_read(module, others, site) if site.is_conditional else None
                for write in _url(module, evaluator, value, site):
                    yield replace(write, variable=write.variable or variable)
    for call, site in module.each(ast.Call):
        function = module.qualified(call.func)
        if function in _CONNECTS and call.args:
            located = _location(evaluator.evaluate(module, call.args[0], site))
            default = default_of(modules, module, call.args[0], site) if located is None else None
            located = _location(evaluator.evaluate(module, default)) if default is not None else located
            place = _place(located[0]) if located and located[0] not in ("", ":memory:") else None
            if located and place and not located[0].startswith("file:"):
                yield DiskWrite("sqlite", place, module.evidence(call), located[1])
        elif _ENGINES.search(function) and call.args:
            yield from _url(module, evaluator, call.args[0], site)
    for assign, site in module.each(ast.Assign):
        target = assign.targets[0]
        key = (
            target.slice.value if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant) else None
        )
        if key == "SQLALCHEMY_DATABASE_URI":
            yield from _url(module, evaluator, assign.value, site)
        elif key in ("UPLOAD_FOLDER", "UPLOADED_FILES_DEST"):
            yield from _folder(module, evaluator, assign.value, site)


def _first_read(module: SourceModule, values: Iterable[ast.expr], site: Site) -> str | None:
    """The variable that another value of the same name reads: what a condition falls back from."""
    parts = (part for value in values for part in ast.walk(value) if isinstance(part, ast.expr))
    reads = (read_of(module, part, site) for part in parts)
    return next((read.name for read in reads if read is not None), None)


def _url(module: SourceModule, evaluator: Evaluator, node: ast.expr, site: Site) -> Iterator[DiskWrite]:
    located = _location(evaluator.evaluate(module, node, site))
    path = _sqlite_path(located[0]) if located else None
    place = _place(path) if path else None
    if located and place:
        evidence = module.evidence(
            node, f"sqlite:///{place}" if located[1] is None else f"{located[1]} or SQLite in {place}"
        )
        yield DiskWrite("sqlite", place, evidence, located[1])


def _folder(module: SourceModule, evaluator: Evaluator, node: ast.expr, site: Site) -> Iterator[DiskWrite]:
    located = _location(evaluator.evaluate(module, node, site))
    place = _place(located[0]) if located and located[0] else None
    if located and place:
        yield DiskWrite("upload", place, module.evidence(node), located[1])


def _django(module: SourceModule, evaluator: Evaluator, given: frozenset[str]) -> Iterator[DiskWrite]:
    """DATABASES with the engine of SQLite, and MEDIA_ROOT."""
    if "INSTALLED_APPS" not in module.assigned:
        return
    is_changed = len(module.assigned.get("DATABASES", ())) > 1 or _is_changed_later(module)
    for value, site in module.assigned.get("DATABASES", ()):
        if not may_run(module, site, given):
            continue
        default = _entry(value, "default")
        engine = evaluator.text(module, _entry(default, "ENGINE"), site) if default is not None else None
        name = _entry(default, "NAME")
        if engine and engine.endswith("sqlite3") and name is not None:
            located = _location(evaluator.evaluate(module, name, site))
            place = _place(located[0]) if located and located[0] else None
            if located and place:
                several = is_changed or site.is_conditional
                yield DiskWrite("sqlite", place, module.evidence(name), located[1], several)
        elif isinstance(default, ast.Call):
            yield from _database_url(module, evaluator, default, site)
    elsewhere = list(_storages_elsewhere(module, evaluator))
    for value, site in module.assigned.get("MEDIA_ROOT", ()):
        if not may_run(module, site, given):
            continue
        several = site.is_conditional or any(other.is_conditional for other in elsewhere)
        if several or not elsewhere:
            yield from (replace(write, is_one_of_several=several) for write in _folder(module, evaluator, value, site))


def _is_changed_later(module: SourceModule) -> bool:
    """`DATABASES["default"] = …`, `DATABASES["default"].update(…)` and `django_heroku.settings(locals())`."""
    assigned = [target for assign, _ in module.each(ast.Assign) for target in assign.targets]
    changed = [target.value for target in assigned if isinstance(target, ast.Subscript)]
    for call, _ in module.each(ast.Call):
        if isinstance(call.func, ast.Attribute):
            called = call.func.value
            changed.append(called.value if isinstance(called, ast.Subscript) else called)
    if any(isinstance(entry, ast.Name) and entry.id == "DATABASES" for entry in changed):
        return True
    return any(module.qualified(call.func) == "django_heroku.settings" for call, _ in module.each(ast.Call))


def _storages_elsewhere(module: SourceModule, evaluator: Evaluator) -> Iterator[Site]:
    """Where the settings choose a storage for uploads that is not the local disk.

    Source: https://docs.djangoproject.com/en/stable/ref/settings/#storages (read 2026-11-20).
    """
    chosen = [(value, site) for value, site in module.assigned.get("DEFAULT_FILE_STORAGE", ())]
    for value, site in module.assigned.get("STORAGES", ()):
        backend = _entry(_entry(value, "default"), "BACKEND")
        chosen += [(backend, site)] if backend is not None else []
    for value, site in chosen:
        text = evaluator.text(module, value, site)
        if text is None or not text.endswith("FileSystemStorage"):
            yield site


def _database_url(module: SourceModule, evaluator: Evaluator, call: ast.Call, site: Site) -> Iterator[DiskWrite]:
    """`dj_database_url.config(default="sqlite:///…")` and `env.db(default=…)`."""
    found = _location(evaluator.evaluate(module, call, site))
    path = _sqlite_path(found[0]) if found else None
    place = _place(path) if path else None
    if found and place:
        yield DiskWrite("sqlite", place, module.evidence(call), found[1])


def _entry(node: ast.expr | None, key: str) -> ast.expr | None:
    if not isinstance(node, ast.Dict):
        return None
    for name, value in zip(node.keys, node.values, strict=True):
        if isinstance(name, ast.Constant) and name.value == key:
            return value
    return None


def _files(module: SourceModule, evaluator: Evaluator) -> Iterator[DiskWrite]:
    """`open(path, "w")`, `Path.write_text`, and uploads that are saved under a known folder."""
    for call, site in module.each(ast.Call):
        if module.qualified(call.func) == "open" and call.args:
            mode = next(
                (k.value for k in call.keywords if k.arg == "mode"), call.args[1] if len(call.args) > 1 else None
            )
            if isinstance(mode, ast.Constant) and isinstance(mode.value, str) and set(mode.value) & set("wax"):
                yield from _file(module, evaluator, call.args[0], call, site, "file")
        elif isinstance(call.func, ast.Attribute) and call.func.attr in _WRITERS:
            yield from _file(module, evaluator, call.func.value, call, site, "file")
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "save" and len(call.args) == 1:
            parts = [each.attr for each in ast.walk(call.func.value) if isinstance(each, ast.Attribute)]
            if "files" in parts:
                yield from _file(module, evaluator, call.args[0], call, site, "upload")


def _file(
    module: SourceModule, evaluator: Evaluator, node: ast.expr, call: ast.Call, site: Site, kind: str
) -> Iterator[DiskWrite]:
    """A file of a known path, or with a computed name in a known folder."""
    located = _location(evaluator.evaluate(module, node, site))
    if located is None:
        folder = _known_folder(module, node)
        located = _location(evaluator.evaluate(module, folder, site)) if folder is not None else None
    place = _place(located[0]) if located and located[0] else None
    if located and place:
        yield DiskWrite(kind, place, module.evidence(call), located[1])


def _known_folder(module: SourceModule, node: ast.expr) -> ast.expr | None:
    """The left side of `FOLDER / name` and the first argument of `os.path.join(FOLDER, name)`, through one name."""
    if isinstance(node, ast.Name):
        values = module.assigned.get(node.id, [])
        return (
            _known_folder(module, values[0][0]) if len(values) == 1 and not isinstance(values[0][0], ast.Name) else None
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return node.left
    if isinstance(node, ast.Call) and module.qualified(node.func) == "os.path.join" and len(node.args) > 1:
        return node.args[0]
    return None
