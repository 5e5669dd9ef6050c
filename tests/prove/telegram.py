"""A Bot API of one bot to which nobody writes, so that a bot can be proved without a real token.

Source: https://core.telegram.org/bots/api#getme and #getupdates (read 2026-11-20).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BOT = {"id": 123456789, "is_bot": True, "first_name": "Proof", "username": "proof_bot"}


class Handler(BaseHTTPRequestHandler):
    """Answers getMe with the bot, getUpdates after a second with nothing, and everything else with true."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        method = self.path.rpartition("/")[2].lower()
        if method == "getupdates":
            time.sleep(1)
        result: object = BOT if method == "getme" else [] if method == "getupdates" else True
        body = json.dumps({"ok": True, "result": result}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.server.methods.add(method)  # type: ignore[attr-defined]

    do_GET = do_POST  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Say nothing."""


@contextmanager
def telegram() -> Iterator[tuple[str, set[str]]]:
    """The address of a Bot API on this machine, and the names of the methods that were called."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    methods: set[str] = set()
    server.methods = methods  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", methods
    finally:
        server.shutdown()
        server.server_close()
