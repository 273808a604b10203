"""The frames of an image as arrays, located and decoded one by one when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal, overload

import numpy as np

from filmroom.dicom import VR, DataSet, TransferSyntax
from filmroom.errors import (
    DataError,
    InvalidTransferSyntax,
    InvalidValue,
    LengthOutOfBounds,
    MissingRequiredTag,
    TruncatedData,
)
from filmroom.pixels import native
from filmroom.pixels.codecs import codec_for, decode
from filmroom.pixels.colour import RGB_AFTER_DECODING, is_ybr, to_rgb
from filmroom.pixels.description import ImageDescription, PixelArray
from filmroom.pixels.encapsulation import EncapsulatedFrames
from filmroom.pixels.parallel import in_order, workers_for

__all__ = ["Frames"]

_EXTENDED_OFFSETS = 0x7FE00001
_EXTENDED_LENGTHS = 0x7FE00002
_PIXEL_DATA = 0x7FE00010
_ITEM = b"\xfe\xff\x00\xe0"
_AT_FULL_RESOLUTION = {"YBR_FULL_422": "YBR_FULL"}
_DECODES_TO_RGB = frozenset({"1.2.840.10008.1.2.4.111"})


class Frames(Sequence[PixelArray]):
    """A read-only sequence of frames, each ``(rows, columns)`` or ``(rows, columns, samples)``.

    Values are the stored ones, of the dtype that ``description.dtype`` says, without Modality LUT.
    Colour is interleaved and RGB, or with ``colour="stored"`` what the data set says, chrominance
    at full resolution (YBR_RCT and YBR_ICT are RGB once decoded). PALETTE COLOR stays indices.
    Native frames may be read-only views of the bytes that were read.

    Raises :class:`MissingRequiredTag` without pixel data, :class:`InvalidTransferSyntax` where no
    codec is there, other DataErrors for what cannot be. Tolerated defects are in the issues of the
    data set; read strictly, they raise. Frames may be taken from several threads at once.
    """

    def __init__(
        self,
        data_set: DataSet,
        transfer_syntax: TransferSyntax | None = None,
        *,
        colour: Literal["rgb", "stored"] = "rgb",
    ) -> None:
        syntax = data_set.transfer_syntax if transfer_syntax is None else transfer_syntax
        self.description = ImageDescription.of(data_set)
        self.transfer_syntax = syntax
        self._rgb = colour == "rgb"
        tag = self.description.kind.value
        element = data_set.element(tag)
        if element is None or not len(element.raw):
            raise MissingRequiredTag("there is no pixel data", tag=tag)
        self._value = memoryview(element.raw)
        self._little = element.byte_order_is_little
        self._words = element.vr is VR.OW
        self._whole_numbers = False
        self._encapsulated: EncapsulatedFrames | None = None
        start = 0 if element.record is None else element.record[2]
        seen: set[str] = set()

        def tolerate(message: str, tag: int | None, offset: int, kind: type[DataError]) -> None:
            # What many frames share is told once.
            if message not in seen:
                data_set.parser.tolerate(message, tag, start + offset, kind)
                seen.add(message)

        self._tolerate = tolerate
        enclosed = element.undefined_length
        if syntax.encapsulated and not enclosed:
            if bytes(self._value[:4]) == _ITEM:
                # LENIENT: fragments in a value of defined length, from converters.
                tolerate("encapsulated pixel data of defined length", tag, 0, InvalidValue)
                enclosed = True
            else:
                # LENIENT: pixels that were decompressed, but the transfer syntax left as it was.
                tolerate(f"native pixel data in {syntax}", tag, 0, InvalidTransferSyntax)
        if enclosed:
            if not syntax.encapsulated:
                raise InvalidTransferSyntax(f"encapsulated pixel data in {syntax}", tag=tag)
            codec_for(syntax)
            self._encapsulated = EncapsulatedFrames(
                self._value,
                self.description.number_of_frames,
                extended=_extended(data_set),
                tolerate=tolerate,
            )
        else:
            self._check_length()
            guess = self._words and not self._little and not data_set.parser.strict
            if guess and native.holds_whole_numbers(self._value, self.description):
                # LENIENT: 32-bit samples in big endian OW as whole numbers, not as two words, from
                # pydicom and those who take words for samples.
                tolerate("32-bit samples in big endian OW", tag, 0, InvalidValue)
                self._words, self._whole_numbers = False, True

    def _check_length(self) -> None:
        """Compare the length of native pixel data with what the description asks for."""
        description = self.description
        tag = description.kind.value
        found = len(self._value)
        full = description.samples * description.bits_allocated // 8 * description.number_of_frames
        if description.photometric_interpretation == "YBR_FULL_422" and found >= full:
            # LENIENT: all chrominance under the name of 4:2:2, from decompressed JPEG images.
            self._tolerate("YBR_FULL_422 at full resolution", tag, 0, InvalidValue)
            description = replace(description, photometric_interpretation="YBR_FULL")
            self.description = description
        expected = (description.frame_bits * description.number_of_frames + 7) // 8
        if found < expected:
            self._tolerate(
                f"{found} bytes of pixel data where {expected} must be", tag, 0, TruncatedData
            )
        elif found > expected + expected % 2:
            # LENIENT: bytes after the last frame, from systems that pad to blocks.
            self._tolerate(f"{found - expected} bytes after the last frame", tag, 0, InvalidValue)

    @property
    def photometric_interpretation(self) -> str:
        """Of the arrays, which may differ from that of the data set: RGB, or YBR_FULL for 4:2:2."""
        photometric = self.description.photometric_interpretation
        if self.description.samples_per_pixel != 3:
            return photometric
        if photometric in RGB_AFTER_DECODING or self.transfer_syntax.uid in _DECODES_TO_RGB:
            return "RGB"
        if is_ybr(photometric):
            return "RGB" if self._rgb else _AT_FULL_RESOLUTION.get(photometric, photometric)
        return photometric

    @property
    def are_whole_numbers(self) -> bool:
        """Whether 32-bit samples stand in big endian OW as whole numbers, not as two words each.

        So they must not stand (PS3.5 §8.1.1); turning round their words does not make them right.
        """
        return self._whole_numbers

    def __len__(self) -> int:
        return self.description.number_of_frames

    @overload
    def __getitem__(self, index: int) -> PixelArray: ...
    @overload
    def __getitem__(self, index: slice) -> list[PixelArray]: ...
    def __getitem__(self, index: int | slice) -> PixelArray | list[PixelArray]:
        """Decode one frame, or those of a slice."""
        if isinstance(index, slice):
            return [self._frame(number) for number in range(len(self))[index]]
        return self._frame(self._number(index))

    def __iter__(self) -> Iterator[PixelArray]:
        """Decode frame after frame, each when it is asked for."""
        return map(self._frame, range(len(self)))

    def __repr__(self) -> str:
        return f"<Frames {len(self)} of {self.description.shape} in {self.transfer_syntax}>"

    @property
    def _converts(self) -> bool:
        """Whether colour has to be converted to RGB."""
        description = self.description
        return (
            self._rgb
            and description.samples_per_pixel == 3
            and is_ybr(description.photometric_interpretation)
        )

    def _number(self, index: int) -> int:
        return range(len(self))[index]

    def encoded(self, index: int) -> bytes | memoryview:
        """The bytes of one frame as they stand: compressed, or a view of the native pixels."""
        number = self._number(index)
        if self._encapsulated is not None:
            return self._encapsulated.read(number)
        return native.frame_bytes(self._value, self.description, number)

    def _frame(self, number: int) -> PixelArray:
        description = self.description
        if self._encapsulated is not None:
            data = self._encapsulated.read(number)
            return decode(
                self.transfer_syntax, data, description, rgb=self._rgb, tolerate=self._tolerate
            )
        array: PixelArray = native.unpack(
            self._value, description, number, little_endian=self._little, words=self._words
        )[0]
        if self._converts:
            return to_rgb(array, description.photometric_interpretation, description.bits_stored)
        return array

    def decoded(
        self, indices: Iterable[int] | None = None, *, workers: int | None = None
    ) -> Iterator[PixelArray]:
        """Frames in the order asked for, several decoded ahead in threads.

        No more than two frames a worker are held ahead of the consumer. Closing the iterator
        cancels what has not begun. Without ``indices`` all frames come.
        """
        numbers = range(len(self)) if indices is None else map(self._number, indices)
        # Native frames are views: threads would cost more than they gain.
        count = 1 if self._encapsulated is None else workers_for(workers)
        yield from in_order(self._frame, numbers, workers=count)

    def array(self, workers: int | None = None) -> PixelArray:
        """All frames as ``(frames, rows, columns[, samples])``, decoded in parallel.

        Like a frame it may be a read-only view of the bytes that were read.
        """
        description = self.description
        count = len(self)
        if self._encapsulated is None and not self._converts:
            return native.unpack(
                self._value, description, 0, count, little_endian=self._little, words=self._words
            )
        # The last frame must be there, and the first an image, before memory is taken for all.
        self.encoded(count - 1)
        out: PixelArray | None = None
        for number, frame in enumerate(self.decoded(workers=workers)):
            if out is None:
                out = self._room(count)
            out[number] = frame
        assert out is not None
        return out

    def _room(self, count: int) -> PixelArray:
        shape = (count, *self.description.shape)
        try:
            return np.empty(shape, self.description.dtype)
        except (MemoryError, ValueError):
            raise LengthOutOfBounds(
                f"{count} frames are more than the memory holds", tag=_PIXEL_DATA
            ) from None


def _extended(data_set: DataSet) -> tuple[bytes | memoryview, bytes | memoryview] | None:
    offsets, lengths = data_set.raw(_EXTENDED_OFFSETS), data_set.raw(_EXTENDED_LENGTHS)
    return None if offsets is None or lengths is None else (offsets, lengths)
