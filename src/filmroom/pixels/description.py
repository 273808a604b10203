"""How the pixels of an image are laid out: the Image Pixel module (PS3.3 §C.7.6.3).

Also the floating point modules (§C.7.6.24, §C.7.6.25) and Number of Frames (§C.7.6.6).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from filmroom.dicom import DataSet
from filmroom.errors import InvalidValue, MissingRequiredTag

__all__ = ["ImageDescription", "PixelArray", "PixelKind"]

PixelArray = NDArray[Any]
"""Pixels of one frame, ``(rows, columns)`` or ``(rows, columns, samples)``, or of several."""

_SAMPLES_PER_PIXEL = 0x00280002
_PHOTOMETRIC_INTERPRETATION = 0x00280004
_PLANAR_CONFIGURATION = 0x00280006
_NUMBER_OF_FRAMES = 0x00280008
_ROWS = 0x00280010
_COLUMNS = 0x00280011
_BITS_ALLOCATED = 0x00280100
_BITS_STORED = 0x00280101
_HIGH_BIT = 0x00280102
_PIXEL_REPRESENTATION = 0x00280103

_TWO_BYTES_A_PIXEL = frozenset({"YBR_FULL_422", "YBR_PARTIAL_422"})
_MONOCHROME = frozenset({"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"})


class PixelKind(Enum):
    """Which element holds the pixels; the value is its tag."""

    INTEGER = 0x7FE00010
    FLOAT = 0x7FE00008
    DOUBLE = 0x7FE00009


_FLOAT_BITS = {PixelKind.FLOAT: 32, PixelKind.DOUBLE: 64}
_INTEGER_BITS = frozenset({1, 8, 16, 32, 64})


@dataclass(frozen=True, slots=True)
class ImageDescription:
    """What must be known of an image to read its pixels; the names are the attributes'.

    ``planar_configuration`` 0 is R1 G1 B1 R2 G2 B2, 1 is R1 R2 G1 G2 B1 B2. Of float and double
    pixel data ``bits_stored`` is ``bits_allocated`` and ``pixel_representation`` 1.
    """

    rows: int
    columns: int
    samples_per_pixel: int = 1
    photometric_interpretation: str = "MONOCHROME2"
    planar_configuration: int = 0
    bits_allocated: int = 16
    bits_stored: int = 16
    high_bit: int = 15
    pixel_representation: int = 0
    number_of_frames: int = 1
    kind: PixelKind = PixelKind.INTEGER

    def __post_init__(self) -> None:
        for tag, number in ((_ROWS, self.rows), (_COLUMNS, self.columns)):
            if not 1 <= number <= 0xFFFF:
                raise InvalidValue("an image has 1 to 65535 rows and columns", tag=tag)
        if not 1 <= self.samples_per_pixel <= 4:
            raise InvalidValue("a pixel has 1 to 4 samples", tag=_SAMPLES_PER_PIXEL)
        if self.bits_allocated != _FLOAT_BITS.get(self.kind, self.bits_allocated):
            raise InvalidValue(
                "Bits Allocated does not fit the kind of pixel data", tag=_BITS_ALLOCATED
            )
        if self.bits_allocated not in _INTEGER_BITS:
            raise InvalidValue(
                f"{self.bits_allocated} bits cannot be allocated to a sample",
                tag=_BITS_ALLOCATED,
                hint="1, 8, 16, 32 and 64 are understood",
            )
        if not 1 <= self.bits_stored <= self.bits_allocated:
            raise InvalidValue(
                f"{self.bits_stored} bits stored of {self.bits_allocated} allocated",
                tag=_BITS_STORED,
            )
        if not self.bits_stored <= self.high_bit + 1 <= self.bits_allocated:
            raise InvalidValue(
                f"the high bit cannot be {self.high_bit} with {self.bits_stored} bits stored"
                f" of {self.bits_allocated} allocated",
                tag=_HIGH_BIT,
            )
        if self.pixel_representation not in (0, 1):
            raise InvalidValue("Pixel Representation is 0 or 1", tag=_PIXEL_REPRESENTATION)
        if self.planar_configuration not in (0, 1):
            raise InvalidValue("Planar Configuration is 0 or 1", tag=_PLANAR_CONFIGURATION)
        if self.number_of_frames < 1:
            raise InvalidValue("an image has at least one frame", tag=_NUMBER_OF_FRAMES)

    @classmethod
    def of(cls, data_set: DataSet) -> ImageDescription:
        """The description in ``data_set``; what it lacks is completed where only one thing fits.

        Raises :class:`MissingRequiredTag` and :class:`InvalidValue` naming the tag. What was
        tolerated is in the issues of the data set; read strictly, it raises.
        """
        tolerate = data_set.parser.tolerate
        kind = next((kind for kind in PixelKind if kind.value in data_set), PixelKind.INTEGER)
        samples = _integer(data_set, _SAMPLES_PER_PIXEL)
        if samples is None:
            # LENIENT: no Samples per Pixel, as in ACR-NEMA files turned into DICOM: they are grey.
            tolerate("no Samples per Pixel", _SAMPLES_PER_PIXEL, 0, MissingRequiredTag)
            samples = 1
        photometric = data_set.text(_PHOTOMETRIC_INTERPRETATION).upper()
        if not photometric:
            # LENIENT: no Photometric Interpretation, likewise; three samples are RGB.
            tolerate(
                "no Photometric Interpretation", _PHOTOMETRIC_INTERPRETATION, 0, MissingRequiredTag
            )
            photometric = "RGB" if samples == 3 else "MONOCHROME2"
        if photometric in _MONOCHROME and samples != 1:
            raise InvalidValue(f"{photometric} has one sample a pixel", tag=_SAMPLES_PER_PIXEL)
        planar = _integer(data_set, _PLANAR_CONFIGURATION) if samples > 1 else 0
        if planar is None:
            # LENIENT: no Planar Configuration with colour; samples side by side are the rule.
            tolerate("no Planar Configuration", _PLANAR_CONFIGURATION, 0, MissingRequiredTag)
            planar = 0
        allocated = _required(data_set, _BITS_ALLOCATED)
        signed = 1
        if kind is PixelKind.INTEGER:
            stored, high_bit = _stored_bits(data_set, allocated)
            found = _integer(data_set, _PIXEL_REPRESENTATION)
            if found is None:
                # LENIENT: no Pixel Representation, written by converters: unsigned.
                tolerate("no Pixel Representation", _PIXEL_REPRESENTATION, 0, MissingRequiredTag)
            signed = found or 0
        else:
            stored, high_bit = allocated, allocated - 1
        frames = _integer(data_set, _NUMBER_OF_FRAMES)
        if frames is not None and frames < 1:
            # LENIENT: Number of Frames 0, sent by several modalities with single images.
            tolerate("Number of Frames below 1", _NUMBER_OF_FRAMES, 0)
        return cls(
            rows=_required(data_set, _ROWS),
            columns=_required(data_set, _COLUMNS),
            samples_per_pixel=samples,
            photometric_interpretation=photometric,
            planar_configuration=planar,
            bits_allocated=allocated,
            bits_stored=stored,
            high_bit=high_bit,
            pixel_representation=signed,
            number_of_frames=max(frames or 1, 1),
            kind=kind,
        )

    @property
    def is_signed(self) -> bool:
        """Whether stored values are two's complement, or floating point."""
        return self.pixel_representation == 1

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of stored values in arrays, in the byte order of the machine.

        uint8, int8, … int64 by Bits Allocated (uint8 for 1 bit), float32 or float64.
        """
        if self.kind is not PixelKind.INTEGER:
            return np.dtype(f"f{self.bits_allocated // 8}")
        size = max(self.bits_allocated // 8, 1)
        return np.dtype(f"{'i' if self.is_signed and self.bits_allocated > 1 else 'u'}{size}")

    @property
    def shape(self) -> tuple[int, ...]:
        """``(rows, columns)`` of one sample a pixel, else ``(rows, columns, samples)``."""
        if self.samples_per_pixel == 1:
            return self.rows, self.columns
        return self.rows, self.columns, self.samples_per_pixel

    @property
    def samples(self) -> int:
        """Samples of one frame, all channels at full resolution."""
        return self.rows * self.columns * self.samples_per_pixel

    @property
    def frame_bits(self) -> int:
        """Bits of one frame of native pixel data; of 1 bit allocated, no multiple of 8.

        The chrominance of YBR_FULL_422 is there for every other pixel (PS3.3 §C.7.6.3.1.2).
        """
        if self.photometric_interpretation in _TWO_BYTES_A_PIXEL and self.samples_per_pixel == 3:
            return self.rows * self.columns * 2 * self.bits_allocated
        return self.samples * self.bits_allocated


def _integer(data_set: DataSet, tag: int) -> int | None:
    """The first value of ``tag`` where it is an integer; None where there is none."""
    values = data_set.values_of(tag)
    if not values or values[0] == "":
        return None
    if not isinstance(values[0], int):
        raise InvalidValue("no integer where one must stand", tag=tag)
    return int(values[0])


def _required(data_set: DataSet, tag: int) -> int:
    value = _integer(data_set, tag)
    if value is None:
        raise MissingRequiredTag("pixels cannot be read without it", tag=tag)
    return value


def _stored_bits(data_set: DataSet, allocated: int) -> tuple[int, int]:
    """Bits Stored and High Bit of integer pixel data."""
    tolerate = data_set.parser.tolerate
    stored = _integer(data_set, _BITS_STORED)
    if stored is None:
        # LENIENT: no Bits Stored, written by converters: all that are allocated.
        tolerate("no Bits Stored", _BITS_STORED, 0, MissingRequiredTag)
        stored = allocated
    high_bit = _integer(data_set, _HIGH_BIT)
    if high_bit is None:
        # LENIENT: no High Bit; nothing else than Bits Stored - 1 is allowed since 2001.
        tolerate("no High Bit", _HIGH_BIT, 0, MissingRequiredTag)
        high_bit = stored - 1
    elif not stored <= high_bit + 1 <= allocated:
        # LENIENT: a High Bit that cannot be, left over where Bits Stored was changed.
        tolerate("a High Bit that does not fit Bits Stored", _HIGH_BIT, 0)
        high_bit = stored - 1
    return stored, high_bit
