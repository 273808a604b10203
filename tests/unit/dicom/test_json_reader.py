"""Data sets out of the DICOM JSON Model: what is read, tolerated and refused (PS3.18 Annex F)."""

import math
import sys

import pytest

from filmroom.dicom import VR, DataSet, ExplicitVRLittleEndian, PersonName, Tag, encode_bytes
from filmroom.dicom.json_reader import from_json_model, read_json, read_json_array
from filmroom.errors import (
    DataError,
    InvalidCharacterSet,
    InvalidDicomFile,
    InvalidValue,
    InvalidVR,
    MissingRequiredTag,
    NestingTooDeep,
)


def read(text: str, **options) -> DataSet:
    return read_json(text, strict=True, **options)


def element(vr, content, tag="00091001", **options):
    """The element of one attribute; ``content`` is what follows its VR."""
    return read(f'{{"{tag}":{{"vr":"{vr}",{content}}}}}', **options).element(Tag.parse(tag))


def tolerated(text, **options):
    """The data set and what was tolerated; strictly it raises."""
    with pytest.raises(DataError):
        read(text, **options)
    ds = read_json(text, **options)
    assert ds.issues
    return ds


class TestValues:
    @pytest.mark.parametrize("literal", ["1.50", '"1.50"'])
    def test_ds_keeps_its_digits_from_numbers_and_strings(self, literal):
        found = element("DS", f'"Value":[{literal}]')
        assert (found.value, found.text) == (1.5, "1.50")

    def test_a_number_of_more_digits_than_a_ds_holds_becomes_the_nearest_that_it_does(self):
        found = element("DS", '"Value":[0.30000000000000004]')
        assert len(found.text) <= 16
        assert found.value == pytest.approx(0.3)

    @pytest.mark.parametrize("literal", ["7", '"7"', "7.0"])
    def test_is_from_numbers_and_strings(self, literal):
        assert element("IS", f'"Value":[{literal}]').value == 7

    @pytest.mark.parametrize("vr", ["SV", "UV"])
    @pytest.mark.parametrize("literal", ["9007199254740993", '"9007199254740993"'])
    def test_large_integers_stay_exact(self, vr, literal):
        assert element(vr, f'"Value":[{literal}]').value == 9007199254740993

    @pytest.mark.parametrize("vr", ["FL", "FD"])
    @pytest.mark.parametrize(
        ("literal", "expected"),
        [
            ('"NaN"', math.nan),
            ("NaN", math.nan),
            ('"Infinity"', math.inf),
            ('"-Infinity"', -math.inf),
        ],
    )
    def test_numbers_that_are_not_finite(self, vr, literal, expected):
        value = element(vr, f'"Value":[{literal}]').value
        assert value == expected or (math.isnan(value) and math.isnan(expected))

    def test_names_from_their_groups(self):
        value = element(
            "PN", '"Value":[{"Alphabetic":"A^B","Phonetic":"c"},null]', "00100010"
        ).values
        assert value == (PersonName.parse("A^B==c"), PersonName())

    def test_null_is_an_empty_value(self):
        assert element("CS", '"Value":["a",null,"b"]').values == ("a", "", "b")

    @pytest.mark.parametrize("vr", [vr for vr in VR if vr is not VR.SQ])
    def test_no_value_is_zero_length(self, vr):
        for text in ("", ',"Value":[]', ',"Value":[null]'):
            ds = read(f'{{"00091001":{{"vr":"{vr}"{text}}}}}')
            assert ds.element(0x00091001).vr is vr
            assert bytes(ds.raw(0x00091001)) == b""

    def test_items_of_a_sequence(self):
        ds = read('{"00101002":{"vr":"SQ","Value":[{"00100020":{"vr":"LO","Value":["1"]}},{}]}}')
        first, second = ds["OtherPatientIDsSequence"]
        assert (first["PatientID"], len(second), first.parent) == ("1", 0, ds)

    def test_a_tag_as_value(self):
        assert element("AT", '"Value":["0028000A"]').value == 0x0028000A

    @pytest.mark.parametrize("vr", ["OB", "UN", "US", "OW"])
    def test_inline_binary(self, vr):
        assert bytes(element(vr, '"InlineBinary":"AQI="').raw) == b"\1\2"

    def test_a_model_that_is_parsed_already(self):
        ds = from_json_model(
            {
                "00281053": {"vr": "DS", "Value": [1.0, 2]},
                "00280010": {"vr": "US", "Value": [5.0]},
                "00200013": {"vr": "IS", "Value": [3.0]},
            },
            strict=True,
        )
        assert ds["RescaleSlope"] == (1.0, 2.0)
        assert ds.text("RescaleSlope") == "1\\2"
        assert (ds["Rows"], ds["InstanceNumber"]) == (5, 3)


