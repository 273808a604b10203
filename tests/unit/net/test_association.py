"""The association's surface: both roles joined in memory, bad P-DATA, time-outs, sending."""

import struct

import pytest
from joined import (
    CT,
    DATA,
    EXPLICIT,
    GARBAGE,
    IMPLICIT,
    PARAMETERS,
    POLICY,
    VERIFICATION,
    Joined,
    in_state,
    kept,
    settled,
    wire,
)

from filmroom.errors import AssociationAborted, LocalProtocolError
from filmroom.net import (
    AAbort,
    Aborted,
    AbstractSyntaxPolicy,
    AcceptPolicy,
    CCancelRQ,
    CEchoRQ,
    CEchoRSP,
    CFindRQ,
    CFindRSP,
    CommandReceived,
    CStoreRQ,
    CStoreRSP,
    DataFragment,
    ProposedContext,
    ProtocolError,
    ReleaseConfirmed,
    ReleaseRequested,
    RequestParameters,
    State,
    TimedOut,
    Timeouts,
    encode_command,
)

STORE = CStoreRQ(message_id=2, affected_sop_class_uid=CT, affected_sop_instance_uid="1.2.3")
STORE_COMMAND = encode_command(STORE, has_data_set=True)
ECHO_COMMAND = encode_command(CEchoRQ(message_id=1), has_data_set=False)


def lengths(requestor: int, acceptor: int):
    parameters = RequestParameters("A", "B", PARAMETERS.contexts, max_length=requestor)
    policy = AcceptPolicy(POLICY.abstract_syntaxes, max_length=acceptor)
    return parameters, policy


def pdv(context_id, data, control, length=None):
    return (
        struct.pack(">IBB", len(data) + 2 if length is None else length, context_id, control) + data
    )


def p_data(*values, length=None):
    body = b"".join(values)
    return struct.pack(">BxI", 4, len(body) if length is None else length) + body


def test_echo_store_and_release_in_both_directions():
    pair = Joined().associate()
    assert pair.acceptor.state is pair.requestor.state is State.STA6
    assert pair.send(pair.requestor, 1, CEchoRQ(message_id=1)) == [
        (1, CEchoRQ(message_id=1)),
    ]
    response = CEchoRSP(message_id_being_responded_to=1, status=0)
    assert pair.send(pair.acceptor, 1, response) == [(1, response)]
    data = bytes(range(256)) * 4096
    events = pair.send(pair.requestor, 3, STORE, data)
    assert events[0] == CommandReceived(3, STORE)
    assert b"".join(e.data for e in events[1:]) == data
    assert [e.last for e in events[1:]].count(True) == 1
    assert events[-1].last
    pair.requestor.release(0.0)
    assert pair.pump() == [ReleaseRequested()]
    pair.acceptor.respond_release(0.0)
    assert pair.pump() == [ReleaseConfirmed()]
    assert pair.requestor.wants_close
    assert pair.acceptor.connection_lost(0.0) == []
    assert pair.acceptor.state is State.STA1


@pytest.mark.parametrize("maximum", [8, 9, 64, 1024, 16384, 131072, 0])
@pytest.mark.parametrize("size", [0, 1, 2, 57, 58, 59, 4096, 100_001])
@pytest.mark.parametrize("requestor", [True, False])
def test_fragments_keep_to_the_peers_maximum(maximum, size, requestor):
    if maximum < 64 and size > 4096:
        size = 5000
    pair = Joined(*lengths(*((0, maximum) if requestor else (maximum, 0)))).associate()
    sender = pair.requestor if requestor else pair.acceptor
    data = bytes(i & 0xFF for i in range(size))
    sent = wire(sender.send_message(3, STORE, 0.0, data))
    position = 0
    while position < len(sent):
        kind, length = struct.unpack_from(">BxI", sent, position)
        assert kind == 4
        assert length <= (maximum or 131072)
        position += 6 + length
    receiver = pair.acceptor if requestor else pair.requestor
    events = settled(receiver.receive(sent, 0.0))
    assert events[1:] == [("data", 3, data, True)]
    assert events[0][0] == "CommandReceived"


def test_five_megabytes_as_small_buffers_or_as_one_are_the_same_pdus():
    data = bytes(range(250)) * 20_000
    pieces = [memoryview(data)[i : i + 777] for i in range(0, len(data), 777)]
    one, many = Joined().associate(), Joined().associate()
    assert wire(one.requestor.send_message(3, STORE, 0.0, data)) == wire(
        many.requestor.send_message(3, STORE, 0.0, iter([b"", *pieces, b""]))
    )
    assert settled(one.send(one.acceptor, 3, STORE_RSP_FIND, iter(pieces)))[1:] == [
        ("data", 3, data, True)
    ]


