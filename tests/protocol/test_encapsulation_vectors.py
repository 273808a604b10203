"""The examples that PS3.5 §A.4 prints of encapsulated pixel data, as bytes."""

import struct

import pytest

from filmroom.dicom import (
    VR,
    DataSet,
    Element,
    encode_bytes,
    read_data_set,
    transfer_syntax,
)
from filmroom.errors import DataError
from filmroom.pixels import EncapsulatedFrames, basic_offset_table, encapsulate
from filmroom.pixels.encapsulation import fragments

JPEG = transfer_syntax("1.2.840.10008.1.2.4.50")
PIXEL_DATA = 0x7FE00010

HEADER = "e07f1000 4f42 0000 ffffffff"  # (7FE0,0010) OB of undefined length
ITEM = "feff00e0"
END = "feffdde0 00000000"
FIRST, SECOND, THIRD = b"\xaa" * 0x4C6, b"\xbb" * 0x24A, b"\xcc" * 0x628

# Table A.4-1: a single frame in three fragments, no Basic Offset Table.
TABLE_A_4_1 = bytes.fromhex(
    f"{HEADER} {ITEM} 00000000"
    f" {ITEM} c6040000 {FIRST.hex()}"
    f" {ITEM} 4a020000 {SECOND.hex()}"
    f" {ITEM} 28060000 {THIRD.hex()}"
    f" {END}"
)
# Table A.4-2: two frames with a Basic Offset Table, the first in two fragments, the second in one.
TABLE_A_4_2 = bytes.fromhex(
    f"{HEADER} {ITEM} 08000000 00000000 46060000"
    f" {ITEM} c8020000 {'aa' * 0x2C8}"
    f" {ITEM} 6e030000 {'bb' * 0x36E}"
    f" {ITEM} c80b0000 {'cc' * 0xBC8}"
    f" {END}"
)


def element_of(data: bytes) -> Element:
    element = read_data_set(data, JPEG, strict=True).element(PIXEL_DATA)
    assert element is not None
    assert element.undefined_length
    return element


def test_table_a_4_1_is_one_frame_of_three_fragments():
    value = memoryview(element_of(TABLE_A_4_1).raw)
    found = EncapsulatedFrames(value, 1)
    assert not found.has_offset_table
    assert bytes(found.read(0)) == FIRST + SECOND + THIRD
    assert [stop - start for start, stop in found.locate(0)] == [0x4C6, 0x24A, 0x628]


def test_table_a_4_2_is_two_frames_by_their_offsets():
    value = memoryview(element_of(TABLE_A_4_2).raw)
    found = EncapsulatedFrames(value, 2)
    assert found.has_offset_table
    assert bytes(found.read(0)) == b"\xaa" * 0x2C8 + b"\xbb" * 0x36E
    assert bytes(found.read(1)) == b"\xcc" * 0xBC8


@pytest.mark.parametrize(("table", "count"), [(TABLE_A_4_1, 1), (TABLE_A_4_2, 2)])
def test_every_truncation_is_read_or_refused_with_a_data_error(table, count):
    value = bytes(element_of(table).raw)
    whole = EncapsulatedFrames(memoryview(value), count)
    frames = [bytes(whole.read(number)) for number in range(count)]
    for stop in range(0, len(value), 13):
        for number in range(count):
            try:
                cut = EncapsulatedFrames(memoryview(value)[:stop], count)
                found = bytes(cut.read(number))
            except DataError:
                continue
            # What a cut value gives is whole fragments of the right frame.
            assert frames[number].startswith(found)


def test_what_is_written_has_the_layout_of_table_a_4_2():
    frames = [b"\x11" * 0x646, b"\x22" * 0x245]
    lengths = [len(frame) for frame in frames]
    value = b"".join(encapsulate(frames, lengths))
    assert value[:16] == bytes.fromhex(f"{ITEM} 08000000 00000000 4e060000")
    assert basic_offset_table(lengths) == value[8:16]
    ds = DataSet(JPEG)
    ds.add(Element(PIXEL_DATA, VR.OB, value, undefined_length=True))
    encoded = encode_bytes(ds, JPEG)
    assert encoded.startswith(bytes.fromhex(HEADER))
    assert encoded.endswith(bytes.fromhex(END))
    again = EncapsulatedFrames(memoryview(element_of(encoded).raw), 2)
    assert bytes(again.read(1)) == frames[1] + b"\0"


def test_offsets_count_from_the_item_after_the_table():
    """PS3.5 §A.4: from the first byte of the first item tag behind the Basic Offset Table."""
    value = memoryview(element_of(TABLE_A_4_2).raw)
    starts = [start for start, _ in fragments(value)][1:]
    table = struct.unpack("<2I", value[8:16])
    assert [16 + offset + 8 for offset in table] == [starts[0], starts[2]]
