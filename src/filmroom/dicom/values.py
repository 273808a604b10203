"""Values of each VR from bytes and back (PS3.5 §6.2, §6.4).

Text comes as :class:`str`, PN as :class:`PersonName`, DS and IS as numbers that keep their text,
DA, TM, DT and AS as text that knows its meaning, AT as :class:`Tag`, binary numbers as numbers;
bulk VRs and UN as the bytes themselves, which :func:`numbers_of` shows as numbers.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from filmroom.dicom.charset import PN_DELIMITERS, TEXT_DELIMITERS, CharacterSets
from filmroom.dicom.number_strings import DecimalString, IntegerString
from filmroom.dicom.person_name import PersonName
from filmroom.dicom.tag import Tag
from filmroom.dicom.temporal import (
    AgeString,
    DateString,
    DateTime,
    DateTimeString,
    TimeOfDay,
    TimeString,
    format_date,
    format_datetime,
    format_time,
)
from filmroom.dicom.vr import VR
from filmroom.errors import InvalidValue

__all__ = [
    "UNDECLARED",
    "decode_text",
    "decode_values",
    "encode_values",
    "numbers_of",
    "typed_values",
]

UNDECLARED = "characters outside the declared character set"
"""The fault of text that had to be guessed or replaced."""

_FORMATS = {
    VR.US: "H",
    VR.SS: "h",
    VR.UL: "I",
    VR.SL: "i",
    VR.UV: "Q",
    VR.SV: "q",
    VR.FL: "f",
    VR.FD: "d",
    VR.AT: "H",
}
_BULK = frozenset({VR.OB, VR.OD, VR.OF, VR.OL, VR.OV, VR.OW, VR.UN})
_BULK_CODES = {VR.OD: "d", VR.OF: "f", VR.OL: "I", VR.OV: "Q", VR.OW: "H"}
_LEADING_SPACES_COUNT = frozenset({VR.LT, VR.ST, VR.UT, VR.UC, VR.UR, VR.PN})


def _date(value: str | date) -> DateString:
    return DateString(value if isinstance(value, str) else format_date(value))


def _time(value: str | time | TimeOfDay) -> TimeString:
    return TimeString(value if isinstance(value, str) else format_time(value))


def _datetime(value: str | datetime | DateTime) -> DateTimeString:
    return DateTimeString(value if isinstance(value, str) else format_datetime(value))


_TYPES: dict[VR, tuple[tuple[type, ...], Callable[[Any], Any]]] = {
    VR.AS: ((str,), AgeString),
    VR.AT: ((int,), Tag),
    VR.DA: ((str, date), _date),
    VR.DS: ((str, int, float, Decimal), DecimalString),
    VR.DT: ((str, datetime, DateTime), _datetime),
    VR.IS: ((str, int), IntegerString),
    VR.PN: ((str,), PersonName.parse),
    VR.TM: ((str, time, TimeOfDay), _time),
}
"""What may stand for a value of a VR, and what makes one of it; others are plain themselves."""


_DECODED: dict[VR, Callable[[str], Any]] = {
    VR.AS: AgeString,
    VR.DA: DateString,
    VR.DS: DecimalString,
    VR.DT: DateTimeString,
    VR.IS: IntegerString,
    VR.PN: PersonName.parse,
    VR.TM: TimeString,
}
"""What makes a value of the text in the stream."""


def typed_values(vr: VR, values: Iterable[Any]) -> tuple[Any, ...]:
    """``values`` as decoding would give them: a name for text in PN, a number for text in DS.

    What cannot be of the VR stays as it is, for encoding to refuse.
    """
    if vr.facts.item_size and vr is not VR.AT:
        return tuple(values)
    kinds, make = _TYPES.get(vr, ((), str))
    typed = []
    for value in values:
        if value is None or (isinstance(value, str) and not value):
            value = PersonName() if vr is VR.PN else ""
        elif isinstance(value, kinds):
            try:
                value = make(value)
            except (ValueError, ArithmeticError):
                pass
        typed.append(value)
    return tuple(typed)


def decode_text(vr: VR, raw: bytes, sets: CharacterSets) -> tuple[str, bool]:
    """The whole text of ``raw`` with its backslashes, and whether it was sound."""
    if vr.facts.charset:
        return sets.decode(raw, PN_DELIMITERS if vr is VR.PN else TEXT_DELIMITERS)
    if raw.isascii():
        return raw.decode("ascii"), True
    return raw.decode("latin_1"), False


def decode_values(
    vr: VR, raw: bytes | memoryview, *, little_endian: bool, sets: CharacterSets
) -> tuple[tuple[Any, ...], str]:
    """The values of ``raw`` and what was wrong with them, an empty text where nothing was."""
    if not len(raw):
        return (), ""
    facts = vr.facts
    if facts.item_size:
        if vr in _FORMATS:
            return _decode_numbers(vr, raw, little_endian)
        return (raw,), ""
    data, fault = bytes(raw), ""
    if data.isascii() and b"\x1b" not in data:
        text = data.decode("ascii")
    else:
        text, sound = decode_text(vr, data, sets)
        fault = "" if sound else UNDECLARED
    strip = str.rstrip if vr in _LEADING_SPACES_COUNT else str.strip
    make = _DECODED.get(vr)
    if facts.multiple and "\\" in text:
        parts = [strip(part, " \0") for part in text.split("\\")]
    else:
        text = strip(text, " \0")
        if not text:
            return (), fault
        if make is None:
            return (text,), fault
        if vr is not VR.DS and vr is not VR.IS:
            return (make(text),), fault
        parts = [text]
    if make is None:
        return tuple(parts), fault
    if vr is not VR.DS and vr is not VR.IS:
        return tuple([make(part) for part in parts]), fault
    values: list[Any] = []
    for part in parts:
        try:
            values.append(make(part) if part else "")
            if vr is VR.IS and part and not part.lstrip("+-").isdecimal():
                fault = "a value of IS with a fraction or exponent"
        except (ValueError, ArithmeticError):
            # LENIENT: text that is no number stays text.
            values.append(part)
            fault = f"a value of {vr} that is no number"
    return tuple(values), fault


def numbers_of(vr: VR, raw: bytes | memoryview, *, little_endian: bool) -> memoryview[Any]:
    """The numbers of a value of OB, OW, OF, OD, OL or OV, without copying where that can be.

    They are a view of the right item size; in the other byte order than the machine's, one of a
    copy that is swapped. Bytes beyond the last whole number are left out.
    """
    code = _BULK_CODES.get(vr)
    view = memoryview(raw)
    if code is None:
        return view
    whole = view[: len(view) - len(view) % vr.facts.item_size]
    if little_endian != (sys.byteorder == "little"):
        swapped = array(code)
        swapped.frombytes(whole)
        swapped.byteswap()
        whole = memoryview(swapped).cast("B")
    numbers: memoryview[Any] = whole.cast(code)  # type: ignore[call-overload]
    return numbers


def _decode_numbers(
    vr: VR, raw: bytes | memoryview, little_endian: bool
) -> tuple[tuple[Any, ...], str]:
    size = 4 if vr is VR.AT else vr.facts.item_size
    count, rest = divmod(len(raw), size)
    fault = f"length {len(raw)} is no multiple of {size}" if rest else ""
    order = "<" if little_endian else ">"
    if vr is VR.AT:
        numbers = struct.unpack_from(f"{order}{2 * count}H", raw)
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        return tuple(Tag(group << 16 | element) for group, element in pairs), fault
    return struct.unpack_from(f"{order}{count}{_FORMATS[vr]}", raw), fault


def encode_values(
    vr: VR, values: Sequence[Any], *, little_endian: bool, sets: CharacterSets
) -> bytes | memoryview:
    """The bytes of ``values``, padded to an even length.

    Raises :class:`InvalidValue` for a value that does not fit its VR, and
    :class:`InvalidCharacterSet` for text outside ``sets``.
    """
    if not values:
        return b""
    if vr in _BULK:
        return _encode_bulk(vr, values)
    code = _FORMATS.get(vr)
    if code is not None:
        order = "<" if little_endian else ">"
        try:
            if vr is VR.AT:
                numbers = [part for tag in values for part in (tag >> 16, tag & 0xFFFF)]
                return struct.pack(f"{order}{len(numbers)}H", *numbers)
            return struct.pack(f"{order}{len(values)}{code}", *values)
        except (struct.error, TypeError, OverflowError):
            raise InvalidValue(f"a value does not fit {vr}") from None
    text = "\\".join([_format(vr, value) for value in values])
    if text.isascii():
        raw = text.encode("ascii")
    elif vr.facts.charset:
        raw = sets.encode(text, PN_DELIMITERS if vr is VR.PN else TEXT_DELIMITERS)
    else:
        raise InvalidValue(f"{vr} holds characters of the default repertoire only")
    return raw + vr.facts.padding if len(raw) & 1 else raw


def _encode_bulk(vr: VR, values: Sequence[Any]) -> bytes | memoryview:
    try:
        (value,) = values
        view = memoryview(value)
    except (TypeError, ValueError):
        raise InvalidValue(f"a value of {vr} is one bytes-like object") from None
    data = view.cast("B") if view.c_contiguous else memoryview(view.tobytes())
    if len(data) & 1:
        return data.tobytes() + b"\0"
    return value if isinstance(value, bytes) else data


def _format(vr: VR, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str | DecimalString | IntegerString | PersonName):
        raise InvalidValue(f"a value of {vr} cannot be a {type(value).__name__}")
    text = str(value)
    if vr.facts.multiple and "\\" in text:
        raise InvalidValue(f"a value of {vr} cannot hold a backslash", hint="give a tuple instead")
    return text
