"""The DICOM listener: one event loop serving many associations."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from enum import Enum

from filmroom import net
from filmroom.client import LocalEntity
from filmroom.config import Settings
from filmroom.ops.logging import get_logger
from filmroom.server.listener import Listener
from filmroom.server.loop import MAX_SURPLUS
from filmroom.services import ServiceCatalogue
from filmroom.transport import Connection, MessageSink, Operation, ReceiveBuffer, Workload

__all__ = ["DicomServer", "Placement"]

OPERATIONS_WINDOW = (0, 16)
"""Asynchronous operations, where a peer asks for them: we may perform 16 at once."""

_TRANSIENT = 2
_BY_PRESENTATION_PROVIDER = 3
_TEMPORARY_CONGESTION = 1
_LOCAL_LIMIT_EXCEEDED = 2

_log = get_logger("server")


class Placement(Enum):
    """Who serves an accepted connection."""

    HERE = "here"
    ELSEWHERE = "in another process, which has it already"
    NOWHERE = "nobody: there is no room"


class DicomServer:
    """Accepts associations and gives their requests to the services.

    It is the :class:`~filmroom.transport.ConnectionHandler` of every association it accepts.
    """

    def __init__(
        self,
        settings: Settings,
        services: ServiceCatalogue,
        *,
        tls: ssl.SSLContext | None = None,
        place: Callable[[socket.socket], Placement] | None = None,
        closed: Callable[[], None] | None = None,
        max_surplus: int = MAX_SURPLUS,
    ) -> None:
        """``place`` decides about each accepted connection, by default that it is served here while
        there is room; ``closed`` is called whenever a connection that was adopted is gone. Up to
        ``max_surplus`` that find no room are told so, more are closed without a word.
        """
        self._settings = settings
        self._services = services
        self._tls = tls
        self._place = place or self._here
        self._closed = closed
        self._max_surplus = max_surplus
        self._buffer = ReceiveBuffer()
        self._workload = Workload()
        self._timeouts = LocalEntity.from_settings(settings).timeouts()
        self._connections: set[Connection] = set()
        self._surplus: set[Connection] = set()
        self._adopting: set[asyncio.Task[None]] = set()
        self._listener: Listener | None = None
        self._stopping = False
        self._policy = net.AcceptPolicy(
            abstract_syntaxes=services.policies(),
            ae_titles=frozenset({settings.aet}) if settings.check_called_aet else None,
            calling_ae_titles=frozenset(settings.allowed_calling_aets) or None,
            fallback=services.policy_for_unknown,
            operations_window=OPERATIONS_WINDOW,
            max_length=settings.max_pdu,
        )

    async def start(self) -> None:
        """Listen. Raises ConfigurationError when the address cannot be listened on."""
        self._listener = Listener(self._settings.host, self._settings.dicom_port, self._accepted)

    @property
    def port(self) -> int:
        """The port listened on, also where the setting is 0."""
        assert self._listener is not None
        return self._listener.port

    def adopt(self, connected: socket.socket, *, surplus: bool = False) -> None:
        """Serve an accepted connection; a ``surplus`` one is told that there is no room."""
        connection = Connection(
            net.Association.acceptor(self._policy, timeouts=self._timeouts),
            self,
            self._buffer,
            network_timeout=self._settings.network_timeout,
            workload=self._workload,
        )
        self._connections.add(connection)
        if surplus:
            self._surplus.add(connection)
        task = asyncio.get_running_loop().create_task(self._connect(connection, connected))
        self._adopting.add(task)
        task.add_done_callback(self._adopting.discard)

    async def _connect(self, connection: Connection, connected: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(lambda: connection, connected, ssl=self._tls)
        except (OSError, ssl.SSLError) as error:
            # Gone before it began, or no TLS where TLS must be.
            connected.close()
            if connection in self._connections:
                self.connection_closed(connection)
            _log.info("connection_failed", fault=type(error).__name__)

    def _here(self, _connected: socket.socket) -> Placement:
        has_room = self.associations < self._settings.max_associations
        return Placement.HERE if has_room else Placement.NOWHERE

    def _accepted(self, connected: socket.socket) -> None:
        match self._place(connected):
            case Placement.HERE:
                self.adopt(connected)
            case Placement.NOWHERE if len(self._surplus) < self._max_surplus:
                self.adopt(connected, surplus=True)
            case Placement.NOWHERE:
                connected.close()

    @property
    def associations(self) -> int:
        """Connections open at the moment, without those that are only told to go away."""
        return len(self._connections) - len(self._surplus)

    async def stop(self) -> None:
        """Stop gracefully: refuse what is new, let running operations finish, then end.

        Associations without a running operation are aborted at once, the others when theirs is
        done; what still runs after ``stop_timeout`` seconds is aborted too.
        """
        self._stopping = True
        if self._listener is not None:
            self._listener.close()
        await asyncio.gather(*self._adopting)
        for connection in list(self._connections):
            connection.end_when_idle()
        try:
            async with asyncio.timeout(self._settings.stop_timeout):
                await self._all_closed()
        except TimeoutError:
            _log.warning("stop_timeout", associations=len(self._connections))
            for connection in list(self._connections):
                connection.abort()
            await self._all_closed()

    async def _all_closed(self) -> None:
        for connection in list(self._connections):
            await connection.wait_closed()

    # ── as the handler of each connection ───────────────────────────────────────────────────

    def association_requested(
        self, connection: Connection, event: net.AssociationRequested
    ) -> None:
        """Answer as the policy does, unless we stop or are full (PS3.8 Table 9-21)."""
        if self._stopping:
            connection.reject(_TRANSIENT, _BY_PRESENTATION_PROVIDER, _TEMPORARY_CONGESTION)
        elif connection in self._surplus:
            connection.reject(_TRANSIENT, _BY_PRESENTATION_PROVIDER, _LOCAL_LIMIT_EXCEEDED)
        else:
            connection.respond()
        _log.info(
            "association_requested",
            peer=connection.peer,
            calling=event.request.calling_ae_title,
            called=event.request.called_ae_title,
            accepted=connection.association.is_established,
            associations=self.associations,
        )

    def request_received(self, operation: Operation) -> MessageSink | None:
        """Give the request to its service."""
        if self._stopping:
            _refuse(operation, 0xA700, "the server is stopping")
            return None
        service = self._services.service_for(operation.message, operation.context.abstract_syntax)
        if service is None:
            _refuse(operation, 0x0211, "not an operation of this SOP class")
            return None
        return service.request_received(operation)

    def connection_closed(self, connection: Connection) -> None:
        """Forget the connection."""
        self._connections.discard(connection)
        self._surplus.discard(connection)
        if self._closed is not None:
            self._closed()
        fault = str(connection.error) if connection.error is not None else None
        _log.info("association_closed", peer=connection.peer, fault=fault)


def _refuse(operation: Operation, status: int, comment: str) -> None:
    response = net.response_to(operation.message, status, comment=comment)
    operation.connection.run(operation, operation.respond(response))
