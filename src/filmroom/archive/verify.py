"""Whether every row has its whole blob and every blob its row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from filmroom.archive.archive import Archive
from filmroom.archive.keys import Level
from filmroom.archive.query import Query
from filmroom.archive.record import InstanceLocation
from filmroom.errors import ArchiveError, ObjectDamaged, ObjectNotFound

__all__ = ["VerifyKind", "VerifyStep", "verify"]


class VerifyKind(Enum):
    """What was found of one row or blob."""

    GOOD = "good"
    MISSING = "missing"
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"
    ORPHAN = "orphan"


@dataclass(frozen=True, slots=True)
class VerifyStep:
    """One row, or one blob without a row (ORPHAN; ``sop_instance_uid`` is empty)."""

    kind: VerifyKind
    blob_key: str
    sop_instance_uid: str = ""


def verify(archive: Archive, *, digests: bool = True) -> Iterator[VerifyStep]:
    """Check every row's blob (its size, and with ``digests`` every byte), then look for orphans.

    An object that is stored meanwhile may show as an orphan for the moment before its commit.
    """
    for where in archive.index.locate(Query(Level.IMAGE)):
        yield VerifyStep(_check(archive, where, digests), where.blob_key, where.sop_instance_uid)
    for key in archive.blobs.keys():  # noqa: SIM118 - a store is no dictionary
        uid = key.rpartition("/")[2].removesuffix(".dcm").partition("~")[0]
        row = archive.index.blob_of(uid)
        if row is None or row.blob_key != key:
            yield VerifyStep(VerifyKind.ORPHAN, key)


def _check(archive: Archive, where: InstanceLocation, digests: bool) -> VerifyKind:
    try:
        with archive.open_object(where) as stored:
            if not digests:
                return VerifyKind.GOOD
            good = stored.digest() == where.digest
            return VerifyKind.GOOD if good else VerifyKind.DAMAGED
    except ObjectNotFound:
        return VerifyKind.MISSING
    except ObjectDamaged:
        return VerifyKind.DAMAGED
    except ArchiveError:
        return VerifyKind.UNREADABLE
