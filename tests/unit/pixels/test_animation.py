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
MANY_COLOURS = RANDOM.integers(0, 256, (2, 40, 40, 3)).astype(np.uint8)


def gif_delays(gif):
    """Hundredths of a second before each picture, read as the GIF89a specification says."""
    assert gif[:6] == b"GIF89a"
    position = 13 + (3 << (gif[10] & 7) + 1 if gif[10] & 0x80 else 0)
    delays, pending, loops = [], None, None
    while gif[position] != 0x3B:
        if gif[position] == 0x2C:
            delays.append(pending)
            position += 11
        elif gif[position : position + 2] == b"\x21\xf9":
            pending = struct.unpack_from("<H", gif, position + 4)[0]
            position += 2
        else:
            assert gif[position : position + 14] == b"\x21\xff\x0bNETSCAPE2.0"
            loops = struct.unpack_from("<H", gif, position + 16)[0]
            position += 2
        while gif[position]:
            position += 1 + gif[position]
        position += 1
    assert position == len(gif) - 1
    return delays, loops


def apng_delays(png):
    position, delays = 8, []
    while position < len(png):
        length, kind = struct.unpack_from(">I4s", png, position)
        if kind == b"fcTL":
            delays.append(struct.unpack_from(">HH", png, position + 8 + 20))
        position += 12 + length
    return delays


def test_a_grey_gif_keeps_every_pixel_shows_each_frame_its_time_and_repeats():
    gif = encode_animation(GREYS, PictureFormat.GIF, delay=40)
    assert np.array_equal(imagecodecs.gif_decode(gif, asrgb=False), GREYS)
    assert gif_delays(gif) == ([4, 4, 4], 0)


@pytest.mark.parametrize(("delay", "hundredths"), [(1, 1), (33.4, 3), (1e9, 65535)])
def test_times_that_gif_can_say(delay, hundredths):
    assert gif_delays(encode_gif(GREYS, delay))[0] == [hundredths] * 3


def test_a_gif_of_few_colours_keeps_every_pixel():
    gif = encode_animation(FEW_COLOURS, PictureFormat.GIF)
    assert np.array_equal(imagecodecs.gif_decode(gif), FEW_COLOURS)


def test_a_gif_of_many_colours_is_near_and_right_on_average():
    found = imagecodecs.gif_decode(encode_animation(MANY_COLOURS, PictureFormat.GIF))
    difference = found.astype(int) - MANY_COLOURS
    assert np.abs(difference).max() <= 64
    assert np.abs(difference.mean(axis=(0, 1, 2))).max() < 2


def test_greys_among_many_colours_stay_grey_and_nearly_what_they_are():
    pictures = MANY_COLOURS.copy()
    greys = np.arange(240, dtype=np.uint8).reshape(6, 40)
    pictures[0, :6] = greys[..., np.newaxis] + np.array([0, 7, 15], np.uint8)
    found = imagecodecs.gif_decode(encode_gif(pictures))[0, :6].astype(int)
    assert (found == found[..., :1]).all()
    assert np.abs(found[..., 0] - (greys + 22 / 3)).max() <= 3


def test_black_and_white_stay_among_many_colours():
    pictures = MANY_COLOURS.copy()
    pictures[:, :4], pictures[:, 4:8] = 0, 255
    found = imagecodecs.gif_decode(encode_gif(pictures))
    assert (found[:, :4] == 0).all()
    assert (found[:, 4:8] == 255).all()


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