STORE_RSP_FIND = CFindRSP(message_id_being_responded_to=2, status=0xFF00)


def test_a_mapped_buffer_is_sliced_not_copied():
    data = bytearray(1_000_000)
    pair = Joined().associate()
    views = [
        buffer
        for part in pair.requestor.send_message(3, STORE, 0.0, memoryview(data))
        for buffer in part
        if isinstance(buffer, memoryview)
    ]
    assert sum(len(v) for v in views) == len(data)
    assert all(v.obj is data for v in views)


def test_lists_to_write_are_bounded():
    pair = Joined(*lengths(0, 0)).associate()
    for part in pair.requestor.send_message(3, STORE, 0.0, bytes(3_000_000)):
        assert sum(len(b) for b in part) <= 2 * 131072 + 1024


def test_data_is_asked_for_only_as_it_is_sent():
    asked = []

    def source():
        for i in range(10):
            asked.append(i)
            yield bytes(200_000)

    parts = Joined().associate().requestor.send_message(3, STORE, 0.0, source())
    assert asked == []
    next(parts)
    assert len(asked) <= 2


def test_messages_do_not_interleave_on_sending():
    pair = Joined().associate()
    parts = pair.requestor.send_message(3, STORE, 0.0, bytes(500_000))
    next(parts)
    for call in (
        lambda: pair.requestor.send_message(1, CEchoRQ(message_id=3), 0.0),
        lambda: pair.requestor.release(0.0),
    ):
        with pytest.raises(LocalProtocolError):
            call()
    pair.requestor.abort(0.0)
    with pytest.raises(AssociationAborted):
        next(parts)


def test_a_context_that_is_not_accepted_is_our_mistake():
    pair = Joined().associate()
    with pytest.raises(LocalProtocolError):
        pair.requestor.send_message(5, CEchoRQ(message_id=1), 0.0)


def test_answers_may_follow_a_release_request():
    pair = Joined().associate()
    pair.requestor.release(0.0)
    pair.pump()
    response = CEchoRSP(message_id_being_responded_to=1, status=0)
    assert pair.send(pair.acceptor, 1, response) == [CommandReceived(1, response)]


def test_release_collision():
    pair = Joined().associate()
    pair.requestor.release(0.0)
    pair.acceptor.release(0.0)
    to_acceptor = b"".join(pair.requestor.data_to_send())
    to_requestor = b"".join(pair.acceptor.data_to_send())
    assert pair.acceptor.receive(to_acceptor, 0.0) == [ReleaseRequested()]
    assert pair.requestor.receive(to_requestor, 0.0) == [ReleaseRequested()]
    assert (pair.requestor.state, pair.acceptor.state) == (State.STA9, State.STA10)
    pair.requestor.respond_release(0.0)
    assert pair.pump() == [ReleaseConfirmed()]
    assert (pair.requestor.state, pair.acceptor.state) == (State.STA11, State.STA12)
    pair.acceptor.respond_release(0.0)
    assert pair.pump() == [ReleaseConfirmed()]
    assert (pair.requestor.state, pair.acceptor.state) == (State.STA1, State.STA13)


