"""What every test gets: no network, a clean environment, and flags that opt in to more."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--network", action="store_true", help="also run tests that read the real package index")
    parser.addoption("--proof", action="store_true", help="also run tests that build and boot projects")
    parser.addoption("--update-snapshots", action="store_true", help="write what was expected anew")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for mark in ("network", "proof"):
        if not config.getoption(f"--{mark}"):
            for item in items:
                if item.get_closest_marker(mark):
                    item.add_marker(pytest.mark.skip(reason=f"opt in with --{mark}"))


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine, unless the test is marked `network` or `proof`."""
    if request.node.get_closest_marker("network") or request.node.get_closest_marker("proof"):
        return
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else address
        if self.family != socket.AF_UNIX and host not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"tests do not use the network: {address}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", local_only)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Hide the machine's own settings from the code under test."""
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_", "TRUEUP_", "RAILPACK_", "NIXPACKS_")) and name != "TRUEUP_CONFORMANCE":
            monkeypatch.delenv(name)
    monkeypatch.setenv("TRUEUP_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def root() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parent.parent


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the score of each file of conformance cases, also where their output is captured."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])]
    scores = [line for report in reports for line in report.capstdout.splitlines() if line.startswith("conformance ")]
    for line in sorted(set(scores)):
        terminalreporter.write_line(line)
