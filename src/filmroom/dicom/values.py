"""Values of each VR from bytes and back (PS3.5 §6.2, §6.4).

Text comes as :class:`str`, PN as :class:`PersonName`, DS and IS as numbers that keep their text,
AT as :class:`Tag`, binary numbers as numbers; bulk VRs and UN as the bytes themselves.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from filmroom.dicom.charset import PN_DELIMITERS, TEXT_DELIMITERS, CharacterSets
from filmroom.dicom.person_name import PersonName
from filmroom.dicom.tag import Tag
from filmroom.dicom.vr import VR
from filmroom.errors import InvalidValue

__all__ = ["DecimalString", "IntegerString", "decode_text", "decode_values", "encode_values"]

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
_LEADING_SPACES_COUNT = frozenset({VR.LT, VR.ST, VR.UT, VR.UC, VR.UR, VR.PN})


class DecimalString(float):
    """A DS value: a number that remembers its text."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str | float) -> DecimalString:
        """From text or a number; raises ValueError for text that is no finite number."""
        number = super().__new__(cls, text)
        if not math.isfinite(number) or (isinstance(text, str) and "_" in text):
            raise ValueError("DS is a finite decimal number")
        number.text = text.strip() if isinstance(text, str) else format_decimal(float(text))
        return number

    def __str__(self) -> str:
        return self.text


class IntegerString(int):
    """An IS value: an integer that remembers its text."""

    text: str

    def __new__(cls, text: str | int) -> IntegerString:
        """From text or an integer; raises ValueError for text that is no integer."""
        if isinstance(text, str) and "_" in text:
            raise ValueError("IS is an integer")
        try:
            number = super().__new__(cls, text)
        except ValueError:
            value = Decimal(text.strip()) if isinstance(text, str) and len(text) <= 16 else None
            # LENIENT: "1.0" as IS, sent by several RT systems.
            if value is None or not value.is_finite() or abs(value.adjusted()) > 16 or value % 1:
                raise ValueError("IS is an integer") from None
            number = super().__new__(cls, int(value))
        number.text = text.strip() if isinstance(text, str) else str(int(text))
        return number

    def __str__(self) -> str:
        return self.text


def format_decimal(number: float) -> str:
    """``number`` in at most 16 characters, as close as they allow (DS, PS3.5 §6.2)."""
    text = repr(number)
    if text.endswith(".0"):
        text = text[:-2]
    for digits in range(16, 0, -1):
        if len(text) <= 16:
            break
        text = f"{number:.{digits}g}"
    return text


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
    if vr in _BULK:
        return (raw,), ""
    code = _FORMATS.get(vr)
    if code is not None:
        return _decode_numbers(vr, raw, "<" if little_endian else ">", code)
    text, sound = decode_text(vr, bytes(raw), sets)
    fault = "" if sound else "characters outside the declared character set"
    parts = text.split("\\") if vr.facts.multiple else [text]
    if vr in _LEADING_SPACES_COUNT:
        parts = [part.rstrip(" \0") for part in parts]
    else:
        parts = [part.strip(" \0") for part in parts]
    if len(parts) == 1 and not parts[0]:
        return (), fault
    if vr is VR.PN:
        return tuple(PersonName.parse(part) for part in parts), fault
    if vr is VR.DS or vr is VR.IS:
        values: list[Any] = []
        kind: type[DecimalString] | type[IntegerString]
        kind = DecimalString if vr is VR.DS else IntegerString
        for part in parts:
            try:
                values.append(kind(part) if part else "")
            except (ValueError, ArithmeticError):
                # LENIENT: text that is no number stays text.
                values.append(part)
                fault = f"a value of {vr} that is no number"
        return tuple(values), fault
    return tuple(parts), fault


def _decode_numbers(
    vr: VR, raw: bytes | memoryview, order: str, code: str
) -> tuple[tuple[Any, ...], str]:
    size = struct.calcsize(code) * (2 if vr is VR.AT else 1)
    count, rest = divmod(len(raw), size)
    fault = f"length {len(raw)} is no multiple of {size}" if rest else ""
    if vr is VR.AT:
        numbers = struct.unpack_from(f"{order}{2 * count}H", raw)
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        return tuple(Tag(group << 16 | element) for group, element in pairs), fault
    return struct.unpack_from(f"{order}{count}{code}", raw), fault


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
    text = "\\".join(_format(vr, value) for value in values)
    if vr.facts.charset:
        raw = sets.encode(text, PN_DELIMITERS if vr is VR.PN else TEXT_DELIMITERS)
    elif text.isascii():
        raw = text.encode("ascii")
    else:
        raise InvalidValue(f"{vr} holds characters of the default repertoire only")
    return raw + vr.facts.padding if len(raw) & 1 else raw


def _encode_bulk(vr: VR, values: Sequence[Any]) -> bytes | memoryview:
    if len(values) != 1 or not isinstance(values[0], bytes | bytearray | memoryview):
        raise InvalidValue(f"a value of {vr} is one bytes-like object")
    raw = values[0]
    if isinstance(raw, memoryview) and not len(raw) & 1 and raw.format == "B":
        return raw
    data = bytes(raw)
    return data + b"\0" if len(data) & 1 else data


def _format(vr: VR, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        text = str(value)
    elif vr is VR.DS and isinstance(value, int | float | Decimal):
        text = str(value if isinstance(value, DecimalString) else DecimalString(float(value)))
    elif (vr is VR.IS and isinstance(value, int)) or (
        vr is VR.PN and isinstance(value, PersonName)
    ):
        text = str(value)
    else:
        raise InvalidValue(f"a value of {vr} cannot be a {type(value).__name__}")
    if vr.facts.multiple and "\\" in text:
        raise InvalidValue(f"a value of {vr} cannot hold a backslash", hint="give a tuple instead")
    return text
