"""Frames as a film: one file that moves, at the speed that the image says (PS3.3 §C.7.6.5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from filmroom.dicom import DataSet
from filmroom.errors import InvalidValue, LengthOutOfBounds
from filmroom.pixels.gif import encode_gif
from filmroom.pixels.picture import FORMATS, PictureFormat, check_size, eight_bit

__all__ = ["encode_animation", "frame_delay"]

_RECOMMENDED_DISPLAY_FRAME_RATE = 0x00082144
_CINE_RATE = 0x00180040
_FRAME_TIME = 0x00181063
_FRAME_TIME_VECTOR = 0x00181065
_DEFAULT_DELAY = 100.0
_SHORTEST, _LONGEST = 20.0, 60_000.0
"""Browsers take what is shorter than the one for a mistake and slow it down."""
_MOST_BYTES = 1 << 30


def frame_delay(data_set: DataSet) -> float:
    """Milliseconds from one frame to the next, 20 to 60000; 100 where nothing is said of it.

    The rate to display at goes before the rate of acquisition. Of a vector of times it is their
    mean, the first being 0 by definition (PS3.3 §C.7.6.5.1.2).
    """
    for tag in (_RECOMMENDED_DISPLAY_FRAME_RATE, _CINE_RATE):
        rates = _numbers(data_set, tag)
        if rates and rates[0] > 0:
            return _bounded(1000 / rates[0])
    times = _numbers(data_set, _FRAME_TIME)
    if times and times[0] > 0:
        return _bounded(times[0])
    vector = _numbers(data_set, _FRAME_TIME_VECTOR)[1:]
    if vector and sum(vector) > 0:
        return _bounded(sum(vector) / len(vector))
    return _DEFAULT_DELAY


def _numbers(data_set: DataSet, tag: int) -> list[float]:
    return [float(x) for x in data_set.values_of(tag) if isinstance(x, int | float)]


def _bounded(delay: float) -> float:
    return min(max(delay, _SHORTEST), _LONGEST)


def encode_animation(
    pictures: Iterable[NDArray[Any]], format: PictureFormat, *, delay: float = _DEFAULT_DELAY
) -> bytes:
    """The bytes of a file that shows ``pictures``, all of one size, one after the other for ever.

    ``format`` is GIF or APNG, ``delay`` the milliseconds of each. Colour and grey may be mixed.
    Raises InvalidValue without pictures, or for those that do not go together, LengthOutOfBounds
    for more than a gigabyte of them: the encoders take all at once.
    """
    facts = FORMATS[format]
    if not facts.is_animated:
        raise InvalidValue(f"{facts.media_type} does not move", hint="take GIF or APNG")
    kept: list[NDArray[Any]] = []
    size = 0
    for picture in pictures:
        kept.append(picture if facts.deep else eight_bit(picture))
        size += kept[-1].nbytes
        if size > _MOST_BYTES:
            raise LengthOutOfBounds(
                "more than a gigabyte of pictures in one animation",
                hint="make them smaller, or take fewer frames",
            )
    if not kept:
        raise InvalidValue("an animation without pictures")
    check_size(kept[0], facts)
    if any(picture.shape[:2] != kept[0].shape[:2] for picture in kept):
        raise InvalidValue("pictures of an animation are of one size")
    if len({picture.ndim for picture in kept}) > 1:
        kept = [_coloured(picture) for picture in kept]
    stack = np.stack(kept)
    if format is PictureFormat.GIF:
        return encode_gif(stack, delay)
    return bytes(imagecodecs.apng_encode(stack, delay=round(delay)))


def _coloured(picture: NDArray[Any]) -> NDArray[np.uint8]:
    picture = eight_bit(picture)
    return picture if picture.ndim == 3 else np.repeat(picture[..., np.newaxis], 3, axis=2)
