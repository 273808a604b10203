"""The index is a cache: a server whose index vanishes or breaks goes on, and it is made anew."""

import json

import pytest
from objects import by_instance, ct_image, encoded
from processes import eventually, filmroom, filmroom_server
from raw import CT_IMAGE_STORAGE, RawPeer, c_store_rq, message


def store(server, numbers):
    sent = {}
    with RawPeer(server.port) as peer:
        peer.associate(CT_IMAGE_STORAGE)
        for number in numbers:
            data_set = ct_image(1, 1, 1, number)
            data = encoded(data_set)
            peer.send(message(1, c_store_rq(data_set.SOPInstanceUID), data))
            assert peer.status() == 0x0000
            sent[data_set.SOPInstanceUID] = data
    return sent


def found(server):
    keys = ["--level", "image", "--relational", "-k", "SOPInstanceUID"]
    lines = filmroom("find", *server.address(), *keys, "--json", check=False).stdout.splitlines()
    return {json.loads(line)["SOPInstanceUID"] for line in lines}


def remove(index):
    for path in index.parent.glob("index.sqlite*"):
        path.unlink()


def overwrite(index):
    # What is not yet checkpointed stands in the log of what was written ahead.
    for path in (index, index.with_name("index.sqlite-wal")):
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.write(b"\xa5" * size)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_index_that_vanished_is_made_anew_while_serving(tmp_path, workers):
    environment = {"FILMROOM_WORKERS": workers}
    with filmroom_server(tmp_path / "data", environment=environment) as server:
        sent = store(server, range(1, 21))
        assert found(server) == sent.keys()
        remove(server.data / "index.sqlite")
        later = store(server, range(21, 31))
        eventually(lambda: '"index_lost"' in server.log_text(), "the log says so")
        assert found(server) == later.keys()
        filmroom("reindex", "--data", server.data)
        check(server, sent | later)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_damaged_index_is_made_anew_while_serving(tmp_path, workers):
    environment = {"FILMROOM_WORKERS": workers}
    with filmroom_server(tmp_path / "data", environment=environment) as server:
        sent = store(server, range(1, 21))
        overwrite(server.data / "index.sqlite")
        assert filmroom("stats", "--data", server.data, check=False).returncode == 1
        filmroom("reindex", "--rebuild", "--data", server.data)
        check(server, sent | store(server, range(21, 31)))


def check(server, sent):
    assert found(server) == sent.keys()
    assert by_instance(server.files()) == sent
    filmroom("verify", "--data", server.data)
    assert server.stop() == 0
