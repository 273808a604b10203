"""The streaming scanner: picks named attributes out of a data set as it arrives (PS3.5 §7).

Fed chunks of any size, it finds wanted elements of the top level and where the pixel data begins,
without building a data set. It holds at most one wanted value and one element header, whatever the
size of the object. Headers are read in the fed chunk itself; only an element that a border between
chunks cuts is carried over.
"""

from __future__ import annotations

import zlib
from collections.abc import Set
from functools import lru_cache
from struct import Struct

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.element import Element
from filmroom.dicom.issue import Issue
from filmroom.dicom.layout import (
    EXPLICIT,
    IMPLICIT,
    ITEM,
    ITEM_DELIMITER,
    LENGTH,
    PIXEL_DATA,
    SEQUENCE_DELIMITER,
    UNDEFINED,
    check_may_be_undefined,
    layout_inside,
)
from filmroom.dicom.parser import Parser
from filmroom.dicom.reader import actual_syntax
from filmroom.dicom.uid import ExplicitVRLittleEndian, TransferSyntax
from filmroom.dicom.vr import LONG_VRS, SHORT_VRS, VR
from filmroom.errors import (
    InvalidDicomFile,
    LengthOutOfBounds,
    TruncatedData,
)

__all__ = ["Scanner"]

MAX_INFLATED = 256 * 1024 * 1024
"""Bytes to which what precedes the pixel data of a deflated data set may grow."""

_MORE = -1
"""In place of a position: nothing can be read before more bytes come."""
_NOTHING: dict[int, int] = {}
_EXPLICIT = tuple(
    (unpack, Struct(f"{order}H2x2sH").unpack_from)
    for unpack, order in zip(EXPLICIT, "><", strict=True)
)
"""By byte order: a header in explicit VR, and of one to be passed the group, VR and length."""
_IMPLICIT = tuple(
    (Struct(f"{order}HH0sI").unpack_from, Struct(f"{order}H2x0si").unpack_from) for order in "><"
)
"""The same in implicit VR: the VR is empty, and an undefined length to be passed is negative."""
_NO_CODE = frozenset({b""})
_MAY_BE_SEQUENCE = frozenset({b"SQ", b"UN", b""})
_WINDOW = 16 * 1024
_INFLATE_STEP = 64 * 1024
_LONGEST_HEADER = 12
_BORDER = 64
"""Bytes of a new chunk that are joined with what the last one left over."""


@lru_cache(maxsize=64)
def _grouped(wanted: frozenset[int]) -> tuple[int, int, dict[int, dict[int, int]]]:
    """The last wanted tag, the group from which on tags are looked at, and tags by both numbers."""
    last = max(wanted, default=-1)
    groups: dict[int, dict[int, int]] = {}
    for tag in wanted:
        groups.setdefault(tag >> 16, {})[tag & 0xFFFF] = tag
    return last, min(last >> 16, min(PIXEL_DATA) >> 16), groups