BAD = [
    pytest.param(p_data(), 6, id="no PDV"),
    pytest.param(p_data(pdv(1, b"", 3, length=0)), 6, id="PDV length 0"),
    pytest.param(p_data(pdv(1, b"", 3, length=1)), 6, id="PDV length 1"),
    pytest.param(p_data(pdv(1, b"ab", 3, length=5)), 6, id="PDV beyond its PDU"),
    pytest.param(p_data(pdv(1, b"ab", 3, length=0xFFFFFFFF)), 6, id="PDV of 4 GB"),
    pytest.param(p_data(pdv(5, ECHO_COMMAND, 3)), 6, id="context not accepted"),
    pytest.param(p_data(pdv(1, b"ab", 2)), 5, id="data without command"),
    pytest.param(p_data(pdv(1, ECHO_COMMAND, 3) + b"\0\0"), 6, id="end inside a PDV header"),
    pytest.param(
        p_data(pdv(3, STORE_COMMAND, 3)) + p_data(pdv(1, ECHO_COMMAND, 3)),
        5,
        id="command before the data set",
    ),
    pytest.param(
        p_data(pdv(3, STORE_COMMAND, 3), pdv(3, b"ab", 0), pdv(3, STORE_COMMAND, 3)),
        5,
        id="command inside a data set",
    ),
    pytest.param(
        p_data(pdv(3, STORE_COMMAND, 3), pdv(1, b"ab", 0)), 5, id="data on another context"
    ),
    pytest.param(
        p_data(pdv(1, ECHO_COMMAND[:8], 1), pdv(3, STORE_COMMAND, 3)),
        5,
        id="command inside a command",
    ),
    pytest.param(
        p_data(pdv(1, ECHO_COMMAND[:8], 1), pdv(1, b"ab", 2)), 5, id="data inside a command"
    ),
    pytest.param(p_data(pdv(1, bytes(70_000), 1)), 6, id="command too long"),
    pytest.param(
        p_data(pdv(1, bytes(40_000), 1)) + p_data(pdv(1, bytes(40_000), 1)),
        6,
        id="command too long in two",
    ),
    pytest.param(p_data(pdv(1, b"garbage!", 3)), 6, id="command that is none"),
    pytest.param(p_data(length=131073), 6, id="PDU beyond our maximum"),
    pytest.param(GARBAGE, 1, id="unrecognised PDU"),
    pytest.param(b"\0", 1, id="PDU type 0"),
    pytest.param(b"\x08", 1, id="PDU type 8"),
    pytest.param(b"\5\0\0\0\0\5", 6, id="A-RELEASE-RQ of five bytes"),
    pytest.param(b"\7\0\xff\xff\xff\xff", 6, id="A-ABORT of 4 GB"),
]


@pytest.mark.parametrize("chunk", [0, 1])
@pytest.mark.parametrize(("data", "reason"), BAD)
def test_bad_data_aborts_as_provider_with_the_reason_and_an_offset(data, reason, chunk):
    association = in_state("STA6")
    start = association.bytes_received
    events = []
    for i in range(0, len(data), chunk or len(data)):
        events += kept(association.receive(data[i : i + (chunk or len(data))], 0.0))
    errors = [e.error for e in events if isinstance(e, ProtocolError)]
    assert [e.reason for e in errors] == [reason]
    assert errors[0].offset is not None
    assert start <= errors[0].offset <= start + len(data)
    assert events[-1] == Aborted(2, reason, by_peer=False)
    assert b"".join(association.data_to_send()) == AAbort(2, reason).encode()
    assert association.state is State.STA13
    assert association.receive(DATA * 3, 0.0) == []
    assert association.data_to_send() == []


def test_before_an_association_the_table_aborts_as_user():
    """PS3.8 Table 9-10, STA2 and EVT19: AA-1, whose source is the service user."""
    association = in_state("STA2")
    events = association.receive(GARBAGE, 0.0)
    assert [type(e) for e in events] == [ProtocolError]
    assert b"".join(association.data_to_send()) == AAbort(0, 0).encode()


def test_a_maximum_length_that_holds_no_fragment():
    pair = Joined(RequestParameters("A", "B", PARAMETERS.contexts, max_length=7))
    pair.requestor.connection_made(0.0)
    pair.acceptor.connection_made(0.0)
    events = pair.acceptor.receive(b"".join(pair.requestor.data_to_send()), 0.0)
    assert events[0].error.reason == 6


def test_a_flood_after_the_end_fills_no_memory():
    association = in_state("STA13")
    for _ in range(1000):
        association.receive(b"\1\0\0\0\0\4abcd" * 100, 0.0)
    assert sum(map(len, association.data_to_send())) <= 20


TIMES = Timeouts(artim=1.0, request=2.0, release=3.0, stall=4.0, idle=5.0)


@pytest.mark.parametrize(
    ("state", "due", "says", "following"),
    [
        ("STA2", 1.0, [TimedOut], "STA1"),
        ("STA5", 2.0, [TimedOut], "STA13"),
        ("STA6", 5.0, [TimedOut], "STA13"),
        ("STA7", 3.0, [TimedOut], "STA13"),
        ("STA9", 3.0, [TimedOut], "STA13"),
        ("STA10", 3.0, [TimedOut], "STA13"),
        ("STA13", 1.0, [], "STA1"),
    ],
)
def test_deadlines(state, due, says, following):
    association = in_state(state, TIMES)
    assert association.deadline() == due
    assert association.handle_timeout(due - 0.001) == []
    assert association.state is State[state]
    assert [type(e) for e in association.handle_timeout(due)] == says
    assert association.state is State[following]


