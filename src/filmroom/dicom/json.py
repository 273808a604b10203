"""The DICOM JSON Model: a data set as JSON (PS3.18 Annex F). For the way back see ``json_reader``.

Text is UTF-8, and Specific Character Set (0008,0005) says so wherever it stands. Numbers of DS and
IS keep their digits; SV and UV beyond what IEEE doubles hold, and what is no number at all, are
strings. JSON has no number for what is not finite: it is ``"NaN"``, ``"Infinity"``,
``"-Infinity"``, as the other implementations have it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from filmroom.dicom.bulk_data import (
    BULK_DATA_VRS,
    INLINE_BINARY_VRS,
    BulkDataURI,
    ElementPath,
    base64_pieces,
)
from filmroom.dicom.dataset import DataSet
from filmroom.dicom.element import Element
from filmroom.dicom.model_values import (
    BINARY_NUMBERS,
    NAME_GROUPS,
    UTF_8,
    is_empty,
    model_vr,
    utf_8,
    values_at_once,
)
from filmroom.dicom.number_strings import DecimalString, IntegerString
from filmroom.dicom.person_name import PersonName
from filmroom.dicom.vr import VR
from filmroom.dicom.writer import Piece, gather
from filmroom.errors import InvalidValue

__all__ = ["encode_json", "json_model"]

_CHARACTER_SET = 0x00080005
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_EXACT = 1 << 53
"""Integers below it survive readers that know only IEEE doubles (RFC 8259 §6)."""
_NOT_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def encode_json(
    data_set: DataSet, *, bulk_data: BulkDataURI | None = None, indent: bool = False
) -> Iterator[Piece]:
    """``data_set`` as JSON in UTF-8, in pieces to be used before the data set changes.

    ``bulk_data`` is asked for the URI of every value that may be left out. ``indent`` gives each
    attribute a line. Only text is ever held whole: binary values pass through in pieces.
    Raises :class:`InvalidValue` for a value that its VR does not allow.
    """
    return gather(_object(data_set, (), bulk_data, "\n" if indent else ""))


def json_model(data_set: DataSet, *, bulk_data: BulkDataURI | None = None) -> dict[str, Any]:
    """``data_set`` as the object that :func:`encode_json` writes, for small data sets."""
    model: dict[str, Any] = json.loads(b"".join(encode_json(data_set, bulk_data=bulk_data)))
    return model


def _object(
    data_set: DataSet, path: ElementPath, bulk_data: BulkDataURI | None, newline: str
) -> Iterator[bytes]:
    indented = newline and newline + "  "
    start = "{" + indented
    for tag in data_set.tags():
        if not tag & 0xFFFF:
            continue  # Group lengths are left out (PS3.18 §F.2.2).
        element = data_set.element(tag)
        assert element is not None
        yield f'{start}"{tag:08X}":'.encode()
        yield from _attribute(element, (*path, int(tag)), bulk_data, indented)
        start = "," + indented
    yield b"{}" if start[0] == "{" else f"{newline}}}".encode()


def _attribute(
    element: Element, path: ElementPath, bulk_data: BulkDataURI | None, newline: str
) -> Iterator[bytes]:
    vr = model_vr(element)
    yield f'{{"vr":"{vr}"'.encode()
    if element.tag == _CHARACTER_SET:
        yield f',"Value":["{UTF_8}"]'.encode()
    elif vr is VR.SQ:
        if element.values:
            yield b',"Value":['
            for number, item in enumerate(element.values):
                yield b"," if number else b""
                yield from _object(item, (*path, number), bulk_data, newline)
            yield b"]"
    elif not is_empty(element, vr):
        uri = bulk_data(path, element) if bulk_data and vr in BULK_DATA_VRS else None
        if uri is not None:
            yield f',"BulkDataURI":{json.dumps(uri)}'.encode()
        elif vr in INLINE_BINARY_VRS:
            yield b',"InlineBinary":"'
            yield from base64_pieces(element)
            yield b'"'
        else:
            yield b',"Value":['
            start = ""
            for values in values_at_once(element, vr):
                text = start + ",".join([_value(vr, value, element.tag) for value in values])
                yield utf_8(text, element.tag)
                start = ","
            yield b"]"
    yield b"}"


def _value(vr: VR, value: Any, tag: int) -> str:
    """One value as JSON text; null for an empty one among several (PS3.18 §F.2.5)."""
    if vr is VR.AT:
        return f'"{value:08X}"'
    if vr is VR.FD or vr is VR.FL:
        return float.__repr__(value) if math.isfinite(value) else f'"{_NOT_FINITE[str(value)]}"'
    if vr is VR.SV or vr is VR.UV:
        return str(value) if -_EXACT < value < _EXACT else f'"{value}"'
    if vr in BINARY_NUMBERS:
        return str(value)
    if isinstance(value, IntegerString):
        return int.__repr__(value)
    if isinstance(value, DecimalString):
        # In its own digits, as far as JSON allows them.
        return value.text if _NUMBER.fullmatch(value.text) else str(Decimal(value.text))
    if isinstance(value, PersonName):
        groups = {group: str(getattr(value, group.lower())) for group in NAME_GROUPS}
        return _text({group: text for group, text in groups.items() if text} or None)
    if not isinstance(value, str):
        raise InvalidValue(f"a value of {vr} cannot be a {type(value).__name__}", tag=tag)
    return _text(value or None)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
