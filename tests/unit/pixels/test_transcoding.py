import io

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileMetaDataset
from pydicom.uid import CTImageStorage, SecondaryCaptureImageStorage

from filmroom.dicom import VR, DataSet, Element, encode_bytes, read_data_set, transfer_syntax
from filmroom.dicom.uid import TRANSFER_SYNTAXES
from filmroom.errors import DataError, InvalidTransferSyntax
from filmroom.pixels import CODECS, Frames, can_transcode, transcode
from filmroom.pixels.lossy import LOSSY_METHODS
from filmroom.pixels.transcoding import COLOUR_TRANSFORMS

PREFIX = "1.2.840.10008.1.2"
IMPLICIT, EXPLICIT, BIG, DEFLATED = PREFIX, f"{PREFIX}.1", f"{PREFIX}.2", f"{PREFIX}.1.99"
NATIVE = [IMPLICIT, EXPLICIT, BIG, DEFLATED]
RLE = f"{PREFIX}.5"
LOSSLESS = [uid for uid, codec in CODECS.items() if codec.encode is not None and not codec.is_lossy]
LOSSY = [uid for uid, codec in CODECS.items() if codec.encode is not None and codec.is_lossy]


def image(array, photometric="MONOCHROME2", *, frames=1, stored=None, sop_class=CTImageStorage):
    """A data set around ``array``: (frames, rows, columns[, 3]) where frames > 1."""
    first = array[0] if frames > 1 else array
    ds = DataSet()
    ds["SOPClassUID"] = sop_class
    ds["SOPInstanceUID"] = "1.2.3.4"
    ds["ImageType"] = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds["PatientName"] = "A^B"
    ds["SamplesPerPixel"] = 3 if first.ndim == 3 else 1
    ds["PhotometricInterpretation"] = photometric
    if first.ndim == 3:
        ds["PlanarConfiguration"] = 0
    if frames > 1:
        ds["NumberOfFrames"] = frames
    ds["Rows"], ds["Columns"] = first.shape[:2]
    bits = array.dtype.itemsize * 8
    ds["BitsAllocated"] = bits
    ds["BitsStored"] = stored or bits
    ds["HighBit"] = (stored or bits) - 1
    ds["PixelRepresentation"] = 1 if array.dtype.kind == "i" else 0
    ds.set("PixelData", VR.OB if bits == 8 else VR.OW, array.tobytes())
    return ds


def sent(ds, syntax):
    """What a receiver of ``ds`` in ``syntax`` reads."""
    return read_data_set(encode_bytes(ds, transfer_syntax(syntax)), transfer_syntax(syntax))


def through(ds, stored, wanted, **options):
    made = transcode(ds, transfer_syntax(stored), transfer_syntax(wanted), **options)
    return sent(made, wanted)


@pytest.fixture(scope="module")
def ct():
    rows, columns = np.mgrid[0:64, 0:48]
    return ((rows * 31 + columns * columns) % 4096).astype(np.uint16)


@pytest.fixture(scope="module")
def photo():
    rows, columns = np.mgrid[0:40, 0:56]
    return np.stack([rows * 4, columns * 3, 255 - rows * 2 - columns], axis=2).astype(np.uint8)


@pytest.mark.parametrize("wanted", LOSSLESS)
@pytest.mark.parametrize("stored", NATIVE)
def test_what_is_compressed_without_loss_comes_back_the_same(ct, stored, wanted):
    start = sent(image(ct, stored=12), stored)
    compressed = through(start, stored, wanted)
    assert np.array_equal(Frames(compressed, transfer_syntax(wanted))[0], ct)
    assert compressed["SOPInstanceUID"] == "1.2.3.4"
    assert "LossyImageCompression" not in compressed
    back = through(compressed, wanted, stored)
    assert np.array_equal(Frames(back, transfer_syntax(stored))[0], ct)
    changed = {element.tag for element in start if back.element(element.tag) != element}
    # Only the byte order of the pixels' bytes may differ, which elements do not compare.
    assert changed <= {0x7FE00010}


@pytest.mark.parametrize("wanted", [f"{PREFIX}.4.{n}" for n in (70, 80, 90, 201)] + [RLE])
@pytest.mark.parametrize("dtype", ["u1", "i2"])
def test_signed_and_short_samples_keep_their_values(wanted, dtype):
    array = np.arange(-300, 724).reshape(32, 32).astype(dtype)
    start = sent(image(array), EXPLICIT)
    compressed = through(start, EXPLICIT, wanted)
    assert np.array_equal(Frames(compressed, transfer_syntax(wanted))[0], array)


