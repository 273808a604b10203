"""The seven protocol data units of the upper layer, and the pure reader for them.

PS3.8 §9.3. A PDU is type (1 byte), reserved (1), length (4, big endian), then ``length`` bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct
from typing import ClassVar, Self, TypeVar

from filmroom.errors import LocalProtocolError, RemoteProtocolError
from filmroom.net.cursor import Cursor, Reader, encode_ae_title
from filmroom.net.items import (
    APPLICATION_CONTEXT,
    ApplicationContext,
    PresentationContextAC,
    PresentationContextRQ,
    UnknownItem,
)
from filmroom.net.reasons import AbortReason, describe_abort, describe_rejection
from filmroom.net.user_information import UserInformation

__all__ = [
    "MAX_CONTROL_LENGTH",
    "PDU",
    "PDU_HEADER",
    "AAbort",
    "AAssociateAC",
    "AAssociateRJ",
    "AAssociateRQ",
    "AReleaseRP",
    "AReleaseRQ",
    "PDataTF",
    "PresentationDataValue",
    "decode_pdu",
    "read_pdu",
]

PDU_HEADER = Struct(">BxI")
"""Type and length."""

MAX_CONTROL_LENGTH = 1 << 20
"""The longest A-ASSOCIATE that is read, in bytes: 128 contexts of 64 syntaxes take half of it."""

_ASSOCIATE_FIXED = Struct(">HH")
_FOUR = Struct(">BBBB")
_PDV = Struct(">IBB")


def _pdu(pdu_type: int, body: bytes) -> bytes:
    return PDU_HEADER.pack(pdu_type, len(body)) + body


@dataclass(frozen=True, slots=True)
class AAssociateRQ:
    """A-ASSOCIATE-RQ: the requestor proposes (PS3.8 §9.3.2)."""

    PDU_TYPE: ClassVar[int] = 0x01
    called_ae_title: str
    calling_ae_title: str
    presentation_contexts: tuple[PresentationContextRQ, ...]
    user_information: UserInformation
    application_context: str = APPLICATION_CONTEXT
    protocol_version: int = 1
    unknown_items: tuple[UnknownItem, ...] = ()

    def encode(self) -> bytes:
        """The whole PDU."""
        return _encode_associate(self)

    @classmethod
    def decode(cls, body: Cursor) -> Self:
        """Reads what follows the PDU's header."""
        version, called, calling = _decode_fixed(body)
        contexts, information, application, unknown = _decode_items(
            body, PresentationContextRQ.ITEM_TYPE, PresentationContextRQ.decode
        )
        return cls(called, calling, contexts, information, application, version, unknown)


@dataclass(frozen=True, slots=True)
class AAssociateAC:
    """A-ASSOCIATE-AC: the acceptor agrees; its AE titles are reserved fields (PS3.8 §9.3.3)."""

    PDU_TYPE: ClassVar[int] = 0x02
    called_ae_title: str
    calling_ae_title: str
    presentation_contexts: tuple[PresentationContextAC, ...]
    user_information: UserInformation
    application_context: str = APPLICATION_CONTEXT
    protocol_version: int = 1
    unknown_items: tuple[UnknownItem, ...] = ()

    def encode(self) -> bytes:
        """The whole PDU."""
        return _encode_associate(self)

    @classmethod
    def decode(cls, body: Cursor) -> Self:
        """Reads what follows the PDU's header."""
        version, called, calling = _decode_fixed(body)
        contexts, information, application, unknown = _decode_items(
            body, PresentationContextAC.ITEM_TYPE, PresentationContextAC.decode
        )
        return cls(called, calling, contexts, information, application, version, unknown)


@dataclass(frozen=True, slots=True)
class AAssociateRJ:
    """A-ASSOCIATE-RJ: the numbers of Table 9-21 (PS3.8 §9.3.4)."""

    PDU_TYPE: ClassVar[int] = 0x03
    result: int
    source: int
    reason: int

    def __str__(self) -> str:
        """In the standard's words."""
        return describe_rejection(self.result, self.source, self.reason)

    def encode(self) -> bytes:
        """The whole PDU."""
        return _pdu(self.PDU_TYPE, _FOUR.pack(0, self.result, self.source, self.reason))

    @classmethod
    def decode(cls, body: Cursor) -> Self:
        """Reads what follows the PDU's header."""
        body.u8()
        return cls(body.u8(), body.u8(), body.u8())


