"""Pixels through native layout, RLE, encapsulation and the codecs; and bytes that are none."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pixel_arrays import data_set_of

from filmroom.dicom import VR, transfer_syntax
from filmroom.errors import DataError
from filmroom.pixels import (
    CODECS,
    EncapsulatedFrames,
    Frames,
    ImageDescription,
    decode,
    encapsulate,
    encode,
    extended_offset_table,
    rle,
)
from filmroom.pixels.cells import as_cells, as_stored
from filmroom.pixels.colour import to_rgb, to_ybr_full
from filmroom.pixels.native import pack, unpack

PREFIX = "1.2.840.10008.1.2"
RLE = f"{PREFIX}.5"
LOSSLESS = {
    # Transfer syntax: the most bits that are encoded, and the fewest.
    f"{PREFIX}.4.57": (2, 16),
    f"{PREFIX}.4.70": (2, 16),
    f"{PREFIX}.4.80": (2, 16),
    f"{PREFIX}.4.90": (1, 24),
    f"{PREFIX}.4.110": (1, 16),
    f"{PREFIX}.4.201": (2, 16),
    f"{PREFIX}.4.202": (2, 16),
    f"{PREFIX}.1.98": (1, 32),
    RLE: (1, 32),
}


@st.composite
def descriptions(draw, *, fewest=1, most=32, allocated=(8, 16, 32), side=24, frames=1):
    """Descriptions of small images of any bits, with a high bit anywhere above them."""
    room = draw(st.sampled_from([bits for bits in allocated if bits >= fewest]))
    stored = draw(st.integers(fewest, min(room, most)))
    samples = draw(st.sampled_from([1, 3]))
    return ImageDescription(
        rows=draw(st.integers(1, side)),
        columns=draw(st.integers(1, side)),
        samples_per_pixel=samples,
        photometric_interpretation="RGB" if samples == 3 else "MONOCHROME2",
        planar_configuration=draw(st.integers(0, 1)) if samples == 3 else 0,
        bits_allocated=room,
        bits_stored=stored,
        high_bit=draw(st.integers(stored - 1, room - 1)),
        pixel_representation=draw(st.integers(0, 1)) if stored > 1 else 0,
        number_of_frames=draw(st.integers(1, frames)),
    )


def samples(description, count=None):
    """Arrays of stored values of a description: noise, runs and everything between."""
    bits = description.bits_stored - description.pixel_representation
    lowest = -(1 << bits) if description.is_signed else 0
    shape = description.shape if count is None else (count, *description.shape)
    values = st.integers(lowest, (1 << bits) - 1)
    return arrays(description.dtype, shape, elements=values, fill=values)


@st.composite
def images(draw, **options):
    description = draw(descriptions(**options))
    return description, draw(samples(description))


@st.composite
def to_encode(draw):
    """A lossless transfer syntax with an image that it can hold."""
    uid = draw(st.sampled_from(sorted(LOSSLESS)))
    fewest, most = LOSSLESS[uid]
    allocated = tuple(bits for bits in (8, 16, 32) if bits <= 16 or most > 16)
    description, array = draw(images(fewest=fewest, most=most, allocated=allocated))
    if not CODECS[uid].keeps_cells:
        description = replace(description, high_bit=description.bits_stored - 1)
    return uid, description, array


@settings(max_examples=200)
@given(to_encode())
def test_lossless_codecs_give_back_every_sample(case):
    uid, description, array = case
    found = decode(uid, encode(uid, array, description), description)
    assert found.dtype == description.dtype
    assert np.array_equal(found, array)


@settings(max_examples=150)
@given(images(allocated=(8, 16, 32, 64), side=40))
def test_rle_gives_back_every_cell(image):
    description, array = image
    cells = as_cells(array, description)
    if description.bits_allocated // 8 * description.samples_per_pixel <= 15:
        encoded = rle.encode(cells, description)
        assert len(encoded) % 2 == 0
        found = rle.decode(encoded, description)
        assert np.array_equal(found, cells)
        assert np.array_equal(as_stored(found, description), array)


@st.composite
def native_images(draw):
    description = draw(descriptions(allocated=(1, 8, 16, 32), frames=4, side=9))
    return description, draw(samples(description, description.number_of_frames))


@given(native_images(), st.booleans(), st.booleans())
def test_native_frames_are_what_was_packed(image, little, words):
    description, frames = image
    layout = {"little_endian": little, "words": words}
    value = memoryview(pack(frames, description, **layout))
    count = description.number_of_frames
    assert np.array_equal(unpack(value, description, 0, count, **layout), frames)
    for number in range(count):
        assert np.array_equal(unpack(value, description, number, **layout)[0], frames[number])


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=8), st.sampled_from("nbe"))
def test_encapsulated_frames_are_found_with_and_without_tables(parts, kind):
    lengths = [len(part) for part in parts]
    value = memoryview(b"".join(encapsulate(parts, lengths if kind == "b" else None)))
    table = extended_offset_table(lengths) if kind == "e" else None
    found = EncapsulatedFrames(value, len(parts), extended=table)
    for number, part in enumerate(parts):
        pad = b"" if kind == "e" else b"\0" * (len(part) % 2)
        assert bytes(found.read(number)) == part + pad


fragments = st.lists(st.binary(min_size=1, max_size=9), min_size=1, max_size=4)


@given(st.lists(fragments, min_size=1, max_size=6))
def test_fragments_of_jpeg_frames_are_told_apart_without_a_table(frames):
    written, whole = [], []
    for parts in frames:
        body = [part.replace(b"\xff", b"\xfe") for part in parts]
        body = [part + b"." * (len(part) % 2) for part in body]
        body[0] = b"\xff\xd8\xff." + body[0]
        body[-1] = body[-1] + b"\xff\xd9"
        written += body
        whole.append(b"".join(body))
    value = memoryview(b"".join(encapsulate(written)))
    found = EncapsulatedFrames(value, len(frames))
    assert [bytes(found.read(number)) for number in range(len(frames))] == whole


@given(arrays(np.uint8, st.tuples(st.integers(1, 5), st.integers(1, 5), st.just(3))))
def test_rgb_survives_ybr_full_within_one_level(rgb):
    back = to_rgb(to_ybr_full(rgb), "YBR_FULL")
    # Chrominance is rounded and weighs up to 1.772.
    assert np.abs(back.astype(int) - rgb).max() <= 2


# ------------------------------------------------------------------ bytes that are no image


IMAGE = ImageDescription(8, 8, bits_allocated=8, bits_stored=8, high_bit=7)
STREAMS = {
    uid: encode(uid, np.arange(64, dtype=np.uint8).reshape(8, 8), IMAGE)
    for uid, codec in CODECS.items()
    if codec.encode is not None
}


@st.composite
def damaged(draw):
    """A compressed frame with some of its bytes changed, left out or put in."""
    uid = draw(st.sampled_from(sorted(STREAMS)))
    data = bytearray(STREAMS[uid])
    for _ in range(draw(st.integers(1, 6))):
        position = draw(st.integers(0, len(data)))
        new = draw(st.binary(max_size=4))
        data[position : position + draw(st.integers(0, 4))] = new
    return uid, bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


@settings(max_examples=400)
@given(damaged(), st.booleans())
def test_damaged_frames_raise_data_errors_or_give_an_image(case, tolerant):
    uid, data = case
    tolerate = (lambda *defect: None) if tolerant else None
    try:
        found = decode(uid, data, IMAGE, tolerate=tolerate)
    except DataError:
        return
    assert (found.shape, found.dtype) == (IMAGE.shape, IMAGE.dtype)


@given(st.sampled_from(sorted(CODECS)), st.binary(max_size=200))
def test_any_bytes_raise_data_errors_or_give_an_image(uid, data):
    try:
        found = decode(uid, data, IMAGE, tolerate=lambda *defect: None)
    except DataError:
        return
    assert (found.shape, found.dtype) == (IMAGE.shape, IMAGE.dtype)


@given(st.binary(max_size=300), st.integers(1, 6), st.none() | st.binary(max_size=48))
def test_any_value_raises_data_errors_or_gives_frames(value, count, table):
    extended = None if table is None else (table, table)
    try:
        found = EncapsulatedFrames(
            memoryview(value), count, extended=extended, tolerate=lambda *defect: None
        )
    except DataError:
        return
    for number in range(count):
        try:
            assert len(found.read(number)) <= len(value)
        except DataError:
            continue


@given(st.binary(max_size=300), st.booleans(), st.booleans(), st.integers(1, 5))
def test_any_pixel_data_raises_data_errors_or_gives_frames(value, open_ended, strict, count):
    syntax = transfer_syntax(RLE)
    description = ImageDescription(
        2, 3, bits_allocated=8, bits_stored=8, high_bit=7, number_of_frames=count
    )
    ds = data_set_of(
        description, value, syntax=syntax, vr=VR.OB, encapsulated=open_ended, strict=strict
    )
    try:
        found = Frames(ds).array(workers=1)
    except DataError:
        return
    assert found.shape == (count, 2, 3)
