"""The functional group macros of enhanced CT and MR typed a second time (PS3.3 §C.7.6.16.2).

A line is an IOD, or a sequence of a functional group in it, a type, and the attributes of it.
"""

import re

import pytest

from filmroom.dicom.validation.functional_groups import FUNCTIONAL_GROUPS

TYPES = """
enhanced-ct-image 1: PixelMeasuresSequence FrameContentSequence PlanePositionSequence
  PlaneOrientationSequence CardiacSynchronizationSequence FrameAnatomySequence
  FrameVOILUTSequence ContrastBolusUsageSequence RespiratorySynchronizationSequence
  TemporalPositionSequence RealWorldValueMappingSequence IrradiationEventIdentificationSequence
  CTImageFrameTypeSequence CTAcquisitionTypeSequence CTAcquisitionDetailsSequence
  CTTableDynamicsSequence CTPositionSequence CTGeometrySequence CTReconstructionSequence
  CTExposureSequence CTXRayDetailsSequence PixelValueTransformationSequence
  CTAdditionalXRaySourceSequence
enhanced-ct-image/PixelMeasuresSequence 1C: PixelSpacing SliceThickness SpacingBetweenSlices
enhanced-ct-image/FrameContentSequence 1C: FrameReferenceDateTime FrameAcquisitionDateTime
  FrameAcquisitionDuration DimensionIndexValues TemporalPositionIndex StackID
  InStackPositionNumber
enhanced-ct-image/PlanePositionSequence 1C: ImagePositionPatient
enhanced-ct-image/PlaneOrientationSequence 1C: ImageOrientationPatient
enhanced-ct-image 2: ReferencedImageSequence DerivationImageSequence
enhanced-ct-image/ReferencedImageSequence 1: ReferencedSOPClassUID ReferencedSOPInstanceUID
enhanced-ct-image/ReferencedImageSequence 1C: ReferencedFrameNumber ReferencedSegmentNumber
  PurposeOfReferenceCodeSequence
enhanced-ct-image/DerivationImageSequence 1C: DerivationCodeSequence
enhanced-ct-image/DerivationImageSequence 2: SourceImageSequence
enhanced-ct-image/CardiacSynchronizationSequence 1C: NominalPercentageOfCardiacPhase
  ActualCardiacTriggerDelayTime RRIntervalTimeNominal
enhanced-ct-image/CardiacSynchronizationSequence 1: NominalCardiacTriggerDelayTime
enhanced-ct-image/FrameAnatomySequence 1: FrameLaterality AnatomicRegionSequence
enhanced-ct-image/FrameVOILUTSequence 1: WindowCenter WindowWidth
enhanced-ct-image/ContrastBolusUsageSequence 1: ContrastBolusAgentNumber
  ContrastBolusAgentAdministered
enhanced-ct-image/ContrastBolusUsageSequence 2: ContrastBolusAgentDetected
enhanced-ct-image/ContrastBolusUsageSequence 2C: ContrastBolusAgentPhase
enhanced-ct-image/RespiratorySynchronizationSequence 1C: RespiratoryIntervalTime
  NominalPercentageOfRespiratoryPhase ActualRespiratoryTriggerDelayTime
  StartingRespiratoryAmplitude StartingRespiratoryPhase EndingRespiratoryAmplitude
  EndingRespiratoryPhase
enhanced-ct-image/RespiratorySynchronizationSequence 1: NominalRespiratoryTriggerDelayTime
enhanced-ct-image/TemporalPositionSequence 1: TemporalPositionTimeOffset
enhanced-ct-image/RealWorldValueMappingSequence 1C: RealWorldValueFirstValueMapped
  RealWorldValueLastValueMapped DoubleFloatRealWorldValueFirstValueMapped
  DoubleFloatRealWorldValueLastValueMapped RealWorldValueIntercept RealWorldValueSlope
  RealWorldValueLUTData
enhanced-ct-image/RealWorldValueMappingSequence 1: LUTExplanation LUTLabel
  MeasurementUnitsCodeSequence
enhanced-ct-image/IrradiationEventIdentificationSequence 1: IrradiationEventUID
enhanced-ct-image/CTImageFrameTypeSequence 1: FrameType PixelPresentation VolumetricProperties
  VolumeBasedCalculationTechnique
enhanced-ct-image/CTAcquisitionTypeSequence 1C: AcquisitionType TubeAngle ConstantVolumeFlag
  FluoroscopyFlag
enhanced-ct-image/CTAcquisitionDetailsSequence 1C: ReferencedPathIndex RotationDirection
  RevolutionTime SingleCollimationWidth TotalCollimationWidth TableHeight GantryDetectorTilt
  DataCollectionDiameter
enhanced-ct-image/CTTableDynamicsSequence 1C: TableSpeed TableFeedPerRotation SpiralPitchFactor
enhanced-ct-image/CTPositionSequence 1C: TablePosition DataCollectionCenterPatient
  ReconstructionTargetCenterPatient
enhanced-ct-image/CTGeometrySequence 1C: ReferencedPathIndex DistanceSourceToDetector
  DistanceSourceToDataCollectionCenter
enhanced-ct-image/CTReconstructionSequence 1C: ReconstructionAlgorithm ConvolutionKernel
  ConvolutionKernelGroup ReconstructionDiameter ReconstructionFieldOfView
  ReconstructionPixelSpacing ReconstructionAngle ImageFilter
enhanced-ct-image/CTExposureSequence 1C: ReferencedXRaySourceIndex ExposureTimeInms
  XRayTubeCurrentInmA ExposureInmAs ExposureModulationType
  WaterEquivalentDiameterCalculationMethodCodeSequence
enhanced-ct-image/CTExposureSequence 2C: CTDIvol
enhanced-ct-image/CTXRayDetailsSequence 1C: ReferencedPathIndex KVP FocalSpots FilterType
  FilterMaterial EnergyWeightingFactor
enhanced-ct-image/PixelValueTransformationSequence 1: RescaleIntercept RescaleSlope RescaleType
enhanced-ct-image/CTAdditionalXRaySourceSequence 1: KVP XRayTubeCurrentInmA
  DataCollectionDiameter FocalSpots FilterType FilterMaterial ExposureInmAs
enhanced-ct-image/CTAdditionalXRaySourceSequence 1C: EnergyWeightingFactor
enhanced-ct-image/MultienergyCTProcessingSequence 1: DecompositionMethod
enhanced-ct-image 1C: MultienergyCTCharacteristicsSequence
enhanced-ct-image/MultienergyCTCharacteristicsSequence 1C: MonoenergeticEnergyEquivalent
enhanced-mr-image 1: PixelMeasuresSequence FrameContentSequence PlanePositionSequence
  PlaneOrientationSequence CardiacSynchronizationSequence FrameAnatomySequence
  FrameVOILUTSequence ContrastBolusUsageSequence RespiratorySynchronizationSequence
  TemporalPositionSequence PixelValueTransformationSequence RealWorldValueMappingSequence
  FunctionalMRSequence MRImageFrameTypeSequence MRTimingAndRelatedParametersSequence
  MRFOVGeometrySequence MREchoSequence MRModifierSequence MRImagingModifierSequence
  MRReceiveCoilSequence MRTransmitCoilSequence MRDiffusionSequence MRAveragesSequence
  MRMetaboliteMapSequence MRVelocityEncodingSequence MRArterialSpinLabelingSequence
enhanced-mr-image/PixelMeasuresSequence 1C: PixelSpacing SliceThickness SpacingBetweenSlices
enhanced-mr-image/FrameContentSequence 1C: FrameReferenceDateTime FrameAcquisitionDateTime
  FrameAcquisitionDuration DimensionIndexValues TemporalPositionIndex StackID
  InStackPositionNumber
enhanced-mr-image/PlanePositionSequence 1C: ImagePositionPatient
enhanced-mr-image/PlaneOrientationSequence 1C: ImageOrientationPatient
enhanced-mr-image 2: ReferencedImageSequence DerivationImageSequence MRSpatialSaturationSequence
enhanced-mr-image/ReferencedImageSequence 1: ReferencedSOPClassUID ReferencedSOPInstanceUID
enhanced-mr-image/ReferencedImageSequence 1C: ReferencedFrameNumber ReferencedSegmentNumber
  PurposeOfReferenceCodeSequence
enhanced-mr-image/DerivationImageSequence 1C: DerivationCodeSequence
enhanced-mr-image/DerivationImageSequence 2: SourceImageSequence
enhanced-mr-image/CardiacSynchronizationSequence 1C: NominalPercentageOfCardiacPhase
  ActualCardiacTriggerDelayTime RRIntervalTimeNominal
enhanced-mr-image/CardiacSynchronizationSequence 1: NominalCardiacTriggerDelayTime
enhanced-mr-image/FrameAnatomySequence 1: FrameLaterality AnatomicRegionSequence
enhanced-mr-image/FrameVOILUTSequence 1: WindowCenter WindowWidth
enhanced-mr-image/ContrastBolusUsageSequence 1: ContrastBolusAgentNumber
  ContrastBolusAgentAdministered
enhanced-mr-image/ContrastBolusUsageSequence 2: ContrastBolusAgentDetected
enhanced-mr-image/ContrastBolusUsageSequence 2C: ContrastBolusAgentPhase
enhanced-mr-image/RespiratorySynchronizationSequence 1C: RespiratoryIntervalTime
  NominalPercentageOfRespiratoryPhase ActualRespiratoryTriggerDelayTime
  StartingRespiratoryAmplitude StartingRespiratoryPhase EndingRespiratoryAmplitude
  EndingRespiratoryPhase
enhanced-mr-image/RespiratorySynchronizationSequence 1: NominalRespiratoryTriggerDelayTime
enhanced-mr-image/TemporalPositionSequence 1: TemporalPositionTimeOffset
enhanced-mr-image/PixelValueTransformationSequence 1: RescaleIntercept RescaleSlope RescaleType
enhanced-mr-image/RealWorldValueMappingSequence 1C: RealWorldValueFirstValueMapped
  RealWorldValueLastValueMapped DoubleFloatRealWorldValueFirstValueMapped
  DoubleFloatRealWorldValueLastValueMapped RealWorldValueIntercept RealWorldValueSlope
  RealWorldValueLUTData
enhanced-mr-image/RealWorldValueMappingSequence 1: LUTExplanation LUTLabel
  MeasurementUnitsCodeSequence
enhanced-mr-image/FunctionalMRSequence 1C: SettlingPhaseFrame
enhanced-mr-image/FunctionalMRSequence 1: FunctionalSyncPulse
enhanced-mr-image/MRImageFrameTypeSequence 1: FrameType PixelPresentation VolumetricProperties
  VolumeBasedCalculationTechnique
enhanced-mr-image/MRImageFrameTypeSequence 1C: ComplexImageComponent AcquisitionContrast
enhanced-mr-image/MRTimingAndRelatedParametersSequence 1C: RepetitionTime FlipAngle
  EchoTrainLength RFEchoTrainLength GradientEchoTrainLength SpecificAbsorptionRateSequence
  GradientOutputType GradientOutput OperatingModeSequence
enhanced-mr-image/MRFOVGeometrySequence 1C: InPlanePhaseEncodingDirection
  MRAcquisitionFrequencyEncodingSteps MRAcquisitionPhaseEncodingStepsInPlane
  MRAcquisitionPhaseEncodingStepsOutOfPlane PercentSampling PercentPhaseFieldOfView
enhanced-mr-image/MREchoSequence 1C: EffectiveEchoTime
enhanced-mr-image/MRModifierSequence 1C: InversionRecovery InversionTimes FlowCompensation
  FlowCompensationDirection Spoiling T2Preparation SpectrallySelectedExcitation
  SpatialPresaturation PartialFourier PartialFourierDirection ParallelAcquisition
  ParallelAcquisitionTechnique ParallelReductionFactorInPlane ParallelReductionFactorOutOfPlane
  ParallelReductionFactorSecondInPlane
enhanced-mr-image/MRImagingModifierSequence 1C: MagnetizationTransfer BloodSignalNulling Tagging
  TagSpacingFirstDimension TagSpacingSecondDimension TagAngleFirstAxis TagAngleSecondAxis
  TagThickness TransmitterFrequency PixelBandwidth
enhanced-mr-image/MRReceiveCoilSequence 1C: ReceiveCoilName ReceiveCoilType
  QuadratureReceiveCoil MultiCoilDefinitionSequence
enhanced-mr-image/MRReceiveCoilSequence 2C: ReceiveCoilManufacturerName
enhanced-mr-image/MRTransmitCoilSequence 1C: TransmitCoilName TransmitCoilType
enhanced-mr-image/MRTransmitCoilSequence 2C: TransmitCoilManufacturerName
enhanced-mr-image/MRDiffusionSequence 1C: DiffusionBValue DiffusionDirectionality
  DiffusionGradientDirectionSequence DiffusionBMatrixSequence DiffusionAnisotropyType
enhanced-mr-image/MRAveragesSequence 1C: NumberOfAverages
enhanced-mr-image/MRSpatialSaturationSequence 1: SlabThickness SlabOrientation MidSlabPosition
enhanced-mr-image/MRMetaboliteMapSequence 1C: MetaboliteMapDescription
enhanced-mr-image/MRVelocityEncodingSequence 1C: VelocityEncodingDirection
  VelocityEncodingMinimumValue VelocityEncodingMaximumValue
enhanced-mr-image/MRArterialSpinLabelingSequence 2: ASLTechniqueDescription
enhanced-mr-image/MRArterialSpinLabelingSequence 1C: ASLContext ASLSlabSequence
  ASLCrusherFlowLimit ASLCrusherDescription ASLBolusCutoffTimingSequence
enhanced-mr-image/MRArterialSpinLabelingSequence 1: ASLCrusherFlag ASLBolusCutoffFlag
"""

