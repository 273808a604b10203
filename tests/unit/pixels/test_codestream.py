import struct

import imagecodecs
import numpy as np
import pytest

from filmroom.errors import DataError, InvalidValue, TruncatedData
from filmroom.pixels.codestream import (
    Codestream,
    Marker,
    jpeg_2000_header,
    jpeg_header,
    jpeg_xl_header,
    segments,
)

GREY = np.zeros((5, 9), np.uint8)
COLOUR = np.zeros((5, 9, 3), np.uint8)


def view(data):
    return memoryview(bytes(data))


def segment(marker, content=b""):
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def sof(marker=0xC0, ids=b"\1\2\3", sampling=0x11, precision=8):
    components = b"".join(
        bytes([number, sampling if n == 0 else 0x11, 0]) for n, number in enumerate(ids)
    )
    return segment(marker, struct.pack(">BHHB", precision, 5, 9, len(ids)) + components)


def jpeg(*parts):
    return view(b"\xff\xd8" + b"".join(parts) + segment(Marker.SOS, b"\0" * 4) + b"..\xff\xd9")


JFIF = segment(Marker.APP0, b"JFIF\0\1\1\0\0\1\0\1\0\0")


def adobe(transform):
    return segment(Marker.APP14, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))


@pytest.mark.parametrize(
    ("encoded", "precision", "process"),
    [
        (imagecodecs.jpeg8_encode(GREY), 8, 0xC0),
        (imagecodecs.jpeg8_encode(GREY.astype(np.uint16), bitspersample=12), 12, 0xC1),
        (
            imagecodecs.jpeg8_encode(GREY.astype(np.uint16), lossless=True, bitspersample=14),
            14,
            0xC3,
        ),
        (imagecodecs.jpegls_encode(GREY), 8, 0xF7),
        (imagecodecs.jpegls_encode(GREY.astype(np.uint16)), 16, 0xF7),
    ],
)
def test_headers_of_jpeg_and_jpeg_ls(encoded, precision, process):
    assert jpeg_header(view(encoded)) == Codestream(5, 9, 1, precision, process=process)


@pytest.mark.parametrize(
    ("parts", "is_ycc"),
    [
        ((sof(),), None),
        ((JFIF, sof()), True),
        ((adobe(0), sof()), False),
        ((adobe(1), sof()), True),
        ((JFIF, adobe(0), sof()), False),
        ((sof(ids=b"RGB"),), False),
        ((sof(ids=b"rgb"),), False),
        ((JFIF, sof(ids=b"RGB")), False),
        ((segment(Marker.APP14, b"Adobe\0"), sof()), None),
        ((segment(Marker.APP0, b"AVI1\0"), sof()), None),
    ],
)
def test_markers_tell_the_colour_space(parts, is_ycc):
    assert jpeg_header(jpeg(*parts)).is_ycc is is_ycc


def test_subsampling_is_seen():
    assert jpeg_header(jpeg(sof(sampling=0x22))).is_subsampled
    assert not jpeg_header(jpeg(sof())).is_subsampled


def test_fill_bytes_and_lone_markers_before_the_frame_header_are_passed():
    assert jpeg_header(jpeg(b"\xff\xff\xff\x01", sof())).rows == 5


def test_tables_are_no_frame_headers():
    tables = segment(Marker.DHT, bytes(17)) + segment(Marker.DAC, bytes(2))
    assert jpeg_header(jpeg(tables, sof())).process == 0xC0


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", InvalidValue),
        (b"\xff", InvalidValue),
        (b"GIF89a", InvalidValue),
        (b"\xff\xd8", InvalidValue),
        (b"\xff\xd8\0\0\0\0", InvalidValue),
        (b"\xff\xd8\xff\xe0\0\1", InvalidValue),
        (b"\xff\xd8\xff\xc0\0\x11\x08", TruncatedData),
        (bytes(jpeg()), InvalidValue),
        (bytes(jpeg(sof()))[:14], TruncatedData),
    ],
    ids=range(9),
)
def test_what_is_no_jpeg_image_is_refused(data, kind):
    with pytest.raises(kind) as caught:
        jpeg_header(view(data))
    assert caught.value.tag == 0x7FE00010


