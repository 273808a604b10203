import struct

import pytest

from filmroom.dicom import (
    VR,
    DataSet,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    read_data_set,
)
from filmroom.dicom.validation.elements import check_elements, nested
from filmroom.dicom.validation.finding import Findings

MISPLACED = "a command or file meta element in a data set"
LONG = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}


def explicit(tag, vr, value=b"", *, order="<"):
    head = struct.pack(f"{order}HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    if vr in LONG:
        return head + struct.pack(f"{order}HI", 0, len(value)) + value
    return head + struct.pack(f"{order}H", len(value)) + value


def implicit(tag, value):
    return struct.pack("<HHI", tag >> 16, tag & 0xFFFF, len(value)) + value


def found(data_set):
    findings = Findings()
    for location, part in nested(data_set, findings):
        check_elements(part, location, findings)
    return [(f.severity.value, f.path, f.message) for f in findings.report().findings]


def read(*elements, syntax=ExplicitVRLittleEndian):
    return found(read_data_set(b"".join(elements), syntax))


def test_nothing_is_wrong_with_what_conforms():
    assert read(
        explicit(0x00080005, "CS", b"ISO_IR 192"),
        explicit(0x00080018, "UI", b"2.25.15\0"),
        explicit(0x00080020, "DA", b"20260105"),
        explicit(0x00100010, "PN", "Müller^Käthe".encode()),
        explicit(0x00280010, "US", b"\4\0"),
        explicit(0x7FE00010, "OW", bytes(32)),
    ) == []  # fmt: skip


@pytest.mark.parametrize(
    ("element", "message"),
    [
        (explicit(0x00100020, "SH", b"ID"), "VR SH, the dictionary says LO"),
        (explicit(0x00080016, "LO", b"1.2 "), "VR LO, the dictionary says UI"),
        (explicit(0x00280010, "SS", b"\4\0"), "VR SS, the dictionary says US"),
    ],
)
def test_a_vr_that_is_not_the_dictionarys(element, message):
    assert message in [text for severity, _, text in read(element) if severity == "error"]


def test_un_in_place_of_a_known_vr_is_a_note_and_its_value_is_checked():
    assert read(explicit(0x00080020, "UN", b"2026-1-5")) == [
        ("error", "(0008,0020)", "DA: not YYYYMMDD"),
        ("note", "(0008,0020)", "VR UN, the dictionary says DA"),
    ]


def test_us_or_ss_follows_pixel_representation():
    signed = explicit(0x00280103, "US", b"\1\0")
    assert read(signed, explicit(0x00280106, "SS", b"\0\0")) == []
    assert read(signed, explicit(0x00280106, "US", b"\0\0")) == [
        ("warning", "(0028,0106)", "VR US, Pixel Representation makes it SS")
    ]


def test_pixel_data_of_more_than_eight_bits_is_ow():
    eight, sixteen = (explicit(0x00280100, "US", bytes([bits, 0])) for bits in (8, 16))
    assert read(eight, explicit(0x7FE00010, "OB", b"\0\0")) == []
    assert read(sixteen, explicit(0x7FE00010, "OB", b"\0\0")) == [
        ("error", "(7FE0,0010)", "VR OB, more than 8 bits allocated make it OW")
    ]


def test_encapsulated_pixel_data_is_ob():
    fragments = struct.pack("<HHI", 0xFFFE, 0xE000, 0) + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    head = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, 0xFFFFFFFF)
    assert read(head + fragments) == [
        ("error", "(7FE0,0010)", "encapsulated pixel data of VR OW instead of OB")
    ]


@pytest.mark.parametrize(
    ("element", "message"),
    [
        (explicit(0x00180088, "DS", b"1\\2 "), "2 values, the dictionary says 1"),
        (explicit(0x00280030, "DS", b"1 "), "1 value, the dictionary says 2"),
        (explicit(0x00280034, "IS", b"1\\2\\3 "), "3 values, the dictionary says 2"),
        (explicit(0x00080008, "CS", b"ORIGINAL"), "1 value, the dictionary says 2-n"),
        (explicit(0x00280010, "US", bytes(4)), "2 values, the dictionary says 1"),
        (explicit(0x00181624, "IS", b"1 "), "1 value, the dictionary says 3"),
        (explicit(0x00189461, "FL", bytes(12)), "3 values, the dictionary says 1-2"),
        (explicit(0x00280009, "AT", bytes(6)), "AT: length 6 is no multiple of 4"),
    ],
)
def test_multiplicity(element, message):
    assert message in [text for _, _, text in read(element)]


def test_no_value_is_no_matter_of_multiplicity():
    assert read(explicit(0x00280030, "DS"), explicit(0x00280034, "IS", b"  ")) == []


@pytest.mark.parametrize(
    ("element", "message"),
    [
        (explicit(0x00280010, "US", b"\1\0\2"), "US: length 3 is no multiple of 2"),
        (explicit(0x00189074, "DT", b"2026 "), "odd length 5"),
        (explicit(0x00080018, "UI", b"2.25.1"), None),
        (
            explicit(0x00080018, "UI", b"2.25.1  "),
            "UI: spaces in a UID, which is padded with one NUL",
        ),
        (explicit(0x00100020, "LO", b"ID\0\0"), "LO: padded with NUL instead of a space"),
    ],
)
def test_length_and_padding(element, message):
    messages = [text for _, _, text in read(element)]
    assert (message in messages) if message else not messages


