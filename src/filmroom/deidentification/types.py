"""The type of an attribute in the object that it stands in (PS3.5 §7.4, PS3.3 Annex A).

It decides between removing, emptying and a dummy where Table E.1-1 leaves that to the IOD.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from filmroom.dicom.validation.iods import SECTIONS, iod_of
from filmroom.dicom.validation.module import Attribute

__all__ = ["UNKNOWN_TYPES", "AttributeTypes", "types_of"]

_STRICTEST = ("1", "1C", "2", "2C", "3")


@dataclass(frozen=True, slots=True)
class AttributeTypes:
    """Types by tag in one data set; ``is_complete`` says that all its modules have tables."""

    rows: dict[int, tuple[Attribute, ...]] = field(default_factory=dict)
    is_complete: bool = False

    @classmethod
    def of(cls, rows: Iterable[Attribute], *, is_complete: bool = False) -> AttributeTypes:
        """The types in ``rows``; several of one tag come from several modules."""
        by_tag: dict[int, tuple[Attribute, ...]] = {}
        for row in rows:
            by_tag[row.tag] = (*by_tag.get(row.tag, ()), row)
        return cls(by_tag, is_complete)

    def type_of(self, tag: int) -> str:
        """The strictest type that a module gives ``tag``; empty where that is not known.

        Where some modules have no table here, one of them may be stricter than those that have.
        """
        found = (row.type for row in self.rows.get(tag, ()))
        strictest = min(found, key=_STRICTEST.index, default="3")
        return strictest if self.is_complete or strictest.startswith("1") else ""

    def inside(self, tag: int) -> AttributeTypes:
        """The types in the items of the sequence ``tag``."""
        items = [item for row in self.rows.get(tag, ()) for item in row.items]
        return AttributeTypes.of(items) if items else UNKNOWN_TYPES


UNKNOWN_TYPES = AttributeTypes()
"""Where nothing is known."""


@lru_cache(maxsize=256)
def types_of(sop_class_uid: str) -> AttributeTypes:
    """The types in objects of a SOP class; of classes without tables nothing is known."""
    iod = iod_of(sop_class_uid)
    if iod is None:
        return UNKNOWN_TYPES
    rows = [row for usage in iod.usages if usage.module for row in usage.module.rows]
    return AttributeTypes.of(rows, is_complete=iod.short in SECTIONS)
