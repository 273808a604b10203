"""One slice being drawn: shapes whose edges cover pixels in part."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from filmroom.cli.phantom.tissue import AIR, CORTICAL_BONE, SPONGY_BONE

__all__ = ["Canvas", "Image"]


Image = NDArray[np.float32]
"""A slice, a number a pixel."""


class Canvas:
    """One slice being drawn; later shapes cover earlier ones."""

    def __init__(self, size: int, field_of_view: float) -> None:
        self.pixel = field_of_view / size
        axis = (np.arange(size, dtype=np.float32) - (size - 1) / 2) * np.float32(self.pixel)
        self.x = axis[None, :]
        self.y = axis[:, None]
        self.image: Image = np.full((size, size), AIR, dtype=np.float32)

    def _window(self, centre: float, reach: float) -> slice:
        size = self.image.shape[0]
        middle = centre / self.pixel + (size - 1) / 2
        reach = reach / self.pixel + 2
        return slice(max(0, int(middle - reach)), max(0, min(size, int(middle + reach) + 1)))

    def ellipse(
        self, cx: float, cy: float, a: float, b: float, *, squareness: float = 2.0
    ) -> Image:
        """How much of each pixel a (super)ellipse covers, over the whole slice."""
        if a <= 0 or b <= 0:
            return np.zeros_like(self.image)
        radius = (
            np.abs((self.x - cx) / a) ** squareness + np.abs((self.y - cy) / b) ** squareness
        ) ** (1 / squareness)
        return self.cover((radius - 1) * min(a, b))

    def cover(self, distance: NDArray[np.floating[Any]]) -> Image:
        """Signed distance from an edge, in millimetres, to the part of a pixel inside it."""
        covered: Image = np.clip(0.5 - distance / self.pixel, 0, 1).astype(np.float32)
        return covered

    def fill(self, mask: Image, hounsfield: float | Image) -> None:
        """Paint ``hounsfield`` where ``mask`` is 1, in part where it is between."""
        self.image += mask * (np.asarray(hounsfield, dtype=np.float32) - self.image)

    def blob(
        self,
        cx: float,
        cy: float,
        a: float,
        b: float,
        hounsfield: float,
        *,
        angle: float = 0.0,
        part: float = 1.0,
        wobble: float = 0.0,
    ) -> None:
        """An ellipse turned by ``angle`` degrees; ``part`` thins it, ``wobble`` dents its edge."""
        if a <= 0.2 or b <= 0.2 or part <= 0:
            return
        rows, columns = self._window(cy, max(a, b) * 1.2), self._window(cx, max(a, b) * 1.2)
        x, y = self.x[:, columns] - cx, self.y[rows] - cy
        turn = np.deg2rad(angle)
        u = (x * np.cos(turn) + y * np.sin(turn)) / a
        v = (y * np.cos(turn) - x * np.sin(turn)) / b
        radius = np.sqrt(u * u + v * v)
        if wobble:
            around = np.arctan2(v, u)
            radius = radius * (1 + wobble * (np.cos(3 * around + cx) + np.sin(5 * around + cy)) / 2)
        mask = self.cover((radius - 1) * min(a, b)) * part
        self.image[rows, columns] += mask * (hounsfield - self.image[rows, columns])

    def bar(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        width: float,
        hounsfield: float,
        *,
        part: float = 1.0,
    ) -> None:
        """A rounded bar of ``width`` millimetres from ``start`` to ``end``."""
        (x0, y0), (x1, y1) = start, end
        reach = max(abs(x1 - x0), abs(y1 - y0)) / 2 + width
        rows = self._window((y0 + y1) / 2, reach)
        columns = self._window((x0 + x1) / 2, reach)
        x, y = self.x[:, columns] - x0, self.y[rows] - y0
        length = max((x1 - x0) ** 2 + (y1 - y0) ** 2, 1e-6)
        along = np.clip((x * (x1 - x0) + y * (y1 - y0)) / length, 0, 1)
        distance = np.hypot(x - along * (x1 - x0), y - along * (y1 - y0)) - width / 2
        mask = self.cover(distance) * part
        self.image[rows, columns] += mask * (hounsfield - self.image[rows, columns])

    def bone(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        width: float,
        *,
        part: float = 1.0,
    ) -> None:
        """A bar of bone: a cortical shell around spongy bone."""
        self.bar(start, end, width, CORTICAL_BONE, part=part)
        if width > 5:
            self.bar(start, end, width - 4, SPONGY_BONE, part=part)
