"""Pixels: description, encapsulation, RLE, and every codec behind its checks.

For all bytes, as pixel data of an image of at most 64 by 64 pixels, in every transfer syntax:

- reading frames raises `DataError` or nothing; a frame has the shape and dtype of the description;
- memory is taken by what the description says, whatever a compressed frame claims to expand to;
- what a lossless codec makes of pixels that could be read is read as the same pixels.

Eight bytes say transfer syntax, rows, columns, colours, bits, frames and tables; the rest is the
value of the pixel data, or native pixels.
"""

import numpy as np

from filmroom.dicom import TRANSFER_SYNTAXES, VR, DataSet, Element, ExplicitVRLittleEndian
from filmroom.errors import DataError
from filmroom.pixels import CODECS, Frames, ImageDescription, encapsulate, encode

SYNTAXES = [ExplicitVRLittleEndian, *(TRANSFER_SYNTAXES[uid] for uid in CODECS)]
COLOURS = (
    (1, "MONOCHROME2"), (1, "MONOCHROME1"), (1, "PALETTE COLOR"), (3, "RGB"), (3, "YBR_FULL"),
    (3, "YBR_FULL_422"), (3, "YBR_RCT"), (3, "YBR_ICT"), (4, "ARGB"), (3, "XYB"),
    (2, "MONOCHROME2"),
)  # fmt: skip
ALLOCATED = (1, 8, 16, 32, 64)
LOSSLESS = [uid for uid, codec in CODECS.items() if codec.encode is not None and not codec.is_lossy]
TABLES, OF_DEFINED_LENGTH, STRICT, STORED_COLOUR = 0x10, 0x20, 0x40, 0x80
HEADER = 8
CHANGED = 1500
MOST_FRAMES = 8
PIXEL_DATA = 0x7FE00010


def check(data: bytes) -> None:
    if len(data) < HEADER:
        return
    data_set, syntax = image(data)
    colour = "stored" if data[6] & STORED_COLOUR else "rgb"
    try:
        frames = Frames(data_set, syntax, colour=colour)
        description = frames.description
        assert description.number_of_frames == len(frames) <= MOST_FRAMES
        whole = frames.array(workers=1)
    except DataError:
        return
    assert whole.shape == (len(frames), *description.shape)
    assert whole.dtype == description.dtype
    assert not (data[6] & STRICT and data_set.issues)
    for number in (0, len(frames) - 1):
        assert np.array_equal(frames[number], whole[number], equal_nan=True)
        assert len(frames.encoded(number)) <= len(data)
    if colour == "stored":
        check_lossless(whole[0], frames)


def check_lossless(frame: np.ndarray, frames: Frames) -> None:
    """Each codec that loses nothing gives back the frame, where it takes it at all."""
    given = frames.description
    description = ImageDescription(
        given.rows, given.columns, given.samples_per_pixel, frames.photometric_interpretation, 0,
        given.bits_allocated, given.bits_stored, given.high_bit, given.pixel_representation,
    )  # fmt: skip
    for uid in LOSSLESS:
        try:
            encoded = encode(uid, frame, description)
        except DataError:
            continue
        again = described(description, b"".join(encapsulate([encoded])), undefined_length=True)
        back = Frames(again, TRANSFER_SYNTAXES[uid], colour="stored")
        assert np.array_equal(back[0], frame), uid
        assert not again.issues


def image(data: bytes) -> tuple[DataSet, object]:
    syntax = SYNTAXES[data[0] % len(SYNTAXES)]
    samples, photometric = COLOURS[data[3] % len(COLOURS)]
    allocated = ALLOCATED[data[4] % len(ALLOCATED)]
    stored = data[5] % allocated + 1
    options = data[6]
    data_set = DataSet()
    data_set.parser.strict = bool(options & STRICT)
    fill(
        data_set, rows=data[1] % 64 + 1, columns=data[2] % 64 + 1, samples=samples,
        photometric=photometric, allocated=allocated, stored=stored, high_bit=stored - 1,
        signed=options & 1, planar=options >> 1 & 1, frames=(options >> 2 & 3) or 1,
    )  # fmt: skip
    value = data[HEADER:]
    if options & TABLES:
        length = data[7] * 8
        data_set.set(0x7FE00001, VR.OV, value[:length])
        data_set.set(0x7FE00002, VR.OV, value[length : 2 * length])
        value = value[2 * length :]
    enclosed = syntax.encapsulated and not options & OF_DEFINED_LENGTH
    vr = VR.OB if enclosed or allocated <= 8 else VR.OW
    data_set.add(Element(PIXEL_DATA, vr, value, undefined_length=enclosed))
    return data_set, syntax


def described(description: ImageDescription, value: bytes, *, undefined_length: bool) -> DataSet:
    data_set = DataSet()
    fill(
        data_set, rows=description.rows, columns=description.columns,
        samples=description.samples_per_pixel, photometric=description.photometric_interpretation,
        allocated=description.bits_allocated, stored=description.bits_stored,
        high_bit=description.high_bit, signed=description.pixel_representation,
        planar=description.planar_configuration, frames=description.number_of_frames,
    )  # fmt: skip
    data_set.add(Element(PIXEL_DATA, VR.OB, value, undefined_length=undefined_length))
    return data_set


def fill(data_set: DataSet, **given) -> None:
    data_set["SamplesPerPixel"] = given["samples"]
    data_set["PhotometricInterpretation"] = given["photometric"]
    data_set["PlanarConfiguration"] = given["planar"]
    data_set["NumberOfFrames"] = given["frames"]
    data_set["Rows"] = given["rows"]
    data_set["Columns"] = given["columns"]
    data_set["BitsAllocated"] = given["allocated"]
    data_set["BitsStored"] = given["stored"]
    data_set["HighBit"] = given["high_bit"]
    data_set["PixelRepresentation"] = given["signed"]


def seeds() -> list[bytes]:
    found = []
    source = np.random.default_rng(1)
    shapes = ((0, 1, 8), (0, 2, 12), (3, 1, 8), (4, 1, 8))
    for colour, bits, stored in shapes:
        samples, photometric = COLOURS[colour]
        rows, columns = 9, 7
        description = ImageDescription(
            rows, columns, samples, photometric, 0, ALLOCATED[bits], stored, stored - 1
        )
        ramp = np.arange(rows * columns * samples).reshape(description.shape) * 3 % (1 << stored)
        noise = source.integers(0, 1 << stored, description.shape)
        for number, syntax in enumerate(SYNTAXES):
            frames = [pixels.astype(description.dtype) for pixels in (ramp, noise)]
            head = [number, rows - 1, columns - 1, colour, bits, stored - 1]
            if not syntax.encapsulated:
                found.append(bytes([*head, 8, 0]) + b"".join(frame.tobytes() for frame in frames))
                continue
            try:
                encoded = [encode(syntax, frame, description) for frame in frames]
            except DataError:
                continue
            one = b"".join(encapsulate(encoded[:1]))
            two = b"".join(encapsulate(encoded, [len(piece) for piece in encoded]))
            found += [bytes([*head, 4, 0]) + one, bytes([*head, 8 | STORED_COLOUR, 0]) + two]
    return found
