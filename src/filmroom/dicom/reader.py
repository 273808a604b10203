"""Reading a data set out of a buffer, in any transfer syntax (PS3.5 §7, Annex A).

Values are views into the buffer, which may be a map of a file larger than memory: nothing is
copied, and pixel data is not touched. Sequences of defined length are entered when asked for.
"""

from __future__ import annotations

import zlib
from mmap import mmap

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.dictionary import PrivateDictionary
from filmroom.dicom.parser import Parser
from filmroom.dicom.uid import ExplicitVRLittleEndian, TransferSyntax
from filmroom.errors import InvalidDicomFile, InvalidValue, LengthOutOfBounds, TruncatedData

__all__ = ["MAX_DEPTH", "MAX_INFLATED", "inflate", "read_data_set"]

MAX_DEPTH = 64
"""Levels of sequences in sequences that are followed unless the caller says otherwise."""
MAX_INFLATED = 1 << 30
"""Bytes to which a deflated data set may grow unless the caller says otherwise."""

_EVERYTHING = 1 << 32
_NO_PRIVATE_DICTIONARY = PrivateDictionary()


def read_data_set(
    buffer: bytes | bytearray | memoryview | mmap,
    transfer_syntax: TransferSyntax,
    *,
    offset: int = 0,
    stop_before: int | None = None,
    max_depth: int = MAX_DEPTH,
    max_inflated: int = MAX_INFLATED,
    strict: bool = False,
    private_dictionary: PrivateDictionary = _NO_PRIVATE_DICTIONARY,
) -> DataSet:
    """The data set that begins at ``offset`` of ``buffer``.

    Reading ends before the first top-level tag not below ``stop_before``; ``end_offset`` of the
    result says where. Tolerated defects are in its ``issues``; with ``strict`` they raise.
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


def inflate(data: memoryview, parser: Parser, *, limit: int) -> bytes:
    """The bytes of a deflated data set (PS3.5 §A.5); what follows its end is padding.

    Raises :class:`LengthOutOfBounds` beyond ``limit``, and :class:`InvalidDicomFile` for bytes
    that are not a deflate stream.
    """
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = stream.decompress(data, limit + 1)
        if len(inflated) > limit:
            raise LengthOutOfBounds(f"inflates to more than {limit} bytes")
        inflated += stream.flush()
    except zlib.error:
        raise InvalidDicomFile("not a deflated data set") from None
    if not stream.eof:
        parser.tolerate("the deflated stream has no end", None, len(data), TruncatedData)
    elif len(stream.unused_data) > 1:
        parser.tolerate("bytes after the deflated stream", None, len(data), InvalidValue)
    return inflated
