"""The DIMSE messages, one frozen value each, with the table of their elements.

PS3.7 §9.3 (DIMSE-C), §10.3 (DIMSE-N), Annex C (status elements), Annex E (command dictionary).
Field names are the command dictionary's keywords. In :data:`MESSAGES` an element is required where
§9.3 or §10.3 prints no usage note; :mod:`filmroom.net.command` turns messages into bytes and back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

__all__ = [
    "MESSAGES",
    "CCancelRQ",
    "CEchoRQ",
    "CEchoRSP",
    "CFindRQ",
    "CFindRSP",
    "CGetRQ",
    "CGetRSP",
    "CMoveRQ",
    "CMoveRSP",
    "CStoreRQ",
    "CStoreRSP",
    "DataSetUse",
    "Layout",
    "Message",
    "NActionRQ",
    "NActionRSP",
    "NCreateRQ",
    "NCreateRSP",
    "NDeleteRQ",
    "NDeleteRSP",
    "NEventReportRQ",
    "NEventReportRSP",
    "NGetRQ",
    "NGetRSP",
    "NSetRQ",
    "NSetRSP",
    "Request",
    "Response",
]


class DataSetUse(Enum):
    """Whether a data set follows the command."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Layout:
    """One message of the table: its elements beside command field and data set type."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    data_set: DataSetUse


@dataclass(frozen=True, slots=True, kw_only=True)
class CStoreRQ:
    """C-STORE-RQ (PS3.7 §9.3.1.1)."""

    COMMAND_FIELD: ClassVar[int] = 0x0001
    message_id: int
    affected_sop_class_uid: str
    affected_sop_instance_uid: str
    priority: int = 0
    move_originator_ae_title: str | None = None
    move_originator_message_id: int | None = None
    has_data_set: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CFindRQ:
    """C-FIND-RQ (PS3.7 §9.3.2.1)."""

    COMMAND_FIELD: ClassVar[int] = 0x0020
    message_id: int
    affected_sop_class_uid: str
    priority: int = 0
    has_data_set: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CGetRQ:
    """C-GET-RQ (PS3.7 §9.3.3.1)."""

    COMMAND_FIELD: ClassVar[int] = 0x0010
    message_id: int
    affected_sop_class_uid: str
    priority: int = 0
    has_data_set: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CMoveRQ:
    """C-MOVE-RQ (PS3.7 §9.3.4.1)."""

    COMMAND_FIELD: ClassVar[int] = 0x0021
    message_id: int
    affected_sop_class_uid: str
    move_destination: str
    priority: int = 0
    has_data_set: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CEchoRQ:
    """C-ECHO-RQ (PS3.7 §9.3.5.1)."""

    COMMAND_FIELD: ClassVar[int] = 0x0030
    message_id: int
    affected_sop_class_uid: str = "1.2.840.10008.1.1"
    has_data_set: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CCancelRQ:
    """C-CANCEL-RQ: ends a C-FIND, C-GET or C-MOVE (PS3.7 §9.3.2.3, §9.3.3.3, §9.3.4.3)."""

    COMMAND_FIELD: ClassVar[int] = 0x0FFF
    message_id_being_responded_to: int
    has_data_set: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NEventReportRQ:
    """N-EVENT-REPORT-RQ (PS3.7 §10.3.1.1)."""

    COMMAND_FIELD: ClassVar[int] = 0x0100
    message_id: int
    affected_sop_class_uid: str
    affected_sop_instance_uid: str
    event_type_id: int
    has_data_set: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NGetRQ:
    """N-GET-RQ (PS3.7 §10.3.2.1)."""

    COMMAND_FIELD: ClassVar[int] = 0x0110
    message_id: int
    requested_sop_class_uid: str
    requested_sop_instance_uid: str
    attribute_identifier_list: tuple[int, ...] | None = None
    has_data_set: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NSetRQ:
    """N-SET-RQ (PS3.7 §10.3.3.1)."""

    COMMAND_FIELD: ClassVar[int] = 0x0120
    message_id: int
    requested_sop_class_uid: str
    requested_sop_instance_uid: str
    has_data_set: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NActionRQ:
    """N-ACTION-RQ (PS3.7 §10.3.4.1)."""

    COMMAND_FIELD: ClassVar[int] = 0x0130
    message_id: int
    requested_sop_class_uid: str
    requested_sop_instance_uid: str
    action_type_id: int
    has_data_set: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NCreateRQ:
    """N-CREATE-RQ (PS3.7 §10.3.5.1)."""

    COMMAND_FIELD: ClassVar[int] = 0x0140
    message_id: int
    affected_sop_class_uid: str
    affected_sop_instance_uid: str | None = None
    has_data_set: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NDeleteRQ:
    """N-DELETE-RQ (PS3.7 §10.3.6.1)."""

    COMMAND_FIELD: ClassVar[int] = 0x0150
    message_id: int
    requested_sop_class_uid: str
    requested_sop_instance_uid: str
    has_data_set: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Response:
    """What every response has, and the elements that explain its status (PS3.7 Annex C)."""

    message_id_being_responded_to: int
    status: int
    affected_sop_class_uid: str | None = None
    offending_elements: tuple[int, ...] | None = None
    error_comment: str | None = None
    error_id: int | None = None
    has_data_set: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CStoreRSP(_Response):
    """C-STORE-RSP (PS3.7 §9.3.1.2)."""

    COMMAND_FIELD: ClassVar[int] = 0x8001
    affected_sop_instance_uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CFindRSP(_Response):
    """C-FIND-RSP: carries an identifier while pending (PS3.7 §9.3.2.2)."""

    COMMAND_FIELD: ClassVar[int] = 0x8020


@dataclass(frozen=True, slots=True, kw_only=True)
class CGetRSP(_Response):
    """C-GET-RSP with the counters of sub-operations (PS3.7 §9.3.3.2)."""

    COMMAND_FIELD: ClassVar[int] = 0x8010
    number_of_remaining_suboperations: int | None = None
    number_of_completed_suboperations: int | None = None
    number_of_failed_suboperations: int | None = None
    number_of_warning_suboperations: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CMoveRSP(_Response):
    """C-MOVE-RSP with the counters of sub-operations (PS3.7 §9.3.4.2)."""

    COMMAND_FIELD: ClassVar[int] = 0x8021
    number_of_remaining_suboperations: int | None = None
    number_of_completed_suboperations: int | None = None
    number_of_failed_suboperations: int | None = None
    number_of_warning_suboperations: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CEchoRSP(_Response):
    """C-ECHO-RSP (PS3.7 §9.3.5.2)."""

    COMMAND_FIELD: ClassVar[int] = 0x8030


@dataclass(frozen=True, slots=True, kw_only=True)
class NEventReportRSP(_Response):
    """N-EVENT-REPORT-RSP (PS3.7 §10.3.1.2)."""

    COMMAND_FIELD: ClassVar[int] = 0x8100
    affected_sop_instance_uid: str | None = None
    event_type_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NGetRSP(_Response):
    """N-GET-RSP (PS3.7 §10.3.2.2)."""

    COMMAND_FIELD: ClassVar[int] = 0x8110
    affected_sop_instance_uid: str | None = None
    attribute_identifier_list: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NSetRSP(_Response):
    """N-SET-RSP (PS3.7 §10.3.3.2)."""

    COMMAND_FIELD: ClassVar[int] = 0x8120
    affected_sop_instance_uid: str | None = None
    attribute_identifier_list: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NActionRSP(_Response):
    """N-ACTION-RSP (PS3.7 §10.3.4.2)."""

    COMMAND_FIELD: ClassVar[int] = 0x8130
    affected_sop_instance_uid: str | None = None
    action_type_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NCreateRSP(_Response):
    """N-CREATE-RSP (PS3.7 §10.3.5.2)."""

    COMMAND_FIELD: ClassVar[int] = 0x8140
    affected_sop_instance_uid: str | None = None
    attribute_identifier_list: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NDeleteRSP(_Response):
    """N-DELETE-RSP (PS3.7 §10.3.6.2)."""

    COMMAND_FIELD: ClassVar[int] = 0x8150
    affected_sop_instance_uid: str | None = None


Request = (
    CStoreRQ
    | CFindRQ
    | CGetRQ
    | CMoveRQ
    | CEchoRQ
    | NEventReportRQ
    | NGetRQ
    | NSetRQ
    | NActionRQ
    | NCreateRQ
    | NDeleteRQ
)
"""The messages that ask for a response."""

Response = (
    CStoreRSP
    | CFindRSP
    | CGetRSP
    | CMoveRSP
    | CEchoRSP
    | NEventReportRSP
    | NGetRSP
    | NSetRSP
    | NActionRSP
    | NCreateRSP
    | NDeleteRSP
)
"""The messages that answer."""

Message = Request | Response | CCancelRQ
"""Any DIMSE message."""

_STATUS = ("offending_elements", "error_comment", "error_id")
_COUNTERS = (
    "number_of_remaining_suboperations",
    "number_of_completed_suboperations",
    "number_of_failed_suboperations",
    "number_of_warning_suboperations",
)


def _request(data_set: DataSetUse, *required: str, optional: tuple[str, ...] = ()) -> Layout:
    return Layout(("message_id", *required), optional, data_set)


def _response(data_set: DataSetUse, *optional: str) -> Layout:
    return Layout(
        ("message_id_being_responded_to", "status"),
        ("affected_sop_class_uid", *optional, *_STATUS),
        data_set,
    )


_REQUIRED, _OPTIONAL, _NONE = DataSetUse.REQUIRED, DataSetUse.OPTIONAL, DataSetUse.NONE
_CLASS, _INSTANCE = "affected_sop_class_uid", "affected_sop_instance_uid"
_REQUESTED = ("requested_sop_class_uid", "requested_sop_instance_uid")

MESSAGES: dict[type[Message], Layout] = {
    CStoreRQ: _request(
        _REQUIRED,
        _CLASS,
        "priority",
        _INSTANCE,
        optional=("move_originator_ae_title", "move_originator_message_id"),
    ),
    CStoreRSP: _response(_NONE, _INSTANCE),
    CFindRQ: _request(_REQUIRED, _CLASS, "priority"),
    CFindRSP: _response(_OPTIONAL),
    CGetRQ: _request(_REQUIRED, _CLASS, "priority"),
    CGetRSP: _response(_OPTIONAL, *_COUNTERS),
    CMoveRQ: _request(_REQUIRED, _CLASS, "priority", "move_destination"),
    CMoveRSP: _response(_OPTIONAL, *_COUNTERS),
    CEchoRQ: _request(_NONE, _CLASS),
    CEchoRSP: _response(_NONE),
    CCancelRQ: Layout(("message_id_being_responded_to",), (), _NONE),
    NEventReportRQ: _request(_OPTIONAL, _CLASS, _INSTANCE, "event_type_id"),
    NEventReportRSP: _response(_OPTIONAL, _INSTANCE, "event_type_id"),
    NGetRQ: _request(_NONE, *_REQUESTED, optional=("attribute_identifier_list",)),
    NGetRSP: _response(_OPTIONAL, _INSTANCE, "attribute_identifier_list"),
    NSetRQ: _request(_REQUIRED, *_REQUESTED),
    NSetRSP: _response(_OPTIONAL, _INSTANCE, "attribute_identifier_list"),
    NActionRQ: _request(_OPTIONAL, *_REQUESTED, "action_type_id"),
    NActionRSP: _response(_OPTIONAL, _INSTANCE, "action_type_id"),
    NCreateRQ: _request(_OPTIONAL, _CLASS, optional=(_INSTANCE,)),
    NCreateRSP: _response(_OPTIONAL, _INSTANCE, "attribute_identifier_list"),
    NDeleteRQ: _request(_NONE, *_REQUESTED),
    NDeleteRSP: _response(_NONE, _INSTANCE),
}
"""Every message and its elements (PS3.7 Tables 9.3-1 to 9.3-13, 10.3-1 to 10.3-12)."""
