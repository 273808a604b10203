"""The shape of the tables of PS3.3: modules, their attributes with types, nested ones in items.

A table lists what can be checked: attributes of Type 1, 1C, 2 and 2C, and those of Type 3 that
have enumerated values or items with requirements of their own. A 1C or 2C without a condition is
one whose condition no data set can tell, as "if contrast media was used": where it is present, it
is checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from filmroom.dicom.validation.condition import Condition, tag_of

__all__ = ["Attribute", "Enumerated", "Module", "Type", "attribute"]

Type = Literal["1", "1C", "2", "2C", "3"]
"""The data element types of PS3.5 §7.4."""

Enumerated = tuple[str | int, ...]
"""Enumerated Values: no other value is allowed (PS3.3 §5)."""

_NONE: Mapping[int, Enumerated] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Attribute:
    """A row: ``when`` an attribute of Type 1C or 2C is required, ``never`` when it is forbidden."""

    tag: int
    keyword: str
    type: Type
    when: Condition | None = None
    never: Condition | None = None
    values: Enumerated = ()
    """What each of its values may be; empty where that is open."""
    at: Mapping[int, Enumerated] = field(default_factory=lambda: _NONE)
    """What single values may be, by their number, counted from 1."""
    items: tuple[Attribute, ...] = ()
    """Of a sequence, the rows of its items."""
    most: int | None = None
    """Of a sequence, how many items it may have."""

    @property
    def is_required(self) -> bool:
        """Whether the attribute must be there whatever the others are."""
        return self.type in ("1", "2")

    @property
    def needs_value(self) -> bool:
        """Whether, where it is present, it must have a value."""
        return self.type in ("1", "1C")


def attribute(
    keyword: str,
    type_: Type,
    *,
    when: Condition | None = None,
    only: Condition | None = None,
    never: Condition | None = None,
    values: Enumerated = (),
    at: Mapping[int, Enumerated] = _NONE,
    items: tuple[Attribute, ...] = (),
    most: int | None = None,
) -> Attribute:
    """A row of a table.

    ``when`` tells when an attribute is required, ``never`` when it shall not be present; ``only``
    is both: required if, and shall not be present otherwise.
    """
    if only is not None:
        when, never = only, Condition(f"unless {only.text}", (~only).holds)
    elif never is not None:
        never = Condition(f"if {never.text}", never.holds)
    return Attribute(tag_of(keyword), keyword, type_, when, never, values, at, items, most)


@dataclass(frozen=True, slots=True)
class Module:
    """A module or macro of PS3.3 Annex C: its name, its section, its rows."""

    name: str
    section: str
    rows: tuple[Attribute, ...] = ()

    @property
    def clause(self) -> str:
        """The section as findings name it."""
        return self.section if self.section.startswith("PS") else f"PS3.3 §{self.section}"

    @property
    def is_specific(self) -> bool:
        """Whether it is of one modality: its rows come before those of general modules."""
        return self.section.startswith("C.8.")
