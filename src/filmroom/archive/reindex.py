"""The index rebuilt from the objects alone, also while the server runs.

Rows are added or renewed in small transactions, then rows are removed whose blob is gone. A blob is
never deleted here: one whose UID is kept with other bytes, or twice, is only reported.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from enum import Enum

from xxhash import xxh3_128

from filmroom.archive.archive import Archive
from filmroom.archive.incoming import identity_of
from filmroom.archive.index import AddKind, AddOutcome, OnDuplicate
from filmroom.archive.keys import Level
from filmroom.archive.query import Query
from filmroom.archive.record import WANTED_TAGS, InstanceRecord, extract
from filmroom.dicom.file import read_preamble_and_meta
from filmroom.dicom.scanner import Scanner
from filmroom.errors import FilmroomError

__all__ = ["ReindexKind", "ReindexStep", "reindex"]

_CHUNK = 1 << 20
_AT_ONCE = 256


class ReindexKind(Enum):
    """What was done about one blob or row."""

    INDEXED = "indexed"
    SURPLUS = "surplus"
    UNREADABLE = "unreadable"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class ReindexStep:
    """One blob, or one row whose blob is gone."""

    kind: ReindexKind
    blob_key: str
    error: FilmroomError | None = None


def reindex(archive: Archive) -> Iterator[ReindexStep]:
    """Bring the index in line with the blobs; a step for each blob and each removed row."""
    pending: deque[tuple[str, Future[AddOutcome]]] = deque()
    for key in archive.blobs.keys():  # noqa: SIM118 - a store is no dictionary
        try:
            record = read_record(archive, key)
        except FilmroomError as error:
            yield ReindexStep(ReindexKind.UNREADABLE, key, error)
            continue
        pending.append((key, archive.index.add(record, OnDuplicate.KEEP)))
        if len(pending) >= _AT_ONCE:
            yield _step(*pending.popleft())
    while pending:
        yield _step(*pending.popleft())
    for where in archive.index.locate(Query(Level.IMAGE)):
        if not archive.blobs.exists(where.blob_key):
            pair = (where.sop_instance_uid, where.blob_key)
            for removed in archive.index.remove([pair]).result():
                yield ReindexStep(ReindexKind.REMOVED, removed)


def _step(key: str, future: Future[AddOutcome]) -> ReindexStep:
    kind = future.result().kind
    return ReindexStep(ReindexKind.INDEXED if kind is AddKind.STORED else ReindexKind.SURPLUS, key)


def read_record(archive: Archive, key: str) -> InstanceRecord:
    """The record of a kept blob, out of its bytes alone; raises DataError, ObjectNotFound."""
    with archive.blobs.open(key) as reader:
        view = reader.view()
        meta, offset, syntax = read_preamble_and_meta(view)
        scanner = Scanner(syntax, WANTED_TAGS)
        hasher = xxh3_128()
        done = False
        for start in range(offset, reader.size, _CHUNK):
            chunk = view[start : start + _CHUNK]
            done = done or scanner.feed(chunk)
            hasher.update(chunk)
        scanner.finish()
        name, sop_class_uid = identity_of(scanner)
        return InstanceRecord(
            values=extract(scanner),
            sop_class_uid=sop_class_uid,
            sop_instance_uid=name.sop_instance_uid,
            series_instance_uid=name.series_instance_uid,
            study_instance_uid=name.study_instance_uid,
            transfer_syntax_uid=syntax.uid,
            blob_key=key,
            size=reader.size,
            data_set_offset=offset,
            digest=hasher.hexdigest(),
            source_ae=meta.text(0x00020016),
            received_at=archive.blobs.modified(key),
        )
