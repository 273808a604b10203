"""The content tree of SR documents: items, their values and relationships (PS3.3 §C.17.3, §A.35).

Which value types may stand in which relationship to which others is a table of each IOD.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.validation.attributes import check_rows
from filmroom.dicom.validation.finding import Findings, Location
from filmroom.dicom.validation.module import attribute
from filmroom.dicom.validation.modules.document import CONTENT_ROWS

__all__ = ["CONTENT_CONSTRAINTS", "Constraints", "check_content_tree"]

_CONTENT_SEQUENCE = 0x0040A730
_VALUE_TYPE = 0x0040A040
_RELATIONSHIP_TYPE = 0x0040A010
_REFERENCED_CONTENT_ITEM = 0x0040DB73
_CONCEPT_NAME = 0x0040A043
_GRAPHIC_TYPE = 0x00700023
_CLAUSE = "PS3.3 §C.17.3"

_NAMED = frozenset({"TEXT", "NUM", "CODE", "DATETIME", "DATE", "TIME", "UIDREF", "PNAME"})
"""Value types that need a concept name (PS3.3 §C.17.3.2.2)."""

_GRAPHIC_TYPES = {
    "SCOORD": ("POINT", "MULTIPOINT", "POLYLINE", "CIRCLE", "ELLIPSE"),
    "SCOORD3D": ("POINT", "MULTIPOINT", "POLYLINE", "POLYGON", "ELLIPSE", "ELLIPSOID"),
}
"""PS3.3 §C.18.6.1.2 and §C.18.9.1.2."""

RELATIONSHIP_TYPES = (
    "CONTAINS",
    "HAS PROPERTIES",
    "HAS OBS CONTEXT",
    "HAS ACQ CONTEXT",
    "INFERRED FROM",
    "SELECTED FROM",
    "HAS CONCEPT MOD",
)

_RELATIONSHIP = (attribute("RelationshipType", "1", values=RELATIONSHIP_TYPES),)
_BY_VALUE = (attribute("ValueType", "1"), *CONTENT_ROWS)

Types = frozenset[str]


def _types(text: str) -> Types:
    return frozenset(text.split())


_ANY = _types("")
_CONTEXT = _types("TEXT CODE DATETIME DATE TIME UIDREF PNAME")
_NUMERIC_CONTEXT = _CONTEXT | {"NUM"}
_OBJECTS = _types("COMPOSITE IMAGE WAVEFORM")
_COORDINATES = _types("SCOORD TCOORD")
_PLAIN = _types("TEXT CODE NUM")


@dataclass(frozen=True, slots=True)
class Constraints:
    """What the content of one IOD may be: value types, and relationships between them.

    ``relationships`` has a row for each of the standard's: source types (none: any), relationship,
    target types.
    """

    section: str
    value_types: Types
    relationships: tuple[tuple[Types, str, Types], ...]
    by_reference: bool = False

    def allows(self, source: str, relationship: str, target: str) -> bool:
        """Whether the table of the IOD has a row for it."""
        return any(
            relationship == name and (not sources or source in sources) and target in targets
            for sources, name, targets in self.relationships
        )


_CONTAINER = _types("CONTAINER")
_ACQUIRED = _CONTAINER | _OBJECTS
_NAMES = (_types("PNAME"), "HAS PROPERTIES", _CONTEXT)
_MODIFIERS = (_ANY, "HAS CONCEPT MOD", _types("TEXT CODE"))


def _selected(*coordinates: str) -> tuple[tuple[Types, str, Types], ...]:
    return (
        (_types("SCOORD"), "SELECTED FROM", _types("IMAGE")),
        (_types("TCOORD"), "SELECTED FROM", _types("IMAGE WAVEFORM") | set(coordinates)),
    )


def _comprehensive(section: str, *coordinates: str) -> Constraints:
    """The table that Comprehensive and Comprehensive 3D SR share but for their coordinates."""
    values = _NUMERIC_CONTEXT | _OBJECTS | _CONTAINER | {"TCOORD", *coordinates}
    return Constraints(
        section,
        values,
        (
            (_CONTAINER, "CONTAINS", values),
            (_PLAIN | _CONTAINER, "HAS OBS CONTEXT", _NUMERIC_CONTEXT | {"COMPOSITE"}),
            (_CONTAINER, "HAS OBS CONTEXT", _CONTAINER),
            (_ACQUIRED | {"NUM"}, "HAS ACQ CONTEXT", _NUMERIC_CONTEXT | _CONTAINER),
            _MODIFIERS,
            (_PLAIN, "HAS PROPERTIES", values),
            _NAMES,
            (_PLAIN, "INFERRED FROM", values),
            *_selected(*coordinates),
        ),
        by_reference=True,
    )


_BASIC = _CONTEXT | _OBJECTS
_ENHANCED = _NUMERIC_CONTEXT | _OBJECTS | _COORDINATES

CONTENT_CONSTRAINTS: Mapping[str, Constraints] = {
    "basic-text-sr": Constraints(
        "A.35.1.3.1",
        _BASIC | _CONTAINER,
        (
            (_CONTAINER, "CONTAINS", _BASIC | _CONTAINER),
            (_CONTAINER, "HAS OBS CONTEXT", _CONTEXT | {"COMPOSITE"}),
            (_ACQUIRED, "HAS ACQ CONTEXT", _CONTEXT),
            _MODIFIERS,
            (_types("TEXT"), "HAS PROPERTIES", _BASIC),
            _NAMES,
            (_types("TEXT"), "INFERRED FROM", _BASIC),
        ),
    ),
    "enhanced-sr": Constraints(
        "A.35.2.3.1",
        _ENHANCED | _CONTAINER,
        (
            (_CONTAINER, "CONTAINS", _ENHANCED | _CONTAINER),
            (_CONTAINER, "HAS OBS CONTEXT", _NUMERIC_CONTEXT | {"COMPOSITE"}),
            (_ACQUIRED | {"NUM"}, "HAS ACQ CONTEXT", _NUMERIC_CONTEXT),
            _MODIFIERS,
            (_PLAIN, "HAS PROPERTIES", _ENHANCED),
            _NAMES,
            (_PLAIN, "INFERRED FROM", _ENHANCED),
            *_selected("SCOORD"),
        ),
    ),
    "comprehensive-sr": _comprehensive("A.35.3.3.1", "SCOORD"),
    "comprehensive-3d-sr": _comprehensive("A.35.13.3.1", "SCOORD", "SCOORD3D"),
    "key-object-selection-document": Constraints(
        "A.35.4.3.1",
        _types("TEXT CODE UIDREF PNAME COMPOSITE IMAGE WAVEFORM CONTAINER"),
        (
            (_CONTAINER, "CONTAINS", _types("TEXT IMAGE WAVEFORM COMPOSITE")),
            (_CONTAINER, "HAS OBS CONTEXT", _types("TEXT CODE UIDREF PNAME")),
            (_CONTAINER, "HAS CONCEPT MOD", _types("CODE")),
        ),
    ),
}
"""Content constraints by the short name of the IOD; of others the items are checked alone."""


def check_content_tree(data_set: DataSet, iod: str, findings: Findings) -> None:
    """Check the content items below the root; the root itself is the SR Document Content Module."""
    _check_children(data_set, CONTENT_CONSTRAINTS.get(iod), Location(), findings)


def _check_children(
    source: DataSet, constraints: Constraints | None, location: Location, findings: Findings
) -> None:
    for number, item in enumerate(source.sequence(_CONTENT_SEQUENCE), 1):
        here = location.item(_CONTENT_SEQUENCE, number)
        check_rows(_RELATIONSHIP, item, _CLAUSE, here, findings)
        if _REFERENCED_CONTENT_ITEM in item:
            if constraints is not None and not constraints.by_reference:
                clause = f"PS3.3 §{constraints.section}"
                message = "a relationship by reference, which the SOP class forbids"
                findings.error(here, _REFERENCED_CONTENT_ITEM, clause, message)
            continue
        check_rows(_BY_VALUE, item, _CLAUSE, here, findings)
        _check_item(item, here, findings)
        if constraints is not None:
            _check_relationship(source, item, constraints, here, findings)
        _check_children(item, constraints, here, findings)


def _check_item(item: DataSet, here: Location, findings: Findings) -> None:
    value_type = item.text(_VALUE_TYPE)
    if value_type in _NAMED and not item.sequence(_CONCEPT_NAME):
        message = f"missing, Type 1C: required if ValueType is {value_type}"
        findings.error(here, _CONCEPT_NAME, _CLAUSE, message)
    allowed, graphic_type = _GRAPHIC_TYPES.get(value_type), item.text(_GRAPHIC_TYPE)
    if allowed and graphic_type and graphic_type not in allowed:
        message = f"is none of {', '.join(allowed)}"
        findings.error(here, _GRAPHIC_TYPE, "PS3.3 §C.18", message)


def _check_relationship(
    source: DataSet, item: DataSet, constraints: Constraints, here: Location, findings: Findings
) -> None:
    clause = f"PS3.3 §{constraints.section}"
    value_type, relationship = item.text(_VALUE_TYPE), item.text(_RELATIONSHIP_TYPE)
    if value_type and value_type not in constraints.value_types:
        findings.error(here, _VALUE_TYPE, clause, "a value type that the SOP class does not have")
    elif value_type and relationship in RELATIONSHIP_TYPES:
        origin = source.text(_VALUE_TYPE)
        if origin and not constraints.allows(origin, relationship, value_type):
            message = f"{origin} {relationship} {value_type} is no relationship of the SOP class"
            findings.error(here, _RELATIONSHIP_TYPE, clause, message)
