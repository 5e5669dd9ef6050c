"""The shape of a Render blueprint, in rows of our own.

Source of every row: the facts of the schema that Render publishes at https://render.com/schema/render.yaml.json, as of
2026-02-24 (read 2026-11-20). The schema is stricter than the platform: it refuses `env:`, which Render still accepts.
"""

from __future__ import annotations

from typing import Any

from trueup.manifests._document import Document
from trueup.manifests._schema import Schema, SchemaError, validate

SOURCE = "https://render.com/schema/render.yaml.json"
CHECKED = "2026-11-20"

TEXT: Schema = {"type": "string"}
SWITCH: Schema = {"type": "boolean"}
TEXTS: Schema = {"type": "array", "items": TEXT}
AT_LEAST_ONE: Schema = {"type": "integer", "minimum": 1}
PERCENT: Schema = {"type": "integer", "minimum": 1, "maximum": 90}
TEXT_OR_NUMBER: Schema = {"anyOf": [TEXT, {"type": "number"}]}

RUNTIMES = ("docker", "elixir", "go", "image", "node", "python", "ruby", "rust", "static")
SERVER_TYPES = ("web", "worker", "pserv")
KEYVALUE_TYPES = ("keyvalue", "redis")
_GIGABYTES = {
    "pro": (4, 8, 16, 32, 64, 128, 192, 256, 384, 512),
    "accelerated": (16, 32, 64, 128, 256, 384, 512, 768, 1024),
}
PLANS = (
    *("free", "starter", "standard", "pro", "pro plus", "pro max", "pro ultra"),
    *("basic-256mb", "basic-1gb", "basic-4gb"),
    *(f"{family}-{size}gb" for family, sizes in _GIGABYTES.items() for size in sizes),
)


