"""Modules of SR documents, key objects and encapsulated documents (PS3.3 §C.17, §C.18, §C.24)."""

from __future__ import annotations

from filmroom.dicom.validation.condition import Condition, absent, equals, present
from filmroom.dicom.validation.macros import (
    HIERARCHICAL_REFERENCE,
    HL7_DESIGNATOR,
    IMAGE_REFERENCE,
    PURPOSE_REFERENCE,
    REQUEST,
    SOP_REFERENCE,
    YES_NO,
)
from filmroom.dicom.validation.module import Attribute, Module, attribute
from filmroom.dicom.validation.modules.study import PERFORMED_PROTOCOL

__all__ = [
    "CONTENT_ROWS",
    "ENCAPSULATED_DOCUMENT",
    "ENCAPSULATED_DOCUMENT_SERIES",
    "KEY_OBJECT_DOCUMENT",
    "KEY_OBJECT_DOCUMENT_SERIES",
    "SR_DOCUMENT_CONTENT",
    "SR_DOCUMENT_GENERAL",
    "SR_DOCUMENT_SERIES",
]


def _series(modality: str) -> tuple[Attribute, ...]:
    return (
        attribute("Modality", "1", values=(modality,)),
        attribute("SeriesInstanceUID", "1"),
        attribute("SeriesNumber", "1"),
        attribute("SeriesDescriptionCodeSequence", "3", most=1),
        attribute("ReferencedPerformedProcedureStepSequence", "2", most=1, items=SOP_REFERENCE),
    )


SR_DOCUMENT_SERIES = Module("SR Document Series", "C.17.1", _series("SR"))

KEY_OBJECT_DOCUMENT_SERIES = Module("Key Object Document Series", "C.17.6.1", _series("KO"))

_REFERENCED_REQUEST = (
    attribute("StudyInstanceUID", "1"),
    attribute("ReferencedStudySequence", "2", most=1, items=SOP_REFERENCE),
    attribute("AccessionNumber", "2"),
    attribute("IssuerOfAccessionNumberSequence", "3", most=1, items=HL7_DESIGNATOR),
    attribute("PlacerOrderNumberImagingServiceRequest", "2"),
    attribute("OrderPlacerIdentifierSequence", "3", most=1, items=HL7_DESIGNATOR),
    attribute("FillerOrderNumberImagingServiceRequest", "2"),
    attribute("OrderFillerIdentifierSequence", "3", most=1, items=HL7_DESIGNATOR),
    attribute("RequestedProcedureID", "2"),
    attribute("RequestedProcedureDescription", "2"),
    attribute("RequestedProcedureCodeSequence", "2", most=1),
)

_PERSON_OBSERVES = equals("ObserverType", "PSN")
_DEVICE_OBSERVES = equals("ObserverType", "DEV")

_IDENTIFIED = (
    attribute("ObserverType", "1", values=("PSN", "DEV")),
    attribute("PersonName", "1C", when=_PERSON_OBSERVES),
    attribute("PersonIdentificationCodeSequence", "2C", when=_PERSON_OBSERVES),
    attribute("StationName", "2C", when=_DEVICE_OBSERVES),
    attribute("DeviceUID", "1C", when=_DEVICE_OBSERVES),
    attribute("Manufacturer", "1C", when=_DEVICE_OBSERVES),
    attribute("ManufacturerModelName", "1C", when=_DEVICE_OBSERVES),
    attribute("InstitutionName", "2"),
    attribute("InstitutionCodeSequence", "2", most=1),
)
"""Identified Person or Device Macro (PS3.3 §C.17.2.4)."""

