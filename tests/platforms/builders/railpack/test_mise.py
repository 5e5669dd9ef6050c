"""mise's own rules: lockfiles, the order of its warnings, tables that it refuses, entries for no system."""

from __future__ import annotations

import pytest

from trueup.model.plan import InputUse
from trueup.model.project import Project
from trueup.platforms.builders._mise import mise_list
from trueup.platforms.builders._mise_lock import locked, lockfile_of

from .test_plan import plan

LOCK = '[[tools.python]]\nversion = "3.11.4"\nbackend = "core:python"\n\n[[tools.python]]\nversion = "3.12.8"\n'


def versions(files: dict[str, str]) -> list[str]:
    return [tool.version for tool in mise_list(Project.from_texts(files)).versions("python")]


@pytest.mark.parametrize(
    ("path", "text", "lockfile", "expected"),
    [
        ("mise.toml", '[tools]\npython = "3.11"\n', "mise.lock", "3.11.4"),
        ("mise.toml", '[tools]\npython = "latest"\n', "mise.lock", "3.12.8"),
        ("mise.toml", '[tools]\npython = "prefix:3.12"\n', "mise.lock", "3.12.8"),
        ("mise.toml", '[tools]\npython = "3.13"\n', "mise.lock", "3.13"),
        ("mise.local.toml", '[tools]\npython = "3.11"\n', "mise.lock", "3.11"),
        ("mise.local.toml", '[tools]\npython = "3.11"\n', "mise.local.lock", "3.11.4"),
        (".config/mise/conf.d/a.toml", '[tools]\npython = "3.11"\n', ".config/mise/mise.lock", "3.11.4"),
        (".config/mise.toml", '[tools]\npython = "3.11"\n', "mise.lock", "3.11"),
        (".python-version", "3.11\n", "mise.lock", "3.11"),
    ],
)
def test_a_lockfile_gives_the_exact_version_of_the_file_beside_it(
    path: str, text: str, lockfile: str, expected: str
) -> None:
    assert versions({path: text, lockfile: LOCK}) == [expected]


@pytest.mark.parametrize(("path", "text"), [(".python-version", "3.11\n"), (".tool-versions", "python 3.11\n")])
def test_a_version_file_is_locked_only_beside_a_mise_toml(path: str, text: str) -> None:
    assert versions({path: text, "mise.toml": "", "mise.lock": LOCK}) == ["3.11.4"]


def test_a_prefix_ends_where_a_part_of_the_version_ends() -> None:
    assert locked("3.1", ["3.11.4"]) == "3.11.4"
    assert locked("prefix:3.1", ["3.11.4"]) is None
    assert locked("v3.11", ["3.11.4"]) == "3.11.4"
    assert locked("sub-1:3.11", ["3.11.4"]) is None
    assert lockfile_of("conf.d/a.toml") == "mise.lock"


def test_a_lockfile_that_cannot_be_read_locks_nothing_and_is_a_warning() -> None:
    found = mise_list(Project.from_texts({"mise.toml": '[tools]\npython = "3.11"\n', "mise.lock": "["}))
    assert [tool.version for tool in found.tools] == ["3.11"]
    assert found.warnings == ("mise WARN  failed to read lockfile <app>/mise.lock (possible corruption): ",)


def test_warnings_come_in_the_order_in_which_mise_works() -> None:
    found = mise_list(
        Project.from_texts(
            {
                "mise.toml": 'wrong = 1\nmin_version = {soft = "2030.1.1"}\n[tools]\npython = ["system", ">=2"]\n',
                ".config/mise.toml": '[tools]\nnode = ">=3"\n',
                ".tool-versions": "python >=4\n",
            }
        )
    )
    words = ["unknown field in <app>/mise.toml: wrong", '">=4"', "2030.1.1 is recommended", '">=3"', '">=2"', "@system"]
    assert len(found.warnings) == len(words)
    for word, warning in zip(words, found.warnings, strict=True):
        assert word in warning


def test_what_mise_read_before_a_broken_file_is_said() -> None:
    files = {"mise.local.toml": "first = 1\n", "mise.toml": "broken", ".config/mise.toml": "third = 1\n"}
    found = mise_list(Project.from_texts(files))
    assert found.exit_code == 1
    assert found.warnings == ("mise WARN  unknown field in <app>/mise.local.toml: first",)


@pytest.mark.parametrize(
    "text",
    [
        'settings = "x"\n',
        "[settings]\npython.compile = 1\n",
        "[settings.python]\nwrong = true\n",
        "min_version = 3\n",
        "[alias.python.versions]\nx = 1\n",
    ],
)
def test_a_table_of_another_kind_stops_mise(text: str) -> None:
    assert mise_list(Project.from_texts({"mise.toml": text})).exit_code == 1


def test_settings_of_the_right_kind_pass_and_an_unknown_one_is_a_warning() -> None:
    text = '[settings]\nwrong = 1\njobs = 4\ndisable_tools = ["node"]\npython.compile = true\nlog_level = "debug"\n'
    found = mise_list(Project.from_texts({"mise.toml": text}))
    assert found.exit_code == 0
    assert found.warnings == ("mise WARN  unknown field in <app>/mise.toml: settings.wrong",)


