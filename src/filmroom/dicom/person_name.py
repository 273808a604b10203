"""Person names: three component groups of five components (PS3.5 §6.2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

__all__ = ["NameGroup", "PersonName"]


class NameGroup(str):
    """One component group, as text with its five components."""

    __slots__ = ()

    @property
    def components(self) -> tuple[str, str, str, str, str]:
        """Family, given, middle, prefix, suffix; what is absent is empty."""
        parts = [part.strip() for part in self.split("^", 4)]
        parts += [""] * (5 - len(parts))
        return parts[0], parts[1], parts[2], parts[3], parts[4]

    @property
    def family(self) -> str:
        """Family name complex."""
        return self.components[0]

    @property
    def given(self) -> str:
        """Given name complex."""
        return self.components[1]

    @property
    def middle(self) -> str:
        """Middle name."""
        return self.components[2]

    @property
    def prefix(self) -> str:
        """Name prefix."""
        return self.components[3]

    @property
    def suffix(self) -> str:
        """Name suffix."""
        return self.components[4]


_NO_NAME = NameGroup()


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person's name; ``family`` and the others are those of the alphabetic group."""

    alphabetic: NameGroup = _NO_NAME
    ideographic: NameGroup = _NO_NAME
    phonetic: NameGroup = _NO_NAME

    @classmethod
    def parse(cls, text: str) -> Self:
        """The name that ``text`` with ``=`` between groups and ``^`` between components means."""
        if "=" not in text:
            return cls(NameGroup(text.strip(" \0")))
        return cls(*[NameGroup(group.strip(" \0")) for group in text.split("=", 2)])

    @classmethod
    def of(
        cls, family: str, given: str = "", middle: str = "", prefix: str = "", suffix: str = ""
    ) -> Self:
        """A name of one alphabetic group."""
        return cls(NameGroup("^".join((family, given, middle, prefix, suffix)).rstrip("^")))

    @property
    def family(self) -> str:
        """Family name of the alphabetic group."""
        return self.alphabetic.family

    @property
    def given(self) -> str:
        """Given name of the alphabetic group."""
        return self.alphabetic.given

    @property
    def middle(self) -> str:
        """Middle name of the alphabetic group."""
        return self.alphabetic.middle

    @property
    def prefix(self) -> str:
        """Prefix of the alphabetic group."""
        return self.alphabetic.prefix

    @property
    def suffix(self) -> str:
        """Suffix of the alphabetic group."""
        return self.alphabetic.suffix

    def __str__(self) -> str:
        return "=".join((self.alphabetic, self.ideographic, self.phonetic)).rstrip("=")

    def __bool__(self) -> bool:
        return bool(self.alphabetic or self.ideographic or self.phonetic)
