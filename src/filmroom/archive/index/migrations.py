"""The steps by which an index of an earlier schema version becomes one of this version.

Each step is a transaction of its own, and before the first a copy of the file is kept beside it,
``index.sqlite.v1`` for a file of version 1. What a step does is written down here once and for all:
it never follows from the tables as they are today.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from filmroom.archive.index.snapshot import copy_index, sync_file
from filmroom.errors import StorageFailed
from filmroom.ops.logging import get_logger

__all__ = ["MIGRATIONS", "Step", "migrate"]

_log = get_logger("archive")

Step = str | Callable[[sqlite3.Connection], None]
"""A statement, or a call that makes its changes inside the transaction that is open."""

MIGRATIONS: dict[int, tuple[Step, ...]] = {
    2: (
        "ALTER TABLE instance ADD COLUMN verified_at REAL",
        "ALTER TABLE instance ADD COLUMN fault TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX instance_by_check ON instance (coalesce(verified_at, received_at))",
        "CREATE INDEX instance_by_fault ON instance (fault) WHERE fault > ''",
    ),
}
"""What makes each version out of the one before it."""


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring the index up to ``version``; another process may do so at the same time.

    Raises sqlite3.Error, and StorageFailed where a step is not known or no copy can be kept; the
    index is then of the last version that was reached.
    """
    is_kept = False
    while True:
        connection.execute("BEGIN IMMEDIATE")
        try:
            (found,) = connection.execute("PRAGMA user_version").fetchone()
            if found >= version:
                connection.execute("COMMIT")
                return
            steps = MIGRATIONS.get(found + 1)
            if steps is None:
                message = f"the index has schema {found}, this version needs {version}"
                raise StorageFailed(message, hint="make it anew: filmroom reindex --rebuild")
            if not is_kept:
                _keep_copy(connection, found)
                is_kept = True
            for step in steps:
                if isinstance(step, str):
                    connection.execute(step)
                else:
                    step(connection)
            connection.execute(f"PRAGMA user_version = {found + 1}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        _log.info("index_migrated", from_version=found, to_version=found + 1)


def _keep_copy(connection: sqlite3.Connection, version: int) -> None:
    """Copy the file; the caller's transaction keeps writers away."""
    index = Path(connection.execute("PRAGMA database_list").fetchone()[2])
    kept = index.with_name(f"{index.name}.v{version}")
    part = index.with_name(f"{kept.name}.part")
    try:
        with closing(sqlite3.connect(index, isolation_level=None)) as reader:
            is_sound = copy_index(reader, part)
        if is_sound:
            part.replace(kept)
            sync_file(index.parent)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise StorageFailed(f"cannot keep a copy of the index: {reason}") from error
    finally:
        part.unlink(missing_ok=True)
    if not is_sound:
        hint = "make it anew: filmroom reindex --rebuild"
        raise StorageFailed("the index is damaged", hint=hint)
