"""PS3.3 Annex C typed a second time: the type of each attribute of each module.

A line is a module, or a sequence in it, a type of PS3.5 §7.4, and the attributes of that type; what
a line goes on with is indented. Code sequences stand without the attributes of their items, macros
in macros are not repeated. Rows that the tables have beyond these are of Type 3.
"""

import re

import pytest

from filmroom.dicom.validation.modules import MODULES

TYPES = """
patient/ReferencedPatientSequence 1: ReferencedSOPClassUID ReferencedSOPInstanceUID
patient 2: PatientName PatientID PatientBirthDate PatientSex
patient/IssuerOfPatientIDQualifiersSequence 1C: UniversalEntityIDType
patient/SourcePatientGroupIdentificationSequence 1: PatientID
patient/GroupOfPatientsIdentificationSequence 1: PatientID
patient 1C: PatientAlternativeCalendar PatientSpeciesDescription PatientSpeciesCodeSequence
  ResponsiblePersonRole DeidentificationMethod DeidentificationMethodCodeSequence
patient/StrainStockSequence 1: StrainStockNumber StrainSource StrainSourceRegistryCodeSequence
patient/GeneticModificationsSequence 1: GeneticModificationsDescription
  GeneticModificationsNomenclature
patient/OtherPatientIDsSequence 1: PatientID TypeOfPatientID
patient/ReferencedPatientPhotoSequence 1: TypeOfInstances ReferencedSOPSequence
patient/ReferencedPatientPhotoSequence 1C: StudyInstanceUID SeriesInstanceUID
  DICOMRetrievalSequence DICOMMediaRetrievalSequence WADORetrievalSequence
  WADORSRetrievalSequence XDSRetrievalSequence
patient 2C: PatientBreedDescription PatientBreedCodeSequence BreedRegistrationSequence
  ResponsiblePerson ResponsibleOrganization
patient/BreedRegistrationSequence 1: BreedRegistrationNumber BreedRegistryCodeSequence
clinical-trial-subject 1: ClinicalTrialSponsorName ClinicalTrialProtocolID
clinical-trial-subject 2: ClinicalTrialProtocolName ClinicalTrialSiteID ClinicalTrialSiteName
clinical-trial-subject/OtherClinicalTrialProtocolIDsSequence 1: ClinicalTrialProtocolID
  IssuerOfClinicalTrialProtocolID
clinical-trial-subject 1C: ClinicalTrialSubjectID ClinicalTrialSubjectReadingID
  ClinicalTrialProtocolEthicsCommitteeName
general-study 1: StudyInstanceUID
general-study 2: StudyDate StudyTime ReferringPhysicianName StudyID AccessionNumber
general-study/ReferringPhysicianIdentificationSequence 1: PersonIdentificationCodeSequence
general-study/ReferringPhysicianIdentificationSequence 1C: InstitutionName
  InstitutionCodeSequence
general-study/ConsultingPhysicianIdentificationSequence 1: PersonIdentificationCodeSequence
general-study/ConsultingPhysicianIdentificationSequence 1C: InstitutionName
  InstitutionCodeSequence
general-study/IssuerOfAccessionNumberSequence 1C: LocalNamespaceEntityID UniversalEntityID
  UniversalEntityIDType
general-study/PhysiciansOfRecordIdentificationSequence 1: PersonIdentificationCodeSequence
general-study/PhysiciansOfRecordIdentificationSequence 1C: InstitutionName
  InstitutionCodeSequence
general-study/PhysiciansReadingStudyIdentificationSequence 1: PersonIdentificationCodeSequence
general-study/PhysiciansReadingStudyIdentificationSequence 1C: InstitutionName
  InstitutionCodeSequence
general-study/ReferencedStudySequence 1: ReferencedSOPClassUID ReferencedSOPInstanceUID
patient-study 2C: PatientSexNeutered
patient-study/IssuerOfAdmissionIDSequence 1C: LocalNamespaceEntityID UniversalEntityID
  UniversalEntityIDType
patient-study/IssuerOfServiceEpisodeIDSequence 1C: LocalNamespaceEntityID UniversalEntityID
  UniversalEntityIDType
clinical-trial-study 2: ClinicalTrialTimePointID
clinical-trial-study 1C: LongitudinalTemporalEventType
clinical-trial-study/ConsentForClinicalTrialUseSequence 1C: DistributionType
  ClinicalTrialProtocolID
clinical-trial-study/ConsentForClinicalTrialUseSequence 1: ConsentForDistributionFlag
general-series 1: Modality SeriesInstanceUID
general-series 2: SeriesNumber
general-series 2C: Laterality PatientPosition
general-series/PerformingPhysicianIdentificationSequence 1: PersonIdentificationCodeSequence
general-series/PerformingPhysicianIdentificationSequence 1C: InstitutionName
  InstitutionCodeSequence
general-series/OperatorIdentificationSequence 1: PersonIdentificationCodeSequence
general-series/OperatorIdentificationSequence 1C: InstitutionName InstitutionCodeSequence
general-series/ReferencedPerformedProcedureStepSequence 1: ReferencedSOPClassUID
  ReferencedSOPInstanceUID
general-series/RelatedSeriesSequence 1: StudyInstanceUID SeriesInstanceUID
general-series/RelatedSeriesSequence 2: PurposeOfReferenceCodeSequence
general-series/RequestAttributesSequence 1C: RequestedProcedureID ScheduledProcedureStepID
general-series 1C: AnatomicalOrientationType
clinical-trial-series 2: ClinicalTrialCoordinatingCenterName
frame-of-reference 1: FrameOfReferenceUID
frame-of-reference 2: PositionReferenceIndicator
synchronization 1: SynchronizationFrameOfReferenceUID SynchronizationTrigger
  AcquisitionTimeSynchronized
synchronization 1C: SynchronizationChannel
general-equipment 2: Manufacturer
general-equipment/UDISequence 1: UniqueDeviceIdentifier
general-equipment 1C: PixelPaddingValue
enhanced-general-equipment 1: Manufacturer ManufacturerModelName DeviceSerialNumber
  SoftwareVersions
general-image 2: InstanceNumber
general-image 2C: PatientOrientation ContentDate ContentTime
general-image/IconImageSequence 1: SamplesPerPixel PhotometricInterpretation Rows Columns
  BitsAllocated BitsStored HighBit PixelRepresentation PixelData
general-image/IconImageSequence 1C: PlanarConfiguration PixelAspectRatio
  RedPaletteColorLookupTableDescriptor GreenPaletteColorLookupTableDescriptor
  BluePaletteColorLookupTableDescriptor RedPaletteColorLookupTableData
  GreenPaletteColorLookupTableData BluePaletteColorLookupTableData
general-image/RealWorldValueMappingSequence 1C: RealWorldValueFirstValueMapped
  RealWorldValueLastValueMapped DoubleFloatRealWorldValueFirstValueMapped
  DoubleFloatRealWorldValueLastValueMapped RealWorldValueIntercept RealWorldValueSlope
  RealWorldValueLUTData
general-image/RealWorldValueMappingSequence 1: LUTExplanation LUTLabel
  MeasurementUnitsCodeSequence
general-reference/ReferencedImageSequence 1: ReferencedSOPClassUID ReferencedSOPInstanceUID
general-reference/ReferencedImageSequence 1C: ReferencedFrameNumber ReferencedSegmentNumber
general-reference/ReferencedInstanceSequence 1: ReferencedSOPClassUID ReferencedSOPInstanceUID
  PurposeOfReferenceCodeSequence
general-reference/SourceImageSequence 1: ReferencedSOPClassUID ReferencedSOPInstanceUID
general-reference/SourceImageSequence 1C: ReferencedFrameNumber ReferencedSegmentNumber
  PatientOrientation
general-reference/SourceInstanceSequence 1: ReferencedSOPClassUID ReferencedSOPInstanceUID
image-plane 1: PixelSpacing ImageOrientationPatient ImagePositionPatient
image-plane 2: SliceThickness
image-pixel 1: SamplesPerPixel PhotometricInterpretation Rows Columns BitsAllocated BitsStored
  HighBit PixelRepresentation
image-pixel 1C: PlanarConfiguration PixelAspectRatio PixelData
  RedPaletteColorLookupTableDescriptor GreenPaletteColorLookupTableDescriptor
  BluePaletteColorLookupTableDescriptor RedPaletteColorLookupTableData
  GreenPaletteColorLookupTableData BluePaletteColorLookupTableData PixelPaddingRangeLimit
  ExtendedOffsetTableLengths PixelDataProviderURL
contrast-bolus 2: ContrastBolusAgent
display-shutter 1: ShutterShape
display-shutter 1C: ShutterLeftVerticalEdge ShutterRightVerticalEdge ShutterUpperHorizontalEdge
  ShutterLowerHorizontalEdge CenterOfCircularShutter RadiusOfCircularShutter
  VerticesOfThePolygonalShutter
device 1: DeviceSequence
device/DeviceSequence 2C: DeviceDiameterUnits
specimen 1: ContainerIdentifier SpecimenDescriptionSequence
specimen 2: IssuerOfTheContainerIdentifierSequence ContainerTypeCodeSequence
specimen/IssuerOfTheContainerIdentifierSequence 1C: LocalNamespaceEntityID UniversalEntityID
  UniversalEntityIDType
specimen/AlternateContainerIdentifierSequence 1: ContainerIdentifier
specimen/AlternateContainerIdentifierSequence 2: IssuerOfTheContainerIdentifierSequence
specimen/ContainerComponentSequence 1: ContainerComponentTypeCodeSequence
specimen/SpecimenDescriptionSequence 1: SpecimenIdentifier SpecimenUID
specimen/SpecimenDescriptionSequence 2: IssuerOfTheSpecimenIdentifierSequence
  SpecimenPreparationSequence
specimen/SpecimenDescriptionSequence 1C: SpecimenLocalizationContentItemSequence
acquisition-context 2: AcquisitionContextSequence
acquisition-context/AcquisitionContextSequence 1: ValueType ConceptNameCodeSequence
acquisition-context/AcquisitionContextSequence 1C: DateTime Date Time PersonName UID TextValue
  ConceptCodeSequence NumericValue RationalDenominatorValue MeasurementUnitsCodeSequence
  ReferencedSOPSequence
multi-frame 1: NumberOfFrames FrameIncrementPointer
cine 1C: FrameTime FrameTimeVector
cine 2C: MultiplexedAudioChannelsDescriptionCodeSequence
cine/MultiplexedAudioChannelsDescriptionCodeSequence 1: ChannelIdentificationCode ChannelMode
  ChannelSourceSequence
frame-extraction 1: FrameExtractionSequence
frame-extraction/FrameExtractionSequence 1: MultiFrameSourceSOPInstanceUID
frame-extraction/FrameExtractionSequence 1C: SimpleFrameList CalculatedFrameList TimeRange
multi-frame-functional-groups 1: SharedFunctionalGroupsSequence InstanceNumber ContentDate
  ContentTime NumberOfFrames
multi-frame-functional-groups 1C: PerFrameFunctionalGroupsSequence ConcatenationUID
  ConcatenationFrameOffsetNumber SOPInstanceUIDOfConcatenationSource InConcatenationNumber
multi-frame-dimension 1: DimensionOrganizationSequence
multi-frame-dimension/DimensionOrganizationSequence 1: DimensionOrganizationUID
multi-frame-dimension 1C: DimensionIndexSequence
multi-frame-dimension/DimensionIndexSequence 1: DimensionIndexPointer DimensionOrganizationUID
multi-frame-dimension/DimensionIndexSequence 1C: DimensionIndexPrivateCreator
  FunctionalGroupPointer FunctionalGroupPrivateCreator
cardiac-synchronization 1C: CardiacSynchronizationTechnique CardiacSignalSource
  CardiacRRIntervalSpecified CardiacBeatRejectionTechnique CardiacFramingType
cardiac-synchronization 2C: LowRRValue HighRRValue IntervalsAcquired IntervalsRejected
respiratory-synchronization 1C: RespiratoryMotionCompensationTechnique RespiratorySignalSource
  RespiratoryTriggerDelayThreshold RespiratoryTriggerType
bulk-motion-synchronization 1C: BulkMotionCompensationTechnique BulkMotionSignalSource
enhanced-contrast-bolus 1: ContrastBolusAgentSequence
enhanced-contrast-bolus/ContrastBolusAgentSequence 1: ContrastBolusAgentNumber
  ContrastBolusAdministrationRouteSequence
enhanced-contrast-bolus/ContrastBolusAgentSequence 2: ContrastBolusIngredientCodeSequence
  ContrastBolusVolume ContrastBolusIngredientConcentration
palette-color-lookup-table 1: RedPaletteColorLookupTableDescriptor
  GreenPaletteColorLookupTableDescriptor BluePaletteColorLookupTableDescriptor
palette-color-lookup-table 1C: RedPaletteColorLookupTableData GreenPaletteColorLookupTableData
  BluePaletteColorLookupTableData SegmentedRedPaletteColorLookupTableData
  SegmentedGreenPaletteColorLookupTableData SegmentedBluePaletteColorLookupTableData
supplemental-palette-color-lookup-table 1: RedPaletteColorLookupTableDescriptor
  GreenPaletteColorLookupTableDescriptor BluePaletteColorLookupTableDescriptor
  RedPaletteColorLookupTableData GreenPaletteColorLookupTableData
  BluePaletteColorLookupTableData
modality-lut 1C: ModalityLUTSequence RescaleIntercept RescaleSlope RescaleType
modality-lut/ModalityLUTSequence 1: LUTDescriptor LUTData ModalityLUTType
voi-lut 1C: VOILUTSequence WindowCenter WindowWidth
voi-lut/VOILUTSequence 1: LUTDescriptor LUTData
softcopy-voi-lut 1: SoftcopyVOILUTSequence
softcopy-voi-lut/SoftcopyVOILUTSequence 1C: ReferencedImageSequence VOILUTSequence WindowCenter
  WindowWidth
softcopy-presentation-lut 1C: PresentationLUTSequence PresentationLUTShape
softcopy-presentation-lut/PresentationLUTSequence 1: LUTDescriptor LUTData
icc-profile 1: ICCProfile
sop-common 1: SOPClassUID SOPInstanceUID
sop-common 1C: SpecificCharacterSet EncryptedAttributesSequence
  HL7StructuredDocumentReferenceSequence QueryRetrieveView ConversionSourceAttributesSequence
  ReferencedDefinedProtocolSequence ReferencedPerformedProtocolSequence
sop-common/CodingSchemeIdentificationSequence 1: CodingSchemeDesignator
sop-common/CodingSchemeIdentificationSequence 1C: CodingSchemeRegistry CodingSchemeUID
sop-common/CodingSchemeIdentificationSequence 2C: CodingSchemeExternalID
sop-common/ContextGroupIdentificationSequence 1: ContextIdentifier MappingResource
  ContextGroupVersion
sop-common/MappingResourceIdentificationSequence 1: MappingResource
sop-common/ContributingEquipmentSequence 1: PurposeOfReferenceCodeSequence Manufacturer
sop-common/MACParametersSequence 1: MACIDNumber MACCalculationTransferSyntaxUID MACAlgorithm
  DataElementsSigned
sop-common/DigitalSignaturesSequence 1: MACIDNumber DigitalSignatureUID DigitalSignatureDateTime
  CertificateType CertificateOfSigner Signature
sop-common/DigitalSignaturesSequence 1C: CertifiedTimestampType
sop-common/EncryptedAttributesSequence 1: EncryptedContentTransferSyntaxUID EncryptedContent
sop-common/OriginalAttributesSequence 1: ModifiedAttributesSequence
  AttributeModificationDateTime ModifyingSystem ReasonForTheAttributeModification
sop-common/OriginalAttributesSequence 2: SourceOfPreviousValues
sop-common/HL7StructuredDocumentReferenceSequence 1: ReferencedSOPClassUID
  ReferencedSOPInstanceUID HL7InstanceIdentifier
sop-common/ConversionSourceAttributesSequence 1: ReferencedSOPClassUID ReferencedSOPInstanceUID
sop-common/ConversionSourceAttributesSequence 1C: ReferencedFrameNumber ReferencedSegmentNumber
sop-common/PrivateDataElementCharacteristicsSequence 1: PrivateGroupReference
  PrivateCreatorReference BlockIdentifyingInformationStatus
sop-common/PrivateDataElementCharacteristicsSequence 1C: NonidentifyingPrivateElements
sop-common/ReferencedDefinedProtocolSequence 1: ReferencedSOPClassUID ReferencedSOPInstanceUID
sop-common/ReferencedPerformedProtocolSequence 1: ReferencedSOPClassUID ReferencedSOPInstanceUID
common-instance-reference 1C: ReferencedSeriesSequence
  StudiesContainingOtherReferencedInstancesSequence
common-instance-reference/ReferencedSeriesSequence 1: SeriesInstanceUID
  ReferencedInstanceSequence
common-instance-reference/StudiesContainingOtherReferencedInstancesSequence 1: StudyInstanceUID
  ReferencedSeriesSequence
ct-image 1: ImageType SamplesPerPixel PhotometricInterpretation BitsAllocated BitsStored HighBit
  RescaleIntercept RescaleSlope
ct-image 1C: RescaleType WaterEquivalentDiameterCalculationMethodCodeSequence
  EnergyWeightingFactor
ct-image 2: KVP AcquisitionNumber
ct-image/CTAdditionalXRaySourceSequence 1: KVP XRayTubeCurrentInmA DataCollectionDiameter
  FocalSpots FilterType FilterMaterial
ct-image/CTAdditionalXRaySourceSequence 1C: EnergyWeightingFactor
ct-image/PatientTreatmentPreparationSequence 2: PatientTreatmentPreparationProcedureSequence
ct-image/PatientTreatmentPreparationSequence 1: PatientTreatmentPreparationMethodCodeSequence
ct-image/PatientToEquipmentRelationshipSequence 1: ImageToEquipmentMappingMatrix
ct-image/PatientToEquipmentRelationshipSequence 2: PatientSupportPositionParameterSequence
ct-image/ReferencedRTPlanSequence 1: ReferencedSOPClassUID ReferencedSOPInstanceUID
mr-image 1: ImageType SamplesPerPixel PhotometricInterpretation BitsAllocated BitsStored HighBit
  ScanningSequence SequenceVariant
mr-image 2: ScanOptions MRAcquisitionType EchoTime EchoTrainLength
mr-image 2C: RepetitionTime InversionTime TriggerTime
mr-image/PatientTreatmentPreparationSequence 2: PatientTreatmentPreparationProcedureSequence
mr-image/PatientTreatmentPreparationSequence 1: PatientTreatmentPreparationMethodCodeSequence
mr-image/PatientToEquipmentRelationshipSequence 1: ImageToEquipmentMappingMatrix
mr-image/PatientToEquipmentRelationshipSequence 2: PatientSupportPositionParameterSequence
mr-image/ReferencedRTPlanSequence 1: ReferencedSOPClassUID ReferencedSOPInstanceUID
cr-series 2: BodyPartExamined ViewPosition
cr-image 1: PhotometricInterpretation
cr-image 1C: PixelSpacing PixelSpacingCalibrationDescription
dx-series 1: Modality PresentationIntentType
dx-series 1C: ReferencedPerformedProcedureStepSequence
dx-series/ReferencedPerformedProcedureStepSequence 1: ReferencedSOPClassUID
  ReferencedSOPInstanceUID
dx-anatomy-imaged 1: ImageLaterality
dx-anatomy-imaged 2: AnatomicRegionSequence
dx-image 1: ImageType SamplesPerPixel PhotometricInterpretation BitsAllocated BitsStored HighBit
  PixelRepresentation PixelIntensityRelationship PixelIntensityRelationshipSign RescaleIntercept
  RescaleSlope RescaleType PresentationLUTShape LossyImageCompression BurnedInAnnotation
dx-image 1C: LossyImageCompressionRatio PatientOrientation VOILUTSequence WindowCenter
  WindowWidth
dx-image/VOILUTSequence 1: LUTDescriptor LUTData
dx-detector 2: DetectorType
dx-detector 1C: FieldOfViewOrigin FieldOfViewRotation FieldOfViewHorizontalFlip PixelSpacing
  PixelSpacingCalibrationDescription
dx-detector 1: ImagerPixelSpacing
dx-positioning 2: PositionerType
mammography-series 1: Modality
mammography-series/RequestAttributesSequence 1C: RequestedProcedureID ScheduledProcedureStepID
mammography-image 1: PositionerType ImageLaterality OrganExposed AnatomicRegionSequence
  ViewCodeSequence ImageType
mammography-image/ViewCodeSequence 2: ViewModifierCodeSequence
mammography-image/BiopsyTargetSequence 1: TargetUID LocalizingCursorPosition
  CalculatedTargetPosition DisplayedZValue
intra-oral-series 1: Modality
intra-oral-image 1: PositionerType ImageLaterality AnatomicRegionSequence
intra-oral-image/AnatomicRegionSequence 1C: AnatomicRegionModifierSequence
intra-oral-image 1C: PrimaryAnatomicStructureSequence
us-image 1: SamplesPerPixel PhotometricInterpretation BitsAllocated BitsStored HighBit
  PixelRepresentation
us-image 1C: PlanarConfiguration FrameIncrementPointer LossyImageCompression AcquisitionDateTime
  IVUSAcquisition IVUSPullbackRate IVUSGatedRate IVUSPullbackStartFrameNumber
  IVUSPullbackStopFrameNumber
us-image 2: ImageType
us-image 2C: NumberOfStages NumberOfViewsInStage
us-image/TransducerIdentificationSequence 2: DeviceSerialNumber SoftwareVersions
  DeviceAlternateIdentifier ManufacturerDeviceIdentifier
us-image/TransducerIdentificationSequence 1: DeviceLabel DeviceTypeCodeSequence
us-region-calibration 1: SequenceOfUltrasoundRegions
us-region-calibration/SequenceOfUltrasoundRegions 1: RegionLocationMinX0 RegionLocationMinY0
  RegionLocationMaxX1 RegionLocationMaxY1 PhysicalUnitsXDirection PhysicalUnitsYDirection
  PhysicalDeltaX PhysicalDeltaY RegionSpatialFormat RegionDataType RegionFlags
us-region-calibration/SequenceOfUltrasoundRegions 1C: PixelComponentOrganization
  PixelComponentMask PixelComponentRangeStart PixelComponentRangeStop
  PixelComponentPhysicalUnits PixelComponentDataType NumberOfTableBreakPoints
  TableOfXBreakPoints TableOfYBreakPoints NumberOfTableEntries TableOfPixelValues
  TableOfParameterValues PixelValueMappingCodeSequence
sc-equipment 1: ConversionType
sc-image 1C: PixelSpacing PixelSpacingCalibrationDescription
sc-multi-frame-image 1: BurnedInAnnotation
sc-multi-frame-image 1C: PresentationLUTShape RescaleIntercept RescaleSlope RescaleType
  FrameIncrementPointer NominalScannedPixelSpacing PixelSpacing
  PixelSpacingCalibrationDescription
sc-multi-frame-vector 1C: FrameTimeVector PageNumberVector FrameLabelVector
  FramePrimaryAngleVector FrameSecondaryAngleVector SliceLocationVector DisplayWindowLabelVector
ct-series 1: Modality
ct-series 1C: ReferencedPerformedProcedureStepSequence
ct-series/ReferencedPerformedProcedureStepSequence 1: ReferencedSOPClassUID
  ReferencedSOPInstanceUID
mr-series 1: Modality
mr-series 1C: ReferencedPerformedProcedureStepSequence
mr-series/ReferencedPerformedProcedureStepSequence 1: ReferencedSOPClassUID
  ReferencedSOPInstanceUID
enhanced-ct-image 1: ImageType PixelPresentation VolumetricProperties
  VolumeBasedCalculationTechnique HighBit SamplesPerPixel PhotometricInterpretation
  BitsAllocated BitsStored PresentationLUTShape
enhanced-ct-image 1C: AcquisitionDateTime AcquisitionDuration ReferencedImageEvidenceSequence
  SourceImageEvidenceSequence ReferencedPresentationStateSequence ContentQualification
  BurnedInAnnotation LossyImageCompression LossyImageCompressionRatio
  LossyImageCompressionMethod
enhanced-ct-image/ReferencedRawDataSequence 1: StudyInstanceUID ReferencedSeriesSequence
enhanced-ct-image/ReferencedWaveformSequence 1: StudyInstanceUID ReferencedSeriesSequence
enhanced-ct-image/ReferencedImageEvidenceSequence 1: StudyInstanceUID ReferencedSeriesSequence
enhanced-ct-image/SourceImageEvidenceSequence 1: StudyInstanceUID ReferencedSeriesSequence
enhanced-ct-image/ReferencedPresentationStateSequence 1: StudyInstanceUID
  ReferencedSeriesSequence
enhanced-ct-image/IconImageSequence 1: SamplesPerPixel PhotometricInterpretation Rows Columns
  BitsAllocated BitsStored HighBit PixelRepresentation PixelData
enhanced-ct-image/IconImageSequence 1C: PlanarConfiguration PixelAspectRatio
  RedPaletteColorLookupTableDescriptor GreenPaletteColorLookupTableDescriptor
  BluePaletteColorLookupTableDescriptor RedPaletteColorLookupTableData
  GreenPaletteColorLookupTableData BluePaletteColorLookupTableData
enhanced-mr-image 1: ImageType PixelPresentation VolumetricProperties
  VolumeBasedCalculationTechnique HighBit SamplesPerPixel PhotometricInterpretation
  BitsAllocated BitsStored PixelRepresentation
enhanced-mr-image 1C: AcquisitionDateTime AcquisitionDuration ReferencedImageEvidenceSequence
  SourceImageEvidenceSequence ReferencedPresentationStateSequence ContentQualification
  BurnedInAnnotation LossyImageCompression LossyImageCompressionRatio
  LossyImageCompressionMethod ComplexImageComponent AcquisitionContrast MagneticFieldStrength
  ResonantNucleus KSpaceFiltering ApplicableSafetyStandardAgency PlanarConfiguration
  PresentationLUTShape
enhanced-mr-image/ReferencedRawDataSequence 1: StudyInstanceUID ReferencedSeriesSequence
enhanced-mr-image/ReferencedWaveformSequence 1: StudyInstanceUID ReferencedSeriesSequence
enhanced-mr-image/ReferencedImageEvidenceSequence 1: StudyInstanceUID ReferencedSeriesSequence
enhanced-mr-image/SourceImageEvidenceSequence 1: StudyInstanceUID ReferencedSeriesSequence
enhanced-mr-image/ReferencedPresentationStateSequence 1: StudyInstanceUID
  ReferencedSeriesSequence
enhanced-mr-image/IconImageSequence 1: SamplesPerPixel PhotometricInterpretation Rows Columns
  BitsAllocated BitsStored HighBit PixelRepresentation PixelData
enhanced-mr-image/IconImageSequence 1C: PlanarConfiguration PixelAspectRatio
  RedPaletteColorLookupTableDescriptor GreenPaletteColorLookupTableDescriptor
  BluePaletteColorLookupTableDescriptor RedPaletteColorLookupTableData
  GreenPaletteColorLookupTableData BluePaletteColorLookupTableData
mr-pulse-sequence 1C: PulseSequenceName MRAcquisitionType EchoPulseSequence MultipleSpinEcho
  MultiPlanarExcitation PhaseContrast VelocityEncodingAcquisitionSequence TimeOfFlightContrast
  ArterialSpinLabelingContrast SteadyStatePulseSequence EchoPlanarPulseSequence
  SaturationRecovery SpectrallySelectedSuppression OversamplingPhase GeometryOfKSpaceTraversal
  RectilinearPhaseEncodeReordering SegmentedKSpaceTraversal CoverageOfKSpace
  NumberOfKSpaceTrajectories
mr-pulse-sequence/VelocityEncodingAcquisitionSequence 1: VelocityEncodingDirection
sr-document-series 1: Modality SeriesInstanceUID SeriesNumber
sr-document-series 2: ReferencedPerformedProcedureStepSequence
sr-document-series/ReferencedPerformedProcedureStepSequence 1: ReferencedSOPClassUID
  ReferencedSOPInstanceUID
sr-document-general 1: InstanceNumber CompletionFlag VerificationFlag ContentDate ContentTime
sr-document-general 1C: VerifyingObserverSequence PredecessorDocumentsSequence
  IdenticalDocumentsSequence ReferencedRequestSequence CurrentRequestedProcedureEvidenceSequence
  PertinentOtherEvidenceSequence ReferencedInstanceSequence
sr-document-general/VerifyingObserverSequence 1: VerifyingObserverName VerifyingOrganization
  VerificationDateTime
sr-document-general/VerifyingObserverSequence 2: VerifyingObserverIdentificationCodeSequence
sr-document-general/AuthorObserverSequence 1: ObserverType
sr-document-general/AuthorObserverSequence 1C: PersonName DeviceUID Manufacturer
  ManufacturerModelName
sr-document-general/AuthorObserverSequence 2C: PersonIdentificationCodeSequence StationName
sr-document-general/AuthorObserverSequence 2: InstitutionName InstitutionCodeSequence
sr-document-general/ParticipantSequence 1: ParticipationType ObserverType
sr-document-general/ParticipantSequence 2: ParticipationDateTime InstitutionName
  InstitutionCodeSequence
sr-document-general/ParticipantSequence 1C: PersonName DeviceUID Manufacturer
  ManufacturerModelName
sr-document-general/ParticipantSequence 2C: PersonIdentificationCodeSequence StationName
sr-document-general/CustodialOrganizationSequence 2: InstitutionName InstitutionCodeSequence
sr-document-general/PredecessorDocumentsSequence 1: StudyInstanceUID ReferencedSeriesSequence
sr-document-general/IdenticalDocumentsSequence 1: StudyInstanceUID ReferencedSeriesSequence
sr-document-general/ReferencedRequestSequence 1: StudyInstanceUID
sr-document-general/ReferencedRequestSequence 2: ReferencedStudySequence AccessionNumber
  PlacerOrderNumberImagingServiceRequest FillerOrderNumberImagingServiceRequest
  RequestedProcedureID RequestedProcedureDescription RequestedProcedureCodeSequence
sr-document-general 2: PerformedProcedureCodeSequence
sr-document-general/CurrentRequestedProcedureEvidenceSequence 1: StudyInstanceUID
  ReferencedSeriesSequence
sr-document-general/PertinentOtherEvidenceSequence 1: StudyInstanceUID ReferencedSeriesSequence
sr-document-general/ReferencedInstanceSequence 1: ReferencedSOPClassUID ReferencedSOPInstanceUID
  PurposeOfReferenceCodeSequence
sr-document-content 1: ValueType
sr-document-content 1C: ConceptNameCodeSequence ObservationDateTime TextValue DateTime Date Time
  PersonName UID NumericValueQualifierCodeSequence ReferencedSamplePositions
  ReferencedTimeOffsets ReferencedDateTime ContentTemplateSequence ContentSequence
sr-document-content/MeasuredValueSequence 1: NumericValue MeasurementUnitsCodeSequence
sr-document-content/MeasuredValueSequence 1C: RationalDenominatorValue
sr-document-content/ReferencedSOPSequence 1: ReferencedSOPClassUID ReferencedSOPInstanceUID
sr-document-content/ReferencedSOPSequence 1C: ReferencedFrameNumber ReferencedSegmentNumber
  ReferencedWaveformChannels
sr-document-content/ContentTemplateSequence 1: MappingResource TemplateIdentifier
key-object-document-series 1: Modality SeriesInstanceUID SeriesNumber
key-object-document-series 2: ReferencedPerformedProcedureStepSequence
key-object-document-series/ReferencedPerformedProcedureStepSequence 1: ReferencedSOPClassUID
  ReferencedSOPInstanceUID
key-object-document 1: InstanceNumber ContentDate ContentTime
  CurrentRequestedProcedureEvidenceSequence
key-object-document 1C: ReferencedRequestSequence IdenticalDocumentsSequence
key-object-document/ReferencedRequestSequence 1: StudyInstanceUID
key-object-document/ReferencedRequestSequence 2: ReferencedStudySequence AccessionNumber
  PlacerOrderNumberImagingServiceRequest FillerOrderNumberImagingServiceRequest
  RequestedProcedureID RequestedProcedureDescription RequestedProcedureCodeSequence
key-object-document/CurrentRequestedProcedureEvidenceSequence 1: StudyInstanceUID
  ReferencedSeriesSequence
key-object-document/IdenticalDocumentsSequence 1: StudyInstanceUID ReferencedSeriesSequence
encapsulated-document-series 1: Modality SeriesInstanceUID SeriesNumber
encapsulated-document-series/ReferencedPerformedProcedureStepSequence 1: ReferencedSOPClassUID
  ReferencedSOPInstanceUID
encapsulated-document-series/RequestAttributesSequence 1C: RequestedProcedureID
  ScheduledProcedureStepID
encapsulated-document 1: InstanceNumber BurnedInAnnotation MIMETypeOfEncapsulatedDocument
  EncapsulatedDocument
encapsulated-document 2: ContentDate ContentTime AcquisitionDateTime DocumentTitle
  ConceptNameCodeSequence
encapsulated-document 1C: SourceInstanceSequence ValueType ContinuityOfContent
  HL7InstanceIdentifier ListOfMIMETypes ContentTemplateSequence
encapsulated-document/SourceInstanceSequence 1: ReferencedSOPClassUID ReferencedSOPInstanceUID
encapsulated-document/PredecessorDocumentsSequence 1: StudyInstanceUID ReferencedSeriesSequence
encapsulated-document/IdenticalDocumentsSequence 1: StudyInstanceUID ReferencedSeriesSequence
encapsulated-document/ReferencedImageSequence 1: ReferencedSOPClassUID ReferencedSOPInstanceUID
encapsulated-document/ReferencedImageSequence 1C: ReferencedFrameNumber ReferencedSegmentNumber
  RelativeURIReferenceWithinEncapsulatedDocument
encapsulated-document/ReferencedInstanceSequence 1: ReferencedSOPClassUID
  ReferencedSOPInstanceUID
encapsulated-document/ReferencedInstanceSequence 1C:
  RelativeURIReferenceWithinEncapsulatedDocument
encapsulated-document/ContentTemplateSequence 1: MappingResource TemplateIdentifier
presentation-series 1: Modality
presentation-state-identification 1: PresentationCreationDate PresentationCreationTime
  InstanceNumber ContentLabel
presentation-state-identification 2: ContentDescription
presentation-state-identification/AlternateContentDescriptionSequence 1: ContentDescription
  LanguageCodeSequence
presentation-state-identification/ContentCreatorIdentificationCodeSequence 1:
  PersonIdentificationCodeSequence
presentation-state-identification/ContentCreatorIdentificationCodeSequence 1C: InstitutionName
  InstitutionCodeSequence
presentation-state-relationship 1: ReferencedSeriesSequence
presentation-state-relationship/ReferencedSeriesSequence 1: SeriesInstanceUID
  ReferencedImageSequence
presentation-state-shutter 1C: ShutterPresentationValue
presentation-state-mask 1C: MaskSubtractionSequence RecommendedViewingMode
presentation-state-mask/MaskSubtractionSequence 1: MaskOperation
displayed-area 1: DisplayedAreaSelectionSequence
displayed-area/DisplayedAreaSelectionSequence 1C: ReferencedImageSequence
  PixelOriginInterpretation PresentationPixelSpacing PresentationPixelAspectRatio
  PresentationPixelMagnificationRatio
displayed-area/DisplayedAreaSelectionSequence 1: DisplayedAreaTopLeftHandCorner
  DisplayedAreaBottomRightHandCorner PresentationSizeMode
graphic-annotation 1: GraphicAnnotationSequence
graphic-annotation/GraphicAnnotationSequence 1C: ReferencedImageSequence TextObjectSequence
  GraphicObjectSequence
graphic-annotation/GraphicAnnotationSequence 1: GraphicLayer
graphic-layer 1: GraphicLayerSequence
graphic-layer/GraphicLayerSequence 1: GraphicLayer GraphicLayerOrder
spatial-transformation 1: ImageRotation ImageHorizontalFlip
"""