@dataclass(frozen=True, slots=True)
class PresentationDataValue:
    """One fragment of a command or data set (PS3.8 §9.3.5.1, Annex E.2)."""

    context_id: int
    data: bytes
    is_command: bool
    is_last: bool

    def encode(self) -> bytes:
        """The item: length, context ID, message control header, fragment."""
        control = self.is_command | self.is_last << 1
        return _PDV.pack(len(self.data) + 2, self.context_id, control) + self.data


@dataclass(frozen=True, slots=True)
class PDataTF:
    """P-DATA-TF: one or more fragments (PS3.8 §9.3.5). The association streams them instead."""

    PDU_TYPE: ClassVar[int] = 0x04
    values: tuple[PresentationDataValue, ...]

    def encode(self) -> bytes:
        """The whole PDU."""
        return _pdu(self.PDU_TYPE, b"".join(value.encode() for value in self.values))

    @classmethod
    def decode(cls, body: Cursor) -> Self:
        """Reads what follows the PDU's header."""
        values: list[PresentationDataValue] = []
        while body.left or not values:
            length = body.u32()
            if length < 2:
                raise body.fail(f"presentation data value of {length} bytes")
            context_id, control = body.u8(), body.u8()
            data = bytes(body.take(length - 2))
            values.append(
                PresentationDataValue(context_id, data, bool(control & 1), bool(control & 2))
            )
        return cls(tuple(values))


@dataclass(frozen=True, slots=True)
class AReleaseRQ:
    """A-RELEASE-RQ (PS3.8 §9.3.6)."""

    PDU_TYPE: ClassVar[int] = 0x05

    def encode(self) -> bytes:
        """The whole PDU."""
        return _pdu(self.PDU_TYPE, bytes(4))

    @classmethod
    def decode(cls, body: Cursor) -> Self:
        """Reads what follows the PDU's header: four reserved bytes."""
        body.take(4)
        return cls()


@dataclass(frozen=True, slots=True)
class AReleaseRP:
    """A-RELEASE-RP (PS3.8 §9.3.7)."""

    PDU_TYPE: ClassVar[int] = 0x06

    def encode(self) -> bytes:
        """The whole PDU."""
        return _pdu(self.PDU_TYPE, bytes(4))

    @classmethod
    def decode(cls, body: Cursor) -> Self:
        """Reads what follows the PDU's header: four reserved bytes."""
        body.take(4)
        return cls()


@dataclass(frozen=True, slots=True)
class AAbort:
    """A-ABORT: the numbers of Table 9-26 (PS3.8 §9.3.8)."""

    PDU_TYPE: ClassVar[int] = 0x07
    source: int = 0
    reason: int = 0

    def __str__(self) -> str:
        """In the standard's words."""
        return describe_abort(self.source, self.reason)

    def encode(self) -> bytes:
        """The whole PDU."""
        return _pdu(self.PDU_TYPE, _FOUR.pack(0, 0, self.source, self.reason))

    @classmethod
    def decode(cls, body: Cursor) -> Self:
        """Reads what follows the PDU's header."""
        body.take(2)
        return cls(body.u8(), body.u8())


PDU = AAssociateRQ | AAssociateAC | AAssociateRJ | PDataTF | AReleaseRQ | AReleaseRP | AAbort
"""Any of the seven."""

_DECODERS: dict[int, Callable[[Cursor], PDU]] = {
    AAssociateRQ.PDU_TYPE: AAssociateRQ.decode,
    AAssociateAC.PDU_TYPE: AAssociateAC.decode,
    AAssociateRJ.PDU_TYPE: AAssociateRJ.decode,
    PDataTF.PDU_TYPE: PDataTF.decode,
    AReleaseRQ.PDU_TYPE: AReleaseRQ.decode,
    AReleaseRP.PDU_TYPE: AReleaseRP.decode,
    AAbort.PDU_TYPE: AAbort.decode,
}


