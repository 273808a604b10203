"""Every file of pydicom's wheel and of pydicom-data is read, scanned and written as it stands.

What differs is listed here, file by file, with the reason.
"""

import zlib
from contextlib import suppress
from dataclasses import dataclass

import pytest
from data_sets import little

from corpus import FILES, PYDICOM, PYDICOM_DATA, content, name_of
from filmroom.dicom import (
    VR,
    DataSet,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    Scanner,
    TransferSyntax,
    encode_bytes,
    read_data_set,
    read_file,
    read_preamble_and_meta,
)
from filmroom.dicom.parser import PIXEL_DATA
from filmroom.errors import DataError, InvalidDicomFile, InvalidTransferSyntax, TruncatedData

UNREADABLE = {
    "test_files/no_meta.dcm": (
        InvalidDicomFile,
        "a stray byte before the data set shifts every tag; there is no prefix either",
    ),
}
"""What is no DICOM at all: the error, and why it is right."""

DEFECTS = {
    "charset_files/chrJapMulti.dcm": ["wrong group length"],
    "charset_files/chrKoreanMulti.dcm": ["wrong group length"],
    "palettes/winter.dcm": ["element out of order"],  # SOP Instance UID twice
    "test_files/693_J2KI.dcm": ["wrong group length"],
    "test_files/ExplVR_BigEndNoMeta.dcm": ["no preamble and no prefix DICM"],
    "test_files/ExplVR_LitEndNoMeta.dcm": ["no preamble and no prefix DICM"],
    "test_files/MR_truncated.dcm": ["length 8192, but 8130 bytes are left"],
    "test_files/SC_rgb_jpeg.dcm": [  # implicit VR
        "the data set is not in JPEG Baseline (Process 1), as declared"
    ],
    "test_files/badVR.dcm": ["a value of IS that is no number"],
    "test_files/dicomdirtests/DICOMDIR-nooffset": ["24 bytes more than there are"],
    "test_files/image_dfl.dcm": ["bytes after the deflated stream"],
    "test_files/meta_missing_tsyntax.dcm": ["no Transfer Syntax UID"],
    "test_files/nested_priv_SQ.dcm": ["odd length"],
    "test_files/rtplan_truncated.dcm": [
        "length 976, but 711 bytes are left",
        "265 bytes more than there are",
        "length 606, but 351 bytes are left",
    ],
    "test_files/rtstruct.dcm": ["no preamble and no prefix DICM"],
    "pydicom-data/693_J2KR.dcm": ["wrong group length"],
    "pydicom-data/693_UNCI.dcm": ["wrong group length"],
    "pydicom-data/693_UNCR.dcm": ["wrong group length"],
    "pydicom-data/OT-PAL-8-face.dcm": ["no preamble and no prefix DICM"],
    "pydicom-data/emri_small_jpeg_2k_lossless_too_short.dcm": ["sequence without its delimiter"],
}
"""Files that are not as the standard says, and what reading them tells; all others tell nothing."""

MENDED = {
    "palettes/winter.dcm": "the second of two elements of one tag is left out",
    "test_files/MR_truncated.dcm": "the pixel data gets the length that it has",
    "test_files/rtplan_truncated.dcm": "the cut-off sequence gets its end",
    "pydicom-data/emri_small_jpeg_2k_lossless_too_short.dcm": "the fragments get their delimiter",
}
"""Damaged files that come out in another shape, since what is written conforms."""

CUT_OFF = {"test_files/rtplan_truncated.dcm": 0x300A00B0}
"""Files whose bytes end in the middle of a value, which the scanner then does not pick."""

READABLE = [path for path in FILES if name_of(path) not in UNREADABLE]
SYNTAXES = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)


@dataclass
class Whole:
    """A file in memory: its bytes, and those of its data set, inflated."""

    data: bytes
    syntax: TransferSyntax
    encoded: bytes

    @classmethod
    def of(cls, path):
        data = content(path)
        _, offset, syntax = read_preamble_and_meta(data)
        encoded = data[offset:]
        return cls(data, syntax, inflated(encoded) if syntax.deflated else encoded)

    def read(self, *, strict=False):
        return read_data_set(self.encoded, self.laid_out, strict=strict)

    @property
    def laid_out(self):
        """The syntax of the data set, once inflated."""
        return ExplicitVRLittleEndian if self.syntax.deflated else self.syntax


def inflated(data):
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data)


def touch(data_set: DataSet):
    for element in data_set:
        assert element.values is not None
        for item in data_set.sequence(element.tag):
            touch(item)


