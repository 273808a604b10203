"""Directory records: their types, what they hold, and which SOP class has which (PS3.3 §F.4, §F.5).

Specific Character Set (0008,0005) belongs to all of them where their text needs it.
"""

from __future__ import annotations

from filmroom.dicom.dictionary import uid_keyword

__all__ = ["LEVELS", "RECORD_KEYS", "TOP_LEVEL", "record_type_of"]

_CONTENT_TIME = (("ContentDate", "1"), ("ContentTime", "1"))
_IDENTIFICATION = (
    *(("InstanceNumber", "1"), ("ContentLabel", "1")),
    *(("ContentDescription", "2"), ("ContentCreatorName", "2")),
)
"""Content Identification Macro, PS3.3 Table 10-12, as far as a directory needs it."""

RECORD_KEYS: dict[str, tuple[tuple[str, str], ...]] = {
    "PATIENT": (("PatientName", "2"), ("PatientID", "1")),
    "STUDY": (
        *(("StudyDate", "1"), ("StudyTime", "1"), ("StudyDescription", "2")),
        *(("StudyInstanceUID", "1"), ("StudyID", "1"), ("AccessionNumber", "2")),
    ),
    "SERIES": (("Modality", "1"), ("SeriesInstanceUID", "1"), ("SeriesNumber", "1")),
    "IMAGE": (("InstanceNumber", "1"),),
    "RT DOSE": (("InstanceNumber", "1"), ("DoseSummationType", "1")),
    "RT STRUCTURE SET": (
        *(("InstanceNumber", "1"), ("StructureSetLabel", "1")),
        *(("StructureSetDate", "2"), ("StructureSetTime", "2")),
    ),
    "RT PLAN": (
        *(("InstanceNumber", "1"), ("RTPlanLabel", "1")),
        *(("RTPlanDate", "2"), ("RTPlanTime", "2")),
    ),
    "RT TREAT RECORD": (
        *(("InstanceNumber", "1"), ("TreatmentDate", "2"), ("TreatmentTime", "2")),
    ),
    "PRESENTATION": (
        *(("PresentationCreationDate", "1"), ("PresentationCreationTime", "1")),
        *_IDENTIFICATION,
        *(("ReferencedSeriesSequence", "1C"), ("BlendingSequence", "1C")),
    ),
    "WAVEFORM": (("InstanceNumber", "1"), *_CONTENT_TIME),
    "SR DOCUMENT": (
        *(("InstanceNumber", "1"), ("CompletionFlag", "1"), ("VerificationFlag", "1")),
        *_CONTENT_TIME,
        *(("VerificationDateTime", "1C"), ("ConceptNameCodeSequence", "1")),
        ("ContentSequence", "1C"),
    ),
    "KEY OBJECT DOC": (
        ("InstanceNumber", "1"),
        *_CONTENT_TIME,
        *(("ConceptNameCodeSequence", "1"), ("ContentSequence", "1C")),
    ),
    "SPECTROSCOPY": (
        ("ImageType", "1"),
        *_CONTENT_TIME,
        *(("InstanceNumber", "1"), ("ReferencedImageEvidenceSequence", "1C")),
        *(("NumberOfFrames", "1"), ("Rows", "1"), ("Columns", "1")),
        *(("DataPointRows", "1"), ("DataPointColumns", "1")),
    ),
    "RAW DATA": (*_CONTENT_TIME, ("InstanceNumber", "2")),
    "REGISTRATION": (*_CONTENT_TIME, *_IDENTIFICATION),
    "FIDUCIAL": (*_CONTENT_TIME, *_IDENTIFICATION),
    "HANGING PROTOCOL": (
        *(("HangingProtocolName", "1"), ("HangingProtocolDescription", "1")),
        *(("HangingProtocolLevel", "1"), ("HangingProtocolCreator", "1")),
        *(("HangingProtocolCreationDateTime", "1"), ("HangingProtocolDefinitionSequence", "1")),
        *(
            ("NumberOfPriorsReferenced", "1"),
            ("HangingProtocolUserIdentificationCodeSequence", "2"),
        ),
    ),
    "ENCAP DOC": (
        *(("ContentDate", "2"), ("ContentTime", "2"), ("InstanceNumber", "1")),
        *(("DocumentTitle", "2"), ("HL7InstanceIdentifier", "1C")),
        *(("ConceptNameCodeSequence", "2"), ("MIMETypeOfEncapsulatedDocument", "1")),
    ),
    "VALUE MAP": (*_CONTENT_TIME, *_IDENTIFICATION),
    "STEREOMETRIC": (),
    "PALETTE": (("ContentLabel", "1"), ("ContentDescription", "2")),
    "IMPLANT": (
        *(("Manufacturer", "1"), ("ImplantName", "1")),
        *(("ImplantSize", "1C"), ("ImplantPartNumber", "1")),
    ),
    "IMPLANT GROUP": (("ImplantTemplateGroupName", "1"), ("ImplantTemplateGroupIssuer", "1")),
    "IMPLANT ASSY": (
        *(("ImplantAssemblyTemplateName", "1"), ("Manufacturer", "1")),
        ("ProcedureTypeCodeSequence", "1"),
    ),
    "PLAN": (),
    "MEASUREMENT": (*_CONTENT_TIME, *_IDENTIFICATION),
    "SURFACE": (*_CONTENT_TIME, *_IDENTIFICATION),
    "SURFACE SCAN": _CONTENT_TIME,
    "TRACT": (*_CONTENT_TIME, *_IDENTIFICATION),
    "ASSESSMENT": (
        *(("InstanceNumber", "1"), ("InstanceCreationDate", "1")),
        ("InstanceCreationTime", "2"),
    ),
    "RADIOTHERAPY": (
        *(("InstanceNumber", "1"), ("UserContentLabel", "1C"), ("UserContentLongLabel", "1C")),
        *(("ContentDescription", "2"), ("ContentCreatorName", "2")),
    ),
    "ANNOTATION": (*_CONTENT_TIME, *_IDENTIFICATION),
}
"""The keys of each type of record and their types of requirement (PS3.3 Tables F.5-1 and on)."""

