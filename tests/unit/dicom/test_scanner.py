"""The scanner: named attributes and the place of the pixel data, out of a stream in pieces."""

import random
import tracemalloc
import zlib

import pytest
from encoded import UNDEFINED, explicit, implicit, item, sequence

from filmroom.dicom import (
    VR,
    DataSet,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    PersonName,
    Scanner,
    encode_bytes,
    transfer_syntax,
)
from filmroom.errors import (
    DataError,
    InvalidDicomFile,
    InvalidTransferSyntax,
    LengthOutOfBounds,
    NestingTooDeep,
    TruncatedData,
)

SYNTAXES = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
LITTLE, IMPLICIT, DEFLATED = SYNTAXES[1], SYNTAXES[0], SYNTAXES[3]
NAME, ROWS, REFERENCES = 0x00100010, 0x00280010, 0x00081140
CHARACTER_SET = 0x00080005
WANTED = frozenset({CHARACTER_SET, NAME, 0x0020000D, ROWS, REFERENCES})


def sample(pixels=64):
    one = DataSet()
    one["ReferencedSOPInstanceUID"] = "1.2.3"
    inner = DataSet()
    inner["PatientName"] = "Not^This"
    one["ReferencedImageSequence"] = [inner]
    ds = DataSet()
    ds["SpecificCharacterSet"] = "ISO_IR 100"
    ds["ReferencedImageSequence"] = [one, one.copy()]
    ds["PatientName"] = "Müller^Jörg"
    ds["PatientComments"] = "x" * 5000
    ds["StudyInstanceUID"] = "1.2.840.1"
    ds["Rows"] = 512
    ds.set("PixelData", VR.OW, bytes(pixels))
    return ds


def scan(pieces, syntax, wanted=WANTED, **options):
    scanner = Scanner(syntax, wanted, **options)
    for piece in pieces:
        if scanner.feed(piece):
            break
    scanner.finish()
    return scanner


def whole(raw):
    return [raw]


def single_bytes(raw):
    return [raw[i : i + 1] for i in range(len(raw))]


def random_chunks(raw):
    chance, pieces, position = random.Random(len(raw)), [], 0
    while position < len(raw):
        size = chance.choice([1, 2, 7, 8, 12, 13, 64, 65, 500])
        pieces.append(memoryview(raw)[position : position + size])
        position += size
    return pieces


CUTS = [whole, single_bytes, random_chunks]


# ------------------------------------------------------------------ what is picked


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("cut", CUTS)
def test_wanted_elements_of_the_top_level(syntax, cut):
    raw = encode_bytes(sample(), syntax)
    scanner = scan(cut(raw), syntax)
    assert set(scanner.values) == WANTED
    found = scanner.data_set()
    assert found["PatientName"] == PersonName.of("Müller", "Jörg")
    assert found["StudyInstanceUID"] == "1.2.840.1"
    assert found["Rows"] == 512
    one, two = found["ReferencedImageSequence"]
    assert one["ReferencedSOPInstanceUID"] == "1.2.3"
    assert two["ReferencedImageSequence"][0]["PatientName"] == PersonName.of("Not", "This")
    assert scanner.vrs[NAME] == (None if syntax.implicit_vr else VR.PN)
    assert scanner.issues == []


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("cut", CUTS)
def test_where_the_pixel_data_begins(syntax, cut):
    scanner = scan(cut(encode_bytes(sample(), syntax)), syntax)
    plain = LITTLE if syntax.deflated else syntax
    raw = encode_bytes(sample(), plain)
    assert scanner.done
    assert scanner.pixel_data_offset == len(raw) - 64 - (8 if syntax.implicit_vr else 12)
    assert scanner.position == scanner.pixel_data_offset
    assert scanner.expected_length == (None if syntax.deflated else len(raw))


def test_encapsulated_pixel_data_has_no_expected_length():
    syntax = transfer_syntax("1.2.840.10008.1.2.4.50")
    raw = explicit(NAME, "PN", b"Doe ") + sequence(0x7FE00010, item(), defined=False, vr="OB")
    scanner = scan([raw], syntax)
    assert (scanner.pixel_data_offset, scanner.expected_length) == (12, None)


@pytest.mark.parametrize("tag", [0x7FE00008, 0x7FE00009])
def test_float_pixel_data(tag):
    raw = explicit(ROWS, "US", b"\1\0") + explicit(tag, "OF", bytes(8))
    assert scan([raw], LITTLE).pixel_data_offset == 10