def check_equal(read: DataSet, converted: DataSet):
    """The same elements, where implicit VR may have taken a VR away or told one of UN."""
    same = read.transfer_syntax == converted.transfer_syntax
    assert converted.tags() == [tag for tag in read.tags() if same or not is_group_length(tag)]
    for after in converted:
        before = read.element(after.tag)
        assert before is not None
        vrs = {before.effective_vr, after.effective_vr}
        if vrs == {VR.SQ}:
            for one, other in zip(before.values, after.values, strict=True):
                check_equal(one, other)
        elif VR.SQ in vrs:
            assert vrs == {VR.SQ, VR.UN}
            assert after.tag.is_private
        else:
            assert len(vrs) == 1 or vrs <= {VR.OB, VR.OW, VR.US} or VR.UN in vrs
            padding = after.vr.facts.padding * (len(after.raw) - len(before.raw))
            assert len(padding) < 2
            assert little(after) == little(before) + padding


def is_group_length(tag):
    return tag & 0xFFFF == 0 and tag >> 16 > 2


def test_the_corpus_is_whole():
    names = [name_of(path) for path in FILES]
    assert len(names) == len(set(names))
    assert sum(path.is_relative_to(PYDICOM) for path in FILES) >= 190
    assert sum(path.is_relative_to(PYDICOM_DATA) for path in FILES) >= 68
    assert {*UNREADABLE, *DEFECTS, *MENDED} <= set(names)
    assert len({Whole.of(path).syntax.uid for path in READABLE}) >= 12


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_dicom_gives_a_clear_error(name):
    kind, _ = UNREADABLE[name]
    with pytest.raises(kind) as caught:
        read_file(next(path for path in FILES if name_of(path) == name))
    assert caught.value.offset is not None


@pytest.mark.parametrize("path", READABLE, ids=name_of)
def test_reading_tells_what_is_wrong_and_nothing_else(path, tmp_path):
    if path.suffix == ".gz":
        unpacked = tmp_path / path.stem
        unpacked.write_bytes(content(path))
        path, name = unpacked, name_of(path)
    else:
        name = name_of(path)
    file = read_file(path)
    touch(file.meta)
    touch(file.data_set)
    found = dict.fromkeys(issue.message for issue in file.issues)
    expected = DEFECTS.get(name, [])
    assert list(found)[: len(expected)] == expected
    assert bool(found) == bool(expected)
    assert read_file(path, mapped=False).data_set == file.data_set
    if expected:
        with pytest.raises(DataError):
            touch(read_file(path, strict=True).data_set)
    else:
        touch(read_file(path, strict=True).data_set)


@pytest.mark.parametrize("path", READABLE, ids=name_of)
def test_what_is_read_is_written_byte_for_byte(path):
    whole = Whole.of(path)
    untouched, touched = whole.read(), whole.read()
    touch(touched)
    written = encode_bytes(untouched, whole.laid_out)
    assert encode_bytes(touched, whole.laid_out) == written
    if name_of(path) not in MENDED:
        assert written == whole.encoded
        return
    assert written != whole.encoded
    again = read_data_set(written, whole.laid_out, strict=True)
    assert again == untouched
    assert encode_bytes(again, whole.laid_out) == written


@pytest.mark.parametrize("path", READABLE, ids=name_of)
def test_native_data_sets_convert_and_compressed_ones_say_why_not(path):
    whole = Whole.of(path)
    read = whole.read()
    for syntax in SYNTAXES:
        if whole.syntax.encapsulated and any(tag in PIXEL_DATA for tag in read.tags()):
            with pytest.raises(InvalidTransferSyntax) as caught:
                encode_bytes(read, syntax)
            assert caught.value.tag in PIXEL_DATA
            continue
        strict = name_of(path) not in DEFECTS
        converted = read_data_set(encode_bytes(read, syntax), syntax, strict=strict)
        check_equal(read, converted)


@pytest.mark.parametrize("size", [7, 1000, 64 * 1024, None])
@pytest.mark.parametrize("path", READABLE, ids=name_of)
def test_the_scanner_picks_what_the_reader_finds(path, size):
    whole = Whole.of(path)
    read = whole.read()
    stop = min((tag for tag in PIXEL_DATA if tag in read), default=1 << 32)
    expected = {tag: bytes(read.element(tag).raw) for tag in map(int, read.tags()) if tag < stop}
    encoded = whole.data[read_preamble_and_meta(whole.data)[1] :]
    if size is not None and size < 100:
        encoded = encoded[:20_000]
    scanner = Scanner(whole.syntax, frozenset(expected), max_value=1 << 30, max_sequence=1 << 30)
    step = size or len(encoded)
    for start in range(0, len(encoded), step):
        if scanner.feed(memoryview(encoded)[start : start + step]):
            break
    else:
        with suppress(TruncatedData):
            scanner.finish()
    if name_of(path) in CUT_OFF:
        del expected[CUT_OFF[name_of(path)]]
    if len(encoded) == len(whole.encoded):
        assert scanner.values == expected
    else:
        assert scanner.values.items() <= expected.items()
