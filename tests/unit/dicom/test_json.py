"""The DICOM JSON Model as it is written (PS3.18 Annex F)."""

import json
import tracemalloc

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
from filmroom.dicom.json import encode_json, json_model
from filmroom.errors import InvalidCharacterSet, InvalidValue

TAG = 0x00091001
NAME = 0x00100010


def text_of(ds: DataSet, **options) -> str:
    return b"".join(encode_json(ds, **options)).decode()


def attribute(vr, *values, tag=TAG):
    """What an element of ``values`` becomes."""
    ds = DataSet()
    ds.set(tag, vr, values)
    return json_model(ds)[f"{tag:08X}"]


# One row a VR of PS3.18 Table F.2.3-1: values, and what stands in the array "Value".
VALUES = [
    (VR.AE, ("STORE_SCP", "PACS"), ["STORE_SCP", "PACS"]),
    (VR.AS, ("045Y",), ["045Y"]),
    (VR.AT, (0x0028000A, 0x7FE00010), ["0028000A", "7FE00010"]),
    (VR.CS, ("ORIGINAL", "PRIMARY"), ["ORIGINAL", "PRIMARY"]),
    (VR.DA, ("20240229",), ["20240229"]),
    (VR.DS, ("1.5", "-2e3", "10"), [1.5, -2000.0, 10]),
    (VR.DT, ("20240229120000.5+0100",), ["20240229120000.5+0100"]),
    (VR.FD, (0.1, -1e300), [0.1, -1e300]),
    (VR.FL, (0.5, -2.0), [0.5, -2.0]),
    (VR.IS, ("7", "-12"), [7, -12]),
    (VR.LO, ("Größe", "b"), ["Größe", "b"]),
    (VR.LT, ("a\\b\r\nc",), ["a\\b\r\nc"]),
    (VR.SH, ("x",), ["x"]),
    (VR.SL, (-(2**31),), [-(2**31)]),
    (VR.SS, (-32768, 5), [-32768, 5]),
    (VR.ST, ("text\\text",), ["text\\text"]),
    (VR.SV, (-5, 2**53 - 1), [-5, 2**53 - 1]),
    (VR.TM, ("120000.25",), ["120000.25"]),
    (VR.UC, ("long", "text"), ["long", "text"]),
    (VR.UI, ("1.2.3",), ["1.2.3"]),
    (VR.UL, (2**32 - 1,), [2**32 - 1]),
    (VR.UR, ("https://a.b/c?d=e",), ["https://a.b/c?d=e"]),
    (VR.US, (0, 65535), [0, 65535]),
    (VR.UT, ("t",), ["t"]),
    (VR.UV, (2**53 - 1,), [2**53 - 1]),
]
BINARY = [VR.OB, VR.OD, VR.OF, VR.OL, VR.OV, VR.OW, VR.UN]


@pytest.mark.parametrize(("vr", "values", "expected"), VALUES, ids=lambda value: str(value)[:12])
def test_values_by_vr(vr, values, expected):
    assert attribute(vr, *values) == {"vr": vr, "Value": expected}


def test_every_vr_has_its_row():
    assert {row[0] for row in VALUES} | {*BINARY, VR.PN, VR.SQ} == set(VR)


@pytest.mark.parametrize("vr", BINARY)
def test_bytes_are_base64(vr):
    assert attribute(vr, b"\0\1\2\3\4\5\6\7") == {"vr": vr, "InlineBinary": "AAECAwQFBgc="}


@pytest.mark.parametrize("vr", [vr for vr in VR if vr is not VR.SQ])
def test_an_empty_attribute_has_its_vr_only(vr):
    assert attribute(vr) == {"vr": vr}


@pytest.mark.parametrize("vr", [VR.CS, VR.LO, VR.DS, VR.IS, VR.UI, VR.PN])
def test_empty_values_among_others_are_null(vr):
    filled = {VR.PN: ("A^B", {"Alphabetic": "A^B"}), VR.DS: ("2", 2), VR.IS: ("2", 2)}
    given, expected = filled.get(vr, ("1", "1"))
    assert attribute(vr, "", given, "")["Value"] == [None, expected, None]


