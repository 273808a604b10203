import numpy as np
import pytest

from filmroom.dicom import VR, DataSet, Element
from filmroom.errors import (
    InvalidValue,
    MissingRequiredTag,
)
from filmroom.pixels.palette import Palette, has_supplemental_palette, palette

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
