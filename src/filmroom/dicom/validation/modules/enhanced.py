"""Modules of enhanced multi-frame CT and MR images (PS3.3 §C.8.13, §C.8.15, §C.8.16)."""

from __future__ import annotations

from collections.abc import Mapping

from filmroom.dicom.validation.condition import (
    at_top,
    equals,
    exceeds,
    present,
    sop_class,
)
from filmroom.dicom.validation.macros import HIERARCHICAL_REFERENCE, SOP_REFERENCE, YES_NO
from filmroom.dicom.validation.module import Attribute, Enumerated, Module, attribute
from filmroom.dicom.validation.modules.image import ICON, LOSSY
from filmroom.dicom.validation.modules.multi_frame import ORIGINAL

__all__ = [
    "COMMON_DESCRIPTION",
    "CT_SERIES",
    "ENHANCED_CT_IMAGE",
    "ENHANCED_MR_IMAGE",
    "FRAME_TYPE",
    "MR_PULSE_SEQUENCE",
    "MR_SERIES",
    "NOT_LEGACY",
]

NOT_LEGACY = (
    ~sop_class(
        "LegacyConvertedEnhancedCTImageStorage",
        "LegacyConvertedEnhancedMRImageStorage",
        "LegacyConvertedEnhancedPETImageStorage",
    )
).named("the image is not legacy converted")

FRAME_TYPE: Mapping[int, Enumerated] = {1: ("ORIGINAL", "DERIVED"), 2: ("PRIMARY",)}
"""Values of Frame Type; Image Type may also be MIXED (PS3.3 §C.8.16.1)."""
_IMAGE_TYPE: Mapping[int, Enumerated] = {1: ("ORIGINAL", "DERIVED", "MIXED"), 2: ("PRIMARY",)}


def _description(*mixed: str) -> tuple[Attribute, ...]:
    return (
        attribute("PixelPresentation", "1", values=("COLOR", "MONOCHROME", "TRUE_COLOR", *mixed)),
        attribute(
            "VolumetricProperties",
            "1",
            values=("VOLUME", "SAMPLED", "DISTORTED", *mixed),
        ),
        attribute("VolumeBasedCalculationTechnique", "1"),
    )


COMMON_DESCRIPTION = _description()
"""Common CT/MR Image Description Macro for a frame (PS3.3 §C.8.16.2)."""
_IMAGE_DESCRIPTION = _description("MIXED")

CT_SERIES = Module(
    "CT Series",
    "C.8.15.1",
    (
        attribute("Modality", "1", values=("CT",)),
        attribute("ReferencedPerformedProcedureStepSequence", "1C", most=1, items=SOP_REFERENCE),
    ),
)

MR_SERIES = Module(
    "MR Series",
    "C.8.13.6",
    (
        attribute("Modality", "1", values=("MR",)),
        attribute("ReferencedPerformedProcedureStepSequence", "1C", most=1, items=SOP_REFERENCE),
    ),
)

_ACQUIRED = ORIGINAL & NOT_LEGACY
_LOSSY = equals("LossyImageCompression", "01")

_BOTH = (
    attribute("ImageType", "1", at=_IMAGE_TYPE),
    *_IMAGE_DESCRIPTION,
    attribute("AcquisitionDateTime", "1C", when=_ACQUIRED),
    attribute("AcquisitionDuration", "1C", when=_ACQUIRED),
    attribute("ReferencedRawDataSequence", "3", items=HIERARCHICAL_REFERENCE),
    attribute("ReferencedWaveformSequence", "3", items=HIERARCHICAL_REFERENCE),
    attribute(
        "ReferencedImageEvidenceSequence",
        "1C",
        when=present("ReferencedImageSequence"),
        items=HIERARCHICAL_REFERENCE,
    ),
    attribute(
        "SourceImageEvidenceSequence",
        "1C",
        when=present("SourceImageSequence"),
        items=HIERARCHICAL_REFERENCE,
    ),
    attribute("ReferencedPresentationStateSequence", "1C", items=HIERARCHICAL_REFERENCE),
    attribute(
        "ContentQualification",
        "1C",
        when=NOT_LEGACY,
        values=("PRODUCT", "RESEARCH", "SERVICE"),
    ),
    attribute("BurnedInAnnotation", "1C", when=NOT_LEGACY, values=("NO",)),
    attribute("RecognizableVisualFeatures", "3", values=YES_NO),
    attribute("LossyImageCompression", "1C", when=NOT_LEGACY, values=LOSSY),
    attribute("LossyImageCompressionRatio", "1C", when=_LOSSY),
    attribute("LossyImageCompressionMethod", "1C", when=_LOSSY),
    attribute("HighBit", "1"),
    attribute("ViewCodeSequence", "3", most=1),
    ICON,
)