@pytest.mark.parametrize("wanted", LOSSLESS)
def test_colour_is_what_the_codec_makes_of_it(photo, wanted):
    start = sent(image(photo, "RGB", sop_class=SecondaryCaptureImageStorage), EXPLICIT)
    try:
        compressed = through(start, EXPLICIT, wanted)
    except InvalidTransferSyntax as error:
        pytest.fail(f"{wanted}: {error}")
    assert compressed["PhotometricInterpretation"] == COLOUR_TRANSFORMS.get(wanted, "RGB")
    assert compressed["PlanarConfiguration"] == 0
    assert np.array_equal(Frames(compressed, transfer_syntax(wanted))[0], photo)
    back = through(compressed, wanted, EXPLICIT)
    assert back["PhotometricInterpretation"] == "RGB"
    assert np.array_equal(Frames(back, transfer_syntax(EXPLICIT))[0], photo)


def test_planes_of_colour_are_interleaved(photo):
    ds = image(photo, "RGB")
    ds["PlanarConfiguration"] = 1
    ds.set("PixelData", VR.OB, np.ascontiguousarray(photo.transpose(2, 0, 1)).tobytes())
    compressed = through(sent(ds, EXPLICIT), EXPLICIT, f"{PREFIX}.4.80")
    assert compressed["PlanarConfiguration"] == 0
    assert np.array_equal(Frames(compressed, transfer_syntax(f"{PREFIX}.4.80"))[0], photo)


@pytest.mark.parametrize("wanted", LOSSY)
def test_loss_makes_a_new_instance_that_says_so(photo, wanted):
    start = sent(image(photo, "RGB"), EXPLICIT)
    made = through(start, EXPLICIT, wanted)
    assert made["SOPInstanceUID"] not in ("1.2.3.4", None)
    assert made["LossyImageCompression"] == "01"
    assert made["LossyImageCompressionMethod"] == LOSSY_METHODS[wanted]
    size = len(made.raw("PixelData"))
    assert made["LossyImageCompressionRatio"] == pytest.approx(photo.nbytes / size, rel=0.2)
    assert made["ImageType"] == ("DERIVED", "PRIMARY", "AXIAL")
    (source,) = made["SourceImageSequence"]
    assert source["ReferencedSOPInstanceUID"] == "1.2.3.4"
    assert made["DerivationCodeSequence"][0]["CodeValue"] == "113040"
    assert made["PhotometricInterpretation"] == COLOUR_TRANSFORMS.get(wanted, "RGB")
    seen = Frames(made, transfer_syntax(wanted))[0].astype(int)
    assert np.abs(seen - photo).mean() < 6
    assert start["SOPInstanceUID"] == "1.2.3.4"
    other = f"{PREFIX}.4.{91 if wanted.endswith('81') else 81}"
    again = through(made, wanted, other)
    methods = [LOSSY_METHODS[wanted], LOSSY_METHODS[other]]
    assert list(again.values_of("LossyImageCompressionMethod")) == methods
    assert len(again["SourceImageSequence"]) == 2


def test_a_lossy_image_comes_out_native_as_rgb_and_the_same_instance(photo):
    jpeg = through(sent(image(photo, "RGB"), EXPLICIT), EXPLICIT, f"{PREFIX}.4.50")
    assert jpeg["PhotometricInterpretation"] == "YBR_FULL_422"
    native = through(jpeg, f"{PREFIX}.4.50", IMPLICIT)
    assert native["PhotometricInterpretation"] == "RGB"
    assert native["SOPInstanceUID"] == jpeg["SOPInstanceUID"]
    assert native["LossyImageCompression"] == "01"
    rgb = Frames(jpeg, transfer_syntax(f"{PREFIX}.4.50"))[0]
    assert np.array_equal(Frames(native, transfer_syntax(IMPLICIT))[0], rgb)


def test_ybr_without_loss_stays_ybr(photo):
    ds = image(photo, "YBR_FULL")
    compressed = through(sent(ds, EXPLICIT), EXPLICIT, f"{PREFIX}.4.90")
    assert compressed["PhotometricInterpretation"] == "YBR_FULL"
    stored = Frames(compressed, transfer_syntax(f"{PREFIX}.4.90"), colour="stored")
    assert np.array_equal(stored[0], photo)


