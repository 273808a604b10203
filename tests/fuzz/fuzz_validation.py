"""Validation, and the dump of a data set.

For all bytes that are read as a data set, leniently, in every transfer syntax:

- validation never raises, whatever SOP class the data set claims to be of; the place of each
  finding can be shown and looked up;
- a dump has a line for each element, or a `DataError` says why not; its values are cut.

The first byte chooses the transfer syntax, the second the SOP class that is written over that of
the data set, or leaves it.
"""

from seeds import SYNTAXES, data_sets

from filmroom.dicom import STORAGE_SOP_CLASSES, read_data_set
from filmroom.dicom.dump import dump
from filmroom.dicom.validation import validate, value_at
from filmroom.errors import DataError

SOP_CLASSES = sorted(STORAGE_SOP_CLASSES)
CHANGED = 400
MOST_FINDINGS = 5000
LONGEST_VALUE = 2000


def check(data: bytes) -> None:
    if len(data) < 2:
        return
    try:
        ds = read_data_set(data[2:], SYNTAXES[data[0] % len(SYNTAXES)], max_inflated=1 << 20)
    except DataError:
        return
    if data[1]:
        ds["SOPClassUID"] = SOP_CLASSES[data[1] % len(SOP_CLASSES)]
    report = validate(ds)
    assert len(report.findings) < MOST_FINDINGS
    for finding in report.findings:
        assert finding.message
        assert str(finding)
        value_at(ds, finding.path)
    try:
        lines = list(dump(ds))
    except DataError:
        return
    assert len(lines) >= len(ds)
    assert all(len(line.value) < LONGEST_VALUE for line in lines)


def seeds() -> list[bytes]:
    found = []
    for number, (syntax, data) in enumerate(data_sets()):
        for sop_class in (0, number * 7 % 255 + 1):
            found.append(bytes([SYNTAXES.index(syntax), sop_class]) + data)
    return found
