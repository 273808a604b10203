"""Overlay planes under the Clean Graphics option (PS3.15 §E.3.3; PS3.3 §C.9.2).

Of a bitmap nothing tells whether it shows letters. So a plane stays only where it says that it is
a region of interest and has its bits in Overlay Data; what is blanked in the pixels is blanked in
it as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from filmroom.deidentification.regions import Region
from filmroom.dicom import VR, DataSet, Element

__all__ = [
    "OVERLAY_DATA",
    "OVERLAY_TEXTS",
    "blanked_overlay",
    "has_embedded",
    "is_overlay",
    "stays",
]

OVERLAY_DATA = 0x60003000
OVERLAY_TEXTS = frozenset({0x60000022, 0x60001500, 0x60004000})
"""Overlay Description, Overlay Label, Overlay Comments, of the first plane."""

_ROWS = 0x60000010
_COLUMNS = 0x60000011
_FRAMES = 0x60000015
_TYPE = 0x60000040
_ORIGIN = 0x60000050
_BITS_ALLOCATED = 0x60000100
_PLANE = 0x00FF0000
_GROUP = 0xFF000000


def is_overlay(tag: int) -> bool:
    """Whether ``tag`` belongs to an overlay plane, 6000 to 60FF without the private groups."""
    return tag & _GROUP == 0x60000000 and not tag & 0x10000


def stays(data_set: DataSet, tag: int) -> bool:
    """Whether the overlay plane of ``tag`` may stay in ``data_set``."""
    plane = tag & _PLANE
    return data_set.text(_TYPE | plane) == "R" and bool(data_set.raw(OVERLAY_DATA | plane))


def has_embedded(data_set: DataSet) -> bool:
    """Whether some plane has its bits beside the pixels, in those that are not stored."""
    return any(
        is_overlay(tag)
        and tag & ~_PLANE == _BITS_ALLOCATED
        and not data_set.raw(OVERLAY_DATA | tag & _PLANE)
        for tag in data_set.tags()
    )


def blanked_overlay(data_set: DataSet, tag: int, regions: Sequence[Region]) -> Element | None:
    """Overlay Data ``tag`` without its bits in ``regions`` of the image.

    None where its rows and columns do not tell where its bits stand.
    """
    element = data_set.element(tag)
    assert element is not None
    if not regions:
        return element
    plane = tag & _PLANE
    rows, columns = _number(data_set, _ROWS | plane), _number(data_set, _COLUMNS | plane)
    frames = _number(data_set, _FRAMES | plane) or 1
    raw = np.frombuffer(element.raw, np.uint8)
    bits = rows * columns * frames
    if bits <= 0 or len(raw) * 8 < bits:
        return None
    swapped = element.vr is VR.OW and not element.byte_order_is_little and len(raw) % 2 == 0
    if swapped:
        raw = raw.view(np.uint16).byteswap().view(np.uint8)
    cells: NDArray[Any] = np.unpackbits(raw, count=bits, bitorder="little")
    cells = cells.reshape(frames, rows, columns)
    given = [value for value in data_set.values_of(_ORIGIN | plane) if isinstance(value, int)]
    origin = given[:2] if len(given) >= 2 else [1, 1]  # of its first bit: row, column
    for region in regions:
        top, left = region.y + 1 - origin[0], region.x + 1 - origin[1]
        cells[
            :,
            max(top, 0) : max(top + region.height, 0),
            max(left, 0) : max(left + region.width, 0),
        ] = 0
    packed = np.packbits(cells, bitorder="little")
    if len(packed) % 2:
        packed = np.append(packed, np.uint8(0))
    return Element(tag, VR.OW if element.vr is VR.OW else VR.OB, packed.tobytes())


def _number(data_set: DataSet, tag: int) -> int:
    values = data_set.values_of(tag)
    return values[0] if values and isinstance(values[0], int) else 0
