"""The Procfile by Cedar's and by Fir's grammar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.model.project import SourceFile
from trueup.platforms.builders._heroku_procfile import Procfile, parse_classic, parse_cnb


def file(text: str | bytes) -> SourceFile:
    return SourceFile("Procfile", text.encode() if isinstance(text, str) else text)


def commands(procfile: Procfile) -> dict[str, str]:
    return {entry.name: entry.command for entry in procfile.entries}


def test_both_read_a_plain_procfile() -> None:
    text = "web: gunicorn shop:app\n# no worker yet\nworker: celery -A shop worker: fast\r\n"
    expected = {"web": "gunicorn shop:app", "worker": "celery -A shop worker: fast"}
    assert commands(parse_classic(file(text))) == expected
    assert commands(parse_cnb(file(text))) == expected
    assert [entry.line for entry in parse_cnb(file(text)).entries] == [1, 3]


def test_cedar_passes_over_what_is_no_process_type() -> None:
    procfile = parse_classic(file("web gunicorn\n web: x\nfine_name: y\nempty:\n# c\n"))
    assert commands(procfile) == {"fine_name": "y"}
    assert procfile.passed_over == (1, 2, 4)


def test_the_last_of_two_equal_names_wins() -> None:
    assert commands(parse_classic(file("web: a\nweb: b"))) == {"web": "b"}
    procfile = parse_cnb(file("web: a\nweb: b"))
    assert commands(procfile) == {"web": "b"}
    assert procfile.warnings == ("Duplicate key `web` found. The value `b` will be used.",)


def test_fir_corrects_keys_with_a_warning() -> None:
    procfile = parse_cnb(file("  Mail_Worker: run"))
    assert commands(procfile) == {"mail-worker": "run"}
    assert "corrected to `mail-worker`" in procfile.warnings[0]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("web:", 1),
        ("web:   \n", 1),
        ("just words", 1),
        ("web: ok\nbad.name: x", 2),
        ("web : ok", 1),
        ("-web: ok", 1),
        ("web-: ok", 1),
        (f"{'a' * 64}: ok", 1),
        ("# only a comment", 1),
    ],
)
def test_fir_refuses(text: str, line: int) -> None:
    procfile = parse_cnb(file(text))
    assert procfile.error == "Invalid Procfile format"
    assert procfile.error_line == line
    assert not procfile.entries


def test_fir_accepts_63_characters_and_one() -> None:
    assert commands(parse_cnb(file(f"{'a' * 63}: ok\nb: fine"))) == {"a" * 63: "ok", "b": "fine"}


def test_fir_wants_utf_8() -> None:
    assert parse_cnb(file(b"web: caf\xe9")).error == "Cannot read Procfile contents"


def test_an_empty_procfile_is_no_mistake() -> None:
    assert parse_cnb(file("")).warnings == ("Empty file, no processes defined",)
    assert parse_classic(file("")) == Procfile()


@given(st.text(max_size=300))
def test_parsing_ends(text: str) -> None:
    data = text.encode("utf-8", errors="replace")
    procfile = parse_cnb(file(data))
    assert not (procfile.error and procfile.entries)
    assert all(entry.command for entry in parse_classic(file(data)).entries)
