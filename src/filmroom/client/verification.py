"""Verification SCU: C-ECHO (PS3.4 Annex A)."""

from __future__ import annotations

from filmroom import net
from filmroom.client.association import ProposedContext
from filmroom.client.contexts import context_for
from filmroom.dicom import ImplicitVRLittleEndian
from filmroom.transport import Connection

__all__ = ["VERIFICATION", "VERIFICATION_CONTEXT", "echo"]

VERIFICATION = "1.2.840.10008.1.1"
VERIFICATION_CONTEXT = ProposedContext(VERIFICATION, (ImplicitVRLittleEndian.uid,))


async def echo(connection: Connection, *, timeout: float) -> int:
    """Send C-ECHO-RQ and return the status, 0 for success."""
    context = context_for(connection.negotiated, VERIFICATION)
    request = net.CEchoRQ(message_id=connection.next_message_id())
    response = await connection.request_one(context.context_id, request, timeout=timeout)
    return response.message.status
