import struct

import numpy as np
import pytest

from filmroom.errors import DataError, InvalidValue, LengthOutOfBounds, TruncatedData
from filmroom.pixels import (
    EncapsulatedFrames,
    basic_offset_table,
    encapsulate,
    extended_offset_table,
)
from filmroom.pixels.encapsulation import fragments

DELIMITER = bytes.fromhex("feffdde000000000")


def item(content=b""):
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content


def value(*parts, table=b""):
    return memoryview(item(table) + b"".join(map(item, parts)))


def offsets(*numbers):
    return struct.pack(f"<{len(numbers)}I", *numbers)


def long(*numbers):
    return struct.pack(f"<{len(numbers)}Q", *numbers)


class Notes(list):
    """Takes what is tolerated."""

    def __call__(self, message, tag, offset, kind):
        self.append((message, tag, offset, kind))


def frames(raw, count, **options):
    found = EncapsulatedFrames(raw, count, **options)
    return [bytes(found.read(number)) for number in range(count)]


def jpeg(*content):
    return b"\xff\xd8\xff" + bytes(content) + b"\xff\xd9"


# ------------------------------------------------------------------ which fragments are a frame's


def test_a_single_frame_is_all_fragments_joined():
    assert frames(value(b"ab", b"cd", b"ef"), 1) == [b"abcdef"]


def test_as_many_fragments_as_frames_are_one_each():
    assert frames(value(b"ab", b"cd", b"ef"), 3) == [b"ab", b"cd", b"ef"]


def test_a_basic_offset_table_tells_the_fragments_of_each_frame():
    raw = value(b"ab", b"cd", b"ef", b"gh", table=offsets(0, 20))
    assert frames(raw, 2) == [b"abcd", b"efgh"]


def test_a_frame_of_one_fragment_is_a_view():
    raw = value(b"ab", b"cd")
    found = EncapsulatedFrames(raw, 2).read(1)
    assert isinstance(found, memoryview)
    assert np.shares_memory(np.frombuffer(found, np.uint8), np.frombuffer(raw, np.uint8))


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (b"\xff\xd8\xff\xe0", b"\xff\xd9"),
        (b"\xff\x4f\xff\x51", b"\xff\xd9"),
        (b"\xff\x0a", b""),
        (b"\0\0\0\x0cJXL ", b""),
        (b"\0\0\0\x0cjP  ", b"\xff\xd9"),
    ],
)
def test_without_a_table_frames_begin_where_an_image_begins(begin, end):
    raw = value(begin + b"1.", b"2." + end, begin + b"3." + end, begin + b"4.", b"5.", b"6" + end)
    assert frames(raw, 3) == [
        begin + b"1.2." + end,
        begin + b"3." + end,
        begin + b"4.5.6" + end,
    ]


def test_where_beginnings_do_not_tell_ends_do():
    raw = value(b"1.", b"2.\xff\xd9", b"3.\xff\xd9\0", b"4.", b"5.\xff\xd9\0\0")
    assert [len(frame) for frame in frames(raw, 3)] == [6, 5, 8]


def test_a_marker_of_jpeg_2000_inside_its_data_begins_no_image():
    raw = value(b"\xff\x4f\xff\x51..", b"\xff\x4f..\xff\xd9", b"\xff\x4f\xff\x51..\xff\xd9")
    assert [len(frame) for frame in frames(raw, 2)] == [12, 8]


def test_fragments_that_nothing_assigns_to_frames_are_refused():
    with pytest.raises(InvalidValue, match="offset table"):
        frames(value(b"1.", b"2.", b"3."), 2)


def test_fewer_fragments_than_frames_are_given_as_far_as_they_go():
    notes = Notes()
    found = EncapsulatedFrames(value(b"ab", b"cd"), 3, tolerate=notes)
    assert [bytes(found.read(n)) for n in (0, 1)] == [b"ab", b"cd"]
    with pytest.raises(TruncatedData, match="frame 3 is missing"):
        found.read(2)
    assert [message for message, *_ in notes] == ["3 frames, but 2 fragments"]


@pytest.mark.parametrize("index", [-1, 2])
def test_a_frame_that_is_not_counted_is_an_index_error(index):
    with pytest.raises(IndexError):
        EncapsulatedFrames(value(b"ab", b"cd"), 2).read(index)


