import threading
import tracemalloc

import numpy as np
import pytest
from pixel_arrays import PIXEL_DATA, data_set_of, described, smooth

from filmroom.dicom import (
    VR,
    DataSet,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    encode_bytes,
    read_data_set,
    transfer_syntax,
)
from filmroom.errors import (
    DataError,
    InvalidTransferSyntax,
    InvalidValue,
    LengthOutOfBounds,
    MissingRequiredTag,
    TruncatedData,
)
from filmroom.pixels import Frames, PixelKind, encapsulate, encode, extended_offset_table
from filmroom.pixels.native import pack

PREFIX = "1.2.840.10008.1.2"
JPEG, SV1, JPEG_LS = (transfer_syntax(f"{PREFIX}.4.{n}") for n in (50, 70, 80))
J2K, XL_JPEG = transfer_syntax(f"{PREFIX}.4.90"), transfer_syntax(f"{PREFIX}.4.111")
RLE, UNCOMPRESSED = transfer_syntax(f"{PREFIX}.5"), transfer_syntax(f"{PREFIX}.1.98")


def native(number_of_frames=3, **attributes):
    """Description, frames, and a data set that holds them natively."""
    description = described(number_of_frames=number_of_frames, **attributes)
    arrays = np.stack([smooth(description, number) for number in range(number_of_frames)])
    return description, arrays, data_set_of(description, pack(arrays, description))


def compressed(syntax, number_of_frames=3, *, table=True, **attributes):
    """The same in a compressed transfer syntax, one fragment a frame."""
    description = described(number_of_frames=number_of_frames, **attributes)
    arrays = np.stack([smooth(description, number) for number in range(number_of_frames)])
    encoded = [encode(syntax, array, description) for array in arrays]
    lengths = [len(frame) for frame in encoded] if table else None
    value = b"".join(encapsulate(encoded, lengths))
    return description, arrays, data_set_of(description, value, syntax=syntax, vr=VR.OB)


# ------------------------------------------------------------------ a sequence of frames


@pytest.mark.parametrize("made", [native, lambda **a: compressed(RLE, **a)], ids=["native", "RLE"])
def test_frames_are_a_sequence_of_arrays(made):
    description, arrays, ds = made(bits_stored=12)
    found = Frames(ds)
    assert len(found) == 3
    assert found.description == description
    assert np.array_equal(found[1], arrays[1])
    assert np.array_equal(found[-1], arrays[2])
    assert [np.array_equal(*pair) for pair in zip(found, arrays, strict=True)] == [True] * 3
    assert np.array_equal(np.stack(found[::2]), arrays[::2])
    assert np.array_equal(np.stack(list(reversed(found))), arrays[::-1])
    for index in (3, -4):
        with pytest.raises(IndexError):
            found[index]
        with pytest.raises(IndexError):
            found.encoded(index)


@pytest.mark.parametrize("syntax", [RLE, SV1, JPEG_LS, J2K, UNCOMPRESSED])
@pytest.mark.parametrize("table", [True, False])
@pytest.mark.parametrize("workers", [None, 1, 3])
def test_all_frames_as_one_array(syntax, table, workers):
    _, arrays, ds = compressed(syntax, 5, table=table, bits_stored=12, pixel_representation=1)
    found = Frames(ds).array(workers=workers)
    assert found.dtype == np.int16
    assert np.array_equal(found, arrays)
    assert ds.issues == []


def test_native_frames_are_views_of_what_was_read():
    _, arrays, ds = native()
    raw = np.frombuffer(ds.raw(PIXEL_DATA), np.uint8)
    found = Frames(ds)
    assert np.shares_memory(found[1], raw)
    assert np.shares_memory(found.array(), raw)
    assert np.array_equal(found.array(), arrays)
    assert bytes(found.encoded(1)) == arrays[1].tobytes()
    assert np.shares_memory(np.frombuffer(found.encoded(1), np.uint8), raw)


def test_encoded_frames_are_views_of_what_was_read():
    description, arrays, ds = compressed(RLE)
    raw = np.frombuffer(ds.raw(PIXEL_DATA), np.uint8)
    encoded = Frames(ds).encoded(2)
    assert bytes(encoded) == encode(RLE, arrays[2], description)
    assert np.shares_memory(np.frombuffer(encoded, np.uint8), raw)


def test_the_transfer_syntax_of_the_file_may_be_told():
    _, arrays, ds = compressed(RLE)
    ds.transfer_syntax = ExplicitVRLittleEndian
    assert np.array_equal(Frames(ds, RLE)[0], arrays[0])


