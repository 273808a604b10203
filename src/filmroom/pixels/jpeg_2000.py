"""JPEG 2000 and High-Throughput JPEG 2000 (PS3.5 §8.2.4, §8.2.14, ISO/IEC 15444-1 and -15)."""

from __future__ import annotations

import math
from typing import Any

import imagecodecs
import numpy as np

from filmroom.errors import InvalidTransferSyntax, InvalidValue
from filmroom.pixels.cells import Decoded, check
from filmroom.pixels.codestream import jpeg_2000_header
from filmroom.pixels.description import ImageDescription, PixelArray

__all__ = ["PSNR", "decode", "encode_ht", "encode_ht_lossless", "encode_lossless", "encode_lossy"]

PSNR = 60.0
"""Peak signal to noise ratio in dB of lossy JPEG 2000 unless the caller says otherwise."""

_PHOTOMETRIC_INTERPRETATION = 0x00280004
_BITS_STORED = 0x00280101
_MOST_BITS = 24  # OpenJPEG computes in 32 bits, of which the transforms need some
_MOST_HT_BITS = 16  # beyond, imagecodecs writes 32 bits, which OpenJPEG does not read
_MOST_LEVELS = 5
_LEAST_SPAN = 255
_REVERSIBLE_COLOUR = "YBR_RCT"
_IRREVERSIBLE_COLOUR = "YBR_ICT"


def decode(data: memoryview, description: ImageDescription, rgb: bool) -> Decoded:
    """One frame, of Part 1 or Part 15 as its own header says.

    YBR_ICT and YBR_RCT come as RGB, for the codec undoes its own transform.
    """
    header = jpeg_2000_header(data)
    check(header, len(data), description)
    if header.is_subsampled:
        raise InvalidValue("subsampled components in JPEG 2000", tag=_PHOTOMETRIC_INTERPRETATION)
    # LENIENT: a JP2 file in place of the codestream (PS3.5 §A.4.4 forbids it); it is skipped, and
    # with it what it says of colour.
    stream: Any = data[header.offset :]
    # OpenJPEG reads both. imagecodecs' OpenJPH is twice as fast on Part 15, but gives what happens
    # to stand in memory for a damaged stream, and no error.
    array = imagecodecs.jpeg2k_decode(stream, numthreads=1)
    defect = "a JP2 file in place of a codestream" if header.offset else ""
    return Decoded(array, header.precision, sign_at=header.precision, defect=defect)


def encode_lossless(
    array: PixelArray, description: ImageDescription, quality: float | None
) -> bytes:
    """One frame without loss; YBR_RCT asks for the colour transform, of which RGB goes in."""
    return _encode(array, description, reversible=True, psnr=None)


def encode_lossy(array: PixelArray, description: ImageDescription, quality: float | None) -> bytes:
    """One frame with a peak signal to noise ratio of ``quality`` dB or more; YBR_ICT likewise.

    The peak is the span of the frame's samples, at least 255: Bits Stored often has room for many
    times what there is.
    """
    psnr = _decibels(quality, array, description)
    return _encode(array, description, reversible=False, psnr=psnr)


def encode_ht_lossless(
    array: PixelArray, description: ImageDescription, quality: float | None
) -> bytes:
    """One frame of HTJ2K without loss, in RPCL order (PS3.5 §A.4.12)."""
    samples = _samples(array, description, _MOST_HT_BITS)
    return bytes(
        imagecodecs.htj2k_encode(
            samples,
            reversible=True,
            resolutions=_levels(description),
            rgb=_transforms_colour(description, reversible=True),
            planar=False,
            tlm=True,
        )
    )


def encode_ht(array: PixelArray, description: ImageDescription, quality: float | None) -> bytes:
    """One frame of HTJ2K with a peak signal to noise ratio as :func:`encode_lossy` has it."""
    samples = _samples(array, description, _MOST_HT_BITS)
    # The step of a uniform quantizer is √12 times its root mean square error; OpenJPH takes it as
    # a part of the container's range.
    range_bits = samples.dtype.itemsize * 8 - description.bits_stored
    step = math.sqrt(12) * 10 ** (-_decibels(quality, array, description) / 20) / (1 << range_bits)
    return bytes(
        imagecodecs.htj2k_encode(
            samples,
            level=min(max(step, 1e-5), 0.5),
            reversible=False,
            resolutions=_levels(description),
            rgb=_transforms_colour(description, reversible=False),
            planar=False,
            tlm=True,
        )
    )


def _encode(
    array: PixelArray, description: ImageDescription, *, reversible: bool, psnr: float | None
) -> bytes:
    return bytes(
        imagecodecs.jpeg2k_encode(
            _samples(array, description),
            level=0 if psnr is None else round(psnr),
            codecformat="J2K",
            planar=False,
            bitspersample=description.bits_stored,
            resolutions=_levels(description) + 1,
            reversible=reversible,
            mct=_transforms_colour(description, reversible=reversible),
            numthreads=1,
        )
    )


def _samples(
    array: PixelArray, description: ImageDescription, most: int = _MOST_BITS
) -> PixelArray:
    bits = description.bits_stored
    if bits > most:
        raise InvalidTransferSyntax(
            f"this kind of JPEG 2000 takes up to {most} bits here", tag=_BITS_STORED
        )
    size = 1 if bits <= 8 else 2 if bits <= 16 else 4
    return np.ascontiguousarray(array.astype(f"{'i' if description.is_signed else 'u'}{size}"))


def _levels(description: ImageDescription) -> int:
    """Wavelet levels: no more than the shorter side can be halved."""
    return min(_MOST_LEVELS, min(description.rows, description.columns).bit_length() - 1)


def _decibels(quality: float | None, array: PixelArray, description: ImageDescription) -> float:
    """The ratio for a codec, whose peak is the largest sample that Bits Stored has room for."""
    psnr = PSNR if quality is None else float(quality)
    if not 1 <= psnr <= 200:
        raise InvalidValue("the signal to noise ratio of JPEG 2000 is 1 to 200 dB")
    span = max(int(array.max()) - int(array.min()), _LEAST_SPAN)
    return psnr + max(20 * math.log10(((1 << description.bits_stored) - 1) / span), 0)


def _transforms_colour(description: ImageDescription, *, reversible: bool) -> bool:
    """Whether the codec decorrelates the colours: as Photometric Interpretation says."""
    photometric = description.photometric_interpretation
    if photometric == (_IRREVERSIBLE_COLOUR if reversible else _REVERSIBLE_COLOUR):
        raise InvalidTransferSyntax(
            "this colour transform does not go with this kind of JPEG 2000",
            tag=_PHOTOMETRIC_INTERPRETATION,
        )
    return photometric in (_REVERSIBLE_COLOUR, _IRREVERSIBLE_COLOUR)
