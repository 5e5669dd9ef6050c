"""Edits keep everything else: bytes, encodings, byte-order marks, line ends, comments, order and quoting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.manifests._document import load_json, load_toml, load_yaml
from trueup.model.project import SourceFile
from trueup.model.repair import edited
from trueup.repair.keys import (
    add_json_member,
    add_toml_key,
    add_yaml_item,
    add_yaml_key,
    remove_key,
    rename_key,
    set_string,
)
from trueup.repair.texts import NotEditableError, edits_between, split_lines, with_appended, with_line

ENCODINGS = {"utf-8": b"", "utf-8-sig": b"", "utf-16": b""}
LINES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00\ufeff"), max_size=12)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


def file_of(text: str, path: str, encoding: str = "utf-8") -> SourceFile:
    return SourceFile(path, text.encode(encoding))


@given(
    before=st.lists(st.tuples(LINES, ENDS), max_size=12),
    after=st.lists(st.tuples(LINES, ENDS), max_size=12),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_edits_between_give_the_wanted_bytes(
    before: list[tuple[str, str]], after: list[tuple[str, str]], encoding: str
) -> None:
    """Applying the edits gives exactly the wanted text, in the file's own encoding with its mark."""
    old, new = ("".join(line + end for line, end in lines) for lines in (before, after))
    file = file_of(old, "f.txt", encoding)
    if file.encoding != encoding or file.text != old:
        return
    found = edited(file.data, edits_between(file, new))
    assert found is not None
    assert SourceFile("f.txt", found).text == new or not new.strip()
    assert found == new.encode(encoding) or not new


@given(lines=st.lists(st.tuples(LINES, ENDS), min_size=1, max_size=12), data=st.data())
def test_one_changed_line_is_the_only_one_touched(lines: list[tuple[str, str]], data: st.DataObject) -> None:
    """The edits of a change in one line lie within that line."""
    text = "".join(line + end for line, end in lines)
    parts = split_lines(text)
    if not parts:
        return
    number = data.draw(st.integers(1, len(parts)))
    file = file_of(text, "f.txt")
    if file.text != text or not file.is_text:
        return
    edits = edits_between(file, with_line(text, number, "completely new"))
    start = len("".join(parts[: number - 1]).encode())
    end = start + len(parts[number - 1].encode())
    assert all(start <= edit.start <= edit.end <= end for edit in edits) or parts.count(parts[number - 1]) > 1


def test_bytes_that_are_no_text_are_left_alone() -> None:
    """A file that cannot be decoded is refused, not rewritten."""
    with pytest.raises(NotEditableError):
        edits_between(SourceFile("f.txt", b"caf\xe9\n"), "cafe\n")
    with pytest.raises(NotEditableError):
        edits_between(SourceFile("f.txt", problem="it is too large"), "x")


def test_lines_are_added_with_the_files_own_line_end() -> None:
    """\\r\\n stays \\r\\n, and a last line without an end gets one only where a line follows."""
    assert with_appended("a\r\nb", "x", "y") == "a\r\nb\r\nx\r\ny\r\n"
    assert with_appended("", "x") == "x\n"


TOML = """# head
[build] # why
builder = 'nixpacks'   # mine
"quoted key" = "v"

# about python
[python]
version = "3.11"

# about start
[start]
cmd = "run" # here
"""


def test_toml_keys() -> None:
    """A key is renamed in its own quotes; a table goes with its lines and leaves the next one's comment."""
    document = load_toml(file_of(TOML, "nixpacks.toml"))
    assert rename_key(document, ("start", "cmd"), "command") == TOML.replace("cmd =", "command =")
    assert rename_key(document, ("build", "quoted key"), "other") == TOML.replace('"quoted key"', '"other"')
    assert rename_key(document, ("start",), "begin") == TOML.replace("[start]", "[begin]")
    assert remove_key(document, ("build", "builder")) == TOML.replace("builder = 'nixpacks'   # mine\n", "")
    assert remove_key(document, ("python",)) == TOML.replace('[python]\nversion = "3.11"\n\n', "")
    assert set_string(document, ("build", "builder"), "railpack") == TOML.replace("'nixpacks'", "'railpack'")
    assert add_toml_key(document, ("build",), "x", "1") == TOML.replace('= "v"\n', '= "v"\nx = "1"\n')
    assert add_toml_key(document, ("variables",), "x", "1") == f'{TOML}\n[variables]\nx = "1"\n'


