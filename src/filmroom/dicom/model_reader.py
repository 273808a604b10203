"""Elements out of the values of a DICOM JSON Model or a Native DICOM Model, checked on the way in.

What reading either model shares: where one is, what is tolerated, and Specific Character Set. Both
models are Unicode, so where text goes beyond ASCII the data set becomes one in UTF-8, whatever its
(0008,0005) said of the bytes that it once was.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from filmroom.dicom.bulk_data import (
    INLINE_BINARY_VRS,
    BulkDataSource,
    is_encapsulated,
)
from filmroom.dicom.charset import DEFAULT_CHARACTER_SETS, CharacterSets
from filmroom.dicom.dataset import DataSet
from filmroom.dicom.element import Element
from filmroom.dicom.issue import Issue
from filmroom.dicom.model_values import BINARY_NUMBERS, NAME_GROUPS, UTF_8
from filmroom.dicom.number_strings import DecimalString, IntegerString, format_decimal
from filmroom.dicom.parser import MAX_ISSUES, Parser
from filmroom.dicom.person_name import NameGroup, PersonName
from filmroom.dicom.reader import MAX_DEPTH
from filmroom.dicom.tag import Tag
from filmroom.dicom.values import decode_text, encode_values
from filmroom.dicom.vr import VR
from filmroom.errors import (
    DataError,
    InvalidCharacterSet,
    InvalidValue,
    InvalidVR,
    MissingRequiredTag,
    NestingTooDeep,
)

__all__ = ["ModelReader", "NumberText"]

_CHARACTER_SET = 0x00080005
_PIXEL_DATA = 0x7FE00010
_LONGEST_NUMBER = 32
_LONGEST_DECIMAL = 16
_EIGHT_DIGITS = re.compile("[0-9A-Fa-f]{8}")
_SPACES = str.maketrans("", "", " \t\r\n")


class NumberText(str):
    """The digits of a number in JSON, apart from text in quotation marks."""

    __slots__ = ()


class ModelReader:
    """Makes the elements of one model; ``path`` is where reading stands."""

    def __init__(self, *, bulk_data: BulkDataSource | None, strict: bool) -> None:
        self.path: list[int] = []
        self._parser = Parser(strict)
        self._bulk_data = bulk_data
        self._beyond_ascii = False
        self._declared: list[DataSet] = []

    # ------------------------------------------------------------------ where, and what is wrong

    def error(
        self, message: str, kind: type[DataError] = InvalidValue, hint: str = ""
    ) -> DataError:
        """An error of ``kind`` that names the place."""
        path = self.path
        inside = f" in {self._place()}" if len(path) > 1 else ""
        tag = next((step for step in reversed(path[::2])), None)
        return kind(message + inside, tag=tag, hint=hint)

    def tolerate(self, message: str, kind: type[DataError] = InvalidValue) -> None:
        """Note a defect; when strict, raise it as ``kind``."""
        error = self.error(message, kind)
        if self._parser.strict:
            raise error
        if len(self._parser.issues) < MAX_ISSUES:
            self._parser.issues.append(Issue(error.tag, None, error.message))

    def _place(self) -> str:
        steps = (f"{step:08X}" if not n % 2 else str(step + 1) for n, step in enumerate(self.path))
        return "/".join(steps)

    # ------------------------------------------------------------------ data sets

    def data_set(self) -> DataSet:
        """A new data set, which shares the list of issues; raises NestingTooDeep beyond bounds."""
        if len(self.path) // 2 > MAX_DEPTH:
            raise NestingTooDeep(f"over {MAX_DEPTH} levels of sequences", tag=self.path[0])
        data_set = DataSet()
        data_set.parser = self._parser
        return data_set

    def add(self, data_set: DataSet, element: Element) -> None:
        """Put ``element`` in; of two with the same tag the first counts, as in streams."""
        if element.tag in data_set:
            self.tolerate("two elements of one tag")
            return
        data_set.add(element)
        if element.tag == _CHARACTER_SET:
            self._declared.append(data_set)

    def finish(self, data_set: DataSet) -> DataSet:
        """``data_set``, the outermost one, with the character set that its text needs."""
        if self._beyond_ascii:
            for declared in self._declared:
                declared.set(_CHARACTER_SET, VR.CS, UTF_8)
            data_set.set(_CHARACTER_SET, VR.CS, UTF_8)
        return data_set

    def enter(self, text: str, *, has_creator: bool = False) -> Tag | None:
        """Go to the attribute that ``text`` names: None for one that no data set holds.

        ``has_creator`` says that it is private and named without its block. The caller leaves by
        taking the tag off ``path``.
        """
        try:
            tag = Tag(int(text, 16)) if _EIGHT_DIGITS.fullmatch(text) else Tag.parse(text)
        except InvalidValue:
            raise self.error("an attribute is not named by eight hexadecimal digits") from None
        if tag >> 16 == 0xFFFE:
            raise self.error("an item or a delimiter where an attribute must stand")
        self.path.append(tag)
        if not tag & 0xFFFF and not has_creator:
            # LENIENT: group lengths, which converters leave in.
            self.tolerate("a group length in a model")
            self.path.pop()
            return None
        if text != f"{tag:08X}":
            # LENIENT: lowercase digits or a keyword, from hand-written and scripted models.
            self.tolerate("a tag that is not eight uppercase digits")
        return tag

    def vr(self, text: object, tag: int, data_set: DataSet, *, required: bool = True) -> VR:
        """The VR that ``text`` says, or where none does the dictionary's."""
        if isinstance(text, str) and text in VR.__members__:
            return VR(text)
        known = data_set.resolve_vr(tag)
        if known is VR.UN:
            message = "no VR" if text is None else "no such VR"
            raise self.error(f"{message}, and the dictionary knows none", InvalidVR)
        if required or text is not None:
            # LENIENT: the VR left out, or "US or SS" as dictionaries have it.
            self.tolerate("no VR where one must stand", InvalidVR)
        return known

    # ------------------------------------------------------------------ elements

    def from_values(self, tag: int, vr: VR, values: Sequence[Any]) -> Element:
        """An element of ``values``: text, :class:`NumberText`, numbers, names or None."""
        if not values or (len(values) == 1 and values[0] in (None, "")):
            return Element(tag, vr)
        if vr in BINARY_NUMBERS:
            return self._numbers(tag, vr, values)
        if vr is VR.PN:
            return Element.of(tag, vr, [self._name(value) for value in values])
        if vr in INLINE_BINARY_VRS or vr is VR.SQ:
            raise self.error(f"a value that {vr} cannot have")
        if vr is VR.DS or vr is VR.IS:
            read = self._decimal if vr is VR.DS else self._integer
            return Element.of(tag, vr, [read(value) for value in values])
        texts = [self._text(value) for value in values]
        if not vr.facts.multiple and len(texts) > 1:
            raise self.error(f"{len(texts)} values where {vr} has one")
        if vr.facts.multiple and any("\\" in text for text in texts):
            # LENIENT: a backslash in a value, from paths; it separates (PS3.18 §F.2.4).
            self.tolerate("a backslash inside a value separates values")
            texts = "\\".join(texts).split("\\")
        return self._of_texts(tag, vr, texts)

    def _of_texts(self, tag: int, vr: VR, texts: Sequence[str]) -> Element:
        if not vr.facts.charset and not all(text.isascii() for text in texts):
            # LENIENT: letters in a VR without character set, as read out of such bytes.
            self.tolerate(f"{vr} holds characters of the default repertoire only")
            try:
                raw = "\\".join(texts).encode("latin_1")
            except UnicodeEncodeError:
                raise self.error(f"characters that {vr} cannot have") from None
            return Element(tag, vr, raw)
        return Element.of(tag, vr, texts)

    def from_base64(self, tag: int, vr: VR, text: str) -> Element:
        """An element whose value is given in Base64; line breaks are allowed in it."""
        if not text.isascii():
            raise self.error("not Base64")
        try:
            raw = base64.b64decode(text.translate(_SPACES), validate=True)
        except binascii.Error:
            raise self.error("not Base64") from None
        return self.from_bytes(tag, vr, raw)

    def from_uri(self, tag: int, vr: VR, uri: str) -> Element | None:
        """An element whose value is fetched, or None where it is to be left out."""
        if self._bulk_data is None:
            raise self.error(
                "a value that stands elsewhere",
                MissingRequiredTag,
                hint="write the model with its values, or give bulk_data= to fetch them",
            )
        raw = self._bulk_data(tuple(self.path), vr, uri)
        return None if raw is None else self.from_bytes(tag, vr, raw)

    def from_bytes(self, tag: int, vr: VR, raw: bytes | memoryview) -> Element:
        """An element of a value in little endian bytes."""
        if vr is VR.SQ or vr is VR.PN:
            raise self.error(f"a value of bytes, which {vr} cannot have")
        if vr.facts.is_text:
            text, sound = decode_text(vr, bytes(raw), CharacterSets.of((UTF_8,)))
            if not sound:
                # LENIENT: text in another character set than the model's.
                self.tolerate("characters that are not UTF-8")
            texts = text.rstrip(" \0").split("\\") if vr.facts.multiple else [text.rstrip(" \0")]
            return self.from_values(tag, vr, texts)
        if tag == _PIXEL_DATA and len(self.path) == 1 and is_encapsulated(raw):
            kind = vr if vr is VR.OW else VR.OB
            return Element(tag, kind, raw, undefined_length=True)
        return Element(tag, vr, raw)

    # ------------------------------------------------------------------ values

    def _text(self, value: object) -> str:
        if value is None:
            return ""
        if isinstance(value, NumberText | int | float) and not isinstance(value, bool):
            # LENIENT: a number where text must stand, from converters that guess types.
            self.tolerate("a number where text must stand")
            return str(value)
        if not isinstance(value, str):
            raise self.error("a value that is no text")
        if not value.isascii():
            self._note(value)
        return value

    def _note(self, text: str) -> None:
        """Remember that there is text beyond ASCII."""
        try:
            text.encode()
        except UnicodeEncodeError:
            raise self.error("half of a surrogate pair", InvalidCharacterSet) from None
        self._beyond_ascii = True

    def _name(self, value: object) -> PersonName:
        if value is None:
            return PersonName()
        if isinstance(value, str) and not isinstance(value, NumberText):
            # LENIENT: a name as one string, from scripts that know no groups.
            self.tolerate("a name that is not in groups")
            return PersonName.parse(self._text(value))
        if not isinstance(value, dict):
            raise self.error("a value that is no name")
        groups = [self._text(value.get(group)) for group in NAME_GROUPS]
        if any("\\" in group or "=" in group for group in groups):
            raise self.error("a separator inside a component group of a name")
        return PersonName(*map(NameGroup, groups))

    def _decimal(self, value: object) -> DecimalString | str:
        if value is None or value == "":
            return ""
        try:
            if isinstance(value, NumberText) and len(value) > _LONGEST_DECIMAL:
                # A number of JSON has no bound, a DS 16 characters.
                return DecimalString(format_decimal(float(value)))
            return DecimalString(self._plain(value, float))
        except (ValueError, ArithmeticError):
            # LENIENT: text that is no number stays text, as in streams.
            self.tolerate("a value of DS that is no number")
            return self._ascii(value)

    def _integer(self, value: object) -> IntegerString | str:
        if value is None or value == "":
            return ""
        try:
            text = self._plain(value, int)
            if isinstance(text, float) and text.is_integer():
                text = int(text)
            return IntegerString(str(text))
        except (ValueError, ArithmeticError):
            self.tolerate("a value of IS that is no number")
            return self._ascii(value)

    def _ascii(self, value: object) -> str:
        text = str(value)
        if not text.isascii() or "\\" in text:
            raise self.error("a value that is no number")
        return text

    def _plain(self, value: object, kind: type[int] | type[float]) -> str | int | float:
        """``value`` as short text or a number; raises where it is neither."""
        if isinstance(value, str):
            text = value.strip()
            if not text or len(text) > _LONGEST_NUMBER or "_" in text or not text.isascii():
                raise ValueError("no number")
            return text
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        raise self.error("a value that is no number")

    def _numbers(self, tag: int, vr: VR, values: Sequence[object]) -> Element:
        read: Callable[[object], Any] = self._whole
        if vr is VR.AT:
            read = self._tag_value
        elif vr is VR.FD or vr is VR.FL:
            read = self._floating
        try:
            numbers = [read(value) for value in values]
            raw = encode_values(vr, numbers, little_endian=True, sets=DEFAULT_CHARACTER_SETS)
        except (ValueError, ArithmeticError, InvalidValue) as error:
            if isinstance(error, InvalidValue) and error.tag is not None:
                raise
            raise self.error(f"a value does not fit {vr}") from None
        return Element(tag, vr, raw)

    def _whole(self, value: object) -> int:
        number = self._plain(value, int)
        if isinstance(number, str):
            return IntegerString(number)
        if number != int(number):
            raise ValueError("no integer")
        return int(number)

    def _floating(self, value: object) -> float:
        if value is None:
            # LENIENT: null for what JSON has no number for, from dcm4che.
            self.tolerate("a value that is missing among others")
            return math.nan
        text = self._plain(value, float)
        number = float(text)
        if isinstance(text, str) and math.isinf(number) and "inf" not in text.lower():
            raise ValueError("out of range")
        return number

    def _tag_value(self, value: object) -> int:
        if isinstance(value, str) and _EIGHT_DIGITS.fullmatch(value):
            return int(value, 16)
        if isinstance(value, NumberText) or not isinstance(value, str):
            raise ValueError("no tag")
        # LENIENT: "(0028,0010)", from scripts.
        self.tolerate("a tag that is not eight digits")
        return Tag.parse(value)
