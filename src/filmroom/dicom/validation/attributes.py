"""Rows of tables held against a data set: what is missing, empty, forbidden, not enumerated.

Types are those of PS3.5 §7.4: 1 and 1C need a value, 2 and 2C may be without one.
"""

from __future__ import annotations

from collections.abc import Iterable

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.element import Element
from filmroom.dicom.validation.finding import Findings, Location
from filmroom.dicom.validation.module import Attribute
from filmroom.dicom.vr import VR
from filmroom.errors import DataError

__all__ = ["check_rows", "has_value"]

_MORE_THAN_PADDING = 4096


def has_value(element: Element) -> bool:
    """Whether ``element`` is of other than zero length, padding apart; of a sequence, any item."""
    record = element.record
    if record is not None and record[3] - record[2] > _MORE_THAN_PADDING:
        return True
    try:
        if element.effective_vr.facts.is_text:
            return bool(element.text)
        if element.effective_vr is VR.SQ:
            return bool(element.values)
        return len(element.raw) > 0
    except DataError:
        return True  # a value there is, if a broken one; that is found elsewhere


def check_rows(
    rows: Iterable[Attribute],
    data_set: DataSet,
    clause: str,
    location: Location,
    findings: Findings,
) -> None:
    """Hold ``data_set``, at ``location``, against the ``rows`` of the module that is ``clause``."""
    for row in rows:
        element = data_set.element(row.tag)
        if element is None:
            _check_absent(row, data_set, clause, location, findings)
        else:
            _check_present(row, element, data_set, clause, location, findings)


def _check_absent(
    row: Attribute, data_set: DataSet, clause: str, location: Location, findings: Findings
) -> None:
    if row.is_required:
        findings.error(location, row.tag, clause, f"missing, Type {row.type}")
    elif row.when is not None and row.when.holds(data_set):
        message = f"missing, Type {row.type}: required if {row.when.text}"
        findings.error(location, row.tag, clause, message)


def _check_present(
    row: Attribute,
    element: Element,
    data_set: DataSet,
    clause: str,
    location: Location,
    findings: Findings,
) -> None:
    if row.never is not None and row.never.holds(data_set):
        findings.error(location, row.tag, clause, f"shall not be present {row.never.text}")
    if not has_value(element):
        if row.needs_value:
            findings.error(location, row.tag, clause, f"without a value, Type {row.type}")
        return
    if element.effective_vr is VR.SQ:
        _check_items(row, element, clause, location, findings)
    elif row.values or row.at:
        _check_values(row, element, clause, location, findings)


def _check_items(
    row: Attribute, element: Element, clause: str, location: Location, findings: Findings
) -> None:
    items = element.values
    if row.most is not None and len(items) > row.most:
        findings.error(location, row.tag, clause, f"{len(items)} items, at most {row.most}")
    for number, item in enumerate(items, 1):
        check_rows(row.items, item, clause, location.item(row.tag, number), findings)


def _check_values(
    row: Attribute, element: Element, clause: str, location: Location, findings: Findings
) -> None:
    for number, value in enumerate(element.values, 1):
        allowed = row.at.get(number, row.values)
        # A pair of backslashes leaves a value empty, which is no value to be enumerated.
        if allowed and value != "" and value not in allowed:
            which = "" if len(element.values) == 1 else f"value {number} "
            message = f"{which}is none of {', '.join(map(str, allowed))}"
            findings.error(location, row.tag, clause, message)
