"""Data sets out of buffers, in all uncompressed transfer syntaxes, declared rightly or not."""

import mmap
import zlib
from array import array

import pytest
from encoded import UNDEFINED, explicit, implicit, item, sequence

from filmroom.dicom import (
    VR,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    PersonName,
    PrivateDictionary,
    read_data_set,
    transfer_syntax,
)
from filmroom.errors import (
    InvalidDicomFile,
    InvalidTransferSyntax,
    InvalidValue,
    LengthOutOfBounds,
    TruncatedData,
)

SYNTAXES = {
    "implicit": ImplicitVRLittleEndian,
    "explicit": ExplicitVRLittleEndian,
    "big": ExplicitVRBigEndian,
}
JPEG = transfer_syntax("1.2.840.10008.1.2.4.50")
CHARACTER_SET = (0x00080005, "CS", b"ISO_IR 100")


def build(layout, *rows):
    """Rows of tag, VR and value as bytes; numbers of US are given as integers."""
    little = layout != "big"
    parts = []
    for tag, vr, value in rows:
        if isinstance(value, int):
            value = value.to_bytes(2, "little" if little else "big")
        if layout == "implicit":
            parts.append(implicit(tag, value))
        else:
            parts.append(explicit(tag, vr, value, little=little))
    return b"".join(parts)


ROWS = (CHARACTER_SET, (0x00100010, "PN", b"M\xfcller"), (0x00280010, "US", 512))


def deflate(raw, wbits=-15):
    compressor = zlib.compressobj(wbits=wbits)
    return compressor.compress(raw) + compressor.flush()


def check(ds):
    assert ds["PatientName"] == PersonName.of("Müller")
    assert ds["Rows"] == 512
    assert len(ds) == 3


@pytest.mark.parametrize("layout", SYNTAXES)
def test_every_layout(layout):
    ds = read_data_set(build(layout, *ROWS), SYNTAXES[layout], strict=True)
    check(ds)
    assert ds.transfer_syntax is SYNTAXES[layout]
    assert ds.issues == []


def test_deflated():
    ds = read_data_set(deflate(build("explicit", *ROWS)), DeflatedExplicitVRLittleEndian)
    check(ds)
    assert ds.transfer_syntax is ExplicitVRLittleEndian


@pytest.mark.parametrize(
    "kind", [bytes, bytearray, memoryview, lambda raw: memoryview(array("H", raw))]
)
def test_any_buffer(kind):
    check(read_data_set(kind(build("explicit", *ROWS)), ExplicitVRLittleEndian))


def test_a_map_of_a_file(tmp_path):
    path = tmp_path / "data"
    path.write_bytes(build("explicit", *ROWS))
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    check(read_data_set(mapped, ExplicitVRLittleEndian))


def test_an_empty_buffer():
    ds = read_data_set(b"", ExplicitVRLittleEndian, strict=True)
    assert len(ds) == 0
    assert ds.end_offset == 0


def test_offset_and_end():
    raw = build("explicit", *ROWS)
    ds = read_data_set(b"before" + raw, ExplicitVRLittleEndian, offset=6)
    check(ds)
    assert ds.end_offset == 6 + len(raw)


def test_stop_before():
    raw = build("explicit", *ROWS)
    ds = read_data_set(raw, ExplicitVRLittleEndian, stop_before=0x00280010)
    assert ds.tags() == [0x00080005, 0x00100010]
    assert ds.end_offset == len(raw) - 10


def test_the_vr_of_implicit_elements_is_the_dictionarys():
    private = PrivateDictionary.of("ACME", [(0x00090001, "Weight", VR.DS, "1")])
    raw = build("implicit", (0x00090010, "", b"ACME"), (0x00091001, "", b"70.5"),
                (0x00091101, "", b"12"), (0x00100010, "", b"Doe "))  # fmt: skip
    ds = read_data_set(raw, ImplicitVRLittleEndian, private_dictionary=private)
    assert [element.vr for element in ds] == [VR.LO, VR.DS, VR.UN, VR.PN]
    assert ds[0x00091001] == 70.5


@pytest.mark.parametrize("layout", SYNTAXES)
@pytest.mark.parametrize("defined", [True, False])
def test_sequences(layout, defined):
    little = layout != "big"
    inner = build(layout, (0x00081155, "UI", b"1.2\0"))
    raw = sequence(
        0x00081140,
        item(inner, defined=defined, little=little),
        item(defined=defined, little=little),
        defined=defined,
        vr=None if layout == "implicit" else "SQ",
        little=little,
    ) + build(layout, (0x00280010, "US", 512))
    ds = read_data_set(raw, SYNTAXES[layout], strict=True)
    one, two = ds["ReferencedImageSequence"]
    assert one["ReferencedSOPInstanceUID"] == "1.2"
    assert len(two) == 0
    assert ds["Rows"] == 512
    assert one.parent is ds


