import numpy as np
import pytest

from filmroom.errors import InvalidValue
from filmroom.pixels.resampling import fitted_size, resample

RANDOM = np.random.default_rng(11)


def by_hand(values, size):
    """One axis, pixel by pixel: the average weighted by a triangle."""
    step = len(values) / size
    reach = max(step, 1)
    out = []
    for number in range(size):
        centre = (number + 0.5) * step - 0.5
        weights = [max(0, 1 - abs(place - centre) / reach) for place in range(len(values))]
        out.append(sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights))
    return out


@pytest.mark.parametrize(("old", "new"), [(7, 3), (3, 7), (64, 1), (1, 5), (10, 9), (100, 33)])
@pytest.mark.parametrize("axis", [0, 1])
def test_each_axis_is_an_average_weighted_by_a_triangle(old, new, axis):
    line = RANDOM.integers(0, 65536, old).astype(np.uint16)
    picture = np.expand_dims(line, 1 - axis)
    shape = (new, 1) if axis == 0 else (1, new)
    found = resample(picture, *shape).ravel()
    assert np.allclose(found, by_hand(line.tolist(), new), atol=0.51)


def test_enlarging_twice_is_linear_between_pixels():
    picture = np.array([[0, 100]], np.uint8)
    assert resample(picture, 1, 4).tolist() == [[0, 25, 75, 100]]


@pytest.mark.parametrize("size", [(1, 1), (3, 50), (200, 7), (45, 60)])
def test_an_even_picture_stays_even(size):
    for value in (0, 7, 255):
        picture = np.full((40, 50), value, np.uint8)
        assert np.array_equal(resample(picture, *size), np.full(size, value))


def test_a_smaller_picture_is_as_bright_as_the_large_one():
    picture = RANDOM.integers(0, 256, (256, 256)).astype(np.uint8)
    assert resample(picture, 64, 64).mean() == pytest.approx(picture.mean(), abs=0.6)


def test_a_fine_pattern_becomes_grey_instead_of_moire():
    picture = np.indices((256, 256)).sum(axis=0).astype(np.uint8) % 2 * 255
    small = resample(picture, 50, 50)
    assert small.min() > 110
    assert small.max() < 145


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_dtype_and_colours_stay(dtype):
    picture = RANDOM.integers(0, 200, (6, 8, 3)).astype(dtype)
    found = resample(picture, 3, 16)
    assert found.shape == (3, 16, 3)
    assert found.dtype == dtype
    for sample in range(3):
        assert np.array_equal(found[..., sample], resample(picture[..., sample], 3, 16))


def test_the_same_size_is_the_same_picture():
    picture = RANDOM.integers(0, 200, (6, 8)).astype(np.uint8)
    assert resample(picture, 6, 8) is picture


def test_the_whole_range_is_kept():
    picture = np.array([[0, 65535], [65535, 0]], np.uint16)
    found = resample(picture, 8, 8)
    assert (found.min(), found.max()) == (0, 65535)


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (-1, 5), (65536, 1), (65535, 65535)])
def test_sizes_that_cannot_be_are_refused_before_memory_is_taken(size):
    with pytest.raises(InvalidValue):
        resample(np.zeros((2, 2), np.uint8), *size)


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, (100, 200)),
        ({"width": 100}, (50, 100)),
        ({"height": 200}, (200, 400)),
        ({"height": 200, "width": 100}, (50, 100)),
        ({"height": 10, "width": 100}, (10, 20)),
        ({"width": 1}, (1, 1)),
    ],
)
def test_a_size_that_fits_keeps_the_proportions(limits, expected):
    assert fitted_size(100, 200, **limits) == expected