def test_palette_indices_are_never_lossy(ct):
    ds = sent(image(ct.astype(np.uint8), "PALETTE COLOR"), EXPLICIT)
    with pytest.raises(InvalidTransferSyntax):
        through(ds, EXPLICIT, f"{PREFIX}.4.91")
    kept = through(ds, EXPLICIT, f"{PREFIX}.4.80")
    assert kept["PhotometricInterpretation"] == "PALETTE COLOR"


@pytest.mark.parametrize("workers", [1, 3])
def test_many_frames_have_an_offset_table(workers):
    frames = np.random.default_rng(7).integers(0, 4096, (11, 24, 20)).astype(np.uint16)
    start = sent(image(frames, frames=11, stored=12), EXPLICIT)
    compressed = through(start, EXPLICIT, RLE, workers=workers)
    read = Frames(compressed, transfer_syntax(RLE))
    assert read._encapsulated.has_offset_table
    assert np.array_equal(read.array(), frames)
    back = through(compressed, RLE, EXPLICIT, workers=workers)
    assert bytes(back.raw("PixelData")) == frames.tobytes()


def test_offsets_beyond_32_bits_stand_in_an_extended_table(monkeypatch):
    monkeypatch.setattr("filmroom.pixels.transcoding._LONGEST_BASIC", 100)
    frames = np.arange(4 * 16 * 16, dtype=np.uint16).reshape(4, 16, 16)
    start = sent(image(frames, frames=4), EXPLICIT)
    compressed = through(start, EXPLICIT, RLE)
    assert len(compressed.raw("ExtendedOffsetTable")) == 32
    assert np.array_equal(Frames(compressed, transfer_syntax(RLE)).array(), frames)
    back = through(compressed, RLE, EXPLICIT)
    assert "ExtendedOffsetTable" not in back
    assert "ExtendedOffsetTableLengths" not in back


def test_overlays_in_bits_of_the_pixels_get_a_value_of_their_own():
    values = np.arange(256, dtype=np.uint16).reshape(16, 16)
    marks = np.zeros((16, 16), bool)
    marks[3, 4] = marks[8] = True
    ds = image(values | marks.astype(np.uint16) << 14, stored=12)
    ds.set(0x60000040, VR.CS, "G")
    ds.set(0x60000010, VR.US, 16)
    ds.set(0x60000011, VR.US, 16)
    ds.set(0x60000100, VR.US, 16)
    ds.set(0x60000102, VR.US, 14)
    compressed = through(sent(ds, EXPLICIT), EXPLICIT, f"{PREFIX}.4.80")
    assert np.array_equal(Frames(compressed, transfer_syntax(f"{PREFIX}.4.80"))[0], values)
    bits = np.frombuffer(compressed.raw(0x60003000), np.uint8)
    assert np.array_equal(np.unpackbits(bits, bitorder="little").reshape(16, 16), marks)
    assert (compressed[0x60000100], compressed[0x60000102]) == (1, 0)


def test_icons_stay_native_and_compressed_ones_become_so(ct, photo):
    icon = image(photo, "RGB")
    ds = image(ct, stored=12)
    ds.set("IconImageSequence", VR.SQ, [icon])
    compressed = through(sent(ds, EXPLICIT), EXPLICIT, RLE)
    assert bytes(compressed["IconImageSequence"][0].raw("PixelData")) == photo.tobytes()
    squeezed = transcode(image(photo, "RGB"), transfer_syntax(EXPLICIT), transfer_syntax(RLE))
    value = squeezed.raw("PixelData")
    ds = transcode(image(ct, stored=12), transfer_syntax(EXPLICIT), transfer_syntax(RLE))
    small = image(photo, "RGB")
    small.add(Element(0x7FE00010, VR.OB, value, undefined_length=True))
    ds.set("IconImageSequence", VR.SQ, [small])
    native = through(sent(ds, RLE), RLE, EXPLICIT)
    assert bytes(native["IconImageSequence"][0].raw("PixelData")) == photo.tobytes()


def test_single_bits_come_out_packed_as_they_were():
    bits = np.random.default_rng(3).integers(0, 2, (5, 7, 9)).astype(np.uint8)
    ds = image(bits, frames=5)
    ds["BitsAllocated"] = ds["BitsStored"] = 1
    ds["HighBit"] = 0
    packed = np.packbits(bits.reshape(-1), bitorder="little").tobytes()
    ds.set("PixelData", VR.OB, packed)
    deflated = f"{PREFIX}.1.98"
    try:
        compressed = through(sent(ds, EXPLICIT), EXPLICIT, deflated)
    except DataError as error:
        pytest.skip(f"no encoder takes single bits: {error}")
    back = through(compressed, deflated, EXPLICIT)
    assert bytes(back.raw("PixelData"))[: len(packed)] == packed