def test_several_results_are_an_array():
    first, second = read_json_array('[{"00281053":{"vr":"DS","Value":[1.50]}},{}]', strict=True)
    assert (first.text("RescaleSlope"), len(second)) == ("1.50", 0)
    for text in ("{}", "[5]", "[", '["00100010"]'):
        with pytest.raises(InvalidDicomFile):
            read_json_array(text)


class TestCharacterSet:
    @pytest.mark.parametrize("declared", ['"00080005":{"vr":"CS","Value":["ISO_IR 100"]},', ""])
    def test_text_beyond_ascii_makes_a_data_set_in_utf_8(self, declared):
        ds = read(f'{{{declared}"00100020":{{"vr":"LO","Value":["Größe 山"]}}}}')
        assert ds["SpecificCharacterSet"] == "ISO_IR 192"
        assert "Größe 山".encode() in encode_bytes(ds, ExplicitVRLittleEndian)

    def test_a_declaration_inside_an_item_follows(self):
        ds = read(
            '{"00101002":{"vr":"SQ","Value":[{"00080005":{"vr":"CS","Value":["ISO_IR 100"]},'
            '"00100020":{"vr":"LO","Value":["山"]}}]}}'
        )
        assert ds["OtherPatientIDsSequence"][0]["SpecificCharacterSet"] == "ISO_IR 192"
        assert "山".encode() in encode_bytes(ds, ExplicitVRLittleEndian)

    def test_plain_text_keeps_the_declaration(self):
        ds = read('{"00080005":{"vr":"CS","Value":["ISO_IR 100"]}}')
        assert ds["SpecificCharacterSet"] == "ISO_IR 100"


class TestBulkData:
    URI = '"BulkDataURI":"https://a/b"'

    def test_is_fetched_by_path_vr_and_uri(self):
        asked = []
        ds = read(
            f'{{"00101002":{{"vr":"SQ","Value":[{{}},{{"00281201":{{"vr":"OW",{self.URI}}}}}]}}}}',
            bulk_data=lambda *given: asked.append(given) or b"\1\2",
        )
        assert asked == [((0x00101002, 1, 0x00281201), VR.OW, "https://a/b")]
        assert ds["OtherPatientIDsSequence"][1].raw(0x00281201) == b"\1\2"

    @pytest.mark.parametrize(
        ("vr", "raw", "expected"),
        [("US", b"\2\1", 258), ("UT", "Größe ".encode(), "Größe"), ("DS", b"1.0\\2 ", (1.0, 2.0))],
    )
    def test_of_any_vr_is_little_endian_or_utf_8(self, vr, raw, expected):
        assert element(vr, self.URI, bulk_data=lambda *_: raw).value == expected

    def test_none_leaves_the_element_out(self):
        assert element("OW", self.URI, bulk_data=lambda *_: None) is None

    def test_without_a_source_it_raises_and_says_what_to_do(self):
        with pytest.raises(MissingRequiredTag, match="bulk_data=") as raised:
            element("OW", self.URI)
        assert raised.value.tag == 0x00091001

    def test_text_in_another_character_set_is_tolerated(self):
        text = '{"00104000":{"vr":"LT","BulkDataURI":"a"}}'
        ds = tolerated(text, bulk_data=lambda *_: b"Gr\xf6\xdfe")
        assert ds["PatientComments"].startswith("Gr")


