"""A backup brought back into a data folder that is new or empty.

Every object is held to its digest on the way. The index comes with the objects; where the backup's
index is damaged or lost, it is made anew from them. Until all is there, a file in the folder keeps
servers away, and a restore that was interrupted goes on where it was.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from filmroom.archive.archive import Archive
from filmroom.archive.backup import INDEX, MARKER, OBJECTS, Target
from filmroom.archive.backup_copy import CopyKind, CopyOrder, CopyStep, copy_objects
from filmroom.archive.blobs import FilesystemBlobs
from filmroom.archive.index import SqliteIndex
from filmroom.archive.index.schema import APPLICATION_ID, SCHEMA_VERSION
from filmroom.archive.index.snapshot import copy_index, open_unchanged, sync_file
from filmroom.archive.index.writer import is_broken
from filmroom.archive.lock import RESTORING
from filmroom.archive.reindex import ReindexKind, reindex
from filmroom.errors import StorageFailed

__all__ = ["restore"]

_ORDERS = "SELECT sop_instance_uid, blob_key, blob_key, size, data_set_offset, digest FROM instance"


def restore(
    backup: Path, data: Path, *, index_lost: Callable[[], None] | None = None
) -> Iterator[CopyStep]:
    """Bring ``backup`` into the folder ``data``; a step for each object.

    ``index_lost`` is called where the index is made anew, for the backup has no sound one.
    Raises StorageFailed where ``backup`` is none or ``data`` holds something, OutOfResources,
    ArchiveInUse. An object that the backup has lost or that was damaged in it is a step.
    """
    _check_source(backup)
    if not Target.is_empty(data) and not (data / RESTORING).exists():
        message = f"{data} is not empty"
        raise StorageFailed(message, hint="restore into a new folder: --data DIR")
    with Target.locked(data, restoring=True) as target:
        target.blobs.clean(lambda _key: True)
        target.write(RESTORING, "")
        source = FilesystemBlobs(backup / OBJECTS)
        if _copy_index(backup, target):
            with closing(open_unchanged(target.part)) as rows:
                orders = (CopyOrder(*row) for row in rows.execute(_ORDERS))
                for _, step in copy_objects(source, target.blobs, orders):
                    yield step
            target.publish()
        else:
            if index_lost is not None:
                index_lost()
            yield from _without_index(source, target)
        (data / RESTORING).unlink()
        sync_file(data)


def _without_index(source: FilesystemBlobs, target: Target) -> Iterator[CopyStep]:
    """Copy what is there and make the rows out of it."""
    orders = (CopyOrder("", key, key) for key in source.keys())  # noqa: SIM118 - no dictionary
    for _, step in copy_objects(source, target.blobs, orders):
        yield step
    for path in target.folder.glob(f"{INDEX}*"):
        path.unlink()  # of a restore that was interrupted here
    with closing(Archive(target.blobs, SqliteIndex(target.index))) as archive:
        for done in reindex(archive):
            if done.kind is ReindexKind.UNREADABLE:
                yield CopyStep(CopyKind.UNREADABLE, done.blob_key)


def _copy_index(backup: Path, target: Target) -> bool:
    """Whether the backup's index could be copied; raises StorageFailed for one of later version."""
    try:
        with closing(open_unchanged(backup / INDEX)) as index:
            (owner,) = index.execute("PRAGMA application_id").fetchone()
            (version,) = index.execute("PRAGMA user_version").fetchone()
            if owner != APPLICATION_ID:
                return False
            if version > SCHEMA_VERSION:
                message = f"the index has schema {version}, this version knows {SCHEMA_VERSION}"
                raise StorageFailed(message, hint="a newer Filmroom wrote it: use that one")
            return copy_index(index, target.part)
    except sqlite3.Error as error:
        if is_broken(error) or not target.part.exists():
            return False
        raise


def _check_source(backup: Path) -> None:
    if not (backup / OBJECTS).is_dir():
        raise StorageFailed(f"{backup} is no backup", hint="name the folder that holds objects/")
    try:
        taken_at = json.loads((backup / MARKER).read_text())["taken_at"]
    except (OSError, ValueError, TypeError, KeyError):
        return  # a copy of a data folder is as good, and a lost marker no reason to lose a backup
    if taken_at is None:
        message = f"the backup in {backup} was interrupted before it was whole"
        raise StorageFailed(message, hint="run filmroom backup again, or use another one")
