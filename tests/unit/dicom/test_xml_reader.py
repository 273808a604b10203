"""Data sets out of the Native DICOM Model: what is read, tolerated and refused (PS3.19 §A.1)."""

import math

import pytest

from filmroom.dicom import VR, DataSet, PersonName
from filmroom.dicom.xml import NAMESPACE
from filmroom.dicom.xml_reader import read_xml
from filmroom.errors import (
    DataError,
    InvalidDicomFile,
    InvalidValue,
    InvalidVR,
    MissingRequiredTag,
    NestingTooDeep,
)

START = f'<NativeDicomModel xmlns="{NAMESPACE}" xml:space="preserve">'
END = "</NativeDicomModel>"


def document(content: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>{START}{content}{END}'.encode()


def attribute(content: str = "", vr="LO", tag="00100020", **attributes) -> str:
    given = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f'<DicomAttribute tag="{tag}" vr="{vr}" {given}>{content}</DicomAttribute>'


def read(content: str, **options) -> DataSet:
    return read_xml(document(content), strict=True, **options)


def values(*texts: str) -> str:
    return "".join(f'<Value number="{n}">{text}</Value>' for n, text in enumerate(texts, 1))


class TestValues:
    @pytest.mark.parametrize(
        ("vr", "texts", "expected"),
        [
            ("CS", ("MPG", "", "XR3"), ("MPG", "", "XR3")),
            ("DS", ("0.50", "1"), (0.5, 1.0)),
            ("IS", ("+07",), (7,)),
            ("US", ("5", "6"), (5, 6)),
            ("UV", ("18446744073709551615",), (2**64 - 1,)),
            ("FD", ("1e-3", "INF", "-INF"), (0.001, math.inf, -math.inf)),
            ("AT", ("0028000A",), (0x0028000A,)),
            ("LT", (" a\\b ",), (" a\\b ",)),
            ("LO", ("&lt;&amp;&#13;",), ("<&\r",)),
        ],
    )
    def test_by_vr(self, vr, texts, expected):
        assert read(attribute(values(*texts), vr, "00091001")).values_of(0x00091001) == expected

    def test_not_a_number(self):
        (value,) = read(attribute(values("NaN"), "FL", "00091001")).values_of(0x00091001)
        assert math.isnan(value)

    def test_ds_keeps_its_digits(self):
        assert read(attribute(values("1.500"), "DS", "00281053")).text("RescaleSlope") == "1.500"

    @pytest.mark.parametrize("vr", [vr for vr in VR if vr is not VR.SQ])
    def test_no_content_is_zero_length(self, vr):
        ds = read(attribute("", vr, "00091001"))
        assert (ds.element(0x00091001).vr, bytes(ds.raw(0x00091001))) == (vr, b"")

    def test_names_from_their_components(self):
        name = (
            '<PersonName number="1"><Alphabetic><FamilyName>Yamada</FamilyName>'
            "<NamePrefix>Dr</NamePrefix></Alphabetic><Phonetic><GivenName>x</GivenName></Phonetic>"
            "</PersonName>"
        )
        ds = read(attribute(name, "PN", "00100010"))
        assert ds["PatientName"] == PersonName.parse("Yamada^^^Dr==^x")

    def test_components_in_any_order(self):
        name = (
            '<PersonName number="1"><Alphabetic><GivenName>b</GivenName>'
            "<FamilyName>a</FamilyName></Alphabetic></PersonName>"
        )
        assert str(read(attribute(name, "PN", "00100010"))["PatientName"]) == "a^b"

    def test_items(self):
        content = f'<Item number="1">\n{attribute(values("x"))}\n</Item><Item number="2"/>'
        first, second = read(attribute(content, "SQ", "00101002"))["OtherPatientIDsSequence"]
        assert (first["PatientID"], len(second)) == ("x", 0)

    @pytest.mark.parametrize("text", ["AQI=", " AQ\nI=\n"])
    def test_inline_binary_with_or_without_line_breaks(self, text):
        ds = read(attribute(f"<InlineBinary>{text}</InlineBinary>", "OB", "00091001"))
        assert bytes(ds.raw(0x00091001)) == b"\1\2"

    def test_the_vr_may_be_left_out_where_the_dictionary_knows_it(self):
        ds = read(f'<DicomAttribute tag="00280010">{values("5")}</DicomAttribute>')
        assert (ds["Rows"], ds.issues) == (5, [])

    def test_text_beyond_ascii_makes_a_data_set_in_utf_8(self):
        assert read(attribute(values("Größe")))["SpecificCharacterSet"] == "ISO_IR 192"

    @pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1", "windows-1252"])
    def test_the_encoding_of_the_document_is_its_own(self, encoding):
        text = (
            f'<?xml version="1.0" encoding="{encoding}"?>{START}{attribute(values("Größe"))}{END}'
        )
        assert read_xml(text.encode(encoding), strict=True)["PatientID"] == "Größe"

    def test_pieces_of_any_size_are_the_whole(self):
        whole = document(
            attribute(values("Größe" * 50)) + attribute(values("CT"), "CS", "00080060")
        )
        pieces = (whole[n : n + 7] for n in range(0, len(whole), 7))
        assert read_xml(pieces) == read_xml(whole)

    def test_fragments_are_encapsulated_pixel_data(self):
        content = "<InlineBinary>/v8A4AAAAAD+/wDgAgAAAGFi</InlineBinary>"
        element = read(attribute(content, "OW", "7FE00010")).element("PixelData")
        assert (element.vr, element.undefined_length) == (VR.OW, True)


class TestPrivate:
    def test_elements_get_blocks_in_the_order_of_their_creators(self):
        ds = read(
            attribute(values("a"), tag="00090001", privateCreator="ONE")
            + attribute(values("b"), tag="00090001", privateCreator="TWO")
            + attribute(values("c"), tag="00090000", privateCreator="ONE")
        )
        assert {int(e.tag): e.text for e in ds} == {
            0x00090010: "ONE",
            0x00090011: "TWO",
            0x00091000: "c",
            0x00091001: "a",
            0x00091101: "b",
        }

    def test_a_block_that_the_document_reserves_is_used(self):
        """As DCMTK writes them."""
        ds = read(
            attribute(values("ONE"), tag="00090020")
            + attribute(values("a"), tag="00090001", privateCreator="ONE")
            + attribute(values("b"), tag="00090001", privateCreator="TWO")
        )
        assert (ds.text(0x00092001), ds.text(0x00091001)) == ("a", "b")
        assert ds.text(0x00090010) == "TWO"

    def test_a_creator_that_has_one_element_twice_gets_two_blocks(self):
        ds = read(attribute(values("a"), tag="00090001", privateCreator="ONE") * 2)
        assert [int(tag) for tag in ds.tags()] == [0x00090010, 0x00090011, 0x00091001, 0x00091101]

    def test_blocks_with_elements_are_not_given_away(self):
        ds = read(
            attribute(values("a"), tag="00091001")
            + attribute(values("b"), tag="00090001", privateCreator="ONE")
        )
        assert (ds.text(0x00091001), ds.text(0x00091101)) == ("a", "b")

    def test_in_items_blocks_are_their_own(self):
        item = attribute(values("a"), tag="00090001", privateCreator="ONE")
        ds = read(attribute(f'<Item number="1">{item}</Item>', "SQ", "00101002"))
        assert ds["OtherPatientIDsSequence"][0].text(0x00091001) == "a"

    def test_blocks_have_an_end(self):
        many = attribute(values("a"), tag="00090001", privateCreator="ONE") * 241
        with pytest.raises(InvalidValue, match="no block"):
            read(many)


class TestBulkData:
    @pytest.mark.parametrize(
        ("given", "uri"),
        [('uri="https://a/b"', "https://a/b"), ('uuid="1-2"', "urn:uuid:1-2")],
    )
    def test_is_fetched(self, given, uri):
        asked = []
        ds = read(
            attribute(f"<BulkData {given}/>", "OW", "7FE00010"),
            bulk_data=lambda *which: asked.append(which) or b"\1\2",
        )
        assert asked == [((0x7FE00010,), VR.OW, uri)]
        assert ds.raw("PixelData") == b"\1\2"

    def test_without_a_source_it_raises(self):
        with pytest.raises(MissingRequiredTag):
            read(attribute('<BulkData uri="a"/>', "OW", "7FE00010"))

    def test_without_an_address_it_raises(self):
        with pytest.raises(InvalidValue):
            read(attribute("<BulkData/>", "OW", "7FE00010"), bulk_data=lambda *_: b"")


# One row a leniency: the document, and the values that it is taken for.
TOLERATED = [
    (attribute("<Value>a</Value>"), ("a",)),
    (attribute('<Value number="1">a</Value><Value number="3">b</Value>'), ("a", "", "b")),
    (attribute('<Value number="2">b</Value><Value number="1">a</Value>'), ("a", "b")),
    (attribute("<Value>a</Value><Value>b</Value>"), ("a", "b")),
    (attribute(values("a"), "XX"), ("a",)),
    (attribute(values("a")) * 2, ("a",)),
    (attribute(values("a\\b")), ("a", "b")),
]


@pytest.mark.parametrize(("content", "expected"), TOLERATED)
def test_what_is_tolerated_becomes_an_issue(content, expected):
    with pytest.raises(DataError):
        read(content)
    ds = read_xml(document(content))
    assert ds.issues
    assert ds.values_of("PatientID") == expected


def test_the_namespace_may_be_missing():
    """As in the examples of PS3.18 and in DCMTK's files."""
    text = f"<NativeDicomModel>{attribute(values('a'))}</NativeDicomModel>"
    assert read_xml(text.encode(), strict=True)["PatientID"] == "a"


ENTITY = '<!DOCTYPE x [<!ENTITY a "b">]>'
BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("dtd", [ENTITY, BOMB, EXTERNAL, '<!DOCTYPE x SYSTEM "http://a/b">'])
def test_a_document_type_definition_is_refused(dtd):
    text = f'<?xml version="1.0"?>{dtd}{START}{attribute(values("&a;"))}{END}'
    with pytest.raises(InvalidDicomFile, match="document type definition"):
        read_xml(text.encode())


# One row a refusal.
REFUSED = [
    (b"", InvalidDicomFile),
    (b"<NativeDicomModel>", InvalidDicomFile),
    (b"<NativeDicomModel/><NativeDicomModel/>", InvalidDicomFile),
    (b"<x/>", InvalidDicomFile),
    (b'<a:NativeDicomModel xmlns:a="urn:other"/>', InvalidDicomFile),
    (b'<?xml version="1.0" encoding="none"?><NativeDicomModel/>', InvalidDicomFile),
    (b'<?xml version="1.0" encoding="shift_jis"?><NativeDicomModel/>', InvalidDicomFile),
    (document("text"), InvalidDicomFile),
    (document("<Value/>"), InvalidDicomFile),
    (document("<DicomAttribute/>"), InvalidValue),
    (document('<DicomAttribute tag="0010002"/>'), InvalidValue),
    (document(attribute("text")), InvalidDicomFile),
    (document(attribute(attribute())), InvalidDicomFile),
    (document(attribute("<Value number='1'><Value/></Value>")), InvalidDicomFile),
    (document(attribute("<Item number='1'/>")), InvalidValue),
    (document(attribute(values("a"), "SQ", "00101002")), InvalidValue),
    (document(attribute(values("a"), "PN", "00100010")), InvalidValue),
    (document(attribute("<PersonName number='1'/>")), InvalidValue),
    (document(attribute(values("a") + "<InlineBinary/>")), InvalidValue),
    (document(attribute("<InlineBinary/>" * 2, "OB", "00091001")), InvalidValue),
    (document(attribute("<InlineBinary>a</InlineBinary>", "OB", "00091001")), InvalidValue),
    (document(attribute("<InlineBinary>é</InlineBinary>", "OB", "00091001")), InvalidValue),
    (document(attribute("<Value number='1'/>" * 2)), InvalidValue),
    (document(attribute("<Value number='0'/>")), InvalidValue),
    (document(attribute("<Value number='x'/>")), InvalidValue),
    (document(attribute("<Value number='999999999'/>")), InvalidValue),
    (document(attribute(f"<Value number='{'9' * 5000}'/>")), InvalidValue),
    (document(attribute(values("65536"), "US", "00280010")), InvalidValue),
    (document(attribute(values("a", "b"), "LT", "00104000")), InvalidValue),
    (document(attribute(values("a"), "XX", "00091001")), InvalidVR),
    (document(attribute(values("a"), "OB", "00091001")), InvalidValue),
]


@pytest.mark.parametrize(("given", "kind"), REFUSED)
def test_what_is_refused(given, kind):
    with pytest.raises(kind):
        read_xml(given)


def test_the_place_is_told_and_no_value_is():
    item = attribute(values("Secret"), "US", "00280010")
    content = attribute(f'<Item number="1">{item}</Item>', "SQ", "00101002")
    with pytest.raises(InvalidValue, match="in 00101002/1/00280010") as raised:
        read_xml(document(content))
    assert "Secret" not in str(raised.value)


def nested(levels: int) -> bytes:
    start = '<DicomAttribute tag="00101002" vr="SQ"><Item number="1">'
    return document(start * levels + "</Item></DicomAttribute>" * levels)


def test_sequences_in_sequences_have_a_bound():
    assert len(read_xml(nested(64), strict=True)) == 1
    for levels in (65, 100, 100_000):
        with pytest.raises(NestingTooDeep):
            read_xml(nested(levels))


def test_of_an_empty_document_the_place_is_its_beginning():
    with pytest.raises(InvalidDicomFile) as caught:
        read_xml(b"")
    assert caught.value.offset == 0
