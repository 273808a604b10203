"""Transport: the one thin asyncio shell that drives a sans-IO association over a socket.

Both sides use it: :mod:`filmroom.server` for the associations that peers open, and
:mod:`filmroom.client` for those that we open.
"""

from filmroom.transport.connection import Connection, ConnectionHandler, ReceiveBuffer
from filmroom.transport.operation import CollectingSink, MessageSink, Operation
from filmroom.transport.workload import Workload

__all__ = [
    "CollectingSink",
    "Connection",
    "ConnectionHandler",
    "MessageSink",
    "Operation",
    "ReceiveBuffer",
    "Workload",
]
