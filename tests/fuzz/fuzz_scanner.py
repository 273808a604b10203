"""The scanner.

For all bytes, in every transfer syntax, lenient or strict:

- feeding and finishing raises `DataError` or nothing, and so does decoding what was picked;
- cut into pieces, the bytes give the same values, issues and errors as whole;
- where the reader finds nothing wrong in the bytes, the scanner picks what the reader reads;
- it holds no more than the wanted value and what a piece left over.

The first byte chooses syntax and strictness, the second how the bytes are cut.
"""

from seeds import SYNTAXES, data_sets

from filmroom.archive.record import WANTED_TAGS
from filmroom.dicom import DataSet, Scanner, TransferSyntax, read_data_set
from filmroom.dicom.parser import PIXEL_DATA
from filmroom.errors import DataError

STRICT = 0x10
WANTED = frozenset(WANTED_TAGS) | {0x00081140, 0x00081199, 0x00091010, 0x00189999}
MAX_VALUE = 1024
MAX_SEQUENCE = 4096
Outcome = tuple[object, ...]


def check(data: bytes) -> None:
    options, step = (data[0], data[1] % 64 + 1) if len(data) > 1 else (0, 1)
    body = data[2:]
    syntax, strict = SYNTAXES[(options & 7) % len(SYNTAXES)], bool(options & STRICT)
    whole = outcome(body, syntax, strict, len(body) or 1)
    in_pieces = outcome(body, syntax, strict, step)
    if not syntax.deflated or whole[0] == in_pieces[0] == "picked":
        assert in_pieces == whole
    if whole[0] == "picked":
        values = whole[1]
        assert isinstance(values, dict)
        read = soundly_read(body, syntax)
        if read is not None:
            assert values == {
                tag: bytes(read.element(tag).raw)
                for tag in map(int, read.tags())
                if tag in WANTED and tag < min(PIXEL_DATA) and picked(read, tag)
            }


def outcome(body: bytes, syntax: TransferSyntax, strict: bool, step: int) -> Outcome:
    scanner = Scanner(syntax, WANTED, max_value=MAX_VALUE, max_sequence=MAX_SEQUENCE, strict=strict)
    try:
        for start in range(0, len(body), step):
            if scanner.feed(memoryview(body)[start : start + step]):
                break
            assert len(scanner._carry) <= 64
            assert scanner._kept is None or len(scanner._kept) <= MAX_SEQUENCE
        scanner.finish()
        found = scanner.data_set()
    except DataError as error:
        return "failed", type(error), str(error)
    issues = list(scanner.issues)
    for element in found:
        try:
            assert isinstance(element.values, tuple)
        except DataError:
            pass
    return (
        "picked", scanner.values, scanner.vrs, issues, scanner.pixel_data_offset,
        scanner.expected_length,
    )  # fmt: skip


def soundly_read(body: bytes, syntax: TransferSyntax) -> DataSet | None:
    """What the reader reads, unless anything is wrong with it."""
    try:
        return read_data_set(body, syntax, strict=True, max_inflated=1 << 20)
    except DataError:
        return None


def picked(data_set: DataSet, tag: int) -> bool:
    """Whether a value is short enough for the scanner."""
    element = data_set.element(tag)
    assert element is not None
    longest = MAX_SEQUENCE if str(element.vr) in ("SQ", "UN") else MAX_VALUE
    return len(element.raw) <= longest


def seeds() -> list[bytes]:
    return [
        bytes([SYNTAXES.index(syntax) | (number % 3 // 2) * STRICT, number * 5 % 64]) + data
        for number, (syntax, data) in enumerate(data_sets())
    ]
