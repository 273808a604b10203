"""Overlay planes: one-bit pictures laid over the image, groups 6000 to 601E (PS3.3 §C.9.2, §C.9.3).

They stand in Overlay Data, or, in objects from before 2004, in bits of the pixel data that the
stored values leave free.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from filmroom.dicom import VR, DataSet, Element
from filmroom.errors import InvalidValue, MissingRequiredTag, TruncatedData

__all__ = ["Colour", "Overlay", "draw", "overlays"]

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

_GROUPS = range(0x6000, 0x6020, 2)
_ROWS, _COLUMNS, _FRAMES = 0x0010, 0x0011, 0x0015
_DESCRIPTION, _TYPE, _ORIGIN, _FRAME_ORIGIN = 0x0022, 0x0040, 0x0050, 0x0051
_BITS_ALLOCATED, _BIT_POSITION, _LABEL, _DATA = 0x0100, 0x0102, 0x1500, 0x3000


@dataclass(frozen=True, slots=True)
class Overlay:
    """One overlay plane of an image."""

    group: int
    rows: int
    columns: int
    type: str
    """``G`` for graphics, ``R`` for a region of interest."""
    origin: tuple[int, int] = (1, 1)
    """Row and column of the image, counted from 1, where its upper left pixel lies."""
    first_frame: int | None = None
    """The image's frame, counted from 0, that its first frame is for; None: it is for all."""
    frames: int = 1
    bit: int | None = None
    """The bit of the pixel data that holds it; None where it has data of its own."""
    label: str = ""
    description: str = ""
    data: Element | None = None

    def covers(self, frame: int) -> bool:
        """Whether there is something of it for ``frame`` of the image, counted from 0."""
        if self.first_frame is None or self.bit is not None:
            return True
        return 0 <= frame - self.first_frame < self.frames

    def mask(self, frame: int, cells: NDArray[Any] | None = None) -> NDArray[np.bool_]:
        """Its pixels that are set for ``frame``, shape ``(rows, columns)`` of the overlay.

        ``cells`` are the pixel cells of the frame with all bits that are allocated, unsigned;
        one embedded in the pixel data needs them. Raises TruncatedData where Overlay Data ends
        before the frame does, InvalidValue for a frame that it does not cover.
        """
        tag = self.group << 16 | _DATA
        if not self.covers(frame):
            raise InvalidValue("the overlay has nothing for this frame", tag=tag)
        if self.bit is not None:
            if cells is None:
                raise MissingRequiredTag("an embedded overlay without pixel data", tag=tag)
            return (cells >> self.bit & 1).astype(np.bool_)
        assert self.data is not None  # overlays() makes no other
        size = self.rows * self.columns
        start = 0 if self.first_frame is None else (frame - self.first_frame) * size
        return _bits(self.data, start, size).reshape(self.rows, self.columns)


def overlays(data_set: DataSet) -> tuple[Overlay, ...]:
    """The overlay planes of an image, in order of their groups.

    A group that describes no plane is left out, with an issue: the image is worth more than what
    is drawn on it.
    """
    found = []
    for group in _GROUPS:
        base = group << 16
        if base | _ROWS not in data_set and base | _DATA not in data_set:
            continue
        try:
            found.append(_overlay(data_set, base))
        except (InvalidValue, MissingRequiredTag) as error:
            # LENIENT: groups 60xx left behind without what they describe, after conversions.
            data_set.parser.tolerate(error.message, error.tag, 0, type(error))
    return tuple(found)


