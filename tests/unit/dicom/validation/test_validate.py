import gzip
import subprocess
import sys

import pytest
from conforming import GREY, conforming

from corpus import FILES, content, name_of
from filmroom.dicom import (
    TRANSFER_SYNTAXES,
    VR,
    DataSet,
    ExplicitVRLittleEndian,
    encode_bytes,
    file_meta,
    read_data_set,
    read_file,
    write_file,
)
from filmroom.dicom.validation import Severity, validate, validate_file
from filmroom.errors import DataError, InvalidDicomFile

CT = "1.2.840.10008.5.1.4.1.1.2"
IMAGE = {**GREY, "PixelData": bytes(32), "Modality": "CT"}

# Files that are clean but for notes, by our checks and by dicom3tools' dciodvfy.
CLEAN = ["CT_small.dcm", "MR_small.dcm", "examples_overlay.dcm", "eCT_Supplemental.dcm"]
# One thing that is found in each of these, by us and by dciodvfy.
KNOWN = {
    "693_J2KI.dcm": ("(0020,0052)", "missing, Type 1"),
    "MR_small_padded.dcm": ("(7FE0,0010)", "8320 bytes, but the image needs 8192"),
    "MR_truncated.dcm": ("(7FE0,0010)", "length 8192, but 8130 bytes are left at byte 1488"),
    "emri_small.dcm": ("(0008,0070)", "missing, Type 1"),
    "SC_rgb_rle_2frame.dcm": (
        "(0028,0008)",
        "several frames, but the SOP class has single-frame images",
    ),
}


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "image.dcm"
    write_file(path, conforming("CTImageStorage", values=IMAGE), ExplicitVRLittleEndian)
    return path


def messages(report):
    return [(finding.path, finding.message) for finding in report.findings]


def test_a_file_by_its_path_or_as_it_was_read(image):
    assert validate_file(image).findings == validate_file(str(image)).findings == ()
    report = validate_file(read_file(image))
    assert (report.is_clean, report.sop_class_uid, report.iod) == (True, CT, "CT Image")


def test_what_is_no_dicom_file_is_an_error_of_reading(tmp_path):
    path = tmp_path / "text"
    path.write_text("a text that is no DICOM file at all")
    with pytest.raises(InvalidDicomFile):
        validate_file(path)
    with pytest.raises(OSError, match="No such file"):
        validate_file(tmp_path / "nothing")


def test_file_meta_information_is_checked_as_elements_too(tmp_path):
    path = tmp_path / "image.dcm"
    body = encode_bytes(conforming("CTImageStorage", values=IMAGE), ExplicitVRLittleEndian)
    head = file_meta(CT, "2.25.04", ExplicitVRLittleEndian.uid)
    path.write_bytes(head + body)
    assert messages(validate_file(path)) == [
        ("(0002,0003)", "UI: a component with a leading zero"),
        ("(0002,0003)", "not the UID of the data set"),
    ]


def test_what_the_reader_tolerates_is_an_error(tmp_path):
    path = tmp_path / "bare.dcm"
    path.write_bytes(
        encode_bytes(conforming("CTImageStorage", values=IMAGE), ExplicitVRLittleEndian)
    )
    assert messages(validate_file(path)) == [("", "no preamble and no prefix DICM at byte 0")]


def test_elements_out_of_order():
    data_set = conforming("CTImageStorage", values=IMAGE)
    whole = encode_bytes(data_set, ExplicitVRLittleEndian)
    date = b"\x08\x00\x20\x00DA\x08\x0020260105"
    assert date in whole
    moved = read_data_set(whole.replace(date, b"") + date, ExplicitVRLittleEndian)
    report = validate(moved)
    assert report.errors == 1
    assert report.findings[0].path == "(0008,0020)"
    assert report.findings[0].message.startswith("element out of order at byte ")


def test_an_odd_length_is_one_finding_with_its_path():
    raw = b"\x08\x00\x20\x00DA\x07\x002026010" + b"\x08\x00\x30\x00TM\x04\x000915"
    report = validate(read_data_set(raw, ExplicitVRLittleEndian))
    assert ("(0008,0020)", "odd length 7") in messages(report)
    assert len([text for _, text in messages(report) if text.startswith("odd length")]) == 1


