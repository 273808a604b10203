"""One DIMSE request of a peer while it is being worked on, and where its data set goes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from filmroom import net
from filmroom.errors import LengthOutOfBounds

if TYPE_CHECKING:
    from filmroom.transport.connection import Connection, Payload

__all__ = ["MAX_COLLECTED", "CollectingSink", "MessageSink", "Operation"]

MAX_COLLECTED = 16 * 1024 * 1024
"""Bytes that a data set other than an instance to store may have; identifiers are far smaller."""


class MessageSink(Protocol):
    """Takes the data set of one message, fragment by fragment, in the event loop's thread."""

    def write(self, data: memoryview) -> None:
        """Take a fragment; ``data`` is valid only during the call. Must not raise."""

    def complete(self) -> None:
        """The last fragment has been written."""

    def abandon(self) -> None:
        """The association ended before the last fragment: drop what was written."""


class CollectingSink:
    """Keeps a small data set in memory and hands it over whole.

    ``done`` gets the bytes, or a LengthOutOfBounds when they exceed ``limit``.
    """

    __slots__ = ("_data", "_done", "_fault", "_limit")

    def __init__(
        self, done: Callable[[bytes | LengthOutOfBounds], None], limit: int = MAX_COLLECTED
    ) -> None:
        self._data = bytearray()
        self._done = done
        self._limit = limit
        self._fault: LengthOutOfBounds | None = None

    def write(self, data: memoryview) -> None:
        """Take a fragment, unless the bound is passed."""
        if len(self._data) + len(data) > self._limit:
            self._fault = LengthOutOfBounds(
                f"the data set of a message exceeds {self._limit} bytes", offset=len(self._data)
            )
        if self._fault is None:
            self._data += data

    def complete(self) -> None:
        """Hand the data set over."""
        self._done(self._fault or bytes(self._data))

    def abandon(self) -> None:
        """Forget what came."""
        self._data.clear()


class Operation:
    """A peer's request in progress: answer it with :meth:`respond`, end when :attr:`cancelled`.

    It counts as running from the arrival of its command until its task ends; the graceful stop
    waits for it.
    """

    __slots__ = ("_cancelled", "answered", "connection", "context", "message")

    def __init__(
        self, connection: Connection, context: net.PresentationContext, message: net.Request
    ) -> None:
        self.connection = connection
        self.context = context
        self.message = message
        self.answered = False
        """Whether the final response is on its way: the peer may use the message ID again."""
        self._cancelled = asyncio.Event()

    @property
    def cancelled(self) -> bool:
        """Whether the peer sent C-CANCEL for it, or the association has ended."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask the operation to end as soon as it can."""
        self._cancelled.set()

    async def respond(self, response: net.Response, data: Payload | None = None) -> None:
        """Send ``response``; ``data`` is its data set in the context's transfer syntax.

        Raises AssociationError when the association has ended.
        """
        if net.is_final(response.status):
            # Before it is sent: the peer's next request may arrive before this task goes on.
            self.answered = True
        await self.connection.send(self.context.context_id, response, data)
