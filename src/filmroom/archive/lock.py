"""The lock of a data folder: one server, backup or restore at a time writes to it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from filmroom.errors import ArchiveInUse, StorageFailed

__all__ = ["LOCK", "RESTORING", "WORKERS_LOCK", "take_lock"]

LOCK = "lock"
"""The file that is locked; it stays."""
WORKERS_LOCK = "workers.lock"
"""The file whose lock a server's workers share, see :mod:`filmroom.archive.worker_lock`."""
RESTORING = "restoring"
"""The file that says that a restore has begun and not ended."""


def take_lock(data: Path, *, restoring: bool = False) -> int:
    """The descriptor that holds the lock of ``data`` until it is closed.

    Raises ArchiveInUse, and StorageFailed where a restore into ``data`` was interrupted, unless
    ``restoring`` says that it goes on now.
    """
    try:
        fd = os.open(data / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        message = f"cannot lock the data folder: {os.strerror(error.errno or 0)}"
        hint = "check the owner and the mode of the data folder"
        raise StorageFailed(message, hint=hint) from error
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(fd)
        message = "another server already serves this data folder"
        raise ArchiveInUse(message, hint="stop it, or give another --data") from None
    if not restoring and (data / RESTORING).exists():
        os.close(fd)
        message = "a restore into this data folder was interrupted"
        raise StorageFailed(message, hint="run the same filmroom restore again")
    return fd
