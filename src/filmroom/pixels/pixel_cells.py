"""Pixel cells: all bits that are allocated, also those around the stored value (PS3.5 §8.1.1).

Objects from before 2004 keep overlays there (PS3.3 §C.9.2).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from filmroom.dicom import VR, DataSet
from filmroom.errors import MissingRequiredTag
from filmroom.pixels import native
from filmroom.pixels.codecs import decode
from filmroom.pixels.frames import Frames

__all__ = ["pixel_cells"]

_PIXEL_DATA = 0x7FE00010


def pixel_cells(data_set: DataSet, frames: Frames, index: int) -> NDArray[Any]:
    """The cells of a frame of one sample a pixel, ``(rows, columns)``, as unsigned integers.

    Compression of fewer bits than are allocated leaves zeros. Raises DataErrors as decoding does.
    """
    element = data_set.element(_PIXEL_DATA)
    if element is None:
        raise MissingRequiredTag("there is no pixel data", tag=_PIXEL_DATA)
    found = frames.description
    allocated = found.bits_allocated
    description = replace(
        found, bits_stored=allocated, high_bit=allocated - 1, pixel_representation=0
    )
    data = frames.encoded(index)
    if element.undefined_length:
        return np.asarray(decode(frames.transfer_syntax, data, description))
    return np.asarray(
        native.unpack(
            memoryview(data),
            description,
            0,
            little_endian=element.byte_order_is_little,
            words=element.vr is VR.OW,
        )[0]
    )