class TestPixelData:
    FRAGMENTS = '"InlineBinary":"/v8A4AAAAAD+/wDgAgAAAGFi"'

    def test_made_of_items_is_encapsulated(self):
        assert element("OB", self.FRAGMENTS, "7FE00010").undefined_length

    @pytest.mark.parametrize(
        "content",
        [
            '"InlineBinary":"/v8A4AAAAAA="',  # the offset table alone
            '"InlineBinary":"/v8A4AAAAAD+/wDgAgAAAGE="',  # a byte short
            '"InlineBinary":"AAAAAAAAAAA="',
        ],
    )
    def test_anything_else_is_not(self, content):
        assert not element("OB", content, "7FE00010").undefined_length

    def test_other_elements_are_never(self):
        assert not element("OB", self.FRAGMENTS, "00420011").undefined_length


# One row a leniency: what is sent, and the value that it is taken for.
TOLERATED = [
    ('{"0008004a":{"vr":"CS","Value":["a"]}}', 0x0008004A, "a"),
    ('{"PatientID":{"vr":"LO","Value":["a"]}}', 0x00100020, "a"),
    ('{"Modality":{"vr":"CS","Value":["CT"]}}', 0x00080060, "CT"),
    ('{"00100000":{"vr":"UL","Value":[1]},"00100020":{"vr":"LO","Value":["a"]}}', 0x00100020, "a"),
    ('{"00280010":{"Value":[5]}}', 0x00280010, 5),
    ('{"00280106":{"vr":"US or SS","Value":[5]}}', 0x00280106, 5),
    ('{"00100020":{"vr":"LO","Value":"a"}}', 0x00100020, "a"),
    ('{"00100020":{"vr":"LO","Value":[12]}}', 0x00100020, "12"),
    ('{"00100020":{"vr":"LO","Value":["a\\\\b"]}}', 0x00100020, ("a", "b")),
    ('{"00100010":{"vr":"PN","Value":["A^B"]}}', 0x00100010, PersonName.parse("A^B")),
    ('{"00280010":{"vr":"US","InlineBinary":["BQA="]}}', 0x00280010, 5),
    ('{"00281053":{"vr":"DS","Value":["1,5"]}}', 0x00281053, "1,5"),
    ('{"00200013":{"vr":"IS","Value":["1A"]}}', 0x00200013, "1A"),
    ('{"00080060":{"vr":"CS","Value":["\xe9"]}}', 0x00080060, "\xe9"),
    ('{"00280009":{"vr":"AT","Value":["(0018,1063)"]}}', 0x00280009, 0x00181063),
    (
        '{"0008004A":{"vr":"CS","Value":["a"]},"0008004a":{"vr":"CS","Value":["b"]}}',
        0x0008004A,
        "a",
    ),
]


@pytest.mark.parametrize(("text", "tag", "expected"), TOLERATED)
def test_what_is_tolerated_becomes_an_issue(text, tag, expected):
    assert tolerated(text)[tag] == expected


def test_null_in_place_of_a_number_that_is_not_finite_is_tolerated():
    ds = tolerated('{"00189074":{"vr":"FD","Value":[null,1]}}')
    assert math.isnan(ds.values_of(0x00189074)[0])


def test_letters_in_a_vr_without_character_set_stay_the_bytes_that_they_were():
    ds = read_json('{"00080060":{"vr":"CS","Value":["\xe9A"]}}')
    assert bytes(ds.raw("Modality")) == b"\xe9A"


