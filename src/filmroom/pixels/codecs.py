"""The codecs by transfer syntax (PS3.5 §A.4, §8.2): what decodes and encodes one frame.

The work is done by imagecodecs; RLE is our own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from filmroom.dicom import TransferSyntax
from filmroom.errors import DataError, InvalidTransferSyntax, InvalidValue, TruncatedData
from filmroom.pixels import jpeg, jpeg_2000, jpeg_ls, jpeg_xl, native, rle
from filmroom.pixels.cells import Decoded, as_cells, check_length, from_codec
from filmroom.pixels.colour import is_ybr, to_rgb
from filmroom.pixels.description import ImageDescription, PixelArray, PixelKind
from filmroom.pixels.encapsulation import Tolerate

__all__ = ["CODECS", "Codec", "codec_for", "decode", "encode"]

_PIXEL_DATA = 0x7FE00010
_BITS_STORED = 0x00280101
_HIGH_BIT = 0x00280102
_END_OF_IMAGE = b"\xff\xd9"
_TAIL = 1024

Decode = Callable[[memoryview, ImageDescription, bool], Decoded]
"""Takes a compressed frame, its description, and whether colour is wanted as RGB."""
Encode = Callable[[PixelArray, ImageDescription, float | None], bytes]
"""Takes stored values, their description, and the quality in the codec's own unit."""


@dataclass(frozen=True, slots=True)
class Codec:
    """How frames of one transfer syntax are decoded and encoded.

    ``quality`` names the unit of the quality that ``encode`` takes, empty where it is lossless.
    """

    decode: Decode
    encode: Encode | None = None
    quality: str = ""
    gives_rgb: bool = False
    """Whether ``decode`` heeds the wish for RGB, or gives nothing else."""
    keeps_cells: bool = False
    """Whether whole pixel cells are kept, so that samples may end at any High Bit."""
    has_end: bool = True
    """Whether a compressed frame ends with EOI or EOC, which are the same bytes."""

    @property
    def is_lossy(self) -> bool:
        """Whether encoding may change the pixels."""
        return bool(self.quality)


def _decode_rle(data: memoryview, description: ImageDescription, rgb: bool) -> Decoded:
    return Decoded(rle.decode(data, description), description.bits_allocated)


def _encode_rle(array: PixelArray, description: ImageDescription, quality: float | None) -> bytes:
    return rle.encode(as_cells(array, description), description)


def _decode_native(data: memoryview, description: ImageDescription, rgb: bool) -> Decoded:
    return Decoded(native.unpack(data, description, 0)[0], description.bits_stored)


def _encode_native(
    array: PixelArray, description: ImageDescription, quality: float | None
) -> bytes:
    return native.pack(array[np.newaxis], description)


_JPEG_UNIT = "quality 1 to 100"
_PSNR_UNIT = "peak signal to noise ratio in dB"
_PREFIX = "1.2.840.10008.1.2"

CODECS: dict[str, Codec] = {
    f"{_PREFIX}.1.98": Codec(_decode_native, _encode_native, keeps_cells=True, has_end=False),
    f"{_PREFIX}.4.50": Codec(jpeg.decode, jpeg.encode_baseline, _JPEG_UNIT, gives_rgb=True),
    f"{_PREFIX}.4.51": Codec(jpeg.decode, jpeg.encode_extended, _JPEG_UNIT, gives_rgb=True),
    f"{_PREFIX}.4.53": Codec(jpeg.decode, gives_rgb=True),
    f"{_PREFIX}.4.55": Codec(jpeg.decode, gives_rgb=True),
    f"{_PREFIX}.4.57": Codec(jpeg.decode, jpeg.encode_lossless, gives_rgb=True),
    f"{_PREFIX}.4.70": Codec(jpeg.decode, jpeg.encode_lossless, gives_rgb=True),
    f"{_PREFIX}.4.80": Codec(jpeg_ls.decode, jpeg_ls.encode_lossless),
    f"{_PREFIX}.4.81": Codec(jpeg_ls.decode, jpeg_ls.encode_near_lossless, "error in grey levels"),
    f"{_PREFIX}.4.90": Codec(jpeg_2000.decode, jpeg_2000.encode_lossless),
    f"{_PREFIX}.4.91": Codec(jpeg_2000.decode, jpeg_2000.encode_lossy, _PSNR_UNIT),
    f"{_PREFIX}.4.110": Codec(jpeg_xl.decode, jpeg_xl.encode_lossless, has_end=False),
    f"{_PREFIX}.4.111": Codec(jpeg_xl.decode, gives_rgb=True, has_end=False),
    f"{_PREFIX}.4.112": Codec(
        jpeg_xl.decode, jpeg_xl.encode_lossy, "butteraugli distance", has_end=False
    ),
    f"{_PREFIX}.4.201": Codec(jpeg_2000.decode, jpeg_2000.encode_ht_lossless),
    f"{_PREFIX}.4.202": Codec(jpeg_2000.decode, jpeg_2000.encode_ht_lossless),
    f"{_PREFIX}.4.203": Codec(jpeg_2000.decode, jpeg_2000.encode_ht, _PSNR_UNIT),
    f"{_PREFIX}.5": Codec(_decode_rle, _encode_rle, keeps_cells=True, has_end=False),
}
"""By transfer syntax UID. Of the retired JPEG processes those are read that libjpeg reads."""


