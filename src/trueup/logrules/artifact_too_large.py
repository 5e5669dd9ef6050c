"""The result is over the platform's size limit.

What it means:
    The build worked and its result (slug, image, function) is too large to deploy.

Why:
    Large dependencies or data in the repository.

Example:
    Error: A Serverless Function has exceeded the unzipped maximum size of 250 MB.

What to do:
    Leave out what does not run.

Sources:
    Vercel's and Heroku's messages and limits; Railway's image limit; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="artifact-too-large",
    title="The result is over the platform's size limit",
    group=Group.PLATFORM,
    phase="build",
    patterns=(
        pattern("exceeded the unzipped maximum size", r"exceeded the unzipped maximum size of (?P<limit>\d+ ?\w+)"),
        pattern(
            "Serverless Function", r"Serverless Functions? (?:has exceeded|size|exceeds?).{0,60}(?P<limit>\d+ ?[MG]B)"
        ),
        pattern(
            "is too large (max is",
            r"(?<![\d.])(?P<size>[\d.]{1,12} ?\w{1,4}) is too large \(max is (?P<limit>[\d.]+ ?\w+)\)",
        ),
        pattern("slug size", r"(?:[Cc]ompiled )?slug size:? (?P<size>\S+)? ?is too large"),
        pattern(
            "mage of size",
            r"[Ii]mage of size (?P<size>[\d.]+ ?\w+) exceed(?:s|ed) (?:the )?limit of (?P<limit>[\d.]+ ?\w+)",
        ),
        pattern(
            "exceeds the maximum",
            r"(?:bundle|package|deployment|image|function|archive|slug).{0,60}exceeds? the"
            r" maximum.{0,40}?(?P<limit>[\d.]+ ?[KMGkmg]i?[Bb])",
        ),
        pattern("nzipped size must be smaller than", r"[Uu]nzipped size must be smaller than (?P<limit>\d+)"),
        pattern("exceeds Lambda", r"(?:bundle|total|size).{0,60}exceeds Lambda.{0,60}(?P<limit>\d+ ?MB)?"),
    ),
    explanation=(
        (
            "What was built is larger than {limit}, the platform's limit. | What was built is larger than the"
            " platform allows."
        ),
    ),
    remedies=(
        (
            "Leave out what does not run: development packages, data, models, caches (.slugignore, .dockerignore,"
            " excludeFiles)."
        ),
        "Use slimmer builds of large packages (CPU-only), or a platform without that limit.",
    ),
    examples=(
        "Error: A Serverless Function has exceeded the unzipped maximum size of 250 MB.",
        " !     Compiled slug size: 612.4M is too large (max is 500M).",
        "Image of size 8.9 GB exceeded limit of 4.0 GB. Upgrade your plan to increase the image size limit.",
    ),
    counter_examples=("-----> Compressing...\n       Done: 61.2M",),
    about_a_package=False,
)
