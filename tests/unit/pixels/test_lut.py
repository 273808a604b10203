import numpy as np
import pytest

from filmroom.dicom import VR, DataSet, Element
from filmroom.errors import InvalidValue, MissingRequiredTag, TruncatedData
from filmroom.pixels.lut import LUT_DATA, LUT_DESCRIPTOR, LookupTable, LutDescriptor


def item_of(descriptor, data, vr=VR.OW, *, descriptor_vr=VR.US, little_endian=True):
    item = DataSet()
    item.set(LUT_DESCRIPTOR, descriptor_vr, descriptor)
    item.add(Element(LUT_DATA, vr, data, little_endian=little_endian))
    return item


def test_inputs_outside_the_table_take_its_ends():
    table = LookupTable.of(item_of((4, 10, 16), np.array([7, 8, 9, 65535], "<u2").tobytes()))
    assert (table.first, table.bits) == (10, 16)
    assert table.apply(np.array([-5, 9, 10, 11, 12, 13, 14, 70000])).tolist() == [
        *(7, 7, 7, 8, 9, 65535, 65535, 65535)
    ]


def test_numbers_between_two_inputs_take_the_nearest_and_what_is_no_number_the_first():
    table = LookupTable(0, np.array([1, 2, 3], np.uint16), 8)
    values = np.array([0.4, 0.6, 1.7, np.nan, np.inf, -np.inf])
    assert table.apply(values).tolist() == [1, 2, 3, 1, 3, 1]


def test_levels_are_the_share_of_the_whole_range_of_entries():
    table = LookupTable(0, np.array([0, 1023, 2047, 4095], np.uint16), 12)
    assert table.levels(np.arange(4)).tolist() == [0, 1023 / 4095, 2047 / 4095, 1]


def test_a_count_of_zero_is_65536_entries():
    data = np.arange(65536, dtype="<u2").tobytes()
    table = LookupTable.of(item_of((0, 0, 16), data))
    assert table.entries.tolist() == list(range(65536))


@pytest.mark.parametrize(
    ("first", "vr", "signed", "expected"),
    [
        (-1024, VR.SS, True, -1024),
        (-1024, VR.SS, False, -1024),
        (0xFC00, VR.US, True, -1024),
        (0xFC00, VR.US, False, 0xFC00),
        (3, VR.US, True, 3),
    ],
)
def test_the_first_input_has_a_sign_where_inputs_have(first, vr, signed, expected):
    item = item_of((2, first, 8), b"\1\2", descriptor_vr=vr)
    assert LutDescriptor.of(item, signed=signed).first == expected


def test_counts_above_32767_are_unsigned_even_in_ss():
    item = item_of((-2, -1024, 16), b"", descriptor_vr=VR.SS)
    assert LutDescriptor.of(item) == LutDescriptor(65534, -1024, 16)


@pytest.mark.parametrize(
    ("vr", "little_endian", "data", "entries"),
    [
        (VR.OW, True, b"\1\0\2\0\3\0", [1, 2, 3]),
        (VR.OW, False, b"\0\1\0\2\0\3", [1, 2, 3]),
        (VR.US, False, b"\0\1\0\2\0\3", [1, 2, 3]),
        (VR.UN, False, b"\1\0\2\0\3\0", [1, 2, 3]),
        (VR.OW, True, b"\1\2\3\0", [1, 2, 3]),
        (VR.OB, False, b"\1\2\3\0", [1, 2, 3]),
        (VR.OW, False, b"\2\1\0\3", [1, 2, 3]),
    ],
)
def test_eight_bit_entries_may_take_one_byte_or_two_in_either_byte_order(
    vr, little_endian, data, entries
):
    item = item_of((3, 0, 8), data, vr, little_endian=little_endian)
    assert LookupTable.of(item).entries.tolist() == entries
    assert not item.issues


def test_a_table_of_numbers_set_here_reads_as_one_that_was_read():
    item = DataSet()
    item["LUTDescriptor"] = (3, 0, 16)
    item.set("LUTData", VR.US, (1, 2, 65535))
    item["LUTExplanation"] = "BONE"
    table = LookupTable.of(item)
    assert table.entries.tolist() == [1, 2, 65535]
    assert table.explanation == "BONE"


def test_entries_wider_than_declared_are_an_issue_and_take_16_bits():
    item = item_of((2, 0, 8), b"\1\0\0\1")
    assert LookupTable.of(item).bits == 16
    assert [issue.tag for issue in item.issues] == [LUT_DATA]


def test_bytes_where_16_bit_entries_were_declared_are_scaled_and_an_issue():
    item = item_of((4, 0, 12), bytes([0, 1, 128, 255]))
    table = LookupTable.of(item)
    assert table.bits == 12
    assert table.entries.tolist() == [0, 16, 2055, 4095]
    assert [issue.tag for issue in item.issues] == [LUT_DATA]


@pytest.mark.parametrize(
    ("descriptor", "data", "error", "tag"),
    [
        ((4, 0, 16), b"\1\0\2\0\3\0", TruncatedData, LUT_DATA),
        ((4, 0, 8), b"\1\0", TruncatedData, LUT_DATA),
        ((0, 0, 16), b"", TruncatedData, LUT_DATA),
        ((4, 0), b"", InvalidValue, LUT_DESCRIPTOR),
        ((4, 0, 0), b"", InvalidValue, LUT_DESCRIPTOR),
        ((4, 0, 17), b"", InvalidValue, LUT_DESCRIPTOR),
    ],
)
def test_damaged_tables_name_their_tag(descriptor, data, error, tag):
    with pytest.raises(error) as raised:
        LookupTable.of(item_of(descriptor, data))
    assert raised.value.tag == tag


def test_a_table_must_have_both_elements():
    with pytest.raises(MissingRequiredTag):
        LookupTable.of(DataSet())
    item = DataSet()
    item["LUTDescriptor"] = (1, 0, 8)
    with pytest.raises(MissingRequiredTag):
        LookupTable.of(item)
