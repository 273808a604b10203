import pytest

from filmroom.dicom import (
    DataSet,
    ExplicitVRLittleEndian,
    encode_bytes,
    file_meta,
    read_preamble_and_meta,
)
from filmroom.dicom.validation.file_meta import check_file_meta
from filmroom.dicom.validation.finding import Findings

CT, INSTANCE = "1.2.840.10008.5.1.4.1.1.2", "2.25.7"


def data_set(sop_class=CT, instance=INSTANCE):
    made = DataSet()
    made["SOPClassUID"], made["SOPInstanceUID"] = sop_class, instance
    return made


def meta_of(head):
    body = encode_bytes(data_set(), ExplicitVRLittleEndian)
    return read_preamble_and_meta(head + body)[0]


def found(meta, around=None):
    findings = Findings()
    check_file_meta(meta, data_set() if around is None else around, findings)
    return [(f.path, f.message) for f in findings.report().findings]


HEAD = file_meta(CT, INSTANCE, ExplicitVRLittleEndian.uid, "STATION")


def test_what_we_write_is_as_it_should_be():
    assert found(meta_of(HEAD)) == []


@pytest.mark.parametrize(
    ("around", "path"),
    [(data_set(sop_class="1.2.840.10008.5.1.4.1.1.4"), "(0002,0002)"),
     (data_set(instance="2.25.8"), "(0002,0003)")],
)  # fmt: skip
def test_media_storage_uids_are_those_of_the_data_set(around, path):
    assert found(meta_of(HEAD), around) == [(path, "not the UID of the data set")]


def test_a_data_set_without_its_uids_is_no_fault_of_the_file_meta_information():
    assert found(meta_of(HEAD), DataSet()) == []


@pytest.mark.parametrize(
    "keyword",
    [
        "FileMetaInformationGroupLength", "FileMetaInformationVersion", "MediaStorageSOPClassUID",
        "MediaStorageSOPInstanceUID", "TransferSyntaxUID", "ImplementationClassUID",
    ],
)  # fmt: skip
def test_required_attributes(keyword):
    meta = meta_of(HEAD)
    del meta[keyword]
    ((_, message),) = found(meta)
    assert message == "missing, Type 1"


def test_private_information_needs_its_creator():
    meta = meta_of(HEAD)
    meta["PrivateInformation"] = b"\0\1"
    assert found(meta) == [
        ("(0002,0100)", "missing, Type 1C: required if PrivateInformation is present")
    ]


def test_the_version():
    meta = meta_of(HEAD)
    meta["FileMetaInformationVersion"] = b"\0\2"
    assert found(meta) == [("(0002,0001)", "the bit of version 1 is not set")]
    meta["FileMetaInformationVersion"] = b"\0\1\0\0"
    assert found(meta) == [("(0002,0001)", "4 bytes instead of 2")]


def test_a_wrong_group_length():
    at = HEAD.index(b"UL\4\0") + 4
    wrong = HEAD[:at] + bytes([HEAD[at] + 2]) + HEAD[at + 1 :]
    length = len(HEAD) - at - 4
    message = f"group length {length + 2}, but the group has {length} bytes"
    assert ("(0002,0000)", message) in found(meta_of(wrong))
