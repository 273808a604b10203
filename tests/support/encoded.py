"""Data elements as bytes, built by hand: what tests of reading and writing compare with."""

import struct

LONG = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}
"""VRs with a length of 32 bits (PS3.5 Table 7.1-1), typed apart from the code."""

UNDEFINED = 0xFFFFFFFF


def explicit(tag, vr, value=b"", *, length=None, little=True):
    """An element in explicit VR; ``length`` is what its header says, if not the truth."""
    order = "<" if little else ">"
    length = len(value) if length is None else length
    head = struct.pack(f"{order}HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    if vr in LONG:
        return head + struct.pack(f"{order}HI", 0, length) + value
    return head + struct.pack(f"{order}H", length) + value


def implicit(tag, value=b"", *, length=None, little=True):
    """An element in implicit VR, an item or a delimiter."""
    length = len(value) if length is None else length
    order = "<" if little else ">"
    return struct.pack(f"{order}HHI", tag >> 16, tag & 0xFFFF, length) + value


def item(*content, defined=True, little=True):
    """An item around its elements."""
    value = b"".join(content)
    if defined:
        return implicit(0xFFFEE000, value, little=little)
    end = implicit(0xFFFEE00D, little=little)
    return implicit(0xFFFEE000, value, length=UNDEFINED, little=little) + end


def sequence(tag, *items, defined=True, vr="SQ", little=True):
    """A sequence around its items; in implicit VR where ``vr`` is None."""
    value = b"".join(items)
    length = None
    if not defined:
        value, length = value + implicit(0xFFFEE0DD, little=little), UNDEFINED
    if vr is None:
        return implicit(tag, value, length=length, little=little)
    return explicit(tag, vr, value, length=length, little=little)
