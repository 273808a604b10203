import numpy as np
import pytest

from filmroom.dicom import VR, DataSet, Element
from filmroom.errors import DataError, InvalidValue, TruncatedData
from filmroom.pixels.overlay import Overlay, draw, overlays

WHITE = (255, 255, 255)


def packed(mask):
    bits = np.packbits(np.asarray(mask, np.uint8).ravel(), bitorder="little")
    return bits.tobytes() + b"\0" * (bits.size % 2)


def overlay_group(mask, group=0x6000, vr=VR.OW, little_endian=True, data_set=None, **extra):
    """One overlay of a mask, (rows, columns) or (frames, rows, columns)."""
    mask = np.asarray(mask)
    data_set = DataSet() if data_set is None else data_set
    base = group << 16
    data_set.set(base | 0x10, VR.US, mask.shape[-2])
    data_set.set(base | 0x11, VR.US, mask.shape[-1])
    data_set.set(base | 0x40, VR.CS, extra.get("type", "G"))
    data_set.set(base | 0x50, VR.SS, extra.get("origin", (1, 1)))
    data_set.set(base | 0x100, VR.US, 1)
    data_set.set(base | 0x102, VR.US, 0)
    for element, vr_of, key in ((0x15, VR.IS, "frames"), (0x51, VR.US, "first")):
        if key in extra:
            data_set.set(base | element, vr_of, extra[key])
    raw = packed(mask)
    if not little_endian:
        raw = np.frombuffer(raw, "u2").byteswap().tobytes()
    data_set.add(Element(base | 0x3000, vr, raw, little_endian=little_endian))
    return data_set


def embedded(bit, *, allocated=16, stored=12, high=11):
    data_set = DataSet()
    for keyword, value in {
        "Rows": 2,
        "Columns": 3,
        "BitsAllocated": allocated,
        "BitsStored": stored,
        "HighBit": high,
    }.items():
        data_set[keyword] = value
    data_set.set(0x60000010, VR.US, 2)
    data_set.set(0x60000011, VR.US, 3)
    data_set.set(0x60000102, VR.US, bit)
    return data_set


MASK = np.random.default_rng(3).random((5, 7)) < 0.5
FRAMES = np.random.default_rng(4).random((3, 5, 7)) < 0.5


@pytest.mark.parametrize("vr", [VR.OW, VR.OB])
def test_the_least_significant_bit_comes_first_and_rows_follow_without_gaps(vr):
    (overlay,) = overlays(overlay_group(MASK, vr=vr))
    assert np.array_equal(overlay.mask(0), MASK)
    assert overlay.mask(0).dtype == np.bool_


def test_in_big_endian_the_bytes_of_words_are_swapped():
    (overlay,) = overlays(overlay_group(MASK, little_endian=False))
    assert np.array_equal(overlay.mask(0), MASK)


@pytest.mark.parametrize("little_endian", [True, False])
def test_frames_of_an_overlay_follow_without_gaps(little_endian):
    (overlay,) = overlays(overlay_group(FRAMES, frames=3, little_endian=little_endian))
    for number, mask in enumerate(FRAMES):
        assert np.array_equal(overlay.mask(number), mask)


@pytest.mark.parametrize(
    ("extra", "covered"),
    [
        ({}, range(5)),
        ({"frames": 1}, range(5)),
        ({"frames": 3}, [0, 1, 2]),
        ({"frames": 3, "first": 2}, [1, 2, 3]),
        ({"first": 3}, [2]),
        ({"frames": 1, "first": 1}, [0]),
    ],
)
def test_which_frames_of_the_image_an_overlay_is_for(extra, covered):
    (overlay,) = overlays(overlay_group(FRAMES, **extra))
    assert [frame for frame in range(5) if overlay.covers(frame)] == list(covered)
    for frame in covered:
        expected = FRAMES[frame - covered[0]] if extra.get("frames", 1) > 1 else FRAMES[0]
        assert np.array_equal(overlay.mask(frame), expected)


def test_a_frame_without_overlay_is_refused():
    (overlay,) = overlays(overlay_group(FRAMES, frames=3))
    with pytest.raises(InvalidValue):
        overlay.mask(3)


def test_planes_come_in_order_of_their_groups_with_what_they_say_of_themselves():
    data_set = overlay_group(MASK, group=0x601E, type="R", origin=(-2, 4))
    overlay_group(~MASK, group=0x6002, data_set=data_set)
    data_set.set(0x60021500, VR.LO, "Fractures")
    data_set.set(0x60020022, VR.LO, "drawn by a program")
    first, second = overlays(data_set)
    assert (first.group, first.type, first.label) == (0x6002, "G", "Fractures")
    assert first.description == "drawn by a program"
    assert (second.group, second.type, second.origin) == (0x601E, "R", (-2, 4))


