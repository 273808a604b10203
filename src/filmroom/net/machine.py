"""The state machine of an association at work: the table's actions, one method each.

PS3.8 §9.2, Tables 9-6 to 9-9. The table is in :mod:`filmroom.net.state`; what bytes mean and when a
call is allowed is :mod:`filmroom.net.association`'s business.
"""

from __future__ import annotations

from collections.abc import Callable

from filmroom.errors import LocalProtocolError, RemoteProtocolError
from filmroom.net.events import (
    Aborted,
    AssociationAccepted,
    AssociationRejected,
    AssociationRequested,
    ConnectionClosed,
    Event,
    ReleaseConfirmed,
    ReleaseRequested,
)
from filmroom.net.fragmentation import Payload
from filmroom.net.negotiation import AcceptPolicy, Negotiated, negotiate
from filmroom.net.pdu import (
    PDU,
    AAbort,
    AAssociateAC,
    AAssociateRJ,
    AAssociateRQ,
    AReleaseRP,
    AReleaseRQ,
)
from filmroom.net.reasons import AbortReason, AbortSource, RejectSource
from filmroom.net.state import TRANSITIONS, Action, Evt, State

__all__ = ["StateMachine"]


class StateMachine:
    """State, ARTIM timer and queue of control PDUs of one association.

    ``request`` is the A-ASSOCIATE-RQ to send (requestor), ``policy`` answers one (acceptor).
    """

    __slots__ = (
        "_artim_seconds",
        "_now",
        "_policy",
        "artim",
        "is_requestor",
        "negotiated",
        "out",
        "proposed",
        "request",
        "since",
        "state",
        "wants_close",
    )

    def __init__(
        self,
        request: AAssociateRQ | None,
        policy: AcceptPolicy | None,
        artim_seconds: float | None,
    ) -> None:
        self.state = State.STA1
        self.is_requestor = request is not None
        self.request = request
        self.proposed: AAssociateAC | AAssociateRJ | None = None
        self.negotiated: Negotiated | None = None
        self.out: list[Payload] = []
        self.wants_close = False
        self.artim: float | None = None
        """When ARTIM expires, while it runs."""
        self.since = 0.0
        """When the present state was entered."""
        self._policy = policy
        self._artim_seconds = artim_seconds
        self._now = 0.0

    def step(
        self,
        evt: Evt,
        now: float,
        *,
        pdu: PDU | None = None,
        error: RemoteProtocolError | None = None,
        abort: AAbort | None = None,
    ) -> list[Event]:
        """Looks the action up and does it; gives the primitives that it issues.

        ``pdu`` is what came or what is to be sent, ``error`` what was wrong with it, ``abort`` the
        user's own A-ABORT. Raises :class:`LocalProtocolError` where the table has no cell.
        """
        self._now = now
        action = TRANSITIONS.get((self.state, evt))
        if action is None:
            raise LocalProtocolError(f"{evt.name} in {self.state.name} ({self.state.value})")
        return _ACTIONS[action](self, pdu, error, abort)

    def _go(self, state: State) -> list[Event]:
        self.state = state
        self.since = self._now
        return []

    def _start_artim(self) -> None:
        self.artim = _after(self._now, self._artim_seconds)

    def close(self) -> None:
        """The transport is to be closed: no association, no timer."""
        self.artim = None
        self.wants_close = True
        self._go(State.STA1)

    def _establish(self, answer: AAssociateAC) -> None:
        assert self.request is not None
        self.negotiated = Negotiated.of(self.request, answer, requestor=self.is_requestor)

    def _connect(self, *_: object) -> list[Event]:
        return self._go(State.STA4)

    def _send_request(self, *_: object) -> list[Event]:
        assert self.request is not None
        self.out.append(self.request.encode())
        return self._go(State.STA5)

    def _confirm_accept(self, pdu: PDU | None, *_: object) -> list[Event]:
        assert isinstance(pdu, AAssociateAC)
        self._establish(pdu)
        self._go(State.STA6)
        assert self.negotiated is not None
        return [AssociationAccepted(self.negotiated)]

    def _confirm_reject(self, pdu: PDU | None, *_: object) -> list[Event]:
        assert isinstance(pdu, AAssociateRJ)
        self.close()
        return [AssociationRejected(pdu.result, pdu.source, pdu.reason)]

    def _await_request(self, *_: object) -> list[Event]:
        self._start_artim()
        return self._go(State.STA2)

    def _indicate_request(self, pdu: PDU | None, *_: object) -> list[Event]:
        assert isinstance(pdu, AAssociateRQ)
        assert self._policy is not None
        self.request = pdu
        answer = self.proposed = negotiate(pdu, self._policy)
        if isinstance(answer, AAssociateRJ) and answer.source != RejectSource.SERVICE_USER:
            self.out.append(answer.encode())
            return self._await_close()
        self.artim = None
        self._go(State.STA3)
        return [AssociationRequested(pdu, answer)]

    def _await_close(self, *_: object) -> list[Event]:
        self._start_artim()
        return self._go(State.STA13)

    def _accept(self, pdu: PDU | None, *_: object) -> list[Event]:
        assert isinstance(pdu, AAssociateAC)
        encoded = pdu.encode()
        self._establish(pdu)
        self.out.append(encoded)
        return self._go(State.STA6)

    def _reject(self, pdu: PDU | None, *_: object) -> list[Event]:
        assert isinstance(pdu, AAssociateRJ)
        self.out.append(pdu.encode())
        return self._await_close()

    def _stay(self, *_: object) -> list[Event]:
        return []

    def _ask_release(self, *_: object) -> list[Event]:
        self.out.append(AReleaseRQ().encode())
        return self._go(State.STA7)

    def _indicate_release(self, *_: object) -> list[Event]:
        self._go(State.STA8)
        return [ReleaseRequested()]

    def _confirm_release_and_close(self, *_: object) -> list[Event]:
        self.close()
        return [ReleaseConfirmed()]

    def _agree_to_release(self, *_: object) -> list[Event]:
        self.out.append(AReleaseRP().encode())
        return self._await_close()

    def _end(self, *_: object) -> list[Event]:
        self.artim = None
        return self._go(State.STA1)

    def _indicate_collision(self, *_: object) -> list[Event]:
        self._go(State.STA9 if self.is_requestor else State.STA10)
        return [ReleaseRequested()]

    def _agree_in_collision(self, *_: object) -> list[Event]:
        self.out.append(AReleaseRP().encode())
        return self._go(State.STA11)

    def _confirm_in_collision(self, *_: object) -> list[Event]:
        self._go(State.STA12)
        return [ReleaseConfirmed()]

    def _abort_as_user(
        self, _pdu: PDU | None, _error: RemoteProtocolError | None, abort: AAbort | None
    ) -> list[Event]:
        self.out.append((abort or AAbort()).encode())
        return self._await_close()

    def _drop(self, *_: object) -> list[Event]:
        self.close()
        return []

    def _indicate_abort(self, pdu: PDU | None, *_: object) -> list[Event]:
        assert isinstance(pdu, AAbort)
        self.close()
        return [Aborted(pdu.source, pdu.reason)]

    def _indicate_loss(self, *_: object) -> list[Event]:
        self._end()
        return [ConnectionClosed()]

    def _abort_again(
        self, _pdu: PDU | None, error: RemoteProtocolError | None, _abort: AAbort | None
    ) -> list[Event]:
        encoded = AAbort(AbortSource.SERVICE_PROVIDER, error.reason if error else 0).encode()
        # One unwritten A-ABORT says it all: a flood of garbage must not fill our memory.
        if encoded not in self.out:
            self.out.append(encoded)
        return []

    def _abort_as_provider(
        self, _pdu: PDU | None, error: RemoteProtocolError | None, _abort: AAbort | None
    ) -> list[Event]:
        reason = error.reason if error else AbortReason.NOT_SPECIFIED
        self.out.append(AAbort(AbortSource.SERVICE_PROVIDER, reason).encode())
        self._await_close()
        return [Aborted(AbortSource.SERVICE_PROVIDER, reason, by_peer=False)]


