"""Encapsulated pixel data: fragments, offset tables, where each frame stands (PS3.5 §A.4).

The value is a sequence of items: first the Basic Offset Table, which may be empty, then fragments.
Only headers of items are read to find a frame; with an offset table only those of that frame.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from struct import Struct

import numpy as np
from numpy.typing import NDArray

from filmroom.errors import DataError, InvalidValue, LengthOutOfBounds, TruncatedData

__all__ = [
    "EncapsulatedFrames",
    "Piece",
    "Tolerate",
    "basic_offset_table",
    "encapsulate",
    "extended_offset_table",
    "fragments",
]

Piece = bytes | memoryview
Tolerate = Callable[[str, int | None, int, type[DataError]], None]
"""Takes message, tag, offset and error class of a defect: notes an issue or raises when strict."""

_PIXEL_DATA = 0x7FE00010
_EXTENDED_OFFSET_TABLE = 0x7FE00001
_HEADER = Struct("<HHI")
_ITEM = (0xFFFE, 0xE000)
_SEQUENCE_DELIMITER = (0xFFFE, 0xE0DD)
_HEADER_LENGTH = 8
_LONGEST_ITEM = 0xFFFFFFFE

_STARTS = (
    b"\xff\xd8\xff",  # JPEG and JPEG-LS: SOI and the next marker (ISO/IEC 10918-1 §B.1.1.3)
    b"\xff\x4f\xff\x51",  # JPEG 2000: SOC and SIZ (ISO/IEC 15444-1 §A.4.1)
    b"\0\0\0\x0cjP  ",  # JP2 container
    b"\xff\x0a",  # JPEG XL codestream (ISO/IEC 18181-1)
    b"\0\0\0\x0cJXL ",  # JPEG XL container
)
_END_OF_IMAGE = b"\xff\xd9"


def fragments(
    value: memoryview, position: int = 0, tolerate: Tolerate | None = None
) -> Iterator[tuple[int, int]]:
    """Where the content of each item from ``position`` on starts and stops, by its headers alone.

    Ends at the sequence delimiter or at the end of ``value``. A last item that is cut off is given
    as far as it goes, with an issue; without ``tolerate`` it raises :class:`TruncatedData`. Raises
    :class:`InvalidValue` where no item begins.
    """
    end = len(value)
    unpack = _HEADER.unpack_from
    while position + _HEADER_LENGTH <= end:
        group, element, length = unpack(value, position)
        if (group, element) == _SEQUENCE_DELIMITER:
            return
        if (group, element) != _ITEM:
            if tolerate is not None and not any(value[position:]):
                # LENIENT: zeros behind the last fragment, padding of the whole value.
                tolerate("zeros after the last fragment", _PIXEL_DATA, position, InvalidValue)
                return
            raise InvalidValue("no fragment where one must begin", tag=_PIXEL_DATA, offset=position)
        start = position + _HEADER_LENGTH
        position = start + length
        if position > end:
            message = f"a fragment of {length} bytes, of which {end - start} are there"
            if tolerate is None:
                raise TruncatedData(message, tag=_PIXEL_DATA, offset=start)
            # LENIENT: the last fragment is cut off; some decoders still show its beginning.
            tolerate(message, _PIXEL_DATA, start, TruncatedData)
            position = end
        yield start, position


class EncapsulatedFrames:
    """Where the frames of an encapsulated value stand: ``locate(i)`` gives the parts of frame i.

    ``extended`` are the values of Extended Offset Table and Extended Offset Table Lengths
    (PS3.3 §C.7.6.3.1.8). ``tolerate`` takes the defects, with offsets into ``value``; without it
    they raise.
    """

    __slots__ = (
        "_base", "_groups", "_lengths", "_offsets", "_tolerate", "number_of_frames", "value",
    )  # fmt: skip

    def __init__(
        self,
        value: memoryview,
        number_of_frames: int,
        *,
        extended: tuple[Piece, Piece] | None = None,
        tolerate: Tolerate | None = None,
    ) -> None:
        self.value = value
        self.number_of_frames = number_of_frames
        self._tolerate = tolerate
        self._groups: list[list[tuple[int, int]]] | None = None
        self._offsets: NDArray[np.uint64] | None = None
        self._lengths: NDArray[np.uint64] | None = None
        first = next(fragments(value, 0, tolerate), None)
        if first is None:
            raise TruncatedData("not even a Basic Offset Table", tag=_PIXEL_DATA)
        self._base = first[1]
        table = value[first[0] : first[1]]
        if extended is not None:
            self._offsets = self._extended(*extended)
        if self._offsets is None and len(table):
            self._offsets = self._basic(table)

    @property
    def has_offset_table(self) -> bool:
        """Whether a table says where each frame begins."""
        return self._offsets is not None

    def locate(self, index: int) -> list[tuple[int, int]]:
        """Start and stop in the value of each fragment of frame ``index``, in order.

        Raises :class:`TruncatedData` where the frame is not there, and :class:`InvalidValue`
        where nothing tells which fragments are its.
        """
        if not 0 <= index < self.number_of_frames:
            raise IndexError(index)
        if self._offsets is not None:
            parts = self._by_table(index)
            if parts is not None:
                return parts
        if self._groups is None:
            self._groups = self._by_fragments()
        if index >= len(self._groups):
            raise TruncatedData(
                f"frame {index + 1} is missing: there are {len(self._groups)}", tag=_PIXEL_DATA
            )
        return self._groups[index]

    def read(self, index: int) -> Piece:
        """The bytes of frame ``index``: a view of its only fragment, or its fragments joined.

        Without the pad byte where an Extended Offset Table tells the length.
        """
        parts = self.locate(index)
        if len(parts) == 1:
            start, stop = parts[0]
            if self._lengths is not None:
                stop = min(stop, start + int(self._lengths[index]))
            return self.value[start:stop]
        return b"".join([self.value[start:stop] for start, stop in parts])

    # ------------------------------------------------------------------ offset tables

    def _extended(self, offsets: Piece, lengths: Piece) -> NDArray[np.uint64] | None:
        """The Extended Offset Table where it is sound."""
        count = self.number_of_frames
        if len(offsets) == 8 * count and len(lengths) == 8 * count:
            table = np.frombuffer(offsets, "<u8")
            if self._ascends(table):
                self._lengths = np.frombuffer(lengths, "<u8")
                return table
        # LENIENT: an Extended Offset Table for other frames, as after a change of the codec.
        self._note("an Extended Offset Table that does not fit", _EXTENDED_OFFSET_TABLE, 0)
        return None

    def _basic(self, table: memoryview) -> NDArray[np.uint64] | None:
        """The Basic Offset Table where it is sound."""
        if len(table) == 4 * self.number_of_frames:
            offsets = np.frombuffer(table, "<u4").astype(np.uint64)
            if self._ascends(offsets) and offsets[0] == 0:
                return offsets
        # LENIENT: a Basic Offset Table for other frames, or past its 32 bits: not needed where
        # the fragments tell the frames.
        self._note("a Basic Offset Table that does not fit", _PIXEL_DATA, _HEADER_LENGTH)
        return None

    def _ascends(self, offsets: NDArray[np.uint64]) -> bool:
        room = len(self.value) - self._base
        return bool(offsets[-1] < room and np.all(offsets[1:] > offsets[:-1]))

    def _by_table(self, index: int) -> list[tuple[int, int]] | None:
        """The fragments between two offsets of the table, or None where they point elsewhere."""
        assert self._offsets is not None
        start = self._base + int(self._offsets[index])
        last = index + 1 == self.number_of_frames
        stop = len(self.value) if last else self._base + int(self._offsets[index + 1])
        parts = []
        try:
            for part in fragments(self.value[:stop], start, self._tolerate if last else None):
                parts.append(part)
        except (InvalidValue, TruncatedData):
            parts.clear()
        if not parts or not (last or parts[-1][1] == stop):
            # LENIENT: offsets that point beside the items, as after editing in place.
            self._note("an offset table that points beside the fragments", _PIXEL_DATA, start)
            self._offsets = self._lengths = None
            return None
        return parts

    # ------------------------------------------------------------------ without a table

    def _by_fragments(self) -> list[list[tuple[int, int]]]:
        """The fragments of each frame, by their number and else by the codec's markers."""
        parts = list(fragments(self.value, self._base, self._tolerate))
        count = self.number_of_frames
        if count == 1:
            if not parts:
                raise TruncatedData("no fragment", tag=_PIXEL_DATA)
            return [parts]
        if len(parts) == count:
            return [[part] for part in parts]
        if len(parts) < count:
            # LENIENT: Number of Frames promises more; those that are there are given.
            self._note(f"{count} frames, but {len(parts)} fragments", _PIXEL_DATA, self._base)
            return [[part] for part in parts]
        for begins in (self._begins_image, self._follows_image):
            groups: list[list[tuple[int, int]]] = []
            for number, part in enumerate(parts):
                if not groups or begins(parts, number):
                    groups.append([])
                groups[-1].append(part)
            if len(groups) == count:
                return groups
        raise InvalidValue(
            f"{len(parts)} fragments for {count} frames, and nothing tells whose they are",
            tag=_PIXEL_DATA,
            hint="an offset table is needed",
        )

    def _begins_image(self, parts: list[tuple[int, int]], number: int) -> bool:
        start, stop = parts[number]
        return bytes(self.value[start : min(stop, start + 8)]).startswith(_STARTS)

    def _follows_image(self, parts: list[tuple[int, int]], number: int) -> bool:
        start, stop = parts[number - 1]
        tail = bytes(self.value[max(start, stop - 3) : stop])
        return tail.rstrip(b"\0").endswith(_END_OF_IMAGE)

    def _note(self, message: str, tag: int, offset: int) -> None:
        if self._tolerate is None:
            raise InvalidValue(message, tag=tag, offset=offset)
        self._tolerate(message, tag, offset, InvalidValue)


