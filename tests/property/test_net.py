"""For all bytes and all ways to cut them: the association neither raises, grows nor wavers."""

import struct

from hypothesis import given, settings
from hypothesis import strategies as st
from joined import (
    CT,
    DATA,
    PARAMETERS,
    POLICY,
    RELEASE_RQ,
    RQ,
    Joined,
    fault,
    in_state,
    settled,
    wire,
)

from filmroom.net import (
    AAssociateRQ,
    AcceptPolicy,
    Association,
    CEchoRQ,
    CStoreRQ,
    MaximumLength,
    PresentationContextRQ,
    RoleSelection,
    SOPClassExtendedNegotiation,
    UnknownItem,
    UserIdentityRQ,
    UserInformation,
    decode_command,
    encode_command,
    read_pdu,
)

STORE = CStoreRQ(message_id=2, affected_sop_class_uid=CT, affected_sop_instance_uid="1.2.3")
BOUND = 2 * (1 << 20)

uids = st.from_regex(r"[1-9][0-9]{0,8}(\.[1-9][0-9]{0,8}){0,5}", fullmatch=True)
titles = st.text(st.sampled_from("ABCXYZ019_-"), min_size=1, max_size=16)
small = st.binary(max_size=40)
user_items = st.one_of(
    st.builds(MaximumLength, st.integers(0, 2**32 - 1)),
    st.builds(RoleSelection, uids, st.booleans(), st.booleans()),
    st.builds(SOPClassExtendedNegotiation, uids, small),
    st.builds(UserIdentityRQ, st.integers(1, 5), small, small, st.booleans()),
    st.builds(UnknownItem, st.integers(0x60, 0xFF), small),
)
contexts = st.lists(
    st.tuples(st.integers(0, 127), uids, st.lists(uids, min_size=1, max_size=4)),
    max_size=5,
    unique_by=lambda c: c[0],
).map(lambda cs: tuple(PresentationContextRQ(2 * i + 1, a, tuple(t)) for i, a, t in cs))
requests = st.builds(
    AAssociateRQ,
    titles,
    titles,
    contexts,
    st.lists(user_items, max_size=6).map(lambda items: UserInformation(tuple(items))),
)


@given(requests)
def test_requests_round_trip(request):
    encoded = request.encode()
    assert read_pdu(encoded) == (request, len(encoded))


@given(
    st.builds(
        CStoreRQ,
        message_id=st.integers(0, 65535),
        affected_sop_class_uid=uids,
        affected_sop_instance_uid=uids,
        priority=st.integers(0, 2),
        move_originator_ae_title=st.none() | titles,
        move_originator_message_id=st.none() | st.integers(0, 65535),
    )
)
def test_commands_round_trip(message):
    assert decode_command(encode_command(message, has_data_set=True)) == message


@given(st.binary(max_size=300))
def test_any_command_bytes_raise_nothing_else(data):
    error = fault(lambda: decode_command(data))
    assert error is None or error.reason == 6


@given(st.binary(max_size=300), st.sampled_from([1, 2, 3, 4, 5, 6, 7]), st.booleans())
def test_any_pdu_bytes_raise_nothing_else(data, pdu_type, headed):
    wire_bytes = struct.pack(">BxI", pdu_type, len(data)) + data if headed else data
    error = fault(lambda: read_pdu(wire_bytes))
    assert error is None or error.reason in (1, 5, 6)


def held(association: Association) -> int:
    """Bytes that the association keeps."""
    out = b"".join(bytes(b) for b in association.data_to_send())
    return (
        len(association._body)
        + len(association._head)
        + len(association._pdata._command)
        + len(association._pdata._carry)
        + len(out)
    )


pieces = st.lists(
    st.one_of(
        st.binary(max_size=200),
        st.sampled_from([RQ, DATA, RELEASE_RQ, RQ[:50], DATA[:-1]]),
        st.builds(
            lambda kind, length, body: struct.pack(">BxI", kind, length) + body,
            st.integers(0, 9),
            st.integers(0, 2**32 - 1),
            st.binary(max_size=100),
        ),
        st.builds(
            lambda context, control, body: (
                struct.pack(">BxIIBB", 4, len(body) + 6, len(body) + 2, context, control) + body
            ),
            st.sampled_from([1, 3, 5]),
            st.integers(0, 3),
            st.binary(max_size=60) | st.just(encode_command(STORE, has_data_set=True)),
        ),
    ),
    max_size=12,
)
states = st.sampled_from([f"STA{i}" for i in range(1, 14)])


@settings(max_examples=300)
@given(states, pieces)
def test_any_bytes_in_any_state_neither_raise_nor_fill_memory(state, data):
    association = in_state(state)
    for piece in data:
        association.receive(piece, 0.0)
        assert held(association) <= BOUND


@settings(max_examples=200)
@given(states, pieces, st.data())
def test_how_bytes_are_cut_does_not_matter(state, data, draw):
    whole, cut = in_state(state), in_state(state)
    stream = b"".join(data)
    expected = settled(whole.receive(stream, 0.0))
    events = []
    position = 0
    while position < len(stream):
        take = draw.draw(st.integers(1, max(1, len(stream) // 3)))
        events += cut.receive(stream[position : position + take], 0.0)
        position += take
    assert settled(events) == expected
    assert cut.state is whole.state
    assert cut.data_to_send() == whole.data_to_send()


@settings(max_examples=60)
@given(
    st.lists(st.binary(max_size=3000), max_size=4),
    st.integers(1, 5000),
    st.integers(8, 2000) | st.just(0),
)
def test_a_whole_conversation_in_random_chunks(data_sets, chunk, maximum):
    policy = AcceptPolicy(POLICY.abstract_syntaxes, max_length=maximum)
    pair = Joined(PARAMETERS, policy, chunk=chunk).associate()
    sent = b""
    expected = []
    for data in data_sets:
        sent += wire(pair.requestor.send_message(1, CEchoRQ(message_id=1), 0.0))
        sent += wire(pair.requestor.send_message(3, STORE, 0.0, data))
        expected += ["CommandReceived", "CommandReceived", ("data", 3, data, True)]
    got = settled(pair.deliver(pair.acceptor, sent))
    assert [e if e[0] == "data" else e[0] for e in got] == expected
