import struct

import imagecodecs
import numpy as np
import pytest

from filmroom.pixels.gif import encode_gif

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


def test_a_grey_gif_keeps_every_pixel_shows_each_frame_its_time_and_repeats():
    gif = encode_gif(GREYS, 40)
    assert np.array_equal(imagecodecs.gif_decode(gif, asrgb=False), GREYS)
    assert gif_delays(gif) == ([4, 4, 4], 0)


@pytest.mark.parametrize(("delay", "hundredths"), [(1, 1), (33.4, 3), (1e9, 65535)])
def test_times_that_gif_can_say(delay, hundredths):
    assert gif_delays(encode_gif(GREYS, delay))[0] == [hundredths] * 3


def test_a_gif_of_few_colours_keeps_every_pixel():
    gif = encode_gif(FEW_COLOURS)
    assert np.array_equal(imagecodecs.gif_decode(gif), FEW_COLOURS)


def test_a_gif_of_many_colours_is_near_and_right_on_average():
    found = imagecodecs.gif_decode(encode_gif(MANY_COLOURS))
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


def test_without_a_time_there_is_one_picture_after_the_other_and_no_loop():
    gif = encode_gif(GREYS)
    assert b"NETSCAPE" not in gif
    assert np.array_equal(imagecodecs.gif_decode(gif, asrgb=False), GREYS)
