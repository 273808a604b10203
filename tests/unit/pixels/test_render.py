import numpy as np
import pytest
from images import add_overlay, add_palette, image, item

from filmroom.cli.phantom import hounsfield_slice
from filmroom.dicom import VR, Element, ExplicitVRLittleEndian, encode_bytes, read_data_set
from filmroom.errors import InvalidValue, MissingRequiredTag, TruncatedData
from filmroom.pixels.render import Renderer, render
from filmroom.pixels.view import View
from filmroom.pixels.window import Function, Window

WHITE, RED = (255, 255, 255), (255, 0, 0)


HU = np.array([[-1000, -160], [40, 239]], np.int16)
RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


def test_a_picture_is_greys_in_a_new_array_of_the_images_shape():
    picture = render(image(RAMP))
    assert picture.dtype == np.uint8
    assert np.array_equal(picture, RAMP)
    assert picture.flags.writeable


def test_the_first_window_of_the_image_is_used():
    data_set = image(HU, WindowCenter=("40", "0"), WindowWidth=("400", "4000"))
    assert render(data_set).tolist() == [[0, 0], [128, 255]]


def test_rescaled_values_go_through_the_window():
    stored = (HU + 1024).astype(np.uint16)
    data_set = image(stored, RescaleIntercept="-1024", RescaleSlope="1")
    assert render(data_set, view=View(Window(40, 400))).tolist() == [[0, 0], [128, 255]]


@pytest.mark.parametrize(
    ("voi", "expected"),
    [
        (Window(0, 2001, Function.LINEAR_EXACT), [[0, 107], [133, 158]]),
        (1, [[96, 117], [122, 127]]),
        ("LUNG", [[96, 117], [122, 127]]),
        (" lung ", [[96, 117], [122, 127]]),
        ("bone", [[0, 48], [77, 105]]),
        (None, [[0, 0], [128, 255]]),
    ],
)
def test_a_window_by_itself_by_place_by_name_or_a_preset(voi, expected):
    data_set = image(
        HU,
        Modality="CT",
        WindowCenter=("40", "240"),
        WindowWidth=("400", "10000"),
        WindowCenterWidthExplanation=("SOFT", "LUNG"),
    )
    assert render(data_set, view=View(voi)).tolist() == expected


def test_the_name_of_a_preset_is_taken_where_the_image_has_none_of_that_name():
    data_set = image(HU, Modality="CT")
    found = Renderer(data_set, view=View("lung")).pipeline().voi
    assert (found.centre, found.width) == (-600, 1500)
    with pytest.raises(InvalidValue, match="CT"):
        render(image(HU), view=View("lung"))


@pytest.mark.parametrize("place", [-1, 1, 99])
def test_a_place_that_the_image_does_not_offer_is_refused(place):
    data_set = image(HU, WindowCenter="40", WindowWidth="400")
    with pytest.raises(InvalidValue, match="offers 1"):
        render(data_set, view=View(place))


def test_a_voi_lut_goes_before_a_window():
    table = item(LUTDescriptor=(3, 0, 8))
    table.set("LUTData", VR.US, (0, 100, 200))
    data_set = image([[0, 1, 2, 3]], WindowCenter="1", WindowWidth="2", VOILUTSequence=(table,))
    assert render(_as(data_set, np.uint8)).tolist() == [[0, 100, 200, 200]]
    assert render(_as(data_set, np.uint8), view=View(1)).tolist() == [[0, 255, 255, 255]]


def _as(data_set, dtype):
    """The same image with pixels of another dtype."""
    pixels = np.frombuffer(data_set.raw("PixelData"), np.int64).reshape(
        data_set["Rows"], data_set["Columns"]
    )
    other = image(pixels.astype(dtype))
    for element in data_set:
        if element.tag not in other:
            other.add(element)
    return other


def test_a_modality_table_without_window_shows_its_whole_range():
    table = item(LUTDescriptor=(3, 0, 12), ModalityLUTType="OD")
    table.set("LUTData", VR.US, (0, 2048, 4095))
    data_set = image(np.array([[0, 1, 2]], np.uint16), ModalityLUTSequence=(table,))
    assert render(data_set).tolist() == [[0, 128, 255]]


