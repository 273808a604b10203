"""Records of data elements; what malformed bytes become, leniently and strictly.

Each leniency of the parser has its row in ``DEFECTS``.
"""

import pytest
from encoded import UNDEFINED, explicit, implicit, item, sequence

from filmroom.dicom import VR, ExplicitVRLittleEndian, Issue, read_data_set
from filmroom.dicom.layout import ITEM_DELIMITER
from filmroom.dicom.parser import DAMAGED, DAMAGED_OPEN, MAX_ISSUES, Parser
from filmroom.errors import (
    InvalidDicomFile,
    InvalidValue,
    InvalidVR,
    LengthOutOfBounds,
    NestingTooDeep,
    TruncatedData,
)

ID = explicit(0x00100020, "LO", b"1 ")
NAME = explicit(0x00100010, "PN", b"Doe^John")
SEX = explicit(0x00100040, "CS", b"M ")
UID = explicit(0x00081155, "UI", b"1.2\0")
IMPLICIT_UID = implicit(0x00081155, b"1.2\0")


def parse(raw, *, implicit=False, little=True, strict=False, **options):
    parser = Parser(strict=strict)
    records, end = parser.elements(
        memoryview(raw), 0, len(raw), implicit=implicit, little=little, **options
    )
    return parser, records, end


# ------------------------------------------------------------------ records of sound bytes


@pytest.mark.parametrize("vr", list(VR))
@pytest.mark.parametrize("little", [True, False])
def test_headers_in_explicit_vr(vr, little):
    tag = 0x00091001
    raw = explicit(tag, vr.value, b"1234", little=little) if vr is not VR.SQ else sequence(
        tag, item(little=little), little=little
    )  # fmt: skip
    parser, records, end = parse(raw, little=little)
    head = len(raw) - (8 if vr is VR.SQ else 4)
    assert records == {tag: (vr, 0, head, len(raw), len(raw))}
    assert head == (12 if vr.facts.length_bytes == 4 else 8)
    assert end == len(raw)
    assert parser.issues == []


@pytest.mark.parametrize("little", [True, False])
def test_headers_in_implicit_vr(little):
    raw = implicit(0x00100010, b"Doe^", little=little) + implicit(0x00100020, little=little)
    _, records, end = parse(raw, implicit=True, little=little)
    assert records == {0x00100010: (None, 0, 8, 12, 12), 0x00100020: (None, 12, 20, 20, 20)}
    assert end == 20


@pytest.mark.parametrize("length", [0xFFFE, 0x10000, 0x4142, 0x5355])
def test_long_values_in_implicit_vr(length):
    """A length whose bytes are the letters of a VR is a length all the same."""
    raw = implicit(0x00204000, bytes(length + length % 2)) + implicit(0x7FE00010, b"12")
    parser, records, _ = parse(raw, implicit=True)
    assert [record[3] - record[2] for record in records.values()] == [length + length % 2, 2]
    assert parser.issues == []


def test_stops_before_a_tag():
    _, records, end = parse(NAME + ID + SEX, stop_before=0x00100020)
    assert list(records) == [0x00100010]
    assert end == len(NAME)
    _, records, end = parse(NAME + SEX, stop_before=0x00100020)
    assert end == len(NAME)


@pytest.mark.parametrize("defined", [True, False])
@pytest.mark.parametrize("defined_item", [True, False])
@pytest.mark.parametrize("vr", ["SQ", "UN", None])
def test_sequences(defined, defined_item, vr):
    content = IMPLICIT_UID if vr != "SQ" else UID
    raw = sequence(0x00081140, item(content, defined=defined_item), defined=defined, vr=vr) + (
        NAME if vr else implicit(0x00100010, b"Doe^")
    )
    parser, records, _ = parse(raw, implicit=vr is None)
    read, start, value, stop, stop_too = records[0x00081140]
    assert list(records) == [0x00081140, 0x00100010]
    assert (start, stop_too) == (0, stop if defined else stop + 8)
    assert read == (VR(vr) if vr else None if defined else VR.SQ)
    assert parser.issues == []
    (found,) = parser.items(memoryview(raw), value, stop, implicit=vr != "SQ", little=True, depth=1)
    assert raw[found[0] : found[1]] == content


def test_delimiters_in_values_are_values():
    """Only headers are walked, so bytes that look like a delimiter mislead nobody."""
    lure = implicit(ITEM_DELIMITER) + implicit(0xFFFEE0DD)
    inner = explicit(0x00091001, "UN", lure)
    raw = sequence(0x00081140, item(inner, defined=False), defined=False) + NAME
    parser, records, _ = parse(raw)
    assert list(records) == [0x00081140, 0x00100010]
    assert parser.issues == []


