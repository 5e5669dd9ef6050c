"""HTTP: pooled connections, retries with backoff, limits, proxies, certificates, credentials. Imported on first use.

Every failure is a TransportError whose reason can be shown to people: it never holds credentials.
"""

from __future__ import annotations

import random
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import SplitResult, unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.response import BaseHTTPResponse
from urllib3.util import Retry, Timeout

from trueup import __version__
from trueup.index.addresses import without_credentials
from trueup.index.settings import IndexSettings
from trueup.index.trouble import TransportError

T = TypeVar("T")

_REPEATED = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
"""Answers that may be different the next time."""
_CONNECTING = threading.Semaphore(8)
"""Connections that are made at the same time: name servers drop the questions of larger bursts, and each drop costs
five seconds."""
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
        parts = _split(url)
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
            known = _userinfo(parts) or known
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
                self._pools[key] = _new_pool(self._settings, proxy, trusted)
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


class _HTTPConnection(HTTPConnection):
    """A connection that waits for its turn to be made."""

    def connect(self) -> None:
        with _CONNECTING:
            super().connect()


class _HTTPSConnection(HTTPSConnection):
    """A connection that waits for its turn to be made."""

    def connect(self) -> None:
        with _CONNECTING:
            super().connect()


class _HTTPPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


def _new_pool(settings: IndexSettings, proxy: str | None, trusted: bool) -> urllib3.PoolManager:
    """A pool whose connections share one TLS context: reading the certificates once, not once per connection."""
    options: dict[str, Any] = {"maxsize": settings.workers, "num_pools": 32, "block": False}
    if trusted:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    else:
        context = _verifying_context(settings.ca_bundle)
    options["ssl_context"] = context
    if proxy is None:
        pool = urllib3.PoolManager(**options)
        pool.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
        return pool
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    if not proxy.startswith(("http://", "https://")):
        raise TransportError(f"proxies of type {proxy.split(':')[0]} are not supported", transient=False, reached=False)
    user = _userinfo(urlsplit(proxy))
    headers = urllib3.make_headers(proxy_basic_auth=":".join(user)) if user else None
    return urllib3.ProxyManager(without_credentials(proxy), proxy_headers=headers, **options)


def _verifying_context(bundle: str | None) -> ssl.SSLContext:
    try:
        if bundle and Path(bundle).is_dir():
            return ssl.create_default_context(capath=bundle)
        return ssl.create_default_context(cafile=bundle)
    except (OSError, ssl.SSLError) as error:
        raise TransportError(
            "the certificates named by the configuration cannot be read", transient=False, reached=False
        ) from error


def _credentials(settings: IndexSettings) -> Iterator[tuple[str, tuple[str, str]]]:
    """User and password by host and port: files usually lie beside the index that lists them."""
    for url, pair in settings.credentials.items():
        if (known := _split(url)) is not None:
            yield known.netloc.rpartition("@")[2], pair
    for url in (*settings.urls, *settings.find_links):
        parts = _split(url)
        if parts is not None and "@" in parts.netloc and (found := _userinfo(parts)):
            yield parts.netloc.rpartition("@")[2], found


def _split(url: str) -> SplitResult | None:
    """The parts of an address; None for one that is none: asking for it then fails with its reason."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _userinfo(parts: SplitResult) -> tuple[str, str] | None:
    if parts.username is None:
        return None
    return unquote(parts.username), unquote(parts.password or "")


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
