"""Colour spaces: YBR to RGB and back (PS3.3 §C.7.6.3.1.2).

YBR_FULL is the full-range YCbCr of JPEG (ITU-R BT.601), YBR_PARTIAL its studio range.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from filmroom.errors import InvalidValue
from filmroom.pixels.description import PixelArray

__all__ = ["FULL", "PARTIAL", "RGB_AFTER_DECODING", "is_ybr", "to_rgb", "to_ybr_full"]

_PHOTOMETRIC_INTERPRETATION = 0x00280004

FULL = frozenset({"YBR_FULL", "YBR_FULL_422"})
"""Luminance and chrominance over the full range of the samples."""
PARTIAL = frozenset({"YBR_PARTIAL_422", "YBR_PARTIAL_420"})
"""Luminance from 16 to 235, chrominance from 16 to 240 of 8 bits."""
RGB_AFTER_DECODING = frozenset({"RGB", "YBR_ICT", "YBR_RCT", "XYB"})
"""What is RGB once a decoder has undone its codec's own transform."""

# Rows are R, G and B; columns the weights of Y, Cb and Cr.
_FROM_FULL = np.array(
    [[1, 0, 1.402], [1, -0.114 * 1.772 / 0.587, -0.299 * 1.402 / 0.587], [1, 1.772, 0]],
    np.float32,
)
_TO_FULL = np.linalg.inv(_FROM_FULL.astype(np.float64)).astype(np.float32)
# 219 steps of luminance and 224 of chrominance stand for the full range.
_FROM_PARTIAL = _FROM_FULL * (np.array([255 / 219, 255 / 224, 255 / 224], np.float32))
_PARTIAL_BLACK = 16
_STRETCH = 1 << 16


def is_ybr(photometric_interpretation: str) -> bool:
    """Whether arrays of this interpretation hold luminance and chrominance."""
    return photometric_interpretation in FULL | PARTIAL


def to_rgb(array: PixelArray, photometric_interpretation: str, bits: int = 8) -> PixelArray:
    """``(…, 3)`` samples of ``bits`` bits as RGB, rounded and clipped, in the same dtype.

    What is RGB already comes back as it is. Raises :class:`InvalidValue` for an interpretation
    without a defined conversion.
    """
    if photometric_interpretation in RGB_AFTER_DECODING:
        return array
    half = 1 << (bits - 1)
    if photometric_interpretation in FULL:
        return _transform(array, _FROM_FULL, (0, half, half), (0, 0, 0), bits)
    if photometric_interpretation in PARTIAL:
        black = _PARTIAL_BLACK << (bits - 8) if bits >= 8 else 0
        return _transform(array, _FROM_PARTIAL, (black, half, half), (0, 0, 0), bits)
    raise InvalidValue(
        "no conversion to RGB is defined for this interpretation", tag=_PHOTOMETRIC_INTERPRETATION
    )


def to_ybr_full(array: PixelArray, bits: int = 8) -> PixelArray:
    """``(…, 3)`` samples of RGB as YBR_FULL, rounded and clipped, in the same dtype."""
    half = 1 << (bits - 1)
    return _transform(array, _TO_FULL, (0, 0, 0), (0, half, half), bits)


def _transform(
    array: PixelArray,
    matrix: NDArray[np.float32],
    before: tuple[int, int, int],
    after: tuple[int, int, int],
    bits: int,
) -> PixelArray:
    """``matrix @ (sample - before) + after`` of every pixel, a stretch of pixels at a time."""
    offset = np.asarray(after, np.float32) - matrix @ np.asarray(before, np.float32)
    pixels = array.reshape(-1, 3)
    out = np.empty_like(pixels)
    for start in range(0, len(pixels), _STRETCH):
        stretch = pixels[start : start + _STRETCH]
        parts = [stretch[:, number].astype(np.float32) for number in range(3)]
        for number, weights in enumerate(matrix):
            # Truncation after adding one half is rounding.
            channel = parts[0] * weights[0] + (offset[number] + np.float32(0.5))
            for part, weight in zip(parts[1:], weights[1:], strict=True):
                if weight:
                    channel += part * weight
            np.clip(channel, 0, (1 << bits) - 1, out=channel)
            out[start : start + _STRETCH, number] = channel
    return out.reshape(array.shape)
