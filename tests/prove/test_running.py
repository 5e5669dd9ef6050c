"""Commands below their supervisor: limits, endings, and that nothing survives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trueup.prove.running import Command, Redactor, Running, run, start, tail

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux: prctl and /proc")


def command(text: str, folder: Path, **limits: float) -> Command:
    environment = {"PATH": os.environ["PATH"]}
    return Command(words=("/bin/sh", "-c", text), folder=folder, environment=environment, **limits)  # type: ignore[arg-type]


def lives(process: int) -> bool:
    """Whether a process runs (one that waits to be collected does not)."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(process: int, seconds: float = 8) -> bool:
    deadline = time.monotonic() + seconds
    while lives(process) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not lives(process)


def wait_for_text(path: Path, seconds: float = 10) -> str:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if path.exists() and path.read_text().endswith("\n"):
            return path.read_text()
        time.sleep(0.02)
    raise AssertionError(f"{path} was not written")


def test_exit_code_and_output(tmp_path: Path) -> None:
    """Both streams go to the log."""
    ended = run(command("echo out; echo err >&2; exit 3", tmp_path), tmp_path / "log", Redactor())
    assert ended.exit_code == 3
    assert not ended.ok
    assert tail(tmp_path / "log") == ("out", "err")


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    """It ends with 127, as in a shell, and the log says why."""
    ended = run(Command(words=("/no/such",), folder=tmp_path, environment={}), tmp_path / "log", Redactor())
    assert ended.exit_code == 127
    assert "/no/such" in (tmp_path / "log").read_text()


def test_time_and_memory_limits(tmp_path: Path) -> None:
    """What exceeds a limit is killed, and it is said which."""
    ended = run(command("sleep 60", tmp_path, seconds=0.3), tmp_path / "log", Redactor())
    assert (ended.ended_by, ended.exit_code) == ("time", -signal.SIGKILL)
    hungry = f"{sys.executable} -c 'import time; block = bytearray(300_000_000); time.sleep(60)'"
    if sys.platform.startswith("linux"):
        assert run(command(hungry, tmp_path, mebibytes=100), tmp_path / "log", Redactor()).ended_by == "memory"


def test_stop_asks_first(tmp_path: Path) -> None:
    """SIGTERM is answered, or SIGKILL follows."""
    polite = start(command("trap 'exit 7' TERM; while :; do sleep 0.05; done", tmp_path), tmp_path / "a", Redactor())
    time.sleep(0.3)
    assert polite.stop(5).exit_code == 7
    deaf = start(command("trap '' TERM; while :; do sleep 0.05; done", tmp_path), tmp_path / "b", Redactor())
    time.sleep(0.3)
    ended = deaf.stop(0.3)
    assert (ended.exit_code, ended.ended_by) == (-signal.SIGKILL, "killed")


DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        with open(sys.argv[1], "w") as stream:
            stream.write(f"{os.getpid()}\\n")
        time.sleep(600)
    os._exit(0)
time.sleep(float(sys.argv[2]))
"""


@LINUX
def test_daemons_do_not_survive(tmp_path: Path) -> None:
    """Not even those that have forked twice and left their session."""
    note = tmp_path / "pid"
    words = (sys.executable, "-c", DAEMON, str(note), "1")
    run(Command(words=words, folder=tmp_path, environment={}), tmp_path / "log", Redactor())
    assert gone(int(note.read_text()))


PARENT = """
import sys, time
from pathlib import Path
from trueup.prove.running import Command, Redactor, start
folder = Path(sys.argv[1])
words = (sys.executable, "-c", sys.argv[2], str(folder / "pid"), "600")
running = start(Command(words=words, folder=folder, environment={}), folder / "log", Redactor())
print(running.process, running.supervisor, flush=True)
time.sleep(600)
"""


@LINUX
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_survives_the_end_of_trueup(tmp_path: Path, number: signal.Signals) -> None:
    """Whatever ends trueup: the command, its daemon and the supervisor are gone."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), DAEMON], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert parent.stdout is not None
    processes = [int(word) for word in parent.stdout.readline().split()]
    processes.append(int(wait_for_text(tmp_path / "pid")))
    assert all(map(lives, processes))
    parent.send_signal(number)
    parent.wait(10)
    parent.stdout.close()
    assert all(gone(process) for process in processes)


@LINUX
def test_the_command_dies_with_its_supervisor(tmp_path: Path) -> None:
    """Even if someone kills the supervisor itself."""
    running: Running = start(command("exec sleep 600", tmp_path), tmp_path / "log", Redactor())
    os.kill(running.supervisor, signal.SIGKILL)
    assert gone(running.process)
    assert running.wait().exit_code == -9


def test_redaction() -> None:
    """Values, their spellings, and passwords in addresses; short and plain words stay."""
    redactor = Redactor(
        {"KEY": 's3cret"value', "URL": "postgres://user:p%40ssw0rd@host/db", "DEBUG": "true", "N": "12"}
    )
    assert redactor.clean_text('key=s3cret"value.') == "key=[KEY]."
    assert redactor.clean_text('{"key": "s3cret\\"value"}') == '{"key": "[KEY]"}'
    assert redactor.clean_text("to postgres://user:p%40ssw0rd@host/db") == "to [URL]"
    assert redactor.clean_text("password p%40ssw0rd") == "password [URL]"
    assert redactor.clean_text("https://u:other@h/x true 12") == "https://u:[password]@h/x true 12"


def test_a_giant_line_is_cut_and_cleaned(tmp_path: Path) -> None:
    """No line end is needed for the log to go on."""
    text = f"{sys.executable} -c 'import sys; sys.stdout.write(\"x\" * 3_000_000)'; echo; echo hunter2secret"
    run(command(text, tmp_path), tmp_path / "log", Redactor({"A": "hunter2secret"}))
    assert tail(tmp_path / "log", 1) == ("[A]",)
