"""Having a backing service: a container engine where there is one, else local programs, else a server from a wheel."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from trueup.prove.backing._interface import Backing, NotAvailableError, Place, Server, wait_until_ready
from trueup.prove.environments import slot
from trueup.prove.running import Command, start
from trueup.registry import discover


def kinds() -> dict[str, Backing]:
    """The kinds of backing services, by id."""
    return discover("trueup.prove.backing", "BACKING")


@functools.cache
def container_engine() -> str | None:
    """The program of docker or podman, where the engine answers."""
    for name in ("docker", "podman"):
        program = shutil.which(name)
        if program is None:
            continue
        try:
            done = subprocess.run([program, "info"], capture_output=True, timeout=10, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return program
    return None


@dataclass(frozen=True)
class Obtained:
    """A server, or why there is none."""

    server: Server | None
    reasons: tuple[str, ...] = ()


def obtain(backing: Backing, place: Place, stack: ExitStack) -> Obtained:
    """Start a server of a kind; it is ended when the stack is closed.

    The ways are tried in turn; what a way says when it fails is kept.
    """
    reasons = []
    for way in (_container, _local, _wheel):
        try:
            server = way(backing, place, stack)
            return Obtained(wait_until_ready(backing, server, place.log))
        except NotAvailableError as error:
            reasons.append(str(error))
        except OSError as error:
            reasons.append(f"{error.strerror or error}")
    return Obtained(None, (*reasons, backing.install))


def scratch(stack: ExitStack, kind: str) -> Path:
    """An empty folder that servers may enter whoever they run as, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix=f"trueup-{kind}-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    if os.getuid() == 0:
        folder.chmod(0o755)
    return folder


def _hold(server: Server, stack: ExitStack) -> Server:
    if server.running is not None:
        stack.callback(server.running.close)
    return server


def _container(backing: Backing, place: Place, stack: ExitStack) -> Server:
    engine = container_engine()
    if place.network is not None:
        raise NotAvailableError("a container lies outside the sandbox's network")
    if engine is None:
        raise NotAvailableError("no container engine answers")
    port = place.ports.take()
    name = f"trueup-{backing.id}-{port}"
    variables = [f"{key}={value.format(password=place.password)}" for key, value in backing.container.items()]
    words = [engine, "run", "--rm", "--name", name, "-p", f"127.0.0.1:{port}:{backing.port}"]
    words += [word for variable in variables for word in ("-e", variable)]
    command = Command(
        words=(*words, backing.image),
        folder=place.folder,
        environment=dict(os.environ),
        cleanup=(engine, "rm", "--force", name),
    )
    running = start(command, place.log, place.redactor)
    url = backing.container_url.format(host="127.0.0.1", port=port, password=place.password)
    return _hold(Server(backing.id, f"container {backing.image}", url, None, running), stack)


def _local(backing: Backing, place: Place, stack: ExitStack) -> Server:
    found = backing.find()
    if found is None:
        raise NotAvailableError(f"no server program of {backing.title} is on this machine")
    return _hold(backing.launch(place, found), stack)


def _wheel(backing: Backing, place: Place, stack: ExitStack) -> Server:
    if not backing.wheels:
        raise NotAvailableError(f"no wheel holds a server of {backing.title}")
    for name in backing.wheels:
        folder = _installed_wheel(name, place)
        if folder and place.account():  # the cache may lie where only trueup's own user may go
            folder = Path(shutil.copytree(folder, place.folder / "programs", symlinks=True))
        found = backing.find_in(folder) if folder else None
        if found is None:
            continue
        server = backing.launch(place, found)
        server.how = f"wheel {name}"
        return _hold(server, stack)
    raise NotAvailableError(f"no wheel of {' or '.join(backing.wheels)} could be installed")


def _installed_wheel(name: str, place: Place) -> Path | None:
    """The folder of an installed wheel in the cache; a wheel for any Python will do, as it is only unpacked."""
    root = place.cache / "servers"
    with slot(root, name) as held:
        target = root / name / "files"
        if (root / name / "complete").exists():
            return target
        held.own()
        for python in place.pythons():
            shutil.rmtree(root / name, ignore_errors=True)
            words = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"]
            words += ["--target", str(target), name]
            environment = dict(os.environ) | dict(place.index)
            try:
                done = subprocess.run(words, env=environment, capture_output=True, timeout=300, check=False)
            except (OSError, subprocess.TimeoutExpired):
                continue
            if done.returncode == 0:
                (root / name / "complete").touch()
                return target
    return None
