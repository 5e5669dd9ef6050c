"""cargo is there, and its home cannot be written.

What it means:
    The build calls cargo, which wants to store crates below its home and gets "Read-only file system (os error 30)".

Why:
    Some platforms install Rust into a part of the image that is read-only when packages are installed. The cause is
    not cargo: no wheel exists for the Python in use, so the package is built at all.

Example:
    error: failed to create directory `/usr/local/cargo/registry/cache/…`: Read-only file system (os error 30)

What to do:
    Pin a Python for which the package has a wheel, or raise the package. Moving CARGO_HOME is reported not to help.

Sources:
    A raw Render log (Python 3.13.4, pydantic-core 2.18.4); rust-lang/cargo src/cargo/util; own recordings with a
    read-only cargo home; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

_CARGO = r"cargo|rustup|\.crate|registry|maturin"

RULE = Rule(
    id="cargo-read-only",
    title="Cargo's home cannot be written",
    group=Group.SOURCE_BUILD,
    phase="install",
    patterns=(
        pattern(
            "Read-only file system (os error 30)",
            needs=_CARGO,
            unless=r"^\s*(?:Compiling|Finished) \S+ v[\d.]+$|site-packages",
            reach=8,
        ),
        pattern(
            "Permission denied (os error 13)",
            needs=r"failed to (?:create directory|open|write).*(?:cargo|registry)",
            reach=4,
        ),
        pattern(
            "failed to create directory",
            r"failed to create directory .*(?:cargo|rustup)\S*(?:registry|tmp|toolchains|downloads|git)\b.*",
            needs=r"Read-only file system|Permission denied",
            lead=1,
        ),
        pattern("could not create temp file", r"could not create temp file .*rustup.*Read-only file system", lead=1),
    ),
    explanation=(
        (
            "It is written in Rust: the build calls cargo, whose home is read-only there, so the crates cannot be"
            " stored."
        ),
        "The read-only folder is where it stops, not why: with a wheel, cargo would never run.",
    ),
    remedies=(
        (
            "Pin a Python for which {what} has a wheel, in a file or variable that the platform reads (on Render"
            " PYTHON_VERSION with the full X.Y.Z, or .python-version)."
        ),
        "Or raise {package} (or the package that pins it) to a version with a wheel for Python {python}.",
        "Setting CARGO_HOME or RUSTUP_HOME to a writable folder is reported not to help; do not rely on it.",
    ),
    examples=(
        (
            "      💥 maturin failed\n        Caused by: `cargo metadata` exited with an error:\n      error: failed"
            " to create directory `/usr/local/cargo/registry/cache/index.example-1949cf8c6b5b557f`\n\n      Caused"
            " by:\n        Read-only file system (os error 30)"
        ),
        (
            "warning: failed to write cache, path: /usr/local/cargo/registry/index/index.example/.cache/ah/as/ahash,"
            " error: Read-only file system (os error 30)"
        ),
    ),
    counter_examples=(
        (
            "error: failed to create directory `/usr/local/lib/python3.11/site-packages/six`: Read-only file system"
            " (os error 30)"
        ),
        "OSError: [Errno 30] Read-only file system: '/app/static'",
    ),
)
