"""The grayscale pipeline: Modality, VOI and Presentation LUT, one after the other (PS3.4 §N.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from filmroom.pixels.modality import ModalityLut
from filmroom.pixels.padding import Padding
from filmroom.pixels.presentation import Presentation
from filmroom.pixels.window import VoiLut

__all__ = ["Grayscale"]


@dataclass(frozen=True, slots=True)
class Grayscale:
    """What turns stored values into greys of ``bits`` bits: 8, or 16."""

    modality: ModalityLut
    voi: VoiLut
    presentation: Presentation
    padding: Padding | None = None
    bits: int = 8

    @property
    def dtype(self) -> np.dtype[Any]:
        """uint8 or uint16, whose whole range greys take; 0 is black."""
        return np.dtype(np.uint8 if self.bits == 8 else np.uint16)

    def apply(self, stored: NDArray[Any]) -> NDArray[Any]:
        """The grey of each stored value, in their shape: by calculation.

        Padding is black whatever the rest is, and so is what is no number.
        """
        levels = self.presentation.apply(self.voi.levels(self.modality.apply(stored)))
        greys = np.floor(levels * ((1 << self.bits) - 1) + 0.5)
        if stored.dtype.kind == "f":
            greys[np.isnan(greys)] = 0
        picture = greys.astype(self.dtype)
        if self.padding is not None:
            picture[self.padding.holds(stored)] = 0
        return picture
