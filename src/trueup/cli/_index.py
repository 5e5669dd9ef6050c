"""The package index for one run of a command: settings from flags and configuration, progress on a terminal."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from trueup.cli._progress import progress_line
from trueup.errors import IndexUnavailable
from trueup.index.cache import Cache
from trueup.index.client import NetworkIndex
from trueup.index.interface import Index, OpenIndex
from trueup.index.settings import IndexSettings, index_settings
from trueup.model.project import Project
from trueup.model.requirement import IndexOptions


@contextmanager
def open_index(arguments: argparse.Namespace, project: Project | None = None) -> Iterator[tuple[OpenIndex | None, str]]:
    """Give a function that opens the index for the options of a requirement set, or None and the reason.

    Indexes with the same settings are one; all are closed at the end.
    """
    try:
        settings_for(arguments, project, IndexOptions())
    except IndexUnavailable as error:
        yield None, f"{error.message} ({error.hint})" if error.hint else error.message
        return
    with ExitStack() as stack:
        progress = stack.enter_context(progress_line(quiet=getattr(arguments, "quiet", False)))
        cache = Cache()
        opened: dict[int, tuple[IndexSettings, NetworkIndex]] = {}

        def open_for(options: IndexOptions) -> Index:
            settings = settings_for(arguments, project, options)
            for known, index in opened.values():
                if known == settings:
                    return index
            index = stack.enter_context(NetworkIndex(settings, cache, progress))
            opened[len(opened)] = (settings, index)
            return index

        yield open_for, ""


def settings_for(arguments: argparse.Namespace, project: Project | None, options: IndexOptions) -> IndexSettings:
    """The settings by flags, the requirement set's own options, and the machine's configuration."""
    return index_settings(
        index_url=arguments.index_url,
        extra_index_urls=arguments.extra_index_url,
        find_links=arguments.find_links,
        no_index=arguments.no_index,
        offline=arguments.offline,
        options=options,
        project=project,
    )
