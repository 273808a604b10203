"""What files and fuzzing once showed to be wrong, each in as few bytes as show it."""

import struct

import pytest

from filmroom.dicom import (
    TRANSFER_SYNTAXES,
    DataSet,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    Scanner,
    encode_bytes,
    read_data_set,
    read_preamble_and_meta,
)
from filmroom.net import CEchoRQ, decode_command, encode_command, response_to

JPEG_BASELINE = TRANSFER_SYNTAXES["1.2.840.10008.1.2.4.50"]


def explicit(group, element, vr, value):
    return struct.pack("<HH2sH", group, element, vr, len(value)) + value


def implicit(group, element, value):
    return struct.pack("<HHI", group, element, len(value)) + value


SYNTAX = explicit(2, 0x10, b"UI", b"1.2.840.10008.1.2\0")


def with_meta(elements, data_set, length=None):
    length = len(elements) if length is None else length
    return (
        bytes(128)
        + b"DICM"
        + explicit(2, 0, b"UL", struct.pack("<I", length))
        + elements
        + data_set
    )


@pytest.mark.parametrize("strict", [False, True])
def test_an_implicit_data_set_behind_file_meta_information_is_no_defect(strict):
    data = with_meta(SYNTAX, implicit(8, 0x60, b"CT"))
    meta, offset, syntax = read_preamble_and_meta(data, strict=strict)
    assert meta.issues == []
    assert syntax == ImplicitVRLittleEndian
    assert data[offset:] == implicit(8, 0x60, b"CT")


@pytest.mark.parametrize("strict", [False, True])
def test_a_data_set_that_begins_below_group_0002_is_no_file_meta_information(strict):
    """nested_priv_SQ.dcm and meta_missing_tsyntax.dcm of pydicom begin with (0001,0001)."""
    data_set = implicit(1, 1, b"AB") + implicit(8, 0x60, b"CT")
    meta, offset, _ = read_preamble_and_meta(with_meta(SYNTAX, data_set), strict=strict)
    assert list(meta.tags()) == [0x00020000, 0x00020010]
    assert offset == 128 + 4 + 12 + len(SYNTAX)


@pytest.mark.parametrize("wrong", [0, 8, len(SYNTAX) - 4, len(SYNTAX) + 10, 4000, 0xFFFFFFFF])
def test_a_wrong_group_length_does_not_hide_file_meta_information(wrong):
    data_set = implicit(8, 0x60, b"CT") + implicit(8, 0x70, b"MAKER ")
    meta, offset, _ = read_preamble_and_meta(with_meta(SYNTAX, data_set, wrong))
    assert list(meta.tags()) == [0x00020000, 0x00020010]
    assert offset == 128 + 4 + 12 + len(SYNTAX)


def test_a_bare_data_set_has_no_other_defect():
    data = implicit(8, 0x60, b"CT")
    meta, offset, syntax = read_preamble_and_meta(data)
    assert [issue.message for issue in meta.issues] == ["no preamble and no prefix DICM"]
    assert (len(meta), offset, syntax) == (0, 0, ImplicitVRLittleEndian)


def test_un_of_undefined_length_ends_in_little_endian_wherever_it_is_written():
    """UN_sequence.dcm: inside UN all is implicit VR little endian, the delimiter too."""
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 10) + implicit(8, 0x60, b"CT")
    end = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    header = struct.pack("<HH2sHI", 0x0099, 0x1001, b"UN", 0, 0xFFFFFFFF)
    read = read_data_set(header + item + end, ExplicitVRLittleEndian, strict=True)
    written = encode_bytes(read, ExplicitVRBigEndian)
    assert written.endswith(item + end)
    again = read_data_set(written, ExplicitVRBigEndian, strict=True)
    assert again[0x00991001][0]["Modality"] == "CT"


def test_group_lengths_are_checked_in_one_pass():
    """Each of many group lengths used to be looked for from the beginning."""
    groups = [
        struct.pack("<HHII", group, 0, 4, wrong) for group, wrong in ((8, 0), (0x10, 1), (0x18, 0))
    ]
    read = read_data_set(b"".join(groups), ImplicitVRLittleEndian)
    assert [(issue.tag, issue.offset) for issue in read.issues] == [(0x00100000, 12)]
    many = b"".join(struct.pack("<HHII", group, 0, 4, 0) for group in range(4, 0xFFF0, 2))
    assert len(read_data_set(many, ImplicitVRLittleEndian)) == len(many) // 12


def undefined(group, element, vr, inside):
    header = struct.pack("<HH2sHI", group, element, vr, 0, 0xFFFFFFFF)
    return header + inside


def item(content, length=None):
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(content) if length is None else length) + content


SEQUENCE_END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
OPEN = 0xFFFFFFFF


def test_fragments_that_are_cut_off_get_the_length_that_they_have():
    """The delimiter that is added must not become the end of the last fragment."""
    data = undefined(0x7FE0, 0x10, b"OB", item(b"") + item(b"\xff\xd8\xff", length=1000))
    written = encode_bytes(read_data_set(data, JPEG_BASELINE), JPEG_BASELINE)
    whole = item(b"") + item(b"\xff\xd8\xff\0")
    assert written == undefined(0x7FE0, 0x10, b"OB", whole + SEQUENCE_END)
    assert read_data_set(written, JPEG_BASELINE, strict=True).issues == []