SR_DOCUMENT_GENERAL = Module(
    "SR Document General",
    "C.17.2",
    (
        attribute("InstanceNumber", "1"),
        attribute("PreliminaryFlag", "3", values=("PRELIMINARY", "FINAL")),
        attribute("CompletionFlag", "1", values=("PARTIAL", "COMPLETE")),
        attribute("VerificationFlag", "1", values=("UNVERIFIED", "VERIFIED")),
        attribute("ContentDate", "1"),
        attribute("ContentTime", "1"),
        attribute(
            "VerifyingObserverSequence",
            "1C",
            when=equals("VerificationFlag", "VERIFIED"),
            items=(
                attribute("VerifyingObserverName", "1"),
                attribute("VerifyingObserverIdentificationCodeSequence", "2", most=1),
                attribute("VerifyingOrganization", "1"),
                attribute("VerificationDateTime", "1"),
            ),
        ),
        attribute("AuthorObserverSequence", "3", items=_IDENTIFIED),
        attribute(
            "ParticipantSequence",
            "3",
            items=(
                attribute("ParticipationType", "1"),
                attribute("ParticipationDateTime", "2"),
                *_IDENTIFIED,
            ),
        ),
        attribute(
            "CustodialOrganizationSequence",
            "3",
            most=1,
            items=(
                attribute("InstitutionName", "2"),
                attribute("InstitutionCodeSequence", "2", most=1),
            ),
        ),
        attribute("PredecessorDocumentsSequence", "1C", items=HIERARCHICAL_REFERENCE),
        attribute("IdenticalDocumentsSequence", "1C", items=HIERARCHICAL_REFERENCE),
        attribute("ReferencedRequestSequence", "1C", items=_REFERENCED_REQUEST),
        attribute("PerformedProcedureCodeSequence", "2"),
        attribute("CurrentRequestedProcedureEvidenceSequence", "1C", items=HIERARCHICAL_REFERENCE),
        attribute("PertinentOtherEvidenceSequence", "1C", items=HIERARCHICAL_REFERENCE),
        attribute("ReferencedInstanceSequence", "1C", items=PURPOSE_REFERENCE),
    ),
)

KEY_OBJECT_DOCUMENT = Module(
    "Key Object Document",
    "C.17.6.2",
    (
        attribute("InstanceNumber", "1"),
        attribute("ContentDate", "1"),
        attribute("ContentTime", "1"),
        attribute("ReferencedRequestSequence", "1C", items=_REFERENCED_REQUEST),
        attribute("CurrentRequestedProcedureEvidenceSequence", "1", items=HIERARCHICAL_REFERENCE),
        attribute("IdenticalDocumentsSequence", "1C", items=HIERARCHICAL_REFERENCE),
    ),
)

_SAMPLES, _OFFSETS, _MOMENTS = (
    "ReferencedSamplePositions",
    "ReferencedTimeOffsets",
    "ReferencedDateTime",
)
_COORDINATES = equals("ValueType", "SCOORD", "SCOORD3D")
_TIMES = equals("ValueType", "TCOORD")

_TEMPLATE = attribute(
    "ContentTemplateSequence",
    "1C",
    most=1,
    items=(attribute("MappingResource", "1"), attribute("TemplateIdentifier", "1")),
)

CONTENT_ROWS = (
    attribute("ConceptNameCodeSequence", "1C", most=1),
    attribute("ObservationDateTime", "1C"),
    attribute(
        "TextValue",
        "1C",
        when=equals("ValueType", "TEXT"),
    ),
    attribute("DateTime", "1C", when=equals("ValueType", "DATETIME")),
    attribute("Date", "1C", when=equals("ValueType", "DATE")),
    attribute("Time", "1C", when=equals("ValueType", "TIME")),
    attribute("PersonName", "1C", when=equals("ValueType", "PNAME")),
    attribute("UID", "1C", when=equals("ValueType", "UIDREF")),
    attribute(
        "MeasuredValueSequence",
        "2C",
        when=equals("ValueType", "NUM"),
        most=1,
        items=(
            attribute("NumericValue", "1"),
            attribute("RationalDenominatorValue", "1C", when=present("RationalNumeratorValue")),
            attribute("MeasurementUnitsCodeSequence", "1", most=1),
        ),
    ),
    attribute("NumericValueQualifierCodeSequence", "1C", most=1),
    attribute("ConceptCodeSequence", "1C", when=equals("ValueType", "CODE"), most=1),
    attribute(
        "ReferencedSOPSequence",
        "1C",
        when=equals("ValueType", "COMPOSITE", "IMAGE", "WAVEFORM"),
        most=1,
        items=(*IMAGE_REFERENCE, attribute("ReferencedWaveformChannels", "1C")),
    ),
    attribute("GraphicData", "1C", when=_COORDINATES),
    attribute("GraphicType", "1C", when=_COORDINATES),
    attribute("ReferencedFrameOfReferenceUID", "1C", when=equals("ValueType", "SCOORD3D")),
    attribute(
        "TemporalRangeType",
        "1C",
        when=_TIMES,
        values=("POINT", "MULTIPOINT", "SEGMENT", "MULTISEGMENT", "BEGIN", "END"),
    ),
    attribute(_SAMPLES, "1C", when=_TIMES & absent(_OFFSETS, _MOMENTS)),
    attribute(_OFFSETS, "1C", when=_TIMES & absent(_SAMPLES, _MOMENTS)),
    attribute(_MOMENTS, "1C", when=_TIMES & absent(_SAMPLES, _OFFSETS)),
    attribute(
        "ContinuityOfContent",
        "1C",
        when=equals("ValueType", "CONTAINER"),
        values=("SEPARATE", "CONTINUOUS"),
    ),
    _TEMPLATE,
)
"""Document Content Macro, of the root and of every content item (PS3.3 §C.17.3, §C.18)."""

