import numpy as np
import pytest

from filmroom.pixels.window import Function
from filmroom.pixels.window_range import full_window, measured_window, thinned


@pytest.mark.parametrize("bits", [1, 7, 8])
def test_the_full_window_is_the_identity(bits):
    values = np.arange(1 << bits)
    assert np.allclose(full_window(bits, signed=False).levels(values), np.linspace(0, 1, 1 << bits))
    shifted = values - (1 << bits - 1)
    assert np.allclose(full_window(bits, signed=True).levels(shifted), np.linspace(0, 1, 1 << bits))


def test_the_measured_window_leaves_out_a_few_extreme_values():
    values = np.concatenate([np.linspace(100, 200, 9_990), [60_000] * 5, [-60_000] * 5])
    window = measured_window([values])
    assert window.function is Function.LINEAR_EXACT
    assert window.centre == pytest.approx(150, abs=0.1)
    assert window.width == pytest.approx(99, abs=0.2)


def test_the_measured_window_is_of_all_frames_together():
    window = measured_window([np.zeros(1000), np.full(1000, 100)])
    assert (window.centre, window.width) == (50, 100)


def test_the_measured_window_of_a_few_spots_on_nothing_shows_them():
    values = np.zeros(100_000)
    values[:3] = 7
    window = measured_window([values])
    assert window.levels(np.array([0, 7])).tolist() == [0, 1]


@pytest.mark.parametrize("values", [[], [5.0] * 9, [np.nan, np.inf], [-np.inf, 5.0]])
def test_of_one_value_or_none_the_measured_window_makes_black(values):
    window = measured_window([np.array(values)])
    assert window.levels(np.array([5.0 if 5.0 in values else 0.0])).tolist() == [0]


def test_huge_values_do_not_overflow():
    window = measured_window([np.array([-1.7e308, 1.7e308])])
    assert np.isfinite(window.centre)


@pytest.mark.parametrize(("size", "step"), [(10, 1), (512 * 512, 1), (1024 * 1024, 5)])
def test_large_frames_are_thinned_over_all_columns(size, step):
    kept = thinned(np.arange(size).reshape(2, -1))
    assert kept.tolist() == list(range(0, size, step))
