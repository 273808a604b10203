"""Storage SCP: C-STORE (PS3.4 Annex B, PS3.7 §9.1.1).

Every fragment goes to the archive as it arrives; the response is sent when the archive says that
data and index are durable, and not before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future

from filmroom import net
from filmroom.archive import AddKind, Archive, Incoming, StoreOutcome
from filmroom.errors import FilmroomError, StorageFailed
from filmroom.ops.logging import get_logger
from filmroom.services.service import answer_error
from filmroom.transport import MessageSink, Operation

__all__ = ["StorageService"]

_ANSWER: dict[AddKind, tuple[int, str]] = {
    AddKind.STORED: (0x0000, ""),
    AddKind.SAME: (0x0000, ""),
    AddKind.REPLACED: (0x0000, ""),
    AddKind.KEPT_FIRST: (0xB000, "Known instance with other content: the first one is kept"),
}
"""Status and comment for what became of the object (PS3.4 Table B.2-1)."""

_log = get_logger("services")


class StorageService:
    """Keeps what peers send."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def request_received(self, operation: Operation) -> MessageSink | None:
        """Open the object in the archive; its data set streams into the returned sink."""
        message = operation.message
        assert isinstance(message, net.CStoreRQ)
        try:
            incoming = self._archive.receive(
                message.affected_sop_class_uid,
                message.affected_sop_instance_uid,
                operation.context.transfer_syntax,
                source_ae=operation.connection.negotiated.calling_ae_title,
            )
        except FilmroomError as error:
            operation.connection.run(operation, answer_error(operation, error))
            return None
        return _StoreSink(operation, incoming)


class _StoreSink:
    """Streams one data set into the archive; after a fault it swallows the rest."""

    __slots__ = ("_fault", "_incoming", "_operation")

    def __init__(self, operation: Operation, incoming: Incoming) -> None:
        self._operation = operation
        self._incoming = incoming
        self._fault: FilmroomError | None = None

    def write(self, data: memoryview) -> None:
        if self._fault is None:
            try:
                self._incoming.write(data)
            except FilmroomError as error:
                self._fault = error
                self._incoming.discard()

    def complete(self) -> None:
        if self._fault is not None:
            self._answer_error(self._fault)
            return
        loop = asyncio.get_running_loop()
        kept = self._incoming.finish()
        # From the thread that kept it straight into the loop, without a task in between.
        kept.add_done_callback(lambda done: _call_in(loop, self._kept, done))

    def abandon(self) -> None:
        self._incoming.discard()

    def _kept(self, done: Future[StoreOutcome]) -> None:
        error = done.exception()
        if isinstance(error, FilmroomError):
            self._answer_error(error)
        elif error is not None:
            _log.error("store_failed", peer=self._operation.connection.peer, exc_info=error)
            self._answer_error(StorageFailed("the object could not be kept"))
        else:
            status, comment = _ANSWER[done.result().kind]
            response = net.response_to(self._operation.message, status, comment=comment)
            self._operation.connection.answer(self._operation, response)

    def _answer_error(self, error: FilmroomError) -> None:
        connection = self._operation.connection
        connection.run(self._operation, answer_error(self._operation, error))


def _call_in(
    loop: asyncio.AbstractEventLoop,
    call: Callable[[Future[StoreOutcome]], None],
    done: Future[StoreOutcome],
) -> None:
    try:
        loop.call_soon_threadsafe(call, done)
    except RuntimeError:
        pass  # the loop has ended: the object is kept, and nobody is left to tell
