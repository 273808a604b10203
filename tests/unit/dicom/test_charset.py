"""Bytes to text and back. The tables and examples are in tests/protocol/test_character_sets.py."""

import pytest

from filmroom.dicom import (
    VR,
    CharacterSets,
    DataSet,
    Element,
    ExplicitVRLittleEndian,
    encode_bytes,
    read_data_set,
)
from filmroom.dicom.charset import DEFAULT_CHARACTER_SETS, PN_DELIMITERS
from filmroom.errors import InvalidCharacterSet, InvalidValue

JAPANESE = CharacterSets.of(("", "ISO 2022 IR 87", "ISO 2022 IR 159"))
KATAKANA = CharacterSets.of(("ISO 2022 IR 13", "ISO 2022 IR 87"))
LATIN_AND_OTHERS = CharacterSets.of(
    ("ISO 2022 IR 100", "ISO 2022 IR 144", "ISO 2022 IR 126", "ISO 2022 IR 87", "ISO 2022 IR 149")
)

# ------------------------------------------------------------------ which sets are named


@pytest.mark.parametrize(
    "term",
    [
        "ISO-IR 100",
        "ISO IR 100",
        "iso_ir 100",
        "ISO_IR_100",
        "ISO 8859-1",
        "ISO2022 IR 100",
        " ISO_IR 100 ",
    ],
)
def test_terms_as_they_are_miswritten(term):
    sets = CharacterSets.of((term,))
    fault = "" if term.strip() == "ISO_IR 100" else "a character set that is miswritten"
    assert sets.fault == fault
    assert sets.decode(b"\xe9") == ("é", True)


@pytest.mark.parametrize("term", ["ISO_IR 192", "iso_ir 192", "UTF-8", "ISO_IR 192 "])
def test_utf_8(term):
    assert CharacterSets.of((term,)).decode("€".encode()) == ("€", True)


@pytest.mark.parametrize(
    "terms",
    [
        ("ISO_IR 999",),
        ("KLINGON",),
        ("ISO_IR",),
        ("", "KLINGON"),
        ("ISO_IR 192", "ISO 2022 IR 87"),
        ("ISO 2022 IR 6", "GB18030"),
        ("ISO_IR 13", "ISO 2022 IR 87"),
        ("ISO_IR 87",),
    ],
)
def test_terms_that_are_none_or_not_there(terms):
    assert CharacterSets.of(terms).fault


def test_what_is_known_beside_an_unknown_term_counts():
    sets = CharacterSets.of(("ISO 2022 IR 6", "KLINGON", "ISO 2022 IR 87"))
    assert sets.decode(b"\x1b$B;3\x1b(B") == ("山", True)


def test_none_and_an_empty_one_are_the_default():
    for terms in ((), ("",), ("ISO_IR 6",), ("ISO 2022 IR 6",)):
        assert CharacterSets.of(terms).decode(b"A") == ("A", True)
    assert CharacterSets() == DEFAULT_CHARACTER_SETS


# ------------------------------------------------------------------ delimiters and resets


def test_a_delimiter_brings_the_first_set_back():
    """PS3.5 §6.1.2.5.3; the circumflex divides names only."""
    raw = b"\x1b-L\xb6^\xe9"
    assert LATIN_AND_OTHERS.decode(raw, PN_DELIMITERS) == ("Ж^é", True)
    assert LATIN_AND_OTHERS.decode(raw) == ("Ж^щ", True)
    for delimiter in "\\\r\n\f\t":
        raw = b"\x1b-L\xb6" + delimiter.encode() + b"\xe9"
        assert LATIN_AND_OTHERS.decode(raw) == (f"Ж{delimiter}é", True)


@pytest.mark.parametrize(
    "text",
    [
        "Ж^é",
        "éЖé",
        "éЖ山Ж",
        "aЖ山bΔ길",
        "Ж\\Δ\\山",
        "山\r\n田",
        "é山é",
        "山 田",
        "=山^田=",
        "길a山",
    ],
)
def test_several_sets_in_one_text(text):
    raw = LATIN_AND_OTHERS.encode(text, PN_DELIMITERS)
    assert LATIN_AND_OTHERS.decode(raw, PN_DELIMITERS) == (text, True)


