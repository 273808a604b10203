"""Writing a data set in any transfer syntax, piece by piece (PS3.5 §7, Annex A).

What was read and not touched goes out byte for byte where the layout is the same; else elements are
laid out anew, large values as views or in swapped chunks, so that memory does not grow with the
object. What is written conforms, whatever was read: even lengths, true lengths, tag order.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable, Iterator
from struct import Struct

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.element import Element
from filmroom.dicom.layout import ITEM, ITEM_DELIMITER, SEQUENCE_DELIMITER, UNDEFINED
from filmroom.dicom.parser import DAMAGED_OPEN, Parser, Record
from filmroom.dicom.uid import ImplicitVRLittleEndian, TransferSyntax
from filmroom.dicom.vr import VR
from filmroom.errors import InvalidTransferSyntax

__all__ = ["Piece", "encode", "encode_bytes", "gather", "swapped"]

Piece = bytes | memoryview
"""Some bytes of an encoded data set; a view is of the buffer that was read."""

_GATHERED = 64 * 1024
_SWAPPED = 1 << 20
_LONGEST_SHORT = 0xFFFE
_SWAP_CODES = {2: "H", 4: "I", 8: "Q"}
_CODES = {vr: vr.value.encode("ascii") for vr in VR}


class _Layout:
    """The headers of one transfer syntax."""

    __slots__ = ("explicit", "implicit", "little", "long", "syntax")

    def __init__(self, syntax: TransferSyntax) -> None:
        order = "<" if syntax.little_endian else ">"
        self.syntax = syntax
        self.little = syntax.little_endian
        self.implicit = syntax.implicit_vr
        self.explicit = Struct(f"{order}HH2sH").pack
        self.long = Struct(f"{order}HHI").pack

    def header(self, tag: int, vr: VR, length: int) -> bytes:
        """The header of an element; the VR must be able to have that length."""
        group, element = tag >> 16, tag & 0xFFFF
        if self.implicit:
            return self.long(group, element, length)
        code = _CODES[vr]
        if vr.facts.length_bytes == 2:
            return self.explicit(group, element, code, length)
        tail = length.to_bytes(4, "little" if self.little else "big")
        return self.explicit(group, element, code, 0) + tail

    def mark(self, tag: int, length: int = 0) -> bytes:
        """The header of an item or a delimiter."""
        return self.long(tag >> 16, tag & 0xFFFF, length)


_INSIDE_UN = _Layout(ImplicitVRLittleEndian)


def encode(data_set: DataSet, syntax: TransferSyntax) -> Iterator[Piece]:
    """The bytes of ``data_set`` in ``syntax``, in pieces to be used before the data set changes.

    Raises InvalidTransferSyntax where compressed pixel data would have to be decoded or
    uncompressed encapsulated, and other DataErrors for values that cannot be encoded.
    """
    pieces = gather(_data_set(data_set, _Layout(syntax)))
    return _deflate(pieces) if syntax.deflated else pieces


def encode_bytes(data_set: DataSet, syntax: TransferSyntax) -> bytes:
    """The bytes of ``data_set`` in ``syntax``, whole: for identifiers and other small ones."""
    return b"".join(encode(data_set, syntax))


def gather(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """``pieces`` with small ones joined and large ones as they are."""
    small = bytearray()
    for piece in pieces:
        if len(piece) >= _GATHERED:
            if small:
                yield bytes(small)
                small.clear()
            yield piece
        else:
            small += piece
            if len(small) >= _GATHERED:
                yield bytes(small)
                small.clear()
    if small:
        yield bytes(small)


def _deflate(pieces: Iterable[Piece]) -> Iterator[Piece]:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    total = 0
    for piece in pieces:
        for start in range(0, len(piece), _SWAPPED):
            deflated = compressor.compress(piece[start : start + _SWAPPED])
            total += len(deflated)
            if deflated:
                yield deflated
    tail = compressor.flush()
    # PS3.5 §A.5: the stream is padded to an even length.
    yield tail + b"\0" if (total + len(tail)) % 2 else tail


def _data_set(data_set: DataSet, layout: _Layout) -> Iterator[Piece]:
    same = (
        data_set.transfer_syntax.same_layout(layout.syntax)
        and data_set.transfer_syntax.encapsulated == layout.syntax.encapsulated
    )
    as_read = same and not data_set.is_modified
    buffer = data_set.buffer
    # A run of untouched elements that lie one behind the other goes out in one piece, and so do
    # plain elements that are laid out anew.
    run_start = run_end = -1
    plain = bytearray()
    for tag, entry in data_set.entries():
        record: Record | None
        if isinstance(entry, Element):
            record = entry.record if same and entry.is_unchanged else None
        else:
            record = entry
        if same and record is not None and record[4] >= 0:
            if not as_read and _is_group_length(tag):
                continue
            _, start, _, stop, end = record
            if (end - start) % 2 == 0 or stop != end:
                if start != run_end:
                    if run_end > run_start:
                        yield buffer[run_start:run_end]
                    elif plain:
                        yield bytes(plain)
                        plain.clear()
                    run_start = start
                run_end = end
                continue
        if run_end > run_start:
            yield buffer[run_start:run_end]
        run_start = run_end = -1
        if _is_group_length(tag):
            continue
        element = entry if isinstance(entry, Element) else data_set.element(tag)
        assert element is not None
        whole = _plain(element, layout)
        if whole is not None:
            plain += whole
            continue
        if plain:
            yield bytes(plain)
            plain.clear()
        yield from _element(element, layout)
    if run_end > run_start:
        yield buffer[run_start:run_end]
    elif plain:
        yield bytes(plain)


def _plain(element: Element, layout: _Layout) -> bytes | None:
    """A short element whose bytes are as they must be, or None."""
    facts = element.vr.facts
    if facts.length_bytes != 2 or element.undefined_length:
        return None
    if facts.item_size and element.byte_order_is_little != layout.little:
        return None
    raw = element.raw
    length = len(raw)
    if length & 1 or length > _LONGEST_SHORT:
        return None
    return layout.header(element.tag, element.vr, length) + raw


def _is_group_length(tag: int) -> bool:
    """Group lengths (retired) are true only of the bytes they were read with."""
    return tag & 0xFFFF == 0 and tag >> 16 > 0x0002


def _element(element: Element, layout: _Layout) -> Iterator[Piece]:
    tag, vr = element.tag, element.vr
    if vr is VR.SQ:
        yield layout.header(tag, VR.SQ, UNDEFINED)
        yield from _items(element, layout)
        yield layout.mark(SEQUENCE_DELIMITER)
        return
    if vr is VR.UN and element.has_changed_items:
        yield layout.header(tag, VR.UN, UNDEFINED)
        yield from _items(element, _INSIDE_UN)
        yield _INSIDE_UN.mark(SEQUENCE_DELIMITER)
        return
    if element.undefined_length:
        yield from _as_it_stands(element, layout)
        return
    if tag == 0x7FE00010 and layout.syntax.encapsulated and element.is_top and len(element.raw):
        raise InvalidTransferSyntax(
            f"pixel data is not compressed, as {layout.syntax} asks", tag=tag
        )
    raw = element.raw
    length = len(raw) + len(raw) % 2
    size = vr.facts.item_size
    little = layout.little
    if vr.facts.length_bytes == 2 and length > _LONGEST_SHORT and not layout.implicit:
        # PS3.5 §6.2.2: a value too long for its VR's 16-bit length is written as UN, little endian.
        vr, little = VR.UN, True
    swap = size > 1 and element.vr is not VR.UN and element.byte_order_is_little != little
    yield layout.header(tag, vr, length)
    if swap:
        yield from swapped(raw, size)
    elif len(raw):
        yield raw
    if len(raw) % 2:
        yield element.vr.facts.padding


def _as_it_stands(element: Element, layout: _Layout) -> Iterator[Piece]:
    """Fragments of encapsulated pixel data, or UN of undefined length, which is implicit VR."""
    fragments = element.vr is not VR.UN
    if fragments and not layout.syntax.encapsulated:
        raise InvalidTransferSyntax(
            f"compressed pixel data cannot be written as {layout.syntax} without decoding it",
            tag=element.tag,
        )
    yield layout.header(element.tag, element.vr, UNDEFINED)
    # PS3.5 §6.2.2: inside UN it is implicit VR little endian, the delimiter included.
    inside = layout if fragments else _INSIDE_UN
    damaged = element.record is not None and element.record[4] == DAMAGED_OPEN
    if not damaged:
        yield element.raw
    elif fragments:
        yield from _fragments(element, inside)
    else:
        yield from _items(element, inside)
    yield inside.mark(SEQUENCE_DELIMITER)


def _items(element: Element, layout: _Layout) -> Iterator[Piece]:
    for item in element.values:
        yield layout.mark(ITEM, UNDEFINED)
        yield from _data_set(item, layout)
        yield layout.mark(ITEM_DELIMITER)


def _fragments(element: Element, layout: _Layout) -> Iterator[Piece]:
    """Fragments with the lengths that they have, where the last one may be cut off."""
    raw = memoryview(element.raw)
    for start, stop in Parser().items(raw, 0, len(raw), implicit=False, little=True, depth=0):
        yield layout.mark(ITEM, stop - start + (stop - start) % 2)
        yield raw[start:stop]
        yield bytes((stop - start) % 2)


def swapped(raw: Piece, size: int) -> Iterator[Piece]:
    """``raw`` with the bytes of each number turned round; a rest that is no number stays."""
    view = memoryview(raw)
    whole = len(view) - len(view) % size
    for start in range(0, whole, _SWAPPED):
        numbers = array(_SWAP_CODES[size])
        numbers.frombytes(view[start : min(start + _SWAPPED, whole)])
        numbers.byteswap()
        yield numbers.tobytes()
    if whole < len(view):
        yield view[whole:]
