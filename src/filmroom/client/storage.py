"""Storage SCU: C-STORE (PS3.4 Annex B), used by `filmroom store`, C-MOVE and C-GET alike."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from filmroom import net
from filmroom.dicom import TransferSyntax, encode, read_data_set, transfer_syntax, uid_name
from filmroom.errors import NoPresentationContext, OutOfResources
from filmroom.transport import Connection
from filmroom.transport.connection import Response

__all__ = ["DataSetBytes", "MoveOriginator", "OutgoingInstance", "choose_context", "store"]


_IN_MEMORY = 16 * 1024 * 1024
"""Bytes of a converted data set that stay in memory."""
_CHUNK = 256 * 1024


class DataSetBytes(Protocol):
    """The bytes of a data set, wherever they are kept."""

    @property
    def data_set_size(self) -> int:
        """How many they are."""

    def data_set_view(self) -> memoryview:
        """All of them, mapped: to be converted."""

    def data_set_chunks(self) -> Iterator[bytes]:
        """All of them, piece by piece: to be sent as they are, in bounded memory."""


@dataclass(frozen=True, slots=True)
class OutgoingInstance:
    """A composite instance that is ready to be sent; ``data`` gives the bytes of its data set."""

    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    data: DataSetBytes


@dataclass(frozen=True, slots=True)
class MoveOriginator:
    """Whose C-MOVE a C-STORE is part of (PS3.7 §9.1.1.1.7)."""

    ae_title: str
    message_id: int


def choose_context(
    negotiated: net.Negotiated, sop_class_uid: str, syntax_uid: str
) -> net.PresentationContext:
    """The context to send an instance in: the stored transfer syntax before any other.

    Next come uncompressed ones, then those that compress without loss. Raises
    NoPresentationContext when the peer takes neither the stored transfer syntax nor one that the
    instance can be converted to.
    """
    contexts = [c for c in negotiated.contexts_for(sop_class_uid) if c.as_scu]
    for context in contexts:
        if context.transfer_syntax == syntax_uid:
            return context
    # Only where it is needed: codecs and NumPy take a while to load.
    from filmroom.pixels import can_transcode

    stored = transfer_syntax(syntax_uid)
    for encapsulated in (False, True):
        for context in contexts:
            wanted = transfer_syntax(context.transfer_syntax)
            if wanted.encapsulated is encapsulated and can_transcode(stored, wanted):
                return context
    what = f"{uid_name(sop_class_uid)} in {uid_name(syntax_uid)}"
    if contexts:
        raise NoPresentationContext(f"the peer does not take {what}")
    raise NoPresentationContext(f"the peer accepted no presentation context for {what}")


async def store(
    connection: Connection,
    instance: OutgoingInstance,
    *,
    timeout: float,
    originator: MoveOriginator | None = None,
) -> Response:
    """Send ``instance`` and return the response, whatever its status.

    The bytes go out as they are kept, or converted where the peer accepted only another transfer
    syntax or they are odd in number, which no fragment may be (PS3.8 §9.3.5.1); the conversion is
    complete before the first byte is sent. Raises NoPresentationContext
    where it accepted none that fits, DataErrors where the conversion fails.
    """
    context = choose_context(
        connection.negotiated, instance.sop_class_uid, instance.transfer_syntax_uid
    )
    request = net.CStoreRQ(
        message_id=connection.next_message_id(),
        affected_sop_class_uid=instance.sop_class_uid,
        affected_sop_instance_uid=instance.sop_instance_uid,
        move_originator_ae_title=originator.ae_title if originator else None,
        move_originator_message_id=originator.message_id if originator else None,
    )
    data: Iterator[bytes | memoryview] = instance.data.data_set_chunks()
    # LENIENT: kept data sets of odd length, above all deflated ones, from senders that leave out
    # padding: DCMTK aborts the association, and with it all that was still to come.
    odd = instance.data.data_set_size % 2
    stored = transfer_syntax(instance.transfer_syntax_uid)
    as_kept = context.transfer_syntax == stored.uid
    if odd and as_kept and stored.deflated:
        data = chain(data, (b"\0",))  # which PS3.5 §A.5 puts behind the stream
    elif odd or not as_kept:
        data = await asyncio.get_running_loop().run_in_executor(
            None,
            _converted,
            instance.data.data_set_view(),
            stored,
            transfer_syntax(context.transfer_syntax),
        )
    return await connection.request_one(context.context_id, request, data, timeout=timeout)


def _converted(
    view: memoryview, stored: TransferSyntax, wanted: TransferSyntax
) -> Iterator[bytes | memoryview]:
    """The data set in another transfer syntax, from memory or, where it is large, from a file."""
    from filmroom.pixels import transcode

    data_set = read_data_set(view, stored)
    spool = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - its reader closes it
    try:
        for piece in encode(transcode(data_set, stored, wanted), wanted):
            # In steps: a large piece would be in memory whole before the file takes it over.
            rest = memoryview(piece)
            while rest:
                spool.write(rest[:_CHUNK])
                rest = rest[_CHUNK:]
        spool.seek(0)
    except OSError as error:
        spool.close()
        raise OutOfResources(
            f"cannot convert to {wanted}: {os.strerror(error.errno or 0)}",
            hint="make room in the folder of temporary files",
        ) from error
    except BaseException:
        spool.close()
        raise
    return _chunks(spool)


def _chunks(spool: tempfile.SpooledTemporaryFile[bytes]) -> Iterator[bytes]:
    with spool:
        while chunk := spool.read(_CHUNK):
            yield chunk
