"""CARGO_HOME or RUSTUP_HOME set to cure a read-only file system

What it does:
    Reports the variables CARGO_HOME and RUSTUP_HOME in a Render blueprint.

Why it fails a deployment:
    They hide the cause, a missing wheel: the build then still needs a Rust toolchain and minutes of compiling,
    and reports say that it fails all the same.

Example:
    `CARGO_HOME: /opt/render/project/.cargo`

Use instead:
    A Python that has wheels for every pin, or pins that have wheels for the Python.

Sources:
    Public build logs; see the reference of the rule `no-wheel`.
"""

from trueup.checks._interface import Check, reported_problems

CHECK = Check(
    "cargo-home-fallback",
    "CARGO_HOME or RUSTUP_HOME set to cure a read-only file system",
    reported_problems("cargo-home-fallback"),
)
