"""What is kept, as rows that answer queries."""

from filmroom.archive.index.interface import (
    AddKind,
    AddOutcome,
    Index,
    IndexStats,
    Match,
    OnDuplicate,
)
from filmroom.archive.index.relay import RelayIndex, serve_relay
from filmroom.archive.index.sqlite import SqliteIndex

__all__ = [
    "AddKind",
    "AddOutcome",
    "Index",
    "IndexStats",
    "Match",
    "OnDuplicate",
    "RelayIndex",
    "SqliteIndex",
    "serve_relay",
]
