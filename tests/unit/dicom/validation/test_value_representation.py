import pytest

from filmroom.dicom import VR
from filmroom.dicom.validation.value_representation import (
    REPRESENTATIONS,
    binary_fault,
    padding_fault,
    text_faults,
)

GOOD = [
    (VR.AE, "STATION_1"), (VR.AE, " STATION "), (VR.AE, "A" * 16),
    (VR.AS, "056Y"), (VR.AS, "003W"), (VR.AS, "010M"), (VR.AS, "001D"),
    (VR.CS, "CODE_1 X"), (VR.CS, "A\\\\B"), (VR.CS, "TERM "),
    (VR.DA, "20240229"), (VR.DA, "19000101"), (VR.DA, "20240229\\20240301"),
    (VR.DS, "1"), (VR.DS, "-1.5E+10"), (VR.DS, " 1. "), (VR.DS, ".5"), (VR.DS, "1234567890123456"),
    (VR.DT, "2024"), (VR.DT, "20240229235960"), (VR.DT, "20240229120000.123456+0530"),
    (VR.DT, "2024-1200"), (VR.DT, "202402+1400"),
    (VR.IS, "-2147483648"), (VR.IS, " 2147483647 "), (VR.IS, "+5\\ 6"),
    (VR.LO, "x" * 64), (VR.LO, "Grüße"), (VR.LO, "a\\b"),
    (VR.LT, "a\\b\r\n\tc\f"), (VR.LT, "x" * 10240),
    (VR.PN, "Nobody^Real"), (VR.PN, "a^b^c^d^e=f=g"), (VR.PN, "x" * 64 + "=" + "y" * 64),
    (VR.SH, "x" * 16), (VR.ST, "x" * 1024), (VR.ST, "two\r\nlines"),
    (VR.TM, "23"), (VR.TM, "2359"), (VR.TM, "235960"), (VR.TM, "235959.123456"), (VR.TM, "2359 "),
    (VR.UC, "x" * 5000), (VR.UI, "1.2.840.10008.0"), (VR.UI, "2.25.1\\2.25.2"), (VR.UI, "2.25.1\0"),
    (VR.UR, "https://example.org/a?b=%20#c"), (VR.UR, "../relative "),
    (VR.UT, "x" * 20000),
]  # fmt: skip
BAD = [
    (VR.AE, "A" * 17, "17 characters, at most 16"),
    (VR.AE, "A\n", "a control character"),
    (VR.AE, "      ", "nothing but spaces"),
    (VR.AS, "56Y", "not nnnD, nnnW, nnnM or nnnY"),
    (VR.AS, "0056Y", "not nnnD, nnnW, nnnM or nnnY"),
    (VR.CS, "lower", "characters other than A-Z, 0-9, space and underscore"),
    (VR.CS, "A-B", "characters other than A-Z, 0-9, space and underscore"),
    (VR.CS, "X" * 17, "17 characters, at most 16"),
    (VR.DA, "20240230", "no such day in the calendar"),
    (VR.DA, "2024.02.29", "the form YYYY.MM.DD of ACR-NEMA"),
    (VR.DA, "240229", "not YYYYMMDD"),
    (VR.DA, " 20240229", "not YYYYMMDD"),
    (VR.DA, "٢٠٢٤٠٢٢٩", "not YYYYMMDD"),
    (VR.DS, "1,5", "not a decimal number"),
    (VR.DS, "NaN", "not a decimal number"),
    (VR.DS, "1 2", "not a decimal number"),
    (VR.DS, "12345678901234567", "17 characters, at most 16"),
    (VR.DT, "20241", "not a date and time"),
    (VR.DT, "20240230", "no such date and time"),
    (VR.DT, "2024+1500", "an offset from UTC outside -1200 to +1400"),
    (VR.DT, "2024-0000", "an offset from UTC that there is not"),
    (VR.DT, "2024+0160", "an offset from UTC that there is not"),
    (VR.IS, "1.0", "not an integer"),
    (VR.IS, "2147483648", "outside -2^31 to 2^31-1"),
    (VR.IS, "-2147483649", "outside -2^31 to 2^31-1"),
    (VR.IS, "1" * 13, "13 characters, at most 12"),
    (VR.IS, "1" * 5000, "5000 characters, at most 12"),
    (VR.LO, "x" * 65, "65 characters, at most 64"),
    (VR.LO, "a\tb", "a control character"),
    (VR.LO, "a\x85b", "a control character"),
    (VR.LT, "x" * 10241, "10241 characters, at most 10240"),
    (VR.LT, "a\vb", "a control character"),
    (VR.PN, "x" * 65, "a component group of 65 characters, at most 64"),
    (VR.PN, "a=b=c=d", "4 component groups, at most 3"),
    (VR.PN, "a^b^c^d^e^f", "6 components in a group, at most 5"),
    (VR.PN, "a\rb", "a control character"),
    (VR.SH, "x" * 17, "17 characters, at most 16"),
    (VR.ST, "x" * 1025, "1025 characters, at most 1024"),
    (VR.TM, "12:30:00", "the form HH:MM:SS of ACR-NEMA"),
    (VR.TM, "2460", "no such time of day"),
    (VR.TM, "123", "not HHMMSS.FFFFFF"),
    (VR.TM, "120000.1234567", "not HHMMSS.FFFFFF"),
    (VR.UC, "a\nb", "a control character"),
    (VR.UI, "1.2.0840", "a component with a leading zero"),
    (VR.UI, "1..2", "an empty component"),
    (VR.UI, "1.2.", "an empty component"),
    (VR.UI, "1.2.x", "characters other than digits and dots"),
    (VR.UI, "3.1", "a root that no organization has"),
    (VR.UI, "1", "a root that no organization has"),
    (VR.UI, "1." + "2" * 63, "65 characters, at most 64"),
    (VR.UR, " http://example.org", "characters that no URI has (RFC 3986)"),
    (VR.UR, "http://example.org/ä", "characters that no URI has (RFC 3986)"),
    (VR.UR, "http://example.org/%2", "characters that no URI has (RFC 3986)"),
    (VR.UT, "a\0b", "a control character"),
]