def codec_for(syntax: TransferSyntax | str) -> Codec:
    """The codec of a transfer syntax; raises :class:`InvalidTransferSyntax` where there is none."""
    uid = syntax if isinstance(syntax, str) else syntax.uid
    codec = CODECS.get(uid)
    if codec is None:
        raise InvalidTransferSyntax(f"pixels in {syntax} cannot be decoded here", tag=_PIXEL_DATA)
    return codec


def _refuse(message: str, tag: int | None, offset: int, kind: type[DataError]) -> None:
    raise kind(message, tag=tag)


def decode(
    syntax: TransferSyntax | str,
    data: bytes | memoryview,
    description: ImageDescription,
    *,
    rgb: bool = False,
    tolerate: Tolerate | None = None,
) -> PixelArray:
    """The stored values of one compressed frame, in the shape and dtype of ``description``.

    Colour comes as Photometric Interpretation says, chrominance at full resolution; YBR_RCT,
    YBR_ICT and XYB come as RGB, with ``rgb`` all colours. ``tolerate`` takes defects that can be
    borne, as a frame cut off; without it they raise. Raises DataErrors only.
    """
    note = tolerate or _refuse
    codec = codec_for(syntax)
    if not len(data):
        raise TruncatedData("an empty frame", tag=_PIXEL_DATA)
    if description.kind is not PixelKind.INTEGER:
        raise InvalidTransferSyntax("float pixel data is never compressed", tag=_PIXEL_DATA)
    check_length(description)
    if codec.has_end and _END_OF_IMAGE not in bytes(data[-_TAIL:]).rstrip(b"\0"):
        # LENIENT: a JPEG image whose end is missing, cut off by a full disk or a gateway; libjpeg
        # shows what is there. Others refuse by themselves.
        note("the end of a compressed frame is missing", _PIXEL_DATA, 0, TruncatedData)
    try:
        decoded = codec.decode(memoryview(data), description, rgb)
    except DataError:
        raise
    except Exception as error:
        # Each codec of imagecodecs raises errors of its own making, beside ValueError and others.
        raise InvalidValue(
            f"the compressed frame cannot be decoded: {type(error).__name__} {error}"[:200],
            tag=_PIXEL_DATA,
        ) from error
    if decoded.defect:
        note(decoded.defect, _PIXEL_DATA, 0, InvalidValue)
    array = from_codec(decoded, description, lossy=codec.is_lossy)
    if rgb and not codec.gives_rgb and is_ybr(description.photometric_interpretation):
        return to_rgb(array, description.photometric_interpretation, description.bits_stored)
    return array


def encode(
    syntax: TransferSyntax | str,
    array: PixelArray,
    description: ImageDescription,
    *,
    quality: float | None = None,
) -> bytes:
    """One frame of stored values, ``(rows, columns[, samples])``, compressed.

    Samples are those that Photometric Interpretation names; with YBR_RCT or YBR_ICT they are RGB,
    which JPEG 2000 transforms by itself. ``quality`` is in the unit that the codec names. Raises
    :class:`InvalidTransferSyntax` where the transfer syntax cannot hold such pixels, and
    :class:`InvalidValue` for an array that is not as described.
    """
    codec = codec_for(syntax)
    if codec.encode is None or description.kind is not PixelKind.INTEGER:
        raise InvalidTransferSyntax(f"pixels cannot be encoded in {syntax} here", tag=_PIXEL_DATA)
    if array.shape != description.shape or array.dtype.kind not in "iu":
        raise InvalidValue("the array is not as described", tag=_PIXEL_DATA)
    if description.high_bit != description.bits_stored - 1 and not codec.keeps_cells:
        raise InvalidTransferSyntax(
            "compressed samples end at the lowest bit: High Bit is Bits Stored - 1", tag=_HIGH_BIT
        )
    bits = description.bits_stored - (1 if description.is_signed else 0)
    lowest = -(1 << bits) if description.is_signed else 0
    if array.min() < lowest or array.max() >= 1 << bits:
        raise InvalidValue("a sample needs more bits than are stored", tag=_BITS_STORED)
    try:
        return codec.encode(array, description, quality)
    except DataError:
        raise
    except Exception as error:
        raise InvalidTransferSyntax(
            f"the frame cannot be encoded: {type(error).__name__} {error}"[:200], tag=_PIXEL_DATA
        ) from error
