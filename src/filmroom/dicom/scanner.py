"""The streaming scanner: picks named attributes out of a data set as it arrives (PS3.5 §7).

Fed chunks of any size, it finds wanted elements of the top level and where the pixel data begins,
without building a data set. It holds at most one wanted value and one element header, whatever the
size of the object. Headers are read in the fed chunk itself; only an element that a border between
chunks cuts is carried over.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Set

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.element import Element
from filmroom.dicom.issue import Issue
from filmroom.dicom.parser import (
    ITEM,
    ITEM_DELIMITER,
    PIXEL_DATA,
    SEQUENCE_DELIMITER,
    UNDEFINED,
    Parser,
    may_be_undefined,
)
from filmroom.dicom.uid import ExplicitVRLittleEndian, TransferSyntax
from filmroom.dicom.vr import LONG_VRS, SHORT_VRS, VR
from filmroom.errors import (
    InvalidDicomFile,
    LengthOutOfBounds,
    NestingTooDeep,
    TruncatedData,
)

__all__ = ["Scanner"]

MAX_INFLATED = 256 * 1024 * 1024
"""Bytes to which what precedes the pixel data of a deflated data set may grow."""

_INFLATE_STEP = 64 * 1024
_LONGEST_HEADER = 12
_BORDER = 64
"""Bytes of a new chunk that are joined with what the last one left over."""

_EXPLICIT = (struct.Struct(">HH2sH").unpack_from, struct.Struct("<HH2sH").unpack_from)
_IMPLICIT = (struct.Struct(">HHI").unpack_from, struct.Struct("<HHI").unpack_from)
_LONG = (struct.Struct(">I").unpack_from, struct.Struct("<I").unpack_from)


class Scanner:
    """Scans one data set. ``wanted`` are tags of the top level.

    Values longer than ``max_value`` bytes (``max_sequence`` for a sequence) are not picked, which
    :attr:`issues` then tells. ``strict`` raises what is otherwise tolerated.
    """

    __slots__ = (
        "_carry", "_inflated", "_inflater", "_kept", "_last_wanted", "_left", "_levels", "_limit",
        "_max_depth", "_max_sequence", "_max_value", "_parser", "_skip", "_syntax", "_tag", "_wanted",
        "done", "pixel_data_offset", "position", "transfer_syntax", "values", "vrs",
    )  # fmt: skip

    def __init__(
        self,
        transfer_syntax: TransferSyntax,
        wanted: Set[int],
        *,
        max_value: int = 64 * 1024,
        max_sequence: int = 256 * 1024,
        max_depth: int = 16,
        strict: bool = False,
    ) -> None:
        self.transfer_syntax = transfer_syntax
        self.values: dict[int, bytes] = {}
        """The bytes of each wanted value that was found, a sequence's with its items."""
        self.vrs: dict[int, VR | None] = {}
        """The VR of each, None where the transfer syntax does not say it."""
        self.pixel_data_offset: int | None = None
        """Where the pixel data element begins in the (inflated) stream."""
        self.position = 0
        """Bytes of the (inflated) stream that have been read."""
        self.done = False
        """Whether nothing more is needed: pixel data, or a tag beyond the last wanted one."""
        self._syntax = ExplicitVRLittleEndian if transfer_syntax.deflated else transfer_syntax
        self._wanted = wanted
        self._last_wanted = max(wanted, default=-1)
        self._max_value = max_value
        self._max_sequence = max_sequence
        self._max_depth = max_depth
        self._parser = Parser(strict=strict, max_depth=max_depth)
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS) if transfer_syntax.deflated else None
        self._inflated = 0
        self._carry = b""
        self._skip = 0
        # The wanted value being gathered: its tag, bytes, bytes to come, and how many it may have.
        self._tag = 0
        self._kept: bytearray | None = None
        self._left = 0
        self._limit = 0
        # Open sequences and items of undefined length: inside an item?, implicit?, little?
        self._levels: list[tuple[bool, bool, bool]] = []

    @property
    def issues(self) -> list[Issue]:
        """The defects tolerated so far."""
        return self._parser.issues

    def feed(self, view: bytes | memoryview) -> bool:
        """Take the next bytes; True once nothing more is needed, and then it does nothing.

        Raises a :class:`~filmroom.errors.DataError` with tag and offset for bytes that cannot be
        a data set in this transfer syntax.
        """
        if self.done:
            return True
        if self._inflater is None:
            self._feed(memoryview(view))
            return self.done
        pending: bytes | memoryview = view
        while pending and not self.done and not self._inflater.eof:
            try:
                inflated = self._inflater.decompress(pending, _INFLATE_STEP)
            except zlib.error:
                raise InvalidDicomFile("not a deflated data set", offset=self.position) from None
            pending = self._inflater.unconsumed_tail
            self._inflated += len(inflated)
            if self._inflated > MAX_INFLATED:
                raise LengthOutOfBounds(f"inflates to more than {MAX_INFLATED} bytes of header")
            self._feed(memoryview(inflated))
        return self.done

    def finish(self) -> None:
        """The stream has ended. Raises TruncatedData where it ends inside an element."""
        if self.done:
            return
        if self._inflater is not None and not self._inflater.eof:
            raise TruncatedData("the deflated stream has no end", offset=self.position)
        if len(self._carry) >= 8:
            # An element header of 8 bytes is whole; only a longer one had to wait for more.
            self._scan(memoryview(self._carry), last=True)
        if self._kept is not None or self._skip or self._carry or self._levels:
            raise TruncatedData(
                "the data set ends inside an element",
                tag=self._tag or None,
                offset=self.position,
            )
        self.done = True

    def data_set(self) -> DataSet:
        """The picked elements as a data set, with the character set of the object."""
        found = DataSet(self._syntax)
        for tag in sorted(self.values):
            vr = self.vrs[tag] or found.resolve_vr(tag)
            found.add(
                Element(
                    tag, vr, self.values[tag], little_endian=self._syntax.little_endian
                )
            )
        return found

    def _feed(self, view: memoryview) -> None:
        start = 0
        if self._carry:
            border = len(self._carry)
            joined = self._carry + bytes(view[:_BORDER])
            read = self._scan(memoryview(joined))
            if self.done:
                return
            if len(view) <= _BORDER:
                self._carry = joined[read:]
                return
            # A header is shorter than the border: at most its own bytes are left of the joined.
            self._carry = b""
            start = read - border
        read = start + self._scan(view[start:] if start else view)
        if not self.done:
            self._carry = bytes(view[read:])

    def _scan(self, view: memoryview, *, last: bool = False) -> int:
        """Read what is whole in ``view``; returns how many bytes that is."""
        position, end = 0, len(view)
        base = self.position
        while position < end and not self.done:
            if self._skip:
                position = self._pass_over(view, position, end)
            elif self._left:
                position = self._gather(view, position, end)
            else:
                step = self._in_sequence if self._levels else self._elements
                following = step(view, position, end, base, last)
                if following < 0:
                    break
                position = following
        if last and position < end:
            self._carry = bytes(view[position:])
        elif last:
            self._carry = b""
        self.position = base + position
        return position

    def _pass_over(self, view: memoryview, position: int, end: int) -> int:
        take = min(self._skip, end - position)
        self._skip -= take
        if self._kept is not None:
            self._keep(view[position : position + take])
        return position + take

    def _gather(self, view: memoryview, position: int, end: int) -> int:
        assert self._kept is not None
        take = min(self._left, end - position)
        self._kept += view[position : position + take]
        self._left -= take
        if not self._left:
            self._pick()
        return position + take

    def _keep(self, piece: memoryview) -> None:
        """Keep a piece of a wanted sequence of undefined length, until it is too long."""
        assert self._kept is not None
        if len(self._kept) + len(piece) > self._limit:
            self._too_long(self._tag, self._limit)
            self.vrs.pop(self._tag, None)
            self._kept = None
        else:
            self._kept += piece

    def _pick(self) -> None:
        if self._kept is not None:
            self.values.setdefault(self._tag, bytes(self._kept))
        self._kept = None

    def _too_long(self, tag: int, limit: int) -> None:
        self._parser.tolerate(
            f"wanted value of over {limit} bytes is not picked", tag, self.position, LengthOutOfBounds
        )

    def _elements(
        self, view: memoryview, position: int, end: int, base: int, last: bool
    ) -> int:
        """Elements of the top level: the hot path. Returns -1 - position when more is needed."""
        implicit, little = self._syntax.implicit_vr, self._syntax.little_endian
        unpack = (_IMPLICIT if implicit else _EXPLICIT)[little]
        short, wanted, values = SHORT_VRS.get, self._wanted, self.values
        last_wanted = self._last_wanted
        vr: VR | None
        start = position
        while position + 8 <= end:
            if implicit:
                group, element, length = unpack(view, position)
                vr, value = None, position + 8
            else:
                group, element, code, length = unpack(view, position)
                vr, value = short(code), position + 8
                if vr is None and group != 0xFFFE:
                    if position + _LONGEST_HEADER > end and not (last and code not in LONG_VRS):
                        break
                    vr, value, length = self._parser.long_header(view, position, end, little)
            tag = group << 16 | element
            if tag > last_wanted or tag in PIXEL_DATA:
                if tag in PIXEL_DATA:
                    self.pixel_data_offset = base + position
                self.done = True
                return position
            if group == 0xFFFE:
                # LENIENT: a delimiter where none belongs, left over by converters.
                self._parser.tolerate("delimiter outside of a sequence", tag, base + position)
                position += 8
                continue
            if not tag and values:
                # LENIENT: zeros after the last element, as padding.
                self._parser.tolerate("zeros after the last element", None, base + position)
                self.done = True
                return position
            stop = value + length
            if length == UNDEFINED and (implicit or value != position + 8):
                self._open_sequence(tag, vr, base + position)
                return value
            if tag in wanted and tag not in values:
                limit = self._max_sequence if vr is VR.SQ or vr is None else self._max_value
                if length > limit:
                    self._too_long(tag, limit)
                    self._tag, self._skip = tag, length
                    return value
                self.vrs[tag] = vr
                if stop > end:
                    self._tag, self._left, self._kept = tag, length, bytearray()
                    return value
                values[tag] = bytes(view[value:stop])
            elif stop > end:
                self._tag = tag
                self._skip = length - (end - value)
                return end
            position = stop
        return position if position > start else -1

    def _open_sequence(self, tag: int, vr: VR | None, offset: int) -> None:
        if not may_be_undefined(vr):
            raise LengthOutOfBounds(
                f"{vr} cannot have an undefined length", tag=tag, offset=offset
            )
        syntax = self._syntax
        unknown = vr is VR.UN
        self._tag = tag
        self._levels.append((False, syntax.implicit_vr or unknown, syntax.little_endian or unknown))
        if tag in self._wanted and tag not in self.values:
            self.vrs[tag] = vr
            self._kept = bytearray()
            self._limit = self._max_sequence

    def _in_sequence(
        self, view: memoryview, position: int, end: int, base: int, last: bool
    ) -> int:
        """One header inside a sequence of undefined length; -1 when more bytes are needed."""
        if position + 8 > end:
            return -1
        in_item, implicit, little = self._levels[-1]
        group, element, length = _IMPLICIT[little](view, position)
        tag = group << 16 | element
        if not in_item:
            following = self._item_header(tag, length, position, base)
        elif group == 0xFFFE:
            self._levels.pop()
            following = position + 8
            if tag != ITEM_DELIMITER:
                # LENIENT: the delimiter of an item is missing before what follows it.
                self._parser.tolerate("item without its delimiter", tag, base + position)
                following = position
        else:
            following = self._nested_header(view, position, end, base, last)
        if following > position and self._levels and self._kept is not None:
            self._keep(view[position:following])
        if not self._levels:
            self._pick()
        return following

    def _item_header(self, tag: int, length: int, position: int, base: int) -> int:
        if tag == ITEM:
            if length == UNDEFINED:
                _, implicit, little = self._levels[-1]
                self._levels.append((True, implicit, little))
                if len(self._levels) // 2 > self._max_depth:
                    raise NestingTooDeep(
                        f"over {self._max_depth} levels of sequences",
                        tag=self._tag,
                        offset=base + position,
                    )
            else:
                self._skip = length
            return position + 8
        if tag == ITEM_DELIMITER:
            # LENIENT: an item delimiter after an item of defined length.
            self._parser.tolerate("item delimiter without its item", tag, base + position)
            return position + 8
        self._levels.pop()
        if tag == SEQUENCE_DELIMITER:
            return position + 8
        # LENIENT: the delimiter of a sequence is missing before the next element.
        self._parser.tolerate("sequence without its delimiter", tag, base + position)
        return position

    def _nested_header(
        self, view: memoryview, position: int, end: int, base: int, last: bool
    ) -> int:
        _, implicit, little = self._levels[-1]
        group, element, length = _IMPLICIT[little](view, position)
        value, vr = position + 8, None
        if not implicit:
            code = bytes(view[position + 4 : position + 6])
            vr = SHORT_VRS.get(code)
            if vr is not None:
                length = _EXPLICIT[little](view, position)[3]
            elif position + _LONGEST_HEADER > end and not last:
                return -1
            else:
                vr, value, length = self._parser.long_header(view, position, end, little)
        if length == UNDEFINED:
            if not may_be_undefined(vr):
                raise LengthOutOfBounds(
                    f"{vr} cannot have an undefined length",
                    tag=group << 16 | element,
                    offset=base + position,
                )
            unknown = vr is VR.UN or vr is None
            self._levels.append((False, implicit or unknown, little or vr is VR.UN))
        else:
            self._skip = length
        return value
