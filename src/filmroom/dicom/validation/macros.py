"""Macros that many modules include: codes, references, people, identifiers (PS3.3 §8.8, §10)."""

from __future__ import annotations

from filmroom.dicom.dictionary import lookup
from filmroom.dicom.validation.condition import absent, equals, present
from filmroom.dicom.validation.module import Attribute, Module, attribute

__all__ = [
    "ACCESS",
    "CODE_SEQUENCE",
    "CONTENT_ITEM",
    "HIERARCHICAL_REFERENCE",
    "HL7_DESIGNATOR",
    "IMAGE_REFERENCE",
    "ISSUER_OF_PATIENT_ID",
    "LUT_ITEM",
    "PERSON",
    "PURPOSE_REFERENCE",
    "REQUEST",
    "SERIES_AND_INSTANCES",
    "SOP_REFERENCE",
    "YES_NO",
    "Y_N",
    "is_code_sequence",
]

YES_NO = ("YES", "NO")
Y_N = ("Y", "N")

CODE_SEQUENCE = Module(
    "Code Sequence Macro",
    "8.8",
    (
        attribute("CodeValue", "1C", when=absent("LongCodeValue", "URNCodeValue")),
        attribute("LongCodeValue", "1C", never=present("CodeValue", "URNCodeValue")),
        attribute("URNCodeValue", "1C", never=present("CodeValue")),
        attribute("CodingSchemeDesignator", "1C", when=present("CodeValue", "LongCodeValue")),
        attribute("CodingSchemeVersion", "1C", never=absent("CodingSchemeDesignator")),
        attribute("CodeMeaning", "1"),
        attribute("MappingResource", "1C", when=present("ContextIdentifier")),
        attribute("ContextGroupVersion", "1C", when=present("ContextIdentifier")),
        attribute("ContextGroupExtensionFlag", "3", values=Y_N),
        attribute("ContextGroupLocalVersion", "1C", when=equals("ContextGroupExtensionFlag", "Y")),
        attribute(
            "ContextGroupExtensionCreatorUID", "1C", when=equals("ContextGroupExtensionFlag", "Y")
        ),
    ),
)
"""Of every item of every code sequence: see :func:`is_code_sequence`."""

_OTHER_CODES = frozenset(
    {
        "AdditionalDrugSequence",
        "AnalogFilterType",
        "AnatomicRegionModifierSequence",
        "AnatomicRegionSequence",
        "BillingItemSequence",
        "BillingProcedureStepSequence",
        "ChannelSensitivityUnitsSequence",
        "ChannelSourceModifiersSequence",
        "ChannelSourceSequence",
        "ContrastBolusAdministrationRouteSequence",
        "ContrastBolusAgentSequence",
        "DeliveryRateUnitSequence",
        "DeviceSequence",
        "InterventionSequence",
        "MeasuringUnitsSequence",
        "ModeOfPercutaneousAccessSequence",
        "MydriaticAgentConcentrationUnitsSequence",
        "PrimaryAnatomicStructureModifierSequence",
        "PrimaryAnatomicStructureSequence",
        "RadiationDosimeterUnitSequence",
        "SelectorCodeSequenceValue",
        "TransducerTechnologySequence",
    }
)
_NO_CODES = frozenset(
    {"ContentCreatorIdentificationCodeSequence", "MultiplexedAudioChannelsDescriptionCodeSequence"}
)


def is_code_sequence(tag: int) -> bool:
    """Whether the items of the sequence ``tag`` are coded entries.

    So are nearly all whose keyword ends in CodeSequence, and some others.
    """
    entry = lookup(tag)
    if entry is None:
        return False
    keyword = entry.keyword
    return keyword in _OTHER_CODES or (
        keyword.endswith("CodeSequence") and keyword not in _NO_CODES
    )


SOP_REFERENCE = (
    attribute("ReferencedSOPClassUID", "1"),
    attribute("ReferencedSOPInstanceUID", "1"),
)
"""SOP Instance Reference Macro (PS3.3 §10.8)."""

IMAGE_REFERENCE = (
    *SOP_REFERENCE,
    attribute("ReferencedFrameNumber", "1C"),
    attribute("ReferencedSegmentNumber", "1C"),
)
"""Image SOP Instance Reference Macro (PS3.3 §10.3)."""

PURPOSE_REFERENCE = (*SOP_REFERENCE, attribute("PurposeOfReferenceCodeSequence", "1", most=1))
"""A reference that says what it is for."""

SERIES_AND_INSTANCES = (
    attribute("SeriesInstanceUID", "1"),
    attribute("ReferencedInstanceSequence", "1", items=SOP_REFERENCE),
)
"""Series and Instance Reference Macro (PS3.3 §10.4)."""

