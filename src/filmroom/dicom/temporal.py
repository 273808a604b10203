"""Dates and times: DA, TM, DT of any precision, and the ranges that queries use.

PS3.5 §6.2 gives the formats, PS3.4 §C.2.2.2.5 the ranges. A value of partial precision stands for
an interval; :meth:`DateTime.earliest` and :meth:`DateTime.latest` are its ends. Values in a data
set are text that knows what it means: ``ds["StudyDate"].date``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Generic, TypeVar

from filmroom.errors import InvalidValue

__all__ = [
    "AgeString",
    "DateString",
    "DateTime",
    "DateTimeString",
    "TemporalRange",
    "TimeOfDay",
    "TimeString",
    "format_date",
    "format_datetime",
    "format_time",
    "parse_date",
    "parse_date_range",
    "parse_datetime",
    "parse_datetime_range",
    "parse_time",
    "parse_time_range",
]

_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)|(\d{4})\.(\d\d)\.(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.(\d{1,6}))?)?)?", re.ASCII)
_DATETIME = re.compile(
    r"(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.(\d{1,6}))?)?)?)?)?)?([+-]\d{4})?",
    re.ASCII,
)
_AGE = re.compile(r"(\d{3})([DWMY])", re.ASCII)
_UNITS = ("year", "month", "day", "hour", "minute", "second", "fraction")


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A TM value; ``precision`` is ``hour``, ``minute``, ``second`` or ``fraction``.

    ``digits`` counts those of a fraction.
    """

    earliest: time
    precision: str = "fraction"
    digits: int = 6

    @property
    def latest(self) -> time:
        """The last microsecond that the value stands for."""
        start = datetime.combine(date(2000, 1, 1), self.earliest)
        return (start + _span(self.precision, self.digits) - timedelta(microseconds=1)).time()


@dataclass(frozen=True, slots=True)
class DateTime:
    """A DT value; ``earliest`` has the offset from UTC where the value states one."""

    earliest: datetime
    precision: str = "fraction"
    digits: int = 6

    @property
    def latest(self) -> datetime:
        """The last microsecond that the value stands for."""
        start = self.earliest
        if self.precision == "year":
            return start.replace(
                month=12, day=31, hour=23, minute=59, second=59, microsecond=999999
            )
        if self.precision == "month":
            following = start.replace(day=28) + timedelta(days=4) if start.month < 12 else None
            last = 31 if following is None else (following.replace(day=1) - timedelta(days=1)).day
            return start.replace(day=last, hour=23, minute=59, second=59, microsecond=999999)
        # The last microsecond of year 9999 is the last there is, so the unit is added less one.
        return start + (_span(self.precision, self.digits) - timedelta(microseconds=1))


Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class TemporalRange(Generic[Value]):
    """A range of a query: both ends included, None where it is open."""

    first: Value | None
    last: Value | None


class DateString(str):
    """A DA value: its text, as in the stream."""

    __slots__ = ()

    @property
    def date(self) -> date:
        """The date; raises :class:`InvalidValue` where the text is none."""
        return parse_date(self)


class TimeString(str):
    """A TM value: its text, as in the stream."""

    __slots__ = ()

    @property
    def time(self) -> TimeOfDay:
        """The time of day; raises :class:`InvalidValue` where the text is none."""
        return parse_time(self)


class DateTimeString(str):
    """A DT value: its text, as in the stream."""

    __slots__ = ()

    @property
    def datetime(self) -> DateTime:
        """The date and time; raises :class:`InvalidValue` where the text is none."""
        return parse_datetime(self)


class AgeString(str):
    """An AS value: its text, as in the stream."""

    __slots__ = ()

    @property
    def age(self) -> tuple[int, str]:
        """A number and its unit: D, W, M or Y; raises :class:`InvalidValue`."""
        match = _AGE.fullmatch(self.strip(" \0"))
        if match is None:
            raise InvalidValue("not an age", hint="AS is nnnD, nnnW, nnnM or nnnY, PS3.5 §6.2")
        return int(match[1]), match[2]


def _span(precision: str, digits: int) -> timedelta:
    if precision == "fraction":
        return timedelta(microseconds=10 ** (6 - digits))
    seconds = {"day": 86400, "hour": 3600, "minute": 60, "second": 1}[precision]
    return timedelta(seconds=seconds)


