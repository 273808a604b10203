import numpy as np
import pytest

from filmroom.dicom import VR, DataSet
from filmroom.pixels.presentation import Presentation, presentation

LEVELS = np.array([0, 0.25, 1])


@pytest.mark.parametrize(
    ("photometric", "shape", "inverse", "noted"),
    [
        ("MONOCHROME2", "", False, False),
        ("MONOCHROME2", "IDENTITY", False, False),
        ("MONOCHROME2", "INVERSE", True, False),
        ("MONOCHROME1", "", True, False),
        ("MONOCHROME1", "INVERSE", True, False),
        ("MONOCHROME1", "IDENTITY", True, True),
        ("MONOCHROME2", "LIN OD", False, True),
        ("MONOCHROME1", "LIN OD", True, True),
    ],
)
def test_low_values_are_bright_where_photometric_interpretation_or_shape_says_so(
    photometric, shape, inverse, noted
):
    data_set = DataSet()
    if shape:
        data_set["PresentationLUTShape"] = shape
    found = presentation(data_set, photometric)
    assert found == Presentation(inverse)
    assert found.apply(LEVELS).tolist() == ([1, 0.75, 0] if inverse else [0, 0.25, 1])
    assert [issue.tag for issue in data_set.issues] == ([0x20500020] if noted else [])


def test_a_table_takes_the_whole_range_of_levels_and_is_not_inverted():
    data_set, table = DataSet(), DataSet()
    table["LUTDescriptor"] = (5, 0, 10)
    table.set("LUTData", VR.US, (0, 100, 200, 300, 1023))
    data_set["PresentationLUTSequence"] = (table,)
    found = presentation(data_set, "MONOCHROME1")
    assert found.apply(LEVELS).tolist() == [0, 100 / 1023, 1]


def test_the_negative_of_the_negative():
    assert Presentation().inverted() == Presentation(inverse=True)
    assert Presentation().inverted().inverted() == Presentation()
