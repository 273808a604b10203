import numpy as np
import pytest
from pixel_arrays import described

from filmroom.errors import InvalidValue, LengthOutOfBounds
from filmroom.pixels.cells import (
    MAX_FRAME_LENGTH,
    Decoded,
    as_cells,
    as_stored,
    as_unsigned,
    check,
    check_length,
    from_codec,
)
from filmroom.pixels.codestream import Codestream


def row(*values, dtype=np.uint16):
    return np.array([values], dtype)


def one_row(**attributes):
    return described(rows=1, **attributes)


def test_a_codec_without_signs_gives_them_at_the_bits_stored():
    description = one_row(columns=3, bits_stored=12, pixel_representation=1)
    found = from_codec(Decoded(row(0xFFF, 0x7FF, 0x800), 12), description, lossy=False)
    assert (found.tolist(), found.dtype) == ([[-1, 2047, -2048]], np.int16)


def test_a_codec_that_knows_its_bits_better_says_where_the_sign_is():
    description = one_row(columns=2, bits_stored=16, pixel_representation=1)
    array = row(0xFFF, 0x7FF)
    assert from_codec(Decoded(array, 12, sign_at=12), description, lossy=False).tolist() == [
        [-1, 2047]
    ]
    assert from_codec(Decoded(array, 12), description, lossy=False).tolist() == [[4095, 2047]]


def test_signed_samples_where_the_data_set_says_unsigned_are_their_bits():
    description = one_row(columns=2, bits_stored=12)
    found = from_codec(Decoded(row(-1, 5, dtype=np.int16), 12), description, lossy=False)
    assert found.tolist() == [[0xFFF, 5]]


def test_more_precision_than_bits_stored_is_other_data_without_loss_and_error_with_it():
    description = one_row(columns=3, bits_stored=12)
    array = row(4095, 4097, 0)
    assert from_codec(Decoded(array, 16), description, lossy=False).tolist() == [[4095, 1, 0]]
    assert from_codec(Decoded(array, 16), description, lossy=True).tolist() == [[4095, 4095, 0]]
    signed = one_row(columns=2, bits_stored=12, pixel_representation=1)
    below = row(-2050, 2049, dtype=np.int16)
    assert from_codec(Decoded(below, 16), signed, lossy=True).tolist() == [[-2048, 2047]]


def test_containers_of_the_codec_become_those_of_the_data_set():
    found = from_codec(Decoded(row(7, dtype=np.uint8), 8), one_row(columns=1), lossy=False)
    assert found.dtype == np.uint16


@pytest.mark.parametrize("array", [row(1, 2, 3), np.zeros((1, 2), np.float32)])
def test_other_samples_than_described_are_refused(array):
    with pytest.raises(InvalidValue):
        from_codec(Decoded(array, 16), one_row(columns=2), lossy=False)


@pytest.mark.parametrize(
    "header",
    [
        Codestream(16, 19, 1, 8),
        Codestream(17, 18, 1, 8),
        Codestream(18, 16, 1, 8),
        Codestream(16, 18, 3, 8),
        Codestream(16, 18, 1, 12),
        Codestream(60000, 60000, 1, 8),
    ],
)
def test_a_compressed_frame_of_another_image_is_refused_before_it_is_decoded(header):
    with pytest.raises(InvalidValue):
        check(header, 1000, described(bits_allocated=8))


def test_a_compressed_frame_of_the_image_passes():
    check(Codestream(16, 18, 1, 8), 1, described(bits_allocated=8))
    check(Codestream(16, 18, 0, 0), 1, described(bits_allocated=8))


def test_a_frame_that_would_fill_the_memory_is_refused():
    description = described(rows=65535, columns=65535, bits_allocated=8)
    assert description.samples > MAX_FRAME_LENGTH
    with pytest.raises(LengthOutOfBounds, match="longer than"):
        check_length(description)
    check_length(described(rows=20000, columns=20000, bits_allocated=16))


def test_a_large_frame_out_of_next_to_nothing_is_refused():
    description = described(rows=16384, columns=16384, bits_allocated=8)
    header = Codestream(16384, 16384, 1, 8)
    with pytest.raises(LengthOutOfBounds, match="out of 300 bytes"):
        check(header, 300, description)
    check(header, 300_000, description)


@pytest.mark.parametrize("signed", [0, 1])
@pytest.mark.parametrize("high_bit", [11, 13, 15])
def test_stored_values_become_cells_and_come_back(signed, high_bit):
    description = one_row(columns=4, bits_stored=12, high_bit=high_bit, pixel_representation=signed)
    values = row(0, 1, 2047, -2048 if signed else 4095, dtype=description.dtype)
    cells = as_cells(values, description)
    assert cells[0, 1] == 1 << (high_bit - 11)
    assert as_stored(cells, description).tolist() == values.tolist()


@pytest.mark.parametrize(
    ("stored", "dtype"), [(7, "u1"), (8, "u1"), (9, "u2"), (16, "u2"), (20, "u4")]
)
def test_unsigned_numbers_are_of_the_smallest_container(stored, dtype):
    description = one_row(columns=1, bits_allocated=32, bits_stored=stored, pixel_representation=1)
    found = as_unsigned(row(-1, dtype=np.int32), description)
    assert (found.dtype, int(found[0, 0])) == (np.dtype(dtype), (1 << stored) - 1)
