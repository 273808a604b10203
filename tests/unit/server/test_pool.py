import asyncio
import errno
import signal
import socket
import subprocess
import sys
import threading

import pytest
from loop import in_loop

from filmroom.config import Settings
from filmroom.server import pool as pool_module
from filmroom.server.dicom import Placement
from filmroom.server.pool import WorkerPool
from filmroom.server.worker import CONNECTION


class Worker:
    """A worker as the pool sees it when it places a connection."""

    def __init__(self, connections=0, *, ready=True, alive=True):
        self.connections = connections
        self.is_ready = ready
        self.alive = alive
        self.given = []

    def send(self, what, descriptor=None):
        if self.alive:
            self.given.append((what, descriptor))
        return self.alive


@pytest.fixture
def pooled(archive):
    """A pool over workers of the test, beside a process that serves ``busy`` connections."""

    def make(*workers, busy=0, limit=100, most_each=None):
        settings = Settings(max_associations=limit)
        pool = WorkerPool(settings, archive, lambda: busy, most_each=most_each)
        pool._workers = set(workers)
        return pool

    return make


def place(pool):
    """Where a new connection goes, and whether its socket is still open here."""
    ours, theirs = socket.socketpair()
    with theirs:
        placement = pool.place(ours)
        is_open = ours.fileno() >= 0
        ours.close()
        return placement, is_open


@in_loop
async def test_the_least_busy_gets_it(pooled):
    idle, busy = Worker(1), Worker(3)
    pool = pooled(idle, busy, busy=2)
    assert place(pool) == (Placement.ELSEWHERE, False)
    assert [what for what, _ in idle.given] == [CONNECTION]
    assert busy.given == []
    assert idle.connections == 2
    assert pool.connections == 5


@in_loop
async def test_this_process_serves_as_well(pooled):
    worker = Worker(1)
    assert place(pooled(worker, busy=1)) == (Placement.HERE, True)
    assert place(pooled(worker, busy=0)) == (Placement.HERE, True)
    assert worker.given == []


@in_loop
async def test_without_workers_everything_is_served_here(pooled):
    assert place(pooled(busy=7)) == (Placement.HERE, True)


@in_loop
async def test_who_is_not_ready_or_gone_gets_nothing(pooled):
    starting, dead = Worker(ready=False), Worker(alive=False)
    assert place(pooled(starting, dead, busy=5)) == (Placement.HERE, True)
    assert (starting.connections, dead.connections) == (0, 0)
    other = Worker(4)
    assert place(pooled(dead, other, busy=5)) == (Placement.ELSEWHERE, False)
    assert other.connections == 5


@in_loop
async def test_the_limit_counts_all_processes(pooled):
    worker = Worker(2)
    assert place(pooled(worker, busy=2, limit=5))[0] is Placement.HERE
    assert place(pooled(worker, busy=3, limit=5)) == (Placement.NOWHERE, True)
    assert worker.given == []


@in_loop
async def test_each_process_serves_no_more_than_it_has_files_for(pooled):
    assert place(pooled(Worker(4), busy=5, most_each=5))[0] is Placement.ELSEWHERE
    assert place(pooled(Worker(5), busy=5, most_each=5))[0] is Placement.NOWHERE
    alone = pooled(Worker(4, ready=False), busy=1, most_each=5)
    assert place(alone)[0] is Placement.NOWHERE


@in_loop
async def test_real_workers_start_get_connections_and_end(archive, tmp_path):
    settings = Settings(data=tmp_path / "data", durability="relaxed", stop_timeout=10)
    pool = WorkerPool(settings, archive, lambda: 5)
    pool.start(1)
    (worker,) = pool._workers
    while not worker.is_ready:
        await asyncio.sleep(0)
    listening = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(listening.getsockname())
    connected, _ = listening.accept()
    listening.close()
    connected.setblocking(False)
    assert pool.place(connected) is Placement.ELSEWHERE
    assert pool.connections == 1
    client.close()
    while pool.connections:
        await asyncio.sleep(0)
    await pool.stop()
    assert worker.process.returncode == 0
    assert not pool._workers


@in_loop
async def test_a_connection_that_a_worker_could_not_take_is_not_counted(archive, tmp_path):
    """The system passes none on to a process that has no descriptor left."""
    settings = Settings(data=tmp_path / "data", durability="relaxed", stop_timeout=10)
    pool = WorkerPool(settings, archive, lambda: 5)
    pool.start(1)
    (worker,) = pool._workers
    while not worker.is_ready:
        await asyncio.sleep(0)
    worker.connections += 1
    worker.send(CONNECTION)
    while pool.connections:
        await asyncio.sleep(0)
    await pool.stop()


@in_loop
async def test_stopping_does_not_wait_for_workers_that_only_start(archive, tmp_path):
    settings = Settings(data=tmp_path / "data", durability="relaxed", stop_timeout=10)
    pool = WorkerPool(settings, archive, lambda: 5)
    pool.start(1)
    (worker,) = pool._workers
    await pool.stop()
    assert worker.process.returncode == -signal.SIGKILL
    assert not pool._workers


@in_loop
async def test_a_worker_that_cannot_be_started_again_is_tried_again(pooled, monkeypatch):
    class Dead(Worker):
        process = subprocess.Popen([sys.executable, "-c", ""])
        relay = threading.Thread()
        started = 0.0

    def start(_settings, _index):
        outcomes.append(None)
        if len(outcomes) < 3:
            raise BlockingIOError(errno.EAGAIN, "no process to be had")
        return again

    outcomes = []
    dead, again = Dead(), Worker()
    dead.relay.start()
    dead.control, _ = socket.socketpair()
    again.control, end = socket.socketpair()
    monkeypatch.setattr(pool_module, "RESTART_PAUSE", (0, 0))
    monkeypatch.setattr(pool_module, "_Worker", start)
    pool = pooled(dead)
    await pool._replace(dead)
    assert pool._workers == {again}
    assert len(outcomes) == 3
    pool._forget(again)
    end.close()
