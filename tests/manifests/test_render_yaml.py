"""The Python versions that a blueprint states."""

from __future__ import annotations

from trueup.manifests.render_yaml import MANIFEST
from trueup.model.project import SourceFile
from trueup.registry import discover

TEXT = """\
services:
  - type: web
    name: api
    runtime: python
    pythonVersion: 3.10
    envVars:
      - key: PYTHON_VERSION
        value: 3.10
      - key: OTHER
        value: 3.9
projects:
  - name: p
    environments:
      - name: e
        envVarGroups:
          - name: g
            envVars:
              - {key: PYTHON_VERSION, value: "3.11.9"}
"""


def test_the_registry_finds_it() -> None:
    assert discover("trueup.manifests", "MANIFEST")["render-yaml"] is MANIFEST


def test_every_statement_has_its_line_and_its_spelling() -> None:
    found = MANIFEST.python_statements(SourceFile("render.yaml", TEXT.encode()))
    assert [(item.source, item.value, item.evidence.line) for item in found] == [
        ("PYTHON_VERSION in render.yaml", "3.10", 8),
        ("PYTHON_VERSION in render.yaml", "3.11.9", 18),
        ("pythonVersion in render.yaml", "3.10", 5),
    ]


def test_broken_files_and_scripts_state_nothing() -> None:
    assert MANIFEST.python_statements(SourceFile("render.yaml", b"a: [")) == ()
    assert MANIFEST.python_statements(SourceFile("build.sh", TEXT.encode())) == ()
    assert MANIFEST.python_statements(SourceFile("render.yaml", b"services: {envVars: 3}\nprojects: x\n")) == ()
