"""The file meta information: what a file must say before its data set (PS3.10 §7.1)."""

from __future__ import annotations

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.validation.attributes import check_rows
from filmroom.dicom.validation.condition import present
from filmroom.dicom.validation.finding import Findings, Location
from filmroom.dicom.validation.module import Module, attribute

__all__ = ["FILE_META_INFORMATION", "check_file_meta"]

FILE_META_INFORMATION = Module(
    "File Meta Information",
    "PS3.10 §7.1",
    (
        attribute("FileMetaInformationGroupLength", "1"),
        attribute("FileMetaInformationVersion", "1"),
        attribute("MediaStorageSOPClassUID", "1"),
        attribute("MediaStorageSOPInstanceUID", "1"),
        attribute("TransferSyntaxUID", "1"),
        attribute("ImplementationClassUID", "1"),
        attribute("PrivateInformation", "1C", when=present("PrivateInformationCreatorUID")),
        attribute("PrivateInformationCreatorUID", "1C", when=present("PrivateInformation")),
    ),
)
"""Types of PS3.10 Table 7.1-1."""

_GROUP_LENGTH = 0x00020000
_VERSION = 0x00020001
_SAME = ((0x00020002, 0x00080016), (0x00020003, 0x00080018))
"""Media Storage UIDs, and those of the data set that they repeat."""


def check_file_meta(meta: DataSet, data_set: DataSet, findings: Findings) -> None:
    """Hold the file meta information against PS3.10 and against the data set."""
    here = Location()
    clause = FILE_META_INFORMATION.clause
    check_rows(FILE_META_INFORMATION.rows, meta, clause, here, findings)
    version = meta.raw(_VERSION)
    if version is not None and len(version) == 2 and not bytes(version)[1] & 1:
        findings.error(here, _VERSION, clause, "the bit of version 1 is not set")
    elif version is not None and len(version) not in (0, 2):
        findings.error(here, _VERSION, clause, f"{len(version)} bytes instead of 2")
    length = meta.values_of(_GROUP_LENGTH)
    record = meta.record(_GROUP_LENGTH)
    if length and isinstance(length[0], int) and record is not None:
        place = record if isinstance(record, tuple) else record.record
        true_length = None if place is None else meta.end_offset - place[4]
        if true_length is not None and length[0] != true_length:
            message = f"group length {length[0]}, but the group has {true_length} bytes"
            findings.error(here, _GROUP_LENGTH, clause, message)
    for in_meta, in_data_set in _SAME:
        theirs = data_set.text(in_data_set)
        if theirs and meta.text(in_meta) not in ("", theirs):
            findings.error(here, in_meta, clause, "not the UID of the data set")
