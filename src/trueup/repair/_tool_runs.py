"""One run of somebody else's program: bounded in time, with nothing to read, what it says kept."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from trueup.errors import TrueupError


def run_tool(
    name: str,
    command: Sequence[str],
    place: Path,
    environment: Mapping[str, str],
    seconds: int,
    failure: type[TrueupError],
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, whatever its exit code.

    Args:
        name: what it is called in the words of a failure.
        command: the program and its arguments.
        place: the folder that it runs in.
        environment: all of its environment variables.
        seconds: after which it is given up on.
        failure: raised where it cannot be run or does not end.
    """
    try:
        return subprocess.run(
            command,
            cwd=place,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise failure(f"{name} did not end within {seconds} seconds") from None
    except OSError as error:
        raise failure(f"{name} cannot be run: {error.strerror or error}") from None