def test_g0_is_home_before_every_delimiter_and_at_the_end():
    raw = JAPANESE.encode("山^田=丂\\A", PN_DELIMITERS)
    assert raw == b"\x1b$B;3\x1b(B^\x1b$BED\x1b(B=\x1b$(D0!\x1b(B\\A"


@pytest.mark.parametrize(
    ("sets", "text", "raw"),
    [
        (JAPANESE, "十准", b"\x1b$B=\x3d=\x5a\x1b(B"),
        (JAPANESE, "術順", b"\x1b$B=\x51=\x67\x1b(B"),
        (JAPANESE, "淳準", b"\x1b$B=\x5f=\x60\x1b(B"),
        (JAPANESE, "竣駿", b"\x1b$B=\x57=\x59\x1b(B"),
        (JAPANESE, "旬楯", b"\x1b$B=\x5c=\x5d\x1b(B"),
        (JAPANESE, "殉", b"\x1b$B=\x5e\x1b(B"),
        (CharacterSets.of(("GB18030",)), "乗", b"\x81\x5c"),
        (CharacterSets.of(("GBK",)), "乛", b"\x81\x5e"),
    ],
)
def test_half_of_a_character_may_be_the_byte_of_a_delimiter(sets, text, raw):
    """3D, 5C and 5E are such halves in JIS X 0208, in GBK and in GB18030."""
    assert sets.decode(raw, PN_DELIMITERS) == (text, True)
    assert sets.encode(text, PN_DELIMITERS) == raw


def test_values_are_divided_after_decoding():
    """A backslash that is half of a character does not divide values."""
    ds = DataSet()
    ds["SpecificCharacterSet"] = "GB18030"
    ds.add(Element(0x00104000, VR.LT, b"\x81\x5c"))
    ds.add(Element(0x00101000, VR.LO, b"\x81\x5c\\A"))
    found = read_data_set(encode_bytes(ds, ExplicitVRLittleEndian), ExplicitVRLittleEndian)
    assert found.values_of("OtherPatientIDs") == ("乗", "A")
    assert found["PatientComments"] == "乗"


def test_katakana_beside_kanji():
    assert KATAKANA.decode(b"\xd4\xcf\x1b$B;3\x1b(J\xc0") == ("ﾔﾏ山ﾀ", True)
    assert KATAKANA.encode("ﾔﾏ山ﾀ") == b"\xd4\xcf\x1b$B;3\x1b(J\xc0"


def test_g1_stays_while_g0_has_two_bytes():
    assert KATAKANA.decode(b"\x1b$B;3\xd4ED\x1b(J") == ("山ﾔ田", True)


def test_romaji_designated_alone_reads_katakana_too():
    sets = CharacterSets.of(("", "ISO 2022 IR 13"))
    assert sets.decode(b"Japanese\r\x1b(J\xd4\xcf\xc0\xde\nText") == (
        "Japanese\rﾔﾏﾀﾞ\nText",
        True,
    )


def test_the_older_jis_escape():
    assert JAPANESE.decode(b"\x1b$@;3\x1b(B") == ("山", True)


def test_line_ends_bring_the_first_set_back_also_in_g0():
    assert JAPANESE.decode(b"\x1b$B;3\r\nabc") == ("山\r\nabc", True)


def test_a_multi_byte_set_alone_needs_no_empty_first_value():
    assert CharacterSets.of(("ISO 2022 IR 87",)).decode(b"abc\x1b$B;3\x1b(B") == ("abc山", True)
    assert CharacterSets.of(("ISO 2022 IR 149",)).decode(b"\xb1\xe6") == ("길", True)
    assert CharacterSets.of(("ISO 2022 IR 87",)).encode("abc山") == b"abc\x1b$B;3\x1b(B"


