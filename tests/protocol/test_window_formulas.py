"""VOI LUT functions against PS3.3 §C.11.2.1.2 and §C.11.2.1.3, its pseudo-code typed a second time.

The standard's own examples are rows of tables; between them hypothesis compares.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmroom.errors import InvalidValue
from filmroom.pixels.window import Function, Window

Y_MIN, Y_MAX = 0.0, 255.0


def linear(x, c, w):
    """§C.11.2.1.2.1."""
    if x <= c - 0.5 - (w - 1) / 2:
        return Y_MIN
    if x > c - 0.5 + (w - 1) / 2:
        return Y_MAX
    return ((x - (c - 0.5)) / (w - 1) + 0.5) * (Y_MAX - Y_MIN) + Y_MIN


def linear_exact(x, c, w):
    """§C.11.2.1.3.2."""
    if x <= c - w / 2:
        return Y_MIN
    if x > c + w / 2:
        return Y_MAX
    return ((x - c) / w + 0.5) * (Y_MAX - Y_MIN) + Y_MIN


def sigmoid(x, c, w):
    """§C.11.2.1.3.1, equation C.11-1."""
    return (Y_MAX - Y_MIN) / (1 + math.exp(-4 * (x - c) / w)) + Y_MIN


PSEUDO_CODE = {
    Function.LINEAR: linear,
    Function.LINEAR_EXACT: linear_exact,
    Function.SIGMOID: sigmoid,
}

# The examples in the notes of both linear sections, worked out by hand: c, w, x, y.
LINEAR_ROWS = [
    (2048, 4096, -1, 0),
    (2048, 4096, 0, 0),
    (2048, 4096, 1, 255 / 4095),
    (2048, 4096, 2047.5, 127.5),
    (2048, 4096, 4095, 255),
    (2048, 4096, 4096, 255),
    (2048, 1, 2047, 0),
    (2048, 1, 2047.5, 0),
    (2048, 1, 2048, 255),
    (0, 100, -51, 0),
    (0, 100, -50, 0),
    (0, 100, -0.5, 127.5),
    (0, 100, 0, 255 * (0.5 / 99 + 0.5)),
    (0, 100, 49, 255),
    (0, 100, 50, 255),
    (0, 1, -1, 0),
    (0, 1, -0.5, 0),
    (0, 1, 0, 255),
    (40, 400, -160, 0),
    (40, 400, 239, 255),
]
LINEAR_EXACT_ROWS = [
    (2048, 4096, 0, 0),
    (2048, 4096, 1, 255 / 4096),
    (2048, 4096, 2048, 127.5),
    (2048, 4096, 4096, 255),
    (2048, 1, 2047.5, 0),
    (2048, 1, 2048, 127.5),
    (2048, 1, 2048.5, 255),
    (0, 100, -50, 0),
    (0, 100, 0, 127.5),
    (0, 100, 25, 191.25),
    (0, 100, 50, 255),
    (0, 100, 51, 255),
    (0.5, 0.01, 0.5, 127.5),
]
SIGMOID_ROWS = [
    (0, 100, 0, 127.5),
    (0, 100, 25, 255 / (1 + math.exp(-1))),
    (0, 100, -25, 255 / (1 + math.exp(1))),
    (40, 400, 240, 255 / (1 + math.exp(-2))),
    (40, 400, -160, 255 / (1 + math.exp(2))),
]
ROWS = [
    *((Function.LINEAR, *row) for row in LINEAR_ROWS),
    *((Function.LINEAR_EXACT, *row) for row in LINEAR_EXACT_ROWS),
    *((Function.SIGMOID, *row) for row in SIGMOID_ROWS),
]


@pytest.mark.parametrize(("function", "c", "w", "x", "y"), ROWS)
def test_the_standards_examples(function, c, w, x, y):
    levels = Window(c, w, function).levels(np.array([x]))
    assert levels[0] * 255 == pytest.approx(y, abs=1e-9)
    assert PSEUDO_CODE[function](x, c, w) == pytest.approx(y, abs=1e-9)


@pytest.mark.parametrize("function", Function)
@given(
    c=st.floats(-70_000, 70_000),
    w=st.floats(1, 70_000),
    values=st.lists(st.integers(-65_536, 65_535), min_size=1, max_size=30),
)
def test_any_window_follows_the_pseudo_code(function, c, w, values):
    levels = Window(c, w, function).levels(np.array(values, np.int32)) * 255
    for x, level in zip(values, levels, strict=True):
        if function is Function.SIGMOID and abs(4 * (x - c) / w) > 700:
            assert level == pytest.approx(0 if x < c else 255)
        else:
            assert level == pytest.approx(PSEUDO_CODE[function](x, c, w), abs=1e-3)


@pytest.mark.parametrize(
    ("function", "least_refused", "least_allowed"),
    [
        (Function.LINEAR, 0.99, 1),
        (Function.LINEAR_EXACT, 0, 1e-6),
        (Function.SIGMOID, 0, 1e-6),
    ],
)
def test_widths_that_the_standard_allows(function, least_refused, least_allowed):
    Window(0, least_allowed, function)
    for width in (least_refused, -1, math.nan, math.inf):
        with pytest.raises(InvalidValue, match="window"):
            Window(0, width, function)


def test_the_defined_terms():
    assert [str(function) for function in Function] == ["LINEAR", "LINEAR_EXACT", "SIGMOID"]


@pytest.mark.parametrize("bits", [1, 8, 12, 16])
def test_note_4_centre_and_width_that_are_the_identity(bits):
    values = np.arange(1 << bits)
    levels = Window(1 << bits - 1, 1 << bits).levels(values)
    assert np.allclose(levels * ((1 << bits) - 1), values)
