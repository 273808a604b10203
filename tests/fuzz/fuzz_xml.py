"""The Native DICOM Model.

For all bytes:

- reading them as XML raises `DataError` or nothing;
- a data set that was read can be written as XML, or a `DataError` says why not;
- what was written is read without an error, unless the data set had issues (a date in letters that
  no date has, of which XML leaves no bytes); what XML cannot tell (a name of delimiters alone) is
  gone then, and writing and reading once more changes nothing;
- a data set that was read from the binary encoding makes the same way;
- in pieces, a document is read as it is whole.

The first byte chooses XML or the transfer syntax of the rest, and strictness.
"""

from fuzz_reader import touch
from seeds import SYNTAXES, data_sets

from filmroom.dicom import DataSet, read_data_set
from filmroom.dicom.xml import encode_xml
from filmroom.dicom.xml_reader import read_xml
from filmroom.errors import DataError

TEXT, STRICT = 0x08, 0x10
CHANGED = 400


def check(data: bytes) -> None:
    options, body = data[0] if data else TEXT, data[1:]
    strict = bool(options & STRICT)
    try:
        if options & TEXT:
            ds = read_xml(body, strict=strict)
        else:
            syntax = SYNTAXES[(options & 7) % len(SYNTAXES)]
            ds = read_data_set(body, syntax, strict=strict, max_inflated=1 << 20)
        touch(ds)
        assert not (strict and ds.issues)
        written = b"".join(encode_xml(ds))
    except DataError:
        return
    try:
        again = read_xml(written)
    except DataError:
        assert ds.issues
        return
    touch(again)
    settled = b"".join(encode_xml(again))
    pieces = (settled[at : at + 7] for at in range(0, len(settled), 7))
    for source in (written, settled, pieces):
        assert b"".join(encode_xml(read_xml(source))) == settled


def as_xml(data_set: DataSet) -> bytes | None:
    try:
        return b"".join(encode_xml(data_set))
    except DataError:
        return None


def seeds() -> list[bytes]:
    found = []
    for syntax, data in data_sets():
        found.append(bytes([SYNTAXES.index(syntax)]) + data)
        text = as_xml(read_data_set(data, syntax))
        if text is not None:
            found.append(bytes([TEXT]) + text)
    return found
