"""The archive: receives, keeps, finds, hands out and deletes objects. A PACS without a network.

Synchronous and safe to use from many threads; whoever needs an event loop calls it from one.
"""

from __future__ import annotations

import mmap
import os
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from xxhash import xxh3_128

from filmroom.archive.blobs import BlobReader, BlobStore, FilesystemBlobs, ObjectName
from filmroom.archive.events import InstancesDeleted, InstanceStored
from filmroom.archive.incoming import Incoming, StoreOutcome
from filmroom.archive.index import (
    AddKind,
    Index,
    IndexStats,
    OnDuplicate,
    RelayIndex,
    SqliteIndex,
    never_cancelled,
    set_aside,
)
from filmroom.archive.lock import take_lock
from filmroom.archive.query import Query
from filmroom.archive.record import WANTED_TAGS, InstanceLocation, InstanceRecord
from filmroom.archive.response import response_identifier
from filmroom.archive.worker_lock import await_workers, hold_worker_lock
from filmroom.dicom.dataset import DataSet
from filmroom.dicom.file import file_meta, read_preamble_and_meta
from filmroom.dicom.scanner import Scanner
from filmroom.dicom.uid import transfer_syntax
from filmroom.errors import (
    ConfigurationError,
    DuplicateSopInstance,
    IndexOwnerLost,
    InvalidDicomFile,
    ObjectDamaged,
    ObjectNotFound,
    StorageFailed,
)
from filmroom.ops.events import EventBus
from filmroom.ops.logging import get_logger

__all__ = ["Archive", "StoredObject"]

_KEEPERS = 16
_DELETED_AT_ONCE = 500
_IMPORT_CHUNK = 1 << 20
_READ_CHUNK = 256 * 1024
_READ_AHEAD = 1 << 20

_log = get_logger("archive")


