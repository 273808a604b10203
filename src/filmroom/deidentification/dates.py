"""Dates moved by whole days: DA, DT and their ranges; times of day stay (PS3.15 §E.3.6).

All of a patient's dates move by the same number of days, so that intervals between them, ages and
everything that is computed from times of day remain as they were.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from filmroom.dicom.temporal import (
    DateTime,
    TemporalRange,
    format_date,
    format_datetime,
    parse_date,
    parse_date_range,
    parse_datetime,
    parse_datetime_range,
    parse_time_range,
)
from filmroom.dicom.vr import VR
from filmroom.errors import InvalidValue

__all__ = ["is_temporal", "shifted"]

_RANGES: dict[VR, Callable[[str], TemporalRange[Any]]] = {
    VR.DA: parse_date_range,
    VR.DT: parse_datetime_range,
    VR.TM: parse_time_range,
}


def is_temporal(vr: VR, text: str) -> bool:
    """Whether ``text`` is a value of DA, DT or TM or a range of them, and nothing else."""
    parse = _RANGES.get(vr)
    if parse is None:
        return False
    try:
        parse(text)
    except InvalidValue:
        return False
    return True


def shifted(vr: VR, text: str, days: int) -> str:
    """``text`` of DA, DT or TM moved back by ``days``, in its precision.

    Of DT the offset from UTC is left out: beside a date in another season it would tell by how
    much the date was moved. Raises :class:`InvalidValue` for what is no date or time, or would
    come to lie before the year 1.
    """
    if vr not in _RANGES:
        raise InvalidValue(f"{vr} is no VR of dates or times")
    ends = _RANGES[vr](text)
    if vr is VR.TM:
        return text
    back = timedelta(days=days)
    try:
        first, last = (
            None if end is None else _moved(end, back) for end in (ends.first, ends.last)
        )
    except OverflowError:
        raise InvalidValue("a date that cannot be moved so far") from None
    if first is not None and _is_single(vr, text):
        return first
    return f"{first or ''}-{last or ''}"


def _moved(value: date | DateTime, back: timedelta) -> str:
    if isinstance(value, DateTime):
        earliest = value.earliest.replace(tzinfo=None) - back
        return format_datetime(replace(value, earliest=earliest))
    return format_date(value - back)


def _is_single(vr: VR, text: str) -> bool:
    parse = parse_date if vr is VR.DA else parse_datetime
    try:
        parse(text)
    except InvalidValue:
        return False
    return True
