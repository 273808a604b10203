"""Data sets as lines for a person."""

import pytest

from filmroom.dicom import VR, DataSet, Element, ExplicitVRLittleEndian, encode_bytes, read_data_set
from filmroom.dicom.dump import DumpLine, dump

TAG = 0x00091001


def lines(ds: DataSet, **options) -> list[DumpLine]:
    return list(dump(ds, **options))


def value(vr, *values, whole=False, tag=TAG):
    ds = DataSet()
    ds.set(tag, vr, values)
    return lines(ds, whole=whole)[0].value


def read(ds: DataSet) -> DataSet:
    return read_data_set(encode_bytes(ds, ExplicitVRLittleEndian), ExplicitVRLittleEndian)


def test_an_element():
    ds = DataSet()
    ds["PatientName"] = "Doe^Jane"
    assert lines(read(ds)) == [
        DumpLine(0, "(0010,0010)", "PN", 8, "PatientName", "Doe^Jane"),
    ]


def test_items_are_deeper_and_numbered():
    item = DataSet()
    item["PatientID"] = "1"
    ds = DataSet()
    ds["OtherPatientIDsSequence"] = [item, DataSet()]
    assert lines(read(ds)) == [
        DumpLine(0, "(0010,1002)", "SQ", None, "OtherPatientIDsSequence", "2 items"),
        DumpLine(1, "", "", None, "item 1", ""),
        DumpLine(1, "(0010,0020)", "LO", 2, "PatientID", "1"),
        DumpLine(1, "", "", None, "item 2", ""),
    ]


def test_the_length_of_a_sequence_is_told_where_the_stream_has_one():
    ds = read_data_set(b"\x10\0\x02\x10SQ\0\0\0\0\0\0", ExplicitVRLittleEndian)
    (line,) = lines(ds)
    assert (line.length, line.value) == (0, "0 items")


def test_private_elements_show_their_creator():
    ds = DataSet()
    ds.set(0x00090010, VR.LO, "ACME")
    ds.set(0x00091001, VR.SH, "x")
    ds.set(0x00111001, VR.SH, "y")
    assert [line.name for line in lines(ds)] == ["PrivateCreator", "[ACME]", "[no creator]"]


def test_unknown_elements_have_no_name():
    ds = DataSet()
    ds.set(0x00100001, VR.LO, "x")
    assert lines(ds)[0].name == ""


@pytest.mark.parametrize(
    ("vr", "values", "expected"),
    [
        (VR.US, (1, 65535), "1\\65535"),
        (VR.FD, (0.5, float("nan")), "0.5\\nan"),
        (VR.AT, (0x00280010,), "(0028,0010)"),
        (VR.DS, ("1.50",), "1.50"),
        (VR.CS, ("A", "", "B"), "A\\\\B"),
        (VR.UI, ("1.2.840.10008.1.2.1",), "1.2.840.10008.1.2.1 = Explicit VR Little Endian"),
        (VR.UI, ("1.2.3",), "1.2.3"),
        (VR.OB, (b"\0\1\xff\2",), "00 01 ff 02"),
        (VR.LO, (), ""),
    ],
)
def test_values(vr, values, expected):
    assert value(vr, *values) == expected


def test_long_text_is_cut_unless_asked():
    text = "x" * 100
    assert value(VR.LT, text) == "x" * 63 + "…"
    assert value(VR.LT, text, whole=True) == text


def test_long_rows_of_numbers_are_cut_unless_asked():
    numbers = range(1000)
    assert len(value(VR.US, *numbers)) == 64
    assert value(VR.US, *numbers, whole=True) == "\\".join(map(str, numbers))


def test_bytes_are_cut_and_even_whole_they_have_a_bound():
    assert value(VR.OB, bytes(18)) == " ".join(["00"] * 16) + " …"
    assert value(VR.OB, bytes(18), whole=True) == " ".join(["00"] * 18)
    assert value(VR.OB, bytes(70_000), whole=True).endswith("00 …")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"\xfe\xff\0\xe0\0\0\0\0\xfe\xff\0\xe0\4\0\0\0abcd", "1 fragment, 4 bytes"),
        (
            b"\xfe\xff\0\xe0\4\0\0\0\0\0\0\0" + b"\xfe\xff\0\xe0\2\0\0\0ab" * 2,
            "2 fragments, 4 bytes, offset table of 1",
        ),
    ],
)
def test_encapsulated_pixel_data_shows_its_fragments(raw, expected):
    ds = DataSet()
    ds.add(Element(0x7FE00010, VR.OB, raw, undefined_length=True))
    (line,) = lines(ds)
    assert (line.length, line.value) == (None, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("\u202eabc", "\\u202eabc"),
        ("Größe 山", "Größe 山"),
    ],
)
def test_what_would_command_a_terminal_is_shown_as_an_escape(text, expected):
    assert value(VR.LT, text) == expected


def test_a_creator_is_made_safe_too():
    ds = DataSet()
    ds.set(0x00090010, VR.LO, "A\x1bB")
    ds.set(0x00091001, VR.SH, "x")
    assert lines(ds)[1].name == "[A\\x1bB]"
