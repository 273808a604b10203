"""An online backup: the index as it is at one moment, and every object that it names.

The result is a data folder. What an earlier backup in it holds stays usable until the new one is
whole: objects are added beside those that are there, under other keys where need be, and then the
index is renamed into place. A file :data:`MARKER` tells a backup from an archive.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filmroom.archive.archive import Archive
from filmroom.archive.backup_copy import CopyKind, CopyOrder, CopyStep, copy_objects
from filmroom.archive.blobs import FilesystemBlobs
from filmroom.archive.index import changes
from filmroom.archive.index.snapshot import open_unchanged, sync_file, unchanged_uri
from filmroom.archive.index.sqlite import SqliteReader
from filmroom.archive.index.writer import failure
from filmroom.archive.lock import LOCK, WORKERS_LOCK, take_lock
from filmroom.errors import ArchiveInUse, ConfigurationError, StorageFailed

__all__ = ["INDEX", "MARKER", "OBJECTS", "Target", "backup"]

MARKER = "backup.json"
INDEX = "index.sqlite"
OBJECTS = "objects"

_PART = "index.sqlite.part"
_DONE = "index.sqlite.done"
_ROUNDS = 5
_IGNORED = frozenset((LOCK, WORKERS_LOCK, "lost+found"))

_ORDERS = """
    SELECT new.sop_instance_uid, new.blob_key, new.size, new.data_set_offset, new.digest,
           old.blob_key = new.blob_key, old.size = new.size AND old.digest = new.digest
    FROM instance AS new
    LEFT JOIN old.instance AS old ON old.sop_instance_uid = new.sop_instance_uid
    LEFT JOIN done.instance AS done ON done.sop_instance_uid = new.sop_instance_uid
         AND done.blob_key = new.blob_key AND done.digest = new.digest
    WHERE done.sop_instance_uid IS NULL
    ORDER BY new.series_pk
"""
_NO_ROWS = "CREATE TABLE {}.instance (sop_instance_uid, blob_key, size, digest, received_at)"


@dataclass(frozen=True, slots=True)
class Target:
    """A folder that a backup or a restore writes to."""

    folder: Path
    blobs: FilesystemBlobs

    @classmethod
    @contextmanager
    def locked(cls, folder: Path, *, restoring: bool = False) -> Iterator[Target]:
        """The folder, made where it is not, while nobody else writes to it."""
        try:
            made = not folder.exists()
            folder.mkdir(parents=True, exist_ok=True)
            if made:
                sync_file(folder.parent)
        except OSError as error:
            message = f"cannot make {folder}: {os.strerror(error.errno or 0)}"
            raise StorageFailed(message) from error
        try:
            lock = take_lock(folder, restoring=restoring)
        except ArchiveInUse:
            message = f"a server, a backup or a restore works on {folder}"
            raise ArchiveInUse(message, hint="wait for it, or give another folder") from None
        try:
            yield cls(folder, FilesystemBlobs(folder / OBJECTS))
        except OSError as error:
            message = f"cannot write to {folder}: {os.strerror(error.errno or 0)}"
            raise StorageFailed(message) from error
        except sqlite3.Error as error:
            raise failure(error, "cannot write the copy of the index") from error
        finally:
            for name in (_PART, _DONE):
                for path in folder.glob(f"{name}*"):
                    path.unlink(missing_ok=True)
            os.close(lock)

    @property
    def index(self) -> Path:
        """The index, once the copy is whole."""
        return self.folder / INDEX

    @property
    def part(self) -> Path:
        """The index on its way."""
        return self.folder / _PART

    def write(self, name: str, content: str) -> None:
        """Replace a small file, durably."""
        path = self.folder / f"{name}.part"
        path.write_text(content)
        sync_file(path)
        path.replace(self.folder / name)
        sync_file(self.folder)

    def publish(self) -> None:
        """Give the index its name: from this moment on the copy is the new one."""
        sync_file(self.part)
        for tail in ("-wal", "-shm"):
            # Empty by now, and not for the file that comes.
            self.index.with_name(INDEX + tail).unlink(missing_ok=True)
        self.part.replace(self.index)
        sync_file(self.folder)

    @staticmethod
    def is_empty(folder: Path) -> bool:
        """Whether nothing of somebody's is in ``folder``."""
        return not folder.exists() or {path.name for path in folder.iterdir()} <= _IGNORED


def backup(archive: Archive, folder: Path, *, prune: bool = False) -> Iterator[CopyStep]:
    """Bring the backup in ``folder`` up to this moment, or make one; a step for each object.

    Objects that the backup has already are not read again; those that the archive has no more are
    removed with ``prune`` only. Where an object is not there in its full size and with its digest,
    a step says so and the rest is backed up. Raises StorageFailed, OutOfResources, ArchiveInUse
    and ConfigurationError; the backup that was there is then as it was.
    """
    index = archive.index
    if not isinstance(index, SqliteReader):
        raise ConfigurationError("only an index on SQLite is backed up", setting="index_url")
    # Before the lock: it would be the first file in a folder that is not for us.
    taken_at = _taken_at(folder)
    with Target.locked(folder) as target:
        target.blobs.clean(lambda _key: True)
        if taken_at is None and not (folder / MARKER).exists():
            target.write(MARKER, json.dumps({"taken_at": None}))
        old = _former(target.index, taken_at)
        yield from _rounds(archive, index, target, old)
        with closing(open_unchanged(target.part)) as new:
            (latest,) = new.execute("SELECT coalesce(max(received_at), 0) FROM instance").fetchone()
        target.write(MARKER, json.dumps({"taken_at": max(latest, time.time())}))
        target.publish()
        if prune:
            yield from _prune(target)


