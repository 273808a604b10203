"""Native pixel data: samples packed one behind the other (PS3.5 §8.1.1, §8.2; PS3.3 §C.7.6.3.1).

Frames follow each other without gaps; of 1 bit allocated they need not begin at a whole byte.
"""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

from filmroom.errors import InvalidValue, TruncatedData
from filmroom.pixels.cells import as_cells, as_stored
from filmroom.pixels.description import ImageDescription, PixelArray

__all__ = ["frame_bytes", "pack", "unpack"]

_COLUMNS = 0x00280011
_PHOTOMETRIC_INTERPRETATION = 0x00280004
_PIXEL_DATA = 0x7FE00010
_LITTLE_MACHINE = sys.byteorder == "little"


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

    ``words`` says that the VR is OW: big endian, bytes then stand swapped (PS3.5 §A.3). The
    array may be a read-only view of ``value``. Chrominance of 4:2:2 is repeated to full
    resolution. Raises :class:`TruncatedData` where ``value`` is too short.
    """
    bits = description.frame_bits
    frame_bytes(value, description, index + count - 1)
    swapped = words and not little_endian
    if description.bits_allocated == 1:
        cells = _unpack_bits(value, index * bits, count * bits, swapped)
    else:
        start, stop = index * bits // 8, (index + count) * bits // 8
        if description.bits_allocated == 8 and swapped:
            raw: memoryview | NDArray[np.uint8] = _swap_pairs(value, start, stop)
        else:
            raw = value[start:stop]
        dtype = description.dtype.newbyteorder("<" if little_endian else ">")
        cells = np.frombuffer(raw, dtype)
        if little_endian != _LITTLE_MACHINE and cells.dtype.itemsize > 1:
            cells = cells.astype(description.dtype)
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
    swapped = words and not little_endian
    if description.bits_allocated == 1:
        packed = np.packbits(frames.reshape(-1).astype(np.bool_), bitorder="little")
        return _swap_all(packed) if swapped else packed.tobytes()
    cells = as_cells(frames, description)
    if description.planar_configuration == 1 and description.samples_per_pixel > 1:
        cells = cells.transpose(0, 3, 1, 2)
    dtype = description.dtype.newbyteorder("<" if little_endian else ">")
    if description.bits_allocated == 8 and swapped:
        return _swap_all(np.ascontiguousarray(cells).reshape(-1).view(np.uint8))
    return cells.astype(dtype, copy=False).tobytes()


def _swap_all(octets: NDArray[np.uint8]) -> bytes:
    """Bytes as 16-bit words in big endian, padded to a whole word."""
    if octets.size % 2:
        octets = np.append(octets, np.uint8(0))
    return octets.view(np.uint16).byteswap().tobytes()


def _unpack_bits(value: memoryview, start: int, bits: int, swapped: bool) -> NDArray[np.generic]:
    """Samples of 1 bit, the least significant bit of a byte first (PS3.5 §8.1.1)."""
    first, last = start // 8, (start + bits + 7) // 8
    packed = (
        _swap_pairs(value, first, last) if swapped else np.frombuffer(value[first:last], np.uint8)
    )
    offset = start - first * 8
    return np.unpackbits(packed, count=offset + bits, bitorder="little")[offset:]


def _swap_pairs(value: memoryview, start: int, stop: int) -> NDArray[np.uint8]:
    """Bytes ``start`` to ``stop`` of 16-bit words whose bytes stand swapped."""
    first, last = start & ~1, (stop + 1) & ~1
    if last > len(value):
        raise TruncatedData("the pixel data ends in the middle of a word", tag=_PIXEL_DATA)
    words = np.frombuffer(value[first:last], np.uint16).byteswap().view(np.uint8)
    return words[start - first : stop - first]


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
