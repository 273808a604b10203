"""What fuzzing begins with: the small data sets of the corpus, in every transfer syntax."""

import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

from corpus import FILES, content
from filmroom.dicom import (
    TRANSFER_SYNTAXES,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    TransferSyntax,
    encode_bytes,
    read_data_set,
    read_preamble_and_meta,
)
from filmroom.errors import DataError

SYNTAXES = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
    next(s for s in TRANSFER_SYNTAXES.values() if s.encapsulated),
)
"""Each way of laying out a data set once."""

PIXEL_DATA = 0x7FE00000
_LONGEST = 3000
_DELIMITER = b"\xfe\xff\xdd\xe0\0\0\0\0"
_FRAGMENTS = (
    b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\x04\0\0\0\0\0\0\0"
    b"\xfe\xff\0\xe0\x08\0\0\0\xff\xd8\xff\xd9\0\0\0\0" + _DELIMITER
)
_NESTED = (
    b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff"
    b"\x08\0\x99\x11UN\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\x10\0\0\0\x08\0\x55\x11\x08\0\0\0001.2.3.4\0"
    + _DELIMITER
    + b"\xfe\xff\x0d\xe0\0\0\0\0"
    + _DELIMITER
)


def _layout(syntax: TransferSyntax) -> TransferSyntax:
    """The one of SYNTAXES that lays data sets out as ``syntax`` does."""
    if syntax.encapsulated:
        return SYNTAXES[-1]
    return next(known for known in SYNTAXES if known.uid == syntax.uid)


def _heads() -> Iterator[tuple[TransferSyntax, bytes]]:
    for path in FILES:
        with suppress(DataError, StopIteration):
            data = content(path)
            _, offset, syntax = read_preamble_and_meta(data)
            end = read_data_set(data, syntax, offset=offset, stop_before=PIXEL_DATA).end_offset
            if not syntax.deflated and 100 < end - offset <= _LONGEST:
                yield _layout(syntax), data[offset:end]


@cache
def data_sets() -> tuple[tuple[TransferSyntax, bytes], ...]:
    """Small data sets with what lays them out, one of each kind of content."""
    kinds: dict[tuple[str, int], tuple[TransferSyntax, bytes]] = {}
    for syntax, head in _heads():
        kinds.setdefault((syntax.uid, len(head) // 40), (syntax, head))
    found = list(kinds.values())
    explicit = _NESTED + _FRAGMENTS
    found.append((SYNTAXES[-1], explicit))
    nested = read_data_set(_NESTED, ExplicitVRLittleEndian)
    found += [(syntax, encode_bytes(nested, syntax)) for syntax in SYNTAXES[:4]]
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    shortest = min((head for syntax, head in found if syntax is ExplicitVRLittleEndian), key=len)
    found.append((DeflatedExplicitVRLittleEndian, deflater.compress(shortest) + deflater.flush()))
    return tuple(found)


@cache
def files() -> tuple[bytes, ...]:
    """Small files: preamble, file meta information and some of the data set."""
    return tuple(content(path)[:1500] for path in FILES[::7])
