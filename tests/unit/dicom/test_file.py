"""Part 10 files: with and without what belongs before the data set, read and written."""

import os
import subprocess
import sys

import pytest
from encoded import explicit, implicit

from filmroom.dicom import (
    IMPLEMENTATION_CLASS_UID,
    DataSet,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    PersonName,
    encode_bytes,
    file_meta,
    read_file,
    read_preamble_and_meta,
    write_file,
)
from filmroom.dicom.file import write_pieces
from filmroom.errors import (
    DataError,
    InvalidDicomFile,
    InvalidTransferSyntax,
    InvalidValue,
    MissingRequiredTag,
)

SYNTAXES = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
CT = "1.2.840.10008.5.1.4.1.1.2"
PREAMBLE = bytes(128)


def sample():
    ds = DataSet()
    ds["SOPClassUID"], ds["SOPInstanceUID"] = CT, "1.2.3"
    ds["PatientName"] = "Doe^John"
    ds["Rows"] = 512
    return ds


def meta_group(syntax=ExplicitVRLittleEndian, *, length=None, uid=None):
    """Group 0002 with a group length that is true, or as given."""
    body = explicit(0x00020002, "UI", CT.encode() + b"\0")
    uid = syntax.uid if uid is None else uid
    body += explicit(0x00020010, "UI", uid.encode() + b"\0" * (len(uid) % 2))
    length = len(body) if length is None else length
    return explicit(0x00020000, "UL", length.to_bytes(4, "little")) + body


def data(syntax=ExplicitVRLittleEndian):
    return encode_bytes(sample(), syntax)


def written(tmp_path, raw):
    path = tmp_path / "file.dcm"
    path.write_bytes(raw)
    return path


# ------------------------------------------------------------------ as the standard has it


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("mapped", [True, False])
def test_written_and_read(tmp_path, syntax, mapped):
    path = tmp_path / "file.dcm"
    write_file(path, sample(), syntax, source_ae="FILMROOM")
    file = read_file(path, strict=True, mapped=mapped)
    assert file.data_set == sample()
    assert file.transfer_syntax is syntax
    assert file.preamble == PREAMBLE
    assert file.issues == []
    assert file.meta["TransferSyntaxUID"] == syntax.uid
    assert file.meta["MediaStorageSOPClassUID"] == CT
    assert file.meta["MediaStorageSOPInstanceUID"] == "1.2.3"
    assert file.meta["ImplementationClassUID"] == IMPLEMENTATION_CLASS_UID
    assert file.meta["SourceApplicationEntityTitle"] == "FILMROOM"
    assert path.read_bytes()[file.data_set_offset :] == data(syntax)


def test_file_meta_information_by_hand():
    """PS3.10 §7.1: the group length counts what follows it."""
    raw = file_meta(CT, "1.2.3", ExplicitVRLittleEndian.uid)
    assert raw[:132] == PREAMBLE + b"DICM"
    assert raw[132:144] == explicit(0x00020000, "UL", (len(raw) - 144).to_bytes(4, "little"))
    assert raw[144:158] == explicit(0x00020001, "OB", b"\0\1")
    meta, offset, syntax = read_preamble_and_meta(raw, strict=True)
    assert (offset, syntax) == (len(raw), ExplicitVRLittleEndian)
    assert "SourceApplicationEntityTitle" not in meta


def test_the_preamble_is_kept(tmp_path):
    preamble = b"II*\0" + bytes(range(124))
    path = written(tmp_path, preamble + b"DICM" + meta_group() + data())
    assert read_file(path, strict=True).preamble == preamble


def test_stop_before(tmp_path):
    path = tmp_path / "file.dcm"
    write_file(path, sample(), ExplicitVRLittleEndian)
    assert "Rows" not in read_file(path, stop_before=0x00280000).data_set


def test_offsets_of_issues_count_from_the_start_of_the_file(tmp_path):
    before = PREAMBLE + b"DICM" + meta_group()
    path = written(tmp_path, before + data() + b"\0" * 16)
    (issue,) = read_file(path).issues
    assert issue.offset == len(before) + len(data())


# ------------------------------------------------------------------ what is tolerated