def _overlay(data_set: DataSet, base: int) -> Overlay:
    data = data_set.element(base | _DATA)
    bit = None
    if data is None or not len(data.raw):
        bit = _integer(data_set, base | _BIT_POSITION)
        if bit is None or not _is_free(data_set, bit):
            raise MissingRequiredTag("an overlay without data", tag=base | _DATA)
    rows = _integer(data_set, base | _ROWS)
    columns = _integer(data_set, base | _COLUMNS)
    if bit is not None:
        # One bit for each pixel of the image, whatever is written here.
        rows, columns = _integer(data_set, "Rows"), _integer(data_set, "Columns")
    if not rows or not columns:
        raise MissingRequiredTag("an overlay without its size", tag=base | _ROWS)
    frames = _integer(data_set, base | _FRAMES)
    first = _integer(data_set, base | _FRAME_ORIGIN)
    origin = data_set.values_of(base | _ORIGIN)
    placed = len(origin) == 2 and all(isinstance(value, int) for value in origin)
    return Overlay(
        base >> 16,
        rows,
        columns,
        data_set.text(base | _TYPE),
        (origin[0], origin[1]) if placed and bit is None else (1, 1),
        # Neither a number of frames nor the frame it is for: it belongs to all of the image.
        None if first is None and (frames or 1) == 1 else (first or 1) - 1,
        max(frames or 1, 1),
        bit,
        data_set.text(base | _LABEL),
        data_set.text(base | _DESCRIPTION),
        data,
    )


def _is_free(data_set: DataSet, bit: int) -> bool:
    """Whether ``bit`` of a pixel is allocated and not part of the stored value."""
    if (_integer(data_set, "SamplesPerPixel") or 1) != 1:
        return False  # a pixel of several samples has several such bits
    allocated = _integer(data_set, "BitsAllocated") or 0
    stored = _integer(data_set, "BitsStored") or allocated
    high = _integer(data_set, "HighBit")
    high = stored - 1 if high is None else high
    return 0 <= bit < allocated and not high - stored < bit <= high


def _integer(data_set: DataSet, tag: int | str) -> int | None:
    values = data_set.values_of(tag)
    return values[0] if values and isinstance(values[0], int) else None


def _bits(element: Element, start: int, count: int) -> NDArray[np.bool_]:
    """``count`` bits from bit ``start`` on, the least significant of a byte first (PS3.5 §8.1.2).

    Only the bytes that hold them are read.
    """
    first, last = start // 8, (start + count + 7) // 8
    raw = memoryview(element.raw)
    if last > len(raw):
        raise TruncatedData("Overlay Data ends before the overlay does", tag=element.tag)
    if element.vr is VR.OW and not element.byte_order_is_little:
        # In big endian the two bytes of each word stand swapped (PS3.5 §A.3).
        begin = first & ~1
        pairs = np.frombuffer(raw[begin : (last + 1) & ~1], np.uint8)
        if pairs.size & 1:
            raise TruncatedData("Overlay Data ends in the middle of a word", tag=element.tag)
        packed = pairs.reshape(-1, 2)[:, ::-1].reshape(-1)[first - begin :]
    else:
        packed = np.frombuffer(raw[first:last], np.uint8)
    offset = start - first * 8
    bits = np.unpackbits(packed, count=offset + count, bitorder="little")[offset:]
    return bits.view(np.bool_)


def draw(
    picture: NDArray[Any], mask: NDArray[np.bool_], origin: tuple[int, int], colour: Colour
) -> NDArray[Any]:
    """``picture`` with ``colour`` where ``mask`` is set; what lies outside is cut off.

    ``picture`` is ``(rows, columns)`` of greys, of 8 bits or of 16, or ``(rows, columns, 3)`` of
    colours of 8. It is drawn into, unless ``colour`` turns grey into colour: that is a new array.
    """
    if picture.ndim == 2 and len(set(colour)) > 1:
        if picture.dtype == np.uint16:
            picture = (picture // 257).astype(np.uint8)
        picture = np.repeat(picture[..., np.newaxis], 3, axis=2)
    top, left = origin[0] - 1, origin[1] - 1
    above, before = max(0, -top), max(0, -left)
    target = picture[max(0, top) :, max(0, left) :]
    mask = mask[above : above + target.shape[0], before : before + target.shape[1]]
    target = target[: mask.shape[0], : mask.shape[1]]
    scale = np.iinfo(picture.dtype).max // 255
    ink = np.array(colour, picture.dtype) * picture.dtype.type(scale)
    target[mask] = ink if picture.ndim == 3 else ink[0]
    return picture
