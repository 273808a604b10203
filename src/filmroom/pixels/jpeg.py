"""JPEG: baseline, extended with 8 and 12 bits, lossless (PS3.5 §8.2.1, ISO/IEC 10918-1)."""

from __future__ import annotations

from typing import Any

import imagecodecs
import numpy as np

from filmroom.errors import InvalidTransferSyntax, InvalidValue
from filmroom.pixels.cells import Decoded, as_unsigned, check
from filmroom.pixels.codestream import Marker, jpeg_header
from filmroom.pixels.colour import FULL, is_ybr, to_rgb, to_ybr_full
from filmroom.pixels.description import ImageDescription, PixelArray

__all__ = ["QUALITY", "decode", "encode_baseline", "encode_extended", "encode_lossless"]

QUALITY = 90
"""Quality of lossy JPEG from 1 to 100 unless the caller says otherwise."""

_PHOTOMETRIC_INTERPRETATION = 0x00280004
_BITS_STORED = 0x00280101
_EXTENDED_BITS = 12
_LOSSLESS = frozenset({Marker.SOF3, 0xC7, 0xCB, 0xCF})


def decode(data: memoryview, description: ImageDescription, rgb: bool) -> Decoded:
    """One frame. Colour comes as the data set says, or with ``rgb`` as RGB.

    Lossless processes transform no colours; of the others the stream's own markers tell whether
    it holds YCbCr (ITU-T T.871 for JFIF, Adobe's APP14), else the data set does.
    """
    header = jpeg_header(data)
    stream: Any = data
    check(header, len(data), description)
    photometric = description.photometric_interpretation
    if description.samples_per_pixel != 3:
        return Decoded(imagecodecs.jpeg8_decode(stream), header.precision)
    bits = header.precision
    labelled = is_ybr(photometric)
    holds_ycc = labelled
    lossless = header.process in _LOSSLESS
    if not lossless and header.is_ycc is not None:
        # LENIENT: colour spaces mistaken for each other, by converters that transform JPEG files
        # to DICOM without a look at their markers. The stream knows best.
        holds_ycc = header.is_ycc
    defect = "" if holds_ycc == labelled else "a JPEG image in another colour space than is said"
    wanted_ycc = labelled and not rgb
    # libjpeg converts by itself what it may; to do nothing it is told one space for both.
    convert = holds_ycc and not wanted_ycc
    full = not labelled or photometric in FULL
    by_codec = convert and full and bits == 8 and not lossless
    space = "YCBCR" if holds_ycc else "RGB"
    array = imagecodecs.jpeg8_decode(
        stream, colorspace=space, outcolorspace="RGB" if by_codec else space
    )
    if convert and not by_codec:
        array = to_rgb(array, photometric if labelled else "YBR_FULL", bits)
    elif wanted_ycc and not holds_ycc:
        array = to_ybr_full(array, bits)
    return Decoded(array, bits, defect=defect)


def encode_baseline(
    array: PixelArray, description: ImageDescription, quality: float | None
) -> bytes:
    """Process 1: 8 bits, lossy. YBR_FULL_422 gets chrominance for every other pixel."""
    if description.bits_allocated != 8 or description.is_signed:
        raise InvalidTransferSyntax(
            "JPEG baseline takes unsigned samples of 8 bits only", tag=_BITS_STORED
        )
    return _encode_lossy(array, description, quality, 8)


def encode_extended(
    array: PixelArray, description: ImageDescription, quality: float | None
) -> bytes:
    """Process 2 and 4: 8 or up to 12 bits, lossy."""
    allocated, stored = description.bits_allocated, description.bits_stored
    if allocated not in (8, 16) or stored > _EXTENDED_BITS or description.is_signed:
        raise InvalidTransferSyntax(
            "JPEG extended takes unsigned samples of up to 12 bits in 8 or 16 only",
            tag=_BITS_STORED,
        )
    return _encode_lossy(array, description, quality, 8 if allocated == 8 else 12)


def _encode_lossy(
    array: PixelArray, description: ImageDescription, quality: float | None, bits: int
) -> bytes:
    level = QUALITY if quality is None else round(quality)
    if not 1 <= level <= 100:
        raise InvalidValue("the quality of JPEG is 1 to 100")
    samples = np.ascontiguousarray(array.astype(np.uint8 if bits == 8 else np.uint16))
    photometric = description.photometric_interpretation
    if description.samples_per_pixel == 1:
        return bytes(imagecodecs.jpeg8_encode(samples, level=level, bitspersample=bits))
    if photometric not in FULL | {"RGB"}:
        raise InvalidTransferSyntax(
            "this colour space cannot be encoded as JPEG", tag=_PHOTOMETRIC_INTERPRETATION
        )
    space = "RGB" if photometric == "RGB" else "YCBCR"
    return bytes(
        imagecodecs.jpeg8_encode(
            samples,
            level=level,
            colorspace=space,
            outcolorspace=space,
            subsampling="422" if photometric == "YBR_FULL_422" else "444",
            bitspersample=bits,
        )
    )


def encode_lossless(
    array: PixelArray, description: ImageDescription, quality: float | None
) -> bytes:
    """Process 14 with selection value 1, 2 to 16 bits: that of both lossless transfer syntaxes."""
    bits = max(description.bits_stored, 2)
    if bits > 16:
        raise InvalidTransferSyntax("lossless JPEG takes up to 16 bits", tag=_BITS_STORED)
    colour = description.samples_per_pixel == 3
    return bytes(
        imagecodecs.jpeg8_encode(
            as_unsigned(array, description),
            lossless=True,
            predictor=1,
            bitspersample=bits,
            colorspace="RGB" if colour else None,
            outcolorspace="RGB" if colour else None,
        )
    )