ENHANCED_CT_IMAGE = Module(
    "Enhanced CT Image",
    "C.8.15.2",
    (
        *_BOTH,
        attribute("MultienergyCTAcquisition", "3", values=YES_NO),
        attribute("SamplesPerPixel", "1", values=(1,)),
        attribute("PhotometricInterpretation", "1", values=("MONOCHROME2",)),
        attribute("BitsAllocated", "1", values=(16,)),
        attribute("BitsStored", "1", values=(12, 16)),
        attribute("PresentationLUTShape", "1", values=("IDENTITY",)),
    ),
)

ENHANCED_MR_IMAGE = Module(
    "Enhanced MR Image",
    "C.8.13.1",
    (
        *_BOTH,
        attribute("ComplexImageComponent", "1C", when=NOT_LEGACY),
        attribute("AcquisitionContrast", "1C", when=NOT_LEGACY),
        attribute("MagneticFieldStrength", "1C", when=_ACQUIRED),
        attribute("ResonantNucleus", "1C", when=_ACQUIRED),
        attribute("KSpaceFiltering", "1C", when=_ACQUIRED),
        attribute("ApplicableSafetyStandardAgency", "1C", when=NOT_LEGACY),
        attribute("SamplesPerPixel", "1", values=(1, 3)),
        attribute("PhotometricInterpretation", "1"),
        attribute("BitsAllocated", "1", values=(8, 16)),
        attribute("BitsStored", "1", values=(8, 12, 16)),
        attribute("PlanarConfiguration", "1C", only=exceeds("SamplesPerPixel", 1), values=(0, 1)),
        attribute("PixelRepresentation", "1", values=(0, 1)),
        attribute(
            "PresentationLUTShape",
            "1C",
            when=equals("PhotometricInterpretation", "MONOCHROME2"),
            values=("IDENTITY",),
        ),
    ),
)

_SPIN = equals("EchoPulseSequence", "SPIN", "BOTH")

MR_PULSE_SEQUENCE = Module(
    "MR Pulse Sequence",
    "C.8.13.4",
    (
        attribute("PulseSequenceName", "1C", when=ORIGINAL),
        attribute("MRAcquisitionType", "1C", when=ORIGINAL),
        attribute("EchoPulseSequence", "1C", when=ORIGINAL, values=("SPIN", "GRADIENT", "BOTH")),
        attribute("MultipleSpinEcho", "1C", when=ORIGINAL & _SPIN, values=YES_NO),
        attribute("MultiPlanarExcitation", "1C", when=ORIGINAL, values=YES_NO),
        attribute("PhaseContrast", "1C", when=ORIGINAL, values=YES_NO),
        attribute(
            "VelocityEncodingAcquisitionSequence",
            "1C",
            when=equals("PhaseContrast", "YES"),
            items=(attribute("VelocityEncodingDirection", "1"),),
        ),
        attribute("TimeOfFlightContrast", "1C", when=ORIGINAL, values=YES_NO),
        attribute(
            "ArterialSpinLabelingContrast",
            "1C",
            when=at_top(equals("ImageType", "ASL", at=3)),
            values=("CONTINUOUS", "PSEUDOCONTINUOUS", "PULSED"),
        ),
        attribute("SteadyStatePulseSequence", "1C", when=ORIGINAL),
        attribute("EchoPlanarPulseSequence", "1C", when=ORIGINAL, values=YES_NO),
        attribute("SaturationRecovery", "1C", when=ORIGINAL, values=YES_NO),
        attribute("SpectrallySelectedSuppression", "1C", when=ORIGINAL),
        attribute("OversamplingPhase", "1C", when=ORIGINAL, values=("2D", "3D", "2D_3D", "NONE")),
        attribute("GeometryOfKSpaceTraversal", "1C", when=ORIGINAL),
        attribute(
            "RectilinearPhaseEncodeReordering",
            "1C",
            when=ORIGINAL & equals("GeometryOfKSpaceTraversal", "RECTILINEAR"),
        ),
        attribute(
            "SegmentedKSpaceTraversal", "1C", when=ORIGINAL, values=("SINGLE", "PARTIAL", "FULL")
        ),
        attribute("CoverageOfKSpace", "1C", when=ORIGINAL & equals("MRAcquisitionType", "3D")),
        attribute("NumberOfKSpaceTrajectories", "1C", when=ORIGINAL),
    ),
)
