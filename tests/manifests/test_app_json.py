"""app.json: what it says, and whose it is."""

from __future__ import annotations

import pytest

from trueup.manifests.app_json import parse, unknown_keys
from trueup.model.project import SourceFile


def test_shapes_that_heroku_does_not_take_give_nothing() -> None:
    for text in ("[]", "5", "null", '{"env": [], "buildpacks": "x", "formation": 3, "stack": {}}'):
        app = parse(SourceFile("app.json", text.encode()))
        assert (app.variables, app.buildpacks, app.formation(), app.stack) == ((), (), {}, None)


@pytest.mark.parametrize(
    ("text", "is_heroku"),
    [
        ('{"env": {}}', True),
        ('{"scripts": {"postdeploy": "x"}}', True),
        ('{"scripts": {"start": "x"}}', False),
        ('{"name": "x", "displayName": "X"}', False),
        ('{"expo": {}, "env": {}}', False),
        ("{", False),
    ],
)
def test_whose_file_it_is(text: str, is_heroku: bool) -> None:
    assert parse(SourceFile("app.json", text.encode())).belongs_to_heroku is is_heroku


def test_unknown_keys_are_found_on_every_level() -> None:
    text = '{"a": 1, "addons": ["x", {"plan": "p", "b": 1}], "formation": {"web": {"c": 1}}, "environments": {"d": {}}}'
    known = {"": frozenset({"addons", "formation", "environments"}), "addons": frozenset({"plan"})}
    known |= {"formation": frozenset(), "environments": frozenset(), "env": frozenset()}
    known |= {"scripts": frozenset(), "buildpacks": frozenset()}
    found = unknown_keys(parse(SourceFile("app.json", text.encode())), known)
    assert {path for path, _, _ in found} == {
        ("a",),
        ("addons", 1, "b"),
        ("formation", "web", "c"),
        ("environments", "d"),
    }
