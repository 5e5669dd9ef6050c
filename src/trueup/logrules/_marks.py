"""Lines by which platforms, builders and tools make themselves known, and what follows from them.

Sources: Render, Railway, Railpack and Nixpacks: raw public logs and the projects' sources, read 2026-11-20; Heroku:
heroku-buildpack-python at b4e7e721 (`bin/`, `lib/`) and buildpacks-python at f81d0dc1; Vercel: vercel at 17d9ebaf
(`packages/python`); GitHub Actions: actions/setup-python and runner logs; pip, uv and poetry: their own messages.

Lines that look like these and that no platform prints (`==> Build succeeded`, `==> Starting service…`,
`==> Installing dependencies...`, `Using Python version X (from runtime.txt)`) match nothing here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that tells where a log comes from, or that a phase begins, succeeds or fails.

    `phase` begins with the line. `done` is the phase that the line says has succeeded; `failed` that it ends in
    failure. `weak`: believed for platform and builder only where nothing stronger speaks.
    """

    literal: str
    regex: re.Pattern[str]
    platform: str | None = None
    builder: str | None = None
    phase: str | None = None
    done: str | None = None
    failed: bool = False
    weak: bool = False


def _mark(
    literal: str,
    regex: str | None = None,
    platform: str | None = None,
    builder: str | None = None,
    phase: str | None = None,
    *,
    done: str | None = None,
    failed: bool = False,
    weak: bool = False,
) -> Mark:
    compiled = re.compile(re.escape(literal) if regex is None else regex)
    return Mark(literal, compiled, platform, builder, phase, done, failed, weak)


_RENDER = (
    _mark("==> Cloning from ", r"^==> Cloning from https?://", "render", "render-native", "setup"),
    _mark("==> Checking out commit ", r"^==> Checking out commit [0-9a-f]{7,40} in branch ", "render", None, "setup"),
    _mark(
        "==> Using ",
        r"^==> Using (?:Python|Poetry|Node\.js|Bun|uv) version \d+(?:\.\d+){1,2}"
        r"(?: \(default\)| via environment variable \w+| via /opt/render/project/src/\S+)$",
        "render", "render-native", "setup",
    ),
    _mark(
        "==> Installing ",
        r"^==> Installing (?:Python|Poetry|Node\.js|Bun|uv) version [\d.]+$",
        "render", "render-native",
    ),
    _mark("==> The PYTHON_VERSION must provide", None, "render", "render-native", "setup", failed=True),
    _mark(
        "is not cached, installing version",
        r"^==> Python version \S+ is not cached",
        "render", "render-native", "setup",
    ),
    _mark("==> Could not fetch Python version", None, "render", "render-native", "setup", failed=True),
    _mark("==> Docs on specifying a", r"^==> Docs on specifying an? (?:Python|Node|Poetry|port|uv)", "render"),
    _mark("==> Running build command '", None, "render", "render-native", "install"),
    _mark("==> Uploading build...", None, "render", "render-native", None, done="build"),
    _mark("==> Build successful 🎉", None, "render", "render-native", None, done="build"),
    _mark("==> Build failed 😞", None, "render", "render-native", None, failed=True),
    _mark("==> Deploying...", None, "render", None, "start"),
    _mark("==> Setting WEB_CONCURRENCY=", None, "render", "render-native", "start"),
    _mark("==> Running '", r"^==> Running '.*'$", "render", None, "start"),
    _mark("==> Your service is live 🎉", None, "render", None, None, done="health"),
    _mark("==> Available at your primary URL", None, "render", None, None),
    _mark(
        "ports detected",
        r"^==> (?:No open (?:HTTP )?ports detected|Port scan timeout reached, no open)",
        "render", None, "start",
    ),
    _mark("==> New primary port detected:", None, "render", None, "start"),
    _mark("==> Detected service running on port", None, "render", None, "start"),
    _mark("==> Exited with status ", None, "render", None, None, failed=True),
    _mark("==> Application exited early", None, "render", None, None, failed=True),
    _mark("==> Out of memory (used over ", None, "render", None, None, failed=True),
    _mark("==> Timed Out", r"^==> Timed Out$", "render", None, None, failed=True),
    _mark("==> Common ways to troubleshoot your deploy", None, "render", None, None, failed=True),
    _mark(
        "while building your code",
        r"Exited with status \d+ while building your code",
        "render", None, None, failed=True,
    ),
    _mark("render.com/docs/", None, "render", weak=True),
    _mark("/opt/render/project/", None, "render", "render-native", None, weak=True),
)  # fmt: skip

