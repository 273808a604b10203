"""P-DATA-TF coming in: fragments handed on as they arrive, commands put together.

PS3.8 §9.3.5 and Annex E; PS3.7 §6.3.1. No byte of a data set is kept here. A message is a command,
then its data set if it has one, on one presentation context; messages do not interleave.
"""

from __future__ import annotations

from collections.abc import Collection
from struct import Struct

from filmroom.errors import RemoteProtocolError
from filmroom.net.command import decode_command
from filmroom.net.dimse import Message
from filmroom.net.events import CommandReceived, DataFragment, Event
from filmroom.net.reasons import AbortReason

__all__ = ["MAX_COMMAND_LENGTH", "PDataReader"]

MAX_COMMAND_LENGTH = 65536
"""The longest command set that is put together, in bytes."""

_PDV_HEADER = Struct(">IBB")
_COMMAND = 1
_LAST = 2
_EMPTY = memoryview(b"")


class PDataReader:
    """Reads the variable part of one P-DATA-TF after the other."""

    __slots__ = (
        "_carry",
        "_command",
        "_command_context",
        "_context",
        "_contexts",
        "_control",
        "_data_context",
        "_pdv_left",
        "pdu_left",
    )

    def __init__(self, contexts: Collection[int]) -> None:
        self._contexts = contexts
        self.pdu_left = 0
        """Bytes of the present PDU still to come; set by the owner at each PDU header."""
        self._carry = bytearray()
        self._pdv_left = 0
        self._context = 0
        self._control = 0
        self._command = bytearray()
        self._command_context = 0
        self._data_context = 0

    @property
    def in_message(self) -> bool:
        """Whether a message has begun and is not complete."""
        return bool(self._command_context or self._data_context)

    def feed(
        self, data: memoryview, position: int, end: int, events: list[Event], base: int
    ) -> int:
        """Reads ``data[position:end]`` up to the end of the present PDU; gives where it stopped.

        ``base`` is the offset of ``data`` in the connection. Raises :class:`RemoteProtocolError`.
        """
        pdu_left = self.pdu_left
        stop = position + pdu_left
        if stop > end:
            stop = end
        left = self._pdv_left
        while position < stop:
            if left:
                control = self._control
                take = stop - position
                if take > left:
                    take = left
                following = position + take
                left -= take
                pdu_left -= take
                if control & _COMMAND:
                    self._command += data[position:following]
                    if not left and control & _LAST:
                        events.append(self._complete_command(base + following))
                elif left or not control & _LAST:
                    events.append(DataFragment(self._context, data[position:following], False))
                else:
                    self._data_context = 0
                    events.append(DataFragment(self._context, data[position:following], True))
                position = following
                continue
            carry = self._carry
            if not carry and stop - position >= 6:
                length, context, control = _PDV_HEADER.unpack_from(data, position)
                position += 6
                pdu_left -= 6
            else:
                if pdu_left < 6 - len(carry):
                    raise _invalid("PDU ends inside a PDV header", base + position)
                take = min(6 - len(carry), stop - position)
                carry += data[position : position + take]
                position += take
                pdu_left -= take
                if len(carry) < 6:
                    break
                length, context, control = _PDV_HEADER.unpack(carry)
                carry.clear()
            left = length - 2
            if left < 0 or left > pdu_left:
                raise _invalid(
                    f"PDV length {length} with {pdu_left + 2} bytes left in its PDU",
                    base + position - 6,
                )
            self._begin(context, control, left, base + position - 6)
            self._context = context
            self._control = control
            if not left and control & _LAST:
                if control & _COMMAND:
                    events.append(self._complete_command(base + position))
                else:
                    self._data_context = 0
                    events.append(DataFragment(context, _EMPTY, True))
        self.pdu_left = pdu_left
        self._pdv_left = left
        return position

    def _begin(self, context: int, control: int, length: int, offset: int) -> None:
        """Checks that a fragment may come now."""
        if context not in self._contexts:
            raise _invalid(f"PDV for presentation context {context}, not accepted", offset)
        if not control & _COMMAND:
            if self._data_context != context:
                raise _unexpected(f"data set fragment without command on {context}", offset)
            return
        if self._data_context:
            raise _unexpected(
                f"command while the data set on context {self._data_context} is incomplete", offset
            )
        if self._command_context not in (0, context):
            raise _unexpected(
                f"command on {context} inside the one on {self._command_context}", offset
            )
        if len(self._command) + length > MAX_COMMAND_LENGTH:
            raise _invalid(f"command set exceeds {MAX_COMMAND_LENGTH} bytes", offset)
        self._command_context = context

    def _complete_command(self, offset: int) -> CommandReceived:
        context = self._command_context
        message: Message = decode_command(self._command, offset)
        self._command = bytearray()
        self._command_context = 0
        if message.has_data_set:
            self._data_context = context
        return CommandReceived(context, message)


def _invalid(message: str, offset: int) -> RemoteProtocolError:
    return RemoteProtocolError(
        message, reason=AbortReason.INVALID_PDU_PARAMETER_VALUE, offset=offset
    )


def _unexpected(message: str, offset: int) -> RemoteProtocolError:
    return RemoteProtocolError(message, reason=AbortReason.UNEXPECTED_PDU_PARAMETER, offset=offset)