def test_an_extended_offset_table_is_used():
    description, arrays, ds = compressed(RLE, table=False)
    offsets, lengths = extended_offset_table(
        [len(encode(RLE, array, description)) for array in arrays]
    )
    ds.set(0x7FE00001, VR.OV, offsets)
    ds.set(0x7FE00002, VR.OV, lengths)
    found = Frames(ds)
    assert found._encapsulated.has_offset_table
    assert np.array_equal(found.array(), arrays)


@pytest.mark.parametrize(
    "syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian]
)
@pytest.mark.parametrize("allocated", [1, 8, 16, 32])
def test_native_frames_through_writer_and_reader(syntax, allocated):
    description, arrays, ds = native(2, bits_allocated=allocated, rows=3, columns=5)
    again = read_data_set(encode_bytes(ds, syntax), syntax)
    assert np.array_equal(Frames(again, syntax).array(), arrays)
    assert Frames(again, syntax)[0].dtype == description.dtype


@pytest.mark.parametrize("whole", [False, True])
def test_32_bits_in_big_endian_words_are_read_in_either_order(whole):
    """PS3.5 §6.2: OW is swapped by 16-bit words; pydicom's files hold whole numbers instead."""
    description = described(bits_allocated=32)
    array = smooth(description) // 1000
    value = pack(array[np.newaxis], description, little_endian=False, words=not whole)
    ds = data_set_of(description, value, little_endian=False)
    assert np.array_equal(Frames(ds)[0], array)
    assert len(ds.issues) == whole
    strict = data_set_of(description, value, little_endian=False, strict=True)
    assert np.array_equal(Frames(strict)[0], array) == (not whole)


def test_32_bits_of_which_nothing_tells_the_order_are_read_as_words():
    description = described(rows=1, columns=1, bits_allocated=32)
    ds = data_set_of(description, bytes([0, 1, 0, 2]), little_endian=False)
    assert Frames(ds)[0].tolist() == [[0x00020001]]
    cut = data_set_of(description, bytes([0, 1]), little_endian=False)
    with pytest.raises(TruncatedData):
        Frames(cut)[0]


@pytest.mark.parametrize("kind", [PixelKind.FLOAT, PixelKind.DOUBLE])
def test_floating_point_pixel_data(kind):
    size = 4 if kind is PixelKind.FLOAT else 8
    array = np.linspace(-1, 1, 12).reshape(2, 2, 3).astype(f"f{size}")
    ds = DataSet()
    ds["Rows"], ds["Columns"], ds["SamplesPerPixel"], ds["NumberOfFrames"] = 2, 3, 1, 2
    ds["PhotometricInterpretation"], ds["BitsAllocated"] = "MONOCHROME2", 8 * size
    ds.set(kind.value, VR.OF if size == 4 else VR.OD, array.tobytes())
    found = Frames(ds)
    assert found[1].dtype == array.dtype
    assert np.array_equal(found.array(), array)


def test_palette_colours_stay_indices():
    _, arrays, ds = native(1, bits_allocated=8, photometric_interpretation="PALETTE COLOR")
    found = Frames(ds)
    assert found.photometric_interpretation == "PALETTE COLOR"
    assert np.array_equal(found[0], arrays[0])


# ------------------------------------------------------------------ colour


@pytest.mark.parametrize(
    ("photometric", "syntax", "as_rgb", "as_stored"),
    [
        ("RGB", RLE, "RGB", "RGB"),
        ("YBR_FULL", RLE, "RGB", "YBR_FULL"),
        ("YBR_FULL", None, "RGB", "YBR_FULL"),
        ("YBR_FULL_422", JPEG, "RGB", "YBR_FULL"),
        ("YBR_RCT", J2K, "RGB", "RGB"),
    ],
)
def test_colour_comes_as_rgb_or_as_stored(photometric, syntax, as_rgb, as_stored):
    layout = {
        "bits_allocated": 8,
        "samples_per_pixel": 3,
        "photometric_interpretation": photometric,
    }
    _, _, ds = native(2, **layout) if syntax is None else compressed(syntax, 2, **layout)
    rgb, stored = Frames(ds), Frames(ds, colour="stored")
    assert rgb.photometric_interpretation == as_rgb
    assert stored.photometric_interpretation == as_stored
    same = np.array_equal(rgb.array(), stored.array())
    assert same == (as_rgb == as_stored)
    assert np.array_equal(rgb.array(), np.stack(list(rgb)))


