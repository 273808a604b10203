"""Opening an association as requestor: who calls whom, with which presentation contexts."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from filmroom import net
from filmroom.config import Settings
from filmroom.errors import (
    AssociationTimeout,
    ConnectionFailed,
    FilmroomError,
    LocalProtocolError,
)
from filmroom.transport import (
    Connection,
    ConnectionHandler,
    MessageSink,
    Operation,
    ReceiveBuffer,
)

__all__ = ["MAX_CONTEXTS", "LocalEntity", "ProposedContext", "RemoteEntity", "associate"]

MAX_CONTEXTS = 128
"""Presentation contexts that one association can propose: the odd numbers 1 to 255."""


@dataclass(frozen=True, slots=True)
class RemoteEntity:
    """The application entity that is called."""

    host: str
    port: int
    ae_title: str = "ANY-SCP"

    def __str__(self) -> str:
        """As people write it: ``TITLE@host:port``."""
        return f"{self.ae_title}@{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class LocalEntity:
    """We, as the calling application entity; time-outs are in seconds, ``max_pdu`` in bytes."""

    ae_title: str = "FILMROOM"
    max_pdu: int = 131_072
    connect_timeout: float = 10
    association_timeout: float = 30
    network_timeout: float = 60
    idle_timeout: float = 600
    dimse_timeout: float = 120

    @classmethod
    def from_settings(cls, settings: Settings) -> LocalEntity:
        """The entity that the server is when it calls others."""
        return cls(
            ae_title=settings.aet,
            max_pdu=settings.max_pdu,
            connect_timeout=settings.connect_timeout,
            association_timeout=settings.association_timeout,
            network_timeout=settings.network_timeout,
            idle_timeout=settings.idle_timeout,
            dimse_timeout=settings.dimse_timeout,
        )

    def timeouts(self) -> net.Timeouts:
        """As the association wants them."""
        return net.Timeouts(
            artim=self.association_timeout,
            request=self.association_timeout,
            release=self.association_timeout,
            stall=self.network_timeout,
            idle=self.idle_timeout,
        )


@dataclass(frozen=True, slots=True)
class ProposedContext:
    """A presentation context to propose; ``as_scp`` asks for the SCP role (PS3.7 §D.3.3.4)."""

    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...]
    as_scp: bool = False
    extended_negotiation: bytes = field(default=b"")


class _RefuseRequests:
    """The handler of a requestor that offers no service of its own."""

    def association_requested(
        self, connection: Connection, event: net.AssociationRequested
    ) -> None:
        raise LocalProtocolError("a requestor is not asked for an association")

    def request_received(self, operation: Operation) -> MessageSink | None:
        refusal = net.response_to(operation.message, 0x0211)  # Unrecognized operation
        operation.connection.run(operation, operation.respond(refusal))
        return None

    def connection_closed(self, connection: Connection) -> None:
        pass


@asynccontextmanager
async def associate(
    remote: RemoteEntity,
    local: LocalEntity,
    contexts: Sequence[ProposedContext],
    *,
    handler: ConnectionHandler | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Connection]:
    """An association with ``remote`` for the time of the ``async with`` block.

    Left in peace it is released; left by an exception it is aborted. Raises ConnectionFailed when
    there is no connection, AssociationRejected, AssociationAborted or AssociationTimeout when the
    peer does not associate.
    """
    loop = asyncio.get_running_loop()
    buffer = ReceiveBuffer()

    def protocol() -> Connection:
        association = net.Association.requestor(
            _request(remote, local, contexts), timeouts=local.timeouts()
        )
        return Connection(
            association,
            handler or _RefuseRequests(),
            buffer,
            network_timeout=local.network_timeout,
        )

    try:
        async with asyncio.timeout(local.connect_timeout):
            _, connection = await loop.create_connection(
                protocol, remote.host, remote.port, ssl=tls
            )
    except TimeoutError:
        raise AssociationTimeout(
            f"{remote} did not answer within {local.connect_timeout:g} s",
            hint="check host, port and firewall",
        ) from None
    except OSError as error:
        raise ConnectionFailed(
            f"cannot connect to {remote}: {error.strerror or error}",
            hint="check host and port, and that the peer runs",
        ) from error
    try:
        await connection.established()
        yield connection
    except BaseException as error:
        connection.abort(error if isinstance(error, FilmroomError) else None)
        await connection.wait_closed()
        raise
    else:
        await connection.release()


def _request(
    remote: RemoteEntity, local: LocalEntity, contexts: Sequence[ProposedContext]
) -> net.RequestParameters:
    if len(contexts) > MAX_CONTEXTS:
        raise LocalProtocolError(f"{len(contexts)} presentation contexts, {MAX_CONTEXTS} at most")
    return net.RequestParameters(
        called_ae_title=remote.ae_title,
        calling_ae_title=local.ae_title,
        contexts=tuple(
            net.ProposedContext(c.abstract_syntax, c.transfer_syntaxes) for c in contexts
        ),
        roles=_roles(contexts),
        extended=_extensions(contexts),
        max_length=local.max_pdu,
    )


def _roles(contexts: Iterable[ProposedContext]) -> tuple[net.RoleSelection, ...]:
    classes = dict.fromkeys(c.abstract_syntax for c in contexts if c.as_scp)
    return tuple(net.RoleSelection(uid, scu=True, scp=True) for uid in classes)


def _extensions(contexts: Iterable[ProposedContext]) -> tuple[net.SOPClassExtendedNegotiation, ...]:
    information = {
        c.abstract_syntax: c.extended_negotiation for c in contexts if c.extended_negotiation
    }
    return tuple(net.SOPClassExtendedNegotiation(uid, data) for uid, data in information.items())
