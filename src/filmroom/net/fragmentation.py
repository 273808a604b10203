"""A message cut into P-DATA-TF PDUs that the peer takes: headers are made, payload is sliced.

PS3.8 §9.3.5, Annex D.1 (maximum length) and Annex E. Nothing of a data set is copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import Struct

__all__ = ["SMALLEST_MAX_LENGTH", "UNLIMITED_LENGTH", "Payload", "fragment", "fragment_size"]

Payload = bytes | bytearray | memoryview
"""What may be sent."""

UNLIMITED_LENGTH = 131072
"""The PDU length used with a peer that takes any, in bytes."""

SMALLEST_MAX_LENGTH = 8
"""A peer's maximum length must hold a PDV header and two bytes of fragment."""

_BATCH = 131072
_HEADERS = Struct(">BxIIBB")
_P_DATA = 0x04
_COMMAND = 1
_LAST = 2


def fragment_size(peer_max_length: int) -> int:
    """Bytes of fragment in the longest PDU for ``peer_max_length``: even, so that values stay so.

    The maximum length counts what follows the PDU's header: PDV headers and fragments.
    """
    return ((peer_max_length or UNLIMITED_LENGTH) - 6) & ~1


def fragment(
    context_id: int,
    command: bytes,
    data: Payload | Iterable[Payload] | None,
    peer_max_length: int,
) -> Iterator[list[Payload]]:
    """Lists of buffers, each of whole PDUs and about 128 KiB or one PDU long, made when asked for.

    ``data`` is a buffer, which is sliced, or an iterable of buffers, which are gathered into full
    PDUs; a buffer must not change before the list that holds it is written. None: no data set.
    """
    size = fragment_size(peer_max_length)
    batch: list[Payload] = []
    batched = 0
    for start in range(0, len(command), size):
        part = command[start : start + size]
        control = _COMMAND | (_LAST if start + size >= len(command) else 0)
        batch += (_header(context_id, control, len(part)), part)
        batched += len(part)
    if data is None:
        yield batch
        return
    buffers = (data,) if isinstance(data, (bytes, bytearray, memoryview)) else data
    pending: list[Payload] = []
    room = size
    for buffer in buffers:
        view = memoryview(buffer)
        if view.format != "B" or view.ndim != 1:
            view = view.cast("B")
        position, end = 0, len(view)
        while position < end:
            if not room:
                # More bytes follow, so the full fragment is not the last one.
                batch.append(_header(context_id, 0, size))
                batch += pending
                batched += size
                pending = []
                room = size
                if batched >= _BATCH:
                    yield batch
                    batch = []
                    batched = 0
            take = end - position
            if take > room:
                take = room
            pending.append(view[position : position + take])
            position += take
            room -= take
    batch.append(_header(context_id, _LAST, size - room))
    batch += pending
    yield batch


def _header(context_id: int, control: int, length: int) -> bytes:
    return _HEADERS.pack(_P_DATA, length + 6, length + 2, context_id, control)
