"""De-identification.

For all bytes that are read as a data set, leniently, in every transfer syntax, with any options:

- it raises `DataError` or gives a data set that says it is de-identified;
- no element that names the patient is left but with its replacement;
- the result is written, or a `DataError` says why not, and what was written is read as the same;
- the same input gives the same output.

The first byte chooses the transfer syntax, the second and third the options.
"""

from functools import cache

from seeds import SYNTAXES, data_sets

from filmroom.deidentification import Deidentifier, Option, Profile
from filmroom.dicom import encode_bytes, read_data_set
from filmroom.errors import DataError

OPTIONS = list(Option)
SECRET = bytes(32)
CHANGED = 400
REMOVED = ("PatientBirthName", "OtherPatientNames", "PatientAddress", "PatientTelephoneNumbers")
REPLACED = ("PatientName", "PatientID")


@cache
def deidentifier(chosen: int) -> Deidentifier | None:
    options = [option for number, option in enumerate(OPTIONS) if chosen >> number & 1]
    if Option.RETAIN_FULL_DATES in options and Option.RETAIN_MODIFIED_DATES in options:
        options.remove(Option.RETAIN_FULL_DATES)
    return Deidentifier(Profile.basic(*options), secret=SECRET, burned_in="warn")


def check(data: bytes) -> None:
    if len(data) < 3:
        return
    syntax = SYNTAXES[data[0] % len(SYNTAXES)]
    chosen = int.from_bytes(data[1:3], "little") & (1 << len(OPTIONS)) - 1
    outputs = []
    for _ in range(2):
        try:
            ds = read_data_set(data[3:], syntax, max_inflated=1 << 20)
            names = {keyword: ds.text(keyword) for keyword in REPLACED}
            result = deidentifier(chosen).apply(ds, ds.transfer_syntax)
        except DataError:
            return
        found = result.data_set
        assert found["PatientIdentityRemoved"] == "YES"
        assert not [keyword for keyword in REMOVED if found.text(keyword)]
        for keyword, before in names.items():
            assert len(before) < 6 or found.text(keyword) != before
        try:
            written = encode_bytes(found, result.transfer_syntax)
        except DataError:
            return
        again = read_data_set(written, result.transfer_syntax, max_inflated=1 << 20)
        assert encode_bytes(again, result.transfer_syntax) == written
        outputs.append(written)
    assert outputs[0] == outputs[1]


def seeds() -> list[bytes]:
    return [
        bytes([SYNTAXES.index(syntax), number * 37 % 256, number * 11 % 256]) + data
        for number, (syntax, data) in enumerate(data_sets())
    ]
