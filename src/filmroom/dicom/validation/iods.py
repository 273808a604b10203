"""Which modules an object must have, by its SOP class (PS3.3 Annex A).

The lists of modules are generated (``_iods``); here are the conditions of conditional modules and
the sections, by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from filmroom.dicom.dictionary import uid_for
from filmroom.dicom.validation._iods import IODS, SOP_CLASSES
from filmroom.dicom.validation.condition import (
    Condition,
    equals,
    exceeds,
    points_to,
)
from filmroom.dicom.validation.module import Module
from filmroom.dicom.validation.modules import module_of
from filmroom.dicom.validation.modules.multi_frame import ORIGINAL
from filmroom.dicom.validation.modules.projection import FOR_PRESENTATION

__all__ = ["CONDITIONS", "GENERAL", "SECTIONS", "Iod", "Usage", "iod_of"]

Letter = Literal["M", "C", "U"]

_PALETTE = equals("PhotometricInterpretation", "PALETTE COLOR")
_SUPPLEMENTAL = equals("PixelPresentation", "COLOR", "MIXED")
_FRAME_TIMES = points_to("FrameIncrementPointer", "FrameTime", "FrameTimeVector")
_SEVERAL_FRAMES = exceeds("NumberOfFrames", 1)
_SECONDARY_CAPTURE = (
    "multi-frame-single-bit-secondary-capture-image",
    "multi-frame-grayscale-byte-secondary-capture-image",
    "multi-frame-grayscale-word-secondary-capture-image",
    "multi-frame-true-color-secondary-capture-image",
)
_PROJECTIONS = (
    "digital-x-ray-image",
    "digital-mammography-x-ray-image",
    "digital-intra-oral-x-ray-image",
)

CONDITIONS: Mapping[tuple[str, str], Condition] = {
    ("ultrasound-image", "palette-color-lookup-table"): _PALETTE,
    ("ultrasound-multi-frame-image", "palette-color-lookup-table"): _PALETTE,
    ("ultrasound-multi-frame-image", "synchronization"): equals("Modality", "IVUS"),
    **{(iod, "cine"): _FRAME_TIMES for iod in _SECONDARY_CAPTURE},
    **{(iod, "sc-multi-frame-vector"): _SEVERAL_FRAMES for iod in _SECONDARY_CAPTURE},
    **{(iod, "voi-lut"): FOR_PRESENTATION for iod in _PROJECTIONS},
    ("enhanced-ct-image", "supplemental-palette-color-lookup-table"): _SUPPLEMENTAL,
    ("enhanced-mr-image", "supplemental-palette-color-lookup-table"): _SUPPLEMENTAL,
    ("enhanced-mr-image", "mr-pulse-sequence"): ORIGINAL,
}
"""When a conditional module is required; without a row, no data set can tell."""

_NOT_OTHERWISE = frozenset((iod, "voi-lut") for iod in _PROJECTIONS)

SECTIONS: Mapping[str, str] = {
    "computed-radiography-image": "A.2.3",
    "ct-image": "A.3.3",
    "mr-image": "A.4.3",
    "ultrasound-image": "A.6.4",
    "ultrasound-multi-frame-image": "A.7.4",
    "secondary-capture-image": "A.8.1.3",
    "multi-frame-single-bit-secondary-capture-image": "A.8.2.3",
    "multi-frame-grayscale-byte-secondary-capture-image": "A.8.3.3",
    "multi-frame-grayscale-word-secondary-capture-image": "A.8.4.3",
    "multi-frame-true-color-secondary-capture-image": "A.8.5.3",
    "digital-x-ray-image": "A.26.3",
    "digital-mammography-x-ray-image": "A.27.3",
    "digital-intra-oral-x-ray-image": "A.28.3",
    "grayscale-softcopy-presentation-state": "A.33.1.3",
    "basic-text-sr": "A.35.1.3",
    "enhanced-sr": "A.35.2.3",
    "comprehensive-sr": "A.35.3.3",
    "key-object-selection-document": "A.35.4.3",
    "enhanced-mr-image": "A.36.2.3",
    "enhanced-ct-image": "A.38.1.3",
    "encapsulated-pdf": "A.45.1.3",
}
"""Sections of the IODs of which every mandatory module is among the tables."""


@dataclass(frozen=True, slots=True)
class Usage:
    """A module in an IOD: mandatory, conditional with its condition, or at the user's option."""

    name: str
    letter: Letter
    module: Module | None
    """Its table; None where there is none yet."""
    when: Condition | None = None
    not_otherwise: bool = False
    """Whether it shall not be present where ``when`` does not hold."""


@dataclass(frozen=True, slots=True)
class Iod:
    """An information object definition."""

    short: str
    name: str
    usages: tuple[Usage, ...]

    @property
    def clause(self) -> str:
        """Its section as findings name it."""
        return f"PS3.3 §{SECTIONS.get(self.short, 'A')}"

    @property
    def unchecked(self) -> Iterator[str]:
        """Mandatory modules without a table."""
        return (usage.name for usage in self.usages if usage.letter == "M" and usage.module is None)


def _usage(iod: str, name: str, letter: str) -> Usage:
    return Usage(
        name,
        letter,  # type: ignore[arg-type]  # the generator writes no other
        module_of(name),
        CONDITIONS.get((iod, name)),
        (iod, name) in _NOT_OTHERWISE,
    )


def _iod(short: str, name: str) -> Iod:
    return Iod(short, name, tuple(_usage(short, *row) for row in IODS[short]))


_NON_PATIENT = {
    "HangingProtocolStorage": ("hanging-protocol", "Hanging Protocol"),
    "ColorPaletteStorage": ("color-palette", "Color Palette"),
    "GenericImplantTemplateStorage": ("generic-implant-template", "Generic Implant Template"),
    "ImplantAssemblyTemplateStorage": ("implant-assembly-template", "Implant Assembly Template"),
    "ImplantTemplateGroupStorage": ("implant-template-group", "Implant Template Group"),
}
"""Objects without a patient (PS3.4 Annex GG)."""

_BY_UID = {
    uid_for(keyword): _iod(short, name) for keyword, (short, name) in _NON_PATIENT.items()
} | {uid: _iod(short, name) for uid, (short, name) in SOP_CLASSES.items()}

GENERAL = Iod(
    "general",
    "",
    tuple(
        _usage("general", name, "M")
        for name in ("patient", "general-study", "general-series", "sop-common")
    ),
)
"""What every composite object has, for SOP classes that are not known."""


def iod_of(sop_class_uid: str) -> Iod | None:
    """The IOD of a Storage SOP class; None for one that PS3.4 Annex B does not list."""
    return _BY_UID.get(sop_class_uid)
