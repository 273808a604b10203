"""The user information item and its sub-items.

PS3.8 Annex D.1 (maximum length); PS3.7 Annex D.3.3.2 to D.3.3.7 for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import pack
from typing import ClassVar, Self, TypeVar

from filmroom.net.cursor import Cursor, encode_uid, pack_item
from filmroom.net.items import UnknownItem

__all__ = [
    "AsynchronousOperationsWindow",
    "ImplementationClassUID",
    "ImplementationVersionName",
    "MaximumLength",
    "RoleSelection",
    "SOPClassCommonExtendedNegotiation",
    "SOPClassExtendedNegotiation",
    "UserIdentityAC",
    "UserIdentityRQ",
    "UserInformation",
    "UserItem",
]


def _counted(value: bytes) -> bytes:
    return pack(">H", len(value)) + value


@dataclass(frozen=True, slots=True)
class MaximumLength:
    """The longest P-DATA-TF the sender of this item takes, in bytes; 0: any (PS3.8 §D.1.1)."""

    ITEM_TYPE: ClassVar[int] = 0x51
    maximum_length: int

    def encode(self) -> bytes:
        """The item's bytes."""
        return pack_item(self.ITEM_TYPE, pack(">I", self.maximum_length))

    @classmethod
    def decode(cls, value: Cursor) -> Self:
        """Reads the item's value."""
        return cls(value.u32())


@dataclass(frozen=True, slots=True)
class ImplementationClassUID:
    """Which implementation speaks (PS3.7 §D.3.3.2.1)."""

    ITEM_TYPE: ClassVar[int] = 0x52
    uid: str

    def encode(self) -> bytes:
        """The item's bytes."""
        return pack_item(self.ITEM_TYPE, encode_uid(self.uid))

    @classmethod
    def decode(cls, value: Cursor) -> Self:
        """Reads the item's value."""
        return cls(value.uid())


@dataclass(frozen=True, slots=True)
class AsynchronousOperationsWindow:
    """Operations outstanding at once, 0: any number (PS3.7 §D.3.3.3)."""

    ITEM_TYPE: ClassVar[int] = 0x53
    invoked: int
    performed: int

    def encode(self) -> bytes:
        """The item's bytes."""
        return pack_item(self.ITEM_TYPE, pack(">HH", self.invoked, self.performed))

    @classmethod
    def decode(cls, value: Cursor) -> Self:
        """Reads the item's value."""
        return cls(value.u16(), value.u16())


@dataclass(frozen=True, slots=True)
class RoleSelection:
    """The roles of the association's requestor for a SOP class (PS3.7 §D.3.3.4)."""

    ITEM_TYPE: ClassVar[int] = 0x54
    sop_class_uid: str
    scu: bool
    scp: bool

    def encode(self) -> bytes:
        """The item's bytes."""
        uid = encode_uid(self.sop_class_uid)
        return pack_item(self.ITEM_TYPE, _counted(uid), bytes((self.scu, self.scp)))

    @classmethod
    def decode(cls, value: Cursor) -> Self:
        """Reads the item's value."""
        return cls(value.uid(value.u16()), value.u8() == 1, value.u8() == 1)


@dataclass(frozen=True, slots=True)
class ImplementationVersionName:
    """The version of the implementation, up to 16 characters (PS3.7 §D.3.3.2.3)."""

    ITEM_TYPE: ClassVar[int] = 0x55
    name: str

    def encode(self) -> bytes:
        """The item's bytes."""
        return pack_item(self.ITEM_TYPE, self.name.encode("ascii", "replace"))

    @classmethod
    def decode(cls, value: Cursor) -> Self:
        """Reads the item's value."""
        # LENIENT: more than 16 characters, padding, bytes beyond ASCII: the name only informs.
        text = value.rest().strip(b"\0 ").decode("latin-1")[:64]
        return cls("".join(c if c.isascii() and c.isprintable() else "?" for c in text))


@dataclass(frozen=True, slots=True)
class SOPClassExtendedNegotiation:
    """Service class application information for a SOP class (PS3.7 §D.3.3.5)."""

    ITEM_TYPE: ClassVar[int] = 0x56
    sop_class_uid: str
    information: bytes

    def encode(self) -> bytes:
        """The item's bytes."""
        uid = encode_uid(self.sop_class_uid)
        return pack_item(self.ITEM_TYPE, _counted(uid), self.information)

    @classmethod
    def decode(cls, value: Cursor) -> Self:
        """Reads the item's value."""
        return cls(value.uid(value.u16()), value.rest())


