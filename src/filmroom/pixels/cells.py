"""Pixel cells, what codecs give, and stored values (PS3.5 §8.1.1, §8.2).

A cell has Bits Allocated bits, of which Bits Stored below High Bit are the sample. Codecs give
containers of their own choice, often without a sign; the data set says what they mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from filmroom.errors import InvalidValue, LengthOutOfBounds
from filmroom.pixels.codestream import Codestream
from filmroom.pixels.description import ImageDescription, PixelArray, PixelKind

__all__ = [
    "MAX_FRAME_LENGTH",
    "Decoded",
    "as_cells",
    "as_stored",
    "as_unsigned",
    "check",
    "check_length",
    "from_codec",
]

MAX_FRAME_LENGTH = 1 << 30
"""Bytes that one decoded frame may have: a header must not fill the memory by itself."""

_UNQUESTIONED = 1 << 26
_MOST_EXPANSION = 1024
# Frames of more samples than are unquestioned must have a byte for so many of them at least.

_PIXEL_DATA = 0x7FE00010
_ROWS = 0x00280010
_SAMPLES_PER_PIXEL = 0x00280002
_BITS_ALLOCATED = 0x00280100


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a codec gave: samples of ``precision`` bits.

    ``sign_at`` are the bits of which the highest is the sign where the codec itself keeps none;
    None is Bits Stored. ``defect`` says what had to be tolerated, where something had.
    """

    array: PixelArray
    precision: int
    sign_at: int | None = None
    defect: str = ""


def check(header: Codestream, length: int, description: ImageDescription) -> None:
    """Raise :class:`InvalidValue` where a compressed frame is not the image described.

    Also :class:`LengthOutOfBounds` where it would become large out of a ``length`` too small to be
    of such an image.
    """
    if (header.rows, header.columns) != (description.rows, description.columns):
        raise InvalidValue(
            f"the compressed frame has {header.rows} rows and {header.columns} columns, the data"
            f" set {description.rows} and {description.columns}",
            tag=_ROWS,
        )
    if header.samples not in (0, description.samples_per_pixel):
        raise InvalidValue(
            f"the compressed frame has {header.samples} samples a pixel, the data set"
            f" {description.samples_per_pixel}",
            tag=_SAMPLES_PER_PIXEL,
        )
    if header.precision > max(description.bits_allocated, 8):
        raise InvalidValue(
            f"the compressed frame has {header.precision} bits a sample, the data set room for"
            f" {description.bits_allocated}",
            tag=_BITS_ALLOCATED,
        )
    samples = description.samples
    if samples > max(_UNQUESTIONED, length * _MOST_EXPANSION):
        raise LengthOutOfBounds(f"{samples} samples out of {length} bytes", tag=_PIXEL_DATA)


def check_length(description: ImageDescription) -> None:
    """Raise :class:`LengthOutOfBounds` for a frame longer than ``MAX_FRAME_LENGTH`` decoded."""
    if description.samples * description.dtype.itemsize > MAX_FRAME_LENGTH:
        raise LengthOutOfBounds(
            f"a frame longer than {MAX_FRAME_LENGTH} bytes once decoded", tag=_PIXEL_DATA
        )


def from_codec(decoded: Decoded, description: ImageDescription, *, lossy: bool) -> PixelArray:
    """What a codec gave as stored values in the shape and dtype of ``description``.

    ``lossy`` samples beyond Bits Stored are clipped: they are errors of the codec, not other data.
    """
    array = decoded.array
    if array.shape != description.shape or array.dtype.kind not in "iu":
        raise InvalidValue("the codec gave other samples than described", tag=_PIXEL_DATA)
    stored, signed = description.bits_stored, description.is_signed
    if decoded.precision > stored:
        if lossy and array.dtype.kind == ("i" if signed else "u"):
            lowest = -(1 << (stored - 1)) if signed else 0
            return array.clip(lowest, lowest + (1 << stored) - 1).astype(description.dtype)
        return as_stored(array.astype(description.dtype, copy=False), description)
    out = array.astype(description.dtype, copy=False)
    meant = min(decoded.sign_at or stored, stored)
    unused = out.dtype.itemsize * 8 - meant
    if unused and (array.dtype.kind == "i") != signed:
        out = out << unused
        out >>= unused
    return out


def as_stored(array: PixelArray, description: ImageDescription) -> PixelArray:
    """Pixel cells as stored values: bits around those stored cut off, the sign extended.

    What older objects keep in the other bits is overlays (PS3.5 §8.1.1, PS3.3 §C.9.2).
    """
    if description.kind is not PixelKind.INTEGER or description.bits_allocated == 1:
        return array
    unused = description.bits_allocated - description.bits_stored
    if not unused:
        return array
    above = description.bits_allocated - 1 - description.high_bit
    out: PixelArray
    if above == unused and not description.is_signed:
        out = array & np.array((1 << description.bits_stored) - 1, array.dtype)
    else:
        out = array << above
        out >>= unused
    return out


def as_cells(array: PixelArray, description: ImageDescription) -> PixelArray:
    """Stored values as pixel cells: the highest bit of the sample at High Bit."""
    below = description.high_bit + 1 - description.bits_stored
    cells = array.astype(description.dtype, copy=False)
    return cells << below if below and description.kind is PixelKind.INTEGER else cells


def as_unsigned(array: PixelArray, description: ImageDescription) -> PixelArray:
    """Stored values as the unsigned numbers of Bits Stored bits that codecs without a sign take."""
    size = 1 if description.bits_stored <= 8 else 2 if description.bits_stored <= 16 else 4
    mask = np.array((1 << description.bits_stored) - 1, f"u{size}")
    return np.ascontiguousarray(array.astype(mask.dtype) & mask)
