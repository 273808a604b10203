"""The DICOM JSON Model.

For all bytes:

- reading them as JSON raises `DataError` or nothing;
- a data set that was read can be written as JSON, or a `DataError` says why not;
- what was written is read without an error and written again as the same bytes, unless the data set
  had issues (a date in letters that no date has, a number with too many digits); then what could
  be read is the same from the second time on;
- a data set that was read from the binary encoding makes the same way.

The first byte chooses JSON or the transfer syntax of the rest, and strictness.
"""

from fuzz_reader import touch
from seeds import SYNTAXES, data_sets

from filmroom.dicom import DataSet, read_data_set
from filmroom.dicom.json import encode_json
from filmroom.dicom.json_reader import read_json, read_json_array
from filmroom.errors import DataError

TEXT, STRICT = 0x08, 0x10
CHANGED = 400


def check(data: bytes) -> None:
    options, body = data[0] if data else TEXT, data[1:]
    strict = bool(options & STRICT)
    try:
        if options & TEXT:
            ds = read_json(body, strict=strict)
        else:
            syntax = SYNTAXES[(options & 7) % len(SYNTAXES)]
            ds = read_data_set(body, syntax, strict=strict, max_inflated=1 << 20)
        touch(ds)
        assert not (strict and ds.issues)
        written = b"".join(encode_json(ds))
    except DataError:
        if options & TEXT:
            check_array(body)
        return
    try:
        again = read_json(written)
    except DataError:
        assert ds.issues
        return
    touch(again)
    settled = b"".join(encode_json(again))
    assert settled == written or ds.issues
    assert b"".join(encode_json(read_json(settled))) == settled


def check_array(body: bytes) -> None:
    try:
        read_json_array(body)
    except DataError:
        pass


def as_json(data_set: DataSet) -> bytes | None:
    try:
        return b"".join(encode_json(data_set))
    except DataError:
        return None


def seeds() -> list[bytes]:
    found = []
    for syntax, data in data_sets():
        found.append(bytes([SYNTAXES.index(syntax)]) + data)
        text = as_json(read_data_set(data, syntax))
        if text is not None:
            found.append(bytes([TEXT]) + text)
    return found