_RAILWAY = (
    _mark("scheduling build on Metal builder", None, "railway", None, "setup"),
    _mark("[Region: ", r"^\[Region: [\w-]+\]$", "railway", None, "setup"),
    _mark("using build driver railpack", r"^using build driver railpack-v[\d.]+", "railway", "railpack", "setup"),
    _mark("using build driver nixpacks", r"^using build driver nixpacks-v[\d.]+", "railway", "nixpacks", "setup"),
    _mark("using build driver docker", None, "railway", "dockerfile", "setup"),
    _mark("Using Nixpacks", r"^Using Nixpacks$", "railway", "nixpacks", "setup"),
    _mark("Using Detected Dockerfile", None, "railway", "dockerfile", "setup"),
    _mark("Railpack ", r"^[│|]\s*Railpack v?[\d.]+\s*[│|]$", None, "railpack", "setup"),
    _mark("railpack-plan.json", r"load build definition from \./railpack-plan\.json", "railway", "railpack", "setup"),
    _mark("ghcr.io/railwayapp/railpack", None, "railway", "railpack", "setup"),
    _mark("Railpack could not determine how to build the app", None, None, "railpack", "setup", failed=True),
    _mark("railpack process exited with an error", None, "railway", "railpack", None, failed=True),
    _mark("install mise packages:", None, None, "railpack", "setup", weak=True),
    _mark("mise python@", r"^mise python@[\d.]+\s+✓ installed", None, "railpack", "setup", weak=True),
    _mark("Nixpacks v", r"^╔═+ Nixpacks v[\d.]+ ═+╗$", None, "nixpacks", "setup"),
    _mark("Nixpacks was unable to generate a build plan", None, None, "nixpacks", "setup", failed=True),
    _mark("ghcr.io/railwayapp/nixpacks", None, "railway", "nixpacks", "setup"),
    _mark(
        "[stage-0 ",
        r"\[stage-0\s+\d+/\d+\] (?:RUN|COPY|FROM|WORKDIR).*(?:nixpacks|/opt/venv)",
        None, "nixpacks", None,
    ),
    _mark(".nixpacks/nixpkgs-", None, None, "nixpacks", "setup"),
    _mark("python -m venv --copies /opt/venv", None, None, "nixpacks", "install"),
    _mark("=== Successfully Built! ===", None, "railway", None, None, done="build"),
    _mark("Starting Container", r"^Starting Container$", "railway", None, "start"),
    _mark("Starting Healthcheck", r"^=*\s*Starting Healthcheck\s*=*$", "railway", None, "health"),
    _mark("Healthcheck succeeded!", r"^\[\d+/\d+\] Healthcheck succeeded!", "railway", None, None, done="health"),
    _mark("replicas never became healthy", None, "railway", None, "health", failed=True),
    _mark("Healthcheck failed!", r"^Healthcheck failed!", "railway", None, "health", failed=True),
    _mark("failed with service unavailable", r"^Attempt #\d+ failed with", "railway", None, "health"),
    _mark("RAILWAY_", r"\bRAILWAY_(?:ENVIRONMENT|SERVICE|PROJECT|STATIC_URL|PUBLIC_DOMAIN)", "railway", weak=True),
    _mark("service config", r"Failed to parse your service config", "railway", None, "setup", failed=True),
)  # fmt: skip

