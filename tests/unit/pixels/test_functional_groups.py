import pytest
from images import item

from filmroom.dicom import DataSet
from filmroom.pixels.functional_groups import functional_group

MEASURES = 0x00289110


def groups(spacing=None):
    """The functional groups of a frame, with Pixel Measures where ``spacing`` is given."""
    if spacing is None:
        return DataSet()
    return item(PixelMeasuresSequence=(item(PixelSpacing=(spacing, spacing)),))


def spacing_of(data_set, frame):
    found = functional_group(data_set, MEASURES, frame)
    return None if found is None else found.text("PixelSpacing")


@pytest.mark.parametrize(
    ("shared", "per_frame", "expected"),
    [
        ("1", ("2", "3"), ["2\\2", "3\\3", "1\\1"]),
        ("1", (None, "3"), ["1\\1", "3\\3", "1\\1"]),
        (None, ("2", None), ["2\\2", None, None]),
        (None, (), [None, None, None]),
    ],
)
def test_a_frames_own_group_goes_before_the_shared_one(shared, per_frame, expected):
    data_set = item(SharedFunctionalGroupsSequence=(groups(shared),))
    if per_frame:
        data_set["PerFrameFunctionalGroupsSequence"] = tuple(map(groups, per_frame))
    assert [spacing_of(data_set, frame) for frame in range(3)] == expected


def test_an_image_without_functional_groups_has_none():
    assert functional_group(DataSet(), MEASURES, 0) is None


def test_a_group_without_item_is_none():
    data_set = item(SharedFunctionalGroupsSequence=(item(PixelMeasuresSequence=()),))
    assert functional_group(data_set, MEASURES, 0) is None
