"""Named attributes of files, read no further than it takes."""

import os

import pytest
from encoded import explicit

from filmroom.dicom import (
    VR,
    DataSet,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    PersonName,
    encode_bytes,
    file_meta,
    scan_file,
    write_file,
)
from filmroom.errors import InvalidDicomFile, InvalidTransferSyntax, TruncatedData

SYNTAXES = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
CT = "1.2.840.10008.5.1.4.1.1.2"
WANTED = frozenset({0x00080005, 0x00100010, 0x00280010})


def sample(comments=0):
    ds = DataSet()
    ds["SpecificCharacterSet"] = "ISO_IR 100"
    ds["SOPClassUID"], ds["SOPInstanceUID"] = CT, "1.2.3"
    ds["PatientName"] = "Müller^Jörg"
    ds.set(0x00104000, VR.UT, "x" * comments)
    ds["Rows"] = 512
    ds.set("PixelData", VR.OW, bytes(1000))
    return ds


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("comments", [0, 50_000, 700_000])
def test_what_is_wanted(tmp_path, syntax, comments):
    path = tmp_path / "file.dcm"
    write_file(path, sample(comments), syntax)
    found = scan_file(path, WANTED, strict=True)
    assert set(found.values) == WANTED
    assert found.data_set()["PatientName"] == PersonName.of("Müller", "Jörg")
    assert found.data_set()["Rows"] == 512
    assert found.transfer_syntax is syntax
    assert found.meta["MediaStorageSOPInstanceUID"] == "1.2.3"
    assert path.read_bytes()[found.data_set_offset :] == encode_bytes(sample(comments), syntax)
    assert found.issues == []


def test_no_more_is_read_than_it_takes(tmp_path, monkeypatch):
    path = tmp_path / "file.dcm"
    ds = sample()
    ds.set("PixelData", VR.OW, bytes(5_000_000))
    write_file(path, ds, ExplicitVRLittleEndian)
    sizes, read = [], os.read
    monkeypatch.setattr(os, "read", lambda fd, size: sizes.append(size) or read(fd, size))
    assert scan_file(path, WANTED).values[0x00280010] == b"\0\2"
    assert sum(sizes) <= 16 * 1024


def test_file_meta_information_beyond_the_first_bytes(tmp_path):
    path = tmp_path / "file.dcm"
    meta = file_meta(CT, "1.2.3", ExplicitVRLittleEndian.uid)
    large = explicit(0x00020100, "UI", b"1.2\0") + explicit(0x00020102, "OB", bytes(40_000))
    length = int.from_bytes(meta[140:144], "little") + len(large)
    meta = meta[:140] + length.to_bytes(4, "little") + meta[144:] + large
    path.write_bytes(meta + encode_bytes(sample(), ExplicitVRLittleEndian))
    found = scan_file(path, WANTED, strict=True)
    assert found.data_set_offset == len(meta)
    assert found.data_set()["Rows"] == 512


def test_a_file_without_what_comes_before_the_data_set(tmp_path):
    path = tmp_path / "file.dcm"
    path.write_bytes(encode_bytes(sample(), ImplicitVRLittleEndian))
    found = scan_file(path, WANTED)
    assert found.data_set()["Rows"] == 512
    assert found.transfer_syntax is ImplicitVRLittleEndian
    assert "no preamble" in found.issues[0].message
    with pytest.raises(InvalidDicomFile):
        scan_file(path, WANTED, strict=True)


def test_a_file_in_another_layout_than_declared(tmp_path):
    path = tmp_path / "file.dcm"
    path.write_bytes(
        file_meta(CT, "1.2.3", ExplicitVRLittleEndian.uid)
        + encode_bytes(sample(), ExplicitVRBigEndian)
    )
    found = scan_file(path, WANTED)
    assert found.data_set()["Rows"] == 512
    assert found.transfer_syntax is ExplicitVRBigEndian
    assert len(found.issues) == 1
    with pytest.raises(InvalidTransferSyntax):
        scan_file(path, WANTED, strict=True)


@pytest.mark.parametrize("raw", [b"", b"no DICOM", b"no DICOM at all, but long" * 1000])
def test_what_is_no_dicom_file(tmp_path, raw):
    path = tmp_path / "file.dcm"
    path.write_bytes(raw)
    with pytest.raises(InvalidDicomFile):
        scan_file(path, WANTED)


def test_a_file_that_is_cut_off(tmp_path):
    path = tmp_path / "file.dcm"
    write_file(path, sample(50_000), ExplicitVRLittleEndian)
    path.write_bytes(path.read_bytes()[:30_000])
    with pytest.raises(TruncatedData):
        scan_file(path, WANTED)


def test_what_cannot_be_read(tmp_path):
    with pytest.raises(FileNotFoundError):
        scan_file(tmp_path / "none", WANTED)
    with pytest.raises(IsADirectoryError):
        scan_file(tmp_path, WANTED)