def test_un_that_the_dictionary_knows_as_a_sequence():
    """PS3.5 §6.2.2: implicit VR little endian inside, in big endian too."""
    inner = implicit(0x00081155, b"1.2\0")
    for defined in (True, False):
        for little in (True, False):
            parts = item(inner, defined=defined)
            if not defined:
                parts += implicit(0xFFFEE0DD)
            length = None if defined else UNDEFINED
            raw = explicit(0x00081140, "UN", parts, length=length, little=little)
            syntax = ExplicitVRLittleEndian if little else ExplicitVRBigEndian
            (one,) = read_data_set(raw, syntax, strict=True)["ReferencedImageSequence"]
            assert one["ReferencedSOPInstanceUID"] == "1.2"


# ------------------------------------------------------------------ declared wrongly


@pytest.mark.parametrize("declared", SYNTAXES)
@pytest.mark.parametrize("actual", SYNTAXES)
def test_the_layout_is_that_of_the_bytes(declared, actual):
    raw = build(actual, *ROWS)
    ds = read_data_set(b"??" + raw, SYNTAXES[declared], offset=2)
    check(ds)
    assert ds.transfer_syntax is SYNTAXES[actual]
    if actual == declared:
        assert ds.issues == []
    else:
        (issue,) = ds.issues
        assert issue.offset == 2
        assert SYNTAXES[declared].name in issue.message
        with pytest.raises(InvalidTransferSyntax):
            read_data_set(raw, SYNTAXES[declared], strict=True)


def test_a_compressed_object_in_implicit_vr_keeps_its_transfer_syntax():
    fragments = implicit(0xFFFEE000) + implicit(0xFFFEE000, b"\xff\xd8") + implicit(0xFFFEE0DD)
    raw = build("implicit", *ROWS) + implicit(0x7FE00010, fragments, length=UNDEFINED)
    ds = read_data_set(raw, JPEG)
    assert ds.transfer_syntax.uid == JPEG.uid
    assert ds.transfer_syntax.implicit_vr
    assert ds.element("PixelData").vr is VR.OB
    assert ds.element("PixelData").undefined_length


@pytest.mark.parametrize("tag", [0x20000010, 0x20100010, 0x30020002, 0x40100001])
@pytest.mark.parametrize("layout", SYNTAXES)
def test_a_first_group_above_00ff_is_no_other_byte_order(tag, layout):
    ds = read_data_set(build(layout, (tag, "IS", b"1 ")), SYNTAXES[layout], strict=True)
    assert ds.tags() == [tag]


# ------------------------------------------------------------------ deflated


def test_a_bomb_does_not_go_off():
    bomb = deflate(explicit(0x7FE00010, "OW", bytes(20_000_000)))
    assert len(bomb) < 30_000
    with pytest.raises(LengthOutOfBounds):
        read_data_set(bomb, DeflatedExplicitVRLittleEndian, max_inflated=1 << 20)


def test_up_to_the_limit():
    raw = build("explicit", *ROWS)
    check(read_data_set(deflate(raw), DeflatedExplicitVRLittleEndian, max_inflated=len(raw)))
    with pytest.raises(LengthOutOfBounds):
        read_data_set(deflate(raw), DeflatedExplicitVRLittleEndian, max_inflated=len(raw) - 1)


def test_padding_after_the_stream():
    check(
        read_data_set(
            deflate(build("explicit", *ROWS)) + b"\0", DeflatedExplicitVRLittleEndian, strict=True
        )
    )


@pytest.mark.parametrize(
    ("raw", "message", "kind"),
    [
        (deflate(build("explicit", *ROWS)) + b"more", "after the deflated", InvalidValue),
        (deflate(build("explicit", *ROWS))[:-2], "no end", TruncatedData),
        (build("explicit", *ROWS), "not deflated", InvalidTransferSyntax),
        (deflate(build("explicit", *ROWS), 15), "zlib header", InvalidValue),
    ],
)
def test_defects_of_deflating(raw, message, kind):
    ds = read_data_set(raw, DeflatedExplicitVRLittleEndian)
    assert ds["PatientName"] == PersonName.of("Müller")
    assert message in ds.issues[0].message
    with pytest.raises(kind, match=message):
        read_data_set(raw, DeflatedExplicitVRLittleEndian, strict=True)


@pytest.mark.parametrize("raw", [b"\xff" * 20, b"no deflated data set"])
def test_what_is_not_deflated(raw):
    with pytest.raises(InvalidDicomFile):
        read_data_set(raw, DeflatedExplicitVRLittleEndian)


def test_nothing_deflated():
    assert len(read_data_set(b"", DeflatedExplicitVRLittleEndian)) == 0
    with pytest.raises(TruncatedData):
        read_data_set(b"", DeflatedExplicitVRLittleEndian, strict=True)


def test_a_stream_cut_off_gives_what_came():
    numbers = b"".join(
        explicit(0x00091000 + i, "UL", (i * 2654435761 % 2**32).to_bytes(4, "little"))
        for i in range(256)
    )
    raw = explicit(0x00090010, "LO", b"ACME") + numbers
    ds = read_data_set(deflate(raw)[:-200], DeflatedExplicitVRLittleEndian)
    assert 10 < len(ds) < 257
    assert ds.issues
