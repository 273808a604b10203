import numpy as np
import pytest
from pixel_arrays import described, smooth

from filmroom.errors import InvalidValue, TruncatedData
from filmroom.pixels import ImageDescription, PixelKind
from filmroom.pixels.native import frame_bytes, pack, unpack


def small(**attributes):
    return described(rows=2, columns=2, **attributes)


@pytest.mark.parametrize(
    ("little", "value"), [(True, "0100 ff7f 0080 ffff"), (False, "0001 7fff 8000 ffff")]
)
def test_sixteen_bits_in_both_byte_orders(little, value):
    raw = memoryview(bytes.fromhex(value))
    found = unpack(raw, small(pixel_representation=1), 0, little_endian=little)
    assert found.tolist() == [[[1, 32767], [-32768, -1]]]
    assert found.dtype == np.int16
    assert found.dtype.isnative


def test_a_frame_whose_bits_are_all_stored_is_a_read_only_view_of_the_bytes():
    raw = bytes(range(8))
    found = unpack(memoryview(raw), small(bits_allocated=16), 0)
    assert np.shares_memory(found, np.frombuffer(raw, np.uint8))
    assert not found.flags.writeable


def test_other_bits_than_those_stored_are_cut_off():
    raw = memoryview(np.array([0xF123, 0x8FFF, 0x7000, 0x0800], "<u2").tobytes())
    assert unpack(raw, small(bits_stored=12), 0).ravel().tolist() == [0x123, 0xFFF, 0, 0x800]


def test_the_sign_is_the_highest_of_the_bits_stored():
    raw = memoryview(np.array([0x0FFF, 0x0800, 0x07FF, 0xF001], "<u2").tobytes())
    found = unpack(raw, small(bits_stored=12, pixel_representation=1), 0)
    assert found.ravel().tolist() == [-1, -2048, 2047, 1]


def test_samples_may_end_at_a_higher_bit():
    raw = memoryview(np.array([0x123F, 0xFFF0, 0x8000, 0x001A], "<u2").tobytes())
    found = unpack(raw, small(bits_stored=12, high_bit=15), 0)
    assert found.ravel().tolist() == [0x123, 0xFFF, 0x800, 0x001]
    signed = unpack(raw, small(bits_stored=12, high_bit=15, pixel_representation=1), 0)
    assert signed.ravel().tolist() == [0x123, -1, -2048, 1]


def test_eight_bits_in_big_endian_words_stand_swapped():
    raw = memoryview(bytes([2, 1, 4, 3]))
    description = small(bits_allocated=8)
    assert unpack(raw, description, 0, little_endian=False, words=True).ravel().tolist() == [
        1,
        2,
        3,
        4,
    ]
    assert unpack(raw, description, 0, little_endian=False).ravel().tolist() == [2, 1, 4, 3]


def test_a_frame_of_odd_length_in_swapped_words_begins_inside_a_word():
    description = described(rows=1, columns=3, bits_allocated=8, number_of_frames=2)
    raw = memoryview(bytes([2, 1, 4, 3, 6, 5]))
    found = [unpack(raw, description, n, little_endian=False, words=True) for n in (0, 1)]
    assert [frame.ravel().tolist() for frame in found] == [[1, 2, 3], [4, 5, 6]]
    with pytest.raises(TruncatedData):
        unpack(raw[:3], description, 0, little_endian=False, words=True)


def test_one_bit_a_sample_fills_bytes_from_the_lowest_bit_and_frames_share_bytes():
    description = described(rows=1, columns=5, bits_allocated=1, number_of_frames=3)
    # Frames 10110, 01001, 11111, bit 0 first.
    raw = memoryview(bytes([0b01001101, 0b01111110]))
    frames = [unpack(raw, description, n)[0, 0].tolist() for n in range(3)]
    assert frames == [[1, 0, 1, 1, 0], [0, 1, 0, 0, 1], [1, 1, 1, 1, 1]]
    assert unpack(raw, description, 1, 2).shape == (2, 1, 5)
    assert unpack(raw, description, 1, 2).ravel().tolist() == frames[1] + frames[2]


def test_one_bit_in_big_endian_words():
    description = described(rows=1, columns=16, bits_allocated=1)
    found = unpack(memoryview(bytes([0, 1])), description, 0, little_endian=False, words=True)
    assert found.ravel().tolist() == [1] + [0] * 15


