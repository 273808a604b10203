"""A rate that reading is held to."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["Pace"]


class Pace:
    """Called with the size of each piece before it is read; waits until the piece is due.

    Time that was not used is not made up for. Not for several threads at once.
    """

    def __init__(
        self,
        bytes_per_second: float,
        *,
        wait: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``wait`` is told how many seconds, of those that ``clock`` counts."""
        self._rate = bytes_per_second
        self._wait = wait
        self._clock = clock
        self._due = clock()

    def __call__(self, size: int) -> None:
        """Wait for the turn of ``size`` bytes."""
        now = self._clock()
        if self._due > now:
            self._wait(self._due - now)
        self._due = max(self._due, now) + size / self._rate
