import numpy as np
import pytest

from filmroom.dicom import VR, DataSet, Element
from filmroom.errors import InvalidValue
from filmroom.pixels.lut import LookupTable
from filmroom.pixels.window import Function, Window, voi_luts, windows
from filmroom.pixels.window_presets import PRESETS, preset, presets_for
from filmroom.pixels.window_range import full_window, measured_window, thinned


def windowed(centres, widths, explanations=None, function=None):
    data_set = DataSet()
    data_set["WindowCenter"], data_set["WindowWidth"] = centres, widths
    if explanations is not None:
        data_set["WindowCenterWidthExplanation"] = explanations
    if function is not None:
        data_set["VOILUTFunction"] = function
    return data_set


def test_several_windows_with_their_explanations():
    data_set = windowed(("40", "-600"), ("400", "1600"), ("MEDIASTINUM", "LUNG"))
    assert windows(data_set) == (
        Window(40, 400, Function.LINEAR, "MEDIASTINUM"),
        Window(-600, 1600, Function.LINEAR, "LUNG"),
    )


@pytest.mark.parametrize("function", Function)
def test_the_function_of_the_image_is_that_of_its_windows(function):
    (window,) = windows(windowed("40", "400", function=str(function)))
    assert window.function is function


@pytest.mark.parametrize(
    ("data_set", "expected", "tag"),
    [
        (windowed(("40", "50"), "400"), [Window(40, 400)], 0x00281050),
        (windowed("40", "0"), [], 0x00281051),
        (windowed(("40", "50"), ("-1", "400")), [Window(50, 400)], 0x00281051),
        (windowed("0.2", "0.5"), [Window(0.2, 0.5, Function.LINEAR_EXACT)], 0x00281051),
        (windowed("40", "400", function="CUBIC"), [Window(40, 400)], 0x00281056),
    ],
    ids=["more centres", "width 0", "negative width", "below 1", "function"],
)
def test_what_is_tolerated_is_an_issue(data_set, expected, tag):
    assert list(windows(data_set)) == expected
    assert [issue.tag for issue in data_set.issues] == [tag]


def test_centres_that_are_no_numbers_are_left_out():
    data_set = DataSet()
    data_set.add(Element(0x00281050, VR.DS, b"wide\\40 "))
    data_set.add(Element(0x00281051, VR.DS, b"100\\400 "))
    assert windows(data_set) == (Window(40, 400),)
    assert [issue.tag for issue in data_set.issues] == [0x00281050]


def test_tables_come_before_windows():
    data_set, table = windowed("40", "400"), DataSet()
    table["LUTDescriptor"], table["LUTExplanation"] = (2, 0, 8), "HIGH CONTRAST"
    table.set("LUTData", VR.US, (0, 255))
    data_set["VOILUTSequence"] = (table,)
    first, second = voi_luts(data_set)
    assert isinstance(first, LookupTable)
    assert first.explanation == "HIGH CONTRAST"
    assert second == Window(40, 400)


def test_a_frames_window_goes_before_the_images():
    data_set, groups = windowed("1", "100"), DataSet()
    groups["FrameVOILUTSequence"] = (windowed("2", "200", function="SIGMOID"),)
    data_set["PerFrameFunctionalGroupsSequence"] = (groups, DataSet())
    assert voi_luts(data_set, 0) == (Window(2, 200, Function.SIGMOID),)
    assert voi_luts(data_set, 1) == (Window(1, 100),)


def test_every_preset_is_a_window_of_hounsfield_units():
    for name, row in PRESETS.items():
        assert row.name == name
        assert preset(name, "CT") == Window(row.centre, row.width, explanation=name)
        assert -1024 < row.centre < row.centre + row.width / 2 < 3071


@pytest.mark.parametrize(
    ("name", "centre", "width"),
    [
        ("soft-tissue", 40, 400),
        ("abdomen", 40, 350),
        ("liver", 80, 150),
        ("mediastinum", 50, 350),
        ("lung", -600, 1500),
        ("angiography", 300, 600),
        ("bone", 400, 1800),
        ("spine", 50, 250),
        ("brain", 40, 80),
        ("stroke", 32, 8),
        ("subdural", 75, 215),
        ("temporal-bone", 600, 2800),
    ],
)
def test_the_presets_row_by_row(name, centre, width):
    window = preset(name.upper().replace("-", "_"), "CT")
    assert (window.centre, window.width) == (centre, width)
    assert len(PRESETS) == 12


def test_presets_that_suit_the_body_part_come_first():
    assert [row.name for row in presets_for("CT", "chest")][:2] == ["mediastinum", "lung"]
    assert presets_for("CT", "C SPINE")[0].name == "bone"
    assert len(presets_for("CT")) == len(PRESETS)
    assert presets_for("MR", "HEAD") == ()


@pytest.mark.parametrize(("name", "modality"), [("lungs", "CT"), ("lung", "MR"), ("lung", "")])
def test_a_preset_that_does_not_fit_is_refused(name, modality):
    with pytest.raises(InvalidValue, match="preset"):
        preset(name, modality)


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
