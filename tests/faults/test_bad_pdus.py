"""Truncated, garbled, oversized and misplaced PDUs: the right A-ABORT, and a server unharmed.

Sources and reasons are those of PS3.8 Table 9-26: source 0 is the service user (action AA-1, before
an association), 2 the provider (AA-8) with reason 1 unrecognised PDU, 2 unexpected PDU,
4 unrecognised parameter, 5 unexpected parameter, 6 invalid parameter value.
"""

import random
import struct

import psutil
import pytest
from raw import (
    ABORT,
    ASSOCIATE_AC,
    ASSOCIATE_RJ,
    ASSOCIATE_RQ,
    EXPLICIT,
    P_DATA,
    RELEASE_RP,
    VERIFICATION,
    RawPeer,
    associate_rq,
    c_echo_rq,
    command,
    item,
    message,
    p_data,
    pdu,
    pdv,
)

pytestmark = pytest.mark.usefixtures("unharmed")

GOOD = associate_rq({1: (VERIFICATION, [EXPLICIT])})
TOO_LONG_ITEM = struct.pack(">BxH", 0x20, 60_000)
STRAY_RESPONSE = command({0x0100: 0x8030, 0x0120: 9, 0x0800: 0x0101, 0x0900: 0})


def abort_of(peer):
    """Source and reason of the A-ABORT that comes next, before the connection is closed."""
    kind, body = peer.read_pdu()
    assert kind == ABORT, f"PDU {kind:02X}"
    assert len(body) == 4
    return body[2], body[3]


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(pdu(0x42, bytes(20)), id="unknown PDU"),
        pytest.param(p_data(1, c_echo_rq(), is_command=True), id="data before an association"),
        pytest.param(pdu(RELEASE_RP, bytes(4)), id="release before an association"),
        pytest.param(pdu(ASSOCIATE_RQ, GOOD[6:40]), id="cut in the fixed fields"),
        pytest.param(pdu(ASSOCIATE_RQ, GOOD[6:-3]), id="cut in the last item"),
        pytest.param(
            pdu(ASSOCIATE_RQ, GOOD[6:] + struct.pack(">BxH", 0x20, 60_000)),
            id="item beyond the PDU",
        ),
        pytest.param(pdu(ASSOCIATE_RQ, b"", length=0xFFFFFFFF), id="four gigabytes announced"),
    ],
)
def test_before_an_association(server, sent):
    with RawPeer(server.port) as peer:
        peer.send(sent)
        source, _ = abort_of(peer)
        assert source in {0, 2}
        assert peer.closed()


@pytest.mark.parametrize(
    ("sent", "reasons"),
    [
        pytest.param(pdu(0x42, bytes(20)), {1}, id="unknown PDU"),
        pytest.param(GOOD, {2}, id="second request"),
        pytest.param(pdu(ASSOCIATE_AC, GOOD[6:]), {2}, id="an acceptance"),
        pytest.param(pdu(ASSOCIATE_RJ, bytes((0, 1, 1, 1))), {2}, id="a rejection"),
        pytest.param(pdu(RELEASE_RP, bytes(4)), {2}, id="release response unasked"),
        pytest.param(
            pdu(P_DATA, struct.pack(">IBB", 60_000, 1, 3) + bytes(20)), {6}, id="PDV beyond the PDU"
        ),
        pytest.param(pdu(P_DATA, struct.pack(">IB", 1, 1)), {6}, id="PDV without control"),
        pytest.param(p_data(77, c_echo_rq(), is_command=True), {5, 6}, id="context not accepted"),
        pytest.param(p_data(1, b"", is_command=False), {0, 2, 5, 6}, id="data without a command"),
        pytest.param(pdu(P_DATA, b"", length=0xFFFFFFFF), {6}, id="four gigabytes announced"),
        pytest.param(
            p_data(1, b"\xff" * 100, is_command=True), {0, 5, 6}, id="a command of rubbish"
        ),
        pytest.param(
            p_data(1, command({0x0100: 0x7777, 0x0110: 1, 0x0800: 0x0101}), is_command=True),
            {0, 5, 6},
            id="an unknown command field",
        ),
        pytest.param(
            p_data(1, command({0x0100: 0x0030, 0x0800: 0x0101}), is_command=True),
            {0, 5, 6},
            id="a command without message id",
        ),
    ],
)
def test_on_an_association(associated, sent, reasons):
    with associated(VERIFICATION) as peer:
        peer.send(sent)
        source, reason = abort_of(peer)
        assert source == 2
        assert reason in reasons
        assert peer.closed()


