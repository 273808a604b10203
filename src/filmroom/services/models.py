"""The Query/Retrieve information models, by SOP class (PS3.4 §C.6, Annex C.3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from filmroom import net
from filmroom.archive import Root
from filmroom.transport import Operation

__all__ = ["QUERY_MODELS", "QueryModel", "QueryService", "negotiated_extensions"]


class QueryService(Enum):
    """The DIMSE service that a Query/Retrieve SOP class is for."""

    FIND = "C-FIND"
    MOVE = "C-MOVE"
    GET = "C-GET"


@dataclass(frozen=True, slots=True)
class QueryModel:
    """One Query/Retrieve SOP class."""

    root: Root
    service: QueryService


QUERY_MODELS: dict[str, QueryModel] = {
    "1.2.840.10008.5.1.4.1.2.1.1": QueryModel(Root.PATIENT, QueryService.FIND),
    "1.2.840.10008.5.1.4.1.2.1.2": QueryModel(Root.PATIENT, QueryService.MOVE),
    "1.2.840.10008.5.1.4.1.2.1.3": QueryModel(Root.PATIENT, QueryService.GET),
    "1.2.840.10008.5.1.4.1.2.2.1": QueryModel(Root.STUDY, QueryService.FIND),
    "1.2.840.10008.5.1.4.1.2.2.2": QueryModel(Root.STUDY, QueryService.MOVE),
    "1.2.840.10008.5.1.4.1.2.2.3": QueryModel(Root.STUDY, QueryService.GET),
}
"""Patient Root and Study Root (PS3.4 Table C.6.1-1 ff., UIDs of PS3.6 Annex A)."""


def negotiated_extensions(operation: Operation) -> net.QueryRetrieveExtension:
    """What was negotiated for the SOP class of ``operation`` (PS3.4 §C.5)."""
    uid = operation.context.abstract_syntax
    information = operation.connection.negotiated.extended.get(uid, b"")
    if QUERY_MODELS[uid].service is QueryService.FIND:
        return net.QueryRetrieveExtension.decode_find(information)
    return net.QueryRetrieveExtension.decode_retrieve(information)
