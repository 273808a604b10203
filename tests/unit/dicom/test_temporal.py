"""DA, TM and DT of any precision, and the ranges of queries."""

from datetime import date, datetime, time, timedelta, timezone

import pytest

from filmroom.dicom.temporal import (
    AgeString,
    DateString,
    DateTime,
    DateTimeString,
    TimeOfDay,
    TimeString,
    format_date,
    format_datetime,
    format_time,
    parse_date,
    parse_date_range,
    parse_datetime,
    parse_datetime_range,
    parse_time,
    parse_time_range,
)
from filmroom.errors import InvalidValue

# ------------------------------------------------------------------ dates


@pytest.mark.parametrize("text", ["20240229", "20240229 ", "2024.02.29", "20240229\0"])
def test_dates(text):
    assert parse_date(text) == date(2024, 2, 29)


@pytest.mark.parametrize(
    "text",
    ["", "2024", "202402", "20230229", "20241301", "2024-02-29", "2024.0229", "２０２４０２２９"],
)
def test_no_dates(text):
    with pytest.raises(InvalidValue) as caught:
        parse_date(text)
    assert text == "" or text not in str(caught.value)


def test_date_written():
    assert format_date(date(7, 1, 2)) == "00070102"


# ------------------------------------------------------------------ times

TIMES = [
    ("10", time(10), time(10, 59, 59, 999999), "hour"),
    ("1011", time(10, 11), time(10, 11, 59, 999999), "minute"),
    ("101112", time(10, 11, 12), time(10, 11, 12, 999999), "second"),
    ("101112.5", time(10, 11, 12, 500000), time(10, 11, 12, 599999), "fraction"),
    ("101112.123456", time(10, 11, 12, 123456), time(10, 11, 12, 123456), "fraction"),
    ("101112.000", time(10, 11, 12), time(10, 11, 12, 999), "fraction"),
    ("23", time(23), time(23, 59, 59, 999999), "hour"),
]


@pytest.mark.parametrize(("text", "earliest", "latest", "precision"), TIMES)
def test_times(text, earliest, latest, precision):
    value = parse_time(text)
    assert (value.earliest, value.latest, value.precision) == (earliest, latest, precision)
    assert format_time(value) == text


def test_time_of_acr_nema():
    assert parse_time("10:11:12").earliest == time(10, 11, 12)


def test_leap_second():
    assert parse_time("235960").earliest == time(23, 59, 59)
    assert parse_datetime("20161231235960").earliest == datetime(2016, 12, 31, 23, 59, 59)


@pytest.mark.parametrize(
    "text", ["", "1", "101", "24", "1060", "101161", "101112.", "101112.1234567", "1011.5", "abc"]
)
def test_no_times(text):
    with pytest.raises(InvalidValue):
        parse_time(text)


def test_plain_times_written():
    assert format_time(time(1, 2, 3)) == "010203"
    assert format_time(time(1, 2, 3, 4)) == "010203.000004"


# ------------------------------------------------------------------ date-times

EAST = timezone(timedelta(hours=5, minutes=30))
WEST = timezone(timedelta(hours=-5))
DATE_TIMES = [
    ("2024", datetime(2024, 1, 1), datetime(2024, 12, 31, 23, 59, 59, 999999), "year"),
    ("202402", datetime(2024, 2, 1), datetime(2024, 2, 29, 23, 59, 59, 999999), "month"),
    ("202412", datetime(2024, 12, 1), datetime(2024, 12, 31, 23, 59, 59, 999999), "month"),
    ("20240229", datetime(2024, 2, 29), datetime(2024, 2, 29, 23, 59, 59, 999999), "day"),
    ("2024022910", datetime(2024, 2, 29, 10), datetime(2024, 2, 29, 10, 59, 59, 999999), "hour"),
    ("202402291011", datetime(2024, 2, 29, 10, 11), datetime(2024, 2, 29, 10, 11, 59, 999999),
     "minute"),
    ("20240229101112", datetime(2024, 2, 29, 10, 11, 12),
     datetime(2024, 2, 29, 10, 11, 12, 999999), "second"),
    ("20240229101112.25", datetime(2024, 2, 29, 10, 11, 12, 250000),
     datetime(2024, 2, 29, 10, 11, 12, 259999), "fraction"),
    ("2024+0530", datetime(2024, 1, 1, tzinfo=EAST),
     datetime(2024, 12, 31, 23, 59, 59, 999999, tzinfo=EAST), "year"),
    ("20240229101112-0500", datetime(2024, 2, 29, 10, 11, 12, tzinfo=WEST),
     datetime(2024, 2, 29, 10, 11, 12, 999999, tzinfo=WEST), "second"),
    ("9999", datetime(9999, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999), "year"),
    ("99991231", datetime(9999, 12, 31), datetime(9999, 12, 31, 23, 59, 59, 999999), "day"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "earliest", "latest", "precision"), DATE_TIMES)
