"""Data sets as DICOM JSON and as Native DICOM Model XML, and back; anything else as data errors."""

import json

from data_sets import data_sets, plain
from hypothesis import example, given, settings
from hypothesis import strategies as st

from filmroom.dicom import (
    VR,
    DataSet,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    encode_bytes,
    read_data_set,
)
from filmroom.dicom.bulk_data import BULK_DATA_VRS, bulk_data_pieces
from filmroom.dicom.json import encode_json, json_model
from filmroom.dicom.json_reader import from_json_model, read_json
from filmroom.dicom.xml import encode_xml
from filmroom.dicom.xml_reader import read_xml
from filmroom.errors import DataError

syntaxes = st.sampled_from([ExplicitVRLittleEndian, ExplicitVRBigEndian])


def as_json(ds) -> bytes:
    return b"".join(encode_json(ds))


def as_xml(ds) -> bytes:
    return b"".join(encode_xml(ds))


def deeply(ds) -> None:
    for element in ds:
        assert element.values is not None
        for item in ds.sequence(element.tag):
            deeply(item)


@settings(max_examples=60)
@given(data_sets())
def test_json_and_back_keeps_every_vr_and_value(ds):
    back = read_json(as_json(ds), strict=True)
    assert plain(back) == plain(ds)
    assert as_json(back) == as_json(ds)
    assert back.issues == []


@settings(max_examples=60)
@given(data_sets())
def test_xml_and_back_keeps_every_vr_and_value(ds):
    back = read_xml(as_xml(ds), strict=True)
    assert plain(back) == plain(ds)
    assert as_xml(back) == as_xml(ds)
    assert back.issues == []


@settings(max_examples=60)
@given(data_sets(), syntaxes)
def test_what_was_read_from_bytes_gives_the_same_models(ds, syntax):
    read = read_data_set(encode_bytes(ds, syntax), syntax)
    assert as_json(read) == as_json(ds)
    assert as_xml(read) == as_xml(ds)


@settings(max_examples=60)
@given(data_sets(), syntaxes)
def test_what_comes_back_can_be_written(ds, syntax):
    written = encode_bytes(ds, syntax)
    assert encode_bytes(read_json(as_json(ds)), syntax) == written
    assert encode_bytes(read_xml(as_xml(ds)), syntax) == written


@settings(max_examples=60)
@given(data_sets())
def test_model_text_and_indented_text_are_one(ds):
    model = json_model(ds)
    assert json.loads(b"".join(encode_json(ds, indent=True))) == model
    back = from_json_model(model, strict=True)
    assert json_model(back) == model


@settings(max_examples=40)
@given(data_sets(depth=2), st.sets(st.sampled_from(sorted(BULK_DATA_VRS))))
def test_values_that_are_left_out_are_fetched_again(ds, vrs):
    kept = {}

    def put(path, element):
        if element.effective_vr not in vrs:
            return None
        uri = "/".join(map(str, path))
        kept[uri] = b"".join(bytes(piece) for piece in bulk_data_pieces(element))
        return uri

    def get(path, vr, uri):
        assert vr in vrs
        return kept[uri]

    text = b"".join(encode_json(ds, bulk_data=put))
    assert plain(read_json(text, bulk_data=get, strict=True)) == plain(ds)
    document = b"".join(encode_xml(ds, bulk_data=put))
    assert plain(read_xml(document, bulk_data=get, strict=True)) == plain(ds)
    if not kept:
        assert text == as_json(ds)


def damage(data: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    damaged = bytearray(data)
    for start, length, piece in cuts:
        at = start % (len(damaged) + 1)
        damaged[at : at + length] = piece
    return bytes(damaged)


_pieces = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [b"null", b'"', b"{}", b"[]", b'"SQ"', b"1e999", b"</Value>", b"<Item/>", b'"UN"', b"NaN"]
    ),
)
cuts = st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 12), _pieces), max_size=4)


def everything() -> DataSet:
    """One element of every VR, private ones, sequences in sequences."""
    values = {VR.AT: 0x00280010, VR.DS: "1.50", VR.IS: "7", VR.PN: "A^B=C=D", VR.UI: "1.2.3"}
    ds = DataSet()
    ds["SpecificCharacterSet"] = "ISO_IR 192"
    for number, vr in enumerate(vr for vr in VR if vr is not VR.SQ):
        size = vr.facts.item_size
        plain = "ü" if vr.facts.charset else "A"
        made = plain if not size else b"\1\2" * 4 if not vr.facts.multiple else 5
        ds.set(0x00091000 + number, vr, values.get(vr, made))
    ds.set(0x00090010, VR.LO, "ACME")
    item = DataSet()
    item["PatientID"] = "1\\2"
    item["OtherPatientIDsSequence"] = [DataSet()]
    ds["OtherPatientIDsSequence"] = [item, DataSet()]
    return ds


JSON, XML = as_json(everything()), as_xml(everything())


@settings(max_examples=300)
@given(cuts, st.booleans())
def test_damaged_json_gives_data_errors_only(cuts, strict):
    try:
        deeply(read_json(damage(JSON, cuts), strict=strict))
    except DataError:
        pass


@settings(max_examples=300)
@given(cuts, st.booleans())
def test_damaged_xml_gives_data_errors_only(cuts, strict):
    try:
        deeply(read_xml(damage(XML, cuts), strict=strict))
    except DataError:
        pass


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["vr", "Value", "InlineBinary", "BulkDataURI", "00100010", "00081140", "Alphabetic"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)
_vrs = st.sampled_from(["PN", "SQ", "DS", "IS", "US", "FD", "AT", "OB", "UN", "LO", "UV", "ZZ"])
_models = st.dictionaries(
    st.sampled_from(["00100010", "00291001", "0008114a", "PatientID", "7FE00010", "00080005"]),
    st.fixed_dictionaries(
        {},
        optional={
            "vr": _vrs,
            "Value": _json,
            "InlineBinary": _json,
            "BulkDataURI": _json,
        },
    ),
    max_size=4,
)


@settings(max_examples=200)
@given(_models | _json, st.booleans())
@example({"00100010": {"vr": "PN", "Value": [{"Alphabetic": "\ud800"}]}}, False)
@example({"00281050": {"vr": "DS", "Value": [10**400]}}, False)
def test_any_model_gives_data_errors_only(model, strict):
    for read in (
        lambda: from_json_model(model, bulk_data=lambda *_: b"12", strict=strict),
        lambda: read_json(json.dumps(model), bulk_data=lambda *_: None, strict=strict),
    ):
        try:
            ds = read()
            deeply(ds)
            encode_bytes(ds, ExplicitVRLittleEndian)
            as_json(ds)
            as_xml(ds)
        except DataError:
            pass
