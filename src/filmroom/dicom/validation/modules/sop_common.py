"""What all composite objects have: SOP Common and its macros (PS3.3 §C.12)."""

from __future__ import annotations

from filmroom.dicom.validation.condition import absent, equals, present
from filmroom.dicom.validation.macros import (
    IMAGE_REFERENCE,
    PERSON,
    SERIES_AND_INSTANCES,
    SOP_REFERENCE,
)
from filmroom.dicom.validation.module import Module, attribute

__all__ = ["COMMON_INSTANCE_REFERENCE", "SOP_COMMON"]

_PRIVATE_DATA_ELEMENTS = attribute(
    "PrivateDataElementCharacteristicsSequence",
    "3",
    items=(
        attribute("PrivateGroupReference", "1"),
        attribute("PrivateCreatorReference", "1"),
        attribute(
            "PrivateDataElementDefinitionSequence",
            "3",
            items=(
                attribute("PrivateDataElement", "1"),
                attribute("PrivateDataElementValueMultiplicity", "1"),
                attribute("PrivateDataElementValueRepresentation", "1"),
                attribute(
                    "PrivateDataElementNumberOfItems",
                    "1C",
                    when=equals("PrivateDataElementValueRepresentation", "SQ"),
                ),
                attribute("PrivateDataElementName", "1"),
                attribute("PrivateDataElementKeyword", "1"),
            ),
        ),
        attribute("BlockIdentifyingInformationStatus", "1", values=("SAFE", "UNSAFE", "MIXED")),
        attribute(
            "NonidentifyingPrivateElements",
            "1C",
            when=equals("BlockIdentifyingInformationStatus", "MIXED"),
        ),
        attribute(
            "DeidentificationActionSequence",
            "3",
            items=(
                attribute("IdentifyingPrivateElements", "1"),
                attribute("DeidentificationAction", "1", values=("D", "Z", "X", "U")),
            ),
        ),
    ),
)

_ORIGINAL_ATTRIBUTES = attribute(
    "OriginalAttributesSequence",
    "3",
    items=(
        attribute("ModifiedAttributesSequence", "1", most=1),
        attribute("AttributeModificationDateTime", "1"),
        attribute("ModifyingSystem", "1"),
        attribute("SourceOfPreviousValues", "2"),
        attribute("ReasonForTheAttributeModification", "1"),
    ),
)

_SIGNATURES = (
    attribute(
        "MACParametersSequence",
        "3",
        items=(
            attribute("MACIDNumber", "1"),
            attribute("MACCalculationTransferSyntaxUID", "1"),
            attribute("MACAlgorithm", "1"),
            attribute("DataElementsSigned", "1"),
        ),
    ),
    attribute(
        "DigitalSignaturesSequence",
        "3",
        items=(
            attribute("MACIDNumber", "1"),
            attribute("DigitalSignatureUID", "1"),
            attribute("DigitalSignatureDateTime", "1"),
            attribute("CertificateType", "1"),
            attribute("CertificateOfSigner", "1"),
            attribute("Signature", "1"),
            attribute("CertifiedTimestampType", "1C", when=present("CertifiedTimestamp")),
        ),
    ),
)
"""Digital Signatures Macro (PS3.3 Table C.12-6)."""

SOP_COMMON = Module(
    "SOP Common",
    "C.12.1",
    (
        attribute("SOPClassUID", "1"),
        attribute("SOPInstanceUID", "1"),
        attribute("SpecificCharacterSet", "1C"),
        attribute(
            "CodingSchemeIdentificationSequence",
            "3",
            items=(
                attribute("CodingSchemeDesignator", "1"),
                attribute("CodingSchemeRegistry", "1C"),
                attribute("CodingSchemeUID", "1C"),
                attribute(
                    "CodingSchemeExternalID",
                    "2C",
                    when=present("CodingSchemeRegistry") & absent("CodingSchemeUID"),
                ),
                attribute(
                    "CodingSchemeResourcesSequence",
                    "3",
                    items=(
                        attribute("CodingSchemeURLType", "1"),
                        attribute("CodingSchemeURL", "1"),
                    ),
                ),
            ),
        ),
        attribute(
            "ContextGroupIdentificationSequence",
            "3",
            items=(
                attribute("ContextIdentifier", "1"),
                attribute("MappingResource", "1"),
                attribute("ContextGroupVersion", "1"),
            ),
        ),
        attribute(
            "MappingResourceIdentificationSequence",
            "3",
            items=(attribute("MappingResource", "1"),),
        ),
        attribute(
            "ContributingEquipmentSequence",
            "3",
            items=(
                attribute("PurposeOfReferenceCodeSequence", "1", most=1),
                attribute("Manufacturer", "1"),
                attribute("OperatorIdentificationSequence", "3", items=PERSON),
                attribute("UDISequence", "3", items=(attribute("UniqueDeviceIdentifier", "1"),)),
            ),
        ),
        attribute("SOPInstanceStatus", "3", values=("NS", "OR", "AO", "AC")),
        *_SIGNATURES,
        attribute(
            "EncryptedAttributesSequence",
            "1C",
            items=(
                attribute("EncryptedContentTransferSyntaxUID", "1"),
                attribute("EncryptedContent", "1"),
            ),
        ),
        _ORIGINAL_ATTRIBUTES,
        attribute(
            "HL7StructuredDocumentReferenceSequence",
            "1C",
            items=(*SOP_REFERENCE, attribute("HL7InstanceIdentifier", "1")),
        ),
        attribute(
            "LongitudinalTemporalInformationModified",
            "3",
            values=("UNMODIFIED", "MODIFIED", "REMOVED"),
        ),
        attribute("QueryRetrieveView", "1C", values=("CLASSIC", "ENHANCED")),
        attribute("ConversionSourceAttributesSequence", "1C", items=IMAGE_REFERENCE),
        attribute("ContentQualification", "3", values=("PRODUCT", "RESEARCH", "SERVICE")),
        _PRIVATE_DATA_ELEMENTS,
        attribute("InstanceOriginStatus", "3", values=("LOCAL", "IMPORTED")),
        attribute("ReferencedDefinedProtocolSequence", "1C", items=SOP_REFERENCE),
        attribute("ReferencedPerformedProtocolSequence", "1C", items=SOP_REFERENCE),
    ),
)

COMMON_INSTANCE_REFERENCE = Module(
    "Common Instance Reference",
    "C.12.2",
    (
        attribute("ReferencedSeriesSequence", "1C", items=SERIES_AND_INSTANCES),
        attribute(
            "StudiesContainingOtherReferencedInstancesSequence",
            "1C",
            items=(
                attribute("StudyInstanceUID", "1"),
                attribute("ReferencedSeriesSequence", "1", items=SERIES_AND_INSTANCES),
            ),
        ),
    ),
)
