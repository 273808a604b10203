"""A picture in the terminal: two pixels a character in colour, or a ramp of characters without.

The upper half block shows one pixel in its own colour and the one below in that of its background.
Rich turns 24-bit colours into those that the terminal has.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style

from filmroom.pixels.picture import eight_bit
from filmroom.pixels.resampling import fitted_size, resample

__all__ = ["TerminalPicture"]

_HALF_BLOCK = "▀"
_RAMP = np.array(list(" .:-=+*#%@"))
"""From dark to bright, on a dark terminal."""
_LUMINANCE = np.array([0.299, 0.587, 0.114])
_COLOURED = frozenset({"256", "truecolor"})
_SPARE_LINES = 2
"""For what stands above and below: the prompt."""


class TerminalPicture:
    """A picture that Rich prints as large as the terminal lets it be.

    ``picture`` is ``(rows, columns)`` of greys or ``(rows, columns, 3)`` of colours.
    """

    def __init__(self, picture: NDArray[Any]) -> None:
        self._picture = eight_bit(picture)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = max(1, options.max_width)
        height = max(1, (options.height or options.size.height) - _SPARE_LINES)
        if _can_colour(console):
            yield from self._blocks(height, width)
        else:
            yield from self._ramp(height, width)

    def _blocks(self, height: int, width: int) -> RenderResult:
        rows, columns = fitted_size(*self._picture.shape[:2], height=2 * height, width=width)
        picture = resample(self._picture, rows + rows % 2, columns)
        if picture.ndim == 2:
            picture = np.repeat(picture[..., np.newaxis], 3, axis=2)
        styles: dict[tuple[int, ...], Style] = {}
        for pair in (
            picture.reshape(-1, 2, columns, 3).transpose(0, 2, 1, 3).reshape(-1, columns, 6)
        ):
            for cell, count in _runs(pair.tolist()):
                style = styles.get(cell)
                if style is None:
                    style = styles[cell] = Style(color=_colour(cell[:3]), bgcolor=_colour(cell[3:]))
                yield Segment(_HALF_BLOCK * count, style)
            yield Segment.line()

    def _ramp(self, height: int, width: int) -> RenderResult:
        """One character for two pixels one above the other, which is about its shape."""
        picture = self._picture
        if picture.ndim == 3:
            picture = np.rint(picture @ _LUMINANCE).astype(np.uint8)
        rows, columns = fitted_size(*picture.shape[:2], height=2 * height, width=width)
        picture = resample(picture, max(1, rows // 2), columns)
        places = picture.astype(int) * len(_RAMP) // 256
        for line in _RAMP[places]:
            yield Segment("".join(line))
            yield Segment.line()


def _can_colour(console: Console) -> bool:
    """Whether the terminal shows enough colours, and the block, for a picture.

    The 16 colours of the oldest have three greys: the ramp has more.
    """
    return (
        console.color_system in _COLOURED
        and not console.no_color
        and not console.legacy_windows
        and console.encoding.lower().startswith("utf")
    )


def _colour(rgb: tuple[int, ...]) -> Color:
    return Color.from_triplet(ColorTriplet(*rgb))


def _runs(cells: list[list[int]]) -> list[tuple[tuple[int, ...], int]]:
    """Each cell with how often it follows itself."""
    runs: list[tuple[tuple[int, ...], int]] = []
    for cell in map(tuple, cells):
        if runs and runs[-1][0] == cell:
            runs[-1] = cell, runs[-1][1] + 1
        else:
            runs.append((cell, 1))
    return runs
