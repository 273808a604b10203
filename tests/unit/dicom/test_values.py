"""Values of all 34 VRs from bytes and back."""

import struct
from array import array
from datetime import date, datetime, time
from decimal import Decimal

import numpy as np
import pytest

from filmroom.dicom import VR, CharacterSets, PersonName, Tag
from filmroom.dicom.number_strings import DecimalString, IntegerString
from filmroom.dicom.temporal import AgeString, DateString, DateTimeString, TimeOfDay, TimeString
from filmroom.dicom.values import (
    decode_text,
    decode_values,
    encode_values,
    numbers_of,
    typed_values,
)
from filmroom.errors import InvalidCharacterSet, InvalidValue

UTF_8 = CharacterSets.of(("ISO_IR 192",))


def decode(vr, raw, *, little=True, sets=UTF_8):
    values, fault = decode_values(vr, raw, little_endian=little, sets=sets)
    assert fault == ""
    return values


def encode(vr, values, *, little=True, sets=UTF_8):
    return encode_values(vr, values, little_endian=little, sets=sets)


TEXT = [
    (VR.AE, b"STORE_SCP ", ("STORE_SCP",)),
    (VR.AE, b"A\\B ", ("A", "B")),
    (VR.AS, b"053Y", ("053Y",)),
    (VR.CS, b"ORIGINAL\\PRIMARY ", ("ORIGINAL", "PRIMARY")),
    (VR.CS, b"A\\\\B", ("A", "", "B")),
    (VR.DA, b"20240229", ("20240229",)),
    (VR.DS, b"1.50\\-2", (1.5, -2.0)),
    (VR.DS, b"1\\\\3", (1.0, "", 3.0)),
    (VR.DT, b"20240229101112.123456+0100", ("20240229101112.123456+0100",)),
    (VR.IS, b"007 ", (7,)),
    (VR.LO, "Zürich\\Bern".encode(), ("Zürich", "Bern")),
    (VR.LT, b" a\\b\r\n", (" a\\b\r\n",)),
    (
        VR.PN,
        "Doe^John\\=山^田 ".encode(),
        (PersonName.of("Doe", "John"), PersonName.parse("=山^田")),
    ),
    (VR.SH, b"  one ", ("one",)),
    (VR.ST, b" text\\text ", (" text\\text",)),
    (VR.TM, b"101112.5", ("101112.5",)),
    (VR.UC, b" a\\b ", (" a", "b")),
    (VR.UI, b"1.2.3\\1.2.45\0", ("1.2.3", "1.2.45")),
    (VR.UR, b"http://localhost/a\\b", ("http://localhost/a\\b",)),
    (VR.UT, "  ½ ".encode(), ("  ½",)),
]
"""VR, bytes of the stream, values."""

NUMBERS = [
    (VR.AT, "HH", (0x0010, 0x0020), (Tag(0x00100020),)),
    (VR.FD, "d", (1.5, -0.25)),
    (VR.FL, "f", (1.5, -0.25, float("inf"))),
    (VR.SL, "i", (-(2**31), 2**31 - 1)),
    (VR.SS, "h", (-(2**15), 2**15 - 1)),
    (VR.SV, "q", (-(2**63), 2**63 - 1)),
    (VR.UL, "I", (0, 2**32 - 1)),
    (VR.US, "H", (0, 2**16 - 1)),
    (VR.UV, "Q", (0, 2**64 - 1)),
]
"""VR, format of :mod:`struct`, numbers, values where they are others."""

BULK = [VR.OB, VR.OD, VR.OF, VR.OL, VR.OV, VR.OW, VR.UN]


def test_every_vr_but_sequences_is_here():
    tested = {row[0] for row in [*TEXT, *NUMBERS]} | set(BULK)
    assert tested == set(VR) - {VR.SQ}


@pytest.mark.parametrize(("vr", "raw", "values"), TEXT)
def test_text(vr, raw, values):
    found = decode(vr, raw)
    assert found == values
    assert decode(vr, memoryview(raw)) == values
    again = encode(vr, found)
    assert len(again) % 2 == 0
    assert decode(vr, again) == values


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: row[0])
@pytest.mark.parametrize("little", [True, False])
def test_numbers(row, little):
    vr, code, numbers, values = (*row, row[2])[:4]
    order = "<" if little else ">"
    raw = b"".join(struct.pack(order + code, *numbers[i : i + len(code)])
                   for i in range(0, len(numbers), len(code)))  # fmt: skip
    assert decode(vr, raw, little=little) == values
    assert encode(vr, values, little=little) == raw