# ---------------------------------------------------------------------- writing


def _padded(lengths: Sequence[int]) -> NDArray[np.uint64]:
    sizes = np.asarray(lengths, np.uint64)
    return sizes + sizes % 2


def _offsets(lengths: Sequence[int]) -> NDArray[np.uint64]:
    items = _padded(lengths) + np.uint64(_HEADER_LENGTH)
    return np.concatenate([np.zeros(1, np.uint64), np.cumsum(items, dtype=np.uint64)[:-1]])


def basic_offset_table(lengths: Sequence[int]) -> bytes:
    """The content of a Basic Offset Table for frames of these lengths, one fragment each.

    Raises :class:`LengthOutOfBounds` where an offset needs more than 32 bits.
    """
    if not lengths:
        return b""
    offsets = _offsets(lengths)
    if offsets[-1] > 0xFFFFFFFF:
        raise LengthOutOfBounds(
            "frames lie farther apart than a Basic Offset Table can say",
            tag=_PIXEL_DATA,
            hint="write an Extended Offset Table",
        )
    return offsets.astype("<u4").tobytes()


def extended_offset_table(lengths: Sequence[int]) -> tuple[bytes, bytes]:
    """The values of (7FE0,0001) and (7FE0,0002) for frames of these lengths, one fragment each.

    Beside them the Basic Offset Table is empty (PS3.3 §C.7.6.3.1.8).
    """
    if not lengths:
        return b"", b""
    return _offsets(lengths).astype("<u8").tobytes(), np.asarray(lengths, "<u8").tobytes()