@pytest.mark.parametrize("bit", [12, 15])
def test_an_embedded_overlay_is_a_bit_of_the_pixel_cells(bit):
    (overlay,) = overlays(embedded(bit))
    cells = np.array([[1 << bit, 0, 0xFFFF], [0x0FFF, 1 << bit | 5, 0]], np.uint16)
    assert overlay.bit == bit
    assert overlay.mask(7, cells).tolist() == [[True, False, True], [False, True, False]]


def test_an_embedded_overlay_below_the_stored_bits():
    (overlay,) = overlays(embedded(0, stored=12, high=15))
    assert overlay.mask(0, np.array([[1, 16, 17]], np.uint16)).tolist() == [[True, False, True]]


@pytest.mark.parametrize("bit", [0, 11, 16])
def test_a_bit_of_the_stored_value_is_no_overlay(bit):
    data_set = embedded(bit)
    assert overlays(data_set) == ()
    assert [issue.tag for issue in data_set.issues] == [0x60003000]


def test_pixels_of_three_samples_hold_no_overlay():
    data_set = embedded(15)
    data_set["SamplesPerPixel"] = 3
    assert overlays(data_set) == ()


def test_a_group_without_size_is_left_out_with_an_issue():
    data_set = overlay_group(MASK)
    del data_set[0x60000010]
    assert overlays(data_set) == ()
    assert [issue.tag for issue in data_set.issues] == [0x60000010]


def test_groups_that_hold_no_plane_are_passed_over_silently():
    data_set = DataSet()
    data_set.set(0x60000022, VR.LO, "left behind")
    assert overlays(data_set) == ()
    assert not data_set.issues


@pytest.mark.parametrize("little_endian", [True, False])
def test_data_that_ends_early_is_truncated(little_endian):
    data_set = overlay_group(FRAMES, frames=4, little_endian=little_endian)
    (overlay,) = overlays(data_set)
    overlay.mask(2)
    with pytest.raises(TruncatedData) as raised:
        overlay.mask(3)
    assert raised.value.tag == 0x60003000


def test_a_huge_overlay_of_few_bytes_takes_no_memory():
    data_set = overlay_group(MASK)
    data_set.set(0x60000010, VR.US, 65535)
    data_set.set(0x60000011, VR.US, 65535)
    with pytest.raises(DataError):
        overlays(data_set)[0].mask(0)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ((1, 1), [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]]),
        ((2, 3), [[0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]]),
        ((3, 4), [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]]),
        ((0, 0), [[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]),
        ((0, 4), [[0, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0]]),
        ((4, 1), [[0, 0, 0, 0]] * 3),
        ((-1, 1), [[0, 0, 0, 0]] * 3),
        ((-9, 99), [[0, 0, 0, 0]] * 3),
    ],
)
def test_an_overlay_is_cut_at_the_edges_of_the_image(origin, expected):
    picture = np.zeros((3, 4), np.uint8)
    drawn = draw(picture, np.ones((2, 2), np.bool_), origin, WHITE)
    assert drawn is picture
    assert (drawn // 255).tolist() == expected


def test_drawing_white_keeps_grey_and_colour_makes_colour():
    mask = np.eye(2, dtype=np.bool_)
    grey = np.full((2, 2), 7, np.uint8)
    assert draw(grey.copy(), mask, (1, 1), WHITE).tolist() == [[255, 7], [7, 255]]
    coloured = draw(grey, mask, (1, 1), (255, 128, 0))
    assert coloured.tolist() == [[[255, 128, 0], [7] * 3], [[7] * 3, [255, 128, 0]]]
    assert grey.tolist() == [[7, 7], [7, 7]]
    assert draw(coloured, mask, (1, 1), (0, 0, 9))[0, 0].tolist() == [0, 0, 9]


def test_sixteen_bits_take_white_of_the_whole_range_and_become_eight_in_colour():
    picture = np.zeros((1, 2), np.uint16)
    mask = np.array([[True, False]])
    assert draw(picture, mask, (1, 1), WHITE).tolist() == [[65535, 0]]
    coloured = draw(picture, mask, (1, 1), (1, 2, 255))
    assert coloured.dtype == np.uint8
    assert coloured[0, 0].tolist() == [1, 2, 255]


def test_an_overlay_made_by_hand_covers_what_it_says():
    overlay = Overlay(0x6000, 1, 1, "G", first_frame=2, frames=2)
    assert [overlay.covers(frame) for frame in range(5)] == [False, False, True, True, False]
