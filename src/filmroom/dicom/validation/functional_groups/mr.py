"""Functional group macros of enhanced MR images (PS3.3 §C.8.13.5)."""

from __future__ import annotations

from filmroom.dicom.validation.condition import at_top, differs, equals
from filmroom.dicom.validation.frames import frame_equals
from filmroom.dicom.validation.functional_groups.general import FRAME_ORIGINAL, FRAME_TYPES, macro
from filmroom.dicom.validation.macros import YES_NO
from filmroom.dicom.validation.module import Module, attribute
from filmroom.dicom.validation.modules.enhanced import COMMON_DESCRIPTION, FRAME_TYPE, NOT_LEGACY

__all__ = [
    "FUNCTIONAL_MR",
    "MR_ARTERIAL_SPIN_LABELING",
    "MR_AVERAGES",
    "MR_DIFFUSION",
    "MR_ECHO",
    "MR_FOV_GEOMETRY",
    "MR_IMAGE_FRAME_TYPE",
    "MR_IMAGING_MODIFIER",
    "MR_METABOLITE_MAP",
    "MR_MODIFIER",
    "MR_RECEIVE_COIL",
    "MR_SPATIAL_SATURATION",
    "MR_TIMING_AND_RELATED_PARAMETERS",
    "MR_TRANSMIT_COIL",
    "MR_VELOCITY_ENCODING",
]

MR_IMAGE_FRAME_TYPE = macro(
    "MR Image Frame Type",
    "C.8.13.5.1",
    "MRImageFrameTypeSequence",
    attribute("FrameType", "1", at=FRAME_TYPE),
    *COMMON_DESCRIPTION,
    attribute("ComplexImageComponent", "1C", when=NOT_LEGACY),
    attribute("AcquisitionContrast", "1C", when=NOT_LEGACY),
    attribute("FunctionalSettlingPhaseFramesPresent", "3", values=YES_NO),
)

MR_TIMING_AND_RELATED_PARAMETERS = macro(
    "MR Timing and Related Parameters",
    "C.8.13.5.2",
    "MRTimingAndRelatedParametersSequence",
    attribute("RepetitionTime", "1C", when=FRAME_ORIGINAL),
    attribute("FlipAngle", "1C", when=FRAME_ORIGINAL),
    attribute("EchoTrainLength", "1C", when=FRAME_ORIGINAL),
    attribute("RFEchoTrainLength", "1C", when=FRAME_ORIGINAL),
    attribute("GradientEchoTrainLength", "1C", when=FRAME_ORIGINAL),
    attribute(
        "SpecificAbsorptionRateSequence",
        "1C",
        items=(
            attribute("SpecificAbsorptionRateDefinition", "1"),
            attribute("SpecificAbsorptionRateValue", "1"),
        ),
    ),
    attribute("GradientOutputType", "1C"),
    attribute("GradientOutput", "1C"),
    attribute(
        "OperatingModeSequence",
        "1C",
        items=(attribute("OperatingModeType", "1"), attribute("OperatingMode", "1")),
    ),
)

MR_FOV_GEOMETRY = macro(
    "MR FOV/Geometry",
    "C.8.13.5.3",
    "MRFOVGeometrySequence",
    attribute(
        "InPlanePhaseEncodingDirection",
        "1C",
        when=FRAME_ORIGINAL,
        values=("COLUMN", "ROW", "OTHER"),
    ),
    attribute("MRAcquisitionFrequencyEncodingSteps", "1C", when=FRAME_ORIGINAL),
    attribute("MRAcquisitionPhaseEncodingStepsInPlane", "1C", when=FRAME_ORIGINAL),
    attribute(
        "MRAcquisitionPhaseEncodingStepsOutOfPlane",
        "1C",
        when=FRAME_ORIGINAL & at_top(equals("MRAcquisitionType", "3D")),
    ),
    attribute("PercentSampling", "1C", when=FRAME_ORIGINAL),
    attribute("PercentPhaseFieldOfView", "1C", when=FRAME_ORIGINAL),
)

MR_ECHO = macro(
    "MR Echo",
    "C.8.13.5.4",
    "MREchoSequence",
    attribute("EffectiveEchoTime", "1C", when=FRAME_ORIGINAL),
)

_INVERTED = FRAME_ORIGINAL & equals("InversionRecovery", "YES")
_PARALLEL = FRAME_ORIGINAL & equals("ParallelAcquisition", "YES")

