import imagecodecs
import numpy as np
import pytest
from pixel_arrays import described, smooth

from filmroom.dicom import TRANSFER_SYNTAXES, transfer_syntax
from filmroom.errors import (
    DataError,
    InvalidTransferSyntax,
    InvalidValue,
    LengthOutOfBounds,
    TruncatedData,
)
from filmroom.pixels import CODECS, ImageDescription, PixelKind, decode, encode

PREFIX = "1.2.840.10008.1.2"
BASELINE, EXTENDED, PROCESS_14, SV1 = (f"{PREFIX}.4.{n}" for n in (50, 51, 57, 70))
JPEG_LS, NEAR_LOSSLESS = f"{PREFIX}.4.80", f"{PREFIX}.4.81"
J2K_LOSSLESS, J2K = f"{PREFIX}.4.90", f"{PREFIX}.4.91"
HT_LOSSLESS, HT_RPCL, HT = (f"{PREFIX}.4.{n}" for n in (201, 202, 203))
XL_LOSSLESS, XL_JPEG, XL = (f"{PREFIX}.4.{n}" for n in (110, 111, 112))
RLE, UNCOMPRESSED = f"{PREFIX}.5", f"{PREFIX}.1.98"

LOSSLESS = {
    # Transfer syntax: bits allocated and stored that it can hold.
    PROCESS_14: [(8, 2), (8, 8), (16, 9), (16, 12), (16, 16)],
    SV1: [(8, 2), (8, 7), (8, 8), (16, 8), (16, 10), (16, 12), (16, 13), (16, 14), (16, 16)],
    JPEG_LS: [(8, 7), (8, 8), (16, 8), (16, 10), (16, 12), (16, 16)],
    J2K_LOSSLESS: [(8, 1), (8, 8), (16, 8), (16, 10), (16, 12), (16, 16), (32, 20), (32, 24)],
    HT_LOSSLESS: [(8, 7), (8, 8), (16, 8), (16, 12), (16, 16)],
    HT_RPCL: [(8, 8), (16, 12), (16, 16)],
    XL_LOSSLESS: [(8, 7), (8, 8), (16, 10), (16, 12), (16, 16)],
    RLE: [(8, 8), (16, 12), (16, 16), (32, 32)],
    UNCOMPRESSED: [(1, 1), (8, 8), (16, 12), (32, 32)],
}
CASES = [
    (uid, allocated, stored, signed, samples)
    for uid, bits in LOSSLESS.items()
    for allocated, stored in bits
    for signed in ((0, 1) if stored > 2 else (0,))
    for samples in (1, 3)
]


@pytest.mark.parametrize(("uid", "allocated", "stored", "signed", "samples"), CASES)
def test_lossless_codecs_give_back_what_they_took(uid, allocated, stored, signed, samples):
    description = described(
        bits_allocated=allocated,
        bits_stored=stored,
        pixel_representation=signed,
        samples_per_pixel=samples,
    )
    array = smooth(description)
    found = decode(uid, encode(uid, array, description), description)
    assert (found.dtype, found.shape) == (description.dtype, description.shape)
    assert np.array_equal(found, array)


@pytest.mark.parametrize("uid", [J2K_LOSSLESS, HT_LOSSLESS])
def test_the_reversible_colour_transform_is_lossless_and_its_arrays_are_rgb(uid):
    plain = described(bits_allocated=8, samples_per_pixel=3)
    transformed = described(
        bits_allocated=8, samples_per_pixel=3, photometric_interpretation="YBR_RCT"
    )
    array = smooth(plain)
    encoded = encode(uid, array, transformed)
    assert encoded != encode(uid, array, plain)
    assert np.array_equal(decode(uid, encoded, transformed), array)


