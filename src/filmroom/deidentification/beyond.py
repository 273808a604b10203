"""Actions for attributes that Table E.1-1 leaves out but that may tell who someone is.

The table sets the least that must be done, and names its own limits: new and retired attributes,
and those misused (PS3.15 §E.1.1, notes 1 and 4; §E.3.5, note 3). What is here goes further, in the
terms of the table.
"""

from __future__ import annotations

from filmroom.deidentification._actions import Row
from filmroom.deidentification.options import Option
from filmroom.dicom.dictionary import tag_for
from filmroom.dicom.vr import VR

__all__ = ["ACTIONS_BEYOND", "KINDS", "NEVER_SHIFTED", "VR_ROWS"]

_CLEANED = {Option.CLEAN_DESCRIPTORS.value: "C"}
_DEVICE = {Option.RETAIN_DEVICE_IDENTITY.value: "K"}
_INSTITUTION = {Option.RETAIN_INSTITUTION_IDENTITY.value: "K"}
_PATIENT = {Option.RETAIN_PATIENT_CHARACTERISTICS.value: "K"}
_UIDS = {Option.RETAIN_UIDS.value: "K"}
_DATES = {Option.RETAIN_FULL_DATES.value: "K", Option.RETAIN_MODIFIED_DATES.value: "C"}
_DRAWN = {Option.CLEAN_GRAPHICS.value: "C", Option.CLEAN_DESCRIPTORS.value: "C"}

_ROWS: dict[str, Row] = {
    # The patient in other words than those of the table.
    "PatientBirthDateInAlternativeCalendar": ("X", True, {}),
    "PatientDeathDateInAlternativeCalendar": ("X", True, {}),
    "IssuerOfPatientIDQualifiersSequence": ("X", True, {}),
    "EthnicGroupCodeSequence": ("X", True, _PATIENT),
    "PatientSizeCodeSequence": ("X", True, _PATIENT),
    "PatientBodyMassIndex": ("X", True, _PATIENT),
    "BreedRegistrationNumber": ("D", True, {}),
    # Numbers of orders and requests, and whose they are.
    "IssuerOfAccessionNumberSequence": ("X", True, {}),
    "OrderPlacerIdentifierSequence": ("X", True, {}),
    "OrderFillerIdentifierSequence": ("X", True, {}),
    "PlacerOrderNumberProcedure": ("X", False, {}),
    "FillerOrderNumberProcedure": ("X", False, {}),
    "PlacerOrderNumberImagingServiceRequestRetired": ("X", False, {}),
    "FillerOrderNumberImagingServiceRequestRetired": ("X", False, {}),
    "LocalNamespaceEntityID": ("D", True, _INSTITUTION),
    "UniversalEntityID": ("D", True, _INSTITUTION),
    "AssigningFacilitySequence": ("X", True, _INSTITUTION),
    "AssigningAgencyOrDepartmentCodeSequence": ("X", True, _INSTITUTION),
    "AssigningJurisdictionCodeSequence": ("X", True, _INSTITUTION),
    "HL7InstanceIdentifier": ("D", True, {}),
    # Persons.
    "RequestingPhysicianIdentificationSequence": ("X", False, {}),
    "HangingProtocolCreator": ("D", False, {}),
    "HangingProtocolUserGroupName": ("X", False, {}),
    "HangingProtocolUserIdentificationCodeSequence": ("Z", False, {}),
    "ContactDisplayName": ("X", False, {}),
    "OwnerID": ("X", False, {}),
    "ReferenceToRecordedSound": ("X", False, {}),
    "BoardingPassID": ("X", False, {}),
    "ItineraryID": ("X", False, {}),
    # What people type, or what a report says.
    "TextValue": ("D", True, _CLEANED),
    "DocumentTitle": ("Z", True, _CLEANED),
    "ContentDescription": ("Z", True, _CLEANED),
    "AcquisitionProtocolName": ("X", True, _CLEANED),
    "PerformedProcedureTypeDescription": ("Z", False, _CLEANED),
    "CommentsOnTheScheduledProcedureStep": ("X", False, _CLEANED),
    "CommentsOnPatientPerformanceOfVisualField": ("X", True, _CLEANED),
    "CalculationComment": ("X", True, _CLEANED),
    "SurfaceComments": ("X", True, _CLEANED),
    "SubstanceAdministrationNotes": ("X", False, _CLEANED),
    "SOPAuthorizationComment": ("X", True, _CLEANED),
    "AssertionComments": ("X", True, _CLEANED),
    "ReportStatusCommentTrial": ("X", False, _CLEANED),
    "DoseComment": ("X", True, _CLEANED),
    "FrameOfReferenceTransformationComment": ("X", True, _CLEANED),
    "SetupImageComment": ("X", True, _CLEANED),
    "TreatmentStatusComment": ("X", True, _CLEANED),
    "TestResultComment": ("X", False, _CLEANED),
    "ResourceDescription": ("X", False, _CLEANED),
    "SelectorOWValue": ("D", False, {}),
    # What people draw and write into pictures.
    "UnformattedTextValue": ("D", True, _DRAWN),
    "GraphicGroupLabel": ("D", True, _DRAWN),
    "GraphicGroupDescription": ("X", True, _DRAWN),
    "GraphicLayerDescription": ("X", True, _DRAWN),
    "TickLabel": ("D", True, _DRAWN),
    # Devices and where they stand.
    "DeviceID": ("X", True, _DEVICE),
    "SecondaryCaptureDeviceID": ("X", True, _DEVICE),
    "HardcopyCreationDeviceID": ("X", False, _DEVICE),
    "SubstanceAdministrationDeviceID": ("X", False, _DEVICE),
    "RadiationMachineName": ("Z", True, _DEVICE),
    "NTPSourceAddress": ("X", True, _DEVICE),
    "TimeSource": ("X", True, _DEVICE),
    "StorageMediaFileSetID": ("X", True, {}),
    "PixelDataProviderURL": ("D", True, {}),
    # Cannot be looked into, or is no longer true once the object has changed.
    "EncryptedAttributesSequence": ("X", True, {}),
    "MACParametersSequence": ("X", True, {}),
}

