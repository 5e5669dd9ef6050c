"""A downloaded file is truncated or altered.

What it means:
    The archive cannot be opened, or the connection broke in the middle.

Why:
    A network fault, a full proxy or cache, or a damaged file in a cache of the build.

Example:
    zipfile.BadZipFile: File is not a zip file

What to do:
    Build again without the cache.

Sources:
    pip's unpacking and `pip._vendor.urllib3` exceptions; uv's wording; own recordings with a cut file; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="download-corrupted",
    title="A download is damaged",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        pattern(
            "has an invalid package format",
            r"(?<![\w.-])(?P<package>[\w.-]{1,80})==(?P<version>[\w.+!]+) has an invalid package format",
            lead=1,
        ),
        pattern(
            "The structure of `",
            r"The structure of `(?<![\w.-])(?P<package>[\w.-]{1,80})` \(v(?P<version>[\w.+!]+)\) was invalid",
        ),
        pattern("BadZipFile", r"BadZipFile: (?P<problem>.+)"),
        pattern("BadZipfile", r"BadZipfile: (?P<problem>.+)"),
        pattern("has an invalid wheel", r"Wheel '(?<![\w.-])(?P<package>[\w.-]{1,80})' located at \S+ is invalid"),
        pattern("is invalid.", r"Wheel '(?<![\w.-])(?P<package>[\w.-]{1,80})' located at \S+ is invalid"),
        pattern("IncompleteRead", r"IncompleteRead\((?P<problem>[^)]*)\)"),
        pattern("Failed to extract archive", r"Failed to extract archive", confidence=Confidence.MEDIUM),
        pattern("ailed to unzip", r"[Ff]ailed to unzip (?:wheel|archive)?:? ?(?P<problem>\S+)"),
        pattern("unable to locate the end of central directory record"),
        pattern(
            "end of central directory",
            r"(?:[Uu]nable|could not|Could not|couldn't) (?:to )?(?:locate|find) (?:the )?end of central directory",
            lead=-1,
        ),
        pattern("tarfile.ReadError", r"tarfile\.ReadError: (?P<problem>.+)"),
        pattern("zlib.error", r"zlib\.error: (?P<problem>.+)", confidence=Confidence.MEDIUM),
        pattern(
            "Compressed file ended before the end-of-stream marker",
        ),
        pattern("unexpected end of file", r"(?:gzip|tar|zip|xz).{0,40}unexpected end of file"),
        pattern("Connection broken", r"Connection broken: (?P<problem>.{0,80})", lead=-1, confidence=Confidence.MEDIUM),
        pattern("incomplete-download", r"error: incomplete-download"),
        pattern("Download failed because not enough bytes were received", lead=1),
    ),
    explanation=("A downloaded file is damaged: {problem}. | A downloaded file is damaged or incomplete.",),
    remedies=(
        (
            "Build again with an empty cache (`pip install --no-cache-dir`, `uv cache clean`, the platform's \"clear"
            ' build cache").'
        ),
        "If it comes back: look at the proxy or mirror between the build and the index.",
    ),
    examples=(
        "zipfile.BadZipFile: File is not a zip file",
        "pip._vendor.urllib3.exceptions.IncompleteRead: IncompleteRead(4000 bytes read, 7053 more expected)",
        "  ╰─▶ Failed to extract archive: six-1.16.0-py2.py3-none-any.whl",
    ),
    counter_examples=("  Downloading six-1.16.0-py2.py3-none-any.whl (11 kB)",),
    about_a_package=False,
)
