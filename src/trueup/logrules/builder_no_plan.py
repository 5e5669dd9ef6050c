"""The builder recognises no language.

What it means:
    Nothing at the service's root tells the builder how to build: often the application lies in a subfolder of a
    monorepo and the root directory is not set.

Why:
    Builders look for manifests at the root only.

Example:
    Nixpacks was unable to generate a build plan for this app.

What to do:
    Set the root directory, or put the manifest where the builder looks.

Sources:
    railpack b5e8058 core/validate.go:38-52; nixpacks f51d7fd src/lib.rs:143-155; heroku-buildpack-python bin/detect;
    buildpacks lifecycle; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="builder-no-plan",
    title="The builder recognises no application",
    group=Group.PLATFORM,
    phase="setup",
    patterns=(
        pattern("could not determine how to build the app"),
        pattern("was unable to generate a build plan for this app"),
        pattern("No default language could be detected for this app"),
        pattern("App not compatible with buildpack", r"App not compatible with buildpack: (?P<buildpack>\S+)"),
        pattern("No buildpack groups passed detection", lead=-1),
        pattern("failed to detect: no buildpacks participating", lead=-1),
        pattern(
            "Could not detect",
            r"(?:Could not detect|Couldn't detect|Unable to detect) (?:any |a |the )?(?:supported"
            r" )?(?:language|platform|framework|app|buildpack)",
        ),
        pattern("Your app is missing the files", lead=-1),
        pattern(
            "Error: Couldn't find any supported Python package manager files",
        ),
        pattern("Failed to find your WSGI_APPLICATION django setting"),
        pattern("railpack process exited with an error", lead=-3),
    ),
    explanation=("The builder looked at the service's root and found nothing that tells which language this is.",),
    remedies=(
        "If the application lies in a subfolder: set the service's root directory to it.",
        "Else put a manifest at the root (requirements.txt, or pyproject.toml with a lockfile).",
    ),
    examples=(
        (
            "✖ Railpack could not determine how to build the app.\n\nThe following languages are supported:\n- Php\n-"
            " Python"
        ),
        (
            "Nixpacks was unable to generate a build plan for this app.\nPlease check the documentation for supported"
            " languages"
        ),
        " !     No default language could be detected for this app.",
    ),
    counter_examples=("↳ Detected Python\n↳ Using pip",),
    effect_of=frozenset(
        {"builder-config-invalid", "no-start-command", "python-version-unavailable", "python-version-syntax"}
    ),
    own_phase=True,
    about_a_package=False,
)