# ------------------------------------------------------------------ wrong declarations


@pytest.mark.parametrize(
    ("terms", "raw", "text"),
    [
        ((), b"M\xfcller", "Müller"),
        ((), "Müller".encode(), "Müller"),
        (("ISO_IR 6",), b"M\xfcller", "Müller"),
        (("ISO_IR 192",), b"M\xfcller", "M\ufffdller"),
        (("GB18030",), b"A\xff", "A\ufffd"),
        (("ISO_IR 127",), b"\xff", "\ufffd"),
        (("ISO_IR 13",), b"\x8eR", "山"),
        (("", "ISO 2022 IR 58"), b"\x1b$)A\x96|", "東"),
        (("", "ISO 2022 IR 149"), b"\x1b$)C\x8cc", "똠"),
        (("", "ISO 2022 IR 87"), b"\x1b$B;\x1b(B", "\ufffd"),
        (("", "ISO 2022 IR 87"), b"A\x1b", "A"),
        (("", "ISO 2022 IR 87"), b"A\x1b%G", "A%G"),
        (("", "ISO 2022 IR 87"), b"\x1b$B\xff\x1b(B", "ÿ"),
        (("ISO_IR 100",), b"\x1b%Gx", "%Gx"),
    ],
)
def test_wrong_declarations_are_told_and_read_as_far_as_can_be(terms, raw, text):
    found, sound = CharacterSets.of(terms).decode(raw)
    assert not sound
    assert found.replace("\ufffd\ufffd", "\ufffd") == text


def test_a_wrong_declaration_is_an_issue_and_keeps_the_bytes():
    ds = DataSet()
    ds["SpecificCharacterSet"] = "ISO_IR 192"
    ds.add(Element(0x00100020, VR.LO, b"M\xfcller"))
    encoded = encode_bytes(ds, ExplicitVRLittleEndian)
    found = read_data_set(encoded, ExplicitVRLittleEndian)
    assert found["PatientID"] == "M\ufffdller"
    assert found.raw("PatientID") == b"M\xfcller"
    (issue,) = found.issues
    assert (issue.tag, issue.offset) == (0x00100020, 18)
    assert encode_bytes(found, ExplicitVRLittleEndian) == encoded
    with pytest.raises(InvalidValue):
        read_data_set(encoded, ExplicitVRLittleEndian, strict=True)["PatientID"]


@pytest.mark.parametrize("length", range(12))
def test_any_bytes_can_be_decoded(length):
    sets = [CharacterSets.of(terms) for terms in (
        (), ("ISO_IR 192",), ("GB18030",), ("ISO_IR 13",), ("", "ISO 2022 IR 87"),
        ("ISO 2022 IR 13", "ISO 2022 IR 149", "ISO 2022 IR 58", "ISO 2022 IR 159"),
    )]  # fmt: skip
    for start in (0x00, 0x1B, 0x7F, 0xF0):
        raw = bytes((start + i * 37) & 0xFF for i in range(length))
        for one in sets:
            for prefix in (b"", b"\x1b$B", b"\x1b$)C", b"\x1b(J"):
                assert isinstance(one.decode(prefix + raw)[0], str)


# ------------------------------------------------------------------ encoding


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        ((), "é"),
        (("ISO_IR 100",), "Ж"),
        (("ISO_IR 13",), "山"),
        (("", "ISO 2022 IR 87"), "길"),
        (("GBK",), "\U00020000"),
        (("ISO_IR 192",), "\ud800"),
    ],
)
def test_what_the_sets_do_not_have(terms, text):
    with pytest.raises(InvalidCharacterSet) as caught:
        CharacterSets.of(terms).encode("A" + text)
    assert text not in str(caught.value)


def test_ascii_is_ascii_in_all():
    for terms in ((), ("ISO_IR 192",), ("ISO 2022 IR 13", "ISO 2022 IR 87"), ("GB18030",)):
        assert CharacterSets.of(terms).encode("Doe^John\\~") == b"Doe^John\\~"
