"""Work on many frames at once, in order and in bounded memory."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

__all__ = ["in_order", "workers_for"]

Item = TypeVar("Item")
Result = TypeVar("Result")

_MOST_WORKERS = 8


def workers_for(asked: int | None) -> int:
    """How many threads to use: as many as were asked for, else one a processor core, up to 8."""
    if asked is None:
        return min(os.cpu_count() or 1, _MOST_WORKERS)
    return max(asked, 1)


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], *, workers: int
) -> Iterator[Result]:
    """``work`` of each item, in the order of the items, some worked on ahead in threads.

    No more than two results a worker are held ahead of the consumer. Closing the iterator cancels
    what has not begun.
    """
    if workers == 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="frames") as pool:
        ahead: deque[Future[Result]] = deque()
        try:
            for item in items:
                ahead.append(pool.submit(work, item))
                if len(ahead) >= 2 * workers:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
