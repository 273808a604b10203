"""Objects read in the background at a set rate and held to their digests, whoever asks for them.

Disks lose bytes in silence; what is read only when a person needs it may be found damaged too late
to bring it from a backup. The object that was checked or received longest ago comes first.
"""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

from filmroom.archive.archive import Archive
from filmroom.archive.index import Check, SqliteIndex
from filmroom.archive.pace import Pace
from filmroom.archive.record import InstanceLocation
from filmroom.archive.verify import VerifyKind, check
from filmroom.errors import ConfigurationError, FilmroomError
from filmroom.ops.logging import get_logger

__all__ = ["Scrub"]

QUIET = 0.5
"""Seconds between looks whether objects are still being received."""
IDLE = 60.0
"""Seconds before the index is asked again when no check is due, or after something failed."""

_MEGABYTE = 1_000_000
_OPENING = 65_536
"""Bytes that an object counts for besides its own: where many are missing, it goes slowly too."""
_AT_ONCE = 64
_UNRECORDED_SECONDS = 10.0
_LONGEST_STOP = 10.0

_log = get_logger("archive")


class _Stopped(Exception):
    """The thread was told to end while it waited."""


class Scrub:
    """The thread that checks; a context manager that runs it. For the process that owns the index.

    Nearly all its time is spent waiting for its turn. It keeps the priority of the others: lower,
    on a busy machine, it would hold the interpreter's lock while it waits for a processor.
    """

    def __init__(self, archive: Archive, *, rate: float, interval: float) -> None:
        """``rate`` in MB/s; ``interval`` seconds pass before an object is checked again."""
        if not isinstance(archive.index, SqliteIndex):
            raise ConfigurationError("only the owner of the index checks", setting="verify_rate")
        self._archive = archive
        self._index = archive.index
        self._interval = interval
        self._stop = threading.Event()
        self._pace = Pace(rate * _MEGABYTE, wait=self._wait)
        self._thread = threading.Thread(target=self._run, name="filmroom-scrub", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End within the reading of one piece; what was checked is recorded."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_LONGEST_STOP)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        pause = min(IDLE, max(self._interval, QUIET))
        while not self._stop.is_set():
            try:
                if self.check_some():
                    continue
            except _Stopped:
                return
            except FilmroomError as error:
                _log.warning("checking_paused", reason=str(error))
            self._stop.wait(pause)

    def check_some(self) -> int:
        """Check what is most due; return how many were checked, 0 when nothing is due.

        Raises QueryFailed, StorageFailed and OutOfResources.
        """
        due = self._index.due_for_check(time.time() - self._interval, _AT_ONCE)
        checks: list[Check] = []
        begun = time.monotonic()
        try:
            for where in due:
                checks.append(self._check(where))
                if time.monotonic() - begun > _UNRECORDED_SECONDS:
                    break
        finally:
            if checks:
                self._index.record_checks(checks).result()
        return len(checks)

    def _check(self, where: InstanceLocation) -> Check:
        self._turn(_OPENING)
        kind = check(self._archive, where, pace=self._turn)
        uid, key = where.sop_instance_uid, where.blob_key
        if kind is not VerifyKind.GOOD:
            row = self._index.blob_of(uid)
            if row is not None and row.blob_key == key:  # else deleted meanwhile
                _log.error("object_at_fault", uid=uid, fault=kind.value, file=key)
        return Check(uid, key, time.time(), "" if kind is VerifyKind.GOOD else kind.value)

    def _turn(self, size: int) -> None:
        """Wait until nothing is received and ``size`` bytes may be read."""
        while self._archive.blobs.is_receiving():
            self._wait(QUIET)
        self._pace(size)
        if self._stop.is_set():
            raise _Stopped

    def _wait(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise _Stopped
