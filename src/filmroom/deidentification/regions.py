"""Rectangles of pixels: what is to be blanked, and what is not (PS3.15 §E.3.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from filmroom.dicom import DataSet
from filmroom.errors import ConfigurationError, InvalidValue

__all__ = ["Region", "outside", "ultrasound_regions"]

_ULTRASOUND_REGIONS = 0x00186011
_CORNERS = (0x00186018, 0x0018601A, 0x0018601C, 0x0018601E)  # min x0, min y0, max x1, max y1


@dataclass(frozen=True, slots=True)
class Region:
    """``width`` columns from ``x`` and ``height`` rows from ``y``, both counted from 0."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """``x,y,width,height`` as a region; raises :class:`ConfigurationError`."""
        parts = text.split(",")
        if len(parts) != 4 or not all(part.strip().isdecimal() for part in parts):
            raise ConfigurationError(
                f"{text} is no region", setting="blank", hint="x,y,width,height in pixels"
            )
        return cls.of([int(part) for part in parts])

    @classmethod
    def of(cls, numbers: Iterable[int]) -> Self:
        """x, y, width and height as a region; raises :class:`ConfigurationError`."""
        parts = tuple(numbers)
        if len(parts) != 4 or min(parts) < 0 or not parts[2] or not parts[3]:
            raise ConfigurationError(
                f"{', '.join(map(str, parts))} is no region",
                setting="blank",
                hint="four numbers x, y, width, height; the last two above 0",
            )
        return cls(*parts)

    def within(self, rows: int, columns: int) -> Self | None:
        """The part of it that lies in an image of so many rows and columns, or None."""
        left, top = min(self.x, columns), min(self.y, rows)
        width = min(self.x + self.width, columns) - left
        height = min(self.y + self.height, rows) - top
        return type(self)(left, top, width, height) if width > 0 and height > 0 else None


def outside(kept: Iterable[Region], rows: int, columns: int) -> tuple[Region, ...]:
    """The regions that cover all of an image but ``kept``; they do not overlap."""
    inside = [part for region in kept if (part := region.within(rows, columns)) is not None]
    edges = sorted({0, rows, *(r.y for r in inside), *(r.y + r.height for r in inside)})
    found = []
    for top, bottom in pairwise(edges):
        spans = sorted(
            (r.x, r.x + r.width) for r in inside if r.y <= top and bottom <= r.y + r.height
        )
        at = 0
        for left, right in [*spans, (columns, columns)]:
            if left > at:
                found.append(Region(at, top, left - at, bottom - top))
            at = max(at, right)
    return tuple(found)


def ultrasound_regions(data_set: DataSet) -> tuple[Region, ...]:
    """Where the device says that its images, traces and scales stand (PS3.3 §C.8.5.5).

    Raises :class:`InvalidValue` for a region whose corners are not four pixels.
    """
    found = []
    for item in data_set.sequence(_ULTRASOUND_REGIONS):
        corners = [value for tag in _CORNERS for value in item.values_of(tag)[:1]]
        if len(corners) != 4 or not all(isinstance(value, int) for value in corners):
            raise InvalidValue("an ultrasound region without its corners", tag=_ULTRASOUND_REGIONS)
        x0, y0, x1, y1 = corners
        if x1 < x0 or y1 < y0:
            raise InvalidValue("an ultrasound region inside out", tag=_ULTRASOUND_REGIONS)
        found.append(Region(x0, y0, x1 - x0 + 1, y1 - y0 + 1))
    return tuple(found)