def _taken_at(folder: Path) -> float | None:
    """When the backup in ``folder`` was made; raises StorageFailed for a folder of another kind."""
    try:
        value = json.loads((folder / MARKER).read_text())["taken_at"]
        return None if value is None else float(value)
    except FileNotFoundError:
        with suppress(NotADirectoryError):
            if Target.is_empty(folder):
                return None
    except (OSError, ValueError, TypeError, KeyError):
        pass
    message = f"{folder} holds something that is no backup"
    raise StorageFailed(message, hint="give a new or empty folder")


def _former(index: Path, taken_at: float | None) -> Path | None:
    """The index of the former backup, with nothing left in its log; None where it cannot serve.

    Raises StorageFailed where objects were stored in the backup itself: they would be lost.
    """
    if not index.exists():
        return None
    try:
        with closing(sqlite3.connect(index, isolation_level=None)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (later,) = connection.execute(
                "SELECT count(*) FROM instance WHERE received_at > ?", (taken_at or 0,)
            ).fetchone()
    except sqlite3.Error:
        return None
    if later:
        message = f"{later} objects were stored in the backup itself, which was served"
        raise StorageFailed(message, hint="it is an archive now: back up to another folder")
    return index


def _rounds(
    archive: Archive, index: SqliteReader, target: Target, old: Path | None
) -> Iterator[CopyStep]:
    """Copy until every object is there that the last snapshot names.

    One that is deleted or replaced before its turn makes the snapshot wrong: the next round is for
    what changed meanwhile, which is little.
    """
    done = target.folder / _DONE
    for number in range(1, _ROUNDS + 1):
        if number > 1:
            target.part.replace(done)
        index.snapshot(target.part)
        gone = []
        with closing(_compared(target.part, old, done if number > 1 else None)) as rows:
            moved: list[tuple[str, str]] = []
            steps = copy_objects(archive.blobs, target.blobs, _orders(rows, moved))
            for order, step in steps:
                if step.kind.is_fault and not _is_current(archive, order):
                    gone.append((order.sop_instance_uid, order.target_key))
                else:
                    yield step
            rows.execute("BEGIN")
            rows.executemany("UPDATE instance SET blob_key = ? WHERE sop_instance_uid = ?", moved)
            changes.remove(rows, gone)
            rows.execute("UPDATE instance SET fault = '' WHERE fault > ''")
            rows.execute("COMMIT")
        if not gone:
            return


def _compared(part: Path, old: Path | None, done: Path | None) -> sqlite3.Connection:
    """The new index with the former one and that of the round before beside it."""
    connection = sqlite3.connect(part.absolute().as_uri(), uri=True, isolation_level=None)
    try:
        for name, path in (("old", old), ("done", done)):
            where = ":memory:" if path is None else unchanged_uri(path)
            connection.execute(f"ATTACH ? AS {name}", (where,))
            if path is None:
                connection.execute(_NO_ROWS.format(name))
    except BaseException:
        connection.close()
        raise
    return connection


def _orders(rows: sqlite3.Connection, moved: list[tuple[str, str]]) -> Iterator[CopyOrder]:
    """What is to be copied; ``moved`` gets key and UID of what goes under another key.

    The former backup needs its objects until the new one is whole, so other bytes under a key that
    it names wait beside them under a key with their digest, as they would in an archive.
    """
    for uid, key, size, offset, digest, has_key, is_same in rows.execute(_ORDERS):
        target_key = key
        if has_key and not is_same:
            target_key = f"{key.removesuffix('.dcm').partition('~')[0]}~{digest[:12]}.dcm"
            moved.append((target_key, uid))
        is_there = bool(has_key and is_same)
        yield CopyOrder(uid, key, target_key, size, offset, digest, is_there=is_there)


def _is_current(archive: Archive, order: CopyOrder) -> bool:
    """Whether the archive still means to have this object."""
    row = archive.index.blob_of(order.sop_instance_uid)
    return row is not None and (row.blob_key, row.digest) == (order.blob_key, order.digest)


def _prune(target: Target) -> Iterator[CopyStep]:
    """Remove the objects that the new index does not name."""
    with closing(open_unchanged(target.index)) as new:
        for key in target.blobs.keys():  # noqa: SIM118 - a store is no dictionary
            uid = key.rpartition("/")[2].removesuffix(".dcm").partition("~")[0]
            named = new.execute(
                "SELECT 1 FROM instance WHERE sop_instance_uid = ? AND blob_key = ?", (uid, key)
            ).fetchone()
            if named is None and target.blobs.delete(key):
                yield CopyStep(CopyKind.REMOVED, key, uid)
