"""The value representations of PS3.5 §6.2, typed a second time."""

import pytest

from filmroom.dicom import VR
from filmroom.dicom.vr import LONG_VRS, SHORT_VRS

PS3_5_TABLE_6_2_1 = """
AE Application Entity       text    16     no   default  backslash
AS Age String               text    4      no   default  backslash
AT Attribute Tag            binary  4      no   -        repeated
CS Code String              text    16     no   default  backslash
DA Date                     text    8      no   default  backslash
DS Decimal String           text    16     no   default  backslash
DT Date Time                text    26     no   default  backslash
FD Floating Point Double    binary  8      no   -        repeated
FL Floating Point Single    binary  4      no   -        repeated
IS Integer String           text    12     no   default  backslash
LO Long String              text    64     no   replaced backslash
LT Long Text                text    10240  no   replaced single
OB Other Byte               binary  none   yes  -        single
OD Other Double             binary  none   yes  -        single
OF Other Float              binary  none   yes  -        single
OL Other Long               binary  none   yes  -        single
OV Other 64-bit Very Long   binary  none   yes  -        single
OW Other Word               binary  none   yes  -        single
PN Person Name              text    64     no   replaced backslash
SH Short String             text    16     no   replaced backslash
SL Signed Long              binary  4      no   -        repeated
SQ Sequence of Items        binary  none   yes  -        single
SS Signed Short             binary  2      no   -        repeated
ST Short Text               text    1024   no   replaced single
SV Signed 64-bit Very Long  binary  8      yes  -        repeated
TM Time                     text    14     no   default  backslash
UC Unlimited Characters     text    none   yes  replaced backslash
UI Unique Identifier        text    64     no   default  backslash
UL Unsigned Long            binary  4      no   -        repeated
UN Unknown                  binary  none   yes  -        single
UR Universal Resource       text    none   yes  default  single
US Unsigned Short           binary  2      no   -        repeated
UT Unlimited Text           text    none   yes  replaced single
UV Unsigned 64-bit Very Long binary 8      yes  -        repeated
"""
"""VR, name, kind, most characters or bytes of a value, whether its length field has 32 bits (Tables
7.1-1 and 7.1-2), whether Specific Character Set replaces the repertoire, how values are several."""

BYTES_OF_A_NUMBER = {
    "AT": 2, "FD": 8, "FL": 4, "OB": 1, "OD": 8, "OF": 4, "OL": 4, "OV": 8, "OW": 2, "SL": 4,
    "SQ": 1, "SS": 2, "SV": 8, "UL": 4, "UN": 1, "US": 2, "UV": 8,
}  # fmt: skip
"""The unit of byte swapping (PS3.5 §7.3)."""

ROWS = [(line.split()[0], *line.split()[-5:]) for line in PS3_5_TABLE_6_2_1.strip().splitlines()]


def test_there_are_34():
    assert [row[0] for row in ROWS] == [vr.value for vr in VR]
    assert len(VR) == 34


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_row(row):
    code, kind, most, long, repertoire, several = row
    facts = VR(code).facts
    assert facts.is_text is (kind == "text")
    assert facts.max_length == (None if most == "none" else int(most))
    assert facts.length_bytes == (4 if long == "yes" else 2)
    assert facts.charset is (repertoire == "replaced")
    assert facts.multiple is (several != "single")
    assert facts.item_size == (0 if kind == "text" else BYTES_OF_A_NUMBER[code])


@pytest.mark.parametrize("vr", list(VR))
def test_padding(vr):
    """Spaces for text, NUL for UI and all that is binary (PS3.5 §6.2)."""
    assert vr.facts.padding == (b" " if vr.facts.is_text and vr is not VR.UI else b"\0")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_lookup_by_the_bytes_of_the_stream(row):
    code = row[0].encode()
    assert (code in LONG_VRS) is (row[3] == "yes")
    assert (code in SHORT_VRS) is (row[3] == "no")
    assert {**SHORT_VRS, **LONG_VRS}[code] is VR(row[0])
