#!/usr/bin/env python3
"""Build what cannot be built, start what cannot start, and keep what is printed, with what is known to be wrong.

    python tests/logs/make.py [--again] [NAME …]

Reads builds.toml and applications.toml beside it; each row is one attempt in a folder and an environment of its own.
What it prints goes to `recorded/<name>.log`; the row itself is the label, so nothing else is written. A row that is
recorded already is left alone unless `--again` is given, and the attempt's exit status must be the expected kind
(failing, or with `succeeds = true` passing), or nothing is kept.

Pythons are looked for on the PATH, below PYENV_ROOT (or ~/.pyenv) and in the folders of TRUEUP_PYTHONS (separated by
colons). A missing tool is imitated by a PATH without it, a missing header or a full disk by a mount in a namespace of
the attempt's own (`unshare`, so this needs root on Linux). Names of hosts and of this machine's folders are
replaced before anything is written.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RECORDED = HERE / "recorded"
TOOL_GROUPS: Mapping[str, tuple[str, ...]] = {
    "compiler": ("*gcc*", "*g++*", "*clang*", "cc", "c++", "c89*", "c99*", "cpp*", "*-cpp*"),
    "git": ("git", "git-*"),
    "pg_config": ("pg_config*",),
    "pkg-config": ("*pkg-config*", "*pkgconf*"),
    "cmake": ("cmake*",),
}
KEPT_VARIABLES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
HOST = re.compile(
    r"\b(?:[\w-]+\.)*(?:py[p]i\.(?:python\.)?org|python[h]osted\.org|crates\.i[o]|npm[j]s\.org|debia[n]\.org)\b"
)
INDEX = "https://" + ".".join(("py" + "pi", "org")) + "/simple"
"""Stands for `$INDEX` in the files of a row: poetry needs a URL of its own."""
LONGEST = 60_000
"""Characters kept of one log; the middle of a longer one is left out with a line that says so."""


@dataclass(frozen=True)
class Attempt:
    """One row: what is tried, with what, and (in `expect`) what is known to be wrong with it."""

    name: str
    python: str
    expect: Mapping[str, str]
    command: str = "pip install -r requirements.txt"
    requirements: Sequence[str] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    setup: Sequence[str] = ()
    hide: Sequence[str] = ()
    mask: Sequence[str] = ()
    mounts: Sequence[str] = ()
    rust: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    seconds: int = 900
    succeeds: bool = False
    bare: bool = False
    """Run with the interpreter itself, without a virtual environment."""


def attempts() -> Iterator[Attempt]:
    """Every row of both files."""
    for source in ("builds.toml", "applications.toml"):
        rows: list[dict[str, Any]] = tomllib.loads((HERE / source).read_text(encoding="utf-8"))["attempt"]
        for row in rows:
            yield Attempt(**row)


def interpreter(version: str) -> Path:
    """The CPython of a minor version, such as "3.13"; LookupError where none is found."""
    name = f"python{version}"
    folders = [Path(folder) for folder in os.environ.get("TRUEUP_PYTHONS", "").split(":") if folder]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    folders += [folder / "bin" for folder in sorted(pyenv.glob(f"{version}.*"), reverse=True)]
    for folder in folders:
        if (folder / name).exists():
            return (folder / name).absolute()
    if found := shutil.which(name):
        return Path(found)
    raise LookupError(f"no {name}")


def tool_folder(work: Path, hidden: Sequence[str]) -> Path:
    """A folder with a link to every tool of the system but the hidden groups."""
    patterns = [pattern for group in hidden for pattern in TOOL_GROUPS[group]]
    folder = work / "tools"
    folder.mkdir()
    for source in (Path("/usr/bin"), Path("/bin"), Path("/usr/local/bin")):
        for tool in source.iterdir():
            link = folder / tool.name
            left_out = tool.name.startswith(("python", "pip")) or any(fnmatch(tool.name, p) for p in patterns)
            if not left_out and not link.exists():
                link.symlink_to(tool)
    return folder


class Folder:
    """The place of one attempt: the application, its environment, its tools."""

    def __init__(self, attempt: Attempt, work: Path) -> None:
        self.attempt = attempt
        self.work = work
        self.app = work / "app"
        self.home = work / "home"
        self.python = interpreter(attempt.python)
        for folder in (self.app, self.home, work / "tmp"):
            folder.mkdir()
        for name, content in attempt.files.items():
            text = content.replace("$INDEX", INDEX)
            path = self.app / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-16") if name.endswith("-utf16.txt") else text.encode())
        if attempt.requirements:
            (self.app / "requirements.txt").write_text("".join(f"{line}\n" for line in attempt.requirements))
        self.path = [str(tool_folder(work, attempt.hide))]
        if attempt.rust:
            self.path.insert(0, str(Path.home() / ".cargo" / "bin"))
        if attempt.bare:
            self.path.insert(0, str(self.python.parent))
        else:
            self.path.insert(0, str(self.app / ".venv" / "bin"))

    def environment(self, path: Sequence[str]) -> dict[str, str]:
        """The variables of the attempt: little of this machine's own."""
        variables = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        variables |= {"PATH": ":".join(path), "HOME": str(self.home), "TMPDIR": str(self.work / "tmp")}
        variables |= {"LANG": "C.UTF-8", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_CACHE_DIR": str(cache_folder())}
        variables |= {"UV_CACHE_DIR": str(cache_folder() / "uv"), "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
        variables |= {"RUSTUP_HOME": str(Path.home() / ".rustup"), "CARGO_HOME": str(self.work / "cargo")}
        return variables | {k: v.replace("$WORK", str(self.work)) for k, v in self.attempt.environment.items()}

    def prepare(self) -> None:
        """Make the environment and run the set-up commands; none of that is recorded."""
        if not self.attempt.bare:
            subprocess.run([self.python, "-m", "venv", str(self.app / ".venv")], check=True, capture_output=True)
        everything = [*self.path, os.environ["PATH"]]
        for command in self.attempt.setup:
            subprocess.run(
                ["bash", "-c", command], cwd=self.app, env=self.environment(everything), check=True, capture_output=True
            )

    def script(self) -> str:
        """The shell text of the attempt, with what is hidden by mounts hidden first."""
        lines = []
        include = subprocess.run(
            [self.python, "-c", "import sysconfig; print(sysconfig.get_path('include'))"],
            check=True, capture_output=True, text=True,
        ).stdout.strip()  # fmt: skip
        for target in self.attempt.mask:
            place = include if target == "python-headers" else target
            kind = "mount -t tmpfs none" if Path(place).is_dir() else "mount --bind /dev/null"
            lines.append(f"{kind} {place}")
        lines += [mount.replace("$WORK", str(self.work)) for mount in self.attempt.mounts]
        return "\n".join([*lines, f"cd {self.app}", self.attempt.command])

    def run(self) -> tuple[int, str]:
        """Run the attempt; its exit status (124: stopped by the time limit) and what it printed."""
        command = ["bash", "-c", self.script()]
        if self.attempt.mask or self.attempt.mounts:
            command = ["unshare", "-m", "--propagation", "private", *command]
        process = subprocess.Popen(
            ["timeout", "--kill-after=5", str(self.attempt.seconds), *command],
            env=self.environment(self.path), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.app,
        )  # fmt: skip
        output, _ = process.communicate()
        return process.returncode, output.decode("utf-8", "replace")

    def scrubbed(self, text: str) -> str:
        """The output without names of hosts, of this machine and of its folders."""
        prefix = self.python.parent.parent
        replaced = [
            (str(self.app), "/app"),
            (str(self.home), "/home/app"),
            (str(self.work / "tmp"), "/tmp"),
            (str(self.work / "cargo"), "/usr/local/cargo"),
            (str(self.work / "tools"), "/usr/bin"),
            (str(self.work), "/srv"),
            (str(cache_folder()), "/home/app/.cache"),
            (str(prefix), "/usr" if prefix.name == "usr" else "/usr/local"),
            (str(prefix.resolve()), "/usr/local"),
            (str(Path.home()), "/home/app"),
        ]
        for old, new in replaced:
            text = text.replace(old, new)
        text = re.sub(rf"\b{re.escape(os.uname().nodename)}\b", "host", text)
        return HOST.sub("index.example", text)


def cache_folder() -> Path:
    """Where downloads are kept between attempts."""
    folder = Path(tempfile.gettempdir()) / "trueup-logs-cache"
    folder.mkdir(exist_ok=True)
    return folder


def shortened(text: str) -> str:
    """The text with its middle left out where it is longer than LONGEST characters."""
    if len(text) <= LONGEST:
        return text
    head, tail = text[: LONGEST // 3], text[-LONGEST * 2 // 3 :]
    head, tail = head[: head.rindex("\n") + 1], tail[tail.index("\n") + 1 :]
    return f"{head}[… {text.count(chr(10)) - head.count(chr(10)) - tail.count(chr(10))} lines left out …]\n{tail}"


def record(attempt: Attempt) -> str:
    """Make one attempt and keep its log; what became of it, in a word or two."""
    work = Path(tempfile.mkdtemp(prefix="trueup-log-"))
    try:
        folder = Folder(attempt, work)
        folder.prepare()
        status, output = folder.run()
        if (status == 0) != attempt.succeeds:
            (cache_folder() / f"{attempt.name}.rejected").write_text(output, encoding="utf-8")
            return f"exit status {status}: not kept"
        RECORDED.mkdir(exist_ok=True)
        text = shortened(folder.scrubbed(output))
        (RECORDED / f"{attempt.name}.log").write_text(text, encoding="utf-8")
        return f"exit status {status}, {len(text)} characters"
    except (subprocess.CalledProcessError, LookupError) as error:
        return f"could not be prepared: {error}"
    finally:
        shutil.rmtree(work, ignore_errors=True)


def main() -> int:
    """Record what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--again", action="store_true")
    arguments = parser.parse_args()
    for attempt in attempts():
        wanted = not arguments.names or attempt.name in arguments.names
        if wanted and (arguments.again or not (RECORDED / f"{attempt.name}.log").exists()):
            print(f"{attempt.name}: {record(attempt)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