def test_it_is_done_behind_the_last_wanted_tag():
    raw = explicit(NAME, "PN", b"Doe ") + explicit(ROWS, "US", b"\1\0")
    scanner = Scanner(LITTLE, frozenset({NAME}))
    assert not scanner.feed(raw)  # a header may have two bytes more than these
    assert scanner.feed(b"\0\0")
    assert scanner.done
    assert scanner.pixel_data_offset is None
    assert scanner.position == 12
    assert scanner.expected_length == len(raw)
    assert scanner.feed(b"anything at all")
    assert scanner.position == 12


def test_without_anything_wanted_it_is_done_at_once():
    assert Scanner(LITTLE, frozenset()).feed(explicit(NAME, "PN", b"Doe "))


def test_values_of_no_length_are_picked():
    scanner = scan([explicit(NAME, "PN") + explicit(ROWS, "US", b"\1\0")], LITTLE)
    assert scanner.values[NAME] == b""


def test_of_two_elements_of_one_tag_the_first_counts():
    scanner = scan([explicit(NAME, "PN", b"Doe ") + explicit(NAME, "PN", b"Roe ")], LITTLE)
    assert scanner.values[NAME] == b"Doe "


def test_the_data_set_without_a_pixel_data_element():
    scanner = scan([explicit(NAME, "PN", b"Doe ")], LITTLE)
    assert scanner.done
    assert scanner.pixel_data_offset is None


def test_private_and_known_vrs_of_what_is_picked():
    raw = implicit(0x00090010, b"ACME") + implicit(0x00091001, b"12") + implicit(ROWS, b"\1\0")
    found = scan([raw], IMPLICIT, frozenset({0x00090010, 0x00091001, ROWS})).data_set()
    assert [element.vr for element in found] == [VR.LO, VR.UN, VR.US]


# ------------------------------------------------------------------ bounds


@pytest.mark.parametrize("cut", CUTS)
def test_long_values_are_not_picked(cut):
    raw = encode_bytes(sample(), LITTLE)
    scanner = scan(cut(raw), LITTLE, WANTED | {0x00104000}, max_value=100)
    assert 0x00104000 not in scanner.values
    assert NAME in scanner.values
    (issue,) = scanner.issues
    assert (issue.tag, issue.message) == (
        0x00104000,
        "wanted value of over 100 bytes is not picked",
    )
    with pytest.raises(LengthOutOfBounds):
        scan(cut(raw), LITTLE, WANTED | {0x00104000}, max_value=100, strict=True)


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("defined", [True, False])
def test_long_sequences_are_not_picked(cut, defined):
    raw = sequence(REFERENCES, item(explicit(0x00081155, "UI", bytes(500))), defined=defined)
    scanner = scan(cut(raw + explicit(ROWS, "US", b"\1\0")), LITTLE, max_sequence=400)
    assert set(scanner.values) == {ROWS}
    assert [issue.tag for issue in scanner.issues] == [REFERENCES]
    assert set(scan(cut(raw), LITTLE, max_sequence=600).values) == {REFERENCES}


@pytest.mark.parametrize("cut", CUTS)
def test_nesting_is_bounded(cut):
    opened = explicit(REFERENCES, "SQ", length=UNDEFINED) + implicit(0xFFFEE000, length=UNDEFINED)
    with pytest.raises(NestingTooDeep) as caught:
        scan(cut(opened * 5), LITTLE, max_depth=4)
    assert caught.value.offset == 4 * 20 + 12
    with pytest.raises(TruncatedData):
        scan(cut(opened * 4), LITTLE, max_depth=4)


