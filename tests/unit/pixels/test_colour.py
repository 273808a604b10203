import numpy as np
import pytest

from filmroom.errors import InvalidValue
from filmroom.pixels.colour import is_ybr, to_rgb, to_ybr_full

# The formulas of PS3.3 §C.7.6.3.1.2, solved by hand for pure colours: RGB and its YBR_FULL.
PURE = [
    ((0, 0, 0), (0, 128, 128)),
    ((255, 255, 255), (255, 128, 128)),
    ((255, 0, 0), (76, 85, 255)),
    ((0, 255, 0), (150, 44, 21)),
    ((0, 0, 255), (29, 255, 107)),
    ((128, 128, 128), (128, 128, 128)),
]


@pytest.mark.parametrize(("rgb", "ybr"), PURE)
def test_pure_colours_to_ybr_full(rgb, ybr):
    assert to_ybr_full(np.array([[rgb]], np.uint8)).tolist() == [[list(ybr)]]


@pytest.mark.parametrize(("rgb", "ybr"), PURE)
@pytest.mark.parametrize("name", ["YBR_FULL", "YBR_FULL_422"])
def test_pure_colours_to_rgb_within_rounding(rgb, ybr, name):
    found = to_rgb(np.array([[ybr]], np.uint8), name)
    assert found.dtype == np.uint8
    assert np.abs(found.astype(int) - rgb).max() <= 1


@pytest.mark.parametrize(
    ("ybr", "rgb"),
    [
        ((16, 128, 128), (0, 0, 0)),
        ((235, 128, 128), (255, 255, 255)),
        ((81, 90, 240), (254, 0, 0)),
        ((145, 54, 34), (0, 255, 1)),
        ((41, 240, 110), (0, 0, 255)),
    ],
)
@pytest.mark.parametrize("name", ["YBR_PARTIAL_422", "YBR_PARTIAL_420"])
def test_studio_range_to_rgb(ybr, rgb, name):
    found = to_rgb(np.array([[ybr]], np.uint8), name)
    assert np.abs(found.astype(int) - rgb).max() <= 1


def test_there_and_back_is_off_by_one_at_most():
    levels = np.arange(0, 256, 15)
    cube = np.stack(np.meshgrid(levels, levels, levels), -1).astype(np.uint8)
    back = to_rgb(to_ybr_full(cube), "YBR_FULL")
    assert np.abs(back.astype(int) - cube).max() <= 1


def test_twelve_bits_use_their_whole_range():
    white = np.array([[[4095, 4095, 4095]]], np.uint16)
    ybr = to_ybr_full(white, 12)
    assert ybr.tolist() == [[[4095, 2048, 2048]]]
    assert to_rgb(ybr, "YBR_FULL", 12).tolist() == white.tolist()


def test_colours_out_of_gamut_are_clipped():
    assert to_rgb(np.array([[[255, 255, 255]]], np.uint8), "YBR_FULL").tolist() == [
        [[255, 121, 255]]
    ]


def test_frames_of_several_keep_their_shape():
    assert to_rgb(np.zeros((2, 3, 4, 3), np.uint8), "YBR_FULL").shape == (2, 3, 4, 3)


@pytest.mark.parametrize("name", ["RGB", "YBR_ICT", "YBR_RCT", "XYB"])
def test_what_is_rgb_once_decoded_stays_as_it_is(name):
    array = np.zeros((1, 1, 3), np.uint8)
    assert to_rgb(array, name) is array
    assert not is_ybr(name)


def test_an_unknown_colour_space_is_refused():
    with pytest.raises(InvalidValue) as caught:
        to_rgb(np.zeros((1, 1, 3), np.uint8), "HSV")
    assert caught.value.tag == 0x00280004
