"""Functional group macros of enhanced CT images (PS3.3 §C.8.15.3)."""

from __future__ import annotations

from filmroom.dicom.validation.condition import absent, at_top, differs, equals, present
from filmroom.dicom.validation.frames import frame_differs, frame_equals
from filmroom.dicom.validation.functional_groups.general import FRAME_ORIGINAL, FRAME_TYPES, macro
from filmroom.dicom.validation.macros import YES_NO
from filmroom.dicom.validation.module import Module, attribute
from filmroom.dicom.validation.modules.enhanced import COMMON_DESCRIPTION, FRAME_TYPE

__all__ = [
    "CT_ACQUISITION_DETAILS",
    "CT_ACQUISITION_TYPE",
    "CT_ADDITIONAL_X_RAY_SOURCE",
    "CT_EXPOSURE",
    "CT_GEOMETRY",
    "CT_IMAGE_FRAME_TYPE",
    "CT_PIXEL_VALUE_TRANSFORMATION",
    "CT_POSITION",
    "CT_RECONSTRUCTION",
    "CT_TABLE_DYNAMICS",
    "CT_X_RAY_DETAILS",
    "MULTI_ENERGY_CT_CHARACTERISTICS",
    "MULTI_ENERGY_CT_PROCESSING",
]

_ACQUISITION = ("CTAcquisitionTypeSequence",)
_TURNING = FRAME_ORIGINAL & frame_differs(_ACQUISITION, "AcquisitionType", "CONSTANT_ANGLE")
_SPIRAL = FRAME_ORIGINAL & frame_equals(_ACQUISITION, "AcquisitionType", "SPIRAL")
_MULTI_ENERGY = at_top(equals("MultienergyCTAcquisition", "YES"))
_PATH = attribute("ReferencedPathIndex", "1C", when=_MULTI_ENERGY)
_PROPORTIONAL = frame_equals(FRAME_TYPES, "FrameType", "ENERGY_PROP_WT", at=4)

CT_IMAGE_FRAME_TYPE = macro(
    "CT Image Frame Type",
    "C.8.15.3.1",
    "CTImageFrameTypeSequence",
    attribute("FrameType", "1", at=FRAME_TYPE),
    *COMMON_DESCRIPTION,
)

CT_ACQUISITION_TYPE = macro(
    "CT Acquisition Type",
    "C.8.15.3.2",
    "CTAcquisitionTypeSequence",
    attribute("AcquisitionType", "1C", when=FRAME_ORIGINAL),
    attribute("TubeAngle", "1C", when=FRAME_ORIGINAL & equals("AcquisitionType", "CONSTANT_ANGLE")),
    attribute("ConstantVolumeFlag", "1C", when=FRAME_ORIGINAL, values=YES_NO),
    attribute("FluoroscopyFlag", "1C", when=FRAME_ORIGINAL, values=YES_NO),
)

CT_ACQUISITION_DETAILS = macro(
    "CT Acquisition Details",
    "C.8.15.3.3",
    "CTAcquisitionDetailsSequence",
    _PATH,
    attribute("RotationDirection", "1C", when=_TURNING, values=("CW", "CC")),
    attribute("RevolutionTime", "1C", when=_TURNING),
    attribute("SingleCollimationWidth", "1C", when=FRAME_ORIGINAL),
    attribute("TotalCollimationWidth", "1C", when=FRAME_ORIGINAL),
    attribute("TableHeight", "1C", when=FRAME_ORIGINAL),
    attribute("GantryDetectorTilt", "1C", when=FRAME_ORIGINAL),
    attribute("DataCollectionDiameter", "1C", when=FRAME_ORIGINAL),
    may_repeat=True,
)

CT_TABLE_DYNAMICS = macro(
    "CT Table Dynamics",
    "C.8.15.3.4",
    "CTTableDynamicsSequence",
    attribute(
        "TableSpeed",
        "1C",
        when=FRAME_ORIGINAL
        & frame_equals(_ACQUISITION, "AcquisitionType", "SPIRAL", "CONSTANT_ANGLE"),
    ),
    attribute("TableFeedPerRotation", "1C", when=_SPIRAL),
    attribute("SpiralPitchFactor", "1C", when=_SPIRAL),
    may_repeat=True,
)

CT_POSITION = macro(
    "CT Position",
    "C.8.15.3.5",
    "CTPositionSequence",
    attribute("TablePosition", "1C", when=FRAME_ORIGINAL),
    attribute("DataCollectionCenterPatient", "1C", when=FRAME_ORIGINAL),
    attribute("ReconstructionTargetCenterPatient", "1C", when=FRAME_ORIGINAL),
)

