"""What the bytes of SOP class extended negotiation mean, by service class.

PS3.4 §C.5.1.1, §C.5.2.1, §C.5.3.1 (Query/Retrieve) and §B.3.1 (Storage).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

__all__ = ["QueryRetrieveExtension", "StorageExtension"]


@dataclass(frozen=True, slots=True)
class QueryRetrieveExtension:
    """The options of C-FIND; C-MOVE and C-GET use the first, and the fifth in second place."""

    relational: bool = False
    combined_datetime: bool = False
    fuzzy_names: bool = False
    timezone_adjustment: bool = False
    enhanced_conversion: bool = False

    @classmethod
    def decode_find(cls, information: bytes) -> Self:
        """Reads what a C-FIND SOP class negotiates; bytes left out are False."""
        return cls(*(byte == 1 for byte in information[:5]))

    @classmethod
    def decode_retrieve(cls, information: bytes) -> Self:
        """Reads what a C-MOVE or C-GET SOP class negotiates."""
        return cls(
            relational=information[:1] == b"\x01", enhanced_conversion=information[1:2] == b"\x01"
        )

    def encode_find(self) -> bytes:
        """The five bytes for a C-FIND SOP class."""
        return bytes(
            (
                self.relational,
                self.combined_datetime,
                self.fuzzy_names,
                self.timezone_adjustment,
                self.enhanced_conversion,
            )
        )

    def encode_retrieve(self) -> bytes:
        """The bytes for a C-MOVE or C-GET SOP class."""
        return bytes((self.relational, self.enhanced_conversion))

    def answer_find(self, proposed: bytes) -> bytes:
        """What both want, as long as what was proposed; use it as a policy's answer."""
        return bytes(ours & (p == 1) for ours, p in zip(self.encode_find(), proposed, strict=False))

    def answer_retrieve(self, proposed: bytes) -> bytes:
        """The same for C-MOVE and C-GET."""
        return bytes(
            ours & (p == 1) for ours, p in zip(self.encode_retrieve(), proposed, strict=False)
        )


@dataclass(frozen=True, slots=True)
class StorageExtension:
    """What a Storage SCP does with what it gets (PS3.4 Table B.3-2).

    The default is what this archive does: all attributes are kept (level 2), digital signatures
    stay intact as bytes do (signature level 3), nothing is coerced.
    """

    level: int = 2
    signature_level: int = 3
    coercion: int = 0

    @classmethod
    def decode(cls, information: bytes) -> Self:
        """Reads six bytes; those left out have the standard's defaults 3, 0 and 2."""
        got = {i: information[i] for i in (0, 2, 4) if i < len(information)}
        return cls(got.get(0, 3), got.get(2, 0), got.get(4, 2))

    def encode(self) -> bytes:
        """The six bytes."""
        return bytes((self.level, 0, self.signature_level, 0, self.coercion, 0))

    def answer(self, _proposed: bytes) -> bytes:
        """The six bytes whatever was proposed; use it as a policy's answer."""
        return self.encode()
