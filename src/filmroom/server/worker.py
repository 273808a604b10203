"""A worker: a process that serves associations it is given, beside the one that owns the index.

Started by :class:`~filmroom.server.pool.WorkerPool` with two inherited sockets and the settings on
standard input. It ends when it is told to, or when its owner has gone.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection

from filmroom.archive import Archive
from filmroom.config import Settings
from filmroom.ops.logging import configure_logging, get_logger
from filmroom.server.dicom import DicomServer
from filmroom.server.loop import QUERY_THREADS, allow_open_files, event_loop_runner
from filmroom.services import ServiceCatalogue

__all__ = ["CLOSED", "CONNECTION", "READY", "STOP", "main"]

CONNECTION = b"C"
"""To a worker, with a descriptor: serve this connection."""
STOP = b"S"
"""To a worker: finish what runs, then end."""
READY = b"R"
"""From a worker: it serves from now on."""
CLOSED = b"-"
"""From a worker: a connection that it was given is gone."""

RETRY = 0.05
"""Seconds before the owner is told again what it had no room for."""

_log = get_logger("server")


def main() -> None:
    """Serve until told to stop."""
    control = socket.socket(fileno=int(sys.argv[1]))
    relay = Connection(int(sys.argv[2]))
    settings = Settings(**json.load(sys.stdin))
    # Ctrl-C reaches the whole process group; the owner says what is to be done about it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    logs = configure_logging(settings.log_level, settings.log_format)
    allow_open_files()
    try:
        with event_loop_runner() as runner:
            runner.run(_serve(settings, control, relay))
    finally:
        logs.stop()


async def _serve(settings: Settings, control: socket.socket, relay: Connection) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def owner_lost() -> None:
        # Nothing can be kept any more, and whoever waits for an answer must not wait long.
        _log.error("owner_lost", pid=os.getpid())
        os._exit(1)

    archive = Archive.join(
        settings.data,
        relay,
        owner_lost,
        index_url=settings.index_url,
        blob_url=settings.blob_url,
        durability=settings.durability,
        on_duplicate=settings.on_duplicate,
    )
    control.setblocking(False)
    unsaid = b""

    def tell(what: bytes = b"") -> None:
        nonlocal unsaid
        unsaid += what
        try:
            unsaid = unsaid[control.send(unsaid) :]
        except BlockingIOError:
            loop.call_later(RETRY, tell)  # the owner is busy
        except OSError:
            stop.set()

    with archive, ThreadPoolExecutor(QUERY_THREADS, thread_name_prefix="filmroom-query") as threads:
        services = ServiceCatalogue(archive, settings, threads)
        server = DicomServer(settings, services, closed=lambda: tell(CLOSED))

        def told() -> None:
            try:
                what, descriptors, _flags, _address = socket.recv_fds(control, 1, 1)
            except BlockingIOError:
                return
            except OSError:
                what, descriptors = b"", []
            for descriptor in descriptors:
                server.adopt(socket.socket(fileno=descriptor))
            if what == CONNECTION and not descriptors:
                _log.error("cannot_accept", reason="no descriptor is left for a connection")
                tell(CLOSED)  # the kernel closed it
            if what in (STOP, b""):
                stop.set()

        loop.add_reader(control, told)
        tell(READY)
        await stop.wait()
        loop.remove_reader(control)
        await server.stop()
