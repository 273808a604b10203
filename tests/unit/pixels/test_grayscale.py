import numpy as np
import pytest

from filmroom.pixels.grayscale import Grayscale
from filmroom.pixels.lut import LookupTable
from filmroom.pixels.modality import Rescale
from filmroom.pixels.padding import Padding
from filmroom.pixels.presentation import Presentation
from filmroom.pixels.window import Function, Window

TABLE = LookupTable(-3, np.array([0, 5, 9, 900, 4095], np.uint16), 12)
NORMAL = Presentation()


def test_hounsfield_units_through_a_window():
    pipeline = Grayscale(Rescale(1, -1024), Window(40, 401, Function.LINEAR), NORMAL)
    stored = np.array([0, 864, 865, 1064, 1262, 1264, 4095], np.uint16)
    assert pipeline.apply(stored).tolist() == [0, 0, 1, 128, 254, 255, 255]


def test_eight_bit_greys_come_out_as_they_are():
    pipeline = Grayscale(Rescale(), Window(128, 256), NORMAL)
    stored = np.arange(256, dtype=np.uint8)
    assert np.array_equal(pipeline.apply(stored), stored)


def test_sixteen_bits_keep_what_eight_would_lose():
    pipeline = Grayscale(Rescale(), Window(32768, 65536), NORMAL, bits=16)
    stored = np.arange(65536, dtype=np.uint16)
    assert pipeline.dtype == np.uint16
    assert np.array_equal(pipeline.apply(stored), stored)


def test_padding_is_black_also_in_the_negative():
    pipeline = Grayscale(Rescale(), Window(128, 256), Presentation(inverse=True), Padding(0, 10))
    assert pipeline.apply(np.array([0, 10, 11, 255], np.uint8)).tolist() == [0, 0, 244, 0]


def test_a_presentation_table_comes_last():
    gamma = LookupTable(0, np.array([0, 0, 255], np.uint16), 8)
    pipeline = Grayscale(Rescale(), Window(128, 256), Presentation(table=gamma))
    assert pipeline.apply(np.array([0, 100, 255], np.uint8)).tolist() == [0, 0, 255]


def test_what_is_no_number_is_black():
    pipeline = Grayscale(Rescale(), Window(0.5, 1, Function.LINEAR_EXACT), NORMAL)
    values = np.array([np.nan, -np.inf, np.inf, 0.5, 1], np.float32)
    assert pipeline.apply(values).tolist() == [0, 0, 255, 128, 255]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("function", Function)
@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.float64])
def test_numbers_at_the_limits_of_doubles_neither_warn_nor_wrap(function, dtype):
    pipeline = Grayscale(Rescale(1e308, 1e308), Window(-1e308, 1, function), NORMAL)
    values = np.array([-30_000, 30_000], dtype)
    assert pipeline.apply(values).tolist() == [0, 255]
    tiny = Grayscale(Rescale(), Window(0, 1e-300, Function.SIGMOID), NORMAL)
    assert tiny.apply(values).tolist() == [0, 255]
