"""An included requirements file is not there yet when the builder installs

What it does:
    Compares the files that a requirements file includes (`-r`, `-c`, `-e`, paths) with the files that the
    builder has copied before the install step.

Why it fails a deployment:
    Railpack copies only the manifests of the root directory before it runs `pip install -r requirements.txt`;
    an include of any other path ends the build with `Could not open requirements file`.

Example:
    A root `requirements.txt` that says `-r backend/requirements.txt`.

Use instead:
    The requirements themselves in the root file, or `backend` as the service's root directory.

Sources:
    railwayapp/railpack core/providers/python/python.go:435-457 at b5e80580 (2026-08-18).
"""

from trueup.checks._interface import Check, reported_problems

CHECK = Check(
    "include-not-copied",
    "An included requirements file is not there yet when the builder installs",
    reported_problems("include-not-copied"),
)
