"""The index seen from another process: its own reads, its changes handed to the owner.

SQLite lets one connection write at a time and does not queue those that wait, so one process owns
the writes. A worker sends it changes in batches over a pipe and gets the outcomes back in batches;
the owner commits the changes of all workers together (group commit across processes).
"""

from __future__ import annotations

import os
import socket
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from filmroom.archive.index.interface import (
    AddOutcome,
    AddRequest,
    ChangeRequest,
    OnDuplicate,
    RemoveRequest,
)
from filmroom.archive.index.sqlite import SqliteIndex, SqliteReader
from filmroom.archive.record import InstanceRecord
from filmroom.errors import FilmroomError, IndexOwnerLost, StorageFailed

__all__ = ["RelayIndex", "serve_relay"]

_Numbered = tuple[int, ChangeRequest]
_Answer = tuple[int, Any, FilmroomError | None]


class RelayIndex(SqliteReader):
    """An :class:`~filmroom.archive.index.interface.Index` whose owner is at the end of a pipe."""

    def __init__(self, path: Path, owner: Connection, lost: Callable[[], None]) -> None:
        """``path`` is the SQLite file; ``lost`` is called once, when the owner has gone."""
        super().__init__(path)
        self._owner = owner
        self._lost = lost
        self._queue: deque[_Numbered] = deque()
        self._turn = threading.Lock()
        self._guard = threading.Lock()
        self._awaited: dict[int, Future[Any]] = {}
        self._number = 0
        self._ended = self._closing = False
        self._thread = threading.Thread(target=self._receive, name="filmroom-index", daemon=True)
        self._thread.start()

    def add(self, record: InstanceRecord, on_duplicate: OnDuplicate) -> Future[AddOutcome]:
        """Hand the row over; the future ends after the owner's commit."""
        return self._ask(AddRequest(record, on_duplicate))

    def commit(self, record: InstanceRecord, on_duplicate: OnDuplicate) -> AddOutcome:
        """Hand the row over and wait for the owner's commit."""
        return self.add(record, on_duplicate).result()

    def remove(self, instances: Sequence[tuple[str, str]]) -> Future[tuple[str, ...]]:
        """Hand the removal over; all of ``instances`` go in one transaction."""
        return self._ask(RemoveRequest(tuple(instances)))

    def close(self) -> None:
        """End the conversation with the owner, then close as a reader does."""
        self._closing = True
        self._end()
        self._thread.join()
        self._owner.close()
        super().close()

    def _ask(self, request: ChangeRequest) -> Future[Any]:
        future: Future[Any] = Future()
        with self._guard:
            if self._ended:
                raise StorageFailed("the index is closed")
            self._number += 1
            self._awaited[self._number] = future
            self._queue.append((self._number, request))
        try:
            with self._turn:
                batch = [self._queue.popleft() for _ in range(len(self._queue))]
                if batch:
                    self._owner.send(batch)
        except OSError:
            self._end()
        return future

    def _receive(self) -> None:
        try:
            while True:
                answers: list[_Answer] = self._owner.recv()
                for number, result, error in answers:
                    with self._guard:
                        future = self._awaited.pop(number, None)
                    if future is None:
                        continue
                    if error is None:
                        future.set_result(result)
                    else:
                        future.set_exception(error)
        except (EOFError, OSError):
            pass
        self._end()
        if not self._closing:
            self._lost()

    def _end(self) -> None:
        with self._guard:
            self._ended = True
            lost, self._awaited = self._awaited, {}
        # The thread of ours waits in a read that nothing else ends.
        with socket.socket(fileno=os.dup(self._owner.fileno())) as end, suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        for future in lost.values():
            future.set_exception(
                IndexOwnerLost("the process that owns the index ended before it answered")
            )


def serve_relay(index: SqliteIndex, worker: Connection) -> None:
    """Commit what comes over the pipe until its other end closes; runs in a thread of its own."""
    try:
        while True:
            batch: list[_Numbered] = worker.recv()
            while worker.poll(0):
                batch += worker.recv()
            try:
                done = index.apply([request for _, request in batch])
            except StorageFailed as error:  # the index is closed
                worker.send([(number, None, error) for number, _ in batch])
                continue
            worker.send([_answer(number, f) for (number, _), f in zip(batch, done, strict=True)])
    except (EOFError, OSError):
        worker.close()


def _answer(number: int, future: Future[Any]) -> _Answer:
    error = future.exception()
    if error is None:
        return number, future.result(), None
    if isinstance(error, FilmroomError):
        return number, None, error
    return number, None, StorageFailed(f"cannot write the index: {type(error).__name__}")
