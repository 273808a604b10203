"""Objects are checked in the background of a server that runs, and the check ends with it."""

import json

import pytest
from objects import ct_image, encoded
from processes import eventually, filmroom_json, filmroom_server
from raw import CT_IMAGE_STORAGE, RawPeer, c_store_rq, message


def store(port, numbers, pixels=512):
    with RawPeer(port) as peer:
        peer.associate(CT_IMAGE_STORAGE)
        for number in numbers:
            data_set = ct_image(1, 1, 1, number)
            data_set.PixelData = bytes(pixels)
            peer.send(message(1, c_store_rq(data_set.SOPInstanceUID), encoded(data_set)))
            assert peer.status() == 0x0000
        peer.release()


def faults(server):
    """UID and fault of each line of the log that tells of one."""
    lines = [json.loads(line) for line in server.log_text().splitlines()]
    return {(x["uid"], x["fault"]) for x in lines if x["event"] == "object_at_fault"}


@pytest.mark.parametrize("workers", ["1", "2"])
def test_damage_is_found_while_serving(tmp_path, workers):
    environment = {"FILMROOM_WORKERS": workers, "FILMROOM_VERIFY_INTERVAL": "0"}
    with filmroom_server(tmp_path / "data", environment=environment) as server:
        store(server.port, range(1, 11))
        gone, spoilt, *_ = server.files()
        gone.unlink()
        raw = spoilt.read_bytes()
        spoilt.write_bytes(raw[:-1] + b"\xff")
        found = {(gone.stem, "missing"), (spoilt.stem, "damaged")}
        eventually(lambda: faults(server) == found, "both are found")
        eventually(
            lambda: filmroom_json("stats", "--data", server.data)["faults"] == 2, "both are counted"
        )
        # It goes on: a third comes to light, and what was mended is no longer counted.
        spoilt.write_bytes(raw)
        eventually(
            lambda: filmroom_json("stats", "--data", server.data)["faults"] == 1, "one was mended"
        )
        store(server.port, range(11, 21))
        assert server.stop() == 0
    assert faults(server) == found


def test_a_slow_check_does_not_hold_up_the_stop(tmp_path):
    environment = {"FILMROOM_VERIFY_INTERVAL": "0", "FILMROOM_VERIFY_RATE": "0.01"}
    with filmroom_server(tmp_path / "data", environment=environment) as server:
        store(server.port, [1], pixels=4 << 20)
        # Seven minutes at that rate: the stop is waited for one minute.
        assert server.stop() == 0


def test_none_is_read_at_the_rate_of_0(tmp_path):
    environment = {"FILMROOM_VERIFY_INTERVAL": "0", "FILMROOM_VERIFY_RATE": "0"}
    with filmroom_server(tmp_path / "data", environment=environment) as server:
        store(server.port, [1])
        (file,) = server.files()
        file.unlink()
        store(server.port, [2])
        assert server.stop() == 0
    assert faults(server) == set()
    assert filmroom_json("stats", "--data", tmp_path / "data")["faults"] == 0
