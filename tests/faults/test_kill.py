"""Processes killed at random moments of an ingest: what was answered for is there afterwards.

20 kills, or as many as FILMROOM_KILLS says (`make nightly`: 200). A test's number is its seed, and
FILMROOM_SEED the first of them: sizes, victims and moments follow from it.
"""

import os
import random
import time
from contextlib import suppress

import psutil
import pytest
from ingest import Sender, any_size, joined, lost
from processes import eventually, filmroom, filmroom_server

from filmroom.archive import Archive
from filmroom.archive.verify import VerifyKind, verify

A_TEST = 5
KILLS = int(os.environ.get("FILMROOM_KILLS", "20"))
FIRST = int(os.environ.get("FILMROOM_SEED", "0"))
SEEDS = range(FIRST, FIRST + -(-KILLS // A_TEST))


class Ingest:
    """Servers on one archive, one after the other, and senders that never let them rest."""

    def __init__(self, folder, seed):
        self.chance = random.Random(seed)
        self.workers = (1, 3)[seed % 2]
        self.data = folder / "data"
        self.acknowledged = {}
        self.kills = 0
        self._series = 0

    def server(self):
        return filmroom_server(self.data, environment={"FILMROOM_WORKERS": str(self.workers)})

    def senders(self, server):
        senders = []
        for _ in range(self.chance.randrange(1, 9)):
            self._series += 1
            chance = random.Random(self.chance.random())
            senders.append(
                Sender(server.port, self._series, self.acknowledged, size=any_size(chance))
            )
            senders[-1].start()
        return senders

    def await_a_moment(self, server):
        """Some time after some more objects were answered for, or in the midst of keeping one."""
        enough = len(self.acknowledged) + self.chance.randrange(0, 60)
        eventually(lambda: len(self.acknowledged) >= enough, f"{enough} objects")
        until = time.monotonic() + self.chance.uniform(0, 0.05)
        while time.monotonic() < until:
            pass
        if self.chance.random() < 0.5:
            incoming = server.data / "objects" / "incoming"
            # The mark stands in the name of what is on its way to its place.
            eventually(lambda: any("!" in name for name in os.listdir(incoming)), "one is kept")

    def kill(self, server):
        """One more process, the first of them for certain where there is no other."""
        self.kills += 1
        workers = psutil.Process(server.process.pid).children()
        if workers and self.chance.random() < 0.6:
            with suppress(psutil.NoSuchProcess):
                self.chance.choice(workers).kill()
        else:
            server.kill()

    def check(self, files):
        """Everything that was answered for is there as it was sent; files and index agree."""
        assert lost(self.acknowledged, files) == []
        with Archive.open(self.data, exclusive=False) as archive:
            faults = [step for step in verify(archive) if step.kind is not VerifyKind.GOOD]
            assert archive.stats().instances >= len(self.acknowledged)
        assert faults == []


@pytest.mark.parametrize("seed", SEEDS)
def test_kill_9_during_ingest(tmp_path, seed):
    ingest = Ingest(tmp_path, seed)
    while ingest.kills < A_TEST:
        with ingest.server() as server:
            assert server.leftovers() == []
            ingest.check(server.files())
            senders = ingest.senders(server)
            while ingest.kills < A_TEST and server.process.poll() is None:
                ingest.await_a_moment(server)
                ingest.kill(server)
            if server.process.poll() is None:
                server.kill()
            for sender in senders:
                sender.stop()
            joined(senders)
    with ingest.server() as server:
        assert server.leftovers() == []
        assert server.stop() == 0
        ingest.check(server.files())
    if seed == FIRST:
        filmroom("verify", "--data", ingest.data)  # says the same
