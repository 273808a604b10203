"""Functional group macros of many modalities (PS3.3 §C.7.6.16.2)."""

from __future__ import annotations

from filmroom.dicom.validation.condition import (
    all_of,
    any_of,
    at_top,
    differs,
    equals,
    filled,
    present,
    sop_class,
)
from filmroom.dicom.validation.frames import frame_differs, frame_equals
from filmroom.dicom.validation.macros import IMAGE_REFERENCE, YES_NO
from filmroom.dicom.validation.module import Attribute, Module, attribute
from filmroom.dicom.validation.modules.enhanced import NOT_LEGACY
from filmroom.dicom.validation.modules.image import REAL_WORLD_VALUE_MAPPING
from filmroom.dicom.validation.modules.look_up_tables import VOI_LUT_FUNCTION

__all__ = [
    "CARDIAC_SYNCHRONIZATION",
    "CONTRAST_BOLUS_USAGE",
    "DERIVATION_IMAGE",
    "FRAME_ANATOMY",
    "FRAME_CONTENT",
    "FRAME_ORIGINAL",
    "FRAME_TYPES",
    "FRAME_VOI_LUT",
    "IRRADIATION_EVENT_IDENTIFICATION",
    "PIXEL_MEASURES",
    "PIXEL_VALUE_TRANSFORMATION",
    "PLANE_ORIENTATION",
    "PLANE_POSITION",
    "REAL_WORLD_VALUES",
    "REFERENCED_IMAGE",
    "RESPIRATORY_SYNCHRONIZATION",
    "TEMPORAL_POSITION",
    "macro",
]

FRAME_TYPES = ("CTImageFrameTypeSequence", "MRImageFrameTypeSequence", "PETFrameTypeSequence")
"""Groups that hold Frame Type and Volumetric Properties."""

FRAME_ORIGINAL = frame_equals(FRAME_TYPES, "FrameType", "ORIGINAL")
"""Value 1 of Frame Type of this frame is ORIGINAL."""


def macro(
    name: str, section: str, sequence: str, *rows: Attribute, may_repeat: bool = False
) -> Module:
    """A functional group macro: one sequence of one item, or of several, with ``rows`` in it."""
    return Module(
        name, section, (attribute(sequence, "1", most=None if may_repeat else 1, items=rows),)
    )


_UNDISTORTED = frame_differs(FRAME_TYPES, "VolumetricProperties", "DISTORTED")
_PLACED = all_of(FRAME_ORIGINAL, _UNDISTORTED) | all_of(
    sop_class("SegmentationStorage"), at_top(present("FrameOfReferenceUID"))
)

PIXEL_MEASURES = macro(
    "Pixel Measures",
    "C.7.6.16.2.1",
    "PixelMeasuresSequence",
    attribute(
        "PixelSpacing",
        "1C",
        when=frame_differs(FRAME_TYPES, "VolumetricProperties", "DISTORTED", "SAMPLED"),
    ),
    attribute(
        "SliceThickness",
        "1C",
        when=frame_equals(FRAME_TYPES, "VolumetricProperties", "VOLUME", "SAMPLED"),
    ),
    attribute("SpacingBetweenSlices", "1C"),
)

_TIMED = FRAME_ORIGINAL & NOT_LEGACY

FRAME_CONTENT = macro(
    "Frame Content",
    "C.7.6.16.2.2",
    "FrameContentSequence",
    attribute("FrameReferenceDateTime", "1C", when=_TIMED),
    attribute("FrameAcquisitionDateTime", "1C", when=_TIMED),
    attribute("FrameAcquisitionDuration", "1C", when=_TIMED),
    attribute("DimensionIndexValues", "1C", when=at_top(filled("DimensionIndexSequence"))),
    attribute("TemporalPositionIndex", "1C", when=sop_class("EnhancedPETImageStorage")),
    attribute("StackID", "1C", when=sop_class("EnhancedPETImageStorage")),
    attribute("InStackPositionNumber", "1C", when=present("StackID")),
)

PLANE_POSITION = macro(
    "Plane Position (Patient)",
    "C.7.6.16.2.3",
    "PlanePositionSequence",
    attribute("ImagePositionPatient", "1C", when=_PLACED),
)

PLANE_ORIENTATION = macro(
    "Plane Orientation (Patient)",
    "C.7.6.16.2.4",
    "PlaneOrientationSequence",
    attribute("ImageOrientationPatient", "1C", when=_PLACED),
)

REFERENCED_IMAGE = Module(
    "Referenced Image",
    "C.7.6.16.2.5",
    (
        attribute(
            "ReferencedImageSequence",
            "2",
            items=(
                *IMAGE_REFERENCE,
                attribute("PurposeOfReferenceCodeSequence", "1C", when=NOT_LEGACY, most=1),
            ),
        ),
    ),
)

