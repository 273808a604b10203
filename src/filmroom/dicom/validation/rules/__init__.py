"""Rules that attributes must keep with each other: :data:`RULES`."""

from __future__ import annotations

from filmroom.dicom.validation.rules.frames import FRAME_RULES
from filmroom.dicom.validation.rules.geometry import GEOMETRY_RULES
from filmroom.dicom.validation.rules.grey import GREY_RULES
from filmroom.dicom.validation.rules.identity import IDENTITY_RULES
from filmroom.dicom.validation.rules.pixel import PIXEL_RULES
from filmroom.dicom.validation.rules.rule import Fault, Rule, Subject

__all__ = [
    "FRAME_RULES",
    "GEOMETRY_RULES",
    "GREY_RULES",
    "IDENTITY_RULES",
    "PIXEL_RULES",
    "RULES",
    "Fault",
    "Rule",
    "Subject",
]

RULES: tuple[Rule, ...] = (
    *IDENTITY_RULES,
    *PIXEL_RULES,
    *GEOMETRY_RULES,
    *GREY_RULES,
    *FRAME_RULES,
)
"""Every rule, in the order in which they are applied."""