LOSSY = [
    # Transfer syntax, bits allocated and stored, samples, quality, how far samples may be off.
    (BASELINE, 8, 8, 1, 95, 6),
    (BASELINE, 8, 8, 3, 100, 12),
    (EXTENDED, 8, 8, 1, 95, 6),
    (EXTENDED, 16, 12, 1, 95, 12),
    (EXTENDED, 16, 10, 1, 95, 12),
    (NEAR_LOSSLESS, 8, 8, 1, 1, 1),
    (NEAR_LOSSLESS, 8, 8, 3, 3, 3),
    (NEAR_LOSSLESS, 16, 16, 1, 10, 10),
    (NEAR_LOSSLESS, 16, 12, 1, 5, 5),
    (NEAR_LOSSLESS, 16, 12, 1, 0, 0),
    (J2K, 8, 8, 1, 50, 6),
    (J2K, 16, 12, 1, 60, 20),
    (J2K, 8, 8, 3, 50, 6),
    (HT, 8, 8, 1, 50, 4),
    (HT, 16, 12, 1, 60, 20),
    (HT, 16, 16, 1, 60, 320),
    (HT, 8, 8, 3, 50, 6),
    (XL, 8, 8, 1, 0.5, 8),
    (XL, 8, 8, 3, 0.5, 24),
]


@pytest.mark.parametrize(("uid", "allocated", "stored", "samples", "quality", "off"), LOSSY)
def test_lossy_codecs_keep_the_bound(uid, allocated, stored, samples, quality, off):
    description = described(
        rows=64, columns=48, bits_allocated=allocated, bits_stored=stored, samples_per_pixel=samples
    )
    array = smooth(description)
    encoded = encode(uid, array, description, quality=quality)
    found = decode(uid, encoded, description)
    assert found.dtype == description.dtype
    assert np.abs(found.astype(int) - array).max() <= off
    assert CODECS[uid].is_lossy


@pytest.mark.parametrize("uid", [J2K, HT])
@pytest.mark.parametrize("signed", [0, 1])
def test_the_noise_of_jpeg_2000_is_measured_by_what_there_is_not_by_the_room_for_it(uid, signed):
    description = described(rows=64, columns=48, pixel_representation=signed)
    rng = np.random.default_rng(2)
    array = rng.integers(-100 * signed, 1900, (64, 48)).astype(description.dtype)
    found = decode(uid, encode(uid, array, description, quality=50), description)
    noise = np.sqrt(np.mean((found.astype(float) - array) ** 2))
    assert noise < 1.5 * 2000 / 10 ** (50 / 20)


@pytest.mark.parametrize(
    ("uid", "better", "worse"),
    [(BASELINE, 90, 30), (J2K, 60, 30), (HT, 60, 30), (XL, 0.5, 4), (NEAR_LOSSLESS, 1, 8)],
)
def test_worse_quality_is_smaller(uid, better, worse):
    description = described(rows=64, columns=64, bits_allocated=8)
    array = smooth(description)
    sizes = [len(encode(uid, array, description, quality=quality)) for quality in (better, worse)]
    assert sizes[0] > sizes[1]


@pytest.mark.parametrize("signed", [0, 1])
def test_near_lossless_errors_never_wrap_around_the_bits_stored(signed):
    description = described(bits_stored=12, pixel_representation=signed)
    lowest = -2048 if signed else 0
    array = np.random.default_rng(1).choice(
        [lowest, lowest + 1, lowest + 4094, lowest + 4095], description.shape
    ).astype(description.dtype)  # fmt: skip
    encoded = encode(NEAR_LOSSLESS, array, description, quality=3)
    assert np.abs(decode(NEAR_LOSSLESS, encoded, description).astype(int) - array).max() <= 3


@pytest.mark.parametrize("photometric", ["YBR_FULL", "YBR_FULL_422", "RGB"])
def test_jpeg_baseline_keeps_the_colour_space_that_is_named(photometric):
    description = described(
        rows=32,
        columns=32,
        bits_allocated=8,
        samples_per_pixel=3,
        photometric_interpretation=photometric,
    )
    samples = np.full(description.shape, (120, 90, 200), np.uint8)
    encoded = encode(BASELINE, samples, description, quality=100)
    assert np.abs(decode(BASELINE, encoded, description).astype(int) - samples).max() <= 2


