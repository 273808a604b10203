"""The numbers with which an association is refused or ended.

PS3.8 Table 9-21 (A-ASSOCIATE-RJ), Table 9-26 (A-ABORT), Table 9-18 (presentation context result).
"""

from __future__ import annotations

from enum import IntEnum

__all__ = [
    "ABORT_REASONS",
    "REJECT_REASONS",
    "AbortReason",
    "AbortSource",
    "ContextResult",
    "RejectResult",
    "RejectSource",
    "describe_abort",
    "describe_rejection",
]


class AbortSource(IntEnum):
    """Who aborts (PS3.8 Table 9-26)."""

    SERVICE_USER = 0
    SERVICE_PROVIDER = 2


class AbortReason(IntEnum):
    """Why the service provider aborts; 0 where the service user does (PS3.8 Table 9-26)."""

    NOT_SPECIFIED = 0
    UNRECOGNIZED_PDU = 1
    UNEXPECTED_PDU = 2
    UNRECOGNIZED_PDU_PARAMETER = 4
    UNEXPECTED_PDU_PARAMETER = 5
    INVALID_PDU_PARAMETER_VALUE = 6


class RejectResult(IntEnum):
    """Whether trying again may help (PS3.8 Table 9-21)."""

    PERMANENT = 1
    TRANSIENT = 2


class RejectSource(IntEnum):
    """Who rejects (PS3.8 Table 9-21)."""

    SERVICE_USER = 1
    SERVICE_PROVIDER_ACSE = 2
    SERVICE_PROVIDER_PRESENTATION = 3


class ContextResult(IntEnum):
    """The answer to one proposed presentation context (PS3.8 Table 9-18)."""

    ACCEPTANCE = 0
    USER_REJECTION = 1
    NO_REASON = 2
    ABSTRACT_SYNTAX_NOT_SUPPORTED = 3
    TRANSFER_SYNTAXES_NOT_SUPPORTED = 4


ABORT_REASONS: dict[int, str] = {
    0: "reason not specified",
    1: "unrecognized PDU",
    2: "unexpected PDU",
    4: "unrecognized PDU parameter",
    5: "unexpected PDU parameter",
    6: "invalid PDU parameter value",
}
"""PS3.8 Table 9-26, reason/diagnostic of the service provider; 3 is reserved."""

REJECT_REASONS: dict[tuple[int, int], str] = {
    (1, 1): "no reason given",
    (1, 2): "application context name not supported",
    (1, 3): "calling AE title not recognized",
    (1, 7): "called AE title not recognized",
    (2, 1): "no reason given",
    (2, 2): "protocol version not supported",
    (3, 1): "temporary congestion",
    (3, 2): "local limit exceeded",
}
"""PS3.8 Table 9-21: (source, reason) and its meaning; other reasons are reserved."""


def describe_abort(source: int, reason: int) -> str:
    """Source and reason of an A-ABORT in the standard's words."""
    if source == AbortSource.SERVICE_USER:
        return "aborted by the service user"
    return f"aborted by the service provider: {ABORT_REASONS.get(reason, f'reason {reason}')}"


def describe_rejection(result: int, source: int, reason: int) -> str:
    """Result, source and reason of an A-ASSOCIATE-RJ in the standard's words."""
    kind = {1: "permanently", 2: "for now"}.get(result, f"with result {result}")
    why = REJECT_REASONS.get((source, reason), f"source {source}, reason {reason}")
    return f"rejected {kind}: {why}"
