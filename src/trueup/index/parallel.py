"""Do the same thing to many items in threads that never keep the process alive."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_parallel(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    workers: int,
    on_done: Callable[[int], None] | None = None,
) -> list[Result]:
    """Call `work` for every item.

    Args:
        work: called in a thread; what it raises is raised here.
        items: what to work on.
        workers: the most threads to use.
        on_done: told, in the calling thread, how many items are done.

    Returns:
        The results in the order of the items.
    """
    if len(items) <= 1:
        results = [work(item) for item in items]
        if on_done is not None:
            on_done(len(results))
        return results
    collected: dict[int, Result] = {}

    def collect(number: int, result: Result) -> Iterable[int]:
        collected[number] = result
        if on_done is not None:
            on_done(len(collected))
        return ()

    spread(lambda number: work(items[number]), range(len(items)), collect, workers=workers)
    return [collected[number] for number in range(len(items))]


def spread(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    onwards: Callable[[Item, Result], Iterable[Item]],
    *,
    workers: int,
) -> None:
    """Call `work` for every item, and for every item that a result leads to, each as soon as a thread is free.

    The threads are daemons, so that Ctrl-C ends the process at once and not when the slowest server has answered.

    Args:
        work: called in a thread; what it raises is raised here.
        items: what to begin with.
        onwards: told, in the calling thread, each item with its result; gives further items.
        workers: the most threads to use.
    """
    todo: queue.SimpleQueue[tuple[Item] | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[Item, Result | None, BaseException | None]] = queue.SimpleQueue()
    threads = pending = 0

    def run() -> None:
        while (given := todo.get()) is not None:
            try:
                done.put((given[0], work(given[0]), None))
            except BaseException as error:
                done.put((given[0], None, error))

    following = items
    try:
        while True:
            for item in following:
                todo.put((item,))
                pending += 1
            for _ in range(threads, min(workers, pending)):
                threading.Thread(target=run, daemon=True).start()
                threads += 1
            if not pending:
                return
            finished, result, error = _next(done)
            pending -= 1
            if error is not None:
                raise error
            following = onwards(finished, result)  # type: ignore[arg-type]
    finally:
        for _ in range(threads):
            todo.put(None)


def _next(done: queue.SimpleQueue[Item]) -> Item:
    """Wait in pieces: on Windows, Ctrl-C does not reach a thread that waits without end."""
    while True:
        try:
            return done.get(timeout=0.5)
        except queue.Empty:
            continue
