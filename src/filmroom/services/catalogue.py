"""Which SOP class is served by what, and which presentation contexts are accepted for it.

One row an abstract syntax: :meth:`ServiceCatalogue.policies` goes to the negotiation,
:meth:`ServiceCatalogue.service_for` finds the service of a request.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

from filmroom import net
from filmroom.archive import Archive
from filmroom.client import LocalEntity
from filmroom.config import Settings
from filmroom.dicom import (
    STORAGE_SOP_CLASSES,
    TRANSFER_SYNTAXES,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)
from filmroom.services.find import FindService
from filmroom.services.models import QUERY_MODELS, QueryService
from filmroom.services.retrieve import GetService, MoveService
from filmroom.services.service import Service
from filmroom.services.storage import StorageService
from filmroom.services.verification import VerificationService

__all__ = ["ServiceCatalogue"]

VERIFICATION = "1.2.840.10008.1.1"
_DATA_SYNTAXES = frozenset(TRANSFER_SYNTAXES)
_IDENTIFIER_SYNTAXES = frozenset(
    syntax.uid
    for syntax in (
        ImplicitVRLittleEndian,
        ExplicitVRLittleEndian,
        ExplicitVRBigEndian,
        DeflatedExplicitVRLittleEndian,
    )
)


_EXTENSION = net.QueryRetrieveExtension(relational=True, combined_datetime=True)
_QUERY_POLICIES = {
    service: net.AbstractSyntaxPolicy(
        transfer_syntaxes=_IDENTIFIER_SYNTAXES,
        extended_answer=(
            _EXTENSION.answer_find if service is QueryService.FIND else _EXTENSION.answer_retrieve
        ),
    )
    for service in QueryService
}


@dataclass(frozen=True, slots=True)
class _Row:
    requests: type[net.Request]
    service: Service
    policy: net.AbstractSyntaxPolicy


class ServiceCatalogue:
    """The services of one archive, under one set of settings."""

    def __init__(self, archive: Archive, settings: Settings, executor: Executor) -> None:
        local = LocalEntity.from_settings(settings)
        relational = settings.relational_queries
        retrieval: Mapping[QueryService, tuple[type[net.Request], Service]] = {
            QueryService.FIND: (
                net.CFindRQ,
                FindService(
                    archive,
                    executor,
                    aet=settings.aet,
                    max_matches=settings.max_matches,
                    relational=relational,
                ),
            ),
            QueryService.MOVE: (
                net.CMoveRQ,
                MoveService(archive, executor, local, settings.destinations, relational=relational),
            ),
            QueryService.GET: (
                net.CGetRQ,
                GetService(archive, executor, local, relational=relational),
            ),
        }
        self._storage = _Row(
            net.CStoreRQ,
            StorageService(archive),
            net.AbstractSyntaxPolicy(
                transfer_syntaxes=_DATA_SYNTAXES,
                requestor_may_be_scp=True,
                extended_answer=net.StorageExtension().answer,
            ),
        )
        self._takes_unknown = settings.unknown_sop_classes
        self._rows: dict[str, _Row] = {
            VERIFICATION: _Row(
                net.CEchoRQ,
                VerificationService(),
                net.AbstractSyntaxPolicy(transfer_syntaxes=_IDENTIFIER_SYNTAXES),
            ),
            **dict.fromkeys(STORAGE_SOP_CLASSES, self._storage),
            **{
                uid: _Row(*retrieval[model.service], _QUERY_POLICIES[model.service])
                for uid, model in QUERY_MODELS.items()
            },
        }

    def policies(self) -> Mapping[str, net.AbstractSyntaxPolicy]:
        """How contexts of each abstract syntax are accepted."""
        return {uid: row.policy for uid, row in self._rows.items()}

    def policy_for_unknown(self, abstract_syntax: str) -> net.AbstractSyntaxPolicy | None:
        """How a context is accepted whose abstract syntax has no row: as storage, by setting."""
        return self._storage.policy if self._takes_unknown else None

    def service_for(self, request: net.Request, abstract_syntax: str) -> Service | None:
        """The service that ``request`` in a context of ``abstract_syntax`` is for, or None."""
        row = self._rows.get(abstract_syntax, self._storage)
        return row.service if isinstance(request, row.requests) else None
