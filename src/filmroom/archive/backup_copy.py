"""Objects copied from one blob store to another, each held to its digest on the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum

from xxhash import xxh3_128

from filmroom.archive.blobs import BlobReader, BlobStore
from filmroom.errors import ArchiveError, ObjectNotFound, OutOfResources

__all__ = ["CopyKind", "CopyOrder", "CopyStep", "copy_objects"]

_CHUNK = 1 << 20
_THREADS = 8
_AT_ONCE = 64


class CopyKind(Enum):
    """What became of one object."""

    COPIED = "copied"
    UNCHANGED = "unchanged"
    MISSING = "missing"
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"
    REMOVED = "removed"

    @property
    def is_fault(self) -> bool:
        """Whether the object is not in the copy, though it should be."""
        return self in (CopyKind.MISSING, CopyKind.DAMAGED, CopyKind.UNREADABLE)


@dataclass(frozen=True, slots=True)
class CopyOrder:
    """One object to be copied from ``blob_key`` to ``target_key``.

    ``size`` counts all bytes; the digest is the xxh3_128 from ``data_set_offset`` on. An object of
    which nothing is known has no digest and is copied as it is. ``is_there`` says that the target
    took these bytes before: where it has as many, they are not read again.
    """

    sop_instance_uid: str
    blob_key: str
    target_key: str
    size: int = 0
    data_set_offset: int = 0
    digest: str = ""
    is_there: bool = False


@dataclass(frozen=True, slots=True)
class CopyStep:
    """One object that was dealt with; ``size`` in bytes that were copied."""

    kind: CopyKind
    blob_key: str
    sop_instance_uid: str = ""
    size: int = 0


def copy_objects(
    source: BlobStore, target: BlobStore, orders: Iterable[CopyOrder]
) -> Iterator[tuple[CopyOrder, CopyStep]]:
    """Carry out ``orders``, several at once, in their order; each is durable when it is told.

    What ``target`` has already is read, and kept where it is sound. Raises OutOfResources and
    StorageFailed when ``target`` cannot take an object; what ``source`` cannot give is a step.
    """
    pending: deque[tuple[CopyOrder, Future[CopyStep]]] = deque()
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="filmroom-copy") as pool:
        try:
            for order in orders:
                pending.append((order, pool.submit(_copy, source, target, order)))
                if len(pending) >= _AT_ONCE:
                    done, future = pending.popleft()
                    yield done, future.result()
            while pending:
                done, future = pending.popleft()
                yield done, future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _copy(source: BlobStore, target: BlobStore, order: CopyOrder) -> CopyStep:
    if order.digest and _is_sound(target, order):
        return CopyStep(CopyKind.UNCHANGED, order.blob_key, order.sop_instance_uid)
    try:
        reader = source.open(order.blob_key)
        modified = source.modified(order.blob_key)
    except ObjectNotFound:
        return CopyStep(CopyKind.MISSING, order.blob_key, order.sop_instance_uid)
    except OutOfResources:
        raise
    except ArchiveError:
        return CopyStep(CopyKind.UNREADABLE, order.blob_key, order.sop_instance_uid)
    with reader:
        kind = _transfer(reader, target, order, modified)
        size = reader.size if kind is CopyKind.COPIED else 0
    return CopyStep(kind, order.blob_key, order.sop_instance_uid, size)


def _transfer(reader: BlobReader, target: BlobStore, order: CopyOrder, modified: float) -> CopyKind:
    if order.digest and reader.size != order.size:
        return CopyKind.DAMAGED
    hasher = xxh3_128()
    writer = target.create()
    try:
        for offset in range(0, reader.size, _CHUNK):
            try:
                data = reader.read(offset, _CHUNK)
            except ArchiveError:
                return CopyKind.UNREADABLE
            hasher.update(memoryview(data)[max(0, order.data_set_offset - offset) :])
            writer.copy(data, reader, offset)
        if order.digest and hasher.hexdigest() != order.digest:
            return CopyKind.DAMAGED
        writer.replace(order.target_key, modified)
    finally:
        writer.discard()
    return CopyKind.COPIED


def _is_sound(target: BlobStore, order: CopyOrder) -> bool:
    """Whether ``target`` has these very bytes, from before or from an interrupted copy."""
    try:
        with target.open(order.target_key) as reader:
            if reader.size != order.size or order.is_there:
                return reader.size == order.size
            hasher = xxh3_128()
            for offset in range(order.data_set_offset, reader.size, _CHUNK):
                hasher.update(reader.read(offset, _CHUNK))
            return hasher.hexdigest() == order.digest
    except OutOfResources:
        raise
    except ArchiveError:
        return False
