"""VRs that the context decides: US or SS, OB or OW, US or OW (PS3.5 §8.1, §8.3, Annex A; PS3.6 §6).

The dictionary names several VRs for these attributes. In explicit VR the stream says which; in
implicit VR, and where a value is set, it follows from other attributes of the data set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from filmroom.dicom.layout import PIXEL_DATA
from filmroom.dicom.vr import VR

if TYPE_CHECKING:
    from filmroom.dicom.dataset import DataSet

__all__ = ["DECIDING", "decided_vr", "is_signed"]

_PIXEL_REPRESENTATION = 0x00280103
_LUT_DATA = 0x00283006
_LUT_DESCRIPTOR = 0x00283002
_BITS_ALLOCATED = 0x00280100
_WAVEFORM_BITS_ALLOCATED = 0x54001004

_BITS = {
    0x7FE00010: _BITS_ALLOCATED,  # Pixel Data, PS3.5 §8.2 and §A.2
    0x54000110: _WAVEFORM_BITS_ALLOCATED,  # Channel Minimum Value, PS3.5 §8.3
    0x54000112: _WAVEFORM_BITS_ALLOCATED,  # Channel Maximum Value
    0x5400100A: _WAVEFORM_BITS_ALLOCATED,  # Waveform Padding Value
    0x54001010: _WAVEFORM_BITS_ALLOCATED,  # Waveform Data
}
"""By which attribute an OB or OW is OB: where that says 8 bits or less. All others are OW."""

DECIDING = frozenset(
    {_PIXEL_REPRESENTATION, _LUT_DESCRIPTOR, _BITS_ALLOCATED, _WAVEFORM_BITS_ALLOCATED}
)
"""Attributes that decide the VR of others."""


def decided_vr(tag: int, vrs: tuple[VR, ...], data_set: DataSet) -> VR:
    """Which of several VRs ``tag`` has in ``data_set``, of whose items it may be.

    OB or OW is OW in implicit VR (PS3.5 §A.1), OB where pixel data is encapsulated (§A.4), else OB
    up to 8 bits. LUT Data is US where its table has one entry. US or SS follows Pixel
    Representation, here or in a data set around (PS3.3 §C.7.6.3.1).
    """
    if VR.OB in vrs:
        syntax = data_set.transfer_syntax
        if tag in PIXEL_DATA and syntax.encapsulated:
            return VR.OB
        bits = None if syntax.implicit_vr else _nearest(_BITS.get(tag), data_set)
        return VR.OB if bits is not None and bits <= 8 else VR.OW
    if VR.OW in vrs:
        entries = _nearest(_LUT_DESCRIPTOR, data_set) if tag == _LUT_DATA else None
        return VR.US if entries == 1 else VR.OW
    return VR.SS if _nearest(_PIXEL_REPRESENTATION, data_set) == 1 else VR.US


def is_signed(value: Any) -> bool:
    """Whether a value to be set is a negative number, or has one: then US or SS can only be SS.

    An item that is still being filled has no Pixel Representation around it yet.
    """
    values = value if isinstance(value, tuple | list) else (value,)
    return any(isinstance(number, int) and number < 0 for number in values)


def _nearest(tag: int | None, data_set: DataSet) -> int | None:
    """The first number of ``tag`` in the data set, or in the nearest around it that has one."""
    around: DataSet | None = data_set
    while tag is not None and around is not None:
        values = around.values_of(tag)
        if values:
            return values[0] if isinstance(values[0], int) else None
        around = around.parent
    return None
