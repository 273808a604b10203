"""Modules of study, series, equipment and frame of reference (PS3.3 §C.7.2 to §C.7.5)."""

from __future__ import annotations

from filmroom.dicom.validation.condition import absent, equals, present, sop_class
from filmroom.dicom.validation.macros import (
    CONTENT_ITEM,
    HL7_DESIGNATOR,
    PERSON,
    REQUEST,
    SOP_REFERENCE,
    Y_N,
)
from filmroom.dicom.validation.module import Module, attribute

__all__ = [
    "ENHANCED_GENERAL_EQUIPMENT",
    "FRAME_OF_REFERENCE",
    "GENERAL_EQUIPMENT",
    "GENERAL_SERIES",
    "GENERAL_STUDY",
    "PERFORMED_PROTOCOL",
    "SYNCHRONIZATION",
]

GENERAL_STUDY = Module(
    "General Study",
    "C.7.2.1",
    (
        attribute("StudyInstanceUID", "1"),
        attribute("StudyDate", "2"),
        attribute("StudyTime", "2"),
        attribute("ReferringPhysicianName", "2"),
        attribute("ReferringPhysicianIdentificationSequence", "3", most=1, items=PERSON),
        attribute("ConsultingPhysicianIdentificationSequence", "3", items=PERSON),
        attribute("StudyID", "2"),
        attribute("AccessionNumber", "2"),
        attribute("IssuerOfAccessionNumberSequence", "3", most=1, items=HL7_DESIGNATOR),
        attribute("PhysiciansOfRecordIdentificationSequence", "3", items=PERSON),
        attribute("PhysiciansReadingStudyIdentificationSequence", "3", items=PERSON),
        attribute("RequestingServiceCodeSequence", "3", most=1),
        attribute("ReferencedStudySequence", "3", items=SOP_REFERENCE),
    ),
)

PERFORMED_PROTOCOL = attribute(
    "PerformedProtocolCodeSequence",
    "3",
    items=(
        attribute(
            "ProtocolContextSequence",
            "3",
            items=(
                *CONTENT_ITEM,
                attribute("ContentItemModifierSequence", "3", items=CONTENT_ITEM),
            ),
        ),
    ),
)

_PAIRED_BODY_PARTS = (
    *("ANKLE", "ARM", "AXILLA", "BREAST", "CALCANEUS", "CALF", "CLAVICLE", "EAR", "ELBOW", "EYE"),
    *("FEMUR", "FIBULA", "FINGER", "FOOT", "FOREARM", "HAND", "HIP", "HUMERUS", "KIDNEY", "KNEE"),
    *("LEG", "PATELLA", "RADIUS", "SCAPULA", "SHOULDER", "THIGH", "THUMB", "TIBIA", "TOE", "ULNA"),
    "WRIST",
)
"""Body parts of which there are two (PS3.16 Annex L); of others the data set cannot tell."""

_PAIRED = equals("BodyPartExamined", *_PAIRED_BODY_PARTS).named(
    "BodyPartExamined is a paired structure"
) & absent("ImageLaterality", "FrameLaterality", "MeasurementLaterality")

GENERAL_SERIES = Module(
    "General Series",
    "C.7.3.1",
    (
        attribute("Modality", "1"),
        attribute("SeriesInstanceUID", "1"),
        attribute("SeriesNumber", "2"),
        attribute("Laterality", "2C", when=_PAIRED, values=("R", "L")),
        attribute("PerformingPhysicianIdentificationSequence", "3", items=PERSON),
        attribute("SeriesDescriptionCodeSequence", "3", most=1),
        attribute("OperatorIdentificationSequence", "3", items=PERSON),
        attribute("ReferencedPerformedProcedureStepSequence", "3", most=1, items=SOP_REFERENCE),
        attribute(
            "RelatedSeriesSequence",
            "3",
            items=(
                attribute("StudyInstanceUID", "1"),
                attribute("SeriesInstanceUID", "1"),
                attribute("PurposeOfReferenceCodeSequence", "2"),
            ),
        ),
        attribute(
            "PatientPosition",
            "2C",
            when=absent("PatientOrientationCodeSequence")
            & sop_class(
                "CTImageStorage",
                "MRImageStorage",
                "EnhancedCTImageStorage",
                "EnhancedMRImageStorage",
                "EnhancedMRColorImageStorage",
                "MRSpectroscopyStorage",
            ),
        ),
        attribute("RequestAttributesSequence", "3", items=REQUEST),
        PERFORMED_PROTOCOL,
        attribute("AnatomicalOrientationType", "1C", values=("BIPED", "QUADRUPED")),
    ),
)

FRAME_OF_REFERENCE = Module(
    "Frame of Reference",
    "C.7.4.1",
    (
        attribute("FrameOfReferenceUID", "1"),
        attribute("PositionReferenceIndicator", "2"),
    ),
)

SYNCHRONIZATION = Module(
    "Synchronization",
    "C.7.4.2",
    (
        attribute("SynchronizationFrameOfReferenceUID", "1"),
        attribute(
            "SynchronizationTrigger",
            "1",
            values=("SOURCE", "EXTERNAL", "PASSTHRU", "NO TRIGGER"),
        ),
        attribute("SynchronizationChannel", "1C"),
        attribute("AcquisitionTimeSynchronized", "1", values=Y_N),
        attribute("TimeDistributionProtocol", "3", values=("NTP", "IRIG", "GPS", "SNTP", "PTP")),
    ),
)

GENERAL_EQUIPMENT = Module(
    "General Equipment",
    "C.7.5.1",
    (
        attribute("Manufacturer", "2"),
        attribute("InstitutionalDepartmentTypeCodeSequence", "3", most=1),
        attribute("UDISequence", "3", items=(attribute("UniqueDeviceIdentifier", "1"),)),
        attribute(
            "PixelPaddingValue",
            "1C",
            when=present("PixelPaddingRangeLimit") & present("PixelData", "PixelDataProviderURL"),
        ),
    ),
)

ENHANCED_GENERAL_EQUIPMENT = Module(
    "Enhanced General Equipment",
    "C.7.5.2",
    (
        attribute("Manufacturer", "1"),
        attribute("ManufacturerModelName", "1"),
        attribute("DeviceSerialNumber", "1"),
        attribute("SoftwareVersions", "1"),
    ),
)