@pytest.mark.parametrize("vr", BULK)
def test_bulk_values_are_the_bytes_themselves(vr):
    raw = memoryview(bytearray(16))
    (value,) = decode(vr, raw)
    assert value is raw
    assert encode(vr, (raw,)).obj is raw.obj


@pytest.mark.parametrize("vr", sorted(set(VR) - {VR.SQ}))
def test_a_value_of_no_length(vr):
    assert decode(vr, b"") == ()
    assert encode(vr, ()) == b""


@pytest.mark.parametrize("vr", [row[0] for row in TEXT])
def test_padding_alone_is_no_value(vr):
    assert decode(vr, b"  ") == ()
    assert decode(vr, b"\0\0") == ()


# ------------------------------------------------------------------ types


@pytest.mark.parametrize(
    ("vr", "kind"),
    [
        (VR.AS, AgeString),
        (VR.AT, Tag),
        (VR.DA, DateString),
        (VR.DS, DecimalString),
        (VR.DT, DateTimeString),
        (VR.IS, IntegerString),
        (VR.LO, str),
        (VR.PN, PersonName),
        (VR.TM, TimeString),
        (VR.UI, str),
    ],
)
def test_what_is_set_is_typed_as_what_is_read(vr, kind):
    given = 5 if vr is VR.AT else "5"
    raw = b"\0\0\5\0" if vr is VR.AT else b"5 "
    (read,) = decode(vr, raw)
    (made,) = typed_values(vr, (given,))
    assert type(read) is type(made) is kind
    assert read == made


@pytest.mark.parametrize(
    ("vr", "given", "raw"),
    [
        (VR.DA, date(2024, 2, 29), b"20240229"),
        (VR.DA, datetime(2024, 2, 29), b"20240229"),
        (VR.TM, time(1, 2, 3), b"010203"),
        (VR.TM, TimeOfDay(time(1, 2), "minute"), b"0102"),
        (VR.DT, datetime(2024, 2, 29, 1, 2, 3), b"20240229010203"),
        (VR.DS, 1, b"1 "),
        (VR.DS, 0.1 + 0.2, b"0.3 "),
        (VR.DS, Decimal("1.10"), b"1.1 "),
        (VR.DS, "1.10", b"1.10"),
        (VR.IS, 12, b"12"),
        (VR.IS, "0012", b"0012"),
        (VR.PN, "Doe^John", b"Doe^John"),
        (VR.PN, None, b""),
        (VR.LO, None, b""),
        (VR.DS, None, b""),
    ],
)
def test_plain_python_may_stand_for_values(vr, given, raw):
    assert encode(vr, typed_values(vr, (given,))) == raw


def test_a_ds_of_more_digits_is_the_same_before_and_after():
    (made,) = typed_values(VR.DS, (1.0000000000000002e16,))
    (read,) = decode(VR.DS, encode(VR.DS, (made,)))
    assert made == read


@pytest.mark.parametrize(
    ("vr", "value"),
    [
        (VR.DS, float("nan")),
        (VR.DS, object()),
        (VR.IS, 1 << 31),
        (VR.IS, 1.5),
        (VR.DA, 20240229),
        (VR.TM, 10.5),
        (VR.PN, 5),
        (VR.LO, 5),
        (VR.UI, b"1.2"),
        (VR.US, -1),
        (VR.US, 1 << 16),
        (VR.US, 1.5),
        (VR.SS, 1 << 15),
        (VR.UL, "5"),
        (VR.FL, 1e300),
        (VR.FD, None),
        (VR.AT, 1 << 32),
        (VR.AT, "PatientName"),
        (VR.UV, -1),
        (VR.OB, "text"),
        (VR.OW, 5),
        (VR.UN, None),
    ],
)
def test_what_does_not_fit_is_refused_when_encoded(vr, value):
    with pytest.raises(InvalidValue) as caught:
        encode(vr, typed_values(vr, (value,)))
    assert vr in str(caught.value)


def test_a_backslash_divides_where_values_are_several():
    for vr in (VR.LO, VR.CS, VR.PN, VR.UC):
        with pytest.raises(InvalidValue):
            encode(vr, typed_values(vr, ("a\\b",)))
    assert encode(VR.LT, ("a\\b",)) == b"a\\b "


