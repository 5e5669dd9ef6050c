"""A requirement that points to a path of one machine

What it does:
    Finds requirements whose file lies outside the project: `file:///…`, an absolute path, a drive letter, or the
    `@ file:///…/conda-bld/…` that `pip freeze` writes in a conda environment.

Why it fails a deployment:
    The build has the project's own files and nothing else; pip stops at the line and installs nothing.

Example:
    `certifi @ file:///croot/certifi_1671487769961/certifi`

Use instead:
    `certifi==2022.12.7`: write the file with `pip list --format=freeze`, which knows no paths.

Sources:
    pip's requirements file format; the conda issue on `pip freeze`, https://github.com/conda/conda/issues/10885.
"""

from trueup.checks._interface import Check, reported_problems

CHECK = Check(
    "local-path-requirement",
    "A requirement that points to a path of one machine",
    reported_problems("local-path-requirement"),
)
