"""Specific Character Set: every defined term of PS3.3, every example that PS3.5 prints.

Annexes H, I, J and K of PS3.5 give their examples as bytes; they are typed here in hexadecimal.
"""

import pytest

from filmroom.dicom import (
    VR,
    CharacterSets,
    DataSet,
    Element,
    ExplicitVRLittleEndian,
    PersonName,
    encode_bytes,
    read_data_set,
)
from filmroom.dicom.charset import PN_DELIMITERS, TEXT_DELIMITERS


def h(text):
    return bytes.fromhex(text)


TERMS = [
    # PS3.3 Table C.12-2, single-byte without code extensions: text and bytes of a character
    ("ISO_IR 100", "é", h("e9")),
    ("ISO_IR 101", "č", h("e8")),
    ("ISO_IR 109", "ħ", h("b1")),
    ("ISO_IR 110", "ķ", h("f3")),
    ("ISO_IR 144", "Ж", h("b6")),
    ("ISO_IR 127", "ش", h("d4")),
    ("ISO_IR 126", "Δ", h("c4")),
    ("ISO_IR 138", "ש", h("f9")),
    ("ISO_IR 148", "ğ", h("f0")),
    ("ISO_IR 203", "€", h("a4")),
    ("ISO_IR 13", "ﾔ", h("d4")),
    ("ISO_IR 166", "ก", h("a1")),
    # Table C.12-5, multi-byte without code extensions
    ("ISO_IR 192", "€", h("e282ac")),
    ("GB18030", "东", h("b6ab")),
    ("GBK", "東", h("967c")),
]

EXTENSIONS = [
    # Table C.12-3, single-byte with code extensions: escape sequence into G1, character
    ("ISO 2022 IR 100", "é", h("1b2d41 e9")),
    ("ISO 2022 IR 101", "č", h("1b2d42 e8")),
    ("ISO 2022 IR 109", "ħ", h("1b2d43 b1")),
    ("ISO 2022 IR 110", "ķ", h("1b2d44 f3")),
    ("ISO 2022 IR 144", "Ж", h("1b2d4c b6")),
    ("ISO 2022 IR 127", "ش", h("1b2d47 d4")),
    ("ISO 2022 IR 126", "Δ", h("1b2d46 c4")),
    ("ISO 2022 IR 138", "ש", h("1b2d48 f9")),
    ("ISO 2022 IR 148", "ğ", h("1b2d4d f0")),
    ("ISO 2022 IR 203", "€", h("1b2d62 a4")),
    ("ISO 2022 IR 13", "ﾔ", h("1b2949 d4")),
    ("ISO 2022 IR 166", "ก", h("1b2d54 a1")),
    # Table C.12-4, multi-byte with code extensions; into G0 with the way back
    ("ISO 2022 IR 87", "山", h("1b2442 3b33 1b2842")),
    ("ISO 2022 IR 159", "丂", h("1b242844 3021 1b2842")),
    ("ISO 2022 IR 149", "길", h("1b242943 b1e6")),
    ("ISO 2022 IR 58", "张", h("1b242941 d5c5")),
]


@pytest.mark.parametrize(("term", "text", "raw"), TERMS, ids=lambda value: str(value))
def test_terms_alone(term, text, raw):
    sets = CharacterSets.of((term,))
    assert sets.fault == ""
    assert sets.decode(b"A" + raw) == ("A" + text, True)
    assert sets.encode("A" + text) == b"A" + raw


@pytest.mark.parametrize(("term", "text", "raw"), EXTENSIONS, ids=lambda value: str(value))
@pytest.mark.parametrize("first", ["", "ISO 2022 IR 6"])
def test_terms_of_code_extensions(first, term, text, raw):
    sets = CharacterSets.of((first, term))
    assert sets.fault == ""
    assert sets.decode(raw) == (text, True)
    assert sets.encode(text) == raw


@pytest.mark.parametrize(("term", "text", "raw"), EXTENSIONS[:12], ids=lambda value: str(value))
def test_a_single_byte_set_as_the_first_needs_no_escape_sequence(term, text, raw):
    sets = CharacterSets.of((term, "ISO 2022 IR 87"))
    assert sets.decode(raw[-1:]) == (text, True)
    assert sets.encode(text) == raw[-1:]