def test_segments_are_given_up_to_the_first_scan():
    assert [marker for marker, *_ in segments(jpeg(JFIF, sof()))] == [0xE0, 0xC0, 0xDA]


@pytest.mark.parametrize(
    ("array", "precision", "samples", "signed"),
    [
        (GREY, 8, 1, False),
        (COLOUR, 8, 3, False),
        (GREY.astype(np.int16), 16, 1, True),
        (GREY.astype(np.uint16), 12, 1, False),
    ],
)
@pytest.mark.parametrize("container", ["J2K", "JP2"])
def test_headers_of_jpeg_2000(array, precision, samples, signed, container):
    encoded = imagecodecs.jpeg2k_encode(
        array, codecformat=container, bitspersample=precision, resolutions=1
    )
    found = jpeg_2000_header(view(encoded))
    assert (found.rows, found.columns, found.samples) == (5, 9, samples)
    assert (found.precision, found.is_signed) == (precision, signed)
    assert (found.offset > 0) == (container == "JP2")
    assert encoded[found.offset :][:2] == b"\xff\x4f"


def siz(width=9, height=5, left=0, top=0, components=((7, 1, 1),)):
    content = struct.pack(
        ">H8IH", 0, width, height, left, top, width, height, 0, 0, len(components)
    )
    return view(b"\xff\x4f" + segment(0x51, content + b"".join(map(bytes, components))))


def test_the_image_is_what_lies_right_of_and_below_its_offset():
    found = jpeg_2000_header(siz(20, 30, 11, 25))
    assert (found.rows, found.columns) == (5, 9)
    assert jpeg_2000_header(siz(5, 5, 9, 9)).rows == 0


def test_subsampled_components_of_jpeg_2000_are_seen():
    assert jpeg_2000_header(siz(components=((7, 1, 1), (7, 2, 1), (7, 2, 1)))).is_subsampled


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", TruncatedData),
        (b"\xff\x4f\xff", TruncatedData),
        (b"\xff\xd8\xff\xe0", InvalidValue),
        (bytes(siz())[:40], TruncatedData),
        (bytes(siz())[:43], TruncatedData),
        (bytes(siz(components=())), InvalidValue),
        (b"\0\0\0\x0cjP  \r\n\x87\n", TruncatedData),
        (b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\4free", InvalidValue),
        (b"\0\0\0\0jP  ", InvalidValue),
    ],
    ids=range(9),
)
def test_what_is_no_jpeg_2000_codestream_is_refused(data, kind):
    with pytest.raises(kind):
        jpeg_2000_header(view(data))


def test_a_box_of_64_bit_length_is_passed():
    long_box = struct.pack(">I4sQ", 1, b"free", 24) + bytes(8)
    start = b"\0\0\0\x0cjP  \r\n\x87\n" + long_box
    found = jpeg_2000_header(view(start + b"\0\0\0\0jp2c" + bytes(siz())))
    assert (found.rows, found.offset) == (5, len(start) + 8)


@pytest.mark.parametrize(
    "shape",
    [(1, 1), (8, 8), (8, 16), (16, 8), (5, 9), (9, 5), (256, 256), (257, 100), (100, 257),
     (300, 400), (300, 200), (513, 1025), (480, 640), (160, 240), (9000, 3)],
)  # fmt: skip
@pytest.mark.parametrize("container", [False, True])
def test_sizes_of_jpeg_xl_images(shape, container):
    encoded = imagecodecs.jpegxl_encode(
        np.zeros(shape, np.uint8), lossless=True, effort=1, usecontainer=container
    )
    found = jpeg_xl_header(view(encoded))
    assert (found.rows, found.columns) == shape


@pytest.mark.parametrize("data", [b"", b"\xff", b"\xff\x0b..", b"\0\0\0\x0cJXL \r\n\x87\n"])
def test_what_is_no_jpeg_xl_codestream_is_refused(data):
    with pytest.raises(DataError):
        jpeg_xl_header(view(data))
