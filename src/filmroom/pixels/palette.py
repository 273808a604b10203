"""Palettes: colour look-up tables of an image (PS3.3 §C.7.6.3.1.5, §C.7.9), plain or in segments.

Also the supplemental palettes of enhanced images, whose lower stored values stay grey
(PS3.3 §C.7.6.19, §C.8.16.2.1.1.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from filmroom.dicom import DataSet
from filmroom.errors import InvalidValue, MissingRequiredTag
from filmroom.pixels.functional_groups import functional_group
from filmroom.pixels.lut import LookupTable, LutDescriptor
from filmroom.pixels.palette_segments import expanded

__all__ = ["Palette", "has_supplemental_palette", "palette"]

_DESCRIPTORS = (0x00281101, 0x00281102, 0x00281103)
_DATA = (0x00281201, 0x00281202, 0x00281203)
_SEGMENTED = (0x00281221, 0x00281222, 0x00281223)
_PIXEL_PRESENTATION = 0x00089205
_FRAME_TYPES = (0x00189226, 0x00189329, 0x00189751, 0x00189806)
"""Functional groups with a Pixel Presentation of their own: MR, CT, PET, US (PS3.3 §C.8.16.2)."""


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """A colour for each stored value; values before and beyond take the first and the last."""

    first: int
    """The stored value of ``colours[0]``."""
    colours: NDArray[np.uint8]
    """Shape ``(count, 3)``: red, green, blue."""

    def apply(self, stored: NDArray[Any]) -> NDArray[np.uint8]:
        """The colours of ``stored``, in their shape and one axis of 3 more."""
        index = np.clip(stored.astype(np.int64) - self.first, 0, len(self.colours) - 1)
        return self.colours[index]


def palette(data_set: DataSet, *, signed: bool = False) -> Palette:
    """The palette of an image; ``signed`` says that stored values may be negative.

    Intensities of 16 bits are cut to their upper 8. Raises MissingRequiredTag where one of the
    three tables is absent, other DataErrors where one is damaged.
    """
    tables = [_table(data_set, channel, signed=signed) for channel in range(3)]
    if len({len(table.entries) for table in tables}) > 1:
        raise InvalidValue("the three tables of a palette differ in length", tag=_DESCRIPTORS[0])
    bits = max(table.bits for table in tables)
    stacked = np.stack([table.entries for table in tables], axis=1)
    if bits > 8 and int(stacked.max()) <= 0xFF:
        # LENIENT: 16 bits declared for intensities up to 255, from ultrasound and converters.
        data_set.parser.tolerate("a palette of 16 bits that uses 8", _DESCRIPTORS[0], 0)
        bits = 8
    return Palette(tables[0].first, (stacked >> max(0, bits - 8)).astype(np.uint8))


def _table(data_set: DataSet, channel: int, *, signed: bool) -> LookupTable:
    if _DATA[channel] in data_set:
        return LookupTable.of(data_set, _DESCRIPTORS[channel], _DATA[channel], signed=signed)
    described = LutDescriptor.of(data_set, _DESCRIPTORS[channel], signed=signed)
    element = data_set.element(_SEGMENTED[channel])
    if element is None:
        raise MissingRequiredTag("a palette without its colours", tag=_DATA[channel])
    entries = expanded(element, described.count, described.bits)
    return LookupTable(described.first, entries, described.bits)


def has_supplemental_palette(data_set: DataSet, frame: int) -> bool:
    """Whether stored values of a monochrome ``frame`` from the palette's first on are colours."""
    if _DESCRIPTORS[0] not in data_set:
        return False
    for sequence in _FRAME_TYPES:
        group = functional_group(data_set, sequence, frame)
        if group is not None and _PIXEL_PRESENTATION in group:
            return group.text(_PIXEL_PRESENTATION) == "COLOR"
    return data_set.text(_PIXEL_PRESENTATION) in ("COLOR", "MIXED")
