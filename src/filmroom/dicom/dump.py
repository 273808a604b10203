"""A data set as lines for a person to read: tag, VR, length, name and value of every element.

Values are made safe to print: what a terminal would take for a command is shown as an escape.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from filmroom.dicom.bulk_data import INLINE_BINARY_VRS, is_encapsulated
from filmroom.dicom.dataset import DataSet
from filmroom.dicom.dictionary import lookup, uid_name
from filmroom.dicom.element import Element
from filmroom.dicom.model_values import is_empty, model_vr, values_at_once
from filmroom.dicom.tag import Tag
from filmroom.dicom.vr import VR

__all__ = ["DumpLine", "dump"]

_SHORT = 64
_SHORT_BYTES = 16
_WHOLE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class DumpLine:
    """An element, or with an empty ``tag`` the head of an item of a sequence."""

    depth: int
    tag: str
    vr: str
    length: int | None
    """Bytes of the value in the stream; None for items and where the stream does not say."""
    name: str
    """The keyword, or of a private element its creator in brackets."""
    value: str


def dump(data_set: DataSet, *, whole: bool = False) -> Iterator[DumpLine]:
    """The lines of ``data_set`` and of all its items, in order.

    Values are cut to what fits a line; ``whole`` leaves text and numbers as long as they are, and
    shows binary values up to 64 KB. Raises :class:`DataError` where reading strictly does.
    """
    return _lines(data_set, 0, whole)


def _lines(data_set: DataSet, depth: int, whole: bool) -> Iterator[DumpLine]:
    for element in data_set:
        vr, tag = model_vr(element), element.tag
        told = element.record is not None and not element.undefined_length
        length = len(element.raw) if told else None
        name = _name(tag, data_set)
        if vr is not VR.SQ:
            yield DumpLine(depth, str(tag), str(vr), length, name, _value(element, vr, whole))
            continue
        items = element.values
        count = f"{len(items)} {'item' if len(items) == 1 else 'items'}"
        yield DumpLine(depth, str(tag), "SQ", length, name, count)
        for number, item in enumerate(items, 1):
            yield DumpLine(depth + 1, "", "", None, f"item {number}", "")
            yield from _lines(item, depth + 1, whole)


def _name(tag: Tag, data_set: DataSet) -> str:
    entry = lookup(tag)
    if entry is not None:
        return entry.keyword
    if tag.is_private:
        creator = data_set.text(tag & 0xFFFF0000 | (tag >> 8 & 0xFF))
        return f"[{_printable(creator)}]" if creator else "[no creator]"
    return ""


def _value(element: Element, vr: VR, whole: bool) -> str:
    if is_empty(element, vr):
        return ""
    if vr in INLINE_BINARY_VRS:
        raw = element.raw
        if element.undefined_length and is_encapsulated(raw):
            return _fragments(raw)
        most = _WHOLE_BYTES if whole else _SHORT_BYTES
        return bytes(raw[:most]).hex(" ") + (" …" if len(raw) > most else "")
    texts: list[str] = []
    room = _SHORT
    for values in values_at_once(element, vr):
        for value in values:
            if not whole and room < 0:
                break
            texts.append("" if value is None else _printable(str(value)))
            room -= len(texts[-1]) + 1
    text = "\\".join(texts)
    if not whole and len(text) > _SHORT:
        text = text[: _SHORT - 1] + "…"
    meaning = uid_name(text) if vr is VR.UI else text
    return text if meaning == text else f"{text} = {meaning}"


def _fragments(raw: bytes | memoryview) -> str:
    """How many fragments encapsulated pixel data has, and how large they are."""
    position = count = size = table = 0
    while position + 8 <= len(raw):
        length = struct.unpack_from("<I", raw, position + 4)[0]
        if position:
            count, size = count + 1, size + length
        else:
            table = length // 4
        position += 8 + length
    noun = "fragment" if count == 1 else "fragments"
    offsets = f", offset table of {table}" if table else ""
    return f"{count} {noun}, {size:,} bytes{offsets}"


def _printable(text: str) -> str:
    """``text`` without characters that move, hide or command: in their place what they are."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
