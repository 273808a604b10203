"""Bytes into records of data elements: headers, lengths, sequences, items (PS3.5 §7).

A record is ``(vr, start, value, stop, end)``: the VR or None in implicit VR, and the offsets of
header, value, end of value and end of element. ``end`` differs from ``stop`` by the delimiter of
an undefined length; it is ``DAMAGED`` or ``DAMAGED_OPEN`` where the bytes cannot stand as they
are. No value is copied or decoded. Most elements are plain: two tight loops record these, and leave
to the parser whatever is not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain

from filmroom.dicom.issue import Issue
from filmroom.dicom.layout import (
    EXPLICIT,
    IMPLICIT,
    ITEM,
    ITEM_DELIMITER,
    LENGTH,
    LIKE_VR,
    PIXEL_DATA,
    SEQUENCE_DELIMITER,
    UNDEFINED,
    Header,
    check_may_be_undefined,
    could_follow,
    layout_inside,
    likely_header,
)
from filmroom.dicom.vr import LONG_VRS, SHORT_VRS, VR
from filmroom.errors import (
    DataError,
    InvalidDicomFile,
    InvalidValue,
    InvalidVR,
    NestingTooDeep,
    TruncatedData,
)

__all__ = ["DAMAGED", "DAMAGED_OPEN", "MAX_ISSUES", "Parser", "Record"]

Record = tuple[VR | None, int, int, int, int]
MAX_ISSUES = 1000
"""Issues that are kept of one data set: a peer must not fill the memory with them."""

DAMAGED = -1
"""In place of an end: the header does not tell the truth about a length, a VR or its layout."""
DAMAGED_OPEN = -2
"""In place of an end: an undefined length without its delimiter, or of another layout."""

_GROUP_OF_ITEMS = 0xFFFE0000
_BEHIND_ALL = 1 << 32
_NONE_LIKE_VR: frozenset[int] = frozenset()


@dataclass(slots=True)
class Parser:
    """How strictly to read, and what was tolerated so far."""

    strict: bool = False
    max_depth: int = 64
    issues: list[Issue] = field(default_factory=list)
    base: int = 0
    """What errors and issues add to an offset: bytes that came before the buffer."""
    _known: set[Issue] = field(default_factory=set, repr=False)

    def tolerate(
        self,
        message: str,
        tag: int | None,
        offset: int | None,
        kind: type[DataError] = InvalidValue,
    ) -> None:
        """Note a defect, once where it is met again; when strict, raise it as ``kind``."""
        if offset is not None:
            offset += self.base
        if self.strict:
            raise kind(message, tag=tag, offset=offset)
        issue = Issue(tag, offset, message)
        if len(self.issues) < MAX_ISSUES and issue not in self._known:
            self._known.add(issue)
            self.issues.append(issue)

    def too_deep(self, tag: int | None, offset: int) -> NestingTooDeep:
        """The error of sequences in sequences beyond the bound."""
        return NestingTooDeep(
            f"over {self.max_depth} levels of sequences", tag=tag, offset=self.base + offset
        )

    # ------------------------------------------------------------------ elements

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
        walk = _walk_implicit if implicit else _walk_explicit
        above, last, ordered = min(stop_before, _GROUP_OF_ITEMS), -1, True
        while True:
            position, last = walk(buffer, position, end, little, records, last, above)
            if position + 8 > end:
                if position < end:
                    left = end - position
                    self.tolerate(
                        f"{left} bytes after the last element", None, position, TruncatedData
                    )
                break
            group, element = IMPLICIT[little](buffer, position)[:2]
            tag = group << 16 | element
            if tag >= stop_before:
                break
            if not tag and last >= 0:
                # LENIENT: zeros as padding, from archives that store in blocks.
                self.tolerate("zeros after the last element", None, position)
                break
            record, following = self._element(
                buffer, position, end, implicit=implicit, little=little, depth=depth, last=last
            )
            if following == position:
                break
            position = following
            if record is None:
                continue
            if tag > last:
                records[tag] = record
                last = tag
            else:
                # LENIENT: of two elements of one tag the first counts, as in DCMTK.
                records.setdefault(tag, record)
                ordered = False
        if not ordered:
            records = dict(sorted(records.items()))
        elif records and not next(iter(records)) & 0xFFFF:
            self._check_group_lengths(buffer, records, position, little)
        return records, position

    def _element(
        self,
        buffer: memoryview,
        position: int,
        end: int,
        *,
        implicit: bool,
        little: bool,
        depth: int,
        last: int,
    ) -> tuple[Record | None, int]:
        """The record of an element that is not plain, and where the next one begins.

        There is no record of a stray delimiter; where the same position is the next, the bytes
        are no data element.
        """
        group, element = IMPLICIT[little](buffer, position)[:2]
        tag = group << 16 | element
        if group == 0xFFFE:
            # LENIENT: a delimiter where none belongs, left over by converters.
            self.tolerate("delimiter outside of a sequence", tag, position)
            return None, position + 8
        header = self._header(buffer, position, end, implicit=implicit, little=little, after=last)
        if header is None:
            if last < 0 and not depth:
                raise InvalidDicomFile(
                    "no data element where the data set begins", offset=self.base + position
                )
            # LENIENT: something else behind the data set, from tools that write over old files.
            self.tolerate(f"{end - position} bytes that are no data element", None, position)
            return None, position
        if tag <= last:
            self.tolerate("element out of order", tag, position)
        vr, value, length = header
        foreign = not _is_laid_out(buffer, position, header, implicit)
        if length == UNDEFINED:
            check_may_be_undefined(vr, tag, self.base + position)
            inner_implicit, inner_little = layout_inside(vr, implicit, little)
            stop, following = self.sequence_end(
                buffer, value, end, implicit=inner_implicit, little=inner_little,
                depth=depth, tag=tag,
            )  # fmt: skip
            if vr is None:
                # Implicit VR of undefined length amid explicit VR is what UN would be.
                vr = VR.OB if tag in PIXEL_DATA else VR.SQ if implicit else VR.UN
            end_of_it = DAMAGED_OPEN if foreign else following
            return (vr, position, value, stop, end_of_it), following if following >= 0 else stop
        stop = value + length
        if stop > end:
            # LENIENT: the file ends in the middle of its last value.
            self.tolerate(
                f"length {length}, but {end - value} bytes are left", tag, position, TruncatedData
            )
            return (vr, position, value, end, DAMAGED), end
        following = stop
        if length & 1:
            following = self._after_odd(buffer, stop, end, tag, position, little)
        sound = not foreign and following == stop
        return (vr, position, value, stop, stop if sound else DAMAGED), following

    def _after_odd(
        self, buffer: memoryview, stop: int, end: int, tag: int, offset: int, little: bool
    ) -> int:
        """Where the next element begins after a value of odd length."""
        # LENIENT: odd lengths, from exporters that do not pad or do not count what they pad.
        self.tolerate("odd length", tag, offset)
        padded = could_follow(buffer, stop + 1, end, tag, little)
        return stop + 1 if padded and not could_follow(buffer, stop, end, tag, little) else stop

    def _check_group_lengths(
        self, buffer: memoryview, records: dict[int, Record], end: int, little: bool
    ) -> None:
        """Note group lengths (gggg,0000) that are not true (PS3.5 §7.2)."""
        behind: Record = None, end, end, end, end
        group, expected, at = -1, -1, 0
        for tag, (_, start, value, stop, _) in chain(records.items(), [(_BEHIND_ALL, behind)]):
            if tag >> 16 == group:
                continue
            if 0 <= expected != start:
                # LENIENT: elements were added or taken away, and the length was left as it was.
                self.tolerate("wrong group length", group << 16, at)
            group, expected, at = tag >> 16, -1, start
            if not tag & 0xFFFF and stop - value == 4:
                expected = stop + LENGTH[little](buffer, value)[0]

    # ------------------------------------------------------------------ headers

    def header(
        self, buffer: memoryview, position: int, end: int, *, implicit: bool, little: bool
    ) -> Header:
        """The header of an element by its own bytes alone; a VR of None says implicit VR."""
        group, element, length = IMPLICIT[little](buffer, position)
        if implicit or group == 0xFFFE:
            return None, position + 8, length
        code = bytes(buffer[position + 4 : position + 6])
        vr = SHORT_VRS.get(code)
        if vr is not None:
            return vr, position + 8, length >> 16 if little else length & 0xFFFF
        vr = LONG_VRS.get(code)
        if vr is None:
            tag = group << 16 | element
            if not (code.isalpha() and code.isupper()):
                # LENIENT: an element in implicit VR amid explicit ones, from old converters.
                self.tolerate("no VR where one must stand", tag, position, InvalidVR)
                return None, position + 8, length
            # LENIENT: a VR of a later edition, or a typing error: its value is kept as UN.
            self.tolerate("unknown VR", tag, position, InvalidVR)
            vr = VR.UN
            if bytes(buffer[position + 6 : position + 8]) != b"\0\0":
                return vr, position + 8, length >> 16 if little else length & 0xFFFF
        if position + 12 > end:
            raise TruncatedData("the header of an element is cut off", offset=self.base + position)
        return vr, position + 12, LENGTH[little](buffer, position + 8)[0]

    def _header(
        self,
        buffer: memoryview,
        position: int,
        end: int,
        *,
        implicit: bool,
        little: bool,
        after: int | None = None,
    ) -> Header | None:
        """The header of an element by what follows it as well; None where there is no element."""
        group, element, length = IMPLICIT[little](buffer, position)
        code = bytes(buffer[position + 4 : position + 6])
        if implicit:
            fits = position + 8 + length <= end or length == UNDEFINED
            if fits and (length & 0xFFFF not in LIKE_VR or not little):
                return None, position + 8, length
        elif code in SHORT_VRS or (
            code in LONG_VRS and bytes(buffer[position + 6 : position + 8]) == b"\0\0"
        ):
            return self.header(buffer, position, end, implicit=False, little=little)
        likely = likely_header(buffer, position, end, implicit=implicit, little=little, after=after)
        if likely is None:
            return None
        header, fault = likely
        if fault:
            self.tolerate(fault, group << 16 | element, position, InvalidVR)
        return header

    # ------------------------------------------------------------------ sequences

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
            if in_item:
                walk = _walk_implicit if implicit else _walk_explicit
                position, _ = walk(buffer, position, end, little, {}, -1, _GROUP_OF_ITEMS)
                if position + 8 > end:
                    break
            group, element, length = IMPLICIT[little](buffer, position)
            here = group << 16 | element
            if in_item and group != 0xFFFE:
                header = self._header(buffer, position, end, implicit=implicit, little=little)
                if header is None:
                    # LENIENT: what stands in the item is no element; nor can its end be found.
                    self.tolerate("no data element in an item", None, position)
                    break
                vr, value, length = header
                if length == UNDEFINED:
                    check_may_be_undefined(vr, here, self.base + position)
                    levels.append((False, *layout_inside(vr, implicit, little)))
                    position = value
                    continue
                stop = self._bounded(value + length, end, here, position)
                if length & 1 and stop < end:
                    stop = self._after_odd(buffer, stop, end, here, position, little)
                position = stop
            elif here == ITEM and not in_item:
                position += 8
                if length == UNDEFINED:
                    levels.append((True, implicit, little))
                    if depth + len(levels) // 2 > self.max_depth:
                        raise self.too_deep(tag, position)
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
            raise self.too_deep(None, position)
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


def _walk_explicit(
    buffer: memoryview,
    position: int,
    end: int,
    little: bool,
    records: dict[int, Record],
    last: int,
    above: int,
) -> tuple[int, int]:
    """Record elements in explicit VR as long as they are plain: the hot path of reading.

    Plain is a known VR, a tag above ``last`` and below ``above``, and an even length within the
    buffer. Returns where the first begins that is not, and the last tag.
    """
    unpack, unpack_length = EXPLICIT[little], LENGTH[little]
    short, long = SHORT_VRS.get, LONG_VRS.get
    last_start = end - 8
    while position <= last_start:
        group, element, code, length = unpack(buffer, position)
        value = position + 8
        vr = short(code)
        if vr is None:
            vr = long(code)
            # The two bytes after a VR with a length of 32 bits are reserved, and zero.
            if vr is None or length or value + 4 > end:
                break
            (length,) = unpack_length(buffer, value)
            value += 4
        tag = group << 16 | element
        stop = value + length
        if length & 1 or stop > end or not last < tag < above:
            break
        records[tag] = vr, position, value, stop, stop
        last = tag
        position = stop
    return position, last


def _walk_implicit(
    buffer: memoryview,
    position: int,
    end: int,
    little: bool,
    records: dict[int, Record],
    last: int,
    above: int,
) -> tuple[int, int]:
    """The same in implicit VR, where a length must not look like a VR to be plain."""
    unpack, like_vr = IMPLICIT[little], LIKE_VR if little else _NONE_LIKE_VR
    last_start = end - 8
    while position <= last_start:
        group, element, length = unpack(buffer, position)
        tag = group << 16 | element
        value = position + 8
        stop = value + length
        if length & 1 or stop > end or not last < tag < above or length & 0xFFFF in like_vr:
            break
        records[tag] = None, position, value, stop, stop
        last = tag
        position = stop
    return position, last


def _is_laid_out(buffer: memoryview, position: int, header: Header, implicit: bool) -> bool:
    """Whether a header is as the standard lays it out, so that it may be written as it stands.

    A VR of a later edition is: all that are still to come have 32 bits of length (PS3.5 §7.1.2).
    """
    code = bytes(buffer[position + 4 : position + 6])
    vr, value, _ = header
    if implicit:
        return vr is None
    if code in SHORT_VRS:
        return value == position + 8
    reserved = bytes(buffer[position + 6 : position + 8])
    return value == position + 12 and code.isalpha() and code.isupper() and reserved == b"\0\0"
