import numpy as np
import pytest

from filmroom.dicom import VR, Element
from filmroom.errors import (
    DataError,
    InvalidValue,
    LengthOutOfBounds,
    TruncatedData,
)
from filmroom.pixels.palette_segments import expanded


def segments(numbers, count, *, bits=16, little_endian=True, vr=VR.OW):
    dtype = ("<" if little_endian else ">") + ("u2" if bits > 8 else "u1")
    raw = np.array(numbers, dtype).tobytes()
    element = Element(0x00281221, vr, raw, little_endian=little_endian)
    return expanded(element, count, bits).tolist()


# PS3.3 §C.7.9.2.1 to .3: opcode, length and what follows.
@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([0, 3, 7, 8, 9], [7, 8, 9]),
        ([0, 1, 10, 1, 5, 20], [10, 12, 14, 16, 18, 20]),
        ([0, 1, 10, 1, 2, 0], [10, 5, 0]),
        ([0, 2, 1, 2, 1, 2, 4, 2, 1, 0, 0], [1, 2, 3, 4, 1, 2]),
        ([0, 2, 1, 2, 1, 2, 4, 2, 2, 0, 0], [1, 2, 3, 4, 1, 2, 3, 4]),
        # The copied slope starts from where the table is now, not where it was.
        ([0, 1, 0, 1, 2, 10, 0, 1, 20, 2, 1, 6, 0], [0, 5, 10, 20, 15, 10]),
        ([0, 2, 7, 8, 0], [7, 8]),
    ],
    ids=["discrete", "linear", "falling", "indirect", "two", "slope copied", "padding"],
)
def test_segments(numbers, expected):
    assert segments(numbers, len(expected)) == expected
    assert segments(numbers, len(expected), little_endian=False) == expected


def test_segments_of_eight_bits_point_with_four_numbers():
    numbers = [0, 2, 1, 2, 1, 2, 4, 2, 1, 0, 0, 0, 0]
    assert segments(numbers, 6, bits=8, vr=VR.OB) == [1, 2, 3, 4, 1, 2]


def test_segments_of_eight_bits_as_big_endian_words():
    raw = bytes([2, 0, 2, 1])
    element = Element(0x00281221, VR.OW, raw, little_endian=False)
    assert expanded(element, 2, 8).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("numbers", "count", "error"),
    [
        ([], 1, TruncatedData),
        ([0], 1, TruncatedData),
        ([0, 3, 1], 3, TruncatedData),
        ([0, 1, 5], 2, TruncatedData),
        ([0, 1, 5, 1, 2], 3, TruncatedData),
        ([0, 3, 1, 2, 3], 2, LengthOutOfBounds),
        ([0, 1, 0, 1, 60000, 9], 256, LengthOutOfBounds),
        ([1, 3, 9], 3, InvalidValue),
        ([3, 1, 0], 1, InvalidValue),
        ([0, 0, 0, 1, 5], 1, InvalidValue),
        ([0, 1, 5, 2, 1, 90, 0], 2, InvalidValue),
        ([0, 1, 5, 2, 1, 1, 0], 2, InvalidValue),
        ([0, 1, 5, 2, 2, 0, 0, 0, 1], 9, InvalidValue),
    ],
)
def test_segments_that_cannot_be(numbers, count, error):
    with pytest.raises(error) as raised:
        segments(numbers, count)
    assert raised.value.tag == 0x00281221


def test_an_indirect_segment_cannot_copy_an_indirect_one():
    with pytest.raises(InvalidValue, match="type 2"):
        segments([0, 1, 5, 2, 2, 0, 0], 9)


def test_a_megabyte_of_segments_is_refused_before_it_is_read():
    with pytest.raises(LengthOutOfBounds):
        segments(np.zeros(1 << 20, np.uint16), 256)


def test_damaged_segments_raise_data_errors_only():
    generator = np.random.default_rng(5)
    for _ in range(300):
        numbers = generator.integers(0, 5, 40)
        try:
            assert len(segments(numbers, 16)) == 16
        except DataError:
            pass