def test_characters_and_their_declared_set():
    name = explicit(0x00100010, "PN", b"M\xfcller")
    undeclared = "characters beyond the default repertoire, but no Specific Character Set"
    assert read(name) == [("error", "(0010,0010)", undeclared)]
    assert read(explicit(0x00080005, "CS", b"ISO_IR 100"), name) == []
    assert read(explicit(0x00080005, "CS", b"ISO_IR 192"), name) == [
        ("error", "(0010,0010)", "bytes that the declared character set does not have")
    ]


def test_a_vr_outside_of_character_sets_has_the_default_repertoire_only():
    assert ("error", "(0008,0070)", "LO: a control character") in read(
        explicit(0x00080070, "LO", b"a\x01")
    )
    assert ("error", "(0008,0060)", "CS: characters beyond the default repertoire") in read(
        explicit(0x00080005, "CS", b"ISO_IR 100"), explicit(0x00080060, "CS", b"C\xd6")
    )


@pytest.mark.parametrize(
    ("element", "finding"),
    [
        (explicit(0x0008FFF0, "LO", b"x "), ("warning", "not in the data dictionary")),
        (explicit(0x00101000, "LO", b"x "), ("note", "retired")),
        (explicit(0x00080000, "UL", bytes(4)), ("note", "retired")),
        (explicit(0x00020010, "UI", b"1.2\0"), ("error", MISPLACED)),
        (explicit(0x00000010, "LO", b"x "), ("error", MISPLACED)),
        (explicit(0x00010010, "LO", b"x "), ("error", "group 0001 shall not be used")),
        (explicit(0xFFFF0010, "LO", b"x "), ("error", "group FFFF shall not be used")),
        (explicit(0x00091001, "LO", b"x "), ("error", "no private creator reserves its block")),
        (explicit(0x00090010, "LO"), ("error", "a private creator without a value")),
        (
            explicit(0x00090001, "LO", b"x "),
            ("error", "an element number outside of any private block"),
        ),
        (
            explicit(0x00090FFF, "LO", b"x "),
            ("error", "an element number outside of any private block"),
        ),
        (explicit(0x00090000, "UL", bytes(4)), ("note", "retired")),
        (explicit(0x00090010, "UN", b"ACME"), ("note", "VR UN, the dictionary says LO")),
    ],
)  # fmt: skip
def test_tags(element, finding):
    assert finding in [(severity, message) for severity, _, message in read(element)]


def test_private_elements_with_their_creator():
    creator, element = explicit(0x00090010, "LO", b"ACME"), explicit(0x00091001, "LO", b"x ")
    assert read(creator, element) == []
    assert [text for *_, text in read(creator, explicit(0x00091101, "LO", b"x "))] == [
        "no private creator reserves its block"
    ]


def test_a_private_creator_reserves_a_block_of_its_own_item_only():
    item = explicit(0x00091001, "LO", b"x ")
    items = struct.pack("<HHI", 0xFFFE, 0xE000, len(item)) + item
    assert read(explicit(0x00081140, "SQ", items), explicit(0x00090010, "LO", b"ACME")) == [
        ("error", "(0008,1140)[1]/(0009,1001)", "no private creator reserves its block")
    ]


def test_items_are_checked_with_their_path():
    inner = explicit(0x00080020, "DA", b"20261305")
    items = b"".join(
        struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content for content in (b"", inner)
    )
    assert read(explicit(0x00081110, "SQ", items)) == [
        ("error", "(0008,1110)[2]/(0008,0020)", "DA: no such day in the calendar")
    ]


def test_in_implicit_vr_the_dictionary_says_the_vr():
    assert read(implicit(0x00080020, b"2026010X"), syntax=ImplicitVRLittleEndian) == [
        ("error", "(0008,0020)", "DA: not YYYYMMDD")
    ]
    assert read(implicit(0x00091001, b"anything"), syntax=ImplicitVRLittleEndian) == [
        ("error", "(0009,1001)", "no private creator reserves its block")
    ]


def test_big_endian_numbers():
    assert read(explicit(0x00280010, "US", b"\0\4", order=">"), syntax=ExplicitVRBigEndian) == []


def test_a_value_that_cannot_be_encoded():
    data_set = DataSet()
    data_set["PatientName"] = "Müller"
    data_set.set("Rows", VR.US, 70_000)
    messages = {path: message for _, path, message in found(data_set)}
    assert messages == {
        "(0010,0010)": "cannot be encoded: text has a character outside its Specific Character Set",
        "(0028,0010)": "cannot be encoded: a value does not fit US",
    }


def test_sequences_beyond_the_bound_are_found_not_raised():
    content = b""
    for _ in range(70):
        item = struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content
        content = explicit(0x0040A730, "SQ", item)
    findings = read(content)
    assert any("cannot be read: over 64 levels" in message for *_, message in findings)


def test_a_value_cut_short_is_not_judged():
    assert read(explicit(0x00280030, "DS", b"1.0\\2.0 ")[:-4]) == []
