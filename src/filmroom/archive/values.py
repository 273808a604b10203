"""Key forms of values: the text that the index compares, beside the text that it returns.

A value is kept as it was sent, without its padding. Where two spellings mean the same (a name in
capitals, ``2020.01.31`` of ACR-NEMA, ``1030`` and ``103000.000``), the *key form* is one spelling
that compares and sorts right as plain text. A value that its VR does not allow has the empty key
form: no range reaches it, and it is still kept and returned (PS3.4 §C.2.2.2, PS3.5 §6.2).
"""

from __future__ import annotations

import re
import unicodedata

__all__ = [
    "clean",
    "date_key",
    "datetime_ceiling",
    "datetime_key",
    "fold",
    "integer_key",
    "key_form",
    "name_keys",
    "time_ceiling",
    "time_key",
]

PADDING = " \0\t\r\n"

_DATE = re.compile(r"(\d{4})(?:\.(\d\d)\.(\d\d)|(\d\d)(\d\d))\Z", re.ASCII)
_TIME = re.compile(r"(\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.(\d{1,6})\d*)?)?)?\Z", re.ASCII)
_DATETIME = re.compile(
    r"(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:\.(\d{1,6}))?(?:[+-]\d{4})?\Z", re.ASCII
)
_INTEGER = re.compile(r"[+-]?\d{1,20}\Z", re.ASCII)
_MARKS = re.compile("[\u0300-\u036f]")


def clean(text: str) -> str:
    """``text`` without the spaces and nulls around each value, and around the whole."""
    if "\\" in text:
        return "\\".join(part.strip(PADDING) for part in text.split("\\"))
    return text.strip(PADDING)


def fold(text: str) -> str:
    """``text`` in the one case, without accents; scripts without case stay as they are."""
    if text.isascii():
        return text.lower()
    stripped = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", stripped.casefold())


def name_keys(text: str) -> tuple[str, str, str]:
    """The folded alphabetic, ideographic and phonetic groups of a person name (PS3.5 §6.2.1)."""
    if "=" not in text:
        return _group_key(text), "", ""
    groups = [_group_key(group) for group in text.split("=", 2)]
    return groups[0], groups[1], groups[2] if len(groups) > 2 else ""


def _group_key(group: str) -> str:
    components = (part.strip(PADDING) for part in fold(group).split("^"))
    return "^".join(components).rstrip("^")


def date_key(text: str) -> str:
    """``YYYYMMDD`` of a DA, also of the old form with dots; empty when it is neither."""
    if len(text) == 8 and text.isascii() and text.isdigit():
        return text
    match = _DATE.match(text)
    return "".join(part for part in match.groups() if part) if match else ""


def time_key(text: str) -> str:
    """``HHMMSS.FFFFFF`` at the start of what a TM names, also with colons; empty when malformed."""
    match = _TIME.match(text)
    if not match:
        return ""
    hour, minute, second, fraction = match.groups()
    return f"{hour}{minute or '00'}{second or '00'}.{(fraction or ''):0<6}"


def time_ceiling(text: str) -> str:
    """The last moment that a TM of this precision names: ``1045`` ends at 10:45:59.999999."""
    match = _TIME.match(text)
    if not match:
        return ""
    hour, minute, second, fraction = match.groups()
    return f"{hour}{minute or '59'}{second or '59'}.{(fraction or ''):9<6}"


def datetime_key(text: str) -> str:
    """``YYYYMMDDHHMMSS.FFFFFF`` at the start of what a DT names; empty when malformed.

    An offset from UTC is not applied: the clock time as written counts (PS3.4 §C.2.2.2.5.3 leaves
    this to the implementation while time zone adjustment is not negotiated).
    """
    match = _DATETIME.match(text)
    if not match:
        return ""
    year, month, day, hour, minute, second, fraction = match.groups()
    clock = f"{hour or '00'}{minute or '00'}{second or '00'}.{(fraction or ''):0<6}"
    return f"{year}{month or '01'}{day or '01'}{clock}"


def datetime_ceiling(text: str) -> str:
    """The last moment that a DT of this precision names."""
    match = _DATETIME.match(text)
    if not match:
        return ""
    year, month, day, hour, minute, second, fraction = match.groups()
    clock = f"{hour or '23'}{minute or '59'}{second or '59'}.{(fraction or ''):9<6}"
    return f"{year}{month or '12'}{day or '31'}{clock}"


def integer_key(text: str) -> str:
    """An IS without sign and zeros that say nothing; the text itself when it is no integer."""
    return str(int(text)) if _INTEGER.match(text) else text


def key_form(vr: str, text: str) -> str:
    """The key form of one value of ``vr``; of a person name, its alphabetic group."""
    match vr:
        case "DA":
            return date_key(text)
        case "TM":
            return time_key(text)
        case "DT":
            return datetime_key(text)
        case "IS" | "US":
            return integer_key(text)
        case "PN":
            return name_keys(text)[0]
        case _:
            return text
