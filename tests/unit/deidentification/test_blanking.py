import numpy as np
import pytest
from identifiable import ct_image, deidentified, pixels, reread
from pydicom.data import get_testdata_file

from filmroom.deidentification import Deidentifier, Option, Profile, Region
from filmroom.deidentification.blanking import blank
from filmroom.dicom import (
    VR,
    Element,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    encode_bytes,
    read_data_set,
    read_file,
    transfer_syntax,
)
from filmroom.errors import InvalidTransferSyntax, TruncatedData
from filmroom.pixels import Frames

REGION = Region(1, 2, 3, 4)
INSIDE = (slice(2, 6), slice(1, 4))
SECRET = b"s" * 32


def image(*, vr=VR.OW, **attributes):
    given = ct_image(**{**pixels(**attributes), "PixelData": None})
    given.set(0x7FE00010, vr, pixels(**attributes)["PixelData"])
    return given


def numbered(count, dtype):
    return (np.arange(count) % 200 + 1).astype(dtype).tobytes()


def frames_of(data_set, **how):
    return np.array([np.array(frame) for frame in Frames(data_set, colour="stored", **how)])


def blanked(given, *regions, syntax=ExplicitVRLittleEndian):
    """The frames before and after."""
    source = reread(given, syntax)
    target = reread(given, syntax)
    blank(target, regions or (REGION,))
    return frames_of(source), frames_of(reread(target, syntax))


def check(before, after, fill=0):
    expected = before.copy()
    expected[(slice(None), *INSIDE)] = fill
    assert np.array_equal(after, expected)


@pytest.mark.parametrize("frames", [1, 3])
@pytest.mark.parametrize("bits", [8, 16, 32])
def test_grey(bits, frames):
    value = numbered(64 * frames, f"<u{bits // 8}")
    check(*blanked(image(bits=bits, frames=frames, value=value)))


@pytest.mark.parametrize("rows", [7, 8])
@pytest.mark.parametrize("planar", [0, 1])
def test_colour(planar, rows):
    value = numbered(3 * rows * 8 * 2, "u1")
    value += b"\0" * (len(value) % 2)
    given = image(rows=rows, samples=3, frames=2, value=value, PlanarConfiguration=planar)
    check(*blanked(given))


def test_inverted_grey_becomes_its_black():
    given = image(
        bits=16, stored=12, value=numbered(64, "<u2"), PhotometricInterpretation="MONOCHROME1"
    )
    check(*blanked(given), fill=4095)


@pytest.mark.parametrize(("photometric", "pick"), [("MONOCHROME2", "min"), ("MONOCHROME1", "max")])
def test_signed_values_stay_in_their_range(photometric, pick):
    value = (np.arange(64, dtype="<i2") - 900).tobytes()
    given = image(
        bits=16, value=value, PixelRepresentation=1, PhotometricInterpretation=photometric
    )
    before, after = blanked(given)
    check(before, after, fill=getattr(before, pick)())


def test_the_padding_value_is_used_where_there_is_one():
    value = (np.arange(64, dtype="<i2") - 900).tobytes()
    given = image(bits=16, value=value, PixelRepresentation=1)
    given.set(0x00280120, VR.SS, -2000)
    check(*blanked(given), fill=-2000)


def test_float_pixels():
    given = ct_image(**{**pixels(bits=32), "PixelData": None})
    given.set(0x7FE00008, VR.OF, numbered(64, "<f4"))
    check(*blanked(given))


def test_luminance_and_chrominance():
    given = image(samples=3, value=numbered(192, "u1"), PhotometricInterpretation="YBR_FULL")
    check(*blanked(given), fill=(0, 128, 128))


def test_shared_chrominance_takes_whole_pairs():
    given = image(samples=3, value=numbered(128, "u1"), PhotometricInterpretation="YBR_FULL_422")
    before, after = blanked(given)
    expected = before.copy()
    expected[:, 2:6, 0:4] = (0, 128, 128)
    assert np.array_equal(after, expected)


@pytest.mark.parametrize(("rows", "columns", "frames"), [(8, 8, 2), (7, 9, 5), (6, 4, 9)])
def test_single_bits(rows, columns, frames):
    count = (rows * columns * frames + 7) // 8
    value = bytes([0xA7] * (count + count % 2))
    before, after = blanked(image(bits=1, rows=rows, columns=columns, frames=frames, value=value))
    check(before, after)


def test_big_endian_numbers():
    given = image(bits=16, value=numbered(64, "<u2"))
    check(*blanked(given, syntax=ExplicitVRBigEndian))


def test_big_endian_words_of_two_pixels_are_blanked_as_a_whole():
    given = image(bits=8, value=numbered(64, "u1"))
    before, after = blanked(given, syntax=ExplicitVRBigEndian)
    changed = before != after
    assert changed[(slice(None), *INSIDE)].all()
    assert not changed[:, :2].any()
    assert not changed[:, :, 5:].any()


def test_blocks_of_rows_give_what_one_block_gives(monkeypatch):
    given = image(samples=3, frames=2, value=numbered(384, "u1"), PlanarConfiguration=1)
    _, whole = blanked(given)
    monkeypatch.setattr("filmroom.deidentification.blanking._BLOCK", 16)
    _, in_blocks = blanked(given)
    assert np.array_equal(whole, in_blocks)


