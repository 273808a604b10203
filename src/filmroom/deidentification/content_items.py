"""Content items whose concept decides what happens to their value (PS3.15 Table E.3.4-1).

What a content item holds has its action by its value attribute already: text is a dummy or
cleaned, names are dummies, dates and UIDs follow their options. Here are the concepts for which
that does not suffice.
"""

from __future__ import annotations

from enum import Enum

from filmroom.deidentification.options import Option
from filmroom.dicom import DataSet

__all__ = ["Concept", "concept_of", "retained_by"]

_CONCEPT_NAME = 0x0040A043
_CODE_VALUE = 0x00080100
_CODING_SCHEME = 0x00080102


class Concept(Enum):
    """What a content item is about, where it matters."""

    ORDINARY = "ordinary"
    BIRTH_DATE = "birth date"
    """Never kept nor shifted, as Patient's Birth Date."""
    PATIENT_CHARACTERISTIC = "patient characteristic"
    """Age, sex, size, weight: the item goes unless they are retained."""
    DEVICE = "device"
    """Text that names a device."""
    INSTITUTION = "institution"
    """Text that names an organization."""


_CONCEPTS: dict[tuple[str, str], Concept] = {
    ("DCM", "121031"): Concept.BIRTH_DATE,  # Subject Birth Date
    ("DCM", "121032"): Concept.PATIENT_CHARACTERISTIC,  # Subject Sex
    ("DCM", "121033"): Concept.PATIENT_CHARACTERISTIC,  # Subject Age
    ("SCT", "397669002"): Concept.PATIENT_CHARACTERISTIC,  # Age
    ("SCT", "424144002"): Concept.PATIENT_CHARACTERISTIC,  # Current chronological age
    ("SCT", "50373000"): Concept.PATIENT_CHARACTERISTIC,  # Body height
    ("SCT", "27113001"): Concept.PATIENT_CHARACTERISTIC,  # Body weight
    ("SCT", "60621009"): Concept.PATIENT_CHARACTERISTIC,  # Body mass index
    ("SCT", "263495000"): Concept.PATIENT_CHARACTERISTIC,  # Gender
    ("SRT", "F-01860"): Concept.PATIENT_CHARACTERISTIC,  # Body mass index, retired code
    ("LN", "29463-7"): Concept.PATIENT_CHARACTERISTIC,  # Body weight
    ("LN", "3141-9"): Concept.PATIENT_CHARACTERISTIC,  # Body weight, measured
    ("LN", "8302-2"): Concept.PATIENT_CHARACTERISTIC,  # Body height
    ("LN", "3137-7"): Concept.PATIENT_CHARACTERISTIC,  # Body height, measured
    ("LN", "8277-6"): Concept.PATIENT_CHARACTERISTIC,  # Body surface area
    ("LN", "21112-8"): Concept.BIRTH_DATE,  # Birth date
    ("DCM", "121013"): Concept.DEVICE,  # Device Observer Name
    ("DCM", "121014"): Concept.DEVICE,  # Device Observer Manufacturer
    ("DCM", "121015"): Concept.DEVICE,  # Device Observer Model Name
    ("DCM", "121016"): Concept.DEVICE,  # Device Observer Serial Number
    ("DCM", "121017"): Concept.DEVICE,  # Device Observer Physical Location
    ("DCM", "113877"): Concept.DEVICE,  # Device Name
    ("DCM", "113878"): Concept.DEVICE,  # Device Manufacturer
    ("DCM", "113879"): Concept.DEVICE,  # Device Model Name
    ("DCM", "113880"): Concept.DEVICE,  # Device Serial Number
    ("LN", "74711-3"): Concept.DEVICE,  # Unique Device Identifier
    ("DCM", "121009"): Concept.INSTITUTION,  # Person Observer's Organization Name
}

_RETAINED_BY: dict[Concept, Option] = {
    Concept.PATIENT_CHARACTERISTIC: Option.RETAIN_PATIENT_CHARACTERISTICS,
    Concept.DEVICE: Option.RETAIN_DEVICE_IDENTITY,
    Concept.INSTITUTION: Option.RETAIN_INSTITUTION_IDENTITY,
}


def concept_of(item: DataSet) -> Concept:
    """What the content item ``item`` is about; any data set may be asked."""
    for name in item.sequence(_CONCEPT_NAME)[:1]:
        key = name.text(_CODING_SCHEME), name.text(_CODE_VALUE)
        return _CONCEPTS.get(key, Concept.ORDINARY)
    return Concept.ORDINARY


def retained_by(concept: Concept) -> Option | None:
    """The option under which the value of such a content item stays."""
    return _RETAINED_BY.get(concept)
