"""Servers and peers in the test's own event loop: no process, no thread, no waiting for luck."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from objects import encoded
from pydicom.uid import UID

from filmroom import net
from filmroom.archive import Archive
from filmroom.client import LocalEntity, ProposedContext, RemoteEntity
from filmroom.config import Settings
from filmroom.dicom import DataSet
from filmroom.server import DicomServer
from filmroom.services import ServiceCatalogue
from filmroom.transport import Connection, ReceiveBuffer, Workload

IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
JPEG = "1.2.840.10008.1.2.4.50"
VERIFICATION = "1.2.840.10008.1.1"
CT = "1.2.840.10008.5.1.4.1.1.2"
MR = "1.2.840.10008.5.1.4.1.1.4"
PATIENT_FIND, PATIENT_MOVE, PATIENT_GET = (f"1.2.840.10008.5.1.4.1.2.1.{n}" for n in (1, 2, 3))
STUDY_FIND, STUDY_MOVE, STUDY_GET = (f"1.2.840.10008.5.1.4.1.2.2.{n}" for n in (1, 2, 3))

DEADLOCK = 30
"""Seconds after which a test that hangs is ended; no test waits for it."""


def in_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an async test; it fails where a task is left, or an error reached nobody but the loop."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(_checked(test(*args, **kwargs)))

    return run


async def _checked(test: Coroutine[Any, Any, None]) -> None:
    loop = asyncio.get_running_loop()
    unhandled: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _loop, context: unhandled.append(context))
    async with asyncio.timeout(DEADLOCK):
        await test
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0)
    assert unhandled == []


@asynccontextmanager
async def serving(archive: Archive, **settings: Any) -> AsyncIterator[DicomServer]:
    """A DICOM server of ``archive`` on a free port."""
    settings = {"dicom_port": 0, "stop_timeout": 10, **settings}
    with ThreadPoolExecutor(2) as executor:
        given = Settings(**settings)
        server = DicomServer(given, ServiceCatalogue(archive, given, executor))
        await server.start()
        try:
            yield server
        finally:
            await server.stop()


class Clock:
    """The clock of the running loop, which a test may put on: time that goes by in one callback."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        own = loop.time
        self.ahead = 0.0
        loop.time = lambda: own() + self.ahead  # type: ignore[method-assign]


class Handler:
    """The handler of an acceptor: says yes to the association, and does with requests as told."""

    def __init__(self, request_received: Callable[..., Any] | None = None) -> None:
        self.connections: list[Connection] = []
        self.closed: list[Connection] = []
        self.changed = asyncio.Condition()
        self._request_received = request_received

    def association_requested(self, connection: Connection, event: Any) -> None:
        self.connections.append(connection)
        connection.respond()

    def request_received(self, operation: Any) -> Any:
        assert self._request_received is not None
        return self._request_received(operation)

    def connection_closed(self, connection: Connection) -> None:
        self.closed.append(connection)


ANY_SYNTAX = net.AbstractSyntaxPolicy(lambda _uid: True, requestor_may_be_scp=True)


def policy(**syntaxes: net.AbstractSyntaxPolicy) -> net.AcceptPolicy:
    """Accepts every abstract syntax in every transfer syntax."""
    return net.AcceptPolicy({}, fallback=lambda _uid: ANY_SYNTAX, **syntaxes)


