"""The DICOM data layer: tags, values, data sets, their encodings and files (PS3.5, PS3.6, PS3.10).

::

    file = read_file("image.dcm")
    file.data_set["PatientName"].family
"""

from filmroom.dicom.charset import CharacterSets
from filmroom.dicom.dataset import DataSet
from filmroom.dicom.dictionary import (
    STORAGE_SOP_CLASSES,
    Entry,
    PrivateDictionary,
    lookup,
    tag_for,
    uid_for,
    uid_keyword,
    uid_name,
)
from filmroom.dicom.element import Element
from filmroom.dicom.file import (
    DicomFile,
    file_meta,
    read_file,
    read_preamble_and_meta,
    write_file,
)
from filmroom.dicom.issue import Issue
from filmroom.dicom.number_strings import DecimalString, IntegerString
from filmroom.dicom.person_name import PersonName
from filmroom.dicom.reader import read_data_set
from filmroom.dicom.scanned_file import ScannedFile, scan_file
from filmroom.dicom.scanner import Scanner
from filmroom.dicom.tag import Tag
from filmroom.dicom.temporal import AgeString, DateString, DateTimeString, TimeString
from filmroom.dicom.uid import (
    IMPLEMENTATION_CLASS_UID,
    IMPLEMENTATION_VERSION_NAME,
    TRANSFER_SYNTAXES,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    TransferSyntax,
    generate_uid,
    is_valid_uid,
    transfer_syntax,
)
from filmroom.dicom.vr import VR
from filmroom.dicom.writer import encode, encode_bytes

__all__ = [
    "IMPLEMENTATION_CLASS_UID",
    "IMPLEMENTATION_VERSION_NAME",
    "STORAGE_SOP_CLASSES",
    "TRANSFER_SYNTAXES",
    "VR",
    "AgeString",
    "CharacterSets",
    "DataSet",
    "DateString",
    "DateTimeString",
    "DecimalString",
    "DeflatedExplicitVRLittleEndian",
    "DicomFile",
    "Element",
    "Entry",
    "ExplicitVRBigEndian",
    "ExplicitVRLittleEndian",
    "ImplicitVRLittleEndian",
    "IntegerString",
    "Issue",
    "PersonName",
    "PrivateDictionary",
    "ScannedFile",
    "Scanner",
    "Tag",
    "TimeString",
    "TransferSyntax",
    "encode",
    "encode_bytes",
    "file_meta",
    "generate_uid",
    "is_valid_uid",
    "lookup",
    "read_data_set",
    "read_file",
    "read_preamble_and_meta",
    "scan_file",
    "tag_for",
    "transfer_syntax",
    "uid_for",
    "uid_keyword",
    "uid_name",
    "write_file",
]
