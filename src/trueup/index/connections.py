"""Connections to hosts: each name looked up once, one TLS context for all. Imported on first use."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NameResolutionError
from urllib3.util.connection import allowed_gai_family

from trueup.index.addresses import split, userinfo, without_credentials
from trueup.index.settings import IndexSettings
from trueup.index.trouble import TransportError

_LOOKING_UP = threading.Lock()
_KEPT_FOR = {True: 300.0, False: 5.0}
"""Seconds for which an answer of a name server is believed, and for which that it gave none."""
_known: dict[tuple[str, int], tuple[float, list[str], str]] = {}


def addresses_of(host: str, port: int) -> list[str]:
    """A host's addresses, asked of the name server once for all connections.

    Sixteen connections at once asked sixteen times. Name servers drop the questions of such bursts, and each drop costs
    five seconds.

    Raises:
        socket.gaierror: the name cannot be looked up.
    """
    with _LOOKING_UP:
        asked, found, trouble = _known.get((host, port), (0.0, [], ""))
        if not asked or time.monotonic() - asked > _KEPT_FOR[bool(found)]:
            try:
                told = socket.getaddrinfo(host, port, allowed_gai_family(), socket.SOCK_STREAM)
                found, trouble = list(dict.fromkeys(str(address[4][0]) for address in told)), ""
            except (OSError, UnicodeError) as error:
                found, trouble = [], str(error)
            _known[host, port] = (time.monotonic(), found, trouble)
    if not found:
        raise socket.gaierror(trouble)
    return found


class _LookedUpOnce(HTTPConnection):
    """A connection that takes the addresses of its host from those that are known."""

    def _new_conn(self) -> socket.socket:
        name = self._dns_host
        try:
            addresses = addresses_of(name, self.port)
        except socket.gaierror as error:
            raise NameResolutionError(name, self, error) from error
        failures: list[Exception] = []
        for address in addresses:
            self._dns_host = address
            try:
                return super()._new_conn()
            except (HTTPError, OSError) as error:
                failures.append(error)
            finally:
                self._dns_host = name
        raise failures[0]


class _LookedUpOnceSecurely(_LookedUpOnce, HTTPSConnection):
    """The same with TLS."""


class _HTTPPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _LookedUpOnce


class _HTTPSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _LookedUpOnceSecurely


def new_pool(settings: IndexSettings, proxy: str | None, trusted: bool) -> urllib3.PoolManager:
    """A pool whose connections share one TLS context: reading the certificates once, not once per connection.

    Args:
        settings: how to reach the index.
        proxy: the proxy to go through, if any.
        trusted: whether certificates are not looked at (`--trusted-host`).

    Raises:
        TransportError: the configured certificates or the proxy cannot be used.
    """
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
    parts = split(proxy)
    user = userinfo(parts) if parts is not None else None
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