# ------------------------------------------------------------------ the extended offset table


def test_an_extended_offset_table_tells_frames_and_their_true_length():
    raw = value(b"abc\0", b"de", b"f\0")
    table = long(0, 12, 22), long(3, 2, 1)
    assert frames(raw, 3, extended=table) == [b"abc", b"de", b"f"]


def test_an_extended_offset_table_may_skip_what_is_between_frames():
    raw = value(b"ab", b"xx", b"cd")
    assert frames(raw, 2, extended=(long(0, 20), long(2, 2)))[1] == b"cd"


@pytest.mark.parametrize(
    "extended",
    [
        (long(0), long(2)),
        (long(0, 10), long(2)),
        (long(10, 0), long(2, 2)),
        (long(0, 1 << 60), long(2, 2)),
        (long(0, 10)[:-1], long(2, 2)),
    ],
)
def test_an_extended_offset_table_that_does_not_fit_is_not_needed(extended):
    notes = Notes()
    assert frames(value(b"ab", b"cd"), 2, extended=extended, tolerate=notes) == [b"ab", b"cd"]
    assert [tag for _, tag, *_ in notes] == [0x7FE00001]
    with pytest.raises(InvalidValue) as caught:
        frames(value(b"ab", b"cd"), 2, extended=extended)
    assert caught.value.tag == 0x7FE00001


# ------------------------------------------------------------------ tables that are wrong


@pytest.mark.parametrize(
    "table",
    [
        offsets(0),
        offsets(0, 10, 20),
        offsets(8, 18),
        offsets(0, 0),
        offsets(10, 0),
        offsets(0, 0xFFFFFFFF),
        b"\0\0\0\0\n\0",
    ],
)
def test_a_basic_offset_table_that_does_not_fit_is_not_needed(table):
    notes = Notes()
    raw = value(b"ab", b"cd", table=table)
    assert frames(raw, 2, tolerate=notes) == [b"ab", b"cd"]
    assert [(tag, offset) for _, tag, offset, _ in notes] == [(0x7FE00010, 8)]
    with pytest.raises(InvalidValue):
        frames(raw, 2)


@pytest.mark.parametrize("second", [1, 2, 8, 9, 11, 12])
def test_a_table_that_points_beside_the_fragments_is_not_needed(second):
    notes = Notes()
    raw = value(b"ab", b"cd", table=offsets(0, second))
    assert frames(raw, 2, tolerate=notes) == [b"ab", b"cd"]
    assert len(notes) == 1
    with pytest.raises(InvalidValue):
        frames(raw, 2)


# ------------------------------------------------------------------ reading headers only


def test_with_a_table_only_the_headers_of_the_frame_are_read():
    content = bytes(100)
    good = value(content, content, content, table=offsets(0, 108, 216))
    raw = bytearray(good)
    # The first frame's header is destroyed: what does not read it does not mind.
    raw[20:24] = b"!!!!"
    found = EncapsulatedFrames(memoryview(bytes(raw)), 3)
    assert bytes(found.read(1)) == content
    assert bytes(found.read(2)) == content
    with pytest.raises(DataError):
        found.read(0)


def test_fragments_are_found_by_their_headers_alone():
    huge = np.zeros(1 << 30, np.uint8)  # of which the system gives no memory before it is touched
    raw = memoryview(huge)
    huge[:8] = np.frombuffer(item(), np.uint8)
    huge[8:16] = np.frombuffer(struct.pack("<HHI", 0xFFFE, 0xE000, 3 << 28), np.uint8)
    second = 16 + (3 << 28)
    rest = len(huge) - second - 8
    huge[second : second + 8] = np.frombuffer(struct.pack("<HHI", 0xFFFE, 0xE000, rest), np.uint8)
    found = EncapsulatedFrames(raw, 2)
    assert found.locate(0) == [(16, second)]
    assert found.locate(1) == [(second + 8, len(huge))]


# ------------------------------------------------------------------ broken values


def test_a_value_without_even_a_table_is_refused():
    for raw in (b"", b"\xfe\xff", DELIMITER):
        with pytest.raises(TruncatedData):
            EncapsulatedFrames(memoryview(raw), 1)


