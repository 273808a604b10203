"""Asking a peer, before a C-GET, in which SOP classes and transfer syntaxes it holds the instances.

C-GET negotiates before it is known what will come. Asked first (C-FIND, hierarchically, as every
archive understands it), the instances can be taken as they are kept.
"""

from __future__ import annotations

from filmroom.client.query import find
from filmroom.dicom import TRANSFER_SYNTAXES, DataSet
from filmroom.transport import Connection

__all__ = ["kinds_held"]

_LEVEL = 0x00080052
_SOP_CLASS_UID = 0x00080016
_AVAILABLE_TRANSFER_SYNTAX_UID = 0x00083002
_UNIQUE_KEYS = {
    "PATIENT": 0x00100020,
    "STUDY": 0x0020000D,
    "SERIES": 0x0020000E,
    "IMAGE": 0x00080018,
}
"""The unique key of each level, widest first (PS3.4 §C.6.1.1)."""


async def kinds_held(
    connection: Connection, sop_class_uid: str, identifier: DataSet, *, timeout: float
) -> list[tuple[str, str]]:
    """SOP class and transfer syntax of what a retrieve ``identifier`` names, each pair once.

    ``sop_class_uid`` is that of the C-FIND model. The transfer syntax is empty where the peer does
    not tell it. Raises DimseFailure when the peer cannot answer.
    """
    levels = list(_UNIQUE_KEYS)
    level = identifier.text(_LEVEL)
    found = [{key: identifier.text(key) for key in _UNIQUE_KEYS.values() if identifier.text(key)}]
    for below in levels[levels.index(level) + 1 : -1]:
        key = _UNIQUE_KEYS[below]
        found = [
            {**keys, key: match.text(key)}
            for entity in found
            for keys in _one_by_one(entity, level)
            async for match in find(
                connection, sop_class_uid, _asked(below, keys, key), timeout=timeout
            )
        ]
        level = below
    kinds: dict[tuple[str, str], None] = {}
    for entity in found:
        for keys in [entity] if level == "IMAGE" else _one_by_one(entity, level):
            asked = _asked("IMAGE", keys, _SOP_CLASS_UID, _AVAILABLE_TRANSFER_SYNTAX_UID)
            async for match in find(connection, sop_class_uid, asked, timeout=timeout):
                syntax = match.text(_AVAILABLE_TRANSFER_SYNTAX_UID)
                known = syntax if syntax in TRANSFER_SYNTAXES else ""
                kinds[match.text(_SOP_CLASS_UID), known] = None
    return [kind for kind in kinds if kind[0]]


def _one_by_one(entity: dict[int, str], level: str) -> list[dict[int, str]]:
    """A list of UIDs taken apart: above the level asked for, a unique key has one value."""
    key = _UNIQUE_KEYS[level]
    return [{**entity, key: uid} for uid in entity.get(key, "").split("\\") if uid]


def _asked(level: str, keys: dict[int, str], *returned: int) -> DataSet:
    identifier = DataSet()
    identifier.set(_LEVEL, "CS", level)
    for key in returned:
        identifier[key] = None
    for key, value in keys.items():
        identifier[key] = value
    return identifier