def encapsulate(frames: Iterable[Piece], lengths: Sequence[int] | None = None) -> Iterator[Piece]:
    """The value of encapsulated pixel data in pieces, one fragment a frame, padded to even length.

    With ``lengths`` of all frames a Basic Offset Table is written, else an empty one. The value
    ends before the sequence delimiter, which the writer of the data set adds. Frames are taken as
    they come: no more than one is held. Raises :class:`LengthOutOfBounds` for a frame of 4 GB,
    :class:`InvalidValue` for one of another length than was told.
    """
    table = b"" if lengths is None else basic_offset_table(lengths)
    yield _HEADER.pack(*_ITEM, len(table)) + table
    count = 0
    for count, frame in enumerate(frames, 1):
        length = len(frame)
        if lengths is not None and (count > len(lengths) or lengths[count - 1] != length):
            raise InvalidValue("a frame has another length than the offset table says")
        if length + length % 2 > _LONGEST_ITEM:
            raise LengthOutOfBounds("a frame is longer than a fragment can be", tag=_PIXEL_DATA)
        yield _HEADER.pack(*_ITEM, length + length % 2)
        yield frame
        if length % 2:
            yield b"\0"
    if lengths is not None and count != len(lengths):
        raise InvalidValue("fewer frames than the offset table says")