# ------------------------------------------------------------------ colour of JPEG images

RED = np.full((16, 18, 3), (200, 40, 10), np.uint8)
YBR_OF_RED = (84, 86, 211)  # PS3.3 §C.7.6.3.1.2


def of_jpeg(photometric, allocated=8):
    return described(
        bits_allocated=allocated, samples_per_pixel=3, photometric_interpretation=photometric
    )


def near(array, colour):
    return np.abs(array.astype(int) - colour).max() <= 3


def without_markers(encoded):
    """A JPEG image without APP segments."""
    position = 2
    while encoded[position + 1] & 0xF0 == 0xE0:
        position += 2 + int.from_bytes(encoded[position + 2 : position + 4], "big")
    return encoded[:2] + encoded[position:]


YCC = imagecodecs.jpeg8_encode(RED, level=100)
AS_RGB = imagecodecs.jpeg8_encode(RED, level=100, colorspace="RGB", outcolorspace="RGB")


@pytest.mark.parametrize(
    ("stream", "photometric", "issues"),
    [
        (YCC, "YBR_FULL_422", 0),
        (YCC, "YBR_FULL", 0),
        (YCC, "RGB", 1),  # JFIF says YCbCr
        (without_markers(YCC), "YBR_FULL_422", 0),
        (AS_RGB, "RGB", 0),
        (AS_RGB, "YBR_FULL_422", 1),  # Adobe's marker and the component IDs say RGB
        (without_markers(AS_RGB), "YBR_FULL_422", 1),  # the component IDs alone
    ],
)
def test_colours_of_jpeg_baseline_come_as_wanted(stream, photometric, issues):
    noted = []
    options = {"tolerate": lambda *defect: noted.append(defect)}
    description = of_jpeg(photometric)
    assert near(decode(BASELINE, stream, description, rgb=True, **options), RED)
    assert len(noted) == issues
    expected = YBR_OF_RED if photometric.startswith("YBR") else RED
    assert near(decode(BASELINE, stream, description, **options), expected)
    if issues:
        with pytest.raises(InvalidValue):
            decode(BASELINE, stream, description)


def test_without_markers_and_names_the_data_set_decides():
    ids = without_markers(AS_RGB).replace(b"R\x11\0G\x11\0B\x11\0", b"\1\x11\0\2\x11\0\3\x11\0")
    plain = ids.replace(b"R\0G\0B\0", b"\1\0\2\0\3\0")
    assert near(decode(BASELINE, plain, of_jpeg("RGB")), RED)
    assert near(decode(BASELINE, plain, of_jpeg("YBR_FULL")), RED)  # its samples as they are


def test_studio_range_is_converted_from_its_own_range():
    found = decode(BASELINE, without_markers(YCC), of_jpeg("YBR_PARTIAL_422"), rgb=True)
    assert not near(found, RED)
    assert abs(int(found[0, 0, 0]) - 212) <= 3


def test_lossless_jpeg_never_transforms_colours():
    stream = imagecodecs.jpeg8_encode(
        RED, lossless=True, predictor=1, colorspace="RGB", outcolorspace="RGB"
    )
    assert np.array_equal(decode(SV1, stream, of_jpeg("YBR_FULL")), RED)
    assert np.array_equal(decode(SV1, stream, of_jpeg("RGB"), rgb=True), RED)


@pytest.mark.parametrize("uid", [SV1, PROCESS_14])
def test_ybr_full_in_lossless_jpeg_is_converted_afterwards(uid):
    description = of_jpeg("YBR_FULL")
    ybr = np.full(RED.shape, YBR_OF_RED, np.uint8)
    encoded = encode(uid, ybr, description)
    assert np.array_equal(decode(uid, encoded, description), ybr)
    assert near(decode(uid, encoded, description, rgb=True), RED)


