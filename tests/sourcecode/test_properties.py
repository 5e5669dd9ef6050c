"""Nothing raises and nothing hangs, whatever stands in the files."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from trueup.model.project import Project
from trueup.sourcecode import code_facts
from trueup.sourcecode.commands import parse_start

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SOURCES = {
    path.relative_to(EXAMPLES).as_posix(): path.read_text("utf-8")
    for path in sorted(EXAMPLES.rglob("*.py"))
    if "node_modules" not in path.parts
}
WORDS = [
    "uvicorn",
    "gunicorn",
    "python",
    "-m",
    "&&",
    "cd",
    "a:b",
    "--bind",
    "$PORT",
    "'",
    '"',
    ";",
    "-c",
    "celery",
    "=",
    "sh",
]


def look_at_everything(project: Project, start: str) -> None:
    facts = code_facts(project, start=start)
    for part in (facts.applications, facts.variables, facts.routes, facts.writes, facts.imports, facts.unread):
        repr(part)


@given(st.text(max_size=300))
@settings(max_examples=300)
def test_any_text_as_a_module_and_as_a_command(text: str) -> None:
    parse_start(text)
    look_at_everything(Project.from_texts({"main.py": text.encode("utf-8", "surrogatepass")}), text)


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=14))
@settings(max_examples=500)
def test_any_words_of_commands(words: list[str]) -> None:
    found = parse_start(" ".join(words), Project.from_texts({"start.sh": "sh start.sh"}))
    assert all(program.server for program in found.programs)


@given(st.integers(0, 2**32), st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_mutations_of_real_sources(seed: int, count: int) -> None:
    """Lines are dropped, doubled, swapped and cut: what still parses is read, the rest has its problem."""
    chance = random.Random(seed)
    name = chance.choice(sorted(SOURCES))
    lines = SOURCES[name].split("\n")
    for _ in range(count):
        at = chance.randrange(len(lines))
        kind = chance.randrange(4)
        if kind == 0:
            lines[at] = ""
        elif kind == 1:
            lines.insert(at, lines[chance.randrange(len(lines))])
        elif kind == 2:
            lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
        else:
            lines[at] = lines[at].replace("app", "")
    folder = name.partition("/")[0]
    files = {key: text for key, text in SOURCES.items() if key.startswith(folder)} | {name: "\n".join(lines)}
    look_at_everything(Project.from_texts(files), f"python {name}")


def test_names_that_stand_for_each_other_end() -> None:
    doubling = (
        "\n".join(f"a{n} = a{n + 1} + a{n + 1}" for n in range(60)) + "\na60 = 'x'\nimport os\nos.getenv('X', a0)\n"
    )
    circle = "import os\na = b\nb = a\nos.getenv('X', a)\nfrom main import *\n"
    cycles = {"main.py": "from other import app\n", "other.py": "from main import app\n"}
    look_at_everything(Project.from_texts({"main.py": doubling}), "python main.py")
    look_at_everything(Project.from_texts({"main.py": circle}), "python main.py")
    look_at_everything(Project.from_texts(cycles), "uvicorn main:app")
