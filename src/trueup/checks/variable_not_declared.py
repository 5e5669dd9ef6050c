"""The code needs a variable that no file of the project declares

What it does:
    Reads which environment variables the code cannot do without, and looks for each among the variables of the
    platform's file (render.yaml, app.json) and in the environment file of the project (.env.example and the like).
    What is set in a platform's dashboard cannot be seen: the finding is a question, never a certainty.

Why it fails a deployment:
    Without the variable the program stops at its start: `KeyError`, `ValidationError: Field required`.

Example:
    `os.environ["SECRET_KEY"]` with a render.yaml that lists DATABASE_URL alone.

Use instead:
    An entry in the blueprint (`sync: false` where the value is a secret), and a line in .env.example.

Sources:
    https://render.com/docs/configure-environment-variables, https://devcenter.heroku.com/articles/app-json-schema#env
    (read 2026-11-20).
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._code import is_python
from trueup.checks._interface import Check, CheckContext
from trueup.manifests import dotenv
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity
from trueup.sourcecode.environment import EnvironmentVariable

_EXAMPLES = (".env.example", ".env.sample", ".env.template", ".env.dist", "env.example", "example.env", "sample.env")


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each required variable that the project's own lists leave out."""
    if not is_python(context) or not context.code.reach.known:
        return
    needed = [v for v in context.code.variables if v.required and v.reachable and v.certain and not v.from_platform]
    given = {name.upper() for name in (*context.code.variables_given, *context.plan.variables)}
    listing = _example(context)
    platform_list = _platform_list(context)
    for variable in needed:
        names = {name.upper() for name in (variable.name, *variable.aliases)}
        if names & given or (platform_list is None and (listing is None or names & listing[1])):
            continue
        if platform_list is not None:
            yield _finding(variable, platform_list, is_platform=True)
        elif listing is not None:
            absent = Evidence.absent(f"no line for {variable.name}", listing[0])
            yield _finding(variable, absent, is_platform=False)


def _example(context: CheckContext) -> tuple[str, frozenset[str]] | None:
    """The project's own list of variables: its path and its names. A committed .env counts as well."""
    found: tuple[str, frozenset[str]] | None = None
    for tree in (context.tree, context.project):
        for name in (*_EXAMPLES, ".env"):
            file = tree.get(name)
            if file is None or file.problem or (name == ".env" and name in tree.ignored):
                continue
            names = frozenset(each.upper() for each in dotenv.parse(file).names)
            found = (found[0], found[1] | names) if found else (file.path, names)
    return found


def _platform_list(context: CheckContext) -> Evidence | None:
    """The file that lists this service's variables for the platform, where it lists any of them."""
    variables = context.plan.service.variables
    if not variables or context.plan.platform not in ("render", "heroku"):
        return None
    if any(unknown.subject == "environment group" for unknown in context.plan.unknowns):
        return None
    path = variables[0].evidence.path
    return Evidence.absent("no entry for it among the variables of the service", path)


def _finding(variable: EnvironmentVariable, absent: Evidence, *, is_platform: bool) -> Finding:
    when = "when it starts" if variable.at_start else "when it first uses it"
    hint = (
        f"Add {variable.name} to {absent.path} (with `sync: false` for a secret), or make sure that it is set in the "
        "dashboard."
        if is_platform and absent.path and absent.path.endswith((".yaml", ".yml"))
        else f"Add {variable.name} to {absent.path}, and make sure that it is set on the platform."
    )
    return Finding(
        rule="variable-not-declared",
        severity=Severity.MEDIUM if is_platform and variable.at_start else Severity.LOW,
        confidence=Confidence.MEDIUM if is_platform else Confidence.LOW,
        message=f"{variable.evidence[0].place} needs the variable {variable.name}, and {absent.path} does not list it. "
        f"Unless it is set in the platform's dashboard, the program stops {when}.",
        hint=hint,
        evidence=(variable.evidence[0], absent),
        subject=variable.name,
        brief=f"needs {variable.name}, which {absent.path} does not list: unless the dashboard sets it, the program "
        f"stops {when}",
    )


CHECK = Check("variable-not-declared", "The code needs a variable that no file of the project declares", run)
