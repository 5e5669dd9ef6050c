"""What Railpack refuses in railpack.json and in a Procfile, in its own words, and which steps it builds at all."""

from __future__ import annotations

import pytest

from trueup.model.plan import BuildPlan

from .test_plan import plan

APP = {"requirements.txt": "flask\n", "app.py": ""}
OF_FIELD = "json: cannot unmarshal {} into Go struct field {} of type {}"


def configured(text: str) -> BuildPlan:
    return plan({**APP, "railpack.json": text})


def errors(made: BuildPlan) -> list[str | None]:
    return [problem.subject for problem in made.problems if problem.rule == "builder-error"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "json: cannot unmarshal array into Go value of type config.Config"),
        ('{"provider": 1}', OF_FIELD.format("number", "Config.provider", "string")),
        ('{"Packages": {"python": true}}', OF_FIELD.format("bool", "Config.packages", "string")),
        ('{"deploy": []}', OF_FIELD.format("array", "Config.deploy", "config.DeployConfig")),
        ('{"deploy": {"paths": "x"}}', OF_FIELD.format("string", "DeployConfig.deploy.paths", "[]string")),
        ('{"caches": {"pip": 1}}', OF_FIELD.format("number", "Config.caches", "plan.Cache")),
        ('{"caches": {"pip": {"directory": 1}}}', OF_FIELD.format("number", "Cache.caches.directory", "string")),
        ('{"steps": {"x": {"commands": {}}}}', OF_FIELD.format("object", "Config.steps.commands", "[]json.RawMessage")),
        ('{"steps": {"x": {"caches": "y"}}}', OF_FIELD.format("string", "Config.steps.Alias.caches", "[]string")),
        ('{"steps": {"x": {"inputs": ["source"]}}}', "invalid input format: source"),
        ('{"deploy": {"base": {"image": 1}}}', 'invalid input format: {"image":1}'),
    ],
)
def test_a_value_of_another_type_ends_railpack(text: str, words: str) -> None:
    assert errors(configured(text)) == [f"error reading <app>/railpack.json as JSON: {words}"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "line 1, column 2: parsing value: unexpected EOF"),
        ('\n{"a":\n  yes}', "line 3, column 3: invalid literal: yes"),
        ('{"a" 1}', "line 1, column 6: invalid character '1' after object name"),
        ("[1 2]", "line 1, column 4: invalid character '2' after array value (expecting ',' or ']')"),
        ("{'a': 1}", r"line 1, column 2: invalid character '\'' at start of value"),
        ("{} x", "line 1, column 4: invalid character 'x' after top-level value"),
        ('{"a": 1', "line 1, column 8: parsing object after value: unexpected EOF"),
    ],
)
def test_a_text_that_is_no_json_is_refused_with_its_place(text: str, words: str) -> None:
    assert errors(configured(text)) == [f"hujson: {words}"]


def test_a_byte_order_mark_is_refused() -> None:
    assert errors(configured("\ufeff{}"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"steps": {"install": {"inputs": ["."]}}}', "`install` inputs must be an image or step input"),
        ('{"steps": {"lint": {"inputs": []}}}', "step `lint` has no inputs"),
        (
            '{"steps": {"build": {"inputs": [{"step": "install", "include": ["."]}]}}}',
            "the first input of `build` cannot have any includes or excludes.",
        ),
        ('{"deploy": {"base": {"local": true}}}', "deploy.base is required"),
    ],
)
def test_a_step_must_begin_with_an_image_or_a_step(text: str, words: str) -> None:
    made = configured(text)
    assert errors(made) == [words]
    assert str(made.details["error_text"]).startswith(words)


def test_inputs_that_keep_the_generated_ones_are_taken() -> None:
    assert errors(configured('{"steps": {"install": {"inputs": ["...", "."]}}}')) == []
    assert errors(configured('{"steps": {"install": {"inputs": ["$packages:mise"]}}}')) == []


def test_a_step_that_the_image_does_not_need_is_not_built() -> None:
    made = configured(
        '{"steps": {"a": {"commands": ["one"]}, "b": {"commands": ["two"]}}, "deploy": {"inputs": [{"step": "a"}]}}'
    )
    assert [step.command for step in made.build] == ["sh -c 'one'"]
    assert made.install == ()


