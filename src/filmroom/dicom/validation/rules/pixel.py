"""Rules about the pixels: bits, samples, length of the pixel data (PS3.5 §8, PS3.3 §C.7.6.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.element import Element
from filmroom.dicom.layout import PIXEL_DATA
from filmroom.dicom.validation.finding import Severity
from filmroom.dicom.validation.rules.rule import Fault, Rule, Subject, number

__all__ = ["PIXEL_RULES", "SAMPLES"]

_SAMPLES_PER_PIXEL = 0x00280002
_PHOTOMETRIC_INTERPRETATION = 0x00280004
_PLANAR_CONFIGURATION = 0x00280006
_NUMBER_OF_FRAMES = 0x00280008
_OF_SEVERAL_FRAMES = (0x00280009, 0x52009229, 0x52009230)
"""Frame Increment Pointer and functional groups."""
_ROWS, _COLUMNS = 0x00280010, 0x00280011
_BITS_ALLOCATED, _BITS_STORED, _HIGH_BIT = 0x00280100, 0x00280101, 0x00280102
_PIXEL_REPRESENTATION = 0x00280103
_LOSSY_IMAGE_COMPRESSION = 0x00282110
_EXTENDED_OFFSET_TABLE, _EXTENDED_OFFSET_TABLE_LENGTHS = 0x7FE00001, 0x7FE00002
_PRESENTATION_LUT_SHAPE = 0x20500020

SAMPLES: Mapping[str, int] = {
    "MONOCHROME1": 1,
    "MONOCHROME2": 1,
    "PALETTE COLOR": 1,
    "RGB": 3,
    "HSV": 3,
    "ARGB": 4,
    "CMYK": 4,
    "YBR_FULL": 3,
    "YBR_FULL_422": 3,
    "YBR_PARTIAL_422": 3,
    "YBR_PARTIAL_420": 3,
    "YBR_ICT": 3,
    "YBR_RCT": 3,
    "XYB": 3,
}
"""Samples per Pixel of each Photometric Interpretation (PS3.3 §C.7.6.3.1.2)."""

_INTERLEAVED = frozenset(
    {"YBR_FULL_422", "YBR_PARTIAL_422", "YBR_PARTIAL_420", "YBR_ICT", "YBR_RCT"}
)

_COMPRESSED_ONLY = frozenset({"YBR_PARTIAL_420", "YBR_ICT", "YBR_RCT"})
_SUBSAMPLED = frozenset({"YBR_FULL_422", "YBR_PARTIAL_422"})
"""Two of three samples are left where two chrominances serve two pixels."""

_PREFIX = "1.2.840.10008.1.2.4"
_IRREVERSIBLE = frozenset(
    f"{_PREFIX}.{last}" for last in ("50", "51", "100", "101", "102", "103", "104", "105", "106",
                                     "107", "108", "100.1", "101.1", "102.1", "103.1", "104.1",
                                     "105.1", "106.1")
)  # fmt: skip
"""Transfer syntaxes that cannot be lossless: JPEG baseline and extended, MPEG, HEVC."""


def _bits_allocated(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    bits = number(data_set, _BITS_ALLOCATED)
    if bits is not None and bits != 1 and (bits < 1 or bits % 8):
        yield _BITS_ALLOCATED, "neither 1 nor a multiple of 8"


def _bits_stored(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    stored, allocated = number(data_set, _BITS_STORED), number(data_set, _BITS_ALLOCATED)
    if stored is not None and allocated is not None and not 1 <= stored <= allocated:
        yield _BITS_STORED, "not between 1 and Bits Allocated"


def _high_bit(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    stored, high = number(data_set, _BITS_STORED), number(data_set, _HIGH_BIT)
    if stored is not None and high is not None and high != stored - 1:
        yield _HIGH_BIT, "not one less than Bits Stored"


def _size(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    for tag in (_ROWS, _COLUMNS):
        if number(data_set, tag) == 0:
            yield tag, "zero"


def _samples(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    samples = number(data_set, _SAMPLES_PER_PIXEL)
    expected = SAMPLES.get(data_set.text(_PHOTOMETRIC_INTERPRETATION))
    if samples is not None and expected is not None and samples != expected:
        yield _SAMPLES_PER_PIXEL, f"Photometric Interpretation makes it {expected}"


def _interpretation(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    interpretation = data_set.text(_PHOTOMETRIC_INTERPRETATION)
    if interpretation and interpretation not in SAMPLES:
        yield _PHOTOMETRIC_INTERPRETATION, "no term that the standard defines"


def _planes(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    if number(data_set, _PLANAR_CONFIGURATION) == 1 and (
        data_set.text(_PHOTOMETRIC_INTERPRETATION) in _INTERLEAVED
    ):
        yield _PLANAR_CONFIGURATION, "Photometric Interpretation makes it 0"


def _signed_colour(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    samples = number(data_set, _SAMPLES_PER_PIXEL)
    if samples is not None and samples > 1 and number(data_set, _PIXEL_REPRESENTATION) == 1:
        yield _PIXEL_REPRESENTATION, "signed samples of colour"


def _pixel_data(data_set: DataSet) -> Element | None:
    return next(filter(None, map(data_set.element, sorted(PIXEL_DATA))), None)


def _native_length(data_set: DataSet) -> int | None:
    """Bytes of native pixel data, padded; None where attributes are missing."""
    factors = [
        number(data_set, tag) for tag in (_ROWS, _COLUMNS, _SAMPLES_PER_PIXEL, _BITS_ALLOCATED)
    ]
    frames = number(data_set, _NUMBER_OF_FRAMES)
    if frames is None and any(tag in data_set for tag in _OF_SEVERAL_FRAMES):
        return None
    bits = 1 if frames is None else frames
    for factor in factors:
        if factor is None:
            return None
        bits *= factor
    if data_set.text(_PHOTOMETRIC_INTERPRETATION) in _SUBSAMPLED:
        bits = bits * 2 // 3
    length = -(-bits // 8)
    return length + length % 2


def _length(data_set: DataSet, subject: Subject) -> Iterator[Fault]:
    element = _pixel_data(data_set)
    if element is None or element.undefined_length or not len(element.raw):
        return
    if subject.transfer_syntax.encapsulated and data_set.parent is None:
        return  # native pixel data where there can be none is a finding of its own
    expected, length = _native_length(data_set), len(element.raw)
    if expected is not None and length + length % 2 != expected:
        yield element.tag, f"{length} bytes, but the image needs {expected}"


def _encapsulation(data_set: DataSet, subject: Subject) -> Iterator[Fault]:
    element = _pixel_data(data_set)
    if element is None:
        return
    if element.undefined_length and not subject.transfer_syntax.encapsulated:
        yield element.tag, "encapsulated, but the transfer syntax is not"
    elif not element.undefined_length and subject.transfer_syntax.encapsulated and len(element.raw):
        yield element.tag, "native, but the transfer syntax is encapsulated"


def _compressed_only(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    element = _pixel_data(data_set)
    native = element is not None and not element.undefined_length and len(element.raw)
    if native and data_set.text(_PHOTOMETRIC_INTERPRETATION) in _COMPRESSED_ONLY:
        yield _PHOTOMETRIC_INTERPRETATION, "of compressed pixel data only"


def _lossy(data_set: DataSet, subject: Subject) -> Iterator[Fault]:
    if (
        subject.transfer_syntax.uid in _IRREVERSIBLE
        and _pixel_data(data_set) is not None
        and data_set.text(_LOSSY_IMAGE_COMPRESSION) != "01"
    ):
        yield _LOSSY_IMAGE_COMPRESSION, "the transfer syntax is lossy, which makes it 01"


def _offset_tables(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    offsets = data_set.element(_EXTENDED_OFFSET_TABLE)
    lengths = data_set.element(_EXTENDED_OFFSET_TABLE_LENGTHS)
    frames = number(data_set, _NUMBER_OF_FRAMES) or 1
    for element in (offsets, lengths):
        if element is not None and len(element.raw) != 8 * frames:
            yield element.tag, f"{len(element.raw)} bytes for {frames} frames of 8 bytes each"


def _presentation_lut_shape(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    shape = data_set.text(_PRESENTATION_LUT_SHAPE)
    interpretation = data_set.text(_PHOTOMETRIC_INTERPRETATION)
    if (shape, interpretation) in (("IDENTITY", "MONOCHROME1"), ("INVERSE", "MONOCHROME2")):
        yield _PRESENTATION_LUT_SHAPE, "contrary to Photometric Interpretation"


PIXEL_RULES = (
    Rule("bits allocated", "PS3.5 §8.1.1", _bits_allocated, everywhere=True),
    Rule("bits stored", "PS3.5 §8.1.1", _bits_stored, everywhere=True),
    Rule("high bit", "PS3.5 §8.1.1", _high_bit, everywhere=True),
    Rule("size", "PS3.3 §C.7.6.3", _size, everywhere=True),
    Rule("samples per pixel", "PS3.3 §C.7.6.3.1.2", _samples, everywhere=True),
    Rule(
        "photometric interpretation",
        "PS3.3 §C.7.6.3.1.2",
        _interpretation,
        everywhere=True,
        severity=Severity.WARNING,
    ),
    Rule("planar configuration", "PS3.3 §C.7.6.3.1.2", _planes, everywhere=True),
    Rule(
        "signed colour",
        "PS3.3 §C.7.6.3.1.2",
        _signed_colour,
        everywhere=True,
        severity=Severity.WARNING,
    ),
    Rule("length of pixel data", "PS3.5 §8.1.1", _length, everywhere=True),
    Rule("encapsulation", "PS3.5 §A.4", _encapsulation),
    Rule("compressed only", "PS3.3 §C.7.6.3.1.2", _compressed_only),
    Rule("lossy compression", "PS3.3 §C.7.6.1.1.5", _lossy),
    Rule("extended offset table", "PS3.3 §C.7.6.3.1.8", _offset_tables),
    Rule("presentation LUT shape", "PS3.3 §C.7.6.1", _presentation_lut_shape),
)
