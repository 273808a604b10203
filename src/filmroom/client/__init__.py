"""Client: our side as SCU, for the command line, for C-MOVE, and for programs that use the library.

::

    async with associate(remote, local, [VERIFICATION_CONTEXT]) as connection:
        status = await echo(connection, timeout=30)
"""

from filmroom.client.association import (
    LocalEntity,
    ProposedContext,
    RemoteEntity,
    associate,
)
from filmroom.client.contexts import context_for, storage_contexts
from filmroom.client.discovery import kinds_held
from filmroom.client.query import find
from filmroom.client.retrieve import Progress, StoreReceiver, get, move, retrieve_contexts
from filmroom.client.storage import DataSetBytes, MoveOriginator, OutgoingInstance, store
from filmroom.client.verification import VERIFICATION_CONTEXT, echo

__all__ = [
    "VERIFICATION_CONTEXT",
    "DataSetBytes",
    "LocalEntity",
    "MoveOriginator",
    "OutgoingInstance",
    "Progress",
    "ProposedContext",
    "RemoteEntity",
    "StoreReceiver",
    "associate",
    "context_for",
    "echo",
    "find",
    "get",
    "kinds_held",
    "move",
    "retrieve_contexts",
    "storage_contexts",
    "store",
]
