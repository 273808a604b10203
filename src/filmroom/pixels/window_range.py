"""A window for an image that brings none, measured from its pixels.

Grey levels of up to 8 bits without a Modality LUT are shown as they are: their author drew them
for a screen. Everything else is a measurement, whose few extreme values (metal, noise, a burnt-in
marker) would leave the rest in one grey; so half a percent at either end is cut off.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from filmroom.pixels.window import Function, Window

__all__ = ["full_window", "measured_window", "thinned"]

_CUT_OFF = (0.5, 99.5)
_FARTHEST = 1e300
_MOST_VALUES = 1 << 18
"""More than these of a frame do not move its percentiles, but take time."""


def full_window(bits: int, *, signed: bool) -> Window:
    """The window that maps all values of ``bits`` to all greys (PS3.3 §C.11.2.1.2.1, note 4)."""
    return Window(0.0 if signed else float(1 << bits - 1), float(1 << bits))


def thinned(frame: NDArray[Any]) -> NDArray[Any]:
    """The pixels of ``frame``, or evenly spread ones of them where there are very many."""
    values = frame.reshape(-1)
    return values[:: values.size // _MOST_VALUES | 1]  # odd, so as not to keep to a few columns


def measured_window(frames: Iterable[NDArray[Any]]) -> Window:
    """The window from the 0.5th to the 99.5th percentile of all ``frames`` together.

    ``frames`` are values out of the Modality LUT, without padding; what is not finite is left
    out. Of a single value the window makes black.
    """
    finite = [values[np.isfinite(values)].astype(np.float64) for values in frames]
    pooled = np.concatenate(finite) if finite else np.empty(0)
    # Differences of doubles at their limits would overflow.
    pooled = np.clip(pooled, -_FARTHEST, _FARTHEST)
    if not pooled.size:
        return Window(0.5, 1.0, Function.LINEAR_EXACT)
    low, high = np.percentile(pooled, _CUT_OFF)
    if low == high:
        # A few bright spots on nothing, as in dose and nuclear medicine.
        low, high = pooled.min(), pooled.max()
    if low == high:
        high = low + max(1.0, abs(low) * 1e-6)
    return Window(float(low + high) / 2, float(high - low), Function.LINEAR_EXACT)