DERIVATION_IMAGE = Module(
    "Derivation Image",
    "C.7.6.16.2.6",
    (
        attribute(
            "DerivationImageSequence",
            "2",
            items=(
                attribute("DerivationCodeSequence", "1C", when=NOT_LEGACY),
                attribute(
                    "SourceImageSequence",
                    "2",
                    items=(
                        *IMAGE_REFERENCE,
                        attribute("PurposeOfReferenceCodeSequence", "1C", when=NOT_LEGACY, most=1),
                        attribute(
                            "SpatialLocationsPreserved", "3", values=(*YES_NO, "REORIENTED_ONLY")
                        ),
                        attribute(
                            "PatientOrientation",
                            "1C",
                            when=equals("SpatialLocationsPreserved", "REORIENTED_ONLY"),
                        ),
                    ),
                ),
            ),
        ),
    ),
)

CARDIAC_SYNCHRONIZATION = macro(
    "Cardiac Synchronization",
    "C.7.6.16.2.7",
    "CardiacSynchronizationSequence",
    attribute("NominalPercentageOfCardiacPhase", "1C"),
    attribute("NominalCardiacTriggerDelayTime", "1"),
    attribute("ActualCardiacTriggerDelayTime", "1C", when=equals("IntervalsAcquired", 1)),
    attribute(
        "RRIntervalTimeNominal",
        "1C",
        when=at_top(differs("CardiacSynchronizationTechnique", "NONE", "REALTIME")),
    ),
)

FRAME_ANATOMY = macro(
    "Frame Anatomy",
    "C.7.6.16.2.8",
    "FrameAnatomySequence",
    attribute("FrameLaterality", "1", values=("R", "L", "U", "B")),
    attribute("AnatomicRegionSequence", "1", most=1),
)

PIXEL_VALUE_TRANSFORMATION = macro(
    "Pixel Value Transformation",
    "C.7.6.16.2.9",
    "PixelValueTransformationSequence",
    attribute("RescaleIntercept", "1"),
    attribute("RescaleSlope", "1"),
    attribute("RescaleType", "1"),
)

FRAME_VOI_LUT = macro(
    "Frame VOI LUT",
    "C.7.6.16.2.10",
    "FrameVOILUTSequence",
    attribute("WindowCenter", "1"),
    attribute("WindowWidth", "1"),
    VOI_LUT_FUNCTION,
)

REAL_WORLD_VALUES = macro(
    "Real World Value Mapping",
    "C.7.6.16.2.11",
    "RealWorldValueMappingSequence",
    *REAL_WORLD_VALUE_MAPPING,
    may_repeat=True,
)

CONTRAST_BOLUS_USAGE = macro(
    "Contrast/Bolus Usage",
    "C.7.6.16.2.12",
    "ContrastBolusUsageSequence",
    attribute("ContrastBolusAgentNumber", "1"),
    attribute("ContrastBolusAgentAdministered", "1", values=YES_NO),
    attribute("ContrastBolusAgentDetected", "2", values=YES_NO),
    attribute("ContrastBolusAgentPhase", "2C"),
    may_repeat=True,
)

_TRIGGER = "RespiratoryTriggerType"
_COMPENSATED = at_top(differs("RespiratoryMotionCompensationTechnique", "NONE", "REALTIME"))
_PHASES = ("INSPIRATION", "MAXIMUM", "EXPIRATION", "MINIMUM")

RESPIRATORY_SYNCHRONIZATION = macro(
    "Respiratory Synchronization",
    "C.7.6.16.2.17",
    "RespiratorySynchronizationSequence",
    attribute(
        "RespiratoryIntervalTime",
        "1C",
        when=_COMPENSATED
        & any_of(at_top(~filled(_TRIGGER)), at_top(equals(_TRIGGER, "TIME", "BOTH"))),
    ),
    attribute("NominalPercentageOfRespiratoryPhase", "1C"),
    attribute("NominalRespiratoryTriggerDelayTime", "1"),
    attribute(
        "ActualRespiratoryTriggerDelayTime", "1C", when=at_top(equals(_TRIGGER, "TIME", "BOTH"))
    ),
    attribute(
        "StartingRespiratoryAmplitude", "1C", when=at_top(equals(_TRIGGER, "AMPLITUDE", "BOTH"))
    ),
    attribute(
        "StartingRespiratoryPhase",
        "1C",
        when=present("StartingRespiratoryAmplitude"),
        values=_PHASES,
    ),
    attribute(
        "EndingRespiratoryAmplitude", "1C", when=at_top(equals(_TRIGGER, "AMPLITUDE", "BOTH"))
    ),
    attribute(
        "EndingRespiratoryPhase", "1C", when=present("EndingRespiratoryAmplitude"), values=_PHASES
    ),
)

IRRADIATION_EVENT_IDENTIFICATION = macro(
    "Irradiation Event Identification",
    "C.7.6.16.2.18",
    "IrradiationEventIdentificationSequence",
    attribute("IrradiationEventUID", "1"),
)

TEMPORAL_POSITION = macro(
    "Temporal Position",
    "C.7.6.16.2.23",
    "TemporalPositionSequence",
    attribute("TemporalPositionTimeOffset", "1"),
)
