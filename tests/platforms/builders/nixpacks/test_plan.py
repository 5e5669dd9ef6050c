"""The plan of Nixpacks: what is merged, installed, run, and what it would stop with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.platforms.builders.nixpacks._planning import planned, texts
from trueup.model.evidence import Evidence, Fact
from trueup.model.plan import InputUse
from trueup.platforms.builders._nixpacks_plan import NixPlan, Phase, fill_auto, remove_autos

REQUIREMENTS: dict[str, str | bytes] = {"main.py": "", "requirements.txt": "flask\n"}


def configured(text: str, **more: str | bytes) -> dict[str, str | bytes]:
    return {**REQUIREMENTS, "nixpacks.toml": text, **more}


def test_packages_of_a_configuration_replace_those_of_the_provider() -> None:
    plan = planned(configured('[phases.setup]\nnixPkgs = ["python311"]\n', **{".python-version": "3.13"}))
    assert plan.python.version == "3.11.10"
    assert [(item.source, item.use) for item in plan.python.inputs] == [
        ("nixPkgs in nixpacks.toml", InputUse.DECIDES),
        (".python-version", InputUse.SHADOWED),
    ]
    assert plan.toolchain.c.value is False
    assert plan.toolchain.c.evidence[0].place == "nixpacks.toml:2"


def test_three_dots_keep_the_packages_of_the_provider() -> None:
    plan = planned(configured('[phases.setup]\nnixPkgs = ["...", "cargo"]\n'))
    assert plan.details["nix_packages"] == ["python3", "gcc", "cargo"]
    assert (plan.toolchain.c.value, plan.toolchain.rust.value) == (True, True)


def test_two_pythons_in_one_environment_collide() -> None:
    plan = planned(configured('[phases.setup]\nnixPkgs = ["...", "python311"]\n'))
    assert any("collision" in message for message in texts(plan))
    same = planned(configured('[phases.setup]\nnixPkgs = ["...", "python311"]\n', **{".python-version": "3.11"}))
    assert texts(same) == []


def test_a_plan_without_any_python_says_that_the_command_is_not_there() -> None:
    plan = planned(configured('[phases.setup]\nnixPkgs = ["nodejs_20"]\n'))
    assert plan.python.version is None
    assert any("python: command not found" in message for message in texts(plan))


def test_a_package_that_nix_does_not_have_stops_the_build_at_its_line() -> None:
    plan = planned(configured('[phases.setup]\nnixPkgs = ["...", "pip"]\n'))
    assert "error: undefined variable 'pip'" in texts(plan)[0]
    assert texts(plan)[0].startswith("nixpacks.toml:2: ")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[variables]\nPORT = 8000\n", 2),
        ('[start]\ncmd = ["a"]\n', 2),
        ('[phases.build]\n\ncmds = "make"\n', 3),
        ("providers = 3\n", 1),
        ("[phases.setup]\nnixPkgs = []\nnixPackages = []\n", 3),
        ("[start\n", 1),
    ],
)
def test_a_wrong_type_is_an_error_at_its_line(text: str, line: int) -> None:
    (problem,) = (p for p in planned(configured(text)).problems if p.rule == "builder-error")
    assert "Failed to parse Nixpacks config file `nixpacks.toml`" in problem.message
    assert problem.evidence[0].place == f"nixpacks.toml:{line}"


def test_every_key_that_nobody_reads_is_named_at_once_with_its_right_place() -> None:
    text = (
        '[python]\nversion = "3.11"\n\n[phases.install]\ncmd = "pip install ."\n\n[start]\ncommand = "python main.py"\n'
        '[phases.setup]\nnixpkgs = ["gcc"]\naptPkg = []\n[deploy]\nfoo = 1\n[zebra]\n'
    )
    problems = [p for p in planned(configured(text)).problems if p.rule == "unknown-configuration-key"]
    hints = {problem.subject.rpartition(":")[2]: problem.hint for problem in problems}
    lines = {problem.subject.rpartition(":")[2]: problem.evidence[0].line for problem in problems}
    assert lines == {
        "python": 1,
        "phases.install.cmd": 5,
        "start.command": 8,
        "phases.setup.nixpkgs": 10,
        "phases.setup.aptPkg": 11,
        "deploy": 12,
        "zebra": 14,
    }
    assert 'NIXPACKS_PYTHON_VERSION = "3.11"' in hints["python"]
    assert "cmds" in hints["phases.install.cmd"]
    assert "nixPkgs" in hints["phases.setup.nixpkgs"]
    assert "aptPkgs" in hints["phases.setup.aptPkg"]
    assert "known here are" in hints["zebra"]


def test_variables_of_the_file_reach_the_provider_but_make_no_phase() -> None:
    plan = planned(configured('[variables]\nNIXPACKS_PYTHON_VERSION = "3.11"\nNIXPACKS_START_CMD = "python a.py"\n'))
    assert plan.python.minor == "3.11"
    assert plan.python.evidence[0].place == "nixpacks.toml:2"
    assert plan.start.value == "python main.py"


def test_the_start_command_of_the_platform_outranks_all_others() -> None:
    files = configured('[start]\ncmd = "from file"\n', Procfile="web: from procfile\n")
    assert planned(REQUIREMENTS | {"Procfile": "web: from procfile\n"}).start.value == "from procfile"
    assert planned(files).start.value == "from file"
    assert planned(files, env={"NIXPACKS_START_CMD": "from variable"}).start.value == "from variable"
    assert planned(files, env={"NIXPACKS_START_CMD": "from variable"}, start="given").start.value == "given"


def test_a_release_line_is_run_while_the_image_is_built() -> None:
    plan = planned(REQUIREMENTS | {"Procfile": "release: ./migrate\nclock: python clock.py\nbeat: python beat.py\n"})
    assert plan.start.value == "python beat.py"
    assert [step.command for step in plan.build] == ["./migrate"]
    assert plan.release is None


@pytest.mark.parametrize("text", ["web:gunicorn app:app\n", "null\n", "- web\n"])
def test_a_procfile_that_is_no_yaml_map_ends_the_build(text: str) -> None:
    plan = planned(REQUIREMENTS | {"Procfile": text})
    assert "Reading Procfile" in texts(plan)[0]
    assert plan.unknowns == ()


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "{}\n"])
def test_a_procfile_without_a_process_is_passed_over(text: str) -> None:
    plan = planned(REQUIREMENTS | {"Procfile": text, "main.py": ""})
    assert plan.start.value == "python main.py"
    assert not any("Procfile" in found for found in texts(plan))


def test_a_tagged_command_of_a_procfile_is_its_text() -> None:
    assert planned(REQUIREMENTS | {"Procfile": "web: !!str 5\n"}).start.value == "5"


def test_django_needs_its_setting_even_where_a_command_is_given() -> None:
    files: dict[str, str | bytes] = {"manage.py": "", "requirements.txt": "Django\n"}
    assert "WSGI_APPLICATION" in texts(planned(files, start="gunicorn app"))[0]
    plan = planned({**files, "shop/settings.py": 'x = 1\nWSGI_APPLICATION = "shop.wsgi.application"\n'})
    assert plan.start.value == "python manage.py migrate && gunicorn shop.wsgi"
    assert plan.start.evidence[0].place == "shop/settings.py:2"


def test_setuptools_sees_pyproject_only() -> None:
    plan = planned({"pyproject.toml": '[project]\nname = "shop"\n'})
    assert plan.visible_at_install == ("pyproject.toml",)
    assert planned(REQUIREMENTS).visible_at_install is None


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("pip install -r requirements/prod.txt", ("requirements/prod.txt",)),
        ("python3.11 -m pip install --upgrade pip && pip install -r a.txt -r b.txt", ("a.txt", "b.txt")),
        ("cd backend && pip install -r requirements.txt", ("backend/requirements.txt",)),
        ("/opt/venv/bin/pip install --requirement=./a.txt", ("a.txt",)),
        ("pip install .", ("pyproject.toml",)),
        ("poetry install", ("poetry.lock", "pyproject.toml")),
        ("npm ci", ()),
    ],
)
def test_the_files_of_a_configured_command_are_what_is_installed(command: str, expected: tuple[str, ...]) -> None:
    plan = planned(configured(f'[phases.install]\ncmds = ["{command}"]\n', **{"poetry.lock": ""}))
    assert plan.manifests == expected


def test_the_only_folder_is_tried_where_the_root_has_nothing() -> None:
    plan = planned({"README.md": "", "api/requirements.txt": "flask\n", "api/main.py": ""})
    assert plan.detected.value == "python"
    assert plan.details["subdirectory"] == "api"
    assert plan.manifests == ("api/requirements.txt",)
    two = planned({"api/main.py": "", "web/index.html": ""})
    assert "Nixpacks was unable to generate a build plan for this app." in texts(two)[0]


def test_a_deep_chain_of_folders_is_followed() -> None:
    assert planned({"/".join(["a"] * 1050) + "/main.py": ""}).detected.value == "python"


def test_an_unknown_provider_is_refused() -> None:
    plan = planned(configured('providers = ["pyhton"]\n'))
    assert "Provider pyhton not found" in texts(plan)[0]
    assert plan.problems[0].evidence[0].place == "nixpacks.toml:1"


def test_a_forced_manager_without_its_lockfile_has_no_version() -> None:
    plan = planned(REQUIREMENTS, env={"NIXPACKS_PYTHON_PACKAGE_MANAGER": "poetry"})
    assert any("Invalid requirement: 'poetry=='" in message for message in texts(plan))
    before = planned(REQUIREMENTS, env={"NIXPACKS_PYTHON_PACKAGE_MANAGER": "poetry"}, on="2025-05-11")
    assert before.package_manager.value == "pip"


def test_a_plan_in_the_platforms_file_is_merged_too() -> None:
    text = '{"build": {"nixpacksPlan": {"phases": {"setup": {"nixPkgs": ["...", "cowsay"]}}}}}'
    value = {"phases": {"setup": {"nixPkgs": ["...", "cowsay"]}}}
    fact: Fact[object] = Fact(value, (Evidence.found("railway.json", 1, text),))
    plan = planned({**REQUIREMENTS, "railway.json": text}, settings={"build.nixpacksPlan": fact})
    assert plan.details["nix_packages"] == ["python3", "gcc", "cowsay"]


def test_no_value_of_the_services_own_variables_is_in_the_details() -> None:
    text = '[variables]\nTOKEN = "from-file-1"\n'
    plan = planned(configured(text), env={"API_KEY": "hunter2", "NIXPACKS_PKGS": "jq"})
    assert "hunter2" not in repr(plan.details)
    assert "from-file-1" not in repr(plan.details)
    assert "API_KEY" in plan.details["variable_names"]  # type: ignore[operator]


names = st.sampled_from(["a", "b", "...", "@auto"])
values = st.none() | st.lists(names, max_size=4).map(tuple)


@given(values, values, values)
def test_merging_keeps_what_is_not_said_and_is_associative_once_finished(
    low: tuple[str, ...] | None, middle: tuple[str, ...] | None, high: tuple[str, ...] | None
) -> None:
    def merged(*plans: tuple[str, ...] | None) -> NixPlan:
        result = NixPlan()
        for value in plans:
            result = NixPlan(phases={"setup": Phase(nix_pkgs=value)}).over(result)
        return result

    assert merged(low, None).phases["setup"].nix_pkgs == fill_auto(None, low)
    finished = merged(low, middle, high).pinned().phases["setup"].nix_pkgs
    if high is not None and not set(high) & {"...", "@auto"}:
        assert finished == high
    assert finished is None or remove_autos(finished) == finished


@given(
    st.dictionaries(
        st.sampled_from(["nixpacks.toml", "nixpacks.json", "Procfile", "pyproject.toml", ".tool-versions", "Pipfile"]),
        st.text(max_size=80) | st.binary(max_size=20),
    )
)
def test_no_content_of_any_file_raises(files: dict[str, str | bytes]) -> None:
    plan = planned({"main.py": "", **files})
    assert all(problem.evidence for problem in plan.problems)


@pytest.mark.parametrize(
    ("command", "packages", "stops"),
    [
        ("pip install -r requirements.txt", "", "pip: command not found"),
        ("pip3 install --upgrade pip", '"python311", "gcc"', "pip3: command not found"),
        ("python3 -m pip install -r requirements.txt", '"python311"', "No module named pip"),
        ("cd backend && PIP_NO_CACHE_DIR=1 pip install .", '"python311"', "pip: command not found"),
        ("pip install -r requirements.txt", '"python311", "python311Packages.pip"', "externally-managed-environment"),
    ],
)
def test_an_install_command_that_calls_pip_without_an_environment_stops(
    command: str, packages: str, stops: str
) -> None:
    setup = f"[phases.setup]\nnixPkgs = [{packages}]\n" if packages else ""
    plan = planned(configured(f'{setup}[phases.install]\ncmds = ["{command}"]\n'))
    assert [stops in message for message in texts(plan)] == [True]


@pytest.mark.parametrize(
    ("commands", "setup"),
    [
        ('["python -m venv /opt/venv", ". /opt/venv/bin/activate && pip install -r requirements.txt"]', ""),
        ('["python -m ensurepip && python -m pip install -r requirements.txt"]', ""),
        ('["./install.sh", "pip install -r requirements.txt"]', ""),
        ('["pip install -r requirements.txt"]', 'aptPkgs = ["python3-pip"]'),
        ('["pip install --break-system-packages -r requirements.txt"]', 'nixPkgs = ["python3", "python3Packages.pip"]'),
        ('["uv pip install -r requirements.txt"]', 'nixPkgs = ["python3", "uv"]'),
        ('["...", "pip install gunicorn"]', ""),
    ],
)
def test_pip_is_there_once_something_has_brought_it(commands: str, setup: str) -> None:
    plan = planned(configured(f"[phases.setup]\n{setup}\n[phases.install]\ncmds = {commands}\n"))
    assert texts(plan) == []


def test_pip_in_the_build_phase_uses_the_environment_of_the_install_phase() -> None:
    assert texts(planned(configured('[phases.build]\ncmds = ["pip install gunicorn"]\n'))) == []


FULL = '[tool.poetry]\nname = "x"\nversion = "1"\ndescription = ""\nauthors = []\n'


@pytest.mark.parametrize(
    ("pyproject", "version", "stops"),
    [
        (FULL, None, None),
        ('[project]\nname = "x"\nversion = "1"\n', None, "[tool.poetry] section not found"),
        ('[project]\nname = "x"\n[tool.poetry]\npackage-mode = false\n', None, "'package-mode' was unexpected"),
        ('[tool.poetry.dependencies]\npython = "^3.11"\n', None, "'name' is a required property"),
        (f"{FULL}package-mode = false\n", "1.8.5", None),
        ("[tool.poetry]\npackage-mode = false\n", "1.8.5", None),
        ('[project]\nname = "x"\nversion = "1"\n', "1.8.5", "[tool.poetry] section not found"),
        ('[project]\nname = "x"\nversion = "1"\n', "2.1.4", "The option “--no-dev” does not exist"),
    ],
)
def test_what_poetry_of_nixpacks_refuses(pyproject: str, version: str | None, stops: str | None) -> None:
    """As Poetry 1.3.1, 1.8.5 and 2.1.4 said themselves."""
    files: dict[str, str | bytes] = {"pyproject.toml": pyproject, "poetry.lock": "", "main.py": ""}
    if version is not None:
        files["nixpacks.toml"] = f'[variables]\nNIXPACKS_POETRY_VERSION = "{version}"\n'
    assert [stops is not None and stops in message for message in texts(planned(files))] == ([True] if stops else [])