CT_GEOMETRY = macro(
    "CT Geometry",
    "C.8.15.3.6",
    "CTGeometrySequence",
    _PATH,
    attribute("DistanceSourceToDetector", "1C", when=FRAME_ORIGINAL),
    attribute("DistanceSourceToDataCollectionCenter", "1C", when=FRAME_ORIGINAL),
    may_repeat=True,
)

CT_RECONSTRUCTION = macro(
    "CT Reconstruction",
    "C.8.15.3.7",
    "CTReconstructionSequence",
    attribute("ReconstructionAlgorithm", "1C", when=FRAME_ORIGINAL),
    attribute("ConvolutionKernel", "1C", when=FRAME_ORIGINAL),
    attribute("ConvolutionKernelGroup", "1C", when=present("ConvolutionKernel")),
    attribute(
        "ReconstructionDiameter", "1C", when=FRAME_ORIGINAL & absent("ReconstructionFieldOfView")
    ),
    attribute(
        "ReconstructionFieldOfView", "1C", when=FRAME_ORIGINAL & absent("ReconstructionDiameter")
    ),
    attribute("ReconstructionPixelSpacing", "1C", when=FRAME_ORIGINAL),
    attribute("ReconstructionAngle", "1C", when=FRAME_ORIGINAL),
    attribute("ImageFilter", "1C", when=FRAME_ORIGINAL),
)

CT_EXPOSURE = macro(
    "CT Exposure",
    "C.8.15.3.8",
    "CTExposureSequence",
    attribute("ReferencedXRaySourceIndex", "1C", when=_MULTI_ENERGY),
    attribute("ExposureTimeInms", "1C", when=FRAME_ORIGINAL),
    attribute("XRayTubeCurrentInmA", "1C", when=FRAME_ORIGINAL),
    attribute("ExposureInmAs", "1C", when=FRAME_ORIGINAL),
    attribute("ExposureModulationType", "1C", when=FRAME_ORIGINAL),
    attribute("CTDIvol", "2C", when=FRAME_ORIGINAL),
    attribute("CTDIPhantomTypeCodeSequence", "3", most=1),
    attribute(
        "WaterEquivalentDiameterCalculationMethodCodeSequence",
        "1C",
        when=present("WaterEquivalentDiameter"),
        most=1,
    ),
    may_repeat=True,
)

CT_X_RAY_DETAILS = macro(
    "CT X-Ray Details",
    "C.8.15.3.9",
    "CTXRayDetailsSequence",
    _PATH,
    attribute("KVP", "1C", when=FRAME_ORIGINAL),
    attribute("FocalSpots", "1C", when=FRAME_ORIGINAL),
    attribute("FilterType", "1C", when=FRAME_ORIGINAL),
    attribute("FilterMaterial", "1C", when=FRAME_ORIGINAL & differs("FilterType", "NONE")),
    attribute("EnergyWeightingFactor", "1C", when=_PROPORTIONAL),
    may_repeat=True,
)

CT_PIXEL_VALUE_TRANSFORMATION = macro(
    "CT Pixel Value Transformation",
    "C.8.15.3.10",
    "PixelValueTransformationSequence",
    attribute("RescaleIntercept", "1"),
    attribute("RescaleSlope", "1"),
    attribute("RescaleType", "1"),
)

CT_ADDITIONAL_X_RAY_SOURCE = macro(
    "CT Additional X-Ray Source",
    "C.8.15.3.11",
    "CTAdditionalXRaySourceSequence",
    attribute("KVP", "1"),
    attribute("XRayTubeCurrentInmA", "1"),
    attribute("DataCollectionDiameter", "1"),
    attribute("FocalSpots", "1"),
    attribute("FilterType", "1"),
    attribute("FilterMaterial", "1"),
    attribute("ExposureInmAs", "1"),
    attribute("EnergyWeightingFactor", "1C", when=_PROPORTIONAL),
    may_repeat=True,
)

MULTI_ENERGY_CT_CHARACTERISTICS = Module(
    "Multi-energy CT Characteristics",
    "C.8.15.3.12",
    (
        attribute(
            "MultienergyCTCharacteristicsSequence",
            "1C",
            most=1,
            items=(attribute("MonoenergeticEnergyEquivalent", "1C"),),
        ),
    ),
)

MULTI_ENERGY_CT_PROCESSING = Module(
    "Multi-energy CT Processing",
    "C.8.15.3.13",
    (
        attribute(
            "MultienergyCTProcessingSequence",
            "3",
            items=(attribute("DecompositionMethod", "1"),),
        ),
    ),
)
