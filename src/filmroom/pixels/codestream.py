"""What the header of a compressed image says of it, read before anything is decoded.

JPEG and JPEG-LS (ISO/IEC 10918-1 §B.2, ISO/IEC 14495-1 §C.2), JPEG 2000 (ISO/IEC 15444-1 §A.5.1),
JPEG XL (ISO/IEC 18181-1 §D.2). A decoder takes memory by these numbers: they are checked first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from struct import Struct
from struct import error as struct_error

from filmroom.errors import DataError, InvalidValue, TruncatedData

__all__ = ["Codestream", "Marker", "jpeg_2000_header", "jpeg_header", "jpeg_xl_header", "segments"]

_PIXEL_DATA = 0x7FE00010
_U16 = Struct(">H").unpack_from
_U32 = Struct(">I").unpack_from
_U64 = Struct(">Q").unpack_from


class Marker:
    """Second bytes of the markers that matter (ISO/IEC 10918-1 Table B.1, 14495-1 Table C.1)."""

    SOF0 = 0xC0
    SOF3 = 0xC3
    SOF55 = 0xF7
    DHT = 0xC4
    JPG = 0xC8
    DAC = 0xCC
    RST0 = 0xD0
    SOI = 0xD8
    EOI = 0xD9
    SOS = 0xDA
    APP0 = 0xE0
    APP8 = 0xE8
    APP14 = 0xEE
    TEM = 0x01


_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {Marker.DHT, Marker.JPG, Marker.DAC} | {
    Marker.SOF55
}
_ALONE = frozenset({Marker.TEM, *range(Marker.RST0, Marker.EOI + 1)})


@dataclass(frozen=True, slots=True)
class Codestream:
    """The header of one compressed image.

    ``process`` is the second byte of the JPEG frame header's marker (0xC0 baseline, 0xC1 extended,
    0xC3 lossless, 0xF7 JPEG-LS), else 0. ``is_ycc`` says whether the samples of three components
    are YCbCr or RGB where the stream itself tells, else it is None. ``precision`` 0 is unknown.
    ``offset`` is where the codestream begins in what may be a file around it.
    """

    rows: int
    columns: int
    samples: int
    precision: int
    is_signed: bool = False
    process: int = 0
    is_ycc: bool | None = None
    is_subsampled: bool = False
    offset: int = 0


def _reading(parse: Callable[[memoryview], Codestream]) -> Callable[[memoryview], Codestream]:
    """``parse``, for which bytes that end early are :class:`TruncatedData`."""

    def read(data: memoryview) -> Codestream:
        try:
            return parse(data)
        except (struct_error, IndexError):
            raise TruncatedData(
                "the compressed frame ends in the middle of its header", tag=_PIXEL_DATA
            ) from None

    read.__doc__ = parse.__doc__
    return read


def _unlike(what: str) -> DataError:
    return InvalidValue(f"no {what} where a compressed frame begins", tag=_PIXEL_DATA)


def segments(data: memoryview) -> Iterator[tuple[int, int, int]]:
    """Marker, start and stop of the parameters of each marker segment up to the first scan."""
    position, end = 2, len(data)
    while position + 4 <= end:
        if data[position] != 0xFF:
            raise InvalidValue("no marker where one must stand", tag=_PIXEL_DATA, offset=position)
        marker = data[position + 1]
        if marker == 0xFF:  # fill bytes may stand before a marker
            position += 1
            continue
        if marker in _ALONE:
            position += 2
            continue
        length = _U16(data, position + 2)[0]
        if length < 2:
            raise InvalidValue("a marker segment without length", tag=_PIXEL_DATA, offset=position)
        yield marker, position + 4, min(position + 2 + length, end)
        if marker == Marker.SOS:
            return
        position += 2 + length


@_reading
def jpeg_header(data: memoryview) -> Codestream:
    """The header of a JPEG or JPEG-LS image. Raises DataErrors for what is none."""
    if bytes(data[:2]) != b"\xff\xd8":
        raise _unlike("JPEG image")
    adobe: int | None = None
    jfif = False
    for marker, start, stop in segments(data):
        if marker == Marker.APP0 and bytes(data[start : start + 5]) == b"JFIF\0":
            jfif = True
        elif marker == Marker.APP14 and bytes(data[start : start + 5]) == b"Adobe":
            adobe = data[start + 11] if stop - start >= 12 else None
        elif marker in _FRAME_HEADERS:
            precision, rows, columns, samples = (
                data[start],
                _U16(data, start + 1)[0],
                _U16(data, start + 3)[0],
                data[start + 5],
            )
            components = bytes(data[start + 6 : start + 6 + 3 * samples])
            if len(components) < 3 * samples:
                raise IndexError
            sampling = components[1::3]
            is_ycc: bool | None = None
            if samples == 3:
                if components[::3] in (b"RGB", b"rgb"):
                    is_ycc = False
                elif adobe is not None:
                    is_ycc = adobe == 1
                elif jfif:
                    is_ycc = True
            return Codestream(
                rows,
                columns,
                samples,
                precision,
                process=marker,
                is_ycc=is_ycc,
                is_subsampled=len(set(sampling)) > 1,
            )
    raise InvalidValue("a JPEG image without frame header", tag=_PIXEL_DATA)


@_reading
def jpeg_2000_header(data: memoryview) -> Codestream:
    """The header of a JPEG 2000 or HTJ2K codestream, also inside a JP2 or JPH file."""
    start = 0
    if bytes(data[4:8]) == b"jP  ":
        start = _box(data, b"jp2c")
    if _U32(data, start)[0] != 0xFF4FFF51:
        raise _unlike("JPEG 2000 codestream")
    length = _U16(data, start + 4)[0]
    width, height, left, top = (_U32(data, start + 8 + at)[0] for at in (0, 4, 8, 12))
    samples = _U16(data, start + 40)[0]
    if length < 38 + 3 * samples or not samples:
        raise InvalidValue("a SIZ segment that contradicts itself", tag=_PIXEL_DATA)
    components = [bytes(data[start + 42 + 3 * n : start + 45 + 3 * n]) for n in range(samples)]
    if len(components[-1]) < 3:
        raise IndexError
    depth = components[0][0]
    return Codestream(
        max(height - top, 0),
        max(width - left, 0),
        samples,
        (depth & 0x7F) + 1,
        is_signed=bool(depth & 0x80),
        is_subsampled=any(component[1:] != b"\1\1" for component in components),
        offset=start,
    )


def _box(data: memoryview, kind: bytes) -> int:
    """Where the content of the first box of ``kind`` begins (ISO/IEC 15444-1 §I.4)."""
    position = 0
    while True:
        length = _U32(data, position)[0]
        content = position + 8
        if length == 1:
            length = _U64(data, content)[0]
            content += 8
        if bytes(data[position + 4 : position + 8]) == kind:
            return content
        if length < content - position:
            raise InvalidValue("a box that does not end", tag=_PIXEL_DATA, offset=position)
        position += length


_JXL_SIZE_BITS = (9, 13, 18, 30)
_JXL_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))


@_reading
def jpeg_xl_header(data: memoryview) -> Codestream:
    """The size of a JPEG XL image, bare or in its container; samples and precision are unknown."""
    start = 0
    if bytes(data[4:8]) == b"JXL ":
        try:
            start = _box(data, b"jxlc")
        except (struct_error, IndexError):
            start = _box(data, b"jxlp") + 4
    if _U16(data, start)[0] != 0xFF0A:
        raise _unlike("JPEG XL codestream")
    bits = int.from_bytes(bytes(data[start + 2 : start + 14]), "little")

    def take(count: int) -> int:
        nonlocal bits
        taken = bits & ((1 << count) - 1)
        bits >>= count
        return taken

    def size(small: int) -> int:
        return (take(5) + 1) * 8 if small else take(_JXL_SIZE_BITS[take(2)]) + 1

    small = take(1)
    rows = size(small)
    ratio = take(3)
    if ratio:
        numerator, denominator = _JXL_RATIOS[ratio - 1]
        columns = rows * numerator // denominator
    else:
        columns = size(small)
    return Codestream(rows, columns, 0, 0, offset=start)