def decode_pdu(pdu_type: int, body: Reader, offset: int = 0) -> PDU:
    """The PDU of ``pdu_type`` whose variable part is ``body``, which begins at ``offset``.

    Raises :class:`RemoteProtocolError`; bytes after the last field are an invalid value too.
    """
    decoder = _DECODERS.get(pdu_type)
    if decoder is None:
        raise RemoteProtocolError(
            f"PDU type {pdu_type:02X}H", reason=AbortReason.UNRECOGNIZED_PDU, offset=offset
        )
    cursor = Cursor(body, offset)
    pdu = decoder(cursor)
    if cursor.left:
        raise cursor.fail(f"{cursor.left} bytes after the end of a PDU of type {pdu_type:02X}H")
    return pdu


def read_pdu(
    buffer: Reader, *, offset: int = 0, max_length: int = MAX_CONTROL_LENGTH
) -> tuple[PDU, int] | None:
    """The first PDU in ``buffer`` and the bytes it takes, or None while it is incomplete.

    ``max_length`` bounds the announced length in bytes, before anything is read for it.
    """
    if not len(buffer):
        return None
    if buffer[0] not in _DECODERS:
        raise RemoteProtocolError(
            f"PDU type {buffer[0]:02X}H", reason=AbortReason.UNRECOGNIZED_PDU, offset=offset
        )
    if len(buffer) < PDU_HEADER.size:
        return None
    pdu_type, length = PDU_HEADER.unpack_from(buffer)
    if length > max_length:
        raise RemoteProtocolError(
            f"PDU of {length} bytes exceeds {max_length}",
            reason=AbortReason.INVALID_PDU_PARAMETER_VALUE,
            offset=offset,
        )
    end = PDU_HEADER.size + length
    if len(buffer) < end:
        return None
    body = memoryview(buffer)[PDU_HEADER.size : end]
    return decode_pdu(pdu_type, body, offset + PDU_HEADER.size), end


def _encode_associate(pdu: AAssociateRQ | AAssociateAC) -> bytes:
    ids = [context.context_id for context in pdu.presentation_contexts]
    if len(set(ids)) != len(ids) or any(not i & 1 or not 0 < i < 256 for i in ids):
        raise LocalProtocolError("presentation context IDs must be odd, 1 to 255, and differ")
    return _pdu(
        pdu.PDU_TYPE,
        b"".join(
            (
                _ASSOCIATE_FIXED.pack(pdu.protocol_version, 0),
                encode_ae_title(pdu.called_ae_title),
                encode_ae_title(pdu.calling_ae_title),
                bytes(32),
                ApplicationContext(pdu.application_context).encode(),
                *(context.encode() for context in pdu.presentation_contexts),
                pdu.user_information.encode(),
                *(item.encode() for item in pdu.unknown_items),
            )
        ),
    )


def _decode_fixed(body: Cursor) -> tuple[int, str, str]:
    version = body.u16()
    body.u16()
    called, calling = body.ae_title(), body.ae_title()
    body.take(32)
    return version, called, calling


_C = TypeVar("_C")


def _decode_items(
    body: Cursor, context_type: int, decode_context: Callable[[Cursor], _C]
) -> tuple[tuple[_C, ...], UserInformation, str, tuple[UnknownItem, ...]]:
    """Presentation contexts, user information, application context and the unknown items."""
    application: str | None = None
    information: UserInformation | None = None
    contexts: dict[int, _C] = {}
    unknown: list[UnknownItem] = []
    while body.left:
        at = body.offset
        item_type, _, value = body.item()
        repeated = False
        if item_type == context_type:
            context_id = value.peek()
            repeated = context_id in contexts
            contexts[context_id] = decode_context(value)
        elif item_type == ApplicationContext.ITEM_TYPE:
            repeated = application is not None
            application = ApplicationContext.decode(value).name
        elif item_type == UserInformation.ITEM_TYPE:
            repeated = information is not None
            information = UserInformation.decode(value)
        else:
            unknown.append(UnknownItem(item_type, value.rest()))
        if repeated:
            raise RemoteProtocolError(
                f"item {item_type:02X}H repeated",
                reason=AbortReason.UNEXPECTED_PDU_PARAMETER,
                offset=at,
            )
    # LENIENT: no user information or no application context, sent by port scanners and testers:
    # negotiation refuses what cannot work without them.
    return (
        tuple(contexts.values()),
        information or UserInformation(),
        application or "",
        tuple(unknown),
    )
