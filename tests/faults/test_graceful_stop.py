"""SIGTERM during work: what runs is finished, what is new is refused, and the exit code is 0."""

import signal

from objects import by_instance, ct_image, encoded
from processes import eventually, filmroom_server
from raw import (
    ASSOCIATE_AC,
    CT_IMAGE_STORAGE,
    EXPLICIT,
    VERIFICATION,
    RawPeer,
    associate_rq,
    c_store_rq,
    message,
    p_data,
)


def refuses(port):
    """Whether a new association is turned away: rejected, or not even connected."""
    try:
        with RawPeer(port, timeout=5) as peer:
            peer.send(associate_rq({1: (VERIFICATION, [EXPLICIT])}))
            kind, _ = peer.read_pdu()
            return kind != ASSOCIATE_AC
    except ConnectionError:
        return True


def test_a_running_transfer_is_finished(tmp_path):
    data_set = ct_image(1)
    data_set.PixelData = bytes(4_000_000)
    data = encoded(data_set)
    with filmroom_server(tmp_path / "data") as server, RawPeer(server.port) as peer:
        peer.associate(CT_IMAGE_STORAGE)
        peer.send(message(1, c_store_rq(data_set.SOPInstanceUID)))
        half = len(data) // 2
        for start in range(0, half, 16_000):
            piece = data[start : min(half, start + 16_000)]
            peer.send(p_data(1, piece, is_command=False, last=False))
        server.process.send_signal(signal.SIGTERM)
        eventually(lambda: refuses(server.port), "new associations are refused")
        assert server.process.poll() is None
        for start in range(half, len(data), 16_000):
            piece = data[start : start + 16_000]
            peer.send(p_data(1, piece, is_command=False, last=start + 16_000 >= len(data)))
        assert peer.status() == 0x0000
        assert server.process.wait(60) == 0
        assert by_instance(server.files()) == {data_set.SOPInstanceUID: data}
        assert server.leftovers() == []


def test_an_idle_association_does_not_hold_it_up(tmp_path):
    with filmroom_server(tmp_path / "data") as server, RawPeer(server.port) as peer:
        peer.associate(VERIFICATION)
        assert peer.echo() == 0x0000
        assert server.stop() == 0


def test_a_peer_that_has_left_and_does_not_close_does_not_hold_it_up(tmp_path):
    with filmroom_server(tmp_path / "data") as server, RawPeer(server.port) as peer:
        peer.associate(VERIFICATION)
        peer.release()
        assert server.stop() == 0
        assert '"stop_timeout"' not in server.log_text()


def test_a_stuck_transfer_is_given_up_after_the_stop_time(tmp_path):
    impatient = {"FILMROOM_STOP_TIMEOUT": "1"}
    with (
        filmroom_server(tmp_path / "data", environment=impatient) as server,
        RawPeer(server.port) as peer,
    ):
        peer.associate(CT_IMAGE_STORAGE)
        data_set = ct_image(1)
        peer.send(message(1, c_store_rq(data_set.SOPInstanceUID)))
        peer.send(p_data(1, encoded(data_set)[:100], is_command=False, last=False))
        assert server.stop() == 0
        assert server.files() == []
        assert server.leftovers() == []
