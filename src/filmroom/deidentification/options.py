"""The options of the basic profile and the codes that say which were used (PS3.15 §E.3).

The codes are those of PS3.16 CID 7050, De-identification Method.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["METHOD_CODES", "PROFILE_CODE", "Option"]


class Option(StrEnum):
    """One option; its value is the name of it on the command line."""

    CLEAN_PIXEL_DATA = "clean-pixel-data"
    """Blank what is burned in to the pixels (§E.3.1)."""
    CLEAN_RECOGNIZABLE_VISUAL_FEATURES = "clean-recognizable-visual-features"
    """Blank what shows a face (§E.3.2)."""
    CLEAN_GRAPHICS = "clean-graphics"
    """Clean overlays and annotations in place of removing them (§E.3.3)."""
    CLEAN_STRUCTURED_CONTENT = "clean-structured-content"
    """Clean content items in place of removing all of them (§E.3.4)."""
    CLEAN_DESCRIPTORS = "clean-descriptors"
    """Keep the harmless words of descriptions in place of removing them (§E.3.5)."""
    RETAIN_FULL_DATES = "retain-full-dates"
    """Keep dates and times (§E.3.6)."""
    RETAIN_MODIFIED_DATES = "retain-modified-dates"
    """Shift dates, each patient's by a number of days of its own (§E.3.6)."""
    RETAIN_PATIENT_CHARACTERISTICS = "retain-patient-characteristics"
    """Keep age, sex, size, weight and the like (§E.3.7)."""
    RETAIN_DEVICE_IDENTITY = "retain-device-identity"
    """Keep what names the device (§E.3.8)."""
    RETAIN_UIDS = "retain-uids"
    """Keep UIDs (§E.3.9)."""
    RETAIN_SAFE_PRIVATE = "retain-safe-private"
    """Keep private attributes that are known to be safe (§E.3.10)."""
    RETAIN_INSTITUTION_IDENTITY = "retain-institution-identity"
    """Keep what names the institution (§E.3.11)."""


PROFILE_CODE = ("113100", "Basic Application Confidentiality Profile")
"""Code value and meaning of the profile itself, of the coding scheme DCM."""

METHOD_CODES: dict[Option, tuple[str, str]] = {
    Option.CLEAN_PIXEL_DATA: ("113101", "Clean Pixel Data Option"),
    Option.CLEAN_RECOGNIZABLE_VISUAL_FEATURES: (
        "113102",
        "Clean Recognizable Visual Features Option",
    ),
    Option.CLEAN_GRAPHICS: ("113103", "Clean Graphics Option"),
    Option.CLEAN_STRUCTURED_CONTENT: ("113104", "Clean Structured Content Option"),
    Option.CLEAN_DESCRIPTORS: ("113105", "Clean Descriptors Option"),
    Option.RETAIN_FULL_DATES: (
        "113106",
        "Retain Longitudinal Temporal Information Full Dates Option",
    ),
    Option.RETAIN_MODIFIED_DATES: (
        "113107",
        "Retain Longitudinal Temporal Information Modified Dates Option",
    ),
    Option.RETAIN_PATIENT_CHARACTERISTICS: ("113108", "Retain Patient Characteristics Option"),
    Option.RETAIN_DEVICE_IDENTITY: ("113109", "Retain Device Identity Option"),
    Option.RETAIN_UIDS: ("113110", "Retain UIDs Option"),
    Option.RETAIN_SAFE_PRIVATE: ("113111", "Retain Safe Private Option"),
    Option.RETAIN_INSTITUTION_IDENTITY: ("113112", "Retain Institution Identity Option"),
}
"""Code value and meaning of each option, of the coding scheme DCM (CID 7050)."""
