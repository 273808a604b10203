"""How long an association waits, and for what. Data only: the shell holds the clock."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Timeouts"]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds; None waits for ever."""

    artim: float | None = 30.0
    """For an A-ASSOCIATE-RQ after connecting, and for the peer to close (PS3.8 §9.1.5)."""
    request: float | None = 30.0
    """For the answer to our A-ASSOCIATE-RQ."""
    release: float | None = 30.0
    """For the answer to our A-RELEASE-RQ."""
    stall: float | None = 60.0
    """For the next byte inside a PDU or a message."""
    idle: float | None = 600.0
    """For the next message, while no operation is outstanding."""