EXAMPLES = {
    "H.3-1": (
        ("", "ISO 2022 IR 87"),
        "Yamada^Tarou=山田^太郎=やまだ^たろう",
        "59 61 6d 61 64 61 5e 54 61 72 6f 75 3d"
        "1b 24 42 3b 33 45 44 1b 28 42 5e 1b 24 42 42 40 4f 3a 1b 28 42 3d"
        "1b 24 42 24 64 24 5e 24 40 1b 28 42 5e 1b 24 42 24 3f 24 6d 24 26 1b 28 42",
    ),
    "H.3-2": (
        ("ISO 2022 IR 13", "ISO 2022 IR 87"),
        "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
        "d4 cf c0 de 5e c0 db b3 3d"
        "1b 24 42 3b 33 45 44 1b 28 4a 5e 1b 24 42 42 40 4f 3a 1b 28 4a 3d"
        "1b 24 42 24 64 24 5e 24 40 1b 28 4a 5e 1b 24 42 24 3f 24 6d 24 26 1b 28 4a",
    ),
    "I.2-1": (
        ("", "ISO 2022 IR 149"),
        "Hong^Gildong=洪^吉洞=홍^길동",
        "48 6f 6e 67 5e 47 69 6c 64 6f 6e 67 3d"
        "1b 24 29 43 fb f3 5e 1b 24 29 43 d1 ce d4 d7 3d"
        "1b 24 29 43 c8 ab 5e 1b 24 29 43 b1 e6 b5 bf",
    ),
    "J.1-1": (
        ("ISO_IR 192",),
        "Wang^XiaoDong=王^小東=",
        "57 61 6e 67 5e 58 69 61 6f 44 6f 6e 67 3d e7 8e 8b 5e e5 b0 8f e6 9d b1 3d",
    ),
    "J.3-1": (
        ("GB18030",),
        "Wang^XiaoDong=王^小东=",
        "57 61 6e 67 5e 58 69 61 6f 44 6f 6e 67 3d cd f5 5e d0 a1 b6 ab 3d",
    ),
    "K.2-1": (
        ("", "ISO 2022 IR 58"),
        "Zhang^XiaoDong=张^小东=",
        "5a 68 61 6e 67 5e 58 69 61 6f 44 6f 6e 67 3d"
        "1b 24 29 41 d5 c5 5e 1b 24 29 41 d0 a1 b6 ab 3d",
    ),
}
"""Person names: Specific Character Set, text, bytes."""

TEXTS = {
    "I.3-1": (
        ("", "ISO 2022 IR 149"),
        "The 1st line includes 길동.\r\nThe 2nd line includes 길동, too.\r\nThe 3rd line.",
        b"\x1b$)CThe 1st line includes \xb1\xe6\xb5\xbf.\r\n"
        b"\x1b$)CThe 2nd line includes \xb1\xe6\xb5\xbf, too.\r\nThe 3rd line.",
    ),
    "J.2-1": (
        ("ISO_IR 192",),
        "The first line includes 中文.\r\n"
        "The second line includes 中文, too.\r\nThe third line.\r\n",
        b"The first line includes \xe4\xb8\xad\xe6\x96\x87.\r\n"
        b"The second line includes \xe4\xb8\xad\xe6\x96\x87, too.\r\nThe third line.\r\n",
    ),
    "J.4-1": (
        ("GB18030",),
        "The first line includes中文.\r\nThe second line includes中文, too.\r\nThe third line.\r\n",
        b"The first line includes\xd6\xd0\xce\xc4.\r\n"
        b"The second line includes\xd6\xd0\xce\xc4, too.\r\nThe third line.\r\n",
    ),
    "K.3-1": (
        ("", "ISO 2022 IR 58"),
        "1.第一行文字。\r\n2.第二行文字。\r\n3.第三行文字。\r\n",
        b"1.\x1b$)A\xb5\xda\xd2\xbb\xd0\xd0\xce\xc4\xd7\xd6\xa1\xa3\r\n"
        b"2.\x1b$)A\xb5\xda\xb6\xfe\xd0\xd0\xce\xc4\xd7\xd6\xa1\xa3\r\n"
        b"3.\x1b$)A\xb5\xda\xc8\xfd\xd0\xd0\xce\xc4\xd7\xd6\xa1\xa3\r\n",
    ),
}
"""Long texts: Specific Character Set, text, bytes."""


@pytest.mark.parametrize("name", EXAMPLES)
def test_names_that_the_standard_prints(name):
    terms, text, digits = EXAMPLES[name]
    sets = CharacterSets.of(terms)
    assert sets.decode(h(digits), PN_DELIMITERS) == (text, True)
    assert sets.encode(text, PN_DELIMITERS) == h(digits)


@pytest.mark.parametrize("name", TEXTS)
def test_texts_that_the_standard_prints(name):
    terms, text, raw = TEXTS[name]
    sets = CharacterSets.of(terms)
    assert sets.decode(raw, TEXT_DELIMITERS) == (text, True)
    assert sets.encode(text, TEXT_DELIMITERS) == raw


@pytest.mark.parametrize("name", EXAMPLES)
def test_names_in_a_data_set(name):
    """The same through a data set: read, its groups, and set anew."""
    terms, text, digits = EXAMPLES[name]
    ds = DataSet()
    ds["SpecificCharacterSet"] = terms
    ds.add(Element(0x00100010, VR.PN, h(digits) + b" " * (len(h(digits)) % 2)))
    found = read_data_set(encode_bytes(ds, ExplicitVRLittleEndian), ExplicitVRLittleEndian)
    read = found["PatientName"]
    assert read == PersonName.parse(text)
    assert [read.alphabetic, read.ideographic, read.phonetic] == [*text.split("="), ""][:3]
    assert found.issues == []
    found["PatientName"] = read
    assert bytes(found.raw("PatientName")).rstrip() == h(digits).rstrip(b"=")
