"""The shape of a Render blueprint, in rows of our own.

Source of every row: the facts of the schema that Render publishes at https://render.com/schema/render.yaml.json, as of
2026-10-02 (a copy: bex-co/bex@3f9f53e lego/backend/internal/apps/schema/render.yaml.json, read 2026-11-20). The schema
is stricter than the platform: it refuses `env:`, which Render still accepts.
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
NATIVE_RUNTIMES = ("elixir", "go", "node", "python", "ruby", "rust")
SERVER_TYPES = ("web", "worker", "pserv")
KEYVALUE_TYPES = ("keyvalue", "redis")
SERVICE_TYPES = (*SERVER_TYPES, "cron", "keyvalue", "workflow")
_GIGABYTES = {
    "pro": (4, 8, 16, 32, 64, 128, 192, 256, 384, 512),
    "accelerated": (16, 32, 64, 128, 256, 384, 512, 768, 1024),
}
OLD_PLANS = ("starter", "standard", "pro", "pro plus")
_BIG_PLANS = ("pro max", "pro ultra")
_SIZES = ("0.5c-512mb", "1c-2g", *(f"{cores}c-{cores * ratio}g" for cores in (2, 4, 8) for ratio in (2, 4, 8)))
CRON_PLANS = (*OLD_PLANS, *_SIZES)
SERVER_PLANS = ("free", *OLD_PLANS, *_BIG_PLANS, *_SIZES, "12c-24g", "12c-48g", "12c-96g")
KEYVALUE_PLANS = ("free", *OLD_PLANS, *_BIG_PLANS, "256mb", *(f"{size}g" for size in (1, 3, 5, 10, 20, 40, 50)))
DATABASE_PLANS = (
    *("free", *OLD_PLANS, "basic-256mb", "basic-1gb", "basic-4gb"),
    *(f"{family}-{size}gb" for family, sizes in _GIGABYTES.items() for size in sizes),
    *("0.1c-256mb", "0.5c-1g", "1c-2g", "1c-4g", "2c-4g"),
    *(f"{cores}c-{cores * ratio}g" for cores in (2, 4, 8, 16, 32, 48, 64, 96, 128) for ratio in (4, 8)),
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


SERVER_PLAN = _one_of(*SERVER_PLANS)
REGION = _one_of("oregon", "ohio", "frankfurt", "singapore", "virginia")
RUNTIME = _one_of(*RUNTIMES)
TRIGGER = _one_of("off", "commit", "checksPass")
GENERATION = _one_of("automatic", "manual", "off")
_GUARD = _one_of("enabled", "disabled")
CREDENTIAL = _table("fromRegistryCreds", fromRegistryCreds=_table("name", name=TEXT))
IMAGE = _table("url", url=TEXT, creds=CREDENTIAL)
ALLOW_LIST = _list(_open("source", source=TEXT, description=TEXT))
BUILD_FILTER: Schema = {
    **_table(paths=TEXTS, ignoredPaths=TEXTS),
    "anyOf": [{"required": ["paths"]}, {"required": ["ignoredPaths"]}],
}

SERVICE_REFERENCE = _open(
    "name type",
    type=_one_of("web", "cron", "worker", "pserv", "workflow", "static", "dpg", "job", "redis", "keyvalue"),
    property=_one_of("host", "port", "hostport", "slug", "connectionString"),
    **_texts("name envVarKey"),
)
DATABASE_REFERENCE = _open(
    "name property",
    name=TEXT,
    property=_one_of("connectionString", "connectionPoolString", "host", "port", "user", "password", "database"),
)
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
# An environment group may be anything but a table with other keys: the schema gives it no type.
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
    **_texts("startCommand dockerCommand dockerContext dockerfilePath preDeployCommand"),
    "region": REGION,
    "runtime": RUNTIME,
    "image": IMAGE,
    "registryCredential": CREDENTIAL,
}
_PUBLIC: dict[str, Schema] = {
    "domain": TEXT,
    "domains": TEXTS,
    "ipAllowList": ALLOW_LIST,
    "pullRequestPreviewsEnabled": SWITCH,
    "renderSubdomainPolicy": _GUARD,
}

_SERVER: dict[str, Schema] = {
    **_BUILT,
    **_RUN,
    **_PUBLIC,
    **_texts("healthCheckPath initialDeployHook"),
    "type": _one_of(*SERVER_TYPES),
    "plan": SERVER_PLAN,
    "numInstances": AT_LEAST_ONE,
    "scaling": _open(
        minInstances=AT_LEAST_ONE,
        maxInstances=AT_LEAST_ONE,
        targetMemoryPercent=PERCENT,
        targetCPUPercent=PERCENT,
    ),
    "disk": _table("name mountPath", name=TEXT, mountPath=TEXT, sizeGB=AT_LEAST_ONE),
    "previews": _table(generation=GENERATION, plan=SERVER_PLAN, numInstances=AT_LEAST_ONE),
    "previewPlan": SERVER_PLAN,
    "maintenanceMode": _table(enabled=SWITCH, uri=TEXT),
    "maxShutdownDelaySeconds": {"type": "integer", "minimum": 1, "maximum": 300},
}
SERVER = _table("type name runtime", **_SERVER)
_OF_THE_SOURCE = (
    *("runtime", "repo", "branch", "image", "registryCredential", "buildCommand", "buildFilter"),
    *("dockerContext", "dockerfilePath", "previews", "pullRequestPreviewsEnabled", "previewPlan"),
)
LINKED: Schema = {
    **_table(
        "type name",
        **{key: value for key, value in _SERVER.items() if key not in _OF_THE_SOURCE},
        buildSource=TEXT,
    ),
    "not": {"not": {"required": ["buildSource"]}},  # so that no service without one is measured by it
}
CRON = _table(
    "type name runtime schedule",
    **_BUILT,
    **_RUN,
    type={"type": "string", "const": "cron"},
    plan=_one_of(*CRON_PLANS),
    schedule=TEXT,
)
WORKFLOW = _table(
    "type name runtime region startCommand",
    **{key: value for key, value in _BUILT.items() if key != "autoDeploy"},
    type={"type": "string", "const": "workflow"},
    runtime=_one_of("node", "python"),
    region=REGION,
    startCommand=TEXT,
)
STATIC = _table(
    "type name runtime",
    **_BUILT,
    **_PUBLIC,
    **_texts("staticPublishPath preDeployCommand"),
    type={"type": "string", "const": "web"},
    runtime={"type": "string", "const": "static"},
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
    name=TEXT,
    type=_one_of(*KEYVALUE_TYPES),
    region=REGION,
    ipAllowList=ALLOW_LIST,
    plan=_one_of(*KEYVALUE_PLANS),
    previewPlan=_one_of(*KEYVALUE_PLANS),
    maxmemoryPolicy=_one_of(
        *("allkeys-lru", "volatile-lru", "allkeys-lfu", "volatile-lfu"),
        *("allkeys-random", "volatile-random", "volatile-ttl", "noeviction"),
    ),
    persistenceMode=_one_of("journal-snapshot", "snapshot", "off"),
)
DATABASE = _table(
    "name",
    **_texts("name databaseName user"),
    region=REGION,
    plan=_one_of(*DATABASE_PLANS),
    previewPlan=_one_of(*DATABASE_PLANS),
    diskSizeGB=AT_LEAST_ONE,
    previewDiskSizeGB=AT_LEAST_ONE,
    storageAutoscalingEnabled=SWITCH,
    connectionPool=_one_of("pgbouncer", "none"),
    postgresMajorVersion=_one_of(*(str(major) for major in range(10, 19))),
    highAvailability=_table("enabled", enabled=SWITCH),
    ipAllowList=ALLOW_LIST,
    readReplicas=_list(_table("name", name=TEXT)),
)
SERVICE_KINDS: dict[str, Schema] = {
    "keyvalue": KEYVALUE,
    "cron": CRON,
    "server": SERVER,
    "linked": LINKED,
    "static": STATIC,
    "workflow": WORKFLOW,
}
BUILD_SOURCE: Schema = {
    **_table(
        "name",
        name=TEXT,
        image=IMAGE,
        git=_table(
            "repo runtime",
            **_texts("buildCommand repo branch rootDir baseDir dockerfilePath"),
            envVars=_list(VARIABLE),
            buildFilter=BUILD_FILTER,
            runtime=_one_of("docker", "elixir", "go", "node", "python", "ruby", "rust"),
            region=REGION,
            registryCredential=CREDENTIAL,
        ),
    ),
    "oneOf": [{"required": ["git"]}, {"required": ["image"]}],
}

_RESOURCES: dict[str, Schema] = {
    "services": _list({"anyOf": list(SERVICE_KINDS.values())}),
    "databases": _list(DATABASE),
    "envVarGroups": _list(VARIABLE_GROUP),
}
ENVIRONMENT = _table(
    "name", **_RESOURCES, name=TEXT, networking=_table(isolation=_GUARD), permissions=_table(protection=_GUARD)
)
BLUEPRINT = _table(
    **_RESOURCES,
    version={"type": "string", "const": "1"},
    previews=_table(generation=GENERATION, expireAfterDays=AT_LEAST_ONE),
    previewsEnabled=SWITCH,
    previewsExpireAfterDays=AT_LEAST_ONE,
    buildSources=_list(BUILD_SOURCE),
    projects=_list(_table("name", name=TEXT, environments=_list(ENVIRONMENT), buildSources=_list(BUILD_SOURCE))),
    ungrouped=_table(**_RESOURCES, buildSources=_list(BUILD_SOURCE)),
)


def schema_errors(document: Document) -> list[SchemaError]:
    """Every departure of a blueprint from the published schema, in the order of their lines."""
    return validate(document, BLUEPRINT)


def keys_of(schema: Schema) -> tuple[str, ...]:
    """The keys that a table of these rows may have."""
    properties: dict[str, Any] = schema.get("properties", {})
    return tuple(properties)
