"""The one connection that writes to SQLite: many pending changes become one transaction.

While a commit waits for the disk, new changes gather and go with the next one (group commit), so
the cost of a sync is shared and the latency of a lone change stays that of one commit. Transactions
begin IMMEDIATE and stay short, so that a command beside the server gets its turn.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from filmroom.errors import ArchiveError, FilmroomError, OutOfResources, StorageFailed
from filmroom.ops.logging import get_logger

__all__ = ["Change", "Writer", "failure", "inode_of", "is_broken", "set_aside"]

_log = get_logger("archive")

_BATCH = 512
_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CANTOPEN)
_NO_ROOM_BESIDE = sqlite3.SQLITE_IOERR_SHMSIZE
"""The disk has no room for what several processes share of the index."""
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

Change = Callable[[sqlite3.Connection], Any]


@dataclass(frozen=True, slots=True)
class _Pending:
    change: Change
    future: Future[Any]


def failure(error: sqlite3.Error, doing: str) -> ArchiveError:
    """``error`` as ours."""
    extended = getattr(error, "sqlite_errorcode", 0)
    code = extended & 0xFF
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    if code in _FULL or extended == _NO_ROOM_BESIDE:
        hint = "free some space, or raise the limit of open files"
        return OutOfResources(f"{doing}: {name}", hint=hint)
    if code in _BROKEN:
        hint = "make it anew: filmroom reindex --rebuild"
        return StorageFailed(f"{doing}: the index is damaged ({name})", hint=hint)
    return StorageFailed(f"{doing}: {name}")


def is_broken(error: Exception) -> bool:
    """Whether ``error`` says that the file is no sound index."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BROKEN


def is_busy(error: Exception) -> bool:
    """Whether another process kept the index locked for longer than we wait."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY


def inode_of(path: str) -> int:
    """The number of the file at ``path``, 0 where there is none."""
    try:
        return os.stat(path).st_ino
    except OSError:
        return 0


def set_aside(path: str) -> str | None:
    """Give the index file at ``path`` another name, so that a new one takes its place.

    Gives the new name, None where there is no file. Whoever has it open notices by its inode.
    """
    aside = f"{path}.damaged-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}"
    try:
        os.rename(path, aside)
    except OSError:
        return None
    for tail in ("-wal", "-shm"):
        # They belong to the old file: beside a new one they would be taken for its own.
        with suppress(OSError):
            os.rename(path + tail, aside + tail)
    return aside


class Writer:
    """Runs changes in the order they were submitted; each is atomic by itself.

    Whoever holds the turn commits what everybody has queued. A thread that waits for its change
    anyway takes the turn itself (:meth:`run`); for those who do not wait a thread of ours does.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: str,
        reopen: Callable[[], sqlite3.Connection],
    ) -> None:
        """``reopen`` opens the file at ``path``, or makes a new one where it is gone."""
        self._connection = connection
        self._path = path
        self._inode = inode_of(path)
        self._reopen = reopen
        self._queue: deque[_Pending] = deque()
        self._turn = threading.Lock()
        self._awaited = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="filmroom-index", daemon=True)
        self._thread.start()

    def submit(self, change: Change) -> Future[Any]:
        """Queue ``change``; the future ends after its commit."""
        pending = self._put(change)
        self._awaited.release()
        return pending.future

    def run(self, change: Change) -> Any:
        """Make ``change``, together with whatever else is queued; returns after its commit."""
        return self.run_many([change])[0].result()

    def run_many(self, changes: Sequence[Change]) -> list[Future[Any]]:
        """The same for several changes; their futures are done."""
        pending = [self._put(change) for change in changes]
        with self._turn:
            while not all(one.future.done() for one in pending):
                self._commit_queued()
        return [one.future for one in pending]

    def close(self) -> None:
        """Finish what is queued, then end the thread and close the connection."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._awaited.release()
        self._thread.join()
        with self._turn:
            while self._queue:
                self._commit_queued()
        self._connection.close()

    def _put(self, change: Change) -> _Pending:
        pending = _Pending(change, Future())
        with self._lock:
            if self._closed:
                raise StorageFailed("the index is closed")
            self._queue.append(pending)
        return pending

    def _run(self) -> None:
        while not self._closed:
            self._awaited.acquire()
            with self._turn:
                self._commit_queued()

    def _commit_queued(self) -> None:
        """One transaction of what is queued; the caller has the turn."""
        if self._queue and inode_of(self._path) != self._inode:
            self._renew("removed")
        batch = [self._queue.popleft() for _ in range(min(len(self._queue), _BATCH))]
        if batch:
            self._commit(batch)

    def _commit(self, batch: list[_Pending]) -> None:
        try:
            results = self._transact(batch)
        except Exception as error:
            if is_broken(error) and self._set_aside():
                self._commit(batch)
                return
            if len(batch) == 1 or is_busy(error):
                for pending in batch:
                    pending.future.set_exception(self._error(error))
                return
            # One bad change must not fail its neighbours: each again in its own transaction.
            for pending in batch:
                self._commit([pending])
            return
        for pending, result in zip(batch, results, strict=True):
            pending.future.set_result(result)

    def _transact(self, batch: list[_Pending]) -> list[Any]:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            results = [pending.change(connection) for pending in batch]
            connection.execute("COMMIT")
        except BaseException:
            # SQLite has rolled back by itself after some errors (full disk).
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return results

    def _set_aside(self) -> bool:
        """Put a damaged file beside, and begin a new one; whether that could be done."""
        return set_aside(self._path) is not None and self._renew("damaged")

    def _renew(self, what: str) -> bool:
        """Go on with the file that lies at the path now, or with a new one.

        The index is a cache: what is received from now on is in it, and `filmroom reindex` brings
        back the rest out of the objects.
        """
        try:
            connection = self._reopen()
        except (sqlite3.Error, FilmroomError):
            return False
        _log.error("index_lost", reason=what, hint="run filmroom reindex")
        self._connection.close()
        self._connection = connection
        self._inode = inode_of(self._path)
        return True

    @staticmethod
    def _error(error: Exception) -> Exception:
        if isinstance(error, sqlite3.Error):
            return failure(error, "cannot write the index")
        if isinstance(error, FilmroomError):
            return error
        return StorageFailed(f"cannot write the index: {type(error).__name__}")
