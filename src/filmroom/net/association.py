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

from collections.abc import Callable, Iterable, Iterator
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
    Aborted,
    AssociationAccepted,
    AssociationRejected,
    AssociationRequested,
    CommandReceived,
    ConnectionClosed,
    Event,
    ProtocolError,
    ReleaseConfirmed,
    ReleaseRequested,
    TimedOut,
)
from filmroom.net.fragmentation import SMALLEST_MAX_LENGTH, Payload, fragment
from filmroom.net.negotiation import AcceptPolicy, Negotiated, RequestParameters, negotiate
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
from filmroom.net.reasons import AbortReason, AbortSource, RejectSource
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
        self.state = State.STA1
        self.is_requestor = parameters is not None
        self.bytes_received = 0
        """Bytes taken in since the connection was made."""
        self.wants_close = False
        """Whether the shell must close the transport, once what is queued is written."""
        self._parameters = parameters
        self._policy = policy
        self._timeouts = timeouts
        self._max_length = max_length
        self._request = parameters.request() if parameters else None
        self._proposed: AAssociateAC | AAssociateRJ | None = None
        self._negotiated: Negotiated | None = None
        self._out: list[Payload] = []
        self._artim: float | None = None
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
        if self.is_requestor:
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
    def request(self) -> AAssociateRQ | None:
        """The A-ASSOCIATE-RQ, sent or received."""
        return self._request

    @property
    def negotiated(self) -> Negotiated:
        """What was agreed. Raises :class:`LocalProtocolError` before there is agreement."""
        if self._negotiated is None:
            raise LocalProtocolError(f"nothing is negotiated in {self.state.name}")
        return self._negotiated

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
                elif self._unframed or self.state is State.STA1:
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
        out, self._out = self._out, []
        return out

    # Timers ------------------------------------------------------------------------------------

    def deadline(self) -> float | None:
        """When :meth:`handle_timeout` is due if the peer stays silent, on the clock of ``now``."""
        timeouts = self._timeouts
        state = self.state
        if state is State.STA6:
            if self._in_message:
                return _after(self._active, timeouts.stall)
            return None if self._owed or self._awaited else _after(self._active, timeouts.idle)
        if state in (State.STA2, State.STA13):
            return self._artim
        if state is State.STA5:
            return _after(self._active, timeouts.request)
        if state in _RELEASING:
            return _after(self._active, timeouts.release)
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
        if isinstance(self._proposed, AAssociateRJ):
            answer = self._proposed
            self.reject(answer.result, answer.source, answer.reason, now)
            return None
        return self.accept(now)

    def accept(self, now: float, answer: AAssociateAC | None = None) -> Negotiated:
        """Accepts the association with ``answer``, or with what the policy answers (EVT7)."""
        self._require(State.STA3, "accept")
        self._at(now)
        final = answer or self._proposed
        if not isinstance(final, AAssociateAC):
            raise LocalProtocolError("the policy rejects this association: no answer to send")
        encoded = final.encode()
        self._establish(final)
        self._step(Evt.EVT7, lambda: self._out.append(encoded))
        return self.negotiated

    def reject(self, result: int, source: int, reason: int, now: float) -> None:
        """Rejects the association with the numbers of PS3.8 Table 9-21 (EVT8)."""
        self._require(State.STA3, "reject")
        self._at(now)
        encoded = AAssociateRJ(result, source, reason).encode()
        self._step(Evt.EVT8, lambda: self._out.append(encoded))

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
            self._close()
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

    def _fail(self, error: RemoteProtocolError, events: list[Event]) -> None:
        """EVT19. What follows in the stream can no longer be told apart into PDUs: it is dropped."""
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

    # The state machine -------------------------------------------------------------------------

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
        send: Callable[[], None] | None = None,
        *,
        pdu: PDU | None = None,
        error: RemoteProtocolError | None = None,
        abort: AAbort | None = None,
    ) -> list[Event]:
        """Looks the action up and does it; gives the primitives that it issues."""
        action = TRANSITIONS.get((self.state, evt))
        if action is None:
            self._refuse(evt.name)
        if send is not None:
            send()
        return _ACTIONS[action](self, pdu, error, abort)

    def _go(self, state: State) -> list[Event]:
        self.state = state
        self._active = self._now
        return []

    def _start_artim(self) -> None:
        self._artim = _after(self._now, self._timeouts.artim)

    def _close(self) -> None:
        self._artim = None
        self.wants_close = True
        self._go(State.STA1)

    def _establish(self, answer: AAssociateAC) -> None:
        assert self._request is not None
        self._negotiated = Negotiated.of(self._request, answer, requestor=self.is_requestor)
        self._pdata = PDataReader(frozenset(self._negotiated.contexts))

    def _connect(self, *_: object) -> list[Event]:
        return self._go(State.STA4)

    def _send_request(self, *_: object) -> list[Event]:
        assert self._request is not None
        self._out.append(self._request.encode())
        return self._go(State.STA5)

    def _confirm_accept(self, pdu: PDU | None, *_: object) -> list[Event]:
        assert isinstance(pdu, AAssociateAC)
        self._establish(pdu)
        self._go(State.STA6)
        return [AssociationAccepted(self.negotiated)]

    def _confirm_reject(self, pdu: PDU | None, *_: object) -> list[Event]:
        assert isinstance(pdu, AAssociateRJ)
        self._close()
        return [AssociationRejected(pdu.result, pdu.source, pdu.reason)]

    def _await_request(self, *_: object) -> list[Event]:
        self._start_artim()
        return self._go(State.STA2)

    def _indicate_request(self, pdu: PDU | None, *_: object) -> list[Event]:
        assert isinstance(pdu, AAssociateRQ)
        assert self._policy is not None
        self._request = pdu
        answer = self._proposed = negotiate(pdu, self._policy)
        if isinstance(answer, AAssociateRJ) and answer.source != RejectSource.SERVICE_USER:
            self._out.append(answer.encode())
            return self._await_close()
        self._artim = None
        self._go(State.STA3)
        return [AssociationRequested(pdu, answer)]

    def _await_close(self, *_: object) -> list[Event]:
        self._start_artim()
        return self._go(State.STA13)

    def _enter_sta6(self, *_: object) -> list[Event]:
        return self._go(State.STA6)

    def _stay(self, *_: object) -> list[Event]:
        return []

    def _ask_release(self, *_: object) -> list[Event]:
        self._out.append(AReleaseRQ().encode())
        return self._go(State.STA7)

    def _indicate_release(self, *_: object) -> list[Event]:
        self._go(State.STA8)
        return [ReleaseRequested()]

    def _confirm_release_and_close(self, *_: object) -> list[Event]:
        self._close()
        return [ReleaseConfirmed()]

    def _agree_to_release(self, *_: object) -> list[Event]:
        self._out.append(AReleaseRP().encode())
        return self._await_close()

    def _end(self, *_: object) -> list[Event]:
        self._artim = None
        return self._go(State.STA1)

    def _indicate_collision(self, *_: object) -> list[Event]:
        self._go(State.STA9 if self.is_requestor else State.STA10)
        return [ReleaseRequested()]

    def _agree_in_collision(self, *_: object) -> list[Event]:
        self._out.append(AReleaseRP().encode())
        return self._go(State.STA11)

    def _confirm_in_collision(self, *_: object) -> list[Event]:
        self._go(State.STA12)
        return [ReleaseConfirmed()]

    def _abort_as_user(
        self, _pdu: PDU | None, _error: RemoteProtocolError | None, abort: AAbort | None
    ) -> list[Event]:
        self._out.append((abort or AAbort()).encode())
        return self._await_close()

    def _drop(self, *_: object) -> list[Event]:
        self._close()
        return []

    def _indicate_abort(self, pdu: PDU | None, *_: object) -> list[Event]:
        assert isinstance(pdu, AAbort)
        self._close()
        return [Aborted(pdu.source, pdu.reason)]

    def _indicate_loss(self, *_: object) -> list[Event]:
        self._end()
        return [ConnectionClosed()]

    def _abort_again(
        self, _pdu: PDU | None, error: RemoteProtocolError | None, _abort: AAbort | None
    ) -> list[Event]:
        encoded = AAbort(AbortSource.SERVICE_PROVIDER, error.reason if error else 0).encode()
        # One unwritten A-ABORT says it all: a flood of garbage must not fill our memory.
        if encoded not in self._out:
            self._out.append(encoded)
        return []

    def _abort_as_provider(
        self, _pdu: PDU | None, error: RemoteProtocolError | None, _abort: AAbort | None
    ) -> list[Event]:
        reason = error.reason if error else AbortReason.NOT_SPECIFIED
        self._out.append(AAbort(AbortSource.SERVICE_PROVIDER, reason).encode())
        self._await_close()
        return [Aborted(AbortSource.SERVICE_PROVIDER, reason, by_peer=False)]


