"""What a railway.json says, as fields of a service in .railway/railway.ts: no key is lost unseen."""

from __future__ import annotations

import json

import pytest

from trueup.manifests.railway_json import load_railway
from trueup.model.project import SourceFile
from trueup.platforms._railway_code import Translation, service_fields, typescript
from trueup.platforms._railway_schema import known_keys


def translated(value: object) -> Translation:
    return service_fields(load_railway(SourceFile("railway.json", json.dumps(value).encode())))


CASES = [
    ({"build": {"buildCommand": "make"}}, 'build: "make"'),
    (
        {"build": {"builder": "dockerfile", "dockerfilePath": "Dockerfile.web", "buildCommand": None}},
        'build: { builder: "DOCKERFILE", dockerfilePath: "Dockerfile.web" }',
    ),
    (
        {"deploy": {"startCommand": 'sh -c "x"', "healthcheckPath": "/h", "healthcheckTimeout": 30}},
        'start: "sh -c \\"x\\"", healthcheck: "/h", healthcheckTimeout: 30',
    ),
    ({"deploy": {"preDeployCommand": ["a", "b"]}}, 'preDeploy: ["a", "b"]'),
    (
        {"deploy": {"restartPolicyType": "never", "restartPolicyMaxRetries": 3, "cronSchedule": "*/5 * * * *"}},
        'deploy: { restartPolicyType: "NEVER", restartPolicyMaxRetries: 3, cronSchedule: "*/5 * * * *" }',
    ),
    ({"deploy": {"numReplicas": 3}}, "replicas: 3"),
    ({"deploy": {"region": "us-west2", "numReplicas": 2}}, 'replicas: { "us-west2": 2 }'),
    ({"deploy": {"multiRegionConfig": {"us-west2": {"numReplicas": 2}}}}, 'replicas: { "us-west2": 2 }'),
]


@pytest.mark.parametrize(("value", "expected"), CASES)
def test_each_setting_has_its_field(value: object, expected: str) -> None:
    found = translated(value)
    assert typescript(found.fields) == f"{{ {expected} }}"
    assert found.left_out == ()


def test_every_key_of_the_schema_is_carried_over_or_named() -> None:
    """A key that the schema gains later cannot be forgotten."""
    for section in ("build", "deploy"):
        for key in known_keys(section, in_environment=True):
            found = translated({section: {key: {"x": 1}}})
            assert found.fields or any(f"{section}.{key}" in item for item in found.left_out), key


def test_what_has_no_place_is_named_and_a_password_is_not_shown() -> None:
    found = translated(
        {
            "$schema": "x",
            "name": "shop",
            "build": {"pythonVersion": "3.11"},
            "deploy": {"registryCredentials": {"username": "u", "password": "hidden"}},
            "environments": {"staging": {"deploy": {"startCommand": "x"}}},
        }
    )
    assert found.fields == {}
    text = "; ".join(found.left_out)
    assert "build.pythonVersion (Railway reads no such key)" in text
    assert "name (Railway reads no such key)" in text
    assert "deploy.registryCredentials" in text
    assert "environments.staging" in text
    assert "hidden" not in text


@pytest.mark.parametrize("value", [[], 1, "x", {"build": 1, "deploy": [1], "environments": 3}, {"environments": [1]}])
def test_a_file_of_another_form_says_nothing(value: object) -> None:
    assert translated(value).fields == {}


def test_an_object_over_several_lines() -> None:
    assert typescript({"a": 1, "b-c": {"d": [True, None]}}, indent=0) == (
        '{\n  a: 1,\n  "b-c": {\n    d: [true, null],\n  },\n}'
    )
