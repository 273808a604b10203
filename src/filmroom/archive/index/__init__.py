"""What is kept, as rows that answer queries."""

from filmroom.archive.index.interface import (
    AddKind,
    AddOutcome,
    Check,
    Index,
    IndexStats,
    Match,
    OnDuplicate,
    never_cancelled,
)
from filmroom.archive.index.relay import RelayIndex, serve_relay
from filmroom.archive.index.sqlite import SqliteIndex
from filmroom.archive.index.writer import set_aside

__all__ = [
    "AddKind",
    "AddOutcome",
    "Check",
    "Index",
    "IndexStats",
    "Match",
    "OnDuplicate",
    "RelayIndex",
    "SqliteIndex",
    "never_cancelled",
    "serve_relay",
    "set_aside",
]
