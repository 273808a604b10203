"""Elements as the DICOM JSON Model and the Native DICOM Model see them, on the way out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from filmroom.dicom.bulk_data import INLINE_BINARY_VRS
from filmroom.dicom.charset import DEFAULT_CHARACTER_SETS
from filmroom.dicom.element import Element
from filmroom.dicom.values import decode_values
from filmroom.dicom.vr import VR
from filmroom.errors import InvalidCharacterSet

__all__ = [
    "BINARY_NUMBERS",
    "NAME_GROUPS",
    "UTF_8",
    "is_empty",
    "model_vr",
    "utf_8",
    "values_at_once",
]

UTF_8 = "ISO_IR 192"
"""What Specific Character Set becomes: both models are in UTF-8 here."""

BINARY_NUMBERS = frozenset({VR.AT, VR.FD, VR.FL, VR.SL, VR.SS, VR.SV, VR.UL, VR.US, VR.UV})
"""VRs of binary numbers, any number of them, which are written out one by one."""

NAME_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
"""The component groups of a person name, as both models call them."""

_DECODED_AT_ONCE = 1 << 16


def model_vr(element: Element) -> VR:
    """The VR to write: of UN, the dictionary's where the value can be understood by it."""
    vr = element.effective_vr
    if element.vr is VR.UN and vr is not VR.UN and element.record is None:
        return VR.UN  # Its value was set as bytes.
    return vr


def is_empty(element: Element, vr: VR) -> bool:
    """Whether there is no value to write."""
    if vr in INLINE_BINARY_VRS:
        return not len(element.raw)
    if vr in BINARY_NUMBERS:
        return len(element.raw) < vr.facts.item_size * (2 if vr is VR.AT else 1)
    values = element.values
    return not values or (len(values) == 1 and (values[0] is None or not str(values[0])))


def values_at_once(element: Element, vr: VR) -> Iterator[Sequence[Any]]:
    """The values of a VR that is neither SQ nor Base64; of a long row of numbers some at a time.

    Raises :class:`InvalidValue` for a value that its VR does not allow.
    """
    if vr not in BINARY_NUMBERS:
        yield element.values
        return
    raw = memoryview(element.raw)
    if element.record is not None and len(raw) <= _DECODED_AT_ONCE:
        yield element.values  # which notes what is wrong with them
        return
    little = element.byte_order_is_little or element.vr is VR.UN
    for start in range(0, len(raw), _DECODED_AT_ONCE):
        piece = raw[start : start + _DECODED_AT_ONCE]
        values = decode_values(vr, piece, little_endian=little, sets=DEFAULT_CHARACTER_SETS)[0]
        if values:
            yield values


def utf_8(text: str, tag: int) -> bytes:
    """``text`` in UTF-8; raises :class:`InvalidCharacterSet` for half of a surrogate pair."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise InvalidCharacterSet("text that is no Unicode", tag=tag) from None
