"""The life of a server process: open the archive, listen, wait for the signal, stop gracefully."""

from __future__ import annotations

import asyncio
import resource
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from filmroom.archive import Archive
from filmroom.config import Settings
from filmroom.ops.logging import get_logger
from filmroom.server.dicom import DicomServer
from filmroom.services import ServiceCatalogue

__all__ = ["run_server"]

QUERY_THREADS = 8
"""Threads that read index and objects for queries and retrievals."""

_log = get_logger("server")


def run_server(settings: Settings, archive: Archive, ready: Callable[[DicomServer], None]) -> None:
    """Serve ``archive`` until SIGTERM or SIGINT; a second signal ends at once.

    ``ready`` is called once it listens. Raises ConfigurationError when it cannot.
    """
    _allow_open_files()
    try:
        import uvloop
    except ImportError:  # not on this platform: asyncio's own loop serves as well, slower
        runner = asyncio.Runner()
    else:
        runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    with runner:
        runner.run(_serve(settings, archive, ready))


def _allow_open_files() -> None:
    """Raise the soft limit of open files to the hard one: each association takes two."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _serve(
    settings: Settings, archive: Archive, ready: Callable[[DicomServer], None]
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
            server = DicomServer(settings, ServiceCatalogue(archive, settings, executor))
            await server.start()
            _log.info("listening", aet=settings.aet, host=settings.host, dicom_port=server.port)
            ready(server)
            await stop.wait()
            _log.info("stopping", associations=server.associations)
            await server.stop()
            _log.info("stopped")
    finally:
        stop_asked()
