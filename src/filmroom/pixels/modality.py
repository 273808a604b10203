"""The Modality LUT: from stored values to values that mean something (PS3.3 §C.11.1).

Either a straight line or a table; of enhanced images, per frame (PS3.3 §C.7.6.16.2.9).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filmroom.dicom import DataSet
from filmroom.pixels.functional_groups import functional_group
from filmroom.pixels.lut import LookupTable

__all__ = ["ModalityLut", "Rescale", "modality_lut", "number"]

_MODALITY_LUT_SEQUENCE = 0x00283000
_PIXEL_VALUE_TRANSFORMATION = 0x00289145
_RESCALE_INTERCEPT = 0x00281052
_RESCALE_SLOPE = 0x00281053
_RESCALE_TYPE = 0x00281054


@dataclass(frozen=True, slots=True)
class Rescale:
    """Output = slope * stored value + intercept."""

    slope: float = 1.0
    intercept: float = 0.0
    type: str = ""
    """The unit of the output: ``HU``, ``US`` (unspecified), …; PS3.3 §C.11.1.1.2."""

    @property
    def is_identity(self) -> bool:
        """Whether stored values come out as they are."""
        return self.slope == 1.0 and self.intercept == 0.0

    def apply(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """The output for each of ``values``, in their shape; infinite beyond what doubles hold."""
        with np.errstate(over="ignore"):
            return values.astype(np.float64) * self.slope + self.intercept


ModalityLut: TypeAlias = Rescale | LookupTable


def modality_lut(data_set: DataSet, frame: int = 0, *, signed: bool = False) -> ModalityLut:
    """The Modality LUT of ``frame``, counted from 0; the identity where none is given.

    ``signed`` says that stored values may be negative. Raises a DataError for a damaged table.
    """
    item = functional_group(data_set, _PIXEL_VALUE_TRANSFORMATION, frame) or data_set
    tables = item.sequence(_MODALITY_LUT_SEQUENCE)
    if tables:
        return LookupTable.of(tables[0], signed=signed)
    slope = number(item, _RESCALE_SLOPE, 1.0)
    if slope == 0:
        # LENIENT: a slope of 0, which would leave no image; from converters that zero-fill.
        item.parser.tolerate("Rescale Slope is zero", _RESCALE_SLOPE, 0)
        slope = 1.0
    return Rescale(slope, number(item, _RESCALE_INTERCEPT, 0.0), item.text(_RESCALE_TYPE))


def number(item: DataSet, tag: int, default: float) -> float:
    """The first value of ``tag`` as a number; ``default`` where there is none.

    Text that is no number is noted when it is decoded, and counts as absent.
    """
    values = item.values_of(tag)
    if values and isinstance(values[0], int | float) and math.isfinite(values[0]):
        return float(values[0])
    return default