_KINDS = (
    "SOPClassUID", "RelatedGeneralSOPClassUID", "OriginalSpecializedSOPClassUID",
    "SOPClassesInStudy", "ReferencedSOPClassUID", "SOPClassesSupported",
    "PertinentSOPClassesInStudy", "PertinentSOPClassesInSeries", "CodingSchemeUID", "ContextUID",
    "MappingResourceUID",
    "CreatorVersionUID", "StoredInstanceTransferSyntaxUID", "AvailableTransferSyntaxUID",
    "FlowTransferSyntaxUID", "MACCalculationTransferSyntaxUID",
    "EncryptedContentTransferSyntaxUID", "SegmentationTemplateUID",
)  # fmt: skip

_URLS_OF_THE_STANDARD = (
    "CodingSchemeURL",
    "URNCodeValue",
    "RelativeURIReferenceWithinEncapsulatedDocument",
)

_NEVER_SHIFTED = (
    "ContextGroupVersion", "ContextGroupLocalVersion", "TemplateVersion", "TemplateLocalVersion",
    "DateOfManufacture", "DateOfInstallation", "CalibrationDate", "CalibrationTime",
    "CalibrationDateTime", "DateOfLastCalibration", "TimeOfLastCalibration",
    "DateTimeOfLastCalibration", "DateOfLastDetectorCalibration", "TimeOfLastDetectorCalibration",
    "ProductExpirationDateTime", "EthicsCommitteeApprovalEffectivenessStartDate",
    "EthicsCommitteeApprovalEffectivenessEndDate", "HangingProtocolCreationDateTime",
    "EffectiveDateTime", "InformationIssueDateTime", "TimezoneOffsetFromUTC",
)  # fmt: skip


def _tags(keywords: tuple[str, ...]) -> frozenset[int]:
    return frozenset(_tag(keyword) for keyword in keywords)


def _tag(keyword: str) -> int:
    tag = tag_for(keyword)
    assert tag is not None, keyword
    return tag


ACTIONS_BEYOND: dict[int, Row] = {_tag(keyword): row for keyword, row in _ROWS.items()}
"""Rows for single attributes."""

KINDS: frozenset[int] = _tags(_KINDS + _URLS_OF_THE_STANDARD)
"""UIDs and URLs that name a kind of thing, never an instance or a place; they are kept."""

NEVER_SHIFTED: frozenset[int] = _tags(_NEVER_SHIFTED)
"""Dates that many patients share, or that anyone can look up, and the time zone.

Moved like a patient's own dates they would tell by how much those were moved, so that they get
the action of the basic profile where dates are modified.
"""

VR_ROWS: dict[VR, Row] = {
    VR.DA: ("X/Z/D", False, _DATES),
    VR.DT: ("X/Z/D", False, _DATES),
    VR.PN: ("Z/D", False, {}),
    VR.TM: ("X/Z/D", False, _DATES),
    VR.UI: ("U", False, _UIDS),
    VR.UR: ("X", False, {}),
}
"""Rows for attributes that neither table names, by VR (§E.1.1 note 4, §E.3.5 note 3)."""
