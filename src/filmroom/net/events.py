"""What an association tells its owner. Values; PS3.8 §7 calls most of them primitives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from filmroom.errors import AssociationTimeout, RemoteProtocolError
from filmroom.net.dimse import Message
from filmroom.net.negotiation import Negotiated
from filmroom.net.pdu import AAssociateAC, AAssociateRJ, AAssociateRQ
from filmroom.net.reasons import describe_abort, describe_rejection

__all__ = [
    "Aborted",
    "AssociationAccepted",
    "AssociationRejected",
    "AssociationRequested",
    "CommandReceived",
    "ConnectionClosed",
    "DataFragment",
    "Event",
    "ProtocolError",
    "ReleaseConfirmed",
    "ReleaseRequested",
    "TimedOut",
]


@dataclass(frozen=True, slots=True)
class AssociationRequested:
    """A-ASSOCIATE indication: answer with ``respond``, ``accept`` or ``reject``."""

    request: AAssociateRQ
    answer: AAssociateAC | AAssociateRJ
    """What the policy answers."""


@dataclass(frozen=True, slots=True)
class AssociationAccepted:
    """A-ASSOCIATE confirmation, positive: messages may be sent now."""

    negotiated: Negotiated


@dataclass(frozen=True, slots=True)
class AssociationRejected:
    """A-ASSOCIATE confirmation, negative; numbers of PS3.8 Table 9-21."""

    result: int
    source: int
    reason: int

    def __str__(self) -> str:
        """In the standard's words."""
        return describe_rejection(self.result, self.source, self.reason)


class CommandReceived(NamedTuple):
    """A whole command set; if ``message.has_data_set``, :class:`DataFragment` events follow."""

    context_id: int
    message: Message


class DataFragment(NamedTuple):
    """Some bytes of the present message's data set; ``data`` is valid until ``receive`` is called.

    Bytes come in order and at once, wherever the transport cut them; ``last`` ends the data set,
    perhaps with no bytes.
    """

    context_id: int
    data: memoryview
    last: bool


@dataclass(frozen=True, slots=True)
class ReleaseRequested:
    """A-RELEASE indication: answer with ``respond_release``."""


@dataclass(frozen=True, slots=True)
class ReleaseConfirmed:
    """A-RELEASE confirmation: the association ended in order."""


@dataclass(frozen=True, slots=True)
class Aborted:
    """A-ABORT or A-P-ABORT indication; numbers of PS3.8 Table 9-26."""

    source: int
    reason: int
    by_peer: bool = True
    """False where our own service provider aborts, having seen a :class:`ProtocolError`."""

    def __str__(self) -> str:
        """In the standard's words."""
        return describe_abort(self.source, self.reason)


@dataclass(frozen=True, slots=True)
class ConnectionClosed:
    """The transport went away under the association, without release or abort."""


@dataclass(frozen=True, slots=True)
class ProtocolError:
    """The peer broke the protocol; what the state machine answers is queued already."""

    error: RemoteProtocolError


@dataclass(frozen=True, slots=True)
class TimedOut:
    """A time-out ran out; the abort or the closing is queued already."""

    error: AssociationTimeout


Event = (
    AssociationRequested
    | AssociationAccepted
    | AssociationRejected
    | CommandReceived
    | DataFragment
    | ReleaseRequested
    | ReleaseConfirmed
    | Aborted
    | ConnectionClosed
    | ProtocolError
    | TimedOut
)
"""Any of the above."""
