"""From a match to the identifier of a response: the tags that were asked for, in their VR.

PS3.4 §C.4.1.1.3.2: unique keys and the level always, nothing that was not asked for; optional keys
that the index does not have come back with zero length.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping

from filmroom.archive.identifier import INSTANCE_AVAILABILITY, RETRIEVE_AE_TITLE
from filmroom.archive.index import Match
from filmroom.archive.keys import BY_TAG, ITEM_VRS
from filmroom.archive.query import Query
from filmroom.dicom.dataset import DataSet
from filmroom.dicom.element import Element

__all__ = ["response_identifier"]

_CHARACTER_SET = 0x00080005
_LEVEL = 0x00080052


def response_identifier(query: Query, match: Match, *, retrieve_ae_title: str = "") -> DataSet:
    """The response identifier of ``match``; Retrieve AE Title only where one is given."""
    found = match.values
    elements: dict[int, Element] = {_LEVEL: _text(_LEVEL, "CS", str(query.level))}
    # Only what is sent in UTF-8 needs to say so (PS3.4 §C.4.1.1.3.2).
    if not all(text.isascii() for text in found.values()):
        elements[_CHARACTER_SET] = _text(_CHARACTER_SET, "CS", "ISO_IR 192")
    if retrieve_ae_title:
        elements[RETRIEVE_AE_TITLE] = _text(RETRIEVE_AE_TITLE, "AE", retrieve_ae_title)
    elif RETRIEVE_AE_TITLE in query.returns:
        elements[RETRIEVE_AE_TITLE] = Element(RETRIEVE_AE_TITLE, "AE")
    if INSTANCE_AVAILABILITY in query.returns:
        elements[INSTANCE_AVAILABILITY] = _text(INSTANCE_AVAILABILITY, "CS", "ONLINE")
    item_returns = dict(query.item_returns)
    for tag in (*query.unique_keys, *query.returns):
        if tag in elements:
            continue
        vr, text = BY_TAG[tag].vr, found.get(tag, "")
        if vr == "SQ":
            wanted = item_returns.get(tag, BY_TAG[tag].items)
            elements[tag] = Element.of(tag, "SQ", _items(text, wanted, tag in item_returns))
        else:
            elements[tag] = _text(tag, vr, text)
    for tag, vr in query.unsupported:
        elements[tag] = Element.of(tag, "SQ", ()) if vr == "SQ" else Element(tag, vr)
    data_set = DataSet()
    for tag in sorted(elements):
        data_set.add(elements[tag])
    return data_set


def _text(tag: int, vr: str, text: str) -> Element:
    if vr == "US":
        raw = struct.pack("<H", int(text)) if text.isdigit() and int(text) < 65536 else b""
        return Element(tag, vr, raw)
    # As bytes, because a malformed IS or DA goes out as it came in.
    raw = text.encode("utf-8")
    if len(raw) % 2:
        raw += b"\0" if vr == "UI" else b" "
    return Element(tag, vr, raw)


def _items(text: str, wanted: tuple[int, ...], also_empty: bool) -> tuple[DataSet, ...]:
    items = []
    stored: list[Mapping[str, str]] = json.loads(text) if text else []
    for kept in stored:
        item = DataSet()
        for tag in wanted:
            value = kept.get(f"{tag:08X}", "")
            if value or also_empty:
                item.add(_text(tag, ITEM_VRS[tag], value))
        items.append(item)
    return tuple(items)
