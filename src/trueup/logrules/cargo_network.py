"""cargo cannot reach the index of crates.

What it means:
    A Rust package is built from source and cargo cannot download the crates it needs.

Why:
    The build has no network, a proxy, or the index did not answer. With a wheel nothing would be downloaded by cargo.

Example:
    warning: spurious network error (2 tries remaining): [7] Could not connect to server

What to do:
    Use a wheel; else allow the build to reach the index, or vendor the crates.

Sources:
    rust-lang/cargo src/cargo/sources/registry and its messages; own recordings with a refusing proxy; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

_CARGO = r"[Cc]argo|crate|maturin|rust"

RULE = Rule(
    id="cargo-network",
    title="Cargo cannot reach its index",
    group=Group.SOURCE_BUILD,
    phase="install",
    patterns=(
        pattern("spurious network error", r"warning: spurious network error", needs=r"error: |Caused by", reach=60),
        pattern("failed to download from `", needs=_CARGO),
        pattern(
            "failed to fetch `",
            r"(?:failed to fetch|Unable to update) `?\S+",
            needs=r"resolve host|connect to server|network|timed? ?out|SSL",
            reach=10,
        ),
        pattern(
            "Unable to update ",
            r"Unable to update \S",
            needs=r"resolve host|connect to|network|timed? ?out|SSL|proxy",
            reach=10,
        ),
        pattern(
            "failed to query replaced source",
            needs=r"resolve host|connect to|network|timed? ?out|SSL|proxy|download",
            reach=10,
        ),
        pattern("download of config.json failed", needs=_CARGO),
        pattern(
            "failed to get `",
            r"failed to get `[\w-]+` as a dependency of package",
            needs=r"resolve host|connect to|network|timed? ?out|SSL|proxy|download",
            reach=10,
            lead=1,
        ),
    ),
    explanation=("It is written in Rust: the build calls cargo, which cannot reach the index of crates.",),
    remedies=(
        (
            "Run a Python for which {what} has a wheel, or raise {package} to a version that has one for Python"
            " {python}: cargo then never runs."
        ),
        "If the build must compile: let it reach the index of crates, or set cargo's proxy or a vendored source.",
    ),
    examples=(
        (
            "          Updating index.example index\n      warning: spurious network error (1 try remaining): [7]"
            " Could not connect to server (Failed to connect to 127.0.0.1 port 9)\n      error: failed to get `ahash`"
            " as a dependency of package `pydantic-core v2.18.4 (/tmp/pip-install-x/pydantic-core)`\n      Caused"
            " by:\n        download of config.json failed"
        ),
    ),
    counter_examples=("    Updating index.example index\n Downloading 12 crates\n  Downloaded ahash v0.8.11",),
)
