"""Peers that stop in the middle are dropped after the time-out; the others do not notice."""

import struct

import pytest
from objects import ct_image, encoded
from raw import (
    ABORT,
    CT_IMAGE_STORAGE,
    EXPLICIT,
    P_DATA,
    VERIFICATION,
    RawPeer,
    associate_rq,
    c_store_rq,
    message,
    p_data,
)

pytestmark = pytest.mark.usefixtures("unharmed")


def dropped(peer):
    """Waits until the server ends the connection, with or without an A-ABORT before."""
    try:
        while True:
            assert peer.read_pdu()[0] == ABORT
    except ConnectionError:
        return True


PIECE = struct.pack(">BxIIBB", P_DATA, 10_000, 9_996, 1, 3) + bytes(10)
"""The beginning of a PDU that is sound so far."""


def test_a_peer_that_says_nothing(server):
    with RawPeer(server.port) as peer:
        assert dropped(peer)


def test_a_peer_that_stops_in_its_request(server):
    with RawPeer(server.port) as peer:
        peer.send(associate_rq({1: (VERIFICATION, [EXPLICIT])})[:60])
        assert dropped(peer)


def test_a_peer_that_stops_in_a_pdu(server, associated):
    with associated(VERIFICATION) as stalled, associated(VERIFICATION) as other:
        stalled.send(PIECE)
        assert other.echo() == 0x0000
        assert dropped(stalled)
        assert other.echo() == 0x0000
        other.release()


def test_a_peer_that_stops_between_the_pieces_of_an_object(associated):
    data_set = ct_image(1)
    with associated(CT_IMAGE_STORAGE) as peer:
        peer.send(message(1, c_store_rq(data_set.SOPInstanceUID)))
        peer.send(p_data(1, encoded(data_set)[:300], is_command=False, last=False))
        assert dropped(peer)


def test_a_peer_that_leaves_in_the_middle_of_an_object(associated):
    data_set = ct_image(1)
    with associated(CT_IMAGE_STORAGE) as peer:
        peer.send(message(1, c_store_rq(data_set.SOPInstanceUID)))
        peer.send(p_data(1, encoded(data_set)[:300], is_command=False, last=False))


def test_an_idle_association_may_wait(associated):
    """Between messages the idle time-out counts, not the network time-out of one second."""
    with associated(VERIFICATION) as idle, associated(VERIFICATION) as stalled:
        stalled.send(PIECE)
        assert dropped(stalled)
        assert idle.echo() == 0x0000
        idle.release()
