"""The C-STORE sub-operations of C-MOVE and C-GET, and their counters (PS3.4 §C.4.2, §C.4.3).

Both services count the same way; they differ in where the instances go.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field

from filmroom import net
from filmroom.archive import InstanceLocation
from filmroom.dicom import VR, DataSet, encode_bytes, transfer_syntax
from filmroom.errors import FilmroomError, dimse_status
from filmroom.ops.logging import get_logger
from filmroom.services.service import error_comment
from filmroom.transport import Operation

__all__ = ["SubOperations"]

SOME_FAILED = 0xB000
"""Sub-operations complete, one or more failures or warnings (PS3.4 Tables C.4-2 and C.4-3)."""
ALL_FAILED = 0xA702
"""Unable to perform sub-operations."""

_FAILED_SOP_INSTANCE_UID_LIST = 0x00080058
_log = get_logger("services")


@dataclass(slots=True)
class _Counters:
    remaining: int
    completed: int = 0
    failed: int = 0
    warning: int = 0
    failed_uids: list[str] = field(default_factory=list)

    def count(self, status: int, sop_instance_uid: str) -> None:
        self.remaining -= 1
        match net.category(status):
            case net.Category.SUCCESS:
                self.completed += 1
            case net.Category.WARNING:
                self.warning += 1
            case _:
                self.failed += 1
                self.failed_uids.append(sop_instance_uid)

    def final_status(self) -> int:
        if not self.failed and not self.warning:
            return net.SUCCESS
        return SOME_FAILED if self.completed or self.warning else ALL_FAILED


class SubOperations:
    """Counts the sub-operations of one C-MOVE or C-GET and tells the peer of each.

    C-CANCEL is honoured by the caller, between two instances; :meth:`finish` then says so.
    """

    def __init__(self, operation: Operation, total: int) -> None:
        self._operation = operation
        self._counters = _Counters(remaining=total)
        self._comment = ""

    async def run(self, location: InstanceLocation, sending: Awaitable[int]) -> None:
        """Await ``sending``, count its status and respond pending while others remain.

        Raises AssociationError only when the association of the operation itself has ended.
        """
        try:
            status = await sending
        except FilmroomError as error:
            if self._operation.connection.error is not None:
                raise
            status = self._failure(location, error)
        self._counters.count(status, location.sop_instance_uid)
        if self._counters.remaining:
            await self._respond(net.PENDING)

    async def fail(self, locations: Sequence[InstanceLocation], error: FilmroomError) -> None:
        """Count instances that could not even be tried."""
        for location in locations:
            self._counters.count(self._failure(location, error), location.sop_instance_uid)
        if locations and self._counters.remaining:
            await self._respond(net.PENDING)

    async def finish(self) -> None:
        """Send the final response: the sum, and which instances failed."""
        cancelled = self._operation.cancelled and self._counters.remaining
        await self._respond(net.CANCEL if cancelled else self._counters.final_status())

    def _failure(self, location: InstanceLocation, error: FilmroomError) -> int:
        self._comment = error_comment(error)
        _log.warning(
            "sub_operation_failed",
            peer=self._operation.connection.peer,
            sop_instance=location.sop_instance_uid,
            fault=str(error),
        )
        return dimse_status(error)

    async def _respond(self, status: int) -> None:
        counters = self._counters
        final = status != net.PENDING
        identifier: bytes | None = None
        if final and counters.failed_uids:
            failed = DataSet()
            failed.set(_FAILED_SOP_INSTANCE_UID_LIST, VR.UI, counters.failed_uids)
            syntax = transfer_syntax(self._operation.context.transfer_syntax)
            identifier = encode_bytes(failed, syntax)
        response = net.response_to(
            self._operation.message,
            status,
            comment=self._comment if final else "",
            number_of_remaining_suboperations=(
                counters.remaining if status in (net.PENDING, net.CANCEL) else None
            ),
            number_of_completed_suboperations=counters.completed,
            number_of_failed_suboperations=counters.failed,
            number_of_warning_suboperations=counters.warning,
        )
        await self._operation.respond(response, identifier)
