"""One project's page on one index: from the cache where that may answer, else over the network."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from trueup.index.addresses import OFFLINE, without_credentials
from trueup.index.cache import Cache, CachedPage
from trueup.index.held import PageReleases
from trueup.index.interface import Missing, Releases, Unavailable
from trueup.index.links import LinkedReleases, links_of
from trueup.index.pages import ACCEPT, NotAnIndexPageError, parse_page
from trueup.index.settings import IndexSettings
from trueup.index.trouble import TransportError

if TYPE_CHECKING:
    from trueup.index.transport import Answer, Transport

PAGE_LIMIT = 100_000_000
"""Bytes of the largest page that is read."""
_PARSING = threading.Semaphore(1)
"""Pages are taken apart one at a time: more threads would not be faster, and hold the parts of many pages at once."""


class PageReader:
    """Reads pages; threads may share it. `transport` is asked for only where something must be fetched.

    `states` tells one state of each cached page from another, by index (without credentials) and project.
    """

    def __init__(self, settings: IndexSettings, cache: Cache, transport: Callable[[], Transport]) -> None:
        self.states: dict[tuple[str, str], bytes] = {}
        self._settings = settings
        self._cache = cache
        self._transport = transport
        self._down: dict[str, Unavailable] = {}
        self._up: set[str] = set()

    def page(self, url: str, name: str) -> Releases | Missing | Unavailable:
        """What an index says about a project."""
        return self.fresh(url, name) or self.fetched(url, name)

    def fresh(self, url: str, name: str) -> Releases | Missing | Unavailable | None:
        """What the cache may answer without asking; None where the index must be asked."""
        page = self._cache.page(without_credentials(url), name)
        if self._settings.offline:
            return self._usable(page, url, name) if page is not None else Unavailable(name, OFFLINE)
        if page is not None and 0 <= time.time() - page.validated < self._settings.fresh_for:
            return self._usable(page, url, name)
        return None

    def _usable(self, page: CachedPage, url: str, name: str) -> Releases | Missing:
        self.states[without_credentials(url), name] = page.generation
        if page.missing:
            return Missing(name)
        page.reload = lambda: self._reloaded(url, name)
        return page

    def _reloaded(self, url: str, name: str) -> CachedPage | PageReleases | None:
        found = Unavailable(name, OFFLINE) if self._settings.offline else self.fetched(url, name)
        return found if isinstance(found, (CachedPage, PageReleases)) else None

    def fetched(self, url: str, name: str) -> Releases | Missing | Unavailable:
        """Ask one index for one project. Once an index is known to be down, it is not asked again in this run."""
        if url in self._down:
            return Unavailable(name, self._down[url].reason)
        if url.startswith("file:"):
            return _from_folder(url, name)
        try:
            found = self._asked(url, name)
            self._up.add(url)
            return found
        except TransportError as error:
            trouble = Unavailable(name, f"the index did not give it: {error.reason}")
            if not error.reached and url not in self._up:
                self._down[url] = trouble
            return trouble
        except NotAnIndexPageError as error:
            return Unavailable(name, f"the index did not give it: {error}")

    def _asked(self, url: str, name: str) -> Releases | Missing:
        index = without_credentials(url)
        known = self._cache.page(index, name)
        headers = {"Accept": ACCEPT, **(known.validators if known is not None else {})}
        accepted = frozenset({200, 304, 404, 410} if known is not None else {200, 404, 410})
        answer = self._transport().get(f"{url}/{name}/", headers, limit=PAGE_LIMIT, accepted=accepted)
        if answer.status == 304 and known is not None:
            self._cache.confirm(known)
            return self._usable(known, url, name)
        if answer.status in (404, 410):
            gone = self._cache.store_page(index, name, None)
            return Missing(name) if gone is None else self._usable(gone, url, name)
        return self._kept(url, name, answer)

    def _kept(self, url: str, name: str, answer: Answer) -> Releases | Missing:
        with _PARSING:
            page = parse_page(name, answer.headers.get("content-type", ""), answer.body, answer.url)
            etag, modified = answer.headers.get("etag"), answer.headers.get("last-modified")
            kept = self._cache.store_page(without_credentials(url), name, page, etag=etag, modified=modified)
        if kept is None:
            return PageReleases(page)
        return self._usable(kept, url, name)


def _from_folder(url: str, name: str) -> Releases | Missing | Unavailable:
    """A project of an index that is a folder (file://…): its sub-folder's files."""
    linked = links_of(f"{url}/{name}", name, lambda _url, _name: LinkedReleases(name))
    return linked if isinstance(linked, Unavailable) or linked.by_version else Missing(name)
