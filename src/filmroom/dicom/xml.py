"""The Native DICOM Model: a data set as XML (PS3.19 §A.1). For the way back see ``xml_reader``.

Private elements name their creator in place of the block that it reserved, so the elements that
reserve blocks are left out. Text is UTF-8, and Specific Character Set (0008,0005) says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from filmroom.dicom.bulk_data import (
    BULK_DATA_VRS,
    INLINE_BINARY_VRS,
    BulkDataURI,
    ElementPath,
    base64_pieces,
)
from filmroom.dicom.dataset import DataSet
from filmroom.dicom.dictionary import lookup
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
from filmroom.dicom.tag import Tag
from filmroom.dicom.vr import VR
from filmroom.dicom.writer import Piece, gather
from filmroom.errors import InvalidValue

__all__ = ["NAMESPACE", "NAME_COMPONENTS", "encode_xml"]

NAMESPACE = "http://dicom.nema.org/PS3.19/models/NativeDICOM"
"""The namespace of the Native DICOM Model (PS3.19 §A.1.6)."""

NAME_COMPONENTS = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")
"""The components of a name in their order (PS3.19 §10.2)."""

_CHARACTER_SET = 0x00080005
_START = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<NativeDicomModel xmlns="{NAMESPACE}" xml:space="preserve">\n'
).encode()
_END = b"</NativeDicomModel>\n"
_FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML 1.0 cannot hold, however spelt (§2.2); half surrogates are no text."""
_REPLACEMENT = "\ufffd"
_CARRIAGE_RETURN = {"\r": "&#13;"}
_IN_ATTRIBUTES = {'"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_NOT_FINITE = {"nan": "NaN", "inf": "INF", "-inf": "-INF"}


def encode_xml(data_set: DataSet, *, bulk_data: BulkDataURI | None = None) -> Iterator[Piece]:
    """``data_set`` as XML in UTF-8, in pieces to be used before the data set changes.

    ``bulk_data`` is asked for the URI of every value that may be left out. Characters that XML
    cannot hold are replaced, which becomes an issue of the data set; so when read strictly this
    raises. Raises :class:`InvalidValue` for a value that its VR does not allow.
    """
    return gather(_document(data_set, bulk_data))


def _document(data_set: DataSet, bulk_data: BulkDataURI | None) -> Iterator[bytes]:
    yield _START
    yield from _data_set(data_set, (), bulk_data)
    yield _END


def _data_set(
    data_set: DataSet, path: ElementPath, bulk_data: BulkDataURI | None
) -> Iterator[bytes]:
    tags = data_set.tags()
    reserved = {_reservation(tag) for tag in tags if tag.is_private}
    for tag in tags:
        if not tag & 0xFFFF or (tag in reserved and data_set.text(tag)):
            continue  # Neither group lengths (PS3.19 §A.1.1) nor what the creators stand for.
        element = data_set.element(tag)
        assert element is not None
        creator = data_set.text(_reservation(tag)) if tag.is_private else ""
        yield _attribute_start(element, model_vr(element), creator, data_set)
        yield from _content(element, data_set, (*path, int(tag)), bulk_data)
        yield b"</DicomAttribute>\n"


def _reservation(tag: Tag) -> int:
    """The element that reserves the block of a private ``tag`` (PS3.5 §7.8.1), or 0."""
    block = tag >> 8 & 0xFF
    return tag & 0xFFFF0000 | block if block >= 0x10 else 0


def _attribute_start(element: Element, vr: VR, creator: str, data_set: DataSet) -> bytes:
    tag = element.tag
    entry = None if tag.is_private else lookup(tag)
    named = f'tag="{tag & 0xFFFF00FF if creator else tag:08X}" vr="{vr}"'
    if entry is not None and entry.keyword:
        named += f' keyword="{entry.keyword}"'
    if creator:
        text = escape(_allowed(creator, tag, data_set), _IN_ATTRIBUTES)
        named += f' privateCreator="{text}"'
    return utf_8(f"<DicomAttribute {named}>", tag)


def _content(
    element: Element, data_set: DataSet, path: ElementPath, bulk_data: BulkDataURI | None
) -> Iterator[bytes]:
    vr = model_vr(element)
    if element.tag == _CHARACTER_SET:
        yield f'<Value number="1">{UTF_8}</Value>'.encode()
    elif vr is VR.SQ:
        for number, item in enumerate(element.values):
            yield f'<Item number="{number + 1}">\n'.encode()
            yield from _data_set(item, (*path, number), bulk_data)
            yield b"</Item>\n"
    elif not is_empty(element, vr):
        uri = bulk_data(path, element) if bulk_data and vr in BULK_DATA_VRS else None
        if uri is not None:
            yield utf_8(f'<BulkData uri="{escape(uri, _IN_ATTRIBUTES)}"/>', element.tag)
        elif vr in INLINE_BINARY_VRS:
            yield b"<InlineBinary>"
            yield from base64_pieces(element)
            yield b"</InlineBinary>"
        else:
            number = 0
            for values in values_at_once(element, vr):
                texts = []
                for value in values:
                    number += 1
                    texts.append(_value(vr, value, number, element.tag, data_set))
                yield utf_8("".join(texts), element.tag)


def _value(vr: VR, value: Any, number: int, tag: Tag, data_set: DataSet) -> str:
    if vr is VR.PN and isinstance(value, PersonName):
        groups = []
        for group in NAME_GROUPS:
            parts = zip(NAME_COMPONENTS, getattr(value, group.lower()).components, strict=True)
            inner = "".join(
                f"<{name}>{_escaped(part, tag, data_set)}</{name}>" for name, part in parts if part
            )
            groups.append(f"<{group}>{inner}</{group}>" if inner else "")
        return f'<PersonName number="{number}">{"".join(groups)}</PersonName>'
    if vr is VR.AT:
        text = f"{value:08X}"
    elif vr is VR.FD or vr is VR.FL:
        text = float.__repr__(value) if math.isfinite(value) else _NOT_FINITE[str(value)]
    elif vr in BINARY_NUMBERS:
        text = str(value)
    elif isinstance(value, str | DecimalString | IntegerString):
        text = _escaped(str(value), tag, data_set)
    else:
        raise InvalidValue(f"a value of {vr} cannot be a {type(value).__name__}", tag=tag)
    return f'<Value number="{number}">{text}</Value>'


def _escaped(text: str, tag: Tag, data_set: DataSet) -> str:
    return escape(_allowed(text, tag, data_set), _CARRIAGE_RETURN)


def _allowed(text: str, tag: Tag, data_set: DataSet) -> str:
    """``text`` without what XML cannot hold; in DICOM, escape and form feed are such."""
    allowed = _FORBIDDEN.sub(_REPLACEMENT, text)
    if allowed != text:
        data_set.parser.tolerate("a character that XML cannot hold is replaced", tag, 0)
    return allowed
