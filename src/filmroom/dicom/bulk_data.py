"""Values as bulk data: little endian, in pieces, whatever they were read from (PS3.18 §8.7.3.3).

What the DICOM JSON Model and the Native DICOM Model share: which values may be left out and named
by a URI, and how the others are written in Base64.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Iterator
from struct import Struct
from typing import TypeAlias

from filmroom.dicom.element import Element
from filmroom.dicom.layout import ITEM
from filmroom.dicom.vr import VR
from filmroom.dicom.writer import Piece, swapped

__all__ = [
    "BULK_DATA_VRS",
    "INLINE_BINARY_VRS",
    "BulkDataSource",
    "BulkDataURI",
    "ElementPath",
    "base64_pieces",
    "bulk_data_pieces",
    "is_encapsulated",
]

ElementPath: TypeAlias = tuple[int, ...]
"""Where an element stands: its tag, or ``(tag, item, tag, ...)`` with items counted from 0."""

BulkDataURI: TypeAlias = Callable[[ElementPath, Element], str | None]
"""Decides for a value whether it is left out: its URI, or None to write it inline."""

BulkDataSource: TypeAlias = Callable[[ElementPath, VR, str], bytes | memoryview | None]
"""Fetches a value by its URI, little endian; None leaves the element out."""

INLINE_BINARY_VRS = frozenset({VR.OB, VR.OD, VR.OF, VR.OL, VR.OV, VR.OW, VR.UN})
"""VRs whose values are Base64 where they are inline (PS3.18 §F.2.2, PS3.19 §A.1.5)."""

BULK_DATA_VRS = INLINE_BINARY_VRS | {
    *(VR.DS, VR.FL, VR.FD, VR.IS, VR.LT, VR.SL, VR.SS, VR.ST),
    *(VR.SV, VR.UC, VR.UL, VR.US, VR.UT, VR.UV),
}
"""VRs whose values may be named by a URI (PS3.18 §F.2.2)."""

_PIECE = 3 << 18
_ITEM_HEADER = Struct("<HHI").unpack_from


def bulk_data_pieces(element: Element) -> Iterator[Piece]:
    """The bytes of the value of ``element`` in little endian, a large value in several pieces.

    Encapsulated pixel data comes as the items that hold its fragments (PS3.5 §A.4). Raises
    :class:`InvalidValue` for a value that its VR does not allow.
    """
    raw = element.raw
    size = element.vr.facts.item_size
    if size > 1 and not element.byte_order_is_little and element.vr is not VR.UN:
        yield from swapped(raw, size)
    elif len(raw) <= _PIECE:
        yield raw
    else:
        view = memoryview(raw)
        for start in range(0, len(view), _PIECE):
            yield view[start : start + _PIECE]


def base64_pieces(element: Element) -> Iterator[bytes]:
    """The value of ``element`` in Base64 without line breaks, a large one in several pieces."""
    rest = b""
    for piece in bulk_data_pieces(element):
        data = rest + piece if rest else piece
        whole = len(data) - len(data) % 3
        if whole:
            yield binascii.b2a_base64(data[:whole], newline=False)
        rest = bytes(data[whole:])
    if rest:
        yield binascii.b2a_base64(rest, newline=False)


def is_encapsulated(raw: bytes | memoryview) -> bool:
    """Whether ``raw`` is nothing but a Basic Offset Table and fragments, item by item (§A.4).

    The models do not say how pixel data is encoded; only its bytes do.
    """
    position, items = 0, 0
    while position + 8 <= len(raw):
        group, element, length = _ITEM_HEADER(raw, position)
        if group << 16 | element != ITEM or (not items and length % 4):
            return False
        position += 8 + length
        items += 1
    return items > 1 and position == len(raw)
