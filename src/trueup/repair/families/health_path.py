"""A health check path is written where the configuration file can name one and the application answers one.

Without a path the platform looks for an open port only. The path is the route that the finding saw in the code; it is
offered and not recommended, for a health route that asks a database makes every deploy depend on it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from trueup.manifests._document import load_json, load_toml, load_yaml
from trueup.model.finding import Finding
from trueup.model.project import SourceFile
from trueup.model.repair import HeldBack, RepairKind
from trueup.repair._candidates import text_candidate
from trueup.repair._interface import Family, Proposal, RepairContext
from trueup.repair.keys import add_json_member, add_toml_key, add_yaml_key
from trueup.repair.texts import NotEditableError

RULES = ("health-path-missing",)
_HINT = re.compile(r"Set (?:deploy\.)?\w+ to (/[\w./-]*?)\.$")


def propose(context: RepairContext) -> Iterator[Proposal]:
    """One repair for each file, with the path of every service that lacks one."""
    lacking: dict[str, dict[str, tuple[str, Finding]]] = defaultdict(dict)
    for result, finding in context.findings(*RULES):
        found = _HINT.match(finding.hint)
        if found and finding.evidence[0].path:
            lacking[finding.evidence[0].path].setdefault(result.plan.service.name, (found[1], finding))
    for path, services in lacking.items():
        file = context.project.whole.get(path)
        title = f"Look for {', '.join(dict.fromkeys(route for route, _ in services.values()))} in {path}"
        if file is None:
            continue
        try:
            text = _written(file, {name: route for name, (route, _) in services.items()})
            yield text_candidate(
                context.project,
                f"health-{path}",
                title,
                RepairKind.CONFIG,
                {path: text},
                [finding for _, finding in services.values()],
                reason="the application answers it, and traffic waits until it does",
                recommended=False,
            )
        except NotEditableError as error:
            yield HeldBack(title, error.message, RULES)


def _written(file: SourceFile, routes: dict[str, str]) -> str:
    """The file's text with the path of every service.

    Raises:
        NotEditableError: the place for it is not known.
    """
    first = next(iter(routes.values()))
    if file.path.endswith(".toml"):
        return add_toml_key(load_toml(file), ("deploy",), "healthcheckPath", first)
    if file.path.endswith(".json"):
        document = load_json(file)
        if isinstance(document.get("deploy"), dict):
            return add_json_member(document, ("deploy",), "healthcheckPath", first)
        return add_json_member(document, (), "deploy", {"healthcheckPath": first})
    text = file.text
    for name, route in routes.items():
        document = load_yaml(SourceFile(file.path, text.encode(), len(text)))
        services = document.get("services", default=[])
        at = [
            index
            for index, item in enumerate(services if isinstance(services, list) else [])
            if isinstance(item, dict) and item.get("name") == name
        ]
        if len(at) != 1:
            raise NotEditableError(f"{file.path} names no single service {name}")
        text = add_yaml_key(document, ("services", at[0]), "healthCheckPath", (route,))
    return text


FAMILY = Family("health-path", "name the health check path", RULES, propose)