# One row a refusal: what is sent, the error, the tag that it names.
REFUSED = [
    ("", InvalidDicomFile, None),
    ("{", InvalidDicomFile, None),
    ("[]", InvalidDicomFile, None),
    ("5", InvalidDicomFile, None),
    ("null", InvalidDicomFile, None),
    ('{"xx":{}}', InvalidValue, None),
    ('{"0010００２０":{"vr":"LO"}}', InvalidValue, None),
    ('{"FFFEE000":{"vr":"OB"}}', InvalidValue, None),
    ('{"00100020":5}', InvalidValue, 0x00100020),
    ('{"00100020":{"vr":"LO","Value":[{}]}}', InvalidValue, 0x00100020),
    ('{"00100020":{"vr":"LO","Value":[true]}}', InvalidValue, 0x00100020),
    ('{"00100020":{"vr":"LO","Value":["a"],"InlineBinary":""}}', InvalidValue, 0x00100020),
    ('{"00100010":{"vr":"PN","Value":[5.5]}}', InvalidValue, 0x00100010),
    ('{"00100010":{"vr":"PN","Value":[{"Alphabetic":"a=b"}]}}', InvalidValue, 0x00100010),
    ('{"00100010":{"vr":"PN","Value":[{"Alphabetic":"a\\\\b"}]}}', InvalidValue, 0x00100010),
    ('{"00091001":{"Value":[5]}}', InvalidVR, 0x00091001),
    ('{"00091001":{"vr":"ZZ","Value":[5]}}', InvalidVR, 0x00091001),
    ('{"00280010":{"vr":"US","Value":[65536]}}', InvalidValue, 0x00280010),
    ('{"00280010":{"vr":"US","Value":[-1]}}', InvalidValue, 0x00280010),
    ('{"00280010":{"vr":"US","Value":[1.5]}}', InvalidValue, 0x00280010),
    ('{"00280010":{"vr":"US","Value":[null,1]}}', InvalidValue, 0x00280010),
    ('{"00280010":{"vr":"US","Value":["x"]}}', InvalidValue, 0x00280010),
    ('{"00189074":{"vr":"FD","Value":[1e999]}}', InvalidValue, 0x00189074),
    ('{"0040A30A":{"vr":"FL","Value":[1e300]}}', InvalidValue, 0x0040A30A),
    ('{"7FE00010":{"vr":"OW","Value":[1]}}', InvalidValue, 0x7FE00010),
    ('{"7FE00010":{"vr":"OW","InlineBinary":"?"}}', InvalidValue, 0x7FE00010),
    ('{"7FE00010":{"vr":"OW","InlineBinary":5}}', InvalidValue, 0x7FE00010),
    ('{"00101002":{"vr":"SQ","InlineBinary":"AAAA"}}', InvalidValue, 0x00101002),
    ('{"00101002":{"vr":"SQ","Value":[5]}}', InvalidDicomFile, 0x00101002),
    ('{"00104000":{"vr":"LT","Value":["a","b"]}}', InvalidValue, 0x00104000),
    ('{"00100020":{"vr":"LO","Value":["\\ud800"]}}', InvalidCharacterSet, 0x00100020),
]


@pytest.mark.parametrize(("text", "kind", "tag"), REFUSED)
def test_what_is_refused_names_the_place(text, kind, tag):
    with pytest.raises(kind) as raised:
        read_json(text)
    assert raised.value.tag == tag


def test_the_place_inside_items_is_told_and_no_value_is():
    text = (
        '{"00101002":{"vr":"SQ","Value":[{},'
        '{"00100010":{"vr":"PN","Value":[{"Alphabetic":["Secret^Name"]}]}}]}}'
    )
    with pytest.raises(InvalidValue, match="in 00101002/2/00100010") as raised:
        read_json(text)
    assert "Secret" not in str(raised.value)


def test_the_place_of_a_syntax_error_is_an_offset_and_the_text_is_not_told():
    with pytest.raises(InvalidDicomFile) as raised:
        read_json('{"00100010": Secret}')
    assert raised.value.offset == 13
    assert "Secret" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_bytes_that_are_no_utf_8():
    with pytest.raises(InvalidDicomFile, match="UTF-8"):
        read_json(b'{"00100020":{"vr":"LO","Value":["\xff"]}}')


def nested(levels: int) -> str:
    return '{"00101002":{"vr":"SQ","Value":[' * levels + "{}" + "]}}" * levels


def test_sequences_in_sequences_have_a_bound():
    assert len(read(nested(64))) == 1
    with pytest.raises(NestingTooDeep):
        read_json(nested(65))


@pytest.mark.parametrize("text", ["[" * 100_000, nested(sys.getrecursionlimit())])
def test_brackets_beyond_the_bound_of_the_parser_are_a_data_error(text):
    with pytest.raises(DataError):
        read_json(text)


def test_a_number_of_endless_digits_is_a_data_error():
    with pytest.raises(InvalidValue):
        read_json('{"00280010":{"vr":"US","Value":[' + "9" * 10_000 + "]}}")
