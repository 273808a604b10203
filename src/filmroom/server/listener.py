"""Listening for connections: the sockets bound, and each accepted connection handed on."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable

from filmroom.errors import ConfigurationError
from filmroom.ops.logging import get_logger

__all__ = ["Listener"]

BACKLOG = 1024
"""Connections that may wait to be taken by the event loop."""

_AT_ONCE = 64
"""Connections taken before the loop gets a turn for those that are open."""
_PAUSE = 1.0
"""Seconds without accepting when the process has no file descriptor left."""
_NO_ROOM = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

_log = get_logger("server")


class Listener:
    """Accepts connections at one host and port, in the running event loop.

    ``accepted`` gets each connected, non-blocking socket and owns it from then on.
    """

    def __init__(self, host: str, port: int, accepted: Callable[[socket.socket], None]) -> None:
        """Bind and listen; raises ConfigurationError where the address cannot be listened on."""
        self._loop = asyncio.get_running_loop()
        self._accepted = accepted
        self._timer: asyncio.TimerHandle | None = None
        try:
            self._sockets = _bound(host, port)
        except OSError as error:
            raise ConfigurationError(
                f"cannot listen on {host}:{port}: {error.strerror or error}",
                setting="dicom_port",
                hint="another program may hold the port: choose one with --dicom-port",
            ) from error
        self._resume()

    @property
    def port(self) -> int:
        """The port listened on, also where 0 was asked for."""
        return int(self._sockets[0].getsockname()[1])

    def close(self) -> None:
        """Listen no more; those that wait to be accepted are refused by the system."""
        if self._timer is not None:
            self._timer.cancel()
        while self._sockets:
            listening = self._sockets.pop()
            self._loop.remove_reader(listening)
            listening.close()

    def _resume(self) -> None:
        for listening in self._sockets:
            self._loop.add_reader(listening, self._take, listening)

    def _take(self, listening: socket.socket) -> None:
        for _ in range(_AT_ONCE):
            try:
                connected, _address = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in _NO_ROOM:
                    raise
                _log.error("cannot_accept", reason=error.strerror, pause=_PAUSE)
                for each in self._sockets:
                    self._loop.remove_reader(each)
                self._timer = self._loop.call_later(_PAUSE, self._resume)
                return
            connected.setblocking(False)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._accepted(connected)


def _bound(host: str, port: int) -> list[socket.socket]:
    """A listening socket for each address that ``host`` means."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    try:
        for family, address in dict.fromkeys((info[0], info[4]) for info in found):
            listening = socket.socket(family, socket.SOCK_STREAM)
            sockets.append(listening)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listening.bind(address)
            listening.listen(BACKLOG)
            listening.setblocking(False)
    except OSError:
        for opened in sockets:
            opened.close()
        raise
    return sockets