def test_padding_alone_is_no_value():
    ds = DataSet()
    ds.add(Element(TAG, VR.LO, b"  "))
    assert json_model(ds) == {"00091001": {"vr": "LO"}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yamada^Tarou", {"Alphabetic": "Yamada^Tarou"}),
        (
            "Yamada^Tarou=山田^太郎=やまだ^たろう",
            {"Alphabetic": "Yamada^Tarou", "Ideographic": "山田^太郎", "Phonetic": "やまだ^たろう"},
        ),
        ("=山田", {"Ideographic": "山田"}),
        ("==やまだ", {"Phonetic": "やまだ"}),
    ],
)
def test_names_have_their_groups_that_are_not_empty(text, expected):
    assert attribute(VR.PN, PersonName.parse(text), tag=NAME)["Value"] == [expected]


@pytest.mark.parametrize(
    ("vr", "text", "expected"),
    [
        (VR.DS, "1.500", "1.500"),
        (VR.DS, "1234567890.12345", "1234567890.12345"),
        (VR.DS, "1e5", "1e5"),
        (VR.DS, "-0", "-0"),
        (VR.DS, "+1.5", "1.5"),
        (VR.DS, ".5", "0.5"),
        (VR.DS, "5.", "5"),
        (VR.DS, "007.50", "7.50"),
        (VR.IS, "+007", "7"),
        (VR.DS, "1,5", '"1,5"'),
        (VR.IS, "1A", '"1A"'),
        (VR.DS, "NaN", '"NaN"'),
    ],
)
def test_digits_stay_as_far_as_json_allows_and_what_is_no_number_is_text(vr, text, expected):
    ds = DataSet()
    ds.add(Element(TAG, vr, text.encode()))
    assert f'"Value":[{expected}]' in text_of(ds)


@pytest.mark.parametrize(("vr", "value"), [(VR.SV, -(2**63)), (VR.UV, 2**64 - 1), (VR.UV, 2**53)])
def test_integers_that_doubles_do_not_hold_are_strings(vr, value):
    assert attribute(vr, value)["Value"] == [str(value)]


@pytest.mark.parametrize("vr", [VR.FL, VR.FD])
def test_numbers_that_are_not_finite_are_strings(vr):
    infinity = float("inf")
    values = attribute(vr, float("nan"), infinity, -infinity)["Value"]
    assert values == ["NaN", "Infinity", "-Infinity"]


def test_not_finite_numbers_of_of_stay_in_their_bytes():
    assert attribute(VR.OF, b"\0\0\x80\x7f")["InlineBinary"] == "AACAfw=="


def test_sequences_hold_objects_and_empty_items_are_empty_objects():
    item = DataSet()
    item["PatientID"] = "1"
    value = attribute(VR.SQ, item, DataSet())["Value"]
    assert value == [{"00100020": {"vr": "LO", "Value": ["1"]}}, {}]


def test_a_sequence_without_items_has_no_value():
    assert attribute(VR.SQ) == {"vr": "SQ"}


def test_attributes_are_in_order_and_group_lengths_are_left_out():
    ds = DataSet()
    ds["PatientID"] = "1"
    ds.set(0x00100000, VR.UL, 10)
    ds.set(0x00090010, VR.LO, "ACME")
    ds["Modality"] = "CT"
    assert list(json_model(ds)) == ["00080060", "00090010", "00100020"]


def test_specific_character_set_becomes_utf_8_wherever_it_stands():
    item = DataSet()
    item["SpecificCharacterSet"] = "ISO_IR 101"
    ds = DataSet()
    ds["SpecificCharacterSet"] = ("", "ISO 2022 IR 87")
    ds["PatientName"] = "山田"
    ds["OtherPatientIDsSequence"] = [item]
    model = json_model(read_data_set(encode_bytes(ds, ExplicitVRLittleEndian), ds.transfer_syntax))
    utf_8 = {"vr": "CS", "Value": ["ISO_IR 192"]}
    assert model["00080005"] == model["00101002"]["Value"][0]["00080005"] == utf_8
    assert model["00100010"]["Value"] == [{"Alphabetic": "山田"}]


def test_un_is_written_as_what_the_dictionary_knows():
    ds = read_data_set(
        b"\x28\0\x10\0UN\0\0\2\0\0\0\0\2" + b"\x09\0\x01\x10UN\0\0\2\0\0\0ab",
        ExplicitVRLittleEndian,
    )
    assert json_model(ds) == {
        "00280010": {"vr": "US", "Value": [512]},
        "00091001": {"vr": "UN", "InlineBinary": "YWI="},
    }