def _after(start: float, seconds: float | None) -> float | None:
    return None if seconds is None else start + seconds


_ACTIONS: dict[
    Action,
    Callable[
        [StateMachine, PDU | None, RemoteProtocolError | None, AAbort | None],
        list[Event],
    ],
] = {
    Action.AE_1: StateMachine._connect,
    Action.AE_2: StateMachine._send_request,
    Action.AE_3: StateMachine._confirm_accept,
    Action.AE_4: StateMachine._confirm_reject,
    Action.AE_5: StateMachine._await_request,
    Action.AE_6: StateMachine._indicate_request,
    Action.AE_7: StateMachine._accept,
    Action.AE_8: StateMachine._reject,
    Action.DT_1: StateMachine._stay,
    Action.DT_2: StateMachine._stay,
    Action.AR_1: StateMachine._ask_release,
    Action.AR_2: StateMachine._indicate_release,
    Action.AR_3: StateMachine._confirm_release_and_close,
    Action.AR_4: StateMachine._agree_to_release,
    Action.AR_5: StateMachine._end,
    Action.AR_6: StateMachine._stay,
    Action.AR_7: StateMachine._stay,
    Action.AR_8: StateMachine._indicate_collision,
    Action.AR_9: StateMachine._agree_in_collision,
    Action.AR_10: StateMachine._confirm_in_collision,
    Action.AA_1: StateMachine._abort_as_user,
    Action.AA_2: StateMachine._drop,
    Action.AA_3: StateMachine._indicate_abort,
    Action.AA_4: StateMachine._indicate_loss,
    Action.AA_5: StateMachine._end,
    Action.AA_6: StateMachine._stay,
    Action.AA_7: StateMachine._abort_again,
    Action.AA_8: StateMachine._abort_as_provider,
}
