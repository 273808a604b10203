"""Reading a data set out of a buffer, in any transfer syntax (PS3.5 §7, Annex A).

Values are views into the buffer, which may be a map of a file larger than memory: nothing is
copied, and pixel data is not touched. Sequences of defined length are entered when asked for.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from mmap import mmap

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.dictionary import NO_PRIVATE_DICTIONARY, PrivateDictionary, lookup
from filmroom.dicom.layout import EXPLICIT, layout_told_by
from filmroom.dicom.parser import Parser
from filmroom.dicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    TransferSyntax,
)
from filmroom.dicom.vr import LONG_VRS, SHORT_VRS
from filmroom.errors import (
    InvalidDicomFile,
    InvalidTransferSyntax,
    InvalidValue,
    LengthOutOfBounds,
    TruncatedData,
)

__all__ = [
    "MAX_DEPTH",
    "MAX_INFLATED",
    "actual_syntax",
    "inflate",
    "read_data_set",
    "syntax_told_by",
]

MAX_DEPTH = 64
"""Levels of sequences in sequences that are followed unless the caller says otherwise."""
MAX_INFLATED = 1 << 30
"""Bytes to which a deflated data set may grow unless the caller says otherwise."""

_EVERYTHING = 1 << 32
_UNCOMPRESSED = (ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian)


def read_data_set(
    buffer: bytes | bytearray | memoryview | mmap,
    transfer_syntax: TransferSyntax,
    *,
    offset: int = 0,
    stop_before: int | None = None,
    max_depth: int = MAX_DEPTH,
    max_inflated: int = MAX_INFLATED,
    strict: bool = False,
    private_dictionary: PrivateDictionary = NO_PRIVATE_DICTIONARY,
) -> DataSet:
    """The data set that begins at ``offset`` of ``buffer``.

    Reading ends before the first top-level tag not below ``stop_before``; ``end_offset`` of the
    result says where. Where the bytes show another layout than declared, ``transfer_syntax`` of
    the result tells which. Tolerated defects are in its ``issues``; with ``strict`` they raise.
    Raises :class:`DataError` of some kind for what cannot be understood, and nothing else.
    """
    view = memoryview(buffer)
    if view.format != "B":
        view = view.cast("B")
    parser = Parser(strict, max_depth)
    syntax = transfer_syntax
    if syntax.deflated:
        view = memoryview(inflate(view[offset:], parser, limit=max_inflated))
        syntax, offset = ExplicitVRLittleEndian, 0
    if len(view) - offset >= 8:
        syntax = actual_syntax(bytes(view[offset : offset + 8]), syntax, parser, offset)
    records, end = parser.elements(
        view,
        offset,
        len(view),
        implicit=syntax.implicit_vr,
        little=syntax.little_endian,
        stop_before=_EVERYTHING if stop_before is None else stop_before,
    )
    return DataSet.from_buffer(
        view, records, syntax, parser, end_offset=end, private_dictionary=private_dictionary
    )


def actual_syntax(
    head: bytes, declared: TransferSyntax, parser: Parser, offset: int
) -> TransferSyntax:
    """The transfer syntax by the first eight bytes of a data set, ``declared`` in any doubt."""
    implicit, little = declared.implicit_vr, declared.little_endian
    if layout_told_by(head, implicit, little) == (implicit, little):
        return declared
    # LENIENT: converters that rewrote the data set or its transfer syntax, and not both.
    parser.tolerate(
        f"the data set is not in {declared.name}, as declared", None, offset, InvalidTransferSyntax
    )
    return syntax_told_by(head, declared)


def syntax_told_by(
    head: bytes, declared: TransferSyntax = ImplicitVRLittleEndian
) -> TransferSyntax:
    """``declared`` where its layout is that of the first eight bytes, else one whose it is."""
    implicit, little = layout_told_by(head, declared.implicit_vr, declared.little_endian)
    if (implicit, little) == (declared.implicit_vr, declared.little_endian):
        return declared
    if not declared.encapsulated:
        for syntax in _UNCOMPRESSED:
            if (syntax.implicit_vr, syntax.little_endian) == (implicit, little):
                return syntax
    return replace(declared, implicit_vr=implicit, little_endian=little)


def inflate(data: memoryview, parser: Parser, *, limit: int) -> bytes | memoryview:
    """The bytes of a deflated data set (PS3.5 §A.5); what follows its end is padding.

    Raises :class:`LengthOutOfBounds` beyond ``limit``, and :class:`InvalidDicomFile` for bytes
    that are not a deflate stream.
    """
    try:
        return _inflate(data, parser, limit, -zlib.MAX_WBITS)
    except zlib.error:
        pass
    if len(data) >= 8 and _is_plain(bytes(data[:8])):
        # LENIENT: converters that inflated the data set and left its transfer syntax.
        parser.tolerate("the data set is not deflated, as declared", None, 0, InvalidTransferSyntax)
        return data
    try:
        inflated = _inflate(data, parser, limit, zlib.MAX_WBITS)
    except zlib.error:
        raise InvalidDicomFile("not a deflated data set") from None
    # LENIENT: the header and checksum of zlib's own format (RFC 1950) around the stream.
    parser.tolerate("a zlib header before the deflated stream", None, 0)
    return inflated


def _inflate(data: memoryview, parser: Parser, limit: int, wbits: int) -> bytes:
    stream = zlib.decompressobj(wbits)
    inflated = stream.decompress(data, limit + 1)
    if len(inflated) > limit:
        raise LengthOutOfBounds(f"inflates to more than {limit} bytes")
    inflated += stream.flush()
    if not stream.eof:
        parser.tolerate("the deflated stream has no end", None, len(data), TruncatedData)
    elif len(stream.unused_data) > 1:
        parser.tolerate("bytes after the deflated stream", None, len(data), InvalidValue)
    return inflated


def _is_plain(head: bytes) -> bool:
    """Whether eight bytes are the header of a known element in explicit VR little endian."""
    group, element, code, _ = EXPLICIT[True](head)
    return (code in SHORT_VRS or code in LONG_VRS) and lookup(group << 16 | element) is not None
