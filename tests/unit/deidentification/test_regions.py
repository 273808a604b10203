import pytest
from hypothesis import given
from hypothesis import strategies as st
from identifiable import item

from filmroom.deidentification import Region
from filmroom.deidentification.regions import outside, ultrasound_regions
from filmroom.errors import ConfigurationError, InvalidValue

regions = st.builds(
    Region, st.integers(0, 12), st.integers(0, 12), st.integers(1, 9), st.integers(1, 9)
)


def covered(found):
    return {
        (x, y)
        for region in found
        for x in range(region.x, region.x + region.width)
        for y in range(region.y, region.y + region.height)
    }


def test_four_numbers_are_a_region():
    assert Region.parse("0, 5,10,20") == Region(0, 5, 10, 20)


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,4,5", "-1,0,5,5", "0,0,0,5", "a,b,c,d"])
def test_anything_else_is_none(text):
    with pytest.raises(ConfigurationError) as raised:
        Region.parse(text)
    assert raised.value.setting == "blank"


@given(st.lists(regions, max_size=4))
def test_outside_is_every_pixel_but_those_inside_and_each_once(kept):
    everything = covered([Region(0, 0, 10, 8)])
    found = outside(kept, rows=8, columns=10)
    assert covered(found) == everything - covered(kept)
    assert sum(region.width * region.height for region in found) == len(covered(found))


@given(regions)
def test_within_is_what_lies_in_the_image(region):
    part = region.within(8, 10)
    assert covered([part] if part else []) == covered([region]) & covered([Region(0, 0, 10, 8)])


def corners(x0, y0, x1, y1):
    return item(
        RegionLocationMinX0=x0, RegionLocationMinY0=y0, RegionLocationMaxX1=x1,
        RegionLocationMaxY1=y1,
    )  # fmt: skip


def test_corners_of_ultrasound_regions_lie_inside_them():
    data_set = item(SequenceOfUltrasoundRegions=(corners(2, 3, 5, 4), corners(0, 0, 0, 0)))
    assert ultrasound_regions(data_set) == (Region(2, 3, 4, 2), Region(0, 0, 1, 1))


@pytest.mark.parametrize(
    "broken", [item(RegionLocationMinX0=1), corners(5, 3, 2, 4), corners(2, 4, 5, 3)]
)
def test_ultrasound_regions_that_cannot_be_raise(broken):
    with pytest.raises(InvalidValue):
        ultrasound_regions(item(SequenceOfUltrasoundRegions=(broken,)))
