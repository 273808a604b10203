from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmroom.deidentification.dates import is_temporal, shifted
from filmroom.dicom import VR
from filmroom.errors import InvalidValue


@pytest.mark.parametrize(
    ("vr", "text", "expected"),
    [
        (VR.DA, "20240301", "20240229"),
        (VR.DA, "2024.03.01", "20240229"),
        (VR.DA, "20240301-20240401", "20240229-20240331"),
        (VR.DA, "20240301-", "20240229-"),
        (VR.DA, "-20240301", "-20240229"),
        (VR.DT, "2024", "2023"),
        (VR.DT, "202403", "202402"),
        (VR.DT, "20240301", "20240229"),
        (VR.DT, "20240301101530.25", "20240229101530.25"),
        (VR.DT, "20240301101530.123456+0200", "20240229101530.123456"),
        (VR.DT, "20240301-20240401", "20240229-20240331"),
        (VR.TM, "101530.5", "101530.5"),
        (VR.TM, "10", "10"),
    ],
)
def test_a_day_earlier_in_the_same_precision(vr, text, expected):
    assert shifted(vr, text, 1) == expected


@pytest.mark.parametrize(
    ("vr", "text"),
    [(VR.DA, "Müller"), (VR.DA, "20241301"), (VR.DA, "00010101"), (VR.DT, "x"), (VR.TM, "Jörg"),
     (VR.LO, "20240101")],
)  # fmt: skip
def test_what_is_no_date_or_cannot_be_moved_raises(vr, text):
    with pytest.raises(InvalidValue):
        shifted(vr, text, 400)


@given(st.dates(date(1000, 1, 1)), st.dates(date(1000, 1, 1)), st.integers(1, 3650))
def test_intervals_stay(first, second, days):
    def moved(day):
        text = shifted(VR.DA, f"{day:%Y%m%d}".zfill(8), days)
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))

    assert moved(first) - moved(second) == first - second
    assert first - moved(first) == timedelta(days=days)


def test_only_dates_and_times_are_temporal():
    assert is_temporal(VR.DA, "20240101")
    assert is_temporal(VR.DA, "20240101-20240201")
    assert is_temporal(VR.TM, "10")
    assert not is_temporal(VR.DA, "Jörg")
    assert not is_temporal(VR.LO, "20240101")
