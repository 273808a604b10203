"""The layout of data elements in a buffer: headers, lengths, sequences, items (PS3.5 §7).

A parser turns bytes into records, ``(vr, start, value, stop, end)``: the VR or None in implicit
VR, and the offsets of header, value, end of value and end of element. ``end`` differs from
``stop`` by the delimiter of an undefined length; it is ``DAMAGED`` or ``DAMAGED_OPEN`` where the
bytes cannot stand as they are. No value is copied or decoded. The loop over the headers is the
hot path of reading: it is written out for speed.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from filmroom.dicom.issue import Issue
from filmroom.dicom.vr import LONG_VRS, SHORT_VRS, VR
from filmroom.errors import (
    DataError,
    InvalidValue,
    InvalidVR,
    LengthOutOfBounds,
    NestingTooDeep,
    TruncatedData,
)

__all__ = [
    "DAMAGED",
    "DAMAGED_OPEN",
    "EXPLICIT",
    "IMPLICIT",
    "ITEM",
    "ITEM_DELIMITER",
    "LENGTH",
    "MAX_ISSUES",
    "PIXEL_DATA",
    "SEQUENCE_DELIMITER",
    "UNDEFINED",
    "Parser",
    "Record",
    "check_may_be_undefined",
    "layout_inside",
    "too_deep",
]

Record = tuple[VR | None, int, int, int, int]

UNDEFINED = 0xFFFFFFFF
ITEM = 0xFFFEE000
ITEM_DELIMITER = 0xFFFEE00D
SEQUENCE_DELIMITER = 0xFFFEE0DD
PIXEL_DATA = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
"""Float, double float and integer pixel data (PS3.3 §C.7.6.3, §C.7.6.24, §C.7.6.25)."""

MAX_ISSUES = 1000
"""Issues that are kept of one data set: a peer must not fill the memory with them."""

DAMAGED = -1
"""In place of an end: the header does not tell the truth about a defined length or a VR."""
DAMAGED_OPEN = -2
"""In place of an end: an undefined length whose delimiter is missing."""

EXPLICIT = (struct.Struct(">HH2sH").unpack_from, struct.Struct("<HH2sH").unpack_from)
"""Group, element, VR and 16-bit length in explicit VR, by whether it is little endian."""
IMPLICIT = (struct.Struct(">HHI").unpack_from, struct.Struct("<HHI").unpack_from)
"""Group, element and length of a header in implicit VR, by whether it is little endian."""
LENGTH = (struct.Struct(">I").unpack_from, struct.Struct("<I").unpack_from)
"""A length of 32 bits, by whether it is little endian."""

# VRs that may have an undefined length: SQ, UN (PS3.5 §7.5, §6.2.2), encapsulated OB and OW (§A.4).
_OPEN = frozenset({VR.SQ, VR.UN, VR.OB, VR.OW})


def check_may_be_undefined(vr: VR | None, tag: int, offset: int) -> None:
    """Raise LengthOutOfBounds unless ``vr`` may have an undefined length; None is implicit VR."""
    if vr is not None and vr not in _OPEN:
        raise LengthOutOfBounds(f"{vr} cannot have an undefined length", tag=tag, offset=offset)


def layout_inside(vr: VR | None, implicit: bool, little: bool) -> tuple[bool, bool]:
    """Implicit VR?, little endian? inside a value of undefined length.

    Inside UN it is implicit VR little endian (PS3.5 §6.2.2), inside an element without a VR
    implicit VR.
    """
    return implicit or vr is VR.UN or vr is None, little or vr is VR.UN


def too_deep(levels: int, tag: int | None, offset: int) -> NestingTooDeep:
    """The error of sequences in sequences beyond the bound."""
    return NestingTooDeep(f"over {levels} levels of sequences", tag=tag, offset=offset)


@dataclass(slots=True)
class Parser:
    """How strictly to read, and what was tolerated so far."""

    strict: bool = False
    max_depth: int = 64
    issues: list[Issue] = field(default_factory=list)
    base: int = 0
    """What errors and issues add to an offset: bytes that came before the buffer."""

    def tolerate(
        self, message: str, tag: int | None, offset: int, kind: type[DataError] = InvalidValue
    ) -> None:
        """Note a defect; when strict, raise it as ``kind``."""
        if self.strict:
            raise kind(message, tag=tag, offset=self.base + offset)
        if len(self.issues) < MAX_ISSUES:
            self.issues.append(Issue(tag, self.base + offset, message))

    def elements(
        self,
        buffer: memoryview,
        position: int,
        end: int,
        *,
        implicit: bool,
        little: bool,
        stop_before: int = 1 << 32,
        depth: int = 0,
    ) -> tuple[dict[int, Record], int]:
        """The records of the elements between two offsets, in tag order, and where reading ended.

        Ends before the first tag that is not below ``stop_before``.
        """
        records: dict[int, Record] = {}
        unpack = (IMPLICIT if implicit else EXPLICIT)[little]
        short = SHORT_VRS.get
        last, ordered = -1, True
        vr: VR | None
        record: Record
        while position + 8 <= end:
            if implicit:
                group, element, length = unpack(buffer, position)
                vr, value = None, position + 8
            else:
                group, element, code, length = unpack(buffer, position)
                vr, value = short(code), position + 8
                if vr is None and group != 0xFFFE:
                    vr, value, length = self.long_header(buffer, position, end, little)
            tag = group << 16 | element
            if tag >= stop_before:
                break
            if tag <= last:
                if not tag:
                    self.tolerate("zeros after the last element", None, position)
                    return records, position
                self.tolerate("element out of order", tag, position)
                ordered = False
            elif group == 0xFFFE:
                # LENIENT: a delimiter where none belongs, left over by converters.
                self.tolerate("delimiter outside of a sequence", tag, position)
                position += 8
                continue
            else:
                last = tag
            if length == UNDEFINED:
                check_may_be_undefined(vr, tag, self.base + position)
                inner_implicit, inner_little = layout_inside(vr, implicit, little)
                stop, following = self.sequence_end(
                    buffer, value, end, implicit=inner_implicit, little=inner_little,
                    depth=depth, tag=tag,
                )  # fmt: skip
                as_implicit = vr is None and not implicit
                if vr is None and tag in PIXEL_DATA:
                    vr = VR.OB
                elif vr is None:
                    # Implicit VR of undefined length amid explicit VR is what UN would be.
                    vr = VR.UN if as_implicit else VR.SQ
                end_of_it = DAMAGED_OPEN if as_implicit else following
                record = vr, position, value, stop, end_of_it
                position = following if following >= 0 else stop
            else:
                stop = value + length
                if stop > end:
                    # LENIENT: the file ends in the middle of its last value.
                    self.tolerate(
                        f"length {length}, but {end - value} bytes are left",
                        tag,
                        position,
                        TruncatedData,
                    )
                    stop = end
                    record = vr, position, value, stop, DAMAGED
                else:
                    record = vr, position, value, stop, stop
                    if not implicit and vr is None:
                        record = vr, position, value, stop, DAMAGED
                position = stop
            if ordered:
                records[tag] = record
            else:
                # LENIENT: of two elements of one tag the first counts, as in DCMTK.
                records.setdefault(tag, record)
        else:
            if position < end:
                self.tolerate(
                    f"{end - position} bytes after the last element", None, position, TruncatedData
                )
        if not ordered:
            records = dict(sorted(records.items()))
        return records, position

    def long_header(
        self, buffer: memoryview, position: int, end: int, little: bool
    ) -> tuple[VR | None, int, int]:
        """VR, offset of the value and length where the VR is none of the short ones.

        A VR of None says that the element is written as in implicit VR.
        """
        code = bytes(buffer[position + 4 : position + 6])
        vr = LONG_VRS.get(code)
        if vr is None:
            group, element = IMPLICIT[little](buffer, position)[:2]
            tag = group << 16 | element
            if code.isalpha() and code.isupper():
                # LENIENT: a VR of a later edition, or a typing error: its value is kept as UN.
                self.tolerate("unknown VR", tag, position, InvalidVR)
                if bytes(buffer[position + 6 : position + 8]) != b"\0\0":
                    return VR.UN, position + 8, EXPLICIT[little](buffer, position)[3]
                vr = VR.UN
            else:
                # LENIENT: an element in implicit VR amid explicit ones, from old converters.
                if tag:
                    self.tolerate("no VR where one must stand", tag, position, InvalidVR)
                return None, position + 8, LENGTH[little](buffer, position + 4)[0]
        if position + 12 > end:
            raise TruncatedData("the header of an element is cut off", offset=self.base + position)
        return vr, position + 12, LENGTH[little](buffer, position + 8)[0]

    def nested_header(
        self, buffer: memoryview, position: int, end: int, *, implicit: bool, little: bool
    ) -> tuple[int, VR | None, int, int]:
        """Tag, VR, offset of the value and length of an element inside a sequence."""
        group, element, length = IMPLICIT[little](buffer, position)
        tag = group << 16 | element
        value, vr = position + 8, None
        if not implicit:
            vr = SHORT_VRS.get(bytes(buffer[position + 4 : position + 6]))
            if vr is None:
                vr, value, length = self.long_header(buffer, position, end, little)
            else:
                length = EXPLICIT[little](buffer, position)[3]
        if length == UNDEFINED:
            check_may_be_undefined(vr, tag, self.base + position)
        return tag, vr, value, length

    def sequence_end(
        self,
        buffer: memoryview,
        position: int,
        end: int,
        *,
        implicit: bool,
        little: bool,
        depth: int = 0,
        tag: int | None = None,
        in_item: bool = False,
    ) -> tuple[int, int]:
        """Where a value of undefined length stops, and where the next element begins.

        The second is ``DAMAGED_OPEN`` where the delimiter is missing. ``in_item`` walks an item
        of undefined length in place of a sequence.
        """
        # One entry a level: inside an item?, and the layout; a sequence and its item are two.
        levels = [(in_item, implicit, little)]
        while position + 8 <= end:
            in_item, implicit, little = levels[-1]
            group, element, length = IMPLICIT[little](buffer, position)
            here = group << 16 | element
            if in_item and group != 0xFFFE:
                here, vr, value, length = self.nested_header(
                    buffer, position, end, implicit=implicit, little=little
                )
                if length == UNDEFINED:
                    levels.append((False, *layout_inside(vr, implicit, little)))
                    position = value
                else:
                    position = self._bounded(value + length, end, here, position)
            elif here == ITEM and not in_item:
                position += 8
                if length == UNDEFINED:
                    levels.append((True, implicit, little))
                    if depth + len(levels) // 2 > self.max_depth:
                        raise too_deep(self.max_depth, tag, self.base + position)
                else:
                    position = self._bounded(position + length, end, here, position - 8)
            elif here == ITEM_DELIMITER and not in_item:
                # LENIENT: an item delimiter after an item of defined length.
                self.tolerate("item delimiter without its item", here, position)
                position += 8
            else:
                levels.pop()
                if here == (ITEM_DELIMITER if in_item else SEQUENCE_DELIMITER):
                    position += 8
                    if not levels:
                        return position - 8, position
                else:
                    # LENIENT: a delimiter is missing before what follows its item or sequence.
                    what = "item" if in_item else "sequence"
                    self.tolerate(f"{what} without its delimiter", here, position)
                    if not levels:
                        return position, DAMAGED_OPEN
        self.tolerate("sequence without its delimiter", tag, position, TruncatedData)
        return end, DAMAGED_OPEN

    def _bounded(self, stop: int, end: int, tag: int, offset: int) -> int:
        if stop > end:
            self.tolerate(f"{stop - end} bytes more than there are", tag, offset, TruncatedData)
            return end
        return stop

    def items(
        self,
        buffer: memoryview,
        position: int,
        end: int,
        *,
        implicit: bool,
        little: bool,
        depth: int,
    ) -> list[tuple[int, int]]:
        """The offsets between which the content of each item of a sequence stands."""
        if depth > self.max_depth:
            raise too_deep(self.max_depth, None, position)
        found: list[tuple[int, int]] = []
        unpack = IMPLICIT[little]
        while position + 8 <= end:
            group, element, length = unpack(buffer, position)
            tag = group << 16 | element
            start = position + 8
            if tag == ITEM:
                if length == UNDEFINED:
                    stop, following = self.sequence_end(
                        buffer, start, end, implicit=implicit, little=little, depth=depth,
                        tag=tag, in_item=True,
                    )  # fmt: skip
                    position = stop if following == DAMAGED_OPEN else following
                else:
                    position = stop = self._bounded(start + length, end, tag, position)
                found.append((start, stop))
            elif tag in (SEQUENCE_DELIMITER, ITEM_DELIMITER):
                # LENIENT: a delimiter inside a sequence of defined length.
                self.tolerate("delimiter in a sequence of defined length", tag, position)
                position = start
            else:
                self.tolerate("no item where one must stand in a sequence", tag, position)
                return found
        if position < end:
            self.tolerate("bytes after the last item", None, position, TruncatedData)
        return found
