"""Verification SCP: C-ECHO (PS3.4 Annex A, PS3.7 §9.1.5)."""

from __future__ import annotations

from filmroom.services.service import answer
from filmroom.transport import MessageSink, Operation

__all__ = ["VerificationService"]


class VerificationService:
    """Answers every C-ECHO-RQ with success: the archive is there and talks DICOM."""

    def request_received(self, operation: Operation) -> MessageSink | None:
        """Answer at once."""
        operation.connection.run(operation, answer(operation, 0x0000))
        return None
