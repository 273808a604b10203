import numpy as np
import pytest
from identifiable import ct_image, deidentified, item, pixels

from filmroom.deidentification import Option, Region
from filmroom.deidentification.overlays import blanked_overlay, has_embedded
from filmroom.dicom import VR, DataSet, Element, ExplicitVRBigEndian

GRAPHICS = Option.CLEAN_GRAPHICS
ONES = b"\xff" * 8


def plane(kind="R", *, data=ONES, group=0x60000000, **attributes):
    """An image with an overlay plane of 8 by 8 bits."""
    given = ct_image(**attributes)
    for element, vr, value in (
        (0x0010, VR.US, 8),
        (0x0011, VR.US, 8),
        (0x0022, VR.LO, "Mass, Smith"),
        (0x0040, VR.CS, kind),
        (0x0050, VR.SS, (1, 1)),
        (0x0100, VR.US, 1),
        (0x0102, VR.US, 0),
        (0x3000, VR.OW, data),
        (0x4000, VR.LT, "Smith"),
    ):
        if value is not None:
            given.set(group | element, vr, value)
    return given


def overlay_tags(data_set):
    return {int(tag) & 0xFFFF for tag in data_set.tags() if tag >> 24 == 0x60}


def bits(element):
    raw = np.frombuffer(bytes(element.raw), np.uint8)
    return np.unpackbits(raw, bitorder="little").reshape(-1, 8, 8)


@pytest.mark.parametrize("kind", ["R", "G"])
def test_all_planes_go_without_the_option(kind):
    assert overlay_tags(deidentified(plane(kind))) == set()


def test_a_region_of_interest_stays_with_the_option_its_words_cleaned():
    made = deidentified(plane("R", group=0x60020000), GRAPHICS)
    assert overlay_tags(made) == {0x0010, 0x0011, 0x0022, 0x0040, 0x0050, 0x0100, 0x0102, 0x3000}
    assert made[0x60020022] == "Mass"
    assert bytes(made.raw(0x60023000)) == ONES


def test_graphics_that_may_be_letters_go_all_the_same():
    assert overlay_tags(deidentified(plane("G"), GRAPHICS)) == set()


def test_what_is_blanked_in_the_pixels_is_blanked_in_the_plane():
    given = plane("R", **pixels())
    made = deidentified(given, GRAPHICS, Option.CLEAN_PIXEL_DATA, regions=(Region(2, 1, 3, 2),))
    expected = np.ones((1, 8, 8), int)
    expected[:, 1:3, 2:5] = 0
    assert np.array_equal(bits(made.element(0x60003000)), expected)


def test_the_origin_of_the_plane_counts():
    given = plane("R")
    given.set(0x60000050, VR.SS, (3, -1))  # its first bit is row 3, column -1
    made = blanked_overlay(given, 0x60003000, [Region(0, 2, 2, 1)])
    expected = np.ones((1, 8, 8), int)
    expected[:, 0, 2:4] = 0
    assert np.array_equal(bits(made), expected)


def test_in_big_endian_words_stand_swapped():
    given = DataSet(ExplicitVRBigEndian)
    for tag, value in ((0x60000010, 2), (0x60000011, 8)):
        given.set(tag, VR.US, value)
    given.add(Element(0x60003000, VR.OW, b"\xff\x0f", little_endian=False))
    made = blanked_overlay(given, 0x60003000, [Region(0, 0, 8, 1)])
    assert bytes(made.raw) == b"\x00\xff"
    assert made.byte_order_is_little


def test_a_plane_that_does_not_say_where_its_bits_stand_goes():
    assert blanked_overlay(plane("R", data=b"\xff\xff"), 0x60003000, [Region(0, 0, 1, 1)]) is None


def test_planes_in_the_bits_beside_the_pixels_are_found():
    assert has_embedded(plane("G", data=None))
    assert not has_embedded(plane("G"))
    assert not has_embedded(ct_image())


def test_annotations_stay_with_their_text_cleaned():
    text = item(UnformattedTextValue="mass, Smith 55F")
    point = item(GraphicType="POINT", GraphicData=(1.0, 2.0))
    annotation = item(GraphicLayer="L", TextObjectSequence=(text,), GraphicObjectSequence=(point,))
    made = deidentified(ct_image(GraphicAnnotationSequence=(annotation,)), GRAPHICS)
    (found,) = made["GraphicAnnotationSequence"]
    assert found["TextObjectSequence"][0]["UnformattedTextValue"] == "mass"
    assert found["GraphicObjectSequence"][0]["GraphicData"] == (1.0, 2.0)
