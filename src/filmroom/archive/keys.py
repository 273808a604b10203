"""The attributes that the index knows: level, VR, kind of key and column (PS3.4 §C.6).

One row an attribute. The schema, the scanner's wanted tags, the matching and the responses all
come from this table, so that a new key is one new line (and a new schema version).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, IntEnum

__all__ = [
    "ATTRIBUTES",
    "BY_LEVEL",
    "BY_TAG",
    "COMPUTED",
    "DATE_TIME_PAIRS",
    "ITEM_VRS",
    "UNIQUE_KEYS",
    "Attribute",
    "Kind",
    "Level",
]


class Level(IntEnum):
    """Query/Retrieve Level (0008,0052), the widest first; ``str()`` gives its defined term."""

    PATIENT = 0
    STUDY = 1
    SERIES = 2
    IMAGE = 3

    def __str__(self) -> str:
        """The defined term of PS3.4 §C.6.1.1 and §C.6.2.1."""
        return self.name

    @property
    def table(self) -> str:
        """The table that holds one row for each entity of this level."""
        return _TABLES[self]


_TABLES = ("patient", "study", "series", "instance")


class Kind(Enum):
    """What PS3.4 Annex C calls the key."""

    UNIQUE = "U"
    REQUIRED = "R"
    OPTIONAL = "O"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of the query model.

    ``computed`` attributes come from counters and from the server, not out of an object, and are
    returned but not matched, except Modalities in Study and SOP Classes in Study.
    ``items`` names what the index keeps of the items of a sequence.
    """

    tag: int
    keyword: str
    level: Level
    vr: str
    kind: Kind = Kind.OPTIONAL
    multiple: bool = False
    computed: bool = False
    items: tuple[int, ...] = ()

    @property
    def column(self) -> str:
        """The column's name: the keyword in the way of SQL."""
        return _CAMEL.sub("_", self.keyword).lower()

    @property
    def key_columns(self) -> tuple[str, ...]:
        """Columns with the key forms: three groups of a name, one of dates, times and integers."""
        if self.computed or self.multiple:
            return ()
        if self.vr == "PN":
            return tuple(f"{self.column}_{group}" for group in NAME_GROUPS)
        return (f"{self.column}_key",) if self.vr in ("DA", "TM", "DT", "IS") else ()


NAME_GROUPS = ("alphabetic", "ideographic", "phonetic")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")

_P, _S, _E, _I = Level.PATIENT, Level.STUDY, Level.SERIES, Level.IMAGE
_U, _R, _O = Kind.UNIQUE, Kind.REQUIRED, Kind.OPTIONAL

_CODE = (0x00080100, 0x00080102, 0x00080103, 0x00080104)
_REQUEST = (0x00080050, 0x0020000D, 0x00321060, 0x00400007, 0x00400009, 0x00401001)
_OTHER_ID = (0x00100020, 0x00100021, 0x00100022)

ITEM_VRS: dict[int, str] = {
    0x00080050: "SH",  # Accession Number
    0x00080100: "SH",  # Code Value
    0x00080102: "SH",  # Coding Scheme Designator
    0x00080103: "SH",  # Coding Scheme Version
    0x00080104: "LO",  # Code Meaning
    0x00100020: "LO",  # Patient ID
    0x00100021: "LO",  # Issuer of Patient ID
    0x00100022: "CS",  # Type of Patient ID
    0x0020000D: "UI",  # Study Instance UID
    0x00321060: "LO",  # Requested Procedure Description
    0x00400007: "LO",  # Scheduled Procedure Step Description
    0x00400009: "SH",  # Scheduled Procedure Step ID
    0x00401001: "SH",  # Requested Procedure ID
}
"""VR of each attribute that the index keeps inside sequence items."""

