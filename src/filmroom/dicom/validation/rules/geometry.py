"""Rules about space: orientation, spacing, position (PS3.3 §C.7.6.2.1.1, §10.7.1.3)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.validation.condition import root, tag_of
from filmroom.dicom.validation.finding import Severity
from filmroom.dicom.validation.rules.rule import Fault, Rule, Subject

__all__ = ["GEOMETRY_RULES"]

_ORIENTATIONS = tuple(map(tag_of, ("ImageOrientationPatient", "ImageOrientationSlide")))
_PATIENT_ORIENTATION = 0x00200020
_ANATOMICAL_ORIENTATION_TYPE = 0x00102210
_SLICE_THICKNESS = 0x00180050
_ROWS, _COLUMNS = 0x00280010, 0x00280011
_SPACINGS = tuple(
    map(
        tag_of,
        (
            "PixelSpacing",
            "ImagerPixelSpacing",
            "NominalScannedPixelSpacing",
            "ImagePlanePixelSpacing",
            "DetectorElementSpacing",
            "PresentationPixelSpacing",
        ),
    )
)
_PIXEL_ASPECT_RATIO = 0x00280034
_BIPED = re.compile(r"(?:[AP]|[RL]|[HF]){1,3}")

_TOLERANCE = 1e-3
"""How far direction cosines may be from unity and from a right angle: six digits are usual."""


def _numbers(data_set: DataSet, tag: int) -> list[float]:
    return [value for value in data_set.values_of(tag) if isinstance(value, int | float)]


def _orientation(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    for tag in _ORIENTATIONS:
        cosines = _numbers(data_set, tag)
        if len(cosines) != 6:
            continue
        row, column = cosines[:3], cosines[3:]
        for name, vector in (("row", row), ("column", column)):
            if abs(math.hypot(*vector) - 1) > _TOLERANCE:
                yield tag, f"the direction of a {name} is no unit vector"
        product = sum(one * other for one, other in zip(row, column, strict=True))
        if abs(product) > _TOLERANCE:
            yield tag, "row and column are not at a right angle"


def _spacing(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    top = root(data_set)
    lines = [top.get(tag) for tag in (_ROWS, _COLUMNS)]
    for tag in _SPACINGS:
        values = _numbers(data_set, tag)
        # The spacing of what there is only one of may be zero.
        if any(
            value < 0 or (value == 0 and many != 1)
            for value, many in zip(values, lines, strict=False)
        ):
            yield tag, "not positive"


def _thickness(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    if any(value < 0 for value in _numbers(data_set, _SLICE_THICKNESS)):
        yield _SLICE_THICKNESS, "negative"


def _aspect_ratio(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    if any(value <= 0 for value in _numbers(data_set, _PIXEL_ASPECT_RATIO)):
        yield _PIXEL_ASPECT_RATIO, "not positive"


def _patient_orientation(data_set: DataSet, _: Subject) -> Iterator[Fault]:
    if data_set.text(_ANATOMICAL_ORIENTATION_TYPE) == "QUADRUPED":
        return
    for letters in data_set.values_of(_PATIENT_ORIENTATION):
        if letters and not _BIPED.fullmatch(str(letters)):
            yield _PATIENT_ORIENTATION, "letters other than A, P, R, L, H and F"
            return


GEOMETRY_RULES = (
    Rule("orientation", "PS3.3 §C.7.6.2.1.1", _orientation, everywhere=True),
    Rule("spacing", "PS3.3 §10.7.1.3", _spacing, everywhere=True),
    Rule("slice thickness", "PS3.3 §C.7.6.2", _thickness, everywhere=True),
    Rule("pixel aspect ratio", "PS3.3 §C.7.6.3.1.7", _aspect_ratio, everywhere=True),
    Rule(
        "patient orientation",
        "PS3.3 §C.7.6.1.1.1",
        _patient_orientation,
        severity=Severity.WARNING,
    ),
)
