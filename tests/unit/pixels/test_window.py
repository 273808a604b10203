import pytest

from filmroom.dicom import VR, DataSet, Element
from filmroom.pixels.lut import LookupTable
from filmroom.pixels.window import Function, Window, voi_luts, windows


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
