"""A defect that was tolerated: what reading leniently reports instead of raising.

Like the errors, an issue names tags, offsets and lengths only, never patient data.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Issue"]


@dataclass(frozen=True, slots=True)
class Issue:
    """One tolerated defect: ``offset`` counts bytes from the start of the buffer that was read."""

    tag: int | None
    offset: int | None
    message: str

    def __str__(self) -> str:
        tag = "" if self.tag is None else f" at ({self.tag >> 16:04X},{self.tag & 0xFFFF:04X})"
        offset = "" if self.offset is None else f" at byte {self.offset}"
        return f"{self.message}{tag}{offset}"
