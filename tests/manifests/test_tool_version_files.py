"""The Python versions that the files of mise, asdf, pyenv and Railpack state."""

from __future__ import annotations

import pytest

from trueup.manifests import mise_toml, python_version, railpack_json, tool_versions
from trueup.manifests._interface import Manifest
from trueup.model.project import SourceFile

CASES: list[tuple[Manifest, str, str, list[tuple[str, str, int]]]] = [
    (
        python_version.MANIFEST,
        ".python-version",
        "# pinned\n3.11.9 # why\n\n3.12\n",
        [(".python-version", "3.11.9", 2), (".python-version", "3.12", 4)],
    ),
    (python_version.MANIFEST, "a/.python-versions", "3.11#x\r\n", [(".python-versions", "3.11#x", 1)]),
    (python_version.MANIFEST, ".python-version", "# nothing\n", []),
    (
        tool_versions.MANIFEST,
        ".tool-versions",
        "nodejs 20\npython: 3.12 3.11 # both\n",
        [(".tool-versions", "3.12", 2), (".tool-versions", "3.11", 2)],
    ),
    (mise_toml.MANIFEST, "mise.toml", '[tools]\nnode = "20"\npython = "3.12"\n', [("mise.toml", "3.12", 3)]),
    (mise_toml.MANIFEST, ".mise.toml", '[tools.python]\nversion = "3.12"\n', [("mise.toml", "3.12", 1)]),
    (
        mise_toml.MANIFEST,
        "mise.toml",
        '[tools]\npython = [\n  "3.12",\n  {version = "3.11"},\n]\n',
        [("mise.toml", "3.12", 3), ("mise.toml", "3.11", 4)],
    ),
    (mise_toml.MANIFEST, "mise.toml", "[tools\n", []),
    (mise_toml.MANIFEST, "mise.toml", "tools = 3\n", []),
    (
        railpack_json.MANIFEST,
        "railpack.json",
        '{\n// HuJSON\n"packages": {"python": "3.12",},\n}',
        [("railpack.json", "3.12", 3)],
    ),
    (railpack_json.MANIFEST, "railpack.json", '{"packages": {"python": 3}}', []),
    (railpack_json.MANIFEST, "railpack.json", "{", []),
]


@pytest.mark.parametrize(("manifest", "path", "text", "expected"), CASES)
def test_statements(manifest: Manifest, path: str, text: str, expected: list[tuple[str, str, int]]) -> None:
    found = manifest.python_statements(SourceFile(path, text.encode()))
    assert [(item.source, item.value, item.evidence.line) for item in found] == expected
    assert all(item.evidence.path == path for item in found)


def test_ids_are_the_names_of_the_modules() -> None:
    ids = [module.MANIFEST.id for module in (mise_toml, python_version, railpack_json, tool_versions)]
    assert ids == ["mise-toml", "python-version", "railpack-json", "tool-versions"]
