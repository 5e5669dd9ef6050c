"""The tool is older than the lockfile's format.

What it means:
    poetry, uv, pdm or pipenv in the image cannot read a lockfile that a newer release wrote.

Why:
    The platform or builder pins its own version of the tool.

Example:
    error: The lockfile at `uv.lock` uses an unsupported schema version (v3, but only v1 is supported).

What to do:
    Raise the tool where the platform lets you (POETRY_VERSION, UV_VERSION, …), or write the lockfile with the older
    one.

Sources:
    poetry's packages/locker.py; uv's lock schema versions; nixpacks f51d7fd src/providers/python.rs (Poetry 1.3.1, uv
    0.4.30); own recordings; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="lock-tool-too-old",
    title="The tool is older than the lockfile",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        pattern(
            "lock file is not compatible with the current version of",
            r"lock file is not compatible with the current version of (?P<tool>\w+)",
        ),
        pattern(
            "uses an unsupported schema version",
            r"(?P<lock>`?uv\.lock`?).{0,30} uses an unsupported schema version",
            span=2,
        ),
        pattern("ailed to parse `uv.lock`", confidence=Confidence.MEDIUM),
        pattern(
            "poetry.lock",
            r"(?:created|generated) by a newer version of (?P<tool>[Pp]oetry)",
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "metadata.files",
            r"(?:KeyError|NonExistentKey)\S*: .*(?:Key )?\"?(?:metadata\.)?files\"? does not exist|Invalid"
            r" hashes.*metadata\.files",
        ),
        pattern(
            "PackageNotFound",
            r"PackageNotFound",
            needs=r"raise PackageNotFound\(\"Package \{\} \(\{\}\) not found|poetry/repositories/pool\.py",
            reach=14,
        ),
        pattern(
            "NonExistentKey",
            r"NonExistentKey.{0,20}",
            needs=r"poetry|locker\.py",
            reach=40,
            confidence=Confidence.MEDIUM,
        ),
        pattern("'content-hash'", r"KeyError: 'content-hash'", needs=r"poetry", reach=40),
        pattern(
            "Required environment version",
            r"Required (?P<tool>uv) version `[^`]+` does not match the running version",
        ),
        pattern(
            "equires Poetry",
            r"(?:This project|project) requires (?P<tool>Poetry) (?P<wanted>[<>=^~]*[\d.]+)[^,]*, but you are using"
            r" (?:Poetry )?(?P<version_used>[\d.]+)",
        ),
        pattern(
            "lock file version",
            r"[Ll]ock file version .{0,30}(?:not supported|incompatible|newer)",
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "Additional properties are not allowed",
            r"Additional properties are not allowed \('(?:package-mode|requires-poetry|priority|group)' was"
            r" unexpected\)",
        ),
        pattern("ither [project.name] or [tool.poetry.name] is required", confidence=Confidence.LOW, lead=-2),
        pattern(
            "The fields ['authors'",
            r"\[tool\.poetry\]|The fields .*are required in package mode",
            confidence=Confidence.LOW,
            lead=-3,
        ),
    ),
    explanation=(
        (
            "The lockfile was written by a newer release of {tool} than the one that the platform runs. | The tool"
            " that the platform runs is older than the lockfile's format and cannot read it."
        ),
    ),
    remedies=(
        (
            "Pin the tool's version on the platform to the one that wrote the lockfile (POETRY_VERSION, UV_VERSION,"
            " NIXPACKS_POETRY_VERSION, a `requires` of the tool …)."
        ),
        "Or write the lockfile again with the older release that the platform has.",
    ),
    examples=(
        (
            "The lock file is not compatible with the current version of Poetry.\nUpgrade Poetry to be able to read"
            " the lock file or, alternatively, regenerate the lock file with the `poetry lock` command."
        ),
        (
            "error: The lockfile at `uv.lock` uses an unsupported schema version (v3, but only v1 is supported)."
            " Downgrade to a compatible uv version"
        ),
    ),
    counter_examples=(
        (
            "pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to fix the"
            " lock file."
        ),
    ),
    about_a_package=False,
)
