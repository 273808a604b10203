import imagecodecs
import numpy as np
import pytest

from filmroom.errors import InvalidValue
from filmroom.pixels.picture import FORMATS, PictureFormat, eight_bit, encode_picture

RANDOM = np.random.default_rng(2)
GREY = RANDOM.integers(0, 256, (20, 30)).astype(np.uint8)
COLOUR = RANDOM.integers(0, 256, (20, 30, 3)).astype(np.uint8)
DEEP = RANDOM.integers(0, 65536, (20, 30)).astype(np.uint16)
SMOOTH = np.linspace(0, 255, 20 * 30).reshape(20, 30).astype(np.uint8)
SIGNATURES = {
    PictureFormat.PNG: b"\x89PNG\r\n\x1a\n",
    PictureFormat.JPEG: b"\xff\xd8\xff",
    PictureFormat.WEBP: b"RIFF",
    PictureFormat.GIF: b"GIF8",
    PictureFormat.APNG: b"\x89PNG\r\n\x1a\n",
}


def decoded(data, format):
    if format is PictureFormat.GIF:
        return imagecodecs.gif_decode(data)
    return imagecodecs.imread(data, codec=[format.value])


@pytest.mark.parametrize("format", PictureFormat)
@pytest.mark.parametrize("picture", [GREY, COLOUR, DEEP, GREY[::2, ::-1]], ids=lambda p: p.dtype)
def test_every_format_takes_every_kind_of_picture(format, picture):
    data = encode_picture(picture, format)
    assert type(data) is bytes
    assert data.startswith(SIGNATURES[format])
    assert decoded(data, format).squeeze().shape[:2] == picture.shape[:2]


@pytest.mark.parametrize("picture", [GREY, COLOUR, DEEP])
def test_png_keeps_every_pixel(picture):
    found = imagecodecs.png_decode(encode_picture(picture, PictureFormat.PNG))
    assert found.dtype == picture.dtype
    assert np.array_equal(found, picture)


@pytest.mark.parametrize("format", [PictureFormat.JPEG, PictureFormat.WEBP])
def test_lossy_formats_stay_close_and_obey_the_quality(format):
    good = encode_picture(SMOOTH, format, quality=95)
    poor = encode_picture(SMOOTH, format, quality=10)
    assert len(poor) < len(good)
    found = decoded(good, format)
    grey = found if found.ndim == 2 else found[..., 0]
    assert np.abs(grey.astype(int) - SMOOTH).max() <= 4


def test_webp_of_quality_100_is_lossless():
    data = encode_picture(COLOUR, PictureFormat.WEBP, quality=100)
    assert np.array_equal(imagecodecs.webp_decode(data), COLOUR)


def test_jpeg_keeps_greys_grey_and_colours_at_full_resolution():
    assert imagecodecs.jpeg8_decode(encode_picture(GREY, PictureFormat.JPEG)).ndim == 2
    stripes = np.zeros((16, 16, 3), np.uint8)
    stripes[:, ::2, 0] = 255
    found = imagecodecs.jpeg8_decode(encode_picture(stripes, PictureFormat.JPEG, quality=95))
    assert np.abs(found[..., 0].astype(int) - stripes[..., 0]).max() < 30


def test_a_gif_of_noise_is_complete():
    noise = RANDOM.integers(0, 256, (300, 300)).astype(np.uint8)
    found = imagecodecs.gif_decode(encode_picture(noise, PictureFormat.GIF), asrgb=False)
    assert np.array_equal(found.squeeze(), noise)


@pytest.mark.parametrize("quality", [0, 101, -1])
def test_a_quality_that_is_none_is_refused(quality):
    with pytest.raises(InvalidValue):
        encode_picture(GREY, PictureFormat.JPEG, quality=quality)


@pytest.mark.parametrize("format", PictureFormat)
def test_a_picture_larger_than_the_format_allows_is_refused(format):
    line = np.zeros((1, FORMATS[format].largest + 1), np.uint8)
    with pytest.raises(InvalidValue, match="too large"):
        encode_picture(line, format)


@pytest.mark.parametrize("format", PictureFormat)
def test_the_largest_picture_of_the_format_is_taken(format):
    data = encode_picture(np.zeros((1, FORMATS[format].largest), np.uint8), format)
    assert data.startswith(SIGNATURES[format])


@pytest.mark.parametrize(
    ("format", "media_type", "suffix"),
    [
        ("png", "image/png", ".png"),
        ("jpeg", "image/jpeg", ".jpg"),
        ("webp", "image/webp", ".webp"),
        ("gif", "image/gif", ".gif"),
        ("apng", "image/apng", ".apng"),
    ],
)
def test_facts_of_the_formats(format, media_type, suffix):
    facts = FORMATS[PictureFormat(format)]
    assert (facts.media_type, facts.suffix) == (media_type, suffix)
    assert len(FORMATS) == len(PictureFormat) == 5


def test_eight_bits_of_sixteen():
    assert eight_bit(np.array([0, 256, 257, 65534, 65535], np.uint16)).tolist() == [
        0,
        0,
        1,
        254,
        255,
    ]
    assert eight_bit(GREY) is GREY
