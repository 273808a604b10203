"""What ``filmroom render`` is asked for: its options read, and applied to frames and sizes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import typer
from numpy.typing import NDArray

from filmroom.errors import InvalidValue
from filmroom.pixels.overlay import Colour
from filmroom.pixels.picture import PictureFormat
from filmroom.pixels.pixel_aspect import square_size
from filmroom.pixels.resampling import fitted_size, resample
from filmroom.pixels.view import View
from filmroom.pixels.window import Function, Window

__all__ = ["COLOURS", "FrameRange", "Size", "Wish", "read_colour", "read_frames", "read_voi"]

COLOURS: dict[str, Colour] = {
    "white": (255, 255, 255),
    "black": (0, 0, 0),
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "cyan": (0, 255, 255),
    "magenta": (255, 0, 255),
    "orange": (255, 165, 0),
}
"""Colours that have a name."""

_NUMBER_OF_FRAMES = 0x00280008
_FRAMES = re.compile(r"([1-9][0-9]{0,9})(?:-([1-9][0-9]{0,9}))?")


@dataclass(frozen=True, slots=True)
class FrameRange:
    """Frames from ``first`` to ``last``, counted from 1; ``last`` None for all that follow."""

    first: int = 1
    last: int | None = 1

    @property
    def is_one(self) -> bool:
        """Whether it is a single frame."""
        return self.first == self.last

    def numbers(self, count: int) -> range:
        """Those of an image of ``count`` frames, counted from 0.

        Raises InvalidValue where it has not so many.
        """
        if (self.last or self.first) > count:
            raise InvalidValue(
                f"the image has {count} frame{'s' * (count != 1)}", tag=_NUMBER_OF_FRAMES
            )
        return range(self.first - 1, self.last or count)


@dataclass(frozen=True, slots=True)
class Size:
    """How large pictures shall be: at most so many rows and columns, or so many times as large."""

    height: int | None = None
    width: int | None = None
    factor: float | None = None
    square: bool = False
    """Whether pixels shall be square where the image's are not."""

    def applied(self, picture: NDArray[Any], aspect: float) -> NDArray[Any]:
        """``picture``, whose pixels are ``aspect`` times as tall as wide, in this size."""
        rows, columns = picture.shape[:2]
        if self.square:
            rows, columns = square_size(rows, columns, aspect)
        if self.factor is None:
            rows, columns = fitted_size(rows, columns, height=self.height, width=self.width)
        else:
            rows, columns = max(1, round(rows * self.factor)), max(1, round(columns * self.factor))
        return resample(picture, rows, columns)


@dataclass(frozen=True, slots=True)
class Wish:
    """All that was asked for."""

    view: View
    format: PictureFormat
    quality: int
    frames: FrameRange
    size: Size


def read_frames(text: str | None, *, several: bool) -> FrameRange:
    """The frames of ``N``, ``N-M`` or ``all``; without text the first, or all if ``several``."""
    if text is None:
        return FrameRange(last=None) if several else FrameRange()
    if text == "all":
        return FrameRange(last=None)
    match = _FRAMES.fullmatch(text)
    if match is None or (match[2] and int(match[2]) < int(match[1])):
        raise typer.BadParameter(f"{text} is not N, N-M or all", param_hint="--frame")
    return FrameRange(int(match[1]), int(match[2] or match[1]))


def read_voi(
    window: str | None, preset: str | None, window_index: int | None
) -> Window | str | int | None:
    """What the three options that choose a window ask for, of which one may be given."""
    if sum(option is not None for option in (window, preset, window_index)) > 1:
        raise typer.BadParameter("give one of --window, --preset and --window-index")
    if window_index is not None:
        return window_index - 1
    return preset if window is None else _window(window)


def _window(text: str) -> Window:
    centre, _, rest = text.partition(",")
    width, _, name = rest.partition(",")
    try:
        function = Function(name.strip().upper()) if name else Function.LINEAR
        if not name and 0 < float(width) < 1:
            function = Function.LINEAR_EXACT  # LINEAR begins at 1
        return Window(float(centre), float(width), function)
    except ValueError:
        raise typer.BadParameter(
            f"{text} is not CENTRE,WIDTH or CENTRE,WIDTH,FUNCTION", param_hint="--window"
        ) from None
    except InvalidValue as error:
        raise typer.BadParameter(error.message, param_hint="--window") from None


def read_colour(text: str) -> Colour:
    """A colour of a name or of ``#RRGGBB``."""
    known = COLOURS.get(text.lower())
    if known is not None:
        return known
    if re.fullmatch(r"#[0-9A-Fa-f]{6}", text):
        return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
    raise typer.BadParameter(
        f"{text} is neither #RRGGBB nor one of {', '.join(COLOURS)}", param_hint="--overlay-colour"
    )
