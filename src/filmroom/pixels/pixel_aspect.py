"""How tall a pixel is for its width: spacing or aspect ratio (PS3.3 §10.7, §C.7.6.3.1.7)."""

from __future__ import annotations

import math

from filmroom.dicom import DataSet
from filmroom.pixels.functional_groups import functional_group

__all__ = ["pixel_aspect", "square_size"]

_PIXEL_MEASURES = 0x00289110
_PIXEL_SPACING = 0x00280030
_SPACINGS = (0x00280030, 0x00181164, 0x00182010, 0x30020011)
"""Pixel Spacing, Imager Pixel Spacing, Nominal Scanned Pixel Spacing, Image Plane Pixel Spacing."""
_PIXEL_ASPECT_RATIO = 0x00280034
_EXTREME = 100.0
"""A pixel a hundred times as tall as wide, or the reverse, is a mistake in the attribute."""


def pixel_aspect(data_set: DataSet, frame: int = 0) -> float:
    """The height of a pixel divided by its width; 1 where nothing is said of it.

    Of spacings the first value is that between rows (PS3.3 §10.7.1.3), of Pixel Aspect Ratio the
    vertical one.
    """
    measures = functional_group(data_set, _PIXEL_MEASURES, frame)
    sources = [(measures, _PIXEL_SPACING)] if measures is not None else []
    sources += [(data_set, tag) for tag in (*_SPACINGS, _PIXEL_ASPECT_RATIO)]
    for item, tag in sources:
        values = item.values_of(tag)
        if len(values) != 2 or not all(isinstance(value, int | float) for value in values):
            continue
        vertical, horizontal = values
        if vertical > 0 and horizontal > 0:
            ratio = vertical / horizontal
            if math.isfinite(ratio) and 1 / _EXTREME <= ratio <= _EXTREME:
                return float(ratio)
    return 1.0


def square_size(rows: int, columns: int, aspect: float) -> tuple[int, int]:
    """Rows and columns of the picture with square pixels; it grows, not to lose any."""
    if aspect >= 1:
        return max(1, round(rows * aspect)), columns
    return rows, max(1, round(columns / aspect))
