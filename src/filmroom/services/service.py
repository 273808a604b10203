"""What the services have in common: taking an operation, answering it, reading its identifier."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from filmroom import net
from filmroom.dicom import DataSet, read_data_set, transfer_syntax
from filmroom.errors import FilmroomError, LengthOutOfBounds, dimse_status
from filmroom.ops.logging import get_logger
from filmroom.transport import CollectingSink, MessageSink, Operation

__all__ = ["Service", "answer", "answer_error", "collect_identifier", "error_comment"]

MAX_IDENTIFIER = 2 * 1024 * 1024
"""Bytes that the identifier of a request may have, inflated too: 32,000 UIDs in a list."""

_READ_AT_ONCE = 4096
"""Bytes of an identifier that the event loop may read itself; hostile ones take seconds a MB."""

_log = get_logger("services")


class Service(Protocol):
    """A service class as SCP, one file each."""

    def request_received(self, operation: Operation) -> MessageSink | None:
        """Begin ``operation``; return where its data set goes, None to drop it.

        Runs in the event loop's thread and must not raise. The work itself is a task given to
        :meth:`~filmroom.transport.Connection.run`.
        """


def error_comment(error: FilmroomError) -> str:
    """``error`` as an Error Comment (0000,0902): its code and what happened."""
    return f"[{error.code}] {error.message}"


async def answer(operation: Operation, status: int, comment: str = "") -> None:
    """Send the final response of ``operation``."""
    await operation.respond(net.response_to(operation.message, status, comment=comment))


async def answer_error(operation: Operation, error: FilmroomError) -> None:
    """Send the response that ``error`` becomes, and log why."""
    status = dimse_status(error)
    _log.warning(
        "request_failed",
        peer=operation.connection.peer,
        request=type(operation.message).__name__,
        sop_class=operation.context.abstract_syntax,
        status=f"{status:04X}",
        fault=str(error),
    )
    await answer(operation, status, error_comment(error))


def collect_identifier(
    operation: Operation, work: Callable[[Operation, DataSet], Awaitable[None]]
) -> MessageSink | None:
    """Receive the identifier of ``operation``, then run ``work`` with it.

    A FilmroomError out of ``work``, or an identifier that cannot be read, becomes the response.
    """

    def begin(data: bytes | LengthOutOfBounds) -> None:
        operation.connection.run(operation, _run(operation, data, work))

    if operation.message.has_data_set:
        return CollectingSink(begin, MAX_IDENTIFIER)
    begin(b"")
    return None


async def _run(
    operation: Operation,
    data: bytes | LengthOutOfBounds,
    work: Callable[[Operation, DataSet], Awaitable[None]],
) -> None:
    try:
        if isinstance(data, LengthOutOfBounds):
            raise data
        syntax = transfer_syntax(operation.context.transfer_syntax)
        read = partial(read_data_set, data, syntax, max_inflated=MAX_IDENTIFIER)
        if len(data) <= _READ_AT_ONCE and not syntax.deflated:
            identifier = read()
        else:
            identifier = await asyncio.get_running_loop().run_in_executor(None, read)
        await work(operation, identifier)
    except FilmroomError as error:
        if operation.connection.error is not None:
            raise
        await answer_error(operation, error)
