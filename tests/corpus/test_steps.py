"""Hostile inputs of twice the length take about twice as many steps, counted line by line."""

import struct
import sys
from contextlib import suppress

import pytest

from filmroom.dicom import (
    TRANSFER_SYNTAXES,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    Scanner,
    encode_bytes,
    read_data_set,
)
from filmroom.dicom.json import encode_json
from filmroom.dicom.json_reader import read_json
from filmroom.dicom.xml import encode_xml
from filmroom.dicom.xml_reader import read_xml
from filmroom.errors import DataError
from filmroom.pixels.encapsulation import EncapsulatedFrames

ITEM = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
ITEM_END = struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
SEQUENCE = struct.pack("<HH2sHI", 8, 0x1140, b"SQ", 0, 0xFFFFFFFF)
FRAGMENTS = struct.pack("<HH2sHI", 0x7FE0, 0x10, b"OB", 0, 0xFFFFFFFF)
FRAGMENT = struct.pack("<HHI", 0xFFFE, 0xE000, 2) + b"\xff\xd8"
JPEG_BASELINE = TRANSFER_SYNTAXES["1.2.840.10008.1.2.4.50"]
XML = '<NativeDicomModel><DicomAttribute tag="{}" vr="{}">{}</DicomAttribute></NativeDicomModel>'


def element(tag, vr=b"LO", value=b"ab"):
    return struct.pack("<HH2sH", tag >> 16, tag & 0xFFFF, vr, len(value)) + value


def ascending(count, **kwargs):
    return [element(0x00084000 + number, **kwargs) for number in range(count)]


def without_vrs(count):
    return [struct.pack("<HHI", 8, 0x4000 + number, 2) + b"ab" for number in range(count)]


HOSTILE = {
    "ascending": lambda n: ascending(n),
    "descending": lambda n: reversed(ascending(n)),
    "of odd length": lambda n: ascending(n, value=b"a"),
    "one tag": lambda n: [element(0x00080060)] * n,
    "implicit": without_vrs,
    "delimiters": lambda n: [ITEM_END] * n,
    "group lengths": lambda n: [element(g << 16, b"UL", bytes(4)) for g in range(8, 8 + 2 * n, 2)],
    "private elements": lambda n: [element(0x00091000 + number, b"UN\0\0") for number in range(n)],
    "items": lambda n: [SEQUENCE, *[ITEM, element(0x00080060), ITEM_END] * n],
    "open items": lambda n: [SEQUENCE, *[ITEM] * n],
    "open sequences in items": lambda n: [SEQUENCE, *[ITEM[:4], b"\x0c\0\0\0", SEQUENCE] * n],
    "sequences side by side": lambda n: [SEQUENCE] * n,
    "escapes": lambda n: [
        element(0x00080005, b"CS", b"\\ISO 2022 IR 87 "),
        *[struct.pack("<HH2sHI", 0x10, 0x10, b"UC", 0, 8 * n), b"\x1b$B$d\x1b(B" * n],
    ],
    "backslashes": lambda n: [struct.pack("<HH2sHI", 0x10, 0x10, b"UC", 0, n), b"\\" * n],
}


def touch(data_set):
    for found in data_set:
        assert found.values is not None
        assert found.text is not None
        for item in data_set.sequence(found.tag):
            touch(item)


def read_and_write(data):
    for syntax in (ExplicitVRLittleEndian, ImplicitVRLittleEndian):
        with suppress(DataError):
            data_set = read_data_set(data, syntax)
            touch(data_set)
            for target in (ImplicitVRLittleEndian, ExplicitVRBigEndian, syntax):
                encode_bytes(data_set, target)


def as_models(data):
    with suppress(DataError):
        data_set = read_data_set(data, ExplicitVRLittleEndian)
        read_json(b"".join(encode_json(data_set)))
        read_xml(b"".join(encode_xml(data_set)))


def scan(data):
    scanner = Scanner(ExplicitVRLittleEndian, frozenset({0x00081140, 0x7FE00000}))
    with suppress(DataError):
        for start in range(0, len(data), 5):
            scanner.feed(data[start : start + 5])
        scanner.finish()


def steps(work):
    """How many lines of Python run."""
    count = 0

    def counting(frame, event, _):
        nonlocal count
        count += event == "line"
        return counting

    before = sys.gettrace()
    sys.settrace(counting)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def check_linear(work, sizes=(150, 300)):
    work(sizes[0])  # what is looked up once is looked up now
    work(sizes[1])
    few, many = (steps(lambda size=size: work(size)) for size in sizes)
    assert few > 0
    assert many < 2.5 * few


@pytest.mark.parametrize("use", [read_and_write, as_models, scan])
@pytest.mark.parametrize("shape", HOSTILE)
def test_data_sets(shape, use):
    check_linear(lambda count: use(b"".join(HOSTILE[shape](count))))


@pytest.mark.parametrize(
    "text",
    [
        lambda n: f'{{"00280030":{{"vr":"DS","Value":[{",".join(["1.5"] * n)}]}}}}',
        lambda n: f'{{"00081140":{{"vr":"SQ","Value":[{",".join(["{}"] * n)}]}}}}',
        lambda n: "{" + ",".join(f'"{0x91000 + i:08X}":{{"vr":"LO"}}' for i in range(n)) + "}",
    ],
)
def test_json(text):
    check_linear(lambda count: read_json(text(count)))


@pytest.mark.parametrize("turned", [False, True])
def test_xml(turned):
    def work(count):
        values = [f'<Value number="{number + 1}">1</Value>' for number in range(count)]
        text = "".join(reversed(values) if turned else values)
        read_xml(XML.format("00280030", "DS", text).encode())

    check_linear(work)


@pytest.mark.parametrize("frames", [1, 2, 150])
def test_fragments(frames):
    def work(count):
        data = FRAGMENTS + FRAGMENT * count
        data_set = read_data_set(data, JPEG_BASELINE)
        encode_bytes(data_set, JPEG_BASELINE)
        with suppress(DataError):
            found = EncapsulatedFrames(memoryview(data)[12:], frames)
            for number in range(frames):
                found.read(number)

    check_linear(work, sizes=(150, 300))
