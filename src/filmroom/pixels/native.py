"""Native pixel data: samples packed one behind the other (PS3.5 §8.1.1, §8.2; PS3.3 §C.7.6.3.1).

Frames follow each other without gaps; of 1 bit allocated they need not begin at a whole byte.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from filmroom.errors import InvalidValue, TruncatedData
from filmroom.pixels.cells import as_cells, as_stored
from filmroom.pixels.description import ImageDescription, PixelArray, PixelKind

__all__ = ["frame_bytes", "holds_whole_numbers", "pack", "unpack"]

_COLUMNS = 0x00280011
_PHOTOMETRIC_INTERPRETATION = 0x00280004
_PIXEL_DATA = 0x7FE00010
_LOOKED_AT = 1 << 20
_FAR = 4


def frame_bytes(value: memoryview, description: ImageDescription, index: int) -> memoryview:
    """The bytes that hold frame ``index``: a view; its first and last may be shared at 1 bit.

    Raises :class:`TruncatedData` where ``value`` ends before the frame does.
    """
    bits = description.frame_bits
    start, stop = index * bits // 8, (index * bits + bits + 7) // 8
    if stop > len(value):
        raise TruncatedData(
            f"frame {index + 1} ends at byte {stop} of the pixel data, of which there are"
            f" {len(value)}",
            tag=description.kind.value,
        )
    return value[start:stop]


def unpack(
    value: memoryview,
    description: ImageDescription,
    index: int,
    count: int = 1,
    *,
    little_endian: bool = True,
    words: bool = False,
) -> PixelArray:
    """Frames ``index`` to ``index + count - 1`` as ``(count, rows, columns[, samples])``.

    ``words`` says that the VR is OW: in big endian bytes then stand swapped in 16-bit words, of
    whatever samples (PS3.5 §7.3, §A.3); else samples are big endian themselves. The array may be a
    read-only view of ``value``. Chrominance of 4:2:2 is repeated to full resolution. Raises
    :class:`TruncatedData` where ``value`` is too short.
    """
    bits = description.frame_bits
    frame_bytes(value, description, index + count - 1)
    unit = _unit(description, little_endian, words)
    first, last = index * bits, (index + count) * bits
    octets = _little_endian(value, first // 8, (last + 7) // 8, unit)
    if description.bits_allocated == 1:
        # The least significant bit of a byte is its first sample (PS3.5 §8.1.1).
        skipped = first % 8
        cells = np.unpackbits(octets, count=skipped + last - first, bitorder="little")[skipped:]
    else:
        cells = octets.view(description.dtype.newbyteorder("<"))
        cells = cells.astype(description.dtype, copy=False)
    return as_stored(_arrange(cells, description, count), description)


def pack(
    frames: PixelArray,
    description: ImageDescription,
    *,
    little_endian: bool = True,
    words: bool = False,
) -> bytes:
    """Stored values ``(frames, rows, columns[, samples])`` as native pixel data, not padded.

    Of 1 bit allocated, frames that do not end at a whole byte must come all at once. ``words`` as
    in :func:`unpack`. Raises :class:`InvalidValue` for another shape, and for the 4:2:2 layout,
    into which nothing is brought back.
    """
    if frames.shape[1:] != description.shape:
        raise InvalidValue("the array is not as described", tag=_PIXEL_DATA)
    if description.frame_bits != description.samples * description.bits_allocated:
        raise InvalidValue("4:2:2 is not written uncompressed", tag=_PHOTOMETRIC_INTERPRETATION)
    unit = _unit(description, little_endian, words)
    cells = as_cells(frames, description)
    if description.planar_configuration == 1 and description.samples_per_pixel > 1:
        cells = cells.transpose(0, 3, 1, 2)
    if description.bits_allocated == 1:
        octets = np.packbits(cells.reshape(-1).astype(np.bool_), bitorder="little")
    else:
        cells = np.ascontiguousarray(cells, description.dtype.newbyteorder("<"))
        octets = cells.reshape(-1).view(np.uint8)
    if unit == 1:
        return octets.tobytes()
    if octets.size % 2:
        octets = np.append(octets, np.uint8(0))
    return octets.view(f"u{unit}").byteswap().tobytes()


def holds_whole_numbers(value: memoryview, description: ImageDescription) -> bool:
    """Whether 32-bit samples in big endian OW look as if written as whole 32-bit numbers.

    OW is 16-bit words, of which the first is the lower half of a sample whatever the byte order
    (PS3.5 §6.2, §8.1.1). From pixel to pixel, samples read in the right way change far less than
    those whose halves are exchanged; where both change alike, as of noise, the standard holds.
    """
    if description.bits_allocated != 32 or description.kind is not PixelKind.INTEGER:
        return False
    length = min(len(value), description.frame_bits // 8, _LOOKED_AT)
    whole = np.frombuffer(value[: length // 4 * 4], ">u4").astype(np.uint32)
    words = (whole << 16 | whole >> 16).astype(np.uint32)
    return _change(words, description) > _FAR * _change(whole, description)


def _change(cells: NDArray[np.uint32], description: ImageDescription) -> int:
    """By how much samples differ from the one before, all of them together."""
    stored = as_stored(cells.view(description.dtype), description)
    return int(np.abs(np.diff(stored.astype(np.int64))).sum())


def _unit(description: ImageDescription, little_endian: bool, words: bool) -> int:
    """Bytes of the numbers that stand in big endian; 1 where nothing has to be swapped."""
    if little_endian:
        return 1
    return 2 if words else max(description.bits_allocated // 8, 1)


def _little_endian(value: memoryview, start: int, stop: int, unit: int) -> NDArray[np.uint8]:
    """Bytes ``start`` to ``stop`` of the value as it were in little endian."""
    if unit == 1:
        return np.frombuffer(value[start:stop], np.uint8)
    first, last = start // unit * unit, -(-stop // unit) * unit
    if last > len(value):
        raise TruncatedData("the pixel data ends in the middle of a word", tag=_PIXEL_DATA)
    numbers = np.frombuffer(value[first:last], f"u{unit}").byteswap()
    return numbers.view(np.uint8)[start - first : stop - first]


def _arrange(cells: PixelArray, description: ImageDescription, count: int) -> PixelArray:
    """``cells`` in the order of the stream as ``(count, rows, columns[, samples])``."""
    rows, columns, samples = description.rows, description.columns, description.samples_per_pixel
    if samples == 1:
        return cells.reshape(count, rows, columns)
    if description.frame_bits != description.samples * description.bits_allocated:
        if columns % 2:
            raise InvalidValue("4:2:2 needs an even number of columns", tag=_COLUMNS)
        # Two pixels are Y1 Y2 Cb Cr (PS3.3 §C.7.6.3.1.2).
        pairs = cells.reshape(count, rows, columns // 2, 4)
        out = np.empty((count, rows, columns // 2, 2, 3), cells.dtype)
        out[..., 0] = pairs[..., :2]
        out[..., 1:] = pairs[..., np.newaxis, 2:]
        return out.reshape(count, rows, columns, 3)
    if description.planar_configuration == 1:
        return cells.reshape(count, samples, rows, columns).transpose(0, 2, 3, 1)
    return cells.reshape(count, rows, columns, samples)
