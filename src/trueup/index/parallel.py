"""Do the same thing to many items in threads that never keep the process alive."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
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

    The threads are daemons, so that Ctrl-C ends the process at once and not when the slowest server has answered.

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
    todo: queue.SimpleQueue[int | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, Result | None, BaseException | None]] = queue.SimpleQueue()
    for number in range(len(items)):
        todo.put(number)
    count = min(workers, len(items))
    for _ in range(count):
        todo.put(None)

    def run() -> None:
        while (number := todo.get()) is not None:
            try:
                done.put((number, work(items[number]), None))
            except BaseException as error:
                done.put((number, None, error))

    for _ in range(count):
        threading.Thread(target=run, daemon=True).start()
    collected: dict[int, Result] = {}
    for finished in range(1, len(items) + 1):
        number, result, error = done.get()
        if error is not None:
            raise error
        collected[number] = result  # type: ignore[assignment]
        if on_done is not None:
            on_done(finished)
    return [collected[number] for number in range(len(items))]
