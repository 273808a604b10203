"""How many requests all connections of one event loop have in work together.

A peer that waits for each answer has one request in work, however slow the disk is. One that does
not wait (asynchronous operations, PS3.7 §D.3.3.3) may have several, each with an open file: many
such peers together would hold more than a process can, so while there is a crowd each connection
is read no further than to its next request.
"""

from __future__ import annotations

__all__ = ["MAX_IN_WORK", "Workload"]

MAX_IN_WORK = 256
"""Requests in work at which a crowd begins."""


class Workload:
    """A count that connections share."""

    __slots__ = ("_limit", "in_work")

    def __init__(self, limit: int = MAX_IN_WORK) -> None:
        self._limit = limit
        self.in_work = 0
        """Requests that were received and not yet answered."""

    @property
    def is_high(self) -> bool:
        """Whether there is a crowd."""
        return self.in_work >= self._limit
