"""Modules of grey levels: Modality LUT, VOI LUT, Presentation LUT, overlays (PS3.3 §C.9, §C.11)."""

from __future__ import annotations

from filmroom.dicom.validation.condition import absent, present
from filmroom.dicom.validation.macros import IMAGE_REFERENCE, LUT_ITEM
from filmroom.dicom.validation.module import Attribute, Module, attribute

__all__ = [
    "ICC_PROFILE",
    "MODALITY_LUT",
    "MODALITY_LUT_ROWS",
    "SOFTCOPY_PRESENTATION_LUT",
    "SOFTCOPY_VOI_LUT",
    "VOI_LUT",
    "VOI_LUT_FUNCTION",
    "VOI_LUT_ROWS",
]

_MODALITY_LUT_SEQUENCE = attribute(
    "ModalityLUTSequence",
    "1C",
    when=absent("RescaleIntercept"),
    never=present("RescaleIntercept"),
    most=1,
    items=(*LUT_ITEM, attribute("ModalityLUTType", "1")),
)

MODALITY_LUT_ROWS = (
    _MODALITY_LUT_SEQUENCE,
    attribute("RescaleIntercept", "1C", only=absent("ModalityLUTSequence")),
    attribute("RescaleSlope", "1C", when=present("RescaleIntercept")),
    attribute("RescaleType", "1C", when=present("RescaleIntercept")),
)
"""Modality LUT Macro (PS3.3 Table C.11-1b)."""

MODALITY_LUT = Module("Modality LUT", "C.11.1", MODALITY_LUT_ROWS)

VOI_LUT_FUNCTION: Attribute = attribute(
    "VOILUTFunction", "3", values=("LINEAR", "LINEAR_EXACT", "SIGMOID")
)

VOI_LUT_ROWS = (
    attribute("VOILUTSequence", "1C", when=absent("WindowCenter"), items=LUT_ITEM),
    attribute("WindowCenter", "1C", when=absent("VOILUTSequence")),
    attribute("WindowWidth", "1C", when=present("WindowCenter")),
    VOI_LUT_FUNCTION,
)
"""VOI LUT Macro (PS3.3 Table C.11-2b)."""

VOI_LUT = Module("VOI LUT", "C.11.2", VOI_LUT_ROWS)

SOFTCOPY_VOI_LUT = Module(
    "Softcopy VOI LUT",
    "C.11.8",
    (
        attribute(
            "SoftcopyVOILUTSequence",
            "1",
            items=(
                attribute("ReferencedImageSequence", "1C", items=IMAGE_REFERENCE),
                *VOI_LUT_ROWS,
            ),
        ),
    ),
)

SOFTCOPY_PRESENTATION_LUT = Module(
    "Softcopy Presentation LUT",
    "C.11.6",
    (
        attribute(
            "PresentationLUTSequence",
            "1C",
            when=absent("PresentationLUTShape"),
            most=1,
            items=LUT_ITEM,
        ),
        attribute(
            "PresentationLUTShape",
            "1C",
            when=absent("PresentationLUTSequence"),
            values=("IDENTITY", "INVERSE"),
        ),
    ),
)

ICC_PROFILE = Module("ICC Profile", "C.11.15", (attribute("ICCProfile", "1"),))
