"""Retrieve SCU: C-MOVE and C-GET (PS3.4 §C.4.2, §C.4.3)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from filmroom import net
from filmroom.client.association import MAX_CONTEXTS, ProposedContext
from filmroom.client.contexts import UNCOMPRESSED, context_for
from filmroom.dicom import (
    STORAGE_SOP_CLASSES,
    DataSet,
    encode_bytes,
    read_data_set,
    transfer_syntax,
)
from filmroom.errors import LocalProtocolError
from filmroom.transport import Connection, MessageSink, Operation

__all__ = ["Progress", "StoreReceiver", "get", "move", "retrieve_contexts"]

_FAILED_SOP_INSTANCE_UID_LIST = 0x00080058
_NOT_TAKEN_BY_DEFAULT = re.compile(
    "Ophthalmic|Optom|Refraction|Keratometry|Lensometry|VisualAcuity|Spectacle|Intraocular|Corneal"
    "|Electroencephalogram|Electromyogram|Electrooculogram|BodyPosition|RespiratoryWaveform"
    "|RadiationRecord|RadiationSet|RTPhysician|RTSegmentAnnotation|RTTreatmentPreparation"
    "|RTPatientPosition|TomotherapeuticRad|RoboticArm|CArmPhoton|Protocol|Template|Implant"
    "|ColorPalette|HangingProtocol|InventoryStorage|DermoscopicPhotography|Stereometric"
)
"""Storage SOP classes, by keyword, that one association has no room for beside the usual ones."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a C-MOVE or C-GET stands; ``status`` is final unless it is pending."""

    status: int
    remaining: int | None
    completed: int
    failed: int
    warning: int
    failed_uids: tuple[str, ...] = ()
    comment: str = ""


def retrieve_contexts(
    sop_class_uid: str, kinds: Sequence[tuple[str, str]] = ()
) -> list[ProposedContext]:
    """Contexts for a C-GET: the model's, and those in which we take instances as SCP.

    ``kinds`` are the SOP classes and transfer syntaxes to take as they are kept, since an acceptor
    picks one transfer syntax a context; an empty transfer syntax means the uncompressed ones,
    which are proposed for every class besides. Without ``kinds``, all SOP classes that usually
    come and fit. Raises LocalProtocolError when this makes more contexts than an association can
    carry.
    """
    contexts = [ProposedContext(sop_class_uid, UNCOMPRESSED)]
    if not kinds:
        usual = (
            uid
            for uid, (keyword, _) in STORAGE_SOP_CLASSES.items()
            if not _NOT_TAKEN_BY_DEFAULT.search(keyword)
        )
        contexts.extend(ProposedContext(uid, UNCOMPRESSED, as_scp=True) for uid in usual)
        return contexts[:MAX_CONTEXTS]
    for uid in dict.fromkeys(uid for uid, _ in kinds):
        kept = [syntax for of, syntax in kinds if of == uid and syntax]
        contexts.extend(ProposedContext(uid, (syntax,), as_scp=True) for syntax in kept)
        contexts.append(ProposedContext(uid, UNCOMPRESSED, as_scp=True))
    if len(contexts) > MAX_CONTEXTS:
        raise LocalProtocolError(
            f"{len(contexts)} presentation contexts, {MAX_CONTEXTS} fit into one association",
            hint="name the SOP classes to take, or fewer transfer syntaxes",
        )
    return contexts


async def move(
    connection: Connection,
    sop_class_uid: str,
    identifier: DataSet,
    destination: str,
    *,
    timeout: float,
) -> AsyncIterator[Progress]:
    """Ask the peer to send what ``identifier`` names to ``destination``; yields each response."""
    request = net.CMoveRQ(
        message_id=connection.next_message_id(),
        affected_sop_class_uid=sop_class_uid,
        move_destination=destination,
    )
    async for progress in _retrieve(connection, sop_class_uid, request, identifier, timeout):
        yield progress


async def get(
    connection: Connection, sop_class_uid: str, identifier: DataSet, *, timeout: float
) -> AsyncIterator[Progress]:
    """Ask the peer for what ``identifier`` names, on this association; yields each response.

    The instances come as C-STORE requests to the connection's handler, a :class:`StoreReceiver`.
    """
    request = net.CGetRQ(
        message_id=connection.next_message_id(), affected_sop_class_uid=sop_class_uid
    )
    async for progress in _retrieve(connection, sop_class_uid, request, identifier, timeout):
        yield progress


async def _retrieve(
    connection: Connection,
    sop_class_uid: str,
    request: net.CMoveRQ | net.CGetRQ,
    identifier: DataSet,
    timeout: float,
) -> AsyncIterator[Progress]:
    context = context_for(connection.negotiated, sop_class_uid)
    syntax = transfer_syntax(context.transfer_syntax)
    async for message, data in connection.request(
        context.context_id, request, encode_bytes(identifier, syntax), timeout=timeout
    ):
        assert isinstance(message, (net.CMoveRSP, net.CGetRSP))
        failed: tuple[str, ...] = ()
        if data:
            answer = read_data_set(data, syntax)
            failed = tuple(answer.values_of(_FAILED_SOP_INSTANCE_UID_LIST))
        yield Progress(
            status=message.status,
            remaining=message.number_of_remaining_suboperations,
            completed=message.number_of_completed_suboperations or 0,
            failed=message.number_of_failed_suboperations or 0,
            warning=message.number_of_warning_suboperations or 0,
            failed_uids=failed,
            comment=message.error_comment or "",
        )


class StoreReceiver:
    """The handler of a requestor that takes C-STORE sub-operations, as C-GET needs.

    ``receive`` opens a sink for each; the sink must answer the operation.
    """

    def __init__(self, receive: Callable[[Operation], MessageSink | None]) -> None:
        self._receive = receive

    def association_requested(
        self, connection: Connection, event: net.AssociationRequested
    ) -> None:
        """Never called: a requestor asks, it is not asked."""
        raise LocalProtocolError("a requestor is not asked for an association")

    def request_received(self, operation: Operation) -> MessageSink | None:
        """Pass C-STORE on, refuse anything else."""
        if isinstance(operation.message, net.CStoreRQ):
            return self._receive(operation)
        refusal = net.response_to(operation.message, 0x0211)  # Unrecognized operation
        operation.connection.run(operation, operation.respond(refusal))
        return None

    def connection_closed(self, connection: Connection) -> None:
        """Nothing to clean up here: sinks are abandoned by the connection."""
