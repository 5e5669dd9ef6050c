"""HTTP: pooled connections, retries with backoff, limits, proxies, certificates, credentials. Imported on first use.

Every failure is a TransportError whose reason can be shown to people: it never holds credentials.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import SplitResult, urljoin
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.response import BaseHTTPResponse
from urllib3.util import Retry, Timeout

from trueup import __version__
from trueup.index.addresses import split, userinfo, without_credentials
from trueup.index.connections import new_pool
from trueup.index.settings import IndexSettings
from trueup.index.trouble import TransportError

T = TypeVar("T")

_REPEATED = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
"""Answers that may be different the next time."""
_PIECE = 1 << 20
_WHOLE = 1 << 23
"""Bytes of the largest body that is read at once, where its length is known beforehand."""
_LONGEST_PAUSE = 30.0
_BACKOFF = 0.25
_REDIRECTS = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. `headers` have lower-case names; `url` is the final address, without credentials."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class Transport:
    """Requests to an index and to where its files lie. Threads may share it."""

    def __init__(self, settings: IndexSettings) -> None:
        self._settings = settings
        self._stopped = threading.Event()
        self._credentials = dict(_credentials(settings))
        self._netrc: Any = None
        self._netrc_read = False
        self._pools: dict[tuple[str | None, bool], urllib3.PoolManager] = {}
        self._proxies: dict[tuple[str, str], str | None] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """End pauses and drop all connections."""
        self._stopped.set()
        for pool in self._pools.values():
            pool.clear()

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        limit: int,
        accepted: frozenset[int] = frozenset({200}),
    ) -> Answer:
        """Get a complete body.

        Args:
            url: the address.
            headers: further request headers.
            limit: bytes (after decompression) beyond which it is refused.
            accepted: the statuses to return; others raise.

        Raises:
            TransportError: no accepted answer within the retries.
        """
        return self._repeated(lambda: self._once(url, dict(headers or {}), limit, accepted))

    @contextmanager
    def stream(self, url: str) -> Iterator[BaseHTTPResponse]:
        """An open answer to be read piece by piece; only opening it is repeated.

        Raises:
            TransportError: it cannot be opened.
        """
        response, _ = self._repeated(lambda: self._open(url, {"Accept-Encoding": "identity"}, frozenset({200})))
        try:
            yield response
        except (HTTPError, OSError) as error:
            raise _failure(error) from error
        finally:
            response.close()

    def _repeated(self, attempt: Callable[[], T]) -> T:
        for number in range(self._settings.retries + 1):
            if self._stopped.is_set():
                raise TransportError("it was interrupted")
            try:
                return attempt()
            except _AgainError as error:
                if number == self._settings.retries or error.pause > _LONGEST_PAUSE:
                    raise error.failure from error
                pause = max(error.pause, _BACKOFF * 2**number * random.uniform(0.5, 1.0))  # noqa: S311 (jitter)
                self._stopped.wait(pause)
        raise AssertionError("unreachable")

    def _once(self, url: str, headers: dict[str, str], limit: int, accepted: frozenset[int]) -> Answer:
        response, final = self._open(url, headers, accepted)
        try:
            body = self._read(response, limit)
        except (HTTPError, OSError) as error:
            response.close()
            raise _AgainError(_failure(error)) from error
        kept = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, kept, body, without_credentials(final))

    def _read(self, response: BaseHTTPResponse, limit: int) -> bytes:
        length = response.headers.get("Content-Length", "")
        is_plain = not response.headers.get("Content-Encoding")
        if is_plain and length.isascii() and length.isdigit() and int(length[:20]) <= min(limit, _WHOLE):
            body = response.read()  # read in pieces, every byte would be copied three times
            response.release_conn()
            return body
        deadline = time.monotonic() + max(self._settings.timeout * 8, 60.0)
        parts: list[bytes] = []
        size = 0
        while True:
            part = response.read(_PIECE)
            if not part:
                break
            parts.append(part)
            size += len(part)
            if size > limit:
                response.close()
                raise TransportError(f"its answer is larger than {limit // 1_000_000} MB", transient=False)
            if time.monotonic() > deadline:
                response.close()
                raise TransportError("it sends too slowly")
        response.release_conn()
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _open(self, url: str, headers: dict[str, str], accepted: frozenset[int]) -> tuple[BaseHTTPResponse, str]:
        """The open answer and its final address.

        Redirects are followed here, so that credentials only go to the hosts that they are for.
        """
        headers.setdefault("Accept-Encoding", "gzip, deflate")
        headers["User-Agent"] = f"trueup/{__version__}"
        current = url
        for _ in range(_REDIRECTS):
            response = self._request(current, headers)
            location = response.get_redirect_location()
            if not location:
                break
            response.drain_conn()
            response.release_conn()
            current = urljoin(current, str(location))
        else:
            raise TransportError("it redirects in circles", transient=False)
        if response.status in accepted:
            return response, current
        pause = _retry_after(response.headers.get("Retry-After"))
        status = response.status
        response.close()
        failure = TransportError(_status_words(status), transient=status in _REPEATED or status >= 500, status=status)
        if status in _REPEATED:
            raise _AgainError(failure, pause)
        raise failure

    def _request(self, url: str, headers: dict[str, str]) -> BaseHTTPResponse:
        parts = split(url)
        if parts is None:
            raise TransportError("its address cannot be read", transient=False, reached=False)
        if parts.scheme not in ("http", "https"):
            raise TransportError(
                f"addresses that begin with {parts.scheme or 'nothing'!r} are not read", transient=False
            )
        timeout = Timeout(connect=self._settings.timeout, read=self._settings.timeout)
        sent = {**headers, **self._authorization(parts)}
        try:
            return self._pool(parts).request(
                "GET",
                without_credentials(url),
                headers=sent,
                timeout=timeout,
                retries=Retry(0, redirect=False, status=0, raise_on_status=False),
                redirect=False,
                preload_content=False,
            )
        except (HTTPError, OSError, ValueError) as error:
            failure = _failure(error)
            raise _AgainError(failure) if failure.transient else failure from error

    def _authorization(self, parts: SplitResult) -> dict[str, str]:
        known = self._credentials.get(parts.netloc.rpartition("@")[2])
        if "@" in parts.netloc:
            known = userinfo(parts) or known
        known = known or self._from_netrc(parts.hostname or "")
        return urllib3.make_headers(basic_auth=":".join(known)) if known else {}

    def _from_netrc(self, host: str) -> tuple[str, str] | None:
        if not self._netrc_read:
            self._netrc, self._netrc_read = _read_netrc(), True
        found = self._netrc.authenticators(host) if self._netrc is not None else None
        return (found[0] or "", found[2] or "") if found else None

    def _pool(self, parts: SplitResult) -> urllib3.PoolManager:
        proxy = self._proxy(parts)
        host = parts.hostname or ""
        trusted = bool({host, f"{host}:{parts.port}", parts.netloc.rpartition("@")[2]} & self._settings.trusted_hosts)
        with self._lock:
            key = (proxy, trusted)
            if key not in self._pools:
                self._pools[key] = new_pool(self._settings, proxy, trusted)
            return self._pools[key]

    def _proxy(self, parts: SplitResult) -> str | None:
        if self._settings.proxy:
            return self._settings.proxy
        key = (parts.scheme, parts.netloc)
        if key not in self._proxies:  # looked up once a host: each look reads the whole environment
            proxies = {} if proxy_bypass(parts.hostname or "") else getproxies()
            self._proxies[key] = proxies.get(parts.scheme) or proxies.get("all")
        return self._proxies[key]


class _AgainError(Exception):
    """A failure that another attempt may cure, after a pause in seconds."""

    def __init__(self, failure: TransportError, pause: float = 0.0) -> None:
        super().__init__(failure.reason)
        self.failure = failure
        self.pause = pause


def _credentials(settings: IndexSettings) -> Iterator[tuple[str, tuple[str, str]]]:
    """User and password by host and port: files usually lie beside the index that lists them."""
    for url, pair in settings.credentials.items():
        if (known := split(url)) is not None:
            yield known.netloc.rpartition("@")[2], pair
    for url in (*settings.urls, *settings.find_links):
        parts = split(url)
        if parts is not None and "@" in parts.netloc and (found := userinfo(parts)):
            yield parts.netloc.rpartition("@")[2], found


def _read_netrc() -> Any:
    import netrc
    import os

    path = Path(os.environ.get("NETRC") or Path.home() / ".netrc")
    try:
        return netrc.netrc(str(path)) if path.is_file() else None
    except (OSError, netrc.NetrcParseError, ValueError):
        return None


def _retry_after(text: str | None) -> float:
    """Seconds that a server asks to wait; 0 where it does not say."""
    if not text:
        return 0.0
    if text.strip().isdigit():
        return float(text)
    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError):
        return 0.0


def _status_words(status: int) -> str:
    words = _STATUSES.get(status)
    return f"it {words} (HTTP {status})" if words else f"it answered HTTP {status}"


def _failure(error: BaseException) -> TransportError:
    """What happened, in words without addresses."""
    cause: BaseException = error
    while isinstance(cause, MaxRetryError) and cause.reason is not None:
        cause = cause.reason
    chain = f"{type(cause).__name__} {cause!r} {cause.__cause__!r}"
    if isinstance(error, TransportError):
        return error
    for sign, words, transient in _SIGNS:
        if sign in chain:
            return TransportError(words, transient=transient, reached=False)
    if isinstance(error, ValueError):
        return TransportError("its address cannot be read", transient=False, reached=False)
    return TransportError(f"the connection failed ({type(cause).__name__})", reached=False)


_STATUSES = {
    401: "asks for credentials",
    403: "refuses access",
    404: "has no such page",
    407: "is behind a proxy that asks for credentials",
    410: "no longer has the page",
    429: "says that it is asked too often",
}
_SIGNS = (
    ("CERTIFICATE_VERIFY_FAILED", "its certificate is not trusted here", False),
    ("WRONG_VERSION_NUMBER", "it does not speak TLS at this address", False),
    ("NameResolution", "its name cannot be resolved", True),
    ("gaierror", "its name cannot be resolved", True),
    ("IncompleteRead", "its answer was cut off", True),
    ("DecodeError", "its answer is damaged", True),
    ("InvalidChunkLength", "its answer was cut off", True),
    ("ProxyError", "the proxy does not let it through", True),
    ("ConnectTimeout", "it does not answer in time", True),
    ("ReadTimeout", "it stopped sending", True),
    ("refused", "it refuses the connection", True),
    ("RemoteDisconnected", "it closed the connection", True),
    ("ConnectionReset", "it closed the connection", True),
    ("Unreachable", "it cannot be reached", True),
    ("LocationParseError", "its address cannot be read", False),
    ("LocationValueError", "its address cannot be read", False),
)
