"""Data sets: order, nesting, laziness, bytes kept, character sets, changes."""

import gc

import pytest

from filmroom.dicom import (
    VR,
    DataSet,
    DeflatedExplicitVRLittleEndian,
    Element,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    PersonName,
    PrivateDictionary,
    Tag,
    encode_bytes,
    read_data_set,
)
from filmroom.errors import InvalidCharacterSet, InvalidValue, NestingTooDeep

SYNTAXES = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)


def read(ds, syntax=ExplicitVRLittleEndian, **options):
    return read_data_set(encode_bytes(ds, syntax), syntax, **options)


def item(uid="1.2.3", **values):
    ds = DataSet()
    ds["ReferencedSOPInstanceUID"] = uid
    for keyword, value in values.items():
        ds[keyword] = value
    return ds


def sample():
    ds = DataSet()
    ds["SpecificCharacterSet"] = "ISO_IR 100"
    ds["ImageType"] = ["ORIGINAL", "PRIMARY"]
    ds["ReferencedImageSequence"] = [item("1.2.3"), item("1.2.4")]
    ds["PatientName"] = "Müller^Jörg"
    ds["PatientID"] = None
    ds["Rows"] = 512
    ds["PixelSpacing"] = [0.5, "0.50"]
    return ds


# ------------------------------------------------------------------ looking up


def test_keys():
    ds = sample()
    for key in ("PatientName", 0x00100010, Tag(0x00100010), "00100010", "0010,0010"):
        assert ds[key] == PersonName.of("Müller", "Jörg")
        assert key in ds
        assert ds.element(key).tag == 0x00100010


def test_values():
    ds = sample()
    assert ds["Rows"] == 512
    assert ds["ImageType"] == ("ORIGINAL", "PRIMARY")
    assert ds["PatientID"] is None
    assert ds["PixelSpacing"] == (0.5, 0.5)
    assert ds.text("PixelSpacing") == "0.5\\0.50"
    assert [i["ReferencedSOPInstanceUID"] for i in ds["ReferencedImageSequence"]] == [
        "1.2.3",
        "1.2.4",
    ]


def test_what_is_absent():
    ds = sample()
    with pytest.raises(KeyError, match="0010,0030"):
        ds["PatientBirthDate"]
    assert ds.get("PatientBirthDate") is None
    assert ds.get("PatientBirthDate", "none") == "none"
    assert ds.text("PatientBirthDate") == ""
    assert ds.text("PatientBirthDate", "-") == "-"
    assert ds.values_of("PatientBirthDate") == ()
    assert ds.raw("PatientBirthDate") is None
    assert ds.element("PatientBirthDate") is None
    assert ds.sequence("PatientBirthDate") == ()
    assert "PatientBirthDate" not in ds
    with pytest.raises(KeyError):
        del ds["PatientBirthDate"]


def test_a_key_that_is_no_keyword():
    with pytest.raises(InvalidValue):
        DataSet()["PatientsName"] = "x"
    with pytest.raises(InvalidValue):
        DataSet().get("PatientsName")


def test_values_of_no_length():
    ds = read(sample())
    assert ds["PatientID"] is None
    assert ds.values_of("PatientID") == ()
    assert ds.text("PatientID") == ""
    assert ds.raw("PatientID") == b""
    assert "PatientID" in ds


def test_sequences_are_tuples_of_items():
    ds = DataSet()
    ds["ReferencedImageSequence"] = [item()]
    ds["ReferencedStudySequence"] = []
    assert isinstance(ds["ReferencedImageSequence"], tuple)
    assert ds["ReferencedStudySequence"] == ()
    assert ds.sequence("ReferencedImageSequence")[0].parent is ds
    ds["PatientID"] = "1"
    assert ds.sequence("PatientID") == ()


# ------------------------------------------------------------------ order


def test_elements_are_in_tag_order_however_they_were_set():
    ds = DataSet()
    for tag in (0x00280010, 0x00080005, 0x00100010, 0x00080016):
        ds[tag] = None
    assert ds.tags() == sorted([0x00280010, 0x00080005, 0x00100010, 0x00080016])
    assert [element.tag for element in ds] == ds.tags()
    assert len(ds) == 4


@pytest.mark.parametrize("make", [sample, lambda: read(sample())])
def test_setting_again_keeps_one(make):
    ds = make()
    count = len(ds)
    assert ds["Rows"] == 512
    ds["Rows"] = 3
    assert (len(ds), ds["Rows"], ds.values_of("Rows")) == (count, 3, (3,))
    del ds["Rows"]
    assert ds.get("Rows") is None
    assert ds.values_of("Rows") == ()


