# ruff: noqa: S608 - table and column names are our own, values are always parameters
"""The index on an embedded SQLite file: WAL, one writer, readers on connections of their own."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filmroom.archive.identifier import RESPONSE_TAGS
from filmroom.archive.index import changes, schema
from filmroom.archive.index.interface import (
    AddOutcome,
    AddRequest,
    ChangeRequest,
    Check,
    IndexStats,
    Match,
    OnDuplicate,
    never_cancelled,
)
from filmroom.archive.index.matching import any_value_matches, clause, levels_of
from filmroom.archive.index.snapshot import copy_index
from filmroom.archive.index.writer import Change, Writer, failure, inode_of, is_broken
from filmroom.archive.keys import BY_TAG, Level
from filmroom.archive.query import Query
from filmroom.archive.record import InstanceLocation, InstanceRecord
from filmroom.errors import OperationCancelled, QueryFailed, StorageFailed

__all__ = ["SqliteIndex", "SqliteReader"]

_BUSY_SECONDS = 30.0
_ROWS_AT_ONCE = 100
_IDLE_READERS = 16
_STEPS_BETWEEN_QUESTIONS = 100_000
"""Instructions of SQLite's virtual machine, about a millisecond."""

_COMPUTED = {
    0x00201200: "patient.studies",
    0x00201202: "(SELECT sum(s.series) FROM study s WHERE s.patient_pk = patient.patient_pk)",
    0x00201204: "(SELECT sum(s.instances) FROM study s WHERE s.patient_pk = patient.patient_pk)",
    0x00201206: "study.series",
    0x00201208: "study.instances",
    0x00201209: "series.instances",
}

_JOINS = {
    Level.STUDY: "JOIN study ON study.study_pk = series.study_pk",
    Level.PATIENT: "JOIN patient ON patient.patient_pk = study.patient_pk",
    Level.SERIES: "JOIN series ON series.series_pk = instance.series_pk",
}

_LOCATION = (
    "instance.sop_class_uid, instance.sop_instance_uid, study.study_instance_uid,"
    " series.series_instance_uid, instance.available_transfer_syntax_uid, instance.blob_key,"
    " instance.size, instance.data_set_offset, instance.digest"
)


