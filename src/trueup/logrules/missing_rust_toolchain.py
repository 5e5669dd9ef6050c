"""A package is written in Rust and no cargo or rustc is there, or one that is too old.

What it means:
    maturin, setuptools-rust or puccinialin looks for cargo or rustc and finds none that it can use.

Why:
    The pinned version has no wheel for this Python, so it is built from source.

Example:
    error: can't find Rust compiler

What to do:
    Use a Python or a version with a wheel; Rust is the second choice.

Sources:
    setuptools-rust's command.py; maturin's build_context.rs and its PEP 517 backend; puccinialin; rustup's proxies; own
    recordings; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="missing-rust-toolchain",
    title="No Rust to build a package from source",
    group=Group.SOURCE_BUILD,
    phase="install",
    patterns=(
        pattern("can't find Rust compiler"),
        pattern("the Rust package manager, is not installed", r"Cargo, the Rust package manager, is not installed"),
        pattern("requires Rust", r"requires Rust (?:and Cargo )?to (?:compile|build|be installed)"),
        pattern(
            "Rust not found, installing into a temporary directory",
            confidence=Confidence.MEDIUM,
            lead=-1,
            unless=r"Compiling \S+ v\d|Finished .*release",
            reach=600,
        ),
        pattern(
            "Unsupported platform: ",
            r"Unsupported platform: \S+",
            needs=r"puccinialin|Rust not found|rustup",
            lead=-1,
        ),
        pattern("cargo", r"(?:^|[\s:/])(?:cargo|rustc): (?:command )?not found"),
        pattern("No such file or directory: '", r"No such file or directory: '(?:cargo|rustc)'"),
        pattern("No such file or directory (os error 2)", needs=r"[Cc]argo metadata|maturin|Is cargo in PATH", reach=8),
        pattern("no default is configured", r"rustup could not choose a version of (?P<tool>cargo|rustc) to run"),
        pattern("Rust toolchain", r"(?:no|No|without a|missing|find a|requires a) (?:valid )?Rust toolchain"),
        pattern(
            "while the currently active rustc version is",
            r"requires rustc (?P<wanted>[\d.]+) or newer, while the currently active rustc version is"
            r" (?P<rust>[\d.]+)",
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "rustc ",
            r"rustc (?P<rust>[\d.]+) is not supported by the following packages?",
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "lock file version",
            r"lock file version [`']?4[`']? (?:was found, but this version of Cargo does not understand|requires"
            r" `-Znext-lockfile-bump`)",
            confidence=Confidence.MEDIUM,
        ),
        pattern("edition", r"feature `edition20\d\d` is required", confidence=Confidence.MEDIUM),
        pattern(
            "Rust compiler version",
            r"Rust (?:compiler )?(?:version )?(?P<wanted>>?=?[\d.]+) (?:or newer )?is required",
        ),
    ),
    explanation=(
        (
            "Its build needs Rust {wanted} and finds Rust {rust}. | It is written in Rust, and its build finds no"
            " cargo or rustc that it can use."
        ),
    ),
    remedies=(
        (
            "Run a Python for which {what} has a wheel (pin it in the file that the platform reads), or raise"
            " {package} to a version that has a wheel for Python {python}."
        ),
        "Only if no wheel exists: install a current Rust toolchain in the build.",
    ),
    examples=(
        (
            "      error: can't find Rust compiler\n\n      If you are using an outdated pip version, it is possible"
            " a prebuilt wheel is available for this package"
        ),
        (
            "      Cargo, the Rust package manager, is not installed or is not on PATH.\n      This package requires"
            " Rust and Cargo to compile extensions. Install it through"
        ),
        (
            "      💥 maturin failed\n        Caused by: Cargo metadata failed. Does your crate compile with `cargo"
            " build`?\n        Caused by: No such file or directory (os error 2)"
        ),
        (
            "error: rustup could not choose a version of cargo to run, because one wasn't specified explicitly, and"
            " no default is configured."
        ),
    ),
    counter_examples=("   Compiling pyo3-ffi v0.22.2", "cargo 1.79.0 (ffa9cf99a 2024-06-03)"),
    effect_of=frozenset({"cargo-read-only", "cargo-network", "pyo3-python-too-new", "build-script-api-removed"}),
)
