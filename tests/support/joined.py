"""Two associations joined in memory, and an association brought into any state of Table 9-10."""

from __future__ import annotations

from filmroom.errors import RemoteProtocolError
from filmroom.net import (
    AAbort,
    AAssociateAC,
    AAssociateRJ,
    AbstractSyntaxPolicy,
    AcceptPolicy,
    AReleaseRP,
    AReleaseRQ,
    Association,
    CEchoRQ,
    DataFragment,
    MaximumLength,
    PDataTF,
    PresentationContextAC,
    PresentationDataValue,
    ProposedContext,
    RequestParameters,
    State,
    Timeouts,
    UserInformation,
    encode_command,
)

IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
VERIFICATION = "1.2.840.10008.1.1"
CT = "1.2.840.10008.5.1.4.1.1.2"

PARAMETERS = RequestParameters(
    "FILMROOM",
    "SENDER",
    (ProposedContext(VERIFICATION, (IMPLICIT,)), ProposedContext(CT, (EXPLICIT, IMPLICIT))),
)
POLICY = AcceptPolicy(
    {
        VERIFICATION: AbstractSyntaxPolicy(frozenset({IMPLICIT})),
        CT: AbstractSyntaxPolicy(lambda _uid: True),
    }
)

RQ = PARAMETERS.request().encode()
AC = AAssociateAC(
    "FILMROOM",
    "SENDER",
    (PresentationContextAC(1, 0, IMPLICIT), PresentationContextAC(3, 0, EXPLICIT)),
    UserInformation((MaximumLength(16384),)),
).encode()
RJ = AAssociateRJ(1, 1, 7).encode()
ECHO = encode_command(CEchoRQ(message_id=1), has_data_set=False)
DATA = PDataTF((PresentationDataValue(1, ECHO, is_command=True, is_last=True),)).encode()
RELEASE_RQ = AReleaseRQ().encode()
RELEASE_RP = AReleaseRP().encode()
ABORT = AAbort(2, 6).encode()
GARBAGE = b"\x2a\0\0\0\0\0"


class Joined:
    """A requestor and an acceptor; bytes cross in pieces of ``chunk`` bytes, or whole."""

    def __init__(
        self,
        parameters: RequestParameters = PARAMETERS,
        policy: AcceptPolicy = POLICY,
        chunk: int = 0,
    ) -> None:
        self.requestor = Association.requestor(parameters)
        self.acceptor = Association.acceptor(policy)
        self.chunk = chunk

    def associate(self) -> Joined:
        self.requestor.connection_made(0.0)
        self.acceptor.connection_made(0.0)
        self.pump()
        self.acceptor.respond(0.0)
        self.pump()
        return self

    def deliver(self, receiver, data: bytes) -> list:
        """Events of ``receiver``, with the fragments' bytes kept."""
        events = []
        step = self.chunk or max(len(data), 1)
        for start in range(0, len(data), step):
            events += kept(receiver.receive(memoryview(data)[start : start + step], 0.0))
        return events

    def pump(self) -> list:
        """Carries the control PDUs across until both are silent."""
        events = []
        while True:
            to_acceptor = b"".join(self.requestor.data_to_send())
            to_requestor = b"".join(self.acceptor.data_to_send())
            if not (to_acceptor or to_requestor):
                return events
            events += self.deliver(self.acceptor, to_acceptor)
            events += self.deliver(self.requestor, to_requestor)

    def send(self, sender, context_id, message, data=None) -> list:
        """What the other side makes of a message."""
        receiver = self.acceptor if sender is self.requestor else self.requestor
        return self.deliver(receiver, wire(sender.send_message(context_id, message, 0.0, data)))


def kept(events) -> list:
    """The events with ``DataFragment.data`` copied out of the receive buffer."""
    return [e._replace(data=bytes(e.data)) if isinstance(e, DataFragment) else e for e in events]


def fault(call) -> RemoteProtocolError | None:
    """The protocol error that ``call`` raises, if it does; any other exception passes through."""
    try:
        call()
    except RemoteProtocolError as error:
        return error
    return None


def wire(parts) -> bytes:
    """All buffers as one string of bytes."""
    return b"".join(bytes(buffer) for part in parts for buffer in part)


def settled(events) -> list:
    """Events with neighbouring fragments of one data set joined: what does not depend on chunks."""
    out = []
    for event in events:
        fragment = isinstance(event, DataFragment)
        if fragment and out and out[-1][0] == "data" and not out[-1][3]:
            _, context_id, data, _ = out[-1]
            out[-1] = ("data", context_id, data + bytes(event.data), event.last)
        elif fragment:
            out.append(("data", event.context_id, bytes(event.data), event.last))
        else:
            out.append((type(event).__name__, repr(event)))
    return out


def in_state(name: str, timeouts: Timeouts | None = None) -> Association:
    """An association driven into the state by calls and bytes alone, with nothing left to send."""
    requestor = name in ("STA4", "STA5", "STA6", "STA7", "STA9", "STA11")
    if requestor:
        a = Association.requestor(PARAMETERS, timeouts=timeouts)
        path = _REQUESTOR_PATHS[name]
    else:
        a = Association.acceptor(POLICY, timeouts=timeouts)
        path = _ACCEPTOR_PATHS[name]
    for step in path:
        step(a)
    a.data_to_send()
    assert a.state is State[name]
    return a


def _up(a):
    a.connection_made(0.0)


def _got(data):
    return lambda a: a.receive(data, 0.0)


def _accept(a):
    a.accept(0.0)


def _release(a):
    a.release(0.0)


def _agree(a):
    a.respond_release(0.0)


_MADE = (_up, _got(AC))
_ACCEPTED = (_up, _got(RQ), _accept)
_REQUESTOR_PATHS = {
    "STA4": (),
    "STA5": (_up,),
    "STA6": _MADE,
    "STA7": (*_MADE, _release),
    "STA9": (*_MADE, _release, _got(RELEASE_RQ)),
    "STA11": (*_MADE, _release, _got(RELEASE_RQ), _agree),
}
_ACCEPTOR_PATHS = {
    "STA1": (),
    "STA2": (_up,),
    "STA3": (_up, _got(RQ)),
    "STA8": (*_ACCEPTED, _got(RELEASE_RQ)),
    "STA10": (*_ACCEPTED, _release, _got(RELEASE_RQ)),
    "STA12": (*_ACCEPTED, _release, _got(RELEASE_RQ), _got(RELEASE_RP)),
    "STA13": (*_ACCEPTED, _got(RELEASE_RQ), _agree),
}
