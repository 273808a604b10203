"""GIF: pictures of at most 256 colours, and how long each is shown.

imagecodecs compresses, but gives frames no time and the whole no loop; both are blocks between the
frames, which are put in here (GIF89a specification, §23, and Netscape's application extension).
"""

from __future__ import annotations

import struct
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

__all__ = ["encode_gif"]

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_LOOP_FOREVER = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
_LEVELS = (5, 7, 5)
"""Red, green and blue levels of the palette for pictures of more colours; 175 in all."""
_GREYS = 256 - 175
"""The rest of that palette: ultrasound is grey, with some colour on it."""
_GREYISH = 24
"""Most that the channels of a grey differ."""
_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]])


def encode_gif(pictures: NDArray[np.uint8], delay: float | None = None) -> bytes:
    """A GIF of ``pictures``, ``(frames, rows, columns)`` of greys or ``(…, 3)`` of colours.

    ``delay`` is the time of each in milliseconds, kept to a hundredth of a second; with it, they
    repeat for ever. Greys, and up to 256 colours, are exact; of more, what is nearly grey becomes
    one of 81 greys, the rest a pattern of the nearest of 175 colours.
    """
    if pictures.ndim == 3:
        indices, colours = pictures, np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    else:
        indices, colours = _indexed(pictures)
    # LZW of noise takes up to 12 bits a pixel; imagecodecs allots less by itself, and fails.
    room = 2 * indices.size + 2048 * (len(indices) + 1)
    gif = imagecodecs.gif_encode(np.ascontiguousarray(indices), colormap=colours, out=room)
    return bytes(gif) if delay is None else _timed(bytes(gif), delay)


def _indexed(pictures: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Colour pictures as places in a palette, and the palette, ``(256, 3)``."""
    packed = pictures.astype(np.intp) @ np.array([1 << 16, 1 << 8, 1])
    seen = np.zeros(1 << 24, np.bool_)
    seen[packed] = True
    found = np.flatnonzero(seen)
    palette = np.zeros((256, 3), np.uint8)
    if len(found) > 256:
        return _dithered(pictures, palette), palette
    palette[: len(found)] = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1)
    places = np.zeros(1 << 24, np.uint8)
    places[found] = np.arange(len(found))
    return places[packed], palette


def _dithered(pictures: NDArray[np.uint8], palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Places in a palette of greys and a cube of colours, which is put into ``palette``."""
    levels = [np.rint(np.linspace(0, 255, count)) for count in _LEVELS]
    cube = np.stack(np.meshgrid(*levels, indexing="ij"), axis=-1).reshape(-1, 3)
    palette[: len(cube)] = cube
    palette[len(cube) :] = np.rint(np.linspace(0, 255, _GREYS))[:, np.newaxis]
    rows, columns = pictures.shape[1:3]
    pattern = (np.tile(_BAYER, (rows // 4 + 1, columns // 4 + 1))[:rows, :columns] + 0.5) / 16
    places: NDArray[Any] = np.zeros(pictures.shape[:3], np.uint8)
    for channel, count in enumerate(_LEVELS):
        exact = pictures[..., channel].astype(np.float32) * np.float32((count - 1) / 255)
        places = places * count + np.floor(exact + pattern.astype(np.float32)).astype(np.uint8)
    greyish = pictures.max(axis=-1) - pictures.min(axis=-1) <= _GREYISH
    greys = pictures[greyish].mean(axis=-1, dtype=np.float32) * np.float32((_GREYS - 1) / 255)
    places[greyish] = len(cube) + np.rint(greys).astype(np.uint8)
    return places


def _timed(gif: bytes, delay: float) -> bytes:
    """``gif`` with ``delay`` before each picture and a loop before the first."""
    hundredths = min(max(round(delay / 10), 1), 0xFFFF)
    control = b"\x21\xf9\x04\0" + struct.pack("<H", hundredths) + b"\0\0"
    position = 13 + _table_length(gif[10])
    pieces = [b"GIF89a", gif[6:position], _LOOP_FOREVER]
    while gif[position] != _TRAILER:
        start = position
        if gif[position] == _IMAGE:
            pieces.append(control)
            position += 10 + _table_length(gif[position + 9]) + 1
        else:
            assert gif[position] == _EXTENSION  # there is no fourth kind of block
            position += 2
        while gif[position]:
            position += 1 + gif[position]
        position += 1
        pieces.append(gif[start:position])
    return b"".join(pieces) + gif[position:]


def _table_length(flags: int) -> int:
    """Bytes of the colour table that the flags of a screen or an image announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
