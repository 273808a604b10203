"""Rules about grey levels: windows, look-up tables, palettes, overlays (PS3.3 §C.7.6.3, §C.11)."""

from __future__ import annotations

from collections.abc import Iterator

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.validation.condition import root
from filmroom.dicom.validation.finding import Severity
from filmroom.dicom.validation.frames import frame_equals, group_of
from filmroom.dicom.validation.functional_groups.general import FRAME_ORIGINAL, FRAME_TYPES
from filmroom.dicom.validation.rules.rule import Fault, Rule, Subject, integers

__all__ = ["GREY_RULES"]

_WINDOW_CENTER, _WINDOW_WIDTH, _EXPLANATION = 0x00281050, 0x00281051, 0x00281055
_VOI_LUT_FUNCTION = 0x00281056
_LUT_DESCRIPTOR, _LUT_DATA = 0x00283002, 0x00283006
_MODALITY_LUT_SEQUENCE, _VOI_LUT_SEQUENCE = 0x00283000, 0x00283010
_PRESENTATION_LUT_SEQUENCE = 0x20500010
_DESCRIPTORS = (0x00281101, 0x00281102, 0x00281103)
_PALETTES = (0x00281201, 0x00281202, 0x00281203)
_RESCALE_SLOPE, _RESCALE_TYPE = 0x00281053, 0x00281054
_IMAGE_TYPE = 0x00080008
_MULTI_ENERGY = 0x00189361
_MODALITY = 0x00080060

_VOI_BITS = range(8, 17)
_MODALITY_BITS = (8, 16)


def _window_width(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    widths = [
        value for value in data_set.values_of(_WINDOW_WIDTH) if isinstance(value, int | float)
    ]
    linear = data_set.text(_VOI_LUT_FUNCTION, "LINEAR") in ("", "LINEAR")
    if linear and any(width < 1 for width in widths):
        yield _WINDOW_WIDTH, "less than 1 with a linear function"
    elif not linear and any(width <= 0 for width in widths):
        yield _WINDOW_WIDTH, "not positive"


def _window_pairs(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    centers = len(data_set.values_of(_WINDOW_CENTER))
    widths = len(data_set.values_of(_WINDOW_WIDTH))
    if centers and widths and centers != widths:
        yield _WINDOW_WIDTH, f"{widths} widths for {centers} centers"
    explanations = len(data_set.values_of(_EXPLANATION))
    if centers and explanations and explanations != centers:
        yield _EXPLANATION, f"{explanations} explanations for {centers} windows"


def _tables(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    """Length of LUT Data, of every look-up table in items of this data set."""
    descriptor = integers(data_set, _LUT_DESCRIPTOR)
    element = data_set.element(_LUT_DATA)
    if len(descriptor) != 3 or element is None or not len(element.raw):
        return
    entries, bits = descriptor[0] or 1 << 16, descriptor[2]
    if bits not in _VOI_BITS:
        yield _LUT_DESCRIPTOR, "bits for each entry not between 8 and 16"
    length = len(element.raw)
    # Entries of 8 bits may also be written one to a word (PS3.3 §C.11.1.1.1, Note).
    lengths = {2 * entries} if bits > 8 else {entries + entries % 2, 2 * entries}
    if length not in lengths:
        yield _LUT_DATA, f"{length} bytes for {entries} entries of {bits} bits"


def _modality_bits(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    for item in data_set.sequence(_MODALITY_LUT_SEQUENCE):
        descriptor = integers(item, _LUT_DESCRIPTOR)
        if len(descriptor) == 3 and descriptor[2] not in _MODALITY_BITS:
            yield _MODALITY_LUT_SEQUENCE, "bits for each entry neither 8 nor 16"


def _palettes(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    descriptors = [integers(data_set, tag) for tag in _DESCRIPTORS]
    for tag, descriptor in zip(_DESCRIPTORS, descriptors, strict=True):
        if len(descriptor) == 3 and descriptor[2] not in _MODALITY_BITS:
            yield tag, "bits for each entry neither 8 nor 16"
    known = [descriptor for descriptor in descriptors if len(descriptor) == 3]
    if len({descriptor[0] for descriptor in known}) > 1:
        yield _DESCRIPTORS[0], "the three palettes differ in their number of entries"
    if len({descriptor[1] for descriptor in known}) > 1:
        yield _DESCRIPTORS[0], "the three palettes differ in their first value mapped"
    for tag, descriptor in zip(_PALETTES, descriptors, strict=True):
        element = data_set.element(tag)
        if element is None or len(descriptor) != 3 or not len(element.raw):
            continue
        # The first value is of 16 bits without a sign, whatever its VR says.
        entries = descriptor[0] & 0xFFFF or 1 << 16
        lengths = {2 * entries}
        if descriptor[2] == 8:
            lengths.add(entries + entries % 2)
        if len(element.raw) not in lengths:
            yield tag, f"{len(element.raw)} bytes for {entries} entries of {descriptor[2]} bits"


def _slope(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    values = data_set.values_of(_RESCALE_SLOPE)
    if values and values[0] == 0:
        yield _RESCALE_SLOPE, "zero: all pixels are rescaled to one value"


def _hounsfield(data_set: DataSet, subject: Subject) -> Iterator[Fault]:
    if subject.iod != "ct-image":
        return
    image_type = data_set.values_of(_IMAGE_TYPE)
    if (
        image_type[:1] == ("ORIGINAL",)
        and image_type[2:3] != ("LOCALIZER",)
        and data_set.text(_MULTI_ENERGY) != "YES"
        and data_set.text(_RESCALE_TYPE, "HU") not in ("", "HU")
    ):
        yield _RESCALE_TYPE, "an original axial image is rescaled to HU"


_AXIAL = FRAME_ORIGINAL & ~frame_equals(FRAME_TYPES, "FrameType", "LOCALIZER", at=3)


def _frame_units(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    """Rescale Type in a functional group (PS3.3 §C.7.6.16.2.9, §C.8.15.3.10)."""
    units = data_set.text(_RESCALE_TYPE)
    if not units or group_of(data_set) is None:
        return
    modality = root(data_set).text(_MODALITY)
    if modality in ("MR", "PT") and units != "US":
        yield _RESCALE_TYPE, f"modality {modality} makes it US"
    elif modality == "CT" and units != "HU" and _AXIAL.holds(data_set):
        yield _RESCALE_TYPE, "an original axial frame is rescaled to HU"


GREY_RULES = (
    Rule("window width", "PS3.3 §C.11.2.1.2", _window_width, everywhere=True),
    Rule("window pairs", "PS3.3 §C.11.2.1.2", _window_pairs, everywhere=True),
    Rule("LUT data", "PS3.3 §C.11.2.1.1", _tables, everywhere=True),
    Rule("Modality LUT bits", "PS3.3 §C.11.1.1.1", _modality_bits),
    Rule("palettes", "PS3.3 §C.7.6.3.1.5", _palettes, everywhere=True),
    Rule("rescale slope", "PS3.3 §C.11.1", _slope, everywhere=True, severity=Severity.WARNING),
    Rule("Hounsfield units", "PS3.3 §C.8.2.1", _hounsfield),
    Rule("units of frames", "PS3.3 §C.7.6.16.2.9", _frame_units, everywhere=True),
)
