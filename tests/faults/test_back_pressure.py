"""Senders faster than the disk or the index: they are slowed down, and memory stays as it is."""

import select
import signal
import socket
import threading
from pathlib import Path

import psutil
from ingest import CT, Sender, Series, joined, lost
from processes import eventually, filmroom_server
from raw import (
    ASSOCIATE_AC,
    CT_IMAGE_STORAGE,
    EXPLICIT,
    RawPeer,
    associate_rq,
    c_store_rq,
    item,
    message,
    pdu,
)

MEGABYTE = 1 << 20
TWO = {"FILMROOM_WORKERS": "2"}


def peak(process):
    """The most memory that a process ever had resident, in bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def both(server):
    """Owner and worker, once both serve."""
    eventually(lambda: '"worker_ready"' in server.log_text(), "a worker beside us")
    owner = psutil.Process(server.process.pid)
    (worker,) = owner.children()
    return owner, worker


def test_eight_senders_of_large_objects(tmp_path):
    """As fast as they can: memory has nothing to do with what is under way."""
    acknowledged = {}
    with filmroom_server(tmp_path / "data", environment=TWO) as server:
        processes = both(server)
        warm = Sender(server.port, 100, acknowledged)
        warm.start()
        eventually(lambda: len(acknowledged) >= 20, "both have kept something")
        assert joined([warm]) == []
        before = [peak(process) for process in processes]
        senders = [
            Sender(server.port, number, acknowledged, size=lambda: 24 * MEGABYTE)
            for number in range(8)
        ]
        enough = len(acknowledged) + 16
        for sender in senders:
            sender.start()
        eventually(lambda: len(acknowledged) >= enough, "two objects each")
        assert joined(senders) == []
        grown = [peak(process) - b for process, b in zip(processes, before, strict=True)]
        assert max(grown) < 16 * MEGABYTE, grown
        assert lost(acknowledged, server.files()) == []
        assert server.stop() == 0


class Pipeliner:
    """A peer that negotiated asynchronous operations and sends without waiting for answers."""

    def __init__(self, port):
        self.peer = RawPeer(port, timeout=60)
        self.objects = []
        self.left = memoryview(b"")
        request = bytearray(associate_rq({1: (CT_IMAGE_STORAGE, [EXPLICIT])}))
        window = item(0x53, bytes((0, 16, 0, 16)))
        at = request.index(b"\x50\x00", 74)
        inside = request[at + 4 :] + window
        self.peer.send(pdu(1, bytes(request[6:at]) + item(0x50, bytes(inside))))
        assert self.peer.read_pdu()[0] == ASSOCIATE_AC
        self.peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)

    def prepare(self, series, count):
        """Have so many objects to be sent."""
        images = Series(series)
        self.objects = [images.image(number, CT) for number in range(count)]
        self.left = memoryview(
            b"".join(
                message(1, c_store_rq(uid, message_id=number + 1), data)
                for number, (uid, data) in enumerate(self.objects)
            )
        )

    def push(self):
        """Send until the other side takes nothing more for half a second."""
        self.peer.socket.setblocking(False)
        while self.left and select.select((), (self.peer.socket,), (), 0.5)[1]:
            self.left = self.left[self.peer.socket.send(self.left) :]
        self.peer.socket.settimeout(60)

    def finish(self):
        """Send the rest while the answers are read; the statuses."""
        sending = threading.Thread(target=self.peer.send, args=(self.left,))
        sending.start()
        statuses = [self.peer.status() for _ in self.objects]
        sending.join()
        self.peer.release()
        self.peer.socket.close()
        return statuses


def test_an_index_that_stands_still_slows_the_senders_down(tmp_path):
    """The worker goes on receiving until it has enough in work, then it lets its peers wait."""
    with filmroom_server(tmp_path / "data", environment=TWO) as server:
        owner, worker = both(server)
        everybody = [Pipeliner(server.port) for _ in range(8)]
        served = {c.raddr.port for c in worker.net_connections("tcp") if c.raddr}
        peers = [peer for peer in everybody if peer.peer.socket.getsockname()[1] in served]
        assert len(peers) == 4
        for series, peer in enumerate(peers):
            peer.prepare(series, 200)
        before = peak(worker), worker.num_fds()
        owner.send_signal(signal.SIGSTOP)
        try:
            for peer in peers:
                peer.push()
            sent = [len(peer.left) for peer in peers]
            assert all(left > 5 * MEGABYTE for left in sent), sent
            assert peak(worker) - before[0] < 16 * MEGABYTE
            assert worker.num_fds() - before[1] < 4 * 40 + 60
        finally:
            owner.send_signal(signal.SIGCONT)
        for peer in everybody:
            assert peer.finish() == [0x0000] * len(peer.objects)
        assert peak(worker) - before[0] < 24 * MEGABYTE
        assert len(server.files()) == 4 * 200
