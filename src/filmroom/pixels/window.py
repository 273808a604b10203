"""Windows and VOI LUTs: which values of interest become which grey (PS3.3 §C.11.2)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filmroom.dicom import DataSet
from filmroom.errors import InvalidValue
from filmroom.pixels.functional_groups import functional_group
from filmroom.pixels.lut import LookupTable

__all__ = ["Function", "VoiLut", "Window", "voi_luts", "windows"]

_VOI_LUT_SEQUENCE = 0x00283010
_FRAME_VOI_LUT_SEQUENCE = 0x00289132
_WINDOW_CENTER = 0x00281050
_WINDOW_WIDTH = 0x00281051
_WINDOW_EXPLANATION = 0x00281055
_VOI_LUT_FUNCTION = 0x00281056

_Levels: TypeAlias = NDArray[np.float64]


class Function(StrEnum):
    """VOI LUT Function (0028,1056): what Window Center and Window Width mean."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


def _linear(x: _Levels, centre: float, width: float) -> _Levels:
    """PS3.3 §C.11.2.1.2.1; a width of 1 is a threshold."""
    if width == 1:
        return (x > centre - 0.5).astype(np.float64)
    return np.clip((x - (centre - 0.5)) / (width - 1) + 0.5, 0, 1)


def _linear_exact(x: _Levels, centre: float, width: float) -> _Levels:
    """PS3.3 §C.11.2.1.3.2."""
    return np.clip((x - centre) / width + 0.5, 0, 1)


def _sigmoid(x: _Levels, centre: float, width: float) -> _Levels:
    """PS3.3 §C.11.2.1.3.1."""
    # Beyond 700 exp() overflows a double; the result is 0 or 1 long before.
    return 1 / (1 + np.exp(np.clip(-4 * (x - centre) / width, -700, 700)))


_FORMULAS: dict[Function, Callable[[_Levels, float, float], _Levels]] = {
    Function.LINEAR: _linear,
    Function.LINEAR_EXACT: _linear_exact,
    Function.SIGMOID: _sigmoid,
}


@dataclass(frozen=True, slots=True)
class Window:
    """A window over the output of the Modality LUT.

    Raises InvalidValue for a width that its function does not allow: LINEAR asks for at least 1,
    the others for more than 0.
    """

    centre: float
    width: float
    function: Function = Function.LINEAR
    explanation: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.centre) and math.isfinite(self.width)):
            raise InvalidValue("a window is of finite numbers", tag=_WINDOW_CENTER)
        least = "at least 1" if self.function is Function.LINEAR else "above 0"
        if self.width <= 0 or (self.function is Function.LINEAR and self.width < 1):
            raise InvalidValue(
                f"the width of a window with the function {self.function} is {least}",
                tag=_WINDOW_WIDTH,
            )

    def levels(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """The grey of each of ``values``, 0 (lowest) to 1, in their shape."""
        x = values.astype(np.float64, copy=False)
        with np.errstate(over="ignore"):  # what becomes infinite is cut to 0 or 1
            return _FORMULAS[self.function](x, self.centre, self.width)


VoiLut: TypeAlias = Window | LookupTable


def voi_luts(data_set: DataSet, frame: int = 0, *, signed: bool = True) -> tuple[VoiLut, ...]:
    """The VOI LUTs that the image offers for ``frame``, counted from 0: tables, then windows.

    They are alternatives. Tables come first because who sends one means it: it holds what a
    window cannot. ``signed`` says that the Modality LUT's output may be negative. Raises a
    DataError for a damaged table.
    """
    item = functional_group(data_set, _FRAME_VOI_LUT_SEQUENCE, frame) or data_set
    tables = (LookupTable.of(table, signed=signed) for table in item.sequence(_VOI_LUT_SEQUENCE))
    return (*tables, *windows(item))


def windows(item: DataSet) -> tuple[Window, ...]:
    """The windows of ``item``, the image or an item of Frame VOI LUT Sequence."""
    centres, widths = item.values_of(_WINDOW_CENTER), item.values_of(_WINDOW_WIDTH)
    if len(centres) != len(widths):
        # LENIENT: more centres than widths or the reverse; those in pairs are understood.
        item.parser.tolerate("as many window centres as widths", _WINDOW_CENTER, 0)
    explanations = item.values_of(_WINDOW_EXPLANATION)
    function = _function(item)
    found = []
    for number, (centre, width) in enumerate(zip(centres, widths, strict=False)):
        if not isinstance(centre, int | float) or not isinstance(width, int | float):
            continue  # decoding noted it
        own = function
        if own is Function.LINEAR and 0 < width < 1:
            # LENIENT: PET and parametric maps of small numbers; taken as LINEAR_EXACT.
            item.parser.tolerate("width of a LINEAR window below 1", _WINDOW_WIDTH, 0)
            own = Function.LINEAR_EXACT
        if width <= 0:
            # LENIENT: a width of 0 from modalities that write what they do not know.
            item.parser.tolerate("width of a window not above 0", _WINDOW_WIDTH, 0)
            continue
        explanation = str(explanations[number]) if number < len(explanations) else ""
        found.append(Window(float(centre), float(width), own, explanation))
    return tuple(found)


def _function(item: DataSet) -> Function:
    text = item.text(_VOI_LUT_FUNCTION)
    try:
        return Function(text) if text else Function.LINEAR
    except ValueError:
        # LENIENT: no defined term of (0028,1056); the default of the standard is LINEAR.
        item.parser.tolerate("no such VOI LUT Function", _VOI_LUT_FUNCTION, 0)
        return Function.LINEAR