def test_both_planar_configurations_come_interleaved():
    raw = memoryview(bytes(range(12)))
    colour = {"bits_allocated": 8, "samples_per_pixel": 3}
    assert unpack(raw, small(**colour), 0)[0, 0, 1].tolist() == [3, 4, 5]
    planes = unpack(raw, small(planar_configuration=1, **colour), 0)
    assert planes.shape == (1, 2, 2, 3)
    assert planes[0, 0, 1].tolist() == [1, 5, 9]


def test_four_two_two_repeats_chrominance():
    description = small(
        bits_allocated=8, samples_per_pixel=3, photometric_interpretation="YBR_FULL_422"
    )
    found = unpack(memoryview(bytes([1, 2, 3, 4, 5, 6, 7, 8])), description, 0)
    assert found.tolist() == [[[[1, 3, 4], [2, 3, 4]], [[5, 7, 8], [6, 7, 8]]]]


def test_four_two_two_of_an_odd_number_of_columns_is_refused():
    description = described(
        rows=2,
        columns=3,
        bits_allocated=8,
        samples_per_pixel=3,
        photometric_interpretation="YBR_FULL_422",
    )
    with pytest.raises(InvalidValue) as caught:
        unpack(memoryview(bytes(12)), description, 0)
    assert caught.value.tag == 0x00280011


@pytest.mark.parametrize(("kind", "dtype"), [(PixelKind.FLOAT, "f4"), (PixelKind.DOUBLE, "f8")])
@pytest.mark.parametrize("order", "<>")
def test_floating_point(kind, dtype, order):
    bits = int(dtype[1]) * 8
    description = ImageDescription(
        1, 2, bits_allocated=bits, bits_stored=bits, high_bit=bits - 1, kind=kind
    )
    raw = memoryview(np.array([1.5, -0.25], order + dtype).tobytes())
    found = unpack(raw, description, 0, little_endian=order == "<")
    assert (found.dtype, found.ravel().tolist()) == (np.dtype(dtype), [1.5, -0.25])


def test_a_frame_beyond_the_bytes_is_refused_and_those_before_are_there():
    description = small(number_of_frames=2)
    raw = memoryview(bytes(15))
    assert unpack(raw, description, 0).shape == (1, 2, 2)
    with pytest.raises(TruncatedData) as caught:
        unpack(raw, description, 1)
    assert caught.value.tag == 0x7FE00010
    with pytest.raises(TruncatedData):
        frame_bytes(raw, small(number_of_frames=1 << 40), 1 << 39)


def test_frame_bytes_are_a_view():
    raw = memoryview(bytes(range(16)))
    assert bytes(frame_bytes(raw, small(number_of_frames=2), 1)) == bytes(range(8, 16))


LAYOUTS = [
    {"bits_allocated": 1},
    {"bits_allocated": 1, "samples_per_pixel": 3, "planar_configuration": 1},
    {"bits_allocated": 8},
    {"bits_allocated": 8, "samples_per_pixel": 3},
    {"bits_allocated": 8, "samples_per_pixel": 3, "planar_configuration": 1},
    {"bits_allocated": 16, "bits_stored": 12},
    {"bits_allocated": 16, "bits_stored": 12, "high_bit": 15, "pixel_representation": 1},
    {"bits_allocated": 16, "samples_per_pixel": 3, "planar_configuration": 1},
    {"bits_allocated": 32, "pixel_representation": 1},
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.parametrize(("little", "words"), [(True, False), (False, False), (False, True)])
def test_what_is_packed_is_unpacked(layout, little, words):
    description = described(rows=5, columns=7, number_of_frames=3, **layout)
    frames = np.stack([smooth(description, number) for number in range(3)])
    raw = memoryview(pack(frames, description, little_endian=little, words=words))
    found = unpack(raw, description, 0, 3, little_endian=little, words=words)
    assert (found.dtype, found.tolist()) == (description.dtype, frames.tolist())


def test_packing_refuses_what_is_not_as_described():
    with pytest.raises(InvalidValue):
        pack(np.zeros((1, 3, 3), np.uint16), small())
    subsampled = small(
        bits_allocated=8, samples_per_pixel=3, photometric_interpretation="YBR_FULL_422"
    )
    with pytest.raises(InvalidValue):
        pack(np.zeros((1, 2, 2, 3), np.uint8), subsampled)
