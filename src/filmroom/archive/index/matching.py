# ruff: noqa: S608 - table and column names are our own, values are always parameters
"""From conditions to SQL: one WHERE clause a condition, values always as parameters.

PS3.4 §C.2.2.2. Text compares as it was sent; names, dates, times and integers compare in their key
form (:mod:`filmroom.archive.values`). A wild card with letters before it is bounded from both
sides as well, so that an index serves it.
"""

from __future__ import annotations

import json
import re

from filmroom.archive import values
from filmroom.archive.keys import BY_TAG, ITEM_VRS, Attribute, Level
from filmroom.archive.query import (
    AnyOf,
    CombinedRange,
    Condition,
    ListOfUID,
    Range,
    SequenceMatch,
    SingleValue,
    Wildcard,
)

__all__ = ["any_value_matches", "clause", "levels_of"]

Clause = tuple[str, list[object]]

_LAST = "\U0010ffff"
_CEILING = {"TM": values.time_ceiling, "DT": values.datetime_ceiling}
_TEMPORAL = frozenset(("DA", "TM", "DT"))
_MANY = 32
_COVERED = frozenset(("patient.patient_id", "patient.patient_name_alphabetic"))
"""Columns whose index alone answers an unanchored wild card."""


def levels_of(condition: Condition) -> Level:
    """The level whose table the condition reads."""
    return BY_TAG[condition.tag].level


def clause(condition: Condition) -> Clause:
    """The SQL that is true where ``condition`` matches, and its parameters."""
    attribute = BY_TAG[condition.tag]
    column = f"{attribute.level.table}.{attribute.column}"
    match condition:
        case AnyOf(_, conditions):
            return _join([clause(c) for c in conditions], " OR ")
        case ListOfUID(_, uids):
            if attribute.multiple:
                return _join([_multiple(attribute, column, uid) for uid in uids], " OR ")
            return _in_list(column, uids)
        case SequenceMatch(_, conditions):
            return _item(column, conditions)
        case CombinedRange():
            return _combined(condition)
        case Range(_, low, high):
            return _range(f"{column}_key", attribute.vr, low, high)
        case SingleValue(_, value):
            if attribute.multiple:
                return _multiple(attribute, column, value)
            if attribute.vr == "PN":
                return _name(column, value, wildcard=False)
            if attribute.vr in _TEMPORAL:
                return _range(f"{column}_key", attribute.vr, value, value)
            if attribute.vr == "IS":
                return f"{column}_key = ?", [values.integer_key(value)]
            return f"{column} = ?", [value]
        case Wildcard(_, pattern):
            if attribute.multiple:
                return _multiple(attribute, column, pattern)
            if attribute.vr == "PN":
                return _name(column, pattern, wildcard=True)
            if attribute.vr in _TEMPORAL:
                return _glob(f"{column}_key", pattern.replace(".", "").replace(":", ""))
            return _glob(column, pattern)


def _join(clauses: list[Clause], word: str) -> Clause:
    sql = word.join(f"({text})" for text, _ in clauses)
    return f"({sql})", [parameter for _, parameters in clauses for parameter in parameters]


def _in_list(column: str, uids: tuple[str, ...]) -> Clause:
    if len(uids) <= _MANY:
        return f"{column} IN ({','.join('?' * len(uids))})", list(uids)
    return f"{column} IN (SELECT value FROM json_each(?))", [json.dumps(uids)]


def _glob(column: str, pattern: str) -> Clause:
    sql, parameters = f"{column} GLOB ?", [pattern.replace("[", "[[]")]
    prefix = re.split(r"[*?]", pattern, maxsplit=1)[0]
    if not prefix:
        if column in _COVERED:
            # Scanned in the index alone, a tenth of the table's size.
            sql = f"patient.patient_pk IN (SELECT patient_pk FROM patient WHERE {sql})"
        return sql, list(parameters)
    return f"{sql} AND {column} >= ? AND {column} < ?", [*parameters, prefix, prefix + _LAST]


