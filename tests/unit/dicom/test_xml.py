"""The Native DICOM Model as it is written (PS3.19 §A.1)."""

import tracemalloc
from xml.etree import ElementTree

import pytest

from filmroom.dicom import (
    VR,
    DataSet,
    Element,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    PersonName,
    encode_bytes,
    read_data_set,
)
from filmroom.dicom.xml import NAMESPACE, encode_xml
from filmroom.errors import InvalidValue

TAG = 0x00091001


def text_of(ds: DataSet, **options) -> str:
    return b"".join(encode_xml(ds, **options)).decode()


def tree(ds: DataSet, **options) -> ElementTree.Element:
    return ElementTree.fromstring(text_of(ds, **options))


def local(element) -> str:
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")


def content(vr, *values, tag=TAG):
    """Name, attributes and text of what stands in the attribute of ``values``."""
    ds = DataSet()
    ds.set(tag, vr, values)
    (attribute,) = tree(ds)
    return [(local(child), child.attrib.get("number"), child.text) for child in attribute]


# One row a VR: values, and the text of each Value (PS3.19 Table A.1.5-2).
VALUES = [
    (VR.AE, ("A", "B"), ["A", "B"]),
    (VR.AS, ("045Y",), ["045Y"]),
    (VR.AT, (0x0028000A,), ["0028000A"]),
    (VR.CS, ("MPG", "", "XR3"), ["MPG", None, "XR3"]),
    (VR.DA, ("20240229",), ["20240229"]),
    (VR.DS, ("0.5", "0.40"), ["0.5", "0.40"]),
    (VR.DT, ("2024",), ["2024"]),
    (VR.FD, (0.1, float("nan")), ["0.1", "NaN"]),
    (VR.FL, (0.5, float("inf"), -float("inf")), ["0.5", "INF", "-INF"]),
    (VR.IS, ("+07",), ["+07"]),
    (VR.LO, (" a & b <c>",), [" a & b <c>"]),
    (VR.LT, ("  a\\b\r\nc\td",), ["  a\\b\r\nc\td"]),
    (VR.SH, ("山",), ["山"]),
    (VR.SL, (-1,), ["-1"]),
    (VR.SS, (-1,), ["-1"]),
    (VR.ST, ("s",), ["s"]),
    (VR.SV, (-(2**63),), [str(-(2**63))]),
    (VR.TM, ("12",), ["12"]),
    (VR.UC, ("u", "c"), ["u", "c"]),
    (VR.UI, ("1.2",), ["1.2"]),
    (VR.UL, (1, 2), ["1", "2"]),
    (VR.UR, ("http://a?b&c",), ["http://a?b&c"]),
    (VR.US, (1,), ["1"]),
    (VR.UT, ("t",), ["t"]),
    (VR.UV, (2**64 - 1,), [str(2**64 - 1)]),
]
BINARY = [VR.OB, VR.OD, VR.OF, VR.OL, VR.OV, VR.OW, VR.UN]


@pytest.mark.parametrize(("vr", "values", "expected"), VALUES, ids=lambda value: str(value)[:12])
def test_values_by_vr(vr, values, expected):
    assert content(vr, *values) == [
        ("Value", str(number), text) for number, text in enumerate(expected, 1)
    ]


def test_every_vr_has_its_row():
    assert {row[0] for row in VALUES} | {*BINARY, VR.PN, VR.SQ} == set(VR)


@pytest.mark.parametrize("vr", BINARY)
def test_bytes_are_base64(vr):
    assert content(vr, b"\0\1\2\3\4\5\6\7") == [("InlineBinary", None, "AAECAwQFBgc=")]


@pytest.mark.parametrize("vr", list(VR))
def test_an_empty_attribute_has_no_content(vr):
    assert content(vr) == []


def test_the_document_is_as_the_schema_has_it():
    item = DataSet()
    item["PatientID"] = "1"
    ds = DataSet()
    ds["PatientName"] = PersonName.parse("Yamada^Tarou^^Dr=山田^太郎")
    ds["OtherPatientIDsSequence"] = [item, DataSet()]
    ds.set(0x00100000, VR.UL, 5)
    assert text_of(ds) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<NativeDicomModel xmlns="{NAMESPACE}" xml:space="preserve">\n'
        '<DicomAttribute tag="00100010" vr="PN" keyword="PatientName"><PersonName number="1">'
        "<Alphabetic><FamilyName>Yamada</FamilyName><GivenName>Tarou</GivenName>"
        "<NamePrefix>Dr</NamePrefix></Alphabetic>"
        "<Ideographic><FamilyName>山田</FamilyName><GivenName>太郎</GivenName></Ideographic>"
        "</PersonName></DicomAttribute>\n"
        '<DicomAttribute tag="00101002" vr="SQ" keyword="OtherPatientIDsSequence">'
        '<Item number="1">\n'
        '<DicomAttribute tag="00100020" vr="LO" keyword="PatientID"><Value number="1">1</Value>'
        '</DicomAttribute>\n</Item>\n<Item number="2">\n</Item>\n</DicomAttribute>\n'
        "</NativeDicomModel>\n"
    )


