"""DIMSE status codes, what they mean and of which kind they are.

PS3.7 Annex C (general); PS3.4 Tables B.2-1 (Storage), C.4-1 to C.4-3 (Query/Retrieve), §F.7 and
§F.8 (MPPS), §J.3 (Storage Commitment), §K.4 (Worklist), §H.4 (Print).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = [
    "CANCEL",
    "GENERAL",
    "PENDING",
    "PENDING_WARNING",
    "SERVICES",
    "SUCCESS",
    "Category",
    "StatusMeaning",
    "category",
    "is_final",
    "meaning",
]

SUCCESS = 0x0000
PENDING = 0xFF00
PENDING_WARNING = 0xFF01
CANCEL = 0xFE00


class Category(Enum):
    """The kinds of status (PS3.7 §C.1 to §C.5)."""

    SUCCESS = "success"
    PENDING = "pending"
    CANCEL = "cancel"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class StatusMeaning:
    """One row: codes ``first`` to ``last`` inclusive."""

    first: int
    last: int
    category: Category
    meaning: str


def _rows(*rows: tuple[int, int, str, str]) -> tuple[StatusMeaning, ...]:
    return tuple(StatusMeaning(a, b, Category(kind), text) for a, b, kind, text in rows)


GENERAL = _rows(
    (0x0000, 0x0000, "success", "Success"),
    (0x0001, 0x0001, "warning", "Requested optional attributes are not supported"),
    (0x0105, 0x0105, "failure", "No such attribute"),
    (0x0106, 0x0106, "failure", "Invalid attribute value"),
    (0x0107, 0x0107, "warning", "Attribute list error"),
    (0x0110, 0x0110, "failure", "Processing failure"),
    (0x0111, 0x0111, "failure", "Duplicate SOP instance"),
    (0x0112, 0x0112, "failure", "No such SOP instance"),
    (0x0113, 0x0113, "failure", "No such event type"),
    (0x0114, 0x0114, "failure", "No such argument"),
    (0x0115, 0x0115, "failure", "Invalid argument value"),
    (0x0116, 0x0116, "warning", "Attribute value out of range"),
    (0x0117, 0x0117, "failure", "Invalid SOP instance"),
    (0x0118, 0x0118, "failure", "No such SOP class"),
    (0x0119, 0x0119, "failure", "Class-instance conflict"),
    (0x0120, 0x0120, "failure", "Missing attribute"),
    (0x0121, 0x0121, "failure", "Missing attribute value"),
    (0x0122, 0x0122, "failure", "SOP class not supported"),
    (0x0123, 0x0123, "failure", "No such action type"),
    (0x0124, 0x0124, "failure", "Refused: not authorized"),
    (0x0210, 0x0210, "failure", "Duplicate invocation"),
    (0x0211, 0x0211, "failure", "Unrecognized operation"),
    (0x0212, 0x0212, "failure", "Mistyped argument"),
    (0x0213, 0x0213, "failure", "Resource limitation"),
    (0xFE00, 0xFE00, "cancel", "Operation terminated by a cancel indication"),
    (0xFF00, 0xFF00, "pending", "Sub-operations or matches are continuing"),
)
"""PS3.7 Annex C: codes that mean the same in every service."""

SERVICES: dict[str, tuple[StatusMeaning, ...]] = {
    "C-STORE": _rows(
        (0xA700, 0xA7FF, "failure", "Refused: out of resources"),
        (0xA900, 0xA9FF, "failure", "Error: data set does not match SOP class"),
        (0xC000, 0xCFFF, "failure", "Error: cannot understand"),
        (0xB000, 0xB000, "warning", "Coercion of data elements"),
        (0xB006, 0xB006, "warning", "Elements discarded"),
        (0xB007, 0xB007, "warning", "Data set does not match SOP class"),
    ),
    "C-FIND": _rows(
        (0xA700, 0xA700, "failure", "Refused: out of resources"),
        (0xA900, 0xA900, "failure", "Error: identifier does not match SOP class"),
        (0xC000, 0xCFFF, "failure", "Failed: unable to process"),
        (0xFF00, 0xFF00, "pending", "Matches are continuing"),
        (0xFF01, 0xFF01, "pending", "Matches are continuing; optional keys were not supported"),
    ),
    "C-MOVE": _rows(
        (0xA701, 0xA701, "failure", "Refused: unable to calculate number of matches"),
        (0xA702, 0xA702, "failure", "Refused: unable to perform sub-operations"),
        (0xA801, 0xA801, "failure", "Refused: move destination unknown"),
        (0xA900, 0xA900, "failure", "Error: identifier does not match SOP class"),
        (0xAA00, 0xAA00, "failure", "None of the frames requested were found"),
        (0xAA01, 0xAA01, "failure", "Unable to create new object for this SOP class"),
        (0xAA02, 0xAA02, "failure", "Unable to extract frames"),
        (0xAA03, 0xAA03, "failure", "Time-based request for an original that is not time-based"),
        (0xAA04, 0xAA04, "failure", "Invalid request"),
        (0xB000, 0xB000, "warning", "Sub-operations complete, one or more failures or warnings"),
        (0xC000, 0xCFFF, "failure", "Failed: unable to process"),
        (0xFF00, 0xFF00, "pending", "Sub-operations are continuing"),
    ),
    "C-GET": _rows(
        (0xA701, 0xA701, "failure", "Refused: unable to calculate number of matches"),
        (0xA702, 0xA702, "failure", "Refused: unable to perform sub-operations"),
        (0xA900, 0xA900, "failure", "Error: identifier does not match SOP class"),
        (0xAA00, 0xAA00, "failure", "None of the frames requested were found"),
        (0xAA01, 0xAA01, "failure", "Unable to create new object for this SOP class"),
        (0xAA02, 0xAA02, "failure", "Unable to extract frames"),
        (0xAA03, 0xAA03, "failure", "Time-based request for an original that is not time-based"),
        (0xAA04, 0xAA04, "failure", "Invalid request"),
        (0xB000, 0xB000, "warning", "Sub-operations complete, one or more failures or warnings"),
        (0xC000, 0xCFFF, "failure", "Failed: unable to process"),
        (0xFF00, 0xFF00, "pending", "Sub-operations are continuing"),
    ),
    "MPPS": _rows(
        (0x0110, 0x0110, "failure", "Performed procedure step may no longer be updated"),
        (0x0001, 0x0001, "warning", "Requested optional attributes are not supported"),
    ),
    "STORAGE COMMITMENT": _rows(
        (0x0131, 0x0131, "failure", "Duplicate transaction UID"),
    ),
    "PRINT": _rows(
        (0xB600, 0xB600, "warning", "Memory allocation not supported"),
        (0xB601, 0xB601, "warning", "Film session printing is not supported"),
        (0xB602, 0xB602, "warning", "Film session without image boxes: empty page"),
        (0xB603, 0xB603, "warning", "Film box without image boxes: empty page"),
        (0xB604, 0xB604, "warning", "Image was demagnified"),
        (0xB605, 0xB605, "warning", "Density outside of the printer's range"),
        (0xB609, 0xB609, "warning", "Image was cropped"),
        (0xB60A, 0xB60A, "warning", "Image was decimated"),
        (0xC600, 0xC600, "failure", "Film session without film boxes"),
        (0xC601, 0xC601, "failure", "Unable to create print job: queue is full"),
        (0xC603, 0xC603, "failure", "Image is larger than the image box"),
        (0xC605, 0xC605, "failure", "Insufficient memory in the printer"),
        (0xC613, 0xC613, "failure", "Combined print image is larger than the image box"),
        (0xC616, 0xC616, "failure", "There is a film box that was not printed"),
    ),
}
"""Codes that a service gives its own meaning, by DIMSE operation or service."""


def category(code: int) -> Category:
    """The kind of any status code, known or not (PS3.7 §C.1: by its first digit)."""
    if code == SUCCESS:
        return Category.SUCCESS
    if code in (PENDING, PENDING_WARNING):
        return Category.PENDING
    if code == CANCEL:
        return Category.CANCEL
    if code in (0x0001, 0x0107, 0x0116) or 0xB000 <= code <= 0xBFFF:
        return Category.WARNING
    return Category.FAILURE


def is_final(code: int) -> bool:
    """Whether no further response to the same request follows."""
    return code not in (PENDING, PENDING_WARNING)


def meaning(code: int, service: str = "") -> str:
    """What the code says, in the service's words where it has some; never empty."""
    for row in (*SERVICES.get(service, ()), *GENERAL):
        if row.first <= code <= row.last:
            return row.meaning
    return f"{category(code).value.capitalize()} {code:04X}H"