def test_changing_while_going_through():
    ds = sample()
    for element in ds:
        if element.tag != 0x00280010:
            del ds[element.tag]
    assert ds.tags() == [0x00280010]


# ------------------------------------------------------------------ laziness


def test_nothing_is_decoded_until_it_is_looked_at_and_then_once():
    ds = read(sample())
    assert all(isinstance(ds.record(tag), tuple) for tag in ds.tags())
    assert ds["PatientName"] is ds["PatientName"]
    assert ds.values_of("ImageType") is ds.values_of("ImageType")
    assert ds["ReferencedImageSequence"] is ds["ReferencedImageSequence"]
    assert ds.element("ReferencedImageSequence") is ds.element("ReferencedImageSequence")
    assert isinstance(ds.record(0x00100010), tuple)


def test_looking_at_values_leaves_no_cycles_behind():
    """What is read by the thousand must go without waiting for the garbage collector."""
    ds = read(sample())
    gc.collect()
    gc.disable()
    try:
        for keyword in ("PatientName", "Rows", "PixelSpacing", "ImageType", "PatientID"):
            assert ds.get(keyword) == ds.element(keyword).value
            assert ds.text(keyword) == ds.element(keyword).text
        del ds
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_values_are_views_of_the_buffer():
    ds = DataSet()
    ds.set("PixelData", VR.OW, bytes(100))
    encoded = encode_bytes(ds, ExplicitVRLittleEndian)
    raw = read_data_set(encoded, ExplicitVRLittleEndian).raw("PixelData")
    assert isinstance(raw, memoryview)
    assert raw.obj is encoded


def test_decoding_keeps_the_bytes():
    ds = DataSet()
    ds.add(Element(0x00181151, VR.IS, b" 007"))
    found = read(ds)
    assert found["XRayTubeCurrent"] == 7
    assert found.raw("XRayTubeCurrent") == b" 007"


def test_bad_items_are_found_when_looked_at():
    encoded = bytes.fromhex("0800 4011 5351 0000 08000000 1000 2000 4c4f 0000")
    ds = read_data_set(encoded, ExplicitVRLittleEndian)
    assert ds.issues == []
    assert ds["ReferencedImageSequence"] == ()
    (issue,) = ds.issues
    assert issue.offset == 12


# ------------------------------------------------------------------ changes


def test_what_was_read_is_not_modified_by_looking():
    ds = read(sample())
    for element in ds:
        _ = element.values
        for one in ds.sequence(element.tag):
            one["ReferencedSOPInstanceUID"]
    assert not ds.is_modified
    assert not ds.is_changed


def test_changes_show_up_to_the_top():
    ds = read(sample())
    ds["ReferencedImageSequence"][1]["ReferencedSOPInstanceUID"] = "9"
    assert ds.is_modified
    assert not ds.is_changed
    assert read(ds)["ReferencedImageSequence"][1]["ReferencedSOPInstanceUID"] == "9"


@pytest.mark.parametrize("change", ["set", "delete", "add"])
def test_changes(change):
    ds = read(sample())
    if change == "set":
        ds["Rows"] = 512
    elif change == "delete":
        del ds["Rows"]
    else:
        ds.add(Element(0x00280011, VR.US, b"\1\0"))
    assert ds.is_changed
    assert ds.is_modified


def test_text_with_backslashes_is_several_values():
    ds = DataSet()
    ds["ImageType"] = "ORIGINAL\\PRIMARY"
    ds["PatientComments"] = "a\\b"
    ds["StudyDescription"] = ""
    assert ds["ImageType"] == ("ORIGINAL", "PRIMARY")
    assert ds["PatientComments"] == "a\\b"
    assert ds["StudyDescription"] is None


def test_empty_text_is_no_value_whatever_the_vr():
    ds = DataSet()
    ds["PatientComments"] = ""
    assert ds["PatientComments"] is None
    assert ds.values_of("PatientComments") == ()


def test_a_vr_that_does_not_exist():
    with pytest.raises(InvalidValue):
        DataSet().set(0x00091001, "XX", "1")


def test_items_are_data_sets():
    with pytest.raises(InvalidValue):
        DataSet()["ReferencedImageSequence"] = ["1.2.3"]


def test_a_data_set_is_no_item_of_itself():
    ds, inner = DataSet(), DataSet()
    ds["ReferencedImageSequence"] = [inner]
    with pytest.raises(NestingTooDeep):
        inner["ReferencedImageSequence"] = [ds]
    with pytest.raises(NestingTooDeep):
        ds["ReferencedStudySequence"] = [ds]


# ------------------------------------------------------------------ equality


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_equal_in_every_transfer_syntax(syntax):
    assert read(sample(), syntax) == sample()