def _name(column: str, text: str, *, wildcard: bool) -> Clause:
    """Groups are compared with groups; a text of one group with those that may be meant."""
    keys = values.name_keys(text)

    def one(group: str, key: str) -> Clause:
        if wildcard and ("*" in key or "?" in key):
            found = _glob(f"{column}_{group}", key)
            # "DOE^*" means "DOE" too: empty components at the end may be left out (PS3.5 §6.2.1).
            shorter = key[:-2].rstrip("^") if key.endswith("^*") else ""
            return _join([found, one(group, shorter)], " OR ") if shorter else found
        return f"{column}_{group} = ?", [key]

    groups = ("alphabetic", "ideographic", "phonetic")
    if "=" in text:
        given = [(g, k) for g, k in zip(groups, keys, strict=True) if k.strip("*")]
        return _join([one(g, k) for g, k in given], " AND ") if given else ("1", [])
    if keys[0].isascii():
        return one("alphabetic", keys[0])
    clauses = [one("alphabetic", keys[0])]
    # The partial indexes of the other groups serve only where the query says the same.
    for group in groups[1:]:
        sql, parameters = one(group, keys[0])
        clauses.append((f"{sql} AND {column}_{group} > ''", parameters))
    return _join(clauses, " OR ")


def _range(column: str, vr: str, low: str, high: str) -> Clause:
    # The key form of a malformed or absent value is empty, which lies in no range.
    sql, parameters = f"{column} >= ?", [values.key_form(vr, low) if low else "0"]
    if high:
        ceiling = _CEILING.get(vr, values.date_key)
        return f"{sql} AND {column} <= ?", [*parameters, ceiling(high)]
    return sql, list(parameters)


def _combined(condition: CombinedRange) -> Clause:
    table = BY_TAG[condition.tag].level.table
    date = f"{table}.{BY_TAG[condition.tag].column}_key"
    time = f"{table}.{BY_TAG[condition.time_tag].column}_key"
    # A study without a time counts as of the day's first moment.
    moment = f"{date} || CASE {time} WHEN '' THEN '000000.000000' ELSE {time} END"
    sql, parameters = _range(date, "DA", condition.low[0], condition.high[0])
    clauses: list[Clause] = [(sql, parameters)]
    if condition.low[0] and condition.low[1]:
        low = values.date_key(condition.low[0]) + values.time_key(condition.low[1])
        clauses.append((f"{moment} >= ?", [low]))
    if condition.high[0] and condition.high[1]:
        high = values.date_key(condition.high[0]) + values.time_ceiling(condition.high[1])
        clauses.append((f"{moment} <= ?", [high]))
    # An end without a date bounds nothing together: its time then stands alone.
    for side, (day, hour) in enumerate((condition.low, condition.high)):
        if hour and not day:
            clauses.append(_range(time, "TM", *((hour, "") if side == 0 else ("", hour))))
    return _join(clauses, " AND ")


def _multiple(attribute: Attribute, column: str, text: str) -> Clause:
    if attribute.vr == "PN":
        key = next((key for key in values.name_keys(text) if key), text)
        return f"any_value_matches({column}, ?, 1)", [key]
    if "*" in text or "?" in text:
        return f"any_value_matches({column}, ?, 0)", [text]
    return f"instr('\\' || {column} || '\\', ?) > 0", [f"\\{text}\\"]


def any_value_matches(stored: str, pattern: str, is_name: int) -> int:
    """SQL function: whether one of the values matches, of names one of the groups."""
    expression = re.compile(_as_regex(pattern), re.DOTALL)
    for value in stored.split("\\"):
        candidates = [k for k in values.name_keys(value) if k] if is_name else [value]
        if value and any(expression.fullmatch(candidate) for candidate in candidates):
            return 1
    return 0


def _as_regex(pattern: str) -> str:
    pieces = {"*": ".*", "?": "."}
    return "".join(pieces.get(c) or re.escape(c) for c in pattern)


def _item(
    column: str, conditions: tuple[SingleValue | Wildcard | ListOfUID | AnyOf, ...]
) -> Clause:
    clauses = [_in_item(condition) for condition in conditions]
    sql, parameters = _join(clauses, " AND ")
    return f"{column} > '' AND EXISTS (SELECT 1 FROM json_each({column}) AS item WHERE {sql})", (
        parameters
    )


def _in_item(condition: Condition) -> Clause:
    value = f"coalesce(json_extract(item.value, '$.\"{condition.tag:08X}\"'), '')"
    assert condition.tag in ITEM_VRS
    match condition:
        case SingleValue(_, text):
            return f"{value} = ?", [text]
        case ListOfUID(_, uids):
            return _in_list(value, uids)
        case Wildcard(_, pattern):
            return f"{value} GLOB ?", [pattern.replace("[", "[[]")]
        case AnyOf(_, conditions):
            return _join([_in_item(c) for c in conditions], " OR ")
        case _:
            raise AssertionError(condition)
