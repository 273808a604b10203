"""One element: its bytes kept, its values made when asked for."""

import numpy as np
import pytest

from filmroom.dicom import (
    VR,
    DataSet,
    Element,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    PersonName,
    PrivateDictionary,
    encode_bytes,
    read_data_set,
)
from filmroom.errors import InvalidValue


def read(ds, syntax=ExplicitVRLittleEndian, **options):
    return read_data_set(encode_bytes(ds, syntax), syntax, **options)


def test_from_bytes():
    element = Element(0x00100020, "LO", b"123 ")
    assert (element.vr, element.keyword, element.raw) == (VR.LO, "PatientID", b"123 ")
    assert element.values == ("123",)
    assert element.value == "123"
    assert element.raw == b"123 "


def test_from_values():
    element = Element.of(0x00100010, VR.PN, ["Doe^John"])
    assert element.value == PersonName.of("Doe", "John")
    assert element.raw == b"Doe^John"
    assert element.record is None
    assert not element.is_unchanged


@pytest.mark.parametrize(
    ("vr", "raw", "values", "value", "text"),
    [
        (VR.LO, b"", (), None, ""),
        (VR.LO, b"one ", ("one",), "one", "one"),
        (VR.LO, b"a\\b ", ("a", "b"), ("a", "b"), "a\\b"),
        (VR.US, b"\1\0\2\0", (1, 2), (1, 2), "1\\2"),
        (VR.DS, b"1.50\\2 ", (1.5, 2.0), (1.5, 2.0), "1.50\\2"),
        (VR.PN, b"Doe^John=", (PersonName.of("Doe", "John"),), PersonName.of("Doe", "John"),
         "Doe^John="),
        (VR.OB, b"\1\2", (b"\1\2",), b"\1\2", ""),
        (VR.SQ, b"", (), (), ""),
        (VR.AT, b"\x10\0\x20\0", (0x00100020,), 0x00100020, "(0010,0020)"),
    ],
)  # fmt: skip
def test_values_value_and_text(vr, raw, values, value, text):
    element = Element(0x00090001, vr, raw)
    assert element.text == text
    assert element.values == values
    assert element.value == value
    if vr is not VR.PN:  # a name does not keep empty groups at its end
        assert element.text == text


def test_a_vr_that_does_not_exist():
    with pytest.raises(ValueError, match="XX"):
        Element(0x00100010, "XX")


def test_un_is_what_the_dictionary_says():
    """PS3.5 §6.2.2: the value of UN is little endian, whatever the rest is."""
    element = Element(0x00280010, VR.UN, b"\2\0", little_endian=False)
    assert element.effective_vr is VR.US
    assert element.value == 2
    assert Element(0x00080005, VR.UN, b"ISO_IR 100").text == "ISO_IR 100"
    unknown = Element(0x00091001, VR.UN, b"\2\0")
    assert unknown.effective_vr is VR.UN
    assert unknown.value == b"\2\0"


def test_un_of_several_vrs_asks_the_data_set():
    ds = DataSet()
    ds["PixelRepresentation"] = 1
    ds.add(Element(0x00280106, VR.UN, b"\xff\xff"))
    assert ds["SmallestImagePixelValue"] == -1
    assert Element(0x00280106, VR.UN, b"\xff\xff").effective_vr is VR.UN


def test_un_of_a_known_creator():
    private = PrivateDictionary.of("ACME", [(0x00090001, "Weight", VR.DS, "1")])
    ds = DataSet(private_dictionary=private)
    ds.set(0x00090010, VR.LO, "ACME")
    ds.add(Element(0x00091001, VR.UN, b"70.5"))
    assert ds[0x00091001] == 70.5


def test_numbers():
    little = Element(0x7FE00010, VR.OW, b"\1\0\2\0")
    big = Element(0x7FE00010, VR.OW, b"\0\1\0\2", little_endian=False)
    assert np.asarray(little.numbers).tolist() == np.asarray(big.numbers).tolist() == [1, 2]
    assert little == big
    assert Element.of(0x7FE00008, VR.OF, [np.array([1.5], "<f4")]).numbers.tolist() == [1.5]


def test_equality_is_of_values():
    assert Element(0x00100020, VR.LO, b"1 ") == Element(0x00100020, VR.LO, b"1\0")
    assert Element(0x00100020, VR.LO, b"1 ") != Element(0x00100020, VR.LO, b"2 ")
    assert Element(0x00100020, VR.LO, b"1 ") != Element(0x00100021, VR.LO, b"1 ")
    assert Element(0x00100020, VR.LO, b"1 ") != Element(0x00100020, VR.SH, b"1 ")
    assert Element(0x00100020, VR.LO, b"1 ") != "1"
    assert Element(0x00280010, VR.UN, b"\1\0") == Element(0x00280010, VR.US, b"\1\0")


def test_elements_are_not_hashed_and_do_not_show_patient_data():
    element = Element(0x00100020, VR.LO, b"SECRET")
    with pytest.raises(TypeError):
        hash(element)
    assert repr(element) == "Element((0010,0020) LO)"


def test_code_strings_whatever_the_stream_says():
    assert Element(0x00080005, VR.LO, b"\\ISO 2022 IR 87 ").code_strings() == (
        "",
        "ISO 2022 IR 87",
    )
    assert Element.of(0x00080005, VR.CS, ["", "ISO 2022 IR 87"]).code_strings() == (
        "",
        "ISO 2022 IR 87",
    )


def test_a_sequence_made_from_items_has_no_bytes():
    with pytest.raises(InvalidValue):
        _ = Element.of(0x00081140, VR.SQ, []).raw


def test_what_was_read_is_unchanged_until_an_item_is():
    ds = DataSet()
    item = DataSet()
    item["ReferencedSOPInstanceUID"] = "1.2.3"
    ds["ReferencedImageSequence"] = [item]
    element = read(ds).element("ReferencedImageSequence")
    assert element.is_unchanged
    assert element.values[0]["ReferencedSOPInstanceUID"] == "1.2.3"
    assert element.is_unchanged
    element.values[0]["ReferencedSOPInstanceUID"] = "1.2.4"
    assert not element.is_unchanged


def test_faults_become_issues_with_tag_and_offset():
    ds = DataSet()
    ds["PatientID"] = "1"
    ds.add(Element(0x00201208, VR.IS, b"many"))
    found = read(ds)
    assert found["NumberOfStudyRelatedInstances"] == "many"
    (issue,) = found.issues
    assert (issue.tag, issue.offset) == (0x00201208, 10)
    assert "many" not in str(issue)
    with pytest.raises(InvalidValue) as caught:
        read(ds, strict=True)["NumberOfStudyRelatedInstances"]
    assert (caught.value.tag, caught.value.offset) == (0x00201208, 10)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_byte_order_of_what_is_read_and_of_what_is_set(syntax):
    ds = DataSet()
    ds["Rows"] = 2
    found = read(ds, syntax)
    assert found.element("Rows").byte_order_is_little is syntax.little_endian
    found["Rows"] = 3
    assert found.element("Rows").byte_order_is_little


def test_text_that_had_to_be_guessed_is_an_issue():
    ds = DataSet()
    ds.add(Element(0x00100020, VR.LO, b"M\xfcller"))
    found = read(ds)
    assert found.text("PatientID") == found["PatientID"] == "Müller"
    (issue,) = found.issues
    assert (issue.tag, issue.offset) == (0x00100020, 0)
    with pytest.raises(InvalidValue):
        read(ds, strict=True).text("PatientID")