def test_date_times(text, earliest, latest, precision):
    value = parse_datetime(text)
    assert (value.earliest, value.latest, value.precision) == (earliest, latest, precision)
    assert format_datetime(value) == text


def test_no_offset_is_not_utc():
    assert parse_datetime("20240229").earliest.tzinfo is None
    assert parse_datetime("20240229+0000").earliest.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "text", ["", "202", "20241301", "2024022924", "20240229+5", "20240229+2500", "20240229Z",
             "0000", "2024022910.5"],
)  # fmt: skip
def test_no_date_times(text):
    with pytest.raises(InvalidValue):
        parse_datetime(text)


def test_plain_date_times_written():
    assert format_datetime(datetime(2024, 2, 29, 1, 2, 3)) == "20240229010203"
    assert format_datetime(datetime(2024, 2, 29, 1, 2, 3, 4, tzinfo=WEST)) == (
        "20240229010203.000004-0500"
    )


# ------------------------------------------------------------------ ranges


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("20240101-20240131", date(2024, 1, 1), date(2024, 1, 31)),
        ("20240101-", date(2024, 1, 1), None),
        ("-20240131", None, date(2024, 1, 31)),
        ("20240101", date(2024, 1, 1), date(2024, 1, 1)),
        ("20240101 - 20240131 ", date(2024, 1, 1), date(2024, 1, 31)),
    ],
)
def test_date_ranges(text, first, last):
    found = parse_date_range(text)
    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize("text", ["-", "", "20240101-2024", "-20240101-"])
def test_no_date_ranges(text):
    with pytest.raises(InvalidValue):
        parse_date_range(text)


def test_time_ranges():
    found = parse_time_range("10-1230")
    assert found.first.earliest == time(10)
    assert found.last.latest == time(12, 30, 59, 999999)
    assert parse_time_range("10-").last is None
    with pytest.raises(InvalidValue):
        parse_time_range("-")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("20240101-20240131", datetime(2024, 1, 1), datetime(2024, 1, 31)),
        ("2024-", datetime(2024, 1, 1), None),
        ("-2024", None, datetime(2024, 1, 1)),
        ("20240101-0500", datetime(2024, 1, 1, tzinfo=WEST), datetime(2024, 1, 1, tzinfo=WEST)),
        ("20240101-0500-20240131-0500", datetime(2024, 1, 1, tzinfo=WEST),
         datetime(2024, 1, 31, tzinfo=WEST)),
        ("20240101-0500-", datetime(2024, 1, 1, tzinfo=WEST), None),
        ("-20240131-0500", None, datetime(2024, 1, 31, tzinfo=WEST)),
        ("20240101+0530-20240131", datetime(2024, 1, 1, tzinfo=EAST), datetime(2024, 1, 31)),
        ("2023-2024", datetime(2023, 1, 1), datetime(2024, 1, 1)),
    ],
)  # fmt: skip
def test_date_time_ranges(text, first, last):
    """A hyphen divides a range, or begins an offset west of UTC (PS3.4 §C.2.2.2.5.3)."""
    found = parse_datetime_range(text)
    assert (found.first and found.first.earliest) == first
    assert (found.last and found.last.earliest) == last


# ------------------------------------------------------------------ values that know their meaning


def test_values_are_text_that_knows_its_meaning():
    assert DateString("20240229").date == date(2024, 2, 29)
    assert TimeString("1011").time == TimeOfDay(time(10, 11), "minute")
    assert DateTimeString("2024").datetime == DateTime(datetime(2024, 1, 1), "year")
    assert AgeString("053Y").age == (53, "Y")
    assert DateString("20240229") == "20240229"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (DateString("today"), "date"),
        (TimeString("noon"), "time"),
        (DateTimeString("now"), "datetime"),
        (AgeString("53"), "age"),
        (AgeString("53Y"), "age"),
        (AgeString("053y"), "age"),
    ],
)
def test_text_without_a_meaning(value, name):
    with pytest.raises(InvalidValue):
        getattr(value, name)