# What an item holds as its value follows Value Type: macros of Type 1 in the standard (PS3.3
# §C.18), conditional in a table that holds all of them.
BY_VALUE_TYPE = {
    "MeasuredValueSequence",
    "ConceptCodeSequence",
    "ReferencedSOPSequence",
    "GraphicData",
    "GraphicType",
    "ReferencedFrameOfReferenceUID",
    "TemporalRangeType",
    "ContinuityOfContent",
}


def lines():
    whole = re.sub(r"\n  ", " ", TYPES.strip())
    for line in whole.splitlines():
        place, _, keywords = line.partition(": ")
        place, _, type_ = place.rpartition(" ")
        module, *path = place.split("/")
        yield module, tuple(path), type_, keywords.split()


def typed(module):
    """The rows of one module as they stand above: path, keyword and type."""
    return {
        (path, keyword, type_)
        for name, path, type_, keywords in lines()
        if name == module
        for keyword in keywords
    }


def tabled(rows, path=()):
    """The rows of a table down to the items of its sequences, those of Type 3 left out."""
    for row in rows:
        if row.type != "3":
            yield path, row.keyword, row.type
        if not path:
            yield from tabled(row.items, (row.keyword,))


WITHOUT_ROWS = {"general-acquisition", "frame-pointers"}


@pytest.mark.parametrize("name", sorted(set(MODULES) - WITHOUT_ROWS))
def test_the_table_of_a_module_is_that_of_the_standard(name):
    rows = set(tabled(MODULES[name].rows))
    if name == "sr-document-content":
        rows = {row for row in rows if row[1] not in BY_VALUE_TYPE or row[0]}
    assert rows == typed(name)


def test_every_module_above_is_a_table():
    assert {module for module, *_ in lines()} == {
        name for name in MODULES if any(tabled(MODULES[name].rows))
    }


def test_sections_are_those_of_annex_c():
    for module in MODULES.values():
        assert re.fullmatch(r"C\.\d+(\.\d+)*b?", module.section), module.name