def test_an_image_of_no_step_has_no_command_to_run() -> None:
    made = configured('{"deploy": {"inputs": [{"step": "nowhere"}]}}')
    assert errors(made) == ["Railpack could not determine how to build the app."]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("web: 1.50\n", "1.50"),
        ("web: 0x10\n", "0x10"),
        ("web: True\n", "True"),
        ("web: !!str 5\n", "5"),
        ("web: first\n---\nweb: second\n", "first"),
        ("---\nweb: first\n", "first"),
        ("web: ~\nworker: second\n", "second"),
    ],
)
def test_a_procfile_gives_its_text_as_it_is_written(text: str, start: str) -> None:
    assert plan({**APP, "Procfile": text}).start.value == start


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("web: a: b\n", "mapping values are not allowed in this context"),
        ("web: @x\n", "found character that cannot start any token"),
        ("web: a\n worker: b\n", "line 2: mapping values are not allowed in this context"),
        ("- web\n", "unmarshal errors:"),
    ],
)
def test_a_procfile_that_is_no_map_is_refused_in_the_words_of_gos_reader(text: str, words: str) -> None:
    assert errors(plan({**APP, "Procfile": text})) == [f"error reading Procfile as YAML: yaml: {words}"]


@pytest.mark.parametrize("name", ["./railpack.json", "/railpack.json", "conf/../railpack.json", "railpack.json/"])
def test_the_name_of_the_file_is_cleaned_as_go_cleans_it(name: str) -> None:
    made = plan({**APP, "railpack.json": '{"deploy": {"startCommand": "run"}}'}, env={"RAILPACK_CONFIG_FILE": name})
    assert (errors(made), made.start.value) == ([], "run")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("./other.json", 'config file "<app>/other.json" not found'),
        ("./railpack.json", 'config file "<app>/railpack.json" not found'),
        ("conf/", "read <app>/conf: is a directory"),
        (".", "read <app>: is a directory"),
    ],
)
def test_a_named_file_that_cannot_be_read_ends_railpack(name: str, words: str) -> None:
    assert errors(plan({**APP, "conf/x.json": "{}"}, env={"RAILPACK_CONFIG_FILE": name})) == [words]


def test_a_folder_in_the_place_of_the_default_file_ends_railpack() -> None:
    made = plan({**APP, "railpack.json/x": ""})
    assert errors(made) == ["read <app>/railpack.json: is a directory"]


def test_a_step_that_is_null_ends_railpack() -> None:
    assert errors(configured('{"steps": {"install": null}}')) == [
        "panic: runtime error: invalid memory address or nil pointer dereference"
    ]


def test_of_two_blanks_between_packages_apt_sees_nothing() -> None:
    made = plan(APP, env={"RAILPACK_BUILD_APT_PACKAGES": "git  vim", "RAILPACK_DEPLOY_APT_PACKAGES": "curl  jq"})
    assert (made.details["apt_build"], made.details["apt_runtime"]) == (["git", "vim"], ["curl", "jq"])


def test_tools_that_no_step_takes_are_no_command() -> None:
    steps = '{"steps": {"install": {"inputs": [{"image": "alpine"}]}}}'
    assert errors(plan({".python-version": "3.12", "railpack.json": steps})) == [
        "Railpack could not determine how to build the app."
    ]


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({}, True),
        ({"src/lib.rs": "", "src/main.py": ""}, True),
        ({"src/main.rs": ""}, False),
        ({"src/bin/tool.rs": ""}, False),
        ({"Cargo.toml": "[workspace]\nmembers = ['a']\n"}, False),
    ],
)
def test_a_cargo_toml_makes_it_rust_which_needs_a_program(more: dict[str, str], refused: bool) -> None:
    made = plan({**APP, "Cargo.toml": "[package]\nname = 'demo'\n", **more})
    assert made.detected.value == "rust"
    assert ("no-start-command" in [problem.rule for problem in made.problems]) == refused


