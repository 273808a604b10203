"""Retrieve SCP: C-GET and C-MOVE, Patient Root and Study Root (PS3.4 §C.4.2, §C.4.3)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor

from filmroom import net
from filmroom.archive import Archive, InstanceLocation, Query
from filmroom.client import (
    LocalEntity,
    MoveOriginator,
    OutgoingInstance,
    ProposedContext,
    RemoteEntity,
    associate,
    storage_contexts,
    store,
)
from filmroom.config import Destination
from filmroom.dicom import DataSet
from filmroom.errors import FilmroomError, UnknownDestination
from filmroom.services.models import QUERY_MODELS, negotiated_extensions
from filmroom.services.read_ahead import ReadAhead
from filmroom.services.service import collect_identifier
from filmroom.services.sub_operations import SubOperations
from filmroom.transport import Connection, MessageSink, Operation

__all__ = ["GetService", "MoveService"]


class _Retrieval:
    """What C-GET and C-MOVE share: from the identifier to the instances, opened one by one."""

    def __init__(
        self, archive: Archive, executor: Executor, local: LocalEntity, *, relational: bool
    ) -> None:
        self._archive = archive
        self._executor = executor
        self._local = local
        self._relational = relational

    async def _locate(self, operation: Operation, identifier: DataSet) -> list[InstanceLocation]:
        extensions = negotiated_extensions(operation)

        def locate() -> list[InstanceLocation]:
            query = Query.from_identifier(
                identifier,
                QUERY_MODELS[operation.context.abstract_syntax].root,
                retrieve=True,
                relational=self._relational or extensions.relational,
            )
            return list(self._archive.locate(query))

        return await asyncio.get_running_loop().run_in_executor(self._executor, locate)

    def _read_ahead(self, locations: Sequence[InstanceLocation]) -> ReadAhead:
        return ReadAhead(self._archive, self._executor, locations)

    async def _store(
        self,
        connection: Connection,
        location: InstanceLocation,
        objects: ReadAhead,
        originator: MoveOriginator | None = None,
    ) -> int:
        """Send the object at ``location``, which is the next of ``objects``."""
        with await objects.take() as stored:
            instance = OutgoingInstance(
                location.sop_class_uid,
                location.sop_instance_uid,
                location.transfer_syntax_uid,
                stored,
            )
            response = await store(
                connection, instance, timeout=self._local.dimse_timeout, originator=originator
            )
        return response.message.status


class GetService(_Retrieval):
    """C-GET: sends the instances on the association that asked for them."""

    def request_received(self, operation: Operation) -> MessageSink | None:
        """Receive the identifier, then send."""
        return collect_identifier(operation, self._get)

    async def _get(self, operation: Operation, identifier: DataSet) -> None:
        locations = await self._locate(operation, identifier)
        counted = SubOperations(operation, len(locations))
        async with self._read_ahead(locations) as objects:
            for location in locations:
                if operation.cancelled:
                    break
                await counted.run(location, self._store(operation.connection, location, objects))
        await counted.finish()


class MoveService(_Retrieval):
    """C-MOVE: sends the instances to a destination that the settings know.

    All instances go over one association with the destination; more are opened only where their
    SOP classes and transfer syntaxes exceed the presentation contexts of one.
    """

    def __init__(
        self,
        archive: Archive,
        executor: Executor,
        local: LocalEntity,
        destinations: Mapping[str, Destination],
        *,
        relational: bool,
    ) -> None:
        super().__init__(archive, executor, local, relational=relational)
        self._destinations = destinations

    def request_received(self, operation: Operation) -> MessageSink | None:
        """Receive the identifier, then send."""
        return collect_identifier(operation, self._move)

    async def _move(self, operation: Operation, identifier: DataSet) -> None:
        request = operation.message
        assert isinstance(request, net.CMoveRQ)
        remote = self._destination(request.move_destination)
        originator = MoveOriginator(
            operation.connection.negotiated.calling_ae_title, request.message_id
        )
        locations = await self._locate(operation, identifier)
        counted = SubOperations(operation, len(locations))
        for contexts, share in _by_association(locations):
            if operation.cancelled:
                break
            sent = 0
            try:
                async with (
                    associate(remote, self._local, contexts) as destination,
                    self._read_ahead(share) as objects,
                ):
                    for location in share:
                        if operation.cancelled:
                            break
                        sending = self._store(destination, location, objects, originator)
                        await counted.run(location, sending)
                        sent += 1
                        if destination.error is not None:
                            raise destination.error
            except FilmroomError as error:  # also DimseTimeout, of a destination that fell silent
                if operation.connection.error is not None:
                    raise
                await counted.fail(share[sent:], error)
        await counted.finish()

    def _destination(self, ae_title: str) -> RemoteEntity:
        known = self._destinations.get(ae_title)
        if known is None:
            raise UnknownDestination(
                f"move destination {ae_title} is unknown",
                hint=f"add [destinations.{ae_title}] with host and port to the settings",
            )
        return RemoteEntity(known.host, known.port, ae_title)


def _by_association(
    locations: Sequence[InstanceLocation],
) -> list[tuple[Sequence[ProposedContext], list[InstanceLocation]]]:
    """The instances, with the presentation contexts of the association that carries them."""
    kinds = [(location.sop_class_uid, location.transfer_syntax_uid) for location in locations]
    shares = []
    for contexts in storage_contexts(kinds):
        classes = {context.abstract_syntax for context in contexts}
        shares.append((contexts, [x for x in locations if x.sop_class_uid in classes]))
    return shares
