"""Variables that the code needs are added to the project's own lists: .env.example, the blueprint, or app.json.

Only names are written: in .env.example with nothing behind the sign, in the blueprint as `sync: false`, which asks for
the value in the dashboard (Render, "Blueprint specification: envVars", read 2026-11-20), in app.json as `required`,
which asks for it when an app is made (https://devcenter.heroku.com/articles/app-json-schema#env, read 2026-11-20).
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator

from trueup.manifests._document import Path, load_json, load_yaml
from trueup.model.evidence import EvidenceKind
from trueup.model.finding import Finding
from trueup.model.project import SourceFile
from trueup.model.repair import HeldBack, RepairKind
from trueup.repair._candidates import text_candidate
from trueup.repair._interface import Family, Proposal, RepairContext
from trueup.repair.keys import add_json_member, add_yaml_item
from trueup.repair.texts import NotEditableError, with_appended

RULES = ("variable-not-declared",)


def propose(context: RepairContext) -> Iterator[Proposal]:
    """One repair for each file that lacks names, with all of them."""
    lacking: dict[tuple[str, str], dict[str, Finding]] = defaultdict(dict)
    for result, finding in context.findings(*RULES):
        path = next((item.path for item in finding.evidence if item.kind is EvidenceKind.ABSENT and item.path), None)
        if path is not None:
            service = result.plan.service.name if path.endswith((".yaml", ".yml")) else ""
            lacking[(path, service)].setdefault(finding.subject, finding)
    for (path, service), findings in lacking.items():
        file = context.project.whole.get(path)
        if file is None or posixpath.basename(path) == ".env":
            continue
        names = ", ".join(findings)
        title = f"Add {names} to {path}{f' for {service}' if service else ''}"
        try:
            text = _with_names(file, service, list(findings))
            yield text_candidate(
                context.project,
                f"variables-{path}{f'-{service}' if service else ''}",
                title,
                RepairKind.ENVIRONMENT,
                {path: text},
                findings.values(),
                reason="the code stops without them, and no file of the project says so",
            )
        except NotEditableError as error:
            yield HeldBack(title, error.message, RULES)


def _with_names(file: SourceFile, service: str, names: list[str]) -> str:
    if service:
        return _in_blueprint(file, service, names)
    return _in_app_json(file, names) if posixpath.basename(file.path) == "app.json" else _in_example(file, names)


def _in_app_json(file: SourceFile, names: list[str]) -> str:
    text = file.text
    for name in names:
        document = load_json(SourceFile(file.path, text.encode()))
        if not isinstance(document.get("env"), dict):
            raise NotEditableError(f"{file.path} has no table `env` that a variable could be added to")
        text = add_json_member(document, ("env",), name, {"required": True})
    return text


def _in_example(file: SourceFile, names: list[str]) -> str:
    return with_appended(file.text, *(f"{name}=" for name in names))


def _in_blueprint(file: SourceFile, service: str, names: list[str]) -> str:
    text = file.text
    for name in names:
        document = load_yaml(SourceFile(file.path, text.encode()))
        path = _service(document.get("services", default=[]), service)
        if path is None:
            raise NotEditableError(f"{file.path} names {service} more than once, or not at its top")
        text = add_yaml_item(document, (*path, "envVars"), (f"key: {name}", "sync: false"))
    return text


def _service(items: object, name: str) -> Path | None:
    rows = items if isinstance(items, list) else []
    found = [index for index, item in enumerate(rows) if isinstance(item, dict) and item.get("name") == name]
    return ("services", found[0]) if len(found) == 1 else None


FAMILY = Family("environment", "declare the variables that the code needs", RULES, propose)
