"""The port behind which the index lies: rows in, matches out.

One contract suite (``tests/contract/test_index.py``) runs over every backend.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from filmroom.archive.query import Query
from filmroom.archive.record import InstanceLocation, InstanceRecord

__all__ = [
    "AddKind",
    "AddOutcome",
    "AddRequest",
    "ChangeRequest",
    "Check",
    "Index",
    "IndexStats",
    "Match",
    "OnDuplicate",
    "RemoveRequest",
    "never_cancelled",
]


class OnDuplicate(Enum):
    """What to do with other bytes under a SOP Instance UID that is already kept."""

    KEEP = "keep"
    REPLACE = "replace"
    REJECT = "reject"


class AddKind(Enum):
    """What became of an added record."""

    STORED = "stored"
    SAME = "same"
    KEPT_FIRST = "kept first"
    REPLACED = "replaced"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class AddOutcome:
    """``surplus_key`` names the blob that no row needs now: the new one or the replaced one.

    ``other_patient`` tells that the study is already kept under another patient; the study stays
    with its first patient and the instance joins the study.
    """

    kind: AddKind
    surplus_key: str | None = None
    other_patient: bool = False


@dataclass(frozen=True, slots=True)
class AddRequest:
    """What :meth:`Index.add` is asked, on its way to the process that owns the index."""

    record: InstanceRecord
    on_duplicate: OnDuplicate


@dataclass(frozen=True, slots=True)
class RemoveRequest:
    """What :meth:`Index.remove` is asked, on its way to the process that owns the index."""

    instances: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Check:
    """That an object was read and held to its digest at ``verified_at``, seconds since 1970.

    ``fault`` says what was wrong, a :class:`~filmroom.archive.verify.VerifyKind`'s value; empty
    where all was well.
    """

    sop_instance_uid: str
    blob_key: str
    verified_at: float
    fault: str = ""


ChangeRequest = AddRequest | RemoveRequest
"""A change that one process asks of another."""


@dataclass(frozen=True, slots=True)
class Match:
    """One entity that matches: its texts by tag, in the shape of :class:`InstanceRecord.values`."""

    values: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class IndexStats:
    """How much is kept; ``size`` in bytes of the objects' blobs.

    ``faults`` counts the objects whose last check found them missing or damaged.
    """

    patients: int
    studies: int
    series: int
    instances: int
    size: int
    faults: int


def never_cancelled() -> bool:
    """That nobody cancels."""
    return False


class Index(Protocol):
    """Keeps rows. Safe to use from many threads."""

    def add(self, record: InstanceRecord, on_duplicate: OnDuplicate) -> Future[AddOutcome]:
        """Add a row; the future ends when it is durable.

        A row that already names this very blob is written anew (STORED), so that adding is
        idempotent. The future raises StorageFailed or OutOfResources.
        """
        ...

    def commit(self, record: InstanceRecord, on_duplicate: OnDuplicate) -> AddOutcome:
        """Add a row as :meth:`add` does and return when it is durable: one hand-over less.

        The caller's thread may commit what others have queued as well.
        """
        ...

    def remove(self, instances: Sequence[tuple[str, str]]) -> Future[tuple[str, ...]]:
        """Remove the rows of these (SOP Instance UID, blob key) where both still agree.

        Entities left empty go with them. The future gives the blob keys of the removed rows.
        """
        ...

    def find(
        self, query: Query, *, cancelled: Callable[[], bool] = never_cancelled
    ) -> Iterator[Match]:
        """Stream the matches; raises QueryFailed.

        ``cancelled`` is asked now and then, from any thread, also while nothing matches; once it
        is true OperationCancelled is raised.
        """
        ...

    def locate(self, query: Query) -> Iterator[InstanceLocation]:
        """Stream the instances that lie within what the query matches, whatever its level."""
        ...

    def has_blob(self, blob_key: str) -> bool:
        """Whether a row names this blob."""
        ...

    def blob_of(self, sop_instance_uid: str) -> InstanceLocation | None:
        """The row of one instance."""
        ...

    def stats(self) -> IndexStats:
        """Count."""
        ...

    def close(self) -> None:
        """Finish what was accepted, then close."""
        ...
