"""The one query model behind C-FIND, C-MOVE, C-GET, QIDO-RS and the study browser.

PS3.4 §C.2.2 defines the kinds of matching, §C.4.1 what an identifier holds, §C.6 which keys belong
to which level. A universal match constrains nothing, so it appears only in ``Query.returns``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from filmroom.archive.keys import BY_TAG, UNIQUE_KEYS, Level
from filmroom.errors import InvalidIdentifier

if TYPE_CHECKING:
    from filmroom.dicom.dataset import DataSet

__all__ = [
    "AnyOf",
    "CombinedRange",
    "Condition",
    "ListOfUID",
    "Query",
    "Range",
    "Root",
    "SequenceMatch",
    "SingleValue",
    "Wildcard",
]


class Root(Enum):
    """The information model: in Study Root the patient's attributes belong to the study level."""

    PATIENT = "PATIENT"
    STUDY = "STUDY"

    @property
    def top(self) -> Level:
        """The widest level of the model."""
        return Level.PATIENT if self is Root.PATIENT else Level.STUDY


@dataclass(frozen=True, slots=True)
class SingleValue:
    """Single value matching, PS3.4 §C.2.2.2.1; a TM or DT matches all that its precision covers."""

    tag: int
    value: str


@dataclass(frozen=True, slots=True)
class ListOfUID:
    """List of UID matching, PS3.4 §C.2.2.2.2; the list may hold thousands."""

    tag: int
    uids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Wild card matching, PS3.4 §C.2.2.2.4: ``*`` any characters, ``?`` exactly one."""

    tag: int
    pattern: str


@dataclass(frozen=True, slots=True)
class Range:
    """Range matching of DA, TM, DT, PS3.4 §C.2.2.2.5; both ends belong to it, empty is open."""

    tag: int
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class CombinedRange:
    """One range over a date and its time together, where negotiated (PS3.4 §C.2.2.2.5.4)."""

    tag: int
    time_tag: int
    low: tuple[str, str]
    high: tuple[str, str]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Several values in one key, each of which may match (multiple value matching, §C.2.2.3)."""

    tag: int
    conditions: tuple[SingleValue | Wildcard | Range, ...]


@dataclass(frozen=True, slots=True)
class SequenceMatch:
    """Sequence matching, PS3.4 §C.2.2.2.6: one item must meet all the conditions."""

    tag: int
    conditions: tuple[SingleValue | Wildcard | ListOfUID | AnyOf, ...]


Condition: TypeAlias = (
    SingleValue | ListOfUID | Wildcard | Range | CombinedRange | AnyOf | SequenceMatch
)


@dataclass(frozen=True, slots=True)
class Query:
    """A question to the index.

    ``returns`` are the attributes asked for that the index has; ``item_returns`` narrows those
    of a sequence's items; ``unsupported`` (tag and VR) are asked for and come back empty.
    ``limit`` and ``offset`` count matches; the order is the same for the same query.
    """

    level: Level
    root: Root = Root.STUDY
    conditions: tuple[Condition, ...] = ()
    returns: tuple[int, ...] = ()
    item_returns: tuple[tuple[int, tuple[int, ...]], ...] = ()
    unsupported: tuple[tuple[int, str], ...] = ()
    relational: bool = False
    combined_datetime: bool = False
    limit: int | None = None
    offset: int = 0

    @property
    def unique_keys(self) -> tuple[int, ...]:
        """The unique keys that every response carries: this level's and those above it."""
        return tuple(UNIQUE_KEYS[lv] for lv in Level if self.root.top <= lv <= self.level)

    @classmethod
    def build(
        cls,
        level: Level,
        keys: Mapping[int, str] | None = None,
        *,
        returns: tuple[int, ...] = (),
        root: Root = Root.STUDY,
        combined_datetime: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> Query:
        """A relational query from texts by tag, as a person or a URL writes them.

        Raises :class:`InvalidIdentifier` for a key that this level does not have and for a value
        that its VR does not allow.
        """
        from filmroom.archive.identifier import combine, condition_for

        conditions: list[Condition] = []
        for tag, text in (keys or {}).items():
            attribute = BY_TAG.get(tag)
            if attribute is None or attribute.level > level:
                message = f"no key ({tag >> 16:04X},{tag & 0xFFFF:04X}) at level {level}"
                raise InvalidIdentifier(message)
            condition = condition_for(tag, attribute.vr, text)
            if condition is not None:
                conditions.append(condition)
        return cls(
            level=level,
            root=root,
            conditions=combine(conditions) if combined_datetime else tuple(conditions),
            returns=tuple(sorted({*returns, *(keys or ())})),
            relational=True,
            combined_datetime=combined_datetime,
            limit=limit,
            offset=offset,
        )

    @classmethod
    def from_identifier(
        cls,
        identifier: DataSet,
        root: Root,
        *,
        relational: bool = False,
        combined_datetime: bool = False,
        retrieve: bool = False,
    ) -> Query:
        """The query that the identifier of a C-FIND request asks, PS3.4 §C.4.1.

        With ``retrieve`` the identifier is that of a C-MOVE or C-GET (§C.4.2.1.4): only unique
        keys count, and the level's own must be given. Raises :class:`InvalidIdentifier` for a
        missing or wrong level, missing unique keys of the levels above (unless ``relational``)
        and values that their VR does not allow.
        """
        from filmroom.archive.identifier import parse_identifier

        return parse_identifier(
            identifier,
            root,
            relational=relational,
            combined_datetime=combined_datetime,
            retrieve=retrieve,
        )
