"""A disk that stands still for longer than any time-out: afterwards everything goes on.

The file system is frozen (fsfreeze), so that whoever writes to it waits in the kernel. Needs root
and a loop device, as CI has them.
"""

import os
import struct
from contextlib import ExitStack

import psutil
from disks import frozen, small_disk
from ingest import CT, Series
from objects import by_instance
from processes import eventually, filmroom_server
from raw import (
    ABORT,
    CT_IMAGE_STORAGE,
    P_DATA,
    VERIFICATION,
    RawPeer,
    c_store_rq,
    message,
    p_data,
)

IMPATIENT = {"FILMROOM_WORKERS": "2", "FILMROOM_NETWORK_TIMEOUT": "1"}


def outlast_a_time_out(server):
    """Returns when the server has dropped a peer that stalls, for which it waited its time."""
    with RawPeer(server.port) as stalled:
        stalled.associate(VERIFICATION)
        stalled.send(struct.pack(">BxIIBB", P_DATA, 10_000, 9_996, 1, 3) + bytes(10))
        assert stalled.read_pdu()[0] == ABORT


def test_no_peer_is_blamed_for_a_disk_that_stands_still(tmp_path):
    with small_disk(tmp_path / "disk", 64) as disk, ExitStack() as peers:
        objects = disk / "objects"
        blobs = ("--blob-url", f"file://{objects}")
        with filmroom_server(tmp_path / "data", *blobs, environment=IMPATIENT) as server:
            eventually(lambda: '"worker_ready"' in server.log_text(), "a worker beside us")
            (worker,) = psutil.Process(server.process.pid).children()
            everybody = [peers.enter_context(RawPeer(server.port)) for _ in range(8)]
            for peer in everybody:
                peer.associate(VERIFICATION, CT_IMAGE_STORAGE)
            served = {c.raddr.port for c in worker.net_connections("tcp") if c.raddr}
            storing, others = (
                [p for p in everybody if (p.socket.getsockname()[1] in served) is by_worker]
                for by_worker in (True, False)
            )
            assert (len(storing), len(others)) == (4, 4)
            images = [Series(1).image(number, CT) for number in range(4)]
            for peer, (uid, data) in zip(storing, images, strict=True):
                peer.send(message(3, c_store_rq(uid)))
                peer.send(p_data(3, data[:1000], is_command=False, last=False))
            incoming = objects / "incoming"
            eventually(lambda: len(os.listdir(incoming)) == 4, "all are being received")
            with frozen(disk):
                for peer, (_, data) in zip(storing, images, strict=True):
                    peer.send(p_data(3, data[1000:], is_command=False))
                for _ in range(3):
                    outlast_a_time_out(server)
                    assert [peer.echo() for peer in others] == [0x0000] * 4
            assert [peer.status() for peer in storing] == [0x0000] * 4
            assert [peer.echo() for peer in everybody] == [0x0000] * 8
            assert by_instance(sorted(objects.rglob("*.dcm"))) == dict(images)
            assert server.stop() == 0