MR_MODIFIER = macro(
    "MR Modifier",
    "C.8.13.5.5",
    "MRModifierSequence",
    attribute("InversionRecovery", "1C", when=FRAME_ORIGINAL, values=YES_NO),
    attribute("InversionTimes", "1C", when=_INVERTED),
    attribute("FlowCompensation", "1C", when=FRAME_ORIGINAL),
    attribute(
        "FlowCompensationDirection",
        "1C",
        when=FRAME_ORIGINAL & differs("FlowCompensation", "NONE"),
        values=(
            "PHASE",
            "FREQUENCY",
            "SLICE_SELECT",
            "SLICE_AND_FREQ",
            "SLICE_FREQ_PHASE",
            "PHASE_AND_FREQ",
            "SLICE_AND_PHASE",
            "OTHER",
        ),
    ),
    attribute(
        "Spoiling",
        "1C",
        when=FRAME_ORIGINAL & at_top(equals("EchoPulseSequence", "GRADIENT", "BOTH")),
        values=("RF", "GRADIENT", "RF_AND_GRADIENT", "NONE"),
    ),
    attribute("T2Preparation", "1C", when=FRAME_ORIGINAL, values=YES_NO),
    attribute(
        "SpectrallySelectedExcitation",
        "1C",
        when=FRAME_ORIGINAL,
        values=("WATER", "FAT", "NONE"),
    ),
    attribute("SpatialPresaturation", "1C", when=FRAME_ORIGINAL),
    attribute("PartialFourier", "1C", when=FRAME_ORIGINAL, values=YES_NO),
    attribute(
        "PartialFourierDirection",
        "1C",
        when=FRAME_ORIGINAL & equals("PartialFourier", "YES"),
        values=("PHASE", "FREQUENCY", "SLICE_SELECT", "COMBINATION"),
    ),
    attribute("ParallelAcquisition", "1C", when=FRAME_ORIGINAL, values=YES_NO),
    attribute("ParallelAcquisitionTechnique", "1C", when=_PARALLEL),
    attribute("ParallelReductionFactorInPlane", "1C", when=_PARALLEL),
    attribute("ParallelReductionFactorOutOfPlane", "1C", when=_PARALLEL),
    attribute("ParallelReductionFactorSecondInPlane", "1C", when=_PARALLEL),
)

_TAGGED = FRAME_ORIGINAL & equals("Tagging", "GRID", "LINE")
_GRID = FRAME_ORIGINAL & equals("Tagging", "GRID")

MR_IMAGING_MODIFIER = macro(
    "MR Imaging Modifier",
    "C.8.13.5.6",
    "MRImagingModifierSequence",
    attribute(
        "MagnetizationTransfer",
        "1C",
        when=FRAME_ORIGINAL,
        values=("ON_RESONANCE", "OFF_RESONANCE", "NONE"),
    ),
    attribute("BloodSignalNulling", "1C", when=FRAME_ORIGINAL, values=YES_NO),
    attribute("Tagging", "1C", when=FRAME_ORIGINAL),
    attribute("TagSpacingFirstDimension", "1C", when=_TAGGED),
    attribute("TagSpacingSecondDimension", "1C", when=_GRID),
    attribute("TagAngleFirstAxis", "1C", when=_TAGGED),
    attribute("TagAngleSecondAxis", "1C", when=_GRID),
    attribute("TagThickness", "1C", when=_TAGGED),
    attribute("TransmitterFrequency", "1C", when=FRAME_ORIGINAL),
    attribute("PixelBandwidth", "1C", when=FRAME_ORIGINAL),
)

MR_RECEIVE_COIL = macro(
    "MR Receive Coil",
    "C.8.13.5.7",
    "MRReceiveCoilSequence",
    attribute("ReceiveCoilName", "1C", when=FRAME_ORIGINAL),
    attribute("ReceiveCoilManufacturerName", "2C", when=FRAME_ORIGINAL),
    attribute("ReceiveCoilType", "1C", when=FRAME_ORIGINAL),
    attribute("QuadratureReceiveCoil", "1C", when=FRAME_ORIGINAL, values=YES_NO),
    attribute(
        "MultiCoilDefinitionSequence",
        "1C",
        when=FRAME_ORIGINAL & equals("ReceiveCoilType", "MULTICOIL"),
        items=(
            attribute("MultiCoilElementName", "1"),
            attribute("MultiCoilElementUsed", "1", values=YES_NO),
        ),
    ),
)

MR_TRANSMIT_COIL = macro(
    "MR Transmit Coil",
    "C.8.13.5.8",
    "MRTransmitCoilSequence",
    attribute("TransmitCoilName", "1C", when=FRAME_ORIGINAL),
    attribute("TransmitCoilManufacturerName", "2C", when=FRAME_ORIGINAL),
    attribute("TransmitCoilType", "1C", when=FRAME_ORIGINAL),
)

