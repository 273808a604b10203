"""The tag of a data element: group and element number in one 32-bit integer (PS3.5 §7.1)."""

from __future__ import annotations

import re
from typing import Self

from filmroom.dicom.dictionary import TAG_BY_KEYWORD
from filmroom.errors import InvalidValue

__all__ = ["Tag", "as_tag"]

_NUMERIC = re.compile(r"\(?([0-9A-Fa-f]{4})\s*,?\s*([0-9A-Fa-f]{4})\)?")


class Tag(int):
    """A tag; plain integers serve wherever a tag is asked for."""

    __slots__ = ()

    @classmethod
    def of(cls, group: int, element: int) -> Self:
        """The tag of two 16-bit numbers; raises :class:`InvalidValue` beyond 16 bits."""
        if not (0 <= group <= 0xFFFF and 0 <= element <= 0xFFFF):
            raise InvalidValue("group and element of a tag are 16-bit numbers")
        return cls(group << 16 | element)

    @classmethod
    def parse(cls, text: str) -> Self:
        """A keyword, ``GGGGEEEE``, ``GGGG,EEEE`` or ``(GGGG,EEEE)`` as a tag.

        Raises :class:`InvalidValue` when ``text`` is none of these.
        """
        text = text.strip()
        known = TAG_BY_KEYWORD.get(text)
        if known is not None:
            return cls(known)
        match = _NUMERIC.fullmatch(text)
        if match is None:
            raise InvalidValue("neither a keyword of PS3.6 nor a tag", hint="like 00100010")
        return cls(match[1] + match[2], 16)

    @property
    def group(self) -> int:
        """The group number."""
        return self >> 16

    @property
    def element(self) -> int:
        """The element number."""
        return self & 0xFFFF

    @property
    def is_private(self) -> bool:
        """Whether the group is odd, so that its meaning is its creator's (PS3.5 §7.8)."""
        return bool(self & 0x10000)

    @property
    def is_private_creator(self) -> bool:
        """Whether the element reserves a block of private elements (PS3.5 §7.8.1)."""
        return bool(self & 0x10000) and 0x10 <= self & 0xFFFF <= 0xFF

    def __str__(self) -> str:
        return f"({self >> 16:04X},{self & 0xFFFF:04X})"

    def __repr__(self) -> str:
        return f"Tag(0x{int(self):08X})"


def as_tag(key: int | str) -> int:
    """``key`` as an integer tag; text is a keyword or anything :meth:`Tag.parse` takes."""
    if isinstance(key, str):
        known = TAG_BY_KEYWORD.get(key)
        return known if known is not None else Tag.parse(key)
    return key