def _one_of(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


def _open(required: str = "", /, **properties: Schema) -> Schema:
    """A mapping that may have further keys; `required` are key names with spaces between."""
    return {"type": "object", "properties": properties, "required": required.split()}


def _table(required: str = "", /, **properties: Schema) -> Schema:
    """A mapping that may have no further keys."""
    return {**_open(required, **properties), "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _texts(names: str) -> dict[str, Schema]:
    return dict.fromkeys(names.split(), TEXT)


PLAN = _one_of(*PLANS)
REGION = _one_of("oregon", "ohio", "frankfurt", "singapore", "virginia")
RUNTIME = _one_of(*RUNTIMES)
TRIGGER = _one_of("off", "commit", "checksPass")
GENERATION = _one_of("automatic", "manual", "off")
# A credential and an environment group may be anything but a table with other keys: the schema gives them no type.
CREDENTIAL: Schema = {
    "properties": {"fromRegistryCreds": _table("name", name=TEXT)},
    "required": ["fromRegistryCreds"],
    "additionalProperties": False,
}
IMAGE = _table("url", url=TEXT, creds=CREDENTIAL)
ALLOW_LIST = _list(_open("source", source=TEXT, description=TEXT))
BUILD_FILTER = _open(paths=TEXTS, ignoredPaths=TEXTS)

SERVICE_REFERENCE = _open(
    "name type",
    type=_one_of("web", "cron", "worker", "pserv", "static", "dpg", "job", "redis", "keyvalue"),
    **_texts("name property envVarKey"),
)
DATABASE_REFERENCE = _open("name property", **_texts("name property"))
LITERAL_VARIABLE = _table(
    "key", key=TEXT, value=TEXT_OR_NUMBER, previewValue=TEXT_OR_NUMBER, generateValue=SWITCH, sync=SWITCH
)
VARIABLE: Schema = {
    "anyOf": [
        _table("key fromDatabase", key=TEXT, fromDatabase=DATABASE_REFERENCE),
        _table("key fromService", key=TEXT, fromService=SERVICE_REFERENCE),
        _table("fromGroup", fromGroup=TEXT),
        LITERAL_VARIABLE,
    ]
}
VARIABLE_GROUP: Schema = {
    "properties": {"name": TEXT, "envVars": _list(LITERAL_VARIABLE)},
    "required": ["name", "envVars"],
    "additionalProperties": False,
}

_BUILT: dict[str, Schema] = {
    **_texts("name buildCommand repo branch rootDir"),
    "envVars": _list(VARIABLE),
    "buildFilter": BUILD_FILTER,
    "autoDeploy": SWITCH,
    "autoDeployTrigger": TRIGGER,
}
_RUN: dict[str, Schema] = {
    **_texts("startCommand dockerCommand dockerContext dockerfilePath"),
    "region": REGION,
    "plan": PLAN,
    "runtime": RUNTIME,
    "image": IMAGE,
    "registryCredential": CREDENTIAL,
}
_PUBLIC: dict[str, Schema] = {
    "domain": TEXT,
    "domains": TEXTS,
    "ipAllowList": ALLOW_LIST,
    "pullRequestPreviewsEnabled": SWITCH,
}

SERVER = _table(
    "type name runtime",
    **_BUILT,
    **_RUN,
    **_PUBLIC,
    **_texts("healthCheckPath preDeployCommand initialDeployHook"),
    type=_one_of(*SERVER_TYPES),
    numInstances=AT_LEAST_ONE,
    scaling=_open(
        minInstances=AT_LEAST_ONE,
        maxInstances=AT_LEAST_ONE,
        targetMemoryPercent=PERCENT,
        targetCPUPercent=PERCENT,
    ),
    disk=_table("name mountPath", name=TEXT, mountPath=TEXT, sizeGB=AT_LEAST_ONE),
    previews=_table(generation=GENERATION, plan=PLAN, numInstances=AT_LEAST_ONE),
    previewPlan=PLAN,
    maxShutdownDelaySeconds={"type": "integer", "minimum": 1, "maximum": 300},
)
CRON = _table("type name runtime schedule", **_BUILT, **_RUN, type={"type": "string", "const": "cron"}, schedule=TEXT)
STATIC = _table(
    "type name",
    **_BUILT,
    **_PUBLIC,
    type={"type": "string", "const": "web"},
    runtime={"type": "string", "const": "static"},
    staticPublishPath=TEXT,
    headers=_list(_open("path name value", **_texts("path name value"))),
    routes=_list(
        _open(
            "type source destination",
            type=_one_of("redirect", "rewrite"),
            **_texts("source destination"),
        )
    ),
    previews=_table(generation=GENERATION),
)
KEYVALUE = _table(
    "type name ipAllowList",
    **_texts("name maxmemoryPolicy"),
    type=_one_of(*KEYVALUE_TYPES),
    region=REGION,
    ipAllowList=ALLOW_LIST,
    plan=PLAN,
    previewPlan=PLAN,
)
DATABASE = _table(
    "name",
    **_texts("name databaseName user"),
    region=REGION,
    plan=PLAN,
    previewPlan=PLAN,
    diskSizeGB=AT_LEAST_ONE,
    previewDiskSizeGB=AT_LEAST_ONE,
    postgresMajorVersion=_one_of(*(str(major) for major in range(10, 19))),
    highAvailability=_table("enabled", enabled=SWITCH),
    ipAllowList=ALLOW_LIST,
    readReplicas=_list(_table(name=TEXT)),
)
SERVICE_KINDS: dict[str, Schema] = {"keyvalue": KEYVALUE, "cron": CRON, "server": SERVER, "static": STATIC}

_RESOURCES: dict[str, Schema] = {
    "services": _list({"anyOf": list(SERVICE_KINDS.values())}),
    "databases": _list(DATABASE),
    "envVarGroups": _list(VARIABLE_GROUP),
}
_GUARD = _one_of("enabled", "disabled")
ENVIRONMENT = _table(
    "name", **_RESOURCES, name=TEXT, networking=_table(isolation=_GUARD), permissions=_table(protection=_GUARD)
)
BLUEPRINT = _table(
    **_RESOURCES,
    version={"type": "string", "const": "1"},
    previews=_table(generation=GENERATION, expireAfterDays=AT_LEAST_ONE),
    previewsEnabled=SWITCH,
    previewsExpireAfterDays=AT_LEAST_ONE,
    projects=_list(_table("name environments", name=TEXT, environments=_list(ENVIRONMENT))),
    ungrouped=_table(**_RESOURCES),
)


def schema_errors(document: Document) -> list[SchemaError]:
    """Every departure of a blueprint from the published schema, in the order of their lines."""
    return validate(document, BLUEPRINT)


def keys_of(schema: Schema) -> tuple[str, ...]:
    """The keys that a table of these rows may have."""
    properties: dict[str, Any] = schema.get("properties", {})
    return tuple(properties)
