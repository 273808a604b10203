import numpy as np
import pytest

from filmroom.dicom import VR, DataSet
from filmroom.pixels.lut import LookupTable
from filmroom.pixels.modality import Rescale, modality_lut


def rescale_of(slope, intercept, kind="HU"):
    item = DataSet()
    item["RescaleSlope"], item["RescaleIntercept"], item["RescaleType"] = slope, intercept, kind
    return item


def enhanced(shared=None, per_frame=()):
    """Pixel Value Transformation in shared and per-frame functional groups."""
    data_set = DataSet()
    if shared is not None:
        groups = DataSet()
        groups["PixelValueTransformationSequence"] = (shared,)
        data_set["SharedFunctionalGroupsSequence"] = (groups,)
    items = []
    for item in per_frame:
        groups = DataSet()
        if item is not None:
            groups["PixelValueTransformationSequence"] = (item,)
        items.append(groups)
    if items:
        data_set["PerFrameFunctionalGroupsSequence"] = tuple(items)
    return data_set


def test_a_line_from_stored_values_to_hounsfield_units():
    rescale = modality_lut(rescale_of("2.5", "-1024"))
    assert rescale == Rescale(2.5, -1024.0, "HU")
    assert rescale.apply(np.array([[0, 2], [400, -1]], np.int16)).tolist() == [
        [-1024, -1019],
        [-24, -1026.5],
    ]


def test_without_a_modality_lut_stored_values_stay_what_they_are():
    assert modality_lut(DataSet()) == Rescale()
    assert modality_lut(DataSet()).is_identity


def test_a_table_goes_before_a_line():
    data_set, table = rescale_of("2", "0"), DataSet()
    table["LUTDescriptor"] = (2, 0xFFFF, 16)
    table.set("LUTData", VR.US, (5, 6))
    data_set["ModalityLUTSequence"] = (table,)
    lut = modality_lut(data_set, signed=True)
    assert isinstance(lut, LookupTable)
    assert lut.first == -1


def test_a_frames_own_line_goes_before_the_shared_one_and_that_before_the_images():
    data_set = enhanced(rescale_of("2", "0"), [rescale_of("3", "0"), None])
    data_set["RescaleSlope"] = "7"
    assert [modality_lut(data_set, frame).slope for frame in range(3)] == [3, 2, 2]
    data_set = enhanced(None, [rescale_of("3", "0"), None])
    data_set["RescaleSlope"] = "7"
    assert [modality_lut(data_set, frame).slope for frame in range(2)] == [3, 7]


def test_a_slope_of_zero_counts_as_one_and_is_an_issue():
    data_set = rescale_of("0", "-5")
    assert modality_lut(data_set) == Rescale(1.0, -5.0, "HU")
    assert [issue.tag for issue in data_set.issues] == [0x00281053]


@pytest.mark.parametrize("text", ["", "soon", "1,5"])
def test_text_that_is_no_number_counts_as_absent(text):
    data_set = DataSet()
    data_set.set("RescaleSlope", VR.DS, text)
    data_set.set("RescaleIntercept", VR.LO, "x")
    assert modality_lut(data_set) == Rescale()
