"""Where the index is: the order of flags, files, variables, and an installed pip."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from trueup.errors import IndexUnavailable
from trueup.index import settings
from trueup.index.settings import default_index_url, index_settings, library_index_url
from trueup.model.project import Project
from trueup.model.requirement import IndexOptions

PIP, UV, MINE = "https://pip.example/simple", "https://uv.example/simple", "https://mine.example/simple"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any configuration of its own."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))
    real = Path.read_text

    def read_text(self: Path, *arguments: Any, **options: Any) -> str:
        if str(self).startswith("/etc/"):
            raise FileNotFoundError(self)
        return real(self, *arguments, **options)

    monkeypatch.setattr(Path, "read_text", read_text)
    return tmp_path


def urls(
    home: Path, project: dict[str, str] | None = None, options: dict[str, Any] | None = None, **env: str
) -> tuple[str, ...]:
    environment = {"HOME": str(home), **env}
    given = Project.from_texts(project) if project else None
    return index_settings(environment=environment, project=given, **(options or {})).urls


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_variables_of_pip_come_before_its_files_and_uvs(home: Path) -> None:
    write(
        home / ".config/pip/pip.conf",
        f"[global]\nindex-url = {MINE}/\nextra-index-url =\n  https://a.example\n  https://b.example\n",
    )
    assert urls(home) == (MINE, "https://a.example", "https://b.example")
    assert urls(home, PIP_INDEX_URL=PIP)[0] == PIP
    assert urls(home, UV_DEFAULT_INDEX=UV)[0] == MINE


def test_uv_is_asked_where_pip_is_silent(home: Path) -> None:
    assert urls(home, UV_DEFAULT_INDEX=f"name={UV}") == (UV,)
    assert urls(home, UV_INDEX_URL=UV, UV_EXTRA_INDEX_URL="https://a.example https://b.example") == (
        UV, "https://a.example", "https://b.example",
    )  # fmt: skip
    write(home / ".config/uv/uv.toml", f'[[index]]\nurl = "{UV}"\ndefault = true\n')
    assert urls(home) == (UV,)


def test_the_project_comes_before_the_machine(home: Path) -> None:
    pyproject = (
        f'[[tool.uv.index]]\nname = "own"\nurl = "{UV}"\ndefault = true\n[[tool.uv.index]]\nurl = "https://x.example"\n'
    )
    assert urls(home, {"pyproject.toml": pyproject}, PIP_INDEX_URL=PIP) == (UV, "https://x.example")
    uv_toml = f'index-url = "{MINE}"\n'
    assert urls(home, {"pyproject.toml": pyproject, "uv.toml": uv_toml}) == (MINE,)
    stated = IndexOptions(index_url="https://file.example", extra_index_urls=("https://more.example",))
    assert urls(home, {"uv.toml": uv_toml}, {"options": stated}) == ("https://file.example", "https://more.example")
    assert urls(home, {"uv.toml": uv_toml}, {"options": stated, "index_url": PIP})[0] == PIP


def test_no_index(home: Path) -> None:
    assert urls(home, PIP_NO_INDEX="1") == ()
    assert urls(home, None, {"no_index": True}, PIP_INDEX_URL=PIP) == ()


def test_other_options_of_pip(home: Path) -> None:
    found = index_settings(
        environment={
            "HOME": str(home), "PIP_INDEX_URL": PIP, "PIP_CERT": "/ca.pem", "PIP_PROXY": "http://p.example:1",
            "PIP_DEFAULT_TIMEOUT": "7",
            "PIP_TRUSTED_HOST": "a.example b.example", "PIP_FIND_LINKS": "/x /y", "PIP_RETRIES": "2",
        }
    )  # fmt: skip
    assert (found.ca_bundle, found.proxy, found.timeout, found.retries) == ("/ca.pem", "http://p.example:1", 7.0, 2)
    assert found.trusted_hosts == {"a.example", "b.example"}
    assert found.find_links == ("/x", "/y")


def test_relative_folders_of_links_that_the_project_states_are_in_it(home: Path) -> None:
    environment = {"HOME": str(home), "PIP_INDEX_URL": PIP, "PIP_FIND_LINKS": "here"}
    stated = IndexOptions(find_links=("wheels", "/opt/wheels", "https://links.example/a.html", "~/wheels"))
    project = Project.from_texts({"uv.toml": 'find-links = ["vendor"]\n'}, path="/projects/demo")
    found = index_settings(environment=environment, options=stated, project=project, find_links=("flag",))
    assert found.find_links[:4] == ("/projects/demo/wheels", "/opt/wheels", "https://links.example/a.html", "~/wheels")
    assert found.find_links[4:] == ("flag", "/projects/demo/vendor")


@pytest.mark.parametrize("text", ["[global\nindex-url", "\x00", "[global]\nindex-url = a\nindex-url = b\n"])
def test_broken_configuration_says_nothing(home: Path, text: str) -> None:
    write(home / ".config/pip/pip.conf", text)
    write(home / ".config/uv/uv.toml", text)
    assert urls(home, PIP_INDEX_URL=PIP) == (PIP,)


def test_the_public_index_is_named_by_an_installed_pip(home: Path) -> None:
    pytest.importorskip("pip")
    url = library_index_url()
    assert url.startswith("https://")
    assert url.endswith("/simple")
    assert default_index_url(environment={"HOME": str(home)}) == url


def test_a_bundled_pip_is_read_where_none_is_installed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "find_spec", lambda _: None)
    monkeypatch.setattr(sys, "base_prefix", str(home))
    with pytest.raises(IndexUnavailable, match="no package index") as caught:
        library_index_url()
    assert "--index-url" in (caught.value.hint or "")
    wheel = home / "share/python-wheels/pip-99-py3-none-any.whl"
    wheel.parent.mkdir(parents=True)
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(
            "pip/_internal/models/index.py", 'PyPI = PackageIndex("https://index.example/", "files.example")\n'
        )
    assert library_index_url() == "https://index.example/simple"


def test_credentials_of_named_indexes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_INDEX_OWN_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_OWN_PASSWORD", "secret")
    project = Project.from_texts({"uv.toml": f'[[index]]\nname = "own"\nurl = "{UV}"\n'})
    found = index_settings(environment={"HOME": str(home), "PIP_INDEX_URL": PIP}, project=project)
    assert found.credentials == {UV: ("me", "secret")}
    assert "secret" not in repr(found)
