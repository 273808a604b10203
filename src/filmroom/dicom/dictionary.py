"""The data dictionary: what a tag or a UID means (PS3.6), private ones by their creator.

The tables are generated (``_elements``, ``_uids``, ``_storage``); here is how to look into them.
Private dictionaries are values that the caller passes along: there is no registry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from filmroom.dicom._elements import ELEMENTS, REPEATING, Row
from filmroom.dicom._storage import STORAGE
from filmroom.dicom._uids import UIDS
from filmroom.dicom.vr import VR

__all__ = [
    "NO_PRIVATE_DICTIONARY",
    "STORAGE_SOP_CLASSES",
    "Entry",
    "PrivateDictionary",
    "is_wrong_vr",
    "lookup",
    "tag_for",
    "uid_for",
    "uid_keyword",
    "uid_name",
    "uid_type",
]

STORAGE_SOP_CLASSES: Mapping[str, tuple[str, str]] = STORAGE
"""Keyword and name of every Storage SOP class by UID (PS3.4 Annex B)."""

TAG_BY_KEYWORD = {row[0]: tag for tag, row in ELEMENTS.items() if row[0]}
"""Tags of PS3.6 by their keywords."""
_UID_BY_KEYWORD = {row[0]: uid for uid, row in UIDS.items() if row[0]}


@dataclass(frozen=True, slots=True)
class Entry:
    """What the dictionary says of a tag; several VRs mean that the context decides.

    Delimiters and items (group FFFE) have no VR at all.
    """

    tag: int
    keyword: str
    vrs: tuple[VR, ...]
    vm: str
    name: str
    retired: bool = False

    @property
    def single_valued(self) -> bool:
        """Whether the VM is exactly one."""
        return self.vm == "1"


@dataclass(frozen=True, slots=True)
class PrivateDictionary:
    """Private elements by creator; keys of each creator are ``0xGGGG00EE`` without the block.

    ``PrivateDictionary({"ACME 1.1": {0x00290010: Entry(...)}})``; see :meth:`of`.
    """

    creators: Mapping[str, Mapping[int, Entry]] = field(default_factory=dict)

    @classmethod
    def of(cls, creator: str, entries: Iterable[tuple[int, str, VR, str]]) -> PrivateDictionary:
        """A dictionary of one creator from rows of tag (``0xGGGGxxEE``), keyword, VR and VM."""
        table = {
            tag & 0xFFFF00FF: Entry(tag & 0xFFFF00FF, keyword, (vr,), vm, keyword)
            for tag, keyword, vr, vm in entries
        }
        return cls({creator: table})

    def __or__(self, other: PrivateDictionary) -> PrivateDictionary:
        merged = {name: dict(table) for name, table in self.creators.items()}
        for name, table in other.creators.items():
            merged.setdefault(name, {}).update(table)
        return PrivateDictionary(merged)

    def lookup(self, creator: str, tag: int) -> Entry | None:
        """The entry of a private ``tag`` in a block that ``creator`` reserved."""
        table = self.creators.get(creator)
        return None if table is None else table.get(tag & 0xFFFF00FF)


NO_PRIVATE_DICTIONARY = PrivateDictionary()
"""The dictionary that knows no private element."""


def _entry(tag: int, row: Row) -> Entry:
    keyword, vrs, vm, name, retired = row
    return Entry(tag, keyword, tuple(map(VR, vrs.split(" or "))) if vrs else (), vm, name, retired)


@lru_cache(maxsize=8192)
def lookup(tag: int) -> Entry | None:
    """The entry of ``tag``, or None where PS3.6 has none.

    Knows the repeating groups (PS3.5 §7.6), group lengths (UL, §7.2) and private creators (LO,
    §7.8.1); of other private elements it says nothing: see :class:`PrivateDictionary`.
    """
    row = ELEMENTS.get(tag)
    if row is not None:
        return _entry(tag, row)
    if tag & 0x10000:
        if 0x10 <= tag & 0xFFFF <= 0xFF:
            return Entry(tag, "PrivateCreator", (VR.LO,), "1", "Private Creator")
        if tag & 0xFFFF == 0:
            return Entry(tag, "PrivateGroupLength", (VR.UL,), "1", "Private Group Length", True)
        return None
    for mask, value, repeating in REPEATING:
        if tag & mask == value:
            return _entry(tag, repeating)
    if tag & 0xFFFF == 0:
        return Entry(tag, "GenericGroupLength", (VR.UL,), "1", "Generic Group Length", True)
    return None


@lru_cache(maxsize=8192)
def is_wrong_vr(tag: int, vr: VR) -> bool:
    """Whether the dictionary knows ``tag``, and not with ``vr``; UN may stand for any."""
    entry = lookup(tag)
    return entry is not None and bool(entry.vrs) and vr not in entry.vrs and vr is not VR.UN


def tag_for(keyword: str) -> int | None:
    """The tag of a keyword of PS3.6, or None."""
    return TAG_BY_KEYWORD.get(keyword)


def uid_for(keyword: str) -> str | None:
    """The registered UID of a keyword, or None."""
    return _UID_BY_KEYWORD.get(keyword)


def uid_name(uid: str) -> str:
    """The registered name of ``uid``, or ``uid`` itself."""
    row = UIDS.get(uid)
    return uid if row is None else row[2]


def uid_keyword(uid: str) -> str:
    """The registered keyword of ``uid``, or an empty string."""
    row = UIDS.get(uid)
    return "" if row is None else row[0]


def uid_type(uid: str) -> str:
    """What kind of thing ``uid`` names ("SOP Class", "Transfer Syntax", ...), or nothing."""
    row = UIDS.get(uid)
    return "" if row is None else row[1]