_HEROKU = (
    _mark("-----> Building on the Heroku-", None, "heroku", "heroku-classic", "setup"),
    _mark("-----> Using buildpack", r"-----> Using buildpacks?: heroku/", "heroku", "heroku-classic", "setup"),
    _mark("-----> Python app detected", None, "heroku", "heroku-classic", "setup", weak=True),
    _mark(
        "-----> Installing Python ",
        r"-----> Installing (?:Python |python-)\d",
        "heroku", "heroku-classic", "setup", weak=True,
    ),
    _mark("-----> Using Python ", None, "heroku", "heroku-classic", "setup", weak=True),
    _mark("-----> Installing requirements with pip", None, "heroku", "heroku-classic", "install", weak=True),
    _mark(
        "-----> Installing dependencies ",
        r"-----> Installing dependencies (?:using|with)",
        "heroku", "heroku-classic", "install", weak=True,
    ),
    _mark("-----> $ python manage.py collectstatic", None, "heroku", "heroku-classic", "build", weak=True),
    _mark("-----> Compressing...", None, "heroku", "heroku-classic", "release", done="build"),
    _mark("-----> Launching...", None, "heroku", "heroku-classic", "release", done="build"),
    _mark("Running release command", None, "heroku", None, "release", weak=True),
    _mark("Push rejected", r"!\s+Push rejected", "heroku", "heroku-classic", None, failed=True),
    _mark("Starting process with command", None, "heroku", None, "start", weak=True),
    _mark("State changed from starting to up", None, "heroku", None, None, done="health"),
    _mark("State changed from starting to crashed", None, "heroku", None, None, failed=True),
    _mark("Error R", r"Error R1[04] \(", "heroku", None, "start"),
    _mark("at=error code=H", r"\bat=error code=H\d\d", "heroku", None, None),
    _mark("herokuapp.com", None, "heroku", None, None, weak=True),
    _mark("===> DETECTING", None, None, "heroku-cnb", "setup", weak=True),
    _mark("heroku/python", r"^heroku/python \d", "heroku", "heroku-cnb", "setup", weak=True),
    _mark("heroku/builder", None, "heroku", "heroku-cnb", None),
    _mark("[Determining Python version]", None, "heroku", "heroku-cnb", "setup"),
    _mark("[Installing dependencies using", None, "heroku", "heroku-cnb", "install"),
)  # fmt: skip

_DOCKER = (
    _mark("load build definition from Dockerfile", None, "docker", "dockerfile", "setup"),
    _mark("load metadata for docker.io/", None, "docker", "dockerfile", "setup"),
    _mark("Step ", r"^Step \d+/\d+ ?: (?:FROM|ARG)\b", "docker", "dockerfile", "setup"),
    _mark(
        " RUN ",
        r"(?:^Step \d+/\d+ ?:|\[[^\]]*\d+/\d+\])\s+RUN\b.*\b(?:pip3?|uv|poetry|pipenv|pdm) ",
        "docker", "dockerfile", "install",
    ),
    _mark(
        " RUN ",
        r"(?:^Step \d+/\d+ ?:|\[[^\]]*\d+/\d+\])\s+RUN\b(?!.*\b(?:pip3?|uv|poetry|pipenv|pdm) )",
        "docker", "dockerfile", "build",
    ),
    _mark("Dockerfile:", r"^Dockerfile:\d+$", "docker", "dockerfile", None),
    _mark(
        "failed to solve",
        r"(?:ERROR: )?failed to solve(?: with frontend \S+)?:",
        "docker", "dockerfile", None, failed=True,
    ),
    _mark(
        "The command '/bin/sh -c",
        r"The command '/bin/sh -c .*' returned a non-zero code",
        "docker", "dockerfile", None, failed=True,
    ),
    _mark("Successfully tagged ", r"^Successfully tagged ", "docker", "dockerfile", None, done="build"),
    _mark("naming to ", r"\bnaming to (?:docker\.io|registry)\S*.*\bdone", "docker", "dockerfile", None, done="build"),
    _mark("OCI runtime create failed", None, "docker", None, "start", failed=True),
    _mark("Attaching to ", r"^Attaching to [\w, -]+$", "docker", None, "start"),
)  # fmt: skip