def test_memory_does_not_grow_with_the_object():
    """A private value of 50 MB and a sequence of 20 MB before what is wanted."""
    head = explicit(0x00090010, "LO", b"ACME") + explicit(0x00091001, "OB", length=50_000_000)
    chunk = bytes(64 * 1024)
    opened = explicit(0x00091002, "SQ", length=UNDEFINED)
    one = item(explicit(0x00091001, "OB", bytes(60_000)), defined=False)
    scanner = Scanner(LITTLE, WANTED)
    tracemalloc.start()
    try:
        scanner.feed(head)
        for _ in range(50_000_000 // len(chunk)):
            scanner.feed(chunk)
        scanner.feed(bytes(50_000_000 % len(chunk)))
        scanner.feed(opened)
        for _ in range(300):
            scanner.feed(one)
        scanner.feed(implicit(0xFFFEE0DD) + explicit(NAME, "PN", b"Doe "))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    scanner.finish()
    assert scanner.values == {NAME: b"Doe "}
    assert peak < 400_000


def test_a_bomb_does_not_go_off(monkeypatch):
    monkeypatch.setattr("filmroom.dicom.scanner.MAX_INFLATED", 1 << 20)
    compressor = zlib.compressobj(wbits=-15)
    raw = explicit(0x00091001, "OB", bytes(3 << 20)) + explicit(NAME, "PN", b"Doe ")
    bomb = compressor.compress(raw) + compressor.flush()
    with pytest.raises(LengthOutOfBounds):
        scan([bomb], DEFLATED)


# ------------------------------------------------------------------ malformed


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_cut_off_anywhere(syntax):
    raw = encode_bytes(sample(), syntax)
    end = len(raw) - 20 if syntax.deflated else scan([raw], syntax).pixel_data_offset
    for length in range(0, end, 7):
        outcomes = {outcome(cut(raw[:length]), syntax) for cut in (whole, random_chunks)}
        assert len(outcomes) == 1
        assert not syntax.deflated or outcomes.pop()[0] is TruncatedData


def outcome(pieces, syntax):
    """What was picked, or what went wrong and where."""
    try:
        return None, *sorted(scan(pieces, syntax).values)
    except TruncatedData as error:
        return TruncatedData, error.tag, None if syntax.deflated else error.offset


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("declared", SYNTAXES[:3])
@pytest.mark.parametrize("actual", SYNTAXES[:3])
def test_the_layout_is_that_of_the_bytes(declared, actual, cut):
    scanner = scan(cut(encode_bytes(sample(), actual)), declared)
    assert scanner.data_set()["Rows"] == 512
    assert scanner.data_set()["PatientName"] == PersonName.of("Müller", "Jörg")
    assert [issue.offset for issue in scanner.issues] == ([] if declared is actual else [0])
    if declared is not actual:
        with pytest.raises(InvalidTransferSyntax):
            scan(cut(encode_bytes(sample(), actual)), declared, strict=True)


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize(
    ("raw", "message", "offset"),
    [
        (explicit(NAME, "PN", b"Doe ") + bytes(32), "zeros", 12),
        (explicit(CHARACTER_SET, "CS") + implicit(NAME, b"Doe "), "no VR", 8),
        (explicit(CHARACTER_SET, "CS") + b"\x10\0\x10\0XX\4\0Doe ", "unknown VR", 8),
        (explicit(NAME, "PN", b"Doe ") + implicit(0xFFFEE00D), "delimiter outside", 12),
        (explicit(REFERENCES, "SQ", item(), length=UNDEFINED) + explicit(NAME, "PN", b"Doe "),
         "sequence without its delimiter", 20),
    ],
)  # fmt: skip
def test_defects_are_issues_with_their_place(raw, message, offset, cut):
    scanner = scan(cut(raw + explicit(ROWS, "US", b"\1\0")), LITTLE)
    assert scanner.values[NAME] == b"Doe "
    assert scanner.values.get(ROWS) == (None if message == "zeros" else b"\1\0")
    assert message in scanner.issues[0].message
    assert scanner.issues[0].offset == offset
    with pytest.raises(DataError, match=message) as caught:
        scan(cut(raw + bytes(32)), LITTLE, strict=True)
    assert caught.value.offset == offset


def test_what_is_not_deflated():
    with pytest.raises(InvalidDicomFile):
        scan([b"\xff" * 100], DEFLATED)


def test_a_deflated_stream_without_its_end():
    raw = encode_bytes(sample(), DEFLATED)
    with pytest.raises(TruncatedData):
        scan([raw[:40]], DEFLATED)


def test_an_undefined_length_that_a_vr_cannot_have():
    with pytest.raises(LengthOutOfBounds):
        scan([explicit(NAME, "UT", length=UNDEFINED) + bytes(20)], LITTLE)


def test_the_pixel_data_may_not_yet_be_there():
    scanner = Scanner(LITTLE, WANTED)
    assert not scanner.feed(explicit(NAME, "PN", b"Doe "))
    assert not scanner.feed(explicit(0x7FE00010, "OW", bytes(4))[:11])
    assert scanner.feed(b"\0")
    assert scanner.pixel_data_offset == 12
