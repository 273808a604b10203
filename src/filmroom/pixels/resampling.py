"""Pictures made larger or smaller: linear interpolation, and averaging where pixels go together.

Each axis is taken by itself. A new pixel is the average of the old ones around its place, weighted
by a triangle as wide as two new pixels or two old ones, whichever is more: enlarging this is
bilinear interpolation, reducing it takes all pixels into account, so that nothing flickers or
breaks into moiré.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from filmroom.errors import InvalidValue

__all__ = ["fitted_size", "resample"]

_LARGEST = 1 << 16
_MOST_PIXELS = 1 << 28


def fitted_size(
    rows: int, columns: int, *, height: int | None = None, width: int | None = None
) -> tuple[int, int]:
    """Rows and columns of a picture that fits ``height`` and ``width`` and keeps its proportions.

    None does not limit. It is made larger as well as smaller.
    """
    factors = [
        limit / size for limit, size in ((height, rows), (width, columns)) if limit is not None
    ]
    factor = min(factors, default=1.0)
    return max(1, round(rows * factor)), max(1, round(columns * factor))


def resample(picture: NDArray[Any], rows: int, columns: int) -> NDArray[Any]:
    """``picture``, ``(rows, columns)`` or ``(rows, columns, samples)``, in another size.

    The dtype, an unsigned one, stays. Raises InvalidValue for a size that is none or beyond bounds.
    """
    if not (0 < rows < _LARGEST and 0 < columns < _LARGEST and rows * columns <= _MOST_PIXELS):
        raise InvalidValue(f"a picture cannot have {rows} rows and {columns} columns")
    if picture.shape[:2] == (rows, columns):
        return picture
    # What shrinks goes first: less is left to do for the other axis.
    axes = sorted(((0, rows), (1, columns)), key=lambda axis: axis[1] / picture.shape[axis[0]])
    resampled = picture.astype(np.float32)
    for axis, size in axes:
        resampled = _resample_axis(resampled, axis, size)
    most = np.iinfo(picture.dtype).max
    return np.clip(np.rint(resampled), 0, most).astype(picture.dtype)


def _resample_axis(picture: NDArray[np.float32], axis: int, size: int) -> NDArray[np.float32]:
    """``picture`` with ``size`` pixels along ``axis``."""
    old = picture.shape[axis]
    if old == size:
        return picture
    step = old / size
    reach = max(step, 1.0)
    centres = (np.arange(size) + 0.5) * step - 0.5
    first = np.floor(centres - reach).astype(int) + 1
    taps = first[:, np.newaxis] + np.arange(math.ceil(2 * reach))
    weights = np.clip(1 - np.abs(taps - centres[:, np.newaxis]) / reach, 0, None)
    weights[(taps < 0) | (taps >= old)] = 0
    weights /= weights.sum(axis=1, keepdims=True)
    places = np.clip(taps, 0, old - 1)
    along = [1] * picture.ndim
    along[axis] = size
    out = np.zeros((*picture.shape[:axis], size, *picture.shape[axis + 1 :]), np.float32)
    for place, weight in zip(places.T, weights.T.astype(np.float32), strict=True):
        out += picture.take(place, axis=axis) * weight.reshape(along)
    return out