BARE = {
    "no preamble": (b"DICM" + meta_group() + data(), "no preamble"),
    "no prefix": (PREAMBLE + meta_group() + data(), "no prefix"),
    "group 0002 alone": (meta_group() + data(), "no preamble and no prefix"),
    "no file meta information": (data(), "no preamble and no prefix"),
    "no file meta information, implicit": (
        data(ImplicitVRLittleEndian), "no preamble and no prefix"),
    "no file meta information, big endian": (
        data(ExplicitVRBigEndian), "no preamble and no prefix"),
    "prefix, but no group 0002": (PREAMBLE + b"DICM" + data(), "no Transfer Syntax UID"),
    "prefix, but no group 0002, implicit": (
        PREAMBLE + b"DICM" + data(ImplicitVRLittleEndian), "no Transfer Syntax UID"),
    "no transfer syntax": (
        PREAMBLE + b"DICM" + explicit(0x00020000, "UL", b"\x22\0\0\0")
        + explicit(0x00020002, "UI", CT.encode() + b"\0") + data(), "no Transfer Syntax UID"),
    "group length too small": (
        PREAMBLE + b"DICM" + meta_group(length=4) + data(), "wrong group length"),
    "group length that ends in a header": (
        PREAMBLE + b"DICM" + meta_group(length=len(meta_group()) - 12 + 9) + data(),
        "wrong group length"),
    "group length too large": (
        PREAMBLE + b"DICM" + meta_group(length=1 << 20) + data(), "wrong group length"),
    "group 0002 in implicit VR": (
        PREAMBLE + b"DICM"
        + implicit(0x00020010, ExplicitVRLittleEndian.uid.encode() + b"\0") + data(),
        "not in Explicit VR Little Endian"),
    "implicit VR declared as explicit": (
        PREAMBLE + b"DICM" + meta_group() + data(ImplicitVRLittleEndian),
        "not in Explicit VR Little Endian"),
    "big endian declared as little": (
        PREAMBLE + b"DICM" + meta_group() + data(ExplicitVRBigEndian),
        "not in Explicit VR Little Endian"),
    "explicit VR declared as implicit": (
        PREAMBLE + b"DICM" + meta_group(ImplicitVRLittleEndian) + data(),
        "not in Implicit VR Little Endian"),
    "little endian declared as big": (
        PREAMBLE + b"DICM" + meta_group(ExplicitVRBigEndian) + data(),
        "not in Explicit VR Big Endian"),
    "declared as deflated": (
        PREAMBLE + b"DICM" + meta_group(DeflatedExplicitVRLittleEndian) + data(), "not deflated"),
}  # fmt: skip
"""Bytes of a file, and what the first issue says."""


@pytest.mark.parametrize("name", BARE)
def test_defects_before_the_data_set(tmp_path, name):
    raw, message = BARE[name]
    file = read_file(written(tmp_path, raw))
    assert file.data_set == sample()
    assert message in file.issues[0].message
    assert raw[file.data_set_offset :] in [data(syntax) for syntax in SYNTAXES]


@pytest.mark.parametrize("name", BARE)
def test_defects_before_the_data_set_raise_when_strict(tmp_path, name):
    raw, message = BARE[name]
    with pytest.raises(DataError, match=message):
        read_file(written(tmp_path, raw), strict=True)


def test_the_transfer_syntax_is_that_of_the_bytes(tmp_path):
    for name, syntax in (
        ("implicit VR declared as explicit", ImplicitVRLittleEndian),
        ("big endian declared as little", ExplicitVRBigEndian),
        ("no file meta information, big endian", ExplicitVRBigEndian),
        ("prefix, but no group 0002, implicit", ImplicitVRLittleEndian),
    ):
        file = read_file(written(tmp_path, BARE[name][0]))
        assert file.transfer_syntax is syntax
        assert file.data_set.transfer_syntax is syntax