def test_encapsulated_pixel_data():
    fragments = implicit(0xFFFEE000) + implicit(0xFFFEE000, b"\xff\xd8" * 10)
    raw = explicit(0x7FE00010, "OB", fragments, length=UNDEFINED) + implicit(0xFFFEE0DD)
    _, records, _ = parse(raw)
    assert records == {0x7FE00010: (VR.OB, 0, 12, 12 + len(fragments), len(raw))}


# ------------------------------------------------------------------ defects that are tolerated

DEFECTS = {
    "zeros behind": (NAME + bytes(64), "zeros after the last element", None, 16, InvalidValue),
    "a few bytes behind": (NAME + b"\1\2\3", "3 bytes after", None, 16, TruncatedData),
    "garbage behind": (NAME + b"something else here", "19 bytes that are no", None, 16,
                       InvalidValue),
    "out of order": (ID + NAME, "out of order", 0x00100010, 10, InvalidValue),
    "twice": (ID + ID, "out of order", 0x00100020, 10, InvalidValue),
    "stray item delimiter": (NAME + implicit(ITEM_DELIMITER) + ID, "delimiter outside",
                             ITEM_DELIMITER, 16, InvalidValue),
    "stray sequence delimiter": (NAME + implicit(0xFFFEE0DD) + ID, "delimiter outside",
                                 0xFFFEE0DD, 16, InvalidValue),
    "odd length": (explicit(0x00100010, "PN", b"Doe") + ID, "odd length", 0x00100010, 0,
                   InvalidValue),
    "odd length, padding not counted": (explicit(0x00100010, "PN", b"Doe ", length=3) + ID,
                                        "odd length", 0x00100010, 0, InvalidValue),
    "odd length at the end": (ID + explicit(0x00100040, "CS", b"M"), "odd length", 0x00100040, 10,
                              InvalidValue),
    "cut off in a value": (NAME + explicit(0x00100020, "LO", b"1 ", length=50), "2 bytes are left",
                           0x00100020, 16, TruncatedData),
    "implicit amid explicit": (NAME + implicit(0x00100020, b"1 ") + SEX, "no VR", 0x00100020, 16,
                               InvalidVR),
    "unknown VR, 16 bits": (NAME + b"\x10\0\x20\0XX\2\x001 " + SEX, "unknown VR", 0x00100020, 16,
                            InvalidVR),
    "unknown VR, 32 bits": (NAME + b"\x10\0\x20\0XX\0\0\2\0\0\x001 " + SEX, "unknown VR",
                            0x00100020, 16, InvalidVR),
    "VR in small letters": (NAME + b"\x10\0\x20\0lo\2\x001 " + SEX, "unknown VR", 0x00100020, 16,
                            InvalidVR),
    "UN of 16 bits": (NAME + b"\x10\0\x20\0UN\2\x001 " + SEX, "16 bits", 0x00100020, 16,
                      InvalidVR),
    "reserved bytes": (NAME + b"\x10\0\x20\0UN\7\0\2\0\0\x001 " + SEX, "reserved", 0x00100020, 16,
                       InvalidVR),
    "wrong group length": (explicit(0x00100000, "UL", b"\4\0\0\0") + NAME, "group length",
                           0x00100000, 0, InvalidValue),
    "wrong group length, then another": (
        explicit(0x00080000, "UL", b"\1\0\0\0") + explicit(0x00080005, "CS")
        + explicit(0x00100000, "UL", b"\x10\0\0\0") + NAME, "group length", 0x00080000, 0,
        InvalidValue),
    "no sequence delimiter": (
        explicit(0x00081140, "SQ", item(UID), length=UNDEFINED) + NAME,
        "sequence without its delimiter", 0x00100010, 32, InvalidValue),
    "no item delimiter": (
        explicit(0x00081140, "SQ", implicit(0xFFFEE000, UID, length=UNDEFINED)
                 + implicit(0xFFFEE0DD), length=UNDEFINED) + NAME,
        "item without its delimiter", 0xFFFEE0DD, 32, InvalidValue),
    "sequence to the end": (
        NAME + explicit(0x00200052, "SQ", item(UID), length=UNDEFINED),
        "sequence without its delimiter", 0x00200052, 48, TruncatedData),
    "item delimiter after an item of defined length": (
        sequence(0x00081140, item(UID), implicit(ITEM_DELIMITER), defined=False) + NAME,
        "item delimiter without its item", ITEM_DELIMITER, 32, InvalidValue),
    "garbage in an item": (
        sequence(0x00081140, item(b"garbage in here", defined=False), defined=False) + NAME,
        "no data element in an item", None, 20, InvalidValue),
}  # fmt: skip
"""Bytes in explicit VR little endian, and the issue: message, tag, offset; the error if strict."""