def test_a_table_alone_holds_no_frame():
    with pytest.raises(TruncatedData):
        EncapsulatedFrames(value(), 1).read(0)


def test_a_last_fragment_that_is_cut_off_is_given_with_an_issue():
    raw = memoryview(bytes(value(b"ab", b"cdefgh"))[:-3])
    notes = Notes()
    assert frames(raw, 2, tolerate=notes) == [b"ab", b"cde"]
    assert [(offset, kind) for _, _, offset, kind in notes] == [(26, TruncatedData)]
    with pytest.raises(TruncatedData) as caught:
        frames(raw, 2)
    assert caught.value.offset == 26


def test_what_is_no_item_is_refused_with_its_offset():
    with pytest.raises(InvalidValue) as caught:
        frames(memoryview(bytes(value(b"ab")) + b"garbage!"), 1)
    assert caught.value.offset == 18


def test_zeros_behind_the_last_fragment_are_padding():
    raw = memoryview(bytes(value(b"ab")) + bytes(64))
    notes = Notes()
    assert frames(raw, 1, tolerate=notes) == [b"ab"]
    assert [offset for *_, offset, _ in notes] == [18]
    with pytest.raises(InvalidValue):
        frames(raw, 1)


def test_a_sequence_delimiter_ends_the_fragments():
    raw = memoryview(bytes(value(b"ab")) + DELIMITER + b"whatever")
    assert frames(raw, 1) == [b"ab"]
    assert list(fragments(raw)) == [(8, 8), (16, 18)]


# ------------------------------------------------------------------ writing


def joined(pieces):
    return memoryview(b"".join(pieces))


PARTS = [b"abc", b"", b"defg", b"h"]


def test_what_is_written_without_a_table_is_read():
    raw = joined(encapsulate(iter(PARTS)))
    assert [bytes(raw[a:b]) for a, b in fragments(raw)] == [b"", b"abc\0", b"", b"defg", b"h\0"]


def test_what_is_written_with_a_basic_offset_table_is_read():
    lengths = [len(part) for part in PARTS]
    raw = joined(encapsulate(iter(PARTS), lengths))
    found = EncapsulatedFrames(raw, len(PARTS))
    assert found.has_offset_table
    assert [bytes(found.read(n)) for n in range(4)] == [b"abc\0", b"", b"defg", b"h\0"]


def test_what_is_written_beside_an_extended_offset_table_is_read():
    table = extended_offset_table([len(part) for part in PARTS])
    found = EncapsulatedFrames(joined(encapsulate(PARTS)), len(PARTS), extended=table)
    assert found.has_offset_table
    assert [bytes(found.read(n)) for n in range(4)] == PARTS


def test_frames_are_taken_one_by_one_and_given_as_they_are():
    taken = []

    def source():
        for part in PARTS:
            taken.append(part)
            yield part

    pieces = encapsulate(source())
    next(pieces)
    assert taken == []
    next(pieces)
    assert next(pieces) is PARTS[0]
    assert taken == PARTS[:1]


def test_offsets_past_32_bits_need_the_extended_table():
    lengths = [0xFFFFFFF0, 2, 2]
    with pytest.raises(LengthOutOfBounds, match="Extended"):
        basic_offset_table(lengths)
    offsets_, lengths_ = extended_offset_table(lengths)
    assert np.frombuffer(offsets_, "<u8").tolist() == [0, 0xFFFFFFF8, 0x100000002]
    assert np.frombuffer(lengths_, "<u8").tolist() == lengths


def test_tables_of_no_frames_are_empty():
    assert basic_offset_table([]) == b""
    assert extended_offset_table([]) == (b"", b"")


@pytest.mark.parametrize("lengths", [[3], [3, 4], [3, 0, 4, 1, 1], [4, 0, 4, 1]])
def test_frames_of_other_lengths_than_the_table_says_are_refused(lengths):
    with pytest.raises(InvalidValue):
        list(encapsulate(PARTS, lengths))


class Huge(bytes):
    def __len__(self):
        return 0xFFFFFFFF


def test_a_frame_longer_than_a_fragment_can_be_is_refused():
    with pytest.raises(LengthOutOfBounds):
        list(encapsulate([Huge()]))
