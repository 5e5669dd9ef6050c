"""The Python versions that the files of Railway and its builders state, and the lines of a Procfile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.manifests import nixpacks_toml, procfile, railway_json
from trueup.model.project import SourceFile


def stated(module: object, path: str, text: str) -> list[tuple[str, str, int | None]]:
    file = SourceFile(path, text.encode())
    statements = module.MANIFEST.python_statements(file)  # type: ignore[attr-defined]
    return [(item.source, item.value, item.evidence.line) for item in statements]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[python]\nversion = "3.11"\n', [("nixpacks.toml [python]", "3.11", 2)]),
        ('pythonVersion = "3.11"\n', [("pythonVersion in nixpacks.toml", "3.11", 1)]),
        ("python_version = 3.10\n", [("python_version in nixpacks.toml", "3.10", 1)]),
        (
            '[variables]\nNIXPACKS_PYTHON_VERSION = "3.12"\n',
            [("NIXPACKS_PYTHON_VERSION in nixpacks.toml", "3.12", 2)],
        ),
        (
            '[phases.setup]\nnixPkgs = [\n  "gcc",\n  "python311",\n  "python311Packages.pip",\n]\n',
            [("nixPkgs in nixpacks.toml", "python311", 4)],
        ),
        ('providers = ["python"]\n[variables]\nPYTHONPATH = "3"\n', []),
        ("[broken", []),
    ],
)
def test_nixpacks_toml(text: str, expected: list[tuple[str, str, int | None]]) -> None:
    assert stated(nixpacks_toml, "api/nixpacks.toml", text) == expected


def test_railway_json_and_toml() -> None:
    text = '{"build": {"pythonVersion": "3.11",\n"nixpacksPlan": {"phases": {"setup": {"nixPkgs": ["python312"]}}}}}'
    assert stated(railway_json, "railway.json", text) == [
        ("pythonVersion in railway.json", "3.11", 1),
        ("nixPkgs in railway.json", "python312", 2),
    ]
    assert stated(railway_json, "railway.toml", '[python]\nversion = "3.11"\n') == [
        ("railway.toml [python]", "3.11", 2)
    ]


@given(st.sampled_from(["nixpacks.toml", "nixpacks.json", "railway.json", "railway.toml"]), st.binary(max_size=60))
def test_no_content_raises(path: str, data: bytes) -> None:
    module = nixpacks_toml if path.startswith("nixpacks") else railway_json
    assert isinstance(module.MANIFEST.python_statements(SourceFile(path, data)), tuple)


def test_a_procfile_has_one_process_type_on_each_line() -> None:
    text = "# ours\nweb: gunicorn app:app --bind 0.0.0.0:$PORT\n\nworker:python w.py\nnot a process\n"
    types = procfile.process_types(SourceFile("Procfile", text.encode()))
    assert [(item.name, item.command, item.evidence.line) for item in types] == [
        ("web", "gunicorn app:app --bind 0.0.0.0:$PORT", 2),
        ("worker", "python w.py", 4),
    ]
