"""Data sets into bytes: as read where nothing changed, conforming where anything did."""

import struct
import zlib

import pytest
from encoded import UNDEFINED, explicit, implicit, item, sequence

from filmroom.dicom import (
    VR,
    DataSet,
    DeflatedExplicitVRLittleEndian,
    Element,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    PrivateDictionary,
    encode,
    encode_bytes,
    read_data_set,
    transfer_syntax,
)
from filmroom.errors import InvalidTransferSyntax, InvalidValue

LITTLE, BIG = ExplicitVRLittleEndian, ExplicitVRBigEndian
IMPLICIT, DEFLATED = ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian
JPEG = transfer_syntax("1.2.840.10008.1.2.4.50")
JPEG_2000 = transfer_syntax("1.2.840.10008.1.2.4.90")
SYNTAXES = (IMPLICIT, LITTLE, BIG, DEFLATED)

VALUES = {
    VR.AE: "STORE", VR.AS: "053Y", VR.AT: 0x00100020, VR.CS: "M", VR.DA: "20240229", VR.DS: "1.50",
    VR.DT: "2024", VR.FD: 1.5, VR.FL: 1.5, VR.IS: "007", VR.LO: "Zürich", VR.LT: "a\\b",
    VR.OB: b"\1\2", VR.OD: bytes(8), VR.OF: bytes(4), VR.OL: bytes(4), VR.OV: bytes(8),
    VR.OW: b"\1\2", VR.PN: "Müller^Jörg", VR.SH: "ß", VR.SL: -5, VR.SQ: [], VR.SS: -5,
    VR.ST: "é", VR.SV: -5, VR.TM: "1011", VR.UC: "ü", VR.UI: "1.2.3", VR.UL: 5, VR.UN: b"\1\2",
    VR.UR: "http://localhost", VR.US: 5, VR.UT: "ö", VR.UV: 5,
}  # fmt: skip
"""A value of every VR."""


DICTIONARY = PrivateDictionary.of(
    "FILMROOM", [(0x00090000 + n, vr.value, vr, "1-n") for n, vr in enumerate(VALUES)]
)


def every_vr():
    ds = DataSet()
    ds["SpecificCharacterSet"] = "ISO_IR 192"
    ds.set(0x00090010, VR.LO, "FILMROOM")
    for number, (vr, value) in enumerate(VALUES.items()):
        ds.set(0x00091000 + number, vr, value)
    return ds


# ------------------------------------------------------------------ headers


def test_every_vr_has_a_value():
    assert set(VALUES) == set(VR)


@pytest.mark.parametrize("syntax", [LITTLE, BIG])
@pytest.mark.parametrize("vr", sorted(set(VR) - {VR.SQ}))
def test_headers_in_explicit_vr(vr, syntax):
    ds = DataSet()
    ds.add(Element(0x00091001, vr, b"\0\0\0\0\0\0\0\0"))
    assert encode_bytes(ds, syntax) == explicit(
        0x00091001, vr.value, bytes(8), little=syntax.little_endian
    )


def test_headers_in_implicit_vr():
    ds = DataSet()
    ds.add(Element(0x00091001, VR.UT, b"text"))
    assert encode_bytes(ds, IMPLICIT) == implicit(0x00091001, b"text")


@pytest.mark.parametrize("little", [True, False])
def test_sequences_are_written_with_delimiters(little):
    one = DataSet()
    one["ReferencedSOPInstanceUID"] = "1.2"
    ds = DataSet()
    ds["ReferencedImageSequence"] = [one, DataSet()]
    assert encode_bytes(ds, LITTLE if little else BIG) == sequence(
        0x00081140,
        item(explicit(0x00081155, "UI", b"1.2\0", little=little), defined=False, little=little),
        item(defined=False, little=little),
        defined=False,
        little=little,
    )
    assert encode_bytes(ds, IMPLICIT) == sequence(
        0x00081140,
        item(implicit(0x00081155, b"1.2\0"), defined=False),
        item(defined=False),
        defined=False,
        vr=None,
    )


def test_deflated():
    raw = encode_bytes(every_vr(), DEFLATED)
    assert len(raw) % 2 == 0
    assert zlib.decompress(raw, -15) == encode_bytes(every_vr(), LITTLE)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_nothing(syntax):
    assert len(read_data_set(encode_bytes(DataSet(), syntax), syntax)) == 0


# ------------------------------------------------------------------ between transfer syntaxes


@pytest.mark.parametrize("first", SYNTAXES)
@pytest.mark.parametrize("second", SYNTAXES)
def test_every_value_survives_every_conversion(first, second):
    """Of private elements implicit VR does not keep the VR: the dictionary gives it."""
    ds = every_vr()
    read = read_data_set(encode_bytes(ds, first), first, private_dictionary=DICTIONARY)
    again = read_data_set(encode_bytes(read, second), second, private_dictionary=DICTIONARY)
    assert [(element.tag, element.vr) for element in again] == [
        (element.tag, element.vr) for element in ds
    ]
    assert again == ds
    assert again.issues == []


