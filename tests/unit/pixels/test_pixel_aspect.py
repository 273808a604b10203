import pytest

from filmroom.dicom import VR, DataSet
from filmroom.pixels.pixel_aspect import pixel_aspect, square_size


def with_values(**values):
    data_set = DataSet()
    for keyword, value in values.items():
        data_set[keyword] = value
    return data_set


@pytest.mark.parametrize(
    "keyword",
    [
        *("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"),
        *("ImagePlanePixelSpacing", "PixelAspectRatio"),
    ],
)
def test_the_first_value_is_the_vertical_one(keyword):
    assert pixel_aspect(with_values(**{keyword: ("3", "2")})) == 1.5


def test_without_a_word_pixels_are_square():
    assert pixel_aspect(DataSet()) == 1


def test_spacing_goes_before_the_ratio():
    assert pixel_aspect(with_values(PixelSpacing=("1", "2"), PixelAspectRatio=("9", "1"))) == 0.5


def test_a_frames_own_measures_go_first():
    data_set = with_values(PixelSpacing=("1", "1"))
    frames = []
    for spacing in ("1", "4"):
        groups = DataSet()
        groups["PixelMeasuresSequence"] = (with_values(PixelSpacing=(spacing, "2")),)
        frames.append(groups)
    data_set["PerFrameFunctionalGroupsSequence"] = tuple(frames)
    assert [pixel_aspect(data_set, frame) for frame in range(3)] == [0.5, 2, 1]


@pytest.mark.parametrize("spacing", ["1", ("0", "1"), ("1", "-1"), ("1", "1", "1"), ("1", "900")])
def test_spacings_that_cannot_be_are_passed_over(spacing):
    assert pixel_aspect(with_values(PixelSpacing=spacing)) == 1


def test_text_that_is_no_number_is_passed_over():
    data_set = DataSet()
    data_set.set("PixelSpacing", VR.DS, "wide\\tall")
    assert pixel_aspect(data_set) == 1


@pytest.mark.parametrize(
    ("aspect", "expected"), [(1, (30, 40)), (1.5, (45, 40)), (0.5, (30, 80)), (4 / 3, (40, 40))]
)
def test_a_picture_grows_to_square_pixels(aspect, expected):
    assert square_size(30, 40, aspect) == expected