def test_monochrome1_is_shown_with_low_values_bright():
    assert np.array_equal(render(image(RAMP, "MONOCHROME1")), 255 - RAMP)
    data_set = image(RAMP, "MONOCHROME1", PresentationLUTShape="INVERSE")
    assert np.array_equal(render(data_set), 255 - RAMP)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_the_negative(photometric):
    normal = render(image(RAMP, photometric))
    assert np.array_equal(render(image(RAMP, photometric), view=View(inverted=True)), 255 - normal)


def test_padding_is_black_and_does_not_move_the_measured_window():
    values = np.linspace(1000, 2000, 10_000).astype(np.int16).reshape(100, 100)
    alone = Renderer(image(values)).pipeline().voi
    values[:50] = -2000
    values[50:] = np.linspace(1000, 2000, 5_000).astype(np.int16).reshape(50, 100)
    data_set = image(values)
    data_set.set("PixelPaddingValue", VR.SS, -2000)
    renderer = Renderer(data_set, view=View(inverted=True))
    assert renderer.pipeline().voi.centre == pytest.approx(alone.centre, abs=2)
    assert renderer.pipeline().voi.width == pytest.approx(alone.width, abs=2)
    assert not renderer.frame(0)[:50].any()
    assert renderer.frame(0)[50, 0] == 255


def test_sixteen_bits_of_grey():
    values = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    data_set = image(values, bits=12, WindowCenter="2048", WindowWidth="4096")
    picture = render(data_set, view=View(bits=16))
    assert picture.dtype == np.uint16
    assert len(np.unique(picture)) == 4096
    assert (picture.min(), picture.max()) == (0, 65535)
    with pytest.raises(InvalidValue):
        View(bits=12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, np.uint32])
def test_pixels_of_more_than_16_bits_are_calculated(dtype):
    values = np.array([[0, 1], [2, 4]], dtype) * 100_000
    data_set = image(values, WindowCenter="200000", WindowWidth="400000")
    data_set["VOILUTFunction"] = "LINEAR_EXACT"
    assert render(data_set).tolist() == [[0, 64], [128, 255]]


def test_what_is_no_number_is_black_and_not_measured():
    values = np.array([[np.nan, 1.0], [2.0, np.inf]], np.float32)
    picture = render(image(values))
    assert picture[0].tolist() == [0, 0]
    assert picture[1, 0] == picture[1, 1] == 255


def test_a_float_image_measures_its_window():
    values = np.linspace(0, 1e-3, 10_000, dtype=np.float64).reshape(100, 100)
    picture = render(image(values))
    assert picture[0, 0] == 0
    assert picture[99, 99] == 255
    assert picture.mean() == pytest.approx(127.5, abs=1)


def test_frames_share_one_measured_window():
    frames = np.zeros((3, 10, 10), np.uint16)
    frames[1], frames[2] = 100, 200
    pictures = list(Renderer(image(frames)))
    assert [picture[0, 0] for picture in pictures] == [0, 128, 255]


def enhanced(frames, transformations, vois):
    data_set = image(frames)
    groups = []
    for (slope, intercept), (centre, width) in zip(transformations, vois, strict=True):
        rescale = item(RescaleSlope=slope, RescaleIntercept=intercept, RescaleType="US")
        window = item(WindowCenter=centre, WindowWidth=width)
        groups.append(
            item(PixelValueTransformationSequence=(rescale,), FrameVOILUTSequence=(window,))
        )
    data_set["PerFrameFunctionalGroupsSequence"] = tuple(groups)
    return data_set


def test_each_frame_goes_through_its_own_functional_groups():
    frames = np.full((3, 1, 1), 10, np.uint16)
    renderer = Renderer(
        enhanced(
            frames, [("1", "0"), ("2", "0"), ("2", "0")], [("10", "21"), ("10", "21"), ("20", "41")]
        )
    )
    assert [picture.item() for picture in renderer] == [134, 255, 131]
    assert renderer[2].item() == 131
    assert [picture.item() for picture in renderer[:2]] == [134, 255]
    assert [picture.item() for picture in renderer.pictures([2, 0])] == [131, 134]