def test_a_version_that_mise_does_not_find_is_the_first_error() -> None:
    made = plan({"requirements.txt": "flask\n"}, env={"RAILPACK_PYTHON_VERSION": "abc"})
    assert [problem.rule for problem in made.problems] == ["python-version-unavailable", "no-start-command"]


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({}, True),
        ({"a/Rakefile": "", "config/application.rb": "x"}, True),
        ({"Rakefile": ""}, False),
        ({"config.ru": ""}, False),
        ({"config/environment.rb": "", "script/server": ""}, False),
        ({"config/application.rb": "class A < Rails::Application\n"}, False),
        ({"Procfile": "web: python app.py\n"}, False),
    ],
)
def test_a_gemfile_makes_it_ruby_which_does_not_start_a_python_file(more: dict[str, str], refused: bool) -> None:
    rules = [problem.rule for problem in plan({**APP, "Gemfile": "", **more}).problems]
    assert ("no-start-command" in rules) == refused


def test_an_empty_provider_is_one_that_railpack_does_not_have() -> None:
    assert configured('{"provider": ""}').detected.value is None
    assert configured('{"provider": null}').detected.value == "python"


def test_commands_of_its_own_in_the_step_of_the_tools_are_never_run() -> None:
    text = '{"steps": {"packages:mise": {"commands": ["make"]}}}'
    assert [step.command for step in configured(text).build] == []
    assert errors(plan({"main.txt": "", "railpack.json": text})) == [
        "Railpack could not determine how to build the app."
    ]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "Railpack could not determine how to build the app."),
        (
            {"index.js": "", "yarn.lock": "", "Procfile": "web: x\n"},
            "Railpack could not determine how to build the app.",
        ),
        (
            {".python-version": "3.12"},
            "No start command detected. Specify a start command: https://railpack.com/config/file#deploy",
        ),
    ],
)
def test_node_plans_nothing_without_package_json(more: dict[str, str], words: str) -> None:
    made = plan({**APP, "railpack.json": '{"provider": "node"}', **more})
    assert [problem.subject for problem in made.problems] == [words]
    assert plan({**APP, "package.json": "{}", "railpack.json": '{"provider": "node"}', **more}).problems == ()


def test_shell_plans_nothing_without_its_script() -> None:
    text = '{"provider": "shell"}'
    assert "plans nothing without start.sh" in configured(text).problems[0].message
    assert plan({**APP, "start.sh": "", "railpack.json": text}).problems == ()


NO_START = "No start command detected. Specify a start command: https://railpack.com/config/file#deploy"
PANIC = "panic: runtime error: invalid memory address or nil pointer dereference"


@pytest.mark.parametrize(
    ("provider", "lacking", "words", "enough"),
    [
        ("deno", {}, NO_START, {"src/a.mts": ""}),
        ("deno", {}, NO_START, {"Procfile": "web: x\n"}),
        ("dotnet", {"src/a.csproj": ""}, NO_START, {"a.csproj": ""}),
        ("staticfile", {"Procfile": "web: x\n"}, "no static file root dir found", {"public/a.css": ""}),
        ("staticfile", {"Staticfile": "root: ' '\n"}, "no static file root dir found", {"index.html": ""}),
        ("cpp", {"Procfile": "web: x\n"}, PANIC, {"meson.build": ""}),
    ],
)
def test_a_forced_provider_without_its_files(
    provider: str, lacking: dict[str, str], words: str, enough: dict[str, str]
) -> None:
    """As a binary of that commit answers (2026-11-20); a project of Python beside it changes nothing."""
    files = {**APP, **lacking, "railpack.json": f'{{"provider": "{provider}"}}'}
    (problem,) = plan(files).problems
    assert problem.subject == words
    assert plan({**files, **enough}).problems == ()


def test_the_static_provider_was_asked_before_it_planned() -> None:
    """Until 0.23.0 it was dropped without a folder to serve, as node and shell are."""
    files = {"main.txt": "", "railpack.json": '{"provider": "staticfile"}'}
    before = plan(files, on="2026-03-27").problems[0]
    assert before.subject == "Railpack could not determine how to build the app."
    assert "plans nothing without index.html" in before.message
    assert plan(files, on="2026-03-28").problems[0].subject == "no static file root dir found"