def test_unequal():
    other = sample()
    other["Rows"] = 1
    assert sample() != other
    del other["Rows"]
    assert sample() != other
    assert sample() != 5


def test_no_patient_data_is_shown():
    assert repr(sample()) == "<DataSet of 7 elements>"


# ------------------------------------------------------------------ character sets


def test_items_inherit_the_character_set():
    ds = DataSet()
    ds["SpecificCharacterSet"] = "ISO_IR 144"
    ds["RequestAttributesSequence"] = [item(PatientID="Жук")]
    found = read(ds)
    assert found["RequestAttributesSequence"][0]["PatientID"] == "Жук"


def test_items_may_have_their_own():
    ds = DataSet()
    ds["SpecificCharacterSet"] = "ISO_IR 100"
    ds["RequestAttributesSequence"] = [item(SpecificCharacterSet="ISO_IR 144", PatientID="Жук")]
    ds["PatientID"] = "Ü"
    found = read(ds)
    assert found["RequestAttributesSequence"][0]["PatientID"] == "Жук"
    assert found["PatientID"] == "Ü"


@pytest.mark.parametrize("nested", [False, True])
def test_another_character_set_keeps_the_text(nested):
    ds = DataSet()
    ds["SpecificCharacterSet"] = "ISO_IR 100"
    ds["PatientName"] = "Müller"
    ds["RequestAttributesSequence"] = [item(PatientID="Jörg")]
    found = read(ds) if nested else ds
    found["SpecificCharacterSet"] = "ISO_IR 192"
    again = read(found)
    assert again.raw("PatientName") == "Müller".encode()[:7] + b" "
    assert again["PatientName"] == PersonName.of("Müller")
    assert again["RequestAttributesSequence"][0]["PatientID"] == "Jörg"


def test_without_a_character_set_there_is_no_writing_of_others():
    ds = read(sample())
    del ds["SpecificCharacterSet"]
    assert ds["PatientName"] == PersonName.of("Müller", "Jörg")
    with pytest.raises(InvalidCharacterSet):
        encode_bytes(ds, ExplicitVRLittleEndian)


def test_an_item_moved_to_another_character_set_keeps_its_text():
    ds = DataSet()
    ds["SpecificCharacterSet"] = "ISO_IR 100"
    ds["RequestAttributesSequence"] = [item(PatientID="Jörg")]
    moved = read(ds)["RequestAttributesSequence"][0]
    other = DataSet()
    other["SpecificCharacterSet"] = "ISO_IR 192"
    other["RequestAttributesSequence"] = [moved]
    assert read(other)["RequestAttributesSequence"][0]["PatientID"] == "Jörg"


def test_text_that_cannot_be_decoded_keeps_its_bytes_when_the_set_changes():
    ds = DataSet()
    ds["SpecificCharacterSet"] = "ISO_IR 192"
    ds.add(Element(0x00100020, VR.LO, b"\xff\xfe"))
    ds["PatientName"] = "Müller"
    found = read(ds)
    found["SpecificCharacterSet"] = "ISO_IR 100"
    again = read(found)
    assert again.raw("PatientID") == b"\xff\xfe"
    assert again["PatientName"] == PersonName.of("Müller")


def test_an_unknown_character_set_is_an_issue_with_its_place():
    ds = DataSet()
    ds["SpecificCharacterSet"] = "KLINGON"
    ds["PatientID"] = "1"
    found = read(ds)
    assert found["PatientID"] == "1"
    (issue,) = found.issues
    assert (issue.tag, issue.offset) == (0x00080005, 0)
    with pytest.raises(InvalidCharacterSet):
        read(ds, strict=True)["PatientID"]


# ------------------------------------------------------------------ private elements

ACME = PrivateDictionary.of("ACME", [(0x00090001, "Weight", VR.DS, "1")])


def test_private_elements_by_creator():
    ds = DataSet(private_dictionary=ACME)
    ds.set(0x00090011, VR.LO, "ACME")
    ds[0x00091101] = 70.5
    ds[0x00091001] = b"\1\2"
    assert ds.element(0x00091101).vr is VR.DS
    assert ds.element(0x00091001).vr is VR.UN
    found = read(ds, ImplicitVRLittleEndian, private_dictionary=ACME)
    assert found[0x00091101] == 70.5
    assert read(ds, ImplicitVRLittleEndian)[0x00091101] == b"70.5"


def test_private_elements_of_items():
    inner = DataSet()
    inner.set(0x00090010, VR.LO, "ACME")
    inner.set(0x00091001, VR.DS, 70.5)
    ds = DataSet()
    ds["IconImageSequence"] = [inner]
    found = read(ds, ImplicitVRLittleEndian, private_dictionary=ACME)
    assert found["IconImageSequence"][0][0x00091001] == 70.5