def _after(start: float, seconds: float | None) -> float | None:
    return None if seconds is None else start + seconds


_ACTIONS: dict[
    Action,
    Callable[
        [Association, PDU | None, RemoteProtocolError | None, AAbort | None],
        list[Event],
    ],
] = {
    Action.AE_1: Association._connect,
    Action.AE_2: Association._send_request,
    Action.AE_3: Association._confirm_accept,
    Action.AE_4: Association._confirm_reject,
    Action.AE_5: Association._await_request,
    Action.AE_6: Association._indicate_request,
    Action.AE_7: Association._enter_sta6,
    Action.AE_8: Association._await_close,
    Action.DT_1: Association._stay,
    Action.DT_2: Association._stay,
    Action.AR_1: Association._ask_release,
    Action.AR_2: Association._indicate_release,
    Action.AR_3: Association._confirm_release_and_close,
    Action.AR_4: Association._agree_to_release,
    Action.AR_5: Association._end,
    Action.AR_6: Association._stay,
    Action.AR_7: Association._stay,
    Action.AR_8: Association._indicate_collision,
    Action.AR_9: Association._agree_in_collision,
    Action.AR_10: Association._confirm_in_collision,
    Action.AA_1: Association._abort_as_user,
    Action.AA_2: Association._drop,
    Action.AA_3: Association._indicate_abort,
    Action.AA_4: Association._indicate_loss,
    Action.AA_5: Association._end,
    Action.AA_6: Association._stay,
    Action.AA_7: Association._abort_again,
    Action.AA_8: Association._abort_as_provider,
}
