import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmroom.pixels.grayscale import Grayscale
from filmroom.pixels.lut import LookupTable
from filmroom.pixels.modality import Rescale
from filmroom.pixels.padding import Padding
from filmroom.pixels.presentation import Presentation
from filmroom.pixels.value_table import fits_table, look_up, value_table
from filmroom.pixels.window import Function, Window

TABLE = LookupTable(-3, np.array([0, 5, 9, 900, 4095], np.uint16), 12)
NORMAL = Presentation()

modality_luts = st.one_of(
    st.builds(Rescale, st.floats(-50, 50), st.floats(-5000, 5000)), st.just(TABLE)
)
voi_luts = st.one_of(
    st.builds(Window, st.floats(-5000, 5000), st.floats(1, 9000), st.sampled_from(list(Function))),
    st.just(TABLE),
)
pipelines = st.builds(
    Grayscale,
    modality_luts,
    voi_luts,
    st.builds(Presentation, st.booleans(), st.sampled_from([None, TABLE])),
    st.sampled_from([None, Padding(-5, 30)]),
    st.sampled_from([8, 16]),
)


@given(pipeline=pipelines, dtype=st.sampled_from(["i1", "u1", "i2", "u2"]), data=st.data())
def test_the_table_gives_what_the_calculation_gives(pipeline, dtype, data):
    limits = np.iinfo(dtype)
    stored = np.array(
        data.draw(st.lists(st.integers(limits.min, limits.max), min_size=1, max_size=40)), dtype
    )
    found = look_up(value_table(pipeline.apply, np.dtype(dtype)), stored)
    assert found.dtype == pipeline.dtype
    assert np.array_equal(found, pipeline.apply(stored))


@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "u2"])
def test_every_value_of_the_type_has_a_row(dtype):
    pipeline = Grayscale(Rescale(3, -7), Window(0, 500), NORMAL)
    table = value_table(pipeline.apply, np.dtype(dtype))
    limits = np.iinfo(dtype)
    stored = np.arange(limits.min, limits.max + 1).astype(dtype)
    assert len(table) == len(stored)
    assert np.array_equal(look_up(table, stored), pipeline.apply(stored))


def test_frames_that_are_views_across_memory_are_looked_up_too():
    pipeline = Grayscale(Rescale(), Window(0, 500), NORMAL)
    table = value_table(pipeline.apply, np.dtype("i2"))
    stored = np.arange(-50, 50, dtype=np.int16).reshape(10, 10)
    for view in (stored.T, stored[::2, ::3], stored[::-1]):
        assert np.array_equal(look_up(table, view), pipeline.apply(view))


def test_a_table_of_colours_adds_an_axis():
    table = np.arange(256 * 3, dtype=np.uint32).reshape(256, 3)
    stored = np.array([[-1, 0], [1, 2]], np.int8)
    found = look_up(table, stored)
    assert found.shape == (2, 2, 3)
    assert found[0, 0].tolist() == [765, 766, 767]


@pytest.mark.parametrize(
    ("dtype", "fits"),
    [("u1", True), ("i2", True), ("u4", False), ("i8", False), ("f2", False), ("f4", False)],
)
def test_types_with_few_enough_values(dtype, fits):
    assert fits_table(np.dtype(dtype)) is fits
