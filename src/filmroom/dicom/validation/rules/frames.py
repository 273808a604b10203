"""Rules about the number of frames and what is said of each (PS3.3 §C.7.6.6, §C.7.6.16)."""

from __future__ import annotations

from collections.abc import Iterator

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.tag import Tag
from filmroom.dicom.validation._iods import IODS
from filmroom.dicom.validation.attributes import has_value
from filmroom.dicom.validation.condition import tag_of
from filmroom.dicom.validation.finding import Severity
from filmroom.dicom.validation.frames import PER_FRAME, SHARED
from filmroom.dicom.validation.rules.rule import Fault, Rule, Subject, number

__all__ = ["FRAME_RULES"]

_NUMBER_OF_FRAMES = 0x00280008
_FRAME_INCREMENT_POINTER = 0x00280009
_DIMENSION_INDEX_SEQUENCE = 0x00209222
_DIMENSION_INDEX_VALUES = 0x00209157
_FRAME_CONTENT_SEQUENCE = 0x00209111
_IMAGE_TYPE = 0x00080008
_VECTORS = tuple(
    map(
        tag_of,
        (
            "FrameTimeVector",
            "PageNumberVector",
            "FrameLabelVector",
            "FramePrimaryAngleVector",
            "FrameSecondaryAngleVector",
            "SliceLocationVector",
            "DisplayWindowLabelVector",
        ),
    )
)
_ENHANCED = ("enhanced-ct-image", "enhanced-mr-image", "enhanced-pet-image")


def _several(iod: str) -> bool:
    """Whether an object of the IOD may have more frames than one."""
    names = [name for name, _ in IODS.get(iod, ())]
    return any("multi-frame" in name or "functional-groups" in name for name in names)


def _frames(data_set: DataSet, subject: Subject) -> Iterator[Fault]:
    frames = number(data_set, _NUMBER_OF_FRAMES)
    if frames is None:
        return
    if frames < 1:
        yield _NUMBER_OF_FRAMES, "not positive"
    elif frames > 1 and "image" in subject.iod and not _several(subject.iod):
        yield _NUMBER_OF_FRAMES, "several frames, but the SOP class has single-frame images"


def _per_frame(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    frames = number(data_set, _NUMBER_OF_FRAMES)
    items = len(data_set.sequence(PER_FRAME))
    if frames is not None and items and items != frames:
        yield PER_FRAME, f"{items} items for {frames} frames"


def _pointers(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    for target in data_set.values_of(_FRAME_INCREMENT_POINTER):
        if not isinstance(target, int):
            continue
        element = data_set.element(target)
        if element is None or not has_value(element):
            yield _FRAME_INCREMENT_POINTER, f"points to {Tag(target)}, which has no value here"


def _vectors(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    frames = number(data_set, _NUMBER_OF_FRAMES)
    pointed = data_set.values_of(_FRAME_INCREMENT_POINTER)
    for tag in _VECTORS:
        if tag in pointed and tag in data_set and frames is not None:
            values = len(data_set.values_of(tag))
            if values and values != frames:
                yield tag, f"{values} values for {frames} frames"


def _dimensions(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    dimensions = len(data_set.sequence(_DIMENSION_INDEX_SEQUENCE))
    if not dimensions:
        return
    for frame, group in enumerate(data_set.sequence(PER_FRAME), 1):
        for item in group.sequence(_FRAME_CONTENT_SEQUENCE):
            values = len(item.values_of(_DIMENSION_INDEX_VALUES))
            if values and values != dimensions:
                # Once: what is wrong in one frame is usually wrong in all.
                yield (
                    _DIMENSION_INDEX_SEQUENCE,
                    f"frame {frame} has {values} index values for {dimensions} dimensions",
                )
                return


def _image_type(data_set: DataSet, subject: Subject) -> Iterator[Fault]:
    values = len(data_set.values_of(_IMAGE_TYPE))
    if subject.iod in _ENHANCED and 0 < values < 4:
        yield _IMAGE_TYPE, f"{values} values, an enhanced image has four"


def _groups_of_nothing(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    frames = number(data_set, _NUMBER_OF_FRAMES)
    if SHARED in data_set and PER_FRAME not in data_set and frames is not None and frames > 1:
        yield PER_FRAME, "absent: nothing tells the frames apart"


FRAME_RULES = (
    Rule("number of frames", "PS3.3 §C.7.6.6", _frames),
    Rule("per-frame items", "PS3.3 §C.7.6.16.1.2", _per_frame),
    Rule("frame increment pointer", "PS3.3 §C.7.6.6.1.2", _pointers),
    Rule("frame vectors", "PS3.3 §C.7.6.5.1.2", _vectors),
    Rule("dimension index values", "PS3.3 §C.7.6.17.1", _dimensions),
    Rule("values of image type", "PS3.3 §C.8.16.1", _image_type),
    Rule(
        "frames alike",
        "PS3.3 §C.7.6.16",
        _groups_of_nothing,
        severity=Severity.WARNING,
    ),
)