@pytest.mark.parametrize("state", ["STA1", "STA3", "STA4", "STA8"])
def test_where_we_are_the_one_to_act_no_time_runs(state):
    association = in_state(state, TIMES)
    assert association.deadline() is None
    assert association.handle_timeout(1e9) == []


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(b"\4", id="inside a header"),
        pytest.param(p_data(pdv(1, ECHO_COMMAND, 3))[:20], id="inside a PDU"),
        pytest.param(p_data(pdv(1, ECHO_COMMAND[:8], 1)), id="inside a command"),
        pytest.param(p_data(pdv(3, STORE_COMMAND, 3), pdv(3, b"ab", 0)), id="inside a data set"),
    ],
)
def test_a_peer_that_stops_inside_a_message(begun):
    association = in_state("STA6", TIMES)
    association.receive(begun, 10.0)
    assert association.deadline() == 14.0
    association.waiting(12.0)
    assert association.deadline() == 16.0
    assert type(association.handle_timeout(16.0)[0]) is TimedOut
    assert b"".join(association.data_to_send()) == AAbort(0, 0).encode()


def test_an_outstanding_operation_is_not_idle():
    pair = Joined().associate()
    find = CFindRQ(message_id=9, affected_sop_class_uid=CT)
    pair.send(pair.requestor, 3, find, b"ab")
    assert pair.requestor.deadline() is None
    assert pair.acceptor.deadline() is None
    pending = CFindRSP(message_id_being_responded_to=9, status=0xFF00)
    pair.send(pair.acceptor, 3, pending, b"ab")
    pair.send(pair.requestor, 3, CCancelRQ(message_id_being_responded_to=9))
    assert pair.acceptor.outstanding == pair.requestor.outstanding == 1
    pair.send(pair.acceptor, 3, CFindRSP(message_id_being_responded_to=9, status=0xFE00))
    assert pair.acceptor.outstanding == pair.requestor.outstanding == 0
    assert pair.requestor.deadline() is not None


def test_aborting_with_source_and_reason():
    association = in_state("STA6")
    association.abort(0.0, source=2, reason=6)
    assert b"".join(association.data_to_send()) == AAbort(2, 6).encode()
    association.abort(0.0)
    assert association.data_to_send() == []


def test_aborting_where_no_association_is_closes():
    association = in_state("STA2")
    association.abort(0.0)
    assert association.wants_close
    assert association.data_to_send() == []


def test_rejected_by_policy():
    pair = Joined(policy=AcceptPolicy({}, ae_titles=frozenset({"OTHER"})))
    pair.requestor.connection_made(0.0)
    pair.acceptor.connection_made(0.0)
    pair.pump()
    with pytest.raises(LocalProtocolError):
        pair.acceptor.accept(0.0)
    assert pair.acceptor.respond(0.0) is None
    (event,) = pair.pump()
    assert (event.result, event.source, event.reason) == (1, 1, 7)
    assert str(event) == "rejected permanently: called AE title not recognized"


def test_empty_fragments_say_nothing_until_the_last():
    association = in_state("STA6")
    events = association.receive(
        p_data(pdv(3, STORE_COMMAND, 3), *[pdv(3, b"", 0)] * 500, pdv(3, b"", 2)), 0.0
    )
    assert events == [CommandReceived(3, STORE), DataFragment(3, memoryview(b""), True)]


def test_store_response_ends_the_operation():
    pair = Joined().associate()
    pair.send(pair.requestor, 3, STORE, b"ab")
    pair.send(pair.acceptor, 3, CStoreRSP(message_id_being_responded_to=2, status=0))
    assert pair.acceptor.outstanding == pair.requestor.outstanding == 0


def test_one_buffer_may_hold_a_whole_conversation():
    parameters = RequestParameters("A", "B", (ProposedContext(VERIFICATION, (IMPLICIT, EXPLICIT)),))
    policy = AcceptPolicy({VERIFICATION: AbstractSyntaxPolicy(frozenset({EXPLICIT}))})
    pair = Joined(parameters, policy).associate()
    assert pair.requestor.negotiated.contexts[1].transfer_syntax == EXPLICIT
    echoes = wire(pair.requestor.send_message(1, CEchoRQ(message_id=1), 0.0)) * 50
    pair.requestor.release(0.0)
    events = pair.acceptor.receive(echoes + b"".join(pair.requestor.data_to_send()), 0.0)
    assert len(events) == 51
    assert events[-1] == ReleaseRequested()
