"""One association, either role, without I/O: bytes and the time in, events and bytes out.

PS3.8 §7 and §9.2. The state machine is the table in :mod:`filmroom.net.state`; each action is a
method here. The shell moves bytes, keeps the clock, and does this::

    association.connection_made(now)
    loop:
        write association.data_to_send(); close when association.wants_close
        wait for bytes until association.deadline()
        events = association.receive(data, now)   or .handle_timeout(now)   or .connection_lost(now)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NoReturn

from filmroom.errors import (
    AssociationAborted,
    AssociationTimeout,
    LocalProtocolError,
    RemoteProtocolError,
)
from filmroom.net.command import encode_command
from filmroom.net.dimse import CCancelRQ, Message
from filmroom.net.events import (
    CommandReceived,
    Event,
    ProtocolError,
    TimedOut,
)
from filmroom.net.fragmentation import SMALLEST_MAX_LENGTH, Payload, fragment
from filmroom.net.machine import StateMachine
from filmroom.net.negotiation import AcceptPolicy, Negotiated, RequestParameters
from filmroom.net.pdata import PDataReader
from filmroom.net.pdu import (
    MAX_CONTROL_LENGTH,
    PDU,
    PDU_HEADER,
    AAbort,
    AAssociateAC,
    AAssociateRJ,
    AAssociateRQ,
    AReleaseRP,
    AReleaseRQ,
    PDataTF,
    decode_pdu,
)
from filmroom.net.reasons import AbortReason, AbortSource
from filmroom.net.state import TRANSITIONS, Action, Evt, State
from filmroom.net.status import is_final
from filmroom.net.timeouts import Timeouts

__all__ = ["Association"]

_EVT_OF_PDU: dict[int, Evt] = {
    AAssociateRQ.PDU_TYPE: Evt.EVT6,
    AAssociateAC.PDU_TYPE: Evt.EVT3,
    AAssociateRJ.PDU_TYPE: Evt.EVT4,
    PDataTF.PDU_TYPE: Evt.EVT10,
    AReleaseRQ.PDU_TYPE: Evt.EVT12,
    AReleaseRP.PDU_TYPE: Evt.EVT13,
    AAbort.PDU_TYPE: Evt.EVT16,
}
_P_DATA = PDataTF.PDU_TYPE
_ASSOCIATES = (AAssociateRQ.PDU_TYPE, AAssociateAC.PDU_TYPE)
_READS_BODY = frozenset({Action.AE_3, Action.AE_6})
_DATA_STATES = frozenset({State.STA6, State.STA7})
_RELEASING = frozenset({State.STA7, State.STA9, State.STA10, State.STA11, State.STA12})
_NO_TRANSPORT = frozenset({State.STA1, State.STA4})
_NO_CONTEXTS: frozenset[int] = frozenset()


class Association:
    """The whole surface of an association; made by :meth:`requestor` or :meth:`acceptor`.

    Calls that the state does not allow raise :class:`LocalProtocolError`. Nothing a peer sends
    raises: it becomes events, and an A-ABORT in :meth:`data_to_send` where the table says so.
    """

    def __init__(
        self,
        *,
        parameters: RequestParameters | None,
        policy: AcceptPolicy | None,
        max_length: int,
        timeouts: Timeouts,
    ) -> None:
        request = parameters.request() if parameters else None
        self._machine = StateMachine(request, policy, timeouts.artim)
        self.bytes_received = 0
        """Bytes taken in since the connection was made."""
        self._timeouts = timeouts
        self._max_length = max_length
        self._active = 0.0
        self._now = 0.0
        self._sending = False
        self._owed: set[int] = set()
        self._awaited: set[int] = set()
        # What is being read: a header, a body to keep, bytes to skip, or P-DATA.
        self._head = bytearray()
        self._body = bytearray()
        self._body_type = 0
        self._body_left = 0
        self._skip = 0
        self._unframed = False
        self._pdata = PDataReader(_NO_CONTEXTS)
        if request is not None:
            self._step(Evt.EVT1)

    @classmethod
    def requestor(
        cls, parameters: RequestParameters, *, timeouts: Timeouts | None = None
    ) -> Association:
        """An association that we ask for; waits for the transport (STA4)."""
        return cls(
            parameters=parameters,
            policy=None,
            max_length=parameters.max_length,
            timeouts=timeouts or Timeouts(),
        )

    @classmethod
    def acceptor(cls, policy: AcceptPolicy, *, timeouts: Timeouts | None = None) -> Association:
        """An association that a peer asks us for, answered under ``policy`` (STA1)."""
        return cls(
            parameters=None,
            policy=policy,
            max_length=policy.max_length,
            timeouts=timeouts or Timeouts(),
        )

    @property
    def state(self) -> State:
        """Where in PS3.8 Table 9-10 the association is."""
        return self._machine.state

    @property
    def is_requestor(self) -> bool:
        """Whether we asked for the association."""
        return self._machine.is_requestor

    @property
    def wants_close(self) -> bool:
        """Whether the shell must close the transport, once what is queued is written."""
        return self._machine.wants_close

    @property
    def request(self) -> AAssociateRQ | None:
        """The A-ASSOCIATE-RQ, sent or received."""
        return self._machine.request

    @property
    def negotiated(self) -> Negotiated:
        """What was agreed. Raises :class:`LocalProtocolError` before there is agreement."""
        negotiated = self._machine.negotiated
        if negotiated is None:
            raise LocalProtocolError(f"nothing is negotiated in {self.state.name}")
        return negotiated

    @property
    def is_established(self) -> bool:
        """Whether messages may be sent (STA6; also STA8, where the peer asked for release)."""
        return self.state in (State.STA6, State.STA8)

    @property
    def outstanding(self) -> int:
        """Operations without a final response, in either direction."""
        return len(self._owed) + len(self._awaited)

    # What the transport says -----------------------------------------------------------------

    def connection_made(self, now: float) -> list[Event]:
        """The transport is open (EVT2 or EVT5)."""
        self._at(now)
        return self._step(Evt.EVT2 if self.is_requestor else Evt.EVT5)

    def connection_lost(self, now: float) -> list[Event]:
        """The transport is closed, by whomever (EVT17)."""
        self._at(now)
        if self.state is State.STA1:
            return []
        return self._step(Evt.EVT17)

    def receive(self, data: Payload, now: float) -> list[Event]:
        """Takes in bytes; ``data`` and the views in the events are valid until the next call."""
        view = data if type(data) is memoryview else memoryview(data)
        events: list[Event] = []
        self._active = self._now = now
        base = self.bytes_received
        position, end = 0, len(view)
        pdata = self._pdata
        try:
            while position < end:
                if pdata.pdu_left:
                    before = len(events)
                    position = pdata.feed(view, position, end, events, base)
                    self._note_commands(events, before)
                elif self._skip:
                    take = min(self._skip, end - position)
                    self._skip -= take
                    position += take
                elif self._unframed or self.state in _NO_TRANSPORT:
                    position = end
                elif self._body_left:
                    take = min(self._body_left, end - position)
                    self._body += view[position : position + take]
                    self._body_left -= take
                    position += take
                    if not self._body_left:
                        self._body_complete(events, base + position)
                        pdata = self._pdata
                elif not self._head and end - position >= 6 and view[position] == _P_DATA:
                    length = PDU_HEADER.unpack_from(view, position)[1]
                    position += 6
                    self._header(_P_DATA, length, events, base + position)
                else:
                    if not self._head and view[position] not in _EVT_OF_PDU:
                        self._unrecognized(view[position], base + position)
                    take = min(6 - len(self._head), end - position)
                    self._head += view[position : position + take]
                    position += take
                    if len(self._head) == 6:
                        pdu_type, length = PDU_HEADER.unpack(self._head)
                        self._head.clear()
                        self._header(pdu_type, length, events, base + position)
        except RemoteProtocolError as error:
            self._fail(error, events)
        self.bytes_received = base + end
        return events

    def waiting(self, now: float) -> None:
        """Says that the shell, busy till now with its own work, waits for the peer from ``now``.

        Without it the time that we took to store an object would count as the peer's silence.
        """
        self._active = self._now = now

    def data_to_send(self) -> list[Payload]:
        """The control PDUs to write now, in order; each is given once."""
        out, self._machine.out = self._machine.out, []
        return out

    # Timers ------------------------------------------------------------------------------------

    def deadline(self) -> float | None:
        """When :meth:`handle_timeout` is due if the peer stays silent, on the clock of ``now``."""
        timeouts = self._timeouts
        state = self.state
        start = max(self._active, self._machine.since)
        if state is State.STA6:
            if self._in_message:
                return _after(start, timeouts.stall)
            return None if self._owed or self._awaited else _after(start, timeouts.idle)
        if state in (State.STA2, State.STA13):
            return self._machine.artim
        if state is State.STA5:
            return _after(start, timeouts.request)
        if state in _RELEASING:
            return _after(start, timeouts.release)
        return None

    def handle_timeout(self, now: float) -> list[Event]:
        """What the passing of time does: ARTIM (EVT18), or an abort of ours; nothing before due."""
        self._now = now
        due = self.deadline()
        if due is None or now < due:
            return []
        state = self.state
        if state is State.STA13:
            return self._step(Evt.EVT18)
        if state is State.STA2:
            error = AssociationTimeout("no A-ASSOCIATE-RQ before ARTIM expired")
            return [TimedOut(error), *self._step(Evt.EVT18)]
        if state is State.STA5:
            error = AssociationTimeout("no answer to A-ASSOCIATE-RQ")
        elif state in _RELEASING:
            error = AssociationTimeout("no answer to A-RELEASE-RQ")
        elif self._in_message:
            error = AssociationTimeout(f"peer stopped inside a message, byte {self.bytes_received}")
        else:
            error = AssociationTimeout("no message on an idle association")
        return [TimedOut(error), *self._step(Evt.EVT15)]

    @property
    def _in_message(self) -> bool:
        return bool(
            self._pdata.pdu_left
            or self._head
            or self._body_left
            or self._skip
            or self._pdata.in_message
        )

    # What the user asks ------------------------------------------------------------------------

    def respond(self, now: float) -> Negotiated | None:
        """Answers the association request as the policy does; None where that is a rejection."""
        self._require(State.STA3, "respond")
        if isinstance(self._machine.proposed, AAssociateRJ):
            answer = self._machine.proposed
            self.reject(answer.result, answer.source, answer.reason, now)
            return None
        return self.accept(now)

    def accept(self, now: float, answer: AAssociateAC | None = None) -> Negotiated:
        """Accepts the association with ``answer``, or with what the policy answers (EVT7)."""
        self._require(State.STA3, "accept")
        self._at(now)
        final = answer or self._machine.proposed
        if not isinstance(final, AAssociateAC):
            raise LocalProtocolError("the policy rejects this association: no answer to send")
        self._step(Evt.EVT7, pdu=final)
        self._pdata = PDataReader(frozenset(self.negotiated.contexts))
        return self.negotiated

    def reject(self, result: int, source: int, reason: int, now: float) -> None:
        """Rejects the association with the numbers of PS3.8 Table 9-21 (EVT8)."""
        self._require(State.STA3, "reject")
        self._at(now)
        self._step(Evt.EVT8, pdu=AAssociateRJ(result, source, reason))

    def release(self, now: float) -> None:
        """Asks the peer to end the association (EVT11)."""
        self._require(State.STA6, "release")
        if self._sending:
            raise LocalProtocolError("release inside a message")
        self._at(now)
        self._step(Evt.EVT11)

    def respond_release(self, now: float) -> None:
        """Agrees to the peer's release (EVT14); in a collision each side does (PS3.8 §7.2.2)."""
        if (self.state, Evt.EVT14) not in TRANSITIONS:
            self._refuse("respond_release")
        if self._sending:
            raise LocalProtocolError("release inside a message")
        self._at(now)
        self._step(Evt.EVT14)

    def abort(
        self,
        now: float,
        source: int = AbortSource.SERVICE_USER,
        reason: int = AbortReason.NOT_SPECIFIED,
    ) -> None:
        """Ends the association at once (EVT15); once it has ended this does nothing."""
        self._at(now)
        if self.state in (State.STA1, State.STA13):
            return
        if (self.state, Evt.EVT15) not in TRANSITIONS:
            # No association exists in STA2 and the table has no cell: only the transport goes.
            self._machine.close()
            return
        self._step(Evt.EVT15, abort=AAbort(source, reason))

    def send_message(
        self,
        context_id: int,
        message: Message,
        now: float,
        data: Payload | Iterable[Payload] | None = None,
    ) -> Iterator[list[Payload]]:
        """Lists of buffers to write, of whole PDUs, made as they are asked for (EVT9).

        ``data`` is the encoded data set: a buffer is sliced, never copied; the buffers of an
        iterable are gathered into full PDUs and must not be reused. Write the whole iterator before
        the next message; one dropped half-way leaves nothing to do but :meth:`abort`. While
        iterating, raises :class:`AssociationAborted` once the association has ended.
        """
        if (self.state, Evt.EVT9) not in TRANSITIONS:
            self._refuse("send_message")
        if self._sending:
            raise LocalProtocolError("a message inside a message")
        negotiated = self.negotiated
        if context_id not in negotiated.contexts:
            raise LocalProtocolError(f"presentation context {context_id} is not accepted")
        command = encode_command(message, data is not None)
        self._at(now)
        self._active = now
        self._note_sent(message)
        if data is None:
            parts = fragment(context_id, command, None, negotiated.peer_max_length)
            return iter([next(parts)])
        self._sending = True
        return self._sent(fragment(context_id, command, data, negotiated.peer_max_length))

    def _sent(self, parts: Iterator[list[Payload]]) -> Iterator[list[Payload]]:
        for part in parts:
            if not self.is_established:
                raise AssociationAborted("association ended while a message was being sent")
            self._step(Evt.EVT9)
            yield part
        self._sending = False

    # Reading PDUs ------------------------------------------------------------------------------

    def _header(self, pdu_type: int, length: int, events: list[Event], offset: int) -> None:
        """A PDU header is complete; ``offset`` is where the PDU's variable part begins."""
        if pdu_type == _P_DATA:
            if self.state not in _DATA_STATES:
                self._skip = length
                self._received(pdu_type, None, events, offset)
                return
            limit = self._max_length
            if not length or (limit and length > limit):
                raise RemoteProtocolError(
                    f"P-DATA-TF of {length} bytes, {limit} allowed",
                    reason=AbortReason.INVALID_PDU_PARAMETER_VALUE,
                    offset=offset - 6,
                )
            self._pdata.pdu_left = length
            return
        if pdu_type not in _EVT_OF_PDU:
            self._unrecognized(pdu_type, offset - 6)
        if pdu_type in _ASSOCIATES:
            action = TRANSITIONS.get((self.state, _EVT_OF_PDU[pdu_type]))
            if action not in _READS_BODY:
                self._skip = length
                self._received(pdu_type, None, events, offset)
                return
            wrong = not 68 <= length <= MAX_CONTROL_LENGTH
        else:
            wrong = length != 4
        if wrong:
            raise RemoteProtocolError(
                f"PDU of type {pdu_type:02X}H with {length} bytes",
                reason=AbortReason.INVALID_PDU_PARAMETER_VALUE,
                offset=offset - 6,
            )
        self._body_type = pdu_type
        self._body_left = length

    def _unrecognized(self, pdu_type: int, offset: int) -> NoReturn:
        raise RemoteProtocolError(
            f"PDU type {pdu_type:02X}H", reason=AbortReason.UNRECOGNIZED_PDU, offset=offset
        )

    def _body_complete(self, events: list[Event], end: int) -> None:
        body, self._body = self._body, bytearray()
        offset = end - len(body)
        self._received(self._body_type, decode_pdu(self._body_type, body, offset), events, offset)

    def _received(self, pdu_type: int, pdu: PDU | None, events: list[Event], offset: int) -> None:
        """Takes the step for a PDU; ``pdu`` is None where the step does not need its contents."""
        evt = _EVT_OF_PDU[pdu_type]
        action = TRANSITIONS.get((self.state, evt))
        if isinstance(pdu, (AAssociateRQ, AAssociateAC)):
            peer_max = pdu.user_information.maximum_length
            if 0 < peer_max < SMALLEST_MAX_LENGTH:
                raise RemoteProtocolError(
                    f"maximum length {peer_max} holds no fragment",
                    reason=AbortReason.INVALID_PDU_PARAMETER_VALUE,
                    offset=offset,
                )
        error: RemoteProtocolError | None = None
        if action in (Action.AA_1, Action.AA_7, Action.AA_8):
            error = RemoteProtocolError(
                f"PDU of type {pdu_type:02X}H in {self.state.name}",
                reason=AbortReason.UNEXPECTED_PDU,
                offset=offset - 6,
            )
            events.append(ProtocolError(error))
        events.extend(self._step(evt, pdu=pdu, error=error))
        if action is Action.AE_3:
            self._pdata = PDataReader(frozenset(self.negotiated.contexts))

    def _fail(self, error: RemoteProtocolError, events: list[Event]) -> None:
        """EVT19. What follows in the stream can no longer be told apart into PDUs: drop it."""
        self._unframed = True
        self._pdata.pdu_left = 0
        self._skip = self._body_left = 0
        self._head.clear()
        self._body = bytearray()
        events.append(ProtocolError(error))
        events.extend(self._step(Evt.EVT19, error=error))

    def _note_commands(self, events: list[Event], start: int) -> None:
        for event in events[start:]:
            if type(event) is CommandReceived:
                message = event.message
                if isinstance(message, CCancelRQ):
                    continue
                status = getattr(message, "status", None)
                if status is None:
                    self._owed.add(message.message_id)  # type: ignore[union-attr]
                elif is_final(status):
                    self._awaited.discard(message.message_id_being_responded_to)  # type: ignore[union-attr]

    def _note_sent(self, message: Message) -> None:
        if isinstance(message, CCancelRQ):
            return
        status = getattr(message, "status", None)
        if status is None:
            self._awaited.add(message.message_id)  # type: ignore[union-attr]
        elif is_final(status):
            self._owed.discard(message.message_id_being_responded_to)  # type: ignore[union-attr]

    # Calls --------------------------------------------------------------------------------------

    def _at(self, now: float) -> None:
        self._now = now

    def _require(self, state: State, call: str) -> None:
        if self.state is not state:
            self._refuse(call)

    def _refuse(self, call: str) -> NoReturn:
        raise LocalProtocolError(f"{call} in {self.state.name} ({self.state.value})")

    def _step(
        self,
        evt: Evt,
        *,
        pdu: PDU | None = None,
        error: RemoteProtocolError | None = None,
        abort: AAbort | None = None,
    ) -> list[Event]:
        return self._machine.step(evt, self._now, pdu=pdu, error=error, abort=abort)


def _after(start: float, seconds: float | None) -> float | None:
    return None if seconds is None else start + seconds
