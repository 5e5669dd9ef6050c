"""A header, library or -config tool of a system library is absent.

What it means:
    The source build of a package includes a header such as `libxml/xmlversion.h` that belongs to a system library's
    development package, which the image does not have.

Why:
    Wheels carry such libraries inside; a source build needs them from the system.

Example:
    src/lxml/etree.c:96:10: fatal error: libxml/xmlversion.h: No such file or directory

What to do:
    Use a version or a Python with a wheel; else install the development package of the library.

Sources:
    gcc's and clang's wording; Pillow's and lxml's setup.py; own recordings; read 2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from trueup.logrules._rule import Group, Rule, Scene, pattern
from trueup.model.finding import Confidence

_OF_PYTHON = re.compile(
    r"(?:^|/)(?:Python|longintrepr|pyconfig|frameobject|code|pyarena|structmember|patchlevel|genobject|eval|parser|grammar|node|symtable|ast)\.h$"
    r"|^(?:internal/)?pycore_\w+\.h$|^cpython/"
)
_OF_THE_BUILD = re.compile(
    r"^(?:numpy|pybind11|Eigen|cuda|cuda_runtime|torch|pythread)\b|^(?:stdio|stdlib|string|stddef|stdint|limits|math|errno|features|assert|time)\.h$"
)
_PACKAGES: tuple[tuple[str, str], ...] = (
    (r"^libxml/|^libxslt/|libxml2|libxslt", "libxml2-dev and libxslt1-dev"),
    (r"^ffi\.h|libffi", "libffi-dev"),
    (r"^openssl/|OpenSSL", "libssl-dev"),
    (r"^libpq|^pg_config|postgres", "libpq-dev"),
    (r"^(?:lber|ldap)\.h", "libldap2-dev and libsasl2-dev"),
    (r"^sasl/", "libsasl2-dev"),
    (r"^sql(?:ext)?\.h|^odbc", "unixodbc-dev"),
    (r"^portaudio", "portaudio19-dev"),
    (r"^snappy", "libsnappy-dev"),
    (r"^graphviz/", "libgraphviz-dev"),
    (r"jpeg", "libjpeg-dev"),
    (r"zlib", "zlib1g-dev"),
    (r"curl", "libcurl4-openssl-dev"),
    (r"mysql|mariadb|my_global", "default-libmysqlclient-dev"),
    (r"^geos|geos_c", "libgeos-dev"),
    (r"gdal", "libgdal-dev"),
    (r"^hdf5|hdf5", "libhdf5-dev"),
    (r"^cups/", "libcups2-dev"),
    (r"^magic\.h", "libmagic-dev"),
    (r"^cairo", "libcairo2-dev"),
    (r"^gmp", "libgmp-dev"),
    (r"^mpfr", "libmpfr-dev"),
    (r"^krb5|^gssapi", "libkrb5-dev"),
    (r"^bzlib", "libbz2-dev"),
    (r"^lzma", "liblzma-dev"),
    (r"^linux/|^sys/|^asm/", "linux-libc-dev or linux-headers"),
    (r"^crypt\.h", "libcrypt-dev"),
    (r"^uuid/", "uuid-dev"),
    (r"^yaml\.h", "libyaml-dev"),
    (r"^sqlite3\.h", "libsqlite3-dev"),
    (r"^librdkafka", "librdkafka-dev"),
    (r"^tesseract|^leptonica", "libtesseract-dev and libleptonica-dev"),
    (r"^zmq", "libzmq3-dev"),
    (r"^sodium", "libsodium-dev"),
    (r"^X11/", "libx11-dev"),
    (r"^alsa/", "libasound2-dev"),
    (r"^usb|libusb", "libusb-1.0-0-dev"),
    (r"^bluetooth/", "libbluetooth-dev"),
)

_UNPACKAGED = ((r"^ta-?lib/|ta_defs|ta_libc", "the TA-Lib C library"),)
"""Libraries that Debian has no package of."""


def _library(scene: Scene) -> Mapping[str, str] | None:
    header = scene.match.groupdict().get("header") or ""
    if _OF_PYTHON.search(header) or _OF_THE_BUILD.search(header):
        return None
    for names, library in _UNPACKAGED:
        if re.search(names, header, re.IGNORECASE):
            return {"header": header, "library": library}
    for names, package in _PACKAGES:
        if re.search(names, header, re.IGNORECASE):
            return {"header": header, "development": package}
    return {"header": header}


_HEADER = r"(?P<header>[\w+./-]+\.(?:h|hpp|hh|hxx))"

RULE = Rule(
    id="missing-system-header",
    title="A system library's development files are missing",
    group=Group.SOURCE_BUILD,
    phase="install",
    patterns=(
        pattern("fatal error: ", rf"fatal error: {_HEADER}: No such file or directory", accept=_library),
        pattern("file not found", rf"fatal error: '{_HEADER}' file not found", accept=_library),
        pattern("Cannot open include file", rf"Cannot open include file: '{_HEADER}'", accept=_library),
        pattern("cannot find -l", r"ld: cannot find -l(?P<header>[\w+.-]+)", accept=_library),
        pattern(
            "development packages are installed",
            r"make sure the (?P<header>libxml2) and libxslt development packages are installed",
            accept=_library,
        ),
        pattern(
            "headers or library files could not be found for",
            r"could not be found for (?P<header>\w+)",
            accept=_library,
        ),
        pattern(
            "RequiredDependencyException: ", r"RequiredDependencyException: (?P<header>\w+)", accept=_library, lead=-1
        ),
        pattern("curl-config", r"Could not run (?P<header>curl-config)", accept=_library),
        pattern("mysql_config", r"(?P<header>mysql_config)(?::| )(?: command)?\s?not found", accept=_library),
        pattern(
            "gdal-config",
            r"(?:No such file or directory: '|(?:Could not|Unable to) find |gdal_config_error:"
            r" .*)(?P<header>gdal-config)",
            accept=_library,
        ),
        pattern(
            "geos",
            r"(?:Could not find|could not find|cannot find|No such file or directory:"
            r" ')\s?'?(?P<header>geos-config|libgeos_c)",
            accept=_library,
        ),
        pattern("OpenSSL", r"Could not find directory of (?P<header>OpenSSL) installation", accept=_library),
        pattern(
            "Could NOT find ",
            r"Could NOT find"
            r" (?P<header>(?!Python|Threads|Doxygen|Git|PkgConfig|OpenMP|pybind|Cython|NumPy|SWIG|Perl)\w+)"
            r" \(missing: ",
            accept=_library,
            confidence=Confidence.MEDIUM,
            unless=r"-- Configuring done",
        ),
        pattern(
            "HDF5", r"(?:Unable to (?:load|find) dependency|error: Unable to find) (?P<header>HDF5)", accept=_library
        ),
    ),
    explanation=(
        "Its build needs {header}, which belongs to a system library, and the environment does not have it.",
        "On Debian images it comes with {development}. | It is of {library}, which Debian does not package.",
    ),
    remedies=(
        (
            "Run a Python for which {what} has a wheel, or take a version of {package} that has a wheel for Python"
            " {python}: a wheel needs no headers."
        ),
        (
            "If it must be built: install {development} before the packages are installed (apt packages of the"
            " builder, or `apt-get install` in a Dockerfile). | If it must be built: compile and install {library}"
            " first, in a Dockerfile. | If it must be built: install the development package"
            " of the library that {header} belongs to."
        ),
    ),
    examples=(
        (
            "      src/lxml/etree.c:96:10: fatal error: libxml/xmlversion.h: No such file or directory\n         96 |"
            ' #include "libxml/xmlversion.h"'
        ),
        "      talib/_ta_lib.c:747:10: fatal error: ta-lib/ta_defs.h: No such file or directory",
        "    c/_cffi_backend.c:15:10: fatal error: 'ffi.h' file not found",
        "      Error: Please make sure the libxml2 and libxslt development packages are installed.",
        (
            "      __main__.ConfigurationError: Could not run curl-config: [Errno 2] No such file or directory:"
            " 'curl-config'"
        ),
    ),
    counter_examples=(
        "      src/pgproto.c:12:10: fatal error: longintrepr.h: No such file or directory",
        "      checking for libxml/xmlversion.h... yes",
    ),
    effect_of=frozenset({"missing-compiler", "missing-pg-config"}),
)
