"""DS and IS: numbers that are text in the stream, and keep that text (PS3.5 §6.2)."""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite

__all__ = ["DecimalString", "IntegerString", "format_decimal"]

_LONGEST = 16
_EXPONENT = re.compile(r"e(-?)\+?0*")


class DecimalString(float):
    """A DS value: a number that remembers its text.

    A number of more digits than 16 characters hold becomes the nearest that they do, so that
    what is set is what will be read.
    """

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str | float | Decimal) -> DecimalString:
        """From text or a number; raises ValueError for text that is no finite number."""
        if isinstance(text, DecimalString):
            text = text.text
        elif not isinstance(text, str):
            text = format_decimal(float(text))
        number = float.__new__(cls, text)
        if not isfinite(number) or "_" in text:
            raise ValueError("DS is a finite decimal number")
        number.text = text.strip()
        return number

    def __str__(self) -> str:
        return self.text


class IntegerString(int):
    """An IS value: an integer that remembers its text."""

    text: str

    def __new__(cls, text: str | int) -> IntegerString:
        """From text or an integer; raises ValueError for text that is no integer.

        A number has to fit 32 bits; of text, which some peer sent, it is not asked.
        """
        if isinstance(text, IntegerString):
            text = text.text
        if "_" in text if isinstance(text, str) else not -(1 << 31) <= text < 1 << 31:
            raise ValueError("IS is an integer of 32 bits")
        try:
            number = int.__new__(cls, text)
        except ValueError:
            value = Decimal(text.strip()) if isinstance(text, str) and len(text) <= 16 else None
            # LENIENT: "1.0" as IS, sent by several RT systems.
            if value is None or not value.is_finite() or abs(value.adjusted()) > 16 or value % 1:
                raise ValueError("IS is an integer") from None
            number = int.__new__(cls, int(value))
        number.text = text.strip() if isinstance(text, str) else str(int(text))
        return number

    def __str__(self) -> str:
        return self.text


def format_decimal(number: float) -> str:
    """``number`` in at most 16 characters, as close as they allow (DS, PS3.5 §6.2)."""
    text = repr(float(number))
    if text.endswith(".0"):
        text = text[:-2]
    digits = 17
    while len(text) > _LONGEST:
        digits -= 1
        # Where zeros follow the point, an exponent leaves room for more digits.
        plain, scientific = f"{number:.{digits}g}", f"{number:.{digits - 1}e}"
        text = min(_EXPONENT.sub(r"e\1", plain), _EXPONENT.sub(r"e\1", scientific), key=len)
    return text
