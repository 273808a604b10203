"""Pictures as files that any browser shows: PNG, JPEG, WebP, and GIF and APNG that move.

imagecodecs does the work. What a rendered picture may be on the web is in PS3.18 §8.7.4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from filmroom.errors import InvalidValue
from filmroom.pixels.gif import encode_gif

__all__ = [
    "DEFAULT_QUALITY",
    "FORMATS",
    "FormatFacts",
    "PictureFormat",
    "check_size",
    "eight_bit",
    "encode_picture",
]

DEFAULT_QUALITY = 90
"""Of JPEG and WebP: no difference that an eye finds at arm's length."""


class PictureFormat(StrEnum):
    """The formats that pictures are written in."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    GIF = "gif"
    APNG = "apng"


@dataclass(frozen=True, slots=True)
class FormatFacts:
    """What there is to know of a format."""

    media_type: str
    suffix: str
    largest: int
    """Most rows and columns."""
    is_animated: bool = False
    """Whether it takes several frames."""
    is_lossless: bool = True
    deep: bool = False
    """Whether greys may have 16 bits."""


FORMATS: dict[PictureFormat, FormatFacts] = {
    PictureFormat.PNG: FormatFacts("image/png", ".png", 65_535, deep=True),
    PictureFormat.JPEG: FormatFacts("image/jpeg", ".jpg", 65_500, is_lossless=False),
    PictureFormat.WEBP: FormatFacts("image/webp", ".webp", 16_382, is_lossless=False),
    PictureFormat.GIF: FormatFacts("image/gif", ".gif", 65_535, is_animated=True),
    PictureFormat.APNG: FormatFacts("image/apng", ".apng", 65_535, is_animated=True, deep=True),
}
"""The facts by format."""


def encode_picture(
    picture: NDArray[Any], format: PictureFormat, *, quality: int = DEFAULT_QUALITY
) -> bytes:
    """The bytes of a file of one ``picture``.

    ``picture`` is ``(rows, columns)`` of greys, uint8 or uint16, or ``(rows, columns, 3)`` of
    red, green and blue in uint8. Greys of 16 bits lose half of them where the format has no room.
    ``quality`` is 1 to 100 for JPEG and WebP; WebP of 100 is lossless. Raises InvalidValue for a
    quality, or a size, that the format does not take.
    """
    if not 1 <= quality <= 100:
        raise InvalidValue("the quality of a picture is 1 to 100")
    facts = FORMATS[format]
    check_size(picture, facts)
    if not facts.deep:
        picture = eight_bit(picture)
    return bytes(_ENCODERS[format](np.ascontiguousarray(picture), quality))


def check_size(picture: NDArray[Any], facts: FormatFacts) -> None:
    """Raise InvalidValue where ``picture`` is larger than its format can be."""
    if max(picture.shape[:2]) > facts.largest:
        raise InvalidValue(
            f"a picture of {picture.shape[0]} rows and {picture.shape[1]} columns is too large for"
            f" {facts.media_type}",
            hint="make it smaller, or take PNG",
        )


def eight_bit(picture: NDArray[Any]) -> NDArray[np.uint8]:
    """``picture`` with greys of 8 bits."""
    if picture.dtype == np.uint16:
        return (picture // 257).astype(np.uint8)
    return picture.astype(np.uint8, copy=False)


def _png(picture: NDArray[Any], quality: int) -> bytes:
    return bytes(imagecodecs.png_encode(picture))


def _jpeg(picture: NDArray[Any], quality: int) -> bytes:
    # Colours at full resolution: thin coloured lines are measurements.
    return bytes(imagecodecs.jpeg8_encode(picture, quality, subsampling="444"))


def _webp(picture: NDArray[Any], quality: int) -> bytes:
    if picture.ndim == 2:
        picture = np.repeat(picture[..., np.newaxis], 3, axis=2)
    if quality == 100:
        return bytes(imagecodecs.webp_encode(picture, lossless=True))
    return bytes(imagecodecs.webp_encode(picture, quality, lossless=False))


def _gif(picture: NDArray[Any], quality: int) -> bytes:
    return encode_gif(picture[np.newaxis])


def _apng(picture: NDArray[Any], quality: int) -> bytes:
    return bytes(imagecodecs.apng_encode(picture[np.newaxis]))


_ENCODERS: dict[PictureFormat, Callable[[NDArray[Any], int], bytes]] = {
    PictureFormat.PNG: _png,
    PictureFormat.JPEG: _jpeg,
    PictureFormat.WEBP: _webp,
    PictureFormat.GIF: _gif,
    PictureFormat.APNG: _apng,
}