def test_what_recompressed_jpeg_decodes_to_is_always_rgb():
    description = described(
        bits_allocated=8, samples_per_pixel=3, photometric_interpretation="YBR_FULL_422"
    )
    array = smooth(description)
    stream = encode(f"{PREFIX}.4.110", array, description)
    ds = data_set_of(description, b"".join(encapsulate([stream])), syntax=XL_JPEG)
    for colour in ("rgb", "stored"):
        found = Frames(ds, colour=colour)
        assert found.photometric_interpretation == "RGB"
        assert np.array_equal(found[0], array)


def test_four_two_two_without_compression():
    description = described(
        rows=1,
        columns=2,
        bits_allocated=8,
        samples_per_pixel=3,
        photometric_interpretation="YBR_FULL_422",
    )
    found = Frames(data_set_of(description, bytes([50, 60, 128, 128])))
    assert found[0].tolist() == [[[50, 50, 50], [60, 60, 60]]]
    stored = Frames(data_set_of(description, bytes([50, 60, 1, 2])), colour="stored")
    assert stored[0].tolist() == [[[50, 1, 2], [60, 1, 2]]]


def test_four_two_two_by_name_alone_is_read_at_full_resolution_with_an_issue():
    description = described(
        rows=1,
        columns=2,
        bits_allocated=8,
        samples_per_pixel=3,
        photometric_interpretation="YBR_FULL_422",
    )
    value = bytes([50, 128, 128, 60, 128, 128])
    ds = data_set_of(description, value)
    found = Frames(ds, colour="stored")
    assert found[0].tolist() == [[[50, 128, 128], [60, 128, 128]]]
    assert found.photometric_interpretation == "YBR_FULL"
    assert len(ds.issues) == 1
    with pytest.raises(InvalidValue):
        Frames(data_set_of(description, value, strict=True))


# ------------------------------------------------------------------ in parallel


def test_frames_decoded_ahead_come_in_order():
    _, arrays, ds = compressed(JPEG_LS, 20)
    found = Frames(ds)
    assert np.array_equal(np.stack(list(found.decoded(workers=3))), arrays)
    chosen = [7, 0, 19, -1, 7]
    assert np.array_equal(np.stack(list(found.decoded(chosen, workers=3))), arrays[chosen])


def test_no_more_frames_are_held_than_the_window_lets(monkeypatch):
    _, _, ds = compressed(RLE, 40)
    found = Frames(ds)
    started, lock = [], threading.Lock()
    whole = Frames._frame

    def counted(self, number):
        with lock:
            started.append(number)
        return whole(self, number)

    monkeypatch.setattr(Frames, "_frame", counted)
    ahead = found.decoded(workers=2)
    for taken in range(1, 10):
        next(ahead)
        assert len(started) <= taken + 2 * 2
    ahead.close()
    assert len(started) <= 10 + 2 * 2


def test_closing_ends_what_was_begun():
    _, _, ds = compressed(RLE, 40)
    ahead = Frames(ds).decoded(workers=2)
    next(ahead)
    ahead.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("frames")]


def test_an_error_in_one_frame_comes_where_the_frame_would():
    description, arrays, ds = compressed(RLE, 6, table=False)
    encoded = [encode(RLE, array, description) for array in arrays]
    encoded[3] = bytes(64)
    ds = data_set_of(description, b"".join(encapsulate(encoded)), syntax=RLE)
    ahead = Frames(ds).decoded(workers=2)
    assert [np.array_equal(next(ahead), array) for array in arrays[:3]] == [True] * 3
    with pytest.raises(DataError):
        next(ahead)


# ------------------------------------------------------------------ what is not as it should be


def test_without_pixel_data_there_are_no_frames():
    _, _, ds = native()
    del ds[PIXEL_DATA]
    with pytest.raises(MissingRequiredTag) as caught:
        Frames(ds)
    assert caught.value.tag == PIXEL_DATA
    ds.set(PIXEL_DATA, VR.OW, b"")
    with pytest.raises(MissingRequiredTag):
        Frames(ds)


def test_pixel_data_that_ends_early_gives_the_frames_that_are_there():
    description, arrays, _ = native()
    value = pack(arrays, description)[:-2]
    ds = data_set_of(description, value)
    found = Frames(ds)
    assert np.array_equal(found[1], arrays[1])
    assert [issue.tag for issue in ds.issues] == [PIXEL_DATA]
    for whole in (lambda: found[2], found.array, lambda: found.encoded(2)):
        with pytest.raises(TruncatedData):
            whole()
    with pytest.raises(TruncatedData):
        Frames(data_set_of(description, value, strict=True))


