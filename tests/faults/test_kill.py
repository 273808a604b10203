"""The server is killed at random moments of an ingest: what it answered for is there afterwards."""

import random
import threading

import pytest
from objects import by_instance, ct_image, encoded
from processes import eventually, filmroom, filmroom_server
from raw import CT_IMAGE_STORAGE, RawPeer, c_store_rq, message

SENDERS = 4


def send_until_it_dies(port, series, acknowledged):
    """Store one object after the other; note each that was answered with success."""
    try:
        with RawPeer(port) as peer:
            peer.associate(CT_IMAGE_STORAGE)
            for number in range(1, 100_000):
                data_set = ct_image(1, 1, series, number)
                data_set.PixelData = bytes(60_000)
                data = encoded(data_set)
                peer.send(message(1, c_store_rq(data_set.SOPInstanceUID), data))
                if peer.status() == 0x0000:
                    acknowledged[data_set.SOPInstanceUID] = data
    except ConnectionError:
        pass


@pytest.mark.parametrize("seed", range(4))
def test_kill_9_during_ingest(tmp_path, seed):
    chance = random.Random(seed)
    acknowledged = {}
    for round_ in range(3):
        enough = len(acknowledged) + chance.randrange(5, 60)
        with filmroom_server(tmp_path / "data") as server:
            senders = [
                threading.Thread(
                    target=send_until_it_dies,
                    args=(server.port, 10 * round_ + sender + 1, acknowledged),
                )
                for sender in range(SENDERS)
            ]
            for sender in senders:
                sender.start()
            eventually(lambda wanted=enough: len(acknowledged) >= wanted, f"{enough} objects")
            server.kill()
            for sender in senders:
                sender.join(60)
    with filmroom_server(tmp_path / "data") as server:
        assert server.leftovers() == []
        kept = by_instance(server.files())
        missing = [uid for uid, data in acknowledged.items() if kept.get(uid) != data]
        assert missing == []
        assert server.stop() == 0
    filmroom("verify", "--data", server.data)
