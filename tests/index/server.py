"""A small index on 127.0.0.1 whose every answer a test can spoil."""

from __future__ import annotations

import io
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """One answer. `cut` sends only that many bytes of the body though the length promises all."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html"
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    delay: float = 0.0
    ranges: bool = True


@dataclass
class LocalIndex:
    """The running server: what it answers, and what it was asked."""

    url: str
    replies: dict[str, Reply | list[Reply] | Callable[[Any], Reply]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def simple(self) -> str:
        """The address of the index."""
        return f"{self.url}/simple"

    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [path for path, _ in self.asked]

    def add_wheel(self, filename: str, metadata: str, **reply: Any) -> bytes:
        """Serve a wheel under /files/ and return its bytes."""
        data = wheel(filename, metadata)
        self.replies[f"/files/{filename}"] = Reply(data, content_type="application/octet-stream", **reply)
        return data


def page(*files: str, attributes: str = "") -> bytes:
    """A project's HTML page."""
    links = "".join(f'<a href="../../files/{name}"{attributes}>{name}</a><br/>\n' for name in files)
    return f"<!DOCTYPE html><html><body><h1>Links for it</h1>\n{links}</body></html>".encode()


def wheel(filename: str, metadata: str, padding: int = 0) -> bytes:
    """A wheel that holds METADATA and a few other members."""
    name, version = filename.split("-")[:2]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}/__init__.py", "")
        if padding:
            archive.writestr(zipfile.ZipInfo(f"{name}/data.bin"), bytes(range(256)) * (padding // 256))
        archive.writestr(f"{name}-{version}.dist-info/METADATA", metadata)
        archive.writestr(f"{name}-{version}.dist-info/WHEEL", "Wheel-Version: 1.0\n")
        archive.writestr(f"{name}-{version}.dist-info/RECORD", "")
    return buffer.getvalue()


def sdist(top: str, members: dict[str, str]) -> bytes:
    """A .tar.gz sdist; with an empty `top` no folder is around its files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, text in members.items():
            data = text.encode()
            info = tarfile.TarInfo(f"{top}/{path}" if top else path)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


@contextmanager
def local_index() -> Iterator[LocalIndex]:
    """Run the server for one test."""
    holder: list[LocalIndex] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            index = holder[0]
            index.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            found = index.replies.get(self.path, Reply(status=404))
            if callable(found):
                found = found(self)
            elif isinstance(found, list):
                found = found.pop(0) if len(found) > 1 else found[0]
            self._send(found)

        def _send(self, reply: Reply) -> None:
            threading.Event().wait(reply.delay)
            body, status, headers = reply.body, reply.status, dict(reply.headers)
            span = self.headers.get("Range", "")
            if span and reply.ranges and status == 200:
                start, _, end = span.removeprefix("bytes=").partition("-")
                first = max(len(body) - int(end), 0) if not start else int(start)
                last = len(body) - 1 if not start or not end else int(end)
                headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
                body, status = body[first : last + 1], 206
            self.send_response(status)
            if reply.content_type:
                self.send_header("Content-Type", reply.content_type)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if reply.cut is None else body[: reply.cut])
            if reply.cut is not None:
                self.close_connection = True

        def log_message(self, *arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *arguments: object) -> None:
            """A client that hangs up is not an error here."""

    server = Server(("127.0.0.1", 0), Handler)
    holder.append(LocalIndex(f"http://127.0.0.1:{server.server_address[1]}"))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield holder[0]
    finally:
        server.shutdown()
        server.server_close()