@pytest.mark.parametrize(("behind", "issues"), [(1, 0), (2, 1), (512, 1)])
def test_bytes_after_the_last_frame_are_padding_with_an_issue(behind, issues):
    description = described(rows=3, columns=3, bits_allocated=8)
    array = smooth(description)
    ds = data_set_of(description, array.tobytes() + bytes(behind))
    assert np.array_equal(Frames(ds)[0], array)
    assert len(ds.issues) == issues


def test_fragments_in_a_value_of_defined_length_are_read_with_an_issue():
    _, arrays, ds = compressed(RLE)
    ds.element(PIXEL_DATA).undefined_length = False
    assert np.array_equal(Frames(ds).array(), arrays)
    assert len(ds.issues) == 1


def test_native_pixels_under_the_name_of_a_codec_are_read_with_an_issue():
    _, arrays, ds = native()
    ds.transfer_syntax = JPEG
    assert np.array_equal(Frames(ds).array(), arrays)
    assert len(ds.issues) == 1
    ds.parser.strict = True
    with pytest.raises(InvalidTransferSyntax):
        Frames(ds)


def test_fragments_without_the_name_of_a_codec_are_refused():
    _, _, ds = compressed(RLE)
    with pytest.raises(InvalidTransferSyntax, match="encapsulated"):
        Frames(ds, ExplicitVRLittleEndian)


def test_a_transfer_syntax_without_codec_is_refused_at_once():
    _, _, ds = compressed(RLE)
    with pytest.raises(InvalidTransferSyntax):
        Frames(ds, transfer_syntax(f"{PREFIX}.4.102"))


def test_what_many_frames_share_is_told_once():
    description = described(rows=32, columns=32, bits_allocated=8, number_of_frames=4)
    cut = encode(JPEG, smooth(description), description)[:-30]
    ds = data_set_of(description, b"".join(encapsulate([cut] * 4)), syntax=JPEG)
    Frames(ds).array()
    assert len(ds.issues) == 1
    ds.parser.strict = True
    with pytest.raises(TruncatedData):
        Frames(ds)[0]


def test_offsets_of_issues_count_from_the_start_of_the_buffer():
    _, _, ds = compressed(RLE, 2, table=False)
    encoded = encode_bytes(ds, RLE)
    cut = encoded[: -8 - 5]  # without the delimiter, and in the last fragment
    again = read_data_set(cut, RLE)
    value = again.element(PIXEL_DATA).record[2]
    Frames(again).encoded(1)
    fragment = next(issue for issue in again.issues if "fragment of" in issue.message)
    first = value + 8 + 8
    length = int.from_bytes(cut[first - 4 : first], "little")
    assert fragment.offset == first + length + 8


def test_frames_promised_but_not_there_take_no_memory():
    description = described(rows=1000, columns=1000, number_of_frames=1_000_000_000)
    array = smooth(described(rows=1000, columns=1000))
    value = b"".join(encapsulate([encode(RLE, array, described(rows=1000, columns=1000))] * 2))
    for ds in (
        data_set_of(description, value, syntax=RLE),
        data_set_of(description, array.tobytes()),
    ):
        tracemalloc.start()
        with pytest.raises(TruncatedData):
            Frames(ds).array()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 1 << 20


def test_more_frames_than_the_memory_holds_are_refused(monkeypatch):
    _, _, ds = compressed(RLE)
    found = Frames(ds)

    def empty(*shape):
        raise MemoryError

    monkeypatch.setattr(Frames, "_frame", lambda self, number: None)
    monkeypatch.setattr(np, "empty", empty)
    with pytest.raises(LengthOutOfBounds, match="3 frames"):
        found.array(workers=1)


def test_reading_one_frame_of_many_takes_the_memory_of_one():
    description = described(rows=64, columns=64, number_of_frames=500)
    encoded = encode(RLE, smooth(description), description)
    value = b"".join(encapsulate([encoded] * 500, [len(encoded)] * 500))
    ds = data_set_of(description, value, syntax=RLE)
    found = Frames(ds)
    found[0]
    tracemalloc.start()
    found[499]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 64 * 64 * 2


def test_the_representation_tells_no_values():
    _, _, ds = native()
    assert repr(Frames(ds)) == "<Frames 3 of (16, 18) in Explicit VR Little Endian>"