def test_a_data_set_that_was_never_a_file():
    data_set = conforming("CTImageStorage", values=IMAGE)
    assert validate(data_set).is_clean
    data_set.set("PixelData", VR.OB, bytes(30))
    assert messages(validate(data_set)) == [
        ("(7FE0,0010)", "30 bytes, but the image needs 32"),
        ("(7FE0,0010)", "VR OB, more than 8 bits allocated make it OW"),
    ]


def test_the_transfer_syntax_of_the_file_decides_about_compression():
    data_set = conforming("CTImageStorage", values=IMAGE)
    jpeg = TRANSFER_SYNTAXES["1.2.840.10008.1.2.4.70"]
    assert messages(validate(data_set, transfer_syntax=jpeg)) == [
        ("(7FE0,0010)", "native, but the transfer syntax is encapsulated")
    ]


def test_rules_look_into_items():
    data_set = conforming("CTImageStorage", values=IMAGE)
    icon = DataSet()
    for keyword, value in {**GREY, "HighBit": 7}.items():
        icon[keyword] = value
    icon.set("PixelData", VR.OW, bytes(2))
    data_set.set("IconImageSequence", VR.SQ, (icon,))
    assert messages(validate(data_set)) == [
        ("(0088,0200)[1]/(0028,0102)", "not one less than Bits Stored"),
        ("(0088,0200)[1]/(7FE0,0010)", "2 bytes, but the image needs 32"),
    ]


def test_a_finding_never_holds_the_value():
    secret = "SECRET^NAME" * 9
    data_set = conforming("CTImageStorage", values=IMAGE)
    for keyword in ("PatientName", "PatientID", "StudyID", "Manufacturer"):
        data_set[keyword] = secret
    data_set["PatientSex"] = "SECRET"
    data_set["StudyDate"] = "SECRET"
    report = validate(data_set)
    assert report.errors >= 5
    assert not any("SECRET" in str(finding) for finding in report.findings)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_file_of_the_corpus_gives_a_report(path, tmp_path):
    if path.suffix == ".gz":
        unpacked = tmp_path / "unpacked.dcm"
        unpacked.write_bytes(gzip.decompress(path.read_bytes()))
        path = unpacked
    try:
        report = validate_file(path)
    except DataError:
        assert path.name == "no_meta.dcm"
        return
    assert sum(report.counts.values()) == len(report.findings) + report.omitted
    assert sorted(report.findings, key=lambda f: list(Severity).index(f.severity)) == list(
        report.findings
    )
    if path.name in CLEAN:
        assert report.is_clean, report.findings
    if path.name in KNOWN:
        assert KNOWN[path.name] in messages(report)


def test_the_named_files_are_in_the_corpus():
    names = {path.name for path in FILES}
    assert names >= {*CLEAN, *KNOWN, "no_meta.dcm"}


@pytest.mark.parametrize("length", range(0, 4000, 37))
def test_a_file_cut_anywhere_gives_a_report_or_a_data_error(tmp_path, length):
    (source,) = [path for path in FILES if path.name == "reportsi.dcm"]
    path = tmp_path / "cut.dcm"
    path.write_bytes(content(source)[:length])
    try:
        report = validate_file(path)
    except DataError:
        return
    assert report.errors


def test_four_gigabytes_of_pixel_data_are_not_read(tmp_path):
    """They are a hole in the file, so they are not on the disk either."""
    path = tmp_path / "large.dcm"
    data_set = conforming("CTImageStorage", values=IMAGE)
    del data_set["PixelData"]
    body = encode_bytes(data_set, ExplicitVRLittleEndian)
    length = 0xFFFFFFF0
    pixels = b"\xe0\x7f\x10\x00OW\0\0" + length.to_bytes(4, "little")
    with path.open("wb") as file:
        file.write(file_meta(CT, data_set["SOPInstanceUID"], ExplicitVRLittleEndian.uid))
        file.write(body + pixels)
        file.truncate(file.tell() + length)
    script = (
        "import re\n"
        "from filmroom.dicom.validation import validate_file\n"
        f"report = validate_file({str(path)!r})\n"
        "print([finding.message for finding in report.findings])\n"
        # Of this program alone: the maximum of getrusage() begins with that of the test run.
        "print(re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    found, peak = done.stdout.splitlines()
    assert found == str([f"{length} bytes, but the image needs 32"])
    assert int(peak) < 200 * 1024  # kilobytes
