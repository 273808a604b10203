"""The Presentation LUT: from the output of the VOI LUT to P-Values (PS3.3 §C.11.4, §C.11.6)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from filmroom.dicom import DataSet
from filmroom.pixels.lut import LookupTable

__all__ = ["Presentation", "presentation"]

_PRESENTATION_LUT_SEQUENCE = 0x20500010
_PRESENTATION_LUT_SHAPE = 0x20500020


@dataclass(frozen=True, slots=True)
class Presentation:
    """A table or the identity, and whether low values are bright in the end."""

    inverse: bool = False
    table: LookupTable | None = None

    def apply(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """P-Values of ``levels``, both 0 to 1.

        The whole range of levels is scaled to the entries of the table (PS3.3 §C.11.6.1).
        """
        if self.table is not None:
            levels = self.table.levels(levels * (len(self.table.entries) - 1))
        return 1 - levels if self.inverse else levels

    def inverted(self) -> Presentation:
        """The negative."""
        return replace(self, inverse=not self.inverse)


def presentation(data_set: DataSet, photometric_interpretation: str) -> Presentation:
    """The Presentation LUT of an image.

    MONOCHROME1 means that low values are bright. Presentation LUT Shape says the same thing in
    other words, INVERSE with MONOCHROME1 (PS3.3 Table C.7-9), and does not invert a second time.
    A table gives P-Values, whatever the photometric interpretation is (PS3.4 §N.2.1.4).
    """
    items = data_set.sequence(_PRESENTATION_LUT_SEQUENCE)
    if items:
        table = LookupTable.of(items[0])
        return Presentation(table=replace(table, first=0))
    shape = data_set.text(_PRESENTATION_LUT_SHAPE)
    if shape == "INVERSE":
        return Presentation(inverse=True)
    if shape == "IDENTITY" and photometric_interpretation == "MONOCHROME1":
        # LENIENT: radiography that writes IDENTITY always; PS3.3 asks for INVERSE here.
        data_set.parser.tolerate(
            "Presentation LUT Shape IDENTITY of a MONOCHROME1 image", _PRESENTATION_LUT_SHAPE, 0
        )
    elif shape not in ("", "IDENTITY"):
        # LENIENT: LIN OD, which is for film alone, and text that is no defined term.
        data_set.parser.tolerate(
            "no Presentation LUT Shape of an image", _PRESENTATION_LUT_SHAPE, 0
        )
    return Presentation(inverse=photometric_interpretation == "MONOCHROME1")