MR_DIFFUSION = macro(
    "MR Diffusion",
    "C.8.13.5.9",
    "MRDiffusionSequence",
    attribute("DiffusionBValue", "1C", when=FRAME_ORIGINAL),
    attribute("DiffusionDirectionality", "1C", when=FRAME_ORIGINAL),
    attribute(
        "DiffusionGradientDirectionSequence",
        "1C",
        when=equals("DiffusionDirectionality", "DIRECTIONAL"),
        most=1,
        items=(attribute("DiffusionGradientOrientation", "1C", when=FRAME_ORIGINAL),),
    ),
    attribute(
        "DiffusionBMatrixSequence",
        "1C",
        when=equals("DiffusionDirectionality", "BMATRIX"),
        most=1,
        items=(
            attribute("DiffusionBValueXX", "1"),
            attribute("DiffusionBValueXY", "1"),
            attribute("DiffusionBValueXZ", "1"),
            attribute("DiffusionBValueYY", "1"),
            attribute("DiffusionBValueYZ", "1"),
            attribute("DiffusionBValueZZ", "1"),
        ),
    ),
    attribute(
        "DiffusionAnisotropyType",
        "1C",
        when=frame_equals(FRAME_TYPES, "FrameType", "DIFFUSION_ANISO", at=4),
    ),
)

MR_AVERAGES = macro(
    "MR Averages",
    "C.8.13.5.10",
    "MRAveragesSequence",
    attribute("NumberOfAverages", "1C", when=FRAME_ORIGINAL),
)

MR_SPATIAL_SATURATION = Module(
    "MR Spatial Saturation",
    "C.8.13.5.11",
    (
        attribute(
            "MRSpatialSaturationSequence",
            "2",
            items=(
                attribute("SlabThickness", "1"),
                attribute("SlabOrientation", "1"),
                attribute("MidSlabPosition", "1"),
            ),
        ),
    ),
)

MR_METABOLITE_MAP = macro(
    "MR Metabolite Map",
    "C.8.13.5.12",
    "MRMetaboliteMapSequence",
    attribute("MetaboliteMapDescription", "1C", when=FRAME_ORIGINAL),
    attribute(
        "ChemicalShiftSequence",
        "3",
        items=(
            attribute("ChemicalShiftMinimumIntegrationLimitInppm", "1"),
            attribute("ChemicalShiftMaximumIntegrationLimitInppm", "1"),
        ),
    ),
)

MR_VELOCITY_ENCODING = macro(
    "MR Velocity Encoding",
    "C.8.13.5.13",
    "MRVelocityEncodingSequence",
    attribute("VelocityEncodingDirection", "1C", when=FRAME_ORIGINAL),
    attribute("VelocityEncodingMinimumValue", "1C", when=FRAME_ORIGINAL),
    attribute("VelocityEncodingMaximumValue", "1C", when=FRAME_ORIGINAL),
    may_repeat=True,
)

_CRUSHED = equals("ASLCrusherFlag", "YES")

MR_ARTERIAL_SPIN_LABELING = macro(
    "MR Arterial Spin Labeling",
    "C.8.13.5.14",
    "MRArterialSpinLabelingSequence",
    attribute("ASLTechniqueDescription", "2"),
    attribute("ASLContext", "1C", when=FRAME_ORIGINAL, values=("LABEL", "CONTROL", "M_ZERO_SCAN")),
    attribute(
        "ASLSlabSequence",
        "1C",
        when=equals("ASLContext", "CONTROL", "LABEL"),
        items=(
            attribute("ASLSlabNumber", "1"),
            attribute("ASLSlabThickness", "1"),
            attribute("ASLSlabOrientation", "1"),
            attribute("ASLMidSlabPosition", "1"),
            attribute("ASLPulseTrainDuration", "1"),
        ),
    ),
    attribute("ASLCrusherFlag", "1", values=YES_NO),
    attribute("ASLCrusherFlowLimit", "1C", when=_CRUSHED),
    attribute("ASLCrusherDescription", "1C", when=_CRUSHED),
    attribute("ASLBolusCutoffFlag", "1", values=YES_NO),
    attribute(
        "ASLBolusCutoffTimingSequence",
        "1C",
        when=equals("ASLBolusCutoffFlag", "YES"),
        most=1,
        items=(
            attribute("ASLBolusCutoffTechnique", "2"),
            attribute("ASLBolusCutoffDelayTime", "1"),
        ),
    ),
)

FUNCTIONAL_MR = macro(
    "Functional MR",
    "C.8.13.5.15",
    "FunctionalMRSequence",
    attribute(
        "SettlingPhaseFrame",
        "1C",
        when=frame_equals(FRAME_TYPES, "FunctionalSettlingPhaseFramesPresent", "YES"),
        values=YES_NO,
    ),
    attribute("FunctionalSyncPulse", "1"),
)
