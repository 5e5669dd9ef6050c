"""What mise makes of templates, relative paths, aliases and tables of another kind; each seen of its binary."""

from __future__ import annotations

import json

import pytest

from trueup.model.project import Project
from trueup.platforms.builders._mise import MiseList, mise_list

from .test_plan import plan


def listed(version: str, before: str = "") -> MiseList:
    text = f"{before}[tools]\npython = {json.dumps(version)}\n"
    return mise_list(Project.from_texts({"mise.toml": text}))


@pytest.mark.parametrize(
    ("template", "version"),
    [
        ("{{ env.X | default(value='3.9') }}", "3.9"),
        ('{{ env["X"]|default(value=3.11) }}', "3.11"),
        ("{{ get_env(name='X', default='3.9') }}", "3.9"),
        ("{{- '3.12' -}}", "3.12"),
        ("{{ '3' }}.{{ 12 }}", "3.12"),
        ("{{ 3.10 }}", "3.1"),
        ("{# the newest #}3.12", "3.12"),
        ("{{ 'ref-main' }}", "ref:main"),
        ("{% if true %}3.12{% else %}3.11{% endif %}", "3.12"),
        ("{% if env.X %}3.12{% elif env.Y %}3.11{% else %}3.10{% endif %}", "3.10"),
        ("{% if env.X == 'a' or not env.X %}3.12{% endif %}", "3.12"),
        ("{% if env.X is defined and env.X != 'a' %}3.12{% else %}3.11{% endif %}", "3.11"),
        ("{% if env.X is not defined %}{% if 0 %}3.9{% else %}3.12{% endif %}{% endif %}", "3.12"),
        ("{% if " + "not " * 450 + "true %}3.12{% endif %}", "3.12"),
        ("{% set x = '3.12' %}{{ x }}", "3.12"),
        ("  {%- if os() == 'linux' -%} 3.12 {%- endif -%}  ", "3.12"),
        ("{% raw %}3.12{% endraw %}", "3.12"),
        ("{{ env.X or '3.12' }}", "3.12"),
        ("{{ '3.12' if env['X'] is undefined else '3.11' }}", "3.12"),
        ("{{ ' 3.' | trim ~ 12 }}", "3.12"),
        ("{{ vars.python | default(value='3.9') }}", "3.9"),
        ("{% if get_env(name='X', default='') %}3.11{% else %}3.12{% endif %}", "3.12"),
    ],
)
def test_a_template_that_the_project_fills_in_is_a_version(template: str, version: str) -> None:
    found = listed(template)
    assert [(tool.version, tool.requested) for tool in found.tools] == [(version, version)]


def test_variables_are_those_of_the_files_own_env() -> None:
    env = '[env]\nX = "3.12"\nN = 3\n'
    assert [tool.version for tool in listed("{{ env.X | default(value='3.9') }}", env).tools] == ["3.12"]
    assert [tool.version for tool in listed("{{ env.N }}", env).tools] == ["3"]
    assert [tool.version for tool in listed("{{ get_env(name='X', default='3.9') }}", env).tools] == ["3.9"]


@pytest.mark.parametrize(
    ("template", "before"),
    [
        ("{{ env.X }}", ""),
        ("{{ get_env(name='X') }}", ""),
        ("{{ exec(command='echo 3.12') }}", ""),
        ("{{ read_file(path='version') }}", ""),
        ("{{ vars.python }}", "[vars]\npython = '3.12'\n"),
        ("{{ nothing }}", ""),
        ("{% if true %}3.12", ""),
        ("3.12{% endif %}", ""),
        ("{% other %}3.12", ""),
        ("{{ 3 }", ""),
        ("{{ '-x' }}", ""),
    ],
)
def test_any_other_template_stops_mise(template: str, before: str) -> None:
    assert (listed(template, before).exit_code, listed(template, before).tools) == (1, ())


def test_an_if_looks_at_the_files_own_env() -> None:
    env = '[env]\nX = "0"\nY = ""\n'
    assert [tool.version for tool in listed("{% if env.X %}3.12{% else %}3.11{% endif %}", env).tools] == ["3.12"]
    assert [tool.version for tool in listed("{% if env.Y %}3.12{% else %}3.11{% endif %}", env).tools] == ["3.11"]


