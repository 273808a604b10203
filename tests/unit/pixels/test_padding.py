import numpy as np
import pytest

from filmroom.dicom import VR, DataSet, Element
from filmroom.pixels.description import ImageDescription, PixelKind
from filmroom.pixels.padding import Padding, padding

UNSIGNED = ImageDescription(2, 2)
SIGNED = ImageDescription(2, 2, pixel_representation=1)
FLOAT = ImageDescription(2, 2, bits_allocated=32, bits_stored=32, high_bit=31, kind=PixelKind.FLOAT)
DOUBLE = ImageDescription(
    2, 2, bits_allocated=64, bits_stored=64, high_bit=63, kind=PixelKind.DOUBLE
)


def test_without_the_attribute_there_is_none():
    assert padding(DataSet(), UNSIGNED) is None


@pytest.mark.parametrize(
    ("value", "limit", "expected"),
    [(0, None, Padding(0, 0)), (0, 10, Padding(0, 10)), (4095, 4000, Padding(4000, 4095))],
)
def test_a_value_or_a_range_to_either_side(value, limit, expected):
    data_set = DataSet()
    data_set.set("PixelPaddingValue", VR.US, value)
    if limit is not None:
        data_set.set("PixelPaddingRangeLimit", VR.US, limit)
    assert padding(data_set, UNSIGNED) == expected


@pytest.mark.parametrize(
    ("vr", "value", "description", "expected"),
    [
        (VR.US, 63536, SIGNED, -2000),
        (VR.SS, -2000, SIGNED, -2000),
        (VR.SS, -1, UNSIGNED, 65535),
        (VR.US, 65535, UNSIGNED, 65535),
    ],
)
def test_the_sign_is_that_of_the_pixels_whatever_the_vr_says(vr, value, description, expected):
    data_set = DataSet()
    data_set.set("PixelPaddingValue", vr, value)
    assert padding(data_set, description) == Padding(expected, expected)


def test_padding_of_floating_point_pixels_has_attributes_of_its_own():
    data_set = DataSet()
    data_set["FloatPixelPaddingValue"] = -1.5
    data_set["FloatPixelPaddingRangeLimit"] = -0.5
    data_set["DoubleFloatPixelPaddingValue"] = 7.0
    assert padding(data_set, FLOAT) == Padding(-1.5, -0.5)
    assert padding(data_set, DOUBLE) == Padding(7, 7)
    assert padding(data_set, UNSIGNED) is None


def test_a_value_that_is_no_number_is_none():
    data_set = DataSet()
    data_set.add(Element(0x00280120, VR.OB, b"\1\2"))
    assert padding(data_set, UNSIGNED) is None


def test_both_limits_are_padding():
    stored = np.array([[-2, -1], [0, 1]], np.int16)
    assert Padding(-1, 0).holds(stored).tolist() == [[False, True], [True, False]]
