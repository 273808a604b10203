"""What tells a reader that an object was de-identified, and how (PS3.15 §E.1.1, steps 6 and 7)."""

from __future__ import annotations

from filmroom.deidentification.burned_in import (
    BURNED_IN_ANNOTATION,
    RECOGNIZABLE_VISUAL_FEATURES,
)
from filmroom.deidentification.options import METHOD_CODES, PROFILE_CODE, Option
from filmroom.deidentification.profile import Profile
from filmroom.dicom import IMPLEMENTATION_VERSION_NAME, VR, DataSet

__all__ = ["mark"]

_PATIENT_IDENTITY_REMOVED = 0x00120062
_METHOD = 0x00120063
_METHOD_CODES = 0x00120064
_LONGITUDINAL = 0x00280303
_CODE_VALUE = 0x00080100
_CODING_SCHEME = 0x00080102
_CODE_MEANING = 0x00080104


def mark(data_set: DataSet, profile: Profile, *, has_pixels: bool) -> None:
    """Say in ``data_set`` what ``profile`` did to it; what earlier steps said stays beside it."""
    data_set.set(_PATIENT_IDENTITY_REMOVED, VR.CS, "YES")
    method = f"{IMPLEMENTATION_VERSION_NAME} PS3.15 Annex E"
    if profile.rules.actions:
        method += " with local actions"
    earlier = [text for text in data_set.text(_METHOD).split("\\") if text and text != method]
    data_set.set(_METHOD, VR.LO, (*earlier, method))
    codes = [PROFILE_CODE, *(METHOD_CODES[option] for option in profile.sorted_options())]
    ours = {value for value, _ in codes}
    items = [
        item for item in data_set.sequence(_METHOD_CODES) if item.text(_CODE_VALUE) not in ours
    ]
    data_set.set(_METHOD_CODES, VR.SQ, [*items, *(_code(*code) for code in codes)])
    data_set.set(_LONGITUDINAL, VR.CS, _longitudinal(profile))
    if has_pixels and Option.CLEAN_PIXEL_DATA in profile.options:
        data_set.set(BURNED_IN_ANNOTATION, VR.CS, "NO")
    if has_pixels and Option.CLEAN_RECOGNIZABLE_VISUAL_FEATURES in profile.options:
        data_set.set(RECOGNIZABLE_VISUAL_FEATURES, VR.CS, "NO")


def _longitudinal(profile: Profile) -> str:
    """Longitudinal Temporal Information Modified (§E.2, §E.3.6)."""
    if Option.RETAIN_FULL_DATES in profile.options:
        return "UNMODIFIED"
    return "MODIFIED" if Option.RETAIN_MODIFIED_DATES in profile.options else "REMOVED"


def _code(value: str, meaning: str) -> DataSet:
    item = DataSet()
    item.set(_CODE_VALUE, VR.SH, value)
    item.set(_CODING_SCHEME, VR.SH, "DCM")
    item.set(_CODE_MEANING, VR.LO, meaning)
    return item