_ROOT = Condition("it is the root content item", lambda _: True)

# The value type of an item by reference is that of the item it names, so here it is required of the
# root only; the content tree is walked by ``structured_report``.
SR_DOCUMENT_CONTENT = Module(
    "SR Document Content",
    "C.17.3",
    (
        attribute("ValueType", "1", values=("CONTAINER",)),
        attribute("ConceptNameCodeSequence", "1C", when=_ROOT, most=1),
        *(row for row in CONTENT_ROWS if row.keyword != "ConceptNameCodeSequence"),
        attribute("ContentSequence", "1C"),
    ),
)

ENCAPSULATED_DOCUMENT_SERIES = Module(
    "Encapsulated Document Series",
    "C.24.1",
    (
        attribute("Modality", "1"),
        attribute("SeriesInstanceUID", "1"),
        attribute("SeriesNumber", "1"),
        attribute("SeriesDescriptionCodeSequence", "3", most=1),
        attribute("ReferencedPerformedProcedureStepSequence", "3", most=1, items=SOP_REFERENCE),
        attribute("RequestAttributesSequence", "3", items=REQUEST),
        PERFORMED_PROTOCOL,
    ),
)

_TREE = present("ContentSequence")
_RELATIVE_URI = attribute("RelativeURIReferenceWithinEncapsulatedDocument", "1C")

ENCAPSULATED_DOCUMENT = Module(
    "Encapsulated Document",
    "C.24.2",
    (
        attribute("InstanceNumber", "1"),
        attribute("ContentDate", "2"),
        attribute("ContentTime", "2"),
        attribute("AcquisitionDateTime", "2"),
        attribute("ImageLaterality", "3", values=("R", "L", "U", "B")),
        attribute("BurnedInAnnotation", "1", values=YES_NO),
        attribute("RecognizableVisualFeatures", "3", values=YES_NO),
        attribute("SourceInstanceSequence", "1C", items=SOP_REFERENCE),
        attribute("DocumentTitle", "2"),
        attribute("ConceptNameCodeSequence", "2", most=1),
        attribute("ValueType", "1C", when=_TREE, values=("CONTAINER",)),
        attribute("ContinuityOfContent", "1C", when=_TREE, values=("SEPARATE", "CONTINUOUS")),
        attribute("VerificationFlag", "3", values=("UNVERIFIED", "VERIFIED")),
        attribute("HL7InstanceIdentifier", "1C"),
        attribute("PredecessorDocumentsSequence", "3", items=HIERARCHICAL_REFERENCE),
        attribute("IdenticalDocumentsSequence", "3", items=HIERARCHICAL_REFERENCE),
        attribute("MIMETypeOfEncapsulatedDocument", "1"),
        attribute("ListOfMIMETypes", "1C"),
        attribute("EncapsulatedDocument", "1"),
        attribute("ReferencedImageSequence", "3", items=(*IMAGE_REFERENCE, _RELATIVE_URI)),
        attribute("ReferencedInstanceSequence", "3", items=(*SOP_REFERENCE, _RELATIVE_URI)),
        _TEMPLATE,
    ),
)
