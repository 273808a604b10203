"""Whether every row has its whole blob and every blob its row."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from xxhash import xxh3_128

from filmroom.archive.archive import Archive
from filmroom.archive.index import Check, SqliteIndex
from filmroom.archive.keys import Level
from filmroom.archive.query import Query
from filmroom.archive.record import InstanceLocation
from filmroom.errors import ArchiveError, ObjectNotFound, OutOfResources

__all__ = ["VerifyKind", "VerifyStep", "check", "verify"]

_CHUNK = 1 << 20
_RECORDED_AT_ONCE = 256


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


def verify(
    archive: Archive, *, digests: bool = True, pace: Callable[[int], object] | None = None
) -> Iterator[VerifyStep]:
    """Check every row's blob (its size, and with ``digests`` every byte), then look for orphans.

    An object that is stored meanwhile may show as an orphan for the moment before its commit. What
    was read to its end counts as its check, so that the background does not read it again soon.
    ``pace`` is called with the size of each piece before it is read.
    """
    checks: list[Check] = []
    for where in archive.index.locate(Query(Level.IMAGE)):
        try:
            kind = check(archive, where, digests=digests, pace=pace)
        except OutOfResources:
            yield VerifyStep(VerifyKind.UNREADABLE, where.blob_key, where.sop_instance_uid)
            continue
        yield VerifyStep(kind, where.blob_key, where.sop_instance_uid)
        if digests:
            fault = "" if kind is VerifyKind.GOOD else kind.value
            checks.append(Check(where.sop_instance_uid, where.blob_key, time.time(), fault))
            if len(checks) >= _RECORDED_AT_ONCE:
                _record(archive, checks)
                checks = []
    _record(archive, checks)
    for key in archive.blobs.keys():  # noqa: SIM118 - a store is no dictionary
        uid = key.rpartition("/")[2].removesuffix(".dcm").partition("~")[0]
        row = archive.index.blob_of(uid)
        if row is None or row.blob_key != key:
            yield VerifyStep(VerifyKind.ORPHAN, key)


def _record(archive: Archive, checks: list[Check]) -> None:
    if checks and isinstance(archive.index, SqliteIndex):
        # The finding stands, whether it can be written down or not (a full disk, for instance).
        with suppress(ArchiveError):
            archive.index.record_checks(checks).result()


def check(
    archive: Archive,
    where: InstanceLocation,
    *,
    digests: bool = True,
    pace: Callable[[int], object] | None = None,
) -> VerifyKind:
    """Hold one object against its row; see :func:`verify`.

    Read, never mapped: where a disk cannot give a page, a mapping would end the process. Raises
    OutOfResources, which says nothing about the object.
    """
    try:
        with archive.blobs.open(where.blob_key) as reader:
            if reader.size != where.size:
                return VerifyKind.DAMAGED
            hasher = xxh3_128()
            for offset in range(where.data_set_offset, reader.size if digests else 0, _CHUNK):
                if pace is not None:
                    pace(min(_CHUNK, reader.size - offset))
                hasher.update(reader.read(offset, _CHUNK))
            good = not digests or hasher.hexdigest() == where.digest
            return VerifyKind.GOOD if good else VerifyKind.DAMAGED
    except ObjectNotFound:
        return VerifyKind.MISSING
    except OutOfResources:
        raise
    except ArchiveError:
        return VerifyKind.UNREADABLE
