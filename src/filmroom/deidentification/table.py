"""Which action an attribute gets under the options chosen (PS3.15 Table E.1-1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from filmroom.deidentification._actions import ACTIONS, PRIVATE, REPEATING, Row
from filmroom.deidentification.beyond import ACTIONS_BEYOND, KINDS, NEVER_SHIFTED, VR_ROWS
from filmroom.deidentification.options import Option
from filmroom.dicom.dictionary import lookup

__all__ = ["Action", "Decision", "decide", "resolve", "row_of"]


class Action(StrEnum):
    """What is done to an attribute; the letters are the standard's."""

    D = "D"
    """Replace with a dummy of non-zero length."""
    Z = "Z"
    """Replace with zero length."""
    X = "X"
    """Remove."""
    K = "K"
    """Keep; a sequence is gone through."""
    C = "C"
    """Replace with something of similar meaning that identifies nobody."""
    U = "U"
    """Replace a UID, the same one always with the same; a sequence is gone through."""


_BY_TYPE: dict[str, dict[str, Action]] = {
    "Z/D": {"1": Action.D, "2": Action.Z, "3": Action.Z, "": Action.D},
    "X/Z": {"1": Action.Z, "2": Action.Z, "3": Action.X, "": Action.Z},
    "X/D": {"1": Action.D, "2": Action.Z, "3": Action.X, "": Action.D},
    "X/Z/D": {"1": Action.D, "2": Action.Z, "3": Action.X, "": Action.D},
    "X/Z/U*": {"1": Action.U, "2": Action.Z, "3": Action.X, "": Action.U},
}
"""Actions that depend on the type of the attribute, by type; "" is unknown.

Where the type is unknown the object stays conformant whatever it is.
"""


@dataclass(frozen=True, slots=True)
class Decision:
    """An action, the option that asked for it, and what the profile alone would have done."""

    action: Action
    option: Option | None
    base: Action


def resolve(action: str, attribute_type: str = "") -> Action:
    """The one action that ``action``, as the table writes it, comes to.

    ``attribute_type`` is 1, 1C, 2, 2C or 3, or empty where it is unknown.
    """
    by_type = _BY_TYPE.get(action)
    return Action(action) if by_type is None else by_type[attribute_type[:1]]


@lru_cache(maxsize=16_384)
def row_of(tag: int) -> Row | None:
    """The row of ``tag``; None for what is kept as it is.

    An attribute that nobody knows is removed like a private one.
    """
    row = ACTIONS.get(tag) or ACTIONS_BEYOND.get(tag)
    if row is not None:
        return row
    if tag & 0x10000:
        return PRIVATE
    for mask, value, repeating in REPEATING:
        if tag & mask == value:
            return repeating
    entry = lookup(tag)
    if entry is None or not entry.vrs or tag >> 16 < 0x0008:
        return ("X", False, {})
    return None if tag in KINDS else VR_ROWS.get(entry.vrs[0])


@lru_cache(maxsize=65_536)
def decide(tag: int, options: frozenset[Option], attribute_type: str = "") -> Decision | None:
    """What to do with ``tag``; None says that it is kept as it is.

    What an option asks for goes before the profile, and cleaning before keeping.
    """
    row = row_of(tag)
    if row is None:
        return None
    basic, _, by_option = row
    base = resolve(basic, attribute_type)
    asked = [(by_option[option], option) for option in options if option in by_option]
    if not asked:
        return Decision(base, None, base)
    letter, option = min(asked)  # "C" comes before "K"
    if option is Option.RETAIN_MODIFIED_DATES and tag in NEVER_SHIFTED:
        return Decision(base, option, base)
    return Decision(Action(letter), option, base)
