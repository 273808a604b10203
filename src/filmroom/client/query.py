"""Query SCU: C-FIND (PS3.4 §C.4.1), also of the worklist and other models that use it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from filmroom import net
from filmroom.client.contexts import context_for
from filmroom.dicom import DataSet, encode_bytes, read_data_set, transfer_syntax
from filmroom.errors import DimseFailure
from filmroom.transport import Connection

__all__ = ["find"]


async def find(
    connection: Connection,
    sop_class_uid: str,
    identifier: DataSet,
    *,
    timeout: float,
    cancel_after: int | None = None,
) -> AsyncIterator[DataSet]:
    """Yield the matches of ``identifier`` as the peer sends them.

    ``cancel_after`` sends C-CANCEL once that many have come; what the peer still sends is dropped.
    Raises DimseFailure when the final status is neither success nor the cancel asked for.
    """
    context = context_for(connection.negotiated, sop_class_uid)
    syntax = transfer_syntax(context.transfer_syntax)
    request = net.CFindRQ(
        message_id=connection.next_message_id(), affected_sop_class_uid=sop_class_uid
    )
    count = 0
    async for message, data in connection.request(
        context.context_id, request, encode_bytes(identifier, syntax), timeout=timeout
    ):
        if not net.is_final(message.status):
            count += 1
            if cancel_after is None or count <= cancel_after:
                yield read_data_set(data, syntax)
            if count == cancel_after:
                await connection.send(
                    context.context_id,
                    net.CCancelRQ(message_id_being_responded_to=request.message_id),
                )
        elif net.category(message.status) not in (net.Category.SUCCESS, net.Category.CANCEL):
            raise failure("C-FIND", message)


def failure(service: str, message: net.Response) -> DimseFailure:
    """The error that a failed response is."""
    comment = message.error_comment or ""
    return DimseFailure(
        f"{service} failed with status {message.status:04X}, {net.meaning(message.status, service)}"
        + (f": {comment}" if comment else ""),
        status=message.status,
        comment=comment,
    )