def test_a_deflated_data_set_may_begin_like_group_0002():
    """Where the group length is true, it tells where the file meta information ends."""
    raw = PREAMBLE + b"DICM" + meta_group(DeflatedExplicitVRLittleEndian)
    alike = explicit(0x00020016, "AE", b"DEFLATED")
    meta, offset, syntax = read_preamble_and_meta(raw + alike.replace(b"\2", b"\0", 1), strict=True)
    assert (len(meta), offset, syntax) == (3, len(raw), DeflatedExplicitVRLittleEndian)


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"DICM",
        b"\0" * 4,
        b"hello, this is no DICOM file at all",
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        b"\xff\xd8\xff\xe0" + bytes(200),
        PREAMBLE + b"DICM",
        PREAMBLE + b"DICM" + b"\2\0",
        bytes(200),
        PREAMBLE + b"DICM" + b"and something else",
    ],
)
def test_what_is_no_dicom_file(tmp_path, raw):
    with pytest.raises(InvalidDicomFile):
        read_file(written(tmp_path, raw))


def test_an_unknown_transfer_syntax(tmp_path):
    path = written(tmp_path, PREAMBLE + b"DICM" + meta_group(uid="1.2.3.4") + data())
    with pytest.raises(InvalidTransferSyntax):
        read_file(path)


def test_no_such_file(tmp_path):
    with pytest.raises(IsADirectoryError):
        read_file(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "none.dcm")


# ------------------------------------------------------------------ writing


@pytest.mark.parametrize("keyword", ["SOPClassUID", "SOPInstanceUID"])
def test_a_file_needs_its_uids(tmp_path, keyword):
    ds = sample()
    del ds[keyword]
    with pytest.raises(MissingRequiredTag):
        write_file(tmp_path / "file.dcm", ds, ExplicitVRLittleEndian)
    assert list(tmp_path.iterdir()) == []


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "file.dcm"
    write_file(path, sample(), ExplicitVRLittleEndian)
    before = path.read_bytes()
    broken = sample()
    broken["Columns"] = 1 << 20
    with pytest.raises(InvalidValue):
        write_file(path, broken, ExplicitVRLittleEndian)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_nothing_behind(tmp_path):
    def pieces():
        yield b"some"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_pieces(tmp_path / "file.dcm", pieces())
    assert list(tmp_path.iterdir()) == []


def test_a_file_may_be_written_over_the_one_it_was_read_from(tmp_path):
    path = tmp_path / "file.dcm"
    write_file(path, sample(), ExplicitVRLittleEndian)
    ds = read_file(path).data_set
    ds["PatientName"] = "Roe"
    write_file(path, ds, ImplicitVRLittleEndian)
    assert read_file(path).data_set["PatientName"] == PersonName.of("Roe")
    assert ds["Rows"] == 512


def test_the_folder_must_be_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_file(tmp_path / "none" / "file.dcm", sample(), ExplicitVRLittleEndian)


def test_others_may_read_it(tmp_path):
    path = tmp_path / "file.dcm"
    write_file(path, sample(), ExplicitVRLittleEndian)
    assert os.stat(path).st_mode & 0o444 == 0o444


# ------------------------------------------------------------------ large files

OPEN_LARGE = """
import re, sys
from filmroom.dicom import read_file
from filmroom.dicom.layout import PIXEL_DATA
# Of this program alone: the maximum of getrusage() begins with that of the test run.
def peak():
    return int(re.search("VmHWM:[^0-9]*([0-9]+)", open("/proc/self/status").read())[1])
before = peak()
file = read_file(sys.argv[1], strict=True)
element = file.data_set.element("PixelData")
(value,) = element.values
assert len(value) == int(sys.argv[2]), len(value)
assert element.numbers[len(value) // 2 - 1] == 0x0201
assert file.data_set["Rows"] == 512
print(peak() - before)
"""


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian])
def test_a_file_of_4_gb_opens_in_little_memory(tmp_path, syntax):
    """Its values are views of a map: the file is sparse, so that neither disk nor time is taken."""
    length = 0xFFFFFFFE
    before = file_meta(CT, "1.2.3", syntax.uid) + data(syntax)
    if syntax.implicit_vr:
        before += implicit(0x7FE00010, length=length)
    else:
        before += explicit(0x7FE00010, "OW", length=length)
    path = tmp_path / "large.dcm"
    with path.open("wb") as file:
        file.write(before)
        file.seek(len(before) + length - 2)
        file.write(b"\1\2")
    done = subprocess.run(
        [sys.executable, "-c", OPEN_LARGE, str(path), str(length)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) < 50 * 1024