_OTHERS = (
    _mark("Running build in ", r"^Running build in .{3,60} [–-] \w{4}\d", "vercel", "vercel", "setup"),
    _mark('Running "vercel build"', None, "vercel", "vercel", "build"),
    _mark("Vercel CLI ", r"^Vercel CLI \d", "vercel", "vercel", "setup"),
    _mark("existing in your configuration file, the Build and Development Settings", None, "vercel", "vercel", "setup"),
    _mark("vc__handler__python", None, "vercel", "vercel", "start"),
    _mark("/vercel/path", None, "vercel", "vercel", None),
    _mark("Build Completed in /vercel/output", None, "vercel", "vercel", None, done="build"),
    _mark(
        "Serverless Function",
        r"Serverless Functions? (?:has exceeded|exceed)",
        "vercel", "vercel", "build", failed=True,
    ),
    _mark("Current runner version:", None, "github-actions", None, "setup"),
    _mark("Run actions/", r"Run actions/[\w-]+@", "github-actions", None, "setup"),
    _mark("/home/runner/work/", None, "github-actions", None, None, weak=True),
    _mark("/opt/hostedtoolcache/", None, "github-actions", None, None, weak=True),
    _mark(
        "Process completed with exit code ",
        r"Process completed with exit code [1-9]",
        "github-actions", None, None, failed=True,
    ),
    _mark("Successfully set up CPython", None, "github-actions", None, "setup"),
    _mark("/mount/src/", None, "streamlit", None, None, weak=True),
    _mark(
        "Streamlit",
        r"Python dependencies were installed from .*(?:uv|pip)|Processed dependencies!",
        "streamlit", None, None,
    ),
    _mark("Oryx", r"Detecting platforms|Using Oryx|/tmp/oryx|Oryx Version", "azure", "oryx", "setup"),
    _mark("==> Verifying app config", None, "fly", None, "setup"),
    _mark("/layers/google.python", None, "google", "google-buildpacks", None),
    _mark("google.python.", r"\(google\.python\.\w+@", "google", "google-buildpacks", "setup"),
    _mark("/opt/build/repo", None, "netlify", "netlify", None),
    _mark("netlify", r"^(?:Netlify Build|@netlify/build)", "netlify", "netlify", "build"),
)  # fmt: skip

_TOOLS = (
    _mark("Collecting ", r"^Collecting [A-Za-z0-9]", phase="install"),
    _mark("Processing ", r"^Processing (?:\.|/|\w:\\)", phase="install"),
    _mark("Looking in indexes:", phase="install"),
    _mark("Requirement already satisfied:", phase="install"),
    _mark("Building wheel for ", phase="install"),
    _mark("ERROR: Could not find a version", phase="install"),
    _mark("pip install", r"^\$? ?(?:\(?[\w.-]+\)? ?[$%>#] )?(?:python[\d.]* -m )?pip[\d.]* install", phase="install"),
    _mark("uv ", r"^[$%>#]? ?uv (?:sync|pip (?:install|sync)|lock)\b", phase="install"),
    _mark("poetry install", r"^[$%>#]? ?poetry install", phase="install"),
    _mark("Installing dependencies from lock file", None, phase="install"),
    _mark("Resolved ", r"^Resolved \d+ packages? in", phase="install"),
    _mark("Package operations:", r"^Package operations: \d+ install", phase="install"),
    _mark("manage.py collectstatic", r"^(?:[$+] )?python[\d.]* manage\.py collectstatic", phase="build"),
    _mark("static files copied", r"\b\d+ static files? copied", done="build"),
    _mark(
        "Successfully installed ",
        r"^Successfully installed (?!(?:(?:pip|setuptools|wheel|poetry|uv|pipenv)-\S+ ?)+$)",
        done="install",
    ),
    _mark("Installed ", r"^Installed \d+ packages? in \d", done="install"),
    _mark("Installing the current project", r"^Installing the current project: (?!.*(?:fail|error))", done="install"),
    _mark("Starting gunicorn", r"Starting gunicorn \d", phase="start"),
    _mark("Started server process", phase="start"),
    _mark("Uvicorn running on", phase="start", done="start"),
    _mark("Application startup complete", done="start"),
    _mark("Listening at: ", r"Listening at: (?:http|unix)", phase="start"),
    _mark("Performing system checks", phase="start"),
    _mark("Starting development server at", done="start"),
    _mark(" * Running on http", done="start"),
    _mark("celery@", r"^celery@\S+ ready", done="start"),
    _mark("Running migrations:", phase="release", weak=True),
    _mark("error: subprocess-exited-with-error", failed=True),
    _mark("error: metadata-generation-failed", failed=True),
    _mark("Failed building wheel for", failed=True),
    _mark("Failed to build", r"Failed to build `?\w", failed=True),
    _mark("Failed to install", failed=True),
    _mark("ERROR: No matching distribution found", failed=True),
    _mark("exit status 1", failed=True),
    _mark("exited with ", r"exited with (?:code |status |exit code )?[1-9]", failed=True),
)

MARKS = (*_RENDER, *_RAILWAY, *_HEROKU, *_DOCKER, *_OTHERS, *_TOOLS)
