"""JPEG-LS, lossless and near-lossless (PS3.5 §8.2.3, ISO/IEC 14495-1)."""

from __future__ import annotations

from typing import Any

import imagecodecs

from filmroom.errors import InvalidTransferSyntax, InvalidValue
from filmroom.pixels.cells import Decoded, as_unsigned, check
from filmroom.pixels.codestream import Marker, jpeg_header, segments
from filmroom.pixels.description import ImageDescription, PixelArray

__all__ = ["MAX_NEAR", "NEAR", "decode", "encode_lossless", "encode_near_lossless"]

NEAR = 2
"""How far near-lossless samples may be off unless the caller says otherwise."""

MAX_NEAR = 255
"""The highest error that JPEG-LS can be told (ISO/IEC 14495-1 §C.2.3)."""

_BITS_STORED = 0x00280101
_MOST_BITS = 16
_END_OF_IMAGE = b"\xff\xd9"


def decode(data: memoryview, description: ImageDescription, rgb: bool) -> Decoded:
    """One frame. JPEG-LS knows no sign: the highest bit of its precision is it where signed."""
    header = jpeg_header(data)
    check(header, len(data), description)
    if header.process != Marker.SOF55:
        raise InvalidValue("no JPEG-LS image where one must stand")
    # Where bytes run out, CharLS looks on for a marker, for seconds.
    stream: Any = data if bytes(data[-2:]) == _END_OF_IMAGE else bytes(data) + _END_OF_IMAGE
    array = imagecodecs.jpegls_decode(stream)
    return Decoded(array, header.precision, sign_at=header.precision)


def encode_lossless(
    array: PixelArray, description: ImageDescription, quality: float | None
) -> bytes:
    """One frame without loss."""
    return _encode(array, description, 0)


def encode_near_lossless(
    array: PixelArray, description: ImageDescription, quality: float | None
) -> bytes:
    """One frame of which no sample is off by more than ``quality``."""
    near = NEAR if quality is None else round(quality)
    if not 0 <= near <= MAX_NEAR:
        raise InvalidValue("the error of JPEG-LS is 0 to 255")
    limits = _limits(description)
    if near and (array.min() < limits[0] + near or array.max() > limits[1] - near):
        # So close to the bounds of what Bits Stored holds, an error would wrap around them.
        near = 0
    return _encode(array, description, near)


def _limits(description: ImageDescription) -> tuple[int, int]:
    """Between which values no error may lead out; below 0 the codec clips by itself."""
    bits = description.bits_stored
    if description.is_signed:
        return -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    exact = bits in (8, 16)
    return -MAX_NEAR, (1 << bits) - 1 + (MAX_NEAR if exact else 0)


def _encode(array: PixelArray, description: ImageDescription, near: int) -> bytes:
    if description.bits_stored > _MOST_BITS:
        raise InvalidTransferSyntax("JPEG-LS takes up to 16 bits", tag=_BITS_STORED)
    encoded = imagecodecs.jpegls_encode(as_unsigned(array, description), level=near)
    return _without_spiff(bytes(encoded))


def _without_spiff(data: bytes) -> bytes:
    """``data`` without the SPIFF header, which calls every image RGB (PS3.5 §8.2.3)."""
    kept = [data[:2]]
    for marker, start, stop in segments(memoryview(data)):
        if marker == Marker.SOS:
            kept.append(data[start - 4 :])
        elif marker != Marker.APP8:
            kept.append(data[start - 4 : stop])
    return b"".join(kept)