class StoredObject:
    """One kept object, opened; a context manager. Views are valid until :meth:`close`."""

    __slots__ = ("_begun", "_reader", "location")

    def __init__(self, reader: BlobReader, location: InstanceLocation) -> None:
        self._reader = reader
        self._begun = b""
        self.location = location

    def read_ahead(self) -> None:
        """Read the beginning of the data set now, which may wait for a disk; small ones whole."""
        self._begun = self._read(self.location.data_set_offset, _READ_AHEAD)

    @property
    def data_set_size(self) -> int:
        """How many bytes the data set has."""
        return self._reader.size - self.location.data_set_offset

    def data_set_view(self) -> memoryview:
        """The data set's bytes as they were received, without the file meta information."""
        return self._reader.view()[self.location.data_set_offset :]

    def data_set_chunks(self) -> Iterator[bytes]:
        """The same bytes in pieces read one after the other: what a large object is sent by."""
        begun, self._begun = self._begun, b""
        if begun:
            yield begun
        start = self.location.data_set_offset + len(begun)
        for offset in range(start, self._reader.size, _READ_CHUNK):
            yield self._read(offset, _READ_CHUNK)

    def digest(self) -> str:
        """The xxh3_128 of the data set's bytes as they are now; all of them are read."""
        hasher = xxh3_128()
        for chunk in self.data_set_chunks():
            hasher.update(chunk)
        return hasher.hexdigest()

    def _read(self, offset: int, length: int) -> bytes:
        """Read, no mapping: of a bad disk or a file cut short that would end the process."""
        expected = min(length, self.location.size - offset)
        data = self._reader.read(offset, length)
        if len(data) < expected:
            uid = self.location.sop_instance_uid
            raise ObjectDamaged("the object's file was cut short", uid=uid)
        return data

    def file_view(self) -> memoryview:
        """The whole Part 10 file."""
        return self._reader.view()

    def close(self) -> None:
        """Give the file back."""
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Archive:
    """Objects and their index in one data folder; made by :meth:`open`."""

    def __init__(
        self,
        blobs: BlobStore,
        index: Index,
        *,
        on_duplicate: OnDuplicate = OnDuplicate.KEEP,
        event_bus: EventBus | None = None,
        lock: int = -1,
    ) -> None:
        """Over ports already open; ``lock`` is the descriptor of a folder lock held."""
        self.blobs = blobs
        self.index = index
        self.on_duplicate = on_duplicate
        self.event_bus = event_bus or EventBus()
        self._lock = lock
        self._closing = threading.Lock()
        self._pool = ThreadPoolExecutor(_KEEPERS, thread_name_prefix="filmroom-keep")

    @classmethod
    def open(
        cls,
        data: Path,
        *,
        index_url: str | None = None,
        blob_url: str | None = None,
        durability: str = "full",
        on_duplicate: str = "keep",
        exclusive: bool = True,
        event_bus: EventBus | None = None,
    ) -> Archive:
        """Open the archive of folder ``data``, making it where it is not.

        ``exclusive`` (a server) takes the folder's lock and cleans up what a crash left; commands
        beside a server pass False. ``durability="relaxed"`` skips syncs: a crash of the machine
        may then lose what was acknowledged. Raises ArchiveInUse, StorageFailed,
        ConfigurationError.
        """
        place = _Place.of(data, index_url, blob_url, durability, on_duplicate)
        try:
            for folder in (data, place.index.parent):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            hint = "check the owner and the mode of the folder above"
            raise StorageFailed(f"cannot make the data folder {data}", hint=hint) from error
        lock = take_lock(data) if exclusive else -1
        try:
            blobs = FilesystemBlobs(place.blobs, durable=place.durable)
            index = SqliteIndex(place.index, durable=place.durable)
            archive = cls(
                blobs, index, on_duplicate=place.on_duplicate, event_bus=event_bus, lock=lock
            )
            if exclusive:
                await_workers(data)
                archive.clean()
        except BaseException:
            if lock >= 0:
                os.close(lock)
            raise
        return archive

    @classmethod
    def join(
        cls,
        data: Path,
        owner: Connection,
        lost: Callable[[], None],
        *,
        index_url: str | None = None,
        blob_url: str | None = None,
        durability: str = "full",
        on_duplicate: str = "keep",
        event_bus: EventBus | None = None,
    ) -> Archive:
        """Open the archive that another process serves and whose index it owns.

        ``owner`` leads to that process, which runs :func:`~filmroom.archive.index.serve_relay`;
        ``lost`` is called, in a thread of its own, when it has gone.
        """
        place = _Place.of(data, index_url, blob_url, durability, on_duplicate)
        lock = hold_worker_lock(data)
        blobs = FilesystemBlobs(place.blobs, durable=place.durable)
        index = RelayIndex(place.index, owner, lost)
        return cls(blobs, index, on_duplicate=place.on_duplicate, event_bus=event_bus, lock=lock)

    @staticmethod
    def set_index_aside(data: Path, *, index_url: str | None = None) -> Path | None:
        """Give the index file another name, so that opening makes a new, empty one.

        A server that runs goes on with the new one as well. Gives where the old one lies now,
        None where there was none.
        """
        aside = set_aside(str(_path_of(index_url, "sqlite", data / "index.sqlite", "index_url")))
        return None if aside is None else Path(aside)

    def clean(self) -> int:
        """Remove what a process that died left half received, and what nobody was told of."""
        return self.blobs.clean(self.index.has_blob)

    def receive(
        self,
        sop_class_uid: str,
        sop_instance_uid: str,
        transfer_syntax_uid: str,
        *,
        source_ae: str = "",
    ) -> Incoming:
        """Begin an object that a peer sends, named as its command names it.

        Raises InvalidTransferSyntax, InvalidUID, OutOfResources, StorageFailed.
        """
        syntax = transfer_syntax(transfer_syntax_uid)
        header = file_meta(sop_class_uid, sop_instance_uid, transfer_syntax_uid, source_ae)
        return self._incoming(
            header, Scanner(syntax, WANTED_TAGS), sop_class_uid, sop_instance_uid, source_ae
        )

    def import_file(self, path: Path) -> Future[StoreOutcome]:
        """Take in a file: its bytes as they are, or, without file meta information, with one.

        Raises InvalidDicomFile and other DataErrors, OutOfResources, StorageFailed; the future
        raises what that of :meth:`Incoming.finish` does.
        """
        try:
            with path.open("rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as error:
            raise InvalidDicomFile("the file is empty") from error
        except OSError as error:
            message = f"cannot read the file: {os.strerror(error.errno or 0)}"
            raise InvalidDicomFile(message) from error
        # Unmapped with its last slice: the traceback of an error may hold one for a while.
        return self._import(memoryview(mapped))

    def _import(self, view: memoryview) -> Future[StoreOutcome]:
        meta, offset, syntax = read_preamble_and_meta(view)
        source_ae = meta.text(0x00020016)
        header: bytes | memoryview = view[:offset]
        if 0x00020010 not in meta:
            scanner = Scanner(syntax, WANTED_TAGS)
            scanner.feed(view[offset:])
            found = scanner.data_set()
            header = file_meta(found.text(0x00080016), found.text(0x00080018), syntax.uid, "")
        incoming = self._incoming(header, Scanner(syntax, WANTED_TAGS), "", "", source_ae)
        try:
            for start in range(offset, len(view), _IMPORT_CHUNK):
                incoming.write(view[start : start + _IMPORT_CHUNK])
        except BaseException:
            incoming.discard()
            raise
        return incoming.finish()

    def _incoming(
        self,
        header: bytes | memoryview,
        scanner: Scanner,
        sop_class_uid: str,
        sop_instance_uid: str,
        source_ae: str,
    ) -> Incoming:
        writer = self.blobs.create()
        try:
            return Incoming(
                header=header,
                writer=writer,
                scanner=scanner,
                transfer_syntax_uid=scanner.transfer_syntax.uid,
                sop_class_uid=sop_class_uid,
                sop_instance_uid=sop_instance_uid,
                source_ae=source_ae,
                keep=self._keep,
            )
        except BaseException:
            writer.discard()
            raise

    def _keep(self, incoming: Incoming) -> Future[StoreOutcome]:
        try:
            return self._pool.submit(self._keep_now, incoming)
        except RuntimeError:
            incoming.discard()
            raise StorageFailed("the archive is closed") from None

    def _keep_now(self, incoming: Incoming) -> StoreOutcome:
        try:
            outcome = self._keep_record(incoming, *incoming.record())
        except IndexOwnerLost:
            # The row may be there: what the blob is called in incoming/ lets the next start decide.
            raise
        except BaseException:
            incoming.discard()
            raise
        # Only now: until the index knows the blob, a crash must let it be found and removed.
        incoming.discard()
        return outcome

    def _keep_record(
        self, incoming: Incoming, name: ObjectName, record: InstanceRecord
    ) -> StoreOutcome:
        key = incoming.writer.commit(name, record.digest)
        record = replace(record, blob_key=key)
        try:
            added = self.index.commit(record, self.on_duplicate)
            if added.surplus_key == key and self._forget_lost(record):
                added = self.index.commit(record, self.on_duplicate)
        except IndexOwnerLost:
            raise
        except BaseException:
            self.blobs.delete(key)
            raise
        if added.surplus_key is not None:
            self.blobs.delete(added.surplus_key)
        uid = record.sop_instance_uid
        if added.kind is AddKind.REJECTED:
            raise DuplicateSopInstance("other bytes are kept under this UID", uid=uid)
        outcome = StoreOutcome(
            added.kind,
            record.sop_class_uid,
            uid,
            record.study_instance_uid,
            record.series_instance_uid,
            record.size,
            added.other_patient,
        )
        self.event_bus.publish(
            InstanceStored(
                kind=added.kind,
                sop_class_uid=record.sop_class_uid,
                sop_instance_uid=uid,
                study_instance_uid=record.study_instance_uid,
                series_instance_uid=record.series_instance_uid,
                transfer_syntax_uid=record.transfer_syntax_uid,
                size=record.size,
                source_ae=record.source_ae,
                other_patient=added.other_patient,
            )
        )
        return outcome

    def _forget_lost(self, sent: InstanceRecord) -> bool:
        """Remove the row that stands in the way of ``sent``, where its own object is no more.

        Nobody may be told that an object is kept already whose file is gone. One whose bytes have
        changed since gives way only to the bytes that it had.
        """
        where = self.index.blob_of(sent.sop_instance_uid)
        if where is None:
            return False
        if where.blob_key == sent.blob_key:
            return True  # `filmroom reindex` beside us has adopted it
        if self._is_kept(where, whole=where.digest == sent.digest):
            return False
        _log.error("lost_object_replaced", sop_instance=sent.sop_instance_uid, blob=where.blob_key)
        for removed in self.index.remove([(where.sop_instance_uid, where.blob_key)]).result():
            self.blobs.delete(removed)
        return True

    def _is_kept(self, where: InstanceLocation, *, whole: bool) -> bool:
        if not whole:
            return self.blobs.exists(where.blob_key)
        try:
            with self.open_object(where) as stored:
                return stored.digest() == where.digest
        except (ObjectNotFound, ObjectDamaged):
            return False

    def find(
        self,
        query: Query,
        *,
        retrieve_ae_title: str = "",
        cancelled: Callable[[], bool] = never_cancelled,
    ) -> Generator[DataSet, None, None]:
        """Stream the response identifiers of what matches; end the iterator early to stop.

        Raises QueryFailed, and OperationCancelled once ``cancelled`` says so.
        """
        for match in self.index.find(query, cancelled=cancelled):
            yield response_identifier(query, match, retrieve_ae_title=retrieve_ae_title)

    def locate(self, query: Query) -> Iterator[InstanceLocation]:
        """Stream where the instances lie that belong to what matches, whatever the level."""
        return self.index.locate(query)

    def open_object(self, location: InstanceLocation) -> StoredObject:
        """Open a located object; raises ObjectNotFound, or ObjectDamaged by its size."""
        reader = self.blobs.open(location.blob_key)
        if reader.size != location.size:
            reader.close()
            message = f"{reader.size} bytes are kept of {location.size} received"
            raise ObjectDamaged(message, uid=location.sop_instance_uid, hint="see filmroom verify")
        return StoredObject(reader, location)

    def delete(self, query: Query, *, progress: Callable[[int], None] | None = None) -> int:
        """Delete every instance that belongs to what matches; return how many.

        Rows go first, in short transactions, then their blobs: an interrupted deletion leaves at
        most files that nobody finds. ``progress`` is told the count so far.
        """
        deleted = 0
        located = self.index.locate(query)
        while batch := list(islice(located, _DELETED_AT_ONCE)):
            pairs = [(where.sop_instance_uid, where.blob_key) for where in batch]
            removed = set(self.index.remove(pairs).result())
            for _, key in pairs:
                if key in removed:
                    self.blobs.delete(key)
            uids = tuple(uid for uid, key in pairs if key in removed)
            deleted += len(uids)
            if uids:
                self.event_bus.publish(InstancesDeleted(uids))
            if progress is not None:
                progress(deleted)
        return deleted

    def stats(self) -> IndexStats:
        """How much is kept."""
        return self.index.stats()

    def close(self) -> None:
        """Finish what was begun to be kept, then close; a second call does nothing."""
        with self._closing:
            self._pool.shutdown(wait=True)
            self.index.close()
            if self._lock >= 0:
                os.close(self._lock)
                self._lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an archive lies and how it is kept."""

    index: Path
    blobs: Path
    durable: bool
    on_duplicate: OnDuplicate

    @classmethod
    def of(
        cls,
        data: Path,
        index_url: str | None,
        blob_url: str | None,
        durability: str,
        on_duplicate: str,
    ) -> Self:
        if durability not in ("full", "relaxed"):
            raise ConfigurationError("durability is full or relaxed", setting="durability")
        try:
            policy = OnDuplicate(on_duplicate)
        except ValueError:
            message = "on_duplicate is keep, replace or reject"
            raise ConfigurationError(message, setting="on_duplicate") from None
        return cls(
            _path_of(index_url, "sqlite", data / "index.sqlite", "index_url"),
            _path_of(blob_url, "file", data / "objects", "blob_url"),
            durability == "full",
            policy,
        )


def _path_of(url: str | None, scheme: str, default: Path, setting: str) -> Path:
    if url is None:
        return default
    parts = urlsplit(url)
    if parts.scheme != scheme or parts.netloc or not parts.path.startswith("/"):
        raise ConfigurationError(f"{setting} is not {scheme}:///path", setting=setting)
    return Path(unquote(parts.path))