def test_a_sequence_in_un_that_is_cut_off_is_written_whole():
    inner = struct.pack("<HHI", 8, 0x1199, OPEN) + item(implicit(8, 0x1155, b"1.2\0"), length=OPEN)
    data = undefined(0x0099, 0x1001, b"UN", item(inner, length=OPEN))
    read = read_data_set(data, ExplicitVRLittleEndian)
    written = encode_bytes(read, ExplicitVRLittleEndian)
    again = read_data_set(written, ExplicitVRLittleEndian, strict=True)
    assert again[0x00991001][0][0x00081199][0][0x00081155] == "1.2"
    assert encode_bytes(again, ExplicitVRLittleEndian) == written


def test_a_vr_that_is_no_vr_is_not_written_again():
    data = explicit(8, 0x60, b"CS", b"CT") + explicit(8, 0x61, b"\0\7", b"MR")
    read = read_data_set(data, ExplicitVRLittleEndian)
    assert [issue.message for issue in read.issues] == ["unknown VR"]
    written = encode_bytes(read, ExplicitVRLittleEndian)
    assert (
        written
        == explicit(8, 0x60, b"CS", b"CT")
        + explicit(8, 0x61, b"UN", b"")
        + struct.pack("<I", 2)
        + b"MR"
    )


def test_an_explicit_element_amid_implicit_ones_is_written_as_implicit():
    data = implicit(8, 0x60, b"CT") + explicit(8, 0x61, b"CS", b"MR") + implicit(8, 0x70, b"AB")
    read = read_data_set(data, ImplicitVRLittleEndian)
    assert read[0x00080061] == "MR"
    written = encode_bytes(read, ImplicitVRLittleEndian)
    assert written == (
        implicit(8, 0x60, b"CT") + implicit(8, 0x61, b"MR") + implicit(8, 0x70, b"AB")
    )


@pytest.mark.parametrize("syntax", [ExplicitVRBigEndian, ImplicitVRLittleEndian])
def test_an_unknown_first_tag_does_not_turn_the_byte_order(syntax):
    """(0000,1040) is unknown and (0000,4010) is not; as (5153,FF00) and (5351,00FF)."""
    for tag in (0x00000010, 0x00001040, 0x5153FF00):
        made = DataSet()
        made.set(tag, "UN", b"AB")
        written = encode_bytes(made, syntax)
        assert list(read_data_set(written, syntax, strict=True).tags()) == [tag]


def test_a_response_repeats_a_uid_that_is_none():
    """Bytes of a peer in a UID of its request once made the response impossible."""
    wrong = b"1.2.\xe9\xff"
    sent = encode_command(CEchoRQ(message_id=1, affected_sop_class_uid="1.2.34"), False)
    request = decode_command(sent.replace(b"1.2.34", wrong))
    assert wrong in encode_command(response_to(request, 0x0122), False)


def scanned(data, step):
    scanner = Scanner(ImplicitVRLittleEndian, frozenset({0x00100020}))
    for start in range(0, len(data), step):
        if scanner.feed(data[start : start + step]):
            break
    scanner.finish()
    return scanner.values, [(issue.message, issue.offset) for issue in scanner.issues]


@pytest.mark.parametrize("step", [1, 8, 100])
def test_zeros_after_zeros_are_the_end_however_they_are_cut(step):
    found = [("zeros after the last element", 8)]
    assert scanned(bytes(16), step) == ({}, found)


@pytest.mark.parametrize("step", [1, 50, 1 << 20])
def test_a_long_element_without_a_vr_is_passed_over_whole(step):
    """In a group of which nothing is wanted, its length was once taken for that of a short VR."""
    long = struct.pack("<HHI", 0x0009, 0x1001, 0x10002) + bytes(0x10002)
    data = explicit(9, 0x10, b"LO", b"AB") + long + explicit(0x10, 0x20, b"LO", b"ID")
    scanner = Scanner(ExplicitVRLittleEndian, frozenset({0x00100020}))
    for start in range(0, len(data), step):
        scanner.feed(data[start : start + step])
    scanner.finish()
    assert scanner.values == {0x00100020: b"ID"}
    assert [issue.message for issue in scanner.issues] == ["no VR where one must stand"]


def test_what_is_set_before_the_first_element_is_written_before_it():
    """The first element stands at byte 0 of what was read, where no run had begun yet."""
    read = read_data_set(explicit(8, 8, b"CS", b"AB"), ExplicitVRLittleEndian)
    read["SpecificCharacterSet"] = "ISO_IR 100"
    assert encode_bytes(read, ExplicitVRLittleEndian) == (
        explicit(8, 5, b"CS", b"ISO_IR 100") + explicit(8, 8, b"CS", b"AB")
    )


@pytest.mark.parametrize(
    ("declared", "sound"),
    [(b"", False), (b"\\ISO 2022 IR 58 ", False), (b"\\ISO 2022 IR 87 ", True)],
)
def test_an_escape_to_a_set_that_is_not_declared_is_decoded_and_told(declared, sound):
    """JSON of such a text declares UTF-8, which was then all that had changed without an issue."""
    name = explicit(0x10, 0x10, b"PN", b"\x1b$B;3ED\x1b(B")
    read = read_data_set(explicit(8, 5, b"CS", declared) + name, ExplicitVRLittleEndian)
    assert str(read["PatientName"]) == "山田"
    told = ["characters outside the declared character set"]
    assert [issue.message for issue in read.issues] == ([] if sound else told)
