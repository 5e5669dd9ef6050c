"""Setup scripts that go on without their extensions when a compile fails, and those that do not."""

from __future__ import annotations

import pytest

from tests.resolve.fake_index import FakeIndex, FakeReleases
from trueup.model.distribution import Outcome
from trueup.resolve.forecast import sdist_outcome
from trueup.resolve.setup_script import read_setup_script

COMMAND = """
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

class Failed(Exception):
    pass

class builds(build_ext):
    def build_extension(self, ext):
        try:
            super().build_extension(ext)
        except Exception:
            {handler}

def run(modules):
    setup(name="small", ext_modules=modules, cmdclass={{"build_ext": builds}})

{call}
"""
CAUGHT = """
try:
    run([Extension("small", ["small.c"])])
except Failed:
    run([])
"""
PLAIN = 'run([Extension("small", ["small.c"])])'


@pytest.mark.parametrize(
    ("handler", "call", "goes_on"),
    [
        ("print('slower')", PLAIN, True),
        ("raise Failed()", CAUGHT, True),
        ("raise Failed()", PLAIN, False),
        ("raise", PLAIN, False),
        ("print('no'); raise", PLAIN, False),
        ("raise SystemExit(1)", PLAIN, False),
    ],
)
def test_a_command_that_passes_over_a_failure(handler: str, call: str, goes_on: bool) -> None:
    """Only a handler that does not end the build lets the distribution install without its extensions."""
    script = read_setup_script("setup.py", COMMAND.format(handler=handler, call=call).encode())
    assert (script.goes_on_line is not None) is goes_on


@pytest.mark.parametrize(
    ("optional", "goes_on"),
    [("optional=True", True), ("optional=not strict", True), ("optional=False", False), ("", False)],
)
def test_optional_extensions(optional: str, goes_on: bool) -> None:
    """Setuptools passes over an extension that is marked as optional."""
    text = (
        f"from setuptools import Extension, setup\nsetup(ext_modules=[Extension('small', ['small.c'], {optional})])\n"
    )
    assert (read_setup_script("setup.py", text.encode()).goes_on_line is not None) is goes_on


def test_one_extension_that_is_needed() -> None:
    """All of them must be optional."""
    text = "setup(ext_modules=[Extension('a', ['a.c'], optional=True), Extension('b', ['b.c'])])\n"
    assert read_setup_script("setup.py", text.encode()).goes_on_line is None


OWN = """
from setuptools import setup
from setuptools.command.build_ext import build_ext

class Builder(build_ext):
    def {method}(self):
        compile_everything()

setup(name="small", cmdclass={{"build_ext": Builder}})
"""


@pytest.mark.parametrize(
    ("method", "members", "outcome"),
    [
        ("run", {"core/small.c": ""}, Outcome.COMPILES),
        ("run", {"small.py": ""}, Outcome.PURE_SDIST),
        ("finalize_options", {"core/small.c": ""}, Outcome.PURE_SDIST),
    ],
)
def test_a_command_that_builds_in_its_own_way(method: str, members: dict[str, str], outcome: Outcome) -> None:
    """As uWSGI: no extension is declared, and all the same it compiles."""
    index = FakeIndex().add("small", "1", wheels=(), sdist_members={"setup.py": OWN.format(method=method), **members})
    found = index.releases(["small"])["small"]
    assert isinstance(found, FakeReleases)
    assert sdist_outcome(index, found.files("1")[0])[0] is outcome