def test_private_elements_name_their_creator_in_place_of_their_block():
    ds = DataSet()
    ds.set(0x00090011, VR.LO, 'ACME "1"')
    ds.set(0x00091100, VR.CS, "zero")
    ds.set(0x00091110, VR.CS, "ten")
    assert [dict(attribute.attrib) for attribute in tree(ds)] == [
        {"tag": "00090000", "vr": "CS", "privateCreator": 'ACME "1"'},
        {"tag": "00090010", "vr": "CS", "privateCreator": 'ACME "1"'},
    ]


def test_private_elements_without_a_creator_and_creators_without_elements_stay_as_they_are():
    ds = DataSet()
    ds.set(0x00091001, VR.CS, "a")
    ds.set(0x00110010, VR.LO, "ACME")
    assert [dict(attribute.attrib) for attribute in tree(ds)] == [
        {"tag": "00091001", "vr": "CS"},
        {"tag": "00110010", "vr": "LO"},
    ]


def test_specific_character_set_becomes_utf_8():
    ds = DataSet()
    ds["SpecificCharacterSet"] = "ISO_IR 100"
    assert tree(ds)[0][0].text == "ISO_IR 192"


def test_bytes_of_big_endian_data_are_little_endian():
    ds = DataSet()
    ds.set(0x7FE00010, VR.OW, b"\1\0\2\0")
    big = read_data_set(encode_bytes(ds, ExplicitVRBigEndian), ExplicitVRBigEndian)
    assert text_of(big) == text_of(ds)


@pytest.mark.parametrize("character", ["\0", "\x1b", "\f", "\x0b", "\ufffe", "\uffff"])
def test_a_character_that_xml_cannot_hold_is_replaced_and_told(character):
    ds = DataSet()
    ds["PatientComments"] = f"a{character}b"
    assert tree(ds)[0][0].text == "a\ufffdb"
    (issue,) = ds.issues
    assert (issue.tag, issue.message) == (
        0x00104000,
        "a character that XML cannot hold is replaced",
    )


def test_a_character_that_xml_cannot_hold_raises_when_strict():
    ds = DataSet()
    ds["PatientComments"] = "a\fb"
    ds.parser.strict = True
    with pytest.raises(InvalidValue):
        text_of(ds)


@pytest.mark.parametrize("character", ["\t", "\n", "\r", "\x85", "\u2028", "&", "<", ">", '"', "'"])
def test_every_other_character_survives(character):
    ds = DataSet()
    ds["PatientComments"] = f"a{character}b"
    ds.set(0x00090010, VR.LO, f"a{character}b")
    ds.set(0x00091001, VR.CS, "x")
    private, comments = tree(ds)
    assert comments[0].text == f"a{character}b"
    assert private.attrib["privateCreator"] == f"a{character}b"


def test_a_uri_takes_the_place_of_a_value():
    item = DataSet()
    item.set(0x00281201, VR.OW, b"\0\1")
    ds = DataSet()
    ds["OtherPatientIDsSequence"] = [item]
    asked = []
    root = tree(ds, bulk_data=lambda path, e: asked.append(path) or 'http://a?b&c"')
    bulk = root[0][0][0][0]
    assert (local(bulk), bulk.attrib) == ("BulkData", {"uri": 'http://a?b&c"'})
    assert asked == [(0x00101002, 0, 0x00281201)]


def test_encapsulated_pixel_data_is_its_items():
    ds = DataSet()
    ds.add(Element(0x7FE00010, VR.OB, b"\xfe\xff\0\xe0\0\0\0\0", undefined_length=True))
    assert tree(ds)[0][0].text == "/v8A4AAAAAA="


def test_memory_does_not_grow_with_the_value():
    size = 48 << 20
    ds = read_data_set(
        b"\xe0\x7f\x10\0OB\0\0" + size.to_bytes(4, "little") + bytes(size), ExplicitVRLittleEndian
    )
    tracemalloc.start()
    written = sum(len(piece) for piece in encode_xml(ds))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert written > size * 4 // 3
    assert peak < 8 << 20
