"""The text of .railway/railway.ts: every process as a service, with its start command, health check and variables.

Sources: railwayapp/docs@c2a634f1 (2026-08-21), content/docs/infrastructure-as-code.md and its reference.md;
railwayapp/railway-ts-sdk src/iac/sdk.ts@14645ee9 (`rootDirectory`; `postgres`, `redis` and the variables they give);
railwayapp/docs content/docs/cli/config.md@1a0343f2 (the package that the file imports has to be installed);
railwayapp/cli@df3838bf src/iac/change_set.rs:173-204 (what the project has and the file does not say is removed); all
read 2026-11-20. Its place is .railway/, and that of the package too: a package.json at the root changes the language
that Nixpacks sees (platforms/builders/nixpacks.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from trueup.initialize.needs import NewService, WantedVariable
from trueup.initialize.processes import NewProcess
from trueup.platforms._railway_code import typescript

PATH = ".railway/railway.ts"
_HEAD = """\
// Made by `trueup init railway`. What each field means: https://docs.railway.com/infrastructure-as-code/reference
// No build reads this file: `railway config plan` shows what it would change, and `railway config apply` does that.
// Both need Node and the package that it imports: npm install --prefix .railway railway
// Read the plan before you apply it: what the project has and this file does not say is planned to be removed.
// Code comes by `railway up`, or from a repository: add source: github("OWNER/REPOSITORY") to a service, and import it.
"""
_DATABASES = {"postgresql": ("postgres", "database", "DATABASE_URL"), "redis": ("redis", "cache", "REDIS_URL")}
"""By the source of a variable: the helper, the name that holds what it makes, and the variable that this gives."""
_PLAIN_NAMES = ("web", "worker", "beat", "bot")
"""Names of processes that name what holds the service, too; others could be words of the language."""


def railway_code(services: tuple[NewService, ...], slug: str) -> str:
    """The whole file.

    Args:
        services: what to run, by root directory.
        slug: the name of the project on Railway.
    """
    wanted = [item for service in services for item in service.all_variables]
    data = [source for source in _DATABASES if any(item.source == source for item in wanted)]
    imports = ["defineRailway", "project", "service", *(_DATABASES[source][0] for source in data)]
    if any(item.source in ("generated", "prompted") for item in wanted):
        imports.append("preserve")
    lines = [_HEAD + f'import {{ {", ".join(sorted(imports))} }} from "railway/iac";', ""]
    lines.append("export default defineRailway(() => {")
    for source in data:
        helper, name, _ = _DATABASES[source]
        lines.append(f"  const {name} = {helper}({typescript(f'{slug}-{helper}')});")
    names = [_DATABASES[source][1] for source in data]
    for service, process, title in _titled(services):
        is_plain = process.name in _PLAIN_NAMES and process.name not in names
        name = process.name if is_plain else f"service{len(names) + 1}"
        names.append(name)
        lines += ["", *_service(service, process, name, title)]
    lines += ["", f"  return project({typescript(slug)}, {{ resources: [{', '.join(names)}] }});", "});"]
    return "\n".join(lines) + "\n"


def _titled(services: tuple[NewService, ...]) -> Iterator[tuple[NewService, NewProcess, str]]:
    """Every process with a name that no other one has."""
    number = Counter(process.name for service in services for process in service.processes)
    for service in services:
        folder = service.root_dir.replace("/", "-")
        for process in service.processes:
            yield service, process, f"{folder}-{process.name}" if folder and number[process.name] > 1 else process.name


def _service(service: NewService, process: NewProcess, name: str, title: str) -> Iterator[str]:
    yield f"  const {name} = service({typescript(title)}, {{"
    if service.root_dir:
        yield f"    rootDirectory: {typescript(service.root_dir)},"
    yield f"    start: {typescript(process.command)},"
    if process.kind == "web" and service.health:
        yield f"    healthcheck: {typescript(service.health)},"
    variables = service.variables[process.name]
    if variables:
        yield "    env: {"
        yield from (f"      {item.name}: {_value(item)},  // {_printable(item)}" for item in variables)
        yield "    },"
    yield "  });"


def _value(item: WantedVariable) -> str:
    if item.source in _DATABASES:
        _, name, output = _DATABASES[item.source]
        return f"{name}.env.{output}"
    return typescript(item.value) if item.source == "literal" else "preserve()"


def _printable(item: WantedVariable) -> str:
    """Where the variable is read, and that its value is set elsewhere, as text that stays on its line."""
    place = "".join(character if character.isprintable() else " " for character in item.place)
    return f"{place}; set its value in Railway" if item.source in ("generated", "prompted") else place
