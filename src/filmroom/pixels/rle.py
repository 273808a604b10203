"""RLE Lossless: the bytes of the samples in planes, each plane PackBits (PS3.5 Annex G).

The header, the planes and their order are DICOM's and stand here, vectorised with NumPy. PackBits
itself is not: imagecodecs has it, and where the bytes are not quite PackBits the loop below.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from filmroom.errors import (
    InvalidTransferSyntax,
    InvalidValue,
    LengthOutOfBounds,
    TruncatedData,
)
from filmroom.pixels.description import ImageDescription, PixelArray

__all__ = ["decode", "encode"]

_PIXEL_DATA = 0x7FE00010
_BITS_ALLOCATED = 0x00280100
_HEADER_LENGTH = 64
_MOST_SEGMENTS = 15
_MOST_EXPANSION = 64
"""Two bytes stand for up to 128 (PS3.5 §G.3.2)."""
_NOTHING = 128


def decode(data: bytes | memoryview, description: ImageDescription) -> PixelArray:
    """The pixel cells of one frame in the shape and dtype of ``description``.

    Raises DataErrors for headers that contradict themselves or the image, before memory is taken,
    and :class:`TruncatedData` for a segment that ends before its plane is full.
    """
    size = _bytes_of_sample(description)
    samples = description.samples_per_pixel
    pixels = description.rows * description.columns
    bounds = _segments(data, size * samples)
    for start, stop in bounds:
        if (stop - start) * _MOST_EXPANSION < pixels:
            raise TruncatedData(
                f"an RLE segment of {stop - start} bytes for a plane of {pixels}", tag=_PIXEL_DATA
            )
    plane = np.empty(pixels, np.uint8)
    cells = np.empty((pixels, samples), f"u{size}") if samples > 1 else None
    for sample in range(samples):
        # The most significant byte comes first (PS3.5 §G.2).
        whole: NDArray[Any] = plane
        for number, (start, stop) in enumerate(bounds[sample * size : (sample + 1) * size]):
            _unpack(data[start:stop], plane)
            if size > 1 and number == 0:
                whole = plane.astype(f"u{size}")
            elif size > 1:
                whole <<= 8
                whole |= plane
        if cells is None:
            return whole.reshape(description.shape).view(description.dtype)
        cells[:, sample] = whole
    assert cells is not None
    return cells.reshape(description.shape).view(description.dtype)


def encode(cells: PixelArray, description: ImageDescription) -> bytes:
    """Pixel cells of one frame as RLE; no run crosses the end of a row (PS3.5 §G.3.1)."""
    size = _bytes_of_sample(description)
    samples = description.samples_per_pixel
    if size * samples > _MOST_SEGMENTS:
        raise InvalidTransferSyntax(
            f"RLE has {_MOST_SEGMENTS} segments at most", tag=_BITS_ALLOCATED
        )
    rows, columns = description.rows, description.columns
    whole = np.ascontiguousarray(
        cells.reshape(rows, columns, samples), f"<{cells.dtype.kind}{size}"
    )
    planes = whole.view(np.uint8).reshape(rows, columns, samples, size)
    segments = []
    for sample in range(samples):
        for byte in reversed(range(size)):
            segment = imagecodecs.packbits_encode(planes[:, :, sample, byte].copy())
            segments.append(bytes(segment) + b"\0" * (len(segment) % 2))
    header = np.zeros(_HEADER_LENGTH // 4, "<u4")
    header[0] = len(segments)
    lengths = [_HEADER_LENGTH, *map(len, segments[:-1])]
    header[1 : len(segments) + 1] = np.cumsum(lengths)
    return b"".join([header.tobytes(), *segments])


def _bytes_of_sample(description: ImageDescription) -> int:
    if description.bits_allocated % 8:
        raise InvalidTransferSyntax("RLE holds whole bytes only", tag=_BITS_ALLOCATED)
    return description.bits_allocated // 8


def _segments(data: bytes | memoryview, count: int) -> list[tuple[int, int]]:
    """Where each segment starts and stops (PS3.5 §G.5)."""
    if len(data) < _HEADER_LENGTH:
        raise TruncatedData("the RLE header is cut off", tag=_PIXEL_DATA)
    header = np.frombuffer(data[:_HEADER_LENGTH], "<u4").tolist()
    if header[0] != count or count > _MOST_SEGMENTS:
        raise InvalidValue(f"{header[0]} RLE segments where {count} must be", tag=_PIXEL_DATA)
    bounds = [*header[1 : count + 1], len(data)]
    if bounds[0] < _HEADER_LENGTH or any(start > stop for start, stop in pairwise(bounds)):
        raise LengthOutOfBounds("RLE segments out of order or out of bounds", tag=_PIXEL_DATA)
    return list(pairwise(bounds))


def _unpack(segment: bytes | memoryview, plane: NDArray[np.uint8]) -> None:
    """Fill ``plane`` from PackBits."""
    packed: Any = segment
    target: Any = plane.data
    try:
        if len(imagecodecs.packbits_decode(packed, out=target)) == len(plane):
            return
    except imagecodecs.PackbitsError:
        # A pad byte behind an odd segment, more bytes than the plane has, or too few.
        pass
    _unpack_slowly(bytes(segment), plane)


def _unpack_slowly(segment: bytes, plane: NDArray[np.uint8]) -> None:
    """As :func:`_unpack`, packet by packet, as far as the plane goes and no farther."""
    out = bytearray()
    position, end, needed = 0, len(segment), len(plane)
    while position < end and len(out) < needed:
        head = segment[position]
        if head < _NOTHING:
            out += segment[position + 1 : position + 2 + head]
            position += 2 + head
        elif head > _NOTHING:
            out += segment[position + 1 : position + 2] * (257 - head)
            position += 2
        else:
            position += 1
    if len(out) < needed:
        raise TruncatedData(
            f"an RLE segment of {len(out)} bytes for a plane of {needed}", tag=_PIXEL_DATA
        )
    # What follows a full plane is padding, whatever it holds (PS3.5 §G.4).
    plane[:] = np.frombuffer(out, np.uint8)[:needed]