@pytest.mark.parametrize(("vr", "text"), GOOD)
def test_values_that_the_vr_allows(vr, text):
    assert list(text_faults(vr, text)) == []


@pytest.mark.parametrize(("vr", "text", "fault"), BAD)
def test_values_that_the_vr_does_not_allow(vr, text, fault):
    assert list(text_faults(vr, text)) == [fault]


def test_every_text_vr_has_a_value_that_passes_and_one_that_fails():
    vrs = {vr for vr in VR if vr.facts.is_text}
    assert {vr for vr, _ in GOOD} == {vr for vr, *_ in BAD} == set(REPRESENTATIONS) == vrs


def test_each_value_of_several_is_named_by_its_number():
    assert list(text_faults(VR.CS, "GOOD\\bad\\GOOD\\worse")) == [
        "value 2: characters other than A-Z, 0-9, space and underscore",
        "value 4: characters other than A-Z, 0-9, space and underscore",
    ]


def test_a_fault_does_not_tell_the_value():
    for vr, text, fault in BAD:
        assert text not in fault or len(text) == 1, vr


@pytest.mark.parametrize(
    ("vr", "raw", "fault"),
    [
        (VR.LO, b"text", ""),
        (VR.LO, b"text ", ""),
        (VR.LO, b"text\0", "padded with NUL instead of a space"),
        (VR.UI, b"2.25.1\0", ""),
        (VR.UI, b"2.25.1\0\0", "more than one NUL at the end"),
        (VR.UI, b"2.25.1 ", "spaces in a UID, which is padded with one NUL"),
        (VR.UI, b" 2.25.1", "spaces in a UID, which is padded with one NUL"),
        (VR.UI, b"2.25.1 \\2.25.2", "spaces in a UID, which is padded with one NUL"),
        (VR.UI, b"", ""),
    ],
)
def test_padding(vr, raw, fault):
    assert padding_fault(vr, raw) == fault


@pytest.mark.parametrize(
    ("vr", "size"),
    [
        (VR.AT, 4), (VR.FD, 8), (VR.FL, 4), (VR.OD, 8), (VR.OF, 4), (VR.OL, 4), (VR.OV, 8),
        (VR.OW, 2), (VR.SL, 4), (VR.SS, 2), (VR.SV, 8), (VR.UL, 4), (VR.US, 2), (VR.UV, 8),
    ],
)  # fmt: skip
def test_binary_values_are_whole(vr, size):
    assert binary_fault(vr, 3 * size) == ""
    assert binary_fault(vr, 3 * size + 1) == f"length {3 * size + 1} is no multiple of {size}"


def test_bytes_are_of_any_length():
    assert binary_fault(VR.OB, 7) == binary_fault(VR.UN, 7) == ""