class Scanner:
    """Scans one data set. ``wanted`` are tags of the top level.

    Values longer than ``max_value`` bytes (``max_sequence`` for a sequence) are not picked, which
    :attr:`issues` then tells. ``strict`` raises what is otherwise tolerated.
    """

    __slots__ = (
        "_begun", "_carry", "_codes", "_groups", "_guarded", "_inflated", "_inflater", "_kept",
        "_last_wanted", "_left", "_levels", "_max_sequence", "_max_value", "_parser",
        "_picks_windows", "_skip", "_syntax", "_tag", "_wanted", "done", "expected_length",
        "pixel_data_offset", "position", "transfer_syntax", "values",
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
        self.pixel_data_offset: int | None = None
        """Where the pixel data element begins in the (inflated) stream."""
        self.expected_length: int | None = None
        """Bytes of the stream up to the end of the element at which nothing more was needed.

        Known once done, None where that element is of undefined length, or the stream deflated.
        """
        self.position = 0
        """Bytes of the (inflated) stream that have been read."""
        self.done = False
        """Whether nothing more is needed: pixel data, or a tag beyond the last wanted one."""
        self._syntax = ExplicitVRLittleEndian if transfer_syntax.deflated else transfer_syntax
        self._begun = False
        self._wanted = wanted
        # The VR of each value as its two letters, empty where the stream does not say it.
        self._codes: dict[int, bytes] = {}
        self._last_wanted, self._guarded, self._groups = _grouped(frozenset(wanted))
        self._max_value = max_value
        self._picks_windows = min(max_value, max_sequence) >= _WINDOW
        self._max_sequence = max_sequence
        self._parser = Parser(strict=strict, max_depth=max_depth)
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS) if transfer_syntax.deflated else None
        self._inflated = 0
        self._carry = b""
        self._skip = 0
        # The wanted value being gathered: its tag, bytes, and bytes to come.
        self._tag = 0
        self._kept: bytearray | None = None
        self._left = 0
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
        if self._carry:
            # An element header of 8 bytes is whole; only a longer one had to wait for more.
            read = self._scan(memoryview(self._carry), last=True)
            self._carry = self._carry[read:]
            if self.done:
                return
        inside = self._kept is not None or self._skip or self._levels
        if inside or self._carry:
            raise TruncatedData(
                "the data set ends inside an element",
                tag=self._tag if inside else None,  # of a header that is cut off nothing is known
                offset=self.position,
            )
        self.done = True

    @property
    def vrs(self) -> dict[int, VR | None]:
        """The VR of each value that was found, None where the transfer syntax does not say it."""
        codes = self._codes
        return {tag: SHORT_VRS.get(codes[tag]) or LONG_VRS.get(codes[tag]) for tag in self.values}

    def data_set(self) -> DataSet:
        """The picked elements as a data set, with the character set of the object."""
        found = DataSet(self._syntax)
        for tag in sorted(self.values):
            code = self._codes[tag]
            vr = SHORT_VRS.get(code) or LONG_VRS.get(code) or found.resolve_vr(tag)
            found.add(Element(tag, vr, self.values[tag], little_endian=self._syntax.little_endian))
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
        base = self._parser.base = self.position
        while position < end and not self.done:
            if self._skip:
                following = self._pass_over(view, position, end)
            elif self._left:
                following = self._gather(view, position, end)
            elif self._levels:
                following = self._in_sequence(view, position, end, last)
            else:
                following = self._elements(view, position, end, last)
            if following == _MORE:
                break
            position = following
        self.position = base + position
        return position

    def _pass_over(self, view: memoryview, position: int, end: int) -> int:
        take = min(self._skip, end - position)
        self._skip -= take
        if self._kept is not None:
            self._keep(view[position : position + take], position)
        return position + take

    def _gather(self, view: memoryview, position: int, end: int) -> int:
        assert self._kept is not None
        take = min(self._left, end - position)
        self._kept += view[position : position + take]
        self._left -= take
        if not self._left:
            self._pick()
        return position + take

    def _keep(self, piece: memoryview, position: int) -> None:
        """Keep a piece of a wanted sequence of undefined length, until it is too long."""
        assert self._kept is not None
        if len(self._kept) + len(piece) > self._max_sequence:
            self._too_long(self._tag, self._max_sequence, position)
            self._kept = None
        else:
            self._kept += piece

    def _pick(self) -> None:
        if self._kept is not None:
            self.values.setdefault(self._tag, bytes(self._kept))
        self._kept = None

    def _too_long(self, tag: int, limit: int, position: int) -> None:
        self._parser.tolerate(
            f"wanted value of over {limit} bytes is not picked", tag, position, LengthOutOfBounds
        )

    def _elements(self, view: memoryview, position: int, end: int, last: bool) -> int:
        """Elements of the top level: the hot path. Returns where other means are needed.

        A group at a time, so that of each element as little as can be is asked: groups of which
        nothing is wanted are run through by their lengths alone. From the guarded group on, each
        element is looked at as a group of its own.
        """
        if not self._begun:
            if end - position < 8:
                return _MORE
            self._begun = True
            head = bytes(view[position : position + 8])
            self._syntax = actual_syntax(head, self._syntax, self._parser, position)
            if self._inflater is None:
                self.transfer_syntax = self._syntax
        implicit, little = self._syntax.implicit_vr, self._syntax.little_endian
        unpack, past = (_IMPLICIT if implicit else _EXPLICIT)[little]
        known, unpack_length = _NO_CODE if implicit else SHORT_VRS, LENGTH[little]
        header = 8 if implicit or last else _LONGEST_HEADER
        groups, guarded, last_wanted = self._groups, self._guarded, self._last_wanted
        values, codes = self.values, self._codes
        start, group, element = position, 0, 0
        while position + header <= end:
            # Slices of bytes cost a third of those of a view.
            window = bytes(view[position : position + _WINDOW])
            limit, at = len(window) - header, 0
            # What ends within the window is short enough to be picked, unless little is allowed.
            within = len(window) if self._picks_windows else -1
            while at <= limit:
                group, element, code, length = unpack(window, at)
                tag = group << 16 | element
                if group == 0xFFFE:
                    # LENIENT: a delimiter where none belongs, left over by converters.
                    self._parser.tolerate("delimiter outside of a sequence", tag, position + at)
                    at += 8
                    continue
                if tag > last_wanted or tag in PIXEL_DATA:
                    return self._end(view, position + at, end, tag)
                if not tag and self._parser.base + position + at:
                    # LENIENT: zeros after the last element, as padding.
                    self._parser.tolerate("zeros after the last element", None, position + at)
                    self.done = True
                    return position + at
                here = groups.get(group, _NOTHING)
                current = group if 0 < group < guarded else -1
                if not here and current >= 0 and code in known and length != UNDEFINED:
                    while group == current and length >= 0:
                        at += 8 + length
                        if at > limit:
                            element = unpack(window, at - 8 - length)[1]
                            break
                        group, code, length = past(window, at)
                        if code not in known:
                            break
                    continue
                while True:
                    value = at + 8
                    if code not in known:
                        if code in LONG_VRS and at + _LONGEST_HEADER <= len(window):
                            value = at + _LONGEST_HEADER
                            (length,) = unpack_length(window, at + 8)
                        else:
                            vr, value, length = self._parser.header(
                                view, position + at, end, implicit=False, little=little
                            )
                            value -= position
                            code = b"" if vr is None else vr.value.encode()
                    stop = value + length
                    wanted = here.get(element)
                    if stop > within:
                        if length == UNDEFINED:
                            self._open_sequence(group << 16 | element, code, position + at)
                            return position + value
                        if (
                            wanted is not None
                            and wanted not in values
                            and self._may_pick(wanted, code, length, position + at)
                        ):
                            codes[wanted] = code
                            if position + stop > end:
                                self._tag, self._left, self._kept = wanted, length, bytearray()
                                return position + value
                            values[wanted] = bytes(view[position + value : position + stop])
                    elif wanted is not None and wanted not in values:
                        codes[wanted] = code
                        values[wanted] = window[value:stop]
                    at = stop
                    if at > limit:
                        break
                    group, element, code, length = unpack(window, at)
                    if group != current:
                        break
            position += at
        if position > end:
            self._tag, self._skip = group << 16 | element, position - end
            return end
        return position if position > start else _MORE

    def _end(self, view: memoryview, position: int, end: int, tag: int) -> int:
        """Nothing beyond here is needed."""
        self.done = True
        base = self._parser.base
        if tag in PIXEL_DATA:
            self.pixel_data_offset = base + position
        _, value, length = self._parser.header(
            view, position, end,
            implicit=self._syntax.implicit_vr, little=self._syntax.little_endian,
        )  # fmt: skip
        if length != UNDEFINED and self._inflater is None:
            self.expected_length = base + value + length
        return position

    def _may_pick(self, tag: int, code: bytes, length: int, position: int) -> bool:
        """Whether a wanted value of that length is picked."""
        limit = self._max_sequence if code in _MAY_BE_SEQUENCE else self._max_value
        if length > limit:
            self._too_long(tag, limit, position)
        return length <= limit

    def _open_sequence(self, tag: int, code: bytes, offset: int) -> None:
        """Enter a value of undefined length, whose VR is ``code``: empty in implicit VR."""
        syntax, vr = self._syntax, LONG_VRS.get(code)
        check_may_be_undefined(vr, tag, self._parser.base + offset)
        self._tag = tag
        inside = layout_inside(vr, syntax.implicit_vr, syntax.little_endian)
        self._levels.append((False, *inside))
        if tag in self._wanted and tag not in self.values:
            self._codes[tag] = code
            self._kept = bytearray()

    def _in_sequence(self, view: memoryview, position: int, end: int, last: bool) -> int:
        """One header inside a sequence of undefined length."""
        if position + 8 > end:
            return _MORE
        in_item, implicit, little = self._levels[-1]
        group, element, length = IMPLICIT[little](view, position)
        if in_item and group != 0xFFFE:
            if not (implicit or last) and position + _LONGEST_HEADER > end:
                return _MORE
            vr, following, length = self._parser.header(
                view, position, end, implicit=implicit, little=little
            )
            if length == UNDEFINED:
                check_may_be_undefined(vr, group << 16 | element, self._parser.base + position)
                self._levels.append((False, *layout_inside(vr, implicit, little)))
            else:
                self._skip = length
        else:
            following = self._delimiter(group << 16 | element, length, position)
        if self._levels:
            if self._kept is not None:
                self._keep(view[position:following], position)
        else:
            self._pick()
        return following

    def _delimiter(self, tag: int, length: int, position: int) -> int:
        """The beginning of an item, the end of one or of a sequence, or what is there instead."""
        in_item, implicit, little = self._levels[-1]
        if tag == ITEM and not in_item:
            if length != UNDEFINED:
                self._skip = length
                return position + 8
            self._levels.append((True, implicit, little))
            parser = self._parser
            if len(self._levels) // 2 > parser.max_depth:
                raise parser.too_deep(self._tag, position)
            return position + 8
        if tag == ITEM_DELIMITER and not in_item:
            # LENIENT: an item delimiter after an item of defined length.
            self._parser.tolerate("item delimiter without its item", tag, position)
            return position + 8
        self._levels.pop()
        if tag == (ITEM_DELIMITER if in_item else SEQUENCE_DELIMITER):
            return position + 8
        # LENIENT: a delimiter is missing before what follows its item or sequence.
        what = "item" if in_item else "sequence"
        self._parser.tolerate(f"{what} without its delimiter", tag, position)
        return position
