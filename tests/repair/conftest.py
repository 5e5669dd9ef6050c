"""Journals of tests lie in a folder of their own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def state_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for journals."""
    folder = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("TRUEUP_STATE_DIR", str(folder))
    return folder