def test_a_response_to_nothing_is_passed_over(associated):
    with associated(VERIFICATION) as peer:
        peer.send(p_data(1, STRAY_RESPONSE, is_command=True))
        assert peer.echo() == 0x0000
        peer.release()


def test_a_command_without_end_is_bounded(associated, server):
    memory = psutil.Process(server.process.pid)
    before = memory.memory_info().rss
    piece = p_data(1, bytes(16_000), is_command=True, last=False)
    with associated(VERIFICATION) as peer:
        try:
            for _ in range(2_000):
                peer.send(piece)
        except ConnectionError:
            pass
        else:
            assert abort_of(peer)[0] == 2
    assert memory.memory_info().rss - before < 24 * 2**20


def test_announced_lengths_take_no_memory(associated, server):
    memory = psutil.Process(server.process.pid)
    before = memory.memory_info().rss
    peers = [RawPeer(server.port) for _ in range(20)]
    for peer in peers:
        peer.send(pdu(ASSOCIATE_RQ, bytes(100), length=0x00100000))
    assert memory.memory_info().rss - before < 24 * 2**20
    for peer in peers:
        assert peer.closed()  # by ARTIM, without an A-ABORT: action AA-2
        peer.socket.close()


@pytest.mark.parametrize("seed", range(20))
def test_noise(server, seed):
    """Whatever comes, the answer is an A-ABORT, a rejection, or silence and a closed door."""
    noise = random.Random(seed)
    with RawPeer(server.port) as peer:
        sent = bytearray(GOOD if seed % 2 else noise.randbytes(4_000))
        for _ in range(noise.randrange(1, 12)):
            sent[noise.randrange(len(sent))] = noise.randrange(256)
        try:
            peer.send(bytes(sent))
            kind, _ = peer.read_pdu()
        except ConnectionError:
            return
        assert kind in {ABORT, ASSOCIATE_RJ, ASSOCIATE_AC}


def test_every_byte_in_a_segment_of_its_own(server):
    """Not a fault of the peer's: TCP may cut anywhere."""
    with RawPeer(server.port) as peer:
        for byte in GOOD:
            peer.send(bytes((byte,)))
        assert peer.read_pdu()[0] == ASSOCIATE_AC
        for byte in message(1, c_echo_rq()):
            peer.send(bytes((byte,)))
        assert peer.status() == 0x0000
        peer.release()


def test_several_values_in_one_pdu_and_a_command_in_pieces(associated):
    whole = c_echo_rq()
    with associated(VERIFICATION) as peer:
        first = pdv(1, whole[:10], is_command=True, last=False)
        second = pdv(1, whole[10:], is_command=True)
        peer.send(pdu(P_DATA, first + second))
        assert peer.status() == 0x0000
        peer.release()


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({"application_context": "1.2.3"}, (1, 1, 2)),
        ({"version": 2}, (1, 2, 2)),
    ],
)
def test_rejections(server, changed, answer):
    """Result, source and reason of PS3.8 Table 9-21."""
    with RawPeer(server.port) as peer:
        peer.send(associate_rq({1: (VERIFICATION, [EXPLICIT])}, **changed))
        kind, body = peer.read_pdu()
        assert (kind, tuple(body[1:])) == (ASSOCIATE_RJ, answer)
        assert peer.closed()


def test_a_context_without_a_transfer_syntax_is_not_fatal(server):
    with RawPeer(server.port) as peer:
        odd = item(0x20, struct.pack(">B3x", 3) + item(0x30, b"1.2.3"))
        body = bytearray(GOOD[6:])
        at = body.index(b"\x50\x00", 68)
        body[at:at] = odd
        peer.send(pdu(ASSOCIATE_RQ, bytes(body)))
        assert peer.read_pdu()[0] in {ASSOCIATE_AC, ABORT}