@pytest.mark.parametrize(
    ("vr", "unit"), [(VR.OB, 1), (VR.OW, 2), (VR.OL, 4), (VR.OF, 4), (VR.OV, 8), (VR.OD, 8)]
)
def test_bulk_values_are_swapped_by_their_numbers(vr, unit):
    """PS3.5 §7.3."""
    ds = DataSet()
    ds.set(0x00091001, vr, bytes(range(16)))
    raw = encode_bytes(ds, BIG)[12:]
    swapped = b"".join(bytes(range(16))[i : i + unit][::-1] for i in range(0, 16, unit))
    assert raw == swapped
    back = read_data_set(encode_bytes(ds, BIG), BIG)
    assert encode_bytes(back, LITTLE)[12:] == bytes(range(16))


def test_large_values_are_swapped_in_pieces():
    numbers = struct.pack("<2000000H", *(i & 0xFFFF for i in range(2_000_000)))
    ds = DataSet()
    ds.set("PixelData", VR.OW, numbers)
    pieces = list(encode(ds, BIG))
    assert max(map(len, pieces)) <= 1 << 20
    assert encode_bytes(read_data_set(b"".join(pieces), BIG), LITTLE)[12:] == numbers


def test_large_values_are_not_copied():
    buffer = explicit(0x00100010, "PN", b"Doe^") + explicit(0x7FE00010, "OW", bytes(1 << 20))
    ds = read_data_set(buffer, LITTLE)
    ds["PatientName"] = "Roe"
    pieces = list(encode(ds, LITTLE))
    assert any(isinstance(piece, memoryview) and piece.obj is buffer for piece in pieces)
    assert len(pieces) <= 2


def test_a_text_too_long_for_16_bits_is_written_as_un():
    """PS3.5 §6.2.2, note."""
    ds = DataSet()
    ds.set(0x00100010, VR.LT, "x" * 0x10000)
    for syntax in (LITTLE, BIG):
        raw = encode_bytes(ds, syntax)
        assert raw[4:6] == b"UN"
        assert len(raw) == 12 + 0x10000
    numbers = DataSet()
    numbers.set(0x00280106, VR.US, [1] * 0x8000)
    assert encode_bytes(numbers, BIG)[4:14] == b"UN\0\0\0\1\0\0\1\0"
    assert read_data_set(encode_bytes(numbers, BIG), BIG).values_of(0x00280106) == (1,) * 0x8000
    assert len(encode_bytes(ds, IMPLICIT)) == 8 + 0x10000


# ------------------------------------------------------------------ as it was read

SOUND = {
    "defined lengths": sequence(0x00081140, item(explicit(0x00081155, "UI", b"1.2\0"))),
    "undefined lengths": sequence(
        0x00081140, item(explicit(0x00081155, "UI", b"1.2\0"), defined=False), defined=False
    ),
    "group length": explicit(0x00100000, "UL", b"\x10\0\0\0")
    + explicit(0x00100010, "PN", b"Doe^John"),
    "an unusual padding": explicit(0x00100010, "PN", b"Doe\0"),
    "spaces in numbers": explicit(0x00181151, "IS", b" 7  "),
    "UN of undefined length": sequence(
        0x00091001, item(implicit(0x00081155, b"1.2\0"), defined=False), defined=False, vr="UN"
    ),
    "a VR to come": b"\x09\0\1\x10ZZ\0\0\2\0\0\0ab" + explicit(0x00100010, "PN", b"Doe^"),
    "trailing padding": explicit(0x00100010, "PN", b"Doe^") + explicit(0xFFFCFFFC, "OB", bytes(6)),
}


@pytest.mark.parametrize("name", SOUND)
@pytest.mark.parametrize("touched", [False, True])
def test_untouched_bytes_are_written_as_they_were(name, touched):
    raw = SOUND[name]
    ds = read_data_set(raw, LITTLE)
    if touched:
        for element in ds:
            for one in ds.sequence(element.tag):
                assert [inner.values for inner in one]
            assert element.values is not None
    assert encode_bytes(ds, LITTLE) == raw


def test_around_a_change_all_stays_as_it_was():
    before = explicit(0x00080005, "CS", b"ISO_IR 100") + SOUND["defined lengths"]
    after = explicit(0x00181151, "IS", b" 7  ")
    ds = read_data_set(before + explicit(0x00100010, "PN", b"Doe^") + after, LITTLE)
    ds["PatientName"] = "Roe"
    assert encode_bytes(ds, LITTLE) == before + explicit(0x00100010, "PN", b"Roe ") + after
    del ds["PatientName"]
    assert encode_bytes(ds, LITTLE) == before + after
    ds["PatientID"] = "1"
    assert encode_bytes(ds, LITTLE) == before + explicit(0x00100020, "LO", b"1 ") + after


def test_a_group_length_goes_when_its_group_may_have_changed():
    raw = SOUND["group length"]
    ds = read_data_set(raw, LITTLE)
    ds["Rows"] = 5
    assert encode_bytes(ds, LITTLE) == raw[12:] + explicit(0x00280010, "US", b"\5\0")
    assert encode_bytes(read_data_set(raw, LITTLE), BIG)[:4] == b"\0\x10\0\x10"