@dataclass(frozen=True, slots=True)
class SOPClassCommonExtendedNegotiation:
    """To which service class and general SOP classes a SOP class belongs (PS3.7 §D.3.3.6)."""

    ITEM_TYPE: ClassVar[int] = 0x57
    sop_class_uid: str
    service_class_uid: str
    related_general_sop_class_uids: tuple[str, ...] = ()
    version: int = 0

    def encode(self) -> bytes:
        """The item's bytes; its second byte is the version, not reserved."""
        related = b"".join(_counted(encode_uid(u)) for u in self.related_general_sop_class_uids)
        return pack_item(
            self.ITEM_TYPE,
            _counted(encode_uid(self.sop_class_uid)),
            _counted(encode_uid(self.service_class_uid)),
            _counted(related),
            second=self.version,
        )

    @classmethod
    def decode(cls, value: Cursor, version: int = 0) -> Self:
        """Reads the item's value; later versions may append fields, which are ignored."""
        sop_class = value.uid(value.u16())
        service_class = value.uid(value.u16())
        length = value.u16()
        offset = value.offset
        inner = Cursor(value.take(length), offset)
        related: list[str] = []
        while inner.left:
            related.append(inner.uid(inner.u16()))
        return cls(sop_class, service_class, tuple(related), version)


@dataclass(frozen=True, slots=True)
class UserIdentityRQ:
    """Who the user is: 1 name, 2 name and passcode, 3 Kerberos, 4 SAML, 5 JWT (PS3.7 §D.3.3.7)."""

    ITEM_TYPE: ClassVar[int] = 0x58
    identity_type: int
    primary: bytes
    secondary: bytes = b""
    positive_response_requested: bool = False

    def __repr__(self) -> str:
        """Without the fields: they are credentials."""
        return f"UserIdentityRQ(identity_type={self.identity_type})"

    def encode(self) -> bytes:
        """The item's bytes."""
        return pack_item(
            self.ITEM_TYPE,
            bytes((self.identity_type, self.positive_response_requested)),
            _counted(self.primary),
            _counted(self.secondary),
        )

    @classmethod
    def decode(cls, value: Cursor) -> Self:
        """Reads the item's value."""
        identity_type, response = value.u8(), value.u8() == 1
        return cls(identity_type, value.counted(), value.counted(), response)


@dataclass(frozen=True, slots=True)
class UserIdentityAC:
    """The server's answer to a user identity (PS3.7 §D.3.3.7.2)."""

    ITEM_TYPE: ClassVar[int] = 0x59
    server_response: bytes = b""

    def __repr__(self) -> str:
        """Without the response: it may hold a ticket."""
        return "UserIdentityAC()"

    def encode(self) -> bytes:
        """The item's bytes."""
        return pack_item(self.ITEM_TYPE, _counted(self.server_response))

    @classmethod
    def decode(cls, value: Cursor) -> Self:
        """Reads the item's value."""
        return cls(value.counted())


UserItem = (
    MaximumLength
    | ImplementationClassUID
    | AsynchronousOperationsWindow
    | RoleSelection
    | ImplementationVersionName
    | SOPClassExtendedNegotiation
    | SOPClassCommonExtendedNegotiation
    | UserIdentityRQ
    | UserIdentityAC
    | UnknownItem
)
"""A sub-item of the user information item."""

_DECODERS: dict[int, type[UserItem]] = {
    cls.ITEM_TYPE: cls
    for cls in (
        MaximumLength,
        ImplementationClassUID,
        AsynchronousOperationsWindow,
        RoleSelection,
        ImplementationVersionName,
        SOPClassExtendedNegotiation,
        UserIdentityRQ,
        UserIdentityAC,
    )
}

_I = TypeVar("_I")


@dataclass(frozen=True, slots=True)
class UserInformation:
    """The sub-items in their order, and what they say (PS3.8 §9.3.2.3)."""

    ITEM_TYPE: ClassVar[int] = 0x50
    items: tuple[UserItem, ...] = ()

    def encode(self) -> bytes:
        """The item's bytes."""
        return pack_item(self.ITEM_TYPE, *(item.encode() for item in self.items))

    @classmethod
    def decode(cls, value: Cursor) -> Self:
        """Reads the item's value."""
        items: list[UserItem] = []
        while value.left:
            items.append(_decode_sub_item(value))
        return cls(tuple(items))

    def all(self, kind: type[_I]) -> Iterator[_I]:
        """Every sub-item of a kind, in order."""
        return (item for item in self.items if isinstance(item, kind))

    def first(self, kind: type[_I]) -> _I | None:
        """The first sub-item of a kind, or None."""
        return next(self.all(kind), None)

    @property
    def maximum_length(self) -> int:
        """The longest P-DATA-TF to send to the one who says this; 0: any, also when not said."""
        item = self.first(MaximumLength)
        return item.maximum_length if item else 0

    @property
    def implementation_class_uid(self) -> str:
        """The implementation's UID, empty when not said."""
        item = self.first(ImplementationClassUID)
        return item.uid if item else ""

    @property
    def implementation_version_name(self) -> str:
        """The implementation's version, empty when not said."""
        item = self.first(ImplementationVersionName)
        return item.name if item else ""

    @property
    def user_identity(self) -> UserIdentityRQ | None:
        """The user identity that the requestor sends."""
        return self.first(UserIdentityRQ)


def _decode_sub_item(value: Cursor) -> UserItem:
    item_type, second, inner = value.item()
    if item_type == SOPClassCommonExtendedNegotiation.ITEM_TYPE:
        return SOPClassCommonExtendedNegotiation.decode(inner, second)
    decoder = _DECODERS.get(item_type)
    if decoder is None:
        return UnknownItem(item_type, inner.rest())
    return decoder.decode(inner)  # type: ignore[union-attr]
