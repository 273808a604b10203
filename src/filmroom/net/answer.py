"""The response that belongs to a request: its class, and what it repeats (PS3.7 §9.3, §10.3)."""

from __future__ import annotations

from typing import Any

from filmroom.net.dimse import (
    CEchoRQ,
    CEchoRSP,
    CFindRQ,
    CFindRSP,
    CGetRQ,
    CGetRSP,
    CMoveRQ,
    CMoveRSP,
    CStoreRQ,
    CStoreRSP,
    NActionRQ,
    NActionRSP,
    NCreateRQ,
    NCreateRSP,
    NDeleteRQ,
    NDeleteRSP,
    NEventReportRQ,
    NEventReportRSP,
    NGetRQ,
    NGetRSP,
    NSetRQ,
    NSetRSP,
    Request,
    Response,
)

__all__ = ["RESPONSES", "response_to"]

RESPONSES: dict[type[Request], type[Response]] = {
    CStoreRQ: CStoreRSP,
    CFindRQ: CFindRSP,
    CGetRQ: CGetRSP,
    CMoveRQ: CMoveRSP,
    CEchoRQ: CEchoRSP,
    NEventReportRQ: NEventReportRSP,
    NGetRQ: NGetRSP,
    NSetRQ: NSetRSP,
    NActionRQ: NActionRSP,
    NCreateRQ: NCreateRSP,
    NDeleteRQ: NDeleteRSP,
}
"""The response class of each request class."""

_ERROR_COMMENT_LENGTH = 64
_WITH_INSTANCE = frozenset(
    {CStoreRQ, NEventReportRQ, NGetRQ, NSetRQ, NActionRQ, NCreateRQ, NDeleteRQ}
)


def response_to(
    request: Request,
    status: int,
    *,
    comment: str = "",
    **elements: Any,
) -> Response:
    """The response to ``request`` with ``status``; ``elements`` are those of its class.

    Message ID, SOP class and SOP instance are the request's own. ``comment`` becomes the Error
    Comment (0000,0902), cut to the 64 characters that it has.
    """
    kind = type(request)
    fields: dict[str, Any] = {
        "message_id_being_responded_to": request.message_id,
        "status": status,
        "error_comment": comment.replace("\\", "/")[:_ERROR_COMMENT_LENGTH] or None,
        "affected_sop_class_uid": _either(request, "sop_class_uid"),
    }
    if kind in _WITH_INSTANCE:
        fields["affected_sop_instance_uid"] = _either(request, "sop_instance_uid")
    return RESPONSES[kind](**{**fields, **elements})


def _either(request: Request, name: str) -> str | None:
    value: str | None = getattr(request, f"affected_{name}", None)
    return value if value is not None else getattr(request, f"requested_{name}", None)