def test_frames_are_counted_from_0_and_those_not_there_refused():
    renderer = Renderer(image(np.zeros((2, 4, 4), np.uint8)))
    assert len(renderer) == 2
    assert renderer[-1].shape == (4, 4)
    for index in (-1, 2):
        with pytest.raises(InvalidValue, match="2 frames"):
            renderer.frame(index)
        with pytest.raises(InvalidValue, match="2 frames"):
            renderer.pictures([0, index])
    with pytest.raises(IndexError):
        renderer[2]


def test_a_frame_that_is_cut_off_does_not_spoil_the_others():
    data_set = image(np.arange(3 * 64 * 64, dtype=np.uint16).reshape(3, 64, 64))
    raw = bytes(data_set.raw("PixelData"))
    data_set.set("PixelData", VR.OW, raw[:-100])
    renderer = Renderer(data_set)
    assert renderer.frame(0).shape == (64, 64)
    with pytest.raises(TruncatedData):
        renderer.frame(2)


COLOURS = np.random.default_rng(9).integers(0, 256, (5, 6, 3)).astype(np.uint8)


def test_colours_come_as_they_are_in_an_array_of_their_own():
    data_set = image(COLOURS, "RGB")
    picture = render(data_set)
    assert np.array_equal(picture, COLOURS)
    picture[:] = 0
    assert np.array_equal(render(data_set), COLOURS)
    assert np.array_equal(render(data_set, view=View(inverted=True)), 255 - COLOURS)


def test_colours_of_16_bits_become_8():
    deep = COLOURS.astype(np.uint16) * 257
    assert np.array_equal(render(image(deep, "RGB")), COLOURS)
    assert np.array_equal(render(image(deep, "RGB"), view=View(inverted=True)), 255 - COLOURS)
    ten = np.array([[[0, 512, 1023]]], np.uint16)
    assert render(image(ten, "RGB", bits=10)).tolist() == [[[0, 128, 255]]]


def test_a_window_does_not_apply_to_colour():
    with pytest.raises(InvalidValue, match="monochrome"):
        Renderer(image(COLOURS, "RGB"), view=View(Window(40, 400)))


@pytest.mark.parametrize("photometric", ["HSV", "CMYK", "ARGB", "RGB"])
def test_colours_that_cannot_be_shown_are_refused(photometric):
    data_set = image(RAMP)
    data_set["PhotometricInterpretation"] = photometric
    with pytest.raises(InvalidValue):
        render(data_set)


def test_a_palette_gives_colours():
    stored = np.array([[0, 1, 2, 3, 9]], np.uint8)
    data_set = add_palette(image(stored, "PALETTE COLOR"), 1, [1, 2, 3], [4, 5, 6], [7, 8, 255])
    expected = [[[1, 4, 7], [1, 4, 7], [2, 5, 8], [3, 6, 255], [3, 6, 255]]]
    assert render(data_set).tolist() == expected
    inverted = render(data_set, view=View(inverted=True))
    assert (255 - inverted).tolist() == expected
    data_set = add_palette(
        image(stored.astype(np.uint16), "PALETTE COLOR"), 1, [1, 2, 3], [4, 5, 6], [7, 8, 255]
    )
    assert render(data_set).tolist() == expected


def test_a_palette_image_without_palette_lacks_something():
    with pytest.raises(MissingRequiredTag):
        render(image(RAMP, "PALETTE COLOR"))


@pytest.mark.parametrize("bits", [8, 16])
def test_a_supplemental_palette_colours_the_upper_values_only(bits):
    stored = np.array([[0, 100, 200, 201, 202]], np.uint16)
    data_set = image(stored, WindowCenter="100.5", WindowWidth="201")
    data_set["PixelPresentation"] = "COLOR"
    add_palette(data_set, 200, [1, 2], [3, 4], [5, 6])
    expected = [[[0] * 3, [128] * 3, [1, 3, 5], [2, 4, 6], [2, 4, 6]]]
    assert render(data_set, view=View(bits=bits)).tolist() == expected
    data_set["PixelPresentation"] = "MONOCHROME"
    assert render(data_set).ndim == 2


CROSS = np.eye(16, dtype=np.bool_) | np.eye(16, dtype=np.bool_)[::-1]


