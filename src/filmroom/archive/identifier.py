"""From a request identifier to a query: levels, hierarchy and the meaning of each key's text.

PS3.4 §C.4.1.1.3 (request identifier), §C.4.1.2 (hierarchical and relational), §C.2.2.2 (matching).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from filmroom.archive import values
from filmroom.archive.keys import BY_TAG, COMPUTED, DATE_TIME_PAIRS, ITEM_VRS, UNIQUE_KEYS, Level
from filmroom.archive.query import (
    AnyOf,
    CombinedRange,
    Condition,
    ListOfUID,
    Query,
    Range,
    Root,
    SequenceMatch,
    SingleValue,
    Wildcard,
)
from filmroom.errors import InvalidIdentifier

if TYPE_CHECKING:
    from filmroom.dicom.dataset import DataSet

__all__ = ["MAX_KEYS", "RESPONSE_TAGS", "combine", "condition_for", "parse_identifier"]

MAX_KEYS = 4096
"""Elements that an identifier may have at its top level: more than the standard has attributes
in all query models together."""

_CHARACTER_SET = 0x00080005
_LEVEL = 0x00080052
_VIEW = 0x00080053
RETRIEVE_AE_TITLE = 0x00080054
INSTANCE_AVAILABILITY = 0x00080056

RESPONSE_TAGS = frozenset((RETRIEVE_AE_TITLE, INSTANCE_AVAILABILITY))
"""What the server says about an entity, at every level: returned, never matched."""

_MATCHED_THOUGH_COMPUTED = frozenset((0x00080061, 0x00080062))
_UNSPLIT = frozenset(("LT", "ST", "UT"))
_UID = re.compile(r"[0-9.]{1,64}\Z", re.ASCII)
# An offset from UTC is at most 14 hours, so "2019-2020" can only be a range (PS3.4 §C.2.2.2.5.3).
_OFFSET = r"(?:[+-](?:0\d|1[0-4])[0-5]\d)?"
_DATETIME_RANGE = re.compile(rf"(\d[\d.]*{_OFFSET})?-(\d[\d.]*{_OFFSET})?\Z", re.ASCII)
_KEY = {"DA": values.date_key, "TM": values.time_key, "DT": values.datetime_key}


def condition_for(tag: int, vr: str, text: str) -> Condition | None:
    """What ``text`` asks of an attribute; ``None`` when it asks nothing (universal matching).

    Raises :class:`InvalidIdentifier` for a text that the VR does not allow as a key.
    """
    text = values.clean(text)
    if text.strip("*") == "" or ((vr == "DT" or vr in _KEY) and text == "-"):
        return None
    if vr == "UI":
        return _uids(tag, text)
    parts = text.split("\\") if "\\" in text and vr not in _UNSPLIT else [text]
    conditions = [_condition(tag, vr, part) for part in parts if part]
    if any(condition is None for condition in conditions):
        return None
    known = tuple(condition for condition in conditions if condition is not None)
    # LENIENT: several values in a key that is no UID, sent by many viewers without negotiation.
    return known[0] if len(known) == 1 else AnyOf(tag, known)


def _uids(tag: int, text: str) -> Condition:
    uids = tuple(uid for uid in text.split("\\") if uid)
    for uid in uids:
        if not _UID.match(uid):
            raise InvalidIdentifier(f"not a UID in key {_name(tag)}")
    return SingleValue(tag, uids[0]) if len(uids) == 1 else ListOfUID(tag, uids)


def _condition(tag: int, vr: str, text: str) -> SingleValue | Wildcard | Range | None:
    if text.strip("*") == "":
        return None
    if vr in _KEY:
        ends = _range_ends(vr, text)
        # LENIENT: "2020*" of old worklist screens; dates and times know no wild cards.
        if ends is None and ("*" in text or "?" in text):
            return Wildcard(tag, text)
        for end in (text,) if ends is None else ends:
            if end and not _KEY[vr](end):
                raise InvalidIdentifier(f"key {_name(tag)} is not a {vr} or a range of them")
        return SingleValue(tag, text) if ends is None else Range(tag, *ends)
    if "*" in text or "?" in text:
        return Wildcard(tag, text)
    return SingleValue(tag, text)


def _range_ends(vr: str, text: str) -> tuple[str, str] | None:
    if vr == "DT":
        if "-" not in text or (values.datetime_key(text) and not text.endswith("-")):
            return None
        match = _DATETIME_RANGE.match(text)
        return (match[1] or "", match[2] or "") if match else None
    low, dash, high = text.partition("-")
    return (low.strip(), high.strip()) if dash else None


def combine(conditions: list[Condition]) -> tuple[Condition, ...]:
    """``conditions`` with each range of dates and its range of times made one (§C.2.2.2.5.4)."""
    ranges = {c.tag: c for c in conditions if isinstance(c, Range)}
    combined: dict[int, CombinedRange] = {}
    for date, time in DATE_TIME_PAIRS.items():
        if date in ranges and time in ranges:
            days, hours = ranges[date], ranges[time]
            ends = (days.low, hours.low), (days.high, hours.high)
            combined[date] = CombinedRange(date, time, *ends)
    spent = {c.time_tag for c in combined.values()}
    return tuple(combined.get(c.tag, c) for c in conditions if c.tag not in spent)


def parse_identifier(
    identifier: DataSet,
    root: Root,
    *,
    relational: bool = False,
    combined_datetime: bool = False,
    retrieve: bool = False,
) -> Query:
    """See :meth:`Query.from_identifier`."""
    if len(identifier) > MAX_KEYS:
        raise InvalidIdentifier(f"{len(identifier)} keys, {MAX_KEYS} at most")
    level = _level(identifier, root)
    conditions: list[Condition] = []
    returns: list[int] = []
    item_returns: list[tuple[int, tuple[int, ...]]] = []
    unsupported: list[tuple[int, str]] = []
    unique = {UNIQUE_KEYS[lv] for lv in Level if root.top <= lv <= level}
    for element in identifier:
        tag = int(element.tag)
        if tag in (_CHARACTER_SET, _LEVEL, _VIEW) or tag & 0xFFFF == 0 or (tag >> 16) & 1:
            continue
        if retrieve and tag not in unique:
            continue
        attribute = BY_TAG.get(tag)
        if tag in RESPONSE_TAGS:
            returns.append(tag)
            continue
        if attribute is None or attribute.level > level:
            unsupported.append((tag, str(element.vr)))
            continue
        returns.append(tag)
        if attribute.vr == "SQ":
            match, wanted = _sequence(tag, identifier)
            conditions.extend(match)
            item_returns.extend(wanted)
        elif tag not in COMPUTED or tag in _MATCHED_THOUGH_COMPUTED:
            condition = condition_for(tag, attribute.vr, identifier.text(tag))
            if condition is not None:
                conditions.append(condition)
    _check_unique_keys(conditions, root, level, relational=relational, retrieve=retrieve)
    return Query(
        level=level,
        root=root,
        conditions=combine(conditions) if combined_datetime else tuple(conditions),
        returns=tuple(returns),
        item_returns=tuple(item_returns),
        unsupported=tuple(unsupported),
        relational=relational,
        combined_datetime=combined_datetime,
    )


def _level(identifier: DataSet, root: Root) -> Level:
    text = identifier.text(_LEVEL).strip()
    if not text:
        raise InvalidIdentifier("no Query/Retrieve Level (0008,0052)")
    level = Level.__members__.get(text)
    if level is None or level < root.top:
        raise InvalidIdentifier(f"Query/Retrieve Level (0008,0052) is none of {root.value} root's")
    return level


def _sequence(
    tag: int, identifier: DataSet
) -> tuple[list[Condition], list[tuple[int, tuple[int, ...]]]]:
    items = identifier.sequence(tag)
    if not items:
        return [], []
    # LENIENT: more than one item in a key; the standard allows one (§C.2.2.2.6), the first counts.
    item = items[0]
    kept = BY_TAG[tag].items
    conditions: list[SingleValue | Wildcard | ListOfUID | AnyOf] = []
    wanted: list[int] = []
    for element in item:
        inner = int(element.tag)
        if inner not in kept:
            continue
        wanted.append(inner)
        condition = condition_for(inner, ITEM_VRS[inner], item.text(inner))
        if isinstance(condition, SingleValue | Wildcard | ListOfUID | AnyOf):
            conditions.append(condition)
    found: list[Condition] = [SequenceMatch(tag, tuple(conditions))] if conditions else []
    return found, [(tag, tuple(wanted))] if wanted else []


def _check_unique_keys(
    conditions: list[Condition], root: Root, level: Level, *, relational: bool, retrieve: bool
) -> None:
    given = {c.tag for c in conditions if isinstance(c, SingleValue | ListOfUID)}
    if retrieve and UNIQUE_KEYS[level] not in given:
        raise InvalidIdentifier(f"unique key {_name(UNIQUE_KEYS[level])} of level {level} missing")
    if relational:
        return
    for upper in Level:
        # LENIENT: a list of UIDs above the level; the standard asks for a single one (§C.4.1.2.1).
        if root.top <= upper < level and UNIQUE_KEYS[upper] not in given:
            key = _name(UNIQUE_KEYS[upper])
            message = f"hierarchical query at level {level} without unique key {key} of {upper}"
            raise InvalidIdentifier(message)


def _name(tag: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