def parse_date(text: str) -> date:
    """The date of a DA value; raises :class:`InvalidValue`.

    ACR-NEMA's ``YYYY.MM.DD`` is understood, as PS3.5 §6.2 asks for.
    """
    match = _DATE.fullmatch(text.strip(" \0"))
    if match is None:
        raise InvalidValue("not a date", hint="DA is YYYYMMDD, PS3.5 §6.2")
    year, month, day = (int(part) for part in match.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidValue("no such day in the calendar") from None


def parse_time(text: str) -> TimeOfDay:
    """The time of a TM value of any precision; raises :class:`InvalidValue`."""
    match = _TIME.fullmatch(text.strip(" \0"))
    if match is None:
        raise InvalidValue("not a time", hint="TM is HHMMSS.FFFFFF, PS3.5 §6.2")
    parts = [part for part in match.groups() if part is not None]
    fraction = parts[3] if len(parts) == 4 else ""
    numbers = [int(part) for part in parts[:3]] + [0] * (3 - len(parts[:3]))
    if numbers[2] == 60:  # a leap second, which Python's time does not know
        numbers[2] = 59
    try:
        hour, minute, second = numbers
        value = time(hour, minute, second, int(fraction.ljust(6, "0")) if fraction else 0)
    except ValueError:
        raise InvalidValue("no such time of day") from None
    return TimeOfDay(value, _UNITS[2 + len(parts)], len(fraction) or 6)


def parse_datetime(text: str) -> DateTime:
    """The date and time of a DT value of any precision; raises :class:`InvalidValue`."""
    match = _DATETIME.fullmatch(text.strip(" \0"))
    if match is None:
        raise InvalidValue("not a date and time", hint="DT is YYYYMMDDHHMMSS.FFFFFF&ZZXX")
    *parts, offset = match.groups()
    present = [part for part in parts if part is not None]
    fraction = present[6] if len(present) == 7 else ""
    numbers = [int(part) for part in present[:6]]
    numbers += [1] * (3 - len(numbers))
    numbers += [0] * (6 - len(numbers))
    if numbers[5] == 60:
        numbers[5] = 59
    try:
        zone = None if offset is None else _zone(offset)
        year, month, day, hour, minute, second = numbers
        micro = int(fraction.ljust(6, "0")) if fraction else 0
        value = datetime(year, month, day, hour, minute, second, micro, zone)
    except ValueError:
        raise InvalidValue("no such date and time") from None
    return DateTime(value, _UNITS[len(present) - 1], len(fraction) or 6)


def _zone(offset: str) -> timezone:
    minutes = int(offset[1:3]) * 60 + int(offset[3:5])
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))


def format_date(value: date) -> str:
    """``value`` as DA."""
    return f"{value.year:04d}{value.month:02d}{value.day:02d}"


def format_time(value: time | TimeOfDay) -> str:
    """``value`` as TM, to its precision; a plain time without microseconds as HHMMSS."""
    if isinstance(value, time):
        value = TimeOfDay(value, "fraction" if value.microsecond else "second")
    moment = value.earliest
    whole = f"{moment.hour:02d}{moment.minute:02d}{moment.second:02d}"
    return _cut(whole, moment.microsecond, _UNITS.index(value.precision) - 3, value.digits)


def format_datetime(value: datetime | DateTime) -> str:
    """``value`` as DT, to its precision, with the offset from UTC where it has one."""
    if isinstance(value, datetime):
        value = DateTime(value, "fraction" if value.microsecond else "second")
    moment, unit = value.earliest, _UNITS.index(value.precision)
    text = format_date(moment)[: (4, 6, 8, 8, 8, 8, 8)[unit]]
    if unit >= 3:
        whole = f"{moment.hour:02d}{moment.minute:02d}{moment.second:02d}"
        text += _cut(whole, moment.microsecond, unit - 3, value.digits)
    offset = moment.utcoffset()
    if offset is None:
        return text
    minutes = round(offset.total_seconds() / 60)
    return f"{text}{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


def _cut(whole: str, microsecond: int, unit: int, digits: int) -> str:
    return f"{whole}.{microsecond:06d}"[: 7 + digits] if unit == 3 else whole[: 2 * unit + 2]


def _range(text: str, parse: Callable[[str], Value], split: int) -> TemporalRange[Value]:
    if split < 0:
        value = parse(text)
        return TemporalRange(value, value)
    first, last = text[:split].strip(" \0"), text[split + 1 :].strip(" \0")
    if not first and not last:
        raise InvalidValue("a range needs at least one end", hint="PS3.4 §C.2.2.2.5")
    return TemporalRange(parse(first) if first else None, parse(last) if last else None)


def parse_date_range(text: str) -> TemporalRange[date]:
    """``A-B``, ``A-``, ``-B`` or a single date; raises :class:`InvalidValue`."""
    return _range(text, parse_date, text.find("-"))


def parse_time_range(text: str) -> TemporalRange[TimeOfDay]:
    """``A-B``, ``A-``, ``-B`` or a single time; raises :class:`InvalidValue`."""
    return _range(text, parse_time, text.find("-"))


def parse_datetime_range(text: str) -> TemporalRange[DateTime]:
    """A range of DT, where a hyphen may also begin an offset; raises :class:`InvalidValue`.

    ``A-B`` is a range unless the whole is one value whose offset is west of UTC; among several
    hyphens, the first at which both sides are values divides (PS3.4 §C.2.2.2.5.3).
    """
    text = text.strip(" \0")
    if _DATETIME.fullmatch(text):
        hyphen = text.rfind("-")
        west = hyphen > 0 and len(text) - hyphen == 5 and int(text[hyphen + 1 : hyphen + 3]) <= 14
        return _range(text, parse_datetime, -1 if west or hyphen < 0 else hyphen)
    for match in re.finditer("-", text):
        sides = text[: match.start()], text[match.end() :]
        if all(not side or _DATETIME.fullmatch(side) for side in sides):
            return _range(text, parse_datetime, match.start())
    return _range(text, parse_datetime, -1)
