"""Whether something may be burned in to the pixels (PS3.15 §E.3.1, note 1; PS3.3 §C.7.6.1.1)."""

from __future__ import annotations

from enum import Enum

from filmroom.dicom import DataSet

__all__ = ["BURNED_IN_ANNOTATION", "RECOGNIZABLE_VISUAL_FEATURES", "BurnedIn", "burned_in"]

BURNED_IN_ANNOTATION = 0x00280301
RECOGNIZABLE_VISUAL_FEATURES = 0x00280302

_SOP_CLASS_UID = 0x00080016
_IMAGE_TYPE = 0x00080008
_CONVERSION_TYPE = 0x00080064
_MODALITY = 0x00080060
_PREFIX = "1.2.840.10008.5.1.4.1.1."

_SUSPECTED_CLASSES = frozenset(
    _PREFIX + number
    for number in (
        "3",  # Ultrasound Multi-frame Image, retired
        "3.1",  # Ultrasound Multi-frame Image
        "6",  # Ultrasound Image, retired
        "6.1",  # Ultrasound Image
        "7",  # Secondary Capture Image
        "7.1",  # Multi-frame Single Bit Secondary Capture Image
        "7.2",  # Multi-frame Grayscale Byte Secondary Capture Image
        "7.3",  # Multi-frame Grayscale Word Secondary Capture Image
        "7.4",  # Multi-frame True Color Secondary Capture Image
        "77.1.1",  # VL Endoscopic Image
        "77.1.1.1",  # Video Endoscopic Image
        "77.1.2",  # VL Microscopic Image
        "77.1.2.1",  # Video Microscopic Image
        "77.1.4",  # VL Photographic Image
        "77.1.4.1",  # Video Photographic Image
        "77.1.5.1",  # Ophthalmic Photography 8 Bit Image
        "77.1.5.2",  # Ophthalmic Photography 16 Bit Image
    )
)
"""Classes whose devices write into the picture, or that are pictures of other pictures."""
_SUSPECTED_MODALITIES = frozenset({"ES", "OT", "SC", "US", "XC"})
_CAPTURES = frozenset({"SCREEN SAVE", "SCREENSAVE", "SCREENSHOT", "SCREEN CAPTURE"})


class BurnedIn(Enum):
    """What is known of annotation in the pixels."""

    NO = "no"
    """Stated to be none, or of a kind that has none."""
    SUSPECTED = "suspected"
    """Of a kind that often has some, and nothing stated."""
    YES = "yes"
    """Stated."""


def burned_in(data_set: DataSet) -> BurnedIn:
    """What ``data_set`` says of itself, or else what its kind lets expect."""
    stated = data_set.text(BURNED_IN_ANNOTATION).upper()
    if stated == "YES":
        return BurnedIn.YES
    if stated == "NO":
        return BurnedIn.NO
    suspected = (
        data_set.text(_SOP_CLASS_UID) in _SUSPECTED_CLASSES
        or data_set.text(_MODALITY).upper() in _SUSPECTED_MODALITIES
        or bool(data_set.text(_CONVERSION_TYPE))
        or not _CAPTURES.isdisjoint(data_set.text(_IMAGE_TYPE).upper().split("\\"))
    )
    return BurnedIn.SUSPECTED if suspected else BurnedIn.NO