def test_private_elements_keep_their_vr_when_the_creator_goes():
    ds = DataSet()
    ds.set(0x00090010, VR.LO, "ACME")
    ds.set(0x00091001, VR.DS, 70.5)
    found = read(ds, ImplicitVRLittleEndian, private_dictionary=ACME)
    del found[0x00090010]
    assert found[0x00091001] == 70.5


def test_blocks():
    ds = DataSet()
    assert ds.private_tag("ACME", 0x00090001) is None
    ds.set(0x00090010, VR.LO, "OTHER")
    assert ds.private_tag("ACME", 0x00090001, reserve=True) == 0x00091101
    assert ds[0x00090011] == "ACME"
    assert ds.private_tag("ACME", 0x000900FF) == 0x000911FF
    assert ds.private_tag("OTHER", 0x00091101) == 0x00091001
    assert ds.private_tag("ACME", 0x00290001) is None


def test_blocks_are_of_odd_groups_and_few():
    ds = DataSet()
    with pytest.raises(InvalidValue):
        ds.private_tag("ACME", 0x00080001, reserve=True)
    for block in range(0x10, 0x100):
        ds.set(0x00090000 | block, VR.LO, "OTHER")
    with pytest.raises(InvalidValue):
        ds.private_tag("ACME", 0x00090001, reserve=True)


# ------------------------------------------------------------------ copies


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_copy_is_equal_and_writes_the_same_bytes(syntax):
    ds = read(sample(), syntax)
    ds["ReferencedImageSequence"]
    twin = ds.copy()
    assert twin == ds
    assert not twin.is_modified
    assert encode_bytes(twin, syntax) == encode_bytes(ds, syntax)


def test_changes_of_a_copy_do_not_show():
    ds = read(sample())
    ds["ReferencedImageSequence"]
    twin = ds.copy()
    twin["Rows"] = 1
    twin["ReferencedImageSequence"][0]["ReferencedSOPInstanceUID"] = "9"
    del twin["PatientName"]
    assert ds == sample()
    assert not ds.is_modified
    assert twin["ReferencedImageSequence"][0].parent is twin


def test_a_copied_item_stands_alone():
    ds = DataSet()
    ds["SpecificCharacterSet"] = "ISO_IR 144"
    ds["PixelRepresentation"] = 1
    inner = item(PatientID="Жук")
    inner.set("PixelPaddingValue", VR.SS, -5)
    ds["IconImageSequence"] = [inner]
    twin = read(ds, ImplicitVRLittleEndian)["IconImageSequence"][0].copy()
    assert twin.parent is None
    assert twin["PatientID"] == "Жук"
    assert twin["PixelPaddingValue"] == -5


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("looked_at", [False, True])
def test_elements_of_another_data_set_are_copied_in(syntax, looked_at):
    source, target = read(sample(), syntax), DataSet()
    target["SpecificCharacterSet"] = "ISO_IR 192"
    for keyword in ("PatientName", "ReferencedImageSequence", "Rows", "PixelSpacing"):
        if looked_at:
            source[keyword]
        target.add(source.element(keyword))
    target["ReferencedImageSequence"][0]["ReferencedSOPInstanceUID"] = "9"
    assert source == sample()
    assert not source.is_modified
    for other in SYNTAXES:
        found = read(target, other)
        assert found["PatientName"] == PersonName.of("Müller", "Jörg")
        assert found["Rows"] == 512
        assert found.text("PixelSpacing") == "0.5\\0.50"
        assert [one["ReferencedSOPInstanceUID"] for one in found["ReferencedImageSequence"]] == [
            "9",
            "1.2.4",
        ]


def test_items_of_another_data_set_stay_where_they_are():
    source, target = read(sample()), DataSet()
    target.add(source.element("ReferencedImageSequence"))
    assert source["ReferencedImageSequence"][0].parent is source
    assert target["ReferencedImageSequence"][0].parent is target


def test_an_item_given_to_a_second_data_set_is_copied():
    one, two, inner = DataSet(), DataSet(), item()
    one["ReferencedImageSequence"] = [inner]
    assert one["ReferencedImageSequence"][0] is inner
    two["ReferencedImageSequence"] = one["ReferencedImageSequence"]
    two["ReferencedImageSequence"][0]["ReferencedSOPInstanceUID"] = "9"
    assert inner.parent is one
    assert inner["ReferencedSOPInstanceUID"] == "1.2.3"
    one["ReferencedImageSequence"] = [*one["ReferencedImageSequence"], item("5")]
    assert one["ReferencedImageSequence"][0] is inner
