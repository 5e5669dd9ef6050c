"""The builder or platform refuses its configuration file.

What it means:
    railway.json, nixpacks.toml, railpack.json, render.yaml, vercel.json, fly.toml or the Dockerfile itself is not
    valid.

Why:
    A value of the wrong type, an unknown builder, a syntax error.

Example:
    Failed to parse your service config. Error: build.builder: Invalid input

What to do:
    Correct the key that the log names.

Sources:
    Railway's validation messages in public logs; nixpacks f51d7fd src/nixpacks/plan/generator.rs:191-232; railpack
    core.go:327-378; Vercel's and Docker's messages; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="builder-config-invalid",
    title="The builder's configuration file is refused",
    group=Group.PLATFORM,
    phase="setup",
    patterns=(
        pattern(
            "Failed to parse your service config",
            r"Failed to parse your service config\.?(?: Error: (?P<problem>.+))?",
        ),
        pattern("Failed to parse Nixpacks config file", r"Failed to parse Nixpacks config file `?(?P<file>[^`\s]+)`?"),
        pattern("undefined variable '", r"error: undefined variable '(?P<problem>[\w.-]+)'", needs=r"nix", reach=60),
        pattern(
            "Unable to locate package",
            r"E: Unable to locate package (?P<problem>\S+)",
            confidence=Confidence.MEDIUM,
            needs=r"[Nn]ixpacks|[Rr]ailpack|apt(?:file|-buildpack)|Aptfile",
            reach=80,
        ),
        pattern("config file", r"[Cc]onfig file (?P<file>\S+) does not exist"),
        pattern("railpack.json", r"(?:failed to|error|invalid).{0,60}(?P<file>railpack\.json)"),
        pattern("Invalid request: ", r"Invalid request: (?P<problem>.{5,120})", needs=r"vercel|builds|functions"),
        pattern(
            "vercel.json",
            r"(?:Invalid|Couldn't parse|schema validation failed|should NOT have additional"
            r" property).{0,80}(?P<file>vercel\.json)",
        ),
        pattern("should NOT have additional property", r"should NOT have additional property `?(?P<problem>\w+)`?"),
        pattern("dockerfile parse error", r"dockerfile parse error(?: on)? line (?P<line>\d+): (?P<problem>.+)"),
        pattern("unknown instruction", r"unknown instruction: (?P<problem>\S+)"),
        pattern("app.json", r"(?:invalid|Invalid|malformed).{0,40}(?P<file>app\.json)"),
        pattern("render.yaml", r"(?:[Ii]nvalid|[Ee]rror (?:in|parsing)|could not parse).{0,40}(?P<file>render\.yaml)"),
        pattern("fly.toml", r"(?:[Ii]nvalid|[Ee]rror|failed).{0,60}(?P<file>fly\.toml)"),
        pattern("Provider ", r"Provider `?(?P<problem>[\w.-]+)`? not found"),
        pattern("mise ", r"(?:mise ERROR|mise).{0,20} (?:error parsing|failed to parse) config file:? (?P<file>\S+)"),
    ),
    explanation=(
        (
            "{file} is refused: {problem}. | The builder's configuration is refused: {problem}. | {file} is refused."
            " | The builder's configuration is refused."
        ),
    ),
    remedies=(
        "Correct that key or value; the builder's documentation lists the keys that it knows.",
        "If the file was written for another builder: remove it or move what it says to the one that runs.",
    ),
    examples=(
        "Failed to parse your service config. Error: build.builder: Invalid input",
        "error: undefined variable 'pip'\n       at /app/.nixpacks/nixpkgs-bc8f8d1.nix:19:9",
        "Error: Failed to parse Nixpacks config file `nixpacks.toml`",
    ),
    counter_examples=("load build definition from ./railpack-plan.json",),
    effect_of=frozenset({"dockerfile-command-failed"}),
    about_a_package=False,
)
