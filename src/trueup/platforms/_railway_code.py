"""Railway's infrastructure as code: what a service of .railway/railway.ts says in the place of railway.json.

Sources, read 2026-11-20: railwayapp/docs@c2a634f1 (2026-08-21), content/docs/infrastructure-as-code.md and its
reference.md (service, project, start, healthcheck, healthcheckTimeout, replicas, env); railwayapp/railway-ts-sdk, the
package that the file imports: src/iac/schema.ts@0786a5f6 (BuildConfig and DeployConfig have every key of railway.json)
and src/iac/sdk.ts@14645ee9 (what `service` makes of its fields, among them `preDeploy` and `rootDirectory`);
railwayapp/cli@df3838bf, src/iac/change_set.rs:246-317 and 416-456: what a declared service does not say is planned
away, its variables and its source too. The file is evaluated by Railway's own tool, never by a build.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trueup.manifests._document import Document
from trueup.platforms._railway_schema import known_keys

_PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_UPPER = ("builder", "restartPolicyType", "buildEnvironment")
_SHORT = {
    "startCommand": "start",
    "preDeployCommand": "preDeploy",
    "healthcheckPath": "healthcheck",
    "healthcheckTimeout": "healthcheckTimeout",
}


@dataclass(frozen=True, slots=True)
class Translation:
    """The fields of a service that say what a configuration file said; and, in words, what has no place among them."""

    fields: dict[str, Any]
    left_out: tuple[str, ...]


def service_fields(document: Document) -> Translation:
    """What `service(name, …)` has to say for a railway.json or railway.toml.

    Args:
        document: the file, read as Railway reads it; keys that are null count as not set.
    """
    value = document.value if isinstance(document.value, dict) else {}
    build, left_out = _known("build", value.get("build"))
    deploy, further = _known("deploy", value.get("deploy"))
    left_out += further
    environments = value.get("environments")
    for name in environments if isinstance(environments, Mapping) else ():
        left_out.append(f"environments.{name} (the file asks ctx.environment instead)")
    left_out += [
        f"{key} (Railway reads no such key)"
        for key in value
        if key not in ("$schema", "build", "deploy", "environments")
    ]
    fields: dict[str, Any] = {}
    if build:
        fields["build"] = build["buildCommand"] if list(build) == ["buildCommand"] else build
    for key, short in _SHORT.items():
        if key in deploy:
            fields[short] = deploy.pop(key)
    replicas = _replicas(deploy)
    if replicas is not None:
        fields["replicas"] = replicas
    if deploy:
        fields["deploy"] = deploy
    return Translation(fields, tuple(left_out))


def _known(section: str, value: object) -> tuple[dict[str, Any], list[str]]:
    """The keys of a section that Railway knows and that are set, and what is left out."""
    if not isinstance(value, Mapping):
        return {}, []
    rows = known_keys(section, in_environment=True)
    found: dict[str, Any] = {}
    left_out = []
    for key, item in value.items():
        if key not in rows:
            left_out.append(f"{section}.{key} (Railway reads no such key)")
        elif key == "registryCredentials" and item:
            left_out.append(f"{section}.{key} (it holds a password: set it in the service's settings)")
        elif item is not None:
            found[key] = item.upper() if key in _UPPER and isinstance(item, str) else item
    return found, left_out


def _replicas(deploy: dict[str, Any]) -> Any:
    """Numbers of instances, by region where regions are named; what was read is taken out of `deploy`."""
    regions = deploy.get("multiRegionConfig")
    number = deploy.get("numReplicas")
    if isinstance(regions, Mapping) and regions:
        counts = {
            region: row.get("numReplicas", 1)
            for region, row in regions.items()
            if isinstance(row, Mapping) and set(row) <= {"numReplicas"}
        }
        if len(counts) != len(regions):
            return None
        for key in ("multiRegionConfig", "numReplicas", "region"):
            deploy.pop(key, None)
        return counts
    region = deploy.get("region")
    if region and not isinstance(region, str):
        return None
    for key in ("region", "numReplicas"):
        deploy.pop(key, None)
    return {region: number or 1} if region else number


def typescript(value: object, *, indent: int | None = None) -> str:
    """A value as TypeScript writes it: JSON, with plain keys without quotes.

    Args:
        value: texts, numbers, booleans, None, lists and objects of those.
        indent: blanks before the closing bracket of an object that is written one key a line; None for one line.
    """
    if isinstance(value, Mapping):
        parts = [
            f"{key if _PLAIN_KEY.fullmatch(str(key)) else json.dumps(str(key), ensure_ascii=False)}: "
            f"{typescript(item, indent=None if indent is None else indent + 2)}"
            for key, item in value.items()
        ]
        if indent is None or not parts:
            return f"{{ {', '.join(parts)} }}" if parts else "{}"
        lead = " " * (indent + 2)
        return "{\n" + "".join(f"{lead}{part},\n" for part in parts) + " " * indent + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(typescript(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False)
