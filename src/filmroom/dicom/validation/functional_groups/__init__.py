"""Which functional groups a multi-frame object must have (PS3.3 §C.7.6.16, Annex A)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from filmroom.dicom.validation.condition import Condition, at_top, differs, equals, filled
from filmroom.dicom.validation.frames import frame_differs, frame_equals, frame_has
from filmroom.dicom.validation.functional_groups import ct, general, mr
from filmroom.dicom.validation.module import Attribute, Module
from filmroom.dicom.validation.modules.multi_frame import ORIGINAL

__all__ = ["FUNCTIONAL_GROUPS", "FunctionalGroup"]


@dataclass(frozen=True, slots=True)
class FunctionalGroup:
    """A macro in an IOD: M mandatory, C conditional, U user option; of every frame."""

    macro: Module
    letter: Literal["M", "C", "U"]
    when: Condition | None = None
    per_frame_only: bool = False
    """Whether it may not be shared, as Frame Content (PS3.3 §C.7.6.16.2.2)."""

    @property
    def sequence(self) -> Attribute:
        """The row of the sequence that is the group."""
        return self.macro.rows[0]


def _mandatory(macro: Module) -> FunctionalGroup:
    return FunctionalGroup(macro, "M")


def _conditional(macro: Module, when: Condition | None = None) -> FunctionalGroup:
    return FunctionalGroup(macro, "C", when)


def _optional(macro: Module) -> FunctionalGroup:
    return FunctionalGroup(macro, "U")


_FRAME_CONTENT = FunctionalGroup(general.FRAME_CONTENT, "M", per_frame_only=True)
_CARDIAC = ORIGINAL & at_top(differs("CardiacSynchronizationTechnique", "NONE"))
_RESPIRATORY = ORIGINAL & at_top(
    differs("RespiratoryMotionCompensationTechnique", "NONE", "REALTIME", "BREATH_HOLD")
)
_CONTRAST = at_top(filled("ContrastBolusAgentSequence"))
_TURNING = frame_differs(("CTAcquisitionTypeSequence",), "AcquisitionType", "CONSTANT_ANGLE")
_DIFFUSION = frame_equals(("MRImageFrameTypeSequence",), "AcquisitionContrast", "DIFFUSION")
_SLAB = frame_equals(("MRModifierSequence",), "SpatialPresaturation", "SLAB")

_BOTH = (
    _mandatory(general.PIXEL_MEASURES),
    _FRAME_CONTENT,
    _mandatory(general.PLANE_POSITION),
    _mandatory(general.PLANE_ORIENTATION),
    _conditional(general.REFERENCED_IMAGE),
    _conditional(general.DERIVATION_IMAGE),
    _conditional(general.CARDIAC_SYNCHRONIZATION, _CARDIAC),
    _mandatory(general.FRAME_ANATOMY),
    _optional(general.FRAME_VOI_LUT),
    _conditional(general.CONTRAST_BOLUS_USAGE, _CONTRAST),
    _conditional(general.RESPIRATORY_SYNCHRONIZATION, _RESPIRATORY),
    _optional(general.TEMPORAL_POSITION),
)

_PLACED = frame_has("PixelMeasuresSequence", "PlanePositionSequence", "PlaneOrientationSequence")

_SPATIAL = (
    _conditional(general.PIXEL_MEASURES, _PLACED),
    _conditional(general.PLANE_POSITION, _PLACED),
    _conditional(general.PLANE_ORIENTATION, _PLACED),
)

FUNCTIONAL_GROUPS: Mapping[str, tuple[FunctionalGroup, ...]] = {
    "enhanced-ct-image": (
        *_BOTH,
        _conditional(general.REAL_WORLD_VALUES, at_top(equals("MultienergyCTAcquisition", "YES"))),
        _mandatory(general.IRRADIATION_EVENT_IDENTIFICATION),
        _mandatory(ct.CT_IMAGE_FRAME_TYPE),
        _conditional(ct.CT_ACQUISITION_TYPE, ORIGINAL),
        _conditional(ct.CT_ACQUISITION_DETAILS, ORIGINAL),
        _conditional(ct.CT_TABLE_DYNAMICS, ORIGINAL),
        _conditional(ct.CT_POSITION, ORIGINAL),
        _conditional(ct.CT_GEOMETRY, ORIGINAL),
        _conditional(ct.CT_RECONSTRUCTION, ORIGINAL & _TURNING),
        _conditional(ct.CT_EXPOSURE, ORIGINAL),
        _conditional(ct.CT_X_RAY_DETAILS, ORIGINAL),
        _mandatory(ct.CT_PIXEL_VALUE_TRANSFORMATION),
        _conditional(ct.CT_ADDITIONAL_X_RAY_SOURCE),
        _conditional(ct.MULTI_ENERGY_CT_PROCESSING),
        _optional(ct.MULTI_ENERGY_CT_CHARACTERISTICS),
    ),
    "enhanced-mr-image": (
        *_BOTH,
        _conditional(
            general.PIXEL_VALUE_TRANSFORMATION,
            at_top(equals("PhotometricInterpretation", "MONOCHROME2")),
        ),
        _optional(general.REAL_WORLD_VALUES),
        _optional(mr.FUNCTIONAL_MR),
        _mandatory(mr.MR_IMAGE_FRAME_TYPE),
        _conditional(mr.MR_TIMING_AND_RELATED_PARAMETERS, ORIGINAL),
        _conditional(
            mr.MR_FOV_GEOMETRY,
            ORIGINAL & at_top(equals("GeometryOfKSpaceTraversal", "RECTILINEAR")),
        ),
        _conditional(mr.MR_ECHO, ORIGINAL),
        _conditional(mr.MR_MODIFIER, ORIGINAL),
        _conditional(mr.MR_IMAGING_MODIFIER, ORIGINAL),
        _conditional(mr.MR_RECEIVE_COIL, ORIGINAL),
        _conditional(mr.MR_TRANSMIT_COIL, ORIGINAL),
        _conditional(mr.MR_DIFFUSION, ORIGINAL & _DIFFUSION),
        _conditional(mr.MR_AVERAGES, ORIGINAL),
        _conditional(mr.MR_SPATIAL_SATURATION, ORIGINAL & _SLAB),
        _conditional(mr.MR_METABOLITE_MAP, at_top(equals("ImageType", "METABOLITE_MAP", at=3))),
        _conditional(mr.MR_VELOCITY_ENCODING, ORIGINAL & at_top(equals("PhaseContrast", "YES"))),
        _conditional(mr.MR_ARTERIAL_SPIN_LABELING, at_top(equals("ImageType", "ASL", at=3))),
    ),
    "multi-frame-grayscale-byte-secondary-capture-image": _SPATIAL,
    "multi-frame-grayscale-word-secondary-capture-image": _SPATIAL,
    "multi-frame-true-color-secondary-capture-image": _SPATIAL,
}
"""Functional groups by the short name of the IOD."""
