"""A target: the Python, system and C library that a distribution must fit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from packaging.version import Version

SUPPORTED_MINORS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15")
"""The CPython minors that trueup can predict for."""

LIBC_VERSIONS = {"glibc": "2.36", "musl": "1.2"}
"""The C libraries that can be asked about, with the version of one that a platform's image does not have: that of
Debian 12, on which most images are built, and that of Alpine."""


@dataclass(frozen=True)
class Target:
    """Where a distribution is to be installed.

    `python` is a full version ("3.11.9") or a minor ("3.13") where the platform chooses the patch; `arch` is `x86_64`
    or `aarch64`; `libc` is `glibc` or `musl`; `free_threaded` is the `t` build of 3.13 and later.
    """

    python: str
    arch: str = "x86_64"
    libc: str = "glibc"
    libc_version: str = "2.36"
    os: str = "linux"
    free_threaded: bool = False

    @cached_property
    def minor(self) -> str:
        """`3.13`, of "3.13" and of "3.13.2" alike."""
        return ".".join(self.python.split(".")[:2])

    @cached_property
    def version(self) -> Version:
        """The Python version; a bare minor counts as a late patch (X.Y.99), as platforms give the newest one."""
        parts = self.python.split(".")
        return Version(self.python if len(parts) > 2 else f"{self.python}.99")

    @cached_property
    def marker_environment(self) -> dict[str, str]:
        """The values of PEP 508 markers on this target; never those of the running interpreter."""
        full = str(self.version)
        return {
            "implementation_name": "cpython",
            "implementation_version": full,
            "os_name": "posix",
            "platform_machine": self.arch,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": full,
            "python_version": self.minor,
            "sys_platform": "linux",
        }

    def __str__(self) -> str:
        threads = "t" if self.free_threaded else ""
        return f"Python {self.python}{threads}, {self.os} {self.arch}, {self.libc} {self.libc_version}"
