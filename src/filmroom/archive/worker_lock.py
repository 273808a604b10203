"""The lock that tells a new server that workers of one that died are still there.

Workers end at once when their owner has gone, yet perhaps not before another server starts. What
they were receiving is theirs until then: only when they are gone can it be told from what is being
written, and be removed.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from filmroom.archive.lock import WORKERS_LOCK
from filmroom.ops.logging import get_logger

__all__ = ["await_workers", "hold_worker_lock"]

_PATIENCE = 10.0
_PAUSE = 0.02

_log = get_logger("archive")


def hold_worker_lock(data: Path) -> int:
    """The descriptor of the lock that workers of the folder ``data`` share; -1 without one."""
    try:
        fd = os.open(data / WORKERS_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError:
        return -1  # a full or read-only disk: what a crash may leave then is a file to be removed
    fcntl.flock(fd, fcntl.LOCK_SH)
    return fd


def await_workers(data: Path) -> bool:
    """Wait until no worker of a server that died is left; False when one does not end in time.

    The caller holds the folder's own lock, so that nobody starts workers meanwhile.
    """
    try:
        fd = os.open(data / WORKERS_LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return True
    try:
        end = time.monotonic() + _PATIENCE
        waits = False
        while not _is_free(fd):
            if not waits:
                waits = True
                _log.warning("workers_remain", patience=_PATIENCE)
            if time.monotonic() > end:
                return False
            time.sleep(_PAUSE)
        return True
    finally:
        os.close(fd)


def _is_free(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
