"""DS and IS: numbers that keep the text they came as."""

import copy
import pickle
from decimal import Decimal

import pytest

from filmroom.dicom.number_strings import DecimalString, IntegerString, format_decimal


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.50", 1.5), (" -0.10 ", -0.1), ("+7", 7.0), ("1E-3", 0.001), ("00012", 12.0), ("-0", 0.0)],
)
def test_ds_keeps_its_text(text, number):
    value = DecimalString(text)
    assert value == number
    assert value.text == str(value) == text.strip()
    assert value + 1 == number + 1


@pytest.mark.parametrize("text", ["", "abc", "1,5", "nan", "inf", "-Infinity", "1_0", "1 2"])
def test_ds_is_a_finite_decimal_number(text):
    with pytest.raises(ValueError, match=r"."):
        DecimalString(text)


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
def test_ds_of_a_number_is_finite(number):
    with pytest.raises(ValueError, match="finite"):
        DecimalString(number)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "1"),
        (1.0, "1"),
        (0.1, "0.1"),
        (Decimal("2.50"), "2.5"),
        (-1 / 3, "-0.3333333333333"),
        (1 / 3, "0.33333333333333"),
        (0.000123456789012345678, "1.23456789012e-4"),
        (1.0000000000000002e16, "1e16"),
        (-1.23456789e-300, "-1.23456789e-300"),
        (123456789012345678, "1.23456789012e17"),
    ],
)
def test_ds_of_a_number_is_the_nearest_that_16_characters_hold(number, text):
    value = DecimalString(number)
    assert float(value.text) == value
    assert float(value) == pytest.approx(float(number), rel=1e-9)
    assert len(value.text) <= 16
    assert value.text == text


@pytest.mark.parametrize("exponent", range(-307, 308, 13))
def test_format_decimal_fits_and_is_near(exponent):
    for digits in (1.0, -1.2345678901234567, 9.999999999999999):
        number = digits * 10.0**exponent
        text = format_decimal(number)
        assert len(text) <= 16
        assert float(text) == pytest.approx(number, rel=1e-8)


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), (" 007 ", 7), ("-5", -5), ("+5", 5), ("99999999999", 99999999999)],
)
def test_is_keeps_its_text(text, number):
    value = IntegerString(text)
    assert value == number
    assert value.text == str(value) == text.strip()


@pytest.mark.parametrize("text", ["1.0", "5.000", "1E2"])
def test_is_of_rt_systems_with_a_fraction_of_zero(text):
    value = IntegerString(text)
    assert value == int(float(text))
    assert value.text == text


@pytest.mark.parametrize(
    "text", ["", "1.5", "abc", "1_0", "NaN", "Infinity", "1E999999", "1" * 17 + ".0"]
)
def test_is_is_an_integer(text):
    with pytest.raises((ValueError, ArithmeticError)):
        IntegerString(text)


@pytest.mark.parametrize("number", [1 << 31, -(1 << 31) - 1])
def test_is_of_a_number_fits_32_bits(number):
    with pytest.raises(ValueError, match="32 bits"):
        IntegerString(number)
    assert IntegerString((1 << 31) - 1).text == "2147483647"


@pytest.mark.parametrize("value", [DecimalString("1.50"), IntegerString("007")])
def test_copies_keep_the_text(value):
    for twin in (copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert twin == value
        assert twin.text == value.text
