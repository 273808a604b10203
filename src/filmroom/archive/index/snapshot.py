"""The index as it is at one moment, written to a file of its own while others go on writing."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

__all__ = ["copy_index", "open_unchanged", "sync_file", "unchanged_uri"]

_PAGES_AT_ONCE = 4096


def copy_index(source: sqlite3.Connection, target: Path) -> bool:
    """Write what ``source`` reads at this moment to ``target``, synced; whether that is sound.

    ``source`` is in no transaction; writers beside it neither wait nor show in the copy. Raises
    sqlite3.Error and OSError.
    """
    for tail in ("", "-journal", "-wal", "-shm"):
        # Of a copy that was killed: a journal left beside a new file would be rolled back into it.
        target.with_name(target.name + tail).unlink(missing_ok=True)
    # A transaction that reads keeps its snapshot (WAL): the copy need not begin again.
    source.execute("BEGIN")
    try:
        source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            copy.execute("PRAGMA synchronous = OFF")
            # Alone with the file, which is then one file on any file system, a log never beside it.
            copy.execute("PRAGMA locking_mode = EXCLUSIVE")
            source.backup(copy, pages=_PAGES_AT_ONCE)
            copy.execute("PRAGMA journal_mode = DELETE")
            (said,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    finally:
        source.execute("ROLLBACK")
    sync_file(target)
    return bool(said == "ok")


def sync_file(path: Path) -> None:
    """Wait until the file, or the names in the folder, are on the disk."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def unchanged_uri(path: Path) -> str:
    """How to open an index that nobody writes: without a file beside it, where that can be."""
    log = path.with_name(path.name + "-wal")
    # What a killed server left in the log counts, and only an ordinary opening reads it.
    how = "mode=rw" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
    return f"{path.absolute().as_uri()}?{how}"


def open_unchanged(path: Path) -> sqlite3.Connection:
    """Read an index that nobody writes; raises sqlite3.Error."""
    connection = sqlite3.connect(unchanged_uri(path), uri=True, isolation_level=None)
    connection.execute("PRAGMA query_only = ON")
    return connection
