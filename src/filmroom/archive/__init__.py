"""The archive: ingest, find, open, delete. The PACS as a library, without a network."""

from filmroom.archive.archive import Archive, StoredObject
from filmroom.archive.events import InstancesDeleted, InstanceStored
from filmroom.archive.incoming import Incoming, StoreOutcome
from filmroom.archive.index import AddKind, IndexStats, OnDuplicate
from filmroom.archive.keys import Level
from filmroom.archive.query import Query, Root
from filmroom.archive.record import InstanceLocation

__all__ = [
    "AddKind",
    "Archive",
    "Incoming",
    "IndexStats",
    "InstanceLocation",
    "InstanceStored",
    "InstancesDeleted",
    "Level",
    "OnDuplicate",
    "Query",
    "Root",
    "StoreOutcome",
    "StoredObject",
]