TOP_LEVEL = frozenset(
    {"PATIENT", "HANGING PROTOCOL", "PALETTE", "IMPLANT", "IMPLANT ASSY", "IMPLANT GROUP"}
)
"""Types of records that the root directory entity may hold (PS3.3 Table F.4-1)."""

LEVELS: dict[str, int] = {**dict.fromkeys(TOP_LEVEL, 0), "STUDY": 1, "SERIES": 2}
"""How deep a type of record stands; all others are 3, below a series (PS3.3 Table F.4-1)."""

# SOP classes by keyword; every other storage SOP class is one of images.
_BY_TYPE: dict[str, str] = {
    "RT DOSE": "RTDose",
    "RT STRUCTURE SET": "RTStructureSet",
    "RT PLAN": "RTPlan RTIonPlan",
    "RT TREAT RECORD": (
        "RTBeamsTreatmentRecord RTBrachyTreatmentRecord RTTreatmentSummaryRecord"
        " RTIonBeamsTreatmentRecord"
    ),
    "PRESENTATION": (
        "GrayscaleSoftcopyPresentationState ColorSoftcopyPresentationState"
        " PseudoColorSoftcopyPresentationState BlendingSoftcopyPresentationState"
        " XAXRFGrayscaleSoftcopyPresentationState GrayscalePlanarMPRVolumetricPresentationState"
        " CompositingPlanarMPRVolumetricPresentationState AdvancedBlendingPresentationState"
        " VolumeRenderingVolumetricPresentationState"
        " SegmentedVolumeRenderingVolumetricPresentationState"
        " MultipleVolumeRenderingVolumetricPresentationState"
        " VariableModalityLUTSoftcopyPresentationState BasicStructuredDisplay"
    ),
    "WAVEFORM": (
        "TwelveLeadECGWaveform GeneralECGWaveform AmbulatoryECGWaveform General32bitECGWaveform"
        " HemodynamicWaveform CardiacElectrophysiologyWaveform BasicVoiceAudioWaveform"
        " GeneralAudioWaveform ArterialPulseWaveform RespiratoryWaveform"
        " MultichannelRespiratoryWaveform RoutineScalpElectroencephalogramWaveform"
        " ElectromyogramWaveform ElectrooculogramWaveform SleepElectroencephalogramWaveform"
        " BodyPositionWaveform"
    ),
    "SR DOCUMENT": (
        "BasicTextSR EnhancedSR ComprehensiveSR Comprehensive3DSR ExtensibleSR ProcedureLog"
        " MammographyCADSR ChestCADSR ColonCADSR XRayRadiationDoseSR EnhancedXRayRadiationDoseSR"
        " RadiopharmaceuticalRadiationDoseSR PatientRadiationDoseSR ImplantationPlanSR"
        " AcquisitionContextSR SimplifiedAdultEchoSR PlannedImagingAgentAdministrationSR"
        " PerformedImagingAgentAdministrationSR SpectaclePrescriptionReport"
        " MacularGridThicknessAndVolumeReport WaveformAnnotationSR"
    ),
    "KEY OBJECT DOC": "KeyObjectSelectionDocument",
    "SPECTROSCOPY": "MRSpectroscopy",
    "RAW DATA": "RawData",
    "REGISTRATION": "SpatialRegistration DeformableSpatialRegistration",
    "FIDUCIAL": "SpatialFiducials",
    "HANGING PROTOCOL": "HangingProtocol",
    "ENCAP DOC": (
        "EncapsulatedPDF EncapsulatedCDA EncapsulatedSTL EncapsulatedOBJ EncapsulatedMTL"
    ),
    "VALUE MAP": "RealWorldValueMapping",
    "STEREOMETRIC": "StereometricRelationship",
    "PALETTE": "ColorPalette",
    "IMPLANT": "GenericImplantTemplate",
    "IMPLANT ASSY": "ImplantAssemblyTemplate",
    "IMPLANT GROUP": "ImplantTemplateGroup",
    "PLAN": "RTBeamsDeliveryInstruction RTBrachyApplicationSetupDeliveryInstruction",
    "MEASUREMENT": (
        "LensometryMeasurements AutorefractionMeasurements KeratometryMeasurements"
        " SubjectiveRefractionMeasurements VisualAcuityMeasurements OphthalmicAxialMeasurements"
        " IntraocularLensCalculations OphthalmicVisualFieldStaticPerimetryMeasurements"
    ),
    "SURFACE": "SurfaceSegmentation",
    "SURFACE SCAN": "SurfaceScanMesh SurfaceScanPointCloud",
    "TRACT": "TractographyResults",
    "ASSESSMENT": "ContentAssessmentResults",
    "RADIOTHERAPY": (
        "RTPhysicianIntent RTSegmentAnnotation RTRadiationSet CArmPhotonElectronRadiation"
        " TomotherapeuticRadiation RoboticArmRadiation RTRadiationRecordSet"
        " RTRadiationSalvageRecord TomotherapeuticRadiationRecord"
        " CArmPhotonElectronRadiationRecord RoboticRadiationRecord"
        " RTRadiationSetDeliveryInstruction RTTreatmentPreparation"
        " RTPatientPositionAcquisitionInstruction"
    ),
    "ANNOTATION": "MicroscopyBulkSimpleAnnotations",
    "": (
        # No record is defined for these; a directory cannot name them.
        "CTPerformedProcedureProtocol XAPerformedProcedureProtocol CTDefinedProcedureProtocol"
        " XADefinedProcedureProtocol ProtocolApproval Inventory MediaStorageDirectory"
    ),
}

_TYPES = {
    f"{keyword}Storage": record_type
    for record_type, keywords in _BY_TYPE.items()
    for keyword in keywords.split()
}


def record_type_of(sop_class_uid: str) -> str:
    """The type of the record for an instance of ``sop_class_uid``; empty where none is defined.

    A class that is unknown here counts as one of images.
    """
    return _TYPES.get(uid_keyword(sop_class_uid), "IMAGE")