@pytest.mark.parametrize("name", DEFECTS)
def test_defects_are_issues_with_tag_and_offset(name):
    raw, message, tag, offset, _ = DEFECTS[name]
    parser, records, _ = parse(raw)
    issue = parser.issues[0]
    assert message in issue.message
    assert (issue.tag, issue.offset) == (tag, offset)
    assert len(parser.issues) == 1 or name == "sequence to the end" or "item" in name
    assert records


@pytest.mark.parametrize("name", DEFECTS)
def test_defects_raise_when_strict(name):
    raw, message, tag, offset, kind = DEFECTS[name]
    with pytest.raises(kind, match=message) as caught:
        parse(raw, strict=True)
    assert (caught.value.tag, caught.value.offset) == (tag, offset)


WHOLE = {"PatientName": "Doe^John", "PatientID": "1", "PatientSex": "M"}
READ = {
    "zeros behind": ["PatientName"],
    "a few bytes behind": ["PatientName"],
    "garbage behind": ["PatientName"],
    "out of order": ["PatientName", "PatientID"],
    "twice": ["PatientID"],
    "stray item delimiter": ["PatientName", "PatientID"],
    "stray sequence delimiter": ["PatientName", "PatientID"],
    "odd length at the end": ["PatientID", "PatientSex"],
    "cut off in a value": ["PatientName", "PatientID"],
    "implicit amid explicit": ["PatientName", "PatientID", "PatientSex"],
    "unknown VR, 16 bits": ["PatientName", "PatientID", "PatientSex"],
    "unknown VR, 32 bits": ["PatientName", "PatientID", "PatientSex"],
    "VR in small letters": ["PatientName", "PatientID", "PatientSex"],
    "UN of 16 bits": ["PatientName", "PatientID", "PatientSex"],
    "reserved bytes": ["PatientName", "PatientID", "PatientSex"],
    "wrong group length": ["PatientName"],
    "no sequence delimiter": ["PatientName"],
    "no item delimiter": ["PatientName"],
    "sequence to the end": ["PatientName"],
    "item delimiter after an item of defined length": ["PatientName"],
}
"""What is found of ``WHOLE`` in spite of the defect."""


@pytest.mark.parametrize("name", READ)
def test_what_stands_around_a_defect_is_read(name):
    ds = read_data_set(DEFECTS[name][0], ExplicitVRLittleEndian)
    assert {keyword: ds.text(keyword) for keyword in WHOLE if keyword in ds} == {
        keyword: WHOLE[keyword] for keyword in READ[name]
    }


@pytest.mark.parametrize("name", ["odd length", "odd length, padding not counted"])
def test_what_follows_an_odd_length_is_read(name):
    ds = read_data_set(DEFECTS[name][0], ExplicitVRLittleEndian)
    assert (ds.text("PatientName"), ds.text("PatientID")) == ("Doe", "1")


@pytest.mark.parametrize(
    "name", ["no sequence delimiter", "no item delimiter", "sequence to the end"]
)
def test_items_without_delimiters_are_read(name):
    ds = read_data_set(DEFECTS[name][0], ExplicitVRLittleEndian)
    (one,) = ds.sequence(0x00200052) or ds.sequence("ReferencedImageSequence")
    assert one["ReferencedSOPInstanceUID"] == "1.2"


IMPLICIT_DEFECTS = {
    "explicit amid implicit": (
        implicit(0x00100010, b"Doe^John") + ID + implicit(0x00100040, b"M "), 0x00100020, 16),
    "explicit at the end": (implicit(0x00100010, b"Doe^John") + ID, 0x00100020, 16),
    "explicit UT amid implicit": (
        implicit(0x00100010, b"Doe^John") + explicit(0x00100020, "UT", b"1 ")
        + implicit(0x00100040, b"M "), 0x00100020, 16),
}  # fmt: skip


@pytest.mark.parametrize("name", IMPLICIT_DEFECTS)
def test_explicit_elements_amid_implicit_ones(name):
    raw, tag, offset = IMPLICIT_DEFECTS[name]
    parser, records, _ = parse(raw, implicit=True)
    assert parser.issues == [Issue(tag, offset, "explicit VR where implicit VR is declared")]
    vr, _, value, stop, end = records[tag]
    assert (vr, raw[value:stop], end) == (VR(raw[20:22].decode()), b"1 ", DAMAGED)
    with pytest.raises(InvalidVR):
        parse(raw, implicit=True, strict=True)


def test_explicit_elements_in_un_of_undefined_length():
    """Some systems fill UN with explicit VR, where PS3.5 §6.2.2 has implicit."""
    raw = sequence(0x00091001, item(UID, NAME, defined=False), defined=False, vr="UN") + SEX
    parser, records, _ = parse(raw)
    assert list(records) == [0x00091001, 0x00100040]
    assert all("explicit VR" in issue.message for issue in parser.issues)
    assert len(parser.issues) == 2


