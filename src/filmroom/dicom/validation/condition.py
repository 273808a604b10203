"""Conditions of Type 1C and 2C attributes and of conditional modules, as values with a name.

A condition says in words what it is, for the message, and decides it over a data set: True, False,
or None where the data set cannot tell (PS3.5 §7.4.2, §7.4.4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.dictionary import tag_for, uid_for
from filmroom.dicom.validation._iods import IODS, SOP_CLASSES

__all__ = [
    "Condition",
    "absent",
    "all_of",
    "any_of",
    "at_top",
    "differs",
    "equals",
    "exceeds",
    "filled",
    "includes",
    "pick",
    "points_to",
    "present",
    "root",
    "sop_class",
    "tag_of",
    "without_modules",
]

_SOP_CLASS_UID = 0x00080016


@dataclass(frozen=True, slots=True)
class Condition:
    """``text`` completes the sentence "required if ..."; ``holds`` decides, None is unknown."""

    text: str
    holds: Callable[[DataSet], bool | None]

    def named(self, text: str) -> Condition:
        """The same condition in other words."""
        return Condition(text, self.holds)

    def __and__(self, other: Condition) -> Condition:
        return all_of(self, other)

    def __or__(self, other: Condition) -> Condition:
        return any_of(self, other)

    def __invert__(self) -> Condition:
        return Condition(f"not: {self.text}", lambda data_set: _not(self.holds(data_set)))


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def tag_of(keyword: str) -> int:
    """The tag of a keyword of PS3.6; a keyword that is none is an error in the tables."""
    tag = tag_for(keyword)
    if tag is None:
        raise KeyError(keyword)
    return tag


def root(data_set: DataSet) -> DataSet:
    """The data set around all others that ``data_set`` is nested in."""
    while data_set.parent is not None:
        data_set = data_set.parent
    return data_set


def pick(data_set: DataSet, tag: int, number: int = 1) -> Any:
    """Value ``number`` of ``tag``, counted from 1; None where there are not as many."""
    values = data_set.values_of(tag)
    return values[number - 1] if len(values) >= number else None


def all_of(*conditions: Condition) -> Condition:
    """All of ``conditions``."""

    def holds(data_set: DataSet) -> bool | None:
        answers = [condition.holds(data_set) for condition in conditions]
        return False if False in answers else None if None in answers else True

    return Condition(" and ".join(condition.text for condition in conditions), holds)


def any_of(*conditions: Condition) -> Condition:
    """One of ``conditions``, or more."""

    def holds(data_set: DataSet) -> bool | None:
        answers = [condition.holds(data_set) for condition in conditions]
        return True if True in answers else None if None in answers else False

    return Condition(" or ".join(condition.text for condition in conditions), holds)


def present(*keywords: str) -> Condition:
    """At least one of the attributes is there, with or without a value."""
    tags = [tag_of(keyword) for keyword in keywords]
    return Condition(
        f"{' or '.join(keywords)} is present", lambda data_set: any(tag in data_set for tag in tags)
    )


def absent(*keywords: str) -> Condition:
    """None of the attributes is there."""
    tags = [tag_of(keyword) for keyword in keywords]
    verb = "is absent" if len(keywords) == 1 else "are absent"
    return Condition(
        f"{' and '.join(keywords)} {verb}",
        lambda data_set: not any(tag in data_set for tag in tags),
    )


def filled(keyword: str) -> Condition:
    """The attribute is there and has a value."""
    tag = tag_of(keyword)
    return Condition(f"{keyword} has a value", lambda data_set: bool(data_set.values_of(tag)))


def equals(keyword: str, *values: str | int, at: int = 1) -> Condition:
    """Value ``at`` of the attribute is one of ``values``; unknown where there is none."""
    tag = tag_of(keyword)

    def holds(data_set: DataSet) -> bool | None:
        value = pick(data_set, tag, at)
        return None if value is None else value in values

    return Condition(f"{_subject(keyword, at)} is {_listed(values)}", holds)


def differs(keyword: str, *values: str | int, at: int = 1) -> Condition:
    """Value ``at`` of the attribute is another than ``values``; unknown where there is none."""
    tag = tag_of(keyword)

    def holds(data_set: DataSet) -> bool | None:
        value = pick(data_set, tag, at)
        return None if value is None else value not in values

    return Condition(f"{_subject(keyword, at)} is other than {_listed(values)}", holds)


def includes(keyword: str, *values: str | int) -> Condition:
    """Any value of the attribute is one of ``values``; unknown where there is none."""
    tag = tag_of(keyword)

    def holds(data_set: DataSet) -> bool | None:
        present = data_set.values_of(tag)
        return any(value in values for value in present) if present else None

    return Condition(f"{keyword} includes {_listed(values)}", holds)


def exceeds(keyword: str, number: int) -> Condition:
    """The attribute is a number greater than ``number``; unknown where it is none."""
    tag = tag_of(keyword)

    def holds(data_set: DataSet) -> bool | None:
        value = pick(data_set, tag)
        return value > number if isinstance(value, int | float) else None

    return Condition(f"{keyword} is greater than {number}", holds)


def points_to(keyword: str, *targets: str) -> Condition:
    """The attribute, a pointer, names one of the ``targets``."""
    tag, tags = tag_of(keyword), [tag_of(target) for target in targets]
    return Condition(
        f"{keyword} points to {' or '.join(targets)}",
        lambda data_set: any(target in tags for target in data_set.values_of(tag)),
    )


def sop_class(*keywords: str) -> Condition:
    """The object is of one of the SOP classes."""
    uids = [uid_for(keyword) for keyword in keywords]
    if None in uids:
        raise KeyError(keywords)
    return Condition(
        f"the SOP class is {' or '.join(keywords)}",
        lambda data_set: root(data_set).text(_SOP_CLASS_UID) in uids,
    )


def without_modules(*endings: str) -> Condition:
    """The object is of a known SOP class that has no mandatory module so called."""

    def holds(data_set: DataSet) -> bool | None:
        iod = SOP_CLASSES.get(root(data_set).text(_SOP_CLASS_UID))
        if iod is None:
            return None
        return not any(usage == "M" and name.endswith(endings) for name, usage in IODS[iod[0]])

    return Condition(f"the SOP class has no module {' or '.join(endings)}", holds)


def at_top(condition: Condition) -> Condition:
    """``condition`` of the data set around, not of the item at hand."""
    return Condition(condition.text, lambda data_set: condition.holds(root(data_set)))


def _subject(keyword: str, at: int) -> str:
    return keyword if at == 1 else f"value {at} of {keyword}"


def _listed(values: tuple[str | int, ...]) -> str:
    return " or ".join(map(str, values))
