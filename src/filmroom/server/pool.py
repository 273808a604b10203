"""The worker processes: started, given connections, watched, started again, stopped.

Connections are accepted in one process and handed to the one that serves the fewest, its own event
loop included: the kernel's own choice among processes that share a port is by chance.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection

from filmroom.archive import Archive
from filmroom.archive.index import SqliteIndex, serve_relay
from filmroom.config import Settings
from filmroom.ops.logging import get_logger
from filmroom.server.dicom import Placement
from filmroom.server.worker import CLOSED, CONNECTION, READY, STOP

__all__ = ["WorkerPool"]

RESTART_PAUSE = (0.5, 30.0)
"""Seconds before a worker that died is started again: the first time, and at the most."""
LIVED_LONG = 60.0
"""Seconds after which a worker's death counts as its first."""
STOP_GRACE = 5.0
"""Seconds beyond `stop_timeout` before a worker that does not end is killed."""

_RUN = "from filmroom.server.worker import main; main()"

_log = get_logger("server")


class _Worker:
    """One worker process and the two sockets that lead to it."""

    def __init__(self, settings: Settings, index: SqliteIndex) -> None:
        self.connections = 0
        self.is_ready = False
        self.started = asyncio.get_running_loop().time()
        self.control, control = socket.socketpair()
        relay, worker_relay = socket.socketpair()
        self.control.setblocking(False)
        with control, worker_relay:
            inherited = (control.fileno(), worker_relay.fileno())
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-c", _RUN, *map(str, inherited)],
                stdin=subprocess.PIPE,
                pass_fds=inherited,
            )
        assert self.process.stdin is not None
        with self.process.stdin as stdin:
            stdin.write(settings.model_dump_json().encode())
        pipe = Connection(relay.detach())
        self.relay = threading.Thread(
            target=serve_relay, args=(index, pipe), name="filmroom-relay", daemon=True
        )
        self.relay.start()

    def send(self, what: bytes, descriptor: int | None = None) -> bool:
        """Whether the worker could be told."""
        try:
            if descriptor is None:
                self.control.send(what)
            else:
                socket.send_fds(self.control, [what], [descriptor])
        except OSError:
            return False
        return True


class WorkerPool:
    """The workers beside this process, from :meth:`start` to :meth:`stop`."""

    def __init__(
        self,
        settings: Settings,
        archive: Archive,
        busy: Callable[[], int],
        *,
        most_each: int | None = None,
    ) -> None:
        """``busy`` tells how many connections this process serves itself; one process serves no
        more than ``most_each``, by default as many as all together.
        """
        assert isinstance(archive.index, SqliteIndex)
        self._settings = settings
        self._archive = archive
        self._index = archive.index
        self._busy = busy
        self._most_each = most_each or settings.max_associations
        self._loop = asyncio.get_running_loop()
        self._workers: set[_Worker] = set()
        self._deaths = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    @property
    def connections(self) -> int:
        """Connections that the workers serve at the moment."""
        return sum(worker.connections for worker in self._workers)

    def place(self, connected: socket.socket) -> Placement:
        """Give an accepted connection to the least busy worker, unless we are that ourselves."""
        busy = self._busy()
        ready = [worker for worker in self._workers if worker.is_ready]
        room = min(self._settings.max_associations, self._most_each * (len(ready) + 1))
        if busy + self.connections >= room:
            return Placement.NOWHERE
        for worker in sorted(ready, key=lambda worker: worker.connections):
            if busy <= worker.connections:
                break
            if worker.send(CONNECTION, connected.fileno()):
                worker.connections += 1
                connected.close()
                return Placement.ELSEWHERE
        return Placement.HERE

    def start(self, count: int) -> None:
        """Start ``count`` workers; each gets connections once it says that it is ready."""
        for _ in range(count):
            self._start()

    async def stop(self) -> None:
        """Let every worker finish what runs; kill those that do not end in time."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        for worker in self._workers:
            if worker.is_ready:
                worker.send(STOP)
            else:
                worker.process.kill()  # it serves nobody, and may take seconds to hear of it
        limit = self._settings.stop_timeout + STOP_GRACE
        await asyncio.gather(*(self._ended(worker, limit) for worker in list(self._workers)))

    async def _ended(self, worker: _Worker, limit: float) -> None:
        await self._loop.run_in_executor(None, _wait, worker.process, limit)
        await self._loop.run_in_executor(None, worker.relay.join)
        self._forget(worker)

    def _start(self) -> None:
        worker = _Worker(self._settings, self._index)
        self._workers.add(worker)
        self._loop.add_reader(worker.control, self._said, worker)

    def _said(self, worker: _Worker) -> None:
        try:
            said = worker.control.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        if READY in said:
            worker.is_ready = True
            _log.info("worker_ready", pid=worker.process.pid)
        worker.connections -= said.count(CLOSED)
        if not said:
            self._loop.remove_reader(worker.control)
            if not self._stopping:
                task = self._loop.create_task(self._replace(worker))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _replace(self, worker: _Worker) -> None:
        """Bury a worker that died, clean up after it, and start another."""
        worker.is_ready = False
        status = await self._loop.run_in_executor(None, _wait, worker.process, STOP_GRACE)
        # What it had handed over is committed or not; only then can be told what is a leftover.
        await self._loop.run_in_executor(None, worker.relay.join)
        self._forget(worker)
        self._deaths = 0 if self._loop.time() - worker.started > LIVED_LONG else self._deaths + 1
        pause = min(RESTART_PAUSE[1], RESTART_PAUSE[0] * 2 ** min(self._deaths, 10))
        _log.error("worker_died", pid=worker.process.pid, status=status, restart_in=pause)
        removed = await self._loop.run_in_executor(None, self._archive.clean)
        if removed:
            _log.warning("leftovers_removed", files=removed)
        while not self._stopping:
            await asyncio.sleep(pause)
            try:
                self._start()
            except OSError as error:  # no memory, no descriptor, no process to be had now
                _log.error("worker_not_started", reason=error.strerror, again_in=pause)
            else:
                return

    def _forget(self, worker: _Worker) -> None:
        self._loop.remove_reader(worker.control)
        worker.control.close()
        self._workers.discard(worker)


def _wait(process: subprocess.Popen[bytes], seconds: float) -> int:
    """The exit status of a process, which is killed when it takes longer."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
