"""The clock of the machine steps back and forth: nothing is lost, nobody is dropped for it.

Python runs a module `sitecustomize` that it finds on its path before anything else; here it gives
every process of the server a clock that the test can set.
"""

import json
import os
import sqlite3
import struct

from ingest import SMALL, Series, kept
from processes import eventually, filmroom, filmroom_server
from raw import ABORT, CT_IMAGE_STORAGE, P_DATA, VERIFICATION, RawPeer, c_store_rq, message
from xxhash import xxh3_128_hexdigest

DAY = 86_400
STEPS = [0, -2 * DAY, 40 * DAY, -400 * DAY, -400 * DAY - 1, 0]
PIECE = struct.pack(">BxIIBB", P_DATA, 10_000, 9_996, 1, 3) + bytes(10)
OWN_CLOCK = """
import time

def now(own=time.time, path={path!r}):
    with open(path) as file:
        return own() + float(file.read())

time.time = now
"""


class Clock:
    """The clock of a server, ahead of the machine's by what :meth:`step` says."""

    def __init__(self, folder):
        self._path = folder / "ahead"
        self.step(0)
        (folder / "path").mkdir()
        module = folder / "path" / "sitecustomize.py"
        module.write_text(OWN_CLOCK.format(path=str(self._path)))
        path = [str(module.parent), os.environ.get("PYTHONPATH", "")]
        self.environment = {"PYTHONPATH": os.pathsep.join(filter(None, path))}

    def step(self, ahead):
        """Set it, for all processes at once."""
        following = self._path.with_suffix(".next")
        following.write_text(str(ahead))
        following.replace(self._path)


def test_a_clock_that_steps(tmp_path):
    clock = Clock(tmp_path)
    environment = {
        **clock.environment,
        "FILMROOM_WORKERS": "2",
        "FILMROOM_NETWORK_TIMEOUT": "1",
    }
    images, sent = Series(1), {}
    with filmroom_server(tmp_path / "data", environment=environment) as server:
        eventually(lambda: '"worker_ready"' in server.log_text(), "a worker beside us")
        peers = [RawPeer(server.port) for _ in range(2)]
        try:
            for peer in peers:
                peer.associate(VERIFICATION, CT_IMAGE_STORAGE)
            for ahead in STEPS:
                clock.step(ahead)
                for peer in peers:
                    assert peer.echo() == 0x0000
                    uid, data = images.image(len(sent), SMALL)
                    peer.send(message(3, c_store_rq(uid), data))
                    assert peer.status() == 0x0000
                    sent[uid] = xxh3_128_hexdigest(data)
            clock.step(-DAY)
            assert_a_stalled_peer_is_dropped(server)
            for peer in peers:
                peer.release()
        finally:
            for peer in peers:
                peer.socket.close()
        assert kept(server.files()) == sent
        assert found(server) == sent.keys()
        received = times_of_receipt(server.data)
        assert max(received) - min(received) > 430 * DAY, "the server has another clock"
        assert "Traceback" not in server.log_text()
        assert server.stop() == 0
    filmroom("verify", "--data", tmp_path / "data")
    filmroom("reindex", "--rebuild", "--data", tmp_path / "data")
    filmroom("verify", "--data", tmp_path / "data")


def assert_a_stalled_peer_is_dropped(server):
    """Time-outs do not look at the clock."""
    with RawPeer(server.port) as peer:
        peer.associate(VERIFICATION)
        peer.send(PIECE)
        assert peer.read_pdu()[0] == ABORT


def found(server):
    keys = ("--level", "image", "--relational", "-k", "SOPInstanceUID", "--json")
    lines = filmroom("find", *server.address(), *keys).stdout.splitlines()
    return {json.loads(line)["SOPInstanceUID"] for line in lines}


def times_of_receipt(data):
    index = sqlite3.connect(data / "index.sqlite")
    try:
        return sorted(row[0] for row in index.execute("SELECT received_at FROM instance"))
    finally:
        index.close()