# IOD: usage of each functional group (PS3.3 Tables A.38-2 and A.36-2).
USAGE = {
    "enhanced-ct-image": {
        "M": "PixelMeasures FrameContent PlanePosition PlaneOrientation FrameAnatomy"
        " IrradiationEventIdentification CTImageFrameType PixelValueTransformation",
        "C": "ReferencedImage DerivationImage CardiacSynchronization RealWorldValueMapping"
        " ContrastBolusUsage RespiratorySynchronization CTAcquisitionType CTAcquisitionDetails"
        " CTTableDynamics CTPosition CTGeometry CTReconstruction CTExposure CTXRayDetails"
        " CTAdditionalXRaySource MultienergyCTProcessing",
        "U": "FrameVOILUT TemporalPosition MultienergyCTCharacteristics",
    },
    "enhanced-mr-image": {
        "M": "PixelMeasures FrameContent PlanePosition PlaneOrientation FrameAnatomy"
        " MRImageFrameType",
        "C": "ReferencedImage DerivationImage CardiacSynchronization PixelValueTransformation"
        " ContrastBolusUsage RespiratorySynchronization MRTimingAndRelatedParameters"
        " MRFOVGeometry MREcho MRModifier MRImagingModifier MRReceiveCoil MRTransmitCoil"
        " MRDiffusion MRAverages MRSpatialSaturation MRMetaboliteMap MRVelocityEncoding"
        " MRArterialSpinLabeling",
        "U": "FrameVOILUT RealWorldValueMapping FunctionalMR TemporalPosition",
    },
}


def lines():
    whole = re.sub(r"\n  ", " ", TYPES.strip())
    for line in whole.splitlines():
        place, _, keywords = line.partition(": ")
        place, _, type_ = place.rpartition(" ")
        iod, *path = place.split("/")
        yield iod, tuple(path), type_, keywords.split()


def tabled(rows, path=()):
    for row in rows:
        if row.type != "3":
            yield path, row.keyword, row.type
        if not path:
            yield from tabled(row.items, (row.keyword,))


@pytest.mark.parametrize("iod", USAGE)
def test_types_in_functional_groups(iod):
    rows = {row for group in FUNCTIONAL_GROUPS[iod] for row in tabled(group.macro.rows)}
    assert rows == {
        (path, keyword, type_)
        for name, path, type_, keywords in lines()
        if name == iod
        for keyword in keywords
    }


@pytest.mark.parametrize("iod", USAGE)
def test_usage_of_functional_groups(iod):
    usage = {group.sequence.keyword: group.letter for group in FUNCTIONAL_GROUPS[iod]}
    assert usage == {
        f"{name}Sequence": letter for letter, names in USAGE[iod].items() for name in names.split()
    }
