"""MySQL and MariaDB.

Protocol: https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html (read 2026-11-20).
"""

from __future__ import annotations

import re
from pathlib import Path

from trueup.prove.backing._interface import USER, Backing, Place, Server, exchange, programs


def _find() -> dict[str, Path] | None:
    folders = ("/usr/libexec", "/opt/homebrew/bin", "/usr/local/mysql/bin")
    return programs("mariadb-install-db", "mariadbd", folders=folders) or programs("mysqld", folders=folders)


def _launch(place: Place, found: dict[str, Path]) -> Server:
    """A new data folder, a database and a user, and a server on a free port of the loopback address."""
    data, first = place.folder / "data", place.folder / "first.sql"
    first.write_text(
        f"CREATE DATABASE {USER};\nCREATE USER '{USER}'@'%' IDENTIFIED BY '{place.password}';\n"
        f"GRANT ALL ON {USER}.* TO '{USER}'@'%';\n",
        "utf-8",
    )
    data.mkdir()
    place.own(place.folder)
    if "mariadbd" in found:
        install = (str(found["mariadb-install-db"]), "--no-defaults", f"--datadir={data}")
        place.prepare(*install, "--auth-root-authentication-method=normal", "--skip-test-db")
    else:
        place.prepare(str(found["mysqld"]), "--no-defaults", "--initialize-insecure", f"--datadir={data}")
    port = place.ports.take()
    running = place.launch(
        *(str(found.get("mariadbd") or found["mysqld"]), "--no-defaults", f"--datadir={data}", f"--port={port}"),
        *("--bind-address=127.0.0.1", f"--socket={place.folder}/s", f"--init-file={first}", f"--tmpdir={place.folder}"),
        *(f"--pid-file={place.folder}/pid", "--skip-log-bin"),
    )
    return Server("mysql", "local server", f"mysql://{USER}:{place.password}@127.0.0.1:{port}/{USER}", None, running)


def _answers(host: str, port: int) -> str | None:
    """The server speaks first: a packet of protocol 10 with its version."""
    answer = exchange(host, port, b"")
    if len(answer) < 6 or answer[4] != 10:
        return None
    version = answer[5:].split(b"\0", 1)[0].decode("ascii", "replace")
    match = re.search(r"(\d+\.\d+\.\d+)(?:-MariaDB)?", version.removeprefix("5.5.5-"))
    return match[1] if match else version


BACKING = Backing(
    id="mysql",
    title="MySQL or MariaDB",
    schemes=("mysql", "mariadb"),
    drivers=frozenset({"mysqlclient", "pymysql", "aiomysql", "asyncmy", "mysql-connector-python", "mariadb"}),
    names=re.compile(r"MYSQL|MARIADB"),
    image="mariadb:11",
    port=3306,
    container={"MARIADB_DATABASE": USER, "MARIADB_USER": USER, "MARIADB_PASSWORD": "{password}"}
    | {"MARIADB_RANDOM_ROOT_PASSWORD": "1"},
    container_url=f"mysql://{USER}:{{password}}@{{host}}:{{port}}/{USER}",
    find=_find,
    launch=_launch,
    answers=_answers,
    install="install MariaDB's or MySQL's server (Debian: mariadb-server; macOS: brew install mariadb)",
)