HIERARCHICAL_REFERENCE = (
    attribute("StudyInstanceUID", "1"),
    attribute(
        "ReferencedSeriesSequence",
        "1",
        items=(
            attribute("SeriesInstanceUID", "1"),
            attribute("ReferencedSOPSequence", "1", items=SOP_REFERENCE),
        ),
    ),
)
"""Hierarchical SOP Instance Reference Macro (PS3.3 §C.17.2.1)."""

HL7_DESIGNATOR = (
    attribute("LocalNamespaceEntityID", "1C", when=absent("UniversalEntityID")),
    attribute("UniversalEntityID", "1C", when=absent("LocalNamespaceEntityID")),
    attribute("UniversalEntityIDType", "1C", when=present("UniversalEntityID")),
)
"""HL7v2 Hierarchic Designator Macro (PS3.3 §10.14)."""

ISSUER_OF_PATIENT_ID = (
    attribute(
        "IssuerOfPatientIDQualifiersSequence",
        "3",
        most=1,
        items=(
            attribute("UniversalEntityIDType", "1C", when=present("UniversalEntityID")),
            attribute("AssigningFacilitySequence", "3", most=1, items=HL7_DESIGNATOR),
        ),
    ),
)
"""Issuer of Patient ID Macro (PS3.3 §10.15)."""

PERSON = (
    attribute("PersonIdentificationCodeSequence", "1"),
    attribute("InstitutionName", "1C", when=absent("InstitutionCodeSequence")),
    attribute("InstitutionCodeSequence", "1C", when=absent("InstitutionName"), most=1),
)
"""Person Identification Macro (PS3.3 §10.1)."""

REQUEST = (
    attribute("RequestedProcedureID", "1C"),
    attribute("IssuerOfAccessionNumberSequence", "3", most=1, items=HL7_DESIGNATOR),
    attribute("ReferencedStudySequence", "3", items=SOP_REFERENCE),
    attribute("ScheduledProcedureStepID", "1C"),
)
"""Request Attributes Macro (PS3.3 §10.6)."""

_RETRIEVALS = {
    "DICOMRetrievalSequence": (attribute("RetrieveAETitle", "1"),),
    "DICOMMediaRetrievalSequence": (
        attribute("StorageMediaFileSetID", "2"),
        attribute("StorageMediaFileSetUID", "1"),
    ),
    "WADORetrievalSequence": (attribute("RetrieveURI", "1"),),
    "WADORSRetrievalSequence": (attribute("RetrieveURL", "1"),),
    "XDSRetrievalSequence": (attribute("RepositoryUniqueID", "1"),),
}


def _retrieval(keyword: str) -> Attribute:
    others = [other for other in _RETRIEVALS if other != keyword]
    return attribute(keyword, "1C", when=absent(*others), items=_RETRIEVALS[keyword])


ACCESS = (
    attribute("TypeOfInstances", "1"),
    attribute("StudyInstanceUID", "1C"),
    attribute("SeriesInstanceUID", "1C"),
    attribute("ReferencedSOPSequence", "1", items=IMAGE_REFERENCE),
    *map(_retrieval, _RETRIEVALS),
)
"""Referenced Instances and Access Macro (PS3.3 §10.3.1)."""

LUT_ITEM = (attribute("LUTDescriptor", "1"), attribute("LUTData", "1"))
"""A look-up table in an item (PS3.3 §C.11.1.1.1, §C.11.2.1.1)."""

# Value Type of a name-value item, and the attribute that holds such a value.
_VALUES = {
    "DATETIME": "DateTime",
    "DATE": "Date",
    "TIME": "Time",
    "PNAME": "PersonName",
    "UIDREF": "UID",
    "TEXT": "TextValue",
    "CODE": "ConceptCodeSequence",
    "NUMERIC": "NumericValue",
}

CONTENT_ITEM = (
    attribute("ValueType", "1", values=(*_VALUES, "COMPOSITE", "IMAGE")),
    attribute("ConceptNameCodeSequence", "1", most=1),
    *(
        attribute(keyword, "1C", when=equals("ValueType", value_type))
        for value_type, keyword in _VALUES.items()
    ),
    attribute("RationalDenominatorValue", "1C", when=present("RationalNumeratorValue")),
    attribute("MeasurementUnitsCodeSequence", "1C", when=equals("ValueType", "NUMERIC"), most=1),
    attribute(
        "ReferencedSOPSequence",
        "1C",
        when=equals("ValueType", "COMPOSITE", "IMAGE"),
        most=1,
        items=IMAGE_REFERENCE,
    ),
)
"""Content Item Macro (PS3.3 §10.2)."""