def test_records_of_defects_cannot_stand_as_they_are():
    for name, end in (
        ("cut off in a value", DAMAGED),
        ("implicit amid explicit", DAMAGED),
        ("unknown VR, 16 bits", DAMAGED),
        ("UN of 16 bits", DAMAGED),
        ("no sequence delimiter", DAMAGED_OPEN),
        ("odd length, padding not counted", DAMAGED),
    ):
        records = parse(DEFECTS[name][0])[1]
        assert [record[4] for record in records.values() if record[4] < 0] == [end], name


def test_of_two_elements_of_one_tag_the_first_counts():
    raw = ID + NAME + explicit(0x00100020, "LO", b"2 ")
    _, records, _ = parse(raw)
    assert list(records) == [0x00100010, 0x00100020]
    assert records[0x00100020][1] == 0


def test_issues_are_bounded_and_told_once():
    parser, _, _ = parse(ID * (MAX_ISSUES + 100))
    assert len(parser.issues) == MAX_ISSUES
    for _ in range(3):
        parser.tolerate("again", None, 5)
    parser = Parser()
    for _ in range(3):
        parser.tolerate("again", None, 5)
    assert parser.issues == [Issue(None, 5, "again")]


def test_offsets_count_from_the_base():
    parser = Parser(base=100)
    parser.tolerate("here", 1, 5)
    parser.tolerate("somewhere", 1, None)
    assert [issue.offset for issue in parser.issues] == [105, None]


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize("raw", [b"this is no data set", bytes(range(2, 60)), b"\xfe" * 64])
def test_no_data_element_at_the_beginning(raw):
    with pytest.raises(InvalidDicomFile) as caught:
        parse(raw)
    assert caught.value.offset == 0


@pytest.mark.parametrize("vr", ["UT", "OF", "UC", "SV"])
def test_an_undefined_length_that_a_vr_cannot_have(vr):
    with pytest.raises(LengthOutOfBounds) as caught:
        parse(NAME + explicit(0x00100020, vr, b"", length=UNDEFINED) + implicit(0xFFFEE0DD))
    assert (caught.value.tag, caught.value.offset) == (0x00100020, 16)


def test_a_header_that_is_cut_off():
    with pytest.raises(TruncatedData):
        parse(NAME + explicit(0x7FE00010, "OW")[:10])


@pytest.mark.parametrize("defined", [True, False])
def test_nesting_is_bounded(defined):
    def nested(levels):
        raw = UID
        for _ in range(levels):
            raw = sequence(0x00081140, item(raw, defined=defined), defined=defined)
        return raw

    def descend(levels):
        ds = read_data_set(nested(levels), ExplicitVRLittleEndian, max_depth=8)
        for _ in range(levels):
            (ds,) = ds["ReferencedImageSequence"]
        return ds

    assert descend(8)["ReferencedSOPInstanceUID"] == "1.2"
    with pytest.raises(NestingTooDeep):
        descend(9)


def test_ten_thousand_levels_do_not_exhaust_the_stack():
    raw = (explicit(0x00081140, "SQ", b"", length=UNDEFINED) + implicit(
        0xFFFEE000, length=UNDEFINED)) * 10_000  # fmt: skip
    with pytest.raises(NestingTooDeep):
        parse(raw)


def test_a_length_is_not_believed():
    """No memory is taken for a length that the bytes do not have."""
    parser, records, _ = parse(explicit(0x7FE00010, "OW", b"12", length=0xFFFFFFFE))
    assert records[0x7FE00010][2:4] == (12, 14)
    assert parser.issues


# ------------------------------------------------------------------ items


def items(raw, *, strict=False):
    parser = Parser(strict=strict)
    found = parser.items(memoryview(raw), 0, len(raw), implicit=False, little=True, depth=1)
    return [raw[start:stop] for start, stop in found], parser.issues


@pytest.mark.parametrize(
    ("raw", "content", "message"),
    [
        (b"", [], None),
        (item(UID) + item(), [UID, b""], None),
        (item(UID, defined=False) + item(UID), [UID, UID], None),
        (implicit(0xFFFEE000, UID, length=500), [UID], "more than there are"),
        (implicit(0xFFFEE000, UID, length=UNDEFINED), [UID], "without its delimiter"),
        (item(UID) + implicit(0xFFFEE0DD), [UID], "delimiter in a sequence"),
        (item(UID) + implicit(ITEM_DELIMITER) + item(), [UID, b""], "delimiter in a sequence"),
        (item(UID) + NAME, [UID], "no item where one must stand"),
        (item(UID) + b"\1\2", [UID], "bytes after the last item"),
    ],
)
def test_items_of_a_sequence_of_defined_length(raw, content, message):
    found, issues = items(raw)
    assert found == content
    assert (message is None) is (issues == [])
    if message:
        assert message in issues[0].message
        with pytest.raises((InvalidValue, TruncatedData), match=message):
            items(raw, strict=True)
