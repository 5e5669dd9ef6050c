"""A write outside of the writable tree.

What it means:
    Something writes to a folder that is read-only there (not cargo's home).

Why:
    Serverless functions may write to /tmp only; some platforms' system folders are read-only; uv or pip with
    `--system` writes into the image's own Python.

Example:
    OSError: [Errno 30] Read-only file system: '/var/task/uploads'

What to do:
    Write below a writable folder, or use a service for the data.

Sources:
    errno(3); astral-sh/uv issue 3838; Vercel's runtime documentation; own recording; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="read-only-filesystem",
    title="A write where nothing may be written",
    group=Group.PLATFORM,
    phase="start",
    patterns=(
        pattern(
            "[Errno 30] Read-only file system", r"Read-only file system: b?'(?P<path>(?![^']*(?:cargo|rustup))[^']+)'"
        ),
        pattern(
            "Read-only file system",
            r"(?:cannot create|cannot touch|can't create|unable to"
            r" create|mkdir|touch|cp|mv|ln)\b.{0,20}?['‘]?(?P<path>/[^'’:\s]+)['’]?:? Read-only file system",
        ),
        pattern(
            "Read-only file system (os error 30)",
            r"(?:directory|file|path|open|create|write|remove|persist)\b.{0,20}`(?P<path>(?![^`]*(?:cargo|rustup|crates|registry))/[^`]+)`.*Read-only"
            r" file system",
        ),
        pattern("EROFS", r"EROFS: read-only file system,? \w+ '(?P<path>[^']+)'"),
        pattern("attempt to write a readonly database"),
    ),
    explanation=(
        (
            "Something writes to {path}, which is read-only there. | Something writes to a place that is read-only"
            " there."
        ),
    ),
    remedies=(
        (
            "Write below a folder that may be written (/tmp, the project's own folder, a mounted disk), or keep the"
            " data in a service."
        ),
        "When installing: install into a virtual environment, not into the system's Python (`--system`).",
    ),
    examples=(
        "OSError: [Errno 30] Read-only file system: '/var/task/uploads'",
        "mkdir: cannot create directory '/usr/share/fonts/x': Read-only file system",
    ),
    counter_examples=(
        (
            "error: failed to create directory `/usr/local/cargo/registry/cache/x`\n  Read-only file system (os"
            " error 30)"
        ),
    ),
    about_a_package=False,
)