def test_a_region_beyond_the_image_is_cut_to_it():
    before, after = blanked(image(), Region(6, 7, 100, 100), Region(50, 50, 3, 3))
    assert (before != after).sum() == 2


def test_pixel_data_that_ends_too_early_raises():
    with pytest.raises(TruncatedData):
        blank(image(value=b"\1" * 60), [REGION])


def test_overlays_in_the_bits_beside_those_stored_go():
    cells = (np.arange(64, dtype="<u2") | 0xF000).tobytes()
    given = image(bits=16, stored=12, value=cells)
    for element, value in ((0x0010, 8), (0x0011, 8), (0x0100, 16), (0x0102, 12)):
        given.set(0x60000000 | element, VR.US, value)
    made = deidentified(given)
    raw = np.frombuffer(bytes(made.raw("PixelData")), "<u2")
    assert np.array_equal(raw, np.arange(64))


def test_bits_beside_signed_values_become_their_sign():
    cells = np.array([0x0800, 0x07FF, 0x8001, 0x7FFF] * 16, "<u2").tobytes()
    given = image(bits=16, stored=12, value=cells, PixelRepresentation=1)
    blank(given, [])
    raw = np.frombuffer(bytes(given.raw("PixelData")), "<i2")
    assert raw[:4].tolist() == [-2048, 2047, 1, -1]


def test_what_stands_behind_the_last_frame_goes():
    made = deidentified(image(value=b"\1" * 64 + b"Smith!"))
    assert bytes(made.raw("PixelData")) == b"\1" * 64


def test_pixels_that_nobody_blanks_are_not_copied():
    given = reread(image())
    result = Deidentifier(secret=SECRET).apply(given)
    raw = result.data_set.raw("PixelData")
    assert isinstance(raw, memoryview)
    assert raw.obj is given.raw("PixelData").obj


# ---------------------------------------------------------------------- compressed

COMPRESSED = [
    ("JPEG-LL.dcm", "1.2.840.10008.1.2.4.70"),
    ("SC_rgb_jpeg_dcmtk.dcm", "1.2.840.10008.1.2.4.70"),
    ("SC_rgb_rle_2frame.dcm", "1.2.840.10008.1.2.5"),
    ("emri_small_jpeg_2k_lossless.dcm", "1.2.840.10008.1.2.4.90"),
    ("JPEG2000.dcm", "1.2.840.10008.1.2.4.90"),
    ("US1_J2KR.dcm", "1.2.840.10008.1.2.4.90"),
    ("MR_small_jpeg_ls_lossless.dcm", "1.2.840.10008.1.2.4.80"),
    ("JPEGLSNearLossless_08.dcm", "1.2.840.10008.1.2.4.80"),
]


@pytest.mark.parametrize(("name", "syntax"), COMPRESSED)
def test_compressed_frames_lose_the_region_and_nothing_else(name, syntax):
    file = read_file(get_testdata_file(name, download=False))
    profile = Profile.basic(Option.CLEAN_PIXEL_DATA)
    deidentifier = Deidentifier(profile, secret=SECRET, regions=(REGION,))
    result = deidentifier.apply(file.data_set, file.transfer_syntax)
    assert result.transfer_syntax.uid == syntax
    assert not result.transfer_syntax.lossy
    raw = encode_bytes(result.data_set, result.transfer_syntax)
    again = read_data_set(raw, result.transfer_syntax)
    before, after = frames_of(file.data_set), frames_of(again)
    outside = np.ones(before.shape[1:3], bool)
    outside[INSIDE] = False
    assert np.array_equal(before[:, outside], after[:, outside])
    inside = after[(slice(None), *INSIDE)].reshape(-1, *after.shape[3:])
    assert (inside == inside[0]).all()
    assert again["BurnedInAnnotation"] == "NO"


def test_extended_offsets_are_those_of_the_new_frames():
    file = read_file(get_testdata_file("emri_small_jpeg_ls_lossless.dcm", download=False))
    source = file.data_set
    profile = Profile.basic(Option.CLEAN_PIXEL_DATA)
    source.set(0x7FE00001, VR.OV, bytes(8 * 10))
    source.set(0x7FE00002, VR.OV, bytes(8 * 10))
    deidentifier = Deidentifier(profile, secret=SECRET, regions=(REGION,))
    result = deidentifier.apply(source, file.transfer_syntax)
    raw = bytes(result.data_set.raw("PixelData"))
    offsets = np.frombuffer(bytes(result.data_set.raw(0x7FE00001)), "<u8")
    lengths = np.frombuffer(bytes(result.data_set.raw(0x7FE00002)), "<u8")
    for offset, length in zip(offsets.tolist(), lengths.tolist(), strict=True):
        header = raw[8 + offset : 16 + offset]
        assert header[:4] == b"\xfe\xff\x00\xe0"
        assert int.from_bytes(header[4:], "little") == length + length % 2


def test_what_cannot_be_decoded_cannot_be_blanked():
    given = image()
    given.transfer_syntax = transfer_syntax("1.2.840.10008.1.2.4.100")  # MPEG2
    given.add(Element(0x7FE00010, VR.OB, b"\xfe\xff\x00\xe0" + bytes(4), undefined_length=True))
    with pytest.raises(InvalidTransferSyntax):
        blank(given, [REGION])