@pytest.mark.parametrize(
    ("template", "before"),
    [
        ("{% for x in [3, 12] %}{{ x }}{% endfor %}", ""),
        ("{% if env.PATH %}3.12{% endif %}", ""),
        ("{{ num_cpus() }}", ""),
        ("{{ '3.12' | replace(from='2', to='1') }}", ""),
        ("{{ env.X | default(value='3.9') }}", '[env]\n_.file = ".env"\n'),
        ("{{ env.HOME | default(value='3.9') }}", ""),
        ("{{ " + "(" * 400 + "1" + ")" * 400 + " }}", ""),
    ],
)
def test_what_only_the_machine_or_more_of_the_language_tells_is_unknown(template: str, before: str) -> None:
    found = listed(template, before)
    assert found.error is None
    assert [(tool.version, tool.is_known) for tool in found.tools] == [(template, False)]
    text = f"{before}[tools]\npython = {json.dumps(template)}\n"
    made = plan({"requirements.txt": "flask\n", "app.py": "", "mise.toml": text}, {"RAILPACK_PYTHON_VERSION": "3.11"})
    assert (made.python.version, made.problems) == (None, ())
    (unknown,) = [item for item in made.unknowns if item.essential]
    assert unknown.subject == "Python version"
    assert unknown.evidence[0].path == "mise.toml"


def test_railpack_takes_the_version_of_a_template() -> None:
    text = "[tools]\npython = \"{{ env.PYTHON | default(value='3.11') }}\"\n"
    assert plan({"requirements.txt": "flask\n", "app.py": "", "mise.toml": text}).python.version == "3.11"


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({".python-version": "path:./x"}, "<app>/x"),
        ({".tool-versions": "python path:x/"}, "<app>/x"),
        ({".config/mise/config.toml": '[tools]\npython = {path = "./x/../y"}\n'}, "<app>/x/../y"),
        ({"mise.toml": '[tools]\npython = "path:/opt/python"\n'}, "/opt/python"),
        ({"mise.toml": '[tools]\npython = {path = "~/python"}\n'}, "~/python"),
    ],
)
def test_a_relative_path_is_in_the_folder(files: dict[str, str], path: str) -> None:
    found = mise_list(Project.from_texts(files)).tools
    assert [(tool.version, tool.requested) for tool in found] == [(f"path:{path}", f"path:{path}")]


@pytest.mark.parametrize(
    "alias", ['tool_alias.py = "core:python"', 'alias.py = "core:python"', "[tool_alias.py]\nbackend = 'core:python'"]
)
def test_an_alias_of_pythons_own_tool_is_python(alias: str) -> None:
    found = mise_list(Project.from_texts({"mise.toml": f'{alias}\n[tools]\npy = "3.11"\n'}))
    assert [(tool.name, tool.version) for tool in found.tools] == [("python", "3.11")]


@pytest.mark.parametrize(
    "text",
    [
        "deps = 1", "[deps]\nx = 1", '[deps]\ndisable = "x"', '[deps.uv]\nauto = "x"', '[deps.uv]\nrun = ["x"]',
        '[deps.uv]\nsources = "x"', "[deps.uv]\nbogus = 1", "[deps.uv]\nenv = {A = 1}", "[deps.uv]\nenv = 1",
        'hooks = "x"', 'watch_files = "x"', "redactions = 1", 'task_config = "x"', "task_config = 1",
        "monorepo_root = 1",
        "experimental_monorepo_root = []", "oci = 1", "dotfiles = 1", "bootstrap = 1", 'monorepo = "x"',
        "tool_config = true", "task_templates = []", 'shell_alias = "x"',
    ],
)  # fmt: skip
def test_a_table_of_another_kind_stops_mise(text: str) -> None:
    assert mise_list(Project.from_texts({"mise.toml": f"{text}\n"})).exit_code == 1


def test_tables_of_the_right_kind_pass() -> None:
    text = (
        "monorepo_root = true\n[deps]\ndisable = ['npm']\n"
        "[deps.uv]\nauto = true\nsources = ['uv.lock']\nenv = {A = 'b'}\n"
        "[task_config]\nincludes = ['tasks']\nfolder = 'x'\n"
        "[monorepo]\nconfig_roots = ['a']\nroots = 1\n"
    )
    found = mise_list(Project.from_texts({"mise.toml": text}))
    assert found.exit_code == 0
    assert [warning.rpartition(" ")[2] for warning in found.warnings] == ["task_config.folder", "monorepo.?.roots"]
