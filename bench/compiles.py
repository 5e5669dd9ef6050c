"""Build sdists with pip and this machine's compilers, and print the rows of src/trueup/resolve/compiling.toml.

    ./dev python bench/compiles.py INTERPRETER NAME==VERSION… [--seconds 420]

Every sdist is built alone, without its dependencies and without a cache, by the interpreter that is named; what it
needs for its build comes from wheels, as pip takes them on the day. Worth a row: the last release before the first one
with a wheel for that Python. A row with an error speaks for all older releases and all later Pythons; one without
speaks for later releases on that Python.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ERROR = re.compile(
    r"^\s*(?:[^\s:]+:\d+:\d+: )?"
    r"((?:fatal )?error: (?!subprocess-exited|command|metadata|failed to run).*|[\w.]*Error: .*)"
)
LONGEST = 110


def built(interpreter: str, requirement: str, seconds: float) -> tuple[bool, str]:
    """Whether pip builds a wheel from a requirement's sdist, and the first error that the log shows."""
    name = requirement.partition("==")[0]
    environment = {key: value for key, value in os.environ.items() if key != "PIP_FIND_LINKS"}
    with tempfile.TemporaryDirectory() as folder:
        command = [interpreter, "-m", "pip", "wheel", "--no-deps", "--no-cache-dir", "--no-binary", name, "-w", folder]
        try:
            done = subprocess.run(
                [*command, requirement], env=environment, capture_output=True, text=True, timeout=seconds
            )
        except subprocess.TimeoutExpired:
            return False, f"not built within {seconds:.0f} s"
        if done.returncode == 0 and list(Path(folder).glob("*.whl")):
            return True, ""
    lines = (done.stdout + done.stderr).splitlines()
    found = next((match[1].strip() for line in lines if (match := ERROR.match(line))), "no error line")
    return False, re.sub(r"(?<![\w.])/\S*/", "", found)[:LONGEST]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("interpreter")
    parser.add_argument("requirements", nargs="+")
    parser.add_argument("--seconds", type=float, default=420.0)
    given = parser.parse_args()
    query = "import sys; print('%d.%d' % sys.version_info[:2])"
    python = subprocess.run([given.interpreter, "-c", query], capture_output=True, text=True, check=True).stdout.strip()
    for requirement in given.requirements:
        name, _, version = requirement.partition("==")
        good, error = built(given.interpreter, requirement, given.seconds)
        fields = {"name": name.lower().replace("_", "-").replace(".", "-"), "version": version, "python": python}
        fields |= {} if good else {"error": error}
        print("[[built]]", *(f"{key} = {json.dumps(value)}" for key, value in fields.items()), "", sep="\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
