"""Overlay planes, of every repeating group 60xx that is present (PS3.3 §C.9.2, §C.9.3)."""

from __future__ import annotations

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.validation.attributes import check_rows
from filmroom.dicom.validation.finding import Findings, Location
from filmroom.dicom.validation.module import Attribute, Enumerated, Module, Type

__all__ = ["OVERLAY_PLANE", "check_overlays"]


def _row(element: int, keyword: str, type_: Type, values: Enumerated = ()) -> Attribute:
    return Attribute(0x60000000 | element, keyword, type_, values=values)


OVERLAY_PLANE = Module(
    "Overlay Plane",
    "C.9.2",
    (
        _row(0x0010, "OverlayRows", "1"),
        _row(0x0011, "OverlayColumns", "1"),
        _row(0x0040, "OverlayType", "1", ("G", "R")),
        _row(0x0050, "OverlayOrigin", "1"),
        _row(0x0100, "OverlayBitsAllocated", "1"),
        _row(0x0102, "OverlayBitPosition", "1"),
        _row(0x3000, "OverlayData", "1"),
    ),
)
"""Types of PS3.3 Table C.9-2, for group 6000."""

_ROWS, _COLUMNS, _FRAMES = 0x0010, 0x0011, 0x0015
_BITS_ALLOCATED, _BIT_POSITION, _DATA = 0x0100, 0x0102, 0x3000
_OVERLAY_GROUPS = range(0x6000, 0x6020, 2)


def check_overlays(data_set: DataSet, findings: Findings) -> None:
    """Hold each overlay plane of ``data_set`` against its module."""
    groups = {tag >> 16 for tag in data_set.tags()} & set(_OVERLAY_GROUPS)
    for group in sorted(groups):
        _check(data_set, group << 16, findings)


def _check(data_set: DataSet, base: int, findings: Findings) -> None:
    here, clause = Location(), OVERLAY_PLANE.clause
    bits = data_set.get(base | _BITS_ALLOCATED)
    embedded = (base | _DATA) not in data_set and isinstance(bits, int) and bits > 1
    rows = [
        Attribute(base | row.tag & 0xFFFF, row.keyword, row.type, values=row.values)
        for row in OVERLAY_PLANE.rows
        if not (embedded and row.keyword == "OverlayData")
    ]
    check_rows(rows, data_set, clause, here, findings)
    if embedded:
        message = "an overlay in unused bits of the pixel data, which is retired"
        findings.note(here, base | _BITS_ALLOCATED, "PS3.5 §8.1.2", message)
        return
    if isinstance(bits, int) and bits != 1:
        findings.error(here, base | _BITS_ALLOCATED, clause, "not 1, of an overlay with its data")
    position = data_set.get(base | _BIT_POSITION)
    if isinstance(position, int) and position != 0:
        findings.error(here, base | _BIT_POSITION, clause, "not 0, of an overlay with its data")
    _check_length(data_set, base, findings)


def _check_length(data_set: DataSet, base: int, findings: Findings) -> None:
    element = data_set.element(base | _DATA)
    size = [data_set.get(base | _ROWS), data_set.get(base | _COLUMNS)]
    frames = data_set.get(base | _FRAMES, 1)
    if element is None or not all(isinstance(value, int) for value in (*size, frames)):
        return
    needed = -(-size[0] * size[1] * frames // 8)
    needed += needed % 2
    length = len(element.raw)
    if length + length % 2 != needed:
        message = f"{length} bytes, but the overlay needs {needed}"
        findings.error(Location(), base | _DATA, OVERLAY_PLANE.clause, message)
