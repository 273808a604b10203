"""What the index keeps of one instance: its attributes as text, and where its bytes lie."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filmroom.archive.keys import ATTRIBUTES, BY_TAG, Attribute
from filmroom.archive.values import clean

if TYPE_CHECKING:
    from filmroom.dicom.dataset import DataSet
    from filmroom.dicom.scanner import Scanner

__all__ = ["WANTED_TAGS", "InstanceLocation", "InstanceRecord", "extract"]

_CHARACTER_SET = 0x00080005
_OBJECT_ATTRIBUTES: tuple[Attribute, ...] = tuple(a for a in ATTRIBUTES if not a.computed)

WANTED_TAGS: frozenset[int] = frozenset(a.tag for a in _OBJECT_ATTRIBUTES) | {_CHARACTER_SET}
"""What the scanner picks out of the stream."""

_LONGEST_TEXT = 10240
"""Characters that the index keeps of one value: the limit of LT (PS3.5 §6.2)."""


@dataclass(frozen=True, slots=True)
class InstanceRecord:
    """One instance on its way into the index.

    ``values`` holds text by tag, several values joined by backslashes, sequences as JSON (a list
    of items, each ``{"GGGGEEEE": text}``); absent and empty attributes are missing.
    ``digest`` is the xxh3_128 of the data set's bytes (without the file meta information),
    ``size`` counts all bytes of the blob, ``received_at`` seconds since 1970.
    """

    values: Mapping[int, str]
    sop_class_uid: str
    sop_instance_uid: str
    series_instance_uid: str
    study_instance_uid: str
    transfer_syntax_uid: str
    blob_key: str
    size: int
    data_set_offset: int
    digest: str
    source_ae: str
    received_at: float


@dataclass(frozen=True, slots=True)
class InstanceLocation:
    """Where the bytes of one instance lie, and what is needed to send or check them."""

    sop_class_uid: str
    sop_instance_uid: str
    study_instance_uid: str
    series_instance_uid: str
    transfer_syntax_uid: str
    blob_key: str
    size: int
    data_set_offset: int
    digest: str


def extract(scanner: Scanner) -> dict[int, str]:
    """The texts by tag of what ``scanner`` found; malformed values are kept as they are."""
    found = scanner.values
    texts: dict[int, str] = {}
    data_set: DataSet | None = None
    for tag, raw in found.items():
        attribute = BY_TAG.get(tag)
        if attribute is None or not raw:
            continue
        vr = attribute.vr
        if vr == "US":
            order = "<" if scanner.transfer_syntax.little_endian else ">"
            text = str(struct.unpack_from(f"{order}H", raw)[0]) if len(raw) >= 2 else ""
        elif vr != "SQ" and raw.isascii() and b"\x1b" not in raw:
            # Nearly every value is plain ASCII, whatever the character set says.
            text = clean(raw.decode("ascii"))
        else:
            if data_set is None:
                data_set = scanner.data_set()
            text = _items(data_set, attribute) if vr == "SQ" else clean(data_set.text(tag))
        if text:
            texts[tag] = text[:_LONGEST_TEXT] if vr != "SQ" else text
    return texts


def _items(data_set: DataSet, attribute: Attribute) -> str:
    items = []
    for item in data_set.sequence(attribute.tag):
        texts = {f"{tag:08X}": clean(item.text(tag)) for tag in attribute.items}
        items.append({tag: text for tag, text in texts.items() if text})
    return json.dumps(items, ensure_ascii=False, separators=(",", ":")) if any(items) else ""