ATTRIBUTES: tuple[Attribute, ...] = (
    # Patient, PS3.4 Table C.6-1
    Attribute(0x00100020, "PatientID", _P, "LO", _U),
    Attribute(0x00100010, "PatientName", _P, "PN", _R),
    Attribute(0x00100021, "IssuerOfPatientID", _P, "LO"),
    Attribute(0x00100030, "PatientBirthDate", _P, "DA"),
    Attribute(0x00100032, "PatientBirthTime", _P, "TM"),
    Attribute(0x00100040, "PatientSex", _P, "CS"),
    Attribute(0x00101000, "OtherPatientIDs", _P, "LO", multiple=True),
    Attribute(0x00101001, "OtherPatientNames", _P, "PN", multiple=True),
    Attribute(0x00101002, "OtherPatientIDsSequence", _P, "SQ", items=_OTHER_ID),
    Attribute(0x00102160, "EthnicGroup", _P, "SH"),
    Attribute(0x00104000, "PatientComments", _P, "LT"),
    Attribute(0x00201200, "NumberOfPatientRelatedStudies", _P, "IS", computed=True),
    Attribute(0x00201202, "NumberOfPatientRelatedSeries", _P, "IS", computed=True),
    Attribute(0x00201204, "NumberOfPatientRelatedInstances", _P, "IS", computed=True),
    # Study, PS3.4 Tables C.6-2 and C.6-5
    Attribute(0x0020000D, "StudyInstanceUID", _S, "UI", _U),
    Attribute(0x00080020, "StudyDate", _S, "DA", _R),
    Attribute(0x00080030, "StudyTime", _S, "TM", _R),
    Attribute(0x00080050, "AccessionNumber", _S, "SH", _R),
    Attribute(0x00200010, "StudyID", _S, "SH", _R),
    Attribute(0x00080061, "ModalitiesInStudy", _S, "CS", multiple=True, computed=True),
    Attribute(0x00080062, "SOPClassesInStudy", _S, "UI", multiple=True, computed=True),
    Attribute(0x00080090, "ReferringPhysicianName", _S, "PN"),
    Attribute(0x00080201, "TimezoneOffsetFromUTC", _S, "SH"),
    Attribute(0x00081030, "StudyDescription", _S, "LO"),
    Attribute(0x00081032, "ProcedureCodeSequence", _S, "SQ", items=_CODE),
    Attribute(0x00081060, "NameOfPhysiciansReadingStudy", _S, "PN", multiple=True),
    Attribute(0x00081080, "AdmittingDiagnosesDescription", _S, "LO", multiple=True),
    Attribute(0x00101010, "PatientAge", _S, "AS"),
    Attribute(0x00101020, "PatientSize", _S, "DS"),
    Attribute(0x00101030, "PatientWeight", _S, "DS"),
    Attribute(0x00102180, "Occupation", _S, "SH"),
    Attribute(0x001021B0, "AdditionalPatientHistory", _S, "LT"),
    Attribute(0x00321032, "RequestingPhysician", _S, "PN"),
    Attribute(0x00321060, "RequestedProcedureDescription", _S, "LO"),
    Attribute(0x00380010, "AdmissionID", _S, "LO"),
    Attribute(0x00201206, "NumberOfStudyRelatedSeries", _S, "IS", computed=True),
    Attribute(0x00201208, "NumberOfStudyRelatedInstances", _S, "IS", computed=True),
    # Series, PS3.4 Table C.6-3
    Attribute(0x0020000E, "SeriesInstanceUID", _E, "UI", _U),
    Attribute(0x00080060, "Modality", _E, "CS", _R),
    Attribute(0x00200011, "SeriesNumber", _E, "IS", _R),
    Attribute(0x00080021, "SeriesDate", _E, "DA"),
    Attribute(0x00080031, "SeriesTime", _E, "TM"),
    Attribute(0x00080070, "Manufacturer", _E, "LO"),
    Attribute(0x00080080, "InstitutionName", _E, "LO"),
    Attribute(0x00081010, "StationName", _E, "SH"),
    Attribute(0x0008103E, "SeriesDescription", _E, "LO"),
    Attribute(0x00081040, "InstitutionalDepartmentName", _E, "LO"),
    Attribute(0x00081050, "PerformingPhysicianName", _E, "PN", multiple=True),
    Attribute(0x00081070, "OperatorsName", _E, "PN", multiple=True),
    Attribute(0x00081090, "ManufacturerModelName", _E, "LO"),
    Attribute(0x00180015, "BodyPartExamined", _E, "CS"),
    Attribute(0x00181000, "DeviceSerialNumber", _E, "LO"),
    Attribute(0x00181030, "ProtocolName", _E, "LO"),
    Attribute(0x00185100, "PatientPosition", _E, "CS"),
    Attribute(0x00200052, "FrameOfReferenceUID", _E, "UI"),
    Attribute(0x00200060, "Laterality", _E, "CS"),
    Attribute(0x00400244, "PerformedProcedureStepStartDate", _E, "DA"),
    Attribute(0x00400245, "PerformedProcedureStepStartTime", _E, "TM"),
    Attribute(0x00400253, "PerformedProcedureStepID", _E, "SH"),
    Attribute(0x00400254, "PerformedProcedureStepDescription", _E, "LO"),
    Attribute(0x00400275, "RequestAttributesSequence", _E, "SQ", items=_REQUEST),
    Attribute(0x00201209, "NumberOfSeriesRelatedInstances", _E, "IS", computed=True),
    # Composite object instance, PS3.4 Table C.6-4
    Attribute(0x00080018, "SOPInstanceUID", _I, "UI", _U),
    Attribute(0x00200013, "InstanceNumber", _I, "IS", _R),
    Attribute(0x00080008, "ImageType", _I, "CS", multiple=True),
    Attribute(0x00080012, "InstanceCreationDate", _I, "DA"),
    Attribute(0x00080013, "InstanceCreationTime", _I, "TM"),
    Attribute(0x00080016, "SOPClassUID", _I, "UI"),
    Attribute(0x00080022, "AcquisitionDate", _I, "DA"),
    Attribute(0x00080023, "ContentDate", _I, "DA"),
    Attribute(0x0008002A, "AcquisitionDateTime", _I, "DT"),
    Attribute(0x00080032, "AcquisitionTime", _I, "TM"),
    Attribute(0x00080033, "ContentTime", _I, "TM"),
    Attribute(0x00083002, "AvailableTransferSyntaxUID", _I, "UI", computed=True),
    Attribute(0x00200012, "AcquisitionNumber", _I, "IS"),
    Attribute(0x00280002, "SamplesPerPixel", _I, "US"),
    Attribute(0x00280004, "PhotometricInterpretation", _I, "CS"),
    Attribute(0x00280008, "NumberOfFrames", _I, "IS"),
    Attribute(0x00280010, "Rows", _I, "US"),
    Attribute(0x00280011, "Columns", _I, "US"),
    Attribute(0x00280100, "BitsAllocated", _I, "US"),
    Attribute(0x00280101, "BitsStored", _I, "US"),
    Attribute(0x0040A043, "ConceptNameCodeSequence", _I, "SQ", items=_CODE),
    Attribute(0x0040A491, "CompletionFlag", _I, "CS"),
    Attribute(0x0040A493, "VerificationFlag", _I, "CS"),
    Attribute(0x00420010, "DocumentTitle", _I, "ST"),
    Attribute(0x00700080, "ContentLabel", _I, "CS"),
    Attribute(0x00700081, "ContentDescription", _I, "LO"),
)

BY_TAG: dict[int, Attribute] = {attribute.tag: attribute for attribute in ATTRIBUTES}

BY_LEVEL: dict[Level, tuple[Attribute, ...]] = {
    level: tuple(a for a in ATTRIBUTES if a.level is level and not a.computed) for level in Level
}
"""The attributes of each level that come out of an object, in column order."""

COMPUTED: frozenset[int] = frozenset(a.tag for a in ATTRIBUTES if a.computed)

UNIQUE_KEYS: dict[Level, int] = {a.level: a.tag for a in ATTRIBUTES if a.kind is Kind.UNIQUE}

DATE_TIME_PAIRS: dict[int, int] = {
    0x00080012: 0x00080013,
    0x00080020: 0x00080030,
    0x00080021: 0x00080031,
    0x00080022: 0x00080032,
    0x00080023: 0x00080033,
    0x00100030: 0x00100032,
    0x00400244: 0x00400245,
}
"""Date and the time that belongs to it, for combined date-time matching (PS3.4 §C.2.2.2.5)."""
