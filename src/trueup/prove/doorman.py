"""A program of its own that stays in a network of its own and opens connections there. Standard library only.

`python -I -S doorman.py SOCKET` listens on a Unix socket; each client sends one JSON line, `[host, port, seconds]`, and
gets one byte back: with a connected TCP socket beside it (SCM_RIGHTS, unix(7)), or alone, followed by the error.
"""

from __future__ import annotations

import json
import socket
import sys
import threading


def serve(client: socket.socket) -> None:
    """Open one connection for one client."""
    with client:
        try:
            host, port, seconds = json.loads(client.makefile("rb").readline())
            with socket.create_connection((host, port), timeout=seconds) as made:
                made.setblocking(True)
                socket.send_fds(client, [b"+"], [made.fileno()])
        except (OSError, ValueError) as error:
            number = getattr(error, "errno", None)
            client.sendall(b"-" + json.dumps([number, str(error)]).encode())


def main() -> None:
    """Serve until killed."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(sys.argv[1])
        server.listen(16)
        while True:
            client, _ = server.accept()
            threading.Thread(target=serve, args=(client,), daemon=True).start()


if __name__ == "__main__":
    main()
