import numpy as np
import pytest

from filmroom.dicom import VR, DataSet, Element
from filmroom.errors import (
    DataError,
    InvalidValue,
    LengthOutOfBounds,
    MissingRequiredTag,
    TruncatedData,
)
from filmroom.pixels.palette import Palette, has_supplemental_palette, palette
from filmroom.pixels.palette_segments import expanded

RED = 0x00281101
CHANNELS = ("Red", "Green", "Blue")


def palette_of(descriptor, *tables, segmented=False, vr=VR.OW, dtype="<u2"):
    data_set = DataSet()
    for channel, table in zip(CHANNELS, tables, strict=True):
        data_set.set(f"{channel}PaletteColorLookupTableDescriptor", VR.US, descriptor)
        name = f"{channel}PaletteColorLookupTableData"
        prefix = 0x00281221 if segmented else 0x00281201
        tag = prefix + CHANNELS.index(channel)
        assert (f"Segmented{name}" if segmented else name) in _keyword(tag)
        data_set.add(Element(tag, vr, np.array(table, dtype).tobytes()))
    return data_set


def _keyword(tag):
    return Element(tag, VR.OW).keyword


def segments(numbers, count, *, bits=16, little_endian=True, vr=VR.OW):
    dtype = ("<" if little_endian else ">") + ("u2" if bits > 8 else "u1")
    raw = np.array(numbers, dtype).tobytes()
    element = Element(0x00281221, vr, raw, little_endian=little_endian)
    return expanded(element, count, bits).tolist()


def test_sixteen_bit_intensities_are_cut_to_their_upper_eight():
    data_set = palette_of((2, 5, 16), [0x1234, 0xFFFF], [0, 0x8000], [0xFF00, 0x00FF])
    found = palette(data_set)
    assert found.first == 5
    assert found.colours.dtype == np.uint8
    assert found.colours.tolist() == [[0x12, 0, 0xFF], [0xFF, 0x80, 0]]
    assert not data_set.issues


def test_eight_bit_intensities_stay():
    found = palette(palette_of((2, 0, 8), [1, 2], [3, 4], [5, 6]))
    assert found.colours.tolist() == [[1, 3, 5], [2, 4, 6]]
    found = palette(palette_of((2, 0, 8), [1, 2], [3, 4], [5, 6], dtype="u1"))
    assert found.colours.tolist() == [[1, 3, 5], [2, 4, 6]]


def test_sixteen_bits_declared_for_intensities_up_to_255_is_an_issue():
    data_set = palette_of((2, 0, 16), [1, 255], [3, 4], [5, 6])
    assert palette(data_set).colours.tolist() == [[1, 3, 5], [255, 4, 6]]
    assert [issue.tag for issue in data_set.issues] == [RED]


def test_values_before_and_beyond_take_the_first_and_the_last_colour():
    found = Palette(-1, np.array([[1, 1, 1], [2, 2, 2], [3, 3, 3]], np.uint8))
    stored = np.array([-128, -1, 0, 1, 127], np.int8)
    assert found.apply(stored)[:, 0].tolist() == [1, 1, 2, 3, 3]


@pytest.mark.parametrize("missing", [0x00281102, 0x00281203])
def test_all_three_tables_are_needed(missing):
    data_set = palette_of((2, 0, 8), [1, 2], [3, 4], [5, 6])
    del data_set[missing]
    with pytest.raises(MissingRequiredTag):
        palette(data_set)


def test_tables_of_different_lengths_are_no_palette():
    data_set = palette_of((2, 0, 8), [1, 2], [3, 4], [5, 6])
    data_set.set(0x00281103, VR.US, (1, 0, 8))
    with pytest.raises(InvalidValue, match="length"):
        palette(data_set)


def test_a_segmented_palette():
    ramp = [0, 1, 0, 1, 3, 0xFFFF]
    data_set = palette_of((4, 0, 16), ramp, ramp, [0, 4, 0, 0, 0, 0], segmented=True)
    assert palette(data_set).colours[:, 0].tolist() == [0, 0x55, 0xAA, 0xFF]
    assert palette(data_set).colours[:, 2].tolist() == [0, 0, 0, 0]


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [("COLOR", True), ("MIXED", True), ("MONOCHROME", False), ("", False)],
)
def test_a_supplemental_palette_is_used_where_pixel_presentation_says_so(text, expected):
    data_set = palette_of((2, 0, 8), [1, 2], [3, 4], [5, 6])
    data_set["PixelPresentation"] = text
    assert has_supplemental_palette(data_set, 0) is expected
    del data_set[RED]
    assert has_supplemental_palette(data_set, 0) is False


def test_a_mixed_image_says_for_each_frame_whether_it_is_in_colour():
    data_set = palette_of((2, 0, 8), [1, 2], [3, 4], [5, 6])
    data_set["PixelPresentation"] = "MIXED"
    frames = []
    for text in ("COLOR", "MONOCHROME"):
        frame_type, groups = DataSet(), DataSet()
        frame_type["PixelPresentation"] = text
        groups["MRImageFrameTypeSequence"] = (frame_type,)
        frames.append(groups)
    data_set["PerFrameFunctionalGroupsSequence"] = tuple(frames)
    assert [has_supplemental_palette(data_set, frame) for frame in (0, 1)] == [True, False]
