"""A system library is missing at run time.

What it means:
    Importing a package loads a shared library (libGL.so.1, libpq.so.5, libstdc++.so.6 …) that the image does not have.

Why:
    The runtime image is slimmer than the build image, or nix keeps libraries away from the usual folders.

Example:
    ImportError: libGL.so.1: cannot open shared object file: No such file or directory

What to do:
    Install the library in the runtime image, or use a package that does without (opencv-python-headless).

Sources:
    glibc's loader message; opencv-python's README; nixpacks' and railpack's runtime packages; own recording; read
    2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from trueup.logrules._rule import Group, Rule, Scene, pattern
from trueup.model.finding import Confidence

_PACKAGES: tuple[tuple[str, str], ...] = (
    (r"libGL\.so", "libgl1"),
    (r"libgthread|libglib-2", "libglib2.0-0"),
    (r"libstdc\+\+", "libstdc++6 (with Nixpacks: the nix library stdenv.cc.cc.lib)"),
    (r"libpq\.so", "libpq5"),
    (r"libmysqlclient|libmariadb", "default-mysql-client or libmariadb3"),
    (r"libgomp", "libgomp1"),
    (r"libssl|libcrypto", "libssl3 (or a build of the package for the OpenSSL that is there)"),
    (r"libcairo", "libcairo2"),
    (r"libpango", "libpango-1.0-0 and libpangoft2-1.0-0"),
    (r"libgobject", "libglib2.0-0 and libpango-1.0-0"),
    (r"libmagic", "libmagic1"),
    (r"libzbar", "libzbar0"),
    (r"libodbc", "unixodbc"),
    (r"libXrender|libXext|libSM|libX11|libxcb", "libxrender1, libxext6 and libsm6"),
    (r"libnss3|libnspr4|libatk", "the browser's libraries (playwright install-deps)"),
    (r"libz\.so", "zlib1g (with Nixpacks: the nix library zlib)"),
    (r"libffi", "libffi8"),
    (r"libgdal", "libgdal"),
    (r"libgeos", "libgeos-c1v5"),
    (r"libsndfile", "libsndfile1"),
    (r"libportaudio", "libportaudio2"),
    (r"libta_lib", "the TA-Lib C library"),
    (
        r"libcudart|libcublas|libcudnn|libnvidia|libcuda",
        "nothing on a machine without GPU: install the CPU-only build",
    ),
    (r"ld-linux|libc\.so", "glibc: a glibc wheel runs in a musl image; use a Debian-based one"),
    (r"libtesseract|libleptonica", "tesseract-ocr"),
    (r"libvips", "libvips42"),
    (r"libsqlite3", "libsqlite3-0"),
    (r"libldap", "libldap-2.5-0"),
)
_SITE = re.compile(r"(?:site|dist)-packages/(?P<package>\w+)")
_PROJECTS = {
    "cv2": "opencv-python",
    "psycopg2": "psycopg2",
    "MySQLdb": "mysqlclient",
    "magic": "python-magic",
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "OpenSSL": "pyopenssl",
}


def _library(scene: Scene) -> Mapping[str, str] | None:
    library = scene.match["library"]
    groups = {"library": library}
    for names, package in _PACKAGES:
        if re.search(names, library):
            groups["system"] = package
            break
    for frame in reversed(scene.traceback()):
        if found := _SITE.search(frame):
            groups["package"] = _PROJECTS.get(found["package"], found["package"])
            break
    if groups.get("package") == "opencv-python":
        groups["opencv"] = "opencv-python"
    return groups


_SO = r"(?P<library>lib[\w+.-]+\.so(?:\.\d+)*)"

RULE = Rule(
    id="missing-shared-library",
    title="A system library is missing at run time",
    group=Group.START,
    phase="start",
    patterns=(
        pattern("cannot open shared object file", rf"{_SO}: cannot open shared object file", accept=_library),
        pattern(
            "cannot open shared object file",
            r"(?P<library>ld-linux\S+): cannot open shared object file",
            accept=_library,
        ),
        pattern(
            "rror loading shared library",
            r"Error loading shared library (?P<library>[\w+.-]+\.so(?:\.\d+)*)",
            accept=_library,
        ),
        pattern("cannot load library", r"cannot load library '?(?P<library>lib[\w+.-]+)'?", accept=_library),
        pattern(
            "not found (required by",
            r"(?P<library>lib[\w+.-]+\.so(?:\.\d+)*): version `[\w.]+' not found",
            accept=_library,
        ),
        pattern("failed to find libmagic", r"failed to find (?P<library>libmagic)", accept=_library),
        pattern(
            "Unable to find zbar shared library",
            r"Unable to find (?P<library>zbar) shared library",
            confidence=Confidence.MEDIUM,
        ),
        pattern("no pq wrapper available", r"no (?P<library>pq) wrapper available"),
        pattern("libpq library not found", r"(?P<library>libpq) library not found"),
        pattern("Host system is missing dependencies to run browsers", lead=-1),
        pattern("tesseract is not installed or it's not in your PATH", lead=-1),
        pattern(
            "ffmpeg",
            r"No such file or directory: '(?P<library>ffmpeg|ffprobe|wkhtmltopdf|chromedriver|pdftoppm)'",
            confidence=Confidence.MEDIUM,
        ),
    ),
    explanation=(
        (
            "{package} loads {library}, and the image that runs the service does not have it. | The service loads"
            " {library}, and the image that runs it does not have it. | The service needs a system library or tool"
            " that the image does not have."
        ),
    ),
    remedies=(
        "Replace {opencv} by {opencv}-headless, which needs no display libraries.",
        (
            "Install {system} in the image that runs the service (not only in the one that builds). | Install the"
            " system library in the image that runs the service."
        ),
    ),
    examples=(
        (
            '  File "/app/.venv/lib/python3.12/site-packages/cv2/__init__.py", line 153, in bootstrap\nImportError:'
            " libGL.so.1: cannot open shared object file: No such file or directory"
        ),
        "ImportError: libstdc++.so.6: cannot open shared object file: No such file or directory",
    ),
    counter_examples=("      fatal error: libxml/tree.h: No such file or directory",),
    about_a_package=False,
)
