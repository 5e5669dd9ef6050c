"""project.toml: the builder, what is left out, and variables whose values stay unsaid."""

from __future__ import annotations

from trueup.manifests.project_toml import parse
from trueup.model.project import SourceFile


def test_both_generations_of_the_format() -> None:
    new = '[_]\nschema-version = "0.2"\n[io.buildpacks]\nbuilder = "heroku/builder:24"\nexclude = ["docs/"]\n'
    old = '[build]\nbuilder = "heroku/builder:22"\ninclude = ["src"]\n[[build.env]]\nname = "A"\nvalue = "secret"\n'
    descriptor = parse(SourceFile("project.toml", new.encode()))
    assert descriptor.builder is not None
    assert (descriptor.builder.value, descriptor.builder.evidence[0].line) == ("heroku/builder:24", 4)
    assert descriptor.excluded == ("docs/",)
    older = parse(SourceFile("project.toml", old.encode()))
    assert older.included == ("src",)
    ((name, value, evidence),) = older.variables
    assert (name, value, evidence.line) == ("A", "secret", 4)
    assert "secret" not in evidence.text


def test_nothing_is_taken_from_other_shapes() -> None:
    for text in ("", "[", "io = 3", "[io]\nbuildpacks = []\n[build]\nenv = [1, {value = 2}]\nexclude = 'x'"):
        descriptor = parse(SourceFile("project.toml", text.encode()))
        assert (descriptor.builder, descriptor.excluded, descriptor.included, descriptor.variables) == (
            None,
            (),
            (),
            (),
        )