def test_bulk_is_one_value():
    with pytest.raises(InvalidValue):
        encode(VR.OB, (b"12", b"34"))


def test_characters_outside_the_repertoire():
    with pytest.raises(InvalidValue):
        encode(VR.CS, ("Ä",))
    with pytest.raises(InvalidCharacterSet):
        encode(VR.LO, ("Ж",), sets=CharacterSets.of(("ISO_IR 100",)))
    assert encode(VR.LO, ("Ä",), sets=CharacterSets.of(("ISO_IR 100",))) == b"\xc4 "


@pytest.mark.parametrize(
    ("vr", "padding"), [(VR.UI, b"\0"), (VR.CS, b" "), (VR.LO, b" "), (VR.UT, b" "), (VR.DS, b" ")]
)
def test_padding_of_text(vr, padding):
    assert encode(vr, typed_values(vr, ("1",))) == b"1" + padding


def test_padding_of_bytes():
    assert encode(VR.OB, (b"123",)) == b"123\0"
    assert encode(VR.OB, (memoryview(b"123"),)) == b"123\0"


def test_anything_with_a_buffer_is_bytes():
    assert bytes(encode(VR.OW, (np.array([[1, 2], [3, 4]], "<u2"),))) == bytes.fromhex(
        "0100020003000400"
    )
    assert bytes(encode(VR.OB, (np.arange(6, dtype="u1").reshape(2, 3),))) == bytes(range(6))
    assert bytes(encode(VR.OB, (np.arange(8, dtype="u1")[::2],))) == b"\0\2\4\6"
    assert bytes(encode(VR.OF, (array("f", [1.0]),))) == struct.pack("=f", 1.0)


# ------------------------------------------------------------------ faults


@pytest.mark.parametrize(
    ("vr", "raw", "values", "fault"),
    [
        (VR.DS, b"1\\x ", (1.0, "x"), "no number"),
        (VR.DS, b"1,5 ", ("1,5",), "no number"),
        (VR.IS, b"1.5 ", ("1.5",), "no number"),
        (VR.IS, b"1.0 ", (1,), "fraction"),
        (VR.IS, b"1E999999", ("1E999999",), "no number"),
        (VR.US, b"\1\0\2", (1,), "no multiple of 2"),
        (VR.FD, b"1234", (), "no multiple of 8"),
        (VR.AT, b"\1\0", (), "no multiple of 4"),
        (VR.CS, b"\xc4 ", ("Ä",), "outside"),
        (VR.LO, b"\xc4 ", ("�",), "outside"),
    ],
)
def test_faults_are_told_and_what_can_be_read_is(vr, raw, values, fault):
    found, told = decode_values(vr, raw, little_endian=True, sets=UTF_8)
    assert found == values
    assert fault in told
    assert "1,5" not in told


def test_whole_text():
    assert decode_text(VR.LO, b"a\\b ", UTF_8) == ("a\\b ", True)
    assert decode_text(VR.CS, b"\xff", UTF_8) == ("ÿ", False)


# ------------------------------------------------------------------ numbers of bulk values


@pytest.mark.parametrize(
    ("vr", "code"),
    [(VR.OB, "B"), (VR.OW, "H"), (VR.OL, "I"), (VR.OV, "Q"), (VR.OF, "f"), (VR.OD, "d")],
)
@pytest.mark.parametrize("little", [True, False])
def test_numbers_of_bulk_values(vr, code, little):
    raw = struct.pack(f"{'<' if little else '>'}3{code}", 1, 2, 3)
    numbers = numbers_of(vr, raw, little_endian=little)
    assert numbers.format == code
    assert numbers.tolist() == [1, 2, 3]


def test_numbers_in_the_order_of_the_machine_are_not_copied():
    raw = bytearray(8)
    numbers = numbers_of(VR.OW, memoryview(raw), little_endian=True)
    raw[2] = 5
    assert np.asarray(numbers).tolist() == [0, 5, 0, 0]


def test_bytes_beyond_the_last_number_are_left_out():
    assert numbers_of(VR.OF, bytes(7), little_endian=True).tolist() == [0.0]
    assert numbers_of(VR.OF, bytes(7), little_endian=False).tolist() == [0.0]
