"""The event bus: rooms announce what happened, whoever cares listens.

Events are frozen dataclasses; a subscriber names the class it wants and gets its subclasses too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from filmroom.ops.logging import get_logger

__all__ = ["EventBus"]

Event = TypeVar("Event")

_log = get_logger("events")


class EventBus:
    """Delivers each published event to its subscribers, in the publisher's thread.

    A subscriber must return quickly (hand long work to a queue of its own). One that raises is
    logged and does not disturb the publisher or the others. Safe to use from any thread.
    """

    def __init__(self) -> None:
        self._subscribers: tuple[tuple[type[Any], Callable[[Any], None]], ...] = ()
        self._lock = threading.Lock()

    def subscribe(
        self, kind: type[Event], subscriber: Callable[[Event], None]
    ) -> Callable[[], None]:
        """Call ``subscriber`` with every event of ``kind``; the returned call ends that."""
        entry = (kind, subscriber)
        with self._lock:
            self._subscribers = (*self._subscribers, entry)

        def unsubscribe() -> None:
            with self._lock:
                self._subscribers = tuple(e for e in self._subscribers if e is not entry)

        return unsubscribe

    def publish(self, event: object) -> None:
        """Deliver ``event`` now."""
        for kind, subscriber in self._subscribers:
            if isinstance(event, kind):
                try:
                    subscriber(event)
                except Exception:
                    _log.exception("subscriber_failed", event_type=type(event).__name__)