def test_bytes_of_big_endian_data_are_little_endian():
    ds = DataSet()
    ds.set(0x7FE00010, VR.OW, b"\1\0\2\0")
    ds.set(0x00280010, VR.US, 258)
    big = read_data_set(encode_bytes(ds, ExplicitVRBigEndian), ExplicitVRBigEndian)
    assert bytes(big.raw(0x7FE00010)) == b"\0\1\0\2"
    assert json_model(big) == json_model(ds)
    assert json_model(big)["7FE00010"]["InlineBinary"] == "AQACAA=="


def test_encapsulated_pixel_data_is_its_items():
    fragments = b"\xfe\xff\0\xe0\0\0\0\0\xfe\xff\0\xe0\2\0\0\0ab"
    ds = DataSet()
    ds.add(Element(0x7FE00010, VR.OB, fragments, undefined_length=True))
    assert json_model(ds)["7FE00010"]["InlineBinary"] == "/v8A4AAAAAD+/wDgAgAAAGFi"


def test_a_long_row_of_numbers_comes_whole():
    numbers = tuple(range(65_536)) * 3
    ds = DataSet()
    ds.set(0x00283006, VR.US, numbers)
    assert json_model(ds)["00283006"]["Value"] == list(numbers)


class TestBulkData:
    @staticmethod
    def asked(ds):
        asked = []
        model = json_model(ds, bulk_data=lambda path, e: asked.append((path, e.vr)))
        return asked, model

    def test_is_asked_for_values_that_may_be_left_out_with_their_paths(self):
        item = DataSet()
        item.set(0x00281201, VR.OW, b"\0\1")
        item.set(0x00281202, VR.OW, None)
        ds = DataSet()
        ds["Modality"] = "CT"
        ds["Rows"] = 5
        ds["OtherPatientIDsSequence"] = [DataSet(), item]
        asked, model = self.asked(ds)
        assert asked == [((0x00101002, 1, 0x00281201), VR.OW), ((0x00280010,), VR.US)]
        assert model == json_model(ds)

    def test_a_uri_takes_the_place_of_the_value(self):
        ds = DataSet()
        ds.set(0x7FE00010, VR.OW, b"\0\1")
        model = json_model(ds, bulk_data=lambda path, element: 'https://a/"b"')
        assert model == {"7FE00010": {"vr": "OW", "BulkDataURI": 'https://a/"b"'}}

    def test_memory_does_not_grow_with_the_value(self):
        size = 48 << 20
        ds = read_data_set(
            b"\xe0\x7f\x10\0OB\0\0" + size.to_bytes(4, "little") + bytes(size),
            ExplicitVRLittleEndian,
        )
        tracemalloc.start()
        written = sum(len(piece) for piece in encode_json(ds))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert written > size * 4 // 3
        assert peak < 8 << 20


def test_indented_text_has_a_line_for_each_attribute():
    item = DataSet()
    item["PatientID"] = "1"
    ds = DataSet()
    ds["Modality"] = "CT"
    ds["OtherPatientIDsSequence"] = [item, DataSet()]
    assert text_of(ds, indent=True) == (
        '{\n  "00080060":{"vr":"CS","Value":["CT"]},\n'
        '  "00101002":{"vr":"SQ","Value":[{\n'
        '    "00100020":{"vr":"LO","Value":["1"]}\n  },{}]}\n}'
    )
    assert text_of(DataSet(), indent=True) == text_of(DataSet()) == "{}"


def test_text_stays_unicode_and_is_escaped_where_json_asks():
    ds = DataSet()
    ds["PatientComments"] = 'ü"\n'
    assert '"Value":["ü\\"\\n"]' in text_of(ds)
    assert json.loads(text_of(ds))["00104000"]["Value"] == ['ü"\n']


@pytest.mark.parametrize(
    ("vr", "value", "error"),
    [
        (VR.US, 65536, InvalidValue),
        (VR.US, "5", InvalidValue),
        (VR.OB, 5, InvalidValue),
        (VR.LO, 5, InvalidValue),
        (VR.LO, "\ud800", InvalidCharacterSet),
    ],
)
def test_a_value_that_the_vr_does_not_allow_raises(vr, value, error):
    ds = DataSet()
    ds.set(TAG, vr, (value,))
    with pytest.raises(error):
        json_model(ds)
