"""The life of a server: open the archive, listen, wait for the signal, stop gracefully."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext

from filmroom.archive import Archive
from filmroom.archive.scrub import Scrub
from filmroom.config import Settings
from filmroom.ops.logging import get_logger
from filmroom.server.dicom import DicomServer
from filmroom.server.loop import QUERY_THREADS, Room, allow_open_files, event_loop_runner
from filmroom.server.pool import WorkerPool
from filmroom.services import ServiceCatalogue

__all__ = ["run_server"]

_log = get_logger("server")


def run_server(settings: Settings, archive: Archive, ready: Callable[[DicomServer], None]) -> None:
    """Serve ``archive`` until SIGTERM or SIGINT; a second signal ends at once.

    ``ready`` is called once it listens. Raises ConfigurationError when it cannot.
    """
    room = Room.within(allow_open_files())
    with event_loop_runner() as runner:
        runner.run(_serve(settings, archive, room, ready))


async def _serve(
    settings: Settings, archive: Archive, room: Room, ready: Callable[[DicomServer], None]
) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def stop_asked() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop_asked)
    try:
        with ThreadPoolExecutor(QUERY_THREADS, thread_name_prefix="filmroom-query") as executor:
            pool = WorkerPool(
                settings, archive, lambda: server.associations, most_each=room.associations
            )
            services = ServiceCatalogue(archive, settings, executor)
            server = DicomServer(settings, services, place=pool.place, max_surplus=room.surplus)
            await server.start()
            workers = settings.workers or len(os.sched_getaffinity(0))
            pool.start(workers - 1)
            if room.associations * workers < settings.max_associations:
                _log.warning(
                    "few_open_files",
                    associations=room.associations * workers,
                    max_associations=settings.max_associations,
                    hint="raise the limit of open files",
                )
            _log.info(
                "listening",
                aet=settings.aet,
                host=settings.host,
                dicom_port=server.port,
                workers=workers,
            )
            ready(server)
            with _checking(settings, archive):
                await stop.wait()
                _log.info("stopping", associations=server.associations + pool.connections)
            await asyncio.gather(server.stop(), pool.stop())
            _log.info("stopped")
    finally:
        stop_asked()


def _checking(settings: Settings, archive: Archive) -> AbstractContextManager[object]:
    """While it lasts, objects are checked in the background."""
    if not settings.verify_rate:
        return nullcontext()
    return Scrub(archive, rate=settings.verify_rate, interval=settings.verify_interval)
