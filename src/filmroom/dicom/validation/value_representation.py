"""Whether a value is what its VR allows: characters, length, form (PS3.5 §6.2, Table 6.2-1).

One row a VR; a check takes one value without its padding and says what is wrong with it, in words
that do not repeat the value. Binary VRs are rows of the data layer's own table: their size.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from filmroom.dicom.temporal import parse_date, parse_datetime, parse_time
from filmroom.dicom.vr import VR
from filmroom.errors import InvalidValue

__all__ = ["REPRESENTATIONS", "Representation", "binary_fault", "padding_fault", "text_faults"]

Check = Callable[[str], str]

# SH, LO, PN and UC: no control characters but ESC, which decoding has taken out (PS3.5 §6.1.3).
_CONTROL = re.compile(r"[\x00-\x1a\x1c-\x1f\x7f-\x9f]")
# ST, LT and UT may have tab, line feed, form feed and carriage return.
_CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
_AGE = re.compile(r"\d{3}[DWMY]", re.ASCII)
_CODE = re.compile(r"[A-Z0-9 _]*")
_DATE = re.compile(r"\d{8}", re.ASCII)
_OLD_DATE = re.compile(r"\d{4}\.\d\d\.\d\d", re.ASCII)
_TIME = re.compile(r"\d\d(\d\d(\d\d(\.\d{1,6})?)?)?", re.ASCII)
_OFFSET = re.compile(r"[+-]\d{4}$", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([Ee][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_UID = re.compile(r"[0-9.]+")
_URI = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")

_OFFSETS = range(-12 * 60, 14 * 60 + 1)
_MINUTES = 60
_ROOTS = ("0", "1", "2")
_LONGEST_INTEGER = 12


def _nothing(_: str) -> str:
    return ""


def _application_entity(value: str) -> str:
    return "a control character" if _CONTROL.search(value) else ""


def _age(value: str) -> str:
    return "" if _AGE.fullmatch(value) else "not nnnD, nnnW, nnnM or nnnY"


def _code(value: str) -> str:
    return "" if _CODE.fullmatch(value) else "characters other than A-Z, 0-9, space and underscore"


def _date(value: str) -> str:
    if _OLD_DATE.fullmatch(value):
        return "the form YYYY.MM.DD of ACR-NEMA"
    if not _DATE.fullmatch(value):
        return "not YYYYMMDD"
    return _parsed(parse_date, value)


def _time(value: str) -> str:
    if ":" in value:
        return "the form HH:MM:SS of ACR-NEMA"
    if not _TIME.fullmatch(value):
        return "not HHMMSS.FFFFFF"
    return _parsed(parse_time, value)


def _date_time(value: str) -> str:
    fault = _parsed(parse_datetime, value)
    offset = _OFFSET.search(value)
    if fault or offset is None:
        return fault
    text = offset.group()
    minutes = int(text[1:3]) * 60 + int(text[3:])
    if text == "-0000" or int(text[3:]) >= _MINUTES:
        return "an offset from UTC that there is not"
    inside = (-minutes if text[0] == "-" else minutes) in _OFFSETS
    return "" if inside else "an offset from UTC outside -1200 to +1400"


def _parsed(parse: Callable[[str], object], value: str) -> str:
    try:
        parse(value)
    except InvalidValue as error:
        return error.message
    return ""


def _decimal(value: str) -> str:
    return "" if _DECIMAL.fullmatch(value) else "not a decimal number"


def _integer(value: str) -> str:
    if not _INTEGER.fullmatch(value):
        return "not an integer"
    if len(value) > _LONGEST_INTEGER:
        return ""  # said already, and Python refuses to read thousands of digits
    return "" if -(1 << 31) <= int(value) < 1 << 31 else "outside -2^31 to 2^31-1"


def _string(value: str) -> str:
    return "a control character" if _CONTROL.search(value) else ""


def _text(value: str) -> str:
    return "a control character" if _CONTROL_IN_TEXT.search(value) else ""


def _person_name(value: str) -> str:
    groups = value.split("=")
    if len(groups) > 3:
        return f"{len(groups)} component groups, at most 3"
    longest = max(map(len, groups))
    if longest > 64:
        return f"a component group of {longest} characters, at most 64"
    components = max(group.count("^") + 1 for group in groups)
    if components > 5:
        return f"{components} components in a group, at most 5"
    return _string(value)


def _uid(value: str) -> str:
    if not _UID.fullmatch(value):
        return "characters other than digits and dots"
    components = value.split(".")
    if not all(components):
        return "an empty component"
    if any(len(component) > 1 and component[0] == "0" for component in components):
        return "a component with a leading zero"
    # ISO 8824 has three arcs at its root (PS3.5 §9.1).
    if components[0] not in _ROOTS or len(components) == 1:
        return "a root that no organization has"
    return ""


def _uri(value: str) -> str:
    return "" if _URI.fullmatch(value) else "characters that no URI has (RFC 3986)"


@dataclass(frozen=True, slots=True)
class Representation:
    """What a value of one text VR may be."""

    check: Check
    longest: int | None = None
    """Most characters of one value; of PN, and of a fixed form, the check knows."""
    leading_spaces_count: bool = False
    """Whether a leading space is part of the value instead of padding."""


REPRESENTATIONS: Mapping[VR, Representation] = {
    VR.AE: Representation(_application_entity, 16),
    VR.AS: Representation(_age, None, True),
    VR.CS: Representation(_code, 16),
    VR.DA: Representation(_date, None, True),
    VR.DS: Representation(_decimal, 16),
    VR.DT: Representation(_date_time, None, True),
    VR.IS: Representation(_integer, 12),
    VR.LO: Representation(_string, 64),
    VR.LT: Representation(_text, 10240, True),
    VR.PN: Representation(_person_name, None, True),
    VR.SH: Representation(_string, 16),
    VR.ST: Representation(_text, 1024, True),
    VR.TM: Representation(_time, None, True),
    VR.UC: Representation(_string, None, True),
    VR.UI: Representation(_uid, 64, True),
    VR.UR: Representation(_uri, None, True),
    VR.UT: Representation(_text, None, True),
}
"""The text VRs."""


def text_faults(vr: VR, text: str) -> Iterator[str]:
    """What is wrong with each value of the whole decoded ``text`` of an element, if anything."""
    row = REPRESENTATIONS[vr]
    pad = vr.facts.padding.decode("ascii")
    values = text.split("\\") if vr.facts.multiple else [text]
    for number, value in enumerate(values, 1):
        # What makes the whole even is no part of the last value.
        if number == len(values) and value.endswith(pad):
            value = value[:-1]
        if vr is VR.AE and value and not value.strip(" "):
            yield _numbered("nothing but spaces", number, values)
            continue
        if row.longest is not None and len(value) > row.longest:
            yield _numbered(f"{len(value)} characters, at most {row.longest}", number, values)
        value = value.rstrip(" \0") if row.leading_spaces_count else value.strip(" \0")
        fault = row.check(value) if value else ""
        if fault:
            yield _numbered(fault, number, values)


def _numbered(fault: str, number: int, values: list[str]) -> str:
    return fault if len(values) == 1 else f"value {number}: {fault}"


def padding_fault(vr: VR, raw: bytes) -> str:
    """What is wrong with how ``raw`` is padded: NUL for UI, space for other text (PS3.5 §6.2)."""
    if not raw:
        return ""
    if vr is VR.UI:
        if raw[:1] in (b" ", b"\0") or raw[-1:] == b" " or b" \\" in raw or b"\\ " in raw:
            return "spaces in a UID, which is padded with one NUL"
        return "more than one NUL at the end" if raw.endswith(b"\0\0") else ""
    return "padded with NUL instead of a space" if raw[-1:] == b"\0" else ""


def binary_fault(vr: VR, length: int) -> str:
    """What is wrong with the length of a value of a binary VR (PS3.5 §6.2)."""
    size = 4 if vr is VR.AT else vr.facts.item_size
    return f"length {length} is no multiple of {size}" if size > 1 and length % size else ""