def test_overlays_are_drawn_in_white_unless_not_wanted():
    data_set = add_overlay(image(RAMP), CROSS)
    picture = render(data_set)
    assert (picture[CROSS] == 255).all()
    assert np.array_equal(picture[~CROSS], RAMP[~CROSS])
    assert np.array_equal(render(data_set, view=View(overlays=False)), RAMP)
    assert np.array_equal(render(data_set, view=View(inverted=True))[~CROSS], 255 - RAMP[~CROSS])


def test_overlays_in_colour_make_a_colour_picture():
    picture = render(add_overlay(image(RAMP), CROSS), view=View(overlay_colour=RED))
    assert picture.shape == (16, 16, 3)
    assert (picture[CROSS] == RED).all()
    picture = render(add_overlay(image(COLOURS, "RGB"), CROSS[:5, :6]), view=View())
    assert (picture[CROSS[:5, :6]] == WHITE).all()


@pytest.mark.parametrize("dtype", [np.uint16, np.int16])
def test_an_overlay_in_the_upper_bits_of_the_pixel_data(dtype):
    values = np.arange(-128, 128).reshape(16, 16) if dtype is np.int16 else RAMP.astype(int)
    cells = (values & 0xFFF | np.where(CROSS, 1 << 13, 0)).astype(np.uint16).view(dtype)
    data_set = add_overlay(image(cells, bits=12), CROSS, bit=13)
    data_set["WindowCenter"], data_set["WindowWidth"] = ("0" if dtype is np.int16 else "128"), "256"
    picture = render(data_set)
    assert (picture[CROSS] == 255).all()
    assert np.array_equal(picture[~CROSS], RAMP[~CROSS])
    assert np.array_equal(render(data_set, view=View(overlays=False)), RAMP)


def test_an_embedded_overlay_of_a_big_endian_image():
    cells = (RAMP.astype(np.uint16) | np.where(CROSS, 1 << 15, 0)).astype(np.uint16)
    data_set = add_overlay(image(cells, bits=8, high=7), CROSS, bit=15)
    raw = cells.byteswap().tobytes()
    data_set.add(Element(0x7FE00010, VR.OW, raw, little_endian=False))
    picture = render(data_set)
    assert (picture[CROSS] == 255).all()
    assert np.array_equal(picture[~CROSS], RAMP[~CROSS])


def test_an_overlay_that_is_cut_short_is_an_issue_and_the_picture_is_given():
    data_set = add_overlay(image(RAMP), CROSS)
    data_set.set(0x60003000, VR.OW, b"\1\0")
    assert np.array_equal(render(data_set), RAMP)
    assert [issue.tag for issue in data_set.issues] == [0x60003000]
    data_set = read_data_set(
        encode_bytes(data_set, ExplicitVRLittleEndian), ExplicitVRLittleEndian, strict=True
    )
    with pytest.raises(TruncatedData):
        render(data_set)


@pytest.fixture(scope="module")
def hounsfield():
    """A slice of the phantom at the height of the liver."""
    return hounsfield_slice(244, size=128)


@pytest.fixture(scope="module")
def phantom(hounsfield):
    """That slice as a scanner would send it."""
    return image(
        np.rint(hounsfield + 1024).astype(np.int16),
        Modality="CT",
        RescaleSlope="1",
        RescaleIntercept="-1024",
        WindowCenter="40",
        WindowWidth="400",
    )


def test_the_phantom_is_what_the_formula_of_its_window_makes_of_its_values(phantom, hounsfield):
    expected = np.clip((hounsfield - 39.5) / 399 + 0.5, 0, 1) * 255
    assert np.abs(render(phantom) - expected).max() < 1
    assert 20 < render(phantom).mean() < 200


def test_the_phantoms_liver_is_grey_in_one_window_and_white_in_the_other(phantom):
    liver = (60, 38)
    assert 120 < render(phantom)[liver] < 230
    assert render(phantom, view=View("lung"))[liver] > 240
    air = (0, 0)
    assert render(phantom)[air] == 0
    assert render(phantom, view=View("lung"))[air] == 60  # -1000 of -1350 to 150
