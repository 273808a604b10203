"""Command sets to bytes and back: Implicit VR Little Endian, group 0000, nothing else.

PS3.7 §6.3.1 and Annex E. Table driven: an element is its tag and a codec, a message is its row in
:data:`filmroom.net.dimse.MESSAGES`.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct, pack, unpack
from struct import error as StructError  # noqa: N812
from typing import Any, NamedTuple

from filmroom.errors import LocalProtocolError, RemoteProtocolError
from filmroom.net.cursor import Reader
from filmroom.net.dimse import MESSAGES, DataSetUse, Layout, Message
from filmroom.net.reasons import AbortReason

__all__ = ["ELEMENTS", "NO_DATA_SET", "decode_command", "encode_command"]

NO_DATA_SET = 0x0101
"""Command Data Set Type where no data set follows; any other value says that one does."""

_DATA_SET_PRESENT = 0x0001
_HEADER = Struct("<HHI")
_US = Struct("<H")
_US_ELEMENT = Struct("<HHIH")
_GROUP_LENGTH = Struct("<HHII")

_COMMAND_FIELD = 0x0100
_DATA_SET_TYPE = 0x0800


def _decode_us(raw: bytes) -> int:
    return int(_US.unpack(raw)[0])


def _decode_text(raw: bytes) -> str:
    # LENIENT: NUL or space padding on either kind of value, sent by many toolkits. Bytes that no
    # UID has stay what they are: a response repeats them.
    return raw.strip(b"\0 ").decode("latin_1")


def _decode_at(raw: bytes) -> tuple[int, ...]:
    words = unpack(f"<{len(raw) // 4 * 2}H", raw)
    return tuple(words[i] << 16 | words[i + 1] for i in range(0, len(words), 2))


def _encode_at(value: tuple[int, ...]) -> bytes:
    return b"".join(pack("<HH", tag >> 16, tag & 0xFFFF) for tag in value)


def _encode_uid(value: str) -> bytes:
    raw = value.encode("latin_1")
    return raw + b"\0" * (len(raw) & 1)


def _encode_text(value: str) -> bytes:
    raw = value.encode("ascii", "replace")
    return raw + b" " * (len(raw) & 1)


def _encode_comment(value: str) -> bytes:
    # LO holds 64 characters; the comment is ours, so cutting it loses nothing of a peer's.
    return _encode_text(value[:64])


class _Codec(NamedTuple):
    vr: str
    decode: Callable[[bytes], Any]
    encode: Callable[[Any], bytes]


_CODEC_US = _Codec("US", _decode_us, _US.pack)
_CODEC_UI = _Codec("UI", _decode_text, _encode_uid)
_CODEC_AE = _Codec("AE", _decode_text, _encode_text)
_CODEC_LO = _Codec("LO", _decode_text, _encode_comment)
_CODEC_AT = _Codec("AT", _decode_at, _encode_at)

ELEMENTS: dict[str, tuple[int, _Codec]] = {
    "affected_sop_class_uid": (0x0002, _CODEC_UI),
    "requested_sop_class_uid": (0x0003, _CODEC_UI),
    "message_id": (0x0110, _CODEC_US),
    "message_id_being_responded_to": (0x0120, _CODEC_US),
    "move_destination": (0x0600, _CODEC_AE),
    "priority": (0x0700, _CODEC_US),
    "status": (0x0900, _CODEC_US),
    "offending_elements": (0x0901, _CODEC_AT),
    "error_comment": (0x0902, _CODEC_LO),
    "error_id": (0x0903, _CODEC_US),
    "affected_sop_instance_uid": (0x1000, _CODEC_UI),
    "requested_sop_instance_uid": (0x1001, _CODEC_UI),
    "event_type_id": (0x1002, _CODEC_US),
    "attribute_identifier_list": (0x1005, _CODEC_AT),
    "action_type_id": (0x1008, _CODEC_US),
    "number_of_remaining_suboperations": (0x1020, _CODEC_US),
    "number_of_completed_suboperations": (0x1021, _CODEC_US),
    "number_of_failed_suboperations": (0x1022, _CODEC_US),
    "number_of_warning_suboperations": (0x1023, _CODEC_US),
    "move_originator_ae_title": (0x1030, _CODEC_AE),
    "move_originator_message_id": (0x1031, _CODEC_US),
}
"""Field of a message: element number in group 0000, codec of its VR (PS3.7 Table E.1-1)."""

_KINDS: dict[int, tuple[type[Message], Layout]] = {
    kind.COMMAND_FIELD: (kind, layout) for kind, layout in MESSAGES.items()
}

_BY_ELEMENT: dict[int, tuple[str, Callable[[bytes], Any]]] = {
    element: (name, codec.decode) for name, (element, codec) in ELEMENTS.items()
}

_KNOWN: dict[type[Message], frozenset[str]] = {
    kind: frozenset(layout.required + layout.optional) for kind, layout in MESSAGES.items()
}

_Element = Callable[[Any], bytes]
"""Gives a whole element, header and value, for a value."""


def _element(number: int, codec: _Codec) -> _Element:
    if codec is _CODEC_US:
        return lambda value: _US_ELEMENT.pack(0, number, 2, value)

    def whole(value: Any) -> bytes:
        raw = codec.encode(value)
        return _HEADER.pack(0, number, len(raw)) + raw

    return whole


def _encoded(kind: type[Message], layout: Layout) -> tuple[tuple[str, _Element, bool], ...]:
    """Name, encoder and whether it is required, of each element of ``kind`` in tag order."""
    rows = [
        (_COMMAND_FIELD, "COMMAND_FIELD", _element(_COMMAND_FIELD, _CODEC_US), True),
        (_DATA_SET_TYPE, "", _element(_DATA_SET_TYPE, _CODEC_US), True),
    ]
    for name in layout.required + layout.optional:
        number, codec = ELEMENTS[name]
        rows.append((number, name, _element(number, codec), name in layout.required))
    return tuple(row[1:] for row in sorted(rows, key=lambda row: row[0]))


_ENCODED: dict[type[Message], tuple[tuple[str, _Element, bool], ...]] = {
    kind: _encoded(kind, layout) for kind, layout in MESSAGES.items()
}


def encode_command(message: Message, has_data_set: bool) -> bytes:
    """The command set of ``message`` with its group length.

    Raises :class:`LocalProtocolError` if a value cannot be encoded, or if ``has_data_set`` is not
    what the message allows.
    """
    kind = type(message)
    use = MESSAGES[kind].data_set
    if (use is DataSetUse.REQUIRED and not has_data_set) or (
        use is DataSetUse.NONE and has_data_set
    ):
        raise LocalProtocolError(f"{kind.__name__} with a data set: {use.value}")
    elements: list[bytes] = []
    for name, encode, required in _ENCODED[kind]:
        if not name:
            elements.append(encode(_DATA_SET_PRESENT if has_data_set else NO_DATA_SET))
            continue
        value = getattr(message, name)
        if value is None:
            if required:
                raise LocalProtocolError(f"{kind.__name__} without {name}")
            continue
        try:
            elements.append(encode(value))
        except (ValueError, OverflowError, TypeError, StructError) as error:
            raise LocalProtocolError(f"{kind.__name__} with a wrong {name}") from error
    body = b"".join(elements)
    return _GROUP_LENGTH.pack(0, 0, 4, len(body)) + body


def decode_command(data: Reader, offset: int | None = None) -> Message:
    """The message that the command set ``data`` says; ``offset``: where it ends, for the error.

    Raises :class:`RemoteProtocolError` on anything that is no command set, naming the tag.
    Elements that the message does not know are ignored, as PS3.7 §9.3 asks.
    """
    raw = bytes(data)
    values: dict[int, bytes] = {}
    position, end = 0, len(raw)
    while position < end:
        if end - position < 8:
            raise _error("command set ends inside an element", offset)
        group, element, length = _HEADER.unpack_from(raw, position)
        position += 8
        if group:
            raise _error(f"element ({group:04X},{element:04X}) in a command set", offset)
        if length > end - position:
            raise _error(f"(0000,{element:04X}) of {length} bytes exceeds its command set", offset)
        values[element] = raw[position : position + length]
        position += length
    # LENIENT: no or a wrong (0000,0000) group length, sent by hand-written toolkits.
    field = _number(values, _COMMAND_FIELD, offset)
    has_data_set = _number(values, _DATA_SET_TYPE, offset) != NO_DATA_SET
    entry = _KINDS.get(field)
    if entry is None:
        raise _error(f"unknown command field {field:04X}H", offset)
    kind, layout = entry
    known = _KNOWN[kind]
    fields: dict[str, Any] = {"has_data_set": has_data_set}
    for element, value in values.items():
        named = _BY_ELEMENT.get(element)
        if named is None or named[0] not in known:
            continue
        if not value and named[0] not in layout.required:
            # LENIENT: an optional element without a value is as good as none.
            continue
        try:
            fields[named[0]] = named[1](value)
        except StructError:
            raise _error(f"(0000,{element:04X}) of {len(value)} bytes", offset) from None
    for name in layout.required:
        if name not in fields:
            raise _error(f"{kind.__name__} lacks (0000,{ELEMENTS[name][0]:04X})", offset)
    if layout.data_set is DataSetUse.REQUIRED and not has_data_set:
        raise _error(f"{kind.__name__} without a data set: (0000,0800) is 0101H", offset)
    return kind(**fields)


def _number(values: dict[int, bytes], element: int, offset: int | None) -> int:
    raw = values.get(element)
    if raw is None or len(raw) != 2:
        raise _error(f"command set lacks (0000,{element:04X})", offset)
    return raw[0] | raw[1] << 8


def _error(message: str, offset: int | None) -> RemoteProtocolError:
    return RemoteProtocolError(
        message, reason=AbortReason.INVALID_PDU_PARAMETER_VALUE, offset=offset
    )