def test_twelve_bits_of_colour_use_their_whole_range():
    description = described(
        bits_stored=12, samples_per_pixel=3, photometric_interpretation="YBR_FULL"
    )
    ybr = np.full(description.shape, [part * 16 for part in YBR_OF_RED], np.uint16)
    encoded = encode(EXTENDED, ybr, description, quality=100)
    assert np.abs(decode(EXTENDED, encoded, description).astype(int) - ybr).max() <= 4
    rgb = decode(EXTENDED, encoded, description, rgb=True)
    assert np.abs(rgb.astype(int) - RED.astype(int) * 16).max() <= 32


@pytest.mark.parametrize("predictor", range(1, 8))
def test_all_predictors_of_lossless_jpeg_are_read(predictor):
    description = described(bits_stored=14)
    array = smooth(description)
    stream = imagecodecs.jpeg8_encode(array, lossless=True, predictor=predictor, bitspersample=14)
    assert np.array_equal(decode(PROCESS_14, stream, description), array)


@pytest.mark.parametrize("uid", [RLE, JPEG_LS, J2K_LOSSLESS])
def test_other_codecs_leave_ybr_full_to_be_converted(uid):
    description = of_jpeg("YBR_FULL")
    ybr = np.full(RED.shape, YBR_OF_RED, np.uint8)
    encoded = encode(uid, ybr, description)
    assert np.array_equal(decode(uid, encoded, description), ybr)
    assert near(decode(uid, encoded, description, rgb=True), RED)


# ------------------------------------------------------------------ what is tolerated and what not


