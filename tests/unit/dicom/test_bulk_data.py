"""Values in little endian pieces and in Base64, however large and however they were read."""

import base64

import pytest

from filmroom.dicom import (
    VR,
    DataSet,
    Element,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    encode_bytes,
    read_data_set,
)
from filmroom.dicom.bulk_data import (
    base64_pieces,
    bulk_data_pieces,
    is_encapsulated,
)

SIZES = [0, 2, 4, 766, (3 << 18) - 2, 3 << 18, (3 << 18) + 2, (1 << 20) + 6, (3 << 20) + 2]


def read_element(raw: bytes, syntax) -> Element:
    ds = DataSet()
    ds.set(0x7FE00010, VR.OW, raw)
    return read_data_set(encode_bytes(ds, syntax), syntax).element(0x7FE00010)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian], ids=str)
@pytest.mark.parametrize("size", SIZES)
def test_pieces_are_the_value_in_little_endian(syntax, size):
    raw = bytes(range(256)) * (size // 256) + bytes(range(size % 256))
    element = read_element(raw, syntax)
    assert b"".join(bytes(piece) for piece in bulk_data_pieces(element)) == raw
    pieces = list(base64_pieces(element))
    assert b"".join(pieces) == base64.b64encode(raw)
    assert all(len(piece) <= 2 << 20 for piece in pieces)


@pytest.mark.parametrize("raw", [b"a", b"ab", b"abc", b"abcd"])
def test_a_value_of_any_length(raw):
    assert b"".join(base64_pieces(Element(0x00420011, VR.OB, raw))) == base64.b64encode(raw)


def test_numbers_that_were_set_are_little_endian():
    assert b"".join(bulk_data_pieces(Element.of(0x00280010, VR.US, (1, 258)))) == b"\1\0\2\1"


def test_un_is_little_endian_in_any_stream():
    element = Element(0x00091001, VR.UN, b"\1\2", little_endian=False)
    assert b"".join(bulk_data_pieces(element)) == b"\1\2"


ITEM = b"\xfe\xff\0\xe0"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (ITEM + b"\0\0\0\0" + ITEM + b"\2\0\0\0ab", True),
        (ITEM + b"\4\0\0\0\0\0\0\0" + ITEM + b"\0\0\0\0", True),
        (b"", False),
        (ITEM, False),
        (ITEM + b"\0\0\0\0", False),
        (ITEM + b"\2\0\0\0ab" + ITEM + b"\0\0\0\0", False),
        (ITEM + b"\0\0\0\0" + ITEM + b"\4\0\0\0ab", False),
        (ITEM + b"\0\0\0\0" + ITEM + b"\2\0\0\0ab\0", False),
        (ITEM + b"\0\0\0\0" + b"\xfe\xff\xdd\xe0\0\0\0\0", False),
        (bytes(32), False),
    ],
)
def test_fragments_are_told_from_pixels_by_their_items(raw, expected):
    assert is_encapsulated(raw) is expected
