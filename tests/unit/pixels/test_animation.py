import struct

import imagecodecs
import numpy as np
import pytest

from filmroom.dicom import DataSet
from filmroom.errors import InvalidValue, LengthOutOfBounds
from filmroom.pixels import animation
from filmroom.pixels.animation import encode_animation, frame_delay
from filmroom.pixels.gif import encode_gif
from filmroom.pixels.picture import PictureFormat

RANDOM = np.random.default_rng(8)
GREYS = RANDOM.integers(0, 256, (3, 12, 17)).astype(np.uint8)
FEW_COLOURS = RANDOM.integers(0, 256, (100, 3)).astype(np.uint8)[
    RANDOM.integers(0, 100, (2, 12, 17))
]


def apng_delays(png):
    position, delays = 8, []
    while position < len(png):
        length, kind = struct.unpack_from(">I4s", png, position)
        if kind == b"fcTL":
            delays.append(struct.unpack_from(">HH", png, position + 8 + 20))
        position += 12 + length
    return delays


def test_a_gif_has_the_frames_and_their_time():
    gif = encode_animation(GREYS, PictureFormat.GIF, delay=40)
    assert gif == encode_gif(GREYS, 40)
    assert np.array_equal(imagecodecs.gif_decode(gif, asrgb=False), GREYS)


@pytest.mark.parametrize("pictures", [GREYS, FEW_COLOURS, GREYS.astype(np.uint16) * 257])
def test_an_apng_keeps_every_pixel_and_shows_each_frame_its_time(pictures):
    png = encode_animation(pictures, PictureFormat.APNG, delay=40)
    assert np.array_equal(imagecodecs.apng_decode(png), pictures)
    assert {numerator / denominator for numerator, denominator in apng_delays(png)} == {0.04}
    assert len(apng_delays(png)) == len(pictures)


@pytest.mark.parametrize("format", [PictureFormat.GIF, PictureFormat.APNG])
def test_grey_and_colour_may_be_mixed_and_frames_may_be_one(format):
    encode_animation([GREYS[0], FEW_COLOURS[0]], format)
    encode_animation(GREYS[:1], format)


def test_what_makes_no_animation_is_refused(monkeypatch):
    with pytest.raises(InvalidValue, match="move"):
        encode_animation(GREYS, PictureFormat.PNG)
    with pytest.raises(InvalidValue, match="without"):
        encode_animation([], PictureFormat.GIF)
    with pytest.raises(InvalidValue, match="one size"):
        encode_animation([GREYS[0], GREYS[0, 1:]], PictureFormat.GIF)
    monkeypatch.setattr(animation, "_MOST_BYTES", GREYS.nbytes - 1)
    with pytest.raises(LengthOutOfBounds):
        encode_animation(GREYS, PictureFormat.APNG)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, 100),
        ({"FrameTime": "33.3"}, 33.3),
        ({"CineRate": "25"}, 40),
        ({"RecommendedDisplayFrameRate": "10", "CineRate": "25", "FrameTime": "5"}, 100),
        ({"FrameTimeVector": ("0", "50", "70")}, 60),
        ({"FrameTimeVector": ("0",)}, 100),
        ({"FrameTime": "0", "CineRate": "0"}, 100),
        ({"CineRate": "1000"}, 20),
        ({"FrameTime": "1000000"}, 60_000),
        ({"FrameTime": "often"}, 100),
    ],
)
def test_the_speed_is_the_images_own(attributes, expected):
    data_set = DataSet()
    for keyword, value in attributes.items():
        data_set[keyword] = value
    assert frame_delay(data_set) == pytest.approx(expected)
