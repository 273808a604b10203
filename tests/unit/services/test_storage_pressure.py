"""Objects that come faster than they can be kept: what waits is bounded, and nothing is refused."""

import asyncio
import threading

from handlers import turns
from loop import CT, EXPLICIT, Peer, in_loop, serving
from objects import ct_image, encoded

from filmroom import net
from filmroom.transport import Workload

PEERS, EACH, CROWD = 12, 12, 16
READ = 4
"""Objects of 80 KB that may arrive with one read of a socket."""


class SlowBlobs:
    """A store whose commits wait until the test opens the gate."""

    def __init__(self, blobs):
        self.gate = threading.Event()
        self.open = 0
        self._blobs = blobs

    def __getattr__(self, name):
        return getattr(self._blobs, name)

    def create(self):
        self.open += 1
        return _SlowWriter(self, self._blobs.create())


class _SlowWriter:
    def __init__(self, store, writer):
        self._store = store
        self._writer = writer

    def __getattr__(self, name):
        return getattr(self._writer, name)

    def commit(self, name, digest):
        assert self._store.gate.wait(30)
        return self._writer.commit(name, digest)


def messages(peer, number):
    """The objects of one peer, all its requests at once."""
    for instance in range(1, EACH + 1):
        image = ct_image(1, 1, number + 1, instance, PixelData=bytes(80_000))
        request = net.CStoreRQ(
            message_id=instance,
            affected_sop_class_uid=CT,
            affected_sop_instance_uid=image.SOPInstanceUID,
        )
        yield peer.wire(1, request, encoded(image))


@in_loop
async def test_a_slow_store_slows_its_senders_down(archive):
    blobs = archive.blobs = SlowBlobs(archive.blobs)
    async with serving(archive) as server:
        server._workload = Workload(CROWD)
        peers = [await Peer.associated(server.port, (CT, (EXPLICIT,))) for _ in range(PEERS)]
        for number, peer in enumerate(peers):
            peer.writer.writelines(messages(peer, number))
        while sum(c._reading_paused for c in server._connections) < PEERS:
            await asyncio.sleep(0)
        await turns()
        in_work = server._workload.in_work
        assert CROWD <= in_work <= CROWD + PEERS * READ < PEERS * EACH
        assert blobs.open == in_work
        blobs.gate.set()
        for peer in peers:
            statuses = [(await peer.message())[0].status for _ in range(EACH)]
            assert statuses == [0x0000] * EACH
            await peer.released()
        assert server._workload.in_work == 0
    assert archive.stats().instances == PEERS * EACH