@pytest.mark.parametrize("name", ["defined lengths", "undefined lengths"])
def test_a_changed_item_is_written_anew(name):
    ds = read_data_set(SOUND[name], LITTLE)
    ds["ReferencedImageSequence"][0]["ReferencedSOPInstanceUID"] = "1.3"
    assert encode_bytes(ds, LITTLE) == SOUND["undefined lengths"].replace(b"1.2", b"1.3")


@pytest.mark.parametrize("tag", [0x00091001, 0x00081140])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_changed_item_of_un_is_written_anew(tag, syntax):
    inner = item(implicit(0x00081155, b"1.2\0"), implicit(0x00081150, b"1.5\0"))
    for defined in (False, True) if tag == 0x00081140 else (False,):
        raw = sequence(tag, inner, defined=defined, vr="UN")
        ds = read_data_set(raw, LITTLE)
        (one,) = ds[tag]
        one["ReferencedSOPInstanceUID"] = "1.3"
        written = encode_bytes(ds, syntax)
        assert read_data_set(written, syntax)[tag][0]["ReferencedSOPInstanceUID"] == "1.3"
        if syntax is LITTLE:
            assert b"1.2" not in written
            assert written[4:6] == b"UN"


# ------------------------------------------------------------------ what was malformed conforms

MALFORMED = {
    "odd length": (
        explicit(0x00100010, "PN", b"Doe") + explicit(0x00100020, "LO", b"1 "),
        explicit(0x00100010, "PN", b"Doe ") + explicit(0x00100020, "LO", b"1 "),
    ),
    "odd length of UI": (explicit(0x00080018, "UI", b"1.2"), explicit(0x00080018, "UI", b"1.2\0")),
    "order": (
        explicit(0x00100020, "LO", b"1 ") + explicit(0x00100010, "PN", b"Doe "),
        explicit(0x00100010, "PN", b"Doe ") + explicit(0x00100020, "LO", b"1 "),
    ),
    "implicit amid explicit": (
        implicit(0x00100010, b"Doe ") + explicit(0x00100020, "LO", b"1 "),
        explicit(0x00100010, "PN", b"Doe ") + explicit(0x00100020, "LO", b"1 "),
    ),
    "cut off": (
        explicit(0x00100010, "PN", b"Doe", length=50),
        explicit(0x00100010, "PN", b"Doe "),
    ),
    "garbage behind": (
        explicit(0x00100010, "PN", b"Doe ") + b"garbage behind",
        explicit(0x00100010, "PN", b"Doe "),
    ),
    "no delimiter": (
        explicit(0x00081140, "SQ", item(explicit(0x00081155, "UI", b"1.2\0")), length=UNDEFINED),
        SOUND["undefined lengths"],
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_written_conforms(name):
    raw, conforming = MALFORMED[name]
    if name == "implicit amid explicit":
        raw = explicit(0x00080005, "CS") + raw
        conforming = explicit(0x00080005, "CS") + conforming
    ds = read_data_set(raw, LITTLE)
    assert ds.issues
    assert encode_bytes(ds, LITTLE) == conforming
    for other in SYNTAXES:
        assert read_data_set(encode_bytes(ds, other), other, strict=True) == ds


# ------------------------------------------------------------------ pixel data


def compressed(vr="OB"):
    fragments = item() + item(b"\xff\xd8\xff\xd9")
    return sequence(0x7FE00010, fragments, defined=False, vr=vr)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_compressed_pixels_are_not_written_as_if_they_were_native(syntax):
    ds = read_data_set(compressed(), JPEG)
    with pytest.raises(InvalidTransferSyntax) as caught:
        encode_bytes(ds, syntax)
    assert caught.value.tag == 0x7FE00010


def test_native_pixels_are_not_written_as_if_they_were_compressed():
    ds = DataSet()
    ds.set("PixelData", VR.OW, bytes(4))
    with pytest.raises(InvalidTransferSyntax):
        encode_bytes(ds, JPEG)


def test_fragments_stay_as_they_are():
    ds = read_data_set(explicit(0x00100010, "PN", b"Doe ") + compressed(), JPEG)
    ds["PatientName"] = "Roe"
    assert encode_bytes(ds, JPEG) == explicit(0x00100010, "PN", b"Roe ") + compressed()
    assert encode_bytes(ds, JPEG_2000) == encode_bytes(ds, JPEG)


def test_without_pixels_the_transfer_syntax_does_not_matter():
    ds = read_data_set(explicit(0x00100010, "PN", b"Doe "), JPEG)
    assert encode_bytes(ds, IMPLICIT) == implicit(0x00100010, b"Doe ")
    assert encode_bytes(read_data_set(encode_bytes(ds, LITTLE), LITTLE), JPEG) == encode_bytes(
        ds, LITTLE
    )


# ------------------------------------------------------------------ values that cannot be written


def test_values_that_do_not_fit_raise():
    ds = DataSet()
    ds["Rows"] = 1 << 16
    with pytest.raises(InvalidValue):
        encode_bytes(ds, LITTLE)
