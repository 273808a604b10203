import struct

import numpy as np
import pytest
from pixel_arrays import described, smooth

from filmroom.errors import (
    DataError,
    InvalidTransferSyntax,
    InvalidValue,
    LengthOutOfBounds,
    TruncatedData,
)
from filmroom.pixels import rle

LAYOUTS = [
    {"bits_allocated": allocated, "samples_per_pixel": samples, "pixel_representation": signed}
    for allocated in (8, 16, 32)
    for samples in (1, 3)
    for signed in (0, 1)
]


def frame(*segments, offsets=None, count=None):
    starts = offsets or [64 + sum(map(len, segments[:n])) for n in range(len(segments))]
    header = [len(segments) if count is None else count, *starts]
    return struct.pack("<16I", *header, *[0] * (16 - len(header))) + b"".join(segments)


def line(columns, allocated=8, **attributes):
    return described(rows=1, columns=columns, bits_allocated=allocated, **attributes)


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_what_is_encoded_is_decoded(layout):
    description = described(**layout)
    array = smooth(description)
    encoded = rle.encode(array, description)
    found = rle.decode(encoded, description)
    assert (found.dtype, found.shape) == (description.dtype, description.shape)
    assert np.array_equal(found, array)


@pytest.mark.parametrize("allocated", [8, 16, 32])
def test_the_most_significant_byte_has_the_first_segment(allocated):
    size = allocated // 8
    segments = [bytes([0, number + 1]) for number in range(size)]
    found = rle.decode(frame(*segments), line(1, allocated))
    assert int(found[0, 0]) == int.from_bytes(bytes(range(1, size + 1)), "big")


def test_segments_of_an_encoded_frame_begin_at_even_offsets_in_order():
    description = described(bits_allocated=16, samples_per_pixel=3)
    encoded = rle.encode(smooth(description), description)
    count, *offsets = struct.unpack("<16I", encoded[:64])
    assert count == 6
    assert offsets[0] == 64
    assert offsets[:6] == sorted(offsets[:6])
    assert all(offset % 2 == 0 for offset in offsets)
    assert offsets[6:] == [0] * 9
    assert len(encoded) % 2 == 0


def test_no_run_crosses_the_end_of_a_row():
    description = described(rows=3, columns=100, bits_allocated=8)
    encoded = rle.encode(np.full((3, 100), 7, np.uint8), description)
    assert encoded[64:] == bytes([157, 7] * 3)


def test_packets_that_mean_nothing_are_skipped():
    assert rle.decode(frame(b"\x80\x80\x01\x05\x06\x80"), line(2)).tolist() == [[5, 6]]


@pytest.mark.parametrize("behind", [b"\0", b"\0\0", b"\x05abcdef", b"\xfeZ"])
def test_what_follows_a_full_plane_is_padding(behind):
    assert rle.decode(frame(b"\x02abc" + behind), line(3)).tobytes() == b"abc"


def test_a_run_that_leads_past_the_plane_ends_with_it():
    assert rle.decode(frame(b"\x81Z"), line(3)).tobytes() == b"ZZZ"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", TruncatedData),
        (bytes(63), TruncatedData),
        (frame(b"\x02abc", count=0), InvalidValue),
        (frame(b"\x02abc", count=2), InvalidValue),
        (frame(b"\x02abc", count=16), InvalidValue),
        (frame(b"\x02abc", count=0xFFFFFFFF), InvalidValue),
        (frame(b"\x02abc", offsets=[0]), LengthOutOfBounds),
        (frame(b"\x02abc", offsets=[63]), LengthOutOfBounds),
        (frame(b"\x02abc", offsets=[69]), LengthOutOfBounds),
        (frame(b"\x02abc", offsets=[0xFFFFFFFF]), LengthOutOfBounds),
        (frame(b"\x02abc", offsets=[68]), TruncatedData),
        (frame(b"\x01ab"), TruncatedData),
        (frame(b"\x02ab"), TruncatedData),
        (frame(b"\xffa"), TruncatedData),
        (frame(b"\xff"), TruncatedData),
    ],
    ids=range(15),
)
def test_hostile_headers_and_segments_raise_data_errors(data, kind):
    with pytest.raises(kind) as caught:
        rle.decode(data, line(3))
    assert caught.value.tag == 0x7FE00010


def test_segments_out_of_order_are_refused():
    with pytest.raises(LengthOutOfBounds):
        rle.decode(frame(b"\0a", b"\0b", offsets=[66, 64]), line(1, 16))


def test_a_plane_that_the_segment_cannot_fill_takes_no_memory():
    description = described(rows=65535, columns=65535, bits_allocated=8)
    with pytest.raises(TruncatedData):
        rle.decode(frame(b"\x81\0" * 1000), description)


@pytest.mark.parametrize("stop", range(0, 90, 7))
def test_a_frame_cut_off_anywhere_raises_a_data_error(stop):
    description = line(40, 16)
    whole = rle.encode(smooth(description), description)
    with pytest.raises(DataError):
        rle.decode(whole[:stop], description)


def test_bits_that_are_no_bytes_and_too_many_segments_are_refused():
    with pytest.raises(InvalidTransferSyntax):
        rle.decode(frame(b"\0a"), line(8, 1))
    with pytest.raises(InvalidTransferSyntax):
        rle.encode(np.zeros((1, 8), np.uint8), line(8, 1))
    wide = line(1, 64, samples_per_pixel=3)
    with pytest.raises(InvalidTransferSyntax):
        rle.encode(np.zeros((1, 1, 3), np.uint64), wide)


def test_a_view_is_decoded_as_bytes_are():
    description = line(3)
    assert rle.decode(memoryview(frame(b"\x02abc")), description).tobytes() == b"abc"
