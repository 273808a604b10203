"""Pixels that are no image: those around a round field, and air (PS3.3 §C.7.5.1.1.2)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from filmroom.dicom import DataSet
from filmroom.pixels.description import ImageDescription, PixelKind
from filmroom.pixels.modality import number

__all__ = ["Padding", "padding"]

_TAGS = {
    PixelKind.INTEGER: (0x00280120, 0x00280121),
    PixelKind.FLOAT: (0x00280122, 0x00280124),
    PixelKind.DOUBLE: (0x00280123, 0x00280125),
}
"""Padding value and range limit by the kind of pixel data (PS3.3 §C.7.6.24, §C.7.6.25)."""


@dataclass(frozen=True, slots=True)
class Padding:
    """The stored values from ``low`` to ``high``, both included, are padding."""

    low: float
    high: float

    def holds(self, stored: NDArray[Any]) -> NDArray[np.bool_]:
        """Which of the ``stored`` values are padding, in their shape."""
        return np.asarray((stored >= self.low) & (stored <= self.high))


def padding(data_set: DataSet, description: ImageDescription) -> Padding | None:
    """The padding of an image, None where it has none.

    The limit may lie on either side: above the value for MONOCHROME2, below for MONOCHROME1.
    """
    value_tag, limit_tag = _TAGS[description.kind]
    value = _in_range(number(data_set, value_tag, math.nan), description)
    if math.isnan(value):
        return None
    limit = _in_range(number(data_set, limit_tag, value), description)
    return Padding(min(value, limit), max(value, limit))


def _in_range(value: float, description: ImageDescription) -> float:
    # LENIENT: US written where Pixel Representation asks for SS, and the reverse: GE CT sends
    # 63536 for -2000.
    if description.kind is PixelKind.INTEGER:
        if description.is_signed and value > 0x7FFF and description.bits_allocated <= 16:
            return value - 0x10000
        if not description.is_signed and value < 0:
            return value + 0x10000
    return value
