"""The items inside A-ASSOCIATE PDUs, each a value with ``encode`` and ``decode``.

PS3.8 §9.3.2, §9.3.3 and Annex D.1; PS3.7 Annex D.3.3 for the user information sub-items.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import pack
from typing import ClassVar, Self

from filmroom.errors import RemoteProtocolError
from filmroom.net.cursor import Cursor, encode_uid, pack_item
from filmroom.net.reasons import AbortReason, ContextResult

__all__ = [
    "APPLICATION_CONTEXT",
    "ApplicationContext",
    "PresentationContextAC",
    "PresentationContextRQ",
    "UnknownItem",
]

APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1"
"""The DICOM application context name (PS3.7 Annex A.2.1)."""

_ABSTRACT_SYNTAX = 0x30
_TRANSFER_SYNTAX = 0x40


@dataclass(frozen=True, slots=True)
class UnknownItem:
    """An item of a type that the standard does not name: ignored, and kept as it came."""

    item_type: int
    data: bytes

    def encode(self) -> bytes:
        """The item as it came."""
        return pack_item(self.item_type, self.data)


@dataclass(frozen=True, slots=True)
class ApplicationContext:
    """Application context item (PS3.8 §9.3.2.1)."""

    ITEM_TYPE: ClassVar[int] = 0x10
    name: str = APPLICATION_CONTEXT

    def encode(self) -> bytes:
        """The item's bytes."""
        return pack_item(self.ITEM_TYPE, encode_uid(self.name))

    @classmethod
    def decode(cls, value: Cursor) -> Self:
        """Reads the item's value."""
        return cls(value.uid())


def _context_id(value: Cursor) -> int:
    context_id = value.u8()
    if not context_id & 1:
        raise value.fail(f"presentation context ID {context_id} is not odd")
    return context_id


@dataclass(frozen=True, slots=True)
class PresentationContextRQ:
    """A proposed presentation context: an odd ID 1…255 (PS3.8 §9.3.2.2)."""

    ITEM_TYPE: ClassVar[int] = 0x20
    context_id: int
    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...]

    def encode(self) -> bytes:
        """The item's bytes."""
        return pack_item(
            self.ITEM_TYPE,
            pack(">Bxxx", self.context_id),
            pack_item(_ABSTRACT_SYNTAX, encode_uid(self.abstract_syntax)),
            *(pack_item(_TRANSFER_SYNTAX, encode_uid(uid)) for uid in self.transfer_syntaxes),
        )

    @classmethod
    def decode(cls, value: Cursor) -> Self:
        """Reads the item's value; one abstract syntax and at least one transfer syntax."""
        context_id = _context_id(value)
        value.take(3)
        abstract: str | None = None
        transfer: list[str] = []
        while value.left:
            at = value.offset
            item_type, _, inner = value.item()
            if item_type == _ABSTRACT_SYNTAX:
                if abstract is not None:
                    raise RemoteProtocolError(
                        f"second abstract syntax in presentation context {context_id}",
                        reason=AbortReason.UNEXPECTED_PDU_PARAMETER,
                        offset=at,
                    )
                abstract = inner.uid()
            elif item_type == _TRANSFER_SYNTAX:
                transfer.append(inner.uid())
        if abstract is None or not transfer:
            raise value.fail(f"presentation context {context_id} lacks a syntax")
        return cls(context_id, abstract, tuple(transfer))


@dataclass(frozen=True, slots=True)
class PresentationContextAC:
    """The answer to a presentation context; the syntax counts where accepted (PS3.8 §9.3.3.2)."""

    ITEM_TYPE: ClassVar[int] = 0x21
    context_id: int
    result: int
    transfer_syntax: str

    @property
    def accepted(self) -> bool:
        """Whether the context may be used."""
        return self.result == ContextResult.ACCEPTANCE

    def encode(self) -> bytes:
        """The item's bytes."""
        return pack_item(
            self.ITEM_TYPE,
            pack(">BxBx", self.context_id, self.result),
            pack_item(_TRANSFER_SYNTAX, encode_uid(self.transfer_syntax)),
        )

    @classmethod
    def decode(cls, value: Cursor) -> Self:
        """Reads the item's value; an accepted context names one transfer syntax."""
        context_id = _context_id(value)
        value.u8()
        result = value.u8()
        value.u8()
        transfer: list[str] = []
        while value.left:
            item_type, _, inner = value.item()
            if item_type == _TRANSFER_SYNTAX:
                try:
                    transfer.append(inner.uid())
                except RemoteProtocolError:
                    # LENIENT: garbage in a refused context, not to be tested (PS3.8 §9.3.3.2).
                    if result == ContextResult.ACCEPTANCE:
                        raise
        # LENIENT: no transfer syntax in a refused context, sent by several toolkits.
        if result == ContextResult.ACCEPTANCE and len(transfer) != 1:
            raise value.fail(f"accepted presentation context {context_id} names no one syntax")
        return cls(context_id, result, transfer[0] if transfer else "")