def test_an_entry_for_no_system_hides_the_files_below_it() -> None:
    files = {"mise.toml": '[tools]\npython = {version = "3.11", os = []}\n', ".python-version": "3.12\n"}
    assert versions(files) == []


def test_a_reference_stands_behind_a_number() -> None:
    assert versions({"mise.toml": '[tools]\npython = ["tag:v1", "3.8"]\n'}) == ["3.8", "tag:v1"]


def test_a_system_version_that_is_not_in_force_is_no_warning() -> None:
    found = mise_list(Project.from_texts({".tool-versions": "python 3.12\n", ".python-version": "system\n"}))
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("text", "said", "listed"),
    [
        ('"prefix:3.12"', "prefix:3.12: no versions found for python matching date filter", []),
        ('["3.11", {prefix = "3.12"}, "3.10"]', "prefix:3.12: no versions found", ["3.11"]),
        ('"latest"', "latest: no versions found", []),
        ('"sub-0.1:latest"', "sub-0.1:latest: no versions found", []),
        ('"sub-1:v3"', "cannot subtract 1 from v3: v3 is not a numeric version", []),
        ('"sub-x:3.12"', "sub-x:3.12: invalid version: x", []),
    ],
)
def test_without_a_network_mise_leaves_out_what_it_cannot_find(text: str, said: str, listed: list[str]) -> None:
    """As its binary answers offline: what stands before it in a list stays."""
    found = mise_list(Project.from_texts({"mise.toml": f"[tools]\npython = {text}\n"}))
    assert [tool.version for tool in found.tools] == listed
    (warning,) = found.warnings
    assert warning.startswith("mise WARN  Failed to resolve tool version list for python: [<app>/mise.toml] python@")
    assert said in warning


@pytest.mark.parametrize(
    ("request_text", "version"),
    [
        ("prefix:3.12", "3.12"),
        ("prefix:", "latest"),
        ("latest", "latest"),
        ("sub-0.1:latest", "3.14"),
        ("sub-0.1:3.13.2", "3.12"),
        ("sub-0.0.1:3.13.0", "3.12"),
        ("sub-0.0.1:3.13.2", "3.13.1"),
        ("sub-4:3.13", "0"),
        ("sub-1:3.13-dev", "2-dev"),
    ],
)
def test_with_a_network_a_request_becomes_a_version(request_text: str, version: str) -> None:
    found = mise_list(Project.from_texts({".tool-versions": f"python {request_text}\n"}), newest="3.15")
    assert [(tool.version, tool.requested) for tool in found.tools] == [(version, request_text)]


def test_a_request_counts_from_an_alias_and_is_locked() -> None:
    text = '[tools]\npython = "sub-0.1:mine"\n[tool_alias.python.versions]\nmine = "3.13"\n'
    assert versions({"mise.toml": text}) == ["3.12"]
    assert versions({"mise.toml": text, "mise.lock": LOCK}) == ["3.12.8"]


def test_a_prefix_in_mise_toml_is_what_runs() -> None:
    files = {"requirements.txt": "flask\n", "app.py": "", "mise.toml": '[tools]\npython = "prefix:3.12"\n'}
    assert plan(files).python.version == "3.12"
    made = plan(files, {"RAILPACK_PYTHON_VERSION": "3.11"}).python
    assert (made.version, made.effective) == ("3.11", "3.12")
    assert [item.value for item in made.inputs if item.use is InputUse.DECIDES] == ["prefix:3.12"]


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("[bootstrap]\nx = 1\ny = 2\n", ["x", "y"]),
        ("[bootstrap.macos]\nx = 1\n[bootstrap.macos.launchd]\ny = 1\n", ["macos.x", "macos.launchd.y"]),
        ('[bootstrap.user]\nlogin_shell = "zsh"\nx = 1\n', ["user.x"]),
        ('[bootstrap.packages]\n"apt:a" = "1"\n"apt:b" = {version = "2", os = "linux"}\n', []),
        ("[bootstrap.macos.dock]\nx = 1\n[bootstrap.hooks]\nx = 1\n", []),
    ],
)
def test_unknown_keys_of_bootstrap_are_warned_of(text: str, unknown: list[str]) -> None:
    found = mise_list(Project.from_texts({"mise.toml": f'{text}[tools]\npython = "3.12"\n'}))
    assert found.warnings == tuple(
        f"mise WARN  unknown field in <app>/mise.toml: bootstrap.?.{name}" for name in unknown
    )
    assert [tool.version for tool in found.tools] == ["3.12"]


@pytest.mark.parametrize(
    "text",
    [
        "[bootstrap]\nplugins = 1\n",
        "[bootstrap]\nhooks = []\n",
        "[bootstrap]\nuser = 1\n",
        "[bootstrap.user]\nlogin_shell = 1\n",
        "[bootstrap.brew.taps]\na = 1\n",
        '[bootstrap.packages]\n"apt:a" = 1\n',
        '[bootstrap.packages]\n"apt:a" = {version = "1", z = 1}\n',
        '[bootstrap.packages]\n"apt:a" = {os = []}\n',
    ],
)
def test_a_value_of_bootstrap_that_mise_cannot_read_stops_it(text: str) -> None:
    assert mise_list(Project.from_texts({"mise.toml": text})).error == "Invalid TOML in config file: <app>"
