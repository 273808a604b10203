"""A bounded walk over the variable part of a PDU: every length is checked before it is used.

Multi-byte numbers of the upper layer are big endian (PS3.8 §9.3.1). Whatever does not fit raises
:class:`RemoteProtocolError` with the abort reason *invalid PDU parameter value* (PS3.8 Table 9-26)
and the offset in the connection.
"""

from __future__ import annotations

from struct import Struct

from filmroom.errors import LocalProtocolError, RemoteProtocolError
from filmroom.net.reasons import AbortReason

__all__ = ["Cursor", "Reader", "encode_ae_title", "encode_uid", "pack_item"]

Reader = bytes | bytearray | memoryview
"""What a decoder reads from."""

_U16 = Struct(">H")
_U32 = Struct(">I")
_ITEM = Struct(">BBH")


class Cursor:
    """Reads ``data`` front to back; ``offset`` is where ``data`` begins in the connection."""

    __slots__ = ("_data", "_end", "_offset", "_position")

    def __init__(self, data: Reader, offset: int = 0) -> None:
        self._data = memoryview(data)
        self._offset = offset
        self._position = 0
        self._end = len(self._data)

    @property
    def offset(self) -> int:
        """Where the next byte stands in the connection."""
        return self._offset + self._position

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return self._end - self._position

    def fail(self, message: str) -> RemoteProtocolError:
        """The error to raise for a value that cannot be, at the present offset."""
        return RemoteProtocolError(
            message, reason=AbortReason.INVALID_PDU_PARAMETER_VALUE, offset=self.offset
        )

    def take(self, count: int) -> memoryview:
        """The next ``count`` bytes."""
        if count > self._end - self._position:
            raise self.fail(f"{count} bytes announced, {self.left} left")
        start = self._position
        self._position = start + count
        return self._data[start : self._position]

    def rest(self) -> bytes:
        """All that is left."""
        return bytes(self.take(self.left))

    def u8(self) -> int:
        """One byte as a number."""
        return self.take(1)[0]

    def peek(self) -> int:
        """The next byte, left where it is."""
        if not self.left:
            raise self.fail("1 byte announced, 0 left")
        return self._data[self._position]

    def u16(self) -> int:
        """Two bytes, big endian."""
        return int(_U16.unpack(self.take(2))[0])

    def u32(self) -> int:
        """Four bytes, big endian."""
        return int(_U32.unpack(self.take(4))[0])

    def item(self) -> tuple[int, int, Cursor]:
        """The next item: its type, its second byte, and a cursor over its value."""
        item_type, second, length = _ITEM.unpack(self.take(4))
        offset = self.offset
        return item_type, second, Cursor(self.take(length), offset)

    def counted(self) -> bytes:
        """A value preceded by its length in two bytes."""
        return bytes(self.take(self.u16()))

    def uid(self, length: int | None = None) -> str:
        """A UID of ``length`` bytes, or all that is left (PS3.8 Annex F)."""
        at = self.offset
        raw = bytes(self.take(self.left if length is None else length))
        # LENIENT: padding with NUL or space, sent by old toolkits that pad UIDs as in a data set.
        text = raw.strip(b"\0 ")
        if len(text) > 64 or not text.isascii() or not text.decode("ascii").isprintable():
            raise RemoteProtocolError(
                "not a UID", reason=AbortReason.INVALID_PDU_PARAMETER_VALUE, offset=at
            )
        return text.decode("ascii")

    def ae_title(self) -> str:
        """An AE title of 16 bytes without its padding (PS3.8 §9.3.2)."""
        # LENIENT: NUL padding and bytes beyond ASCII, sent by hand-written toolkits: shown as "?".
        text = bytes(self.take(16)).strip(b"\0 ").decode("latin-1")
        return "".join(c if c.isascii() and c.isprintable() else "?" for c in text)


def pack_item(item_type: int, *parts: bytes, second: int = 0) -> bytes:
    """An item: type, reserved byte (``second``), length in two bytes, value."""
    body = b"".join(parts)
    if len(body) > 0xFFFF:
        raise LocalProtocolError(f"item {item_type:02X}H of {len(body)} bytes exceeds 65535")
    return _ITEM.pack(item_type, second, len(body)) + body


def encode_uid(uid: str) -> bytes:
    """``uid`` as the bytes of an item, unpadded (PS3.8 Annex F)."""
    if len(uid) > 64 or not uid.isascii():
        raise LocalProtocolError(f"not a UID: {uid!r}")
    return uid.encode("ascii")


def encode_ae_title(title: str) -> bytes:
    """``title`` as 16 bytes, padded with spaces (PS3.8 §9.3.2)."""
    if len(title) > 16 or not title.isascii() or not title.isprintable():
        raise LocalProtocolError(f"not an AE title: {title!r}")
    return title.encode("ascii").ljust(16)
