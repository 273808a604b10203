"""JPEG XL: lossless, recompressed JPEG, lossy (PS3.5 §8.2.18, ISO/IEC 18181-1)."""

from __future__ import annotations

from typing import Any

import imagecodecs
import numpy as np

from filmroom.errors import InvalidTransferSyntax, InvalidValue
from filmroom.pixels.cells import Decoded, as_unsigned, check
from filmroom.pixels.codestream import jpeg_xl_header
from filmroom.pixels.description import ImageDescription, PixelArray

__all__ = ["DISTANCE", "decode", "encode_lossless", "encode_lossy"]

DISTANCE = 1.0
"""Butteraugli distance of lossy JPEG XL unless the caller says otherwise: just not noticeable."""

_PIXEL_DATA = 0x7FE00010
_BITS_STORED = 0x00280101
_MOST_BITS = 16


def decode(data: memoryview, description: ImageDescription, rgb: bool) -> Decoded:
    """One frame; colour comes as RGB also where it was a JPEG image in YBR_FULL_422."""
    check(jpeg_xl_header(data), len(data), description)
    stream: Any = data
    array = imagecodecs.jpegxl_decode(stream, numthreads=1)
    if array.dtype.kind != "u":
        raise InvalidValue("JPEG XL with other than integer samples", tag=_PIXEL_DATA)
    return Decoded(array, min(array.dtype.itemsize * 8, description.bits_stored))


def encode_lossless(
    array: PixelArray, description: ImageDescription, quality: float | None
) -> bytes:
    """One frame without loss."""
    return _encode(array, description, None)


def encode_lossy(array: PixelArray, description: ImageDescription, quality: float | None) -> bytes:
    """One frame at a butteraugli distance of ``quality``, 1 being hardly visible."""
    distance = DISTANCE if quality is None else float(quality)
    if not 0 <= distance <= 25:
        raise InvalidValue("the distance of JPEG XL is 0 to 25")
    if description.is_signed:
        raise InvalidTransferSyntax("lossy JPEG XL takes unsigned samples only", tag=0x00280103)
    return _encode(array, description, distance)


def _encode(array: PixelArray, description: ImageDescription, distance: float | None) -> bytes:
    if description.bits_stored > _MOST_BITS:
        raise InvalidTransferSyntax("JPEG XL takes up to 16 bits", tag=_BITS_STORED)
    return bytes(
        imagecodecs.jpegxl_encode(
            np.ascontiguousarray(as_unsigned(array, description)),
            lossless=distance is None,
            distance=distance,
            bitspersample=description.bits_stored,
            numthreads=1,
        )
    )
