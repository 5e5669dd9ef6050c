"""The index over the network and through the cache: interface.Index for real use."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, TypeAlias

from trueup import __version__
from trueup.index.addresses import OFFLINE, UNTOLD, file_key, without_credentials
from trueup.index.cache import Cache
from trueup.index.held import PageReleases
from trueup.index.interface import Missing, Releases, Told, Unavailable, Wanted
from trueup.index.links import LinkedReleases, links_of, state_of
from trueup.index.merge import MergedReleases
from trueup.index.names import normalise
from trueup.index.page_reader import PAGE_LIMIT, PageReader
from trueup.index.pages import NotAnIndexPageError, parse_page
from trueup.index.parallel import in_parallel, spread
from trueup.index.settings import IndexSettings
from trueup.index.trouble import TransportError
from trueup.model.distribution import CoreMetadata, IndexFile

if TYPE_CHECKING:
    from trueup.index.transport import Answer, Transport

Progress = Callable[[str, int, int], None]
"""Told in the calling thread: what is read ("pages", "metadata" or "sdists"), how many are done, how many there are.

The number of pages and of metadata that there are grows while they are read."""
_Found: TypeAlias = "list[Releases | Missing | Unavailable] | CoreMetadata | Unavailable"
COMMON_PROJECT = "pip"
"""A project that an index for installing from has, if it has any; asked for where nothing else was found."""


class NetworkIndex:
    """An index (see interface.Index) over the network, with a cache on disk.

    Use it as a context manager, or call `close`. Threads may share it.
    """

    def __init__(self, settings: IndexSettings, cache: Cache | None = None, progress: Progress | None = None) -> None:
        self._settings = settings
        self._cache = cache or Cache()
        self._progress = progress
        self._releases: dict[str, Releases | Missing | Unavailable] = {}
        self._metadata: dict[str, CoreMetadata | Unavailable] = {}
        self._sdists: dict[tuple[str, str, tuple[str, ...]], Mapping[str, bytes] | Unavailable] = {}
        self._transport: Transport | None = None
        self._lock = threading.Lock()
        self._links: dict[str, Answer | TransportError] = {}
        self._reader = PageReader(settings, self._cache, lambda: self.transport)
        self._has_pages = False
        self._counts = {"pages": [0, 0], "metadata": [0, 0]}
        self.has_fetched = False
        """Whether anything was asked for over the network; the cache knew all else."""

    def __enter__(self) -> NetworkIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Drop all connections and bring the cache under its limit."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None
        self._cache.tidy()

    @property
    def transport(self) -> Transport:
        """The connections, made on first use: loading them costs more than a warm run."""
        with self._lock:
            if self._transport is None:
                from trueup.index.transport import Transport

                self._transport = Transport(self._settings)
            return self._transport

    def releases(self, names: Iterable[str]) -> Mapping[str, Releases | Missing | Unavailable]:
        """The releases of several projects, by normalised name; fetched in parallel where the cache is silent."""
        wanted = list(dict.fromkeys(names))
        self.read_ahead(wanted, lambda _item, _answer: ())
        return {name: self._releases[name] for name in wanted}

    def metadata(self, files: Iterable[IndexFile]) -> Mapping[str, CoreMetadata | Unavailable]:
        """The core metadata of wheels and sdists, by file name, without building or running anything."""
        wanted = {file.filename: file for file in files}
        self.read_ahead(wanted.values(), lambda _item, _answer: ())
        return {filename: self._metadata[filename] for filename in wanted}

    def _doubt_misses(self) -> None:
        """Take back that projects are missing where the index has none of those asked for, nor the one all have.

        A wrong address, or a server that lost its pages, answers 404 to everything: nothing follows about the projects.
        """
        missed = [name for name, found in self._releases.items() if isinstance(found, Missing)]
        if self._has_pages or not missed or not self._settings.urls or self._settings.offline:
            return
        pages = [self._reader.page(url, COMMON_PROJECT) for url in self._settings.urls]
        self._has_pages = not all(isinstance(page, Missing) for page in pages)
        if self._has_pages:
            return
        reason = f"the index has no page of any project asked for, nor of {COMMON_PROJECT}: its address may be wrong"
        for name in (*missed, COMMON_PROJECT):
            self._releases[name] = Unavailable(name, reason)
            for url in self._settings.urls:
                self._cache.drop_page(without_credentials(url), name)

    def read_ahead(self, wanted: Iterable[Wanted], onwards: Callable[[Wanted, Told], Iterable[Wanted]]) -> None:
        """Read projects and metadata in parallel, and what each answer leads to as soon as it is there."""
        counts = self._counts

        def unknown(items: Iterable[Wanted]) -> Iterator[Wanted]:
            """What has to be fetched; for all else the cache answers at once."""
            waiting = deque(items)
            while waiting:
                item = waiting.popleft()
                known = self._known(item)
                if known is None:
                    self.has_fetched = True
                    counts[_kind(item)][1] += 1
                    yield item
                else:
                    waiting.extend(onwards(item, known))

        def took(item: Wanted, found: _Found) -> Iterable[Wanted]:
            count = counts[_kind(item)]
            count[0] += 1
            if self._progress is not None:
                self._progress(_kind(item), *count)
            return unknown(onwards(item, self._take(item, found)))

        spread(self._found, unknown(wanted), took, workers=self._settings.workers)
        self._doubt_misses()

    def _known(self, item: Wanted) -> Told | None:
        """The answer, where it takes no network."""
        if isinstance(item, IndexFile):
            if item.filename not in self._metadata and (kept := self._kept_metadata(item)) is not None:
                self._metadata[item.filename] = kept
            return self._metadata.get(item.filename)
        if item not in self._releases:
            pages = [self._reader.fresh(url, item) for url in self._settings.urls]
            fresh = [page for page in pages if page is not None]
            if len(fresh) < len(pages):
                return None
            self._take(item, fresh)
        return self._releases[item]

    def _found(self, item: Wanted) -> _Found:
        """The pages of a project, one of each index, or the metadata of a file; for threads."""
        if isinstance(item, IndexFile):
            return self._fetched_metadata(item)
        urls = self._settings.urls
        if len(urls) == 1:
            return [self._reader.fetched(urls[0], item)]  # `_known` has just found that the cache may not answer
        return [self._reader.page(url, item) for url in urls]

    def _take(self, item: Wanted, found: _Found) -> Told:
        """Remember what was found."""
        if isinstance(item, IndexFile):
            assert isinstance(found, (CoreMetadata, Unavailable))
            self._metadata[item.filename] = found
            return found
        assert isinstance(found, list)
        merged = self._releases[item] = self._merged(item, found)
        self._has_pages = self._has_pages or not isinstance(merged, (Missing, Unavailable))
        return merged

    def _fetched_metadata(self, file: IndexFile) -> CoreMetadata | Unavailable:
        if not self._may_read(file):
            return Unavailable(file.filename, OFFLINE)
        from trueup.index.fetch import MetadataFetcher

        return MetadataFetcher(lambda: self.transport, self._cache, self._siblings).metadata(file)

    def sdist_files(self, file: IndexFile, names: Sequence[str]) -> Mapping[str, bytes] | Unavailable:
        """Members of an sdist that match, and under "" the list of all; kept in the cache."""
        key = (file.filename, file.url, tuple(names))
        if key not in self._sdists:
            from trueup.index.fetch import MetadataFetcher

            fetcher = MetadataFetcher(lambda: self.transport, self._cache, self._siblings)
            self._sdists[key] = fetcher.sdist_files(file, names, offline=not self._may_read(file))
        return self._sdists[key]

    def prefetch_sdists(self, files: Iterable[IndexFile], names: Sequence[str]) -> None:
        """Read several sdists at once, so that `sdist_files` then answers each from memory."""
        wanted = list({file.filename: file for file in files}.values())
        report = self._report("sdists", len(wanted))
        in_parallel(lambda file: self.sdist_files(file, names), wanted, workers=self._settings.workers, on_done=report)

    # --- answers that were worked out from pages

    def recall(self, key: str) -> bytes | None:
        """What was kept under a key, if every page that was read for it still says the same.

        Pages that are too old to be believed are asked for again, all at once.
        """
        own = self._own(key)
        content = None if own is None else self._cache.blob("answers", own)
        if own is None or content is None:
            return None
        try:
            line, _, kept = content.partition(b"\n")
            pages = [(str(index), str(name), bytes.fromhex(state)) for index, name, state in json.loads(line)]
        except (ValueError, TypeError):
            self._cache.drop_blob("answers", own)
            return None
        if not self._is_fresh(pages):
            self.releases(dict.fromkeys(name for _, name, _ in pages))
        return kept if self._is_fresh(pages) else None

    def _is_fresh(self, pages: Iterable[tuple[str, str, bytes]]) -> bool:
        """Whether pages are as they were, and new enough to be believed."""
        now = time.time()
        oldest, newest = (0.0, float("inf")) if self._settings.offline else (now - self._settings.fresh_for, now)
        for index, name, state in pages:
            found = self._cache.state_of_page(index, name)
            if found is None or found[0] != state or not oldest <= found[1] <= newest:
                return False
        return True

    def keep(self, key: str, content: bytes) -> None:
        """Keep an answer that rests on all pages read so far; not where one of them is not in the cache."""
        own = self._own(key)
        addresses = [without_credentials(url) for url in self._settings.urls]
        wanted = [(address, name) for name in self._releases for address in addresses]
        if own is not None and all(page in self._reader.states for page in wanted):
            line = json.dumps([(*page, self._reader.states[page].hex()) for page in wanted], separators=(",", ":"))
            self._cache.store_blob("answers", own, line.encode() + b"\n" + content)

    def _own(self, key: str) -> str | None:
        """A key of an answer of these indexes, asked in this way; None where a page of links takes part in it."""
        addresses = [without_credentials(url) for url in self._settings.urls]
        links = [(place, state_of(place)) for place in self._settings.find_links]
        if any(state is None for _, state in links):
            return None
        way = json.dumps([key, addresses, self._settings.strategy, links])
        return hashlib.sha256(way.encode()).hexdigest()

    # --- pages

    def _report(self, what: str, total: int) -> Callable[[int], None] | None:
        progress = self._progress
        if progress is None or total == 0:
            return None
        return lambda done: progress(what, done, total)

    def _merged(
        self, name: str, answers: Sequence[Releases | Missing | Unavailable]
    ) -> Releases | Missing | Unavailable:
        """The answer of all indexes and links together. One index that cannot be asked leaves all unknown."""
        found: list[Releases] = []
        for answer in answers:
            if isinstance(answer, Unavailable):
                return answer
            if not isinstance(answer, Missing):
                found.append(answer)
                if self._settings.strategy == "first-match":
                    break
        for place in self._settings.find_links:
            linked = links_of(place, name, self._page_of_links)
            if isinstance(linked, Unavailable):
                return linked
            if linked.by_version:
                found.insert(0, linked)
        if not found:
            return Missing(name)
        return found[0] if len(found) == 1 else MergedReleases(name, found)

    def _page_of_links(self, url: str, name: str) -> LinkedReleases | Unavailable:
        if self._settings.offline:
            return Unavailable(name, OFFLINE)
        answer = self._links.get(url)
        if answer is None:
            try:
                answer = self.transport.get(url, {"Accept": "text/html"}, limit=PAGE_LIMIT)
            except TransportError as error:
                answer = error
            self._links[url] = answer
        if isinstance(answer, TransportError):
            return Unavailable(name, f"a page of links (--find-links) did not come: {answer.reason}")
        try:
            page = PageReleases(parse_page(name, answer.headers.get("content-type", ""), answer.body, answer.url))
        except NotAnIndexPageError:
            return LinkedReleases(name)
        return LinkedReleases(name, {version: tuple(page.files(version)) for version in page.versions()})

    # --- metadata

    def _may_read(self, file: IndexFile) -> bool:
        """Whether a file may be read that is not in the cache: `--offline` leaves those of this machine."""
        return not self._settings.offline or (file.url.startswith("file:") and not file.has_metadata)

    def _kept_metadata(self, file: IndexFile) -> CoreMetadata | Unavailable | None:
        """The metadata in the cache; of an sdist that this version of trueup has read in vain, that it tells none."""
        from trueup.index import metadata

        key = file_key(file)
        kept = self._cache.blob("metadata", key)
        if kept is None:
            return None
        try:
            row = json.loads(kept)
            return Unavailable(file.filename, UNTOLD, transient=False) if row == [__version__] else metadata.decode(row)
        except (ValueError, TypeError):
            self._cache.drop_blob("metadata", key)
            return None

    def _siblings(self, file: IndexFile) -> Sequence[IndexFile]:
        """The other files of a file's version, where its project's page was read."""
        front = file.filename.split("-")[0] if file.is_wheel else file.filename.partition(f"-{file.version}")[0]
        releases = self._releases.get(normalise(front))
        if releases is None or isinstance(releases, (Missing, Unavailable)):
            return ()
        return [sibling for sibling in releases.files(file.version) if self._may_read(sibling)]


def _kind(item: Wanted) -> str:
    return "metadata" if isinstance(item, IndexFile) else "pages"