JSON = """{
  "build": {
    "nixpacksPath": "nixpacks.toml",
    "pythonVersion": "3.11.9"
  },
  "deploy": { "startCommand": "run", "x": [1, 2] }
}
"""


def test_json_members() -> None:
    """Members go with their comma; what is left is valid, and else the same."""
    document = load_json(file_of(JSON, "railway.json"))
    assert rename_key(document, ("build", "nixpacksPath"), "a") == JSON.replace('"nixpacksPath"', '"a"')
    last = remove_key(document, ("build", "pythonVersion"))
    assert last == JSON.replace(',\n    "pythonVersion": "3.11.9"', "")
    assert remove_key(document, ("build", "nixpacksPath")) == JSON.replace('\n    "nixpacksPath": "nixpacks.toml",', "")
    only = remove_key(load_json(file_of(last, "railway.json")), ("build", "nixpacksPath"))
    assert load_json(file_of(only, "railway.json")).value["build"] == {}
    assert remove_key(document, ("deploy", "startCommand")) == JSON.replace(' "startCommand": "run",', "")
    added = add_json_member(document, ("build",), "builder", "RAILPACK")
    assert added == JSON.replace('"3.11.9"\n', '"3.11.9",\n    "builder": "RAILPACK"\n')
    inline = add_json_member(document, ("deploy",), "y", True)
    assert inline == JSON.replace("[1, 2] }", '[1, 2], "y": true }')
    with_comments = load_json(file_of('{\n  // why\n  "a": 1, // mine\n  "b": 2\n}', "railpack.json"), comments=True)
    assert remove_key(with_comments, ("b",)).startswith('{\n  // why\n  "a": 1')


YAML = """services:
  # the web service
  - type: web
    name: api   # its name
    env: python
    envVars:
      - key: A
        value: "1"
      - key: B
        sync: false

  - type: worker
    name: bot
    runtime: python
"""


def test_yaml_keys_and_items() -> None:
    """Keys and items are written in the indentation of their neighbours; blank lines and comments stay."""
    document = load_yaml(file_of(YAML, "render.yaml"))
    assert rename_key(document, ("services", 0, "env"), "runtime") == YAML.replace("env: python", "runtime: python")
    assert remove_key(document, ("services", 0, "name")) == YAML.replace("    name: api   # its name\n", "")
    item = add_yaml_item(document, ("services", 0, "envVars"), ("key: C", "value: 3.11.9"))
    assert item == YAML.replace("        sync: false\n", "        sync: false\n      - key: C\n        value: 3.11.9\n")
    below = add_yaml_key(document, ("services", 1), "envVars", ("  - key: C", "    value: 3.11.9"))
    assert below == f"{YAML}    envVars:\n      - key: C\n        value: 3.11.9\n"
    assert set_string(document, ("services", 0, "envVars", 0, "value"), "2") == YAML.replace('"1"', '"2"')
    assert set_string(document, ("services", 1, "runtime"), "3.10") == YAML.replace(
        "runtime: python", 'runtime: "3.10"'
    )


def test_yaml_in_brackets_is_refused() -> None:
    """A list in brackets is not taken apart."""
    document = load_yaml(file_of("services: [{name: a, envVars: [{key: A, value: b}]}]\n", "render.yaml"))
    with pytest.raises(NotEditableError):
        add_yaml_item(document, ("services", 0, "envVars"), ("key: C",))


KEYS = st.text("abcdefgh_", min_size=1, max_size=6)


@given(
    st.dictionaries(KEYS, st.dictionaries(KEYS, st.one_of(st.integers(), st.text("xyz \"'#", max_size=6)), max_size=4))
)
def test_any_json_member_can_be_removed_and_renamed(value: dict[str, dict[str, object]]) -> None:
    """For every member: the document without it, or with it renamed, and nothing else changed."""
    import json

    for indent in (None, 2):
        text = json.dumps(value, indent=indent)
        document = load_json(file_of(text, "x.json"))
        for table, members in value.items():
            for key in members:
                left = {**value, table: {name: item for name, item in members.items() if name != key}}
                assert json.loads(remove_key(document, (table, key))) == left
                renamed = json.loads(rename_key(document, (table, key), "NEW"))
                assert list(renamed[table].values()) == list(members.values())
                assert list(renamed[table]) == ["NEW" if name == key else name for name in members]