def test_a_jpeg_image_cut_off_is_shown_as_far_as_it_goes_with_an_issue():
    description = described(rows=64, columns=64, bits_allocated=8)
    array = smooth(description)
    whole = encode(BASELINE, array, description, quality=100)
    cut = whole[: len(whole) // 2]
    with pytest.raises(TruncatedData):
        decode(BASELINE, cut, description)
    noted = []
    found = decode(BASELINE, cut, description, tolerate=lambda *defect: noted.append(defect))
    assert [kind for *_, kind in noted] == [TruncatedData]
    assert np.abs(found[:16].astype(int) - array[:16]).max() <= 4


@pytest.mark.parametrize(
    "uid", [JPEG_LS, J2K_LOSSLESS, HT_LOSSLESS, XL_LOSSLESS, RLE, UNCOMPRESSED]
)
@pytest.mark.parametrize("part", [0, 1, 2])
def test_other_images_cut_off_raise_data_errors_though_tolerated(uid, part):
    description = described(rows=64, columns=64, bits_allocated=8)
    whole = encode(uid, smooth(description), description)
    with pytest.raises(DataError):
        decode(uid, whole[: len(whole) * part // 4], description, tolerate=lambda *defect: None)


def test_padding_behind_the_end_of_an_image_is_nothing():
    description = described(bits_allocated=8)
    array = smooth(description)
    for behind in (b"\0", bytes(500)):
        encoded = encode(SV1, array, description) + behind
        assert np.array_equal(decode(SV1, encoded, description), array)


def test_a_jp2_file_in_place_of_a_codestream_is_read_with_an_issue():
    description = described(bits_allocated=8, samples_per_pixel=3)
    array = smooth(description)
    stream = imagecodecs.jpeg2k_encode(
        array, codecformat="JP2", reversible=True, level=0, resolutions=1, colorspace="SYCC"
    )
    noted = []
    found = decode(J2K, stream, description, tolerate=lambda *defect: noted.append(defect))
    assert np.array_equal(found, array)  # what the file says of colour is not heeded
    assert len(noted) == 1
    with pytest.raises(InvalidValue, match="JP2"):
        decode(J2K, stream, description)


@pytest.mark.parametrize("uid", sorted(set(CODECS) - {UNCOMPRESSED}))
@pytest.mark.parametrize("data", [b"", b"\0", b"\xff\xd9", b"nothing of the kind", bytes(100)])
def test_what_is_no_image_raises_data_errors(uid, data):
    with pytest.raises(DataError):
        decode(uid, data, described(bits_allocated=8))


@pytest.mark.parametrize(
    "uid", [BASELINE, EXTENDED, SV1, JPEG_LS, J2K_LOSSLESS, HT_LOSSLESS, XL_LOSSLESS]
)
@pytest.mark.parametrize(
    "other",
    [{"rows": 17}, {"columns": 17}, {"samples_per_pixel": 3}, {"rows": 18, "columns": 16}],
)
def test_images_of_another_size_are_refused(uid, other):
    description = described(bits_allocated=8)
    encoded = encode(uid, smooth(description), description)
    with pytest.raises(DataError):
        decode(uid, encoded, described(bits_allocated=8, **other))


def test_images_of_another_codec_are_refused():
    description = described(bits_allocated=8)
    streams = {uid: encode(uid, smooth(description), description) for uid in (SV1, JPEG_LS, J2K)}
    for uid in streams:
        for other in streams:
            if other != uid:
                with pytest.raises(DataError):
                    decode(uid, streams[other], description)


def test_subsampled_components_of_jpeg_2000_are_refused():
    description = described(bits_allocated=8, samples_per_pixel=3)
    stream = bytearray(encode(J2K, smooth(description), description))
    stream[46] = 2  # XRsiz of the second component
    with pytest.raises(InvalidValue, match="subsampled"):
        decode(J2K, bytes(stream), description)


def test_floating_point_samples_of_jpeg_xl_are_refused():
    stream = imagecodecs.jpegxl_encode(np.zeros((16, 18), np.float32), lossless=True)
    with pytest.raises(InvalidValue, match="integer"):
        decode(XL_LOSSLESS, stream, described(bits_allocated=32))


def test_a_bomb_is_refused_by_its_header():
    """A codestream that promises more than the image, and one that the data set backs."""
    huge = described(rows=65535, columns=65535, bits_allocated=8)
    small = described(bits_allocated=8)
    stream = bytearray(encode(J2K_LOSSLESS, smooth(small), small))
    stream[8:16] = (65535).to_bytes(4, "big") * 2
    with pytest.raises(InvalidValue):
        decode(J2K_LOSSLESS, bytes(stream), small)
    with pytest.raises(LengthOutOfBounds):
        decode(J2K_LOSSLESS, bytes(stream), huge)


def test_more_precision_than_is_allocated_is_refused():
    description = described(bits_stored=12)
    encoded = encode(SV1, smooth(description), description)
    with pytest.raises(InvalidValue) as caught:
        decode(SV1, encoded, described(bits_allocated=8))
    assert caught.value.tag == 0x00280100


@pytest.mark.parametrize(
    ("uid", "attributes"),
    [
        (BASELINE, {"bits_allocated": 16}),
        (BASELINE, {"bits_allocated": 8, "pixel_representation": 1}),
        (BASELINE, {"bits_allocated": 8, "samples_per_pixel": 3,
                    "photometric_interpretation": "YBR_RCT"}),
        (EXTENDED, {"bits_stored": 13}),
        (EXTENDED, {"bits_allocated": 1}),
        (EXTENDED, {"bits_allocated": 32, "bits_stored": 12}),
        (SV1, {"bits_allocated": 32}),
        (JPEG_LS, {"bits_allocated": 32}),
        (J2K_LOSSLESS, {"bits_allocated": 32}),
        (HT_LOSSLESS, {"bits_allocated": 32, "bits_stored": 17}),
        (J2K_LOSSLESS, {"samples_per_pixel": 3, "photometric_interpretation": "YBR_ICT"}),
        (J2K, {"samples_per_pixel": 3, "photometric_interpretation": "YBR_RCT"}),
        (XL_LOSSLESS, {"bits_allocated": 32}),
        (XL, {"pixel_representation": 1}),
        (XL_JPEG, {"bits_allocated": 8}),
        (RLE, {"bits_allocated": 1}),
        (SV1, {"bits_stored": 12, "high_bit": 15}),
    ],
)  # fmt: skip
def test_what_a_transfer_syntax_cannot_hold_is_refused(uid, attributes):
    description = described(**attributes)
    with pytest.raises(InvalidTransferSyntax):
        encode(uid, smooth(description), description)


@pytest.mark.parametrize(
    ("uid", "quality"),
    [(BASELINE, 0), (BASELINE, 101), (NEAR_LOSSLESS, -1), (NEAR_LOSSLESS, 256), (J2K, 0), (XL, 26)],
)
def test_qualities_that_do_not_exist_are_refused(uid, quality):
    description = described(bits_allocated=8)
    with pytest.raises(InvalidValue):
        encode(uid, smooth(description), description, quality=quality)


@pytest.mark.parametrize(("value", "signed"), [(4096, 0), (2048, 1), (-2049, 1)])
def test_samples_that_need_more_bits_than_are_stored_are_refused(value, signed):
    description = described(bits_stored=12, pixel_representation=signed)
    array = np.full(description.shape, value, description.dtype)
    with pytest.raises(InvalidValue) as caught:
        encode(SV1, array, description)
    assert caught.value.tag == 0x00280101


def test_arrays_of_another_shape_or_kind_are_refused():
    description = described()
    for array in (np.zeros((4, 4), np.uint16), np.zeros(description.shape, np.float32)):
        with pytest.raises(InvalidValue):
            encode(SV1, array, description)


def test_transfer_syntaxes_without_a_codec_are_refused():
    mpeg = transfer_syntax("1.2.840.10008.1.2.4.102")
    with pytest.raises(InvalidTransferSyntax, match="MPEG-4"):
        decode(mpeg, b"..", described())
    with pytest.raises(InvalidTransferSyntax):
        encode(mpeg, smooth(described()), described())


def test_floating_point_pixel_data_has_no_codec():
    floating = ImageDescription(
        1, 1, bits_allocated=32, bits_stored=32, high_bit=31, kind=PixelKind.FLOAT
    )
    with pytest.raises(InvalidTransferSyntax):
        decode(RLE, bytes(64), floating)
    with pytest.raises(InvalidTransferSyntax):
        encode(RLE, np.zeros((1, 1), np.float32), floating)


def test_every_codec_is_of_a_known_encapsulated_transfer_syntax_and_lossy_as_it_is():
    for uid, codec in CODECS.items():
        assert TRANSFER_SYNTAXES[uid].encapsulated
        if codec.encode is not None and uid != UNCOMPRESSED:
            assert codec.is_lossy == TRANSFER_SYNTAXES[uid].lossy


def test_streams_of_jpeg_ls_are_without_spiff_header():
    description = described(bits_allocated=8)
    encoded = encode(JPEG_LS, smooth(description), description)
    assert encoded[:4] == b"\xff\xd8\xff\xf7"
    assert b"SPIFF" not in encoded


def test_ht_streams_are_in_rpcl_order():
    """PS3.5 §A.4.12: resolution, position, component, layer, which is progression order 2."""
    description = described(bits_allocated=8)
    encoded = encode(HT_RPCL, smooth(description), description)
    cod = encoded.index(b"\xff\x52")
    assert encoded[cod + 5] == 2
    assert encoded[6] & 0x40  # Part 15
    assert b"\xff\x55" in encoded  # TLM, as RPCL options ask


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (2, 3), (3, 5)])
@pytest.mark.parametrize("uid", [SV1, JPEG_LS, J2K_LOSSLESS, HT_LOSSLESS, XL_LOSSLESS, RLE])
def test_images_of_any_size(uid, shape):
    description = described(rows=shape[0], columns=shape[1], bits_stored=12)
    array = smooth(description)
    assert np.array_equal(decode(uid, encode(uid, array, description), description), array)
