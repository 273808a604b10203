import pytest

from filmroom.dicom import DataSet
from filmroom.dicom.validation.character_sets import check_character_set
from filmroom.dicom.validation.finding import Findings, Location


def faults(*terms):
    data_set = DataSet()
    data_set["SpecificCharacterSet"] = terms
    findings = Findings()
    check_character_set(data_set, Location(), findings)
    return [finding.message for finding in findings.report().findings]


SINGLE = ["100", "101", "109", "110", "144", "127", "126", "138", "148", "203", "13", "166"]


@pytest.mark.parametrize(
    "terms",
    [
        *((f"ISO_IR {number}",) for number in SINGLE),
        *(("", f"ISO 2022 IR {number}") for number in ["6", *SINGLE, "87", "159", "149", "58"]),
        ("ISO_IR 192",),
        ("GB18030",),
        ("GBK",),
        ("ISO 2022 IR 13", "ISO 2022 IR 87"),
        ("ISO 2022 IR 100", "ISO 2022 IR 144"),
        ("ISO 2022 IR 100",),
    ],
)
def test_defined_terms(terms):
    assert faults(*terms) == []


@pytest.mark.parametrize(
    ("terms", "messages"),
    [
        (("ISO-IR 100",), ["no defined term"]),
        (("ISO_IR 6",), ["no defined term"]),
        (("UTF-8",), ["no defined term"]),
        (("iso_ir 100",), ["no defined term"]),
        (("ISO_IR 100", "ISO 2022 IR 87"), ["value 1: a character set that cannot be combined"]),
        (("ISO_IR 192", "ISO_IR 100"), ["value 1: a character", "value 2: a character"]),
        (("ISO 2022 IR 87", "ISO 2022 IR 6"), ["value 1: a multi-byte character set as"]),
        (("ISO 2022 IR 6", ""), ["value 2: only the first value may be empty"]),
    ],
)
def test_terms_that_are_not_allowed(terms, messages):
    found = faults(*terms)
    assert len(found) == len(messages)
    for message, start in zip(found, messages, strict=True):
        assert message.startswith(start)


def test_no_declaration_is_no_fault():
    findings = Findings()
    check_character_set(DataSet(), Location(), findings)
    assert findings.report().findings == ()