@asynccontextmanager
async def accepting(
    handler: Any,
    accept: net.AcceptPolicy | None = None,
    *,
    network_timeout: float = 10,
    timeouts: net.Timeouts | None = None,
    wrap: Callable[[Connection], Any] = lambda connection: connection,
    workload: Workload | None = None,
) -> AsyncIterator[int]:
    """Our transport as acceptor with ``handler``; gives the port."""
    loop = asyncio.get_running_loop()
    buffer = ReceiveBuffer()
    made: list[Connection] = []

    def protocol() -> Any:
        association = net.Association.acceptor(accept or policy(), timeouts=timeouts)
        connection = Connection(
            association, handler, buffer, network_timeout=network_timeout, workload=workload
        )
        made.append(connection)
        return wrap(connection)

    server = await loop.create_server(protocol, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for connection in made:
            connection.abort()
        for connection in made:
            await connection.wait_closed()
        await server.wait_closed()


class Peer:
    """A requestor on plain streams that does exactly what the test says, one step at a time."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        association: net.Association,
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.association = association
        self._events: list[net.Event] = []

    @classmethod
    async def connect(
        cls,
        port: int,
        *contexts: tuple[str, tuple[str, ...]],
        called: str = "FILMROOM",
        calling: str = "PEER",
        **parameters: Any,
    ) -> Peer:
        """Connected and asking for an association; contexts get the IDs 1, 3, 5…"""
        proposed = tuple(net.ProposedContext(*context) for context in contexts)
        association = net.Association.requestor(
            net.RequestParameters(called, calling, proposed, **parameters)
        )
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 16)
        association.connection_made(0)
        peer = cls(reader, writer, association)
        peer._flush()
        return peer

    @classmethod
    async def associated(
        cls, port: int, *contexts: tuple[str, tuple[str, ...]], **parameters: Any
    ) -> Peer:
        """Connected and associated."""
        peer = await cls.connect(port, *contexts, **parameters)
        await peer.event(net.AssociationAccepted)
        return peer

    def _flush(self) -> None:
        for data in self.association.data_to_send():
            self.writer.write(bytes(data))

    def wire(self, context_id: int, message: net.Message, data: Any = None) -> bytes:
        """The bytes of a message, which count as sent."""
        parts = self.association.send_message(context_id, message, 0, data)
        return b"".join(bytes(buffer) for part in parts for buffer in part)

    def send(self, context_id: int, message: net.Message, data: Any = None) -> None:
        """Send a message."""
        self.writer.write(self.wire(context_id, message, data))

    def release(self) -> None:
        """Ask for the release."""
        self.association.release(0)
        self._flush()

    async def next_event(self) -> net.Event:
        """The next event, with the bytes of fragments kept."""
        while not self._events:
            data = await self.reader.read(1 << 16)
            if data:
                got = self.association.receive(memoryview(data), 0)
            else:
                got = self.association.connection_lost(0)
                assert got, "the connection ended"
            for event in got:
                if isinstance(event, net.DataFragment):
                    event = event._replace(data=memoryview(bytes(event.data)))
                self._events.append(event)
            self._flush()
        return self._events.pop(0)

    async def event(self, kind: type) -> Any:
        """The next event, which must be a ``kind``."""
        event = await self.next_event()
        assert isinstance(event, kind), event
        return event

    async def message(self) -> tuple[Any, bytes]:
        """The next message and its data set."""
        message = (await self.event(net.CommandReceived)).message
        data = b""
        while message.has_data_set:
            fragment = await self.event(net.DataFragment)
            data += fragment.data
            if fragment.last:
                break
        return message, data

    async def released(self) -> None:
        """Release the association and wait for its end."""
        self.release()
        await self.event(net.ReleaseConfirmed)
        await self.close()

    async def close(self) -> None:
        """Close the connection."""
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            pass


def remote(port: int, ae_title: str = "FILMROOM") -> RemoteEntity:
    """The entity that listens on ``port``."""
    return RemoteEntity("127.0.0.1", port, ae_title)


LOCAL = LocalEntity("TESTER")


def storage(*syntaxes: str, sop_class: str = CT, as_scp: bool = False) -> ProposedContext:
    """A context for objects, by default in Explicit VR Little Endian."""
    return ProposedContext(sop_class, syntaxes or (EXPLICIT,), as_scp=as_scp)


def keep(archive: Archive, *data_sets: Any, syntax: str = EXPLICIT) -> None:
    """Put pydicom data sets into the archive, as a peer's C-STORE would."""
    for data_set in data_sets:
        incoming = archive.receive(data_set.SOPClassUID, data_set.SOPInstanceUID, syntax)
        incoming.write(memoryview(encoded(data_set, UID(syntax))))
        incoming.finish().result()


def key(level: str, /, **values: Any) -> DataSet:
    """An identifier at ``level``."""
    identifier = DataSet()
    identifier["QueryRetrieveLevel"] = level
    for keyword, value in values.items():
        identifier[keyword] = value
    return identifier