class SqliteReader:
    """Answers queries, each on a connection of its own; safe to use from many threads."""

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        """Of a file that exists; nothing is opened before the first query."""
        self._path = str(path)
        self._durable = durable
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._inode = 0
        self._closed = False

    def find(
        self, query: Query, *, cancelled: Callable[[], bool] = never_cancelled
    ) -> Iterator[Match]:
        """Stream from a cursor, on a reader connection that the iterator holds until its end."""
        tags = tuple(dict.fromkeys((*query.unique_keys, *query.returns)))
        tags = tuple(tag for tag in tags if tag not in RESPONSE_TAGS)
        top = min((BY_TAG[tag].level for tag in tags), default=query.level)
        sql, parameters = _select(query, ", ".join(map(_expression, tags)), query.level, top)
        if query.limit is not None or query.offset:
            sql += " LIMIT ? OFFSET ?"
            parameters += [-1 if query.limit is None else query.limit, query.offset]
        for row in self._rows(sql, parameters, cancelled):
            values = {tag: str(text) for tag, text in zip(tags, row, strict=True) if text != ""}
            yield Match(values)

    def locate(self, query: Query) -> Iterator[InstanceLocation]:
        """Stream the instances below what matches, series by series."""
        sql, parameters = _select(query, _LOCATION, Level.IMAGE, Level.STUDY)
        for row in self._rows(sql, parameters):
            yield InstanceLocation(*row)

    def has_blob(self, blob_key: str) -> bool:
        """By the SOP Instance UID that the key names, which has an index of its own."""
        uid = blob_key.rpartition("/")[2].removesuffix(".dcm").partition("~")[0]
        where = self.blob_of(uid)
        return where is not None and where.blob_key == blob_key

    def blob_of(self, sop_instance_uid: str) -> InstanceLocation | None:
        """By the unique SOP Instance UID."""
        query = Query.build(Level.IMAGE, {0x00080018: sop_instance_uid})
        return next(iter(list(self.locate(query))), None)

    def due_for_check(self, before: float, limit: int) -> list[InstanceLocation]:
        """At most ``limit`` instances received and checked before that time, the oldest first."""
        when = "coalesce(verified_at, received_at)"
        sql = (
            f"SELECT {_LOCATION} FROM instance {_JOINS[Level.SERIES]} {_JOINS[Level.STUDY]}"
            f" WHERE {when} < ? ORDER BY {when} LIMIT ?"
        )
        return [InstanceLocation(*row) for row in self._rows(sql, [before, limit])]

    def stats(self) -> IndexStats:
        """Count rows."""
        counts = ", ".join(f"(SELECT count(*) FROM {level.table})" for level in Level)
        size = "(SELECT coalesce(sum(size), 0) FROM instance)"
        faults = "(SELECT count(*) FROM instance WHERE fault > '')"
        sql = f"SELECT {counts}, {size}, {faults}"
        return IndexStats(*next(iter(list(self._rows(sql, [])))))

    def snapshot(self, target: Path) -> None:
        """Write the index as it is at this moment to the file ``target``; writers go on.

        Raises StorageFailed, OutOfResources, QueryFailed.
        """
        try:
            with self._reader() as connection:
                is_sound = copy_index(connection, target)
        except sqlite3.Error as error:
            raise failure(error, "cannot copy the index") from error
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise StorageFailed(f"cannot copy the index: {reason}") from error
        if not is_sound:
            hint = "make it anew: filmroom reindex --rebuild"
            raise StorageFailed("the index is damaged", hint=hint)

    def close(self) -> None:
        """Close every connection that is not in use; the others as they end."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _rows(
        self,
        sql: str,
        parameters: Sequence[object],
        cancelled: Callable[[], bool] = never_cancelled,
    ) -> Iterator[tuple[Any, ...]]:
        try:
            with self._reader() as connection:
                # A true answer interrupts the statement, however little of it matches.
                connection.set_progress_handler(cancelled, _STEPS_BETWEEN_QUESTIONS)
                cursor = connection.execute(sql, parameters)
                try:
                    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                        yield from rows
                finally:
                    connection.set_progress_handler(None, 0)
                    cursor.close()
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
                raise OperationCancelled("the query was cancelled") from None
            name = getattr(error, "sqlite_errorname", type(error).__name__)
            hint = "make it anew: filmroom reindex --rebuild" if is_broken(error) else ""
            raise QueryFailed(f"the index cannot answer: {name}", hint=hint) from error

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        inode = inode_of(self._path)
        with self._lock:
            if self._closed:
                raise QueryFailed("the index is closed")
            if inode != self._inode:
                # The file was removed or replaced: what is open reads one that nobody sees.
                stale, self._idle, self._inode = self._idle, [], inode
            else:
                stale = []
            connection = self._idle.pop() if self._idle else None
        for old in stale:
            old.close()
        if connection is None:
            connection = self._connect()
            connection.execute("PRAGMA query_only = ON")
        try:
            yield connection
        finally:
            with self._lock:
                keep = not self._closed and len(self._idle) < _IDLE_READERS and inode == self._inode
                if keep:
                    self._idle.append(connection)
            if not keep:
                connection.close()

    def _connect(self, *, make: bool = False) -> sqlite3.Connection:
        """A connection; only ``make`` makes the file where it is not."""
        connection = sqlite3.connect(
            f"{Path(self._path).absolute().as_uri()}?mode={'rwc' if make else 'rw'}",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'OFF'}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -16000")
        connection.create_function("any_value_matches", 3, any_value_matches, deterministic=True)
        return connection


class SqliteIndex(SqliteReader):
    """See :class:`filmroom.archive.index.interface.Index`."""

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        """Open or make the file; raises StorageFailed for one that is damaged or not ours.

        ``durable=False`` lets the operating system decide when commits reach the disk.
        """
        super().__init__(path, durable=durable)
        try:
            connection = self._open()
        except sqlite3.Error as error:
            raise failure(error, "cannot open the index") from error
        self._writer = Writer(connection, self._path, self._open)

    def _open(self) -> sqlite3.Connection:
        """A connection to write with, to a file that has its tables."""
        connection = self._connect(make=True)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            schema.ensure(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def add(self, record: InstanceRecord, on_duplicate: OnDuplicate) -> Future[AddOutcome]:
        """Queue the row for the next commit."""
        return self._writer.submit(lambda c: changes.add(c, record, on_duplicate))

    def commit(self, record: InstanceRecord, on_duplicate: OnDuplicate) -> AddOutcome:
        """Commit the row, and what else is queued, in this thread."""
        outcome: AddOutcome = self._writer.run(lambda c: changes.add(c, record, on_duplicate))
        return outcome

    def remove(self, instances: Sequence[tuple[str, str]]) -> Future[tuple[str, ...]]:
        """Queue the removal; all of ``instances`` go in one transaction."""
        return self._writer.submit(lambda c: changes.remove(c, instances))

    def record_checks(self, checks: Sequence[Check]) -> Future[None]:
        """Queue what checks found; all of ``checks`` go in one transaction."""
        return self._writer.submit(lambda c: changes.record_checks(c, checks))

    def apply(self, requests: Sequence[ChangeRequest]) -> list[Future[Any]]:
        """Commit the changes of another process in this thread; the futures are done."""
        return self._writer.run_many([_change(request) for request in requests])

    def close(self) -> None:
        """Commit what is queued and close every connection that is not in use."""
        self._writer.close()
        super().close()


def _change(request: ChangeRequest) -> Change:
    if isinstance(request, AddRequest):
        return lambda c: changes.add(c, request.record, request.on_duplicate)
    return lambda c: changes.remove(c, request.instances)


def _expression(tag: int) -> str:
    attribute = BY_TAG[tag]
    return _COMPUTED.get(tag, f"{attribute.level.table}.{attribute.column}")


def _select(query: Query, what: str, level: Level, top: Level) -> tuple[str, list[object]]:
    """The statement over the tables from ``level`` up to the widest that is read."""
    clauses = [clause(condition) for condition in query.conditions]
    highest = min([top, *(levels_of(c) for c in query.conditions)], default=level)
    joins = [_JOINS[Level(upper)] for upper in range(level - 1, highest - 1, -1)]
    sql = f"SELECT {what} FROM {level.table} {' '.join(joins)}"
    if clauses:
        sql += " WHERE " + " AND ".join(f"({text})" for text, _ in clauses)
    return sql, [parameter for _, parameters in clauses for parameter in parameters]
