"""What a person wants to see of an image: the choices that the image itself leaves open."""

from __future__ import annotations

from dataclasses import dataclass

from filmroom.errors import InvalidValue
from filmroom.pixels.overlay import Colour
from filmroom.pixels.window import Window

__all__ = ["View"]


@dataclass(frozen=True, slots=True)
class View:
    """How to show an image; without arguments, the way its author meant."""

    voi: Window | str | int | None = None
    """A window of one's own; or one that the image offers, by its explanation or its place in
    :meth:`Renderer.voi_luts`, counted from 0; or the name of a preset. None takes the first that
    the image offers and, where it offers none, one measured from its pixels."""
    inverted: bool = False
    """Whether to show the negative of what is meant; padding and overlays stay as they are."""
    overlays: bool = True
    """Whether to draw the overlay planes."""
    overlay_colour: Colour = (255, 255, 255)
    """Any other than a grey turns greyscale pictures into colour pictures."""
    bits: int = 8
    """Bits of a grey, 8 or 16. Colours always have 8 each."""

    def __post_init__(self) -> None:
        if self.bits not in (8, 16):
            raise InvalidValue("a grey has 8 or 16 bits")
