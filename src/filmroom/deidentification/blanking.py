"""Pixels blanked by region, frame after frame, in bounded memory (PS3.15 §E.3.1).

Native pixel data is copied in blocks of whole rows; compressed frames are decoded and encoded
again without loss, one at a time. What results lies in a temporary file that has no name.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from filmroom.deidentification.mapped import STRETCH, release
from filmroom.deidentification.regions import Region
from filmroom.dicom import VR, DataSet, Element, TransferSyntax, transfer_syntax
from filmroom.errors import InvalidTransferSyntax, MissingRequiredTag, TruncatedData
from filmroom.pixels import (
    CODECS,
    Frames,
    ImageDescription,
    PixelKind,
    encapsulate,
    encode,
    extended_offset_table,
)
from filmroom.pixels.scratch import mapped

__all__ = ["blank", "fill_of"]

_PIXEL_DATA = 0x7FE00010
_EXTENDED_OFFSETS = 0x7FE00001
_EXTENDED_LENGTHS = 0x7FE00002
_PHOTOMETRIC = 0x00280004
_PLANAR = 0x00280006
_PADDING_VALUE = 0x00280120
_BLOCK = 1 << 20
_PREFIX = "1.2.840.10008.1.2.4."

_LOSSLESS: dict[str, str] = {
    f"{_PREFIX}50": f"{_PREFIX}70",
    f"{_PREFIX}51": f"{_PREFIX}70",
    f"{_PREFIX}53": f"{_PREFIX}70",
    f"{_PREFIX}55": f"{_PREFIX}70",
    f"{_PREFIX}81": f"{_PREFIX}80",
    f"{_PREFIX}91": f"{_PREFIX}90",
    f"{_PREFIX}111": f"{_PREFIX}110",
    f"{_PREFIX}112": f"{_PREFIX}110",
    f"{_PREFIX}203": f"{_PREFIX}201",
}
"""The lossless transfer syntax of the same family, for frames that cannot be lossless in theirs."""
_ANY = f"{_PREFIX}90"


def blank(
    data_set: DataSet,
    regions: Sequence[Region],
    *,
    scratch: Path | None = None,
) -> TransferSyntax:
    """Blank ``regions`` in every frame of ``data_set`` and cut off the bits beside those stored.

    The pixel data element is replaced; its bytes are read from a temporary file in ``scratch``.
    Gives the transfer syntax that the data set must be written in from then on: its own, or the
    lossless relative of one that loses. Raises DataErrors where pixels cannot be decoded.
    """
    description = ImageDescription.of(data_set)
    tag = description.kind.value
    element = data_set.element(tag)
    if element is None:
        raise MissingRequiredTag("there is no pixel data", tag=tag)
    inside = [
        part
        for region in regions
        if (part := region.within(description.rows, description.columns)) is not None
    ]
    if element.undefined_length or data_set.transfer_syntax.encapsulated:
        return _compressed(data_set, description, inside, scratch)
    fill = fill_of(data_set, description, description.photometric_interpretation)
    pieces = _native(element, description, inside, fill)
    data_set.add(
        Element(
            tag, element.vr, mapped(pieces, scratch), little_endian=element.byte_order_is_little
        )
    )
    return data_set.transfer_syntax


def fill_of(
    data_set: DataSet, description: ImageDescription, photometric: str
) -> tuple[int | float, ...]:
    """The samples of a blank pixel: black, or the value that stands for no pixel at all.

    Of signed values it is the lowest of the first frame (with MONOCHROME1 the highest), so that
    the range of values stays what it was.
    """
    samples = description.samples_per_pixel
    if samples > 1:
        if photometric.startswith("YBR_FULL"):
            return (0, *[1 << (description.bits_stored - 1)] * (samples - 1))
        if photometric.startswith("YBR_PARTIAL"):
            return (16 << (description.bits_stored - 8), *[1 << (description.bits_stored - 1)] * 2)
        return (0,) * samples
    if description.kind is not PixelKind.INTEGER:
        return (0.0,)
    padding = data_set.values_of(_PADDING_VALUE)[:1]
    if padding and isinstance(padding[0], int) and _fits(padding[0], description):
        return (padding[0],)
    inverted = photometric == "MONOCHROME1"
    if description.is_signed:
        first: NDArray[Any] = np.asarray(Frames(data_set)[0])
        return (int(first.max() if inverted else first.min()),)
    return ((1 << description.bits_stored) - 1 if inverted else 0,)


def _fits(value: int, description: ImageDescription) -> bool:
    bits = description.bits_stored - (1 if description.is_signed else 0)
    return (-(1 << bits) if description.is_signed else 0) <= value < 1 << bits


# ---------------------------------------------------------------------- native pixel data


@dataclass(frozen=True, slots=True)
class _Rows:
    """How rows stand in native pixel data: in planes, each row so many bytes."""

    planes: int
    row_bytes: int
    unit_bytes: int
    """Bytes that blanking takes together: a pixel, or two where they share chrominance."""
    unit_columns: int


def _rows_of(description: ImageDescription) -> _Rows:
    size = description.bits_allocated // 8
    samples = description.samples_per_pixel
    if description.frame_bits != description.samples * description.bits_allocated:
        return _Rows(1, description.columns * 2 * size, 4 * size, 2)
    if samples > 1 and description.planar_configuration == 1:
        return _Rows(samples, description.columns * size, size, 1)
    return _Rows(1, description.columns * samples * size, samples * size, 1)


def _native(
    element: Element,
    description: ImageDescription,
    regions: Sequence[Region],
    fill: tuple[int | float, ...],
) -> Iterator[bytes | bytearray]:
    """Native pixel data with ``regions`` blanked, in pieces; nothing behind the last frame."""
    value = memoryview(element.raw)
    expected = (description.frame_bits * description.number_of_frames + 7) // 8
    if len(value) < expected:
        raise TruncatedData(
            f"{len(value)} bytes of pixel data where {expected} must be", tag=element.tag
        )
    little = element.byte_order_is_little
    if description.bits_allocated == 1:
        yield from _single_bits(value[:expected], description, regions, fill)
    else:
        swapped = not little and element.vr is VR.OW and description.bits_allocated == 8
        yield from _blocks(value, description, regions, fill, little, swapped)
    if expected % 2:
        yield b"\0"


def _blocks(
    value: memoryview,
    description: ImageDescription,
    regions: Sequence[Region],
    fill: tuple[int | float, ...],
    little: bool,
    swapped: bool,
) -> Iterator[bytearray]:
    layout = _rows_of(description)
    patterns = [
        _pattern(fill, plane, description, layout, little) for plane in range(layout.planes)
    ]
    mask = _Mask.of(description, little)
    # In big endian OW the bytes of 8-bit pixels stand swapped in pairs: a pair is never cut.
    step = max(_BLOCK // layout.row_bytes, 1)
    step += step % 2
    at = 0
    for _ in range(description.number_of_frames):
        for plane in range(layout.planes):
            for first in range(0, description.rows, step):
                count = min(step, description.rows - first)
                stop = at + count * layout.row_bytes
                block = bytearray(value[at:stop])
                if mask is not None:
                    mask.apply(block)
                for region in regions:
                    _fill(block, first, count, region, layout, patterns[plane], swapped)
                yield block
                if stop // STRETCH > at // STRETCH:
                    release(value)
                at = stop


def _fill(
    block: bytearray,
    first: int,
    count: int,
    region: Region,
    layout: _Rows,
    pattern: bytes,
    swapped: bool,
) -> None:
    """Blank what of ``region`` lies in the ``count`` rows from ``first``."""
    unit = layout.unit_columns
    left = region.x // unit * layout.unit_bytes
    right = -(-(region.x + region.width) // unit) * layout.unit_bytes
    for row in range(max(region.y, first), min(region.y + region.height, first + count)):
        start = (row - first) * layout.row_bytes
        begin, end = start + left, start + right
        if swapped:
            begin, end = begin & ~1, min(end + 1 & ~1, len(block))
        block[begin:end] = (pattern * ((end - begin) // len(pattern) + 1))[: end - begin]


def _pattern(
    fill: tuple[int | float, ...],
    plane: int,
    description: ImageDescription,
    layout: _Rows,
    little: bool,
) -> bytes:
    """The bytes of one blank unit."""
    if layout.planes > 1:
        samples: tuple[int | float, ...] = (fill[plane],)
    elif layout.unit_columns == 2:
        samples = (fill[0], fill[0], *fill[1:])  # Y1 Y2 Cb Cr (PS3.3 §C.7.6.3.1.2)
    else:
        samples = fill
    cells = np.array(samples, _dtype(description, little))
    above = description.high_bit + 1 - description.bits_stored
    if above and description.kind is PixelKind.INTEGER:
        cells = (cells << above).astype(cells.dtype)
    return cells.tobytes()


def _dtype(description: ImageDescription, little: bool) -> np.dtype[Any]:
    return description.dtype.newbyteorder("<" if little else ">")


@dataclass(frozen=True, slots=True)
class _Mask:
    """Cuts off what stands beside the stored bits: overlays in older objects (PS3.3 §C.9.2)."""

    dtype: np.dtype[Any]
    low: int
    """Unused bits below those stored."""
    high: int
    """Unused bits above those stored."""

    @classmethod
    def of(cls, description: ImageDescription, little: bool) -> _Mask | None:
        if description.kind is not PixelKind.INTEGER:
            return None
        low = description.high_bit + 1 - description.bits_stored
        high = description.bits_allocated - 1 - description.high_bit
        if not low and not high:
            return None
        return cls(_dtype(description, little), low, high)

    def apply(self, block: bytearray) -> None:
        """Clear the bits in place; the sign goes on into those above."""
        cells = np.frombuffer(block, self.dtype)
        kept = cells << self.high
        kept >>= self.high + self.low
        kept <<= self.low
        cells[:] = kept


def _single_bits(
    value: memoryview,
    description: ImageDescription,
    regions: Sequence[Region],
    fill: tuple[int | float, ...],
) -> Iterator[bytes]:
    """Pixels of one bit; so many frames at a time that they end at a whole byte."""
    pixels = description.rows * description.columns
    together = 8 // math.gcd(pixels, 8)
    for first in range(0, description.number_of_frames, together):
        count = min(together, description.number_of_frames - first)
        start, stop = first * pixels // 8, -(-(first + count) * pixels // 8)
        packed = np.frombuffer(value[start:stop], np.uint8)
        bits = np.unpackbits(packed, count=count * pixels, bitorder="little")
        frames = bits.reshape(count, description.rows, description.columns)
        _fill_array(frames, regions, fill)
        yield np.packbits(bits, bitorder="little").tobytes()
        if stop // STRETCH > start // STRETCH:
            release(value)


def _fill_array(
    frames: NDArray[Any], regions: Sequence[Region], fill: tuple[int | float, ...]
) -> None:
    """Blank ``regions`` in ``(frames, rows, columns[, samples])``."""
    for region in regions:
        rows = slice(region.y, region.y + region.height)
        columns = slice(region.x, region.x + region.width)
        frames[:, rows, columns] = fill if len(fill) > 1 else fill[0]


# ---------------------------------------------------------------------- compressed pixel data


def _compressed(
    data_set: DataSet,
    description: ImageDescription,
    regions: Sequence[Region],
    scratch: Path | None,
) -> TransferSyntax:
    frames = Frames(data_set, colour="stored")
    syntax = _lossless(data_set.transfer_syntax)
    photometric = frames.photometric_interpretation
    written = replace(description, photometric_interpretation=photometric, planar_configuration=0)
    fill = fill_of(data_set, description, photometric)
    lengths: list[int] = []
    source = memoryview(data_set.raw(_PIXEL_DATA) or b"")

    def encoded() -> Iterator[bytes]:
        read = 0
        for number, frame in enumerate(frames):
            array: NDArray[Any] = np.array(frame)
            _fill_array(array[np.newaxis], regions, fill)
            data = encode(syntax, array, written)
            lengths.append(len(data))
            yield data
            read += len(frames.encoded(number))
            if read > STRETCH:
                release(source)
                read = 0

    value = mapped(encapsulate(encoded()), scratch)
    data_set.set(_PHOTOMETRIC, VR.CS, photometric)
    if description.samples_per_pixel > 1:
        data_set.set(_PLANAR, VR.US, 0)
    if _EXTENDED_OFFSETS in data_set:
        offsets, sizes = extended_offset_table(lengths)
        data_set.set(_EXTENDED_OFFSETS, VR.OV, offsets)
        data_set.set(_EXTENDED_LENGTHS, VR.OV, sizes)
    data_set.add(Element(_PIXEL_DATA, VR.OB, value, undefined_length=True))
    data_set.transfer_syntax = syntax
    return syntax


def _lossless(syntax: TransferSyntax) -> TransferSyntax:
    """``syntax`` where it can be written without loss, or else its lossless relative."""
    codec = CODECS.get(syntax.uid)
    if codec is None:
        raise InvalidTransferSyntax(
            f"pixels in {syntax} cannot be blanked", tag=_PIXEL_DATA,
            hint="decompress it with a tool that understands it first",
        )  # fmt: skip
    kept = codec.encode is not None and not codec.is_lossy
    return transfer_syntax(syntax.uid if kept else _LOSSLESS.get(syntax.uid, _ANY))
