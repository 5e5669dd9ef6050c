"""Whether a phase of Nixpacks calls pip before anything has made an environment that has one.

Source: railwayapp/nixpacks@f51d7fd5 (2025-08-04): base/ubuntu/Dockerfile (no Python, no pip), src/providers/python.rs
(the install command makes /opt/venv, and `cmds` of a configuration replaces it); build logs named in the data. All read
2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Problem
from trueup.platforms import _data
from trueup.platforms.builders._nixpacks_generate import Generated, nix_packages
from trueup.platforms.builders._nixpacks_problems import stop_problem
from trueup.platforms.builders._nixpacks_python import rule

_PIP = re.compile(r"^(?:[A-Za-z_]\w*=\S*\s+)*(?:(?P<module>python[\d.]*)\s+-m\s+)?(?P<program>pip[\d.]*)\s")
_BRINGS_PIP = re.compile(r"venv|virtualenv|ensurepip|get-pip|conda|mamba|pyenv|apt|nix-env|\.sh\b|\b(?:uv|pdm|hatch)\s")
"""What makes an environment with pip, or may do so out of sight: nothing is said of commands after it."""
_PIP_PACKAGE = re.compile(r"(?:^|[\s.(\[])(?:pip|virtualenv)(?:$|[\s)\]])")
_ELSEWHERE = re.compile(r"--break-system-packages|--target|--prefix|--root\b|\s-t\s|--python\b")
"""Options with which pip does not refuse an interpreter that is managed by others."""
_HINT = (
    "Remove cmds from [phases.install]: Nixpacks' own command makes /opt/venv and installs there. Or begin the command "
    "with `python -m venv --copies /opt/venv && . /opt/venv/bin/activate &&`."
)


def pip_problems(generated: Generated) -> Iterator[Problem]:
    """At most one problem: the first command of pip that the image cannot run, or that pip refuses."""
    found = _first_pip(generated)
    if found is None or generated.plan.build_image is not None:
        return
    command, call, place = found
    row = _data.load("nixpacks")["pip"]
    if not any(_PIP_PACKAGE.search(package.name) for package in nix_packages(generated.plan)):
        text = "No module named pip" if call["module"] else f"{call['program']}: command not found"
        cause = f"`{command}` runs before anything has made an environment with pip, and the Python of Nix has none."
        yield stop_problem(text, _HINT, place, _data.evidence(row, row["text"]), found=cause)
    elif not _ELSEWHERE.search(command) and "PIP_BREAK_SYSTEM_PACKAGES" not in generated.plan.variables:
        cause = f"`{command}` installs into the Python of Nix, outside of a virtual environment."
        source = Evidence.default(row["managed_text"], row["managed_source"], row["checked"])
        text = "error: externally-managed-environment"
        yield stop_problem(text, _HINT, place, source, confidence=Confidence.MEDIUM, found=cause)


def _first_pip(generated: Generated) -> tuple[str, re.Match[str], Evidence] | None:
    """The first command that begins with pip, where nothing before it can have brought one."""
    apt = [name for phase in generated.plan.phases.values() for name in phase.apt_pkgs or ()]
    if any(name.startswith(("python", "pip", "virtualenv")) for name in apt):
        return None
    for name, phase in generated.plan.sorted_phases():
        for command in phase.cmds or ():
            for part in re.split(r"&&|\|\||;|\n", command):
                call = _PIP.match(part.strip())
                if call is not None:
                    return part.strip(), call, phase.places.get("cmds") or rule(f"the commands of the phase {name}")
                if _BRINGS_PIP.search(part):
                    return None
    return None
