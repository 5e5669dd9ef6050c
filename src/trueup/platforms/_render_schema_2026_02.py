"""The shape of a Render blueprint before `_render_checks.CHANGED`, in rows of our own.

Source of every row: the facts of the schema that Render published at https://render.com/schema/render.yaml.json on
2026-02-24 (read 2026-11-20). It is kept for days in the past (`--on`).
"""

from __future__ import annotations

from trueup.manifests._schema import Schema
from trueup.platforms._render_schema import (
    ALLOW_LIST,
    AT_LEAST_ONE,
    GENERATION,
    GIGABYTES,
    GUARD,
    HEADERS,
    KEYVALUE_TYPES,
    LITERAL_VARIABLE,
    REGION,
    ROUTES,
    RUNTIME,
    SCALING,
    SERVER_TYPES,
    SWITCH,
    TEXT,
    TEXTS,
    TRIGGER,
    VARIABLE_GROUP,
    list_of,
    one_of,
    open_table,
    table,
    texts,
)

PLANS = (
    *("free", "starter", "standard", "pro", "pro plus", "pro max", "pro ultra"),
    *("basic-256mb", "basic-1gb", "basic-4gb"),
    *(f"{family}-{size}gb" for family, sizes in GIGABYTES.items() for size in sizes),
)

PLAN = one_of(*PLANS)
# A credential and an environment group may be anything but a table with other keys: the schema gives them no type.
CREDENTIAL: Schema = {
    "properties": {"fromRegistryCreds": table("name", name=TEXT)},
    "required": ["fromRegistryCreds"],
    "additionalProperties": False,
}
IMAGE = table("url", url=TEXT, creds=CREDENTIAL)
BUILD_FILTER = open_table(paths=TEXTS, ignoredPaths=TEXTS)

SERVICE_REFERENCE = open_table(
    "name type",
    type=one_of("web", "cron", "worker", "pserv", "static", "dpg", "job", "redis", "keyvalue"),
    **texts("name property envVarKey"),
)
DATABASE_REFERENCE = open_table("name property", **texts("name property"))
VARIABLE: Schema = {
    "anyOf": [
        table("key fromDatabase", key=TEXT, fromDatabase=DATABASE_REFERENCE),
        table("key fromService", key=TEXT, fromService=SERVICE_REFERENCE),
        table("fromGroup", fromGroup=TEXT),
        LITERAL_VARIABLE,
    ]
}

_BUILT: dict[str, Schema] = {
    **texts("name buildCommand repo branch rootDir"),
    "envVars": list_of(VARIABLE),
    "buildFilter": BUILD_FILTER,
    "autoDeploy": SWITCH,
    "autoDeployTrigger": TRIGGER,
}
_RUN: dict[str, Schema] = {
    **texts("startCommand dockerCommand dockerContext dockerfilePath"),
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

SERVER = table(
    "type name runtime",
    **_BUILT,
    **_RUN,
    **_PUBLIC,
    **texts("healthCheckPath preDeployCommand initialDeployHook"),
    type=one_of(*SERVER_TYPES),
    numInstances=AT_LEAST_ONE,
    scaling=SCALING,
    disk=table("name mountPath", name=TEXT, mountPath=TEXT, sizeGB=AT_LEAST_ONE),
    previews=table(generation=GENERATION, plan=PLAN, numInstances=AT_LEAST_ONE),
    previewPlan=PLAN,
    maxShutdownDelaySeconds={"type": "integer", "minimum": 1, "maximum": 300},
)
CRON = table("type name runtime schedule", **_BUILT, **_RUN, type={"type": "string", "const": "cron"}, schedule=TEXT)
STATIC = table(
    "type name",
    **_BUILT,
    **_PUBLIC,
    type={"type": "string", "const": "web"},
    runtime={"type": "string", "const": "static"},
    staticPublishPath=TEXT,
    headers=HEADERS,
    routes=ROUTES,
    previews=table(generation=GENERATION),
)
KEYVALUE = table(
    "type name ipAllowList",
    **texts("name maxmemoryPolicy"),
    type=one_of(*KEYVALUE_TYPES),
    region=REGION,
    ipAllowList=ALLOW_LIST,
    plan=PLAN,
    previewPlan=PLAN,
)
DATABASE = table(
    "name",
    **texts("name databaseName user"),
    region=REGION,
    plan=PLAN,
    previewPlan=PLAN,
    diskSizeGB=AT_LEAST_ONE,
    previewDiskSizeGB=AT_LEAST_ONE,
    postgresMajorVersion=one_of(*(str(major) for major in range(10, 19))),
    highAvailability=table("enabled", enabled=SWITCH),
    ipAllowList=ALLOW_LIST,
    readReplicas=list_of(table(name=TEXT)),
)
SERVICE_KINDS: dict[str, Schema] = {"keyvalue": KEYVALUE, "cron": CRON, "server": SERVER, "static": STATIC}

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
    projects=list_of(table("name environments", name=TEXT, environments=list_of(ENVIRONMENT))),
    ungrouped=table(**_RESOURCES),
)
