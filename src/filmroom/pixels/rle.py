"""RLE Lossless: segments of PackBits, one a byte of a sample (PS3.5 Annex G)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from filmroom.errors import InvalidValue, LengthOutOfBounds, TruncatedData
from filmroom.pixels.description import ImageDescription, PixelArray

__all__ = ["decode"]

_PIXEL_DATA = 0x7FE00010
_HEADER = 64
_MOST_SEGMENTS = 15


def decode(data: bytes | memoryview, description: ImageDescription) -> PixelArray:
    """The pixel cells of one frame in the shape and dtype of ``description``."""
    size = max(description.bits_allocated // 8, 1)
    samples = description.samples_per_pixel
    pixels = description.rows * description.columns
    count = size * samples
    planes = np.empty((samples, size, pixels), np.uint8)
    for number, (start, stop) in enumerate(_segments(data, count)):
        planes[number // size, size - 1 - number % size] = np.frombuffer(
            _unpack(bytes(data[start:stop]), pixels), np.uint8
        )
    cells = np.ascontiguousarray(planes.transpose(2, 0, 1)).view(f"<u{size}")
    return cells.reshape(description.shape).view(description.dtype)


def _segments(data: bytes | memoryview, count: int) -> list[tuple[int, int]]:
    if len(data) < _HEADER:
        raise TruncatedData("the RLE header is cut off", tag=_PIXEL_DATA)
    header = np.frombuffer(data[:_HEADER], "<u4").tolist()
    if header[0] != count or count > _MOST_SEGMENTS:
        raise InvalidValue(f"{header[0]} RLE segments where {count} must be", tag=_PIXEL_DATA)
    bounds = [*header[1 : count + 1], len(data)]
    if bounds[0] < _HEADER or any(a > b for a, b in pairwise(bounds)):
        raise LengthOutOfBounds("RLE segments out of order or bounds", tag=_PIXEL_DATA)
    return list(pairwise(bounds))


def _unpack(data: bytes, length: int) -> bytes:
    out = bytearray()
    position, end = 0, len(data)
    while position < end and len(out) < length:
        head = data[position]
        position += 1
        if head < 128:
            out += data[position : position + head + 1]
            position += head + 1
        elif head > 128:
            out += data[position : position + 1] * (257 - head)
            position += 1
    if len(out) < length:
        raise TruncatedData("an RLE segment ends early", tag=_PIXEL_DATA)
    return bytes(out[:length])
