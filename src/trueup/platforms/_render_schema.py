"""The shape of a Render blueprint, in rows of our own.

Source of every row: the facts of the schema that Render publishes at https://render.com/schema/render.yaml.json, as of
2026-10-02 (a copy: bex-co/bex@3f9f53e lego/backend/internal/apps/schema/render.yaml.json, read 2026-11-20). The schema
is stricter than the platform: it refuses `env:`, which Render still accepts.
"""

from __future__ import annotations

from typing import Any

from trueup.manifests._schema import Schema

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
GIGABYTES = {
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
    *(f"{family}-{size}gb" for family, sizes in GIGABYTES.items() for size in sizes),
    *("0.1c-256mb", "0.5c-1g", "1c-2g", "1c-4g", "2c-4g"),
    *(f"{cores}c-{cores * ratio}g" for cores in (2, 4, 8, 16, 32, 48, 64, 96, 128) for ratio in (4, 8)),
)


def one_of(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


def open_table(required: str = "", /, **properties: Schema) -> Schema:
    """A mapping that may have further keys; `required` are key names with spaces between."""
    return {"type": "object", "properties": properties, "required": required.split()}


def table(required: str = "", /, **properties: Schema) -> Schema:
    """A mapping that may have no further keys."""
    return {**open_table(required, **properties), "additionalProperties": False}


def list_of(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def texts(names: str) -> dict[str, Schema]:
    return dict.fromkeys(names.split(), TEXT)


SERVER_PLAN = one_of(*SERVER_PLANS)
REGION = one_of("oregon", "ohio", "frankfurt", "singapore", "virginia")
RUNTIME = one_of(*RUNTIMES)
TRIGGER = one_of("off", "commit", "checksPass")
GENERATION = one_of("automatic", "manual", "off")
GUARD = one_of("enabled", "disabled")
CREDENTIAL = table("fromRegistryCreds", fromRegistryCreds=table("name", name=TEXT))
IMAGE = table("url", url=TEXT, creds=CREDENTIAL)
SCALING = open_table(
    minInstances=AT_LEAST_ONE, maxInstances=AT_LEAST_ONE, targetMemoryPercent=PERCENT, targetCPUPercent=PERCENT
)
HEADERS = list_of(open_table("path name value", **texts("path name value")))
ROUTES = list_of(
    open_table("type source destination", type=one_of("redirect", "rewrite"), **texts("source destination"))
)
ALLOW_LIST = list_of(open_table("source", source=TEXT, description=TEXT))
BUILD_FILTER: Schema = {
    **table(paths=TEXTS, ignoredPaths=TEXTS),
    "anyOf": [{"required": ["paths"]}, {"required": ["ignoredPaths"]}],
}

SERVICE_REFERENCE = open_table(
    "name type",
    type=one_of("web", "cron", "worker", "pserv", "workflow", "static", "dpg", "job", "redis", "keyvalue"),
    property=one_of("host", "port", "hostport", "slug", "connectionString"),
    **texts("name envVarKey"),
)
DATABASE_REFERENCE = open_table(
    "name property",
    name=TEXT,
    property=one_of("connectionString", "connectionPoolString", "host", "port", "user", "password", "database"),
)
LITERAL_VARIABLE = table(
    "key", key=TEXT, value=TEXT_OR_NUMBER, previewValue=TEXT_OR_NUMBER, generateValue=SWITCH, sync=SWITCH
)
VARIABLE: Schema = {
    "anyOf": [
        table("key fromDatabase", key=TEXT, fromDatabase=DATABASE_REFERENCE),
        table("key fromService", key=TEXT, fromService=SERVICE_REFERENCE),
        table("fromGroup", fromGroup=TEXT),
        LITERAL_VARIABLE,
    ]
}
# An environment group may be anything but a table with other keys: the schema gives it no type.
VARIABLE_GROUP: Schema = {
    "properties": {"name": TEXT, "envVars": list_of(LITERAL_VARIABLE)},
    "required": ["name", "envVars"],
    "additionalProperties": False,
}

_BUILT: dict[str, Schema] = {
    **texts("name buildCommand repo branch rootDir"),
    "envVars": list_of(VARIABLE),
    "buildFilter": BUILD_FILTER,
    "autoDeploy": SWITCH,
    "autoDeployTrigger": TRIGGER,
}
_RUN: dict[str, Schema] = {
    **texts("startCommand dockerCommand dockerContext dockerfilePath preDeployCommand"),
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
    "renderSubdomainPolicy": GUARD,
}

_SERVER: dict[str, Schema] = {
    **_BUILT,
    **_RUN,
    **_PUBLIC,
    **texts("healthCheckPath initialDeployHook"),
    "type": one_of(*SERVER_TYPES),
    "plan": SERVER_PLAN,
    "numInstances": AT_LEAST_ONE,
    "scaling": SCALING,
    "disk": table("name mountPath", name=TEXT, mountPath=TEXT, sizeGB=AT_LEAST_ONE),
    "previews": table(generation=GENERATION, plan=SERVER_PLAN, numInstances=AT_LEAST_ONE),
    "previewPlan": SERVER_PLAN,
    "maintenanceMode": table(enabled=SWITCH, uri=TEXT),
    "maxShutdownDelaySeconds": {"type": "integer", "minimum": 1, "maximum": 300},
}
SERVER = table("type name runtime", **_SERVER)
_OF_THE_SOURCE = (
    *("runtime", "repo", "branch", "image", "registryCredential", "buildCommand", "buildFilter"),
    *("dockerContext", "dockerfilePath", "previews", "pullRequestPreviewsEnabled", "previewPlan"),
)
LINKED: Schema = {
    **table(
        "type name",
        **{key: value for key, value in _SERVER.items() if key not in _OF_THE_SOURCE},
        buildSource=TEXT,
    ),
    "not": {"not": {"required": ["buildSource"]}},  # so that no service without one is measured by it
}
CRON = table(
    "type name runtime schedule",
    **_BUILT,
    **_RUN,
    type={"type": "string", "const": "cron"},
    plan=one_of(*CRON_PLANS),
    schedule=TEXT,
)
WORKFLOW = table(
    "type name runtime region startCommand",
    **{key: value for key, value in _BUILT.items() if key != "autoDeploy"},
    type={"type": "string", "const": "workflow"},
    runtime=one_of("node", "python"),
    region=REGION,
    startCommand=TEXT,
)
STATIC = table(
    "type name runtime",
    **_BUILT,
    **_PUBLIC,
    **texts("staticPublishPath preDeployCommand"),
    type={"type": "string", "const": "web"},
    runtime={"type": "string", "const": "static"},
    headers=HEADERS,
    routes=ROUTES,
    previews=table(generation=GENERATION),
)
KEYVALUE = table(
    "type name ipAllowList",
    name=TEXT,
    type=one_of(*KEYVALUE_TYPES),
    region=REGION,
    ipAllowList=ALLOW_LIST,
    plan=one_of(*KEYVALUE_PLANS),
    previewPlan=one_of(*KEYVALUE_PLANS),
    maxmemoryPolicy=one_of(
        *("allkeys-lru", "volatile-lru", "allkeys-lfu", "volatile-lfu"),
        *("allkeys-random", "volatile-random", "volatile-ttl", "noeviction"),
    ),
    persistenceMode=one_of("journal-snapshot", "snapshot", "off"),
)
DATABASE = table(
    "name",
    **texts("name databaseName user"),
    region=REGION,
    plan=one_of(*DATABASE_PLANS),
    previewPlan=one_of(*DATABASE_PLANS),
    diskSizeGB=AT_LEAST_ONE,
    previewDiskSizeGB=AT_LEAST_ONE,
    storageAutoscalingEnabled=SWITCH,
    connectionPool=one_of("pgbouncer", "none"),
    postgresMajorVersion=one_of(*(str(major) for major in range(10, 19))),
    highAvailability=table("enabled", enabled=SWITCH),
    ipAllowList=ALLOW_LIST,
    readReplicas=list_of(table("name", name=TEXT)),
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
    **table(
        "name",
        name=TEXT,
        image=IMAGE,
        git=table(
            "repo runtime",
            **texts("buildCommand repo branch rootDir baseDir dockerfilePath"),
            envVars=list_of(VARIABLE),
            buildFilter=BUILD_FILTER,
            runtime=one_of("docker", "elixir", "go", "node", "python", "ruby", "rust"),
            region=REGION,
            registryCredential=CREDENTIAL,
        ),
    ),
    "oneOf": [{"required": ["git"]}, {"required": ["image"]}],
}

_RESOURCES: dict[str, Schema] = {
    "services": list_of({"anyOf": list(SERVICE_KINDS.values())}),
    "databases": list_of(DATABASE),
    "envVarGroups": list_of(VARIABLE_GROUP),
}
ENVIRONMENT = table(
    "name", **_RESOURCES, name=TEXT, networking=table(isolation=GUARD), permissions=table(protection=GUARD)
)
BLUEPRINT = table(
    **_RESOURCES,
    version={"type": "string", "const": "1"},
    previews=table(generation=GENERATION, expireAfterDays=AT_LEAST_ONE),
    previewsEnabled=SWITCH,
    previewsExpireAfterDays=AT_LEAST_ONE,
    buildSources=list_of(BUILD_SOURCE),
    projects=list_of(table("name", name=TEXT, environments=list_of(ENVIRONMENT), buildSources=list_of(BUILD_SOURCE))),
    ungrouped=table(**_RESOURCES, buildSources=list_of(BUILD_SOURCE)),
)


def keys_of(schema: Schema) -> tuple[str, ...]:
    """The keys that a table of these rows may have."""
    properties: dict[str, Any] = schema.get("properties", {})
    return tuple(properties)
