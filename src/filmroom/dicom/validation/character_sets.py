"""Specific Character Set: whether it names defined terms, in a way that is allowed.

PS3.3 §C.12.1.1.2, Tables C.12-2 to C.12-5.
"""

from __future__ import annotations

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.validation.finding import Findings, Location

__all__ = ["CLAUSE", "check_character_set"]

CLAUSE = "PS3.3 §C.12.1.1.2"

_TAG = 0x00080005

_SINGLE_BYTE = frozenset(
    {"13", "100", "101", "109", "110", "126", "127", "138", "144", "148", "166", "203"}
)
_MULTI_BYTE = frozenset({"58", "87", "149", "159"})
_ALONE = frozenset(
    {f"ISO_IR {number}" for number in _SINGLE_BYTE} | {"ISO_IR 192", "GB18030", "GBK"}
)
_EXTENDED = frozenset(f"ISO 2022 IR {number}" for number in {"6"} | _SINGLE_BYTE)
_EXTENDED_MULTI_BYTE = frozenset(f"ISO 2022 IR {number}" for number in _MULTI_BYTE)


def check_character_set(data_set: DataSet, location: Location, findings: Findings) -> None:
    """Hold (0008,0005) of ``data_set``, where it is present, against the defined terms."""
    element = data_set.element(_TAG)
    if element is None:
        return
    terms = element.code_strings()
    several = len(terms) > 1
    for number, term in enumerate(terms, 1):
        fault = _fault(term, first=number == 1, several=several)
        if fault:
            which = f"value {number}: " if several else ""
            findings.error(location, _TAG, CLAUSE, which + fault)


def _fault(term: str, *, first: bool, several: bool) -> str:
    if not term:
        return "" if first else "only the first value may be empty"
    if term in _ALONE:
        return "a character set that cannot be combined with others" if several else ""
    if term in _EXTENDED:
        return ""
    if term in _EXTENDED_MULTI_BYTE:
        # Value 1 is what is active at the start of a value, and it is of single bytes.
        return "a multi-byte character set as the first value" if first else ""
    return "no defined term"