@pytest.mark.parametrize("wanted", NATIVE)
def test_what_has_no_pixels_or_needs_nothing_is_handed_back(ct, wanted):
    ds = image(ct)
    same = transcode(ds, transfer_syntax(EXPLICIT), transfer_syntax(wanted))
    assert same is ds
    del ds["PixelData"]
    assert transcode(ds, transfer_syntax(EXPLICIT), transfer_syntax(RLE)) is ds


def test_what_cannot_be_done_is_known_before():
    video = transfer_syntax(f"{PREFIX}.4.102")
    explicit = transfer_syntax(EXPLICIT)
    assert not can_transcode(video, explicit)
    assert not can_transcode(explicit, video)
    beside = {f"{PREFIX}.4.{n}" for n in (94, 95, 204, 205)} | {
        f"{PREFIX}.7.{n}" for n in (1, 2, 3)
    }
    for uid, syntax in TRANSFER_SYNTAXES.items():
        plain = not syntax.encapsulated and uid not in beside
        assert can_transcode(syntax, explicit) == (uid in CODECS or plain)
        assert can_transcode(explicit, syntax) == (uid in LOSSLESS or plain)


def test_float_pixels_are_not_compressed():
    ds = image(np.zeros((4, 4), np.uint16))
    del ds["PixelData"]
    ds["BitsAllocated"] = 32
    ds.set("FloatPixelData", VR.OF, np.zeros((4, 4), "<f4").tobytes())
    with pytest.raises(InvalidTransferSyntax):
        transcode(ds, transfer_syntax(EXPLICIT), transfer_syntax(RLE))


def test_pydicom_reads_what_was_made(ct):
    made = transcode(image(ct, stored=12), transfer_syntax(EXPLICIT), transfer_syntax(RLE))
    read = pydicom.dcmread(io.BytesIO(encode_bytes(made, transfer_syntax(RLE))), force=True)
    read.file_meta = FileMetaDataset()
    read.file_meta.TransferSyntaxUID = RLE
    assert np.array_equal(read.pixel_array, ct)


RNG = np.random.default_rng(32)
LONG_SAMPLES = {
    "a ramp": (np.arange(64 * 48, dtype=np.uint32) * 977 + 100_000).reshape(64, 48),
    "around zero": RNG.integers(-40, 40, (64, 48), dtype=np.int32),
    "large": RNG.integers(1 << 20, 1 << 22, (64, 48), dtype=np.uint32),
}
NOISE = {
    "unsigned noise": RNG.integers(0, 1 << 32, (64, 48), dtype=np.uint32),
    "signed noise": RNG.integers(-(1 << 31), 1 << 31, (64, 48), dtype=np.int32),
    "one value": np.full((64, 48), 70_000, np.uint32),
}


@pytest.mark.parametrize("wanted", [IMPLICIT, EXPLICIT, DEFLATED])
@pytest.mark.parametrize("name", LONG_SAMPLES | NOISE)
def test_32_bit_samples_leave_big_endian_as_they_are(wanted, name):
    samples = (LONG_SAMPLES | NOISE)[name]
    stored = sent(image(samples), BIG)
    before = Frames(stored, transfer_syntax(BIG))
    assert not before.are_whole_numbers
    assert np.array_equal(before[0], samples)
    assert np.array_equal(Frames(through(stored, BIG, wanted), transfer_syntax(wanted))[0], samples)


@pytest.mark.parametrize("wanted", [IMPLICIT, EXPLICIT, DEFLATED])
@pytest.mark.parametrize("name", LONG_SAMPLES)
def test_32_bit_samples_leave_big_endian_right_where_they_stood_there_as_whole_numbers(
    wanted, name
):
    samples = LONG_SAMPLES[name]
    stored = sent(image(samples), BIG)
    whole = samples.astype(samples.dtype.newbyteorder(">")).tobytes()
    stored.add(Element(0x7FE00010, VR.OW, whole, little_endian=False))
    before = Frames(stored, transfer_syntax(BIG))
    assert before.are_whole_numbers
    assert [issue.message for issue in stored.issues] == ["32-bit samples in big endian OW"]
    assert np.array_equal(before[0], samples)
    assert np.array_equal(Frames(through(stored, BIG, wanted), transfer_syntax(wanted))[0], samples)
