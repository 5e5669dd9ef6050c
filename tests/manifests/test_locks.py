"""The lockfiles of uv, Poetry, PDM and Pipenv, and pylock.toml."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.manifests._files import PDM_LOCK, PIPFILE, PIPFILE_LOCK, POETRY_LOCK, PYLOCK, UV_LOCK, source
from trueup.manifests import pdm_lock, pipfile, pipfile_lock, poetry_lock, pylock, uv_lock
from trueup.manifests._lock import Lockfile
from trueup.model.project import SourceFile
from trueup.model.requirement import LockedPackage


def by_name(lock: Lockfile) -> dict[str, LockedPackage]:
    assert not lock.problems
    return {f"{p.name} {p.version}": p for p in lock.packages}


def test_uv_lock() -> None:
    lock = uv_lock.parse(source("uv.lock", UV_LOCK))
    packages = by_name(lock)
    assert packages["anyio 4.6.0"].files == ("anyio-4.6.0-py3-none-any.whl", "anyio-4.6.0.tar.gz")
    assert packages["anyio 4.6.0"].evidence.line == 6
    assert packages["anyio 4.6.0"].evidence.text == 'name = "anyio"'
    assert str(packages["numpy 2.1.0"].marker) == 'python_full_version >= "3.12"'
    assert len(packages["numpy 1.26.4"].files) == 2
    assert packages["starlette 0.38.0"].dependencies == (("anyio", None, frozenset()),)
    assert [d[0] for d in packages["starlette 0.38.0"].optional_dependencies["full"]] == ["itsdangerous"]
    assert packages["itsdangerous 2.2.0"].source == "vcs"
    (member,) = lock.members
    assert [(name, str(marker), extras) for name, marker, extras in member.dependencies] == [
        ("numpy", 'python_full_version < "3.12"', frozenset()),
        ("starlette", 'sys_platform == "linux"', {"full"}),
    ]
    assert set(member.groups) == {"dev"}
    assert lock.requires_python == ">=3.11"
    (statement,) = uv_lock.python_statements(source("uv.lock", UV_LOCK))
    assert (statement.value, statement.evidence.line) == (">=3.11", 3)


def test_poetry_lock() -> None:
    lock = poetry_lock.parse(source("poetry.lock", POETRY_LOCK))
    packages = by_name(lock)
    django = packages["django 4.2.16"]
    assert django.files == ("Django-4.2.16-py3-none-any.whl", "Django-4.2.16.tar.gz")
    assert django.groups == {"main"}
    assert [(name, marker and str(marker)) for name, marker, _ in django.dependencies] == [
        ("asgiref", None),
        ("tzdata", 'sys_platform == "win32"'),
    ]
    assert [d[0] for d in django.optional_dependencies["argon2"]] == ["argon2-cffi"]
    assert str(packages["asgiref 3.8.1"].marker) == 'python_version >= "3.8"'
    assert str(packages["tzdata 2024.1"].marker) == 'sys_platform == "win32" or sys_platform == "cygwin"'
    assert lock.is_flat
    assert [s.value for s in poetry_lock.python_statements(source("poetry.lock", POETRY_LOCK))] == ["^3.9"]


def test_an_old_poetry_lock_keeps_its_files_apart() -> None:
    lock = poetry_lock.parse(
        source(
            "poetry.lock",
            """
            [[package]]
            name = "flask"
            version = "1.0"
            category = "main"
            optional = false
            [metadata]
            lock-version = "1.1"
            python-versions = "*"
            [metadata.files]
            flask = [
                {file = "Flask-1.0-py2.py3-none-any.whl", hash = "sha256:aa"},
            ]
            """,
        )
    )
    (package,) = lock.packages
    assert package.groups == {"main"}
    assert package.files == ("Flask-1.0-py2.py3-none-any.whl",)
    assert not lock.is_flat


def test_pdm_lock() -> None:
    lock = pdm_lock.parse(source("pdm.lock", PDM_LOCK))
    packages = by_name(lock)
    assert set(packages) == {"uvicorn 0.32.0", "httptools 0.6.1", "pytest 8.0.0"}
    assert packages["uvicorn 0.32.0"].files == ("uvicorn-0.32.0-py3-none-any.whl",)
    assert [d[0] for d in packages["uvicorn 0.32.0"].optional_dependencies["standard"]] == ["httptools"]
    assert str(packages["httptools 0.6.1"].marker) == 'sys_platform != "win32"'
    assert lock.requires_python == "==3.12.*"
    assert lock.requires_python_evidence is not None
    assert lock.requires_python_evidence.text == 'requires_python = "==3.12.*"'


def test_pylock() -> None:
    packages = by_name(pylock.parse(source("pylock.toml", PYLOCK)))
    assert packages["attrs 25.1.0"].files == ("attrs-25.1.0-py3-none-any.whl",)
    assert str(packages["cattrs 24.1.2"].marker) == 'sys_platform == "linux"'
    assert packages["cattrs 24.1.2"].dependencies[0][0] == "attrs"


def test_pipfile_and_its_lock() -> None:
    found = pipfile.parse(source("Pipfile", PIPFILE))
    flask, psycopg2, local, gunicorn = found.categories["packages"]
    assert (flask.pinned, str(gunicorn.specifier)) == ("3.0.0", ">=21")
    assert str(psycopg2.marker) == 'python_version < "3.13" and sys_platform == "linux"'
    assert local.local_path == "."
    assert local.editable
    assert [s.value for s in pipfile.python_statements(source("Pipfile", PIPFILE))] == ["3.11.9", "3.11"]
    lock = pipfile_lock.parse(source("Pipfile.lock", PIPFILE_LOCK))
    packages = by_name(lock)
    assert packages["flask 3.0.0"].evidence.line == 11
    assert packages["pytest 8.0.0"].groups == {"develop"}
    (statement,) = pipfile_lock.python_statements(source("Pipfile.lock", PIPFILE_LOCK))
    assert (statement.source, statement.value, statement.evidence.line) == ("Pipfile.lock python_version", "3.11", 6)


PARSERS: dict[str, Callable[[SourceFile], Lockfile]] = {
    "uv.lock": uv_lock.parse,
    "poetry.lock": poetry_lock.parse,
    "pdm.lock": pdm_lock.parse,
    "pylock.toml": pylock.parse,
    "Pipfile.lock": pipfile_lock.parse,
}


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize(
    "data",
    [
        b"<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> z\n",
        b"\0\0\0",
        b"\xff\xfea\0",
        b"version https://git-lfs.github.com/spec/v1\n",
        b"nonsense",
        b"{" * 5000,
    ],
)
def test_broken_locks_are_one_problem(name: str, data: bytes) -> None:
    (problem,) = PARSERS[name](source(name, data)).problems
    assert problem.rule == "unreadable-file"


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize("text", ["package = 3\n", "[[package]]\n[[package]]\nname = 3\n", "[package]\nx = 1\n"])
def test_locks_of_another_shape_never_raise(name: str, text: str) -> None:
    PARSERS[name](source(name, text))
    PARSERS[name](source(name, '{"default": [1], "develop": {"a": 3}, "_meta": 4}'))


def test_a_large_uv_lock_is_read_quickly() -> None:
    """A megabyte of lockfile, most of it lists of files."""
    wheel = '    {{ url = "https://files.example/ab/pkg{n}-1.0-cp3{v}-cp3{v}-linux_{v}.whl", hash = "sha256:{h}" }},\n'
    packages = [
        f'[[package]]\nname = "pkg{n}"\nversion = "1.0"\nsource = {{ registry = "https://index.example" }}\n'
        f'dependencies = [\n    {{ name = "pkg{n - 1}" }},\n]\nwheels = [\n'
        + "".join(wheel.format(n=n, v=v, h="0123456789abcdef" * 4) for v in range(20))
        + "]\n"
        for n in range(1, 300)
    ]
    file = source("uv.lock", ('version = 1\nrequires-python = ">=3.9"\n\n' + "\n".join(packages)).encode())
    assert len(file.data) > 800_000
    started = time.perf_counter()
    lock = uv_lock.parse(file)
    assert time.perf_counter() - started < 0.4
    assert len(lock.packages) == 299
    assert all(len(package.files) == 20 for package in lock.packages)
    assert file.lines[lock.packages[200].evidence.line - 1] == 'name = "pkg201"'  # type: ignore[operator]
