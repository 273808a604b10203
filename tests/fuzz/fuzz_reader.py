"""The reader and the writer.

For all bytes, in every transfer syntax, lenient or strict, as a data set or as a file:

- reading, and decoding every value, raises `DataError` or nothing; issues and nesting are bounded;
- what could be read can be written again, in the same syntax and in the others, or a `DataError`
  says why not;
- what was written is read without an error, and written again is the same bytes, unless it begins
  with a tag that is not known, by which nobody can tell how it is laid out.

The first byte chooses syntax, strictness, and whether the rest is a file.
"""

from seeds import SYNTAXES, data_sets, files

from filmroom.dicom import (
    VR,
    DataSet,
    TransferSyntax,
    encode_bytes,
    lookup,
    read_data_set,
    read_preamble_and_meta,
)
from filmroom.dicom.parser import MAX_ISSUES
from filmroom.errors import DataError

MAX_INFLATED = 1 << 20
FILE, STRICT = 0x08, 0x10


def check(data: bytes) -> None:
    options, body = data[0] if data else 0, memoryview(data)[1:]
    strict = bool(options & STRICT)
    syntax, offset = SYNTAXES[(options & 7) % len(SYNTAXES)], 0
    try:
        if options & FILE:
            meta, offset, syntax = read_preamble_and_meta(body, strict=strict)
            assert 0 <= offset <= len(body)
            touch(meta)
        ds = read_data_set(body, syntax, offset=offset, strict=strict, max_inflated=MAX_INFLATED)
        touch(ds)
    except DataError as error:
        check_error(error, len(body))
        return
    assert len(ds.issues) <= MAX_ISSUES
    assert not (strict and ds.issues)
    for target in SYNTAXES:
        try:
            written = encode_bytes(ds, target)
        except DataError:
            continue
        again = read_data_set(written, target, max_inflated=MAX_INFLATED)
        if is_turned(again, target):
            assert tells_nothing(ds)
            continue
        touch(again)
        assert encode_bytes(again, target) == written


def is_turned(data_set: DataSet, syntax: TransferSyntax) -> bool:
    """Whether the reader took the bytes for another layout than declared."""
    found = data_set.transfer_syntax
    little = syntax.little_endian or syntax.deflated
    return (found.implicit_vr, found.little_endian) != (syntax.implicit_vr, little)


def tells_nothing(data_set: DataSet) -> bool:
    """Whether the first tag that is written is one that a sound data set cannot begin with.

    Of such a one the reader tells the layout by the tag that it would be in the other order.
    """
    first = next(tag for tag in data_set.tags() if tag & 0xFFFF or tag.group <= 2)
    entry = lookup(first)
    return entry is None or entry.retired or first.is_private


def touch(data_set: DataSet) -> None:
    """Decode every value, of items as well."""
    for element in data_set:
        assert isinstance(element.values, tuple)
        assert isinstance(element.text, str)
        if element.effective_vr is not VR.SQ:
            assert len(element.numbers) <= len(element.raw)
        for item in data_set.sequence(element.tag):
            touch(item)


def check_error(error: DataError, length: int) -> None:
    """It says where, as far as it says anything."""
    assert error.message
    assert error.tag is None or 0 <= error.tag <= 0xFFFFFFFF
    assert error.offset is None or 0 <= error.offset <= max(length, MAX_INFLATED)


def seeds() -> list[bytes]:
    found = [bytes([SYNTAXES.index(syntax)]) + data for syntax, data in data_sets()]
    found += [bytes([SYNTAXES.index(syntax) | STRICT]) + data for syntax, data in data_sets()[::5]]
    found += [bytes([FILE]) + data for data in files()]
    return found
