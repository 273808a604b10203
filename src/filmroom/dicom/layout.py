"""How the headers of data elements are laid out, and what the bytes tell of it (PS3.5 §7.1, §7.5).

Explicit or implicit VR, little or big endian is declared by the transfer syntax. Where the
declaration is wrong the bytes themselves say so: a VR is two capital letters, and what follows a
true length begins with a higher tag.
"""

from __future__ import annotations

import struct
from functools import lru_cache

from filmroom.dicom.dictionary import lookup
from filmroom.dicom.vr import LONG_VRS, SHORT_VRS, VR
from filmroom.errors import LengthOutOfBounds

__all__ = [
    "EXPLICIT",
    "IMPLICIT",
    "ITEM",
    "ITEM_DELIMITER",
    "LENGTH",
    "LIKE_VR",
    "PIXEL_DATA",
    "SEQUENCE_DELIMITER",
    "UNDEFINED",
    "Header",
    "check_may_be_undefined",
    "could_follow",
    "layout_inside",
    "layout_told_by",
    "likely_header",
]

Header = tuple[VR | None, int, int]
"""VR or None in implicit VR, offset of the value, length."""

UNDEFINED = 0xFFFFFFFF
ITEM = 0xFFFEE000
ITEM_DELIMITER = 0xFFFEE00D
SEQUENCE_DELIMITER = 0xFFFEE0DD
PIXEL_DATA = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
"""Float, double float and integer pixel data (PS3.3 §C.7.6.3, §C.7.6.24, §C.7.6.25)."""

EXPLICIT = (struct.Struct(">HH2sH").unpack_from, struct.Struct("<HH2sH").unpack_from)
"""Group, element, VR and 16-bit length in explicit VR, by whether it is little endian."""
IMPLICIT = (struct.Struct(">HHI").unpack_from, struct.Struct("<HHI").unpack_from)
"""Group, element and length of a header in implicit VR, by whether it is little endian."""
LENGTH = (struct.Struct(">I").unpack_from, struct.Struct("<I").unpack_from)
"""A length of 32 bits, by whether it is little endian."""

_VRS = {**SHORT_VRS, **LONG_VRS}
LIKE_VR = frozenset(int.from_bytes(code, "little") for code in _VRS)
"""The lower half of a little endian length whose bytes are the letters of a VR."""

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


@lru_cache(maxsize=1024)
def layout_told_by(head: bytes, implicit: bool, little: bool) -> tuple[bool, bool]:
    """Implicit VR?, little endian? as the first eight bytes of a data set tell it.

    The declared layout stands wherever the bytes leave a doubt. The byte order is another where
    the tag is known in that order and not, or as a retired one only, in the declared; where both
    are known alike, the length decides, for first elements are short. Against a tag that is not
    known only a lower group will do, as first elements have: it may be of a later edition.
    """
    code = head[4:6]
    if code in _VRS:
        implicit = False
    elif not (code.isalpha() and code.isupper()):
        implicit = True
    group, turned = IMPLICIT[little](head)[0], IMPLICIT[not little](head)[0]
    if group == turned:
        return implicit, little
    declared, other = (_familiarity(head, implicit, order) for order in (little, not little))
    better = other[0] and declared < other and (turned < group or declared[0])
    return implicit, not little if better else little


def _familiarity(head: bytes, implicit: bool, little: bool) -> tuple[int, int]:
    """How well known a tag is, and how short its value, the higher the better."""
    group, element, length = IMPLICIT[little](head)
    if not implicit:
        length = length >> 16 if little else length & 0xFFFF
    entry = None if group & 1 else lookup(group << 16 | element)
    return 0 if entry is None else 1 if entry.retired else 2, -length


def could_follow(buffer: memoryview, position: int, end: int, tag: int, little: bool) -> bool:
    """Whether what stands here can follow the element ``tag``: the end, a higher tag, a delimiter.

    Both explicit and implicit VR will do.
    """
    if position + 8 > end:
        return position == end
    group: int
    element: int
    length: int
    group, element, length = IMPLICIT[little](buffer, position)
    if group == 0xFFFE:
        return length == 0 or element == ITEM & 0xFFFF
    if group << 16 | element <= tag:
        return False
    if length == UNDEFINED or position + 8 + length <= end:
        return True
    return bytes(buffer[position + 4 : position + 6]) in _VRS


def likely_header(
    buffer: memoryview,
    position: int,
    end: int,
    *,
    implicit: bool,
    little: bool,
    after: int | None = None,
) -> tuple[Header, str] | None:
    """A header that is not as declared: as what it leads to a next element, and what is wrong.

    None where it leads nowhere, and its tag is unknown too: then no element begins here. A private
    tag is known where the one before it, ``after``, is of its group.
    """
    group, element, length = IMPLICIT[little](buffer, position)
    tag = group << 16 | element
    readings = _readings(buffer, position, end, length, implicit, little)
    for header, fault in readings:
        if _leads_on(buffer, header, end, tag, little):
            return header, fault
    private = implicit and bool(tag & 0x10000) and (after is None or after >> 16 == group)
    return readings[0] if private or lookup(tag) is not None else None


def _readings(
    buffer: memoryview, position: int, end: int, length: int, implicit: bool, little: bool
) -> list[tuple[Header, str]]:
    """What a header may mean, the likeliest first."""
    code = bytes(buffer[position + 4 : position + 6])
    vr = _VRS.get(code)
    reserved = bytes(buffer[position + 6 : position + 8]) == b"\0\0"
    in_short = length >> 16 if little else length & 0xFFFF
    in_long = LENGTH[little](buffer, position + 8)[0] if position + 12 <= end else end
    as_implicit: Header = None, position + 8, length
    as_short: Header = vr or VR.UN, position + 8, in_short
    as_long: Header = vr or VR.UN, position + 12, in_long
    if implicit:
        # LENIENT: elements in explicit VR amid implicit ones, from old converters.
        as_explicit = as_short if code in SHORT_VRS else as_long
        explicit = [(as_explicit, "explicit VR where implicit VR is declared")]
        return [(as_implicit, ""), *(explicit if vr else [])]
    if vr:
        # LENIENT: OB, UN and UT with a length of 16 bits, as written before they had 32.
        wrong = "a length of 16 bits where one of 32 must stand"
        return [(as_short, wrong), (as_long, "reserved bytes that are not zero")]
    # LENIENT: an element in implicit VR amid explicit ones, from old converters.
    without = (as_implicit, "no VR where one must stand")
    # LENIENT: a VR of a later edition, or a typing error: its value is kept as UN.
    short, long = (as_short, "unknown VR"), (as_long, "unknown VR")
    if not (code.isalpha() and code.isupper()):
        return [without, short]
    return [long, short, without] if reserved else [short, without]


def _leads_on(buffer: memoryview, header: Header, end: int, tag: int, little: bool) -> bool:
    """Whether a header is followed by its value, and the value by another element."""
    vr, value, length = header
    if length == UNDEFINED:
        if (vr is not None and vr not in _OPEN) or value + 8 > end:
            return False
        group, element = IMPLICIT[little](buffer, value)[:2]
        return group << 16 | element in (ITEM, SEQUENCE_DELIMITER)
    stop = value + length
    return could_follow(buffer, stop, end, tag, little) or (
        bool(length & 1) and could_follow(buffer, stop + 1, end, tag, little)
    )
